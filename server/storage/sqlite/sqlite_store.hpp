// SPDX-License-Identifier: Apache-2.0
// The ports over SQLite in WAL mode with synchronous=FULL. Blocking. See storage/store.hpp for threads.
#pragma once

#include <memory>
#include <string>

#include "storage/store.hpp"

namespace chayan::storage::sqlite {

struct OpenOptions {
    std::string directory;               ///< holds chayan.db, its -wal and -shm, and high-water
    std::string vfs;                     ///< empty: SQLite's own; tests name one that fails
    std::uint64_t accept_loss = 0;       ///< rows that may be missing against the high-water mark before opening is refused
};

/// Opens or creates, sets and reads back every pragma, compares the high-water mark before the write-ahead log is touched,
/// migrates. Throws StoreError with a sentence that says what to do: a newer schema, a wrong checksum of a migration, acknowledged rows
/// missing (with their count), not a database, no permission.
std::unique_ptr<Store> open(const OpenOptions& options);

/// For `chayan check`: reads only, migrates nothing, leaves the files as they are (no checkpoint on close). Throws StoreError likewise,
/// except that missing rows become a sentence of Store::check().
std::unique_ptr<Store> open_to_check(const OpenOptions& options);

/// Whether the database in this folder has yet to be brought up to this program's schema, as `open` does. Throws like open_to_check.
bool has_older_schema(const std::string& directory);

/// The newest schema that this program knows.
std::uint64_t schema_version();

}  // namespace chayan::storage::sqlite
