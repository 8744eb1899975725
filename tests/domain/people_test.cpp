// SPDX-License-Identifier: Apache-2.0
#include "domain/people.hpp"

#include <catch2/catch.hpp>

using namespace chayan::domain;

namespace {

using Registrations = std::vector<RegistrationId>;

/// Registrations 1 to 4 of persons 1 to 4, each on a phone of its own.
People four() {
    People people;
    for (std::uint32_t i = 1; i <= 4; ++i) people.place({i}, {i}, {i});
    return people;
}

}  // namespace

TEST_CASE("Who was never seen is nobody") {
    const People people = four();
    CHECK(people.person_of({5}).is_none());
    CHECK(people.holder_of({5}).is_none());
    CHECK(people.resolve({5}).is_none());
    CHECK(people.resolve({}).is_none());
    CHECK(people.registrations_of({5}).empty());
    CHECK(people.registrations_of({}).empty());
    CHECK(people.of_one_phone({5}).empty());
    CHECK(people.registration_count() == 4);
    CHECK(people.person_count() == 5);
}

TEST_CASE("A merge moves all registrations and redirects, also through a second merge") {
    People people = four();
    people.merge({1}, {2});
    people.merge({2}, {4});
    CHECK(people.registrations_of({4}) == Registrations{{1}, {2}, {4}});
    CHECK(people.registrations_of({1}).empty());
    CHECK(people.registrations_of({2}).empty());
    CHECK(people.person_of({1}) == PersonNo{4});
    CHECK(people.resolve({1}) == PersonNo{4});
    CHECK(people.resolve({3}) == PersonNo{3});
}

TEST_CASE("A split undoes a merge under the old number, and a new number redirects nowhere") {
    People people = four();
    people.merge({1}, {2});
    people.split({{1}}, {1});
    CHECK(people.resolve({1}) == PersonNo{1});
    CHECK(people.registrations_of({1}) == Registrations{{1}});
    CHECK(people.registrations_of({2}) == Registrations{{2}});
    people.merge({3}, {2});
    people.split({{3}}, {9});
    CHECK(people.resolve({9}) == PersonNo{9});
    CHECK(people.resolve({3}) == PersonNo{2});
    CHECK(people.person_of({3}) == PersonNo{9});
    CHECK(people.resolve({8}).is_none());
}

TEST_CASE("A registration placed with somebody who was merged away belongs to whoever that is today") {
    People people = four();
    people.merge({1}, {2});
    people.place({5}, {1}, {5});
    CHECK(people.person_of({5}) == PersonNo{2});
    CHECK(people.registrations_of({2}) == Registrations{{1}, {2}, {5}});
}

TEST_CASE("One phone's registrations find each other, whatever persons they are of") {
    People people = four();
    people.place({5}, {5}, {2});
    people.place({6}, {6}, {2});
    people.merge({5}, {3});
    for (std::uint64_t registration : {2U, 5U, 6U}) {
        CHECK(people.of_one_phone({registration}) == Registrations{{2}, {5}, {6}});
        CHECK(people.holder_of({registration}) == RegistrationId{2});
    }
    CHECK(people.of_one_phone({1}) == Registrations{{1}});
}

TEST_CASE("A copy never sees what is changed later, in either direction") {
    People original = four();
    const People copy = original;
    original.merge({1}, {2});
    original.place({5000}, {3000}, {5000});
    CHECK(copy.person_of({1}) == PersonNo{1});
    CHECK(copy.resolve({1}) == PersonNo{1});
    CHECK(copy.registrations_of({2}) == Registrations{{2}});
    CHECK(copy.person_of({5000}).is_none());
    CHECK(original.person_of({5000}) == PersonNo{3000});
    CHECK(original.person_of({4000}).is_none());
    People other = copy;
    other.merge({3}, {4});
    CHECK(copy.resolve({3}) == PersonNo{3});
    CHECK(original.resolve({3}) == PersonNo{3});
}
