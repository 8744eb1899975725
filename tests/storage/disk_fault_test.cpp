// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "storage/crash_disk.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

namespace chayan::storage {
namespace {

using Kind = StoreError::Kind;

struct World {
    std::unique_ptr<Store> open() { return sqlite::open({folder.path, CrashDisk::name, 0}); }
    void write(std::uint64_t seq) {
        store->write([&](Connection& connection) {
            const ScanRow rows[] = {scan(seq)};
            connection.scans().append(rows);
            connection.registry().append(registration(seq));
        });
    }
    /// How a write ended; nothing when it was acknowledged.
    std::optional<Kind> try_write(std::uint64_t seq) {
        try {
            write(seq);
        } catch (const StoreError& error) {
            return error.kind();
        }
        return std::nullopt;
    }
    std::uint64_t last() { return store->reader()->scans().last().value; }
    void cut_power_and_reopen() {
        disk.is_off = true;
        store.reset();
        disk.power_on(chance);
        store = open();
    }
    BareFolder folder;
    CrashDisk disk;
    std::mt19937_64 chance{7};
    std::unique_ptr<Store> store = open();
};

}  // namespace

TEST_CASE("a full disk takes back the transaction at whichever write it shows, and the next one goes through") {
    World world;
    world.disk.fail_code = SQLITE_FULL;
    world.disk.fail_errno = ENOSPC;
    std::uint64_t refused = 0;
    for (std::uint64_t step = 1; step < 100; ++step) {
        const auto seq = world.last() + 1;
        world.disk.fail_at = world.disk.operations + step;
        const auto kind = world.try_write(seq);
        world.disk.fail_at = ~0ULL;
        INFO("operation " << step);
        if (!kind) break;
        ++refused;
        REQUIRE(*kind == Kind::full);
        REQUIRE(world.last() == seq - 1);
        REQUIRE_FALSE(world.try_write(seq));
        REQUIRE(world.store->reader()->registry().last_registration().value == seq);
    }
    REQUIRE(refused > 3);
    REQUIRE(world.store->check().empty());
}

TEST_CASE("a full disk inside a savepoint ends the whole transaction, and the next one goes through") {
    World world;
    world.disk.fail_code = SQLITE_FULL;
    world.disk.fail_errno = ENOSPC;
    REQUIRE_THROWS_AS(world.store->write([&](Connection& connection) {
        const ScanRow rows[] = {scan(1)};
        connection.scans().append(rows);
        (void)connection.attempt([&]() -> bool {
            connection.registry().append(registration(1));
            throw StoreError(Kind::full, "as if");
        });
    }), StoreError);
    REQUIRE(world.last() == 0);
    REQUIRE_FALSE(world.try_write(1));
}

TEST_CASE("a disk that fails is reported as failing, never as full, and nothing was acknowledged") {
    const auto [code, system] = GENERATE(std::pair{SQLITE_IOERR_WRITE, EIO}, std::pair{SQLITE_IOERR_FSYNC, EIO}, std::pair{SQLITE_IOERR_FSYNC, ENOSPC});
    for (std::uint64_t step = 1; step < 12; ++step) {
        World world;
        world.write(1);
        world.disk.fail_code = code;
        world.disk.fail_errno = system;
        world.disk.only_syncs_fail = code == SQLITE_IOERR_FSYNC;
        world.disk.fail_at = world.disk.operations + step;
        const auto kind = world.try_write(2);
        INFO("code " << code << ", operation " << step);
        if (kind) REQUIRE(*kind == Kind::io);
        const auto acknowledged = kind ? 1U : 2U;
        world.disk.only_syncs_fail = false;
        world.disk.fail_at = ~0ULL;
        world.cut_power_and_reopen();
        REQUIRE(world.last() >= acknowledged);
        REQUIRE(world.last() <= 2);
        REQUIRE(world.store->check().empty());
    }
}

TEST_CASE("what a failed sync left in the log is made durable at the next start, before anything stands on it") {
    World world;
    world.write(1);
    world.disk.fail_code = SQLITE_IOERR_FSYNC;
    world.disk.only_syncs_fail = true;
    world.disk.fail_at = world.disk.operations + 1;
    REQUIRE(world.try_write(2) == Kind::io);
    world.disk.only_syncs_fail = false;
    world.disk.fail_at = ~0ULL;
    {
        // The process ends as if killed: closing must not tidy up.
        world.disk.is_off = true;
        world.store.reset();
        world.disk.is_off = false;
    }
    world.store = world.open();
    const auto found = world.last();   // perhaps with the transaction that nobody was promised
    for (auto seq = found + 1; seq <= found + 3; ++seq) world.write(seq);
    world.cut_power_and_reopen();
    REQUIRE(world.last() == found + 3);
}

TEST_CASE("a checkpoint on a failing disk says so, and on a full one waits for the next") {
    World world;
    world.write(1);
    world.disk.fail_at = world.disk.operations + 2;
    world.disk.fail_code = SQLITE_FULL;
    REQUIRE_NOTHROW(world.store->checkpoint());
    world.disk.fail_at = world.disk.operations + 2;
    world.disk.fail_code = SQLITE_IOERR_WRITE;
    REQUIRE_THROWS_AS(world.store->checkpoint(), StoreError);
    REQUIRE_NOTHROW(world.store->checkpoint());
    world.cut_power_and_reopen();
    REQUIRE(world.last() == 1);
}

}  // namespace chayan::storage
