// SPDX-License-Identifier: Apache-2.0
#include "domain/ledger.hpp"

#include <iterator>

namespace chayan::domain {
namespace {

constexpr const char* measure_words[] = {"none", "home", "central", "observation"};
constexpr const char* outcome_words[] = {"open", "here", "elsewhere", "wrong_person", "known"};

template <class Value, std::size_t count>
std::optional<Value> find(const char* const (&words)[count], std::string_view word) {
    for (std::size_t i = 0; i < count; ++i)
        if (word == words[i]) return static_cast<Value>(i);
    return std::nullopt;
}

}  // namespace

const char* word_of(Measure measure) { return measure_words[static_cast<std::size_t>(measure)]; }
const char* word_of(Outcome outcome) { return outcome_words[static_cast<std::size_t>(outcome)]; }
std::optional<Measure> find_measure(std::string_view word) { return find<Measure>(measure_words, word); }
std::optional<Outcome> find_outcome(std::string_view word) { return find<Outcome>(outcome_words, word); }

bool is_watched(const LedgerState& state, Instant now) {
    if (state.is_undone || state.until <= now || state.outcome == Outcome::wrong_person) return false;
    return state.outcome == Outcome::open || state.measure != Measure::none;
}

Verdict verdict_of(const LedgerState& state, Instant now) {
    if (!is_watched(state, now)) return Verdict::pass;
    return state.measure == Measure::home || state.measure == Measure::central ? Verdict::stop : Verdict::call;
}

}  // namespace chayan::domain
