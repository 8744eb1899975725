// SPDX-License-Identifier: Apache-2.0
// The desk of enterprises' daily reports: what a manager says of a site's day beside what its scans suggest, and which enterprises have not reported. Nothing in it tells
// of one person. Threads that may block, each with its own reader.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/site_report.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/staff.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"
#include "storage/site_report.hpp"

namespace chayan::service {

struct NewReport {
    std::string day;                     ///< YYYY-MM-DD; empty: today
    domain::ReportNumbers numbers;
    std::string note;                    ///< may be empty
};
struct ReportView {
    domain::Instant at;
    std::string by, note;                ///< a login
    domain::ReportNumbers numbers;
};
/// What one site said of a day, and what its scans say.
struct ReportDay {
    domain::Day day;
    domain::Instant due;
    bool is_overdue = false;
    domain::ReportNumbers suggested;     ///< elsewhere is nothing that scans tell
    std::vector<ReportView> reports;     ///< newest first: the first one counts
};
struct ReportFilter {
    std::string day, division, state;    ///< empty: today; all of the scope; "all". Else "missing"
};
struct EnterpriseView {
    const storage::SiteRow* site = nullptr;
    std::string division_name;
    std::optional<storage::ReportRow> report;   ///< the newest
    bool is_late = false;                ///< the first of that day came after it was due
};
struct ReportList {
    std::shared_ptr<const Directory> directory;   ///< keeps the rows
    domain::Day day;
    domain::Instant due;
    std::vector<EnterpriseView> enterprises;      ///< those without a report first, each by ref
    std::size_t open = 0, reported = 0;           ///< of all, whatever the state that was asked for
};

class ReportDesk {
public:
    /// How many of a site had a fever on a day, as far as the service knows.
    using FeversOf = std::function<std::int64_t(storage::Connection& reader, domain::SiteId site, domain::Day day)>;
    /// `due_s`: seconds of the local day. Requires: what is passed outlives it.
    ReportDesk(Writer& writer, const Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff, domain::TimeZone zone, std::int32_t due_s,
               FeversOf fevers = {});

    /// Again for the same day: a correction. Errors: site_unknown (404), report_no_enterprise (409: another category, a further door of a place, or closed),
    /// date_malformed, report_day_future, report_day_old, those of check_report, and of the note (422).
    kit::Result<ReportView> add(const Caller& caller, const std::string& ref, const NewReport& report);
    /// `day`: empty: today. Errors: site_unknown (404), date_malformed, report_day_future (422), 503 while the log is being read. Cost: who passed there in eight days.
    kit::Result<ReportDay> day_of(const Caller& caller, storage::Connection& reader, const std::string& ref, const std::string& day);
    /// Open enterprises of the caller's scope. Errors: date_malformed, report_day_future, division_unknown, report_state_unknown (422). O(sites).
    kit::Result<ReportList> list(const Caller& caller, storage::Connection& reader, const ReportFilter& filter) const;

private:
    kit::Result<domain::Day> read_day(const std::string& text) const;
    domain::Instant due_on(domain::Day day) const;
    ReportView view_of(const storage::ReportRow& row) const;
    domain::ReportNumbers suggested(storage::Connection& reader, const Directory& directory, const domain::ContactIndex& index, domain::SiteId site, domain::Day day) const;

    Writer& writer_;
    const Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Tracing& tracing_;
    Staff& staff_;
    domain::TimeZone zone_;
    std::int32_t due_s_;
    FeversOf fevers_;
};

/// What a report's note is sealed to.
storage::Bytes seal_note(const Vault& vault, const storage::ReportRow& row, std::string_view note);
std::optional<std::string> open_note(const Vault& vault, const storage::ReportRow& row);

}  // namespace chayan::service
