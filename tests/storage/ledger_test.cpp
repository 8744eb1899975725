// SPDX-License-Identifier: Apache-2.0
// The ledger's port, in any store.
#include "storage/ledger.hpp"

#include "storage/memory_store.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

namespace chayan::storage {
namespace {

using domain::Measure;
using domain::Outcome;

struct OverSqlite {
    BareFolder folder;
    std::unique_ptr<Store> store = sqlite::open({folder.path, {}, 0});
};
struct OverValues {
    std::unique_ptr<Store> store = make_memory_store();
};

LedgerListRow list(std::uint32_t rows) {
    LedgerListRow row;
    row.scope = domain::parse_division_code("130682001").value();
    row.measure = Measure::home;
    row.until = morning + 86'400;
    row.by = {7};
    row.at = morning;
    row.rows = rows;
    row.sealed = std::string("a \0 b", 5);
    row.file = "rows";
    return row;
}

struct World {
    explicit World(Store& s) : store(s) {
        // Entries are of registrations that are there.
        store.write([&](Connection& connection) {
            for (std::uint64_t id = 1; id <= 5; ++id) connection.registry().append(registration(id, static_cast<std::uint32_t>(id)));
        });
    }
    template <class Act>
    auto in(Act act) {
        std::optional<decltype(act(std::declval<LedgerBook&>()))> result;
        store.write([&](Connection& connection) { result = act(connection.ledger()); });
        return *result;
    }
    std::uint64_t enter(std::uint64_t of, std::uint32_t line, std::uint64_t who) {
        return in([&](LedgerBook& book) { return book.append(LedgerEntryRow{0, of, line, {who}, {Measure::home, Outcome::open, morning + 86'400, false}}); }).value();
    }
    void decide(std::uint64_t id, ListState state) {
        store.write([&](Connection& connection) { connection.ledger().decide(id, state, {8}, morning + 60); });
    }
    std::vector<std::uint64_t> in_force() {
        std::vector<std::uint64_t> ids;
        for (const auto& row : store.reader()->ledger().in_force()) ids.push_back(row.id);
        return ids;
    }
    Store& store;
};

}  // namespace

#define STORE_TEST(sentence) TEMPLATE_TEST_CASE(sentence, "", OverSqlite, OverValues)

STORE_TEST("a list comes back as it was, loses its file when it is decided, and the newest stands first") {
    TestType over;
    World world(*over.store);
    auto row = list(2);
    row.id = world.in([&](LedgerBook& book) { return book.append(row); });
    const auto second = world.in([&](LedgerBook& book) { return book.append(list(1)); });
    CHECK(over.store->reader()->ledger().find_list(row.id) == row);
    CHECK_FALSE(over.store->reader()->ledger().find_list(99));
    world.decide(row.id, ListState::approved);
    row.state = ListState::approved, row.decided = morning + 60, row.decided_by = {8};
    row.file.clear();
    CHECK(over.store->reader()->ledger().find_list(row.id) == row);
    const auto lists = over.store->reader()->ledger().lists();
    REQUIRE(lists.size() == 2);
    CHECK(lists[0].id == second);
    CHECK(lists[0].file.empty());
    CHECK(lists[1] == row);
}

STORE_TEST("entries are in force from the approval of their list until it, or they, are undone") {
    TestType over;
    World world(*over.store);
    const auto first = world.in([&](LedgerBook& book) { return book.append(list(2)); }), second = world.in([&](LedgerBook& book) { return book.append(list(1)); });
    const auto a = world.enter(first, 2, 1), b = world.enter(first, 3, 2), c = world.enter(second, 2, 1);
    CHECK(world.in_force().empty());
    CHECK_FALSE(world.in([&](LedgerBook& book) { return book.append(LedgerEntryRow{0, first, 3, {5}, {}}); }));   // a line has one entry
    world.decide(first, ListState::approved);
    CHECK(world.in_force() == std::vector{a, b});
    world.decide(second, ListState::approved);
    CHECK(world.in_force() == std::vector{a, b, c});
    world.in([&](LedgerBook& book) { book.append(LedgerActRow{b, {Measure::home, Outcome::here, morning + 100, true}, {9}, morning + 70, "why"}); return 0; });
    CHECK(world.in_force() == std::vector{a, c});
    world.decide(first, ListState::undone);
    CHECK(world.in_force() == std::vector{c});
    world.decide(second, ListState::refused);
    CHECK(world.in_force().empty());
}

STORE_TEST("an act is kept, the entry stands as it left it, and pages follow the file") {
    TestType over;
    World world(*over.store);
    const auto id = world.in([&](LedgerBook& book) { return book.append(list(3)); });
    const auto a = world.enter(id, 2, 1), b = world.enter(id, 3, 2), c = world.enter(id, 4, 3);
    const LedgerActRow one{b, {Measure::central, Outcome::here, morning + 9, false}, {7}, morning + 1, std::string("\0x", 2)};
    const LedgerActRow two{b, {Measure::none, Outcome::wrong_person, morning + 9, false}, {8}, morning + 2, {}};
    world.in([&](LedgerBook& book) { book.append(one), book.append(two); return 0; });
    const auto reader = over.store->reader();
    CHECK(reader->ledger().acts(b) == std::vector{one, two});
    CHECK(reader->ledger().acts(a).empty());
    CHECK(reader->ledger().find_entry(b)->state == two.state);
    const auto ids = [&](std::uint64_t after, std::size_t count) {
        std::vector<std::uint64_t> found;
        for (const auto& row : reader->ledger().entries(id, after, count)) found.push_back(row.id);
        return found;
    };
    CHECK(ids(0, 2) == std::vector{a, b});
    CHECK(ids(b, 2) == std::vector{c});
    CHECK(ids(0, 3) == std::vector{a, b, c});
}

STORE_TEST("an alert is open until it is closed, once, and pages go back from the newest") {
    TestType over;
    World world(*over.store);
    std::vector<AlertRow> rows;
    for (std::uint32_t i = 1; i <= 3; ++i) {
        AlertRow row{0, {i}, morning + i, morning + i + 5, i == 2 ? domain::Verdict::stop : domain::Verdict::call, std::string("\0s", 2), {}, {}, {}};
        row.id = world.in([&](LedgerBook& book) { return book.append(row); });
        rows.push_back(row);
    }
    const auto ids = [&](bool open_only, std::uint64_t before, std::size_t count) {
        std::vector<std::uint64_t> found;
        for (const auto& row : over.store->reader()->ledger().alerts(open_only, before, count)) found.push_back(row.id);
        return found;
    };
    CHECK(over.store->reader()->ledger().find_alert(rows[1].id) == rows[1]);
    CHECK(ids(true, 0, 2) == std::vector{rows[2].id, rows[1].id});
    CHECK(ids(true, rows[1].id, 2) == std::vector{rows[0].id});
    CHECK(world.in([&](LedgerBook& book) { return book.close(rows[1].id, {4}, morning + 50, "done"); }));
    CHECK_FALSE(world.in([&](LedgerBook& book) { return book.close(rows[1].id, {5}, morning + 51, "again"); }));
    CHECK_FALSE(world.in([&](LedgerBook& book) { return book.close(99, {5}, morning + 51, "nothing"); }));
    CHECK(ids(true, 0, 9) == std::vector{rows[2].id, rows[0].id});
    CHECK(ids(false, 0, 9) == std::vector{rows[2].id, rows[1].id, rows[0].id});
    const auto closed = over.store->reader()->ledger().find_alert(rows[1].id).value();
    CHECK(closed.closed == morning + 50);
    CHECK(closed.closed_by == domain::OperatorId{4});
    CHECK(closed.note == "done");
}

STORE_TEST("whoever keeps what is in force sees that it changed") {
    TestType over;
    World world(*over.store);
    const auto id = world.in([&](LedgerBook& book) { return book.append(list(1)); });
    over.store->write([&](Connection& connection) {
        auto& book = connection.ledger();
        auto before = book.changes();
        const auto entry = book.append(LedgerEntryRow{0, id, 2, {1}, {}}).value();
        CHECK(book.changes() != before);
        before = book.changes();
        book.decide(id, ListState::approved, {1}, morning);
        CHECK(book.changes() != before);
        before = book.changes();
        book.append(LedgerActRow{entry, {}, {1}, morning, {}});
        CHECK(book.changes() != before);
        before = book.changes();
        (void)book.append(AlertRow{});
        CHECK(book.changes() == before);
    });
}

}  // namespace chayan::storage
