// SPDX-License-Identifier: Apache-2.0
// The registrar: statements of who someone is become registrations, and registrations persons, by exact rules first (domain/matching), else by weights (service/linker). The
// matching runs inside the writer's transaction, so that two statements at the same moment see each other.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/registration.hpp"
#include "kit/result.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct Registered {
    domain::RegistrationId registration;
    domain::PersonNo person;
    bool matched = false;      ///< joined a person who was known
    std::size_t candidates = 0;   ///< so many statements were compared; 0 where an exact rule decided
    std::size_t reviews = 0;   ///< so many questions to humans: whether it is of somebody else too
};

struct RegistrationOrigin {
    storage::Origin origin = storage::Origin::phone;
    domain::OperatorId by;
    std::int32_t notice_version = 0;
    domain::RegistrationId holder{};   ///< whose phone; none: its own
    bool is_correction = false;        ///< of what the holder had said
};

/// Write thread: matches and appends. What is likely and not sure becomes questions to humans; until they answer it is a person of its own. Cost: some 30 µs, and some 15 µs for each
/// candidate that shares a key.
Registered register_statement(WriteContext& context, Vault& vault, const domain::Statement& statement, const RegistrationOrigin& origin);

/// Of which persons, as they are, register_statement would make one with it, without doing so.
std::vector<domain::PersonNo> match_statement(WriteContext& context, const Vault& vault, const domain::Statement& statement);

/// Write thread: what whoever holds the phone says now. Their person becomes the one that it names, if nobody else's statement ever
/// named either: the scans of before are theirs. Else those stay where they are, so that nobody moves scans to a stranger or away
/// from a case. Requires: `holder` holds a phone.
Registered correct_statement(WriteContext& context, Vault& vault, domain::RegistrationId holder, const domain::Statement& statement,
                             std::int32_t notice_version);

/// Any thread with its own reader, or the write thread: the oldest registration with this document (and agreeing name, when one is given).
/// A statement that its phone has corrected to another document, or another name when one is given, names nobody any more.
std::optional<domain::RegistrationId> find_by_document(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                                       const domain::Document& document, const std::optional<domain::Name>& name);
std::optional<domain::RegistrationId> find_by_phone(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                                    const domain::Phone& phone, const domain::Name& name);

/// Who a person is, in full: what service/shown masks before it leaves. The oldest registration whose document staff have seen speaks, else the oldest with a document, else the oldest; what was corrected
/// speaks last; missing fields are filled from the others. Nothing when a profile can't be opened.
std::optional<domain::Statement> profile_of(storage::Connection& connection, const Vault& vault, const domain::People& people, domain::PersonNo person);

class Registrar {
public:
    Registrar(Writer& writer, Vault& vault);
    /// Any thread, never blocks: the credential, or why not. The same words and time whether the person was known or not.
    void register_resident(domain::Statement statement, std::int32_t notice_version, std::function<void(kit::Result<std::string>)> done);

private:
    Writer& writer_;
    Vault& vault_;
};

}  // namespace chayan::service
