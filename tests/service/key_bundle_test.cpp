// SPDX-License-Identifier: Apache-2.0
#include "service/key_bundle.hpp"

#include "kit/limits.hpp"
#include "service/manifest.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace chayan;
using namespace chayan::service;
using chayan::service::testing::Folder;
using Catch::Matchers::Contains;

namespace {

const domain::Day monday = *domain::parse_date("2026-02-02");
const domain::Day tuesday{monday.number + 1};

std::string code_of(const auto& result) { return result ? "" : result.error().code; }

/// A key folder with the keys of two days, and its bundle.
struct Keys {
    Keys() {
        (void)key_files::make_day_key(path, monday);
        (void)key_files::make_day_key(path, tuesday);
    }
    key_bundle::Bundle bundle() const {
        key_bundle::Bundle made;
        made.backup.fill(3);
        made.file.fill(4);
        made.keys = key_files::read_folder(path);
        return made;
    }
    kit::Result<key_bundle::Bundle> open(const std::string& text, const std::string& typed) const {
        const auto key = key_bundle::RecoveryKey::parse(typed);
        REQUIRE(key);
        return key_bundle::open(text, *key);
    }
    Folder folder;
    std::string path = (folder.path / "keys").string();
    std::string recovery = key_files::create(path);
};

}  // namespace

TEST_CASE("the keys come out as they went in, with the recovery key alone") {
    const Keys keys, others;
    const auto text = key_bundle::seal(keys.bundle());
    const auto opened = keys.open(text, keys.recovery);
    REQUIRE(opened);
    CHECK(opened->backup == keys.bundle().backup);
    CHECK(opened->file == keys.bundle().file);
    CHECK(opened->keys == keys.bundle().keys);
    CHECK(opened->keys.size() == 5);
    CHECK(code_of(keys.open(text, others.recovery)) == "recovery_key_wrong");
    CHECK(*key_bundle::read_id(text) == keys.bundle().backup);
    for (const auto& [name, bytes] : keys.bundle().keys)
        if (name != "recovery.pub") CHECK(text.find(bytes.substr(0, 16)) == std::string::npos);
}

TEST_CASE("the recovery key is understood however it is typed, and a slip is told from another key") {
    const Keys keys;
    const auto text = key_bundle::seal(keys.bundle());
    std::string capitals, bare, confused;
    for (const char c : keys.recovery) {
        capitals.push_back(static_cast<char>(std::toupper(c)));
        if (c != '-') bare.push_back(c);
        confused.push_back(c == '0' ? 'O' : c == '1' ? 'l' : c);
    }
    for (const auto& typed : {keys.recovery, capitals, bare, confused, " " + keys.recovery + "\r\n", "\t" + bare + " "}) CHECK(keys.open(text, typed));
    for (const auto& typed : {std::string(), std::string("abcd"), bare.substr(1), bare + "0", std::string(52, 'u'), bare.substr(1) + "!", std::string(10'000, 'a'),
                              bare.substr(0, 51) + "z"})
        CHECK(code_of(key_bundle::RecoveryKey::parse(typed)) == "recovery_key_malformed");
    auto slipped = bare;
    slipped[3] = slipped[3] == 'a' ? 'b' : 'a';
    CHECK(code_of(keys.open(text, slipped)) == "recovery_key_wrong");
}

TEST_CASE("damage to the bundle is told to be damage, wherever it is, and what is no bundle is told to be none") {
    const Keys keys;
    const auto text = key_bundle::seal(keys.bundle());
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto changed = text;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        CAPTURE(at);
        REQUIRE(code_of(keys.open(changed, keys.recovery)) == (at < 16 ? "keys_foreign" : "keys_damaged"));
    }
    for (std::size_t left = 0; left < text.size(); left += 7) REQUIRE(code_of(key_bundle::read_id(text.substr(0, left))) == "keys_damaged");
    CHECK(code_of(key_bundle::read_id(text + "x")) == "keys_damaged");
    CHECK(code_of(key_bundle::read_id("something else")) == "keys_foreign");
    CHECK(code_of(key_bundle::read_text(keys.path + "/none")) == "keys_missing");
}

TEST_CASE("keys of expired days do not come out of a bundle, and how many is told") {
    const Keys keys;
    CHECK(keys.bundle().keys.contains("day/2026-02-02.key"));
    const auto to = (keys.folder.path / "restored").string();
    CHECK(key_files::write_folder(to, keys.bundle().keys, tuesday) == 1);
    CHECK(key_files::load_day_keys(to).size() == 1);
    CHECK(key_files::destroyed_days(to) == std::set<domain::Day>{monday});
    CHECK(key_files::destroyed_days(keys.path).empty());
    const auto next = key_files::read_folder(to);
    CHECK(next.at("day/2026-02-02.destroyed").empty());
    const auto again = (keys.folder.path / "again").string();
    CHECK(key_files::write_folder(again, next, tuesday) == 0);
    CHECK(key_files::read_folder(again) == next);
    const auto zone = domain::TimeZone::fixed(8 * 3600);
    const auto noon = *domain::parse_rfc3339("2026-02-02T04:00:00Z");
    CHECK(key_bundle::first_kept_day(zone, noon, 28) == domain::Day{monday.number - 29});
    CHECK(key_bundle::first_kept_day(zone, noon + 12 * 3600, 28) == domain::Day{monday.number - 28});
}

TEST_CASE("a folder with a key missing makes no bundle, half-written and hidden files stay out, and no name leads elsewhere") {
    const Keys keys;
    std::ofstream(keys.path + "/day/2026-02-04.key.new") << "half";
    std::ofstream(keys.path + "/.hidden") << "hidden";
    CHECK(keys.bundle().keys.size() == 5);
    for (const char* name : {"../master.key", "/etc/chayan", "day/../../x", "day/", "", ".ssh", "a/b", "day/a/b", "Master.key"})
        CHECK_THROWS_WITH(key_files::write_folder((keys.folder.path / "elsewhere").string(), {{name, "x"}}, {}), Contains("no key"));
    const auto add = [&](const char* name, std::size_t size) {
        std::ofstream(keys.path + "/" + name) << std::string(size, 'x');
        std::filesystem::permissions(keys.path + "/" + name, std::filesystem::perms::owner_read);
    };
    add("chain.pem", 1'000'000);
    CHECK(keys.bundle().keys.at("chain.pem").size() == 1'000'000);
    CHECK(keys.open(key_bundle::seal(keys.bundle()), keys.recovery));
    add("film.mp4", kit::key_folder_bytes_max / 2 - 1'000'000);
    CHECK_THROWS_WITH(keys.bundle(), Contains("more than keys"));
    std::filesystem::remove(keys.path + "/film.mp4");
    std::filesystem::remove(keys.path + "/recovery.pub");
    CHECK_THROWS_WITH(key_files::read_folder(keys.path), Contains("recovery.pub"));
}

TEST_CASE("a certificate may be read by everybody, and no other file of the folder") {
    const Keys keys;
    const auto put = [&](const char* name, std::filesystem::perms mode) {
        std::ofstream(keys.path + "/" + name) << "text";
        std::filesystem::permissions(keys.path + "/" + name, mode);
    };
    using std::filesystem::perms;
    put("tls-certificate.pem", perms::owner_read | perms::owner_write | perms::group_read | perms::others_read);
    CHECK(keys.bundle().keys.at("tls-certificate.pem") == "text");
    put("tls-key.pem", perms::owner_read | perms::owner_write | perms::group_read);
    CHECK_THROWS_WITH(keys.bundle(), Contains("others may read") && Contains("tls-key.pem"));
}

TEST_CASE("a manifest is read back as it was, and one line too few, too many or amiss is none") {
    Manifest manifest;
    manifest.created = *domain::parse_rfc3339("2026-02-02T04:05:06Z");
    manifest.census.schema = 2;
    manifest.census.scans = 30'000'000;
    manifest.census.audit_head.fill(0xab);
    manifest.census.last = {1ULL << 37U, 2, 3, 4, 5, 6, 7};
    manifest.time_zone = "Asia/Shanghai";
    manifest.scan_days = 60;
    manifest.scans_by_day = {{monday, 1}, {tuesday, 29'999'999}};
    const auto text = format_manifest(manifest);
    CHECK(parse_manifest(text) == manifest);
    CHECK(schema_of_manifest(text) == 2);
    CHECK(schema_of_manifest("schema 99\nanother line\n") == 99);
    CHECK_FALSE(schema_of_manifest("scans 1\n"));
    for (std::size_t at = 0; at < text.find("scan_days "); at = text.find('\n', at) + 1) CHECK_FALSE(parse_manifest(text.substr(0, at) + text.substr(text.find('\n', at) + 1)));
    const auto before = text.substr(0, text.find("scan_days ")) + text.substr(text.find("day 2026"));   // of builds that did not say it
    CHECK(parse_manifest(before)->scan_days == 0);
    manifest.scan_days = 0;
    CHECK(format_manifest(manifest) == before);
    CHECK_FALSE(parse_manifest(text.substr(0, text.find("scan_days ")) + "scan_days x\n"));
    for (const auto* more : {"x 1\n", "day 2026-02-30 1\n", "day 2026-02-04\n", "day 2026-02-04 -1\n", "day 2026-02-04 1"}) CHECK_FALSE(parse_manifest(text + more));
    CHECK_FALSE(parse_manifest({}));
}
