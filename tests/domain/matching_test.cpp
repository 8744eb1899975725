// SPDX-License-Identifier: Apache-2.0
#include "domain/matching.hpp"

#include <catch2/catch.hpp>

using namespace chayan::domain;

namespace {

Candidate by_document(std::uint32_t person) { return {{person}, true, false, true, true}; }
Candidate by_phone(std::uint32_t person, bool person_has_document) { return {{person}, false, true, true, person_has_document}; }
Candidate under_another_name(Candidate candidate) {
    candidate.name_agrees = false;
    return candidate;
}

/// The person that is joined, and the persons that are merged: "1 2". Empty for a new person.
std::string placed(bool has_document, const std::vector<Candidate>& candidates) {
    const auto placement = match_exactly(has_document, candidates);
    if (placement.person.is_none()) {
        CHECK(placement.merged.empty());
        return {};
    }
    auto text = std::to_string(placement.person.value);
    for (const auto merged : placement.merged) text += ' ' + std::to_string(merged.value);
    return text;
}

}  // namespace

TEST_CASE("Nobody with the document or the phone, and nobody of that name, is a new person") {
    for (const bool has_document : {true, false}) {
        CHECK(placed(has_document, {}).empty());
        CHECK(placed(has_document, {under_another_name(by_phone(1, false)), under_another_name(by_phone(2, true))}).empty());
        CHECK(placed(has_document, {Candidate{{1}, false, false, true, false}}).empty());   // the name alone is shared by thousands
    }
    CHECK(placed(true, {under_another_name(by_document(1))}).empty());
}

TEST_CASE("A document joins the one person with it, and takes in the only one of that phone without any") {
    CHECK(placed(true, {by_document(1)}) == "1");
    CHECK(placed(true, {by_document(1), by_document(1)}) == "1");   // two statements of one person
    CHECK(placed(true, {by_document(1), under_another_name(by_document(2))}) == "1");
    CHECK(placed(true, {by_document(1), by_phone(2, false)}) == "1 2");
    CHECK(placed(true, {by_document(1), by_phone(2, false), by_phone(2, false)}) == "1 2");
    CHECK(placed(true, {by_document(1), by_phone(2, true)}) == "1");
    CHECK(placed(true, {by_document(1), by_phone(2, false), by_phone(3, false)}) == "1");
    CHECK(placed(true, {by_document(1), under_another_name(by_phone(2, false))}) == "1");
}

TEST_CASE("Of several persons with the document none is joined, nor is anybody merged") {
    CHECK(placed(true, {by_document(1), by_document(2)}).empty());
    CHECK(placed(true, {by_document(1), by_document(2), by_phone(3, false)}).empty());
}

TEST_CASE("A document that is new takes in the only person of that phone without one, never one who has another") {
    CHECK(placed(true, {by_phone(1, false)}) == "1");
    CHECK(placed(true, {by_phone(1, false), by_phone(2, true)}) == "1");
    CHECK(placed(true, {by_phone(1, true)}).empty());
    CHECK(placed(true, {by_phone(1, false), by_phone(2, false)}).empty());
}

TEST_CASE("Without a document the only person of that phone without one is joined before the only one with one") {
    CHECK(placed(false, {by_phone(1, false)}) == "1");
    CHECK(placed(false, {by_phone(1, true)}) == "1");
    CHECK(placed(false, {by_phone(1, true), by_phone(2, false)}) == "2");
    CHECK(placed(false, {by_phone(1, true), by_phone(2, true), by_phone(3, false)}) == "3");
    CHECK(placed(false, {by_phone(1, false), by_phone(2, false)}).empty());
    CHECK(placed(false, {by_phone(1, false), by_phone(2, false), by_phone(3, true)}).empty());
    CHECK(placed(false, {by_phone(1, true), by_phone(2, true)}).empty());
}

TEST_CASE("That several fit is told, and only where they would each do") {
    const auto fits_several = [](bool has_document, std::vector<Candidate> candidates) { return match_exactly(has_document, candidates).fits_several; };
    CHECK(fits_several(true, {by_document(1), by_document(2)}));
    CHECK(fits_several(true, {by_phone(1, false), by_phone(2, false)}));
    CHECK(fits_several(false, {by_phone(1, true), by_phone(2, true)}));
    CHECK(fits_several(false, {by_phone(1, false), by_phone(2, false), by_phone(3, true)}));
    CHECK_FALSE(fits_several(true, {}));
    CHECK_FALSE(fits_several(true, {by_document(1), by_document(1)}));
    CHECK_FALSE(fits_several(true, {by_document(1), by_phone(2, false), by_phone(3, false)}));
    CHECK_FALSE(fits_several(true, {by_phone(1, true), by_phone(2, true)}));   // each has another document
    CHECK_FALSE(fits_several(false, {by_phone(1, true), by_phone(2, true), by_phone(3, false)}));
}
