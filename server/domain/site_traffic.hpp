// SPDX-License-Identifier: Apache-2.0
// How busy a site is, in numbers alone: what a manager may know of passages without knowing who passed. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "domain/contact_index.hpp"

namespace chayan::domain {

/// Visits, 人次: a lone exit opens one too, the exit of a visit and a repeat do not. People, 人: each once.
struct SiteTraffic {
    std::vector<std::uint32_t> visits;       ///< that begin in [edges[i], edges[i + 1])
    std::uint32_t people = 0;                ///< with a visit that begins between the first edge and the last
    std::vector<PersonNo> who;               ///< they, ascending: for whoever counts the people of several sites
    std::optional<Instant> last;             ///< the latest such beginning
};

/// Of visits opened at `site`, not at other doors of its place. Requires: at least two edges, ascending. Cost: the visits of its place between the edges.
SiteTraffic site_traffic(const ContactIndex& index, SiteId site, std::span<const Instant> edges);

}  // namespace chayan::domain
