// SPDX-License-Identifier: Apache-2.0
// Imports of CSV: divisions, sites, rosters, history. Good rows go in, in slices of 500 through the writer; bad rows come
// back with their line and a reason each. Desk thread or a command; blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/result.hpp"
#include "service/import_table.hpp"
#include "service/ingest.hpp"
#include "service/writer.hpp"

namespace chayan::service {

struct ImportReport {
    std::uint64_t added = 0, changed = 0, unchanged = 0;   ///< people: added, matched (changed), to review (unchanged)
    std::string header;                                    ///< the header line as it came
    std::vector<RejectedRow> rejected;
    std::optional<kit::Error> stopped;                     ///< why it ended early: what is counted is durable, the rest was not tried
};

/// Who imports. Rows that reach outside the scope are refused, each on its own.
struct Importer {
    domain::OperatorId id{};                               ///< none for a command
    domain::DivisionCode scope{};                          ///< no digits: everything

    bool may_enter(domain::DivisionCode division) const { return scope.digits == 0 || domain::is_within(division, scope); }
};

/// On which legal basis a roster is imported, and until when it is kept.
struct RosterTerms {
    std::string basis;             ///< empty: nobody named one
    domain::Instant until{};       ///< excluded; 0: nobody is put on a roster
};
inline constexpr std::size_t roster_basis_chars_max = 100;
inline constexpr std::int64_t roster_years_max = 3;

/// As it came, `until` a date that is included; neither is given: for `days` from now on. Errors (422): roster_basis_missing, roster_until_missing where only the other
/// is given; text_malformed, date_malformed, roster_until_range.
kit::Result<RosterTerms> read_roster_terms(const std::string& basis, const std::string& until, domain::Instant now, const domain::TimeZone& zone, std::int64_t days);

/// Told after each slice: rows done so far.
using Progress = std::function<void(std::uint64_t rows)>;

class Imports {
public:
    Imports(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Ingest& ingest, std::int64_t retention_days);

    /// Errors of all: csv_not_utf8, csv_header_missing (with the columns), csv_header_unknown, csv_header_twice, csv_empty (422). A slice that can't be taken (503)
    /// stops it: the report says so, and the file may be imported again from its beginning.
    kit::Result<ImportReport> divisions(const Importer& by, std::string_view csv, const Progress& progress);
    kit::Result<ImportReport> sites(const Importer& by, std::string_view csv, const Progress& progress);
    /// Whoever is in it is kept until its end; who was never scanned goes then.
    kit::Result<ImportReport> people(const Importer& by, std::string_view csv, const Progress& progress, const RosterTerms& terms = {});
    kit::Result<ImportReport> scans(const Importer& by, std::string_view csv, storage::Connection& reader, const Progress& progress);

private:
    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Ingest& ingest_;
    std::int64_t retention_days_;
};

/// `site export`: the columns of CONTRACT 4 and direction, code, url; a row for each direction of each open site.
std::string export_sites(const Directory& directory, const Vault& vault, const std::string& base_url);

}  // namespace chayan::service
