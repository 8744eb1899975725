// SPDX-License-Identifier: Apache-2.0
// The ledger's rules: who is looked for or under a measure, what came of it, and what a guard is told when such a person passes. It flags, people decide.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "domain/division.hpp"
#include "domain/time.hpp"

namespace chayan::domain {

/// What somebody in the ledger has to keep (DOMAIN, head): nothing, stay at home, stay at a place of isolation, be observed.
enum class Measure : std::uint8_t { none = 0, home, central, observation };
/// What came of a lead: nobody looked yet, is here, is elsewhere, is not this person, was known already.
enum class Outcome : std::uint8_t { open = 0, here, elsewhere, wrong_person, known };
/// What a guard is told of somebody who passes.
enum class Verdict : std::uint8_t { pass = 0, see_staff, call, stop };

const char* word_of(Measure measure);    ///< "none", "home", "central", "observation"
const char* word_of(Outcome outcome);    ///< "open", "here", "elsewhere", "wrong_person", "known"
std::optional<Measure> find_measure(std::string_view word);
std::optional<Outcome> find_outcome(std::string_view word);

/// Where an entry stands.
struct LedgerState {
    Measure measure = Measure::none;
    Outcome outcome = Outcome::open;
    Instant until;               ///< the entry's end, excluded
    bool is_undone = false;
    DivisionCode division{};     ///< to which it was handed, whose it is since; digits 0: its list's
    friend bool operator==(const LedgerState&, const LedgerState&) = default;
};

/// Is somebody with this entry compared at scans at `now`? A lead until it is checked off, a measure until it ends.
bool is_watched(const LedgerState& state, Instant now);
/// Who ought to be in isolation is stopped; of everybody else who is watched the office is called. `pass` where nobody is watched.
Verdict verdict_of(const LedgerState& state, Instant now);

}  // namespace chayan::domain
