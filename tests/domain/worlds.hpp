// SPDX-License-Identifier: Apache-2.0
// Worlds for the domain's tests: short words to build one by hand, a generator that passes through every combination of its
// choices, and seeded random ones. Everybody and everything in them is invented.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "domain/oracle.hpp"

namespace chayan::domain::worlds {

/// Monday 2026-02-02 08:00:00 in Shanghai: the zero of all tests' clocks.
inline constexpr Instant start{1769990400};

/// Yields every combination of a sequence of choices, even when later choices depend on earlier ones:
/// `for (Every every; every.more();) { … every.below(3) … }` runs once for each.
class Every {
public:
    /// Begins the next combination; false when there is none.
    bool more() {
        if (!is_begun_) return is_begun_ = true;
        while (!chosen_.empty() && chosen_.back().value + 1 == chosen_.back().bound) chosen_.pop_back();
        if (chosen_.empty()) return false;
        ++chosen_.back().value;
        position_ = 0;
        return true;
    }
    /// 0 to bound - 1.
    std::uint32_t below(std::uint32_t bound) {
        if (position_ == chosen_.size()) chosen_.push_back({0, bound});
        return chosen_[position_++].value;
    }

private:
    struct Choice {
        std::uint32_t value, bound;
    };
    std::vector<Choice> chosen_;
    std::size_t position_ = 0;
    bool is_begun_ = false;
};

/// SplitMix64: the same numbers everywhere for one seed.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint32_t below(std::uint32_t bound) {
        state_ += 0x9e3779b97f4a7c15;
        std::uint64_t z = state_;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return static_cast<std::uint32_t>((z ^ z >> 31) % bound);
    }

private:
    std::uint64_t state_;
};

/// Adds a site; `place` none: its own.
SiteId add_site(Sites& sites, const std::string& ref, Presence presence, std::int32_t dwell_s, SiteId place = {});

Scan scan(std::uint64_t registration, SiteId site, std::int64_t after_start_s, Direction direction);

/// Sites of every kind that visits know: two doors of one shop, an office, a gate with two lanes; and `persons` people with
/// one registration each, numbered like them.
struct Town {
    oracle::World world;
    SiteId door, back_door, office, gate, lane;
};
Town make_town(std::uint32_t persons);

/// A town of several hundred scans: plates, phones shared, voids, doubles, late ones, people merged and split.
oracle::World random_world(std::uint64_t seed);
/// A question about it, of any kind.
TraceQuestion random_question(Random& random, const oracle::World& world);

std::shared_ptr<const ContactIndex> build(const oracle::World& world);
/// Everything there is to tell, a line for each subject: scans, visits, passages, answers. From the oracle and from the index.
std::vector<std::string> tell(const oracle::World& world, const std::vector<TraceQuestion>& questions);
std::vector<std::string> tell(const ContactIndex& index, const oracle::World& world, const std::vector<TraceQuestion>& questions);
/// Empty when equal, else the first that differs, and the world.
std::string difference(const std::vector<std::string>& told, const std::vector<std::string>& meant, const oracle::World& world);

}  // namespace chayan::domain::worlds
