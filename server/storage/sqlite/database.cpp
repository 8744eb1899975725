// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/database.hpp"

namespace chayan::storage::sqlite {
namespace {

struct Pragma {
    const char* name;
    const char* set;
    const char* expected;
};

// SECURITY 3, fixed settings; each is read back because SQLite ignores a pragma that it can't obey.
constexpr Pragma pragmas[] = {
    {"journal_mode", "WAL", "wal"},          {"synchronous", "FULL", "2"},       {"foreign_keys", "ON", "1"},
    {"secure_delete", "ON", "1"},            {"trusted_schema", "OFF", "0"},     {"cell_size_check", "ON", "1"},
    {"temp_store", "MEMORY", "2"},           {"mmap_size", "0", "0"},            {"busy_timeout", "5000", "5000"},
    {"journal_size_limit", "67108864", "67108864"},
    // 16 MB. The house thread checkpoints before that, but only the writer can: while it goes on writing, nobody else sees
    // the log at its end, so it would never begin anew.
    {"wal_autocheckpoint", "4000", "4000"},
};

}  // namespace

void throw_store_error(sqlite3* handle, int code) {
    const int primary = code & 0xFF;
    const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
    auto kind = StoreError::Kind::other;
    // Only what SQLite itself calls full: a write without space. A commit whose sync failed, for whatever reason, may still come
    // back after a crash and must not be answered.
    if (primary == SQLITE_FULL)
        kind = StoreError::Kind::full;
    else if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_NOMEM || primary == SQLITE_READONLY)
        kind = StoreError::Kind::io;
    else if (primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB)
        kind = StoreError::Kind::corrupt;
    // SQLite's message may quote a value of a constraint; its general text can't.
    const std::string damaged = kind == StoreError::Kind::corrupt ? "the database or its write-ahead log is damaged: " : "";
    throw StoreError(kind, damaged + "SQLite: " + sqlite3_errstr(code) + " (" + std::to_string(extended) + ")");
}

Statement& Statement::bind_text(std::string_view value) {
    return check(sqlite3_bind_text64(prepared_, ++bound_, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

Statement& Statement::bind_blob(const void* data, std::size_t size) {
    return check(sqlite3_bind_blob64(prepared_, ++bound_, size == 0 ? "" : data, size, SQLITE_STATIC));
}

bool Statement::step() {
    const int code = sqlite3_step(prepared_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    throw_store_error(sqlite3_db_handle(prepared_), code);
}

std::string Statement::text(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(prepared_, column));
    if (data != nullptr) return {data, static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column))};
    // Nothing is an empty value, or one for which there was no memory.
    if (sqlite3_errcode(sqlite3_db_handle(prepared_)) == SQLITE_NOMEM) throw_store_error(sqlite3_db_handle(prepared_), SQLITE_NOMEM);
    return {};
}

Database::Database(const std::string& path, const std::string& vfs, Access access) : access_(access) {
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                      (access == Access::writing ? SQLITE_OPEN_CREATE : 0);
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
    handle_.reset(handle);
    if (code != SQLITE_OK) throw_store_error(handle, code);
    harden();
}

void Database::harden() {
    int ignored = 0;
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &ignored);
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, &ignored);
    sqlite3_limit(handle(), SQLITE_LIMIT_ATTACHED, 0);
    for (const auto& wanted : pragmas) {
        // The mode lies in the file: one who reads takes what is there, and refuses it below when it is wrong.
        if (is_writing() || wanted.expected != std::string_view("wal")) execute(std::string("PRAGMA ") + wanted.name + "=" + wanted.set);
        if (pragma(wanted.name) != wanted.expected)
            throw StoreError(StoreError::Kind::other, std::string("SQLite does not take the setting ") + wanted.name);
    }
    if (access_ == Access::reading) execute("PRAGMA query_only=ON");
}

void Database::allow_checkpoint() {
    int ignored = 0;
    sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, &ignored);
}

Statement Database::statement(const char* sql) {
    auto& prepared = statements_[sql];
    if (!prepared) {
        sqlite3_stmt* fresh = nullptr;
        const int code = sqlite3_prepare_v3(handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &fresh, nullptr);
        if (code != SQLITE_OK) throw_store_error(handle(), code);
        prepared.reset(fresh);
    }
    return Statement(prepared.get());
}

void Database::execute(const std::string& sql) {
    const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_store_error(handle(), code);
}

std::string Database::pragma(const std::string& name) {
    const std::string sql = "PRAGMA " + name;
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v2(handle(), sql.c_str(), -1, &prepared, nullptr);
    if (code != SQLITE_OK) throw_store_error(handle(), code);
    const std::unique_ptr<sqlite3_stmt, Finalize> owner(prepared);
    Statement statement(prepared);
    if (!statement.step()) return {};
    const auto* text = sqlite3_column_text(prepared, 0);
    if (text == nullptr) throw_store_error(handle(), SQLITE_NOMEM);   // no pragma answers NULL
    return reinterpret_cast<const char*>(text);
}

}  // namespace chayan::storage::sqlite
