// SPDX-License-Identifier: Apache-2.0
#include "service/upkeep.hpp"

namespace chayan::service {
namespace {

/// Rounded down, also below zero: a second past the end is a day over.
std::int64_t days_in(std::int64_t seconds) { return seconds >= 0 ? seconds / upkeep_day_s : -((-seconds + upkeep_day_s - 1) / upkeep_day_s); }

}  // namespace

std::vector<Upkeep> find_upkeep(const StatusView& view) {
    using What = Upkeep::What;
    std::vector<Upkeep> found;
    if (!view.machine.certificate) {
        found.push_back({What::certificate, true, std::nullopt, 0});
    } else if (const auto left = view.machine.certificate->not_after - view.now; left <= certificate_soon_s) {
        found.push_back({What::certificate, left <= certificate_urgent_s, days_in(left), 0});
    }
    if (view.last_backup) {
        if (const auto age = view.now - *view.last_backup; age > backup_soon_s) found.push_back({What::backup, age > backup_urgent_s, days_in(age), 0});
    } else if (const bool has_data = view.last_scan || view.registrations > 0; has_data && view.now - view.started > backup_soon_s) {
        found.push_back({What::backup, true, std::nullopt, 0});
    }
    const auto free = view.machine.disk_free_bytes;
    if (view.is_full || free < disk_soon_bytes) found.push_back({What::disk, view.is_full || free < disk_urgent_bytes, std::nullopt, free});
    return found;
}

}  // namespace chayan::service
