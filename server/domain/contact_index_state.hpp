// SPDX-License-Identifier: Apache-2.0
// What a contact index is made of. Only contact_index.cpp and trace.cpp include this. A value; immutable once published.
#pragma once

#include <memory>
#include <vector>

#include "domain/contact_index.hpp"
#include "domain/scan_book.hpp"
#include "domain/visit_book.hpp"

namespace chayan::domain {

struct ContactIndex::State {
    std::shared_ptr<const People> people;
    std::shared_ptr<const Sites> sites;
    TimeZone zone;
    ScanBook scans;
    VisitBook visits;

    /// All scans of a person in sort_scans order; none for nobody.
    std::vector<Scan> scans_of(PersonNo person) const;
    /// Those of them that are neither voided nor repeats.
    std::vector<Scan> counting_scans_of(PersonNo person) const;
    std::vector<Visit> visits_of(PersonNo person) const;
    /// Appends what the book must hold for this person: visits, and a mark for each repeat.
    void derive(PersonNo person, std::vector<PlacedVisit>& held) const;

    SiteId place_of(SiteId site) const { return (*sites)[site].place; }
};

}  // namespace chayan::domain
