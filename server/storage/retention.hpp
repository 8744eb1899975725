// SPDX-License-Identifier: Apache-2.0
// The port of forgetting: which days of scans are to go or are gone, and how their rows go. Part of a Connection (store.hpp), whose rules hold here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/time.hpp"
#include "storage/ended.hpp"
#include "storage/roster.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

/// A day of the day keys.
struct ForgottenDay {
    domain::Day day;
    domain::Instant marked;                     ///< when it was chosen
    std::int64_t waited_s = 0;                  ///< for so long the service has been running since
    std::uint64_t scans = 0;                    ///< rows removed so far
    std::optional<domain::Instant> finished;    ///< when none was left
    friend bool operator==(const ForgottenDay&, const ForgottenDay&) = default;
};

/// On which day days were last chosen.
struct ForgettingRun {
    domain::Day day;
    domain::Instant at;
    friend bool operator==(const ForgettingRun&, const ForgettingRun&) = default;
};

/// Rows of the log, some of which are of a day.
struct ScanStretch {
    domain::ScanSeq first, last;   ///< of those that are; none: there are none
    std::uint64_t count = 0;
    domain::ScanSeq upto;          ///< every row up to this was looked at; none: there is none to look at
};

class RetentionBook : public EndedBook, public RosterBook {
public:
    using EndedBook::put;
    virtual void put(const ForgottenDay& row) = 0;    ///< Writes. Adds or replaces by day.
    /// Writes. Takes a mark back that has destroyed nothing.
    virtual void remove(domain::Day day) = 0;
    virtual void put(const ForgettingRun& run) = 0;   ///< Writes. Replaces the last.
    /// Writes. Removes the rows of [first, last] whose moment lies in `day`, with their voids, readings and staff; returns how many. Their numbers are never
    /// given out again. Some 5 µs each.
    virtual std::uint64_t remove_scans(domain::Interval day, domain::ScanSeq first, domain::ScanSeq last) = 0;

    virtual std::vector<ForgottenDay> days() = 0;     ///< ascending
    virtual std::optional<ForgettingRun> last_run() = 0;
    /// The next rows after `after` whose moment lies in `day`: at most `count` of them, among at most some 65,000 rows. Some 0.1 µs for each row looked at.
    virtual ScanStretch find_scans(domain::Interval day, domain::ScanSeq after, std::size_t count) = 0;
};

}  // namespace chayan::storage
