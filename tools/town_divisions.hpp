// SPDX-License-Identifier: Apache-2.0
// The divisions of the synthetic town: Dingzhou's 25 township-level units by their real codes, and below each villages and
// communities, invented or from a file. Pure but for reading that file; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace chayan::town {

struct Division {
    std::string code, name, parent;
};

struct Unit {
    std::string code, name;
};

/// A village or a community: where households are at home.
struct Home {
    std::string code, name;
    std::uint32_t unit = 0;         ///< position in Grid::units
    bool is_community = false;      ///< statistical codes 001 to 199; villages have 200 and more
};

struct Grid {
    std::vector<Division> all;      ///< as `chayan division import` takes them
    std::vector<Unit> units;
    std::vector<Home> homes;        ///< those where somebody lives, the units in turn
};

/// The real units with as many invented villages and communities as so many people need: 25 to 542.
Grid invent_grid(std::uint32_t people, std::uint64_t seed);

/// Of a CSV with the columns code,name,parent: township-level units (9 digits, or 12 that end in 000) and what lies below them (12 digits).
/// All of it becomes `all`; people live in as many homes as they need. Throws std::runtime_error that names file and line.
Grid read_grid(const std::string& path, std::uint32_t people);

}  // namespace chayan::town
