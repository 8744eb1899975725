// SPDX-License-Identifier: Apache-2.0
// Who is forgotten: exactly those of whom nothing is left, and nobody who stays is bound to somebody who went.
#include "service/people_retention.hpp"

#include "service/bureau.hpp"
#include "storage/retention.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

using Numbers = std::set<std::uint64_t>;

/// By the words alone: whatever is kept keeps all that it names and that names it, until nothing more is kept.
Numbers going_by_the_words(const std::vector<storage::Placement>& placements, const std::vector<storage::PersonEvent>& events, const Numbers& kept_at_first) {
    Numbers kept = kept_at_first, persons;
    for (std::size_t before = ~0U; before != kept.size() + persons.size();) {
        before = kept.size() + persons.size();
        for (const auto& row : placements) {
            if (kept.contains(row.registration.value)) persons.insert(row.person.value), kept.insert(row.holder.value);
            if (persons.contains(row.person.value) || kept.contains(row.holder.value)) kept.insert(row.registration.value);
        }
        for (const auto& event : events) {
            const bool is_named = std::any_of(event.registrations.begin(), event.registrations.end(), [&](auto one) { return kept.contains(one.value); });
            if (!is_named && !persons.contains(event.from.value) && !persons.contains(event.into.value)) continue;
            persons.insert({event.from.value, event.into.value});
            for (const auto one : event.registrations) kept.insert(one.value);
        }
    }
    Numbers going;
    for (const auto& row : placements)
        if (!kept.contains(row.registration.value)) going.insert(row.registration.value);
    return going;
}

struct World : Bureau {
    std::vector<storage::Placement> placements() {
        std::vector<storage::Placement> all;
        reader().registry().read_placements([&](std::span<const storage::Placement> rows) { all.insert(all.end(), rows.begin(), rows.end()); });
        return all;
    }
    std::vector<storage::GoingPeople> to_go(const Numbers& kept, std::size_t most = 1'000'000) {
        const PeopleKept rule{domain::ever_after, [&](domain::RegistrationId one) { return kept.contains(one.value); }, [](auto) { return false; }};
        return people_to_go(placements(), reader().registry().person_events(), rule, most);
    }
    void forget_all(const std::vector<storage::GoingPeople>& groups) {
        REQUIRE(write([&](WriteContext& context) -> kit::Status {
            for (const auto& group : groups) {
                REQUIRE(context.store().retention().remove_people(group, clock.now()));
                forget(context.edit_people(), group.registrations, group.persons);
            }
            return kit::Done{};
        }));
    }
};

Numbers numbers_of(const std::vector<storage::GoingPeople>& groups) {
    Numbers numbers;
    for (const auto& group : groups)
        for (const auto one : group.registrations) CHECK(numbers.insert(one.value).second);   // nobody goes twice
    return numbers;
}

void check_equal(const domain::People& one, const domain::People& other, std::uint64_t last) {
    CHECK(one.registration_count() == other.registration_count());
    for (domain::RegistrationId id{1}; id.value <= last; ++id.value) {
        CHECK(one.person_of(id) == other.person_of(id));
        CHECK(one.holder_of(id) == other.holder_of(id));
        CHECK(one.of_one_phone(id) == other.of_one_phone(id));
        CHECK(is_seen(one, id) == is_seen(other, id));
    }
    for (domain::PersonNo person{1}; person.value < std::max(one.person_count(), other.person_count()); ++person.value) {
        CHECK(one.resolve(person) == other.resolve(person));
        CHECK(one.registrations_of(person) == other.registrations_of(person));
    }
}

}  // namespace

TEST_CASE("exactly those go of whom nothing is left, whatever was joined and parted, and the next start finds what memory has") {
    std::size_t gone = 0;
    for (unsigned seed = 0; seed < 12; ++seed) {
        World world;
        domain::worlds::Random random(seed);
        Days days(world, random);
        for (int i = 0; i < 15; ++i) days.pass();
        for (int i = 0; i < 25; ++i) i % 5 == 4 ? days.split_somebody() : days.pass_without_decisions();
        const auto last = world.last();
        Numbers kept;
        for (const auto& scan : world.log()) kept.insert(scan.registration.value);   // or the log would name nobody
        for (std::uint64_t id = 1; id <= last.value; ++id)
            if (random.below(8) == 0) kept.insert(id);
        const auto groups = world.to_go(kept);
        const auto going = numbers_of(groups);
        gone += going.size();
        CHECK(going == going_by_the_words(world.placements(), world.reader().registry().person_events(), kept));
        world.forget_all(groups);
        CHECK(world->store.check().empty());   // nothing names what is not there
        const auto memory = world.directory()->people;
        for (const auto& group : groups)
            for (const auto one : group.registrations) CHECK(world.reader().registry().registration(one) == std::nullopt);
        world.restart();
        check_equal(*memory, *world.directory()->people, last.value);
        CHECK(world.reader().registry().last_registration() == last);   // also when the newest went
        const auto next = world.registered(someone(900 + seed));
        CHECK(next.value == last.value + 1);
    }
    CHECK(gone > 20);   // else it shows nothing
}

TEST_CASE("people go in groups, as many as are allowed and one at least") {
    World world;
    for (unsigned i = 0; i < 6; ++i) world.registered(someone(i));
    CHECK(numbers_of(world.to_go({})).size() == 6);
    CHECK(numbers_of(world.to_go({}, 3)) == Numbers{1, 2, 3});   // the oldest first
    CHECK(numbers_of(world.to_go({}, 0)) == Numbers{1});
    CHECK(world.to_go({1, 2, 3, 4, 5, 6}).empty());
}

TEST_CASE("who was registered since is kept, and who asked for erasure is not kept by that") {
    World world;
    const auto old = world.registered(someone(0));
    world.clock.pass(100);
    const auto since = world.clock.now();
    const auto young = world.registered(someone(1));
    for (const bool asked : {false, true}) {
        PeopleKept rule{since, [](auto) { return false; }, [&](domain::RegistrationId holder) { return asked && holder == young; }};
        const auto going = numbers_of(people_to_go(world.placements(), {}, rule, 100));
        CHECK(going == (asked ? Numbers{old.value, young.value} : Numbers{old.value}));
        rule.since = since + 1;
        CHECK(numbers_of(people_to_go(world.placements(), {}, rule, 100)).size() == 2);
    }
}
