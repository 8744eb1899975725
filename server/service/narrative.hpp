// SPDX-License-Identifier: Apache-2.0
// A person's days in words: the report that an investigation writes, and the notice that a health commission publishes.
//
// The notice protects whom it is about. The CAC's notice of 2020-02-04 lets no name, age, number, phone or address be published unless desensitised, PIPL 25 and 28 forbid
// to disclose whereabouts, and 51 asks for de-identification: so whoever writes it here has no person in hand, only sex, an age band and stops that were made public before
// (NoticeCase). A stop is told only where the public goes and many went that day; where somebody lives, works or learns, gates and small places are left out, for their
// township would be the home's: few people of a village are of one sex and decade. Times are widened to half hours; a day without a public place is left out. PIPL 28 counts everything of a child as sensitive: under 18 the band says no more.
// Values; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/answer_table.hpp"
#include "service/directory.hpp"

namespace chayan::service {

struct NarrativeGround {
    std::shared_ptr<const Directory> directory;
    const domain::TimeZone& zone;
    domain::Instant from, to;   ///< what was asked
    domain::Instant at;         ///< when it is written
};

/// The person as the trajectory tells them, masked or not, and each day with its stops: when, where, how that is known, and what is assumed. `label`: "病例1", or empty.
std::string report_text(const AnswerTable& trajectory, const NarrativeGround& ground, const std::string& label);

struct NoticeStop {
    domain::Instant begin, end;   ///< widened to half hours
    std::string place;            ///< what may be told of where it was
};

/// All that a notice is made of.
struct NoticeCase {
    std::string label, sex_and_age;
    std::vector<NoticeStop> stops;
};

/// How many people passed a site in [from, to).
using Crowd = std::function<std::size_t(const storage::SiteRow& site, domain::Instant from, domain::Instant to)>;

/// What may be told of a trajectory in full. What somebody is called, has, lives in or works for is looked for in each place's words: such a place is left out,
/// and so is one where they stay as no visitor does or come on three days; and the division before a place's name is the wider one where the township's has those words. Requires: the table tells every field.
NoticeCase notice_case(const AnswerTable& trajectory, const NarrativeGround& ground, const std::string& label, const Crowd& crowd);
std::string notice_text(const NoticeCase& notice, const NarrativeGround& ground);

/// 1 to 6 letters and digits of ASCII: "1", "12A". What else somebody typed may be a name.
bool is_narrative_label(std::string_view label);

}  // namespace chayan::service
