// SPDX-License-Identifier: Apache-2.0
#include "storage/crash_disk.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

namespace chayan::storage {
namespace {

// The contents of a transaction follow from its number, so that what is found tells which transactions are there.
std::uint64_t scans_of(std::uint64_t transaction) { return 1 + transaction * 7 % 5 + (transaction % 11 == 0 ? 300 : 0); }
std::uint64_t scans_upto(std::uint64_t transaction) {
    std::uint64_t count = 0;
    for (std::uint64_t n = 1; n <= transaction; ++n) count += scans_of(n);
    return count;
}

void write_transaction(Store& store, std::uint64_t number) {
    store.write([&](Connection& connection) {
        std::vector<ScanRow> rows;
        const auto before = scans_upto(number - 1);
        for (std::uint64_t n = 1; n <= scans_of(number); ++n) rows.push_back(scan(before + n));
        connection.scans().append(rows);
        (void)connection.attempt([&] {
            connection.registry().append(registration(number));
            return number % 3 == 0;
        });
        connection.sites().put(site(static_cast<std::uint32_t>(1 + number % 40)));
        connection.audit().append(audit(number));
    });
}

/// How many transactions are there, wholly; anything else is a contradiction, in words.
std::uint64_t transactions_in(Store& store, std::string& contradiction) {
    for (const auto& problem : store.check()) contradiction += problem + "; ";
    const auto reader = store.reader();
    const auto last = reader->audit().last();
    const auto count = last ? last->seq : 0;
    std::uint64_t scans = 0;
    reader->scans().read({}, {~0ULL >> 1U}, [&](std::span<const ScanRow> rows) {
        for (const auto& row : rows)
            if (row.seq.value != ++scans || row.sealed != scan(scans).sealed || row.at != morning) contradiction += "a scan differs; ";
        return true;
    });
    if (scans != scans_upto(count)) contradiction += "a part of a transaction; ";
    std::uint64_t registrations = 0;
    reader->registry().read_placements([&](std::span<const Placement> rows) { registrations += rows.size(); });
    if (registrations != count / 3) contradiction += "registrations differ; ";
    if (reader->audit().read(1, 100'000).size() != count) contradiction += "the audit log has gaps; ";
    return count;
}

/// What became of the lives of one store.
struct Story {
    std::uint64_t lost = 0, unacknowledged = 0, cuts = 0;
    std::string contradiction;
};

/// Writes until the power goes; the number of the last transaction that was acknowledged.
std::uint64_t live(CrashDisk& disk, const Folder& folder, std::uint64_t acknowledged, std::mt19937_64& chance, std::vector<std::string>& marks,
                   Story& story) {
    disk.cut_at = 1 + chance() % 400;
    std::unique_ptr<Store> store;
    try {
        store = sqlite::open({folder.path, CrashDisk::name, 0});
        for (int n = 0; n < 70; ++n) {
            write_transaction(*store, acknowledged + 1);
            ++acknowledged;
            marks.push_back(read_file(folder / "high-water"));
            if (chance() % 10 == 0) store->checkpoint();
        }
    } catch (const StoreError& error) {
        if (!disk.is_off) story.contradiction += error.what();
    }
    disk.is_off = true;
    return acknowledged;
}

Story run_lives(std::uint64_t seed, bool ignores_syncs) {
    std::mt19937_64 chance(seed);
    Story story;
    BareFolder folder;
    CrashDisk disk;
    disk.ignores_syncs = ignores_syncs;
    std::uint64_t acknowledged = 0;
    for (int life = 0; life < 3 && story.contradiction.empty() && story.lost == 0; ++life) {
        std::vector<std::string> marks{read_file(folder / "high-water")};
        acknowledged = live(disk, folder, acknowledged, chance, marks, story);
        // The mark isn't synced: any earlier one may be on disk, and of its two sectors the second perhaps not.
        auto mark = marks[chance() % marks.size()];
        if (mark.size() > 512 && mark[0] != 0 && chance() % 4 == 0) mark.resize(512);
        write_file(folder / "high-water", mark);
        disk.power_on(chance);
        ++story.cuts;
        try {
            const auto store = sqlite::open({folder.path, CrashDisk::name, 0});
            const auto found = transactions_in(*store, story.contradiction);
            if (found < acknowledged) story.lost += acknowledged - found;
            if (found > acknowledged + 1) story.contradiction += "more than was written; ";
            story.unacknowledged += found > acknowledged ? 1 : 0;
            acknowledged = found;
            disk.is_off = chance() % 2 == 0;
        } catch (const StoreError& error) {
            story.contradiction += error.what();
        }
        disk.power_on(chance);
    }
    return story;
}

}  // namespace

TEST_CASE("after a power cut every acknowledged transaction is there wholly, and no part of another") {
    Story all;
    for (std::uint64_t seed = 1; seed <= 250; ++seed) {
        const auto story = run_lives(seed, /*ignores_syncs=*/false);
        INFO("seed " << seed << ", lost " << story.lost << ": " << story.contradiction);
        REQUIRE(story.lost == 0);
        REQUIRE(story.contradiction.empty());
        all.cuts += story.cuts;
        all.unacknowledged += story.unacknowledged;
    }
    REQUIRE(all.cuts == 750);
    REQUIRE(all.unacknowledged > 0);   // else the cuts never fell into a commit
}

TEST_CASE("a store whose syncs do nothing loses transactions under this disk") {
    std::uint64_t hurt = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const auto story = run_lives(seed, /*ignores_syncs=*/true);
        hurt += story.lost > 0 || !story.contradiction.empty() ? 1U : 0U;
    }
    REQUIRE(hurt > 15);
}

}  // namespace chayan::storage
