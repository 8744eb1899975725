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

TEST_CASE("A correction is what the holder says of what is later than it, a dependant's statement never") {
    People people = four();
    people.place({5}, {5}, {2});
    people.place({6}, {6}, {2}, {100});
    people.place({7}, {7}, {2}, {200});
    people.place({8}, {8}, {2}, {200});
    const auto before = [&](std::int64_t at, std::uint64_t registration = 2) { return people.statement_before({at}, {registration}).value; };
    CHECK(before(0) == 2);
    CHECK(before(100) == 2);
    CHECK(before(101) == 6);
    CHECK(before(200) == 6);
    CHECK(before(201) == 8);   // of one second the later one
    for (std::uint64_t registration : {5U, 6U, 7U}) CHECK(before(101, registration) == 6);
    CHECK(before(300, 1) == 1);
    CHECK(before(300, 99) == 0);
    for (std::uint64_t registration : {1U, 2U, 6U, 7U, 8U}) CHECK(people.is_of_holder({registration}));
    for (std::uint64_t registration : {5U, 99U}) CHECK_FALSE(people.is_of_holder({registration}));
    CHECK(people.of_one_phone({2}) == Registrations{{2}, {5}, {6}, {7}, {8}});
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

TEST_CASE("A person has a document when any statement has one, merged ones too") {
    People people;
    people.place({1}, {1}, {1});
    people.place({2}, {2}, {2}, {}, true);
    people.place({3}, {2}, {3});
    CHECK(has_document(people, {1}) == false);
    CHECK(has_document(people, {2}) == true);
    CHECK(has_document(people, {7}) == false);
    people.merge({2}, {1});
    CHECK(has_document(people, {1}) == true);
    CHECK(has_document(people, {2}) == true);   // who they are today
}

TEST_CASE("Nothing is said of the document of a person who was split, nor of who was merged into them") {
    People people = four();
    people.merge({1}, {2});
    people.split({{1}}, {9});
    for (const std::uint32_t split : {1U, 2U, 9U}) CHECK_FALSE(has_document(people, {split}));
    people.merge({2}, {3});
    CHECK_FALSE(has_document(people, {3}));
    CHECK(has_document(people, {4}) == false);
    People undone = four();
    undone.merge({1}, {2});
    undone.split({{1}}, {1});
    CHECK_FALSE(has_document(undone, {1}));
    CHECK_FALSE(has_document(undone, {2}));
}

TEST_CASE("persons whose statements a human told apart may not be one, whoever merges, until it is taken back") {
    People people;
    for (std::uint32_t i = 1; i <= 4; ++i) people.place({i}, {i}, {i});
    say_distinct(people, {1}, {2});
    const auto copy = people;
    CHECK_FALSE(may_be_one(people, {1}, {2}));
    CHECK_FALSE(may_be_one(people, {2}, {1}));
    CHECK(may_be_one(people, {1}, {3}));
    people.merge({3}, {1});
    people.merge({4}, {2});
    CHECK_FALSE(may_be_one(people, {2}, {1}));        // also for whoever joined them
    people.split({{1}}, {3});
    CHECK(may_be_one(people, {1}, {2}));              // it was said of the statement that left
    CHECK_FALSE(may_be_one(people, {3}, {2}));
    say_distinct(people, {2}, {1}, false);
    CHECK(may_be_one(people, {3}, {2}));
    CHECK_FALSE(may_be_one(copy, {1}, {2}));          // a copy keeps what it knew
}
