// SPDX-License-Identifier: Apache-2.0
// The ports of the desk's registers and of what is counted: SQLite against values, step by step.
#include "storage/register.hpp"

#include "storage/memory_store.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"
#include "storage/tally.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace chayan::storage {
namespace {

using domain::RecordState;
using domain::RegisterKind;

/// Two stores that are told the same.
struct Pair {
    BareFolder folder;
    std::unique_ptr<Store> sqlite = sqlite::open({folder.path, {}, 0});
    std::unique_ptr<Store> values = make_memory_store();

    void write(const std::function<void(Connection&)>& body) {
        for (auto* store : {sqlite.get(), values.get()}) store->write(body);
    }
    template <class Read>
    auto same(Read read) {
        const auto one = read(*sqlite->reader()), other = read(*values->reader());
        CHECK(one == other);
        return one;
    }
};

template <class Row, class Book, class Read>
std::vector<Row> collected(Book& book, Read read) {
    std::vector<Row> rows;
    read(book, [&](const Row& row) { rows.push_back(row); });
    return rows;
}

}  // namespace

TEST_CASE("a store of records says the same as values, whatever was written") {
    Pair pair;
    std::mt19937 chance(130'682);
    const auto up_to = [&](std::uint32_t most) { return std::uniform_int_distribution<std::uint32_t>(0, most)(chance); };
    const auto standing = [&](RegisterKind kind) {
        const auto state = up_to(2) == 0 ? (kind == RegisterKind::fever ? RecordState::cleared : RecordState::released) : (kind == RegisterKind::fever ? RecordState::sent : RecordState::in);
        return domain::Standing{state, {130'682'000'000ULL + up_to(9), 12}, {up_to(3)}, domain::FoundAt::clinic, static_cast<std::int16_t>(360 + up_to(30)), domain::TestResult::pending,
                                morning + up_to(100), domain::is_closed(state) ? domain::Instant{} : morning + up_to(20), up_to(1) == 0};
    };
    std::vector<std::pair<std::uint64_t, RegisterKind>> records;
    for (int i = 0; i < 300; ++i) {
        if (records.empty() || up_to(2) == 0) {
            const auto kind = up_to(1) == 0 ? RegisterKind::fever : RegisterKind::isolation;
            RecordRow row{0, kind, {up_to(5)}, morning + i, {up_to(2)}, up_to(1) == 0 ? Bytes("s\0x", 3) : Bytes{}, "place", standing(kind), {}};
            row.standing.state = kind == RegisterKind::fever ? RecordState::found : RecordState::in;
            row.standing.due = morning + up_to(20);
            std::uint64_t id = 0;
            pair.write([&](Connection& connection) { id = connection.registers().append(row); });
            records.emplace_back(id, kind);
        } else {
            const auto [id, kind] = records[up_to(static_cast<std::uint32_t>(records.size()) - 1)];
            if (domain::is_closed(pair.values->reader()->registers().find(id)->standing.state)) continue;
            const StepRow step{id, domain::StepKind::measured, morning + up_to(1'000), {up_to(3)}, standing(kind), up_to(1) == 0 ? Bytes("elsewhere") : Bytes{}, Bytes("n\0", 2)};
            pair.write([&, row = step](Connection& connection) { connection.registers().append(row); });
        }
    }
    pair.write([](Connection& connection) {
        connection.sites().put(site(1));
        connection.registers().put_capacity({1}, 7);
        connection.registers().put_capacity({1}, 9);
    });
    CHECK(pair.same([](Connection& reader) { return reader.registers().capacities(); }) == std::vector<std::pair<domain::SiteId, std::uint32_t>>{{{1}, 9}});
    std::size_t open = 0, closed = 0;
    for (const auto kind : {RegisterKind::fever, RegisterKind::isolation, RegisterKind::round}) {
        auto [after, before] = std::pair(storage::DuePlace{}, std::uint64_t{0});
        for (bool has_more = true; has_more;) {
            const auto page = pair.same([&](Connection& reader) { return reader.registers().open(kind, after, 7); });
            open += page.size();
            has_more = page.size() == 7;
            if (has_more) after = {page.back().standing.due, page.back().id};
        }
        for (bool has_more = true; has_more;) {
            const auto page = pair.same([&](Connection& reader) { return reader.registers().closed(kind, before, 7); });
            closed += page.size();
            has_more = page.size() == 7;
            if (has_more) before = page.back().id;
        }
        pair.same([&](Connection& reader) { return collected<RecordRow>(reader.registers(), [kind](auto& book, const auto& take) { book.read(kind, take); }); });
        for (std::uint64_t of = 0; of < 7; ++of) pair.same([&](Connection& reader) { return reader.registers().records_of(kind, {of}); });
        for (const auto since : {morning - 1, morning + 500}) pair.same([&](Connection& reader) { return reader.registers().closed_since(kind, since); });
        pair.same([&](Connection& reader) { return reader.registers().open_by_site(kind); });
        pair.same([&](Connection& reader) { return reader.registers().open(kind, {morning + 10, 5}, 1'000); });   // whatever became of that record
    }
    CHECK((open > 20 && closed > 20 && open + closed == records.size()));
    const auto due = pair.same([](Connection& reader) {
        std::vector<std::pair<domain::DivisionCode, domain::Instant>> rows;
        reader.registers().read_open(RegisterKind::fever, [&](domain::DivisionCode division, domain::Instant at) { rows.emplace_back(division, at); });
        return rows;
    });
    CHECK(!due.empty());
    for (const auto& [id, kind] : records) {
        pair.same([of = id](Connection& reader) { return reader.registers().find(of); });
        pair.same([of = id](Connection& reader) { return reader.registers().steps(of); });
    }
    const auto steps = pair.same([](Connection& reader) {
        return collected<StepRow>(reader.registers(), [](auto& book, const auto& take) { book.read_steps({morning + 100, morning + 500}, take); });
    });
    CHECK(!steps.empty());
    CHECK(!pair.same([](Connection& reader) { return reader.registers().find(100'000); }));
}

TEST_CASE("steps of isolation alone change who is isolated") {
    Pair pair;
    pair.write([](Connection& connection) {
        auto& book = connection.registers();
        for (const auto kind : {RegisterKind::fever, RegisterKind::isolation}) {
            RecordRow row;
            row.kind = kind;
            const auto id = book.append(row);
            const auto before = book.changes();
            book.append(StepRow{id, domain::StepKind::noted, morning, {1}, {}, {}, "x"});
            CHECK((book.changes() != before) == (kind == RegisterKind::isolation));
        }
    });
}

TEST_CASE("steps can be neither changed nor removed") {
    Pair pair;
    pair.write([](Connection& connection) {
        const auto id = connection.registers().append(RecordRow{});
        connection.registers().append(StepRow{id, domain::StepKind::noted, morning, {1}, {}, {}, "x"});
    });
    sqlite3* raw = nullptr;
    REQUIRE(sqlite3_open((pair.folder.path + "/chayan.db").c_str(), &raw) == SQLITE_OK);
    for (const char* sql : {"UPDATE record_step SET at = 0", "DELETE FROM record_step"}) CHECK(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr) != SQLITE_OK);
    sqlite3_close(raw);
}

TEST_CASE("a store of counts says the same as values") {
    Pair pair;
    pair.write([](Connection& connection) {
        auto& book = connection.tally();
        for (std::uint32_t i = 0; i < 40; ++i)
            book.append(VehicleCheckRow{0, {1 + i % 3}, morning + 60 * (i % 7), morning + i, i % 2 == 0 ? domain::Direction::in : domain::Direction::out, static_cast<std::int32_t>(1 + i % 5), {i % 4}, "plate", blind(static_cast<std::uint8_t>(i % 6))});
        auto corrected = VehicleCheckRow{};
        corrected.id = 3, corrected.people = 9, corrected.sealed = "anew";
        book.correct(corrected);
        SiteDayRow row{{2}, 300, {}};
        row.visits = {0, 1, 127, 128, 16'383, 16'384, 4'294'967'295U};
        book.put({18'000}, {row, SiteDayRow{{1}, 5, {}}});
        book.put({18'001}, {});
        book.put({18'000}, {row});
        book.append(BriefRow{0, {18'000}, {130'682'000'000, 6}, morning, {1}, morning + 1, "passages 1 - - 1\n"});
        book.append(BriefRow{0, {18'001}, {}, morning, {1}, morning + 2, ""});
    });
    CHECK(pair.same([](Connection& reader) { return reader.tally().count_checks({1}, {morning, morning + 61}); }) == 4);
    for (std::uint8_t token = 0; token < 7; ++token) {
        const auto with = pair.same([&](Connection& reader) { return reader.tally().checks_with(blind(token), {morning + 60, morning + 300}); });
        CHECK(with.empty() == (token == 6));
    }
    pair.same([](Connection& reader) { return collected<VehicleCheckRow>(reader.tally(), [](auto& book, const auto& take) { book.read_checks({morning + 60, morning + 300}, take); }); });
    pair.same([](Connection& reader) { return collected<VehicleCheckRow>(reader.tally(), [](auto& book, const auto& take) { book.read_plates(take); }); });
    CHECK(pair.same([](Connection& reader) { return reader.tally().counted_days(); }).size() == 2);   // a day on which nothing passed was counted too
    const auto day = pair.same([](Connection& reader) { return reader.tally().of_day({18'000}); });
    REQUIRE(day.size() == 1);
    CHECK((day[0].visits[3] == 128 && day[0].visits[6] == 4'294'967'295U && day[0].visits[7] == 0));
    CHECK(pair.same([](Connection& reader) { return reader.tally().briefs(1); }).size() == 1);
    CHECK(pair.same([](Connection& reader) { return reader.tally().find_brief(1); })->numbers == "passages 1 - - 1\n");
    CHECK(!pair.same([](Connection& reader) { return reader.tally().find_brief(3); }));
}

}  // namespace chayan::storage
