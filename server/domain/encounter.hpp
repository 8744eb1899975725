// SPDX-License-Identifier: Apache-2.0
// Encounters: the pairs of visits, and of scans, that make an episode by CONTRACT 5, found for one followed person at a
// time. Only trace.cpp uses this. Pure; any thread; it judges nobody.
#pragma once

#include <cstdint>
#include <vector>

#include "domain/contact_index_state.hpp"
#include "domain/trace.hpp"

namespace chayan::domain {

/// Somebody whose contacts are sought, and while when.
struct Followed {
    PersonNo person;
    Interval window;
};

/// One episode, small: a question may meet millions.
struct Encounter {
    std::uint32_t person;         // the other one
    std::uint32_t through;        // index of the followed person
    std::uint32_t begin_s;        // the later begin, the later scan
    std::int32_t length_s;        // > 0: the overlap; else minus the gap
    std::uint32_t site;           // of the other one's visit or scan
    EpisodeKind kind;

    std::int32_t overlap_s() const { return length_s > 0 ? length_s : 0; }
    std::int32_t gap_s() const { return length_s > 0 ? 0 : -length_s; }
    Interval span() const { return {{begin_s}, Instant{begin_s} + overlap_s()}; }
};

class EncounterFinder {
public:
    EncounterFinder(const ContactIndex::State& state, const TraceQuestion& question);

    /// Appends the encounters of `followed`, numbered `through`, with everybody else. Cost: what is found. Stops soon after there
    /// are more than the question's bound: then some are missing.
    void append_encounters(const Followed& followed, std::uint32_t through, std::vector<Encounter>& found) const;

private:
    void append_meetings(const Followed& followed, std::uint32_t through, std::vector<Encounter>& found) const;
    void append_company(const Followed& followed, std::uint32_t through, std::vector<Encounter>& found) const;
    std::vector<PersonNo> maybe_company(PersonNo person, const std::vector<Scan>& scans) const;
    bool are_company(const Scan& a, const Scan& b) const;
    bool are_too_many(const std::vector<Encounter>& found) const { return found.size() > question_.bounds.encounters_max; }
    bool is_selected(SiteId site) const { return selected_.empty() || selected_[site.value] != 0; }

    const ContactIndex::State& state_;
    const TraceQuestion& question_;
    std::vector<std::uint8_t> selected_;  // by site; empty: all
};

}  // namespace chayan::domain
