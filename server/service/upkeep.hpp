// SPDX-License-Identifier: Apache-2.0
// What of the machine needs somebody before it stops the service: certificate, backups, disk. Nothing of anybody, nor of any site: for whoever
// may act, or knows whom to call. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "service/status.hpp"

namespace chayan::service {

/// From when on; `doctor` goes by the same.
inline constexpr std::int64_t upkeep_day_s = 86'400;
inline constexpr std::int64_t certificate_soon_s = 21 * upkeep_day_s, certificate_urgent_s = 1 * upkeep_day_s;
inline constexpr std::int64_t backup_soon_s = 2 * upkeep_day_s, backup_urgent_s = 7 * upkeep_day_s;
inline constexpr std::uint64_t disk_soon_bytes = 2'000'000'000, disk_urgent_bytes = 500'000'000;

struct Upkeep {
    enum class What : std::uint8_t { certificate, backup, disk };
    What what = What::certificate;
    bool is_urgent = false;
    std::optional<std::int64_t> days;   ///< whole ones; certificate: left, negative once it is over; backup: since the last; none: there is none, or of a disk
    std::uint64_t free_bytes = 0;       ///< of a disk
};

/// In the order of What; empty when nothing needs anybody. Where there was never a backup it is asked for once the service has run for two days
/// with something to lose.
std::vector<Upkeep> find_upkeep(const StatusView& view);

}  // namespace chayan::service
