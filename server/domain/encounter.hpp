// SPDX-License-Identifier: Apache-2.0
// Encounters: the pairs of visits, and of scans, that make an episode by CONTRACT 5. Only the trace uses this. Pure; any thread; it
// judges nobody. A question may meet millions, so an encounter holds only what is measured; who, where and through whom is
// found again for the few that somebody reads (trace_ground.hpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/contact_index_state.hpp"
#include "domain/trace.hpp"

namespace chayan::domain {

/// Somebody whose contacts are sought, and while when.
struct Followed {
    PersonNo person;
    Interval window;
};

/// A visit of somebody who is followed, cut to the time in which they are.
struct FollowedVisit {
    SiteId place;
    std::uint32_t through;        // index of the followed person
    std::int64_t begin_s, end_s;
    bool is_at_gate;
    EndedBy ended_by;
    double crowd = 0;             // where it is asked for: the others who were there, on the average
};

struct Encounter {
    std::uint32_t person;         // the other one
    std::uint32_t begin_s;        // the later begin, the later scan
    std::int32_t length_and_kind; // length: > 0 the overlap, else minus the gap

    static Encounter of(PersonNo person, std::int64_t begin_s, std::int64_t length_s, EpisodeKind kind) {
        return {person.value, static_cast<std::uint32_t>(begin_s), static_cast<std::int32_t>(length_s * 4 + static_cast<std::int64_t>(kind))};
    }
    std::int32_t length_s() const { return length_and_kind >> 2; }
    EpisodeKind kind() const { return static_cast<EpisodeKind>(length_and_kind & 3); }
    std::int32_t overlap_s() const { return length_s() > 0 ? length_s() : 0; }
    Interval span() const { return {{begin_s}, Instant{begin_s} + overlap_s()}; }
};

/// Two scans that went together.
struct Company {
    PersonNo person;              // the other one
    std::uint32_t through;        // index of the followed person
    SiteId site;                  // the other one's
    Instant at;                   // of the later scan
    std::int32_t apart_s;

    Encounter encounter() const { return Encounter::of(person, at.s, -apart_s, EpisodeKind::company); }
};

/// By number of a person, whom to pass over: the index persons and contacts that were found already.
class PersonSet {
public:
    explicit PersonSet(std::uint32_t person_count) : bits_((person_count + 63) / 64) {}
    void insert(PersonNo person) { bits_[person.value / 64] |= std::uint64_t{1} << person.value % 64; }
    void erase(PersonNo person) { bits_[person.value / 64] &= ~(std::uint64_t{1} << person.value % 64); }
    bool contains(PersonNo person) const { return (bits_[person.value / 64] >> person.value % 64 & 1) != 0; }

private:
    std::vector<std::uint64_t> bits_;
};

class EncounterFinder {
public:
    EncounterFinder(const ContactIndex::State& state, const TraceQuestion& question);

    /// Their visits that the question looks at, cut.
    void append_visits(const Followed& followed, std::uint32_t through, std::vector<FollowedVisit>& visits) const;
    /// Calls use(encounter) for what the visit meets, of persons who are not in `found`. Cost: some nanoseconds for each.
    template <class Use>
    void for_each_encounter(const FollowedVisit& visit, Interval window, const PersonSet& found, Use&& use) const;
    /// Calls use(other) for each visit of somebody else's that the visit meets. Requires: no second look is needed.
    template <class Use>
    void for_each_met(const FollowedVisit& visit, Interval window, Use&& use) const;
    void append_company(const Followed& followed, std::uint32_t through, std::vector<Company>& company) const;

    /// The encounter of a followed visit with one of somebody else's; nothing when they don't meet.
    std::optional<Encounter> meeting(const FollowedVisit& mine, Interval window, PersonNo person, const Visit& theirs) const;
    /// Without a given linger nothing short of an overlap of a second counts.
    std::int64_t length_s_min() const { return length_s_min_; }
    /// A person's visits that the question looks at, in order, not cut.
    std::vector<Visit> selected_visits(PersonNo person) const;
    /// Encounters are more than what was asked for: each person's have to be found again from what opened their visits.
    bool needs_second_look() const { return !evidence_.empty() || without_flags_ != 0; }
    /// How many others were there during a followed visit, on the average; of one without length, at its second. Cost: as for_each_encounter.
    double crowd_of(const FollowedVisit& visit, PersonNo person) const;

private:
    bool is_selected(SiteId site) const { return selected_.empty() || selected_[site.value] != 0; }
    bool is_selected(const Visit& visit) const;
    std::optional<Encounter> encounter(const FollowedVisit& mine, Interval window, PersonNo person, std::int64_t begin_s, std::int64_t end_s,
                                       bool is_at_gate) const;
    std::vector<PersonNo> maybe_company(PersonNo person, const std::vector<Scan>& scans) const;
    bool are_company(const Scan& a, const Scan& b) const;

    const ContactIndex::State& state_;
    std::int64_t length_s_min_;
    std::vector<std::uint8_t> selected_;  // by site; empty: all
    std::vector<Source> evidence_;
    Flags without_flags_;
};

template <class Use>
void EncounterFinder::for_each_encounter(const FollowedVisit& mine, Interval window, const PersonSet& found, Use&& use) const {
    if (length_s_min_ == 1 && selected_.empty()) {   // what is asked most; whatever overlaps a visit that is cut is inside the window
        state_.visits.for_each(mine.place, mine.begin_s + 1, mine.end_s - 1, [&](const HeldVisit& other) {
            const auto begin_s = std::max<std::int64_t>(mine.begin_s, other.begin_s);
            const auto length_s = std::min(mine.end_s, other.end_s()) - begin_s;
            if (length_s < 1 || other.is_repeat || found.contains(other.person)) return;
            use(Encounter::of(other.person, begin_s, length_s, mine.is_at_gate || other.is_at_gate ? EpisodeKind::gate : EpisodeKind::venue));
        });
        return;
    }
    state_.visits.for_each(mine.place, mine.begin_s + length_s_min_, mine.end_s - length_s_min_, [&](const HeldVisit& other) {
        if (other.is_repeat || found.contains(other.person) || !is_selected(other.site)) return;
        if (const auto met = encounter(mine, window, other.person, other.begin_s, other.end_s(), other.is_at_gate)) use(*met);
    });
}

template <class Use>
void EncounterFinder::for_each_met(const FollowedVisit& mine, Interval window, Use&& use) const {
    state_.visits.for_each(mine.place, mine.begin_s + length_s_min_, mine.end_s - length_s_min_, [&](const HeldVisit& other) {
        if (other.is_repeat || !is_selected(other.site)) return;
        if (encounter(mine, window, other.person, other.begin_s, other.end_s(), other.is_at_gate)) use(other);
    });
}

}  // namespace chayan::domain
