// SPDX-License-Identifier: Apache-2.0
// The small tables of any store: divisions and sites, operators and sessions, cases, the audit log.
#include "storage/memory_store.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

namespace chayan::storage {
namespace {

struct OverSqlite {
    BareFolder folder;
    std::unique_ptr<Store> store = sqlite::open({folder.path, {}, 0});
};
struct OverValues {
    std::unique_ptr<Store> store = make_memory_store();
};

template <class Row>
auto putter(Row row) {
    if constexpr (std::is_same_v<Row, SiteRow> || std::is_same_v<Row, DivisionRow>) return [row](Connection& c) { c.sites().put(row); };
    else if constexpr (std::is_same_v<Row, CaseRow>) return [row](Connection& c) { c.desk().put(row); };
    else return [row](Connection& c) { c.staff().put(row); };
}
template <class... Rows>
void put(Store& store, const Rows&... rows) {
    store.write([&](Connection& connection) { (putter(rows)(connection), ...); });
}

}  // namespace

#define STORE_TEST(sentence) TEMPLATE_TEST_CASE(sentence, "", OverSqlite, OverValues)

STORE_TEST("a site is replaced with its whole history, and everything of it comes back") {
    TestType world;
    SiteRow full = site(2);
    full.place = {1};
    full.longitude = 115.97;
    full.latitude = 39.48;
    full.presence = domain::Presence::gate;
    full.dwell_s = 0;
    full.opens_s = 0;
    full.closes_s = 86'400;
    full.revision = 63;
    full.old_until = morning;
    full.closed = morning + 1;
    full.stays = {{morning, domain::Presence::gate, 300, -1, -1}, {morning + 5, domain::Presence::venue, 60, 0, 86'400}};
    auto before = full;
    before.stays.push_back({morning + 9, domain::Presence::gate, 1, -1, -1});
    before.name = "旧名";
    put(*world.store, before, site(1));
    put(*world.store, full);
    const auto reader = world.store->reader();
    const auto sites = reader->sites().sites();
    REQUIRE(sites.size() == 2);
    REQUIRE(sites[0].id.value == 1);
    REQUIRE_FALSE(sites[0].longitude);
    REQUIRE_FALSE(sites[0].presence);
    REQUIRE_FALSE(sites[0].dwell_s);
    REQUIRE_FALSE(sites[0].closed);
    REQUIRE(sites[0].stays.empty());
    const auto& row = sites[1];
    REQUIRE(std::tie(row.ref, row.name, row.address, row.category, row.division, row.place, row.longitude, row.latitude) ==
            std::tie(full.ref, full.name, full.address, full.category, full.division, full.place, full.longitude, full.latitude));
    REQUIRE(std::tie(row.presence, row.dwell_s, row.opens_s, row.closes_s, row.revision, row.old_until, row.closed, row.stays) ==
            std::tie(full.presence, full.dwell_s, full.opens_s, full.closes_s, full.revision, full.old_until, full.closed, full.stays));
    REQUIRE(reader->sites().last_site().value == 2);
}

STORE_TEST("divisions of one number and different length are different") {
    TestType world;
    const DivisionRow city{{130'600'000'000, 4}, "保定市", std::nullopt};
    const DivisionRow same{{130'600'000'000, 6}, "市辖区", city.code};
    auto renamed = same;
    renamed.name = "改名";
    put(*world.store, same, city, renamed);
    REQUIRE(world.store->reader()->sites().divisions() == std::vector<DivisionRow>{city, renamed});
}

STORE_TEST("operators are replaced by number and a login belongs to one") {
    TestType world;
    put(*world.store, staff(2, "wu"), staff(1, "li"));
    auto changed = staff(2, "wu.min");
    changed.disabled = morning;
    changed.roles = 31;
    put(*world.store, changed);
    REQUIRE_THROWS_AS(put(*world.store, staff(3, "li")), StoreError);
    const auto reader = world.store->reader();
    const auto operators = reader->staff().operators();
    REQUIRE(operators.size() == 2);
    REQUIRE(operators[0].login == "li");
    REQUIRE_FALSE(operators[0].disabled);
    REQUIRE(operators[1].login == "wu.min");
    REQUIRE(operators[1].disabled == morning);
    REQUIRE(operators[1].roles == 31);
    REQUIRE(reader->staff().last_operator().value == 2);
}

STORE_TEST("sessions are touched, ended one by one, and ended by age") {
    TestType world;
    SessionRow first{blind(1), blind(2), {1}, morning, morning, morning};
    const SessionRow second{blind(3), blind(2), {1}, morning + 10, morning, morning};
    const SessionRow third{blind(4), blind(2), {1}, morning + 20, morning, morning};
    put(*world.store, staff(1, "li"), first, second, third);
    first.last_seen = morning + 60;
    first.confirmed = morning + 50;
    world.store->write([&](Connection& connection) { connection.staff().touch(first); });
    REQUIRE(world.store->reader()->staff().sessions().size() == 3);
    world.store->write([](Connection& connection) { connection.staff().end_session(blind(3)); });
    const auto left = world.store->reader()->staff().sessions();
    REQUIRE(left.size() == 2);
    REQUIRE((left[0].token == first.token ? left[0] : left[1]).last_seen == morning + 60);
    REQUIRE((left[0].token == first.token ? left[0] : left[1]).confirmed == morning + 50);
    world.store->write([&](Connection& connection) { connection.staff().touch(second); });   // which has ended, and stays so
    REQUIRE(world.store->reader()->staff().sessions().size() == 2);
    world.store->write([](Connection& connection) { connection.staff().end_sessions_before(morning + 20); });
    REQUIRE(world.store->reader()->staff().sessions().size() == 1);
}

STORE_TEST("cases are replaced by number and listed with the newest first") {
    TestType world;
    CaseRow first{"2020-1", "title", std::string("\0", 1), CaseState::open, std::nullopt, {1}, morning};
    const CaseRow second{"2020-2", "", "", CaseState::hold, morning + 9, {1}, morning + 1};
    put(*world.store, first, second);
    first.state = CaseState::closed;
    put(*world.store, first);
    const auto reader = world.store->reader();
    const auto cases = reader->desk().cases();
    REQUIRE(cases.size() == 2);
    REQUIRE(cases[0].number == "2020-2");
    REQUIRE(cases[0].expires == morning + 9);
    REQUIRE(reader->desk().find_case("2020-1")->state == CaseState::closed);
    REQUIRE(reader->desk().find_case("2020-1")->purpose == std::string("\0", 1));
    REQUIRE_FALSE(reader->desk().find_case("2020"));
}

STORE_TEST("forms are replaced by id, listed oldest first without their files, and removed once; what a header row means outlives them") {
    TestType world;
    FormRow first{{1}, morning + 1, {3}, {9}, "B=name;C=", std::string("h\0", 2), std::string("f\0", 2)};
    const FormRow second{{0}, morning, {4}, {9}, "", "", ""};
    world.store->write([&](Connection& connection) {
        connection.forms().put(first);
        connection.forms().put(second);
        connection.forms().put_mapping(first.header, morning, "B=name;C=");
        first.columns = "B=;C=name";
        connection.forms().put(first);
        connection.forms().put_mapping(first.header, morning + 1, first.columns);
    });
    const auto reader = world.store->reader();
    const auto forms = reader->forms().forms();
    REQUIRE(forms.size() == 2);
    REQUIRE(forms[0].id == second.id);
    REQUIRE(forms[1].columns == "B=;C=name");
    REQUIRE(forms[1].sealed == first.sealed);
    REQUIRE(forms[1].file.empty());
    const auto found = reader->forms().find({1});
    REQUIRE(found);
    REQUIRE(std::tuple(found->at, found->by.value, found->header, found->file) == std::tuple(first.at, first.by.value, first.header, first.file));
    REQUIRE_FALSE(reader->forms().find({2}));
    world.store->write([](Connection& connection) {
        REQUIRE(connection.forms().remove({1}));
        REQUIRE_FALSE(connection.forms().remove({1}));
    });
    REQUIRE(world.store->reader()->forms().forms().size() == 1);
    REQUIRE(world.store->reader()->forms().mapping({9}) == "B=;C=name");
    REQUIRE_FALSE(world.store->reader()->forms().mapping({8}));
}

STORE_TEST("what the office says of itself is kept word by word") {
    TestType world;
    REQUIRE(world.store->reader()->sites().office().empty());
    world.store->write([](Connection& connection) {
        connection.sites().put(OfficeWord{"name", "定州市"});
        connection.sites().put(OfficeWord{"hotline", "1"});
        connection.sites().put(OfficeWord{"hotline", ""});
    });
    const auto words = world.store->reader()->sites().office();
    REQUIRE(words.size() == 2);
    REQUIRE(words[0].word == "hotline");
    REQUIRE(words[0].value.empty());
    REQUIRE(words[1].value == "定州市");
}

STORE_TEST("the newest line of an action is found above any line") {
    TestType world;
    world.store->write([](Connection& connection) {
        for (std::uint64_t seq = 1; seq <= 6; ++seq) {
            auto row = audit(seq);
            row.action = seq % 2 == 0 ? "backed_up" : "login";
            connection.audit().append(row);
        }
    });
    const auto reader = world.store->reader();
    REQUIRE(reader->audit().last_of("backed_up", 0)->seq == 6);
    REQUIRE(reader->audit().last_of("login", 0)->seq == 5);
    REQUIRE(reader->audit().last_of("login", 4)->seq == 5);
    REQUIRE_FALSE(reader->audit().last_of("login", 5));
    REQUIRE_FALSE(reader->audit().last_of("restored", 0));
}

STORE_TEST("the audit log is read backwards over the numbers that a restore left out") {
    TestType world;
    REQUIRE(world.store->reader()->audit().read_back(0, 10).empty());
    constexpr std::uint64_t far = 1ULL << 32U;
    world.store->write([](Connection& connection) {
        for (const auto seq : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, far + 3, far + 4}) connection.audit().append(audit(seq));
    });
    const auto reader = world.store->reader();
    const auto numbers = [&](std::uint64_t before, std::uint32_t count) {
        std::vector<std::uint64_t> found;
        for (const auto& row : reader->audit().read_back(before, count)) found.push_back(row.seq);
        return found;
    };
    using Numbers = std::vector<std::uint64_t>;
    REQUIRE(numbers(0, 3) == Numbers{far + 4, far + 3, 3});
    REQUIRE(numbers(3, 3) == Numbers{2, 1});
    REQUIRE(numbers(far + 3, 2) == Numbers{3, 2});
    REQUIRE(numbers(~0ULL, 1) == Numbers{far + 4});
    REQUIRE(numbers(1, 3).empty());
    REQUIRE(numbers(0, 0).empty());
}

STORE_TEST("the audit log is read in pages from any line, and a line is never replaced") {
    TestType world;
    REQUIRE_FALSE(world.store->reader()->audit().last());
    world.store->write([](Connection& connection) {
        for (std::uint64_t seq = 1; seq <= 5; ++seq) connection.audit().append(audit(seq));
    });
    const auto reader = world.store->reader();
    REQUIRE(reader->audit().last()->seq == 5);
    const auto page = reader->audit().read(2, 3);
    REQUIRE(page.size() == 3);
    REQUIRE(page.front().seq == 2);
    REQUIRE(page.front().chain == audit(2).chain);
    REQUIRE(page.front().detail == "sealed");
    REQUIRE(reader->audit().read(5, 10).size() == 1);
    REQUIRE(reader->audit().read(6, 10).empty());
    REQUIRE(reader->audit().read(1, 0).empty());
    const auto back = reader->audit().read_back(5, 3);
    REQUIRE(back.size() == 3);
    REQUIRE(back.front().seq == 4);
    REQUIRE(back.back().seq == 2);
    REQUIRE(reader->audit().read_back(std::uint64_t{1} << 40U, 10).size() == 5);   // far above, as after a restore
    REQUIRE(reader->audit().read_back(1, 10).empty());
    REQUIRE_THROWS_AS(world.store->write([](Connection& connection) { connection.audit().append(audit(5)); }), StoreError);
}

}  // namespace chayan::storage
