// SPDX-License-Identifier: Apache-2.0
// The numbers of a daily brief, each counted from rows of the store and visits of the index. One thread with its own reader.
#pragma once

#include <vector>

#include "domain/contact_index.hpp"
#include "service/brief.hpp"

namespace chayan::service {

/// What a brief is asked for: four spans of time that end at its cut-off, and a division.
struct BriefSpans {
    domain::Interval today, yesterday, week_ago, ever;
};

struct BriefGround {
    storage::Connection& reader;
    const Directory& directory;
    const domain::ContactIndex& index;
    const domain::TimeZone& zone;
    domain::Day day;
    domain::DivisionCode division;
    BriefSpans spans;
    std::vector<domain::Day> days;      ///< with scans, ascending
};

/// Passages, vehicles and fevers of the last brief_series_days days, silent sites, and every number. Cost: every visit in the division once.
void count_brief(const BriefGround& ground, BriefView& brief);

}  // namespace chayan::service
