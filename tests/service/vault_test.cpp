// SPDX-License-Identifier: Apache-2.0
#include "service/key_files.hpp"
#include "service/vault.hpp"

#include "domain/worlds.hpp"
#include "service/stage.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>
#include <thread>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::worlds::Random;

namespace {

const auto zone = domain::TimeZone::fixed(8 * 3600);

struct Keys {
    Keys() { (void)key_files::create(path()); }
    std::string path() const { return (folder.path / "keys").string(); }
    Folder folder;
};

storage::ScanRow row_of(std::uint64_t seq, std::int64_t after_s = 0) {
    storage::ScanRow row;
    row.seq = {seq};
    row.site = {17};
    row.at = morning + after_s;
    row.direction = domain::Direction::in;
    row.source = domain::Source::screen;
    row.temperature_dc = 366;
    row.delay_s = 5;
    return row;
}

std::optional<OpenedScan> opened(Vault& vault, const storage::ScanRow& row) { return vault.open({&row, 1}).at(0); }

std::uint64_t random_wide(Random& random, unsigned bits) {
    const auto wide = (std::uint64_t{random.below(1U << 30U)} << 30U) | random.below(1U << 30U);
    return wide >> (60 - bits);
}

const domain::ScanKey first_key{{1}, {1}, morning, domain::Direction::in};

}  // namespace

TEST_CASE("a sealed text opens under its kind and what it is bound to, and never after a bit was flipped") {
    const Keys keys;
    const Vault vault(keys.path(), zone);
    for (const auto kind : {SealKind::profile, SealKind::plate, SealKind::case_text, SealKind::audit_detail, SealKind::reason}) {
        for (const auto& text : {std::string(), std::string("a"), std::string("王建华 130682"), std::string(300, '\0')}) {
            const auto sealed = vault.seal(kind, "row 1", text);
            CHECK(vault.open(kind, "row 1", sealed) == text);
            CHECK(vault.seal(kind, "row 1", text) != sealed);   // a nonce of its own
            if (text.size() > 4) CHECK(sealed.find(text) == std::string::npos);
            for (const auto* other : {"row 2", "", "row 1 "}) CHECK_FALSE(vault.open(kind, other, sealed));
            for (const auto wrong : {SealKind::profile, SealKind::plate, SealKind::case_text, SealKind::audit_detail, SealKind::reason})
                CHECK(vault.open(wrong, "row 1", sealed).has_value() == (wrong == kind));
            if (text.size() > 100) continue;
            for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
                auto flipped = sealed;
                flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
                CHECK_FALSE(vault.open(kind, "row 1", flipped));
            }
            for (std::size_t size = 0; size < sealed.size(); ++size) CHECK_FALSE(vault.open(kind, "row 1", sealed.substr(0, size)));
            CHECK_FALSE(vault.open(kind, "row 1", sealed + '\0'));
        }
    }
}

TEST_CASE("a sealed scan opens to whose it is, alone and in bulk over many days") {
    const Keys keys;
    Vault vault(keys.path(), zone);
    Random random(Catch::rngSeed());
    std::vector<storage::ScanRow> rows;
    std::vector<OpenedScan> meant;
    for (std::uint64_t i = 1; i <= 500; ++i) {
        auto row = row_of(random_wide(random, 38), static_cast<std::int64_t>(random.below(5 * 86'400)));
        row.site = {random.below(1U << 24U)};
        row.direction = static_cast<domain::Direction>(random.below(3));
        row.source = static_cast<domain::Source>(random.below(5));
        row.temperature_dc = random.below(2) == 0 ? std::int16_t{0} : static_cast<std::int16_t>(340 + random.below(91));
        row.delay_s = static_cast<std::int32_t>(random.below(7 * 86'400 + 120)) - 120;
        meant.push_back({{random_wide(random, 40)}, {static_cast<std::uint32_t>(random_wide(random, 32))}});
        vault.seal(row, meant.back());
        rows.push_back(row);
    }
    const Vault again_made(keys.path(), zone);
    const auto found = vault.open(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        REQUIRE(found[i]);
        CHECK(found[i]->registration == meant[i].registration);
        CHECK(found[i]->vehicle == meant[i].vehicle);
    }
    CHECK(again_made.days() == vault.days());
    CHECK(vault.days().size() >= 5);
}

TEST_CASE("a day's key that is destroyed opens nothing, here and after a start, and no other day's is touched") {
    const Keys keys;
    Vault vault(keys.path(), zone);
    auto gone = row_of(1), kept = row_of(2, 86'400);
    vault.seal(gone, {{7}, {}});
    vault.seal(kept, {{8}, {}});
    const auto day = zone.local_day(gone.at);
    const auto is_gone = [&](Vault& now) {
        std::uint64_t erased = 0;
        const auto found = now.open(std::vector{gone, kept}, &erased);
        CHECK(erased == 1);
        CHECK(now.days() == std::vector{domain::Day{day.number + 1}});
        CHECK(now.days(DayKeys::destroyed) == std::vector{day});
        return !found[0] && found[1] && found[1]->registration.value == 8;
    };
    const auto file = keys.path() + "/day/" + domain::format_date(day);
    std::filesystem::copy_file(file + ".key", file + ".before");
    vault.destroy_day(day);
    CHECK(is_gone(vault));
    CHECK(!std::filesystem::exists(file + ".key"));
    vault.destroy_day(day);   // twice is once
    Vault again(keys.path(), zone);
    CHECK(is_gone(again));
    std::filesystem::rename(file + ".before", file + ".key");   // as an end between the mark and the key leaves it
    Vault half_way(keys.path(), zone);
    CHECK(is_gone(half_way));
    half_way.destroy_day(day);
    CHECK(!std::filesystem::exists(file + ".key"));
}

TEST_CASE("two threads that need the same new day make one key of it") {
    const Keys keys;
    Vault vault(keys.path(), zone);
    constexpr std::size_t days = 40;
    std::vector<storage::ScanRow> rows(2 * days);
    const auto seal_all = [&](std::size_t from) {
        for (std::size_t i = 0; i < days; ++i) {
            rows[from + i] = row_of(from + i + 1, static_cast<std::int64_t>(i) * 86'400);
            vault.seal(rows[from + i], {{from + i + 1}, {}});
        }
    };
    std::jthread house([&] { seal_all(0); });
    seal_all(days);
    house.join();
    Vault again(keys.path(), zone);
    const auto found = again.open(rows);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CAPTURE(i);
        REQUIRE(found[i]);
        CHECK(found[i]->registration.value == i + 1);
    }
}

TEST_CASE("a sealed scan is refused after any bit of it, or anything else in its row, was changed") {
    const Keys keys;
    Vault vault(keys.path(), zone);
    auto row = row_of(7);
    vault.seal(row, {{12345}, {67}});
    REQUIRE(opened(vault, row));
    for (std::size_t bit = 0; bit < 128; ++bit) {
        auto flipped = row;
        flipped.sealed[bit / 8] = static_cast<std::uint8_t>(flipped.sealed[bit / 8] ^ (1U << (bit % 8)));
        CHECK_FALSE(opened(vault, flipped));
    }
    const auto refused = [&](const std::function<void(storage::ScanRow&)>& change) {
        auto other = row;
        change(other);
        return !opened(vault, other);
    };
    for (unsigned bit = 0; bit < 38; ++bit) CHECK(refused([&](auto& r) { r.seq.value ^= 1ULL << bit; }));
    for (unsigned bit = 0; bit < 24; ++bit) CHECK(refused([&](auto& r) { r.site.value ^= 1U << bit; }));
    for (unsigned bit = 0; bit < 31; ++bit) CHECK(refused([&](auto& r) { r.at.s ^= 1LL << bit; }));
    for (const auto other : {domain::Direction::out, domain::Direction::pass}) CHECK(refused([&](auto& r) { r.direction = other; }));
    for (const auto other : {domain::Source::static_code, domain::Source::staff, domain::Source::import, domain::Source::old_poster})
        CHECK(refused([&](auto& r) { r.source = other; }));
    for (const int other : {0, 340, 365, 367, 430}) CHECK(refused([&](auto& r) { r.temperature_dc = static_cast<std::int16_t>(other); }));
    for (const std::int32_t other : {0, 4, 6, -5, 604'800}) CHECK(refused([&](auto& r) { r.delay_s = other; }));
    auto same_place = row_of(8);
    vault.seal(same_place, {{12345}, {67}});
    std::swap(same_place.sealed, row.sealed);   // nobody swaps two people's rows
    CHECK_FALSE(opened(vault, row));
    CHECK_FALSE(opened(vault, same_place));
}

TEST_CASE("each local day has a key of its own, and a day whose key is gone opens for nobody") {
    const Keys keys;
    auto vault = std::make_unique<Vault>(keys.path(), zone);
    constexpr std::int64_t to_midnight = 16 * 3600;
    auto last = row_of(1, to_midnight - 1), next = row_of(2, to_midnight);
    CHECK(vault->days().empty());
    vault->seal(last, {{1}, {}});
    CHECK(vault->days().size() == 1);
    vault->seal(next, {{1}, {}});
    CHECK(vault->days().size() == 2);
    const auto file = keys.path() + "/day/2026-02-02.key";
    REQUIRE(std::filesystem::exists(file));
    std::filesystem::remove(file);
    vault = std::make_unique<Vault>(keys.path(), zone);
    CHECK_FALSE(opened(*vault, last));
    CHECK(opened(*vault, next));
    auto anew = last;
    vault->seal(anew, {{1}, {}});   // a new key for that day does not open what was sealed under the old one
    CHECK(opened(*vault, anew));
    CHECK_FALSE(opened(*vault, last));
}

TEST_CASE("another installation's keys open nothing") {
    const Keys ours, theirs;
    Vault vault(ours.path(), zone), other(theirs.path(), zone);
    auto row = row_of(1);
    vault.seal(row, {{1}, {}});
    auto theirs_row = row_of(1);
    other.seal(theirs_row, {{1}, {}});
    CHECK_FALSE(opened(other, row));
    CHECK_FALSE(other.open(SealKind::profile, "", vault.seal(SealKind::profile, "", "text")));
    CHECK_FALSE(other.open_credential(vault.credential({1})));
    CHECK_FALSE(other.open_site_code(vault.site_code({{1}, domain::PosterDirection::in, 0})));
    CHECK(other.open_scan_id(vault.scan_id(first_key)) != first_key);
    CHECK(other.person_id({1}) != vault.person_id({1}));
    CHECK(other.blind(BlindKind::phone, "1") != vault.blind(BlindKind::phone, "1"));
}

TEST_CASE("blind indexes are equal for equal values of one kind, and of nothing else") {
    const Keys keys;
    const Vault vault(keys.path(), zone), again(keys.path(), zone);
    std::set<storage::Blind> seen;
    for (const auto kind : {BlindKind::document, BlindKind::phone, BlindKind::name, BlindKind::plate, BlindKind::roster_ref, BlindKind::session_token, BlindKind::csrf})
        for (const auto& value : {"", "1", "2", "11"}) {
            CHECK(seen.insert(vault.blind(kind, value)).second);
            CHECK(vault.blind(kind, value) == again.blind(kind, value));
        }
}

TEST_CASE("a scan's id is its four values, and back, and no other scan has it") {
    const Keys keys;
    const Vault vault(keys.path(), zone);
    Random random(Catch::rngSeed());
    std::set<std::string> ids;
    std::set<domain::ScanKey> scans;
    for (int i = 0; i < 2'000; ++i) {
        const domain::ScanKey key{{random_wide(random, i % 2 == 0 ? 40 : 3)}, {static_cast<std::uint32_t>(random_wide(random, i % 2 == 0 ? 24 : 2))},
                                  morning + random.below(i % 2 == 0 ? 1U << 30U : 4), static_cast<domain::Direction>(random.below(3))};
        const auto id = vault.scan_id(key);
        CHECK(id.size() == 26);
        CHECK(vault.open_scan_id(id) == key);
        ids.insert(id);
        scans.insert(key);
    }
    CHECK(ids.size() == scans.size());
    int opened_forged = 0;
    for (int i = 0; i < 1'000; ++i) {
        std::string forged(26, '0');
        for (auto& c : forged) c = "0123456789abcdefghjkmnpqrstvwxyz"[random.below(32)];
        forged.back() = "048cgmrw"[random.below(8)];
        opened_forged += vault.open_scan_id(forged).has_value();
    }
    CHECK(opened_forged == 0);
    auto changed = vault.scan_id(first_key);
    changed[3] = changed[3] == '0' ? '1' : '0';
    CHECK_FALSE(vault.open_scan_id(changed));
    CHECK_FALSE(vault.open_scan_id(vault.scan_id(first_key).substr(1)));
}

TEST_CASE("a person's id is a permutation in 12 characters, whose texts sort like their order") {
    const Keys keys;
    const Vault vault(keys.path(), zone);
    std::vector<std::pair<std::uint64_t, std::string>> ids;
    for (std::uint32_t number = 1; number <= 2'000; ++number) {
        ids.emplace_back(vault.person_order({number}), vault.person_id({number}));
        CHECK(ids.back().second.size() == 12);
        CHECK(vault.open_person_id(ids.back().second) == domain::PersonNo{number});
    }
    for (const std::uint32_t number : {1U << 20U, (1U << 30U) - 1}) CHECK(vault.open_person_id(vault.person_id({number})) == domain::PersonNo{number});
    CHECK_FALSE(std::is_sorted(ids.begin(), ids.end()));   // it says nothing of who came first
    std::sort(ids.begin(), ids.end());
    for (std::size_t i = 1; i < ids.size(); ++i) {
        CHECK(ids[i - 1].first < ids[i].first);
        CHECK(ids[i - 1].second < ids[i].second);
    }
    Random random(Catch::rngSeed());
    int found = 0;
    for (int i = 0; i < 1'000; ++i) {
        std::string forged(12, '0');
        for (auto& c : forged) c = "0123456789abcdefghjkmnpqrstvwxyz"[random.below(32)];
        found += vault.open_person_id(forged).has_value();
    }
    CHECK(found == 0);
    for (const auto& bad : {std::string(), ids[0].second + "0", ids[0].second.substr(1), std::string(12, 'U')}) CHECK_FALSE(vault.open_person_id(bad));
}

TEST_CASE("a credential and a poster open to what they were made of, and not after any change") {
    const Keys keys;
    const Vault vault(keys.path(), zone);
    const auto refused = [](const std::string& text, const auto& open) {
        for (std::size_t i = 0; i < text.size(); ++i)
            for (const char c : {'0', '1', 'z', 'A', ' ', '\0'}) {
                auto changed = text;
                changed[i] = c;
                if (changed != text && open(changed)) return false;
            }
        return !open(text + "0") && !open(text.substr(1)) && !open("");
    };
    for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{77}, (std::uint64_t{1} << 40U) - 1}) {
        const auto text = vault.credential({number});
        CHECK(vault.open_credential(text) == domain::RegistrationId{number});
        CHECK(refused(text, [&](const std::string& t) { return vault.open_credential(t).has_value(); }));
    }
    for (const domain::SiteCode code : {domain::SiteCode{{1}, domain::PosterDirection::any, 0}, {{0xFFFFFF}, domain::PosterDirection::pass, 63}}) {
        const auto text = vault.site_code(code);
        CHECK(text.size() == 16);
        CHECK(vault.open_site_code(text) == code);
        CHECK(refused(text, [&](const std::string& t) { return vault.open_site_code(t).has_value(); }));
    }
}

TEST_CASE("a link of the audit chain depends on the link before and on each column") {
    const Keys keys;
    const Vault vault(keys.path(), zone);
    storage::AuditRow row;
    row.seq = 3;
    row.at = morning;
    row.by = {5};
    row.action = "asked";
    row.case_number = "12";
    row.detail = "d";
    std::set<std::array<std::uint8_t, 32>> links;
    std::array<std::uint8_t, 32> zero{}, one{};
    one[31] = 1;
    links.insert(vault.chain(zero, row));
    links.insert(vault.chain(one, row));
    const auto add = [&](const std::function<void(storage::AuditRow&)>& change) {
        auto other = row;
        change(other);
        links.insert(vault.chain(zero, other));
    };
    add([](auto& r) { r.seq = 4; });
    add([](auto& r) { r.at = r.at + 1; });
    add([](auto& r) { r.by = {6}; });
    add([](auto& r) { r.action = "aske"; });
    add([](auto& r) { r.case_number = "1"; });
    add([](auto& r) { r.detail = ""; });
    add([](auto& r) {   // the same letters, divided otherwise
        r.action = "asked1";
        r.case_number = "2";
    });
    CHECK(links.size() == 9);
    row.chain = one;
    CHECK(links.contains(vault.chain(zero, row)));   // its own is excluded
}

TEST_CASE("a password's hash fits that password alone, and tokens are never the same") {
    const auto hash = Vault::hash_password("correct horse");
    CHECK(Vault::verify_password(hash, "correct horse"));
    CHECK_FALSE(Vault::verify_password(hash, "correct horsf"));
    CHECK_FALSE(Vault::verify_password("", "correct horse"));
    CHECK_FALSE(Vault::verify_password("$argon2id$nothing", "correct horse"));
    std::set<std::string> tokens;
    for (int i = 0; i < 100; ++i) tokens.insert(Vault::random_token());
    CHECK(tokens.size() == 100);
    CHECK(tokens.begin()->size() == 52);
}
