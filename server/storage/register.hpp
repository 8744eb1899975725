// SPDX-License-Identifier: Apache-2.0
// The port of the desk's registers. Part of a Connection (store.hpp), whose rules hold here. What names a person or an address comes sealed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "domain/register.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

struct RecordRow {
    std::uint64_t id = 0;                    ///< given by append
    domain::RegisterKind kind = domain::RegisterKind::fever;
    domain::RegistrationId registration;     ///< whose; none: nobody's
    domain::Instant opened;
    domain::OperatorId opened_by;            ///< none: the service, by a scan
    Bytes subject, place;                    ///< place: as the newest step that named one left it
    domain::Standing standing;
    domain::Instant closed;                  ///< 0 while it is open
    friend bool operator==(const RecordRow&, const RecordRow&) = default;
};

/// What somebody did with a record, and how it stands since.
struct StepRow {
    std::uint64_t record = 0;
    domain::StepKind step = domain::StepKind::noted;
    domain::Instant at;
    domain::OperatorId by;
    domain::Standing standing;               ///< read back without `found`, `due` and `is_approved`
    Bytes place, note;
    friend bool operator==(const StepRow&, const StepRow&) = default;
};

/// Behind which record of a register's order one goes on, as it stood when it was read.
struct DuePlace {
    domain::Instant due;
    std::uint64_t id = 0;                    ///< 0: from the first on
};

class RegisterBook {
public:
    virtual ~RegisterBook() = default;
    // Writes.
    virtual std::uint64_t append(const RecordRow& row) = 0;
    /// Appends, and the record stands so; a place that it names is the record's. Requires: the record is there.
    virtual void append(const StepRow& row) = 0;
    /// How many can be isolated at a site.
    virtual void put_capacity(domain::SiteId site, std::uint32_t capacity) = 0;
    // Reads.
    virtual std::optional<RecordRow> find(std::uint64_t id) = 0;
    /// By due, then id.
    virtual std::vector<RecordRow> open(domain::RegisterKind kind, const DuePlace& after, std::size_t count) = 0;
    /// All that one statement of somebody has, open and closed, by id.
    virtual std::vector<RecordRow> records_of(domain::RegisterKind kind, domain::RegistrationId registration) = 0;
    /// Those that were closed after `at`, by id, without their texts.
    virtual std::vector<RecordRow> closed_since(domain::RegisterKind kind, domain::Instant at) = 0;
    /// How many are open at each site, by site; of none too.
    virtual std::vector<std::pair<domain::SiteId, std::uint32_t>> open_by_site(domain::RegisterKind kind) = 0;
    /// Newest first, below `before` (0: from the newest).
    virtual std::vector<RecordRow> closed(domain::RegisterKind kind, std::uint64_t before, std::size_t count) = 0;
    /// Whose each open record is, and when its next step is due; in that order.
    virtual void read_open(domain::RegisterKind kind, const std::function<void(domain::DivisionCode division, domain::Instant due)>& take) = 0;
    virtual std::vector<StepRow> steps(std::uint64_t record) = 0;
    /// Every record of a register, by id, without its texts.
    virtual void read(domain::RegisterKind kind, const std::function<void(const RecordRow&)>& take) = 0;
    /// The steps taken in [from, to), in order, without their texts.
    virtual void read_steps(domain::Interval interval, const std::function<void(const StepRow&)>& take) = 0;
    virtual std::vector<std::pair<domain::SiteId, std::uint32_t>> capacities() = 0;   ///< by site
    /// How often this connection changed who is in isolation.
    virtual std::uint64_t changes() const = 0;
};

}  // namespace chayan::storage
