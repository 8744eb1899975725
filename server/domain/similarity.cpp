// SPDX-License-Identifier: Apache-2.0
#include "domain/similarity.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "kit/check.hpp"

namespace chayan::domain {
namespace {

constexpr std::size_t looked_at_max = 64;

bool has(std::uint64_t set, std::size_t position) { return ((set >> position) & 1U) != 0; }

/// What matches within half the longer length, and how much of it stands in another order.
double jaro(std::u32string_view a, std::u32string_view b) {
    const auto reach = std::max<std::size_t>(std::max(a.size(), b.size()) / 2, 1) - 1;
    std::uint64_t in_a = 0, in_b = 0;
    std::size_t matches = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto end = std::min(b.size(), i + reach + 1);
        for (std::size_t j = i > reach ? i - reach : 0; j < end; ++j) {
            if (has(in_b, j) || a[i] != b[j]) continue;
            in_a |= std::uint64_t{1} << i;
            in_b |= std::uint64_t{1} << j;
            ++matches;
            break;
        }
    }
    if (matches == 0) return 0;
    std::size_t moved = 0;
    for (std::size_t i = 0, j = 0; i < a.size(); ++i) {
        if (!has(in_a, i)) continue;
        while (!has(in_b, j)) ++j;
        moved += a[i] != b[j] ? 1U : 0U;
        ++j;
    }
    const auto m = static_cast<double>(matches);
    return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - static_cast<double>(moved / 2)) / m) / 3;
}

}  // namespace

std::size_t edit_distance(std::u32string_view a, std::u32string_view b, std::size_t limit) {
    CHECK(limit <= 3);
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > limit) return limit + 1;
    while (!a.empty() && a.front() == b.front()) {
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    while (!a.empty() && a.back() == b.back()) {
        a.remove_suffix(1);
        b.remove_suffix(1);
    }
    if (a.empty()) return std::min(b.size(), limit + 1);
    // Three rows of the table, for a swap looks two back; of each only what lies within `limit` of the diagonal can count. Nothing was written beyond it before.
    const auto beyond = limit + 1;
    std::vector<std::size_t> before(b.size() + 1, beyond), last(b.size() + 1, beyond), now(b.size() + 1, beyond);
    for (std::size_t j = 0; j <= std::min(b.size(), limit); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        const auto begin = i > limit ? i - limit : 1, end = std::min(b.size(), i + limit);
        now[begin - 1] = begin == 1 ? i : beyond;
        auto least = now[begin - 1];
        for (std::size_t j = begin; j <= end; ++j) {
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
            least = std::min(least, now[j]);
        }
        if (least > limit) return beyond;
        std::swap(before, last);
        std::swap(last, now);
    }
    return std::min(last[b.size()], beyond);
}

double jaro_winkler(std::u32string_view a, std::u32string_view b) {
    if (a == b) return 1;
    a = a.substr(0, looked_at_max);
    b = b.substr(0, looked_at_max);
    // Jaro's greedy matching hangs on which comes first; the shorter one does, then the smaller one.
    if (std::pair(a.size(), a) > std::pair(b.size(), b)) std::swap(a, b);
    if (a.empty()) return 0;
    const double similar = jaro(a, b);
    std::size_t prefix = 0;
    while (prefix < 4 && prefix < a.size() && a[prefix] == b[prefix]) ++prefix;
    return similar + 0.1 * static_cast<double>(prefix) * (1 - similar);
}

}  // namespace chayan::domain
