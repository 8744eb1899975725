// SPDX-License-Identifier: Apache-2.0
// What the writer is measured against, on the same disk in the same run: SQLite alone with the same pragmas and rows of the
// same size, and the disk alone. One thread.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>

namespace chayan::bench {

/// A table like the scan log, without sealing, rules, replies or a high-water mark.
class PlainTable {
public:
    /// Makes reference.db in the directory. Throws std::runtime_error.
    explicit PlainTable(const std::string& directory);
    /// One durable transaction.
    void append(std::size_t rows);

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;
    Prepared prepare(const char* sql);
    void run(const char* sql);

    std::unique_ptr<sqlite3, Close> handle_;
    Prepared begin_, commit_, insert_;
    std::int64_t last_ = 0;
};

/// Appends of 4 KiB with fdatasync after each, a second, over about `seconds`.
double syncs_a_second(const std::string& directory, double seconds);

}  // namespace chayan::bench
