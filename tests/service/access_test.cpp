// SPDX-License-Identifier: Apache-2.0
#include "service/access.hpp"

#include "kit/limits.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <sodium.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

constexpr const char* good_password = "correct horse battery";

struct Office : Stage {
    Office() { REQUIRE((*this)->operators().add(nullptr, {"li", "guard,tracer", "130682", good_password})); }
    Access& access() { return (*this)->access(); }
    OpenedSession opened() {
        auto session = access().open_session({"li", good_password, {}, {}});
        REQUIRE(session);
        return *session;
    }
    std::string login(const std::string& login, const std::string& password) { return refusal(access().open_session({login, password, {}, {}})); }
    std::vector<std::string> audit() {
        std::vector<std::string> lines;
        for (const auto& row : reader().audit().read(1, 1000)) lines.push_back(row.action);
        return lines;
    }
};

}  // namespace

TEST_CASE("roles are words with commas between, and nothing else") {
    CHECK(parse_roles("admin") == 1);
    CHECK(parse_roles("auditor,tracer,guard,manager,admin") == 31);
    CHECK(parse_roles("guard,guard") == 4);
    for (const char* bad : {"", ",", "guard, tracer", "Guard", "guards", "root", "guard,,tracer", "guard;tracer"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_roles(bad));
    }
}

TEST_CASE("an operator logs in with their password, is who they are, and stays it over a restart") {
    Office office;
    const auto session = office.opened();
    const auto is_li = [&] {
        const auto caller = office.access().authenticate(session.token);
        REQUIRE(caller);
        CHECK(caller->has(storage::Role::guard));
        CHECK(caller->has(storage::Role::tracer));
        CHECK_FALSE(caller->has(storage::Role::admin));
        CHECK(caller->may_see(*domain::parse_division_code("130682001")));
        CHECK_FALSE(caller->may_see(*domain::parse_division_code("130683")));
        CHECK_FALSE(caller->may_see(*domain::parse_division_code("13")));
        CHECK(caller->confirmed);
        CHECK(office->staff.login_of(caller->id) == "li");
    };
    is_li();
    office.restart();
    is_li();
    CHECK(office->staff.has_operators());
    CHECK(office->staff.login_of({99}).empty());
    CHECK(refusal(office.access().authenticate(session.token + "0")) == "session_unknown");
    CHECK(refusal(office.access().authenticate(session.csrf)) == "session_unknown");
    CHECK(refusal(office.access().authenticate("")) == "session_unknown");
    CHECK(office.audit() == std::vector<std::string>{"operator_added", "login"});
    const auto row = office.reader().staff().sessions().at(0);   // neither token lies in the store
    CHECK(row.token == office->vault.blind(BlindKind::session_token, session.token));
    CHECK(row.token != row.csrf);
    CHECK(office.reader().staff().operators().at(0).password_hash.starts_with("$argon2id$"));
}

TEST_CASE("a wrong password and an unknown login are told alike, and both are written down") {
    Office office;
    CHECK(office.login("li", "correct horse batterz") == "login_failed");
    CHECK(office.login("li", "") == "login_failed");
    CHECK(office.login("nobody", good_password) == "login_failed");
    CHECK(office.login("LI", good_password) == "login_failed");
    CHECK(office.audit() == std::vector<std::string>{"operator_added", "login_failed", "login_failed", "login_failed", "login_failed"});
    CHECK(office.login("li", good_password).empty());
}

TEST_CASE("after five failures a login waits, longer each time, whether it exists or not, and only that login") {
    Office office;
    for (const std::string login : {"li", "nobody"}) {
        for (int i = 0; i < 5; ++i) CHECK(office.login(login, "wrong password") == "login_failed");
        CHECK(office.login(login, good_password) == "login_too_often");
        for (const std::int64_t wait : {1, 2, 4}) {   // seconds; doubled with each failure
            office.clock.pass(wait - 1);
            const auto refused = office.access().open_session({login, good_password, {}, {}});
            CHECK(refusal(refused) == "login_too_often");
            CHECK(refused.error().kind == kit::Errc::too_often);
            CHECK(refused.error().retry_after_s == 1);
            office.clock.pass(1);
            CHECK(office.login(login, "wrong password") == "login_failed");
        }
        office.clock.pass(8);
    }
    CHECK(office.login("li", good_password).empty());
    CHECK(office.login("li", "wrong password") == "login_failed");   // a success begins anew
    CHECK(office.login("li", good_password).empty());
}

TEST_CASE("failures are forgotten after a quarter of an hour, and nobody waits longer than a minute") {
    Office office;
    for (int i = 0; i < 12; ++i) {
        CHECK(office.login("nobody", "wrong password") == "login_failed");
        office.clock.pass(i < 4 ? 0 : 60);
    }
    CHECK(office.login("nobody", "wrong password") == "login_failed");
    office.clock.pass(59);
    CHECK(office.login("nobody", "wrong password") == "login_too_often");
    office.clock.pass(15 * 60 - 59 + 1);
    for (int i = 0; i < 5; ++i) CHECK(office.login("nobody", "wrong password") == "login_failed");
    CHECK(office.login("nobody", "wrong password") == "login_too_often");
}

TEST_CASE("a session ends after a quarter of an hour without a call, and after a shift whatever is called") {
    static_assert(kit::session_idle_s_max == 900 && kit::session_s_max == 8 * 3600);
    Office office;
    const auto idle = office.opened();
    const auto busy = office.opened();
    office.clock.pass(899);
    CHECK(office.access().authenticate(idle.token));
    CHECK(office.access().authenticate(busy.token));
    office.clock.pass(899);
    CHECK(office.access().authenticate(busy.token));
    office.clock.pass(1);
    CHECK(refusal(office.access().authenticate(idle.token)) == "session_unknown");
    while (office.clock.now() < morning + kit::session_s_max - 600) {
        office.clock.pass(600);
        REQUIRE(office.access().authenticate(busy.token));
    }
    office.clock.set(morning + kit::session_s_max - 1);
    CHECK(office.access().authenticate(busy.token));
    office.clock.pass(1);
    CHECK(refusal(office.access().authenticate(busy.token)) == "session_unknown");
}

TEST_CASE("a restart ends nobody's work: when a session was called last is kept") {
    Office office;
    const auto session = office.opened();
    office.clock.pass(kit::session_idle_s_max - 1);
    REQUIRE(office.access().authenticate(session.token));
    REQUIRE(run_and_wait(office->writer, [](WriteContext&) -> kit::Status { return kit::Done{}; }));   // behind it in the queue
    office.clock.pass(kit::session_idle_s_max - 1);
    office.restart();
    CHECK(office.access().authenticate(session.token));
}

TEST_CASE("a password counts as just given for a quarter of an hour, and can be given again") {
    static_assert(kit::confirmed_s_max == 900);
    Office office;
    const auto session = office.opened();
    const auto is_confirmed = [&] { return office.access().authenticate(session.token)->confirmed; };
    office.clock.pass(600);
    CHECK(is_confirmed());
    office.clock.pass(300);
    CHECK(is_confirmed());
    office.clock.pass(1);
    CHECK_FALSE(is_confirmed());
    const auto caller = *office.access().authenticate(session.token);
    CHECK(refusal(office.access().confirm(caller, {{}, "wrong password", {}, {}})) == "login_failed");
    CHECK_FALSE(is_confirmed());
    CHECK(office.access().confirm(caller, {{}, good_password, {}, {}}));
    CHECK(is_confirmed());
    CHECK(office.audit().back() == "session_confirmed");
    office.restart();
    CHECK(is_confirmed());
    REQUIRE(office.access().close_session(caller));
    CHECK(refusal(office.access().confirm(caller, {{}, good_password, {}, {}})) == "session_unknown");
}

TEST_CASE("a closed session is closed at once and for good") {
    Office office;
    const auto session = office.opened();
    const auto other = office.opened();
    REQUIRE(office.access().close_session(*office.access().authenticate(session.token)));
    CHECK(refusal(office.access().authenticate(session.token)) == "session_unknown");
    office.restart();
    CHECK(refusal(office.access().authenticate(session.token)) == "session_unknown");
    CHECK(office.access().authenticate(other.token));
    CHECK(office.audit().back() == "logout");
}

TEST_CASE("a logout holds on a full disk too, also over a restart") {
    Office office;
    const auto one = office.opened(), two = office.opened();
    auto& access = office.access();
    const auto caller = *access.authenticate(one.token);
    office->store.kind = storage::StoreError::Kind::full;
    office->store.has_reserve = true;
    office->store.fails = true;
    REQUIRE(access.close_session(caller));
    const auto other = *access.authenticate(two.token);
    REQUIRE(access.end_session(other, access.sessions(other).at(0).id));
    office.restart();
    CHECK(refusal(office.access().authenticate(one.token)) == "session_unknown");
    CHECK(refusal(office.access().authenticate(two.token)) == "session_unknown");
}

TEST_CASE("a proof that was good before the password changed opens no session after") {
    Office office;
    auto& access = office.access();
    const auto proved = access.prove({"li", good_password, {}, {}});
    REQUIRE(proved);
    REQUIRE(access.start_session(*proved, {}, "login"));
    const auto caller = *access.authenticate(office.opened().token);
    REQUIRE(office->operators().change_password(caller, {{}, good_password, {}, {}}, "another long password"));
    CHECK(refusal(access.start_session(*proved, {}, "login")) == "login_failed");
    CHECK(access.sessions(caller).size() == 1);
}

TEST_CASE("with a cookie whatever changes something needs the session's own CSRF token") {
    Office office;
    const auto session = office.opened();
    const auto other = office.opened();
    auto& access = office.access();
    CHECK(access.authenticate_cookie(session.token, session.csrf));
    CHECK(access.authenticate_cookie(session.token, {}));   // reads ask for none
    for (const auto& wrong : {other.csrf, session.token, std::string(), session.csrf.substr(1)}) {
        const auto refused = access.authenticate_cookie(session.token, wrong);
        CHECK(refusal(refused) == "csrf_missing");
        CHECK(refused.error().kind == kit::Errc::forbidden);
    }
    CHECK(refusal(access.authenticate_cookie("nothing", session.csrf)) == "session_unknown");
}

TEST_CASE("an operator is added with a good login, roles, scope and password, and each fault is told at its field") {
    Office office;
    const std::string longest = std::string(64, 'p') + std::string(63, 'q') + "z";
    const auto added = [&](const std::string& login, const std::string& roles, const std::string& scope, const std::string& password) {
        return refusal(office->operators().add(nullptr, {login, roles, scope, password}));
    };
    CHECK(added("", "guard", "", good_password) == "login_malformed");
    CHECK(added(std::string(65, 'a'), "guard", "", good_password) == "login_malformed");
    for (const char* login : {"Li", "li wang", "li\n", "李", "li/../x", "li\""}) CHECK(added(login, "guard", "", good_password) == "login_malformed");
    CHECK(added("wang", "guards", "", good_password) == "role_unknown");
    CHECK(added("wang", "", "", good_password) == "role_unknown");
    CHECK(added("wang", "guard", "12345", good_password) == "division_unknown");
    CHECK(added("wang", "guard", "", std::string("0123456789a")) == "password_short");
    CHECK(added("wang", "guard", "", std::string(129, 'p')) == "password_long");
    CHECK(added("wang", "guard", "", "123456789012") == "password_common");
    CHECK(added("li", "guard", "", good_password) == "login_taken");
    CHECK(office.reader().staff().operators().size() == 1);
    CHECK(added("wang", "guard", "", std::string(12, 'p')) == "password_common");
    CHECK(added("wangwei", "guard", "", "wangwei12345") == "password_common");
    CHECK(added(std::string(64, 'a'), "guard", "", "0123456789kq7").empty());
    CHECK(added("w.a_n-9", "admin", "", longest).empty());
    CHECK(office.reader().staff().operators().size() == 3);
    CHECK(office.login("w.a_n-9", longest).empty());
    CHECK(office.login("w.a_n-9", longest.substr(1)) == "login_failed");
}

TEST_CASE("failures count by login and by the neighbourhood they come from, so that a stranger locks nobody out") {
    Office office;
    const auto from = [&](const std::string& client, const std::string& password) {
        return refusal(office.access().open_session({"li", password, {}, client}));
    };
    for (int i = 0; i < 5; ++i) CHECK(from("203.0.113.9", "wrong password") == "login_failed");
    CHECK(from("203.0.113.9", good_password) == "login_too_often");
    CHECK(from("203.0.113.200", good_password) == "login_too_often");
    CHECK(from("203.0.114.9", good_password).empty());
    for (int i = 0; i < 5; ++i) CHECK(from("2001:db8:1::7", "wrong password") == "login_failed");
    CHECK(from("2001:db8:1:99::8", good_password) == "login_too_often");
    CHECK(from("2001:db8:2::7", good_password).empty());
}

TEST_CASE("a flood of failures leaves few lines in the audit log") {
    Office office;
    const auto before = office.audit().size();
    for (int i = 0; i < 40; ++i) {
        CHECK(office.login("nobody", "wrong password") == "login_failed");
        office.clock.pass(60);
    }
    CHECK(office.audit().size() - before == 8);   // the 1st to 5th, 8th, 16th and 32nd
}

TEST_CASE("one sees one's own sessions and ends any of them at once") {
    Office office;
    const auto first = office.opened();
    office.clock.pass(5);
    const auto second = office.opened();
    REQUIRE(office->operators().add(nullptr, {"wang", "guard", "", good_password}));
    const auto caller = *office.access().authenticate(second.token);
    const auto views = office.access().sessions(caller);
    REQUIRE(views.size() == 2);
    CHECK(views[0].is_current);
    CHECK_FALSE(views[1].is_current);
    CHECK(views[0].started == views[1].started + 5);
    REQUIRE(office.access().end_session(caller, views[1].id));
    CHECK(office.audit().back() == "session_ended");
    CHECK(refusal(office.access().authenticate(first.token)) == "session_unknown");
    CHECK(refusal(office.access().end_session(caller, views[1].id)) == "session_unknown");
    const auto stranger = office.access().open_session({"wang", good_password, {}, {}});
    REQUIRE(stranger);
    CHECK(refusal(office.access().end_session(*office.access().authenticate(stranger->token), views[0].id)) == "session_unknown");
    CHECK(office.access().sessions(caller).size() == 1);   // nobody else's
    CHECK(office.access().authenticate(second.token));
}

TEST_CASE("a call that the roles do not allow is written down, and a page that asks in vain does not fill the log") {
    Office office;
    const auto caller = *office.access().authenticate(office.opened().token);
    const auto lines = [&] {
        std::vector<std::string> told;
        for (const auto& row : office.reader().audit().read(1, 1000))
            if (row.action == "call_refused" && row.by == caller.id)
                told.push_back(office->vault.open(SealKind::audit_detail, std::to_string(row.seq), row.detail).value_or("?"));
        return told;
    };
    const auto ask = [&](int times) {
        for (int i = 0; i < times; ++i) office.access().note_refusal(caller, "/api/v1/operators");
        REQUIRE(run_and_wait(office->writer, [](WriteContext&) -> kit::Status { return kit::Done{}; }));   // behind them in the queue
        return lines().size();
    };
    CHECK(ask(1) == 1);
    CHECK(lines().at(0) == "call=/api/v1/operators");
    CHECK(ask(20) == 5);
    office.clock.pass(60);
    CHECK(ask(1) == 6);
}

TEST_CASE("a password that was hashed by weaker rules is hashed by today's at the next login, and fits still") {
    Office office;
    char weak[crypto_pwhash_STRBYTES];
    REQUIRE(crypto_pwhash_str(weak, good_password, std::strlen(good_password), 1, 8U << 20U) == 0);
    CHECK(is_outdated(weak));
    auto row = office.reader().staff().operators().at(0);
    CHECK_FALSE(is_outdated(row.password_hash));
    row.password_hash = weak;
    REQUIRE(office.write([row](WriteContext& context) -> kit::Status {
        context.store().staff().put(row);
        return kit::Done{};
    }));
    office.restart();
    CHECK(office.login("li", "wrong password") == "login_failed");
    CHECK(office.reader().staff().operators().at(0).password_hash == weak);   // only a proof renews it
    CHECK(office.login("li", good_password).empty());
    const auto renewed = office.reader().staff().operators().at(0).password_hash;
    CHECK_FALSE(is_outdated(renewed));
    CHECK(office.login("li", good_password).empty());
    CHECK(office.reader().staff().operators().at(0).password_hash == renewed);
    office.restart();
    CHECK(office.login("li", good_password).empty());
}

TEST_CASE("an unknown login costs as much work as a wrong password") {
    Office office;
    const auto work_of = [&](const char* login) {   // of this thread alone: others may be busy
        timespec begin{}, end{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
        CHECK(office.login(login, "wrong password") == "login_failed");
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
        office.clock.pass(3600);   // or it would be told to wait
        return static_cast<double>(end.tv_sec - begin.tv_sec) * 1e3 + static_cast<double>(end.tv_nsec - begin.tv_nsec) / 1e6;
    };
    std::vector<double> known, unknown;
    for (int i = 0; i < 15; ++i) {
        known.push_back(work_of("li"));
        unknown.push_back(work_of("nobody"));
    }
    std::nth_element(known.begin(), known.begin() + 7, known.end());
    std::nth_element(unknown.begin(), unknown.begin() + 7, unknown.end());
    CAPTURE(known[7], unknown[7]);
    CHECK(known[7] > 10);   // Argon2 was at work, so that the next line says something
    CHECK(std::abs(known[7] - unknown[7]) < known[7] / 4);
}
