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
    void take(std::span<const Scan> scans, const Sites& sites) {
        places_.clear();
        numbers_.clear();
        for (const auto& scan : scans) {
            const auto place = sites.place_of(scan.site);
            // A person goes to few places; who scanned at many is looked up by halving instead.
            if (places_.size() > few) break;
            auto number = static_cast<std::size_t>(std::find(places_.begin(), places_.end(), place) - places_.begin());
            if (number == places_.size()) places_.push_back(place);
            numbers_.push_back(number);
        }
        if (numbers_.size() < scans.size()) take_many(scans, sites);
    }
    std::size_t count() const { return places_.size(); }
    std::size_t operator[](std::size_t scan) const { return numbers_[scan]; }

private:
    static constexpr std::size_t few = 32;

    void take_many(std::span<const Scan> scans, const Sites& sites) {
        places_.clear();
        numbers_.clear();
        for (const auto& scan : scans) places_.push_back(sites.place_of(scan.site));
        std::sort(places_.begin(), places_.end());
        places_.erase(std::unique(places_.begin(), places_.end()), places_.end());
        for (const auto& scan : scans)
            numbers_.push_back(static_cast<std::size_t>(std::lower_bound(places_.begin(), places_.end(), sites.place_of(scan.site)) - places_.begin()));
    }

    std::vector<SiteId> places_;
    std::vector<std::size_t> numbers_;
};

/// What cuts the visit that a scan opens: indices of the scans that count, or nowhere.
struct Cuts {
    std::size_t exit = nowhere;         // the explicit `out` of an `in`
    std::size_t next_elsewhere = nowhere;
    std::size_t next_in_here = nowhere;
    std::size_t next_here = nowhere;
    bool closes_a_visit = false;        // an `out` that is the exit of an earlier `in`
};

/// `previous`: nowhere for each place.
void mark(std::span<const Scan> scans, const PlaceNumbers& place, std::vector<std::size_t>& previous, std::vector<bool>& is_repeat) {
    is_repeat.assign(scans.size(), false);
    for (std::size_t i = 0; i < scans.size(); ++i) {
        if (scans[i].voided) continue;
        auto& before = previous[place[i]];
        is_repeat[i] = before != nowhere && scans[before].direction == scans[i].direction && scans[i].at - scans[before].at <= repeat_s_max;
        before = i;
    }
}

}  // namespace

struct VisitDeriver::State {
    State(const Sites& all_sites, const TimeZone& local) : sites(all_sites), zone(local) {}

    const Sites& sites;
    const TimeZone& zone;
    PlaceNumbers place;
    std::vector<std::size_t> by_place, by_place_in;   // what is known of each place while scans are gone through
    std::vector<bool> is_repeat;
    std::vector<Scan> counting;                       // neither voided nor repeats
    std::vector<Cuts> cuts;                           // of each that counts
    std::vector<Visit> visits;

    void forget_places() {
        by_place.assign(place.count(), nowhere);
        by_place_in.assign(place.count(), nowhere);
    }

    void mark_repeats(std::span<const Scan> scans) {
        place.take(scans, sites);
        forget_places();
        mark(scans, place, by_place, is_repeat);
    }

    void take_counting(std::span<const Scan> scans) {
        counting.clear();
        for (std::size_t i = 0; i < scans.size(); ++i)
            if (!scans[i].voided && !is_repeat[i]) counting.push_back(scans[i]);
        if (counting.size() < scans.size()) place.take(counting, sites);
        cuts.assign(counting.size(), {});
    }

    /// Rule 1: which `out` ends which `in` of a venue. Should the place have become a gate meanwhile, the `out` is an exit still
    /// (and a visit of its own there); an `in` at what was a gate then has no exit.
    void pair_exits() {
        forget_places();
        auto& open_in = by_place;
        for (std::size_t i = 0; i < counting.size(); ++i) {
            auto& open = open_in[place[i]];
            if (counting[i].direction == Direction::in) {
                open = sites[counting[i].site].stay(counting[i].at).presence == Presence::venue ? i : nowhere;
            }
            if (counting[i].direction != Direction::out || open == nowhere) continue;
            if (counting[i].at - counting[open].at <= exit_s_max) {
                cuts[open].exit = i;
                cuts[i].closes_a_visit = true;
            }
            open = nowhere;  // only the first `out` counts, even when it came too late
        }
    }

    /// For each scan the next ones that are at least a second later: elsewhere, and here.
    void find_next() {
        forget_places();
        auto& later = by_place;
        auto& later_in = by_place_in;
        std::size_t next = nowhere;            // the first scan of a later second
        std::size_t other_than_next = nowhere; // the first later scan at another place than `next`'s
        for (std::size_t end = counting.size(); end > 0;) {
            std::size_t begin = end - 1;
            while (begin > 0 && counting[begin - 1].at == counting[end - 1].at) --begin;
            for (std::size_t i = begin; i < end; ++i) {
                cuts[i].next_in_here = later_in[place[i]];
                cuts[i].next_here = later[place[i]];
                cuts[i].next_elsewhere = next == nowhere || place[next] != place[i] ? next : other_than_next;
            }
            for (std::size_t i = end; i-- > begin;) {
                later[place[i]] = i;
                if (counting[i].direction == Direction::in) later_in[place[i]] = i;
                if (next != nowhere && place[next] != place[i]) other_than_next = next;
                next = i;
            }
            end = begin;
        }
    }

    std::optional<Visit> visit_opened_by(std::size_t i) const {
        const auto& scan = counting[i];
        const auto& rule = sites[scan.site].stay(scan.at);
        if (rule.presence == Presence::venue) {
            if (cuts[i].exit != nowhere) return Visit{scan.site, scan.at, counting[cuts[i].exit].at, EndedBy::scanned, scan.source};
            if (scan.direction == Direction::out) {
                if (cuts[i].closes_a_visit) return std::nullopt;
                return Visit{scan.site, scan.at, scan.at, EndedBy::scanned, scan.source};
            }
        }
        return inferred(i, rule);
    }

    /// The earliest end that counts; of equal ones the first in the order of EndedBy.
    Visit inferred(std::size_t i, const StayRule& rule) const {
        const auto& scan = counting[i];
        Visit visit{scan.site, scan.at, scan.at + rule.dwell_s, EndedBy::dwell, scan.source};
        const auto cut = [&visit](Instant end, EndedBy ended_by) {
            if (std::tuple(end, ended_by) < std::tuple(visit.end, visit.ended_by)) visit.end = end, visit.ended_by = ended_by;
        };
        if (rule.closes_s >= 0) {
            const auto closing = zone.on_local_day(scan.at, rule.closes_s);
            if (closing > scan.at) cut(closing, EndedBy::closing);
        }
        const auto& next = cuts[i];
        const auto here = rule.presence == Presence::gate ? next.next_here : next.next_in_here;
        if (next.next_elsewhere != nowhere) cut(counting[next.next_elsewhere].at, EndedBy::next_scan);
        if (here != nowhere) cut(counting[here].at, EndedBy::next_scan);
        return visit;
    }

    void derive(std::span<const Scan> scans) {
        mark_repeats(scans);
        take_counting(scans);
        pair_exits();
        find_next();
        visits.clear();
        for (std::size_t i = 0; i < counting.size(); ++i) {
            if (const auto visit = visit_opened_by(i)) visits.push_back(*visit);
        }
        const auto is_before = [this](const Visit& a, const Visit& b) {
            if (a.begin != b.begin) return a.begin < b.begin;
            return a.site != b.site && sites[a.site].ref < sites[b.site].ref;
        };
        if (!std::is_sorted(visits.begin(), visits.end(), is_before)) std::stable_sort(visits.begin(), visits.end(), is_before);
    }
};

VisitDeriver::VisitDeriver(const Sites& sites, const TimeZone& zone) : state_(std::make_unique<State>(sites, zone)) {}
VisitDeriver::~VisitDeriver() = default;
void VisitDeriver::derive(std::span<const Scan> scans) { state_->derive(scans); }
const std::vector<Visit>& VisitDeriver::visits() const { return state_->visits; }
const std::vector<bool>& VisitDeriver::is_repeat() const { return state_->is_repeat; }

const char* word_of(EndedBy ended_by) {
    switch (ended_by) {
        case EndedBy::scanned: return "scanned";
        case EndedBy::next_scan: return "next_scan";
        case EndedBy::closing: return "closing";
        case EndedBy::dwell: return "dwell";
        case EndedBy::told: return "told";
    }
    UNREACHABLE();
}

void sort_scans(std::vector<Scan>& scans, const Sites& sites) {
    const auto is_before = [&sites](const Scan& a, const Scan& b) {
        if (a.at != b.at) return a.at < b.at;
        if (a.direction != b.direction) return a.direction < b.direction;
        if (a.site != b.site) return sites[a.site].ref < sites[b.site].ref;
        return a.registration < b.registration;
    };
    if (!std::is_sorted(scans.begin(), scans.end(), is_before)) std::sort(scans.begin(), scans.end(), is_before);   // one phone's are, nearly always
}

std::vector<bool> mark_repeats(std::span<const Scan> scans, const Sites& sites) {
    PlaceNumbers place;
    place.take(scans, sites);
    std::vector<std::size_t> previous(place.count(), nowhere);
    std::vector<bool> is_repeat;
    mark(scans, place, previous, is_repeat);
    return is_repeat;
}

std::vector<Visit> derive_visits(std::span<const Scan> scans, const Sites& sites, const TimeZone& zone) {
    VisitDeriver deriver(sites, zone);
    deriver.derive(scans);
    return deriver.visits();
}

}  // namespace chayan::domain
