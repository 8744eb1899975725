// SPDX-License-Identifier: Apache-2.0
// What a poster is about: a site as its row of the list tells it. Values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace chayan::qrgen {

/// What a poster says of direction: `any` lets whoever scans choose. The numbers are those in the code.
enum class Direction : unsigned char { any = 0, in = 1, out = 2, pass = 3 };
constexpr std::array<Direction, 4> directions{Direction::any, Direction::in, Direction::out, Direction::pass};

/// The kinds of site, in the order of schema/categories.csv.
enum class Category : unsigned char { traffic, village, community, enterprise, clinic, pharmacy, office, shop, school, hotel, isolation, transit, vehicle, other };
constexpr std::size_t category_count = 14;

struct Site {
    std::size_t line = 0;              ///< of the list
    std::string ref;                   ///< its operator's number; may be empty
    std::string name;
    Category category = Category::other;
    std::string group;                 ///< what posters are sorted by: the township's code, else the division as it was given
    std::string township;              ///< as printed; empty when only a code is known
    std::string address;
    Direction direction = Direction::any;
    std::string url;
    std::string code;                  ///< the 16 characters; empty when the address holds none
    std::optional<int> revision;       ///< 0 to 63, known where there is a code
    std::string hotline;
};

}  // namespace chayan::qrgen
