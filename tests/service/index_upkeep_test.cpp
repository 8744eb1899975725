// SPDX-License-Identifier: Apache-2.0
// The index while people change under it.
#include "service/bureau.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <catch2/catch.hpp>

#include "service/person_events.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

TEST_CASE("a directory that is ahead of its facts, as for a moment in each commit, changes nobody in the index until they come") {
    Bureau bureau;
    const auto one = bureau.registered(someone(1)), other = bureau.registered(someone(2));
    REQUIRE(bureau.scan(one, "A", "in", morning - 900));
    REQUIRE(bureau.scan(other, "A", "in", morning - 600));
    REQUIRE((*bureau->tracing.index())->valid());
    REQUIRE(bureau.scan(one, "B", "in", morning - 300));   // a fact that a question will take
    // What the writer publishes of a merge before it hands out the merge's facts.
    auto ahead = *bureau->board.load();
    auto people = std::make_shared<domain::People>(*ahead.people);
    people->merge(people->person_of(other), people->person_of(one));
    ahead.people = people;
    bureau->board.store(std::make_shared<const Directory>(std::move(ahead)));
    const auto index = *bureau->tracing.index();
    CHECK(index->people().person_of(one) != index->people().person_of(other));
    CHECK(index->valid());
}

TEST_CASE("questions in the midst of merges, splits and scans leave the index what it would be if it were made anew") {
    Bureau bureau;
    constexpr unsigned people = 60, changes = 3'000;
    std::vector<domain::RegistrationId> who;
    for (unsigned i = 0; i < people; ++i) {
        who.push_back(bureau.registered(someone(i)));
        REQUIRE(bureau.scan(who.back(), i % 2 == 0 ? "A" : "B", "in", morning - 7'200 + i));
    }
    std::atomic<bool> is_over{false};
    std::vector<std::thread> others;
    others.emplace_back([&] {   // now and then, so that there are facts to take when a question falls between a commit's directory and its facts
        while (!is_over) {
            (void)bureau->tracing.index();
            std::this_thread::sleep_for(std::chrono::microseconds(100));
        }
    });
    others.emplace_back([&] {
        for (unsigned i = 0; !is_over; ++i) (void)bureau.scan(who[i % people], i % 3 == 0 ? "B" : "A", i % 2 == 0 ? "out" : "in", morning - 18'000 + i * 7 % 15'000);
    });
    bool is_valid = true;
    for (unsigned i = 0; i < changes && is_valid; ++i) {
        const auto one = who[i % people], other = who[(i * 7 + 1) % people];
        if (one == other) continue;
        (void)bureau.write([&](WriteContext& context) -> kit::Status {
            const auto& known = *context.directory().people;
            const auto mine = known.person_of(one), theirs = known.person_of(other);
            if (mine != theirs) merge_persons(context, mine, theirs, {}, "a test");
            else if (known.registrations_of(mine).size() > 1) split_person(context, {other}, context.next_person(), {}, "a test");
            return kit::Done{};
        });
        if (i % 100 == 99) is_valid = (*bureau->tracing.index())->valid();
    }
    is_over = true;
    for (auto& thread : others) thread.join();
    CHECK(is_valid);
    CHECK((*bureau->tracing.index())->valid());
}
