// SPDX-License-Identifier: Apache-2.0
// The port of what is counted: vehicles that were checked, days as they came to, and briefs as they were sent. Part of a Connection (store.hpp), whose rules hold here.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/division.hpp"
#include "domain/scan.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

/// A vehicle that was checked at a gate.
struct VehicleCheckRow {
    std::uint64_t id = 0;                ///< given by append
    domain::SiteId site;
    domain::Instant at, received;
    domain::Direction direction = domain::Direction::in;
    std::int32_t people = 0;             ///< in it
    domain::OperatorId by;
    Bytes sealed;                        ///< its plate
    Blind token{};                       ///< of the site, the direction and the plate
    friend bool operator==(const VehicleCheckRow&, const VehicleCheckRow&) = default;
};

/// What a site's scans come to on a local day.
struct SiteDayRow {
    domain::SiteId site;
    std::uint32_t people = 0;
    std::array<std::uint32_t, 24> visits{};   ///< by local hour
    friend bool operator==(const SiteDayRow&, const SiteDayRow&) = default;
};

struct BriefRow {
    std::uint64_t id = 0;                ///< given by append
    domain::Day day;
    domain::DivisionCode division;       ///< digits 0: everywhere
    domain::Instant cutoff;
    domain::OperatorId by;
    domain::Instant at;
    std::string numbers;
    friend bool operator==(const BriefRow&, const BriefRow&) = default;
};

class TallyBook {
public:
    virtual ~TallyBook() = default;
    // Writes.
    virtual std::uint64_t append(const VehicleCheckRow& row) = 0;
    /// How many were in it, and its plate, as the row has them; the rest stays. Requires: the check is there.
    virtual void correct(const VehicleCheckRow& row) = 0;
    /// The whole day anew; it counts as counted from then on.
    virtual void put(domain::Day day, const std::vector<SiteDayRow>& rows) = 0;
    virtual std::uint64_t append(const BriefRow& row) = 0;
    // Reads.
    /// With one token, in [from, to), oldest first.
    virtual std::vector<VehicleCheckRow> checks_with(const Blind& token, domain::Interval interval) = 0;
    virtual std::size_t count_checks(domain::SiteId site, domain::Interval interval) = 0;
    /// Of all, likewise, without plates and tokens.
    virtual void read_checks(domain::Interval interval, const std::function<void(const VehicleCheckRow&)>& take) = 0;
    virtual std::vector<domain::Day> counted_days() = 0;   ///< ascending
    virtual std::vector<SiteDayRow> of_day(domain::Day day) = 0;   ///< by site
    virtual std::vector<BriefRow> briefs(std::size_t count) = 0;   ///< newest first
    virtual std::optional<BriefRow> find_brief(std::uint64_t id) = 0;
    /// Every check with its plate, by id; for check.
    virtual void read_plates(const std::function<void(const VehicleCheckRow&)>& take) = 0;
};

}  // namespace chayan::storage
