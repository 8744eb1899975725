// SPDX-License-Identifier: Apache-2.0
// What a contact index is made of. Only the index and the trace include this. A value; immutable once published.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "domain/contact_index.hpp"
#include "domain/scan_book.hpp"
#include "domain/visit_book.hpp"

namespace chayan::domain {

/// No visit is longer: an exit counts for a day, and a stay is set to a day at most.
inline constexpr std::int64_t visit_s_max = 24 * 3600;

/// Sorted, each once.
template <class T>
void keep_unique(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

struct ContactIndex::State {
    std::shared_ptr<const People> people;
    std::shared_ptr<const Sites> sites;
    TimeZone zone;
    ScanBook scans;
    VisitBook visits;
    std::vector<std::pair<PersonNo, Visit>> told{};   // by person: visits that no scan shows, of an index for one question (told_visits.hpp)

    /// All scans of a person in sort_scans order; none for nobody.
    std::vector<Scan> scans_of(PersonNo person) const;
    std::vector<Visit> visits_of(PersonNo person) const;
    /// Calls use(place, visit) for what the book must hold of this person: visits, and a mark for each repeat. `deriver`: of these sites and zone.
    template <class Use>
    void derive(PersonNo person, VisitDeriver& deriver, Use&& use) const;

    SiteId place_of(SiteId site) const { return sites->place_of(site); }
};

template <class Use>
void ContactIndex::State::derive(PersonNo person, VisitDeriver& deriver, Use&& use) const {
    const auto all = scans_of(person);
    if (all.empty()) return;
    deriver.derive(all);
    for (const auto& visit : deriver.visits()) use(place_of(visit.site), held(person, visit, (*sites)[visit.site].stay(visit.begin).presence));
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (deriver.is_repeat()[i]) use(place_of(all[i].site), held_repeat(person, all[i].site, all[i].at));
    }
}

}  // namespace chayan::domain
