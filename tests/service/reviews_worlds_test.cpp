// SPDX-License-Identifier: Apache-2.0
// What holds of persons and reviews whatever happens: seeded days at a bureau.
#include "service/reviews.hpp"

#include <catch2/catch.hpp>

#include <numeric>

#include "service/bureau.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;
using domain::RegistrationId;
using storage::ReviewState;

namespace {

using Pair = std::pair<RegistrationId, RegistrationId>;

std::vector<Pair> pairs_of(Bureau& bureau, ReviewState state) {
    std::vector<Pair> pairs;
    for (const auto& row : bureau.rows(state)) pairs.emplace_back(row.a, row.b);
    return pairs;
}

/// By registration: its person, or none.
std::vector<std::uint32_t> numbers(const domain::People& people, std::uint64_t upto) {
    std::vector<std::uint32_t> found;
    for (std::uint64_t id = 1; id <= upto; ++id) found.push_back(people.person_of({id}).value);
    return found;
}

/// Every registration is of one person, who knows it, and of nobody else.
void check_owners(const domain::People& people) {
    std::uint64_t owned = 0;
    for (std::uint32_t person = 1; person < people.person_count(); ++person) {
        const auto& all = people.registrations_of({person});
        owned += all.size();
        CHECK(std::is_sorted(all.begin(), all.end()));
        for (const auto one : all) CHECK(people.person_of(one).value == person);
        if (!all.empty()) CHECK(people.resolve({person}).value == person);
    }
    CHECK(owned == people.registration_count());
    for (std::uint64_t id = 1; id <= people.registration_count(); ++id) CHECK_FALSE(people.person_of({id}).is_none());
}

/// Whoever is connected by ties, as sets.
class Connected {
public:
    explicit Connected(std::uint64_t count) : leader_(count + 1) { std::iota(leader_.begin(), leader_.end(), 0U); }
    void tie(RegistrationId a, RegistrationId b) { leader_[find(a.value)] = find(b.value); }
    Sets sets() {
        std::map<std::uint64_t, std::set<std::uint64_t>> by_leader;
        for (std::uint64_t id = 1; id < leader_.size(); ++id) by_leader[find(id)].insert(id);
        Sets found;
        for (const auto& [leader, set] : by_leader) found.insert(set);
        return found;
    }

private:
    std::uint64_t find(std::uint64_t one) {
        while (leader_[one] != one) one = leader_[one];
        return one;
    }
    std::vector<std::uint64_t> leader_;
};

/// What the rules found, statement by statement, and what humans say now.
Sets tied(Bureau& bureau) {
    auto& registry = bureau.reader().registry();
    const auto events = registry.person_events();
    const auto people = bureau.directory()->people;
    std::vector<Pair> held;
    auto event = events.begin();
    const auto happens = [&](std::uint64_t upto) {   // what the rules did once so many had come
        for (; event != events.end() && event->upto.value < upto; ++event) {
            if (!event->by.is_none()) continue;
            const auto is_of = [&](RegistrationId one) { return std::count(event->registrations.begin(), event->registrations.end(), one) != 0; };
            if (event->kind == storage::PersonEventKind::split) {   // it fits several: neither side is held by the other any more, and each is one
                std::vector<RegistrationId> stayed;
                for (const auto& [a, b] : held)
                    if (is_of(a) != is_of(b)) stayed.push_back(is_of(a) ? b : a);
                std::erase_if(held, [&](const Pair& pair) { return is_of(pair.first) != is_of(pair.second); });
                for (const auto one : event->registrations) held.emplace_back(event->registrations.front(), one);
                for (const auto one : stayed) held.emplace_back(stayed.front(), one);
            } else if (event->reason != "found by the rules") {   // which its review says
                const auto why = registry.registration(event->upto);   // the statement that made one of two
                for (const auto one : event->registrations)
                    if (people->holder_of(one) == people->holder_of(why->id)) held.emplace_back(one, why->id);
            }
        }
    };
    for (std::uint64_t id = 1; id <= bureau.last().value; ++id) {
        happens(id);
        if (const auto row = registry.registration({id}); !row->link_to.is_none()) held.emplace_back(row->id, row->link_to);
    }
    happens(bureau.last().value + 1);
    Connected all(bureau.last().value);
    for (const auto& [a, b] : held) all.tie(a, b);
    for (const auto& [a, b] : pairs_of(bureau, ReviewState::same)) all.tie(a, b);
    return all.sets();
}

std::uint64_t seed() { return static_cast<std::uint64_t>(Catch::rngSeed()); }

}  // namespace

TEST_CASE("whatever happens, each statement has one owner, and no question is open about one person") {
    CAPTURE(seed());
    domain::worlds::Random random(seed());
    Bureau bureau;
    Days days(bureau, random);
    for (int i = 0; i < 150; ++i) {
        days.pass();
        CAPTURE(i);
        check_owners(*bureau.directory()->people);
        for (const auto& [a, b] : pairs_of(bureau, ReviewState::open)) CHECK_FALSE(bureau.are_one(a, b));
        for (const auto& [a, b] : pairs_of(bureau, ReviewState::distinct)) CHECK_FALSE(bureau.are_one(a, b));
    }
}

TEST_CASE("whatever happened, a restart makes the same persons of it, and each past moment is told as it was") {
    CAPTURE(seed());
    domain::worlds::Random random(seed());
    Bureau bureau;
    Days days(bureau, random);
    std::map<std::int64_t, std::vector<std::uint32_t>> then;
    for (int i = 0; i < 150; ++i) {
        days.pass();
        then[bureau.clock.now().s] = numbers(*bureau.directory()->people, bureau.last().value);
        if (i % 30 != 29) continue;
        const auto traces = bureau.traces();
        bureau.restart();
        CAPTURE(i);
        CHECK(numbers(*bureau.directory()->people, bureau.last().value) == then.rbegin()->second);
        CHECK(bureau.traces() == traces);
        check_owners(*bureau.directory()->people);
    }
    for (const auto& [at, persons] : then) {
        const auto people = load_people(bureau.reader(), {at});
        CAPTURE(at);
        CHECK(people.registration_count() == persons.size());
        CHECK(numbers(people, persons.size()) == persons);
    }
}

TEST_CASE("what a human said stands whatever is stated later, corrected or imported, also over a restart") {
    CAPTURE(seed());
    domain::worlds::Random random(seed());
    Bureau bureau;
    Days days(bureau, random);
    while (bureau.rows().size() < 8) days.register_somebody();
    for (int i = 0; i < 12; ++i) days.decide_something();
    for (int i = 0; i < 200 && pairs_of(bureau, ReviewState::distinct).size() < 3; ++i) {
        days.register_somebody();
        days.decide_something();
    }
    std::vector<Pair> same;
    for (const auto& row : bureau.rows(ReviewState::same))
        if (!row.by.is_none()) same.emplace_back(row.a, row.b);   // not what the rules found
    const auto distinct = pairs_of(bureau, ReviewState::distinct);
    CHECK(same.size() + distinct.size() > 2);
    for (int i = 0; i < 80; ++i) {
        bureau.clock.pass(30);
        days.pass_without_decisions();
        if (i == 40) bureau.restart();
        CAPTURE(i);
        for (const auto& [a, b] : same) CHECK(bureau.are_one(a, b));
        for (const auto& [a, b] : distinct) CHECK_FALSE(bureau.are_one(a, b));
    }
}

TEST_CASE("decisions taken back in the opposite order give back each person and trace that there was") {
    // In the second world two statements that were split off one after another, and had been held together by a third that stayed, are joined.
    const auto number = GENERATE(seed(), std::uint64_t{1795790297});
    CAPTURE(number);
    domain::worlds::Random random(number);
    Bureau bureau;
    Days days(bureau, random);
    while (bureau.rows().size() < (number == seed() ? 20 : 8)) days.register_somebody();
    for (int i = 0; i < 40; ++i) {
        bureau.clock.pass(20);
        days.scan_somebody();
    }
    std::vector<std::string> decided;
    std::vector<std::map<std::uint64_t, Trace>> before;
    for (int i = 0; i < 15; ++i) {
        const auto open = bureau.rows();
        const auto traces = bureau.traces();
        std::string review;
        if (i % 4 == 3) {
            const auto& all = bureau.directory()->people->registrations_of(bureau.person_of({1 + random.below(static_cast<std::uint32_t>(bureau.last().value))}));
            if (all.size() < 2) continue;
            review = bureau.split(all.front(), {all.back()});
        } else {
            if (open.empty()) break;
            review = public_id(open[random.below(static_cast<std::uint32_t>(open.size()))].id);
            if (!bureau.decide(review, "same").empty()) continue;
        }
        decided.push_back(review);
        before.push_back(traces);
    }
    CHECK(decided.size() > 2);
    while (!decided.empty()) {
        CHECK(bureau.undo(decided.back()) == "");
        CAPTURE(decided.size());
        CHECK(bureau.traces() == before.back());
        decided.pop_back();
        before.pop_back();
    }
}

TEST_CASE("persons are what the rules found and humans say now, in whatever order that was said and taken back") {
    CAPTURE(seed());
    domain::worlds::Random random(seed());
    Bureau bureau;
    Days days(bureau, random);
    for (int i = 0; i < 120; ++i) {
        bureau.clock.pass(10);
        if (const auto kind = random.below(5); kind < 2) days.pass_without_decisions();
        else if (kind < 4) days.decide_something();
        else days.take_something_back();
        CAPTURE(i);
        REQUIRE(bureau.sets() == tied(bureau));
    }
}
