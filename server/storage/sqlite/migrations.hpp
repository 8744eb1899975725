// SPDX-License-Identifier: Apache-2.0
// Schema changes: numbered files of schema/sqlite, embedded at build, each run once in a transaction with its checksum kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace chayan::storage::sqlite {

class Database;

struct Migration {
    std::string_view name;   ///< "0001_initial.sql"
    std::string_view sql;
};
extern const std::span<const Migration> migrations;

/// Written into the file's header, so that nobody's other database is taken for ours: "CHYN".
inline constexpr std::int64_t application_id = 0x43'48'59'4E;

/// How many of `all` have run, 0 for an empty file; changes nothing. Throws StoreError (corrupt) with a sentence when the file is
/// somebody else's, newer than this program, or made by a migration that differs from ours.
std::size_t version_of(Database& database, std::span<const Migration> all = migrations);
/// Runs what has not run yet, each in a transaction. Throws like version_of.
void migrate(Database& database, std::span<const Migration> all = migrations);

}  // namespace chayan::storage::sqlite
