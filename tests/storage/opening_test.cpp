// SPDX-License-Identifier: Apache-2.0
#include "storage/samples.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>

namespace chayan::storage {
namespace {

using Catch::Matchers::Contains;
using sqlite::Access;
using sqlite::Database;
using sqlite::Migration;

struct World {
    /// Each transaction: a scan, a line of the audit log.
    void write(std::uint64_t first, std::uint64_t last) {
        const auto store = sqlite::open({folder.path, {}, 0});
        for (auto seq = first; seq <= last; ++seq) {
            store->write([&](Connection& connection) {
                const ScanRow rows[] = {scan(seq)};
                connection.scans().append(rows);
                connection.audit().append(audit(seq));
            });
        }
    }
    std::uint64_t last() { return sqlite::open({folder.path, {}, 0})->reader()->scans().last().value; }
    /// Why it doesn't open; empty when it does.
    std::string refusal(std::uint64_t accept_loss = 0) {
        try {
            (void)sqlite::open({folder.path, {}, accept_loss});
        } catch (const StoreError& error) {
            REQUIRE(error.kind() == StoreError::Kind::corrupt);
            return error.what();
        }
        return {};
    }
    std::string problems() {
        std::string all;
        for (const auto& problem : sqlite::open_to_check({folder.path, {}, 0})->check()) all += problem + "\n";
        return all;
    }
    BareFolder folder;
    std::string database = folder / "chayan.db";
    std::string mark = folder / "high-water";
};

}  // namespace

TEST_CASE("every connection runs with the settings that durability and secrecy rest on") {
    World world;
    world.write(1, 1);
    for (const auto access : {Access::writing, Access::reading}) {
        Database database(world.database, {}, access);
        REQUIRE(database.pragma("journal_mode") == "wal");
        REQUIRE(database.pragma("synchronous") == "2");
        REQUIRE(database.pragma("foreign_keys") == "1");
        REQUIRE(database.pragma("secure_delete") == "1");
        REQUIRE(database.pragma("trusted_schema") == "0");
        REQUIRE(database.pragma("cell_size_check") == "1");
        REQUIRE(database.pragma("mmap_size") == "0");
        REQUIRE(database.pragma("query_only") == (access == Access::reading ? "1" : "0"));
        REQUIRE_THROWS_AS(database.execute("ATTACH ':memory:' AS other"), StoreError);
    }
    Database reading(world.database, {}, Access::reading);
    REQUIRE_THROWS_AS(reading.execute("DELETE FROM scan"), StoreError);
}

TEST_CASE("the files are their owner's alone") {
    World world;
    const auto store = sqlite::open({world.folder.path, {}, 0});
    store->write([](Connection& connection) { connection.sites().put(site(1)); });
    for (const auto* name : {"chayan.db", "chayan.db-wal", "high-water"}) {
        struct stat status{};
        REQUIRE(::stat((world.folder / name).c_str(), &status) == 0);
        REQUIRE((status.st_mode & 0777) == 0600);
    }
}

TEST_CASE("rows of the logs can't be changed, not even with a shell") {
    World world;
    world.write(1, 1);
    REQUIRE_THROWS(run_sql(world.database, "UPDATE scan SET at = 0"));
    REQUIRE_THROWS(run_sql(world.database, "UPDATE audit SET at = 0"));
}

TEST_CASE("a database that is not ours, newer than this program, or made by other schema files is refused with a sentence") {
    World world;
    SECTION("not a database") {
        write_file(world.database, std::string(8'192, 'x'));
        REQUIRE_THAT(world.refusal(), Contains("not a database"));
    }
    SECTION("somebody else's") {
        run_sql(world.database, "CREATE TABLE song (title TEXT); PRAGMA application_id=1");
        REQUIRE_THAT(world.refusal(), Contains("not a database of chayan"));
    }
    SECTION("somebody else's without a mark of whose") {
        run_sql(world.database, "CREATE TABLE song (title TEXT); PRAGMA user_version=1");
        REQUIRE_THAT(world.refusal(), Contains("not a database of chayan"));
    }
    SECTION("newer") {
        world.write(1, 1);
        run_sql(world.database, "PRAGMA user_version=9999");
        REQUIRE_THAT(world.refusal(), Contains("newer version"));
    }
    SECTION("another schema") {
        world.write(1, 1);
        run_sql(world.database, "UPDATE schema_migration SET checksum = zeroblob(32)");
        REQUIRE_THAT(world.refusal(), Contains("schema file differs"));
    }
    SECTION("a schema whose record is gone") {
        world.write(1, 1);
        run_sql(world.database, "DELETE FROM schema_migration");
        REQUIRE_THAT(world.refusal(), Contains("schema file differs"));
    }
}

TEST_CASE("a migration that fails leaves the version before, and a later start goes on from there") {
    World world;
    Database database(world.database, {}, Access::writing);
    const Migration good{"0001_a.sql", "CREATE TABLE a (x INTEGER) STRICT;"};
    const Migration bad{"0002_b.sql", "CREATE TABLE b (x INTEGER) STRICT; CREATE TABLE a (x INTEGER);"};
    const Migration mended{"0002_b.sql", "CREATE TABLE b (x INTEGER) STRICT;"};
    const std::vector<Migration> first{good, bad};
    const std::vector<Migration> second{good, mended};
    REQUIRE_THROWS_AS(sqlite::migrate(database, first), StoreError);
    REQUIRE(sqlite::version_of(database, first) == 1);
    sqlite::migrate(database, second);
    REQUIRE(sqlite::version_of(database, second) == 2);
    REQUIRE_THROWS_AS(sqlite::version_of(database, first), StoreError);
}

TEST_CASE("acknowledged rows that are gone are counted, nothing is touched, and the loss can be accepted") {
    World world;
    world.write(1, 3);
    const auto old = read_file(world.database);
    world.write(4, 8);
    std::uint64_t rows = 10;
    SECTION("an old copy was put back") { write_file(world.database, old); }
    SECTION("the file is gone") {
        std::filesystem::remove(world.database);
        rows = 16;
    }
    const auto before = read_file(world.database);
    REQUIRE_THAT(world.refusal(), Contains(std::to_string(rows / 2) + " acknowledged scans") && Contains("--accept-loss " + std::to_string(rows)));
    REQUIRE_FALSE(world.refusal(rows - 1).empty());
    REQUIRE(read_file(world.database) == before);
    REQUIRE(std::filesystem::exists(world.database) == !before.empty());
    REQUIRE(world.refusal(rows).empty());
    REQUIRE(world.refusal().empty());   // from then on the mark counts from what is there
    world.write(9, 9);
    REQUIRE(world.last() == 9);
}

TEST_CASE("registrations that are gone are counted too") {
    World world;
    world.write(1, 1);
    const auto old = read_file(world.database);
    sqlite::open({world.folder.path, {}, 0})->write([](Connection& connection) { connection.registry().append(registration(1)); });
    write_file(world.database, old);
    REQUIRE_THAT(world.refusal(), Contains("0 acknowledged scans, 1 registrations"));
    REQUIRE(world.refusal(1).empty());
}

TEST_CASE("the mark promises nothing of a transaction that failed") {
    World world;
    {
        const auto store = sqlite::open({world.folder.path, {}, 0});
        REQUIRE_THROWS_AS(store->write([](Connection& connection) {
            const ScanRow rows[] = {scan(1)};
            connection.scans().append(rows);
            connection.registry().append(registration(1));
            connection.audit().append(audit(1));
            throw std::runtime_error("a reason");
        }), std::runtime_error);
        store->write([](Connection& connection) { connection.sites().put(site(1)); });
    }
    REQUIRE(world.refusal().empty());
}

TEST_CASE("commits that a damaged write-ahead log drops in silence are counted, and the log is left as it is") {
    World world;
    std::string log;
    std::string database;
    {
        const auto store = sqlite::open({world.folder.path, {}, 0});
        for (std::uint64_t seq = 1; seq <= 6; ++seq)
            store->write([&](Connection& connection) { connection.audit().append(audit(seq)); });
        log = read_file(world.database + "-wal");
        database = read_file(world.database);
    }
    auto& bit = log[32 + 2 * (24 + 4'096) + 500];   // in the third page that the log holds
    bit = static_cast<char>(bit ^ 1);
    write_file(world.database, database);
    write_file(world.database + "-wal", log);
    REQUIRE_THAT(world.problems(), Contains("lines of the audit log are missing"));
    REQUIRE_THAT(world.refusal(), Contains("lines of the audit log are missing"));
    REQUIRE(read_file(world.database + "-wal") == log);
}

TEST_CASE("a mark of which one slot is torn or old, or that lags behind, lets the store open") {
    World world;
    world.write(1, 5);
    auto mark = read_file(world.mark);
    REQUIRE(mark.size() > 512);
    SECTION("first slot torn") { mark[9] = static_cast<char>(mark[9] ^ 1); }
    SECTION("second slot torn") { mark[521] = static_cast<char>(mark[521] ^ 1); }
    SECTION("second slot never written") { mark.resize(40); }
    SECTION("from before the last commits") {
        world.write(6, 8);
    }
    SECTION("gone") { mark.clear(); }
    write_file(world.mark, mark);
    REQUIRE(world.problems().empty());
    REQUIRE(world.refusal().empty());
}

TEST_CASE("a mark of which no slot is whole is named by check") {
    World world;
    world.write(1, 5);
    auto mark = read_file(world.mark);
    mark[9] = static_cast<char>(mark[9] ^ 1);
    mark[521] = static_cast<char>(mark[521] ^ 1);
    write_file(world.mark, mark);
    REQUIRE_THAT(world.problems(), Contains("high-water is damaged"));
}

TEST_CASE("check names what is wrong, and finds nothing wrong with a store that is well") {
    World world;
    world.write(1, 400);
    REQUIRE(world.problems().empty());
    SECTION("a row is gone from the middle of the log") {
        run_sql(world.database, "DELETE FROM scan WHERE id = 200");
        REQUIRE_THAT(world.problems(), Contains("1 rows are missing"));
    }
    SECTION("rows are gone from its end") {
        run_sql(world.database, "DELETE FROM scan WHERE id > 397");
        REQUIRE_THAT(world.problems(), Contains("3 acknowledged scans"));
    }
    SECTION("a row names another that is not there") {
        run_sql(world.database, "INSERT INTO scan_staff (scan, by) VALUES (9999, 1)");
        REQUIRE_THAT(world.problems(), Contains("a row of scan_staff names one of scan"));
    }
    SECTION("a page is damaged") {
        const auto page = std::stoul(run_sql(world.database, "SELECT pageno FROM dbstat WHERE name = 'scan' AND pagetype = 'leaf' LIMIT 1"));
        auto bytes = read_file(world.database);
        for (std::size_t i = 0; i < 64; ++i) bytes[(page - 1) * 4'096 + i] = '\x5A';
        write_file(world.database, bytes);
        REQUIRE_FALSE(world.problems().empty());
    }
}

TEST_CASE("check changes nothing and makes no file") {
    World world;
    world.write(1, 3);
    std::filesystem::remove(world.mark);
    std::filesystem::remove(world.folder / "reserve");
    const auto before = read_file(world.database);
    REQUIRE(world.problems().empty());
    REQUIRE(read_file(world.database) == before);
    REQUIRE_FALSE(std::filesystem::exists(world.mark));
    REQUIRE_FALSE(std::filesystem::exists(world.folder / "reserve"));
}

TEST_CASE("the reserve is spent and taken again") {
    Folder folder;
    const auto store = sqlite::open({folder.path, {}, 0});
    const auto size = std::filesystem::file_size(folder / "reserve");
    REQUIRE(size > 0);
    store->spend_reserve();
    REQUIRE(std::filesystem::file_size(folder / "reserve") == 0);
    REQUIRE(store->keep_reserve());
    REQUIRE(std::filesystem::file_size(folder / "reserve") == size);
}

}  // namespace chayan::storage
