// SPDX-License-Identifier: Apache-2.0
// Making a backup and coming back from one. A backup is made by the running service's house thread, or by the command itself where
// none runs; a restore is a command's. Both block for as long as it takes to copy and to check everything. What a file or a person got
// wrong is an Error of service/words; a disk that fails, and a store that is not sound, std::runtime_error with a sentence.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/config.hpp"
#include "app/installation.hpp"
#include "kit/result.hpp"

namespace chayan::app {

/// Told what is being done and how much of it; false gives up.
using Stage = std::function<bool(const char* doing, std::uint64_t done, std::uint64_t total)>;

/// FILE and FILE.keys, verified: what was copied passes `check` and counts as the original did, what lies on the disk is read again to
/// the last byte. Leaves a line in the audit log before the files get their names, and nothing when it fails.
/// Errors: backup_exists, backup_stopped.
kit::Status make_backup(Installation& installation, const Place& place, const Config& config, const std::string& file, const Stage& stage);

/// Whether the clock may say that the backup is of the future, or older than scans are kept: more often it is the clock that is wrong.
enum class OddClock { refused, accepted };

struct RestoreRequest {
    std::string file;
    std::function<kit::Result<std::string>()> ask;   ///< for the recovery key, once the files look whole
    domain::Instant now;
    OddClock odd_clock = OddClock::refused;
    std::string keys_file = {};   ///< empty: FILE.keys
};

struct Restored {
    std::size_t keys_dropped = 0;   ///< of expired days
};

/// Makes the data folder and the key folder from FILE and FILE.keys, both or neither. Drops the keys of expired days, ends every
/// session, skips every sequence ahead and says so in the audit log.
/// Errors: those of backup_file and key_bundle, keys_missing, keys_of_another, keys_older, folder_not_empty, time_zone_differs, scan_days_differs,
/// clock_differs, backup_mismatch, numbers_exhausted.
kit::Result<Restored> restore_backup(const Place& place, const Config& config, const RestoreRequest& request, const Stage& stage);

}  // namespace chayan::app
