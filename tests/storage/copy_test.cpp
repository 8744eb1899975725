// SPDX-License-Identifier: Apache-2.0
// Counting what is kept, copying it while it is written, and numbers that are left out.
#include "storage/memory_store.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <thread>

namespace chayan::storage {
namespace {

struct OverSqlite {
    BareFolder folder;
    std::unique_ptr<Store> store = sqlite::open({folder.path, {}, 0});
};
struct OverValues {
    std::unique_ptr<Store> store = make_memory_store();
};

const Store::GoOn all_of_it = [](std::uint64_t, std::uint64_t) { return true; };

void add_scans(Store& store, std::uint64_t first, std::uint64_t last) {
    std::vector<ScanRow> rows;
    for (auto seq = first; seq <= last; ++seq) rows.push_back(scan(seq));
    store.write([&](Connection& connection) { connection.scans().append(rows); });
}

void add_one_of_each(Store& store) {
    add_scans(store, 1, 3);
    store.write([](Connection& connection) {
        connection.registry().append(registration(4, 9));
        connection.registry().append(PersonEvent{0, PersonEventKind::merge, {4}, {3}, {}, morning, {}, "same_document"});
        connection.registry().append(VehicleRow{{5}, blind(5), "plate"});
        connection.sites().put(site(6));
        connection.staff().put(staff(7, "li"));
        connection.scans().append_void({{2}, morning, {}, "sealed"});
        connection.desk().put(CaseRow{"2020-7", "t", "p", CaseState::open, {}, {7}, morning});
        connection.audit().append(audit(1));
    });
}

/// The store in a folder of its own, from a copy of another.
struct Copied {
    explicit Copied(Store& original) : census(original.copy_to(folder / "chayan.db", all_of_it)) {}
    BareFolder folder;
    std::optional<Census> census;
};

}  // namespace

#define STORE_TEST(sentence) TEMPLATE_TEST_CASE(sentence, "", OverSqlite, OverValues)

STORE_TEST("a census counts each kind and names the largest numbers") {
    TestType world;
    add_one_of_each(*world.store);
    auto census = world.store->reader()->census();
    census.schema = 0;   // a store over values has none
    Census expected;
    expected.scans = 3;
    expected.voids = expected.registrations = expected.sites = expected.operators = expected.cases = expected.audit = expected.audit_last = 1;
    expected.audit_head = audit(1).chain;
    expected.last = {3, 4, 9, 1, 5, 6, 7};
    REQUIRE(census == expected);
}

STORE_TEST("what is skipped is never given out, by any kind, and what has come further stays there") {
    TestType world;
    add_one_of_each(*world.store);
    world.store->write([](Connection& connection) { connection.skip_to({100, 200, 300, 400, 500, 600, 700}); });
    REQUIRE(world.store->reader()->census().last == Sequences{100, 200, 300, 400, 500, 600, 700});
    world.store->write([](Connection& connection) {
        connection.skip_to({50, 50, 50, 50, 50, 50, 50});
        connection.registry().append(PersonEvent{0, PersonEventKind::merge, {4}, {3}, {}, morning, {}, "same_document"});
    });
    const auto reader = world.store->reader();
    REQUIRE(reader->census().last == Sequences{100, 200, 300, 401, 500, 600, 700});
    REQUIRE(reader->registry().person_events().back().seq == 401);
    REQUIRE(reader->scans().last().value == 100);
    REQUIRE(reader->registry().last_registration().value == 200);
    REQUIRE(reader->registry().last_person().value == 300);
    REQUIRE(reader->registry().last_vehicle().value == 500);
    REQUIRE(reader->sites().last_site().value == 600);
    REQUIRE(reader->staff().last_operator().value == 700);
}

TEST_CASE("what a restore skipped is no gap in the log; anything else is, also after two restores with nothing between them") {
    OverSqlite world;
    const auto check = [&] { return sqlite::open_to_check({world.folder.path, {}, 0})->check(); };
    const auto skip = [&](std::uint64_t to) { world.store->write([to](Connection& connection) { connection.skip_to({to, 0, 0, 0, 0, 0, 0}); }); };
    add_scans(*world.store, 1, 3);
    skip(1'000);
    REQUIRE(check().empty());
    skip(2'000);
    add_scans(*world.store, 2'001, 2'002);
    REQUIRE(check().empty());
    skip(5'000'000'000);
    add_scans(*world.store, 5'000'000'001, 5'000'000'001);
    REQUIRE(check().empty());
    world.store.reset();
    run_sql(world.folder / "chayan.db", "DELETE FROM scan WHERE id = 2001");
    REQUIRE(check() == std::vector<std::string>{"the scan log has gaps: 1 rows are missing"});
    run_sql(world.folder / "chayan.db", "DELETE FROM scan WHERE id = 2");
    REQUIRE(check() == std::vector<std::string>{"the scan log has gaps: 2 rows are missing"});
    run_sql(world.folder / "chayan.db", "DELETE FROM scan WHERE id < 5000000000");   // also at the front: whoever forgets a day says how many went
    REQUIRE(check() == std::vector<std::string>{"the scan log has gaps: 5 rows are missing"});
}

TEST_CASE("a skipped number is in the high-water mark, so that a loss after it is counted from there") {
    OverSqlite world;
    add_scans(*world.store, 1, 3);
    world.store->write([](Connection& connection) { connection.skip_to({1'000, 0, 0, 0, 0, 0, 0}); });
    add_scans(*world.store, 1'001, 1'001);
    world.store.reset();
    run_sql(world.folder / "chayan.db", "DELETE FROM scan WHERE id = 1001");
    const auto problems = sqlite::open_to_check({world.folder.path, {}, 0})->check();
    REQUIRE(problems.size() == 1);
    REQUIRE(problems[0].starts_with("1 acknowledged scans, 0 registrations"));
}

TEST_CASE("a copy opens as a store, is sound, and holds what the census says") {
    OverSqlite world;
    add_one_of_each(*world.store);
    const Copied copied(*world.store);
    REQUIRE(copied.census);
    REQUIRE(copied.census == world.store->reader()->census());
    const auto store = sqlite::open_to_check({copied.folder.path, {}, 0});
    REQUIRE(store->check().empty());
    REQUIRE(store->reader()->census() == *copied.census);
    REQUIRE(copied.census->schema == sqlite::schema_version());
    namespace fs = std::filesystem;
    REQUIRE((fs::status(copied.folder / "chayan.db").permissions() & fs::perms::all) == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a copy made while the writer goes on is of one moment: whole transactions, those before it began among them") {
    OverSqlite world;
    std::uint64_t next = 1;
    const auto add = [&](std::uint64_t count) {
        add_scans(*world.store, next, next + count - 1);
        next += count;
        world.store->write([](Connection& connection) {
            const auto last = connection.audit().last();
            connection.audit().append(audit(last ? last->seq + 1 : 1));
        });
    };
    while (next < 400'000) add(20'000);   // several steps of the copy
    const auto before = next - 1;
    std::atomic<bool> over{false};
    BareFolder folder;
    std::optional<Census> census;
    std::uint64_t steps = 0;
    std::jthread copying([&] {
        census = world.store->copy_to(folder / "chayan.db", [&](std::uint64_t, std::uint64_t) {
            ++steps;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));   // time for the writer between two steps
            return true;
        });
        over = true;
    });
    std::uint64_t commits = 0;
    for (; !over; ++commits) add(10);
    copying.join();
    REQUIRE(steps > 1);
    REQUIRE(commits > steps);
    REQUIRE(census);
    REQUIRE(census->last.scan >= before);
    REQUIRE(census->last.scan < next - 1);
    const auto store = sqlite::open_to_check({folder.path, {}, 0});
    REQUIRE(store->check().empty());
    REQUIRE(store->reader()->census() == *census);
    REQUIRE((census->scans - before) % 10 == 0);
}

TEST_CASE("who gives up gets nothing, and a path that is taken or cannot be written fails alone: the store goes on") {
    OverSqlite world;
    add_scans(*world.store, 1, 3);
    BareFolder folder;
    REQUIRE_FALSE(world.store->copy_to(folder / "one", [](std::uint64_t, std::uint64_t) { return false; }));
    for (const auto& path : {folder / "one", folder / "none/here"}) {
        try {
            (void)world.store->copy_to(path, all_of_it);
            FAIL("copied to " << path);
        } catch (const StoreError& error) {
            REQUIRE(error.kind() == StoreError::Kind::other);
        }
    }
    add_scans(*world.store, 4, 4);
    REQUIRE(world.store->reader()->scans().last().value == 4);
}

}  // namespace chayan::storage
