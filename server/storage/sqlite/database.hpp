// SPDX-License-Identifier: Apache-2.0
// A thin cover over SQLite's C API: connections and statements that clean up after themselves, and its errors as StoreError.
// One thread for each Database.
#pragma once

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/store.hpp"

namespace chayan::storage::sqlite {

[[noreturn]] void throw_store_error(sqlite3* handle, int code);

/// A prepared statement in use: bind in order, step, read columns in order. Reset when it goes out of scope.
class Statement {
public:
    explicit Statement(sqlite3_stmt* prepared) : prepared_(prepared) {}
    ~Statement() {
        sqlite3_reset(prepared_);
        sqlite3_clear_bindings(prepared_);
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    template <class T>
        requires std::is_integral_v<T>
    Statement& bind(T value) { return check(sqlite3_bind_int64(prepared_, ++bound_, static_cast<sqlite3_int64>(value))); }
    Statement& bind(double value) { return check(sqlite3_bind_double(prepared_, ++bound_, value)); }
    Statement& bind_null() { return check(sqlite3_bind_null(prepared_, ++bound_)); }
    /// The caller keeps the bytes until the step.
    Statement& bind_text(std::string_view value);
    Statement& bind_blob(const void* data, std::size_t size);
    Statement& bind_blob(std::string_view value) { return bind_blob(value.data(), value.size()); }
    template <std::size_t n>
    Statement& bind_blob(const std::array<std::uint8_t, n>& value) { return bind_blob(value.data(), n); }
    template <class T>
    Statement& bind_optional(const std::optional<T>& value) { return value ? bind(*value) : bind_null(); }

    /// True while there is a row.
    bool step();
    /// Requires: gives no rows.
    void run() { CHECK(!step()); }

    std::int64_t integer(int column) const { return sqlite3_column_int64(prepared_, column); }
    double real(int column) const { return sqlite3_column_double(prepared_, column); }
    bool is_null(int column) const { return sqlite3_column_type(prepared_, column) == SQLITE_NULL; }
    std::string text(int column) const;
    template <std::size_t n>
    std::array<std::uint8_t, n> bytes(int column) const {
        std::array<std::uint8_t, n> out{};
        const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(prepared_, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared_, column));
        for (std::size_t i = 0; i < n && i < size; ++i) out[i] = data[i];
        return out;
    }

private:
    Statement& check(int code) {
        if (code != SQLITE_OK) throw_store_error(sqlite3_db_handle(prepared_), code);
        return *this;
    }
    sqlite3_stmt* prepared_;
    int bound_ = 0;
};

enum class Access : std::uint8_t { writing, reading };

class Database {
public:
    /// Opens and hardens: sets every pragma and reads it back. Closing never checkpoints until allow_checkpoint.
    Database(const std::string& path, const std::string& vfs, Access access);

    /// `sql` must be a literal: the statement is prepared once and kept by its address.
    Statement statement(const char* sql);
    /// Several statements, for schema and pragmas only.
    void execute(const std::string& sql);
    std::string pragma(const std::string& name);
    void allow_checkpoint();
    bool is_writing() const { return access_ == Access::writing; }
    sqlite3* handle() { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* prepared) const { sqlite3_finalize(prepared); }
    };
    void harden();

    Access access_;
    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

}  // namespace chayan::storage::sqlite
