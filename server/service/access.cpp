// SPDX-License-Identifier: Apache-2.0
#include "service/access.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <unordered_map>

#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

constexpr std::pair<const char*, storage::Role> role_words[] = {
    {"admin", storage::Role::admin}, {"manager", storage::Role::manager}, {"guard", storage::Role::guard},
    {"tracer", storage::Role::tracer}, {"auditor", storage::Role::auditor},
};

// Throttling (SECURITY S40): nobody is locked out for good, so a stranger can't lock an operator out either.
constexpr std::size_t failures_free = 5;
constexpr std::int64_t failure_window_s = 15 * 60;
constexpr std::int64_t delay_s_max = 60;

// The few that are tried first against offices like these (SECURITY S36); length does the rest.
constexpr std::string_view common_passwords[] = {
    "123456789012", "1234567890123", "password1234", "qwertyuiop12", "111111111111", "000000000000", "admin1234567",
    "woaini1314520", "chayanchayan", "dingzhou2020", "abcdefghijkl", "123123123123", "passwordpassword",
};

struct BlindHash {
    std::size_t operator()(const storage::Blind& blind) const {
        std::size_t hash = 0;
        for (std::size_t i = 0; i < sizeof hash; ++i) hash = (hash << 8U) | blind[i];
        return hash;
    }
};

struct Failures {
    std::size_t count = 0;
    domain::Instant last;
};

struct Book {
    std::unordered_map<std::uint32_t, storage::OperatorRow> operators;
    std::unordered_map<std::string, std::uint32_t> by_login;
    std::unordered_map<storage::Blind, storage::SessionRow, BlindHash> sessions;
    std::unordered_map<std::string, Failures> failures;
};

bool is_over(const storage::SessionRow& session, domain::Instant now) {
    return now - session.created >= kit::session_s_max || now - session.last_seen >= kit::session_idle_s_max;
}

Error unknown_session() { return {Errc::unauthenticated, "session_unknown"}; }

}  // namespace

struct Access::State {
    State(Writer& w, const Clock& c, Vault& v) : writer(w), clock(c), vault(v), no_hash(Vault::hash_password(Vault::random_token())) {}
    Writer& writer;
    const Clock& clock;
    Vault& vault;
    std::string no_hash;   ///< what an unknown login's password is compared with, so that it takes as long
    kit::Guarded<Book> book;

    /// Seconds until another try for this login may be made; 0: now.
    std::int64_t wait_s(const std::string& login) {
        return book.with([&](Book& b) -> std::int64_t {
            const auto found = b.failures.find(login);
            if (found == b.failures.end()) return 0;
            if (clock.now() - found->second.last > failure_window_s) {
                b.failures.erase(found);
                return 0;
            }
            if (found->second.count < failures_free) return 0;
            const auto doublings = std::min<std::size_t>(found->second.count - failures_free, 6);
            const auto delay = std::min<std::int64_t>(1LL << doublings, delay_s_max);
            return std::max<std::int64_t>(0, delay - (clock.now() - found->second.last));
        });
    }
    /// So that a restart ends nobody's work. Under the book's lock: a logout that follows must reach the store after this.
    void keep_last_seen(const storage::SessionRow& session) {
        (void)writer.submit({[session](WriteContext& context) -> kit::Status {
                                 context.store().staff().put(session);
                                 return kit::Done{};
                             }, {}});
    }
    void count_failure(const std::string& login) {
        book.with([&](Book& b) {
            if (b.failures.size() > 10'000) b.failures.clear();  // bounded; an attacker over many logins gains five tries each
            auto& failures = b.failures[login];
            ++failures.count;
            failures.last = clock.now();
        });
    }
    /// The operator whose password this is.
    kit::Result<storage::OperatorRow> check_password(const std::string& login, const std::string& password) {
        if (const auto wait = wait_s(login); wait > 0)
            return Error{Errc::too_often, "login_too_often", {}, static_cast<std::uint32_t>(wait)};
        const auto row = book.with([&](Book& b) -> std::optional<storage::OperatorRow> {
            const auto id = b.by_login.find(login);
            if (id == b.by_login.end()) return std::nullopt;
            return b.operators.at(id->second);
        });
        const bool fits = Vault::verify_password(row ? row->password_hash : no_hash, password);
        if (!row || !fits || row->disabled) {
            count_failure(login);
            const auto by = row ? row->id : domain::OperatorId{};
            (void)run_and_wait(writer, [by](WriteContext& context) -> kit::Status {
                context.audit({by, "login_failed", {}, {}});
                return kit::Done{};
            }, true);
            return Error{Errc::unauthenticated, "login_failed"};
        }
        book.with([&](Book& b) { b.failures.erase(login); });
        return *row;
    }
};

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

Access::Access(Writer& writer, const Clock& clock, Vault& vault) : state_(std::make_unique<State>(writer, clock, vault)) {}
Access::~Access() = default;

void Access::load(storage::Connection& reader) {
    const auto operators = reader.staff().operators();
    const auto sessions = reader.staff().sessions();
    state_->book.with([&](Book& book) {
        for (const auto& row : operators) {
            book.operators[row.id.value] = row;
            book.by_login[row.login] = row.id.value;
        }
        for (const auto& row : sessions)
            if (!is_over(row, state_->clock.now())) book.sessions[row.token] = row;
    });
}

kit::Result<OpenedSession> Access::open_session(const std::string& login, const std::string& password) {
    const auto row = state_->check_password(login, password);
    if (!row) return row.error();
    OpenedSession opened{Vault::random_token(), Vault::random_token()};
    storage::SessionRow session;
    session.token = state_->vault.blind(BlindKind::session_token, opened.token);
    session.csrf = state_->vault.blind(BlindKind::csrf, opened.csrf);
    session.operator_id = row->id;
    session.created = session.confirmed = session.last_seen = state_->clock.now();
    const auto status = run_and_wait(state_->writer, [session](WriteContext& context) -> kit::Status {
        context.store().staff().end_sessions_before(context.now() - kit::session_s_max);
        context.store().staff().put(session);
        context.audit({session.operator_id, "login", {}, {}});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    state_->book.with([&](Book& book) {
        std::erase_if(book.sessions, [&](const auto& entry) { return is_over(entry.second, session.created); });
        book.sessions[session.token] = session;
    });
    return opened;
}

kit::Result<Caller> Access::authenticate(std::string_view token) {
    const auto blind = state_->vault.blind(BlindKind::session_token, token);
    const auto now = state_->clock.now();
    return state_->book.with([&](Book& book) -> kit::Result<Caller> {
        const auto found = book.sessions.find(blind);
        if (found == book.sessions.end()) return unknown_session();
        auto& session = found->second;
        const auto& row = book.operators.at(session.operator_id.value);
        if (is_over(session, now) || row.disabled) {
            book.sessions.erase(found);
            return unknown_session();
        }
        const bool is_first_of_minute = now.s / 60 != session.last_seen.s / 60;
        session.last_seen = now;
        if (is_first_of_minute) state_->keep_last_seen(session);
        return Caller{row.id, row.roles, row.scope, blind, now - session.confirmed <= kit::confirmed_s_max};
    });
}

kit::Result<Caller> Access::authenticate_cookie(std::string_view token, std::optional<std::string_view> csrf) {
    auto caller = authenticate(token);
    if (!caller || !csrf) return caller;
    const auto given = state_->vault.blind(BlindKind::csrf, *csrf);
    const bool fits = state_->book.with([&](Book& book) {
        const auto found = book.sessions.find(caller->session);
        return found != book.sessions.end() && CRYPTO_memcmp(found->second.csrf.data(), given.data(), given.size()) == 0;
    });
    if (!fits) return Error{Errc::forbidden, "csrf_missing"};
    return caller;
}

kit::Status Access::confirm(const Caller& caller, const std::string& password) {
    const auto row = state_->check_password(login_of(caller.id), password);
    if (!row) return row.error();
    auto session = state_->book.with([&](Book& book) -> std::optional<storage::SessionRow> {
        const auto found = book.sessions.find(caller.session);
        if (found == book.sessions.end()) return std::nullopt;
        found->second.confirmed = state_->clock.now();
        return found->second;
    });
    if (!session) return unknown_session();
    return run_and_wait(state_->writer, [row = *session](WriteContext& context) -> kit::Status {
        context.store().staff().put(row);
        context.audit({row.operator_id, "session_confirmed", {}, {}});
        return kit::Done{};
    });
}

kit::Status Access::close_session(const Caller& caller) {
    state_->book.with([&](Book& book) { book.sessions.erase(caller.session); });
    return run_and_wait(state_->writer, [caller](WriteContext& context) -> kit::Status {
        context.store().staff().end_session(caller.session);
        context.audit({caller.id, "logout", {}, {}});
        return kit::Done{};
    });
}

kit::Status Access::add_operator(const std::string& login, const std::string& roles, const std::string& scope, const std::string& password) {
    const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; };
    if (login.empty() || login.size() > kit::login_chars_max || !std::all_of(login.begin(), login.end(), good))
        return kit::invalid_field("/login", "login_malformed");
    const auto bits = parse_roles(roles);
    if (!bits) return kit::invalid_field("/roles", "role_unknown");
    storage::OperatorRow row;
    if (!scope.empty()) {
        const auto code = domain::parse_division_code(scope);
        if (!code) return kit::invalid_field("/scope", "division_unknown");
        row.scope = *code;
    }
    if (password.size() < kit::password_chars_min) return kit::invalid_field("/password", "password_short");
    if (password.size() > kit::password_chars_max) return kit::invalid_field("/password", "password_long");
    if (std::find(std::begin(common_passwords), std::end(common_passwords), password) != std::end(common_passwords))
        return kit::invalid_field("/password", "password_common");
    row.login = login;
    row.roles = *bits;
    row.password_hash = Vault::hash_password(password);
    const auto id = std::make_shared<domain::OperatorId>();
    const auto status = run_and_wait(state_->writer, [row, id](WriteContext& context) mutable -> kit::Status {
        for (const auto& other : context.store().staff().operators())
            if (other.login == row.login) return Error{Errc::conflict, "login_taken"};
        row.id = *id = domain::OperatorId{context.store().staff().last_operator().value + 1};
        context.store().staff().put(row);
        context.audit({row.id, "operator_added", {}, {}});
        return kit::Done{};
    });
    if (!status) return status;
    row.id = *id;
    state_->book.with([&](Book& book) {
        book.by_login[row.login] = row.id.value;
        book.operators[row.id.value] = row;
    });
    return status;
}

bool Access::has_operators() {
    return state_->book.with([](Book& book) { return !book.operators.empty(); });
}

std::string Access::login_of(domain::OperatorId id) {
    return state_->book.with([&](Book& book) {
        const auto found = book.operators.find(id.value);
        return found == book.operators.end() ? std::string{} : found->second.login;
    });
}

}  // namespace chayan::service
