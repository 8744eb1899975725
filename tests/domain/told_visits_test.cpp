// SPDX-License-Identifier: Apache-2.0
#include "domain/told_visits.hpp"

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"

using namespace chayan::domain;
using namespace chayan::domain::worlds;

TEST_CASE("Visits that were told of count in every question like those that scans show, and the index without them stays what it was") {
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        auto world = random_world(seed);
        Random random(seed * 49'979'687);
        std::vector<TraceQuestion> questions;
        for (int i = 0; i < 10; ++i) questions.push_back(random_question(random, world));
        const auto plain = build(world);
        const auto without = tell(world, questions);
        for (std::uint32_t i = 1 + random.below(6); i > 0; --i) {
            const auto from = world.scans[random.below(static_cast<std::uint32_t>(world.scans.size()))].at + random.below(600) - 300;
            const auto long_s = 1 + random.below(random.below(8) == 0 ? 86'400 : 5'000);
            world.told.push_back({{1 + random.below(world.people.person_count() + 1)}, {1 + random.below(5)}, {from, from + long_s}});
        }
        INFO("seed " << seed);
        REQUIRE(difference(tell(*build(world), world, questions), tell(world, questions), world) == "");
        REQUIRE(plain->valid());
        REQUIRE(difference(tell(*plain, world, questions), without, world) == "");
    }
}

TEST_CASE("A visit that was told of lasts a second at least and a day at most, and of a site that nobody knows yet there is none") {
    auto town = make_town(2);
    town.world.scans = {scan(1, town.door, 0, Direction::in)};
    const auto meets = [&](SiteId site, std::int64_t long_s) {
        town.world.told = {{{2}, site, {start, start + long_s}}};
        TraceQuestion question;
        question.index = {PersonNo{1}};
        question.window = {start, start + 2 * 86'400};
        return build(town.world)->trace(question)->contacts.size();
    };
    CHECK(meets(town.door, 1) == 1);
    CHECK(meets(town.back_door, 86'400) == 1);
    CHECK(meets(town.office, 3'600) == 0);
    CHECK(meets({99}, 3'600) == 0);
}
