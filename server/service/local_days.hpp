// SPDX-License-Identifier: Apache-2.0
// Local days and hours as moments. Pure; any thread.
#pragma once

#include <vector>

#include "domain/time.hpp"

namespace chayan::service {

inline constexpr std::int64_t day_s = 86'400;

/// Local midnight, from noon: no zone changes its clocks then.
inline domain::Instant begin_of(const domain::TimeZone& zone, domain::Day day) {
    const domain::Instant noon{std::int64_t{day.number} * day_s + day_s / 2};
    return zone.on_local_day(noon - zone.offset_s(noon), 0);
}

/// Its 25 edges.
inline std::vector<domain::Instant> hours_of(const domain::TimeZone& zone, domain::Day day) {
    const auto begin = begin_of(zone, day);
    std::vector<domain::Instant> hours;
    for (std::int32_t hour = 0; hour <= 24; ++hour) hours.push_back(zone.on_local_day(begin, hour * 3600));
    return hours;
}

}  // namespace chayan::service
