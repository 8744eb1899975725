// SPDX-License-Identifier: Apache-2.0
// Time together: the union of overlaps, whatever the place; stretches that touch are one (CONTRACT 5). Only the trace uses this. Pure.
#pragma once

#include <cstdint>
#include <span>

#include "domain/encounter.hpp"

namespace chayan::domain {

struct Together {
    std::int64_t total_s = 0;
    std::int64_t longest_s = 0;
    Instant first, last;       ///< the earliest begin and the latest end of the encounters
    std::uint8_t kinds = 0;    ///< a bit for each EpisodeKind among them

    bool is_company() const { return (kinds >> static_cast<unsigned>(EpisodeKind::company) & 1) != 0; }
};

/// Sorts the encounters of one person by begin; those that nearly are cost least.
void sort_by_begin(std::span<Encounter> encounters);
/// Requires: by begin, not empty.
Together together(std::span<const Encounter> encounters);
/// The most within any 24 hours. Requires: by begin.
std::int64_t most_in_a_day_s(std::span<const Encounter> encounters);

}  // namespace chayan::domain
