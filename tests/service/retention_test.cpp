// SPDX-License-Identifier: Apache-2.0
// Days of scans that are forgotten: exactly when they may be kept no longer, whatever the clock does and whenever the service ends.
#include "service/retention.hpp"

#include "service/day_counts.hpp"
#include "service/stage.hpp"
#include "storage/tally.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

constexpr std::int64_t scan_days = 7;
constexpr std::int64_t day_s = 86'400;
constexpr std::size_t left = 3 * (scan_days + 1);   // rows of the days that are kept

struct Town {
    Town() {
        stage.divisions("code,name,parent\n130682,定州市,\n");
        stage.sites("ref,name,category,division\nA,东门,village,130682\nB,西门,traffic,130682\n");
        for (unsigned i = 0; i < 3; ++i) people.push_back(stage.registered(someone(i)));
        begin();
    }
    /// As a start does.
    void begin() {
        stage->tracing.load({});
        REQUIRE(stage->tracing.readiness());
        counts.emplace(stage->writer, stage->vault, stage.clock, stage->board, stage->tracing, stage.zone(), scan_days);
        retention.emplace(stage->store, stage->writer, stage->vault, stage.clock, stage->tracing, stage.zone(), kept_days, [this] { return up; });
    }
    void restart() {
        retention.reset();
        counts.reset();
        stage.restart();
        begin();
    }
    /// What the house thread does each second.
    void tend() {
        stage->tracing.tend();
        counts->keep(stage.reader());
        retention->step(stage.reader());
    }
    void pass(std::int64_t seconds) {
        stage.clock.pass(seconds);
        up += seconds;
    }
    /// To the first second of the next local day, which the house thread then sees.
    void next_day() {
        const auto begin = stage.zone().on_local_day(stage.clock.now(), 86'400);
        pass(begin - stage.clock.now());
        for (int second = 0; second < 4; ++second) tend();
    }
    /// A scan of each, an hour from now on; over midnight where it is late.
    void scan_all() {
        for (const auto who : people) {
            pass(60);
            REQUIRE(stage.scan(who, "A", "in"));
        }
        tend();
    }
    domain::Day today() { return stage.zone().local_day(stage.clock.now()); }
    bool has(domain::Day day, const char* extension) { return std::filesystem::exists(file(day, extension)); }
    std::filesystem::path file(domain::Day day, const char* extension) { return stage.folder.path / ("keys/day/" + domain::format_date(day) + extension); }
    bool is_forgotten(domain::Day day) { return !has(day, ".key") && has(day, ".destroyed"); }
    std::size_t rows() {
        std::size_t count = 0;
        stage.reader().scans().read({}, {~0ULL >> 1U}, [&](std::span<const storage::ScanRow> rows) { return count += rows.size(), true; });
        return count;
    }
    std::size_t indexed() { return (*stage->tracing.index())->scan_count(); }
    std::size_t lines(const char* action) {
        const auto all = stage.reader().audit().read(1, 10'000);
        return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const auto& row) { return row.action == action; }));
    }
    std::size_t marked() {
        const auto days = stage.reader().retention().days();
        return static_cast<std::size_t>(std::count_if(days.begin(), days.end(), [](const auto& row) { return !row.finished; }));
    }

    Stage stage;
    std::int64_t kept_days = scan_days;
    std::int64_t up = 1'000;
    std::vector<domain::RegistrationId> people;
    std::optional<DayCounts> counts;
    std::optional<Retention> retention;
};

}  // namespace

TEST_CASE("a day is forgotten in the first second of the day on which it is kept no longer, and leaves its counts and a line") {
    Town town;
    const auto first = town.today();
    for (int day = 0; day < scan_days + 2; ++day) {
        town.scan_all();
        CHECK(town.has(first, ".key"));
        CHECK(town.rows() == 3 * static_cast<std::size_t>(day + 1));
        town.next_day();
    }
    CHECK(town.today().number == first.number + scan_days + 2);   // the midnight that a resident who withdraws is told (decision 34)
    CHECK(town.is_forgotten(first));
    CHECK(town.has({first.number + 1}, ".key"));
    CHECK(town.rows() == left);
    CHECK(town.indexed() == left);
    CHECK((*town.stage->tracing.index())->valid());
    CHECK(DayCounts::kept(town.stage.reader(), first)->front().people == 3);
    REQUIRE(town.lines("scans_forgotten") == 1);
    CHECK(town.stage->store.check().empty());
    const auto row = town.stage.reader().retention().days().front();
    CHECK((row.day == first && row.scans == 3 && row.finished == town.stage.clock.now()));

    const auto last = town.stage.reader().scans().last();
    town.restart();
    CHECK(town.indexed() == left);
    town.scan_all();
    CHECK(town.stage.reader().scans().last().value == last.value + 3);
    CHECK(town.stage->store.check().empty());
}

TEST_CASE("the counts of the next day stay what they were, though its visits over midnight are gone") {
    Town town;
    const auto begin = town.stage.zone().on_local_day(town.stage.clock.now(), 86'400);
    town.pass(begin - town.stage.clock.now() - 300);
    const auto first = town.today();
    REQUIRE(town.stage.scan(town.people[0], "A", "in"));
    town.pass(600);
    REQUIRE(town.stage.scan(town.people[0], "A", "out"));
    for (int day = 0; day < scan_days + 1; ++day) town.next_day();
    const auto before = DayCounts::kept(town.stage.reader(), {first.number + 1});
    REQUIRE(before);
    CHECK(town.is_forgotten(first));
    town.next_day();
    CHECK(DayCounts::kept(town.stage.reader(), {first.number + 1}) == before);
}

TEST_CASE("a mark waits for a day of running, across starts, whatever the calendar says") {
    for (const std::int64_t missing : {1, 0}) {
        Town town;
        const auto first = town.today();
        town.scan_all();
        for (int day = 0; day < scan_days + 1; ++day) town.next_day();
        REQUIRE(town.marked() == 1);
        town.pass(7'200);
        town.tend();
        town.restart();                            // two hours are noted
        town.stage.clock.set(town.stage.zone().on_local_day(town.stage.clock.now(), 86'400));   // the machine was off
        town.tend();
        CHECK(town.has(first, ".key"));
        town.pass(Retention::wait_s - 7'200 - missing);
        town.tend();
        CHECK(town.is_forgotten(first) == (missing == 0));
    }
}

TEST_CASE("however many days are due, two go at a time") {
    Town town;
    town.kept_days = 400;
    town.restart();
    const auto first = town.today();
    for (int day = 0; day < 16; ++day) {
        town.scan_all();
        town.next_day();
    }
    CHECK(town.marked() == 0);
    town.kept_days = scan_days;                    // the setting was changed
    town.restart();
    town.tend();
    CHECK(town.marked() == 0);                     // of a day on which days have been chosen no second time
    town.next_day();
    CHECK(town.marked() == 2);
    town.next_day();
    CHECK((town.is_forgotten(first) && town.is_forgotten({first.number + 1}) && !town.is_forgotten({first.number + 2})));
    CHECK(town.marked() == 2);
    town.next_day();
    CHECK((town.is_forgotten({first.number + 3}) && !town.is_forgotten({first.number + 4})));
}

TEST_CASE("a mark is taken back when the day is kept after all") {
    Town town;
    town.scan_all();
    for (int day = 0; day < scan_days + 1; ++day) town.next_day();
    REQUIRE(town.marked() == 1);
    town.kept_days = 28;
    town.restart();
    town.next_day();
    CHECK(town.marked() == 0);
    CHECK(town.rows() == 3);
}

TEST_CASE("a clock that jumps ahead destroys nothing for a day, and two days a day then") {
    Town town;
    const auto first = town.today();
    for (int day = 0; day < 6; ++day) {
        town.scan_all();
        town.next_day();
    }
    town.stage.clock.pass(3'650 * day_s);
    town.tend();
    CHECK(town.lines("forgetting_paused") == 1);
    CHECK(town.marked() == 0);
    town.pass(ClockWatch::mistrust_s - 1);
    town.tend();
    CHECK(town.marked() == 0);
    SECTION("put right") {
        town.stage.clock.pass(-3'650 * day_s);
        town.next_day();
        CHECK(town.marked() == 0);
        town.scan_all();
        for (int day = 0; day < 3; ++day) town.next_day();
        CHECK(town.is_forgotten(first));           // as if nothing had been
        CHECK(!town.is_forgotten({first.number + 3}));
    }
    SECTION("or not") {
        town.pass(1);
        town.tend();
        CHECK(town.marked() == 2);
        CHECK(town.rows() == 18);
        town.pass(Retention::wait_s);
        town.tend();
        CHECK((town.is_forgotten(first) && town.is_forgotten({first.number + 1}) && !town.is_forgotten({first.number + 2})));
        CHECK(town.lines("forgetting_paused") == 1);
    }
}

TEST_CASE("a start long after anything that is known destroys nothing for a day") {
    for (const bool is_long : {false, true}) {
        Town town;
        town.scan_all();
        town.next_day();
        town.stage.clock.set(town.stage.reader().retention().last_run()->at + ClockWatch::gap_s_max + (is_long ? 1 : 0));
        town.restart();
        town.tend();
        CHECK(town.lines("forgetting_paused") == (is_long ? 1 : 0));
    }
}

TEST_CASE("what an end leaves half done is done by the next start") {
    Town town;
    const auto first = town.today();
    town.scan_all();
    for (int day = 0; day < scan_days + 1; ++day) town.next_day();
    SECTION("before the mark of the key's end") {}
    SECTION("between the mark and the key") { std::ofstream(town.file(first, ".destroyed")).flush(); }
    SECTION("when the key was overwritten") {
        std::ofstream(town.file(first, ".destroyed")).flush();
        std::ofstream(town.file(first, ".key"), std::ios::binary).write(std::string(64, '\0').data(), 64);
    }
    SECTION("when it was removed") {
        std::ofstream(town.file(first, ".destroyed")).flush();
        std::filesystem::remove(town.file(first, ".key"));
    }
    for (const char* extension : {".key", ".destroyed"})
        if (town.has(first, extension)) std::filesystem::permissions(town.file(first, extension), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    town.restart();
    town.tend();
    town.next_day();
    CHECK(town.is_forgotten(first));
    CHECK(town.rows() == 0);
    CHECK(town.indexed() == 0);
    CHECK(town.lines("scans_forgotten") == 1);
    CHECK(town.stage->store.check().empty());
}

TEST_CASE("without space the rows of a day wait, and nothing is told of them") {
    Town town;
    const auto first = town.today();
    town.scan_all();
    for (int day = 0; day < scan_days + 1; ++day) town.next_day();
    town.pass(day_s);
    town.counts->keep(town.stage.reader());
    town.stage->store.kind = storage::StoreError::Kind::full;
    town.stage->store.fails = true;
    town.tend();
    town.stage->store.fails = false;
    CHECK(town.rows() == 3);
    const auto is_gone = town.is_forgotten(first);
    town.restart();
    CHECK(town.indexed() == (is_gone ? 0 : 3));
    town.tend();
    CHECK(town.is_forgotten(first));
    CHECK(town.rows() == 0);
    CHECK(town.lines("scans_forgotten") == 1);
}

TEST_CASE("rows of a day that a restore found too old go as well") {
    Town town;
    town.scan_all();
    const auto first = town.today();
    town.next_day();
    std::ofstream(town.file(first, ".destroyed")).flush();
    std::filesystem::permissions(town.file(first, ".destroyed"), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::remove(town.file(first, ".key"));
    town.restart();
    CHECK(town.rows() == 3);
    town.tend();
    CHECK(town.rows() == 0);
    CHECK(town.stage->store.check().empty());
}

TEST_CASE("a day that an open case asked about is kept until the case is closed or over") {
    Town town;
    const auto first = town.today();
    town.scan_all();
    const auto caller = operator_of(storage::Role::tracer);
    const auto opened = town.stage.clock.now();
    const auto expires = text_of(opened + 30 * day_s);
    REQUIRE(town.stage->cases.open_case(caller, "1", "t", "p", expires));
    const auto begin = town.stage.zone().on_local_day(opened, 0);
    // Until a second into the day is of that day; until its first second is not.
    SECTION("asked about the day") {
        REQUIRE(town.stage->tracing.passages(caller, town.stage.reader(), {"A", "1", text_of(begin - 5 * day_s), text_of(begin + 1), {}}));
        for (int day = 0; day < scan_days + 4; ++day) town.next_day();
        CHECK(!town.is_forgotten(first));
        CHECK(town.rows() == 3);
        CHECK(DayCounts::kept(town.stage.reader(), first));
        SECTION("closed") {
            CaseChange change;
            change.state = "closed";
            REQUIRE(town.stage->cases.change_case(caller, "1", change));
            town.next_day();
            CHECK(!town.is_forgotten(first));   // it is marked, and waits as any
            town.next_day();
        }
        SECTION("over") {
            for (int day = 0; day < 22; ++day) town.next_day();
        }
        CHECK(town.is_forgotten(first));
        CHECK(town.rows() == 0);
    }
    SECTION("asked about the day before") {
        REQUIRE(town.stage->tracing.passages(caller, town.stage.reader(), {"A", "1", text_of(begin - 5 * day_s), text_of(begin), {}}));
        for (int day = 0; day < scan_days + 2; ++day) town.next_day();
        CHECK(town.is_forgotten(first));
    }
}

TEST_CASE("a mark is taken back when a case asks about the day") {
    Town town;
    const auto first = town.today();
    town.scan_all();
    const auto caller = operator_of(storage::Role::tracer);
    REQUIRE(town.stage->cases.open_case(caller, "1", "t", "p", {}));
    for (int day = 0; day < scan_days + 1; ++day) town.next_day();
    REQUIRE(town.marked() == 1);
    const auto begin = town.stage.zone().on_local_day(town.stage.clock.now(), 0) - (scan_days + 1) * day_s;
    REQUIRE(town.stage->tracing.passages(caller, town.stage.reader(), {"A", "1", text_of(begin), text_of(begin + day_s), {}}));
    town.next_day();
    CHECK(town.marked() == 0);
    CHECK(!town.is_forgotten(first));
}

TEST_CASE("nothing is forgotten of a log that is damaged") {
    Town town;
    const auto first = town.today();
    town.scan_all();
    for (int day = 0; day < scan_days + 1; ++day) town.next_day();
    std::filesystem::remove(town.file(first, ".key"));   // lost: nobody destroyed it
    town.retention.reset();
    town.counts.reset();
    town.stage.restart();
    town.stage->tracing.load({});
    REQUIRE(!town.stage->tracing.readiness());
    town.retention.emplace(town.stage->store, town.stage->writer, town.stage->vault, town.stage.clock, town.stage->tracing, town.stage.zone(), scan_days, [&] { return town.up; });
    town.pass(2 * day_s);
    town.retention->step(town.stage.reader());
    CHECK(!town.has(first, ".destroyed"));
    CHECK(town.rows() == 3);
}

TEST_CASE("a clock is mistrusted when it is more than ten minutes ahead of the time that passes") {
    constexpr domain::Instant begin{1'000'000};
    for (const std::int64_t ahead : {600, 601}) {
        ClockWatch watch(begin, 50, begin);
        CHECK(!watch.look(begin + 100, 150));
        CHECK(watch.look(begin + 200 + ahead, 250) == (ahead > 600));
        CHECK(watch.is_mistrusted() == (ahead > 600));
    }
    ClockWatch creeping(begin, 0, begin);
    std::int64_t up = 0, at = 0;
    while (!creeping.is_mistrusted()) (void)creeping.look(begin + (at += 61), up += 60);   // a second a minute
    CHECK(at - up == 601);
    CHECK(creeping.look(begin + at + 700, up));                                             // further: from now on anew
}
