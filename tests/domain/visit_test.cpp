// SPDX-License-Identifier: Apache-2.0
#include "domain/visit.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"

using namespace chayan::domain;
using namespace chayan::domain::worlds;

namespace {

constexpr std::int64_t hour = 3600, day = 86400;

/// A few scans of one person, told in seconds after the start.
struct Diary {
    Town town = make_town(1);

    Diary& at(std::int64_t second, SiteId site, Direction direction) {
        town.world.scans.push_back(scan(1, site, second, direction));
        return *this;
    }
    Diary& voided(std::int64_t second, SiteId site, Direction direction) {
        at(second, site, direction).town.world.scans.back().voided = true;
        return *this;
    }
    std::vector<Scan> sorted() {
        auto scans = town.world.scans;
        sort_scans(scans, town.world.sites);
        return scans;
    }
    /// "site [begin, end) ended_by; …" with the refs of the sites.
    std::string visits() {
        std::string text;
        for (const auto& visit : derive_visits(sorted(), town.world.sites, town.world.zone)) {
            if (!text.empty()) text += "; ";
            text += town.world.sites[visit.site].ref + " [" + std::to_string(visit.begin - start) + ", " +
                    std::to_string(visit.end - start) + ") " + word_of(visit.ended_by);
        }
        return text;
    }
    std::vector<bool> repeats() { return mark_repeats(sorted(), town.world.sites); }
};

constexpr auto in = Direction::in, out = Direction::out, pass = Direction::pass;
const auto S = make_town(0);  // the names of the sites

void close_at(Diary& diary, SiteId site, std::int32_t second) {
    auto rules = diary.town.world.sites[site];
    rules.stays[0].closes_s = second;
    diary.town.world.sites.put(site, rules);
}

}  // namespace

TEST_CASE("At a venue a visit lasts from the way in to the way out, whichever doors they were") {
    CHECK(Diary().at(0, S.door, in).at(7200, S.door, out).visits() == "S-2 [0, 7200) scanned");
    CHECK(Diary().at(0, S.door, in).at(7200, S.back_door, out).visits() == "S-2 [0, 7200) scanned");
}

TEST_CASE("An explicit exit wins over dwell, closing, and scans elsewhere between") {
    Diary diary;
    close_at(diary, S.door, 9 * 3600);
    CHECK(diary.at(0, S.door, in).at(600, S.gate, pass).at(2 * hour, S.door, out).visits() ==
          "S-2 [0, 7200) scanned; G-1 [600, 900) dwell");
}

TEST_CASE("An exit counts up to 24 hours after, not a second more") {
    CHECK(Diary().at(0, S.door, in).at(day, S.door, out).visits() == "S-2 [0, 86400) scanned");
    CHECK(Diary().at(0, S.door, in).at(day + 1, S.door, out).visits() == "S-2 [0, 1800) dwell; S-2 [86401, 86401) scanned");
}

TEST_CASE("A second exit, and one without a way in, is a moment of its own") {
    CHECK(Diary().at(0, S.door, in).at(100, S.door, out).at(200, S.door, out).visits() == "S-2 [0, 100) scanned; S-2 [200, 200) scanned");
    CHECK(Diary().at(5, S.door, out).visits() == "S-2 [5, 5) scanned");
    CHECK(Diary().at(5, S.door, out).at(5, S.door, in).visits() == "S-2 [5, 5) scanned; S-2 [5, 1805) dwell");
}

TEST_CASE("A way in after a way in ends the first and takes the exit") {
    CHECK(Diary().at(0, S.door, in).at(900, S.back_door, in).at(1000, S.door, out).visits() ==
          "S-2 [0, 900) next_scan; S-1 [900, 1000) scanned");
}

TEST_CASE("The dwell is that of the site that was scanned") {
    CHECK(Diary().at(0, S.back_door, in).visits() == "S-1 [0, 600) dwell");
    CHECK(Diary().at(0, S.door, pass).visits() == "S-2 [0, 1800) dwell");
}

TEST_CASE("A scan elsewhere cuts what has no exit from a second later on") {
    CHECK(Diary().at(0, S.door, in).at(0, S.office, in).visits() == "O [0, 3600) dwell; S-2 [0, 1800) dwell");
    CHECK(Diary().at(0, S.door, in).at(1, S.office, in).visits() == "S-2 [0, 1) next_scan; O [1, 3601) dwell");
    CHECK(Diary().at(0, S.door, in).at(1799, S.office, out).visits() == "S-2 [0, 1799) next_scan; O [1799, 1799) scanned");
    CHECK(Diary().at(0, S.door, in).at(1800, S.gate, pass).visits() == "S-2 [0, 1800) next_scan; G-1 [1800, 2100) dwell");
    CHECK(Diary().at(0, S.door, in).at(1801, S.gate, pass).visits() == "S-2 [0, 1800) dwell; G-1 [1801, 2101) dwell");
}

TEST_CASE("A pass at the same place cuts nothing at a venue, and is cut by the next way in") {
    CHECK(Diary().at(0, S.door, in).at(100, S.door, pass).visits() == "S-2 [0, 1800) dwell; S-2 [100, 1900) dwell");
    CHECK(Diary().at(0, S.door, pass).at(100, S.back_door, in).visits() == "S-2 [0, 100) next_scan; S-1 [100, 700) dwell");
    CHECK(Diary().at(0, S.door, pass).at(100, S.door, out).visits() == "S-2 [0, 1800) dwell; S-2 [100, 100) scanned");
}

TEST_CASE("Closing time ends a visit only while it is still ahead, and goes before dwell when they are equal") {
    const auto closing = [](std::int32_t second, std::int64_t at) {  // the zero of the clock is 08:00 local time
        Diary diary;
        close_at(diary, S.door, second);
        return diary.at(at, S.door, in).visits();
    };
    CHECK(closing(8 * 3600 + 1, 0) == "S-2 [0, 1) closing");
    CHECK(closing(8 * 3600, 0) == "S-2 [0, 1800) dwell");
    CHECK(closing(8 * 3600 + 1800, 0) == "S-2 [0, 1800) closing");
    CHECK(closing(8 * 3600 + 1801, 0) == "S-2 [0, 1800) dwell");
    CHECK(closing(86400, 16 * hour - 60) == "S-2 [57540, 57600) closing");
    CHECK(closing(86400, 16 * hour) == "S-2 [57600, 59400) dwell");
}

TEST_CASE("Of equal ends the next scan goes before the closing time") {
    Diary diary;
    close_at(diary, S.door, 8 * 3600 + 600);
    CHECK(diary.at(0, S.door, in).at(600, S.office, in).visits() == "S-2 [0, 600) next_scan; O [600, 4200) dwell");
}

TEST_CASE("At a gate every scan is a visit of its own, cut by the next scan at any lane and elsewhere") {
    CHECK(Diary().at(0, S.gate, in).at(7200, S.gate, out).visits() == "G-1 [0, 300) dwell; G-1 [7200, 7500) dwell");
    CHECK(Diary().at(0, S.gate, in).at(100, S.lane, out).visits() == "G-1 [0, 100) next_scan; G-2 [100, 220) dwell");
    CHECK(Diary().at(0, S.gate, out).at(0, S.lane, in).visits() == "G-1 [0, 300) dwell; G-2 [0, 120) dwell");
    CHECK(Diary().at(0, S.gate, in).at(100, S.office, out).visits() == "G-1 [0, 100) next_scan; O [100, 100) scanned");
}

TEST_CASE("A repeat comes at most 60 seconds after the previous scan of its place and direction, itself perhaps a repeat") {
    CHECK(Diary().at(0, S.door, in).at(60, S.door, in).repeats() == std::vector{false, true});
    CHECK(Diary().at(0, S.door, in).at(61, S.door, in).repeats() == std::vector{false, false});
    CHECK(Diary().at(0, S.door, in).at(0, S.back_door, in).repeats() == std::vector{false, true});
    CHECK(Diary().at(0, S.door, in).at(60, S.back_door, in).at(120, S.door, in).repeats() == std::vector{false, true, true});
    CHECK(Diary().at(0, S.door, in).at(20, S.door, out).at(40, S.door, in).repeats() == std::vector{false, false, false});
    CHECK(Diary().at(0, S.door, in).at(20, S.office, in).at(40, S.door, in).repeats() == std::vector{false, false, true});
}

TEST_CASE("A repeat opens no visit and cuts none") {
    CHECK(Diary().at(0, S.door, in).at(60, S.door, in).visits() == "S-2 [0, 1800) dwell");
    CHECK(Diary().at(0, S.door, in).at(20, S.office, in).at(40, S.door, in).visits() == "S-2 [0, 20) next_scan; O [20, 3620) dwell");
    CHECK(Diary().at(0, S.gate, pass).at(60, S.gate, pass).visits() == "G-1 [0, 300) dwell");
}

TEST_CASE("Voided scans are taken out before repeats are looked for") {
    CHECK(Diary().voided(0, S.door, in).at(30, S.door, in).repeats() == std::vector{false, false});
    CHECK(Diary().at(0, S.door, in).voided(30, S.door, out).at(60, S.door, in).repeats() == std::vector{false, false, true});
    CHECK(Diary().at(0, S.door, in).voided(30, S.door, in).at(61, S.door, in).repeats() == std::vector{false, false, false});
    CHECK(Diary().voided(0, S.door, in).at(30, S.door, in).visits() == "S-2 [30, 1830) dwell");
    CHECK(Diary().at(0, S.door, in).voided(600, S.door, out).visits() == "S-2 [0, 1800) dwell");
}

TEST_CASE("A dwell of nothing is a moment") {
    Diary diary;
    auto rules = diary.town.world.sites[S.door];
    rules.stays[0].dwell_s = 0;
    diary.town.world.sites.put(S.door, rules);
    CHECK(diary.at(7, S.door, in).visits() == "S-2 [7, 7) dwell");
}

TEST_CASE("A changed rule holds for scans later than the change, the first for all earlier ones") {
    SiteRules rules;
    rules.stays = {{start + 500, Presence::venue, 10, -1, -1}, {start + 1000, Presence::venue, 20, -1, -1}, {start + 2000, Presence::gate, 30, -1, -1}};
    CHECK(rules.stay(start).dwell_s == 10);
    CHECK(rules.stay(start + 1000).dwell_s == 10);
    CHECK(rules.stay(start + 1001).dwell_s == 20);
    CHECK(rules.stay(start + 2000).dwell_s == 20);
    CHECK(rules.stay(start + 2001).presence == Presence::gate);
}

TEST_CASE("An exit at what was a gate when somebody came in is a moment of its own") {
    Diary diary;
    auto rules = diary.town.world.sites[S.gate];
    rules.stays.push_back({start + 1000, Presence::venue, 600, -1, -1});
    diary.town.world.sites.put(S.gate, rules);
    CHECK(diary.at(0, S.gate, in).at(2000, S.gate, out).visits() == "G-1 [0, 300) dwell; G-1 [2000, 2000) scanned");
}

TEST_CASE("Categories go by their word, their Chinese name, and each part of a name in brackets") {
    CHECK(find_category("traffic") == Category::traffic);
    CHECK(find_category("交通检验站") == Category::traffic);
    for (const auto* word : {"小区", "社区", "小区(社区)", "小区（社区）"}) CHECK(find_category(word) == Category::community);
    for (const auto* word : {"", "Traffic", "小区(", "gate", "区"}) CHECK_FALSE(find_category(word));
    CHECK(category_rules().size() == category_count);
    CHECK(category_rules()[static_cast<std::size_t>(Category::enterprise)].dwell_s == 9 * 3600);
    CHECK(category_rules()[static_cast<std::size_t>(Category::vehicle)].word == "vehicle");
    CHECK(category_rules()[static_cast<std::size_t>(Category::village)].presence == Presence::gate);
}

namespace {

/// Holds the real thing against the oracle, scan by scan and visit by visit.
void compare(const oracle::World& world) {
    auto scans = world.scans;
    sort_scans(scans, world.sites);
    auto visits = derive_visits(scans, world.sites, world.zone);
    auto meant = oracle::visits(world, {1});
    for (auto* some : {&visits, &meant}) {
        std::sort(some->begin(), some->end(), [](const Visit& a, const Visit& b) {
            return std::tuple(a.begin, a.site, a.end, a.ended_by) < std::tuple(b.begin, b.site, b.end, b.ended_by);
        });
    }
    if (visits != meant) FAIL(difference(tell(*build(world), world, {}), tell(world, {}), world));
}

}  // namespace

TEST_CASE("Every diary of three scans at five sites has the visits that the contract reads") {
    auto town = make_town(1);
    auto rules = town.world.sites[town.office];
    rules.stays[0].closes_s = 8 * 3600 + 61;
    town.world.sites.put(town.office, rules);
    const std::vector<std::int64_t> steps{0, 1, 60, 61, 1800};
    std::uint32_t worlds = 0;
    for (Every every; every.more(); ++worlds) {
        town.world.scans.clear();
        std::int64_t at = 0;
        for (int i = 0; i < 3; ++i) {
            if (i > 0) at += steps[every.below(5)];
            const auto next = scan(1, {1 + every.below(5)}, at, static_cast<Direction>(every.below(3)));
            const auto& known = town.world.scans;
            if (std::any_of(known.begin(), known.end(), [&](const Scan& other) { return static_cast<const ScanKey&>(other) == next; })) continue;
            town.world.scans.push_back(next);
        }
        compare(town.world);
    }
    CHECK(worlds == 15 * 75 * 75);
}

TEST_CASE("Every diary of four scans at two doors and a gate, each perhaps voided, has the visits that the contract reads") {
    auto town = make_town(1);
    const std::vector<SiteId> sites{town.door, town.back_door, town.gate};
    const std::vector<std::int64_t> steps{1, 60, 86400};
    for (Every every; every.more();) {
        town.world.scans.clear();
        std::int64_t at = 0;
        for (int i = 0; i < 4; ++i) {
            if (i > 0) at += steps[every.below(3)];
            town.world.scans.push_back(scan(1, sites[every.below(3)], at, i == 3 ? out : static_cast<Direction>(every.below(2))));
            town.world.scans.back().voided = i == 1 && every.below(2) == 1;
        }
        compare(town.world);
    }
}
