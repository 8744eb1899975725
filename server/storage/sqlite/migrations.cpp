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
        database.execute("CREATE TABLE IF NOT EXISTS schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL) STRICT");
        database.execute("PRAGMA application_id=" + std::to_string(application_id));
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

[[noreturn]] void refuse(const char* sentence) { throw StoreError(StoreError::Kind::corrupt, sentence); }

bool is_empty(Database& database) {
    auto statement = database.statement("SELECT count(*) FROM sqlite_schema");
    CHECK(statement.step());
    return statement.integer(0) == 0;
}

void compare_checksums(Database& database, std::size_t version, std::span<const Migration> all) {
    auto statement = database.statement("SELECT number, checksum FROM schema_migration ORDER BY number");
    std::size_t next = 0;
    while (statement.step()) {
        const auto number = static_cast<std::size_t>(statement.integer(0));
        if (number != ++next || number > all.size() || statement.bytes<32>(1) != checksum(all[number - 1].sql)) {
            next = 0;
            break;
        }
    }
    if (next != version) refuse("a schema file differs from the one that made this database; install the version of chayan that made it");
}

}  // namespace

std::size_t version_of(Database& database, std::span<const Migration> all) {
    const auto version = std::stoull(database.pragma("user_version"));
    const auto application = std::stoll(database.pragma("application_id"));
    if (version == 0 && application == 0 && is_empty(database)) return 0;
    if (application != application_id || version == 0) refuse("the file chayan.db is not a database of chayan; move it away, or name another data folder");
    if (version > all.size())
        refuse("the database was written by a newer version of chayan; start that version, or restore a backup of this one");
    compare_checksums(database, version, all);
    return version;
}

void migrate(Database& database, std::span<const Migration> all) {
    for (std::size_t number = version_of(database, all) + 1; number <= all.size(); ++number) run_one(database, all[number - 1], number);
}

}  // namespace chayan::storage::sqlite
