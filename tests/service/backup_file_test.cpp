// SPDX-License-Identifier: Apache-2.0
#include "service/backup_file.hpp"

#include "service/stage.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fstream>
#include <numeric>
#include <sstream>

using namespace chayan;
using namespace chayan::service;
using chayan::service::testing::Folder;

namespace {

constexpr std::size_t chunk = 64 * 1024;
const backup_file::GoOn all_of_it = [](std::uint64_t, std::uint64_t) { return true; };

crypto::Key key_of(std::uint8_t byte) {
    crypto::Key key;
    key.fill(byte);
    return key;
}

std::string sample(std::size_t size) {
    std::string text(size, '\0');
    std::uint32_t state = 7;
    for (auto& c : text) c = static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24U);
    return text;
}

std::string code_of(const auto& result) { return result ? "" : result.error().code; }

/// A backup of so many bytes of database.
struct Written {
    explicit Written(std::size_t size) : text(sample(size)) {
        write_text(database, text);
        const auto made = backup_file::write(path, id, key_of(1), "a manifest", database, all_of_it);
        REQUIRE(made);
        digest = *made;
    }
    std::string at(const char* name) const { return (folder.path / name).string(); }
    static void write_text(const std::string& to, const std::string& bytes) { std::ofstream(to, std::ios::binary) << bytes; }
    static std::string read_text(const std::string& from) {
        std::ostringstream bytes;
        bytes << std::ifstream(from, std::ios::binary).rdbuf();
        return bytes.str();
    }
    /// What reading says when the file is this.
    std::string fault(const std::string& bytes) const {
        write_text(at("changed"), bytes);
        return code_of(backup_file::read(at("changed"), key_of(1), {}, all_of_it));
    }
    Folder folder;
    std::string text, database = at("db"), path = at("file");
    backup_file::Id id = backup_file::make_id();
    backup_file::Digest digest{};
};

}  // namespace

TEST_CASE("what was written is read back to the byte, at every size around a chunk, and is its owner's alone") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 5}) {
        CAPTURE(size);
        const Written written(size);
        const auto out = written.at("out");
        const auto read = backup_file::read(written.path, key_of(1), out, all_of_it);
        REQUIRE(read);
        CHECK(read->manifest == "a manifest");
        CHECK(read->id == written.id);
        CHECK(read->digest == written.digest);
        CHECK(read->digest == backup_file::digest_of(written.path));
        CHECK(read->database == backup_file::digest_of(written.database));
        CHECK(Written::read_text(out) == written.text);
        CHECK(*backup_file::read_id(written.path) == written.id);
        for (const auto& path : {written.path, out}) {
            struct stat status {};
            REQUIRE(::stat(path.c_str(), &status) == 0);
            CHECK((status.st_mode & 0777U) == 0600);
        }
    }
}

TEST_CASE("nothing of the database, the manifest or the key can be seen in the file") {
    const Written written(2 * chunk);
    const auto bytes = Written::read_text(written.path);
    CHECK(bytes.find("a manifest") == std::string::npos);
    for (std::size_t i = 0; i + 16 <= written.text.size(); i += 1'000) CHECK(bytes.find(written.text.substr(i, 16)) == std::string::npos);
    CHECK(bytes.find(std::string(8, '\1')) == std::string::npos);
}

TEST_CASE("cut short anywhere it is told to be cut short, never to be whole") {
    const Written written(chunk + 100);
    const auto bytes = Written::read_text(written.path);
    for (const std::size_t left : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{40}, std::size_t{103}, std::size_t{104},
                                   chunk, bytes.size() - 101, bytes.size() - 1}) {
        CAPTURE(left);
        CHECK(written.fault(bytes.substr(0, left)) == "backup_truncated");
    }
    CHECK(written.fault(bytes + "x") == "backup_damaged");
    CHECK(written.fault(bytes).empty());
}

TEST_CASE("a flipped bit anywhere is found, and so are two chunks that changed places") {
    const Written written(2 * chunk + 100);
    const auto bytes = Written::read_text(written.path);
    std::vector<std::size_t> places(140);
    std::iota(places.begin(), places.end(), 0);   // all of the heading and the manifest
    for (std::size_t at = 140; at < bytes.size(); at += 997) places.push_back(at);
    places.push_back(bytes.size() - 1);
    for (const auto at : places) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 4);
        CAPTURE(at);
        CHECK(written.fault(changed) == (at < 16 ? "backup_foreign" : "backup_damaged"));
    }
    const auto first = bytes.size() - 100 - 17 - 2 * (chunk + 17);
    auto swapped = bytes;
    std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(first), swapped.begin() + static_cast<std::ptrdiff_t>(first + chunk + 17),
                     swapped.begin() + static_cast<std::ptrdiff_t>(first + chunk + 17));
    CHECK(written.fault(swapped) == "backup_damaged");
}

TEST_CASE("another key, another file's heading, and what is no backup at all are refused") {
    const Written written(1'000), other(1'000);
    CHECK(code_of(backup_file::read(written.path, key_of(2), {}, all_of_it)) == "backup_damaged");
    const auto bytes = Written::read_text(written.path), others = Written::read_text(other.path);
    CHECK(written.fault(others.substr(0, 104) + bytes.substr(104)) == "backup_damaged");
    CHECK(written.fault("SQLite format 3, and so on and on and on") == "backup_foreign");
    CHECK_THROWS_WITH(backup_file::read_id(written.at("none")), Catch::Matchers::Contains("none: cannot read the file"));
    CHECK_THROWS_WITH(backup_file::read_id(written.folder.path.string()), Catch::Matchers::Contains("not a file"));
}

TEST_CASE("two backups of the same are not the same") {
    const Written one(1'000), two(1'000);
    CHECK(one.id != two.id);
    CHECK(Written::read_text(one.path).substr(104) != Written::read_text(two.path).substr(104));
}

TEST_CASE("an existing file is not written over, and who gives up is told so") {
    const Written written(5 * chunk);
    CHECK_THROWS_WITH(backup_file::write(written.path, written.id, key_of(1), "", written.database, all_of_it), Catch::Matchers::Contains("cannot write"));
    int calls = 0;
    const auto twice = [&](std::uint64_t done, std::uint64_t total) { return done <= total && ++calls < 2; };
    CHECK(code_of(backup_file::write(written.at("two"), written.id, key_of(1), "", written.database, twice)) == "backup_stopped");
    CHECK(calls == 2);
    CHECK(code_of(backup_file::read(written.path, key_of(1), {}, [](std::uint64_t, std::uint64_t) { return false; })) == "backup_stopped");
}
