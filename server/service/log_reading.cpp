// SPDX-License-Identifier: Apache-2.0
#include "service/log_reading.hpp"

#include <algorithm>
#include <unordered_set>

namespace chayan::service {

OpenedLog read_log(storage::Connection& reader, Vault& vault, const domain::Sites& sites, const Strangers& strangers, domain::ScanSeq last, const std::stop_token& stop) {
    OpenedLog log;
    std::unordered_set<std::uint64_t> voided;
    for (const auto& row : reader.scans().voids()) voided.insert(row.scan.value);
    reader.scans().read({}, last, [&](std::span<const storage::ScanRow> rows) {
        std::uint64_t erased = 0;
        const auto opened = vault.open(rows, &erased);
        log.erased += erased;
        const auto closed = std::count_if(opened.begin(), opened.end(), [](const auto& scan) { return !scan; });
        log.damaged += static_cast<std::uint64_t>(closed) - erased;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!opened[i]) continue;
            if (!sites.contains(rows[i].site)) {
                ++log.damaged;
                continue;
            }
            domain::Scan scan;
            static_cast<domain::ScanKey&>(scan) = {opened[i]->registration, rows[i].site, rows[i].at, rows[i].direction};
            scan.source = rows[i].source;
            scan.vehicle = opened[i]->vehicle;
            scan.delay_s = rows[i].delay_s;
            scan.temperature_dc = rows[i].temperature_dc;
            scan.voided = voided.contains(rows[i].seq.value);
            if (!strangers.empty() && strangers.contains(scan.registration)) continue;
            if (scan.voided) log.voids.push_back(scan);
            log.scans.add(scan);
            ++log.count;
        }
        return !stop.stop_requested();
    });
    return log;
}

Strangers damaged_registrations(storage::Connection& reader, const Vault& vault, const std::stop_token& stop) {
    Strangers damaged;
    reader.registry().read_registrations([&](std::span<const storage::RegistrationRow> rows) {
        if (stop.stop_requested()) return;
        for (const auto& row : rows)
            if (!vault.open(SealKind::profile, associated_data(row), row.profile)) damaged.insert(row.id);
    });
    return damaged;
}

}  // namespace chayan::service
