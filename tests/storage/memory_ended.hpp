// SPDX-License-Identifier: Apache-2.0
// What is forgotten beside scans, and rosters, of the memory store.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "storage/retention.hpp"

namespace chayan::storage {

struct EndedShelf {
    std::map<EndedKind, EndedCount> counts;
    std::map<std::string, domain::Instant> case_ends;
    std::optional<AuditAnchor> anchor;
    std::map<std::uint64_t, RosterRow> rosters;
    std::map<domain::RegistrationId, std::uint64_t> on_roster;
};

/// Counts what `holds` of, up to `count`; removes it where it goes.
template <class Key, class Row>
std::uint64_t take_where(std::map<Key, Row>& rows, std::size_t count, bool goes, const auto& holds) {
    std::uint64_t taken = 0;
    for (auto at = rows.begin(); at != rows.end() && taken < count;) {
        const bool takes = holds(at->second);
        taken += takes ? 1 : 0;
        at = takes && goes ? rows.erase(at) : std::next(at);
    }
    return taken;
}
template <class Row>
std::uint64_t take_where(std::vector<Row>& rows, std::size_t count, bool goes, const auto& holds) {
    std::uint64_t taken = 0;
    for (auto at = rows.begin(); at != rows.end() && taken < count;) {
        const bool takes = holds(*at);
        taken += takes ? 1 : 0;
        at = takes && goes ? rows.erase(at) : std::next(at);
    }
    return taken;
}

}  // namespace chayan::storage
