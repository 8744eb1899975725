// SPDX-License-Identifier: Apache-2.0
// The contact index: all scans by registration and all visits by place, a value derived from the scan log and rebuilt from
// it at start. It answers every tracer's question and knows retries.
//
// Invariants (valid() checks them in tests):
//  1. A published index never changes; with() makes a new one that shares the base.
//  2. Scans of a registration are sorted by (at, direction, site) and unique by ScanKey.
//  3. A person's visits equal derive_visits(all scans of all registrations of that person).
//  4. Whoever is touched is derived again; only visits that differ leave the base (marked) and enter the delta, so that a
//     morning's scans put a morning's visits into the delta, not a fortnight's.
//  5. The order in which scans, voids, merges and splits arrived never shows in an answer.
//
// Pure; immutable after construction, so any number of threads may ask. No clock, no I/O, no locks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "domain/people.hpp"
#include "domain/scan.hpp"
#include "domain/scan_book.hpp"
#include "domain/shared_places.hpp"
#include "domain/site.hpp"
#include "domain/trace.hpp"
#include "domain/visit.hpp"
#include "kit/result.hpp"

namespace chayan::domain {

/// A scan as it is told to a tracer.
struct ToldScan {
    Scan scan;
    bool repeated = false;
};

/// One row of "who passed here".
struct Passage {
    PersonNo person;
    Instant first, last;          ///< of all scans in the interval that are not voided
    std::uint32_t scans = 0;      ///< without repeats
};

/// What has happened since the index was made.
struct Changes {
    std::vector<Scan> scans;               ///< new ones; a key that is known already is ignored (the first stands)
    std::vector<ScanKey> voids;            ///< of known or new scans
    std::vector<PersonNo> touched;         ///< merged, split: one of those concerned is enough, the others are found
    std::shared_ptr<const People> people;  ///< as of now
    std::shared_ptr<const Sites> sites;    ///< as of now; when a site's place or stay rules changed, touched need not say so
};

struct Past;
struct SiteTraffic;
struct ToldVisit;

class ContactIndex {
public:
    struct State;  ///< private to the index and the trace (contact_index_state.hpp)

    /// Builds the base from all scans in any order (duplicates by key: the first stands). O(n log n); a fraction of a microsecond a scan, most of it in
    /// parts for `run`.
    static std::shared_ptr<const ContactIndex> build(ScanBook::Collector scans, std::shared_ptr<const People> people,
                                                     std::shared_ptr<const Sites> sites, TimeZone zone, const RunParts& run = run_in_turn);
    /// The index after `changes`: cost O(delta + changes). A change of stay rules or places of sites re-derives everybody who scanned there.
    std::shared_ptr<const ContactIndex> with(const Changes& changes) const;
    /// The same answers with an empty delta: for the house thread when delta_size() has grown.
    std::shared_ptr<const ContactIndex> rebuilt() const;

    std::size_t scan_count() const;
    /// Scans and visits held outside the base.
    std::size_t delta_size() const;
    /// Bytes held.
    std::size_t memory_bytes() const;

    /// The retry set: the scan with these four values, if it is known.
    std::optional<Scan> find(const ScanKey& key) const;
    /// Appends a registration's scans in [from, to], by (at, direction, site). Cost: O(log of all its scans + those found).
    void append_scans_of(RegistrationId registration, Instant from, Instant to, std::vector<Scan>& scans) const;
    /// All scans of a person in sort_scans order, with repeats marked; voided ones included.
    std::vector<ToldScan> told_scans(PersonNo person) const;
    std::vector<Visit> visits_of(PersonNo person) const;

    /// Everybody with a scan at `site` (not its place) in [from, to) that is not voided; by first, then `public_order`.
    std::vector<Passage> passages(SiteId site, Interval interval, const std::function<std::uint64_t(PersonNo)>& public_order) const;
    /// Requires: question.degree in 1..3, window.from < window.to. CONTRACT 5. Error trace_too_large when it would cost more than its bounds.
    kit::Result<TraceAnswer> trace(const TraceQuestion& question) const;

    const People& people() const;
    const Sites& sites() const;
    bool valid() const;

    ~ContactIndex();

private:
    friend SiteTraffic site_traffic(const ContactIndex& index, SiteId site, std::span<const Instant> edges);
    friend SharedPlacesAnswer shared_places(const ContactIndex& index, const SharedPlacesQuestion& question);
    friend std::shared_ptr<const ContactIndex> as_known_at(const ContactIndex& now, const Past& past, const RunParts& run);
    friend std::shared_ptr<const ContactIndex> without_days(const ContactIndex& index, const std::vector<Interval>& days, const RunParts& run);
    friend std::shared_ptr<const ContactIndex> with_told(const ContactIndex& index, const std::vector<ToldVisit>& told);
    explicit ContactIndex(std::unique_ptr<State> state);
    std::shared_ptr<const State> state_;
};

}  // namespace chayan::domain
