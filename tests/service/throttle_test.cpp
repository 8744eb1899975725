// SPDX-License-Identifier: Apache-2.0
#include "service/throttle.hpp"

#include <catch2/catch.hpp>

#include <thread>
#include <vector>

using namespace chayan;
using namespace chayan::service;

namespace {

constexpr std::int64_t second = 1'000'000'000;

struct Watch final : MonotonicClock {
    std::int64_t now = 5 * second;
    std::int64_t now_ns() const override { return now; }
};

ThrottleSettings with(Bucket bucket, RateLimit limit) {
    ThrottleSettings settings;
    settings.limits[static_cast<std::size_t>(bucket)] = limit;
    return settings;
}

/// How many of `tries` at once are let in.
int let_in(Throttle& throttle, Bucket bucket, std::uint64_t who, int tries) {
    int count = 0;
    for (int i = 0; i < tries; ++i) count += throttle.take(bucket, who) == 0 ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("a bucket gives its burst at once, then its rate, and says when the next is there") {
    Watch watch;
    Throttle throttle(with(Bucket::operator_calls, {30, 4}), watch);
    CHECK(let_in(throttle, Bucket::operator_calls, 7, 4) == 4);
    CHECK(throttle.take(Bucket::operator_calls, 7) == 2);
    CHECK(throttle.refused(Bucket::operator_calls) == 1);
    watch.now += 2 * second - 1;
    CHECK(throttle.take(Bucket::operator_calls, 7) == 1);    // a second is the least that is told
    watch.now += 1;
    CHECK(throttle.take(Bucket::operator_calls, 7) == 0);
    CHECK(throttle.take(Bucket::operator_calls, 7) == 2);
    watch.now += 3600 * second;
    CHECK(let_in(throttle, Bucket::operator_calls, 7, 9) == 4);   // a rest never gives more than the burst
    CHECK(throttle.take(Bucket::operator_calls, 8) == 0);         // each has a bucket of their own,
    CHECK(throttle.take(Bucket::operator_scans, 7) == 0);         // and for each kind one
}

TEST_CASE("what is refused costs nothing, and what was let in whole is paid for before the next") {
    Watch watch;
    Throttle throttle(with(Bucket::operator_scans, {60, 10}), watch);
    CHECK(throttle.take(Bucket::operator_scans, 1) == 0);
    throttle.charge(Bucket::operator_scans, 1, 11);               // a batch of twelve: two are owed
    CHECK(throttle.take(Bucket::operator_scans, 1) == 3);
    for (int i = 0; i < 100; ++i) CHECK(throttle.take(Bucket::operator_scans, 1) == 3);
    watch.now += 3 * second;
    CHECK(throttle.take(Bucket::operator_scans, 1) == 0);
    throttle.charge(Bucket::operator_scans, 1, 1'000'000);        // nobody owes more than one burst: none is shut out for good
    CHECK(throttle.take(Bucket::operator_scans, 1) == 11);
    throttle.charge(Bucket::operator_scans, 1, 0);
    CHECK(throttle.take(Bucket::operator_scans, 1) == 11);
}

TEST_CASE("honest use is never refused by the limits that are set at first") {
    Watch watch;
    Throttle throttle({}, watch);
    int refused = 0;
    for (int i = 0; i < 4'000; ++i) refused += throttle.take(Bucket::operator_scans, 1) != 0 ? 1 : 0;   // the queue of an outage,
    for (int i = 0; i < 3 * 3600; ++i, watch.now += second) refused += throttle.take(Bucket::operator_scans, 1) != 0 ? 1 : 0;   // then a morning, one a second
    CHECK(refused == 0);
    for (int i = 0; i < 500; ++i) refused += throttle.take(Bucket::credential_scans, 2) != 0 ? 1 : 0;   // a full batch
    for (int i = 0; i < 100; ++i) {
        watch.now += 2 * second;
        refused += throttle.take(Bucket::credential_scans, 2) != 0 ? 1 : 0;
    }
    for (int i = 0; i < 600; ++i, watch.now += second / 2) refused += throttle.take(Bucket::operator_questions, 3) != 0 ? 1 : 0;   // a script over 600 contacts
    // A gate at three times its highest hour, on the first day: everybody has registered just now.
    for (std::uint32_t i = 1; i <= 27'000; ++i, watch.now += 3600 * second / 27'000) refused += throttle.take_at_site({1}, {i}) != 0 ? 1 : 0;
    CHECK(refused == 0);
}

TEST_CASE("a failed code costs as much as many scans, so that guessing ends while an honest mistake does not matter") {
    Watch watch;
    Throttle throttle({}, watch);
    const domain::RegistrationId phone{5};
    for (int i = 0; i < 5; ++i) {
        CHECK(throttle.take(Bucket::credential_scans, 5) == 0);
        throttle.charge_failed_code(phone);
    }
    CHECK(throttle.take(Bucket::credential_scans, 5) == 0);   // five posters of another town in a row
    int guesses = 5;
    for (; guesses < 1'000 && throttle.take(Bucket::credential_scans, 5) == 0; ++guesses) throttle.charge_failed_code(phone);
    CHECK(guesses < 30);
    watch.now += 3600 * second;
    CHECK(throttle.take(Bucket::credential_scans, 5) == 0);   // nobody is shut out for good
}

TEST_CASE("at a site only phones that registered just now are refused, and only by each other") {
    Watch watch;
    Throttle throttle(with(Bucket::site_newcomers, {60, 3}), watch, {100});
    for (std::uint32_t i = 101; i <= 103; ++i) CHECK(throttle.take_at_site({1}, {i}) == 0);
    CHECK(throttle.take_at_site({1}, {104}) == 1);
    CHECK(throttle.refused(Bucket::site_newcomers) == 1);
    for (int i = 0; i < 50; ++i) CHECK(throttle.take_at_site({1}, {100}) == 0);   // known before, as often as it likes
    CHECK(throttle.take_at_site({2}, {104}) == 0);                                // and other sites do not suffer
    watch.now += 3600 * second;
    for (std::uint32_t i = 105; i <= 107; ++i) CHECK(throttle.take_at_site({1}, {i}) == 0);
    CHECK(throttle.take_at_site({1}, {104}) > 0);    // perhaps of a minute before the hour
    watch.now += 3600 * second;
    for (std::uint32_t i = 108; i <= 110; ++i) CHECK(throttle.take_at_site({1}, {i}) == 0);
    CHECK(throttle.take_at_site({1}, {111}) > 0);
    CHECK(throttle.take_at_site({1}, {104}) == 0);   // settled by now
    CHECK(throttle.take_at_site({1}, {107}) > 0);
}

TEST_CASE("a flood of invented phones stores what the limits say, and those who were there before lose nothing") {
    Watch watch;
    Throttle throttle({}, watch, {100'000});
    int stored = 0, honest = 0;
    for (int i = 0; i < 50'000; ++i, watch.now += 60 * second / 50'000) {   // SECURITY T3: 200 phones, one minute, one site
        const domain::RegistrationId phone{100'001 + static_cast<std::uint64_t>(i % 200)};
        const bool taken = throttle.take(Bucket::credential_scans, phone.value) == 0 && throttle.take_at_site({7}, phone) == 0;
        stored += taken ? 1 : 0;
        const domain::RegistrationId known{static_cast<std::uint64_t>(i % 90'000)};
        honest += i % 10 == 0 && (throttle.take(Bucket::credential_scans, known.value) != 0 || throttle.take_at_site({7}, known) != 0) ? 1 : 0;
    }
    CHECK(stored >= 5'000);
    CHECK(stored <= 5'600);
    CHECK(honest == 0);
}

TEST_CASE("logins count by name and neighbourhood") {
    Watch watch;
    Throttle throttle(with(Bucket::logins, {60, 2}), watch);
    CHECK(throttle.take_login("wang", "203.0.113") == 0);
    CHECK(throttle.take_login("wang", "203.0.113") == 0);
    CHECK(throttle.take_login("wang", "203.0.113") == 1);
    CHECK(throttle.take_login("wang", "198.51.100") == 0);
    CHECK(throttle.take_login("li", "203.0.113") == 0);
}

TEST_CASE("switched off, nothing is counted") {
    Watch watch;
    auto settings = with(Bucket::logins, {1, 1});
    settings.enabled = false;
    settings.limits[static_cast<std::size_t>(Bucket::site_newcomers)] = {1, 1};
    Throttle throttle(settings, watch);
    for (int i = 0; i < 10; ++i) {
        CHECK(throttle.take(Bucket::logins, 1) == 0);
        CHECK(throttle.take_at_site({1}, {1}) == 0);
        throttle.charge(Bucket::logins, 1, 100);
    }
    CHECK(throttle.refused(Bucket::logins) == 0);
}

TEST_CASE("a table that is full forgives the least debt there is: a flood of others neither refuses the honest nor resets who owes much") {
    Watch watch;
    BucketTable table({60, 100}, 512, 12345);
    table.charge(1, 150, watch.now);                              // owes 50
    int refused = 0;
    for (std::uint64_t key = 1'000; key < 101'000; ++key) refused += table.take(key, watch.now) != 0 ? 1 : 0;
    CHECK(refused == 0);
    CHECK(table.take(1, watch.now) > 50 * second);
    watch.now += 51 * second;
    CHECK(table.take(1, watch.now) == 0);
}

TEST_CASE("several threads take no more than there is") {
    Watch watch;
    Throttle throttle(with(Bucket::credential_scans, {1, 1'000}), watch);
    std::atomic<int> taken{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) threads.emplace_back([&] { taken += let_in(throttle, Bucket::credential_scans, 9, 500); });
    }
    CHECK(taken == 1'000);
}

TEST_CASE("the newest registration is the highest number that a person has") {
    domain::People people;
    CHECK(newest_registration(people).value == 0);
    people.place({4}, {2}, {4});
    people.place({900}, {1}, {900});
    people.place({7}, {1}, {7});
    CHECK(newest_registration(people).value == 900);
}
