// SPDX-License-Identifier: Apache-2.0
// A rotation of the wrapping key, ended at each of its steps.
#include "service/key_wrapping.hpp"

#include "service/day_key_end.hpp"
#include "service/key_files.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

using namespace chayan;
using namespace chayan::service;
using chayan::service::testing::Folder;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

domain::Day day(int number) { return {domain::parse_date("2026-02-02")->number + number}; }

std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

/// What ends a rotation: nothing of it is taken back.
struct End {};

struct Keys {
    Keys() {
        key_files::create(path);
        for (int i = 0; i < 5; ++i) days[day(i)] = key_files::make_day_key(path, day(i));
        master = key_files::load_master(path);
    }
    void rotate(const std::string& where = {}) const {
        key_files::begin_rotation(path, where);
        key_files::finish_rotation(path);
    }
    bool opens() const { return key_files::load_master(path) == master && key_files::load_day_keys(path) == days; }
    std::string file(const char* name) const { return path + '/' + name; }
    bool has(const char* name) const { return fs::exists(file(name)); }
    /// None of the key files shows its key, and only the current wrapping key lies there.
    bool is_wrapped() const {
        const auto bytes = read(file("master.key"));
        return bytes.size() == 32 + key_files::wrapping_bytes && bytes.find(std::string(master.begin(), master.end())) == std::string::npos && has("wrapping.key") &&
               !has("wrapping-next.key") && !has("wrapping-old.key");
    }
    Folder folder;
    std::string path = (folder.path / "keys").string();
    std::map<domain::Day, key_files::DayKeyBytes> days;
    crypto::Key master{};
};

}  // namespace

TEST_CASE("after a rotation each key is what it was, its file is another, and no file of before opens") {
    const Keys keys;
    keys.rotate();
    CHECK(keys.is_wrapped());
    CHECK(keys.opens());
    struct stat status {};
    REQUIRE(::stat(keys.file("wrapping.key").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
    const auto before = read(keys.file("master.key")), wrapping = read(keys.file("wrapping.key"));
    keys.rotate();
    CHECK(keys.opens());
    CHECK(read(keys.file("wrapping.key")) != wrapping);
    std::ofstream(keys.file("master.key"), std::ios::binary) << before;   // a copy that somebody took before
    CHECK_THROWS_WITH(key_files::load_master(keys.path), Contains("wrapping key is not there"));
    CHECK(key_files::finish_rotation(keys.path) == 0);
}

TEST_CASE("whatever step a rotation ends at, the folder opens, goes on making and destroying days, and the next try finishes") {
    const bool was_wrapped = GENERATE(false, true);
    bool is_over = false;
    int ends = 0;
    for (; !is_over; ends += is_over ? 0 : 1) {
        CAPTURE(was_wrapped, ends);
        Keys keys;
        if (was_wrapped) keys.rotate();
        int steps = 0;
        is_over = true;
        key_files::begin_rotation(keys.path, {});
        try {
            (void)key_files::finish_rotation(keys.path, [&] {
                if (steps++ == ends) throw End();
            });
        } catch (const End&) {
            is_over = false;
        }
        CHECK(keys.opens());
        CHECK(key_files::has_rotation_begun(keys.path) != is_over);
        keys.days[day(9)] = key_files::make_day_key(keys.path, day(9));
        key_files::destroy_day_key(keys.path, day(0));
        keys.days.erase(day(0));
        CHECK(keys.opens());
        key_files::finish_rotation(keys.path);
        CHECK(keys.is_wrapped());
        CHECK(keys.opens());
    }
    CHECK(ends == (was_wrapped ? 6 + 3 : 6 + 1));   // six files; the old wrapping key set aside, the new one in its place, the old one erased
}

TEST_CASE("the wrapping key may lie elsewhere: a copy of the key folder alone is worth nothing, and it says whose disk is missing") {
    const Keys keys;
    const auto stick = keys.folder.path / "stick";
    fs::create_directory(stick);
    keys.rotate((stick / "one.key").string());
    CHECK(fs::is_symlink(keys.file("wrapping.key")));
    CHECK(keys.opens());
    keys.rotate();   // stays on that disk
    CHECK_FALSE(fs::exists(stick / "one.key"));
    CHECK(std::distance(fs::directory_iterator(stick), {}) == 1);
    CHECK(keys.opens());
    CHECK_THROWS_WITH(key_files::begin_rotation(keys.path, fs::directory_iterator(stick)->path().string()), Contains("is there already"));
    CHECK_THROWS_WITH(key_files::begin_rotation(keys.path, keys.file("mine.key")), Contains("in the key folder"));
    fs::rename(stick, keys.folder.path / "drawer");
    CHECK_THROWS_WITH(key_files::load_master(keys.path), Contains("wrapping key is not there") && Contains("mount its disk"));
    CHECK_THROWS(key_files::make_day_key(keys.path, day(7)));   // never in the open because the key is away
    fs::rename(keys.folder.path / "drawer", stick);
    CHECK(keys.opens());
}

TEST_CASE("a flipped bit in a wrapped key, or one day's file in place of another's, is found") {
    const Keys keys;
    keys.rotate();
    const auto master = read(keys.file("master.key"));
    for (std::size_t at = 0; at < master.size(); ++at) {
        auto bad = master;
        bad[at] = static_cast<char>(bad[at] ^ 4);
        std::ofstream(keys.file("master.key"), std::ios::binary) << bad;
        CHECK_THROWS(key_files::load_master(keys.path));
    }
    std::ofstream(keys.file("master.key"), std::ios::binary) << master;
    CHECK(keys.opens());
    fs::copy_file(keys.file("day/2026-02-02.key"), keys.file("day/2026-02-03.key"), fs::copy_options::overwrite_existing);
    CHECK_THROWS_WITH(key_files::load_day_keys(keys.path), Contains("2026-02-03"));
}

TEST_CASE("a backup takes the keys without their wrapping, and never the wrapping key") {
    const Keys keys;
    const auto before = key_files::read_folder(keys.path);
    keys.rotate();
    CHECK(key_files::read_folder(keys.path) == before);
}
