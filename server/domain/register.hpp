// SPDX-License-Identifier: Apache-2.0
// The registers of the desk: one of fevers, one of isolation, of rounds from house to house, reports by the public, inspectors' findings and villages' certificates. Each
// is a list of records; a record stands somewhere and has a moment at which its next step is due, and steps move it on. One table says which step may follow
// where, what it needs and how long the next may take. Nothing that is open is ever without a due moment. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/division.hpp"
#include "domain/ids.hpp"
#include "domain/site.hpp"
#include "domain/time.hpp"
#include "kit/result.hpp"

namespace chayan::domain {

enum class RegisterKind : std::uint8_t { fever = 0, isolation, round, report, finding, certificate };
inline constexpr RegisterKind register_kinds[] = {RegisterKind::fever, RegisterKind::isolation, RegisterKind::round, RegisterKind::report, RegisterKind::finding,
                                                  RegisterKind::certificate};

enum class RecordState : std::uint8_t {
    found = 0, registered, sent, tested, isolated, cleared,   // fever; findings begin as found too
    in, released,                                             // isolation
    planned, away, visited,                                   // rounds
    received, looked, settled,                                // reports
    mended, confirmed,                                        // findings
    asked, issued, refused,                                   // certificates
};

/// What somebody did. `opened` begins a record; `handed` gives it to another division, `noted` changes nothing; `approved`: somebody else than who
/// entered an isolation says so too.
enum class StepKind : std::uint8_t {
    opened = 0, registered, sent, tested, isolated, cleared, measured, extended, moved, released, visited, away, looked, settled, mended, confirmed, again, issued, refused, handed,
    noted, approved,   // stored by number
};

enum class TestResult : std::uint8_t { none = 0, negative, positive, pending };
/// The kinds of place at which a fever is found (the first user's register, DOMAIN, head); `home`: somebody isolated at home, `report`: others said so.
enum class FoundAt : std::uint8_t { none = 0, village, community, traffic, clinic, home, report, pharmacy, enterprise, other };

const char* word_of(RegisterKind kind);
const char* word_of(RecordState state);
const char* word_of(StepKind step);
const char* word_of(TestResult result);      ///< "" for none
const char* word_of(FoundAt found);          ///< "" for none
std::optional<RegisterKind> find_register(std::string_view word);
std::optional<StepKind> find_step(std::string_view word);
std::optional<TestResult> find_result(std::string_view word);
std::optional<FoundAt> find_found_at(std::string_view word);
/// Where somebody was who has a fever at a site of this category.
FoundAt found_at(Category category);
/// Where people pass and are measured, other than where the ill go and where others tell of them.
bool is_checkpoint(FoundAt found);

/// Where a record stands.
struct Standing {
    RecordState state = RecordState::found;
    DivisionCode division;
    SiteId site;                         ///< where a fever was found, where somebody is isolated; none: not at a site
    FoundAt found = FoundAt::none;
    std::int16_t temperature_dc = 0;     ///< the last that was taken; 0: none
    TestResult result = TestResult::none;
    Instant until;                       ///< of isolation, or of a finding's term; 0: none
    Instant due;                         ///< of the next step; 0: closed
    bool is_approved = false;            ///< an isolation of which two people know
    friend bool operator==(const Standing&, const Standing&) = default;
};

/// What a step says beside its kind; `note` and `place` only whether they were given.
struct StepFacts {
    StepKind step = StepKind::noted;
    bool has_place = false, has_note = false;
    SiteId site;
    std::int16_t temperature_dc = 0;
    TestResult result = TestResult::none;
    Instant until;
    DivisionCode division;               ///< of `handed`
};

bool is_closed(RecordState state);
/// The steps that may follow, in the order of the table; handing over and notes last. None of a closed record.
std::vector<StepKind> steps_after(RegisterKind kind, const Standing& standing);
/// As a register's records begin. Requires: facts.division is set. Errors (422): found_at_missing (fever), until_missing, place_missing (isolation).
kit::Result<Standing> open_record(RegisterKind kind, const StepFacts& facts, FoundAt found, Instant at);
/// After a step. Errors: record_closed, step_out_of_turn, record_positive: cleared although the newest test was positive (409); place_missing, note_missing,
/// temperature_missing, result_missing, until_missing, step_member: what the step does not take, division_missing, register_until: not after `at`, or more than a year; register_shorter: who ends it early is released (422).
kit::Result<Standing> after(RegisterKind kind, const Standing& standing, const StepFacts& facts, Instant at);

}  // namespace chayan::domain
