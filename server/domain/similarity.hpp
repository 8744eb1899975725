// SPDX-License-Identifier: Apache-2.0
// How much two texts look alike, by code points. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace chayan::domain {

/// How many characters were put in, left out, changed or swapped with their neighbour (optimal string alignment); `limit` + 1 when more
/// than `limit`. Symmetric. Cost: length × limit. Requires: limit <= 3.
std::size_t edit_distance(std::u32string_view a, std::u32string_view b, std::size_t limit);

/// Jaro-Winkler similarity (Winkler 1990: prefix of at most 4 counts 0.1 each), 0 to 1; 1 when equal. Symmetric. Cost: the product of the lengths,
/// of which no more than 64 characters are looked at.
double jaro_winkler(std::u32string_view a, std::u32string_view b);

}  // namespace chayan::domain
