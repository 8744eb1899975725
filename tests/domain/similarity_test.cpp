// SPDX-License-Identifier: Apache-2.0
#include "domain/similarity.hpp"

#include "domain/worlds.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

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

/// The same by the whole table, for longer ones.
std::size_t distance_by_table(const std::u32string& a, const std::u32string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[a.size()][b.size()];
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

TEST_CASE("of long texts too, a few slips apart, the distance is what the definition says") {
    worlds::Random random(static_cast<std::uint64_t>(Catch::rngSeed()));
    for (int i = 0; i < 20'000; ++i) {
        std::u32string a;
        for (int n = 0; n < 24; ++n) a.push_back(U"abc王"[random.below(4)]);
        auto b = a;
        for (auto slips = random.below(5); slips > 0; --slips) {
            const auto at = random.below(static_cast<std::uint32_t>(b.size() - 1));
            switch (random.below(4)) {
                case 0: b.erase(at, 1); break;
                case 1: b.insert(at, 1, U'b'); break;
                case 2: b[at] = U'x'; break;
                default: std::swap(b[at], b[at + 1]);
            }
        }
        const auto limit = random.below(4);
        CAPTURE(i, limit);
        REQUIRE(edit_distance(a, b, limit) == std::min<std::size_t>(distance_by_table(a, b), limit + 1));
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
