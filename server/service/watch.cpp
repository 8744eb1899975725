// SPDX-License-Identifier: Apache-2.0
#include "service/watch.hpp"

#include <algorithm>
#include <map>

#include "kit/limits.hpp"
#include "storage/ledger.hpp"
#include "storage/register.hpp"

namespace chayan::service {
namespace {

constexpr std::size_t records_at_once = 1'000;

/// As an entry of the ledger would have it: at home where no site is named.
Watched watched_by(const storage::RecordRow& row) {
    const auto measure = row.standing.site.is_none() ? domain::Measure::home : domain::Measure::central;
    return {0, row.id, row.registration, {measure, domain::Outcome::known, row.standing.until, false}, row.standing.site, row.standing.division};
}

}  // namespace

void Watch::read(storage::Connection& connection, domain::Instant now) {
    entries_.clear();
    std::map<std::uint64_t, domain::DivisionCode> scopes;
    for (const auto& list : connection.ledger().lists()) scopes[list.id] = list.scope;
    for (const auto& row : connection.ledger().in_force())
        entries_.push_back({{row.id, 0, row.registration, row.state, {}, row.state.division.digits != 0 ? row.state.division : scopes[row.list]}, {}});
    auto& registers = connection.registers();
    storage::DuePlace after;
    for (bool has_more = true; has_more;) {
        const auto rows = registers.open(domain::RegisterKind::isolation, after, records_at_once);
        for (const auto& row : rows) entries_.push_back({watched_by(row), row.opened, {}, row.standing.is_approved});
        has_more = rows.size() == records_at_once;
        if (has_more) after = {rows.back().standing.due, rows.back().id};
    }
    for (const auto& row : registers.closed_since(domain::RegisterKind::isolation, now - kit::late_watch_s)) entries_.push_back({watched_by(row), row.opened, row.closed, row.standing.is_approved});
    is_placed_ = false;
}

/// An entry is of whoever its statement is of, and may be of whoever a human is asked about.
void Watch::place(const domain::People& people) {
    by_person_.clear();
    std::vector<Place> sure;
    for (std::uint32_t i = 0; i < entries_.size(); ++i) sure.push_back({people.person_of(entries_[i].watched.registration), i, true});
    std::sort(sure.begin(), sure.end());
    const auto doubt = [&](domain::PersonNo entered, domain::PersonNo other) {
        if (entered == other) return;
        auto own = std::lower_bound(sure.begin(), sure.end(), Place{entered, 0, false});
        for (; own != sure.end() && own->person == entered; ++own) by_person_.push_back({other, own->entry, false});
    };
    for (const auto& [a, b] : doubts_) {
        doubt(people.person_of(a), people.person_of(b));
        doubt(people.person_of(b), people.person_of(a));
    }
    by_person_.insert(by_person_.end(), sure.begin(), sure.end());
    std::sort(by_person_.begin(), by_person_.end());
    has_place_.assign(by_person_.empty() ? 0 : by_person_.back().person.value + 1, false);
    for (const auto& place : by_person_) has_place_[place.person.value] = true;
    is_placed_ = true;
}

Watch::Found Watch::find(storage::Connection& connection, const domain::People& people, domain::PersonNo person, const std::function<bool(domain::SiteId)>& is_there,
                         domain::Instant at, domain::Instant now) {
    const std::pair changes{connection.ledger().changes(), connection.registers().changes()};
    if (read_at_ != changes) {
        read(connection, now);
        read_at_ = changes;
    }
    if (entries_.empty()) return {};
    if (const auto doubts = connection.links().conflict_changes(); doubts_read_at_ != doubts) {
        doubts_ = connection.links().open_conflicts();
        doubts_read_at_ = doubts;
        is_placed_ = false;
    }
    if (!is_placed_) place(people);
    Found found;
    if (person.is_none() || person.value >= has_place_.size() || !has_place_[person.value]) return found;
    auto own = std::lower_bound(by_person_.begin(), by_person_.end(), Place{person, 0, false});
    for (; own != by_person_.end() && own->person == person; ++own) {
        const auto& [entry, from, over, is_approved] = entries_[own->entry];
        if (at < from || (over.s != 0 && at >= over) || (!entry.kept_at.is_none() && is_there(entry.kept_at))) continue;
        // A tablet without a net tells of somebody whose entry has ended since.
        auto verdict = entry.record != 0 ? domain::Verdict::stop : std::max(domain::verdict_of(entry.state, now), domain::verdict_of(entry.state, at));
        // Two people say who it is, and who is kept where, before anybody is stopped.
        if (!own->is_sure || !is_approved) verdict = std::min(verdict, domain::Verdict::call);
        if (verdict > found.verdict) found = {verdict, entry};
    }
    return found;
}

}  // namespace chayan::service
