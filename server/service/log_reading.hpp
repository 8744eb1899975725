// SPDX-License-Identifier: Apache-2.0
// Reads the log of scans and the registrations from end to end and opens their rows: what the contact index is made of at start. A thread that may
// block, with its own reader.
#pragma once

#include <atomic>
#include <cstdint>
#include <stop_token>
#include <unordered_set>
#include <vector>

#include "domain/run_parts.hpp"
#include "domain/scan_book.hpp"
#include "domain/site.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

struct OpenedLog {
    domain::ScanBook::Collector scans;     ///< voided where a void names the row
    std::vector<domain::ScanKey> voids;    ///< their four values: a void holds for every row that has them
    std::uint64_t count = 0;               ///< of the scans
    std::uint64_t damaged = 0;             ///< rows that can't be opened: a bit is wrong, their day's key is lost, or their site is gone
    std::uint64_t erased = 0;              ///< rows of days whose key was destroyed on purpose
};

using Strangers = std::unordered_set<domain::RegistrationId>;

struct LogReading {
    OpenedLog log;
    Strangers strangers;   ///< whose scans it leaves out
};

/// Reads both: the log up to the row `last`, without the scans of registrations whose sealed profile does not fit their columns, person and name among
/// them: whose scans theirs are can't be told. Opens every row (some 0.3 µs) and profile (some 2 µs), in parts for `run`, each with a reader of its own.
/// Stops early when stop is asked: then what it returns is of no use.
/// `read` counts up to `last` on the way.
LogReading read_log(storage::Store& store, Vault& vault, const domain::Sites& sites, domain::ScanSeq last, const domain::RunParts& run, const std::stop_token& stop,
                    std::atomic<std::uint64_t>& read);

}  // namespace chayan::service
