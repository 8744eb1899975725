// SPDX-License-Identifier: Apache-2.0
// The word that somebody meant who mistyped another. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chayan::app {

/// Of `known` the one that takes the fewest letters added, taken away or changed; empty when half of the word would be another.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace chayan::app
