// SPDX-License-Identifier: Apache-2.0
#include "service/watch.hpp"

#include <algorithm>

#include "storage/ledger.hpp"
#include "storage/register.hpp"

namespace chayan::service {
namespace {

constexpr std::size_t records_at_once = 1'000;

/// As an entry of the ledger would have it: at home where no site is named.
Watched watched_by(const storage::RecordRow& row) {
    const auto measure = row.standing.site.is_none() ? domain::Measure::home : domain::Measure::central;
    return {0, row.id, row.registration, {measure, domain::Outcome::known, row.standing.until, false}, row.standing.site};
}

}  // namespace

void Watch::read(storage::Connection& connection) {
    entries_.clear();
    for (const auto& row : connection.ledger().in_force()) entries_.push_back({{row.id, 0, row.registration, row.state, {}}, {}});
    auto& registers = connection.registers();
    for (std::uint64_t after = 0;;) {
        const auto rows = registers.open(domain::RegisterKind::isolation, after, records_at_once);
        for (const auto& row : rows) entries_.push_back({watched_by(row), row.opened});
        if (rows.size() < records_at_once) break;
        after = rows.back().id;
    }
    is_placed_ = false;
}

Watch::Found Watch::find(storage::Connection& connection, const domain::People& people, domain::PersonNo person, const std::function<bool(domain::SiteId)>& is_there,
                         domain::Instant at, domain::Instant now) {
    const std::pair changes{connection.ledger().changes(), connection.registers().changes()};
    if (read_at_ != changes) {
        read(connection);
        read_at_ = changes;
    }
    if (!is_placed_) {
        by_person_.clear();
        for (std::uint32_t i = 0; i < entries_.size(); ++i) by_person_.emplace_back(people.person_of(entries_[i].watched.registration), i);
        std::sort(by_person_.begin(), by_person_.end());
        is_placed_ = true;
    }
    Found found;
    if (person.is_none()) return found;
    auto own = std::lower_bound(by_person_.begin(), by_person_.end(), std::pair(person, std::uint32_t{0}));
    for (; own != by_person_.end() && own->first == person; ++own) {
        const auto& [entry, from] = entries_[own->second];
        if (at < from || (!entry.kept_at.is_none() && is_there(entry.kept_at))) continue;
        const auto verdict = entry.record != 0 ? domain::Verdict::stop : domain::verdict_of(entry.state, now);
        if (verdict > found.verdict) found = {verdict, entry};
    }
    return found;
}

}  // namespace chayan::service
