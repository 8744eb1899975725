// SPDX-License-Identifier: Apache-2.0
// The daily brief: a day of a division in numbers, each counted from what was recorded and none typed in, beside the day before and a week ago up to the same time of day. Passages (人次), people
// (人) and vehicles (车次) are never mixed. A brief that was frozen stays as it was; what came in later shows as corrections. Query threads, each with its own reader.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/day_counts.hpp"
#include "service/staff.hpp"
#include "service/words.hpp"
#include "storage/tally.hpp"

namespace chayan::service {

/// One number; nothing where it makes no sense, or is too small to be told outside one's scope.
struct BriefNumber {
    const char* name = "";
    std::optional<std::int64_t> today, yesterday, week_ago, total;   ///< total: since the first day, of what happens; none of what stands
    friend bool operator==(const BriefNumber&, const BriefNumber&) = default;
};

/// Which brief; as text, checked where it is read.
struct BriefQuestion {
    std::string day;                          ///< YYYY-MM-DD; empty: today
    std::string division;                     ///< code or name; empty: the caller's scope
    std::string at;                           ///< HH:MM of that day, its cut-off; empty: up to now, or the end of the day
};

struct BriefDay {
    std::string day;
    std::optional<std::int64_t> passages, vehicles, fevers;   ///< nothing where it is too small to be told
};

struct BriefView {
    std::uint64_t id = 0;                     ///< of a frozen one
    std::string by;                           ///< likewise: a login
    domain::Instant at;                       ///< likewise
    domain::Day day;
    domain::Instant cutoff;                   ///< what happened before it counts
    domain::DivisionCode division;
    std::string division_name;                ///< empty: everywhere
    std::vector<BriefNumber> numbers;
    std::vector<BriefDay> series;             ///< ascending; not of a frozen one
    std::vector<std::pair<std::string, std::string>> silent;   ///< ref and name, likewise
};

struct BriefCorrection {
    const char* name = "";
    bool is_total = false;                    ///< of the total; else of the day
    std::int64_t then = 0, now = 0;
};

struct FrozenBrief {
    BriefView brief;
    std::vector<BriefCorrection> corrections;
};

class Brief {
public:
    Brief(Writer& writer, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff, const DayCounts& counts, domain::TimeZone zone, std::string scratch)
        : writer_(writer), clock_(clock), board_(board), tracing_(tracing), staff_(staff), counts_(counts), zone_(std::move(zone)), scratch_(std::move(scratch)) {}

    /// Of another division than the caller's with its small numbers left out, and the others by fives. Errors: date_malformed, date_future, clock_malformed, clock_future, division_unknown
    /// (422), 503 while the log is being read. Cost: every visit in the division once.
    kit::Result<BriefView> of(const Caller& caller, storage::Connection& reader, const BriefQuestion& question) const;
    /// Keeps it as it stands. Of the caller's own scope alone: else division_unknown.
    kit::Result<BriefView> freeze(const Caller& caller, storage::Connection& reader, const BriefQuestion& question) const;
    /// Those of the caller's scope, newest first.
    std::vector<BriefView> frozen(const Caller& caller, storage::Connection& reader) const;
    /// Error brief_unknown (404), also outside the scope.
    kit::Result<FrozenBrief> find(const Caller& caller, storage::Connection& reader, std::uint64_t id) const;
    /// As XLSX; a line in the audit log. Error scratch_short (503).
    kit::Result<std::string> workbook(const Caller& caller, const BriefView& brief, Language language) const;
    /// "截至17时,累计…": to be pasted.
    std::string sentence(const BriefView& brief, Language language) const;

private:
    struct Asked {
        domain::Day day;
        domain::Instant cutoff;
        domain::DivisionCode division;
        bool in_scope = true;
    };
    kit::Result<Asked> read(const Caller& caller, const BriefQuestion& question) const;
    kit::Result<BriefView> compute(storage::Connection& reader, const Asked& asked) const;
    BriefView view_of(const storage::BriefRow& row) const;

    Writer& writer_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    Staff& staff_;
    const DayCounts& counts_;
    domain::TimeZone zone_;
    std::string scratch_;      // a folder in memory: where workbooks are put together
};

}  // namespace chayan::service
