// SPDX-License-Identifier: Apache-2.0
// FILE of a backup: a heading that can be read, then a manifest and the database as one authenticated stream (libsodium's
// secretstream in chunks of 64 KiB) under a key of the master key, so that FILE holds no key and shows nothing without one, and none of its
// bytes can change, go or come unnoticed. Blocking; house thread and commands. Failures of a disk are std::runtime_error
// with a sentence; what is wrong with a file is a Result.
//
//   magic 16 | format 4 | id 16 | bytes of FILE 8 | bytes of the manifest 4 | stream header 24 | SHA-256 of these 32 | chunks
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "kit/result.hpp"
#include "service/crypto.hpp"

namespace chayan::service::backup_file {

/// Names one backup: in FILE and in its FILE.keys.
using Id = std::array<std::uint8_t, 16>;
using Digest = std::array<std::uint8_t, 32>;   ///< SHA-256
/// Told how many bytes of how many are done; false gives up.
using GoOn = std::function<bool(std::uint64_t done, std::uint64_t total)>;

Id make_id();
/// As the audit log names it.
std::string format_id(const Id& id);

/// Writes `path` (0600, synced) from the database at `database`; refuses a path that is taken. The SHA-256 of the whole file.
/// Error backup_stopped.
kit::Result<Digest> write(const std::string& path, const Id& id, const crypto::Key& master, const std::string& manifest,
                          const std::string& database, const GoOn& go_on);

/// Which backup it is. Errors: backup_foreign, backup_newer, backup_damaged, backup_truncated.
kit::Result<Id> read_id(const std::string& path);

struct Contents {
    std::string manifest;
    Id id{};
    Digest digest{};           ///< of FILE
    Digest database{};         ///< of the database in it
};
/// Reads all of it from the disk rather than from memory, and checks every byte. `database`: where the database is put (0600, synced);
/// empty: nowhere. What was put there before an error is worth nothing. Errors: as read_id, backup_stopped.
kit::Result<Contents> read(const std::string& path, const crypto::Key& master, const std::string& database, const GoOn& go_on);

/// SHA-256 of a file as it lies on the disk.
Digest digest_of(const std::string& path);

}  // namespace chayan::service::backup_file
