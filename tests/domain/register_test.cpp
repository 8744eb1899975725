// SPDX-License-Identifier: Apache-2.0
#include "domain/register.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <set>

using namespace chayan::domain;

namespace {

constexpr Instant now{1'582'700'400};
constexpr std::int64_t hour = 3'600, day = 86'400;
const DivisionCode here = parse_division_code("130682100").value();
const DivisionCode there = parse_division_code("130682001").value();

/// Everything that a step takes.
StepFacts full(StepKind step, Instant at = now) {
    const auto is_one_of = [&](std::initializer_list<StepKind> steps) { return std::find(steps.begin(), steps.end(), step) != steps.end(); };
    StepFacts facts;
    facts.step = step;
    facts.has_note = true;
    facts.has_place = is_one_of({StepKind::opened, StepKind::sent, StepKind::isolated, StepKind::moved});
    if (is_one_of({StepKind::opened, StepKind::measured})) facts.temperature_dc = 365;
    if (step == StepKind::tested) facts.result = TestResult::negative;
    if (is_one_of({StepKind::opened, StepKind::isolated, StepKind::extended})) facts.until = at + 14 * day;
    if (step == StepKind::opened) facts.division = here;
    if (step == StepKind::handed) facts.division = there;
    return facts;
}

Standing begun(RegisterKind kind) { return *open_record(kind, full(StepKind::opened), FoundAt::traffic, now); }

const char* fault(const chayan::kit::Result<Standing>& result) { return result ? "" : result.error().code; }

}  // namespace

TEST_CASE("whatever is done, an open record has a moment at which its next step is due, and a closed one has none") {
    std::mt19937 chance(130'682);
    for (int walk = 0; walk < 2'000; ++walk) {
        const auto kind = register_kinds[chance() % std::size(register_kinds)];
        auto standing = begun(kind);
        auto at = now;
        for (int i = 0; i < 12; ++i) {
            REQUIRE(is_closed(standing.state) == (standing.due.s == 0));
            REQUIRE(is_closed(standing.state) == steps_after(kind, standing).empty());
            if (is_closed(standing.state)) break;
            const auto steps = steps_after(kind, standing);
            const auto step = steps[chance() % steps.size()];
            at = at + static_cast<std::int64_t>(chance() % day);
            const auto next = after(kind, standing, full(step, at), at);
            REQUIRE(next);
            REQUIRE((next->due.s == 0 || next->due >= std::min(standing.due, at)));
            standing = *next;
        }
    }
}

TEST_CASE("no step is taken out of its turn") {
    for (const auto kind : register_kinds)
        for (int state = 0; state <= static_cast<int>(RecordState::refused); ++state)
            for (int step = 1; step <= static_cast<int>(StepKind::approved); ++step) {
                auto standing = begun(kind);
                standing.state = static_cast<RecordState>(state);
                const auto may = steps_after(kind, standing);
                const bool is_told = std::find(may.begin(), may.end(), static_cast<StepKind>(step)) != may.end();
                const bool is_of_kind = !may.empty() || is_closed(standing.state);
                if (!is_of_kind) continue;   // a state of another register
                CHECK(static_cast<bool>(after(kind, standing, full(static_cast<StepKind>(step)), now)) == is_told);
            }
}

TEST_CASE("a fever has an hour to be registered, two to be sent, a day to be tested and two hours to be decided") {
    auto standing = begun(RegisterKind::fever);
    CHECK(standing.due == now + hour);
    const auto take = [&](StepKind step, Instant at) { standing = *after(RegisterKind::fever, standing, full(step, at), at); };
    take(StepKind::registered, now + 60);
    CHECK(standing.due == now + 60 + 2 * hour);
    take(StepKind::measured, now + hour);
    CHECK(standing.due == now + 60 + 2 * hour);   // another temperature puts nothing off
    CHECK(standing.temperature_dc == 365);
    take(StepKind::sent, now + 2 * hour);
    CHECK(standing.due == now + 26 * hour);
    take(StepKind::tested, now + 3 * hour);
    CHECK(standing.due == now + 5 * hour);
    take(StepKind::isolated, now + 4 * hour);
    CHECK((standing.state == RecordState::isolated && standing.due.s == 0 && standing.until == now + 4 * hour + 14 * day));
}

TEST_CASE("somebody in isolation is measured each day, until the last") {
    auto standing = begun(RegisterKind::isolation);
    CHECK(standing.due == now + day);
    standing = *after(RegisterKind::isolation, standing, full(StepKind::measured, now + 13 * day), now + 13 * day + hour);
    CHECK(standing.due == now + 14 * day);        // the day on which they are released
    standing = *after(RegisterKind::isolation, standing, full(StepKind::measured, now + 15 * day), now + 15 * day);
    CHECK(standing.due == now + 15 * day);        // over: due at once, for they are still in
    auto shorter = full(StepKind::extended, now);
    shorter.until = standing.until + -1;
    CHECK(fault(after(RegisterKind::isolation, standing, shorter, now + 60)) == std::string("register_shorter"));
    auto longer = full(StepKind::extended, now + 15 * day);
    standing = *after(RegisterKind::isolation, standing, longer, now + 15 * day);
    CHECK((standing.until == now + 29 * day && standing.due == now + 16 * day));
}

TEST_CASE("an isolation is approved once, and what else is done to it leaves that, and that leaves what is due") {
    auto standing = begun(RegisterKind::isolation);
    CHECK_FALSE(standing.is_approved);
    standing = *after(RegisterKind::isolation, standing, full(StepKind::measured, now + hour), now + hour);
    CHECK_FALSE(standing.is_approved);
    const auto due = standing.due;
    standing = *after(RegisterKind::isolation, standing, full(StepKind::approved), now + 2 * hour);
    CHECK((standing.is_approved && standing.due == due));
    CHECK(fault(after(RegisterKind::isolation, standing, full(StepKind::approved), now + 3 * hour)) == std::string("step_out_of_turn"));
    standing = *after(RegisterKind::isolation, standing, full(StepKind::moved), now + 3 * hour);
    CHECK(standing.is_approved);
    CHECK_FALSE(after(RegisterKind::fever, begun(RegisterKind::fever), full(StepKind::approved), now));
}

TEST_CASE("where a fever was found stays, where somebody is isolated moves") {
    auto fever = begun(RegisterKind::fever);
    fever.site = {3};
    auto sent = full(StepKind::sent);
    sent.site = {9};
    CHECK(after(RegisterKind::fever, fever, sent, now)->site == SiteId{3});
    auto kept = begun(RegisterKind::isolation);
    kept.site = {3};
    auto moved = full(StepKind::moved);
    moved.site = {9};
    CHECK(after(RegisterKind::isolation, kept, moved, now)->site == SiteId{9});
}

TEST_CASE("a step says what it needs, and is refused with what is missing") {
    const auto fever = begun(RegisterKind::fever);
    auto sent = fever, tested = fever;
    sent.state = RecordState::sent;
    tested.state = RecordState::tested;
    const auto without = [](StepKind step, const auto& change) {
        auto facts = full(step);
        change(facts);
        return facts;
    };
    CHECK(fault(after(RegisterKind::fever, fever, without(StepKind::sent, [](auto& f) { f.has_place = false; }), now)) == std::string("place_missing"));
    CHECK(fault(after(RegisterKind::fever, fever, without(StepKind::cleared, [](auto& f) { f.has_note = false; }), now)) == std::string("note_missing"));
    CHECK(fault(after(RegisterKind::fever, fever, without(StepKind::measured, [](auto& f) { f.temperature_dc = 0; }), now)) == std::string("temperature_missing"));
    CHECK(fault(after(RegisterKind::fever, sent, without(StepKind::tested, [](auto& f) { f.result = TestResult::none; }), now)) == std::string("result_missing"));
    CHECK(fault(after(RegisterKind::fever, tested, without(StepKind::isolated, [](auto& f) { f.until = {}; }), now)) == std::string("until_missing"));
    CHECK(fault(after(RegisterKind::fever, fever, without(StepKind::handed, [](auto& f) { f.division = {}; }), now)) == std::string("division_missing"));
    for (const auto& [until, is_good] : {std::pair(now, false), {now + 1, true}, {now + 366 * day, true}, {now + 366 * day + 1, false}})
        CHECK(static_cast<bool>(after(RegisterKind::fever, tested, without(StepKind::isolated, [until = until](auto& f) { f.until = until; }), now)) == is_good);
}

TEST_CASE("a step takes what is its own, and nothing is said that would be lost") {
    const auto fever = begun(RegisterKind::fever);
    const auto with = [&](StepKind step, auto change) {
        auto facts = full(step);
        change(facts);
        return after(RegisterKind::fever, fever, facts, now);
    };
    CHECK(fault(with(StepKind::noted, [](auto& f) { f.has_place = true; })) == std::string("step_member"));
    CHECK(fault(with(StepKind::noted, [](auto& f) { f.site = {3}; })) == std::string("step_member"));
    CHECK(fault(with(StepKind::handed, [](auto& f) { f.temperature_dc = 370; })) == std::string("step_member"));
    CHECK(fault(with(StepKind::registered, [](auto& f) { f.until = now + day; })) == std::string("step_member"));
    CHECK(fault(with(StepKind::sent, [](auto& f) { f.result = TestResult::pending; })) == std::string("step_member"));
    CHECK(fault(with(StepKind::sent, [](auto& f) { f.division = there; })) == std::string("step_member"));
    CHECK(with(StepKind::sent, [](auto& f) { f.site = {3}; }));
}

TEST_CASE("a positive test is cleared by a newer one alone") {
    Standing standing = *open_record(RegisterKind::fever, {StepKind::opened, false, false, {}, 382, {}, {}, here}, FoundAt::village, now);
    const auto take = [&](StepFacts facts) { return after(RegisterKind::fever, standing, facts, now); };
    standing = *take({StepKind::sent, true, false, {}, 0, {}, {}, {}});
    for (const auto result : {TestResult::positive, TestResult::pending, TestResult::positive, TestResult::negative}) {
        standing = *take({StepKind::tested, false, false, {}, 0, result, {}, {}});
        const auto cleared = take({StepKind::cleared, false, true, {}, 0, {}, {}, {}});
        if (result == TestResult::positive) CHECK(fault(cleared) == std::string("record_positive"));
        else CHECK(cleared);
    }
}

TEST_CASE("every word is its own, and is found again") {
    std::set<std::string> words;
    for (const auto kind : register_kinds) {
        CHECK(find_register(word_of(kind)) == kind);
        words.insert(word_of(kind));
    }
    CHECK(words.size() == std::size(register_kinds));
    for (int step = 0; step <= static_cast<int>(StepKind::approved); ++step) CHECK(find_step(word_of(static_cast<StepKind>(step))) == static_cast<StepKind>(step));
    for (const auto result : {TestResult::negative, TestResult::positive, TestResult::pending}) CHECK(find_result(word_of(result)) == result);
    for (int found = 1; found <= static_cast<int>(FoundAt::other); ++found) CHECK(find_found_at(word_of(static_cast<FoundAt>(found))) == static_cast<FoundAt>(found));
    CHECK((!find_result("") && !find_found_at("") && !find_step("") && !find_register("plague")));
}
