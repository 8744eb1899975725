// SPDX-License-Identifier: Apache-2.0
// A data directory for measuring the writer: invented registrations and sites, and a log of as many scans of the last 14 days
// as asked for, written through the store's own port and sealed by the vault. Main thread.
#pragma once

#include <cstdint>
#include <string>

#include "app/installation.hpp"

namespace chayan::bench {

struct World {
    std::uint64_t people = 200'000;
    std::uint32_t sites = 100;
    std::uint64_t rows = 0;
};

struct Filled {
    double seconds = 0;             ///< sealing, inserting, committing 10,000 rows at a time
    std::uint64_t file_bytes = 0;   ///< by which the database file grew for the rows, after a checkpoint
};

/// Makes keys, people, sites and rows. Requires: the directory is empty.
Filled fill(const app::Place& place, const World& world);

/// Of the database file and of its write-ahead log; 0 where there is none.
std::uint64_t file_bytes(const app::Place& place, const std::string& suffix);

}  // namespace chayan::bench
