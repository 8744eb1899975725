// SPDX-License-Identifier: Apache-2.0
// Rows for tests of the store, each told apart by a number, and a folder that is gone when the test ends.
#pragma once

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "storage/store.hpp"

namespace chayan::storage {

inline constexpr domain::Instant morning{1'580'688'000};   // 2020-02-03T00:00:00Z

inline Blind blind(std::uint8_t n) {
    Blind value{};
    value.fill(n);
    return value;
}

inline ScanRow scan(std::uint64_t seq, std::uint32_t site = 1, std::int64_t second = 0) {
    ScanRow row{{seq}, {site}, morning + second, domain::Direction::in, domain::Source::screen, 365, 7, {}};
    row.sealed = blind(static_cast<std::uint8_t>(seq));
    return row;
}
inline RegistrationRow registration(std::uint64_t id, std::uint32_t person = 1) {
    RegistrationRow row;
    row.id = {id};
    row.person = {person};
    row.holder = {id};
    row.at = morning;
    row.name = blind(1);
    row.profile = std::string("sealed \0 bytes", 14);
    return row;
}
inline SiteRow site(std::uint32_t id) {
    SiteRow row;
    row.id = {id};
    row.place = {id};
    row.ref = "BD-" + std::to_string(id);
    row.name = "检查点";
    row.division = {130'682'000'000, 6};
    return row;
}
inline OperatorRow staff(std::uint32_t id, const std::string& login) { return {{id}, login, 4, {130'682'000'000, 6}, "$argon2id$", {}}; }
inline AuditRow audit(std::uint64_t seq) { return {seq, morning, {2}, "case_opened", "2020-7", "sealed", {1, 2, 3}}; }

class Folder {
public:
    Folder() {
        std::string name = "/dev/shm/chayan-storage-XXXXXX";   // in memory, where a sync costs nothing
        if (::mkdtemp(name.data()) == nullptr) {
            name = (std::filesystem::temp_directory_path() / "chayan-storage-XXXXXX").string();
            if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        }
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string operator/(const char* name) const { return path + "/" + name; }
    std::string path;
};

/// One in which a store can make no reserve: it takes 20 MB and no part in most tests.
struct BareFolder : Folder {
    BareFolder() { std::filesystem::create_directory(path + "/reserve"); }
};

inline std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
inline void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}
/// Runs statements on a database that no store has open; what an administrator with a shell might do. The first value, if any.
inline std::string run_sql(const std::string& path, const std::string& sql) {
    sqlite3* handle = nullptr;
    std::string value;
    const auto take = [](void* out, int count, char** values, char**) {
        if (count > 0 && values[0] != nullptr) *static_cast<std::string*>(out) = values[0];
        return 0;
    };
    const bool done = sqlite3_open(path.c_str(), &handle) == SQLITE_OK && sqlite3_exec(handle, sql.c_str(), take, &value, nullptr) == SQLITE_OK;
    const std::string why = done ? "" : sqlite3_errmsg(handle);
    sqlite3_close(handle);
    if (!done) throw std::runtime_error(why);
    return value;
}

}  // namespace chayan::storage
