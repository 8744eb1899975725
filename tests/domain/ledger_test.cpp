// SPDX-License-Identifier: Apache-2.0
#include "domain/ledger.hpp"

#include <catch2/catch.hpp>

using namespace chayan::domain;

namespace {

constexpr Instant now{1'580'000'000};
constexpr Measure measures[] = {Measure::none, Measure::home, Measure::central, Measure::observation};
constexpr Outcome outcomes[] = {Outcome::open, Outcome::here, Outcome::elsewhere, Outcome::wrong_person, Outcome::known};

}  // namespace

TEST_CASE("each measure and outcome has a word, and no other word is one") {
    for (const auto measure : measures) CHECK(find_measure(word_of(measure)) == measure);
    for (const auto outcome : outcomes) CHECK(find_outcome(word_of(outcome)) == outcome);
    for (const auto* word : {"", "Home", "prison", "open "}) {
        CHECK_FALSE(find_measure(word));
        CHECK_FALSE(find_outcome(word));
    }
}

TEST_CASE("whoever ought to be in isolation is stopped, of everybody else who is watched the office is called") {
    for (const auto measure : measures)
        for (const auto outcome : outcomes) {
            const auto verdict = verdict_of({measure, outcome, now + 1, false}, now);
            CAPTURE(word_of(measure), word_of(outcome));
            if (outcome == Outcome::wrong_person) CHECK(verdict == Verdict::pass);
            else if (measure == Measure::home || measure == Measure::central) CHECK(verdict == Verdict::stop);
            else if (measure == Measure::observation) CHECK(verdict == Verdict::call);
            else CHECK(verdict == (outcome == Outcome::open ? Verdict::call : Verdict::pass));   // a lead that was checked off, and no measure came of it
        }
}

TEST_CASE("an entry holds until its end, and not when it was undone") {
    CHECK(verdict_of({Measure::home, Outcome::open, now + 1, false}, now) == Verdict::stop);
    CHECK(verdict_of({Measure::home, Outcome::open, now, false}, now) == Verdict::pass);
    CHECK(verdict_of({Measure::home, Outcome::open, now - 1, false}, now) == Verdict::pass);
    CHECK(verdict_of({Measure::home, Outcome::here, now + 1, true}, now) == Verdict::pass);
}
