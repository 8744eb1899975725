// SPDX-License-Identifier: Apache-2.0
#include "domain/visit.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "kit/check.hpp"

namespace chayan::domain {
namespace {

constexpr std::int64_t repeat_s_max = 60;
constexpr std::int64_t exit_s_max = 24 * 3600;
constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

/// The places of some scans, numbered from 0, so that what is known of each place is an array and not a map.
class PlaceNumbers {
public:
    PlaceNumbers(std::span<const Scan> scans, const Sites& sites) {
        places_.reserve(scans.size());
        for (const auto& scan : scans) places_.push_back(sites[scan.site].place);
        std::vector<SiteId> sorted = places_;
        std::sort(sorted.begin(), sorted.end());
        sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
        count_ = sorted.size();
        numbers_.reserve(scans.size());
        for (const auto place : places_) {
            const auto found = std::lower_bound(sorted.begin(), sorted.end(), place);
            numbers_.push_back(static_cast<std::size_t>(found - sorted.begin()));
        }
    }
    std::size_t count() const { return count_; }
    std::size_t operator[](std::size_t scan) const { return numbers_[scan]; }

private:
    std::vector<SiteId> places_;
    std::vector<std::size_t> numbers_;
    std::size_t count_ = 0;
};

/// What cuts the visit that a scan opens: indices of the scans that count, or nowhere.
struct Cuts {
    std::size_t exit = nowhere;         // the explicit `out` of an `in`
    std::size_t next_elsewhere = nowhere;
    std::size_t next_in_here = nowhere;
    std::size_t next_here = nowhere;
    bool closes_a_visit = false;        // an `out` that is the exit of an earlier `in`
};

/// Rule 1: which `out` ends which `in` of a venue. Should the place have become a gate meanwhile, the `out` is an exit still
/// (and a visit of its own there); an `in` at what was a gate then has no exit.
void pair_exits(std::span<const Scan> scans, const PlaceNumbers& place, const Sites& sites, std::vector<Cuts>& cuts) {
    std::vector<std::size_t> open_in(place.count(), nowhere);
    for (std::size_t i = 0; i < scans.size(); ++i) {
        auto& open = open_in[place[i]];
        if (scans[i].direction == Direction::in) {
            open = sites[scans[i].site].stay(scans[i].at).presence == Presence::venue ? i : nowhere;
        }
        if (scans[i].direction != Direction::out || open == nowhere) continue;
        if (scans[i].at - scans[open].at <= exit_s_max) {
            cuts[open].exit = i;
            cuts[i].closes_a_visit = true;
        }
        open = nowhere;  // only the first `out` counts, even when it came too late
    }
}

/// For each scan the next ones that are at least a second later: elsewhere, and here.
void find_next(std::span<const Scan> scans, const PlaceNumbers& place, std::vector<Cuts>& cuts) {
    std::vector<std::size_t> later_in(place.count(), nowhere);
    std::vector<std::size_t> later(place.count(), nowhere);
    std::size_t next = nowhere;            // the first scan of a later second
    std::size_t other_than_next = nowhere; // the first later scan at another place than `next`'s
    for (std::size_t end = scans.size(); end > 0;) {
        std::size_t begin = end - 1;
        while (begin > 0 && scans[begin - 1].at == scans[end - 1].at) --begin;
        for (std::size_t i = begin; i < end; ++i) {
            cuts[i].next_in_here = later_in[place[i]];
            cuts[i].next_here = later[place[i]];
            cuts[i].next_elsewhere = next == nowhere || place[next] != place[i] ? next : other_than_next;
        }
        for (std::size_t i = end; i-- > begin;) {
            later[place[i]] = i;
            if (scans[i].direction == Direction::in) later_in[place[i]] = i;
            if (next != nowhere && place[next] != place[i]) other_than_next = next;
            next = i;
        }
        end = begin;
    }
}

class Deriver {
public:
    Deriver(std::span<const Scan> scans, const Sites& sites, const TimeZone& zone)
        : scans_(scans), sites_(sites), zone_(zone), cuts_(scans.size()) {
        const PlaceNumbers place(scans, sites);
        pair_exits(scans, place, sites, cuts_);
        find_next(scans, place, cuts_);
    }

    std::optional<Visit> visit_opened_by(std::size_t i) const {
        const auto& scan = scans_[i];
        const auto& rule = sites_[scan.site].stay(scan.at);
        if (rule.presence == Presence::venue) {
            if (cuts_[i].exit != nowhere) return Visit{scan.site, scan.at, scans_[cuts_[i].exit].at, EndedBy::scanned};
            if (scan.direction == Direction::out) {
                if (cuts_[i].closes_a_visit) return std::nullopt;
                return Visit{scan.site, scan.at, scan.at, EndedBy::scanned};
            }
        }
        return inferred(i, rule);
    }

private:
    /// The earliest end that counts; of equal ones the first in the order of EndedBy.
    Visit inferred(std::size_t i, const StayRule& rule) const {
        const auto& scan = scans_[i];
        Visit visit{scan.site, scan.at, scan.at + rule.dwell_s, EndedBy::dwell};
        const auto cut = [&visit](Instant end, EndedBy ended_by) {
            if (std::tuple(end, ended_by) < std::tuple(visit.end, visit.ended_by)) visit.end = end, visit.ended_by = ended_by;
        };
        if (rule.closes_s >= 0) {
            const auto closing = zone_.on_local_day(scan.at, rule.closes_s);
            if (closing > scan.at) cut(closing, EndedBy::closing);
        }
        const auto& next = cuts_[i];
        const auto here = rule.presence == Presence::gate ? next.next_here : next.next_in_here;
        if (next.next_elsewhere != nowhere) cut(scans_[next.next_elsewhere].at, EndedBy::next_scan);
        if (here != nowhere) cut(scans_[here].at, EndedBy::next_scan);
        return visit;
    }

    std::span<const Scan> scans_;
    const Sites& sites_;
    const TimeZone& zone_;
    std::vector<Cuts> cuts_;
};

}  // namespace

const char* word_of(EndedBy ended_by) {
    switch (ended_by) {
        case EndedBy::scanned: return "scanned";
        case EndedBy::next_scan: return "next_scan";
        case EndedBy::closing: return "closing";
        case EndedBy::dwell: return "dwell";
    }
    UNREACHABLE();
}

void sort_scans(std::vector<Scan>& scans, const Sites& sites) {
    std::sort(scans.begin(), scans.end(), [&sites](const Scan& a, const Scan& b) {
        if (a.at != b.at) return a.at < b.at;
        if (a.direction != b.direction) return a.direction < b.direction;
        if (a.site != b.site) return sites[a.site].ref < sites[b.site].ref;
        return a.registration < b.registration;
    });
}

std::vector<bool> mark_repeats(std::span<const Scan> scans, const Sites& sites) {
    std::vector<bool> is_repeat(scans.size(), false);
    const PlaceNumbers place(scans, sites);
    std::vector<std::size_t> previous(place.count(), nowhere);
    for (std::size_t i = 0; i < scans.size(); ++i) {
        if (scans[i].voided) continue;
        auto& before = previous[place[i]];
        is_repeat[i] = before != nowhere && scans[before].direction == scans[i].direction &&
                       scans[i].at - scans[before].at <= repeat_s_max;
        before = i;
    }
    return is_repeat;
}

std::vector<Visit> derive_visits(std::span<const Scan> scans, const Sites& sites, const TimeZone& zone) {
    const auto is_repeat = mark_repeats(scans, sites);
    std::vector<Scan> counting;
    counting.reserve(scans.size());
    for (std::size_t i = 0; i < scans.size(); ++i) {
        if (!scans[i].voided && !is_repeat[i]) counting.push_back(scans[i]);
    }
    const Deriver deriver(counting, sites, zone);
    std::vector<Visit> visits;
    visits.reserve(counting.size());
    for (std::size_t i = 0; i < counting.size(); ++i) {
        if (const auto visit = deriver.visit_opened_by(i)) visits.push_back(*visit);
    }
    std::stable_sort(visits.begin(), visits.end(), [&sites](const Visit& a, const Visit& b) {
        if (a.begin != b.begin) return a.begin < b.begin;
        return a.site != b.site && sites[a.site].ref < sites[b.site].ref;
    });
    return visits;
}

}  // namespace chayan::domain
