// SPDX-License-Identifier: Apache-2.0
#include "domain/encounter.hpp"

#include <algorithm>
#include <optional>

namespace chayan::domain {
namespace {

constexpr std::int64_t company_s_max = 10 * 60;

/// A stretch of time in plain seconds, [begin, end).
struct Stretch {
    std::int64_t begin, end;
};

/// The visit cut to the window; nothing when nothing is left. A visit of no length counts when it begins inside.
std::optional<Stretch> cut(Stretch visit, Interval window) {
    if (visit.begin == visit.end) {
        return visit.begin >= window.from.s && visit.begin < window.to.s ? std::optional(visit) : std::nullopt;
    }
    const Stretch left{std::max(visit.begin, window.from.s), std::min(visit.end, window.to.s)};
    return left.begin < left.end ? std::optional(left) : std::nullopt;
}

/// Does one of those that were asked for fit? A list that is empty asks for nothing.
template <class T, class Fits>
bool fits(const std::vector<T>& asked, Fits&& one_fits) {
    return asked.empty() || std::any_of(asked.begin(), asked.end(), one_fits);
}

bool is_inside(const Scan& scan, Interval window) { return scan.at >= window.from && scan.at < window.to; }

}  // namespace

EncounterFinder::EncounterFinder(const ContactIndex::State& state, const TraceQuestion& question)
    : state_(state), length_s_min_(question.linger_s ? -std::int64_t{*question.linger_s} : 1), evidence_(question.evidence),
      without_flags_(question.without_flags) {
    if (question.categories.empty() && question.divisions.empty() && question.sites.empty()) return;
    selected_.resize(state.sites->size());
    std::vector<std::uint8_t> places(question.sites.empty() ? 0 : selected_.size());
    for (const auto site : question.sites)
        if (state.sites->contains(site)) places[state.place_of(site).value] = 1;   // one that is newer than the index has no visits yet
    for (std::uint32_t id = 1; id < selected_.size(); ++id) {
        if (!state.sites->contains({id})) continue;
        const auto& site = (*state.sites)[{id}];
        const bool is_there = places.empty() || places[site.place.value] != 0;
        selected_[id] = is_there && fits(question.categories, [&](Category one) { return one == site.category; }) &&
                        fits(question.divisions, [&](DivisionCode one) { return is_within(site.division, one); });
    }
}

void EncounterFinder::append_visits(const Followed& followed, std::uint32_t through, std::vector<FollowedVisit>& visits) const {
    if (followed.window.from >= followed.window.to) return;
    for (const auto& visit : selected_visits(followed.person)) {
        const auto mine = cut({visit.begin.s, visit.end.s}, followed.window);
        if (!mine) continue;
        const auto& site = (*state_.sites)[visit.site];
        visits.push_back({site.place, through, mine->begin, mine->end, site.stay(visit.begin).presence == Presence::gate, visit.ended_by, 0});
    }
}

bool EncounterFinder::is_selected(const Visit& visit) const {
    if (!is_selected(visit.site)) return false;
    if (evidence_.empty()) return true;
    return visit.ended_by != EndedBy::told && std::find(evidence_.begin(), evidence_.end(), visit.source) != evidence_.end();
}

std::vector<Visit> EncounterFinder::selected_visits(PersonNo person) const {
    auto visits = state_.visits_of(person);
    if (without_flags_ != 0) {
        const auto flags = opening_flags(visits, state_.scans_of(person), *state_.sites, state_.zone);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < visits.size(); ++i)
            if ((flags[i] & without_flags_) == 0) visits[kept++] = visits[i];
        visits.resize(kept);
    }
    std::erase_if(visits, [this](const Visit& visit) { return !is_selected(visit); });
    return visits;
}

double EncounterFinder::crowd_of(const FollowedVisit& visit, PersonNo person) const {
    const bool is_moment = visit.begin_s == visit.end_s;
    const auto begin = visit.begin_s, end = is_moment ? visit.begin_s + 1 : visit.end_s;
    std::int64_t others_s = 0;
    state_.visits.for_each(visit.place, begin + 1, end - 1, [&](const HeldVisit& other) {
        if (other.is_repeat || other.person == person) return;
        others_s += std::max<std::int64_t>(0, std::min(end, other.end_s()) - std::max<std::int64_t>(begin, other.begin_s));
    });
    return static_cast<double>(others_s) / static_cast<double>(end - begin);
}

std::optional<Encounter> EncounterFinder::encounter(const FollowedVisit& mine, Interval window, PersonNo person, std::int64_t begin_s,
                                                    std::int64_t end_s, bool is_at_gate) const {
    const auto theirs = cut({begin_s, end_s}, window);
    if (!theirs) return std::nullopt;
    const auto begin = std::max(mine.begin_s, theirs->begin);
    const auto length = std::min(mine.end_s, theirs->end) - begin;
    if (length < length_s_min_) return std::nullopt;
    return Encounter::of(person, begin, length, mine.is_at_gate || is_at_gate ? EpisodeKind::gate : EpisodeKind::venue);
}

std::optional<Encounter> EncounterFinder::meeting(const FollowedVisit& mine, Interval window, PersonNo person, const Visit& theirs) const {
    const bool is_at_gate = (*state_.sites)[theirs.site].stay(theirs.begin).presence == Presence::gate;
    return encounter(mine, window, person, theirs.begin.s, theirs.end.s, is_at_gate);
}

bool EncounterFinder::are_company(const Scan& a, const Scan& b) const {
    const auto& people = *state_.people;
    // What somebody said before and after a correction is the same human, also where the rules of matching made two of them.
    if (people.holder_of(a.registration) == people.holder_of(b.registration)) {
        if (people.is_of_holder(a.registration) && people.is_of_holder(b.registration)) return false;
        if (is_from_phone(a.source) && is_from_phone(b.source)) return true;
    }
    return !a.vehicle.is_none() && a.vehicle == b.vehicle;
}

std::vector<PersonNo> EncounterFinder::maybe_company(PersonNo person, const std::vector<Scan>& scans) const {
    std::vector<RegistrationId> others;
    for (const auto& scan : scans) {
        if (scan.vehicle.is_none()) continue;
        for (const auto& key : state_.scans.scans_with(scan.vehicle, scan.at - company_s_max, scan.at + company_s_max)) {
            if (state_.place_of(key.site) == state_.place_of(scan.site)) others.push_back(key.registration);
        }
    }
    for (const auto registration : state_.people->registrations_of(person)) {
        for (const auto other : state_.people->of_one_phone(registration)) others.push_back(other);
    }
    std::vector<PersonNo> persons;
    for (const auto registration : others) persons.push_back(state_.people->person_of(registration));
    keep_unique(persons);
    std::erase(persons, person);
    std::erase(persons, PersonNo{});
    return persons;
}

void EncounterFinder::append_company(const Followed& followed, std::uint32_t through, std::vector<Company>& company) const {
    if (followed.window.from >= followed.window.to) return;
    // Repeats too: who gives the plate only at the second tap came with the others all the same.
    const auto inside = [&](std::vector<Scan> scans) {
        std::erase_if(scans, [&](const Scan& scan) { return scan.voided || !is_inside(scan, followed.window); });
        return scans;
    };
    const auto mine = inside(state_.scans_of(followed.person));
    for (const auto person : maybe_company(followed.person, mine)) {
        const auto theirs = inside(state_.scans_of(person));
        auto near = theirs.begin();
        for (const auto& scan : mine) {
            while (near != theirs.end() && near->at < scan.at - company_s_max) ++near;
            for (auto other = near; other != theirs.end() && other->at <= scan.at + company_s_max; ++other) {
                if (state_.place_of(other->site) != state_.place_of(scan.site) || !are_company(scan, *other)) continue;
                const auto later = std::max(scan.at, other->at);
                company.push_back({person, through, other->site, later, static_cast<std::int32_t>(later - std::min(scan.at, other->at))});
            }
        }
    }
}

}  // namespace chayan::domain
