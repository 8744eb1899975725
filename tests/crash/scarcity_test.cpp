// SPDX-License-Identifier: Apache-2.0
// Memory that runs out at any allocation, once or for good: what the store said it kept is kept, and what reads a stranger's bytes says nothing that is not so.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <vector>

#include "api/json.hpp"
#include "crash/cuts.hpp"
#include "crash/lodged.hpp"
#include "crash/scarcity.hpp"
#include "domain/csv.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using crash::Scarcity;
using service::testing::morning;

namespace {

using Lasts = Scarcity::Lasts;

/// Every so many allocations: all of them where CHAYAN_CUTS asks for a deep run.
std::uint64_t stride(std::uint64_t usual) { return std::getenv("CHAYAN_CUTS") == nullptr ? usual : 1; }

}  // namespace

TEST_CASE("what finds no memory to wait in takes no room in the queue") {
    crash::Ground ground;
    std::filesystem::create_directories(ground.life + "/reserve");
    service::testing::ManualClock clock;
    crash::Borrowed folder(ground.life);
    service::testing::Services services(folder.lent, clock, crash::Lodged::zone(), {});   // its writer does not run: whatever was taken waits
    std::size_t refused = 0;
    for (int turn = 0; turn < 100; ++turn) {   // the queue grows now and then, and wants memory then
        const auto before = services.writer.waiting();
        std::vector<service::ScanIntake> scans(3);
        service::Command command{[](service::WriteContext&) -> kit::Status { return kit::Done{}; }, {}};
        std::size_t taken = 0;
        Scarcity scarcity(1, Lasts::for_ever);
        try {
            taken += services.writer.submit_scans(std::move(scans), [](const auto&) {}) ? 3U : 0U;
            taken += services.writer.submit(std::move(command)) ? kit::command_scans : 0U;
        } catch (const std::bad_alloc&) {
            ++refused;
        }
        scarcity.end();
        REQUIRE(services.writer.waiting() == before + taken);
    }
    REQUIRE(refused > 0);
}

TEST_CASE("a store that is short of memory keeps what it said it kept, at its opening, in a commit, in a checkpoint") {
    const auto lasts = GENERATE(Lasts::once, Lasts::for_ever);
    const storage::BareFolder folder;
    (void)storage::sqlite::open({folder.path, {}, 0});
    std::uint64_t kept = 0, points = 0, refused = 0;
    bool is_through = false;
    const auto step = stride(23);
    for (std::uint64_t nth = 1; !is_through; nth += step, ++points) {
        std::uint64_t asked = kept, told = kept;
        {
            Scarcity scarcity(nth, lasts);
            try {
                const auto store = storage::sqlite::open({folder.path, {}, 0});
                for (int n = 0; n < 2; ++n) {
                    ++asked;
                    store->write([&](storage::Connection& connection) {
                        const storage::ScanRow rows[] = {storage::scan(asked)};
                        connection.scans().append(rows);
                        connection.audit().append(storage::audit(asked));
                    });
                    told = asked;
                }
                store->checkpoint();
            } catch (const storage::StoreError&) {
                ++refused;
            } catch (const std::bad_alloc&) {
                ++refused;
            }
            is_through = !scarcity.has_struck();
        }
        const auto store = storage::sqlite::open({folder.path, {}, 0});
        const auto found = store->reader()->scans().last().value;
        INFO("allocation " << nth);
        REQUIRE(found >= told);
        REQUIRE(found <= asked);
        REQUIRE(store->reader()->audit().read(1, 1'000'000).size() == found);
        kept = found;
    }
    REQUIRE(storage::sqlite::open_to_check({folder.path, {}, 0})->check().empty());
    std::printf("store short of memory: %llu allocations, %llu refused\n", static_cast<unsigned long long>(points), static_cast<unsigned long long>(refused));
    REQUIRE(refused > 10);
}

namespace {

/// What a reader of strangers' bytes came to, as text.
using Reading = std::string (*)();

std::string read_json() {
    auto document = api::Document::parse(R"({"code":"ABCDEFGH12345678","at":"2026-02-02T08:00:00+08:00","self":true,"dependants":["甲","乙","丙"],"subject":{"phone":"14200000001"}})");
    if (!document) return "refused";
    api::Members body(*document);
    std::string read = body.text("code") + body.text_if("at").value_or("-");
    for (const auto& one : body.texts_if("dependants").value_or(std::vector<std::string>{})) read += one;
    return read;
}

std::string read_csv() {
    domain::CsvReader reader("name,phone\n\"王建华, \"\"老\"\"\",14200000001\n李文,14200000002\n");
    std::string read;
    while (const auto row = reader.next()) {
        for (const auto& field : row->fields) read += field + '|';
        read += row->fault == nullptr ? "" : row->fault;
    }
    return read;
}

std::string read_statement() {
    const auto statement = domain::parse_statement(service::testing::someone(7), crash::Lodged::zone().local_day(morning), false);
    return statement ? statement->name.shown + statement->phone->e164 : "refused";
}

}  // namespace

TEST_CASE("whoever reads strangers' bytes short of memory says so or reads them right") {
    const Reading reading = GENERATE(read_json, read_csv, read_statement);
    const auto right = reading();
    REQUIRE(right != "refused");
    for (const auto lasts : {Lasts::once, Lasts::for_ever}) {
        std::uint64_t refused = 0;
        bool is_through = false;
        for (std::uint64_t nth = 1; !is_through; ++nth) {
            std::string read;
            bool has_read = false;
            {
                Scarcity scarcity(nth, lasts);
                try {
                    read = reading();
                    has_read = true;
                } catch (const std::bad_alloc&) {
                    ++refused;
                }
                is_through = !scarcity.has_struck();
            }
            INFO("allocation " << nth);
            if (has_read) REQUIRE(read == right);
        }
        REQUIRE(refused > 0);
    }
}
