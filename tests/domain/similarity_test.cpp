// SPDX-License-Identifier: Apache-2.0
#include "domain/similarity.hpp"

#include "domain/worlds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>

using namespace chayan::domain;

namespace {

/// The definition as it reads (optimal string alignment), by recursion.
std::size_t distance_by_recursion(const std::u32string& a, const std::u32string& b) {
    if (a.empty() || b.empty()) return a.size() + b.size();
    const auto shorter = [](const std::u32string& text, std::size_t by) { return text.substr(0, text.size() - by); };
    auto best = std::min({distance_by_recursion(shorter(a, 1), b) + 1, distance_by_recursion(a, shorter(b, 1)) + 1,
                          distance_by_recursion(shorter(a, 1), shorter(b, 1)) + (a.back() == b.back() ? 0U : 1U)});
    const bool are_swapped = a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && b.back() == a[a.size() - 2];
    if (are_swapped) best = std::min(best, distance_by_recursion(shorter(a, 2), shorter(b, 2)) + 1);
    return best;
}

std::u32string random_text(worlds::Random& random, std::uint32_t length_max) {
    std::u32string text;
    for (auto left = random.below(length_max + 1); left > 0; --left) text.push_back(U"ab王伟"[random.below(4)]);
    return text;
}

}  // namespace

TEST_CASE("an edit distance is what the definition says, up to its limit and one more beyond") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    for (int i = 0; i < 2'000; ++i) {
        const auto a = random_text(random, 6), b = random_text(random, 6);
        const auto limit = random.below(4);
        const auto expected = std::min<std::size_t>(distance_by_recursion(a, b), limit + 1);
        CAPTURE(i, limit);
        REQUIRE(edit_distance(a, b, limit) == expected);
        REQUIRE(edit_distance(b, a, limit) == expected);
    }
}

TEST_CASE("Jaro-Winkler is what Winkler published") {
    const auto similar = [](const char32_t* a, const char32_t* b) { return jaro_winkler(a, b); };
    CHECK(similar(U"MARTHA", U"MARHTA") == Approx(0.9611).margin(0.0001));
    CHECK(similar(U"DIXON", U"DICKSONX") == Approx(0.8133).margin(0.0001));
    CHECK(similar(U"DWAYNE", U"DUANE") == Approx(0.84).margin(0.0001));
    CHECK(similar(U"abc", U"xyz") == 0);
    CHECK(similar(U"", U"x") == 0);
    CHECK(similar(U"王伟", U"王伟") == 1);
}

TEST_CASE("Jaro-Winkler is symmetric, within 0 and 1, and 1 for equal texts alone, also for long ones") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    for (int i = 0; i < 2'000; ++i) {
        const auto a = random_text(random, 8), b = random_text(random, 8);
        const auto found = jaro_winkler(a, b);
        REQUIRE(found == jaro_winkler(b, a));
        REQUIRE((found >= 0 && found <= 1));
        REQUIRE((found == 1) == (a == b));
    }
    const std::u32string longer(200, U'x');
    CHECK(jaro_winkler(longer, longer + U"y") > 0.99);
}
