// SPDX-License-Identifier: Apache-2.0
// Where the people of a household truly are on a day: work by shifts, school, errands, the entrance of their village, the traffic
// station on the road, one car together. Pure: a function of the options, the household and the day. Any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/scan.hpp"
#include "domain/time.hpp"
#include "town_options.hpp"
#include "town_people.hpp"
#include "town_sites.hpp"

namespace chayan::town {

/// Somebody at a place, or (begin = end) on the way through a gate.
struct Stay {
    std::uint32_t place = 0;        ///< position in Layout::places
    std::uint32_t enter_site = 0, leave_site = 0;   ///< positions in Layout::sites; the same door at a gate
    domain::Instant begin, end;
    domain::Direction through = domain::Direction::in;  ///< at a gate
    bool is_by_car = false;
};

/// The stays of each person of a household, by begin and without overlap; those that begin before the options' start or from their
/// end on are left out, those that outlast the end are left as they are.
class Days {
public:
    Days(const Options& options, const Layout& layout, const Grid& grid) : options_(options), layout_(layout), grid_(grid) {}
    /// One entry for each of household.people. Some 100 ns a stay.
    std::vector<std::vector<Stay>> stays_of(const Household& household) const;

private:
    const Options& options_;
    const Layout& layout_;
    const Grid& grid_;
};

}  // namespace chayan::town
