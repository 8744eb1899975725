// SPDX-License-Identifier: Apache-2.0
// What the writer is measured against, on the same disk in the same run: SQLite alone with the same pragmas and rows of the
// same size, and the disk alone. Each object is used by one thread. Errors are std::runtime_error.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chayan::bench {

/// A database with the service's pragmas.
class PlainDatabase {
public:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

    /// Makes the file when it is not there.
    explicit PlainDatabase(const std::string& path);
    Prepared prepare(const char* sql);
    void run(const char* sql);
    void begin();
    void commit();

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
    Prepared begin_, commit_;
};

/// A table like the scan log, without sealing, rules, replies or a high-water mark.
class PlainTable {
public:
    /// Makes reference.db in the directory.
    explicit PlainTable(const std::string& directory);
    /// One durable transaction.
    void append(std::size_t rows);

private:
    PlainDatabase database_;
    PlainDatabase::Prepared insert_;
    std::int64_t last_ = 0;
};

/// What a registration is looked for by and kept as, once somebody has blinded and sealed it.
struct PlainStatement {
    std::array<std::uint8_t, 16> name, document, phone;
    std::string profile;
};

/// A service's own table of registrations with all of its indexes, in a copy of its database file, without sealing, rules or replies.
class PlainRegister {
public:
    explicit PlainRegister(const std::string& path);
    /// One durable transaction: for each, whom document and name and then phone and name belong to, and a row. How many were known.
    std::size_t append(const std::vector<PlainStatement>& statements);

private:
    /// The person, or 0.
    static std::int64_t find(sqlite3_stmt* query, const std::array<std::uint8_t, 16>& key, const std::array<std::uint8_t, 16>& name);

    PlainDatabase database_;
    PlainDatabase::Prepared by_document_, by_phone_, insert_;
    std::int64_t last_ = 0, last_person_ = 0;
};

/// Appends of 4 KiB with fdatasync after each, a second, over about `seconds`.
double syncs_a_second(const std::string& directory, double seconds);

}  // namespace chayan::bench
