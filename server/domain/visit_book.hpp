// SPDX-License-Identifier: Apache-2.0
// All visits by place and begin, 16 bytes each, with a small overlay of what changed since the base was built. Only the
// contact index uses it. A value: copies share everything, and a changed copy never shows in another. Any number of threads
// may read one; one thread changes a copy that nobody else has seen. It never derives anything: it is told what to hold.
//
// Invariants:
//  1. The base is sorted by (place, begin, person, rest) and never changes; a base visit that no longer holds is marked dead.
//  2. What holds is: the base without its dead, and the added.
//  3. Repeats, which open no visit, are held beside as visits of no length that only passages look at: is_repeat tells.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "domain/chunked_vector.hpp"
#include "domain/visit.hpp"

namespace chayan::domain {

/// A visit as it is held. In memory: begin 32 bits, person 32, and site 24, length 17, ended_by 2, at a gate 1, repeat 1.
class HeldVisit {
public:
    HeldVisit() = default;
    /// Requires: moments of 1970 to 2105, at most 24 hours, site below 2^24.
    HeldVisit(PersonNo person, const Visit& visit, Presence presence);
    /// A repeat: a mark at its second.
    HeldVisit(PersonNo person, SiteId site, Instant at);

    PersonNo person() const { return {person_}; }
    SiteId site() const { return {static_cast<std::uint32_t>(rest_ >> 21)}; }
    std::int64_t begin_s() const { return begin_; }
    std::int64_t end_s() const { return begin_ + static_cast<std::int64_t>(rest_ >> 4 & 0x1ffff); }
    bool is_at_gate() const { return (rest_ & 2) != 0; }
    bool is_repeat() const { return (rest_ & 1) != 0; }
    friend auto operator<=>(const HeldVisit&, const HeldVisit&) = default;  // by begin first: the order at a place

private:
    std::uint32_t begin_ = 0;
    std::uint32_t person_ = 0;
    std::uint64_t rest_ = 0;
};

struct PlacedVisit {
    SiteId place;
    HeldVisit visit;
    friend auto operator<=>(const PlacedVisit&, const PlacedVisit&) = default;
};

class VisitBook {
public:
    VisitBook();
    /// Any order. O(n log n).
    explicit VisitBook(std::vector<PlacedVisit> visits);

    /// Calls use(visit) for every visit held at `place` that begins at most at `begin_s_max` and ends at least at `end_s_min`;
    /// base first, each part by begin. Cost: what is found, and 1/64 of what began up to 24 hours before `end_s_min`.
    template <class Use>
    void for_each(SiteId place, std::int64_t end_s_min, std::int64_t begin_s_max, Use&& use) const;

    /// Takes out and puts in. Requires: all of `removed` are held. Cost: the overlays of the places concerned.
    void change(std::vector<PlacedVisit> removed, std::vector<PlacedVisit> added);
    /// The same visits with an empty overlay. O(n).
    VisitBook merged() const;
    /// What is held, by (place, visit).
    std::vector<PlacedVisit> all() const;

    /// Visits added and dead since the base was built.
    std::size_t overlay_count() const { return added_count_ + dead_count_; }
    std::size_t memory_bytes() const;

private:
    static constexpr std::size_t block = 64;
    struct Base {
        std::vector<std::size_t> first;         // by place, and one more
        std::vector<HeldVisit> visits;
        std::vector<std::uint32_t> block_end;   // the latest end in each block of 64 visits
        std::vector<std::uint32_t> length_max;  // by place
    };
    using Added = std::shared_ptr<const std::vector<HeldVisit>>;

    static std::shared_ptr<const Base> make_base(std::span<const PlacedVisit> sorted);
    bool is_dead(std::size_t position) const { return dead_count_ != 0 && (dead_[position / 64] >> position % 64 & 1) != 0; }
    std::size_t place_count() const;
    /// Kills one live base visit that equals `visit`; false when there is none.
    bool kill(const PlacedVisit& visit);

    std::shared_ptr<const Base> base_;
    ChunkedVector<std::uint64_t, 256> dead_;  // a bit for each base visit
    ChunkedVector<Added, 256> added_;         // by place
    std::size_t added_count_ = 0;
    std::size_t dead_count_ = 0;
};

template <class Use>
void VisitBook::for_each(SiteId place, std::int64_t end_s_min, std::int64_t begin_s_max, Use&& use) const {
    if (place.value + 1 < base_->first.size()) {
        const auto end = base_->first[place.value + 1];
        const auto visits = std::span(base_->visits);
        const std::int64_t begin_s_min = end_s_min - base_->length_max[place.value];
        const auto from = std::lower_bound(visits.begin() + static_cast<std::ptrdiff_t>(base_->first[place.value]),
                                           visits.begin() + static_cast<std::ptrdiff_t>(end), begin_s_min,
                                           [](const HeldVisit& visit, std::int64_t wanted) { return visit.begin_s() < wanted; });
        for (auto i = static_cast<std::size_t>(from - visits.begin()); i < end && visits[i].begin_s() <= begin_s_max;) {
            if (i % block == 0 && base_->block_end[i / block] < end_s_min) {
                i += block;
                continue;
            }
            if (visits[i].end_s() >= end_s_min && !is_dead(i)) use(visits[i]);
            ++i;
        }
    }
    if (place.value >= added_.size() || !added_[place.value]) return;
    for (const auto& visit : *added_[place.value]) {
        if (visit.begin_s() > begin_s_max) break;
        if (visit.end_s() >= end_s_min) use(visit);
    }
}

}  // namespace chayan::domain
