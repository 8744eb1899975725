// SPDX-License-Identifier: Apache-2.0
#include "bench_reference.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace chayan::bench {
namespace {

void step(sqlite3_stmt* statement) {
    int code = SQLITE_ROW;
    while (code == SQLITE_ROW) code = sqlite3_step(statement);
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errstr(code));
}

}  // namespace

PlainDatabase::PlainDatabase(const std::string& path) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open(path.c_str(), &handle);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errstr(code));
    // As in storage/sqlite/database.cpp.
    for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON",
                               "PRAGMA cell_size_check=ON", "PRAGMA journal_size_limit=67108864", "PRAGMA wal_autocheckpoint=4000"})
        run(pragma);
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
}

PlainDatabase::Prepared PlainDatabase::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr);
    if (code != SQLITE_OK) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errstr(code));
    return Prepared(statement);
}

void PlainDatabase::run(const char* sql) { step(prepare(sql).get()); }
void PlainDatabase::begin() { step(begin_.get()); }
void PlainDatabase::commit() { step(commit_.get()); }

PlainTable::PlainTable(const std::string& directory) : database_(directory + "/reference.db") {
    database_.run("CREATE TABLE scan (id INTEGER PRIMARY KEY, site INTEGER NOT NULL, at INTEGER NOT NULL, direction INTEGER NOT NULL, "
                  "source INTEGER NOT NULL, temperature INTEGER, delay_s INTEGER, sealed BLOB NOT NULL) STRICT");
    insert_ = database_.prepare("INSERT INTO scan (id, site, at, direction, source, sealed) VALUES (?, ?, ?, 1, 0, ?)");
}

void PlainTable::append(std::size_t rows) {
    database_.begin();
    const std::int64_t now = std::time(nullptr);
    for (std::size_t i = 0; i < rows; ++i) {
        ++last_;
        std::array<std::int64_t, 2> sealed{last_ * 0x2545'F491'4F6C'DD1D, ~last_};
        sqlite3_bind_int64(insert_.get(), 1, last_);
        sqlite3_bind_int64(insert_.get(), 2, last_ % 100 + 1);
        sqlite3_bind_int64(insert_.get(), 3, now);
        sqlite3_bind_blob(insert_.get(), 4, sealed.data(), sizeof sealed, SQLITE_STATIC);
        step(insert_.get());
    }
    database_.commit();
}

PlainRegister::PlainRegister(const std::string& path) : database_(path) {
    by_document_ = database_.prepare("SELECT person FROM registration INDEXED BY registration_by_document_and_name WHERE document = ? AND name = ? LIMIT 1");
    by_phone_ = database_.prepare("SELECT person FROM registration INDEXED BY registration_by_phone WHERE phone = ? AND name = ? LIMIT 1");
    insert_ = database_.prepare("INSERT INTO registration (id, person, holder, origin, at, by, notice_version, name, document, phone, profile, is_correction) "
                                "VALUES (?1, ?2, ?1, 0, ?3, 0, 1, ?4, ?5, ?6, ?7, 0)");
    const auto largest = database_.prepare("SELECT max(id), max(person) FROM registration");
    if (sqlite3_step(largest.get()) != SQLITE_ROW) throw std::runtime_error("SQLite: no registrations in " + path);
    last_ = sqlite3_column_int64(largest.get(), 0);
    last_person_ = sqlite3_column_int64(largest.get(), 1);
}

std::int64_t PlainRegister::find(sqlite3_stmt* query, const std::array<std::uint8_t, 16>& key, const std::array<std::uint8_t, 16>& name) {
    sqlite3_bind_blob(query, 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
    sqlite3_bind_blob(query, 2, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
    const auto person = sqlite3_step(query) == SQLITE_ROW ? sqlite3_column_int64(query, 0) : 0;
    sqlite3_reset(query);
    return person;
}

std::size_t PlainRegister::append(const std::vector<PlainStatement>& statements) {
    std::size_t known = 0;
    database_.begin();
    const std::int64_t now = std::time(nullptr);
    for (const auto& statement : statements) {
        const auto same_document = find(by_document_.get(), statement.document, statement.name);
        const auto same_phone = find(by_phone_.get(), statement.phone, statement.name);
        const auto person = same_document != 0 ? same_document : same_phone;
        known += person != 0 ? 1 : 0;
        sqlite3_bind_int64(insert_.get(), 1, ++last_);
        sqlite3_bind_int64(insert_.get(), 2, person != 0 ? person : ++last_person_);
        sqlite3_bind_int64(insert_.get(), 3, now);
        int column = 4;
        for (const auto* key : {&statement.name, &statement.document, &statement.phone})
            sqlite3_bind_blob(insert_.get(), column++, key->data(), static_cast<int>(key->size()), SQLITE_STATIC);
        sqlite3_bind_blob(insert_.get(), column, statement.profile.data(), static_cast<int>(statement.profile.size()), SQLITE_STATIC);
        step(insert_.get());
    }
    database_.commit();
    return known;
}

double syncs_a_second(const std::string& directory, double seconds) {
    const auto path = directory + "/reference.sync";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) throw std::runtime_error("cannot write " + path);
    const std::array<char, 4096> page{};
    const auto began = std::chrono::steady_clock::now();
    double passed = 0;
    std::uint64_t count = 0;
    bool is_good = true;
    for (; passed < seconds && is_good; ++count) {
        is_good = ::write(fd, page.data(), page.size()) == static_cast<ssize_t>(page.size()) && ::fdatasync(fd) == 0;
        passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    }
    ::close(fd);
    ::unlink(path.c_str());
    if (!is_good) throw std::runtime_error("cannot write " + path);
    return static_cast<double>(count) / passed;
}

}  // namespace chayan::bench
