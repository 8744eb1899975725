// SPDX-License-Identifier: Apache-2.0
// What the reasons of an answer are told from: whom the question followed at each degree, and when. A contact's reasons are found anew from
// the visits of both, so that an answer of a whole city holds no list for each. Only the trace uses this. Immutable once the answer is made.
#pragma once

#include <memory>
#include <optional>
#include <span>
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

    TraceGround(std::shared_ptr<const ContactIndex::State> state, const TraceQuestion& question) : state_(std::move(state)), finder_(*state_, question), crowd_half_(question.crowd_half), explains_(question.explain) {}

    /// Sorts what the degree followed and keeps it.
    void add(Degree degree);
    /// What of one person's encounters with those of the degree added last was asked for.
    void append_encounters(PersonNo person, std::vector<Encounter>& encounters) const;
    /// The weighed time of a contact: see Contact.
    std::int64_t weighed_s(const Contact& contact) const;
    /// Sites of the visits for which contacts of degree 0 stand, in their order.
    void add_found(std::vector<SiteId> sites) { found_sites_.push_back(std::move(sites)); }
    Reasons reasons_of(const Contact& contact, std::size_t number) const;
    std::optional<Briefs> briefs_of(const std::vector<Contact>& contacts) const;

private:
    /// Calls use(their visit, mine, encounter) for each meeting of a person with those of the degree.
    template <class Use>
    void for_each_meeting(const Degree& degree, PersonNo person, Use&& use) const;
    void append_meetings(const Degree& degree, PersonNo person, Reasons& reasons) const;
    template <class Use>
    void for_each_company(const Degree& degree, PersonNo person, Use&& use) const;
    void append_company(const Degree& degree, PersonNo person, Reasons& reasons) const;
    /// Of the contacts [first, last), which are all of one degree.
    void append_briefs(const Degree& degree, std::span<const Contact> contacts, std::vector<std::uint32_t>& slot_of, Briefs& briefs) const;

    std::shared_ptr<const ContactIndex::State> state_;
    EncounterFinder finder_;
    std::optional<std::uint32_t> crowd_half_;
    bool explains_;
    std::vector<Degree> degrees_;
    std::vector<std::vector<SiteId>> found_sites_;
};

}  // namespace chayan::domain
