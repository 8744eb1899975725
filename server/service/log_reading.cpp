// SPDX-License-Identifier: Apache-2.0
#include "service/log_reading.hpp"

#include <algorithm>
#include <utility>

namespace chayan::service {
namespace {

// Numbers are skipped at a restore: what is between two of them may be few rows.
constexpr std::uint64_t rows_expected_max = 1U << 21U;

using Voided = std::unordered_set<std::uint64_t>;   // rows

/// The rows after `after` up to `upto`.
OpenedLog read_piece(storage::Connection& reader, Vault& vault, const domain::Sites& sites, const Voided& voided, const Strangers& strangers,
                     domain::ScanSeq after, domain::ScanSeq upto, const std::stop_token& stop, std::atomic<std::uint64_t>& read) {
    OpenedLog log;
    auto done = after.value;
    log.scans = domain::ScanBook::Collector(std::min<std::uint64_t>(upto.value - after.value, rows_expected_max));
    reader.scans().read(after, upto, [&](std::span<const storage::ScanRow> rows) {
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
        read += rows.back().seq.value - done;
        done = rows.back().seq.value;
        return !stop.stop_requested();
    });
    read += upto.value - done;
    return log;
}

Strangers find_strangers(storage::Connection& reader, const Vault& vault, const std::stop_token& stop) {
    Strangers damaged;
    reader.registry().read_registrations([&](std::span<const storage::RegistrationRow> rows) {
        if (stop.stop_requested()) return;
        for (const auto& row : rows)
            if (!vault.open(SealKind::profile, associated_data(row), row.profile)) damaged.insert(row.id);
    });
    return damaged;
}

/// In the order of the rows, so that of equal scans the first stands.
void append(OpenedLog& log, OpenedLog later) {
    log.scans.append(std::move(later.scans));
    log.voids.insert(log.voids.end(), later.voids.begin(), later.voids.end());
    log.count += later.count;
    log.damaged += later.damaged;
    log.erased += later.erased;
}

}  // namespace

LogReading read_log(storage::Store& store, Vault& vault, const domain::Sites& sites, domain::ScanSeq last, const domain::RunParts& run, const std::stop_token& stop,
                    std::atomic<std::uint64_t>& read_upto) {
    Voided voided;
    for (const auto& row : store.reader()->scans().voids()) voided.insert(row.scan.value);
    constexpr std::uint64_t pieces = 16;
    LogReading reading;
    std::vector<OpenedLog> logs(pieces);
    const auto read = [&](std::size_t piece) {
        const auto reader = store.reader();
        logs[piece] = read_piece(*reader, vault, sites, voided, reading.strangers, {last.value * piece / pieces}, {last.value * (piece + 1) / pieces}, stop, read_upto);
    };
    Strangers strangers;   // found beside: while the pieces are read nobody is one
    run(pieces + 1, [&](std::size_t part) {
        if (part == 0) strangers = find_strangers(*store.reader(), vault, stop);
        else read(part - 1);
    });
    reading.strangers = std::move(strangers);
    if (!reading.strangers.empty()) {   // a damaged folder: once more, without them
        read_upto = 0;
        run(pieces, read);
    }
    for (auto& log : logs) append(reading.log, std::move(log));
    return reading;
}

}  // namespace chayan::service
