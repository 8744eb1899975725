// SPDX-License-Identifier: Apache-2.0
// Visits: intervals at places, derived from a person's scans by the rules of CONTRACT 5. Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "domain/site.hpp"
#include "domain/time.hpp"

namespace chayan::domain {

/// How the end is known; of equal ends the first in this order counts. `told`: no scan says so, somebody did (told_visits.hpp).
enum class EndedBy : std::uint8_t { scanned = 0, next_scan, closing, dwell, told };
const char* word_of(EndedBy ended_by);

struct Visit {
    SiteId site;          ///< of the scan that opened it; its place is sites[site].place
    Instant begin;
    Instant end;          ///< end >= begin
    EndedBy ended_by = EndedBy::dwell;
    Source source{};      ///< the evidence of that scan; of a told visit nothing
    friend bool operator==(const Visit&, const Visit&) = default;
};

/// The order in which a person's scans are taken: time, then out, in, pass, then the site's ref (bytes), then registration.
void sort_scans(std::vector<Scan>& scans, const Sites& sites);

/// For each scan of one person, in sort_scans order: is it a repeat? (same place and direction as the previous scan that
/// is not voided at that place, itself perhaps a repeat, at most 60 s before). Voided scans are never repeats. O(n) expected.
std::vector<bool> mark_repeats(std::span<const Scan> scans, const Sites& sites);

/// The visits of one person, from all of that person's scans in sort_scans order (voided ones and repeats included: they are
/// taken out here), ordered by begin, then by site ref. O(n log n).
std::vector<Visit> derive_visits(std::span<const Scan> scans, const Sites& sites, const TimeZone& zone);

/// Both, of one person after another: a city of them costs no allocation each. One thread; `sites` and `zone` outlive it.
class VisitDeriver {
public:
    VisitDeriver(const Sites& sites, const TimeZone& zone);
    ~VisitDeriver();
    VisitDeriver(const VisitDeriver&) = delete;
    VisitDeriver& operator=(const VisitDeriver&) = delete;

    /// As derive_visits and mark_repeats.
    void derive(std::span<const Scan> scans);
    const std::vector<Visit>& visits() const;
    const std::vector<bool>& is_repeat() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace chayan::domain
