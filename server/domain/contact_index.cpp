// SPDX-License-Identifier: Apache-2.0
#include "domain/contact_index.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <tuple>

#include "domain/contact_index_state.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

std::vector<Scan> ContactIndex::State::scans_of(PersonNo person) const {
    std::vector<Scan> scans_of_person;
    for (const auto registration : people->registrations_of(person)) scans.append_scans_of(registration, scans_of_person);
    sort_scans(scans_of_person, *sites);
    return scans_of_person;
}

std::vector<Visit> ContactIndex::State::visits_of(PersonNo person) const {
    auto all = derive_visits(scans_of(person), *sites, zone);
    if (told.empty()) return all;
    const auto is_before = [](const auto& one, PersonNo wanted) { return one.first < wanted; };
    for (auto own = std::lower_bound(told.begin(), told.end(), person, is_before); own != told.end() && own->first == person; ++own) all.push_back(own->second);
    std::stable_sort(all.begin(), all.end(), [](const Visit& a, const Visit& b) { return a.begin < b.begin; });
    return all;
}

namespace {

/// The earliest moment from which the rules of a site differ; nothing when they are the same to visits.
std::optional<Instant> first_change(const SiteRules& old_rules, const SiteRules& new_rules) {
    constexpr Instant ever{0};  // no scan is older (ScanBook)
    if (old_rules.place != new_rules.place || old_rules.ref != new_rules.ref) return ever;
    const auto& older = old_rules.stays;
    const auto& newer = new_rules.stays;
    const auto [o, n] = std::mismatch(older.begin(), older.end(), newer.begin(), newer.end());
    if (o == older.begin() && n == newer.begin() && (o != older.end() || n != newer.end())) return ever;
    if (o == older.end() && n == newer.end()) return std::nullopt;
    if (o == older.end()) return n->since;
    if (n == newer.end()) return o->since;
    return std::min(o->since, n->since);
}

void keep_persons(std::vector<PersonNo>& persons) {
    keep_unique(persons);
    if (!persons.empty() && persons.front().is_none()) persons.erase(persons.begin());
}

/// Adds whoever shares a registration with one of `persons`, before or after: visits may have moved between them.
void add_exchanged(std::vector<PersonNo>& persons, const People& before, const People& after) {
    std::set<PersonNo> seen(persons.begin(), persons.end());
    const auto add_owners = [&](PersonNo person, const People& now, const People& other) {
        for (const auto registration : now.registrations_of(person)) {
            const auto owner = other.person_of(registration);
            if (!owner.is_none() && seen.insert(owner).second) persons.push_back(owner);
        }
    };
    for (std::size_t i = 0; i < persons.size(); ++i) {
        add_owners(persons[i], before, after);
        add_owners(persons[i], after, before);
    }
}

/// Adds everyone who scanned at a site whose rules or place changed, in time for the change to matter.
void add_affected(std::vector<PersonNo>& persons, const VisitBook& visits, const Sites& before, const Sites& after) {
    for (std::uint32_t id = 1; id < before.size(); ++id) {
        if (!before.contains({id})) continue;
        const auto since = first_change(before[{id}], after[{id}]);
        if (!since) continue;
        // Everyone who scanned here has a visit at this place that reaches the scan: it opened one, or it is an exit.
        visits.for_each(before[{id}].place, since->s, std::numeric_limits<std::int64_t>::max(),
                        [&persons](const HeldVisit& visit) { persons.push_back(visit.person); });
    }
}

}  // namespace

ContactIndex::ContactIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
ContactIndex::~ContactIndex() = default;

std::shared_ptr<const ContactIndex> ContactIndex::build(ScanBook::Collector scans, std::shared_ptr<const People> people,
                                                        std::shared_ptr<const Sites> sites, TimeZone zone, const RunParts& run) {
    CHECK(people && sites);
    auto state = std::make_unique<State>(State{std::move(people), std::move(sites), std::move(zone), scans.finish(run), {}, {}});
    constexpr std::size_t parts = 16;
    std::vector<VisitBook::Filler> fillers(parts, VisitBook::Filler(*state->sites, 0));
    run(parts, [&](std::size_t part) {
        VisitDeriver deriver(*state->sites, state->zone);
        const std::uint64_t persons = state->people->person_count();
        for (auto person = std::max<std::uint64_t>(1, persons * part / parts); person < persons * (part + 1) / parts; ++person)
            state->derive({static_cast<std::uint32_t>(person)}, deriver, [&](SiteId place, const HeldVisit& visit) { fillers[part].append(place, visit); });
    });
    VisitBook::Filler all(*state->sites, 0);
    all.append(std::move(fillers));
    state->visits = all.finish(run);
    return std::shared_ptr<const ContactIndex>(new ContactIndex(std::move(state)));
}

std::shared_ptr<const ContactIndex> ContactIndex::with(const Changes& changes) const {
    CHECK(changes.people && changes.sites);
    const State& before = *state_;
    auto after = std::make_unique<State>(before);
    after->people = changes.people;
    after->sites = changes.sites;

    std::vector<PersonNo> persons = changes.touched;
    add_exchanged(persons, *before.people, *after->people);
    if (before.sites != after->sites) add_affected(persons, before.visits, *before.sites, *after->sites);
    const auto touch = [&](RegistrationId registration) {
        persons.push_back(before.people->person_of(registration));
        persons.push_back(after->people->person_of(registration));
    };
    for (const auto& scan : changes.scans) {
        if (after->scans.add(scan)) touch(scan.registration);
    }
    for (const auto& key : changes.voids) {
        if (after->scans.set_voided(key)) touch(key.registration);
    }
    keep_persons(persons);

    VisitDeriver deriver_before(*before.sites, before.zone), deriver_after(*after->sites, after->zone);
    std::vector<PlacedVisit> held_before, held_after, removed, added;
    for (const auto person : persons) {
        before.derive(person, deriver_before, [&](SiteId place, const HeldVisit& visit) { held_before.push_back({place, visit}); });
        after->derive(person, deriver_after, [&](SiteId place, const HeldVisit& visit) { held_after.push_back({place, visit}); });
    }
    std::sort(held_before.begin(), held_before.end());
    std::sort(held_after.begin(), held_after.end());
    std::set_difference(held_before.begin(), held_before.end(), held_after.begin(), held_after.end(), std::back_inserter(removed));
    std::set_difference(held_after.begin(), held_after.end(), held_before.begin(), held_before.end(), std::back_inserter(added));
    after->visits.change(std::move(removed), std::move(added));
    return std::shared_ptr<const ContactIndex>(new ContactIndex(std::move(after)));
}

std::shared_ptr<const ContactIndex> ContactIndex::rebuilt() const {
    auto state = std::make_unique<State>(
        State{state_->people, state_->sites, state_->zone, state_->scans.merged(), state_->visits.merged(*state_->sites), {}});
    return std::shared_ptr<const ContactIndex>(new ContactIndex(std::move(state)));
}

std::size_t ContactIndex::scan_count() const { return state_->scans.count(); }
std::size_t ContactIndex::delta_size() const { return state_->scans.overlay_count() + state_->visits.overlay_count(); }
std::size_t ContactIndex::memory_bytes() const { return state_->scans.memory_bytes() + state_->visits.memory_bytes(); }
const People& ContactIndex::people() const { return *state_->people; }
const Sites& ContactIndex::sites() const { return *state_->sites; }

std::optional<Scan> ContactIndex::find(const ScanKey& key) const { return state_->scans.find(key); }

void ContactIndex::append_scans_of(RegistrationId registration, Instant from, Instant to, std::vector<Scan>& scans) const {
    state_->scans.append_scans_of(registration, from, to, scans);
}

std::vector<ToldScan> ContactIndex::told_scans(PersonNo person) const {
    const auto scans = state_->scans_of(person);
    const auto is_repeat = mark_repeats(scans, *state_->sites);
    std::vector<ToldScan> told;
    told.reserve(scans.size());
    for (std::size_t i = 0; i < scans.size(); ++i) told.push_back({scans[i], is_repeat[i]});
    return told;
}

std::vector<Visit> ContactIndex::visits_of(PersonNo person) const { return state_->visits_of(person); }

std::vector<Passage> ContactIndex::passages(SiteId site, Interval interval,
                                            const std::function<std::uint64_t(PersonNo)>& public_order) const {
    if (!state_->sites->contains(site)) return {};   // imported since: nobody was there yet
    // A scan that counts opens a visit or is the exit of one, a repeat has its mark: all at this site's place, all reaching it.
    std::vector<PersonNo> persons, repeating;
    state_->visits.for_each(state_->place_of(site), interval.from.s, interval.to.s - 1, [&](const HeldVisit& visit) {
        persons.push_back(visit.person);
        if (visit.is_repeat) repeating.push_back(visit.person);
    });
    keep_persons(persons);
    keep_persons(repeating);
    std::vector<std::pair<Passage, std::uint64_t>> rows;
    std::vector<Scan> scans;
    for (const auto person : persons) {
        Passage row{person, {}, {}, 0};
        bool is_here = false;
        const auto take = [&](const Scan& scan, bool repeated) {
            if (scan.voided || scan.site != site || scan.at < interval.from || scan.at >= interval.to) return;
            row.first = is_here ? std::min(row.first, scan.at) : scan.at;
            row.last = is_here ? std::max(row.last, scan.at) : scan.at;
            row.scans += repeated ? 0 : 1;
            is_here = true;
        };
        if (std::binary_search(repeating.begin(), repeating.end(), person)) {   // what counts hangs on what came before
            for (const auto& [scan, repeated] : told_scans(person)) take(scan, repeated);
        } else {
            scans.clear();
            for (const auto registration : state_->people->registrations_of(person))
                state_->scans.append_scans_of(registration, interval.from, interval.to - 1, scans);
            for (const auto& scan : scans) take(scan, false);
        }
        if (is_here) rows.emplace_back(row, public_order ? public_order(person) : person.value);
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.first.first, a.second) < std::tuple(b.first.first, b.second);
    });
    std::vector<Passage> passages;
    passages.reserve(rows.size());
    for (const auto& [row, order] : rows) passages.push_back(row);
    return passages;
}

bool ContactIndex::valid() const {
    std::vector<PlacedVisit> derived;
    VisitDeriver deriver(*state_->sites, state_->zone);
    for (std::uint32_t person = 1; person < state_->people->person_count(); ++person)
        state_->derive({person}, deriver, [&](SiteId place, const HeldVisit& visit) { derived.push_back({place, visit}); });
    std::sort(derived.begin(), derived.end());
    if (derived != state_->visits.all()) return false;
    std::size_t scans = 0;
    for (std::uint64_t registration = 1; registration < state_->scans.registration_count(); ++registration) {
        std::vector<Scan> own;
        state_->scans.append_scans_of({registration}, own);
        const auto key = [](const Scan& scan) { return std::tuple(scan.at, scan.direction, scan.site); };
        for (std::size_t i = 1; i < own.size(); ++i) {
            if (!(key(own[i - 1]) < key(own[i]))) return false;
        }
        scans += own.size();
    }
    return scans == scan_count();
}

}  // namespace chayan::domain
