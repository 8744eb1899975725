// SPDX-License-Identifier: Apache-2.0
// What the reasons of an answer are told from: whom the question followed at each degree, and when. A contact's reasons are found anew from
// the visits of both, so that an answer of a whole city holds no list for each. Only the trace uses this. Immutable once the answer is made.
#pragma once

#include <memory>
#include <vector>

#include "domain/encounter.hpp"

namespace chayan::domain {

class TraceGround {
public:
    /// Whom one degree followed.
    struct Degree {
        std::vector<Followed> followed;
        std::vector<FollowedVisit> visits;   ///< by (place, begin)
        std::vector<Company> company;        ///< by person
    };

    TraceGround(std::shared_ptr<const ContactIndex::State> state, const TraceQuestion& question) : state_(std::move(state)), finder_(*state_, question) {}

    /// Sorts what the degree followed and keeps it.
    void add(Degree degree);
    /// Sites of the visits for which contacts of degree 0 stand, in their order.
    void add_found(std::vector<SiteId> sites) { found_sites_.push_back(std::move(sites)); }
    Reasons reasons_of(const Contact& contact, std::size_t number) const;

private:
    void append_meetings(const Degree& degree, PersonNo person, Reasons& reasons) const;
    void append_company(const Degree& degree, PersonNo person, Reasons& reasons) const;

    std::shared_ptr<const ContactIndex::State> state_;
    EncounterFinder finder_;
    std::vector<Degree> degrees_;
    std::vector<std::vector<SiteId>> found_sites_;
};

}  // namespace chayan::domain
