// SPDX-License-Identifier: Apache-2.0
// Schema changes: numbered files of schema/sqlite, embedded at build, each run once in a transaction with its checksum kept.
#pragma once

#include <span>
#include <string_view>

namespace chayan::storage::sqlite {

class Database;

struct Migration {
    std::string_view name;   ///< "0001_initial.sql"
    std::string_view sql;
};
extern const std::span<const Migration> migrations;

/// Runs what has not run yet. Throws StoreError (corrupt) with a sentence when the database is newer than this program or a
/// file that has run was changed since.
void migrate(Database& database);

}  // namespace chayan::storage::sqlite
