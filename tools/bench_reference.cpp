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

PlainTable::PlainTable(const std::string& directory) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open((directory + "/reference.db").c_str(), &handle);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errstr(code));
    // As in storage/sqlite/database.cpp.
    for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON",
                               "PRAGMA cell_size_check=ON", "PRAGMA journal_size_limit=67108864", "PRAGMA wal_autocheckpoint=4000"})
        run(pragma);
    run("CREATE TABLE scan (id INTEGER PRIMARY KEY, site INTEGER NOT NULL, at INTEGER NOT NULL, direction INTEGER NOT NULL, "
        "source INTEGER NOT NULL, temperature INTEGER, delay_s INTEGER, sealed BLOB NOT NULL) STRICT");
    begin_ = prepare("BEGIN IMMEDIATE");
    commit_ = prepare("COMMIT");
    insert_ = prepare("INSERT INTO scan (id, site, at, direction, source, sealed) VALUES (?, ?, ?, 1, 0, ?)");
}

PlainTable::Prepared PlainTable::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr);
    if (code != SQLITE_OK) throw std::runtime_error(std::string("SQLite: ") + sqlite3_errstr(code));
    return Prepared(statement);
}

void PlainTable::run(const char* sql) { step(prepare(sql).get()); }

void PlainTable::append(std::size_t rows) {
    step(begin_.get());
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
    step(commit_.get());
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
