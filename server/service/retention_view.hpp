// SPDX-License-Identifier: Apache-2.0
// What forgetting does and will do, for whoever answers for it: what is kept for how long, which days open cases hold, whether the clock is mistrusted, and what the
// next run removes. Counts and days, never anybody's data. Threads that may block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/stored_data.hpp"
#include "domain/time.hpp"
#include "service/book_retention.hpp"
#include "service/clock.hpp"
#include "service/retention.hpp"
#include "service/vault.hpp"

namespace chayan::service {

/// A kind of rows that go by their age, or with those that they are of.
struct RetentionRule {
    const char* kind = "";
    std::int64_t days = 0;               ///< after which they go; of people: when nothing is left of them
    std::uint64_t count = 0;             ///< there are so many
    std::optional<std::uint64_t> due;    ///< of them are kept no longer; nothing: it is found at the run
    storage::EndedCount gone;
};

/// A day of scans that an open case holds beyond its time.
struct HeldDay {
    domain::Day day;
    std::string case_number;
    std::optional<domain::Instant> until;   ///< the case's end; nothing: until it is closed
};

/// Of the days of scans.
struct RetentionDays {
    std::vector<HeldDay> held;
    std::vector<domain::Day> next_days;     ///< whose keys are destroyed by the end of tomorrow
    std::optional<std::int64_t> ahead_s;    ///< as Retention tells it
};

struct RetentionState {
    std::vector<RetentionRule> rules;
    RetentionTimes times;
    RetentionDays days;
    std::vector<std::pair<storage::RosterRow, std::uint64_t>> rosters;
    std::optional<storage::AuditAnchor> anchor;
};

class RetentionView {
public:
    RetentionView(const Vault& vault, const Clock& clock, const Retention& retention, domain::TimeZone zone, RetentionTimes times)
        : vault_(vault), clock_(clock), retention_(retention), zone_(std::move(zone)), times_(times) {}
    /// Cost: some 50 ns for each row that goes by its age, and as holds_of.
    RetentionState view(storage::Connection& reader) const;
    /// Cost: as holds_of.
    RetentionDays days(storage::Connection& reader) const;
    const RetentionTimes& times() const { return times_; }

private:
    const Vault& vault_;
    const Clock& clock_;
    const Retention& retention_;
    const domain::TimeZone zone_;
    const RetentionTimes times_;
};

/// Of a kind of stored data; 0: as long as the service runs, or as long as something refers to it.
std::int64_t kept_days(const domain::StoredKind& kind, const RetentionTimes& times, std::int64_t roster_days);

}  // namespace chayan::service
