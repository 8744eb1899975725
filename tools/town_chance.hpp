// SPDX-License-Identifier: Apache-2.0
// Seeded chance for the synthetic town: whole numbers only, so that the same seed gives the same bytes on every machine, and
// any part of the town (a household, a day) can be made anew without the parts before it. Pure values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace chayan::town {

/// A stream of numbers that its keys name (splitmix64).
class Chance {
public:
    Chance(std::initializer_list<std::uint64_t> keys) {
        for (const auto key : keys) {
            state_ ^= key;
            state_ = next();
        }
    }
    std::uint64_t next() {
        auto value = state_ += 0x9E3779B97F4A7C15ULL;
        value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
        return value ^ (value >> 31U);
    }
    /// 0 to `count` - 1. Requires: count > 0.
    std::uint32_t below(std::size_t count) { return static_cast<std::uint32_t>((next() >> 11U) % count); }
    /// `least` to `most`, both included.
    std::int64_t between(std::int64_t least, std::int64_t most) { return least + below(static_cast<std::size_t>(most - least + 1)); }
    bool percent(std::uint32_t share) { return below(100) < share; }
    bool one_in(std::uint32_t count) { return below(count) == 0; }

private:
    std::uint64_t state_ = 0;
};

/// Things of unequal weight, picked as often as they weigh; by Zipf the n-th added weighs 1/n.
class Popularity {
public:
    void add(std::uint32_t thing, std::uint64_t weight) {
        things_.push_back(thing);
        sums_.push_back((sums_.empty() ? 0 : sums_.back()) + weight);
    }
    void add_by_zipf(std::uint32_t thing) { add(thing, 1'000'000 / (things_.size() + 1)); }
    bool empty() const { return things_.empty(); }
    std::size_t size() const { return things_.size(); }
    /// Requires: not empty(). O(log things).
    std::uint32_t pick(Chance& chance) const;

private:
    std::vector<std::uint32_t> things_;
    std::vector<std::uint64_t> sums_;
};

}  // namespace chayan::town
