// SPDX-License-Identifier: Apache-2.0
// What a backup says that it holds: written first into FILE, counted again before it says ok, and once more by a restore. Pure values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "domain/time.hpp"
#include "storage/census.hpp"

namespace chayan::service {

struct Manifest {
    domain::Instant created;
    storage::Census census;
    std::string time_zone;                               ///< in which its days are
    std::int64_t scan_days = 0;                          ///< how long the original keeps scans; 0: it was made before that was said
    std::map<domain::Day, std::uint64_t> scans_by_day;   ///< local days
    friend bool operator==(const Manifest&, const Manifest&) = default;
};

/// Lines of a word and its value, each known and in order.
std::string format_manifest(const Manifest& manifest);
/// Nothing when it is none of ours.
std::optional<Manifest> parse_manifest(std::string_view text);
/// The schema's number alone, which may be newer than we are and have lines that we don't know.
std::optional<std::uint64_t> schema_of_manifest(std::string_view text);

}  // namespace chayan::service
