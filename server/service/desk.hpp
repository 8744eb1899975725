// SPDX-License-Identifier: Apache-2.0
// The desk: cases, for which a tracer may ask. Desk threads; each call blocks for its commit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct CaseView {
    std::string number, title, purpose;
    const char* state = "open";            ///< of a case that has expired: closed, as it is for every question
    std::optional<domain::Instant> expires;
    domain::Instant opened;
};

struct CaseChange {
    std::optional<std::string> title, purpose, state;
    std::optional<std::string> expires;   ///< RFC 3339
};

class CaseDesk {
public:
    CaseDesk(Writer& writer, Vault& vault, const Clock& clock);
    /// Errors: case_taken (409), case_invalid with fields (422).
    kit::Result<CaseView> open_case(const Caller& caller, const std::string& number, const std::string& title, const std::string& purpose,
                                    const std::optional<std::string>& expires);
    /// Errors: case_unknown (404), case_invalid (422).
    kit::Result<CaseView> change_case(const Caller& caller, const std::string& number, const CaseChange& change);
    std::vector<CaseView> cases(storage::Connection& reader) const;
    std::optional<CaseView> find_case(storage::Connection& reader, const std::string& number) const;
    /// The gate of every question. Error no_case (403) unless the case exists, is open and has not expired.
    kit::Status require_open(storage::Connection& reader, const std::string& number) const;

private:
    CaseView view_of(const storage::CaseRow& row) const;
    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
};

}  // namespace chayan::service
