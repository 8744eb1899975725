// SPDX-License-Identifier: Apache-2.0
#include "domain/flags.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <utility>

#include "kit/check.hpp"
#include "kit/limits.hpp"

namespace chayan::domain {
namespace {

constexpr std::pair<Flag, const char*> flag_words[] = {{Flag::late, "late"}, {Flag::outside_hours, "outside_hours"}, {Flag::old_poster, "old_poster"},
                                                       {Flag::impossible_travel, "impossible_travel"}, {Flag::burst, "burst"}};

/// Half the way round the globe is 20,015 km; haversine on a sphere is good to half a percent.
double distance_km(const SiteRules& a, const SiteRules& b) {
    constexpr double radians = std::numbers::pi / 180;
    const double dy = std::sin((*b.latitude - *a.latitude) * radians / 2);
    const double dx = std::sin((*b.longitude - *a.longitude) * radians / 2);
    const double h = dy * dy + std::cos(*a.latitude * radians) * std::cos(*b.latitude * radians) * dx * dx;
    return 2 * 6371 * std::asin(std::sqrt(std::min(1.0, h)));
}

bool is_after(Instant moment, const Scan& scan) { return moment < scan.at; }

/// The scans of the minute that ends with `at`, the one at `at` among them.
bool is_burst(std::span<const Scan> scans, Instant at) {
    const auto end = std::upper_bound(scans.begin(), scans.end(), at, is_after);
    const auto begin = std::upper_bound(scans.begin(), end, at - 60, is_after);
    return static_cast<std::size_t>(end - begin) > kit::burst_count_min;
}

}  // namespace

std::optional<Flag> find_flag(std::string_view word) {
    for (const auto& [flag, name] : flag_words)
        if (word == name) return flag;
    return std::nullopt;
}

std::vector<std::string_view> words_of(Flags flags) {
    std::vector<std::string_view> words;
    for (const auto& [flag, name] : flag_words)
        if ((flags & bit(flag)) != 0) words.emplace_back(name);
    return words;
}

Flags plain_flags(const Scan& scan, const SiteRules& site, const TimeZone& zone) {
    unsigned flags = 0;
    // An import is history by its nature; its delay says nothing of a phone.
    if (scan.source != Source::import && scan.delay_s > kit::late_s_min) flags |= bit(Flag::late);
    const auto& stay = site.stay(scan.at);
    const auto second = zone.local_second(scan.at);
    const bool early = stay.opens_s >= 0 && second < stay.opens_s;
    const bool after = stay.closes_s >= 0 && second >= stay.closes_s;
    if (early || after) flags |= bit(Flag::outside_hours);
    if (scan.source == Source::old_poster) flags |= bit(Flag::old_poster);
    return static_cast<Flags>(flags);
}

bool is_impossible_travel(const ScanKey& earlier, const ScanKey& later, const Sites& sites) {
    const auto& a = sites[earlier.site];
    const auto& b = sites[later.site];
    if (!a.longitude || !a.latitude || !b.longitude || !b.latitude) return false;
    const double km = distance_km(a, b);
    if (km < kit::travel_km_min) return false;
    const double hours = static_cast<double>(std::abs(later.at - earlier.at)) / 3600;
    return km > kit::travel_kmh_max * hours;
}

std::vector<Flags> flags_of(std::span<const Scan> scans, const Sites& sites, const TimeZone& zone) {
    std::vector<Flags> all;
    all.reserve(scans.size());
    const Scan* previous = nullptr;
    for (const auto& scan : scans) {
        unsigned flags = plain_flags(scan, sites[scan.site], zone);
        if (previous != nullptr && !scan.voided && is_impossible_travel(*previous, scan, sites)) flags |= bit(Flag::impossible_travel);
        if (is_burst(scans, scan.at)) flags |= bit(Flag::burst);
        if (!scan.voided) previous = &scan;
        all.push_back(static_cast<Flags>(flags));
    }
    return all;
}

std::vector<Flags> opening_flags(std::span<const Visit> visits, std::span<const Scan> scans, const Sites& sites, const TimeZone& zone) {
    const auto flags = flags_of(scans, sites, zone);
    const auto is_repeat = mark_repeats(scans, sites);
    std::vector<Flags> opening(visits.size());
    for (std::size_t first = 0, end = 0; first < visits.size(); first = end) {
        const auto second = visits[first].begin;
        while (end < visits.size() && visits[end].begin == second) ++end;
        // Of the scans at one site in one second each opens a visit, in their order, but for an `out` before them that ends an earlier one:
        // from the last on, the two go together.
        std::vector<std::pair<SiteId, Flags>> there;
        for (auto scan = std::upper_bound(scans.begin(), scans.end(), second - 1, is_after); scan != scans.end() && scan->at == second; ++scan) {
            const auto at = static_cast<std::size_t>(scan - scans.begin());
            if (!scan->voided && !is_repeat[at]) there.emplace_back(scan->site, flags[at]);
        }
        for (auto at = end; at-- > first;) {
            if (visits[at].ended_by == EndedBy::told) continue;
            const auto opened_by = std::find_if(there.rbegin(), there.rend(), [&](const auto& one) { return one.first == visits[at].site; });
            CHECK(opened_by != there.rend());
            opening[at] = opened_by->second;
            there.erase(std::next(opened_by).base());
        }
    }
    return opening;
}

}  // namespace chayan::domain
