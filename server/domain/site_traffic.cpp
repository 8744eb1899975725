// SPDX-License-Identifier: Apache-2.0
#include "domain/site_traffic.hpp"

#include <algorithm>

#include "domain/contact_index_state.hpp"
#include "kit/check.hpp"

namespace chayan::domain {

SiteTraffic site_traffic(const ContactIndex& index, SiteId site, std::span<const Instant> edges) {
    CHECK(edges.size() >= 2 && std::is_sorted(edges.begin(), edges.end()));
    const auto& state = *index.state_;
    SiteTraffic traffic;
    traffic.visits.resize(edges.size() - 1);
    if (!state.sites->contains(site)) return traffic;   // imported since: nobody was there yet
    std::vector<PersonNo> persons;
    state.visits.for_each(state.place_of(site), edges.front().s, edges.back().s - 1, [&](const HeldVisit& visit) {
        const Instant begin{visit.begin_s};
        if (visit.is_repeat || visit.site != site || begin < edges.front() || begin >= edges.back()) return;
        const auto next = std::upper_bound(edges.begin(), edges.end(), begin);
        ++traffic.visits[static_cast<std::size_t>(next - edges.begin()) - 1];
        persons.push_back(visit.person);
        if (!traffic.last || *traffic.last < begin) traffic.last = begin;
    });
    keep_unique(persons);
    traffic.people = static_cast<std::uint32_t>(persons.size());
    traffic.who = std::move(persons);
    return traffic;
}

}  // namespace chayan::domain
