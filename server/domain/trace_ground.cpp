// SPDX-License-Identifier: Apache-2.0
#include "domain/trace_ground.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "kit/check.hpp"

namespace chayan::domain {

void TraceGround::add(Degree degree) {
    std::sort(degree.visits.begin(), degree.visits.end(), [](const FollowedVisit& a, const FollowedVisit& b) {
        return std::tuple(a.place, a.begin_s) < std::tuple(b.place, b.begin_s);
    });
    if (crowd_half_ || (explains_ && degrees_.empty()))   // of an index person's visits it is cheap
        for (auto& visit : degree.visits) visit.crowd = finder_.crowd_of(visit, degree.followed[visit.through].person);
    std::stable_sort(degree.company.begin(), degree.company.end(), [](const Company& a, const Company& b) { return a.person < b.person; });
    degrees_.push_back(std::move(degree));
}

template <class Use>
void TraceGround::for_each_meeting(const Degree& degree, PersonNo person, Use&& use) const {
    const auto length_s_min = finder_.length_s_min();
    for (const auto& theirs : finder_.selected_visits(person)) {
        const auto place = state_->place_of(theirs.site);
        const auto earliest = theirs.begin.s + length_s_min - visit_s_max;
        auto mine = std::lower_bound(degree.visits.begin(), degree.visits.end(), std::tuple(place, earliest),
                                     [](const FollowedVisit& visit, const auto& wanted) { return std::tuple(visit.place, visit.begin_s) < wanted; });
        for (; mine != degree.visits.end() && mine->place == place && mine->begin_s <= theirs.end.s - length_s_min; ++mine)
            if (const auto met = finder_.meeting(*mine, degree.followed[mine->through].window, person, theirs)) use(theirs, *mine, *met);
    }
}

template <class Use>
void TraceGround::for_each_company(const Degree& degree, PersonNo person, Use&& use) const {
    const auto is_before = [](const Company& one, PersonNo wanted) { return one.person < wanted; };
    auto one = std::lower_bound(degree.company.begin(), degree.company.end(), person, is_before);
    for (; one != degree.company.end() && one->person == person; ++one) use(*one);
}

void TraceGround::append_meetings(const Degree& degree, PersonNo person, Reasons& reasons) const {
    for_each_meeting(degree, person, [&](const Visit& theirs, const FollowedVisit& mine, const Encounter& met) {
        const auto& followed = degree.followed[mine.through];
        reasons.via.push_back(followed.person);
        reasons.sites.push_back(theirs.site);
        const auto their_end = std::min(theirs.end, followed.window.to);
        const auto [end, ended_by] = std::min(std::tuple(mine.end_s, mine.ended_by), std::tuple(their_end.s, theirs.ended_by));
        reasons.episodes.push_back({followed.person, mine.place, met.kind(), met.span(), met.overlap_s(), met.overlap_s() - met.length_s(), ended_by, mine.crowd});
    });
}

void TraceGround::append_encounters(PersonNo person, std::vector<Encounter>& encounters) const {
    const auto& degree = degrees_.back();
    for_each_meeting(degree, person, [&](const Visit&, const FollowedVisit&, const Encounter& met) { encounters.push_back(met); });
    for_each_company(degree, person, [&](const Company& one) { encounters.push_back(one.encounter()); });
}

std::int64_t TraceGround::weighed_s(const Contact& contact) const {
    struct Edge {
        std::int64_t at;
        double weight;
        bool begins;
    };
    std::vector<Edge> edges;
    for_each_meeting(degrees_[contact.degree - 1U], contact.person, [&](const Visit&, const FollowedVisit& mine, const Encounter& met) {
        if (met.overlap_s() == 0) return;
        const auto weight = weight_of(mine.crowd, *crowd_half_);
        edges.push_back({met.span().from.s, weight, true});
        edges.push_back({met.span().to.s, weight, false});
    });
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) { return a.at < b.at; });
    std::multiset<double> at_once;   // the weights of the overlaps at this moment
    double sum = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (!at_once.empty()) sum += static_cast<double>(edges[i].at - edges[i - 1].at) * *at_once.rbegin();
        if (edges[i].begins) at_once.insert(edges[i].weight);
        else at_once.erase(at_once.find(edges[i].weight));
    }
    return std::llround(sum);
}

void TraceGround::append_company(const Degree& degree, PersonNo person, Reasons& reasons) const {
    for_each_company(degree, person, [&](const Company& one) {
        const auto through = degree.followed[one.through].person;
        reasons.via.push_back(through);
        reasons.sites.push_back(one.site);
        reasons.episodes.push_back({through, state_->place_of(one.site), EpisodeKind::company, {one.at, one.at}, 0, one.apart_s, {}, 0});
    });
}

Reasons TraceGround::reasons_of(const Contact& contact, std::size_t number) const {
    Reasons reasons;
    if (contact.degree == 0) {
        reasons.sites = found_sites_[number];
        return reasons;
    }
    const auto& degree = degrees_[contact.degree - 1U];
    append_meetings(degree, contact.person, reasons);
    append_company(degree, contact.person, reasons);
    CHECK(reasons.episodes.size() == contact.episode_count);
    keep_unique(reasons.via);
    keep_unique(reasons.sites);
    std::sort(reasons.episodes.begin(), reasons.episodes.end(), [](const Episode& a, const Episode& b) {
        const auto key = [](const Episode& one) { return std::tuple(one.span.from, one.span.to, one.through, one.place, one.kind, one.gap_s, one.ended_by, one.crowd); };
        return key(a) < key(b);
    });
    return reasons;
}

namespace {

/// Somebody met one of the contacts, there.
struct Met {
    std::uint32_t slot;      // which contact, from 1
    std::uint32_t through;   // index of the followed person
    SiteId site;
};

constexpr std::size_t briefs_mets_max = 8'000'000;   // of one degree: 12 bytes each, twice

}  // namespace

void TraceGround::append_briefs(const Degree& degree, std::span<const Contact> contacts, std::vector<std::uint32_t>& slot_of, Briefs& briefs) const {
    for (std::uint32_t i = 0; i < contacts.size(); ++i) slot_of[contacts[i].person.value] = i + 1;
    std::vector<Met> mets;
    std::vector<std::uint32_t> ends(contacts.size() + 1);   // by slot; first how many there are
    const auto note = [&](PersonNo person, std::uint32_t through, SiteId site) {
        const auto slot = slot_of[person.value];
        if (slot == 0) return;
        ++ends[slot];
        mets.push_back({slot, through, site});
    };
    for (const auto& visit : degree.visits)
        finder_.for_each_met(visit, degree.followed[visit.through].window, [&](const HeldVisit& other) { note(other.person, visit.through, other.site); });
    for (const auto& one : degree.company) note(one.person, one.through, one.site);
    for (std::size_t slot = 1; slot < ends.size(); ++slot) ends[slot] += ends[slot - 1];
    std::vector<Met> sorted(mets.size());
    auto next = ends;
    for (const auto& met : mets) sorted[next[met.slot - 1]++] = met;
    std::vector<PersonNo> via;
    std::vector<SiteId> sites;
    for (std::size_t slot = 1; slot < ends.size(); ++slot) {
        via.clear();
        sites.clear();
        for (auto i = ends[slot - 1]; i < ends[slot]; ++i) {
            via.push_back(degree.followed[sorted[i].through].person);
            sites.push_back(sorted[i].site);
        }
        keep_unique(via);
        keep_unique(sites);
        briefs.append(via, sites);
    }
    for (const auto& contact : contacts) slot_of[contact.person.value] = 0;
}

std::optional<Briefs> TraceGround::briefs_of(const std::vector<Contact>& contacts) const {
    if (finder_.needs_second_look()) return std::nullopt;
    std::size_t mets = 0;
    for (const auto& contact : contacts) mets += contact.episode_count;
    if (mets > briefs_mets_max) return std::nullopt;
    Briefs briefs;
    std::vector<std::uint32_t> slot_of(state_->people->person_count());
    std::size_t first = 0;
    for (; first < contacts.size() && contacts[first].degree == 0; ++first) briefs.append({}, found_sites_[first]);
    for (std::uint8_t number = 1; number <= degrees_.size(); ++number) {
        auto last = first;
        while (last < contacts.size() && contacts[last].degree == number) ++last;
        append_briefs(degrees_[number - 1U], std::span(contacts).subspan(first, last - first), slot_of, briefs);
        first = last;
    }
    return briefs;
}

void Briefs::append(std::span<const PersonNo> via, std::span<const SiteId> sites) {
    via_.insert(via_.end(), via.begin(), via.end());
    sites_.insert(sites_.end(), sites.begin(), sites.end());
    via_ends_.push_back(via_.size());
    sites_ends_.push_back(sites_.size());
}

std::optional<Briefs> TraceAnswer::briefs() const {
    CHECK(ground != nullptr);
    return ground->briefs_of(contacts);
}

Reasons TraceAnswer::reasons_of(std::size_t number) const {
    CHECK(ground != nullptr && number < contacts.size());
    return ground->reasons_of(contacts[number], number);
}

}  // namespace chayan::domain
