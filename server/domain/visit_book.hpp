// SPDX-License-Identifier: Apache-2.0
// All visits by place and begin, 8 bytes each, with a small overlay of what changed since the base was built. Only the
// contact index uses it. A value: copies share everything, and a changed copy never shows in another. Any number of threads
// may read one; one thread changes a copy that nobody else has seen. It never derives anything: it is told what to hold.
//
// Invariants:
//  1. The base is sorted by (place, visit) and never changes; a base visit that no longer holds is marked dead.
//  2. What holds is: the base without its dead, and the added.
//  3. Repeats, which open no visit, are held beside as visits of no length that only passages look at: is_repeat tells.
//  4. What does not fit 8 bytes (a person from 2^24 on, the seventeenth door of a place) stays in the overlay for good.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "domain/chunked_vector.hpp"
#include "domain/run_parts.hpp"
#include "domain/visit.hpp"

namespace chayan::domain {

/// A visit as it is held at its place; how its end is known is not held.
struct HeldVisit {
    std::uint32_t begin_s = 0;
    PersonNo person;
    std::uint32_t length_s = 0;
    SiteId site;              ///< of the scan that opened it
    bool is_at_gate = false;
    bool is_repeat = false;

    std::int64_t end_s() const { return std::int64_t{begin_s} + length_s; }
    friend auto operator<=>(const HeldVisit&, const HeldVisit&) = default;  // by begin first: the order at a place
};

/// Requires: moments of 1970 to 2105, at most 24 hours.
HeldVisit held(PersonNo person, const Visit& visit, Presence presence);
/// A repeat: a mark at its second.
HeldVisit held_repeat(PersonNo person, SiteId site, Instant at);

struct PlacedVisit {
    SiteId place;
    HeldVisit visit;
    friend auto operator<=>(const PlacedVisit&, const PlacedVisit&) = default;
};

class VisitBook {
public:
    class Filler;

    VisitBook();

    /// Calls use(visit) for every visit held at `place` that begins at most at `begin_s_max` and ends at least at `end_s_min`;
    /// base first, each part by begin. Cost: what is found, and 1/64 of what began up to 24 hours before `end_s_min`.
    template <class Use>
    void for_each(SiteId place, std::int64_t end_s_min, std::int64_t begin_s_max, Use&& use) const;

    /// Takes out and puts in. Requires: all of `removed` are held. Cost: the overlays of the places concerned.
    void change(std::vector<PlacedVisit> removed, std::vector<PlacedVisit> added);
    /// The same visits with an empty overlay. O(n). `sites`: those of the visits, as of now.
    VisitBook merged(const Sites& sites) const;
    /// What is held, by (place, visit).
    std::vector<PlacedVisit> all() const;

    /// Visits added and dead since the base was built that a merge would take in.
    std::size_t overlay_count() const { return dead_count_ + (added_count_ > unpackable_count_ ? added_count_ - unpackable_count_ : 0); }
    std::size_t memory_bytes() const;

private:
    // As numbers they sort like HeldVisit: second of the day 17 | person 24 | length 17 | door 4 | at a gate 1 | repeat 1.
    using Packed = std::uint64_t;
    static constexpr unsigned door_shift = 2, length_shift = door_shift + 4, person_shift = length_shift + 17, begin_shift = person_shift + 24;
    static constexpr std::size_t doors_max = 16;
    static constexpr std::uint32_t day_s = 86'400;   // from midnight to midnight in Greenwich
    static constexpr std::size_t block = 64;

    /// The visits of one day at one place, up to the next segment's.
    struct Segment {
        std::uint32_t day;
        std::uint32_t first;
    };
    struct Base {
        std::vector<std::uint32_t> first_segment;   // by place, and one more
        std::vector<Segment> segments;              // and one more
        std::vector<Packed> visits;
        std::vector<std::uint32_t> block_end;       // the latest end in each block of 64 visits
        std::vector<std::uint32_t> length_max;      // by place
        std::vector<std::uint32_t> first_door;      // by place, and one more
        std::vector<SiteId> doors;                  // the sites of each place, ascending

        std::size_t place_count() const { return length_max.size(); }
        HeldVisit unpack(Packed packed, std::uint32_t segment_s, SiteId place) const;
        std::optional<Packed> pack(SiteId place, const HeldVisit& visit) const;
    };
    using Added = std::shared_ptr<const std::vector<HeldVisit>>;

    bool is_dead(std::size_t position) const { return dead_count_ != 0 && (dead_[position / 64] >> position % 64 & 1) != 0; }
    std::size_t place_count() const;
    /// Kills one live base visit that equals `visit`; false when there is none.
    bool kill(const PlacedVisit& visit);
    /// Calls use(visit) for every live base visit of a place, in order.
    template <class Use>
    void for_each_in_base(SiteId place, Use&& use) const;

    std::shared_ptr<const Base> base_;
    ChunkedVector<std::uint64_t, 256> dead_;  // a bit for each base visit
    ChunkedVector<Added, 256> added_;         // by place
    std::size_t added_count_ = 0;
    std::size_t dead_count_ = 0;
    std::size_t unpackable_count_ = 0;        // of the added
};

/// Takes visits in any order and makes a book of them: 16 bytes each meanwhile. `sites`: those of the visits, as of now.
class VisitBook::Filler {
public:
    Filler(const Sites& sites, std::size_t visits);
    void append(SiteId place, const HeldVisit& visit);
    /// As if each visit of the others, which have the same sites, were appended now.
    void append(std::vector<Filler> others);
    /// O(n log n); once.
    VisitBook finish(const RunParts& run = run_in_turn);

private:
    struct Entry {
        std::uint32_t place, day;
        Packed packed;
    };
    /// How late the visits of each block end, and how long they last at each place.
    void note_ends();

    std::shared_ptr<Base> base_;
    std::vector<Entry> entries_;
    std::vector<PlacedVisit> unpackable_;
};

inline HeldVisit VisitBook::Base::unpack(Packed packed, std::uint32_t segment_s, SiteId place) const {
    const auto bits = [packed](unsigned shift, unsigned count) { return static_cast<std::uint32_t>(packed >> shift & ((1U << count) - 1)); };
    return {segment_s + bits(begin_shift, 17), {bits(person_shift, 24)}, bits(length_shift, 17), doors.data()[first_door.data()[place.value] + bits(door_shift, 4)],
            (packed & 2) != 0, (packed & 1) != 0};
}

template <class Use>
void VisitBook::for_each(SiteId place, std::int64_t end_s_min, std::int64_t begin_s_max, Use&& use) const {
    const auto& base = *base_;
    if (place.value < base.place_count()) {
        const auto begin_s_min = std::max<std::int64_t>(end_s_min - base.length_max[place.value], 0);
        const auto last = base.segments.begin() + base.first_segment[place.value + 1];
        auto segment = std::lower_bound(base.segments.begin() + base.first_segment[place.value], last, begin_s_min / day_s,
                                        [](const Segment& one, std::int64_t day) { return one.day < day; });
        for (; segment != last && std::int64_t{segment->day} * day_s <= begin_s_max; ++segment) {
            const auto segment_s = segment->day * day_s;
            const auto wanted = static_cast<Packed>(std::clamp<std::int64_t>(begin_s_min - segment_s, 0, day_s)) << begin_shift;
            const auto beyond = static_cast<Packed>(std::min<std::int64_t>(begin_s_max - segment_s, day_s) + 1) << begin_shift;
            const auto end = base.visits.begin() + (segment + 1)->first;
            const auto from = std::lower_bound(base.visits.begin() + segment->first, end, wanted);
            const auto to = static_cast<std::size_t>(std::lower_bound(from, end, beyond) - base.visits.begin());
            for (auto i = static_cast<std::size_t>(from - base.visits.begin()); i < to;) {
                if (i % block == 0 && base.block_end[i / block] < end_s_min) {
                    i += block;
                    continue;
                }
                const auto visit = base.unpack(base.visits[i], segment_s, place);
                if (visit.end_s() >= end_s_min && !is_dead(i)) use(visit);
                ++i;
            }
        }
    }
    if (place.value >= added_.size() || !added_[place.value]) return;
    for (const auto& visit : *added_[place.value]) {
        if (visit.begin_s > begin_s_max) break;
        if (visit.end_s() >= end_s_min) use(visit);
    }
}

template <class Use>
void VisitBook::for_each_in_base(SiteId place, Use&& use) const {
    if (place.value >= base_->place_count()) return;
    for (auto s = base_->first_segment[place.value]; s < base_->first_segment[place.value + 1]; ++s) {
        const auto& segment = base_->segments[s];
        for (auto i = segment.first; i < base_->segments[s + 1].first; ++i)
            if (!is_dead(i)) use(base_->unpack(base_->visits[i], segment.day * day_s, place));
    }
}

}  // namespace chayan::domain
