// SPDX-License-Identifier: Apache-2.0
#include "domain/contact_index.hpp"

#include <algorithm>
#include <functional>
#include <thread>

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"

using namespace chayan::domain;
using namespace chayan::domain::worlds;

namespace {

/// The world's scans as they may really arrive: shuffled, in slices, voids sometimes later than their scan.
std::shared_ptr<const ContactIndex> arrive(const oracle::World& world, Random& random) {
    auto left = world.scans;
    // Of equal keys the first stands, so those keep their order: take one of each.
    std::vector<Scan> scans;
    for (const auto& scan : left) {
        const auto same = [&](const Scan& other) { return static_cast<const ScanKey&>(other) == static_cast<const ScanKey&>(scan); };
        if (std::none_of(scans.begin(), scans.end(), same)) scans.push_back(scan);
    }
    for (std::size_t i = scans.size(); i > 1; --i) std::swap(scans[i - 1], scans[random.below(static_cast<std::uint32_t>(i))]);
    Changes changes;
    changes.people = std::make_shared<People>(world.people);
    changes.sites = std::make_shared<Sites>(world.sites);
    const auto first = random.below(static_cast<std::uint32_t>(scans.size()));
    auto index = ContactIndex::build(std::vector<Scan>(scans.begin(), scans.begin() + first), changes.people, changes.sites, world.zone);
    std::vector<ScanKey> waiting;  // voids that come later than their scan
    for (std::size_t i = first; i < scans.size() || !waiting.empty();) {
        changes.scans.clear();
        changes.voids.clear();
        if (random.below(3) == 0 || i == scans.size()) changes.voids.swap(waiting);
        for (auto count = 1 + random.below(20); count > 0 && i < scans.size(); --count, ++i) {
            auto scan = scans[i];
            if (scan.voided && random.below(2) == 0) {
                scan.voided = false;
                (random.below(2) == 0 ? changes.voids : waiting).push_back(scan);
            }
            changes.scans.push_back(scan);
            if (random.below(4) == 0) changes.scans.push_back(scans[random.below(static_cast<std::uint32_t>(i + 1))]);  // a retry
        }
        index = index->with(changes);
        if (random.below(6) == 0) index = index->rebuilt();
    }
    return index;
}

}  // namespace

TEST_CASE("Every answer about a random town is what the double loop says, whether it came at once or late and shuffled") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        const auto world = random_world(seed);
        Random random(seed * 7919);
        std::vector<TraceQuestion> questions;
        for (int i = 0; i < 12; ++i) questions.push_back(random_question(random, world));
        const auto meant = tell(world, questions);
        INFO("seed " << seed);
        const auto at_once = build(world);
        REQUIRE(at_once->valid());
        REQUIRE(difference(tell(*at_once, world, questions), meant, world) == "");
        const auto arrived = arrive(world, random);
        REQUIRE(arrived->valid());
        REQUIRE(difference(tell(*arrived, world, questions), meant, world) == "");
        const auto rebuilt = arrived->rebuilt();
        REQUIRE(rebuilt->valid());
        REQUIRE(rebuilt->delta_size() == 0);
        REQUIRE(difference(tell(*rebuilt, world, questions), meant, world) == "");
    }
}

TEST_CASE("Collected and built in parts, side by side, a town answers the same, and of equal scans the first stands") {
    const auto side_by_side = [](std::size_t parts, const std::function<void(std::size_t)>& part) {
        std::vector<std::jthread> threads;
        for (std::size_t i = parts; i > 0; --i) threads.emplace_back([&part, i] { part(i - 1); });
    };
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const auto world = random_world(seed);
        Random random(seed * 6'700'417);
        std::vector<TraceQuestion> questions;
        for (int i = 0; i < 6; ++i) questions.push_back(random_question(random, world));
        ScanBook::Collector scans;
        for (auto next = world.scans.begin(); next != world.scans.end();) {
            ScanBook::Collector piece;
            for (auto count = random.below(150); count > 0 && next != world.scans.end(); --count) piece.add(*next++);
            scans.append(std::move(piece));
        }
        REQUIRE(scans.count() == world.scans.size());
        const auto index = ContactIndex::build(std::move(scans), std::make_shared<People>(world.people), std::make_shared<Sites>(world.sites), world.zone,
                                               side_by_side);
        INFO("seed " << seed);
        REQUIRE(index->valid());
        REQUIRE(difference(tell(*index, world, questions), tell(world, questions), world) == "");
    }
}

TEST_CASE("What does not fit the packed base is answered from all the same, and is no delta that a rebuild would take in") {
    auto town = make_town(40);
    std::vector<SiteId> doors;   // of one place, more than a packed visit can tell apart
    for (int i = 0; i < 20; ++i) doors.push_back(add_site(town.world.sites, "D" + std::to_string(i), Presence::venue, 900, doors.empty() ? SiteId{} : doors[0]));
    constexpr std::int64_t year_2000 = 946'684'800, beyond = year_2000 + (std::int64_t{1} << 31);
    std::vector<std::int64_t> moments;
    for (const auto edge : {std::int64_t{0}, year_2000, beyond, (std::int64_t{1} << 32) - 90'000})
        for (const auto second : {-700, -1, 0, 1, 650}) moments.push_back(std::max<std::int64_t>(edge + second, 0));
    std::uint64_t registration = 0;
    for (const auto moment : moments)
        for (const auto door : {doors[0], doors[15], doors[16], doors[19]}) {
            auto one = scan(1 + registration % 40, door, 0, registration % 3 == 0 ? Direction::pass : Direction::in);
            ++registration;
            one.at = {moment};
            town.world.scans.push_back(one);
        }
    std::vector<TraceQuestion> questions;
    for (std::uint32_t person = 1; person <= 40; person += 7) {
        TraceQuestion question;
        question.index = {PersonNo{person}, IndexSite{doors[16], {{year_2000 - 10}, {year_2000 + 10}}}};
        question.window = {{0}, {std::int64_t{1} << 32}};
        question.linger_s = 30;
        question.degree = static_cast<std::uint8_t>(1 + person % 2);
        question.limit = 30;
        questions.push_back(question);
    }
    const auto meant = tell(town.world, questions);
    const auto index = build(town.world);
    REQUIRE(index->valid());
    CHECK(index->delta_size() == 0);
    CHECK(difference(tell(*index, town.world, questions), meant, town.world) == "");
    const auto rebuilt = index->rebuilt();
    REQUIRE(rebuilt->valid());
    CHECK(rebuilt->delta_size() == 0);
    CHECK(difference(tell(*rebuilt, town.world, questions), meant, town.world) == "");
    // A void of one that was never in the base.
    for (auto& one : town.world.scans) one.voided = one.at.s >= beyond;
    Changes changes{{}, {}, {}, std::make_shared<People>(town.world.people), std::make_shared<Sites>(town.world.sites)};
    for (const auto& one : town.world.scans)
        if (one.voided) changes.voids.push_back(one);
    const auto voided = index->with(changes);
    REQUIRE(voided->valid());
    CHECK(difference(tell(*voided, town.world, questions), tell(town.world, questions), town.world) == "");
    CHECK(voided->rebuilt()->delta_size() == 0);
}

TEST_CASE("Merging and splitting people, and new rules and places of sites, change answers as if it had always been so") {
    for (std::uint64_t seed = 1; seed <= 80; ++seed) {
        auto world = random_world(seed);
        Random random(seed * 104729);
        auto index = build(world);
        for (int step = 0; step < 6; ++step) {
            Changes changes;
            const auto persons = world.people.person_count();
            const PersonNo a{1 + random.below(persons - 1)}, b{1 + random.below(persons - 1)};
            const auto kind = random.below(4);
            if (kind == 0 && a != b && world.people.resolve(a) == a && world.people.resolve(b) == b) {
                world.people.merge(a, b);
                changes.touched = {random.below(2) == 0 ? a : b};  // one of both is enough
            }
            if (kind == 1 && world.people.registrations_of(a).size() > 1) {
                world.people.split({world.people.registrations_of(a).back()}, {persons});
                changes.touched = {a, {persons}};
            }
            if (kind == 2) {
                auto rules = world.sites[SiteId{1 + random.below(5)}];
                rules.stays.push_back({start + random.below(7200), Presence::venue, static_cast<std::int32_t>(random.below(5000)), -1, 36000});
                std::sort(rules.stays.begin() + 1, rules.stays.end(), [](const StayRule& x, const StayRule& y) { return x.since < y.since; });
                world.sites.put(*world.sites.find(rules.ref), rules);
            }
            if (kind == 3) {
                auto rules = world.sites[SiteId{2}];
                rules.place = rules.place == SiteId{2} ? SiteId{1} : SiteId{2};
                world.sites.put({2}, rules);
            }
            auto fresh = random_world(seed + 1000 + static_cast<std::uint64_t>(step)).scans;
            for (auto& scan : fresh) {
                if (changes.scans.size() < 3 && !world.people.person_of(scan.registration).is_none()) changes.scans.push_back(scan);
            }
            world.scans.insert(world.scans.end(), changes.scans.begin(), changes.scans.end());
            changes.people = std::make_shared<People>(world.people);
            changes.sites = std::make_shared<Sites>(world.sites);
            index = index->with(changes);
            std::vector<TraceQuestion> questions;
            for (int i = 0; i < 3; ++i) questions.push_back(random_question(random, world));
            INFO("seed " << seed << " step " << step << " kind " << kind);
            REQUIRE(index->valid());
            REQUIRE(difference(tell(*index, world, questions), tell(world, questions), world) == "");
        }
    }
}

TEST_CASE("Every small world of two people gives the contacts that the double loop gives") {
    auto town = make_town(2);
    const std::vector<SiteId> sites{town.door, town.back_door, town.gate};
    const std::vector<std::int64_t> steps{0, 61, 600};
    std::uint32_t worlds = 0;
    for (Every every; every.more(); ++worlds) {
        auto& world = town.world;
        world.scans.clear();
        std::int64_t at = 0;
        for (std::uint32_t i = 0; i < 3; ++i) {
            at += i == 0 ? 0 : steps[every.below(3)];
            const std::uint32_t registration = i == 0 ? 1 : 1 + every.below(2);
            world.scans.push_back(scan(registration, sites[every.below(3)], at, static_cast<Direction>(every.below(3))));
            world.scans.back().vehicle = {i == 1 ? 0U : 1U};
        }
        const auto index = build(world);
        for (const std::optional<std::int32_t> linger_s : {std::optional<std::int32_t>{}, {0}, {300}}) {
            TraceQuestion question;
            question.index = {PersonNo{1}};
            question.window = {start, start + 700};
            question.linger_s = linger_s;
            question.explain = true;
            if (oracle::print(oracle::told(*index->trace(question))) == oracle::print(oracle::trace(world, question))) continue;
            FAIL(difference(tell(*index, world, {question}), tell(world, {question}), world));
        }
    }
    CHECK(worlds == 9 * 54 * 54);  // the first scan's sites and directions; then persons and steps too, twice
}

TEST_CASE("Two visits that are alike in all are two, and both end when a scan cuts them") {
    auto town = make_town(2);
    town.world.scans = {scan(1, town.gate, 0, Direction::out), scan(1, town.gate, 0, Direction::in), scan(2, town.gate, 50, Direction::in)};
    const auto index = build(town.world);
    REQUIRE(index->visits_of({1}).size() == 2);
    town.world.scans.push_back(scan(1, town.office, 100, Direction::in));
    Changes changes{{town.world.scans.back()}, {}, {}, std::make_shared<People>(town.world.people), std::make_shared<Sites>(town.world.sites)};
    const auto cut = index->with(changes);
    CHECK(cut->valid());
    TraceQuestion question;
    question.index = {PersonNo{2}};
    question.window = {start, start + 1000};
    CHECK(difference(tell(*cut, town.world, {question}), tell(town.world, {question}), town.world) == "");
    CHECK(cut->trace(question)->contacts.at(0).episode_count == 2);
}

TEST_CASE("The scans of a registration in a window are those of all its scans that lie in it, both ends included") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const auto world = random_world(seed);
        Random random(seed);
        const auto index = arrive(world, random);
        for (int i = 0; i < 200; ++i) {
            const auto& one = world.scans[random.below(static_cast<std::uint32_t>(world.scans.size()))];
            const auto from = one.at + (std::int64_t{random.below(3)} - 1);
            const auto to = from + std::int64_t{random.below(4)} * random.below(40'000) - 1;
            std::vector<Scan> all, meant, found;
            index->append_scans_of(one.registration, {0}, {4'294'967'295}, all);
            for (const auto& scan : all) {
                if (from <= scan.at && scan.at <= to) meant.push_back(scan);
            }
            index->append_scans_of(one.registration, from, to, found);
            INFO("seed " << seed << ", from " << from.s << " to " << to.s);
            REQUIRE(found == meant);
        }
    }
}

TEST_CASE("A scan with the same four values is the scan that is known") {
    auto town = make_town(1);
    auto first = scan(1, town.door, 10, Direction::in);
    first.temperature_dc = 365;
    first.delay_s = 7;
    first.vehicle = {3};
    town.world.scans = {first};
    const auto index = build(town.world);
    auto again = first;
    again.temperature_dc = 390;
    Changes changes{{again}, {}, {}, std::make_shared<People>(town.world.people), std::make_shared<Sites>(town.world.sites)};
    for (const auto& now : {index, index->with(changes), index->with(changes)->rebuilt()}) {
        REQUIRE(now->scan_count() == 1);
        REQUIRE(now->find(first)->temperature_dc == 365);
        REQUIRE(now->find(first)->delay_s == 7);
        REQUIRE(now->find(first)->vehicle == VehicleId{3});
        for (auto other : {scan(1, town.door, 11, Direction::in), scan(1, town.door, 10, Direction::out), scan(1, town.back_door, 10, Direction::in),
                           scan(2, town.door, 10, Direction::in)}) {
            REQUIRE_FALSE(now->find(other));
        }
    }
}

TEST_CASE("Of many scans with the same four values the first told stands") {
    auto town = make_town(1);
    for (std::int16_t i = 0; i < 300; ++i) {
        town.world.scans.push_back(scan(1, town.door, 100 - i % 3, Direction::in));
        town.world.scans.back().temperature_dc = static_cast<std::int16_t>(300 + i);
    }
    const auto index = build(town.world);
    CHECK(index->scan_count() == 3);
    for (std::int64_t i = 0; i < 3; ++i) CHECK(index->find(scan(1, town.door, 100 - i, Direction::in))->temperature_dc == 300 + i);
}

TEST_CASE("A published index never changes when another is made from it") {
    auto town = make_town(2);
    town.world.scans = {scan(1, town.door, 0, Direction::in), scan(2, town.door, 5, Direction::in)};
    const auto index = build(town.world);
    const auto before = tell(*index, town.world, {});
    Changes changes{{scan(1, town.office, 60, Direction::in)}, {town.world.scans[1]}, {}, std::make_shared<People>(town.world.people),
                    std::make_shared<Sites>(town.world.sites)};
    const auto after = index->with(changes);
    REQUIRE(after->delta_size() > 0);
    REQUIRE(tell(*index, town.world, {}) == before);
    REQUIRE(tell(*after, town.world, {}) != before);
    REQUIRE(index->valid());
}

TEST_CASE("A new scan puts only the visits that differ into the delta") {
    auto town = make_town(1);
    for (std::int64_t i = 0; i < 100; ++i) town.world.scans.push_back(scan(1, i % 2 == 0 ? town.door : town.office, i * 600, Direction::in));
    const auto index = build(town.world);
    Changes changes{{scan(1, town.gate, 99 * 600 + 60, Direction::pass)}, {}, {}, std::make_shared<People>(town.world.people),
                    std::make_shared<Sites>(town.world.sites)};
    CHECK(index->with(changes)->delta_size() == 4);  // the scan, its visit, the visit that it cuts, as it was and as it is
}

TEST_CASE("Passages count everybody with a scan at the site, and nobody's repeats or voided scans") {
    auto town = make_town(4);
    auto voided = scan(3, town.gate, 20, Direction::in);
    voided.voided = true;
    town.world.scans = {scan(1, town.gate, 30, Direction::in), scan(1, town.gate, 60, Direction::in), scan(1, town.gate, 200, Direction::out),
                        scan(2, town.gate, 10, Direction::pass), voided, scan(4, town.lane, 10, Direction::in)};
    const auto passages = build(town.world)->passages(town.gate, {start + 10, start + 200}, nullptr);
    REQUIRE(passages.size() == 2);
    CHECK(passages[0].person == PersonNo{2});
    CHECK(passages[1].person == PersonNo{1});
    CHECK(passages[1].first == start + 30);
    CHECK(passages[1].last == start + 60);
    CHECK(passages[1].scans == 1);
}
