// SPDX-License-Identifier: Apache-2.0
// The question "who was with them" and its answer; contact_index.hpp answers it. CONTRACT 5 is the meaning. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "domain/division.hpp"
#include "domain/flags.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "domain/site.hpp"
#include "domain/time.hpp"
#include "domain/visit.hpp"
#include "kit/limits.hpp"

namespace chayan::domain {

enum class Accumulate : std::uint8_t { total, longest, day };
enum class TraceDirection : std::uint8_t { forward, backward };
/// How well a contact's identity is known: staff saw a document of one of their statements; one of them names a document.
enum class IdentityFloor : std::uint8_t { any = 0, document, seen };
enum class EpisodeKind : std::uint8_t { venue = 0, gate, company };

struct IndexSite { SiteId site; Interval interval; };
struct IndexVehicle { VehicleId vehicle; };
using IndexSubject = std::variant<PersonNo, IndexSite, IndexVehicle>;

/// What a question may cost before it is refused; the tests set less.
struct TraceBounds {
    std::size_t followed_max = kit::trace_followed_max;      ///< persons, of each degree, whose contacts are sought
    std::size_t encounters_max = kit::trace_encounters_max;  ///< of one degree with all of them
    std::size_t episodes_max = kit::trace_episodes_max;      ///< explained
    std::size_t looks_max = kit::trace_looks_max;            ///< at persons one by one: for evidence, for weights
};

struct TraceQuestion {
    std::vector<IndexSubject> index;
    Interval window;
    TraceDirection direction = TraceDirection::forward;
    std::uint8_t degree = 1;                     ///< 1 to 3
    std::optional<std::int32_t> linger_s;        ///< given (0 too): near misses in time are episodes
    std::int32_t min_overlap_s = 0;
    Accumulate accumulate = Accumulate::total;
    /// Visits that count, by the site that was scanned: those that fit each list; an empty one is no condition. Company goes by none.
    std::vector<Category> categories;
    std::vector<DivisionCode> divisions;         ///< in one of these or below it
    std::vector<SiteId> sites;                   ///< at the place of one of these
    /// Visits that count, by the evidence of the scan that opened them; empty: any. What was told has none. Company goes by it no more than by place.
    std::vector<Source> evidence;
    /// Visits opened by a scan with one of these do not count; 0: none is left out. Company goes by them as little.
    Flags without_flags = 0;
    IdentityFloor identity = IdentityFloor::any; ///< contacts of whom less is known are no rows, and nobody is followed through them
    std::optional<std::uint32_t> limit;          ///< the first N of each degree
    /// Given: rows of a degree stand by weighed_s rather than by the measure; at so many others around a minute weighs half of one alone.
    std::optional<std::uint32_t> crowd_half;
    TraceBounds bounds;
    bool explain = false;                        ///< every episode will be asked for: bounded by episodes_max
    std::function<bool(PersonNo)> may_begin_with; ///< which riders of an index vehicle are followed; empty: all
    std::function<std::uint64_t(PersonNo)> public_order;  ///< the last tie-break: the order of public ids
};

struct Episode {
    PersonNo through;         ///< whom of the degree before
    SiteId place;
    EpisodeKind kind = EpisodeKind::venue;
    Interval span;            ///< [max of begins, min of ends], or [x, x] where there was only a gap or company
    std::int32_t overlap_s = 0;
    std::int32_t gap_s = 0;
    std::optional<EndedBy> ended_by;   ///< how the earlier of both visits' ends is known (of equal ones, the better known); of company nothing
    double crowd = 0;         ///< where crowd_half was given, and of degree 1 where explained: how many were around while `through` was there, on the average and without them
    friend bool operator==(const Episode&, const Episode&) = default;
};

/// Of a second among so many others: half / (half + crowd). One talks with a few of those who are around, whoever they are, so that the chance to have
/// been with one of them falls as they grow many. A rule of thumb, which outcomes may replace.
inline double weight_of(double crowd, std::uint32_t half) { return half == 0 ? 1 : half / (half + crowd); }

/// Somebody who was with them: who, how long and when. Why: TraceAnswer::reasons_of.
struct Contact {
    PersonNo person;
    std::uint8_t degree = 1;              ///< 0: a person found for an index site or vehicle
    std::uint8_t kinds = 0;               ///< bit of each EpisodeKind
    std::uint32_t episode_count = 0;
    std::int64_t total_s = 0;             ///< union of overlaps, whatever the place
    std::int64_t longest_s = 0;           ///< the longest stretch without a break
    std::int64_t measure_s = 0;           ///< what `accumulate` asked for: one of these, or the most within any 24 hours
    std::int64_t weighed_s = 0;           ///< where crowd_half was given: total_s, each second by its best weight (weight_of)
    Instant first, last;
};

/// Why somebody is a contact.
struct Reasons {
    std::vector<PersonNo> via;            ///< ascending; empty at degree 0
    std::vector<SiteId> sites;            ///< opening sites of the contact's own visits in episodes (company: the scanned site); ascending, unique
    std::vector<Episode> episodes;        ///< by time; empty at degree 0
};

/// Through whom and where, of every contact of an answer: what Reasons say without the episodes.
class Briefs {
public:
    std::span<const PersonNo> via_of(std::size_t number) const { return part(via_, via_ends_, number); }
    std::span<const SiteId> sites_of(std::size_t number) const { return part(sites_, sites_ends_, number); }
    /// The next contact's; both sorted, each once.
    void append(std::span<const PersonNo> via, std::span<const SiteId> sites);

private:
    template <class T>
    static std::span<const T> part(const std::vector<T>& all, const std::vector<std::size_t>& ends, std::size_t number) {
        const auto begin = number == 0 ? 0 : ends[number - 1];
        return std::span(all).subspan(begin, ends[number] - begin);
    }

    std::vector<PersonNo> via_;
    std::vector<SiteId> sites_;
    std::vector<std::size_t> via_ends_, sites_ends_;
};

class TraceGround;

struct TraceAnswer {
    std::vector<Contact> contacts;        ///< degree 0 first, then in CONTRACT order
    std::vector<std::uint32_t> left_out;  ///< by degree, index 0 = degree 1; counts what `limit` cut
    bool complete = true;
    std::shared_ptr<const TraceGround> ground;   ///< what reasons are told from: it keeps the index alive

    /// Why contacts[number] is one, found anew from both persons' visits. Cost: some microseconds, and what is found.
    Reasons reasons_of(std::size_t number) const;
    /// Of all of them at once, some 30 ns for each encounter of those followed; nothing where those are too many, or have to be looked at one by one.
    std::optional<Briefs> briefs() const;
};

}  // namespace chayan::domain
