// SPDX-License-Identifier: Apache-2.0
// The port of what enterprises report of each day. Part of a Connection (store.hpp), whose rules hold here. Nothing in it tells of one person; the note comes sealed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/site_report.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

/// What somebody said of one site's day. Never changed: a later row of the same day is a correction.
struct ReportRow {
    std::uint64_t id = 0;               ///< given by append
    domain::SiteId site;
    domain::Day day;                    ///< local
    domain::OperatorId by;
    domain::Instant at;
    domain::ReportNumbers numbers;
    Bytes note;                         ///< empty: none
    friend bool operator==(const ReportRow&, const ReportRow&) = default;
};

class ReportBook {
public:
    virtual ~ReportBook() = default;
    virtual std::uint64_t append(const ReportRow& row) = 0;   ///< Writes.
    /// Of one site's day, oldest first.
    virtual std::vector<ReportRow> reports(domain::SiteId site, domain::Day day) = 0;
    /// Of all sites' day, by id.
    virtual std::vector<ReportRow> reports_of(domain::Day day) = 0;
    /// The newest of the latest day before `before` of which the site has one.
    virtual std::optional<ReportRow> latest(domain::SiteId site, domain::Day before) = 0;
    /// By id, for check.
    virtual std::vector<ReportRow> reports_after(std::uint64_t after, std::size_t count) = 0;
};

}  // namespace chayan::storage
