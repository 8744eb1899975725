// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/migrations.hpp"

#include <openssl/evp.h>

#include "storage/sqlite/database.hpp"

namespace chayan::storage::sqlite {
namespace {

std::array<std::uint8_t, 32> checksum(std::string_view text) {
    std::array<std::uint8_t, 32> digest{};
    CHECK(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
    return digest;
}

void run_one(Database& database, const Migration& migration, std::size_t number) {
    database.execute("BEGIN IMMEDIATE");
    try {
        database.execute(std::string(migration.sql));
        {
            auto statement = database.statement("INSERT INTO schema_migration (number, name, checksum) VALUES (?, ?, ?)");
            const auto digest = checksum(migration.sql);
            statement.bind(number).bind_text(migration.name).bind_blob(digest).run();
        }
        database.execute("PRAGMA user_version=" + std::to_string(number));
        database.execute("COMMIT");
    } catch (...) {
        sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

}  // namespace

void migrate(Database& database) {
    const auto version = std::stoull(database.pragma("user_version"));
    if (version > migrations.size())
        throw StoreError(StoreError::Kind::corrupt, "the database was written by a newer version of chayan; start that version, or restore a backup of this one");
    database.execute("CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL) STRICT");
    {
        auto statement = database.statement("SELECT number, checksum FROM schema_migration ORDER BY number");
        while (statement.step()) {
            const auto number = static_cast<std::size_t>(statement.integer(0));
            if (number > migrations.size() || statement.bytes<32>(1) != checksum(migrations[number - 1].sql))
                throw StoreError(StoreError::Kind::corrupt, "a schema file differs from the one that made this database; install the version of chayan that made it");
        }
    }
    for (std::size_t number = version + 1; number <= migrations.size(); ++number) run_one(database, migrations[number - 1], number);
}

}  // namespace chayan::storage::sqlite
