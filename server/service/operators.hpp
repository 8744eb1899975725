// SPDX-License-Identifier: Apache-2.0
// Operators' accounts: added, changed, disabled; their passwords and second factors; the link that makes the first of them.
// Every call blocks for a commit, some for Argon2 too: threads that may block. What changes holds from the next request on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/directory.hpp"

namespace chayan::service {

struct NewOperator {
    std::string login, roles, scope, password;   ///< roles with commas between; scope: a division's code, or empty for everything
};

struct OperatorChange {
    std::optional<std::string> roles, scope, password;
    std::optional<bool> disabled;
    bool resets_otp = false;                     ///< a lost phone: the second factor is forgotten, to be enrolled again
};

struct OperatorView {
    std::string login, scope;
    std::vector<std::string_view> roles;
    bool disabled = false;
    bool has_otp = false;
};

struct OtpSecret {
    std::string secret, uri;                     ///< base32 for typing, otpauth:// for a QR code
};

/// "admin", "manager", "guard", "tracer", "auditor", comma separated, as bits; nothing for an unknown word or none at all.
std::optional<std::uint8_t> parse_roles(std::string_view text);
std::vector<std::string_view> role_words_of(std::uint8_t roles);

class Operators {
public:
    Operators(Writer& writer, const Clock& clock, Vault& vault, Staff& staff, Access& access, DirectoryBoard& board);

    /// `by`: none for the command. Errors: login_taken (409), login_malformed, password_short, password_long, password_common,
    /// role_unknown, division_unknown (422), scope_outside (403): an admin makes nobody who sees more than they do.
    kit::Status add(const Caller* by, const NewOperator& wanted);
    /// The caller's own.
    OperatorView own_view(const Caller& caller);
    /// Those whose scope lies in the caller's; by login.
    std::vector<OperatorView> all(const Caller& caller);
    /// Errors as add, operator_unknown (404), last_admin (409): one is left, and one without a scope while there is any; own_proof (403) for
    /// one's own password or second factor. Disabling and a new password end the operator's sessions.
    kit::Result<OperatorView> change(const Caller& caller, const std::string& login, const OperatorChange& change);
    /// One's own, with the old one as proof; ends all one's other sessions.
    kit::Status change_password(const Caller& caller, Proof proof, const std::string& password);
    /// A fresh secret for the caller; nothing changes until finish_otp. Error otp_enrolled (409).
    kit::Result<OtpSecret> begin_otp(const Caller& caller, Proof proof);
    /// Errors: otp_not_begun (409), otp_wrong (422).
    kit::Status finish_otp(const Caller& caller, const std::string& otp);

    /// The secret of a link that makes the first operator, for 15 minutes.
    std::string make_setup_link();
    /// Errors: link_over (410) once used, expired, or when there is an operator; as add.
    kit::Status set_up(const std::string& secret, const std::string& login, const std::string& password);

private:
    kit::Status put_new(storage::OperatorRow row, domain::OperatorId by);
    kit::Status put_changed(const storage::OperatorRow& row, domain::OperatorId by, const std::string& what, std::optional<storage::Blind> kept_session);
    std::optional<storage::OperatorRow> find(const std::string& login);

    Writer& writer_;
    const Clock& clock_;
    Vault& vault_;
    Staff& staff_;
    Access& access_;
    DirectoryBoard& board_;
};

}  // namespace chayan::service
