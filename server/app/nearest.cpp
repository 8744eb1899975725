// SPDX-License-Identifier: Apache-2.0
#include "app/nearest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace chayan::app {
namespace {

/// How many letters must be added, taken away or changed (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto replaced = diagonal + (a[i] == b[j] ? 0U : 1U);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t word_bytes_max = 64;   // longer is no slip of a finger
    if (known.empty() || word.size() > word_bytes_max) return {};
    const auto found = std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) { return distance(word, a) < distance(word, b); });
    return distance(word, *found) * 2 <= word.size() ? *found : std::string();
}

}  // namespace chayan::app
