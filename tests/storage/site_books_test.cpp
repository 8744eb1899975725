// SPDX-License-Identifier: Apache-2.0
// The ports of enterprises' reports, cameras and outings, in any store.
#include "storage/memory_store.hpp"
#include "storage/outing.hpp"
#include "storage/samples.hpp"
#include "storage/site_camera.hpp"
#include "storage/site_report.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

namespace chayan::storage {
namespace {

constexpr domain::Day day{18'295};

struct OverSqlite {
    BareFolder folder;
    std::unique_ptr<Store> store = sqlite::open({folder.path, {}, 0});
};
struct OverValues {
    std::unique_ptr<Store> store = make_memory_store();
};

/// A store with some sites, for rows are of sites that are there.
template <class Over>
struct World : Over {
    World() {
        write([](Connection& connection) {
            for (std::uint32_t id = 1; id <= 3; ++id) connection.sites().put(site(id));
        });
    }
    void write(const std::function<void(Connection&)>& body) { this->store->write(body); }
    ReportRow report(std::uint32_t of, domain::Day on, std::int64_t present) {
        ReportRow row{0, {of}, on, {7}, morning + present, {20, present, 1, 2}, std::string("a \0 b", 5)};
        write([&](Connection& connection) { row.id = connection.reports().append(row); });
        return row;
    }
    bool go_out(std::uint8_t household, std::uint8_t scan, domain::Day on) {
        bool is_new = false;
        write([&](Connection& connection) { is_new = connection.outings().append(OutingRow{0, blind(household), blind(scan), on, std::string("who \0", 5), {}, {}, {}}); });
        return is_new;
    }
};

}  // namespace

#define STORE_TEST(sentence) TEMPLATE_TEST_CASE(sentence, "", OverSqlite, OverValues)

STORE_TEST("reports come back as they were, of one site's day or of all, and the latest before a day") {
    World<TestType> world;
    const auto first = world.report(1, day, 5), other = world.report(2, day, 6), corrected = world.report(1, day, 7), before = world.report(1, {day.number - 3}, 4);
    const auto reader = world.store->reader();
    CHECK(reader->reports().reports({1}, day) == std::vector{first, corrected});
    CHECK(reader->reports().reports({3}, day).empty());
    CHECK(reader->reports().reports_of(day) == std::vector{first, other, corrected});
    CHECK(reader->reports().reports_of({day.number - 1}).empty());
    CHECK(reader->reports().latest({1}, {day.number + 1}) == corrected);   // of that day the newest
    CHECK(reader->reports().latest({1}, day) == before);                   // though it was written down last
    CHECK_FALSE(reader->reports().latest({1}, before.day));
    CHECK_FALSE(reader->reports().latest({3}, {day.number + 1}));
    CHECK(reader->reports().reports_after(first.id, 2) == std::vector{other, corrected});
    CHECK(reader->reports().reports_after(before.id, 2).empty());
}

STORE_TEST("a site has one camera, which is replaced and removed") {
    World<TestType> world;
    const CameraRow one{{1}, std::string("at \0 1", 6)}, two{{2}, "at 2"}, moved{{1}, "elsewhere"};
    world.write([&](Connection& connection) {
        connection.cameras().put(two);
        connection.cameras().put(one);
    });
    CHECK(world.store->reader()->cameras().cameras() == std::vector{one, two});
    world.write([&](Connection& connection) { connection.cameras().put(moved); });
    CHECK(world.store->reader()->cameras().find({1}) == moved);
    CHECK_FALSE(world.store->reader()->cameras().find({3}));
    world.write([](Connection& connection) {
        CHECK(connection.cameras().remove({1}));
        CHECK_FALSE(connection.cameras().remove({1}));
    });
    CHECK(world.store->reader()->cameras().cameras() == std::vector{two});
}

STORE_TEST("a rule of outings stands until somebody takes it back, once") {
    World<TestType> world;
    OutingRule one{0, domain::parse_division_code("130682100").value(), {day, {day.number + 9}, 2, 3}, {7}, morning}, two = one;
    two.limit.people = 1;
    world.write([&](Connection& connection) {
        one.id = connection.outings().append(one);
        two.id = connection.outings().append(two);
    });
    CHECK(world.store->reader()->outings().rules() == std::vector{one, two});
    world.write([&](Connection& connection) {
        CHECK(connection.outings().undo(one.id, {8}, morning + 1));
        CHECK_FALSE(connection.outings().undo(one.id, {9}, morning + 2));
        CHECK_FALSE(connection.outings().undo(99, {9}, morning + 2));
    });
    CHECK(world.store->reader()->outings().rules() == std::vector{two});
}

STORE_TEST("an outing is there once for each scan, and is found by its household and its days") {
    World<TestType> world;
    CHECK(world.go_out(1, 10, day));
    CHECK_FALSE(world.go_out(1, 10, day));
    CHECK(world.go_out(1, 11, {day.number + 1}));
    CHECK(world.go_out(1, 12, {day.number + 2}));
    CHECK(world.go_out(2, 13, day));
    const auto reader = world.store->reader();
    const auto scans = [](const std::vector<OutingRow>& rows) {
        std::vector<int> found;
        for (const auto& row : rows) found.push_back(row.scan[0]);
        return found;
    };
    CHECK(scans(reader->outings().outings(blind(1), day, {day.number + 1})) == std::vector{10, 11});
    CHECK(scans(reader->outings().outings(blind(1), {day.number + 1}, {day.number + 9})) == std::vector{11, 12});
    CHECK(reader->outings().outings(blind(3), day, day).empty());
    CHECK(scans(reader->outings().outings_after(1, 2)) == std::vector{11, 12});
    const auto row = reader->outings().find(blind(13));
    REQUIRE(row);
    CHECK(*row == OutingRow{4, blind(2), blind(13), day, std::string("who \0", 5), {}, {}, {}});
    CHECK_FALSE(reader->outings().find(blind(14)));
}

STORE_TEST("an outing is excepted once, by a name and with a reason") {
    World<TestType> world;
    world.go_out(1, 10, day);
    world.write([](Connection& connection) {
        auto& book = connection.outings();
        CHECK(book.except(blind(10), {8}, morning + 1, "why"));
        CHECK_FALSE(book.except(blind(10), {9}, morning + 2, "again"));
        CHECK_FALSE(book.except(blind(11), {9}, morning + 2, "none"));
    });
    const auto row = world.store->reader()->outings().find(blind(10)).value();
    CHECK(row.excepted == morning + 1);
    CHECK(row.excepted_by == domain::OperatorId{8});
    CHECK(row.reason == "why");
}

TEST_CASE("reports are never changed nor removed, whoever asks the database") {
    World<OverSqlite> world;
    world.report(1, day, 5);
    for (const auto* sql : {"UPDATE site_report SET fever = 0", "DELETE FROM site_report"}) {
        sqlite3* raw = nullptr;
        REQUIRE(sqlite3_open((world.folder.path + "/chayan.db").c_str(), &raw) == SQLITE_OK);
        CHECK(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr) == SQLITE_CONSTRAINT);
        sqlite3_close(raw);
    }
}

}  // namespace chayan::storage
