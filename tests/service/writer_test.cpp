// SPDX-License-Identifier: Apache-2.0
#include "service/writer.hpp"

#include <catch2/catch.hpp>

#include "kit/limits.hpp"
#include "service/stage.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using storage::StoreError;

namespace {

/// A scan of a registration at the first site.
ScanIntake intake(std::uint64_t registration, std::int64_t after_s) {
    ScanIntake scan;
    scan.key = {{registration}, {1}, morning + after_s, domain::Direction::in};
    scan.received = scan.key.at;
    return scan;
}

std::vector<ScanIntake> intakes(std::uint64_t registration, std::size_t count) {
    std::vector<ScanIntake> scans;
    for (std::size_t i = 0; i < count; ++i) scans.push_back(intake(registration, static_cast<std::int64_t>(i) * 2));
    return scans;
}

Command command(std::function<kit::Status(WriteContext&)> apply, std::function<void(const kit::Status&)> done) {
    return {std::move(apply), std::move(done)};
}

kit::Status add_case(WriteContext& context, const std::string& number) {
    storage::CaseRow row;
    row.number = number;
    row.title = row.purpose = "sealed";
    context.store().desk().put(row);
    context.audit({{}, "case_opened", number, {}});
    return kit::Done{};
}

std::vector<std::uint64_t> registrations_in_log(Stage& stage) {
    std::vector<std::uint64_t> found;
    for (const auto& scan : stage.log()) found.push_back(scan.registration.value);
    return found;
}

/// A stage with two sites and people whose scans are registration 1 to 24's, whose writer waits to be told.
struct Waiting {
    static constexpr unsigned people = 24;
    Waiting() {
        stage.divisions("code,name\n130682,定州\n");
        stage.sites("ref,name,category,division\nA,东门,shop,130682\nB,西门,shop,130682\n");
        for (unsigned number = 0; number < people; ++number) stage.registered(someone(100 + number));
        stage.restart_stopped();
    }
    Stage stage;
};

}  // namespace

TEST_CASE("all that waits is one commit, acknowledged after it, in the order in which it came") {
    Waiting waiting;
    auto& stage = waiting.stage;
    std::vector<std::string> told;
    const auto tell = [&](const std::string& what) {
        CHECK(stage->store.commits == 1);
        CHECK(stage.log().size() == 6);   // another connection sees all of the group at the first acknowledgement
        CHECK(stage.reader().desk().find_case("1"));
        told.push_back(what);
    };
    REQUIRE(stage->writer.submit_scans(intakes(11, 2), [&](const auto& outcomes) { tell("11: " + std::to_string(outcomes->size())); }));
    REQUIRE(stage->writer.submit(command([](WriteContext& context) { return add_case(context, "1"); }, [&](const auto& status) { tell(status ? "case" : "refused"); })));
    REQUIRE(stage->writer.submit_scans(intakes(12, 3), [&](const auto& outcomes) { tell("12: " + std::to_string(outcomes->size())); }));
    REQUIRE(stage->writer.submit_scans(intakes(10, 1), [&](const auto& outcomes) { tell("10: " + std::to_string(outcomes->size())); }));
    CHECK(told.empty());
    stage->run_once();
    CHECK(told == std::vector<std::string>{"11: 2", "case", "12: 3", "10: 1"});
    CHECK(registrations_in_log(stage) == std::vector<std::uint64_t>{11, 11, 12, 12, 12, 10});
    CHECK(stage->store.commits == 1);
}

TEST_CASE("a scan of whoever is nobody's any more is refused, and the group around it goes on") {
    Waiting waiting;
    auto& stage = waiting.stage;
    std::vector<std::string> told;
    const auto tell = [&](const auto& outcomes) { told.push_back(outcomes ? std::to_string(outcomes->size()) : outcomes.error().code); };
    REQUIRE(stage->writer.submit_scans(intakes(1, 2), tell));
    REQUIRE(stage->writer.submit(command([](WriteContext& context) -> kit::Status {
        forget(context.edit_people(), {{2}}, {context.directory().people->person_of({2})});   // after it was let in
        return kit::Done{};
    }, [](const auto&) {})));
    REQUIRE(stage->writer.submit_scans(intakes(2, 1), tell));
    REQUIRE(stage->writer.submit_scans(intakes(3, 1), tell));
    stage->run_once();
    CHECK(told == std::vector<std::string>{"2", "unauthenticated", "1"});
    CHECK(registrations_in_log(stage) == std::vector<std::uint64_t>{1, 1, 3});
}

TEST_CASE("one commit holds at most so many scans, and a group is never divided") {
    Waiting waiting;
    auto& stage = waiting.stage;
    std::vector<int> commits_at;
    for (std::uint64_t group = 1; group <= 24; ++group)
        REQUIRE(stage->writer.submit_scans(intakes(group, 500), [&](const auto& outcomes) {
            CHECK(outcomes->size() == 500);
            commits_at.push_back(stage->store.commits);
        }));
    stage->run_once();
    REQUIRE(commits_at.size() == 24);
    static_assert(kit::commit_scans_max == 20 * 500);
    CHECK(std::count(commits_at.begin(), commits_at.end(), 1) == 20);
    CHECK(std::count(commits_at.begin(), commits_at.end(), 2) == 4);
}

TEST_CASE("a full queue refuses at once, and takes again when there is room") {
    Waiting waiting;
    auto& stage = waiting.stage;
    std::size_t told = 0;
    const auto count = [&](const auto& outcomes) { told += outcomes->size(); };
    REQUIRE(stage->writer.submit_scans(intakes(1, kit::queue_scans_max - 1), count));
    CHECK_FALSE(stage->writer.submit_scans(intakes(2, 2), count));
    CHECK(stage->writer.submit_scans(intakes(2, 1), count));
    CHECK_FALSE(stage->writer.submit_scans(intakes(3, 1), count));
    bool done = false;   // what is not a scan does not share their limit
    CHECK(stage->writer.submit(command(
        [&](WriteContext&) -> kit::Status {
            CHECK(stage->writer.submit_scans(intakes(4, 1), count));   // the queue is empty while this runs
            return kit::Done{};
        },
        [&](const auto&) { done = true; })));
    stage->run_once();
    CHECK(told == kit::queue_scans_max + 1);
    CHECK(done);
}

namespace {

struct Watch final : MonotonicClock {
    std::int64_t now = 1;
    std::int64_t now_ns() const override { return now; }
};

}  // namespace

TEST_CASE("while the first in the queue has waited too long whoever comes is refused at once, and what waits is written") {
    Watch watch;
    Waiting waiting;
    auto& stage = waiting.stage;
    stage->writer.shed_by(watch);
    std::size_t told = 0;
    const auto count = [&](const auto& outcomes) { told += outcomes ? outcomes->size() : 0; };
    REQUIRE(stage->writer.submit_scans(intakes(1, 1), count));
    watch.now += Writer::wait_ns_max;
    CHECK(stage->writer.submit_scans(intakes(2, 1), count));
    watch.now += 1;
    CHECK_FALSE(stage->writer.submit_scans(intakes(3, 1), count));
    bool done = false;   // commands are nobody's who taps again
    CHECK(stage->writer.submit(command([](WriteContext&) -> kit::Status { return kit::Done{}; }, [&](const auto&) { done = true; })));
    watch.now += 10 * Writer::wait_ns_max;
    stage->run_once();
    CHECK(told == 2);    // one transaction takes it all: nobody is spared anything by a refusal
    CHECK(done);
    CHECK(registrations_in_log(stage) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("where more waits than one transaction takes, scans that have waited too long are refused in their turn, and no other") {
    Watch watch;
    Waiting waiting;
    auto& stage = waiting.stage;
    stage->writer.shed_by(watch);
    std::size_t written = 0, shed = 0;
    bool done = false;
    const auto tell = [&](const auto& outcomes) {
        if (outcomes) written += outcomes->size();
        else CHECK(std::string(outcomes.error().code) == "busy");
        shed += outcomes ? 0U : 1U;
    };
    REQUIRE(stage->writer.submit_scans(intakes(1, 6'000), tell));
    REQUIRE(stage->writer.submit_scans(intakes(2, 1), tell));
    REQUIRE(stage->writer.submit(command([](WriteContext&) -> kit::Status { return kit::Done{}; }, [&](const auto& status) { done = bool(status); })));
    watch.now += 1;
    REQUIRE(stage->writer.submit_scans(intakes(3, 6'000), tell));
    watch.now += Writer::wait_ns_max;
    stage->run_once();
    CHECK(shed == 2);
    CHECK(written == 6'000);
    CHECK(done);
}

TEST_CASE("whoever comes after the writer has ended is refused") {
    Waiting waiting;
    auto& stage = waiting.stage;
    stage->run_once();
    CHECK_FALSE(stage->writer.submit_scans(intakes(1, 1), [](const auto&) { FAIL("told"); }));
    CHECK_FALSE(stage->writer.submit(command([](WriteContext&) -> kit::Status { return kit::Done{}; }, [](const auto&) { FAIL("told"); })));
    const auto status = run_and_wait(stage->writer, [](WriteContext&) -> kit::Status { return kit::Done{}; });
    CHECK(refusal(status) == "busy");
}

TEST_CASE("a store that fails ends the writer, and nothing of the group is acknowledged or kept") {
    for (const auto kind : {StoreError::Kind::io, StoreError::Kind::corrupt}) {
        Waiting waiting;
        auto& stage = waiting.stage;
        int told = 0;
        REQUIRE(stage->writer.submit_scans(intakes(1, 3), [&](const auto&) { ++told; }));
        REQUIRE(stage->writer.submit(command([](WriteContext& context) { return add_case(context, "1"); }, [&](const auto&) { ++told; })));
        stage->store.kind = kind;
        stage->store.fails = true;
        CHECK_THROWS_AS(stage->run_once(), StoreError);
        CHECK(told == 0);
        CHECK(stage->writer.take_facts().scans.empty());
        stage.restart();
        CHECK(stage.log().empty());
        CHECK_FALSE(stage.reader().desk().find_case("1"));
    }
}

TEST_CASE("a full disk refuses the group with 503, is tried again a second later, and loses nothing") {
    Waiting waiting;
    auto& stage = waiting.stage;
    std::vector<std::string> told;
    const auto tell = [&](const auto& outcome) { told.push_back(outcome ? "done" : outcome.error().code); };
    const auto stored = [&](const auto& outcomes) {
        tell(outcomes);
        if (outcomes) CHECK_FALSE(outcomes->front().known);
    };
    REQUIRE(stage->writer.submit_scans(intakes(1, 2), stored));
    REQUIRE(stage->writer.submit(command(
        [](WriteContext& context) {
            // Inside the transaction that cannot be committed; what comes after it can.
            return add_case(context, "1");
        },
        tell)));
    stage->store.kind = StoreError::Kind::full;
    stage->store.fails = true;
    stage->start();
    REQUIRE(refusal(run_and_wait(stage->writer, [](WriteContext&) -> kit::Status { return kit::Done{}; })) == "disk_full");
    CHECK(told == std::vector<std::string>{"disk_full", "disk_full"});
    CHECK(stage->writer.is_full());
    CHECK_FALSE(stage->writer.submit_scans(intakes(1, 1), stored));   // in the same second: not even tried
    stage->store.fails = false;
    stage.clock.pass(1);
    REQUIRE(stage->writer.submit_scans(intakes(1, 2), stored));
    REQUIRE(stage.write([](WriteContext& context) { return add_case(context, "1"); }));
    CHECK(told == std::vector<std::string>{"disk_full", "disk_full", "done"});
    CHECK_FALSE(stage->writer.is_full());
    CHECK(stage.log().size() == 2);
    CHECK(stage->writer.take_facts().scans.size() == 2);
    CHECK(stage.reader().audit().last()->case_number == "1");
}

TEST_CASE("a commit that failed leaves no number, plate, person or void behind, and what is tried again is stored") {
    Waiting waiting;
    auto& stage = waiting.stage;
    stage.restart();
    const auto first = stage.registered(someone(1));
    const auto statement = domain::parse_statement(someone(2), stage.zone().local_day(morning), false);
    REQUIRE(statement);
    const auto line = *stage.reader().audit().last();
    stage.restart_stopped();
    auto ride = intake(first.value, 60);
    ride.plate = "冀F12345";
    domain::RegistrationId second;
    bool is_voided = false;
    const auto change = [&](WriteContext& context) -> kit::Status {
        second = register_statement(context, stage->vault, *statement, {}).registration;
        is_voided = context.void_scan(intake(first.value, 0).key);
        context.audit({{}, "scan_voided", {}, {}});
        return kit::Done{};
    };
    std::vector<std::string> told;
    const auto tell = [&](const auto& outcome) { told.push_back(outcome ? "done" : outcome.error().code); };
    REQUIRE(stage->writer.submit_scans({ride}, tell));
    REQUIRE(stage->writer.submit(command(change, tell)));
    stage->store.kind = StoreError::Kind::full;
    stage->store.fails = true;
    stage->start();
    REQUIRE(refusal(run_and_wait(stage->writer, [](WriteContext&) -> kit::Status { return kit::Done{}; })) == "disk_full");
    CHECK(told == std::vector<std::string>{"disk_full", "disk_full"});
    stage->store.fails = false;
    stage.clock.pass(1);
    is_voided = false;
    REQUIRE(stage->writer.submit_scans({ride}, tell));
    REQUIRE(stage.write(change));
    CHECK(told.back() == "done");
    CHECK(is_voided);   // else the second try would be answered as done, and be lost with this process
    CHECK(stage->writer.take_facts().voids.size() == 1);
    CHECK(second.value == first.value + 1);
    CHECK(stage.person_of(second).value == stage.person_of(first).value + 1);
    REQUIRE(stage.log().size() == 1);
    const auto vehicle = stage.reader().registry().vehicle(stage->vault.blind(BlindKind::plate, ride.plate));
    REQUIRE(vehicle);
    CHECK(stage.log()[0].vehicle == vehicle->id);
    const auto last = *stage.reader().audit().last();
    CHECK(last.seq == line.seq + 1);
    CHECK(last.chain == stage->vault.chain(line.chain, last));
}

TEST_CASE("on a full disk the reserve is for what may use it, until there is space again") {
    Waiting waiting;
    auto& stage = waiting.stage;
    stage->store.kind = StoreError::Kind::full;
    stage->store.fails = true;
    stage->store.has_reserve = true;
    std::vector<std::string> told;
    const auto note = [&](const std::string& what) {
        return [&told, what](const auto& outcome) { told.push_back(what + (outcome ? " done" : std::string(" ") + outcome.error().code)); };
    };
    REQUIRE(stage->writer.submit_scans(intakes(1, 1), note("scan")));
    REQUIRE(stage->writer.submit(command([](WriteContext& context) { return add_case(context, "1"); }, note("case"))));
    auto question = command([](WriteContext& context) { return add_case(context, "2"); }, note("question"));
    question.may_use_reserve = true;
    REQUIRE(stage->writer.submit(std::move(question)));
    stage->start();
    const auto ask = [&](const std::string& number) {
        return refusal(run_and_wait(stage->writer, [number](WriteContext& context) { return add_case(context, number); }, true));
    };
    CHECK(ask("3").empty());
    CHECK(told == std::vector<std::string>{"scan disk_full", "case disk_full", "question done"});
    stage.clock.pass(1);
    CHECK(stage->writer.submit_scans(intakes(1, 1), note("late scan")));   // tried again each second, and refused again
    CHECK(ask("4").empty());
    CHECK(stage->writer.is_full());
    stage->store.fails = false;
    stage.clock.pass(1);
    CHECK(stage->writer.submit_scans(intakes(1, 1), note("last scan")));
    CHECK(ask("5").empty());
    CHECK(told.back() == "last scan done");
    CHECK(told[3] == "late scan disk_full");
    CHECK_FALSE(stage->writer.is_full());
    CHECK(stage.log().size() == 1);
    CHECK(stage->cases.cases(stage.reader()).size() == 4);
}

TEST_CASE("a command that refuses leaves nothing behind, and the group around it goes on") {
    Waiting waiting;
    auto& stage = waiting.stage;
    std::vector<std::string> told;
    const auto tell = [&](const kit::Status& status) { told.push_back(status ? "done" : status.error().code); };
    REQUIRE(stage->writer.submit_scans(intakes(1, 1), [&](const auto&) { told.push_back("scan"); }));
    REQUIRE(stage->writer.submit(command(
        [](WriteContext& context) -> kit::Status {
            (void)add_case(context, "lost");
            (void)context.next_registration();
            return kit::Error{kit::Errc::conflict, "case_taken"};
        },
        tell)));
    domain::RegistrationId next;
    REQUIRE(stage->writer.submit(command(
        [&](WriteContext& context) {
            next = context.next_registration();
            return add_case(context, "kept");
        },
        tell)));
    const auto lines_before = stage.reader().audit().last()->seq;
    stage->run_once();
    CHECK(told == std::vector<std::string>{"scan", "case_taken", "done"});
    CHECK_FALSE(stage.reader().desk().find_case("lost"));
    CHECK(stage.reader().desk().find_case("kept"));
    CHECK(stage.reader().audit().last()->seq == lines_before + 1);   // the chain has no hole
    CHECK(next.value == Waiting::people + 1);
    CHECK(stage.log().size() == 1);
}

TEST_CASE("a command that throws is dropped alone, and every other one is done once") {
    const bool breaks_rule = GENERATE(true, false);   // of the store, or of anything else
    Waiting waiting;
    auto& stage = waiting.stage;
    std::vector<std::string> told;
    const auto tell = [&](const kit::Status& status) { told.push_back(status ? "done" : status.error().code); };
    REQUIRE(stage->writer.submit_scans(intakes(1, 2), [&](const auto& outcomes) {
        told.push_back("scans");
        for (const auto& outcome : *outcomes) CHECK_FALSE(outcome.known);   // the first try left no memory of them
    }));
    REQUIRE(stage->writer.submit(command([](WriteContext& context) { return add_case(context, "1"); }, tell)));
    auto held = std::make_shared<int>(0);
    REQUIRE(stage->writer.submit(command(
        [breaks_rule](WriteContext& context) -> kit::Status {
            (void)add_case(context, "lost");
            if (breaks_rule) throw StoreError(StoreError::Kind::other, "a rule");
            throw std::length_error("too long");
        },
        [held](const kit::Status&) { FAIL("told"); })));
    REQUIRE(stage->writer.submit(command([](WriteContext& context) { return add_case(context, "2"); }, tell)));
    stage->run_once();
    CHECK(told == std::vector<std::string>{"scans", "done", "done"});
    CHECK(held.use_count() == 1);   // its done was destroyed, which is how somebody who waits learns of it
    CHECK(stage.log().size() == 2);
    CHECK(stage.reader().desk().find_case("1"));
    CHECK(stage.reader().desk().find_case("2"));
    CHECK_FALSE(stage.reader().desk().find_case("lost"));
    CHECK(stage->writer.take_facts().scans.size() == 2);
}

TEST_CASE("the audit lines of groups, refusals and restarts are one chain") {
    Waiting waiting;
    auto& stage = waiting.stage;
    stage.restart();
    for (int i = 0; i < 10; ++i) {
        (void)stage.write([&](WriteContext& context) -> kit::Status {
            context.audit({{3}, "asked", "case " + std::to_string(i), i % 2 == 0 ? "" : "a detail"});
            if (i % 3 == 0) return kit::Error{kit::Errc::conflict, "case_taken"};
            return kit::Done{};
        });
        if (i == 5) stage.restart();
    }
    const auto rows = stage.reader().audit().read(1, 100);
    std::array<std::uint8_t, 32> chain{};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(rows[i].seq == i + 1);
        chain = stage->vault.chain(chain, rows[i]);
        CHECK(rows[i].chain == chain);
    }
    CHECK(rows.size() == 2 + 6);   // of the imports, and those that were not refused
    CHECK(rows.back().case_number == "case 8");
    CHECK(rows[3].detail.empty() == true);
    CHECK(rows[2].detail.find("a detail") == std::string::npos);
    CHECK(stage->vault.open(SealKind::audit_detail, std::to_string(rows[2].seq), rows[2].detail) == "a detail");
}

TEST_CASE("a scan that is known is not stored again, whether in one group, in the next, or after the index knows it") {
    Waiting waiting;
    auto& stage = waiting.stage;
    stage.restart();
    const auto known = [&](std::vector<ScanIntake> scans) {
        std::promise<std::vector<bool>> told;
        REQUIRE(stage->writer.submit_scans(std::move(scans), [&](const auto& outcomes) {
            std::vector<bool> answers;
            for (const auto& outcome : *outcomes) answers.push_back(outcome.known);
            told.set_value(answers);
        }));
        return told.get_future().get();
    };
    CHECK(known({intake(1, 0), intake(1, 0), intake(2, 0), intake(1, 1), intake(1, 0)}) == std::vector<bool>{false, true, false, false, true});
    CHECK(known({intake(1, 0), intake(2, 1)}) == std::vector<bool>{true, false});
    auto other = intake(1, 0);
    other.key.direction = domain::Direction::out;
    auto elsewhere = intake(1, 0);
    elsewhere.key.site = {2};
    CHECK(known({other, elsewhere}) == std::vector<bool>{false, false});   // each of the four values counts
    stage.restart();
    stage->tracing.load({});
    CHECK(known({intake(1, 0), other, elsewhere, intake(3, 0)}) == std::vector<bool>{true, true, true, false});
    CHECK(stage.log().size() == 7);
}

TEST_CASE("while the log is still being read a retry is stored once more, and reading drops it") {
    Waiting waiting;
    auto& stage = waiting.stage;
    stage.restart();
    const auto who = stage.registered(someone(1));
    const auto first = stage.scan(who, "A", "in");
    stage.restart();
    const auto again = stage.scan(who, "A", "in");
    REQUIRE(again);
    CHECK(again->id == first->id);
    stage->tracing.load({});
    CHECK(stage.scan(who, "A", "in")->known);
    REQUIRE(stage->cases.open_case(operator_of(storage::Role::tracer), "1", "t", "p", {}));
    const auto told = stage->tracing.trajectory(operator_of(storage::Role::tracer), stage.reader(), {stage->vault.person_id(stage.person_of(who)), "1",
                                                text_of(morning - 3600), text_of(morning + 3600), {}});
    REQUIRE(told);
    CHECK(told->scans.size() == 1);
}

TEST_CASE("one plate is one vehicle, in one group, in the next and after a restart") {
    Waiting waiting;
    auto& stage = waiting.stage;
    stage.restart();
    const auto ride = [&](std::uint64_t registration, const std::string& plate) {
        auto scan = intake(registration, 0);
        scan.plate = plate;
        std::promise<void> told;
        REQUIRE(stage->writer.submit_scans({scan}, [&](const auto&) { told.set_value(); }));
        told.get_future().get();
    };
    ride(1, "冀F12345");
    ride(2, "冀F54321");
    ride(3, "冀F12345");
    stage.restart();
    ride(4, "冀F12345");
    ride(5, "冀F00000");
    ride(6, "");
    std::vector<std::uint32_t> vehicles;
    for (const auto& scan : stage.log()) vehicles.push_back(scan.vehicle.value);
    CHECK(vehicles == std::vector<std::uint32_t>{1, 2, 1, 1, 3, 0});
}

TEST_CASE("a command counts for as many scans as it says, in the queue and in a commit") {
    Waiting waiting;
    auto& stage = waiting.stage;
    std::vector<int> commits_at;
    const auto submit = [&](std::size_t weight) {
        auto heavy = command([](WriteContext&) -> kit::Status { return kit::Done{}; }, [&](const auto&) { commits_at.push_back(stage->store.commits); });
        heavy.weight = weight;
        return stage->writer.submit(std::move(heavy));
    };
    static_assert(kit::queue_scans_max == 32 * 500 + 384);
    for (int i = 0; i < 32; ++i) REQUIRE(submit(500));
    CHECK_FALSE(submit(385));
    CHECK(submit(384));
    CHECK_FALSE(submit(1));
    CHECK(stage->writer.submit_scans(intakes(1, 1), [](const auto&) {}));   // commands do not take the room of scans
    stage->run_once();
    static_assert(kit::commit_scans_max == 20 * 500);
    CHECK(std::count(commits_at.begin(), commits_at.end(), 1) == 20);
    CHECK(std::count(commits_at.begin(), commits_at.end(), 2) == 13);
}
