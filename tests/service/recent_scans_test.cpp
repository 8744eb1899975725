// SPDX-License-Identifier: Apache-2.0
#include "service/recent_scans.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "domain/worlds.hpp"

using namespace chayan;
using namespace chayan::service;
using domain::worlds::Random;

namespace {

constexpr domain::Instant start{1'769'990'400};
constexpr std::uint64_t registrations = 6;

struct Answer {
    domain::ScanKey key;
    bool voided;
    std::int16_t temperature_dc;
    friend auto operator<=>(const Answer&, const Answer&) = default;
};

std::vector<Answer> sorted(const std::vector<domain::Scan>& scans) {
    std::vector<Answer> answers;
    for (const auto& scan : scans) answers.push_back({scan, scan.voided, scan.temperature_dc});
    std::sort(answers.begin(), answers.end());
    return answers;
}

/// Registrations 1 to 6 of three persons, at four sites.
struct World {
    World() {
        auto placed = std::make_shared<domain::People>();
        for (std::uint64_t id = 1; id <= registrations; ++id) placed->place({id}, {static_cast<std::uint32_t>(id % 3 + 1)}, {id});
        people = placed;
        auto made = std::make_shared<domain::Sites>();
        for (std::uint32_t id = 1; id <= 4; ++id) {
            domain::SiteRules rules;
            rules.ref = std::string(1, static_cast<char>('A' + id));
            rules.place = {id};
            rules.stays.push_back({});
            made->put({id}, rules);
        }
        sites = made;
    }
    domain::Scan scan(Random& random) const {
        domain::Scan made;
        made.registration = {random.below(registrations) + 1};
        made.site = {random.below(4) + 1};
        made.at = start + random.below(30) * 10;
        made.direction = static_cast<domain::Direction>(random.below(3));
        made.temperature_dc = static_cast<std::int16_t>(340 + random.below(90));
        return made;
    }
    std::vector<Answer> naive(const std::map<domain::ScanKey, domain::Scan>& known, domain::PersonNo person, domain::Instant from, domain::Instant to) const {
        std::vector<domain::Scan> found;
        for (const auto& [key, scan] : known)
            if (people->person_of(key.registration) == person && from <= key.at && key.at <= to) found.push_back(scan);
        return sorted(found);
    }
    std::shared_ptr<const domain::People> people;
    std::shared_ptr<const domain::Sites> sites;
};

}  // namespace

TEST_CASE("what is remembered is what a list of everything says, whatever the index knows of it and whatever was forgotten") {
    const World world;
    const auto seed = static_cast<std::uint64_t>(Catch::rngSeed());
    CAPTURE(seed);
    Random random(seed);
    for (int round = 0; round < 20; ++round) {
        RecentScans recent;
        std::map<domain::ScanKey, domain::Scan> known;      // everything
        std::map<domain::ScanKey, domain::Scan> in_index;   // what the index was made of
        std::size_t most = 0;
        for (int step = 0; step < 300; ++step) {
            const auto scan = world.scan(random);
            switch (random.below(10)) {
                case 0: {   // an index of some of what is known now, and of all that the one before knew
                    std::vector<domain::Scan> all;
                    std::size_t unindexed = 0;   // what the index does not know just as well
                    for (const auto& [key, one] : known) {
                        if (random.below(3) > 0) in_index[key] = one;
                        const auto found = in_index.find(key);
                        unindexed += found == in_index.end() || found->second.voided != one.voided;
                    }
                    for (const auto& [key, one] : in_index) all.push_back(one);
                    const auto before = recent.size();
                    const std::size_t count_max = random.below(2) == 0 ? 0 : before;
                    recent.set_index(domain::ContactIndex::build(all, world.people, world.sites, domain::TimeZone::fixed(0)), count_max);
                    CHECK(recent.size() == (count_max < before ? unindexed : before));
                    break;
                }
                case 2:
                    if (known.contains(scan)) {
                        const bool voided = random.below(2) == 0;
                        recent.set_voided(scan, voided);
                        known[scan].voided = voided;
                    }
                    break;
                case 3:   // a group that was not committed; the index cannot know it
                    if (known.contains(scan) && !in_index.contains(scan)) {
                        recent.remove(scan);
                        known.erase(scan);
                    }
                    break;
                default:
                    if (known.emplace(scan, scan).second) recent.add(scan);
            }
            most = std::max(most, recent.size());
            const auto looked_for = world.scan(random);
            const auto found = recent.find(looked_for);
            CHECK(found.has_value() == known.contains(looked_for));
            if (found) CHECK(sorted({*found}) == sorted({known.at(looked_for)}));
            const domain::PersonNo person{random.below(4) + 1};   // the fourth is nobody
            const auto from = start + random.below(40) * 10 - 50;
            const auto to = from + random.below(20) * 10;
            CAPTURE(round, step, person.value, from.s - start.s, to.s - start.s);
            REQUIRE(sorted(recent.scans(*world.people, person, from, to)) == world.naive(known, person, from, to));
        }
        CHECK(most > 5);
    }
}

TEST_CASE("a void of a scan that nobody knows yet holds for it from wherever it becomes known, until it is taken back") {
    const World world;
    Random random(7);
    const auto scan = world.scan(random);
    const auto person = world.people->person_of(scan.registration);
    const auto index_of = [&](std::vector<domain::Scan> scans) {
        return domain::ContactIndex::build(std::move(scans), world.people, world.sites, domain::TimeZone::fixed(0));
    };
    for (const bool from_index : {false, true}) {
        RecentScans recent;
        recent.set_voided(scan, true);
        CHECK(recent.is_voided(scan));
        CHECK_FALSE(recent.find(scan));
        if (from_index) recent.set_index(index_of({scan}), 0);   // made before the void was folded in
        else recent.add(scan);
        REQUIRE(recent.find(scan));
        CHECK(recent.find(scan)->voided);
        REQUIRE(recent.scans(*world.people, person, scan.at, scan.at).size() == 1);
        CHECK(recent.scans(*world.people, person, scan.at, scan.at)[0].voided);
        auto folded = scan;
        folded.voided = true;
        recent.set_index(index_of({folded}), 0);
        CHECK(recent.is_voided(scan));
        CHECK(recent.size() == 0);
    }
    RecentScans recent;
    recent.set_voided(scan, true);
    recent.set_voided(scan, false);   // a group that was not committed
    recent.add(scan);
    CHECK_FALSE(recent.is_voided(scan));
}

TEST_CASE("a scan is a repeat of the last one before it at its place, if that has its direction and is a minute old at most") {
    const World world;
    const auto seed = static_cast<std::uint64_t>(Catch::rngSeed());
    CAPTURE(seed);
    Random random(seed);
    int repeats = 0;
    for (int round = 0; round < 2'000; ++round) {
        std::vector<domain::Scan> earlier;
        for (auto left = random.below(6); left > 0; --left) {
            earlier.push_back(world.scan(random));
            earlier.back().voided = random.below(4) == 0;
        }
        const auto scan = world.scan(random);
        const auto order = [&](const domain::Scan& s) { return std::tuple(s.at, s.direction, (*world.sites)[s.site].ref); };
        const domain::Scan* previous = nullptr;
        for (const auto& other : earlier)
            if (!other.voided && other.site == scan.site && order(other) < order(scan) && (previous == nullptr || order(*previous) < order(other))) previous = &other;
        const bool meant = previous != nullptr && previous->direction == scan.direction && scan.at - previous->at <= 60;
        CHECK(is_repeat(scan, earlier, *world.sites) == meant);
        repeats += meant;
    }
    CHECK(repeats > 10);
}
