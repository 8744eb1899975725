// SPDX-License-Identifier: Apache-2.0
#include "app/side_by_side.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <stdexcept>
#include <vector>

using chayan::app::side_by_side;

TEST_CASE("every part is done once before side_by_side returns, however many there are") {
    for (const std::size_t parts : {0UL, 1UL, 2UL, 17UL, 500UL}) {
        std::vector<std::atomic<int>> done(parts);
        side_by_side(parts, [&](std::size_t part) { ++done[part]; });
        for (const auto& times : done) CHECK(times == 1);
    }
}

TEST_CASE("what a part throws comes out, and no part begins after it was seen") {
    std::atomic<std::size_t> begun{0};
    const auto work = [&](std::size_t part) {
        ++begun;
        if (part == 3) throw std::runtime_error("part 3");
    };
    CHECK_THROWS_WITH(side_by_side(100'000, work), "part 3");
    CHECK(begun < 100'000);
}
