// SPDX-License-Identifier: Apache-2.0
#include "service/retention_view.hpp"

#include <algorithm>

#include "service/holds.hpp"
#include "service/key_bundle.hpp"
#include "service/local_days.hpp"

namespace chayan::service {
namespace {

using storage::EndedKind;

std::int64_t days_of(EndedKind kind, const RetentionTimes& times) {
    switch (kind) {
        case EndedKind::vehicle_check:
        case EndedKind::outing:
        case EndedKind::alert:
        case EndedKind::person: return times.scan_days;
        case EndedKind::audit_line: return times.audit_days;
        default: return times.desk_days;
    }
}

std::optional<domain::Instant> end_of(storage::Connection& reader, const std::string& case_number) {
    const auto row = reader.desk().find_case(case_number);
    return row ? row->expires : std::nullopt;
}

}  // namespace

std::int64_t kept_days(const domain::StoredKind& kind, const RetentionTimes& times, std::int64_t roster_days) {
    if (kind.retention == "scan_days" || kind.retention == "people") return times.scan_days;
    if (kind.retention == "desk_days") return times.desk_days;
    if (kind.retention == "audit_days") return times.audit_days;
    return kind.retention == "roster" ? roster_days : 0;
}

RetentionDays RetentionView::days(storage::Connection& reader) const {
    RetentionDays told;
    const auto now = clock_.now();
    const auto holds = holds_of(reader, vault_, now);
    told.ahead_s = retention_.clock_ahead_s();
    const auto kept_from = key_bundle::first_kept_day(zone_, now, times_.scan_days);
    auto days = vault_.days();
    std::sort(days.begin(), days.end());
    for (const auto day : days) {
        if (day > kept_from) break;   // the first one that is kept today goes tomorrow
        const auto* const holder = find_holder(holds, {begin_of(zone_, day), begin_of(zone_, {day.number + 1})});
        if (holder == nullptr) told.next_days.push_back(day);
        else told.held.push_back({day, *holder, end_of(reader, *holder)});
    }
    return told;
}

RetentionState RetentionView::view(storage::Connection& reader) const {
    RetentionState state;
    const auto now = clock_.now();
    auto& book = reader.retention();
    const auto holds = holds_of(reader, vault_, now);
    state.times = times_;
    state.days = days(reader);
    state.rosters = book.rosters(now);
    state.anchor = book.audit_anchor();
    const auto counts = book.ended_counts();
    for (std::size_t i = 0; i < storage::ended_kinds; ++i) {
        const auto kind = static_cast<EndedKind>(i);
        RetentionRule rule{word_of(kind), days_of(kind, times_), book.count_all(kind), {}, {kind, {}, 0, 0, 0}};
        if (kind != EndedKind::person && kind != EndedKind::audit_line) {
            rule.due = 0;
            for (const auto& span : ended_spans(kind, times_, zone_, now, holds)) *rule.due += book.count_ended(kind, span);
        }
        for (const auto& row : counts)
            if (row.kind == kind) rule.gone = row;
        state.rules.push_back(rule);
    }
    return state;
}

}  // namespace chayan::service
