// SPDX-License-Identifier: Apache-2.0
// Verifications: staff at a gate have seen the document that a phone's statement gives. Then it speaks for the person, and its phone is told who looked (decision 88).
// Desk threads; blocks for the commit.
#pragma once

#include <optional>
#include <string>

#include "domain/registration.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct SeenDocument {
    std::optional<std::string> credential, card;   ///< exactly one
    domain::StatementFields document;              ///< its three document fields, as staff read them off
};

class Verifications {
public:
    Verifications(Writer& writer, Vault& vault, const Clock& clock, domain::TimeZone zone);
    /// When it was first seen. Errors: credential_unknown, unknown_card (404), subject_kind and those of a document (422), document_differs (409: what the phone says now is
    /// another document, or none; they correct it first).
    kit::Result<domain::Instant> verify(const Caller& caller, const SeenDocument& seen);

private:
    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    domain::TimeZone zone_;
};

}  // namespace chayan::service
