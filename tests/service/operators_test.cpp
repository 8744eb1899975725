// SPDX-License-Identifier: Apache-2.0
#include "service/operators.hpp"

#include <catch2/catch.hpp>

#include "kit/limits.hpp"
#include "service/devices.hpp"
#include "service/stage.hpp"
#include "service/totp.hpp"

#include <chrono>
#include <future>
#include <thread>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

constexpr const char* good_password = "correct horse battery";
constexpr const char* other_password = "staple the horse again";

struct Office : Stage {
    Office() { add("root", "admin"); }
    Operators& operators() { return (*this)->operators(); }
    Access& access() { return (*this)->access(); }
    void add(const std::string& login, const std::string& roles, const std::string& scope = {}) {
        REQUIRE(operators().add(nullptr, {login, roles, scope, good_password}));
    }
    kit::Result<OpenedSession> login(const std::string& login, const std::string& password = good_password, const std::string& otp = {}) {
        return access().open_session({login, password, otp, {}});
    }
    Caller caller(const std::string& who) {
        const auto session = login(who);
        REQUIRE(session);
        return *access().authenticate(session->token);
    }
    /// Enrols and returns the secret in its bytes.
    std::string enrol(const std::string& who) {
        const auto me = caller(who);
        const auto begun = operators().begin_otp(me, {{}, good_password, {}, {}});
        REQUIRE(begun);
        const auto secret = (*this)->staff.book.with([&](StaffBook& book) { return book.enrolments.at(me.id.value); });
        CHECK(totp::to_base32(secret) == begun->secret);
        REQUIRE(operators().finish_otp(me, code(secret)));
        clock.pass(30);   // the step of the enrolment is used
        return secret;
    }
    std::string code(const std::string& secret) { return totp::code(secret, static_cast<std::uint64_t>(clock.now().s / 30)); }
};

}  // namespace

TEST_CASE("who enrolled a second factor needs its code, each code once, also over a restart") {
    Office office;
    const auto secret = office.enrol("root");
    CHECK(refusal(office.login("root")) == "otp_required");
    CHECK(refusal(office.login("root", "wrong password")) == "login_failed");
    CHECK(refusal(office.login("root", "wrong password", "000000")) == "login_failed");
    CHECK(refusal(office.login("root", "wrong password", office.code(secret))) == "login_failed");
    CHECK(refusal(office.login("root", good_password, "000000")) == "otp_wrong");
    const auto code = office.code(secret);
    CHECK(office.login("root", good_password, code));
    CHECK(refusal(office.login("root", good_password, code)) == "otp_wrong");
    office.restart();
    CHECK(refusal(office.login("root", good_password, code)) == "otp_wrong");
    office.clock.pass(30);
    CHECK(office.login("root", good_password, office.code(secret)));
}

TEST_CASE("wrong codes after the right password count by login, wherever they come from") {
    Office office;
    office.add("li", "tracer");
    const auto secret = office.enrol("root");
    const auto guess = [&](int neighbourhood, const char* password, const std::string& code) {
        return refusal(office.access().open_session({"root", password, code, "192.0." + std::to_string(neighbourhood) + ".1"}));
    };
    for (int i = 0; i < 20; ++i) CHECK(guess(i, "wrong password", "000000") == "login_failed");   // strangers lock nobody out
    CHECK(office.login("root", good_password, office.code(secret)));
    office.clock.pass(30);
    for (int i = 0; i < 5; ++i) CHECK(guess(100 + i, good_password, "000000") == "otp_wrong");
    CHECK(guess(200, good_password, "000000") == "login_too_often");
    CHECK(guess(201, good_password, office.code(secret)) == "login_too_often");
    CHECK(guess(202, "wrong password", "000000") == "login_failed");
    office.clock.pass(60);
    CHECK(office.access().open_session({"root", good_password, office.code(secret), "192.0.203.1"}));
    office.clock.pass(30);
    CHECK(guess(204, good_password, "000000") == "otp_wrong");   // and begin anew after one that fits
    CHECK(guess(205, good_password, "000000") == "otp_wrong");
}

TEST_CASE("a second factor is enrolled by a code that fits, with the password, once") {
    Office office;
    const auto me = office.caller("root");
    CHECK(refusal(office.operators().finish_otp(me, "123456")) == "otp_not_begun");
    CHECK(refusal(office.operators().begin_otp(me, {{}, "wrong password", {}, {}})) == "login_failed");
    REQUIRE(office.operators().begin_otp(me, {{}, good_password, {}, {}}));
    CHECK(refusal(office.operators().finish_otp(me, "12345")) == "otp_wrong");
    CHECK(office.login("root"));   // nothing has changed yet
    const auto secret = office->staff.book.with([&](StaffBook& book) { return book.enrolments.at(me.id.value); });
    REQUIRE(office.operators().finish_otp(me, office.code(secret)));
    office.clock.pass(30);
    CHECK(refusal(office.operators().begin_otp(me, {{}, good_password, office.code(secret), {}})) == "otp_enrolled");
}

TEST_CASE("the secret of a second factor lies on the disk only sealed") {
    Office office;
    const auto secret = office.enrol("root");
    const auto rows = office.reader().staff().operators();
    CHECK(rows[0].otp.find(secret) == std::string::npos);
    CHECK(rows[0].otp.size() > secret.size());
}

TEST_CASE("where a second factor is compulsory, who has none may only enrol one") {
    Office office;
    Staff staff;
    Access strict(office->writer, office.clock, office->vault, staff, /*requires_otp=*/true);
    strict.load(office.reader());
    const auto session = strict.open_session({"root", good_password, {}, {}});
    REQUIRE(session);
    CHECK(session->must_enrol);
    CHECK(strict.authenticate(session->token)->must_enrol);
}

TEST_CASE("an admin changes roles and scope from the next request on") {
    Office office;
    office.add("li", "guard", "130682100");
    const auto session = office.login("li");
    const auto root = office.caller("root");
    const auto changed = office.operators().change(root, "li", {"guard,tracer", "130682", {}, {}, false});
    REQUIRE(changed);
    CHECK(changed->roles == std::vector<std::string_view>{"guard", "tracer"});
    CHECK(changed->scope == "130682");
    const auto caller = office.access().authenticate(session->token);
    REQUIRE(caller);
    CHECK(caller->has(storage::Role::tracer));
    CHECK(caller->may_see(*domain::parse_division_code("130682200")));
    CHECK(refusal(office.operators().change(root, "nobody", {})) == "operator_unknown");
    CHECK(refusal(office.operators().change(root, "li", {"king", {}, {}, {}, false})) == "role_unknown");
    CHECK(refusal(office.operators().change(root, "li", {{}, "1", {}, {}, false})) == "division_unknown");
}

TEST_CASE("who is disabled is nobody at the next request, and comes back when enabled") {
    Office office;
    office.add("li", "guard");
    const auto session = office.login("li");
    const auto root = office.caller("root");
    REQUIRE(office.operators().change(root, "li", {{}, {}, {}, true, false}));
    CHECK(refusal(office.access().authenticate(session->token)) == "session_unknown");
    CHECK(refusal(office.login("li")) == "login_failed");
    CHECK(office.reader().audit().last()->action == "login_failed");
    REQUIRE(office.operators().change(root, "li", {{}, {}, {}, false, false}));
    CHECK(refusal(office.access().authenticate(session->token)) == "session_unknown");   // what ended stays ended
    CHECK(office.login("li"));
}

TEST_CASE("a new password ends the other sessions at once, one's own stays") {
    Office office;
    const auto other = office.login("root");
    const auto mine = office.login("root");
    const auto me = *office.access().authenticate(mine->token);
    CHECK(refusal(office.operators().change_password(me, {{}, "wrong password", {}, {}}, other_password)) == "login_failed");
    CHECK(refusal(office.operators().change_password(me, {{}, good_password, {}, {}}, "short")) == "password_short");
    REQUIRE(office.operators().change_password(me, {{}, good_password, {}, {}}, other_password));
    CHECK(refusal(office.access().authenticate(other->token)) == "session_unknown");
    CHECK(office.access().authenticate(mine->token));
    CHECK(refusal(office.login("root")) == "login_failed");
    CHECK(office.login("root", other_password));
    office.restart();
    CHECK(refusal(office.access().authenticate(other->token)) == "session_unknown");
    CHECK(office.login("root", other_password));
}

TEST_CASE("an admin of a division makes and sees nobody beyond it") {
    Office office;
    office.add("town", "admin", "130682");
    office.add("li", "guard", "130682100");
    office.add("far", "guard", "130683");
    const auto town = office.caller("town");
    std::vector<std::string> seen;
    for (const auto& view : office.operators().all(town)) seen.push_back(view.login);
    CHECK(seen == std::vector<std::string>{"li", "town"});
    CHECK(refusal(office.operators().change(town, "far", {})) == "operator_unknown");
    CHECK(refusal(office.operators().change(town, "root", {})) == "operator_unknown");
    CHECK(refusal(office.operators().add(&town, {"wide", "tracer", "13", good_password})) == "scope_outside");
    CHECK(refusal(office.operators().add(&town, {"wide", "tracer", "", good_password})) == "scope_outside");
    CHECK(refusal(office.operators().change(town, "li", {{}, "", {}, {}, false})) == "scope_outside");
    CHECK(office.operators().add(&town, {"near", "tracer", "130682200", good_password}));
}

TEST_CASE("there is always an administrator left") {
    Office office;
    const auto root = office.caller("root");
    CHECK(refusal(office.operators().change(root, "root", {"guard", {}, {}, {}, false})) == "last_admin");
    CHECK(refusal(office.operators().change(root, "root", {{}, {}, {}, true, false})) == "last_admin");
    office.add("second", "admin");
    CHECK(office.operators().change(root, "root", {"guard", {}, {}, {}, false}));
}

TEST_CASE("the last administrator stays one, also where none is over everything") {
    Stage stage;
    REQUIRE(stage->operators().add(nullptr, {"town", "admin", "130682", good_password}));
    const auto session = stage->access().open_session({"town", good_password, {}, {}});
    REQUIRE(session);
    const auto town = *stage->access().authenticate(session->token);
    CHECK(refusal(stage->operators().change(town, "town", {"guard", {}, {}, {}, false})) == "last_admin");
    CHECK(refusal(stage->operators().change(town, "town", {{}, {}, {}, true, false})) == "last_admin");
}

TEST_CASE("what an admin renews of another's proof ends that one's sessions, also over a restart") {
    const bool resets_otp = GENERATE(false, true);
    Office office;
    office.add("li", "guard");
    const auto session = office.login("li");
    REQUIRE(session);
    const auto root = office.caller("root");
    OperatorChange change;
    if (resets_otp) change.resets_otp = true;
    else change.password = other_password;
    REQUIRE(office.operators().change(root, "li", change));
    CHECK(refusal(office.access().authenticate(session->token)) == "session_unknown");
    office.restart();
    CHECK(refusal(office.access().authenticate(session->token)) == "session_unknown");
}

TEST_CASE("there is always an administrator left who may do everything") {
    Office office;
    office.add("town", "admin", "130682");   // makes nobody who sees more than they do
    const auto root = office.caller("root");
    CHECK(refusal(office.operators().change(root, "root", {{}, "130682", {}, {}, false})) == "last_admin");
    CHECK(refusal(office.operators().change(root, "root", {"guard", {}, {}, {}, false})) == "last_admin");
    CHECK(refusal(office.operators().change(root, "root", {{}, {}, {}, true, false})) == "last_admin");
    CHECK(office.operators().change(root, "root", {"admin,tracer", "", {}, {}, false}));
    office.add("second", "admin");
    REQUIRE(office.operators().change(root, "second", {{}, {}, {}, true, false}));
    CHECK(refusal(office.operators().change(root, "root", {{}, "130682", {}, {}, false})) == "last_admin");
    REQUIRE(office.operators().change(root, "second", {{}, {}, {}, false, false}));
    CHECK(office.operators().change(root, "root", {{}, "130682", {}, {}, false}));
}

TEST_CASE("the administrator of a division may narrow and leave, since one for everything stays") {
    Office office;
    office.add("town", "admin", "130682");
    const auto town = office.caller("town");
    CHECK(office.operators().change(town, "town", {{}, "130682100", {}, {}, false}));
    CHECK(office.operators().change(town, "town", {"guard", {}, {}, {}, false}));   // root is left
}

TEST_CASE("one's own password and second factor change only with the old ones, a session alone is not enough") {
    Office office;
    office.add("second", "admin");
    const auto secret = office.enrol("root");
    const auto session = office.login("root", good_password, office.code(secret));
    REQUIRE(session);
    const auto root = *office.access().authenticate(session->token);
    CHECK(refusal(office.operators().change(root, "root", {{}, {}, other_password, {}, false})) == "own_proof");
    CHECK(refusal(office.operators().change(root, "root", {{}, {}, {}, {}, true})) == "own_proof");
    office.clock.pass(30);
    CHECK(refusal(office.login("root", other_password, office.code(secret))) == "login_failed");
    CHECK(refusal(office.login("root")) == "otp_required");
    CHECK(office.operators().change(office.caller("second"), "root", {{}, {}, other_password, {}, true}));
    CHECK(office.login("root", other_password));
}

TEST_CASE("after a lost phone the second factor is reset by an admin") {
    Office office;
    office.add("li", "tracer");
    office.enrol("li");
    CHECK(refusal(office.login("li")) == "otp_required");
    REQUIRE(office.operators().change(office.caller("root"), "li", {{}, {}, {}, {}, true}));
    CHECK(office.login("li"));
}

TEST_CASE("the set-up link makes the first administrator, once and for a quarter of an hour") {
    Stage stage;
    auto& operators = stage->operators();
    auto& access = stage->access();
    const auto secret = operators.make_setup_link();
    CHECK(refusal(operators.set_up("something else", "root", good_password)) == "link_over");
    CHECK(refusal(operators.set_up(secret, "root", "short")) == "password_short");   // a slip does not use it up
    stage.clock.pass(kit::setup_link_s_max - 1);
    REQUIRE(operators.set_up(secret, "root", good_password));
    CHECK(refusal(operators.set_up(secret, "again", good_password)) == "link_over");
    const auto session = access.open_session({"root", good_password, {}, {}});
    REQUIRE(session);
    CHECK(access.authenticate(session->token)->has(storage::Role::admin));
    CHECK(refusal(operators.set_up(operators.make_setup_link(), "again", good_password)) == "link_over");
}

TEST_CASE("a set-up link is over after a quarter of an hour") {
    Stage stage;
    const auto secret = stage->operators().make_setup_link();
    stage.clock.pass(kit::setup_link_s_max);
    CHECK(refusal(stage->operators().set_up(secret, "root", good_password)) == "link_over");
}

TEST_CASE("a duty device scans at its site alone, for a shift, until it is revoked") {
    Office office;
    office.divisions("code,name,parent\n130682,定州市,\n130682100,留早镇,130682\n130682101,清风店镇,130682\n");
    office.sites("ref,name,category,division\nG1,东口,traffic,130682100\nG2,西口,traffic,130682100\nF1,远口,traffic,130682101\n");
    Devices devices(office->writer, office.clock, office->vault, office->board, office->staff, office.access());
    auto manager = operator_of(storage::Role::manager);
    manager.scope = *domain::parse_division_code("130682100");
    CHECK(refusal(devices.pair(manager, "F1")) == "site_unknown");
    const auto paired = devices.pair(manager, "G1");
    REQUIRE(paired);
    const auto line = [&] { return std::pair(office.reader().audit().last()->action, office.reader().audit().last()->by.value); };
    CHECK(line() == std::pair(std::string("device_paired"), manager.id.value));
    CHECK(refusal(devices.begin_duty(paired->secret, "")) == "on_duty_name");
    CHECK(refusal(devices.begin_duty("something else", "李卫国")) == "link_over");
    const auto duty = devices.begin_duty(paired->secret, "李卫国");
    REQUIRE(duty);
    CHECK(duty->site == "G1");
    CHECK(refusal(devices.begin_duty(paired->secret, "李卫国")) == "link_over");   // one use
    const auto caller = office.access().authenticate(duty->session.token);
    REQUIRE(caller);
    CHECK(caller->find_site(*office.directory(), "G1") != nullptr);
    CHECK(caller->find_site(*office.directory(), "G2") == nullptr);
    CHECK(caller->roles == static_cast<std::uint8_t>(storage::Role::guard));
    office.clock.pass(kit::session_s_max - 1);   // a quiet night
    CHECK(office.access().authenticate(duty->session.token));
    office.clock.pass(1);
    CHECK_FALSE(office.access().authenticate(duty->session.token));

    const auto next = devices.renew(manager, paired->id);
    REQUIRE(next);
    const auto second = devices.begin_duty(next->secret, "张三丰");
    REQUIRE(second);
    CHECK((*devices.of_site(manager, "G1"))[0].on_duty);
    CHECK(refusal(devices.revoke(operator_of(storage::Role::manager), "root")) == "device_unknown");   // no person's account
    REQUIRE(devices.revoke(manager, paired->id));
    CHECK_FALSE(office.access().authenticate(second->session.token));
    CHECK(line() == std::pair(std::string("device_revoked"), manager.id.value));
    CHECK(refusal(devices.renew(manager, paired->id)) == "device_revoked");
    CHECK((*devices.of_site(manager, "G1"))[0].revoked);
}

TEST_CASE("a duty device goes on scanning at its site when the site's division is corrected") {
    Office office;
    office.divisions("code,name,parent\n130682,定州市,\n130682100,留早镇,130682\n130682101,清风店镇,130682\n");
    office.sites("ref,name,category,division\nG1,东口,traffic,130682100\nG2,西口,traffic,130682100\n");
    Devices devices(office->writer, office.clock, office->vault, office->board, office->staff, office.access());
    const auto paired = devices.pair(operator_of(storage::Role::manager), "G1");
    REQUIRE(paired);
    const auto duty = devices.begin_duty(paired->secret, "李卫国");
    REQUIRE(duty);
    office.sites("ref,name,category,division\nG1,东口,traffic,130682101\n");
    const auto caller = office.access().authenticate(duty->session.token);
    REQUIRE(caller);
    CHECK(caller->find_site(*office.directory(), "G1") != nullptr);
    CHECK(caller->find_site(*office.directory(), "G2") == nullptr);   // though it is where the device was paired
}

TEST_CASE("a new shift on a device ends the one before, also over a restart, and voids only its own scans") {
    Office office;
    office.divisions("code,name,parent\n130682,定州市,\n");
    office.sites("ref,name,category,division\nG1,东口,traffic,130682\n");
    const auto manager = operator_of(storage::Role::manager);
    Devices devices(office->writer, office.clock, office->vault, office->board, office->staff, office.access());
    const auto paired = devices.pair(manager, "G1"), other = devices.pair(manager, "G1");
    REQUIRE((paired && other));
    const auto beside = devices.begin_duty(other->secret, "王五");
    const auto first = devices.begin_duty(paired->secret, "李卫国");
    REQUIRE((beside && first));
    GateRequest request;
    request.document = someone(1);
    request.site = "G1";
    request.direction = "in";
    const auto scanned = [&](const Duty& duty) { return office.gate(*office.access().authenticate(duty.session.token), {request}).at(0)->id; };
    const auto early = scanned(*first);
    office.clock.pass(61);
    const auto second = devices.begin_duty(devices.renew(manager, paired->id)->secret, "张三丰");
    REQUIRE(second);
    CHECK(refusal(office.access().authenticate(first->session.token)) == "session_unknown");
    CHECK(office.access().authenticate(beside->session.token));
    const auto late = scanned(*second);
    const auto caller = *office.access().authenticate(second->session.token);
    CHECK(refusal(office.void_scan(caller, early)) == "void_late");
    CHECK(office.void_scan(caller, late));
    office.restart();
    CHECK(refusal(office.access().authenticate(first->session.token)) == "session_unknown");
    CHECK(office.access().authenticate(second->session.token));
}

TEST_CASE("a pairing link is over after ten minutes, and a new one ends the old") {
    Office office;
    office.divisions("code,name,parent\n130682,定州市,\n");
    office.sites("ref,name,category,division\nG1,东口,traffic,130682\n");
    Devices devices(office->writer, office.clock, office->vault, office->board, office->staff, office.access());
    const auto manager = operator_of(storage::Role::manager);
    const auto paired = devices.pair(manager, "G1");
    REQUIRE(paired);
    const auto renewed = devices.renew(manager, paired->id);
    REQUIRE(renewed);
    CHECK(refusal(devices.begin_duty(paired->secret, "李卫国")) == "link_over");
    office.clock.pass(kit::pairing_link_s_max);
    CHECK(refusal(devices.begin_duty(renewed->secret, "李卫国")) == "link_over");
}

TEST_CASE("no password opens a device") {
    Office office;
    office.divisions("code,name,parent\n130682,定州市,\n");
    office.sites("ref,name,category,division\nG1,东口,traffic,130682\n");
    Devices devices(office->writer, office.clock, office->vault, office->board, office->staff, office.access());
    const auto paired = devices.pair(operator_of(storage::Role::manager), "G1");
    REQUIRE(paired);
    for (const char* password : {"", "correct horse battery", "\0"}) CHECK(refusal(office.login(paired->id, password)) == "login_failed");
}

TEST_CASE("a scope is a division that is known, or above or below one, once there are any") {
    Office office;
    const auto add = [&](const std::string& login, const std::string& scope) { return refusal(office.operators().add(nullptr, {login, "guard", scope, good_password})); };
    CHECK(add("early", "999999").empty());
    office.divisions("code,name\n130682001,南城\n130682002,北城\n");
    CHECK(add("same", "130682001").empty());
    CHECK(add("above", "1306").empty());
    CHECK(add("below", "130682001200").empty());
    CHECK(add("none", "").empty());
    for (const char* beside : {"999999", "130682003", "130683", "14"}) {
        CAPTURE(beside);
        CHECK(add("late", beside) == "division_unknown");
    }
    CHECK(refusal(office.operators().change(operator_of(storage::Role::admin), "same", {{}, "999999", {}, {}, false})) == "division_unknown");
}

TEST_CASE("sessions that a new password ends take no call from then on, and none comes back by a restart") {
    Office office;
    const auto me = office.caller("root");
    const auto other = office.login("root");
    REQUIRE(other);
    office.clock.pass(60);   // the next call of each session will note that it was seen
    std::promise<void> held, release;
    REQUIRE(office->writer.submit({[&](WriteContext&) -> kit::Status {
                                         held.set_value();
                                         release.get_future().wait();
                                         return kit::Done{};
                                     }, {}}));
    held.get_future().wait();
    auto changing = std::async(std::launch::async, [&] { return office.operators().change_password(me, {{}, good_password, {}, {}}, "another long password"); });
    for (int tries = 0; tries < 20'000 && office.access().sessions(me).size() > 1; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    CHECK(refusal(office.access().authenticate(other->token)) == "session_unknown");
    release.set_value();
    REQUIRE(changing.get());
    office.restart();
    CHECK(refusal(office.access().authenticate(other->token)) == "session_unknown");
}

TEST_CASE("the audit log says of a change what it was before and is now, and nothing of one that changes nothing") {
    Office office;
    office.add("li", "guard", "130682100");
    const auto root = office.caller("root");
    const auto line = [&] {
        const auto last = office.reader().audit().last();
        const auto detail = office->vault.open(SealKind::audit_detail, std::to_string(last->seq), last->detail).value_or("");
        return std::pair(last->action, detail);
    };
    REQUIRE(office.operators().change(root, "li", {"guard,tracer", "", {}, true, false}));
    CHECK(line() == std::pair<std::string, std::string>("operator_changed", "login=li\nwhat=roles guard > guard,tracer;scope 130682100 > ;disabled"));
    const auto seq = office.reader().audit().last()->seq;
    REQUIRE(office.operators().change(root, "li", {}));
    REQUIRE(office.operators().change(root, "li", {"tracer,guard", "", {}, true, false}));   // as they are
    CHECK(office.reader().audit().last()->seq == seq);
    REQUIRE(office.operators().change(root, "li", {{}, {}, {}, false, true}));
    CHECK(line().second == "login=li\nwhat=enabled;otp_reset");
}

TEST_CASE("an operator added by a command was added by nobody who has a login") {
    Office office;
    CHECK(office.reader().audit().last()->action == "operator_added");
    CHECK(office.reader().audit().last()->by.is_none());
}
