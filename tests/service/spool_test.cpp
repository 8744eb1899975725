// SPDX-License-Identifier: Apache-2.0
#include "service/spool.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "service/stage.hpp"

using namespace chayan;
using namespace chayan::service;
using service::testing::Folder;

namespace {

constexpr std::string_view planted = "王建国130682199013010018";

std::string read_all(Spool& spool, std::size_t at_once) {
    std::string all;
    for (;;) {
        const auto piece = spool.read(at_once);
        REQUIRE(piece);
        if (piece->empty()) return all;
        REQUIRE(piece->size() <= at_once);
        all += *piece;
    }
}

/// What lies in the only open file of this process below the folder.
std::string bytes_on_disk(const std::filesystem::path& folder) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code ignored;
        const auto target = std::filesystem::read_symlink(entry.path(), ignored).string();
        if (!target.starts_with(folder.string())) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    return {};
}

}  // namespace

TEST_CASE("what was appended is read back, in pieces of any size, with its length and digest known before") {
    const Folder folder;
    const SpoolFolder spools((folder.path / "spool").string(), 0);
    for (const std::size_t at_once : {1UL, 7UL, 4'096UL, 1'000'000UL}) {
        auto spool = spools.open();
        REQUIRE(spool);
        std::string all;
        for (int i = 0; i < 500; ++i) {
            const auto piece = std::string(static_cast<std::size_t>(i % 17), static_cast<char>('a' + i % 26));
            REQUIRE((*spool)->append(piece));
            all += piece;
        }
        (*spool)->finish();
        CHECK((*spool)->size() == all.size());
        CHECK(read_all(**spool, at_once) == all);
        CHECK((*spool)->digest().size() == 44);
    }
}

TEST_CASE("the digest is SHA-256 in base64") {
    const Folder folder;
    const SpoolFolder spools((folder.path / "spool").string(), 0);
    auto spool = spools.open();
    REQUIRE(spool);
    (*spool)->finish();
    CHECK((*spool)->digest() == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");   // of nothing
    auto other = spools.open();
    REQUIRE((*other)->append("{\"hello\": \"world\"}\n"));
    (*other)->finish();
    CHECK((*other)->digest() == "RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=");   // RFC 9530, appendix B
}

TEST_CASE("a spool has no name, and what lies on the disk is not what was written") {
    const Folder folder;
    const SpoolFolder spools((folder.path / "spool").string(), 0);
    auto spool = spools.open();
    REQUIRE(spool);
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += planted;
    REQUIRE((*spool)->append(text));
    (*spool)->finish();
    CHECK(std::filesystem::is_empty(folder.path / "spool"));
    const auto bytes = bytes_on_disk(folder.path);
    CHECK(bytes.size() == text.size());
    CHECK(bytes.find(planted) == std::string::npos);
    CHECK(bytes.find("130682") == std::string::npos);

    auto same = spools.open();
    REQUIRE((*same)->append(text));
    spool->reset();
    CHECK(bytes_on_disk(folder.path) != bytes);   // a key of its own
}

TEST_CASE("the folder is the service's own, and what a crash left there is gone at the start") {
    const Folder folder;
    const auto path = folder.path / "spool";
    std::filesystem::create_directories(path / "old");
    std::ofstream(path / "old" / "left") << "x";
    const SpoolFolder spools(path.string());
    CHECK(std::filesystem::is_empty(path));
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0700);
}

TEST_CASE("an export never takes the space that scans need") {
    const Folder folder;
    const SpoolFolder spools((folder.path / "spool").string(), ~0ULL);
    const auto spool = spools.open();
    REQUIRE_FALSE(spool);
    CHECK(std::string(spool.error().code) == "disk_short");
    CHECK(spool.error().kind == kit::Errc::busy);
}
