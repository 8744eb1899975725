// SPDX-License-Identifier: Apache-2.0
// An outbreak in the synthetic town: one index case, whom it infected at venues, and whom those infected, by the time they truly
// spent together. The town is passed over once for each degree; memory is that of the infected. Pure; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "domain/time.hpp"
#include "town_days.hpp"
#include "town_options.hpp"
#include "town_people.hpp"
#include "town_sites.hpp"

namespace chayan::town {

struct Infection {
    std::uint32_t person = 0, by = 0;   ///< numbers of persons; the index case's `by` is itself
    domain::Instant at;                 ///< the index case's: the start of the history
    std::uint32_t place = 0;            ///< position in Layout::places; not looked at for the index case
    int degree = 0;
};

/// At most options.outbreak infections, the index case first, then by degree and moment; none when that is 0 or nobody goes anywhere.
std::vector<Infection> infect(const Options& options, const Grid& grid, const Layout& layout);

/// truth/infections.csv. Throws std::runtime_error when it can't be written.
void write_infections(const std::string& path, const std::vector<Infection>& infections, const Layout& layout);

}  // namespace chayan::town
