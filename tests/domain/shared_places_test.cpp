// SPDX-License-Identifier: Apache-2.0
#include "domain/shared_places.hpp"

#include <cmath>
#include <set>

#include <catch2/catch.hpp>

#include "domain/worlds.hpp"

using namespace chayan::domain;
using namespace chayan::domain::worlds;

namespace {

constexpr std::int64_t hour = 3600, day = 86'400;
constexpr std::int64_t fortnight = 14 * day;

/// A town in which people go about for a fortnight among places of which few are busy (Zipf), and the one place where somebody infected others.
struct Outbreak {
    oracle::World world;
    std::uint32_t people, places;
    SiteId source;
    std::int64_t hour_s;             ///< after the start: when it happened
    std::vector<PersonNo> infected;

    Outbreak(std::uint64_t seed, std::uint32_t people_count, std::uint32_t place_count) : people(people_count), places(place_count) {
        Random random(seed);
        for (std::uint32_t i = 1; i <= places; ++i) add_site(world.sites, "S" + std::to_string(i), Presence::venue, 1800);
        for (std::uint32_t i = 1; i <= people; ++i) world.people.place({i}, {i}, {i});
        std::vector<std::uint32_t> weights;
        for (std::uint32_t i = 1; i <= places; ++i) weights.insert(weights.end(), 1 + 4 * places / i, i);
        for (std::uint32_t person = 1; person <= people; ++person) {
            const auto visits = 3 + random.below(26);   // some go out much more than others
            for (std::uint32_t v = 0; v < visits; ++v) {
                const auto second = random.below(14) * day + 6 * hour + random.below(16 * 3600);
                world.scans.push_back(scan(person, {weights[random.below(static_cast<std::uint32_t>(weights.size()))]}, second, Direction::in));
            }
        }
        source = {1 + random.below(places)};
        hour_s = (2 + random.below(10)) * day + (8 + random.below(10)) * hour;
        while (infected.size() < 5) {   // whoever else was there that hour may be well
            const PersonNo person{1 + random.below(people)};
            if (std::find(infected.begin(), infected.end(), person) != infected.end()) continue;
            infected.push_back(person);
            world.scans.push_back(scan(person.value, source, hour_s + random.below(3000), Direction::in));
        }
    }
    SharedPlacesQuestion question() const {
        SharedPlacesQuestion asked;
        for (const auto person : infected) asked.cases.push_back({person, {start, start + fortnight}});
        return asked;
    }
};

/// Everything the answer says of one slot, counted by the oracle's visits.
void check_counts(const oracle::World& world, const SharedPlacesQuestion& question, const SharedPlace& found) {
    std::set<PersonNo> cases, there;
    for (const auto& one : question.cases) cases.insert(one.person);
    for (std::uint32_t number = 1; number < world.people.person_count(); ++number)
        for (const auto& visit : oracle::visits(world, {number})) {
            const bool meets = visit.begin == visit.end ? visit.begin >= found.span.from && visit.begin < found.span.to
                                                        : visit.begin < found.span.to && visit.end > found.span.from;
            if (world.sites[visit.site].place == found.place && meets) there.insert({number});
        }
    for (const auto person : found.cases) CHECK(there.contains(person));
    CHECK(found.cases.size() >= 2);
    // The slot may reach beyond the cases' visits, so there may be more others in it than in the span.
    std::size_t others = 0;
    for (const auto person : there) others += cases.contains(person) ? 0U : 1U;
    CHECK(found.others >= others);
}

}  // namespace

TEST_CASE("The tail of the Poisson law is what summing its terms gives, also where it is tiny or nearly one") {
    for (const double mean : {1e-9, 0.01, 0.5, 1.0, 3.0, 4.999, 5.0, 20.0, 400.0})
        for (const std::uint32_t count : {0U, 1U, 2U, 5U, 30U, 500U}) {
            long double below = 0;
            for (std::uint32_t j = 0; j < count; ++j) below += std::exp(j * std::log(static_cast<long double>(mean)) - mean - std::lgamma(j + 1.0L));
            long double tail = 0;
            for (std::uint32_t j = count; j < count + 2000; ++j) tail += std::exp(j * std::log(static_cast<long double>(mean)) - mean - std::lgamma(j + 1.0L));
            INFO(mean << ' ' << count);
            const auto meant = tail > 1e-300L ? static_cast<double>(std::log(std::min(tail, 1.0L))) : -700;
            if (tail > 1e-300L) CHECK(log_poisson_tail(count, mean) == Approx(meant).epsilon(1e-8).margin(1e-8));
            else CHECK(log_poisson_tail(count, mean) < -690);
        }
}

TEST_CASE("Of a planted outbreak with five known cases the true place comes first, nearly always") {
    int first = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const Outbreak town(seed, 3000, 60);
        const auto index = build(town.world);
        const auto found = shared_places(*index, town.question());
        REQUIRE_FALSE(found.places.empty());
        first += found.places[0].place == town.source ? 1 : 0;
        if (found.places[0].place == town.source) {
            CHECK(found.places[0].cases.size() == 5);
            CHECK(found.places[0].span.from < start + town.hour_s + hour);
            CHECK(found.places[0].span.to > start + town.hour_s);
        }
    }
    CHECK(first >= 95);
}

TEST_CASE("What five strangers share is expected by chance, so that nobody follows it") {
    int surprising = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        Outbreak town(seed, 2000, 60);
        Random random(seed + 5000);
        SharedPlacesQuestion question;
        for (int i = 0; i < 5; ++i) question.cases.push_back({{1 + random.below(town.people)}, {start, start + fortnight}});
        const auto found = shared_places(*build(town.world), question);
        surprising += !found.places.empty() && found.places[0].by_chance < 0.05 ? 1 : 0;
    }
    CHECK(surprising <= 5);   // 2.5 are meant at most, and the law is careful
}

TEST_CASE("Whom and how many a shared place counts is what the visits say, and limit and categories cut") {
    const Outbreak town(3, 400, 12);
    const auto index = build(town.world);
    auto question = town.question();
    const auto all = shared_places(*index, question);
    REQUIRE(all.places.size() > 3);
    CHECK(all.left_out == 0);
    CHECK(all.people == 400);
    for (const auto& place : all.places) check_counts(town.world, question, place);
    question.limit = 2;
    const auto two = shared_places(*index, question);
    CHECK(two.places.size() == 2);
    CHECK(two.left_out == all.places.size() - 2);
    question.limit = {};
    question.categories = {Category::clinic};
    CHECK(shared_places(*index, question).places.empty());
}

TEST_CASE("Only what a case did in its own window counts, and one case shares nothing") {
    Town town = make_town(3);
    for (const std::uint64_t person : {1U, 2U, 3U}) town.world.scans.push_back(scan(person, town.office, static_cast<std::int64_t>(person) * 60, Direction::in));
    const auto index = build(town.world);
    const Interval whole{start, start + day};
    SharedPlacesQuestion question;
    question.cases = {{{1}, whole}, {{2}, whole}};
    REQUIRE(shared_places(*index, question).places.size() == 1);
    CHECK(shared_places(*index, question).places[0].cases == std::vector<PersonNo>{{1}, {2}});
    CHECK(shared_places(*index, question).places[0].others == 1);
    question.cases = {{{1}, whole}, {{2}, {start + 12 * hour, start + day}}};   // after the visit's end
    CHECK(shared_places(*index, question).places.empty());
    question.cases = {{{1}, whole}, {{1}, whole}};
    CHECK(shared_places(*index, question).places.empty());
    question.cases = {{{1}, whole}, {{99}, whole}};   // nobody
    CHECK(shared_places(*index, question).places.empty());
}
