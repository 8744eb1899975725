// SPDX-License-Identifier: Apache-2.0
#include "domain/told_visits.hpp"

#include <algorithm>

#include "domain/contact_index_state.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

std::shared_ptr<const ContactIndex> with_told(const ContactIndex& index, const std::vector<ToldVisit>& told) {
    auto state = std::make_unique<ContactIndex::State>(*index.state_);
    std::vector<PlacedVisit> added;
    for (const auto& one : told) {
        CHECK(one.span.from < one.span.to && one.span.to - one.span.from <= visit_s_max);
        const auto person = state->people->resolve(one.person);
        if (person.is_none() || !state->sites->contains(one.site)) continue;
        const Visit visit{one.site, one.span.from, one.span.to, EndedBy::told, {}};
        state->told.emplace_back(person, visit);
        added.push_back({state->place_of(one.site), held(person, visit, (*state->sites)[one.site].stay(visit.begin).presence)});
    }
    std::stable_sort(state->told.begin(), state->told.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    state->visits.change({}, std::move(added));
    return std::shared_ptr<const ContactIndex>(new ContactIndex(std::move(state)));
}

}  // namespace chayan::domain
