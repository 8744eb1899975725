// SPDX-License-Identifier: Apache-2.0
// Memory that runs out at any allocation, once or for good. What was acknowledged is kept, what was refused is not there, nothing is there twice, and
// what reads a stranger's bytes says nothing that is not so.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>

#include "api/json.hpp"
#include "app/installation.hpp"
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

/// What whoever asked was told, as the wire tells it: an answer that is dropped is a 500, until the process has ended.
enum class Answer : std::uint8_t { none, acknowledged, refused };
struct Asker {
    Answer answer = Answer::none;
    bool has_ended = false;
    std::function<void()> then = [] {};   ///< when it was answered
};
class Line {
public:
    explicit Line(Asker& asker) : asker_(asker) {}
    ~Line() {
        if (asker_.answer == Answer::none && !asker_.has_ended) tell(false);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    void tell(bool good) {
        asker_.answer = good ? Answer::acknowledged : Answer::refused;
        asker_.then();
    }

private:
    Asker& asker_;
};

/// A town whose only thread is this one.
struct Town {
    Town() {
        std::filesystem::create_directories(ground.life + "/reserve");
        crash::Lodged lodged(ground.life, clock, up);
        REQUIRE(lodged->imports.divisions({}, "code,name,parent\n130682,定州市,\n", {}));
        REQUIRE(lodged->imports.sites({}, "ref,name,category,division\nA,东门,village,130682\n", {}));
        who = *lodged.registered(1);
        code = lodged.code("A");
    }
    crash::Ground ground;
    service::testing::ManualClock clock;
    std::int64_t up = 1'000;
    domain::RegistrationId who;
    std::string code;
};

/// One process: its services, whose writer runs when it is told to.
struct Process {
    explicit Process(Town& town) : folder(town.ground.life), services(folder.lent, town.clock, crash::Lodged::zone(), {}) {}
    crash::Borrowed folder;
    service::testing::Services services;
};

/// A phone's scan on its way to the writer's queue.
void send(Process& process, const Town& town, std::int64_t second, std::shared_ptr<Line> line) {
    service::ScanRequest request;
    request.code = town.code;
    request.direction = "in";
    request.plate = second % 2 == 0 ? std::optional<std::string>() : "冀F1" + std::to_string(1000 + second % 1000 * (second < 0 ? -1 : 1));
    request.at = domain::format_rfc3339(morning + second);
    process.services.ingest.scan(town.who, request, [line](const auto& answer) { line->tell(static_cast<bool>(answer)); });
}

struct Short {
    std::uint64_t nth;
    Lasts lasts;
    bool has_struck = false, has_ended = false;   ///< what came of it; ended: the process
};

/// One scan while memory is short, and when it was answered another, with memory.
void scan_twice(Process& process, const Town& town, std::int64_t second, Asker& asker, std::int64_t later_second, Asker& later, Short& memory) {
    std::optional<Scarcity> scarcity;   // begins when what the test itself needs is there
    std::stop_source stopped;
    later.then = [&] { stopped.request_stop(); };
    asker.then = [&] {
        scarcity->end();
        send(process, town, later_second, std::make_shared<Line>(later));
    };
    scarcity.emplace(memory.nth, memory.lasts);
    try {
        send(process, town, second, std::make_shared<Line>(asker));
    } catch (const std::bad_alloc&) {
        // The handler's caller answers 500.
    }
    bool has_ended = false;
    try {
        process.services.writer.run(stopped.get_token());
    } catch (const std::exception&) {
        has_ended = true;
    }
    scarcity->end();
    asker.has_ended = later.has_ended = memory.has_ended = has_ended;
    memory.has_struck = scarcity->has_struck();
}

std::uint64_t stored(Process& process, std::int64_t second) {
    std::uint64_t count = 0;
    process.services.reader->scans().read({}, {~0ULL >> 1U}, [&](std::span<const storage::ScanRow> rows) {
        const auto opened = process.services.vault.open(rows);
        for (std::size_t i = 0; i < rows.size(); ++i) count += opened[i] && rows[i].at == morning + second ? 1U : 0U;
        return true;
    });
    return count;
}

}  // namespace

TEST_CASE("wherever memory runs out in a scan's way, what was acknowledged is kept and what was refused is not there") {
    const auto lasts = GENERATE(Lasts::once, Lasts::for_ever);
    Town town;
    std::uint64_t points = 0, ends = 0, acknowledged = 0, refused = 0;
    const auto step = stride(5);
    bool is_through = false;
    for (std::uint64_t nth = 1; !is_through; nth += step) {
        Asker asker, later;
        const auto second = static_cast<std::int64_t>(nth) - 100'000, later_second = second + 50'000;
        {
            auto process = std::make_unique<Process>(town);
            Short memory{nth, lasts};
            scan_twice(*process, town, second, asker, later_second, later, memory);
            is_through = !memory.has_struck;
            ends += memory.has_ended ? 1U : 0U;
            INFO("after allocation " << nth);
            if (!memory.has_ended) REQUIRE(later.answer == Answer::acknowledged);   // who lives on takes the next one as if nothing had been
        }
        Process next(town);
        const auto found = stored(next, second);
        INFO("allocation " << nth);
        REQUIRE(found <= 1);
        if (asker.answer == Answer::acknowledged) REQUIRE(found == 1);
        if (asker.answer == Answer::refused) REQUIRE(found == 0);
        ++points;
        acknowledged += asker.answer == Answer::acknowledged ? 1U : 0U;
        refused += asker.answer == Answer::refused ? 1U : 0U;
    }
    REQUIRE(app::check_installation({town.ground.life, town.ground.life + "/keys", 0}, {}).empty());
    std::printf("scans short of memory, %s: %llu allocations, %llu acknowledged, %llu refused, %llu ends of the process\n", lasts == Lasts::once ? "once" : "for ever",
                static_cast<unsigned long long>(points), static_cast<unsigned long long>(acknowledged), static_cast<unsigned long long>(refused),
                static_cast<unsigned long long>(ends));
    REQUIRE(refused > 0);
    REQUIRE(points > 20);
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
