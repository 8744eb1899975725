// SPDX-License-Identifier: Apache-2.0
#include "domain/past_index.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"

using namespace chayan::domain;
using namespace chayan::domain::worlds;

namespace {

/// What the world was to whoever looked at `moment`; `later` are the scans that were voided after it.
oracle::World world_at(const oracle::World& world, Instant moment, const std::vector<ScanKey>& later) {
    auto then = world;
    std::erase_if(then.scans, [&](const Scan& scan) { return scan.at + scan.delay_s > moment; });
    for (auto& scan : then.scans)
        if (std::find(later.begin(), later.end(), static_cast<const ScanKey&>(scan)) != later.end()) scan.voided = false;
    return then;
}

}  // namespace

TEST_CASE("As known at a past moment a town answers as it answered then: without what came in later, was voided later, was ruled later") {
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        auto world = random_world(seed);
        Random random(seed * 15485863);
        // Each scan of equal keys as the first, which stands: that it came in at another moment would be another world.
        std::vector<Scan> scans;
        for (const auto& scan : world.scans) {
            const auto same = [&](const Scan& other) { return static_cast<const ScanKey&>(other) == static_cast<const ScanKey&>(scan); };
            if (std::none_of(scans.begin(), scans.end(), same)) scans.push_back(scan);
        }
        for (auto& scan : scans) scan.delay_s = random.below(3) == 0 ? static_cast<std::int32_t>(random.below(4 * 3600)) : 0;
        world.scans = scans;
        const auto moment = scans[random.below(static_cast<std::uint32_t>(scans.size()))].at + random.below(3) - 1;
        std::vector<ScanKey> voided_since;
        for (const auto& scan : scans)
            if (scan.voided && random.below(2) == 0) voided_since.push_back(scan);
        auto then = world_at(world, moment, voided_since);
        for (SiteId id{1}; id.value < world.sites.size(); ++id.value) {   // since then rules have changed
            auto rules = world.sites[id];
            std::erase_if(rules.stays, [&](const StayRule& rule) { return &rule != &rules.stays.front() && rule.since > moment; });
            then.sites.put(id, rules);
            const auto since = std::max(moment, rules.stays.back().since) + 1 + random.below(100);
            rules.stays.push_back({since, rules.stays.back().presence, static_cast<std::int32_t>(random.below(5000)), -1, -1});
            world.sites.put(id, rules);
        }
        std::vector<TraceQuestion> questions;
        for (int i = 0; i < 10; ++i) questions.push_back(random_question(random, world));
        const auto past = as_known_at(*build(world), {moment, std::make_shared<People>(world.people), voided_since});
        INFO("seed " << seed);
        REQUIRE(past->valid());
        REQUIRE(difference(tell(*past, then, questions), tell(then, questions), then) == "");
    }
}

TEST_CASE("A scan is known from the second in which it was received, and the scans of whoever registered later are nobody's yet") {
    auto town = make_town(2);
    auto late = scan(1, town.door, 0, Direction::in);
    late.delay_s = 600;
    town.world.scans = {late, scan(2, town.door, 60, Direction::in)};
    const auto now = build(town.world);
    const auto known = std::make_shared<People>(town.world.people);
    CHECK(as_known_at(*now, {start + 599, known, {}})->told_scans({1}).empty());
    CHECK(as_known_at(*now, {start + 600, known, {}})->told_scans({1}).size() == 1);
    const auto only_first = std::make_shared<People>();
    only_first->place({1}, {1}, {1});
    const auto past = as_known_at(*now, {start + 600, only_first, {}});
    CHECK(past->passages(town.door, {start, start + 3600}, nullptr).size() == 1);
    CHECK(past->valid());
}
