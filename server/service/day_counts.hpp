// SPDX-License-Identifier: Apache-2.0
// What passes at the sites of a division, in numbers: passages (人次), people (人), vehicles (车次) and fevers, by site, hour, division and kind of place. From the contact index while
// there are scans; what a day came to is kept beside them and outlives them. Query threads, each with its own reader; keep() the house thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/tracing.hpp"
#include "storage/tally.hpp"

namespace chayan::service {

struct Counted {
    std::uint64_t passages = 0, people = 0, vehicles = 0, fevers = 0;
};

struct CountsView {
    struct Row {
        std::string key, name;
        Counted counted;
    };
    std::string day;
    std::vector<Row> rows;          ///< by key
    Counted total;
};

/// The sites of a division, closed ones too: what passed there passed.
std::vector<const storage::SiteRow*> sites_within(const Directory& directory, domain::DivisionCode division);
/// Everybody once. Takes what it is given apart.
std::uint64_t count_once(std::vector<domain::PersonNo>& people);

class DayCounts {
public:
    /// `scan_days`: a day is counted before it may be forgotten.
    DayCounts(Writer& writer, const Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, domain::TimeZone zone, std::int64_t scan_days = 28)
        : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), zone_(std::move(zone)),
          open_days_(static_cast<std::int32_t>(std::min<std::int64_t>(open_days, scan_days + 1))) {}

    /// `day`: YYYY-MM-DD, empty: today; `division`: code or name, empty: the caller's scope; `by`: site, hour, division, category. What has no number has no row. Errors: date_malformed,
    /// division_unknown, counts_by (422), 503 while the log is being read.
    kit::Result<CountsView> counts(const Caller& caller, storage::Connection& reader, const std::string& day, const std::string& division, const std::string& by) const;
    /// A day's passages at each site as they were kept; nothing of a day that was not. For days whose scans are gone.
    static std::optional<std::vector<storage::SiteDayRow>> kept(storage::Connection& reader, domain::Day day);
    /// House thread, now and then: keeps what each day came to for which no scan can come any more, and those that have changed since. Does something once a local day.
    void keep(storage::Connection& reader);
    /// Days with scans that can be read, ascending; those before are kept at best.
    std::vector<domain::Day> days_with_scans() const;

private:
    std::vector<storage::SiteDayRow> count(const Directory& directory, const domain::ContactIndex& index, domain::Day day) const;

    Writer& writer_;
    const Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    domain::TimeZone zone_;
    static constexpr std::int32_t open_days = 8;   // scans are taken for so many days: until then a day may still change
    const std::int32_t open_days_;
    std::optional<domain::Day> kept_on_;   // house thread
};

}  // namespace chayan::service
