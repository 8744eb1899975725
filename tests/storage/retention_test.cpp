// SPDX-License-Identifier: Apache-2.0
// Rows of the log that go for good: exactly a day's, whatever lies between them, and no number twice. Over SQLite and over plain values.
#include "storage/retention.hpp"

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

constexpr domain::Interval first_day{morning, morning + 86'400};

std::vector<std::uint64_t> left(Store& store) {
    std::vector<std::uint64_t> seqs;
    store.reader()->scans().read({}, {1'000'000}, [&](std::span<const ScanRow> rows) {
        for (const auto& row : rows) seqs.push_back(row.seq.value);
        return true;
    });
    return seqs;
}

void append(Store& store, const std::vector<ScanRow>& rows) {
    store.write([&](Connection& to) { to.scans().append(rows); });
}

std::uint64_t remove_all(Store& store, domain::Interval day, std::size_t count) {
    std::uint64_t removed = 0;
    for (domain::ScanSeq after;;) {
        const auto stretch = store.reader()->retention().find_scans(day, after, count);
        if (stretch.upto.is_none()) return removed;
        CHECK(stretch.count <= count);
        store.write([&](Connection& to) {
            if (stretch.count > 0) CHECK(to.retention().remove_scans(day, stretch.first, stretch.last) == stretch.count);
        });
        removed += stretch.count;
        after = stretch.upto;
    }
}

}  // namespace

TEMPLATE_TEST_CASE("a day's rows go with their voids, readings and staff, and no other's", "", OverSqlite, OverValues) {
    TestType world;
    // The last second of the day before, the first and the last of the day, the first of the next; and a day in the midst of others.
    append(*world.store, {scan(1, 1, -1), scan(2, 1, 0), scan(3, 1, 86'399), scan(4, 1, 86'400), scan(5, 1, 40'000), scan(6, 1, 90'000), scan(7, 1, 5)});
    world.store->write([](Connection& to) {
        for (const std::uint64_t seq : {1U, 2U, 5U, 6U}) {
            to.scans().append_void({{seq}, morning + 100, {1}, "sealed"});
            to.scans().append_staff({seq}, {3});
            to.scans().append_reading({{seq}, morning + 7, {3}, 371, {}, 0});
        }
    });
    CHECK(remove_all(*world.store, first_day, 2) == 4);
    CHECK(left(*world.store) == std::vector<std::uint64_t>{1, 4, 6});
    const auto reader = world.store->reader();
    CHECK(reader->scans().voids().size() == 2);
    for (const std::uint64_t seq : {2U, 5U}) {
        CHECK(!reader->scans().staff_of({seq}));
        CHECK(reader->scans().readings_of({seq}).empty());
    }
    for (const std::uint64_t seq : {1U, 6U}) {
        CHECK(reader->scans().staff_of({seq}));
        CHECK(reader->scans().readings_of({seq}).size() == 1);
    }
    CHECK(reader->scans().last().value == 7);   // its row is gone, its number is not given out again
    CHECK(remove_all(*world.store, first_day, 2) == 0);
}

TEMPLATE_TEST_CASE("more rows than are found at once are found in turn", "", OverSqlite, OverValues) {
    TestType world;
    std::vector<ScanRow> rows;
    for (std::uint64_t seq = 1; seq <= 70'000; ++seq) rows.push_back(scan(seq, 1, seq % 7 == 0 ? 0 : 86'400));
    append(*world.store, rows);
    CHECK(remove_all(*world.store, first_day, 1'000) == 10'000);
    CHECK(left(*world.store).size() == 60'000);
}

TEMPLATE_TEST_CASE("days that go come back as they were put, and a mark that destroyed nothing can be taken back", "", OverSqlite, OverValues) {
    TestType world;
    const ForgottenDay marked{{18'000}, morning, 60, 0, {}}, gone{{17'999}, morning, 86'400, 12, morning + 5};
    world.store->write([&](Connection& to) {
        to.retention().put(marked);
        to.retention().put(ForgottenDay{{17'999}, morning, 0, 0, {}});
        to.retention().put(gone);
        to.retention().put(ForgettingRun{{18'000}, morning});
        to.retention().put(ForgettingRun{{18'001}, morning + 1});
    });
    const auto reader = world.store->reader();
    CHECK(reader->retention().days() == std::vector<ForgottenDay>{gone, marked});
    CHECK(reader->retention().last_run() == ForgettingRun{{18'001}, morning + 1});
    world.store->write([&](Connection& to) {
        to.retention().remove(gone.day);
        to.retention().remove(marked.day);
    });
    CHECK(world.store->reader()->retention().days() == std::vector<ForgottenDay>{gone});
}

TEST_CASE("what was forgotten is no gap in the log, and what is lost is one") {
    OverSqlite world;
    append(*world.store, {scan(1, 1, 0), scan(2, 1, 86'400), scan(3, 1, 1), scan(4, 1, 86'500), scan(5, 1, 2)});
    world.store->write([](Connection& to) {
        CHECK(to.retention().remove_scans(first_day, {1}, {5}) == 3);
        to.retention().put(ForgottenDay{{18'295}, morning, 86'400, 3, morning});
    });
    CHECK(world.store->check().empty());
    CHECK(world.store->cut_log());
    CHECK(std::filesystem::file_size(world.folder.path + "/chayan.db-wal") == 0);
    world.store.reset();
    world.store = sqlite::open({world.folder.path, {}, 0});   // the high-water mark promises row 5
    CHECK(world.store->check().empty());
    append(*world.store, {scan(6, 1, 86'600)});
    CHECK(world.store->check().empty());
    world.store->write([](Connection& to) { CHECK(to.retention().remove_scans({morning + 86'400, morning + 86'401}, {1}, {6}) == 1); });   // and not counted
    const auto problems = world.store->check();
    REQUIRE(problems.size() == 1);
    CHECK(problems[0] == "the scan log has gaps: 1 rows are missing");
}

}  // namespace chayan::storage
