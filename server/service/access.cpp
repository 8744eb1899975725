// SPDX-License-Identifier: Apache-2.0
#include "service/access.hpp"

#include <openssl/crypto.h>

#include <algorithm>

#include "domain/site_code.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/directory.hpp"
#include "service/totp.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

// Throttling (SECURITY S40): nobody is locked out for good, so a stranger can't lock an operator out either.
constexpr std::size_t failures_free = 5;
constexpr std::int64_t failure_window_s = 15 * 60;
constexpr std::int64_t delay_s_max = 60;
constexpr std::size_t refusals_told_max = 5;        // a page that asks in vain must not fill the log
constexpr std::size_t failures_kept_max = 10'000;   // bounded; whoever tries over more logins gains five tries each

/// A duty device lasts a shift: at a quiet gate nobody touches it for an hour.
bool is_over(const storage::SessionRow& session, const storage::OperatorRow& row, domain::Instant now) {
    const bool is_idle = row.site.is_none() && now - session.last_seen >= kit::session_idle_s_max;
    return is_idle || now - session.created >= kit::session_s_max || row.disabled;
}

Error unknown_session() { return {Errc::unauthenticated, "session_unknown"}; }

/// The neighbourhood of an address: /24 of IPv4, /48 of IPv6, as text.
std::string prefix_of(const std::string& client) {
    if (const auto dot = client.rfind('.'); dot != std::string::npos) return client.substr(0, dot);
    std::size_t at = 0;
    for (int groups = 0; groups < 3 && at != std::string::npos; ++groups) at = client.find(':', at + 1);
    return client.substr(0, at);
}

std::string key_of(const Proof& proof) { return proof.login + '|' + prefix_of(proof.client); }

std::string public_id(const storage::Blind& token) { return domain::encode_base32(token.data(), 10); }

}  // namespace

struct Access::State {
    State(Writer& w, const Clock& c, Vault& v, Staff& s, bool otp)
        : writer(w), clock(c), vault(v), staff(s), requires_otp(otp), no_hash(Vault::hash_password(Vault::random_token())) {}
    Writer& writer;
    const Clock& clock;
    Vault& vault;
    Staff& staff;
    const bool requires_otp;
    std::string no_hash;   ///< what an unknown login's password is compared with, so that it takes as long

    /// Seconds until another try may be made; 0: now.
    template <class Book, class Key>
    std::int64_t wait_s(Book StaffBook::*failures, const Key& key) {
        return staff.book.with([&](StaffBook& b) -> std::int64_t {
            const auto found = (b.*failures).find(key);
            if (found == (b.*failures).end()) return 0;
            if (clock.now() - found->second.last > failure_window_s) {
                (b.*failures).erase(found);
                return 0;
            }
            if (found->second.count < failures_free) return 0;
            const auto doublings = std::min<std::size_t>(found->second.count - failures_free, 6);
            const auto delay = std::min<std::int64_t>(std::int64_t{1} << doublings, delay_s_max);
            return std::max<std::int64_t>(0, delay - (clock.now() - found->second.last));
        });
    }
    /// So that a restart ends nobody's work.
    void keep_last_seen(const storage::SessionRow& session) {
        (void)writer.submit({[session](WriteContext& context) -> kit::Status {
                                 context.store().staff().touch(session);   // ended meanwhile, it stays so
                                 return kit::Done{};
                             }, {}});
    }
    template <class Book, class Key>
    Error fail(Book StaffBook::*book, const Key& key, domain::OperatorId by) {
        const auto count = staff.book.with([&](StaffBook& b) {
            if ((b.*book).size() > failures_kept_max) (b.*book).clear();
            auto& failures = (b.*book)[key];
            failures.last = clock.now();
            return ++failures.count;
        });
        // A stranger must not fill the log: of many failures in a row the 1st to 5th, 8th, 16th, … leave a line, and none of it the reserve.
        if (count <= failures_free || (count & (count - 1)) == 0) {
            (void)run_and_wait(writer, [by](WriteContext& context) -> kit::Status {
                context.audit({by, "login_failed", {}, {}});
                return kit::Done{};
            });
        }
        return {Errc::unauthenticated, "login_failed"};
    }
    /// The password is at hand only now: what was hashed by weaker rules is hashed by today's. Best effort; the next login tries again.
    /// Returns the row that was proved, as it is then.
    storage::OperatorRow renew_hash(const storage::OperatorRow& proved, const std::string& password) {
        const auto hash = Vault::hash_password(password);
        const std::lock_guard lock(staff.changing);
        auto row = staff.book.with([&](StaffBook& b) { return b.operators.at(proved.id.value); });
        if (row.password_hash != proved.password_hash) return proved;   // changed meanwhile
        row.password_hash = hash;
        const auto status = run_and_wait(writer, [row](WriteContext& context) -> kit::Status {
            context.store().staff().put(row);
            return kit::Done{};
        });
        if (!status) return proved;
        staff.book.with([&](StaffBook& b) { b.put(row); });
        return row;
    }
    /// Takes the step of a code, so that it serves once, also over a restart. Empty when the code is not right.
    std::optional<storage::OperatorRow> use_code(const storage::OperatorRow& given, const std::string& otp) {
        const std::lock_guard lock(staff.changing);
        auto row = staff.book.with([&](StaffBook& b) { return b.operators.at(given.id.value); });
        const auto secret = vault.open(SealKind::otp, row.login, row.otp);
        const auto step = secret ? totp::find_step(*secret, otp, clock.now(), row.otp_step) : std::nullopt;
        if (!step) return std::nullopt;
        row.otp_step = *step;
        const auto status = run_and_wait(writer, [row](WriteContext& context) -> kit::Status {
            context.store().staff().put(row);
            return kit::Done{};
        }, true);
        if (!status) return std::nullopt;
        staff.book.with([&](StaffBook& b) { b.put(row); });
        return row;
    }
};

const storage::SiteRow* Caller::find_site(const Directory& directory, std::string_view ref) const {
    const auto* row = directory.site(ref);
    const bool is_inside = row != nullptr && (site.is_none() ? may_see(row->division) : site == row->id);
    return is_inside ? row : nullptr;
}

Access::Access(Writer& writer, const Clock& clock, Vault& vault, Staff& staff, bool requires_otp)
    : state_(std::make_unique<State>(writer, clock, vault, staff, requires_otp)) {}
Access::~Access() = default;

void Access::load(storage::Connection& reader) {
    const auto operators = reader.staff().operators();
    const auto sessions = reader.staff().sessions();
    state_->staff.book.with([&](StaffBook& book) {
        for (const auto& row : operators) book.put(row);
        for (const auto& row : sessions)
            if (!is_over(row, book.operators.at(row.operator_id.value), state_->clock.now())) book.sessions[row.token] = row;
    });
}

kit::Result<storage::OperatorRow> Access::prove(const Proof& proof) {
    auto& state = *state_;
    const auto too_often = [](std::int64_t wait) { return Error{Errc::too_often, "login_too_often", {}, static_cast<std::uint32_t>(wait)}; };
    if (const auto wait = state.wait_s(&StaffBook::failures, key_of(proof)); wait > 0) return too_often(wait);
    auto row = state.staff.book.with([&](StaffBook& b) { return b.find(proof.login); });
    const bool has_password = row && !row->password_hash.empty();
    const bool fits = Vault::verify_password(has_password ? row->password_hash : state.no_hash, proof.password);
    if (!has_password || !fits || row->disabled) return state.fail(&StaffBook::failures, key_of(proof), row ? row->id : domain::OperatorId{});
    if (!row->otp.empty()) {
        if (proof.otp.empty()) return Error{Errc::unauthenticated, "otp_required"};
        // Whoever is here has the password: a million codes are few for many addresses, and no stranger can delay anybody by this.
        const auto by = row->id;
        if (const auto wait = state.wait_s(&StaffBook::code_failures, by.value); wait > 0) return too_often(wait);
        row = state.use_code(*row, proof.otp);
        if (!row) {   // that the password is right was told already, by asking for the code
            (void)state.fail(&StaffBook::code_failures, by.value, by);
            return Error{Errc::unauthenticated, "otp_wrong"};
        }
    }
    state.staff.book.with([&](StaffBook& b) {
        b.failures.erase(key_of(proof));
        b.code_failures.erase(row->id.value);
    });
    return *row;
}

kit::Result<OpenedSession> Access::open_session(const Proof& proof) {
    const auto row = prove(proof);
    if (!row) return row.error();
    return start_session(is_outdated(row->password_hash) ? state_->renew_hash(*row, proof.password) : *row, {}, "login");
}

kit::Result<OpenedSession> Access::start_session(const storage::OperatorRow& row, const std::string& on_duty, const char* action) {
    OpenedSession opened{Vault::random_token(), {}, state_->requires_otp && row.otp.empty() && row.site.is_none()};
    opened.csrf = csrf_of(opened.token);
    storage::SessionRow session;
    session.token = state_->vault.blind(BlindKind::session_token, opened.token);
    session.csrf = state_->vault.blind(BlindKind::csrf, opened.csrf);
    session.operator_id = row.id;
    session.created = session.confirmed = session.last_seen = state_->clock.now();
    // What ends an operator's sessions ends this one too, in the store and here, or comes before it and has changed the row.
    const std::lock_guard lock(state_->staff.changing);
    const bool is_same = state_->staff.book.with([&](StaffBook& book) {
        const auto& current = book.operators.at(row.id.value);
        return current.password_hash == row.password_hash && current.otp == row.otp && !current.disabled;
    });
    if (!is_same) return Error{Errc::unauthenticated, "login_failed"};
    if (!on_duty.empty()) session.on_duty = state_->vault.seal(SealKind::on_duty, public_id(session.token), on_duty);
    const auto status = run_and_wait(state_->writer, [session, action](WriteContext& context) -> kit::Status {
        context.store().staff().end_sessions_before(context.now() - kit::session_s_max);
        if (!session.on_duty.empty()) context.store().staff().end_sessions_of(session.operator_id, {});
        context.store().staff().put(session);
        context.audit({session.operator_id, action, {}, {}});
        return kit::Done{};
    }, true);
    if (!status) return status.error();
    state_->staff.book.with([&](StaffBook& book) {
        std::erase_if(book.sessions, [&](const auto& entry) {
            const bool is_relieved = !session.on_duty.empty() && entry.second.operator_id == session.operator_id;
            return is_relieved || is_over(entry.second, book.operators.at(entry.second.operator_id.value), session.created);
        });
        book.sessions[session.token] = session;
    });
    return opened;
}

std::string Access::csrf_of(std::string_view token) const {
    // Derived rather than drawn: a page that is loaded again has the cookie alone, and no script can read it.
    const auto bytes = state_->vault.blind(BlindKind::csrf, "for the session " + std::string(token));
    return domain::encode_base32(bytes.data(), bytes.size());
}

kit::Result<Caller> Access::authenticate(std::string_view token) {
    const auto blind = state_->vault.blind(BlindKind::session_token, token);
    const auto now = state_->clock.now();
    return state_->staff.book.with([&](StaffBook& book) -> kit::Result<Caller> {
        const auto found = book.sessions.find(blind);
        if (found == book.sessions.end()) return unknown_session();
        auto& session = found->second;
        const auto& row = book.operators.at(session.operator_id.value);
        if (is_over(session, row, now)) {
            book.sessions.erase(found);
            return unknown_session();
        }
        const bool is_first_of_minute = now.s / 60 != session.last_seen.s / 60;
        session.last_seen = now;
        if (is_first_of_minute) state_->keep_last_seen(session);
        const bool must_enrol = state_->requires_otp && row.otp.empty() && row.site.is_none();
        const auto on_duty_since = row.site.is_none() ? domain::Instant{} : session.created;
        return Caller{row.id, row.roles, row.scope, blind, now - session.confirmed <= kit::confirmed_s_max, row.site, must_enrol, on_duty_since};
    });
}

kit::Result<Caller> Access::authenticate_cookie(std::string_view token, std::optional<std::string_view> csrf) {
    auto caller = authenticate(token);
    if (!caller || !csrf) return caller;
    const auto given = state_->vault.blind(BlindKind::csrf, *csrf);
    const bool fits = state_->staff.book.with([&](StaffBook& book) {
        const auto found = book.sessions.find(caller->session);
        return found != book.sessions.end() && CRYPTO_memcmp(found->second.csrf.data(), given.data(), given.size()) == 0;
    });
    if (!fits) return Error{Errc::forbidden, "csrf_missing"};
    return caller;
}

void Access::note_refusal(const Caller& caller, std::string_view call) {
    const auto minute = state_->clock.now().s / 60;
    const bool is_told = state_->staff.book.with([&](StaffBook& book) {
        auto& refusals = book.refusals[caller.id.value];
        if (refusals.minute != minute) refusals = {minute, 0};
        return ++refusals.count <= refusals_told_max;
    });
    if (!is_told) return;
    // Nobody waits for the line: the refusal is the effect, and io threads never block.
    (void)state_->writer.submit({[id = caller.id, detail = audit_detail({{"call", call}})](WriteContext& context) -> kit::Status {
                                     context.audit({id, "call_refused", {}, detail});
                                     return kit::Done{};
                                 }, {}});
}

kit::Status Access::confirm(const Caller& caller, Proof proof) {
    proof.login = state_->staff.login_of(caller.id);
    const auto row = prove(proof);
    if (!row) return row.error();
    auto session = state_->staff.book.with([&](StaffBook& book) -> std::optional<storage::SessionRow> {
        const auto found = book.sessions.find(caller.session);
        if (found == book.sessions.end()) return std::nullopt;
        found->second.confirmed = state_->clock.now();
        return found->second;
    });
    if (!session) return unknown_session();
    return run_and_wait(state_->writer, [kept = *session](WriteContext& context) -> kit::Status {
        context.store().staff().touch(kept);
        context.audit({kept.operator_id, "session_confirmed", {}, {}});
        return kit::Done{};
    });
}

std::vector<SessionView> Access::sessions(const Caller& caller) {
    return state_->staff.book.with([&](StaffBook& book) {
        std::vector<SessionView> views;
        for (const auto& [token, row] : book.sessions)
            if (row.operator_id == caller.id) views.push_back({public_id(token), row.created, row.last_seen, token == caller.session});
        std::sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return std::pair(b.started, a.id) < std::pair(a.started, b.id); });
        return views;
    });
}

kit::Status Access::end_session(const Caller& caller, const std::string& id) {
    const auto ended = state_->staff.book.with([&](StaffBook& book) -> std::optional<storage::Blind> {
        for (const auto& [token, row] : book.sessions) {
            if (row.operator_id != caller.id || public_id(token) != id) continue;
            const auto found = token;
            book.sessions.erase(found);
            return found;
        }
        return std::nullopt;
    });
    if (!ended) return Error{Errc::not_found, "session_unknown"};
    return run_and_wait(state_->writer, [id = caller.id, token = *ended](WriteContext& context) -> kit::Status {
        context.store().staff().end_session(token);
        context.audit({id, "session_ended", {}, {}});
        return kit::Done{};
    }, true);   // in memory it has ended: on a full disk too it must not come back by a restart
}

kit::Status Access::close_session(const Caller& caller) {
    state_->staff.book.with([&](StaffBook& book) { book.sessions.erase(caller.session); });
    return run_and_wait(state_->writer, [caller](WriteContext& context) -> kit::Status {
        context.store().staff().end_session(caller.session);
        context.audit({caller.id, "logout", {}, {}});
        return kit::Done{};
    }, true);
}

}  // namespace chayan::service
