// SPDX-License-Identifier: Apache-2.0
#include "service/key_files.hpp"

#include "service/recovery_half.hpp"
#include "service/stage.hpp"
#include "storage/store.hpp"

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

using namespace chayan;
using namespace chayan::service;
using chayan::service::testing::Folder;
using Catch::Matchers::Contains;

namespace {

unsigned mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

const domain::Day day = *domain::parse_date("2026-02-02");

struct Keys {
    Keys() : recovery(key_files::create(path)) {}
    std::string vault_fault() const {
        try {
            Vault vault(path, domain::TimeZone::fixed(0));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return {};
    }
    Folder folder;
    std::string path = (folder.path / "keys").string();
    std::string recovery;
};

}  // namespace

TEST_CASE("keys are made once, for their owner alone, with a recovery key that is kept nowhere") {
    const Keys keys;
    CHECK(mode_of(keys.path) == 0700);
    CHECK(mode_of(keys.path + "/day") == 0700);
    for (const char* name : {"/master.key", "/recovery.pub"}) {
        CHECK(mode_of(keys.path + name) == 0600);
        CHECK(std::filesystem::file_size(keys.path + name) == 32);
    }
    CHECK(keys.recovery.size() == 52 + 12);
    CHECK(keys.recovery.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz-") == std::string::npos);
    CHECK(std::distance(std::filesystem::directory_iterator(keys.path), {}) == 4);
    CHECK(key_files::create((keys.folder.path / "other").string()) != keys.recovery);
    CHECK_THROWS_WITH(key_files::create(keys.path), Contains("never replaced"));
    CHECK(keys.vault_fault().empty());
}

TEST_CASE("a backup is refused while recovery.pub is not the half that was made") {
    const Keys keys;
    CHECK_NOTHROW(key_files::read_folder(keys.path));
    {
        std::fstream file(keys.path + "/recovery.pub", std::ios::in | std::ios::out | std::ios::binary);
        file.put('\x55').put('\xaa');
    }
    CHECK_FALSE(key_files::is_recovery_half_whole(keys.path));
    CHECK_THROWS_WITH(key_files::read_folder(keys.path), Contains("recovery.pub") && Contains("damaged"));
    std::filesystem::remove(keys.path + "/recovery.mac");   // a folder of an earlier build: nothing to compare with yet
    CHECK(key_files::is_recovery_half_whole(keys.path));
    key_files::pin_recovery_half(keys.path);
    CHECK(mode_of(keys.path + "/recovery.mac") == 0600);
    CHECK(key_files::is_recovery_half_whole(keys.path));
}

TEST_CASE("a damaged recovery.pub is not taken for the one that was made by a later start") {
    const Keys keys;
    {
        std::fstream file(keys.path + "/recovery.pub", std::ios::in | std::ios::out | std::ios::binary);
        file.put('\x55').put('\xaa');
    }
    key_files::pin_recovery_half(keys.path);
    CHECK_FALSE(key_files::is_recovery_half_whole(keys.path));
}

TEST_CASE("a day whose key was destroyed gets no other") {
    const Keys keys;
    std::ofstream(keys.path + "/day/2026-02-02.destroyed").flush();
    CHECK_THROWS_WITH(key_files::make_day_key(keys.path, day), Contains("destroyed") && Contains("2026-02-02"));
    CHECK_FALSE(std::filesystem::exists(keys.path + "/day/2026-02-02.key"));
    CHECK_NOTHROW(key_files::make_day_key(keys.path, *domain::parse_date("2026-02-03")));
}

TEST_CASE("a day's key is written whole, read back, and told apart from what is none") {
    const Keys keys;
    const auto made = key_files::make_day_key(keys.path, day);
    const auto file = keys.path + "/day/2026-02-02.key";
    CHECK(mode_of(file) == 0600);
    CHECK_FALSE(std::filesystem::exists(file + ".new"));
    const auto half = keys.path + "/day/2026-02-03.key.new";   // a crash while the next one was written
    std::ofstream(half) << "half";
    REQUIRE(::chmod(half.c_str(), 0600) == 0);
    std::ofstream(keys.path + "/day/notes.key") << "not a day";
    const auto loaded = key_files::load_day_keys(keys.path);
    REQUIRE(loaded.size() == 1);
    CHECK(loaded.at(day) == made);
    CHECK(key_files::make_day_key(keys.path, *domain::parse_date("2026-02-03")) != made);
    CHECK(key_files::load_day_keys(keys.path).size() == 2);
}

TEST_CASE("a key that can't be written says what can be done about it, and leaves nothing behind") {
    using storage::StoreError;
    const Keys keys;
    const auto kind = [&] {
        try {
            (void)key_files::make_day_key(keys.path, day);
        } catch (const StoreError& error) {
            CHECK_THAT(error.what(), Contains("2026-02-02.key"));
            return std::optional(error.kind());
        }
        return std::optional<StoreError::Kind>{};
    };
    const auto fresh = keys.path + "/day/2026-02-02.key.new";
    std::filesystem::create_symlink("/dev/full", fresh);   // a disk without space
    CHECK(kind() == StoreError::Kind::full);
    CHECK(std::filesystem::is_empty(keys.path + "/day"));
    rlimit files{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &files) == 0);
    const rlimit none{0, files.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto without_handles = kind();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &files) == 0);
    CHECK(without_handles == StoreError::Kind::full);
    std::filesystem::create_directory(fresh);              // nothing that waiting would help
    CHECK(kind() == StoreError::Kind::other);
    std::filesystem::remove(fresh);
    CHECK_FALSE(kind());
}

TEST_CASE("a key that is missing, of the wrong size, or readable by others is refused with a sentence that says what to do") {
    for (const char* name : {"/master.key", "/day/2026-02-02.key"}) {
        const Keys keys;
        (void)key_files::make_day_key(keys.path, day);
        const auto file = keys.path + name;
        for (const auto mode : {0640U, 0604U, 0660U, 0601U}) {
            REQUIRE(::chmod(file.c_str(), mode) == 0);
            CHECK_THAT(keys.vault_fault(), Contains("others may read") && Contains("chmod 600") && Contains(file));
        }
        REQUIRE(::chmod(file.c_str(), 0400) == 0);
        CHECK(keys.vault_fault().empty());
        REQUIRE(::chmod(file.c_str(), 0600) == 0);
        const auto size = std::filesystem::file_size(file);
        std::filesystem::resize_file(file, size - 1);
        CHECK_THAT(keys.vault_fault(), Contains("wrong size") && Contains(file));
        std::filesystem::resize_file(file, size + 1);
        CHECK_THAT(keys.vault_fault(), Contains("wrong size"));
        std::filesystem::resize_file(file, 0);
        CHECK_THAT(keys.vault_fault(), Contains("wrong size"));
    }
    const Keys keys;
    std::filesystem::remove(keys.path + "/master.key");
    CHECK_THAT(keys.vault_fault(), Contains("restore the keys") && Contains("master.key"));
}

TEST_CASE("how long scans are kept is noted beside the keys, for their owner alone, and is 0 where nobody noted it") {
    const Keys keys;
    CHECK(key_files::noted_scan_days(keys.path) == 0);
    key_files::note_scan_days(keys.path, 60);
    CHECK(key_files::noted_scan_days(keys.path) == 60);
    CHECK(mode_of(keys.path + "/scan-days") == 0600);
    key_files::note_scan_days(keys.path, 28);
    CHECK(key_files::noted_scan_days(keys.path) == 28);
    std::ofstream(keys.path + "/scan-days", std::ios::trunc) << "sixty";
    CHECK(key_files::noted_scan_days(keys.path) == 0);
}
