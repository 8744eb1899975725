// SPDX-License-Identifier: Apache-2.0
// What is odd about a scan (CONTRACT 5): told to whoever asks, never a reason to drop it. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/scan.hpp"
#include "domain/site.hpp"
#include "domain/visit.hpp"

namespace chayan::domain {

enum class Flag : std::uint8_t { late = 1, outside_hours = 2, old_poster = 4, impossible_travel = 8, burst = 16 };
using Flags = std::uint8_t;   ///< bits of Flag
constexpr Flags bit(Flag flag) { return static_cast<Flags>(flag); }

std::optional<Flag> find_flag(std::string_view word);
/// "late", "outside_hours", …, in the order of the bits.
std::vector<std::string_view> words_of(Flags flags);

/// Those that follow from the scan, its site and nothing else: late (never said of an import), outside_hours, old_poster.
Flags plain_flags(const Scan& scan, const SiteRules& site, const TimeZone& zone);
/// Too far for the time between: more than travel_km_min apart and faster than travel_kmh_max. False where a site has no coordinates.
bool is_impossible_travel(const ScanKey& earlier, const ScanKey& later, const Sites& sites);

/// Of each of one person's scans, all of them in sort_scans order: how it compares with those before it counts too. O(n log n).
std::vector<Flags> flags_of(std::span<const Scan> scans, const Sites& sites, const TimeZone& zone);

/// Of each of one person's visits, as derive_visits gives them: the flags of the scan that opened it. `scans`: all of the person's, in
/// sort_scans order. A visit that was told has none. O(n log n).
std::vector<Flags> opening_flags(std::span<const Visit> visits, std::span<const Scan> scans, const Sites& sites, const TimeZone& zone);

}  // namespace chayan::domain
