// SPDX-License-Identifier: Apache-2.0
// Access: who an operator is and what they may ask. Sessions are found in memory and kept in the store, so they survive a
// restart. Blocking only where said.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kit/guarded.hpp"
#include "kit/result.hpp"
#include "service/writer.hpp"
#include "storage/rows.hpp"

namespace chayan::service {

/// An operator with an open session. A value: what it says was true when the request began.
struct Caller {
    domain::OperatorId id;
    std::uint8_t roles = 0;
    domain::DivisionCode scope;
    storage::Blind session{};
    bool confirmed = false;        ///< the password was given in the last 15 minutes

    bool has(storage::Role role) const { return (roles & static_cast<std::uint8_t>(role)) != 0; }
    bool may_see(domain::DivisionCode division) const { return scope.digits == 0 || domain::is_within(division, scope); }
};

struct OpenedSession {
    std::string token, csrf;
};

/// "admin", "manager", "guard", "tracer", "auditor", comma separated, as bits; nothing for an unknown word or none at all.
std::optional<std::uint8_t> parse_roles(std::string_view text);

class Access {
public:
    Access(Writer& writer, const Clock& clock, Vault& vault);
    ~Access();

    /// Main thread, before serving.
    void load(storage::Connection& reader);

    /// Desk thread, blocks for Argon2 and the commit. The same answer and time for an unknown login and a wrong password:
    /// login_failed (401). too_often (429) after five failures in 15 minutes for one login, with growing delay.
    kit::Result<OpenedSession> open_session(const std::string& login, const std::string& password);
    /// Any thread; no store. Error session_unknown (401).
    kit::Result<Caller> authenticate(std::string_view token);
    /// As authenticate, and the CSRF token fits (for the cookie). Error csrf_missing (403).
    kit::Result<Caller> authenticate_cookie(std::string_view token, std::optional<std::string_view> csrf);
    /// Desk thread, blocks. Re-authentication; errors as open_session.
    kit::Status confirm(const Caller& caller, const std::string& password);
    /// Desk thread, blocks.
    kit::Status close_session(const Caller& caller);

    /// Blocks. Adds an operator. Errors: login_taken (409), login_malformed, password_short, password_long, password_common, role_unknown, division_unknown (422).
    kit::Status add_operator(const std::string& login, const std::string& roles, const std::string& scope, const std::string& password);
    bool has_operators();
    /// The login for a number, for staff's eyes (audit); empty when unknown.
    std::string login_of(domain::OperatorId id);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::service
