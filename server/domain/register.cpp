// SPDX-License-Identifier: Apache-2.0
#include "domain/register.hpp"

#include <algorithm>
#include <iterator>

#include "kit/limits.hpp"

namespace chayan::domain {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

constexpr const char* kind_words[] = {"fever", "isolation", "round", "report", "finding", "certificate"};
constexpr const char* state_words[] = {"found",    "registered", "sent",   "tested", "isolated", "cleared",   "in",    "released", "planned", "away",
                                       "visited",  "received",   "looked", "settled", "mended",  "confirmed", "asked", "issued",   "refused"};
constexpr const char* step_words[] = {"opened",  "registered", "sent", "tested",  "isolated", "cleared",   "measured", "extended", "moved",   "released",
                                      "visited", "away",       "looked", "settled", "mended",  "confirmed", "again",    "issued",   "refused", "handed",
                                      "noted",   "approved"};
constexpr const char* result_words[] = {"", "negative", "positive", "pending"};
constexpr const char* found_words[] = {"", "village", "community", "traffic", "clinic", "home", "report", "pharmacy", "enterprise", "other"};
static_assert(std::size(state_words) == static_cast<std::size_t>(RecordState::refused) + 1 && std::size(step_words) == static_cast<std::size_t>(StepKind::approved) + 1);

template <class Value, std::size_t count>
std::optional<Value> find(const char* const (&words)[count], std::string_view word) {
    const auto* found = std::find(std::begin(words), std::end(words), word);
    return word.empty() || found == std::end(words) ? std::nullopt : std::optional(static_cast<Value>(found - words));
}

/// What a step has to say.
enum Need : std::uint8_t { place = 1, note = 2, temperature = 4, result = 8, end = 16 };

constexpr std::int64_t hour = 3'600, day = 86'400;

using R = RegisterKind;
using S = RecordState;
using K = StepKind;

struct Rule {
    R of;
    S from;
    K step;
    S to;
    std::uint8_t needs = 0;
};

constexpr Rule rules[] = {
    {R::fever, S::found, K::registered, S::registered},
    {R::fever, S::found, K::sent, S::sent, place},
    {R::fever, S::found, K::measured, S::found, temperature},
    {R::fever, S::found, K::cleared, S::cleared, note},
    {R::fever, S::registered, K::sent, S::sent, place},
    {R::fever, S::registered, K::measured, S::registered, temperature},
    {R::fever, S::registered, K::cleared, S::cleared, note},
    {R::fever, S::sent, K::tested, S::tested, result},
    {R::fever, S::sent, K::measured, S::sent, temperature},
    {R::fever, S::sent, K::cleared, S::cleared, note},
    {R::fever, S::tested, K::tested, S::tested, result},
    {R::fever, S::tested, K::isolated, S::isolated, place | end},
    {R::fever, S::tested, K::measured, S::tested, temperature},
    {R::fever, S::tested, K::cleared, S::cleared, note},
    {R::isolation, S::in, K::measured, S::in, temperature},
    {R::isolation, S::in, K::approved, S::in},
    {R::isolation, S::in, K::extended, S::in, end},
    {R::isolation, S::in, K::moved, S::in, place},
    {R::isolation, S::in, K::released, S::released},
    {R::round, S::planned, K::visited, S::visited, note},
    {R::round, S::planned, K::away, S::away},
    {R::round, S::away, K::visited, S::visited, note},
    {R::round, S::away, K::away, S::away},
    {R::report, S::received, K::looked, S::looked, note},
    {R::report, S::received, K::settled, S::settled, note},
    {R::report, S::looked, K::looked, S::looked, note},
    {R::report, S::looked, K::settled, S::settled, note},
    {R::finding, S::found, K::mended, S::mended, note},
    {R::finding, S::mended, K::confirmed, S::confirmed},
    {R::finding, S::mended, K::again, S::found, note},
    {R::certificate, S::asked, K::issued, S::issued},
    {R::certificate, S::asked, K::refused, S::refused, note},
};

const Rule* find_rule(R kind, S from, K step) {
    const auto* rule = std::find_if(std::begin(rules), std::end(rules), [&](const Rule& one) { return one.of == kind && one.from == from && one.step == step; });
    return rule == std::end(rules) ? nullptr : rule;
}

/// How long the next step may take from here.
std::int64_t term_s(R kind, S state) {
    switch (state) {
        case S::found: return kind == R::fever ? hour : 3 * day;
        case S::registered: return 2 * hour;
        case S::sent: return day;
        case S::tested: return 2 * hour;
        case S::planned: return 3 * day;
        default: return day;
    }
}

S first_state(R kind) {
    constexpr S firsts[] = {S::found, S::in, S::planned, S::received, S::found, S::asked};
    return firsts[static_cast<std::size_t>(kind)];
}

bool is_end(Instant until, Instant at) { return until > at && until - at <= kit::register_days_max * day; }

/// Nothing that the step does not take: what is said and left out would be lost.
kit::Status check_taken(std::uint8_t takes, const StepFacts& facts) {
    if ((takes & place) == 0 && (facts.has_place || !facts.site.is_none())) return invalid_field(facts.has_place ? "/place" : "/site", "step_member");
    if ((takes & temperature) == 0 && facts.temperature_dc != 0) return invalid_field("/temperature", "step_member");
    if ((takes & result) == 0 && facts.result != TestResult::none) return invalid_field("/result", "step_member");
    if ((takes & end) == 0 && facts.until.s != 0) return invalid_field("/until", "step_member");
    if (facts.step != StepKind::handed && facts.division.digits != 0) return invalid_field("/division", "step_member");
    return kit::Done{};
}

kit::Status check_needs(std::uint8_t needs, const StepFacts& facts, Instant at) {
    if ((needs & place) != 0 && !facts.has_place && facts.site.is_none()) return invalid_field("/place", "place_missing");
    if ((needs & note) != 0 && !facts.has_note) return invalid_field("/note", "note_missing");
    if ((needs & temperature) != 0 && facts.temperature_dc == 0) return invalid_field("/temperature", "temperature_missing");
    if ((needs & result) != 0 && facts.result == TestResult::none) return invalid_field("/result", "result_missing");
    if ((needs & end) != 0 && facts.until.s == 0) return invalid_field("/until", "until_missing");
    if (facts.until.s != 0 && !is_end(facts.until, at)) return invalid_field("/until", "register_until");
    return kit::Done{};
}

/// Of a record that just stands so. Somebody in isolation is measured each day until the last; an inspector's finding may name its own term.
Instant due_of(R kind, const Standing& standing, Instant at) {
    if (is_closed(standing.state)) return {};
    const auto usual = at + term_s(kind, standing.state);
    if (kind == R::isolation) return std::min(usual, std::max(standing.until, at));
    return kind == R::finding && standing.state == S::found && standing.until > at ? standing.until : usual;
}

}  // namespace

const char* word_of(RegisterKind kind) { return kind_words[static_cast<std::size_t>(kind)]; }
const char* word_of(RecordState state) { return state_words[static_cast<std::size_t>(state)]; }
const char* word_of(StepKind step) { return step_words[static_cast<std::size_t>(step)]; }
const char* word_of(TestResult result) { return result_words[static_cast<std::size_t>(result)]; }
const char* word_of(FoundAt found) { return found_words[static_cast<std::size_t>(found)]; }
std::optional<RegisterKind> find_register(std::string_view word) { return find<RegisterKind>(kind_words, word); }
std::optional<StepKind> find_step(std::string_view word) { return find<StepKind>(step_words, word); }
std::optional<TestResult> find_result(std::string_view word) { return find<TestResult>(result_words, word); }
std::optional<FoundAt> find_found_at(std::string_view word) { return find<FoundAt>(found_words, word); }

FoundAt found_at(Category category) {
    switch (category) {
        case Category::traffic: return FoundAt::traffic;
        case Category::village: return FoundAt::village;
        case Category::community: return FoundAt::community;
        case Category::enterprise: return FoundAt::enterprise;
        case Category::clinic: return FoundAt::clinic;
        case Category::pharmacy: return FoundAt::pharmacy;
        case Category::isolation: return FoundAt::home;   // whoever is kept there lives there
        default: return FoundAt::other;
    }
}

bool is_checkpoint(FoundAt found) {
    return found == FoundAt::village || found == FoundAt::community || found == FoundAt::traffic || found == FoundAt::enterprise || found == FoundAt::other;
}

bool is_closed(RecordState state) {
    return std::none_of(std::begin(rules), std::end(rules), [&](const Rule& rule) { return rule.from == state; });
}

std::vector<StepKind> steps_after(RegisterKind kind, const Standing& standing) {
    std::vector<StepKind> steps;
    for (const auto& rule : rules)
        if (rule.of == kind && rule.from == standing.state && !(rule.step == StepKind::approved && standing.is_approved)) steps.push_back(rule.step);
    if (!steps.empty()) steps.insert(steps.end(), {StepKind::handed, StepKind::noted});
    return steps;
}

kit::Result<Standing> open_record(RegisterKind kind, const StepFacts& facts, FoundAt found, Instant at) {
    if (kind == RegisterKind::fever && found == FoundAt::none) return invalid_field("/found_at", "found_at_missing");
    const auto needs = kind == RegisterKind::isolation ? place | end : 0;
    if (auto status = check_needs(static_cast<std::uint8_t>(needs), facts, at); !status) return status.error();
    Standing standing;
    standing.state = first_state(kind);
    standing.division = facts.division;
    standing.site = facts.site;
    standing.found = kind == RegisterKind::fever ? found : FoundAt::none;
    standing.temperature_dc = facts.temperature_dc;
    standing.until = facts.until;
    standing.due = due_of(kind, standing, at);
    return standing;
}

kit::Result<Standing> after(RegisterKind kind, const Standing& standing, const StepFacts& facts, Instant at) {
    if (is_closed(standing.state)) return Error{Errc::conflict, "record_closed"};
    auto next = standing;
    const bool is_beside = facts.step == StepKind::handed || facts.step == StepKind::noted;
    if (is_beside)
        if (auto status = check_taken(0, facts); !status) return status.error();
    if (facts.step == StepKind::handed) {
        if (facts.division.digits == 0) return invalid_field("/division", "division_missing");
        next.division = facts.division;
        return next;
    }
    if (facts.step == StepKind::noted) {
        if (!facts.has_note) return invalid_field("/note", "note_missing");
        return next;
    }
    const auto* rule = find_rule(kind, standing.state, facts.step);
    if (rule == nullptr || (facts.step == StepKind::approved && standing.is_approved)) return Error{Errc::conflict, "step_out_of_turn"};
    if (auto status = check_taken(rule->needs, facts); !status) return status.error();
    if (auto status = check_needs(rule->needs, facts, at); !status) return status.error();
    if (facts.step == StepKind::cleared && standing.result == TestResult::positive) return Error{Errc::conflict, "record_positive"};
    if (facts.step == StepKind::extended && facts.until < standing.until) return invalid_field("/until", "register_shorter");
    next.state = rule->to;
    if ((rule->needs & temperature) != 0) next.temperature_dc = facts.temperature_dc;
    if ((rule->needs & result) != 0) next.result = facts.result;
    if ((rule->needs & end) != 0) next.until = facts.until;
    // Where a fever was found stays; where somebody is kept is where they are now.
    if (kind == RegisterKind::isolation && (rule->needs & place) != 0) next.site = facts.site;
    next.is_approved = standing.is_approved || facts.step == StepKind::approved;
    // Another temperature of a fever moves no deadline: it would put off the hospital. Nor is it a day's reading that somebody approves.
    const bool keeps_term = facts.step == StepKind::approved || (facts.step == StepKind::measured && kind != RegisterKind::isolation);
    if (!keeps_term) next.due = due_of(kind, next, at);
    return next;
}

}  // namespace chayan::domain
