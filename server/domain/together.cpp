// SPDX-License-Identifier: Apache-2.0
#include "domain/together.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace chayan::domain {
namespace {

constexpr std::int64_t day_s = 24 * 3600;

bool is_earlier(const Encounter& a, const Encounter& b) { return a.begin_s < b.begin_s; }

}  // namespace

void sort_by_begin(std::span<Encounter> encounters) {
    constexpr std::size_t few = 48;
    if (encounters.size() > few) return std::sort(encounters.begin(), encounters.end(), is_earlier);
    for (std::size_t i = 1; i < encounters.size(); ++i) {
        const auto moved = encounters[i];
        auto to = i;
        for (; to > 0 && is_earlier(moved, encounters[to - 1]); --to) encounters[to] = encounters[to - 1];
        encounters[to] = moved;
    }
}

Together together(std::span<const Encounter> encounters) {
    Together sum;
    std::int64_t begin = 0, until = 0, last = 0, longest = 0;   // [begin, until): the stretch that grows
    for (const auto& encounter : encounters) {
        const std::int64_t from = encounter.begin_s;
        const std::int64_t to = from + encounter.overlap_s();
        sum.kinds = static_cast<std::uint8_t>(sum.kinds | 1U << static_cast<unsigned>(encounter.kind()));
        last = std::max(last, to);
        if (from == to) continue;
        if (from > until) begin = from, until = from;
        sum.total_s += std::max<std::int64_t>(to - until, 0);
        until = std::max(until, to);
        longest = std::max(longest, until - begin);
    }
    sum.longest_s = longest;
    sum.first = {encounters.front().begin_s};
    sum.last = {last};
    return sum;
}

/// Some best 24 hours begin where a stretch begins: moving a best window later until then loses nothing at its front, or what it loses
/// there it had gained at its back.
std::int64_t most_in_a_day_s(std::span<const Encounter> encounters) {
    std::vector<std::pair<std::int64_t, std::int64_t>> stretches;
    for (const auto& encounter : encounters) {
        const auto [from, to] = encounter.span();
        if (from == to) continue;
        if (!stretches.empty() && from.s <= stretches.back().second) stretches.back().second = std::max(stretches.back().second, to.s);
        else stretches.emplace_back(from.s, to.s);
    }
    std::int64_t most = 0;
    std::int64_t whole = 0;  // of the stretches from `first` up to `next`, uncut
    std::size_t next = 0;
    for (std::size_t first = 0; first < stretches.size(); ++first) {
        const auto end = stretches[first].first + day_s;
        for (; next < stretches.size() && stretches[next].first < end; ++next) whole += stretches[next].second - stretches[next].first;
        // Only the last one can reach beyond: the others end before it begins.
        most = std::max(most, whole - std::max<std::int64_t>(0, stretches[next - 1].second - end));
        whole -= stretches[first].second - stretches[first].first;
    }
    return most;
}

}  // namespace chayan::domain
