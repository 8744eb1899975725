// SPDX-License-Identifier: Apache-2.0
// Access: who an operator is and what they may ask. Sessions are found in memory and kept in the store, so they survive a
// restart. Blocking only where said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/result.hpp"
#include "service/staff.hpp"
#include "service/writer.hpp"
#include "storage/rows.hpp"

namespace chayan::service {

struct Directory;

/// An operator with an open session. A value: what it says was true when the request began.
struct Caller {
    domain::OperatorId id;
    std::uint8_t roles = 0;
    domain::DivisionCode scope;
    storage::Blind session{};
    bool confirmed = false;        ///< the password was given in the last 15 minutes
    domain::SiteId site{};         ///< a duty device's only site; none: all of the scope
    bool must_enrol = false;       ///< a second factor is compulsory and missing: only its enrolment is open
    domain::Instant on_duty_since{};   ///< a duty device's shift; whoever has a login: as long as there is one

    bool has(storage::Role role) const { return (roles & static_cast<std::uint8_t>(role)) != 0; }
    bool may_see(domain::DivisionCode division) const { return scope.digits == 0 || domain::is_within(division, scope); }
    /// Null when there is no such site, and no less when it lies outside the scope: the two must look the same.
    /// A duty device goes with its site, also when the site's division is corrected.
    const storage::SiteRow* find_site(const Directory& directory, std::string_view ref) const;
};

/// What somebody gives to show who they are.
struct Proof {
    std::string login, password;
    std::string otp;               ///< six digits, once a second factor is enrolled
    std::string client;            ///< the address they come from: failures count by login and its prefix
};

struct OpenedSession {
    std::string token, csrf;
    bool must_enrol = false;
};

struct SessionView {
    std::string id;                ///< names it for end_session; opens nothing
    domain::Instant started, last_seen;
    bool is_current = false;
};

class Access {
public:
    Access(Writer& writer, const Clock& clock, Vault& vault, Staff& staff, bool requires_otp = false);
    ~Access();

    /// Main thread, before serving.
    void load(storage::Connection& reader);

    /// Blocks for Argon2 and the commit. The same answer and time for an unknown login and a wrong password: login_failed (401);
    /// otp_required and otp_wrong (401) only after the right password. too_often (429) after five failures in 15 minutes for one
    /// login from one neighbourhood of addresses, with growing delay: a stranger elsewhere locks nobody out. Wrong codes after the
    /// right password count by login alone.
    kit::Result<OpenedSession> open_session(const Proof& proof);
    /// Any thread; no store. Error session_unknown (401).
    kit::Result<Caller> authenticate(std::string_view token);
    /// As authenticate, and the CSRF token fits (for the cookie). Error csrf_missing (403).
    kit::Result<Caller> authenticate_cookie(std::string_view token, std::optional<std::string_view> csrf);
    /// The token that writes with this session's cookie carry, for a page that was loaded anew. Any thread; no store.
    std::string csrf_of(std::string_view token) const;
    /// Any thread; never waits. Writes down that the caller's roles do not allow `call`, five times a minute at most.
    void note_refusal(const Caller& caller, std::string_view call);
    /// Blocks. Re-authentication; errors as open_session. Whose proof it is comes from the caller, not from `proof.login`.
    kit::Status confirm(const Caller& caller, Proof proof);
    /// Blocks. The operator's row when the proof holds; uses up its code.
    kit::Result<storage::OperatorRow> prove(const Proof& proof);

    /// A session for an operator who was proved otherwise. Blocks for the commit. With somebody on duty it ends the earlier ones:
    /// one device, one shift.
    kit::Result<OpenedSession> start_session(const storage::OperatorRow& row, const std::string& on_duty, const char* action);
    /// The caller's own, newest first.
    std::vector<SessionView> sessions(const Caller& caller);
    /// Blocks. Ends one of the caller's own sessions. Error session_unknown (404).
    kit::Status end_session(const Caller& caller, const std::string& id);
    /// Blocks. Logs out.
    kit::Status close_session(const Caller& caller);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::service
