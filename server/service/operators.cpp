// SPDX-License-Identifier: Apache-2.0
#include "service/operators.hpp"

#include <algorithm>
#include <array>

#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/common_passwords.hpp"
#include "service/totp.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

constexpr std::pair<const char*, storage::Role> role_words[] = {
    {"admin", storage::Role::admin}, {"manager", storage::Role::manager}, {"guard", storage::Role::guard},
    {"tracer", storage::Role::tracer}, {"auditor", storage::Role::auditor},
};

bool is_admin(const storage::OperatorRow& row) { return (row.roles & static_cast<std::uint8_t>(storage::Role::admin)) != 0 && !row.disabled; }
bool is_admin_of_all(const storage::OperatorRow& row) { return is_admin(row) && row.scope.digits == 0; }

/// Does the change take away the last of a kind? Nobody could make one again but by the command on the machine.
bool is_last(const StaffBook& book, const storage::OperatorRow& changed, bool (*is_kind)(const storage::OperatorRow&)) {
    if (!is_kind(book.operators.at(changed.id.value)) || is_kind(changed)) return false;
    return std::none_of(book.operators.begin(), book.operators.end(),
                        [&](const auto& entry) { return entry.second.id != changed.id && is_kind(entry.second); });
}

kit::Status check_password(const std::string& password, const std::string& login) {
    if (password.size() < kit::password_chars_min) return invalid_field("/password", "password_short");
    if (password.size() > kit::password_chars_max) return invalid_field("/password", "password_long");
    if (is_guessed_first(password, login)) return invalid_field("/password", "password_common");
    return kit::Done{};
}

bool is_login(const std::string& login) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; };
    return !login.empty() && login.size() <= kit::login_chars_max && std::all_of(login.begin(), login.end(), good);
}

/// The division of a scope as it was typed, no wider than the caller's own. Before divisions are imported any code will do; after,
/// a code that has nothing to do with them is a slip that would leave its operator with nothing to see.
kit::Result<domain::DivisionCode> read_scope(const Caller* by, const std::string& text, const Divisions& divisions) {
    domain::DivisionCode scope;
    if (!text.empty()) {
        const auto code = domain::parse_division_code(text);
        if (!code || (divisions.size() > 0 && !divisions.reaches(*code))) return invalid_field("/scope", "division_unknown");
        scope = *code;
    }
    const bool is_wider = by != nullptr && by->scope.digits != 0 && (scope.digits == 0 || !domain::is_within(scope, by->scope));
    if (is_wider) return Error{Errc::forbidden, "scope_outside"};
    return scope;
}

bool is_under(const storage::OperatorRow& row, const Caller& caller) {
    if (!row.site.is_none()) return false;   // duty devices are their site's managers' business
    return caller.scope.digits == 0 || (row.scope.digits != 0 && domain::is_within(row.scope, caller.scope));
}

std::string text_of_scope(domain::DivisionCode scope) { return scope.digits == 0 ? std::string{} : std::string(domain::DivisionText(scope)); }

std::string text_of_roles(std::uint8_t roles) {
    std::string text;
    for (const auto word : role_words_of(roles)) text += (text.empty() ? "" : ",") + std::string(word);
    return text;
}

OperatorView view_of(const storage::OperatorRow& row) {
    return {row.login, text_of_scope(row.scope), role_words_of(row.roles),
            row.disabled.has_value(), !row.otp.empty()};
}

}  // namespace

std::optional<std::uint8_t> parse_roles(std::string_view text) {
    std::uint8_t roles = 0;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto word = text.substr(0, comma);
        const auto* found = std::find_if(std::begin(role_words), std::end(role_words), [&](const auto& role) { return word == role.first; });
        if (found == std::end(role_words)) return std::nullopt;
        roles = static_cast<std::uint8_t>(roles | static_cast<std::uint8_t>(found->second));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    }
    return roles == 0 ? std::nullopt : std::optional(roles);
}

std::vector<std::string_view> role_words_of(std::uint8_t roles) {
    std::vector<std::string_view> words;
    for (const auto& [word, role] : role_words)
        if ((roles & static_cast<std::uint8_t>(role)) != 0) words.push_back(word);
    return words;
}

Operators::Operators(Writer& writer, const Clock& clock, Vault& vault, Staff& staff, Access& access, DirectoryBoard& board)
    : writer_(writer), clock_(clock), vault_(vault), staff_(staff), access_(access), board_(board) {}

std::optional<storage::OperatorRow> Operators::find(const std::string& login) {
    return staff_.book.with([&](StaffBook& book) { return book.find(login); });
}

kit::Status Operators::put_new(storage::OperatorRow row, domain::OperatorId by) {
    const auto id = std::make_shared<domain::OperatorId>();
    const std::lock_guard lock(staff_.changing);
    const auto status = run_and_wait(writer_, [row, id, by](WriteContext& context) mutable -> kit::Status {
        for (const auto& other : context.store().staff().operators())
            if (other.login == row.login) return Error{Errc::conflict, "login_taken"};
        row.id = *id = domain::OperatorId{context.store().staff().last_operator().value + 1};
        context.store().staff().put(row);
        context.audit({by, "operator_added", {}, audit_detail({{"login", row.login}})});
        return kit::Done{};
    });
    if (!status) return status;
    row.id = *id;
    staff_.book.with([&](StaffBook& book) { book.put(row); });
    return status;
}

kit::Status Operators::add(const Caller* by, const NewOperator& wanted) {
    if (!is_login(wanted.login)) return invalid_field("/login", "login_malformed");
    const auto roles = parse_roles(wanted.roles);
    if (!roles) return invalid_field("/roles", "role_unknown");
    const auto scope = read_scope(by, wanted.scope, *board_.load()->divisions);
    if (!scope) return scope.error();
    if (auto status = check_password(wanted.password, wanted.login); !status) return status;
    storage::OperatorRow row;
    row.login = wanted.login;
    row.roles = *roles;
    row.scope = *scope;
    row.password_hash = Vault::hash_password(wanted.password);
    return put_new(std::move(row), by != nullptr ? by->id : domain::OperatorId{});
}

OperatorView Operators::own_view(const Caller& caller) {
    return staff_.book.with([&](StaffBook& book) { return view_of(book.operators.at(caller.id.value)); });
}

std::vector<OperatorView> Operators::all(const Caller& caller) {
    std::vector<OperatorView> views = staff_.book.with([&](StaffBook& book) {
        std::vector<OperatorView> found;
        for (const auto& [id, row] : book.operators)
            if (is_under(row, caller)) found.push_back(view_of(row));
        return found;
    });
    std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return a.login < b.login; });
    return views;
}

kit::Status Operators::put_changed(const storage::OperatorRow& row, domain::OperatorId by, const std::string& what,
                                   std::optional<storage::Blind> kept_session) {
    const auto end_sessions = [&](StaffBook& book) {
        if (kept_session) std::erase_if(book.sessions, [&](const auto& entry) { return entry.second.operator_id == row.id && entry.first != *kept_session; });
    };
    staff_.book.with(end_sessions);   // first: a call that is under way must not be answered by a session that the store has ended
    auto status = run_and_wait(writer_, [row, by, what, kept_session](WriteContext& context) -> kit::Status {
        context.store().staff().put(row);
        if (kept_session) context.store().staff().end_sessions_of(row.id, *kept_session);
        context.audit({by, "operator_changed", {}, audit_detail({{"login", row.login}, {"what", what}})});
        return kit::Done{};
    }, kept_session.has_value());
    if (!status) return status;
    staff_.book.with([&](StaffBook& book) { book.put(row); });
    return status;
}

kit::Result<OperatorView> Operators::change(const Caller& caller, const std::string& login, const OperatorChange& change) {
    std::string hash;
    if (change.password) {
        if (auto status = check_password(*change.password, login); !status) return status.error();
        hash = Vault::hash_password(*change.password);   // before the lock: it takes its time
    }
    const std::lock_guard lock(staff_.changing);
    auto row = find(login);
    if (!row || !is_under(*row, caller)) return Error{Errc::not_found, "operator_unknown"};
    // A session that was left open must not become an account: one's own are changed with the old ones, or by another admin.
    if (row->id == caller.id && (change.password || change.resets_otp)) return Error{Errc::forbidden, "own_proof"};
    std::string what;
    const auto note = [&](const std::string& word) { what += (what.empty() ? "" : ";") + word; };
    if (change.roles) {
        const auto roles = parse_roles(*change.roles);
        if (!roles) return invalid_field("/roles", "role_unknown");
        if (*roles != row->roles) note("roles " + text_of_roles(row->roles) + " > " + text_of_roles(*roles));
        row->roles = *roles;
    }
    if (change.scope) {
        const auto scope = read_scope(&caller, *change.scope, *board_.load()->divisions);
        if (!scope) return scope.error();
        if (*scope != row->scope) note("scope " + text_of_scope(row->scope) + " > " + text_of_scope(*scope));
        row->scope = *scope;
    }
    if (change.disabled && *change.disabled != row->disabled.has_value()) {
        row->disabled = *change.disabled ? std::optional(clock_.now()) : std::nullopt;
        note(*change.disabled ? "disabled" : "enabled");
    }
    if (change.resets_otp) {
        row->otp.clear();
        note("otp_reset");
    }
    if (change.password) {
        row->password_hash = hash;
        note("password");
    }
    const bool last = staff_.book.with([&](StaffBook& book) { return is_last(book, *row, is_admin) || is_last(book, *row, is_admin_of_all); });
    if (last) return Error{Errc::conflict, "last_admin"};
    const bool ends = change.password || change.resets_otp || row->disabled;
    const auto kept = row->id == caller.id ? caller.session : storage::Blind{};
    if (what.empty()) return view_of(*row);   // no line for what has no effect
    auto status = put_changed(*row, caller.id, what, ends ? std::optional(kept) : std::nullopt);
    if (!status) return status.error();
    return view_of(*row);
}

kit::Status Operators::change_password(const Caller& caller, Proof proof, const std::string& password) {
    proof.login = staff_.login_of(caller.id);
    if (auto status = check_password(password, proof.login); !status) return status;
    if (auto proved = access_.prove(proof); !proved) return proved.error();
    const auto hash = Vault::hash_password(password);
    const std::lock_guard lock(staff_.changing);
    auto row = find(proof.login);
    row->password_hash = hash;
    return put_changed(*row, caller.id, "password", caller.session);
}

kit::Result<OtpSecret> Operators::begin_otp(const Caller& caller, Proof proof) {
    proof.login = staff_.login_of(caller.id);
    auto row = access_.prove(proof);
    if (!row) return row.error();
    if (!row->otp.empty()) return Error{Errc::conflict, "otp_enrolled"};
    const auto secret = totp::make_secret();
    staff_.book.with([&](StaffBook& book) { book.enrolments[caller.id.value] = secret; });
    return OtpSecret{totp::to_base32(secret), totp::uri(row->login, secret)};
}

kit::Status Operators::finish_otp(const Caller& caller, const std::string& otp) {
    const std::lock_guard lock(staff_.changing);
    const auto secret = staff_.book.with([&](StaffBook& book) {
        const auto found = book.enrolments.find(caller.id.value);
        return found == book.enrolments.end() ? std::string{} : found->second;
    });
    if (secret.empty()) return Error{Errc::conflict, "otp_not_begun"};
    const auto step = totp::find_step(secret, otp, clock_.now(), 0);
    if (!step) return invalid_field("/otp", "otp_wrong");
    auto row = find(staff_.login_of(caller.id));
    row->otp = vault_.seal(SealKind::otp, row->login, secret);
    row->otp_step = *step;
    auto status = put_changed(*row, caller.id, "otp_enrolled", caller.session);
    if (status) staff_.book.with([&](StaffBook& book) { book.enrolments.erase(caller.id.value); });
    return status;
}

std::string Operators::make_setup_link() {
    auto secret = Vault::random_token();
    staff_.book.with([&](StaffBook& book) {
        book.links[vault_.blind(BlindKind::session_token, secret)] = {{}, clock_.now() + kit::setup_link_s_max};
    });
    return secret;
}

kit::Status Operators::set_up(const std::string& secret, const std::string& login, const std::string& password) {
    const auto blind = vault_.blind(BlindKind::session_token, secret);
    const bool good = staff_.book.with([&](StaffBook& book) {
        const auto found = book.links.find(blind);
        return found != book.links.end() && found->second.device.is_none() && clock_.now() < found->second.until;
    });
    if (!good || staff_.has_operators()) return Error{Errc::gone, "link_over"};
    auto status = add(nullptr, {login, "admin", {}, password});
    if (status) staff_.book.with([&](StaffBook& book) { book.links.erase(blind); });
    return status;
}

}  // namespace chayan::service
