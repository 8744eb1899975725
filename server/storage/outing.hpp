// SPDX-License-Identifier: Apache-2.0
// The port of outings: how many of a household may go out of a village or a community, and who did. Part of a Connection (store.hpp), whose rules hold here. A household
// is a keyed blind index and whose scan it was is sealed: the store alone says nothing of anybody's home.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/outing.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

struct OutingRule {
    std::uint64_t id = 0;               ///< given by append
    domain::DivisionCode division;
    domain::OutingLimit limit;
    domain::OperatorId by;
    domain::Instant at;
    friend bool operator==(const OutingRule&, const OutingRule&) = default;
};

/// Somebody of a household went out.
struct OutingRow {
    std::uint64_t id = 0;               ///< given by append
    Blind household{};
    Blind scan{};                       ///< which of a gate's scans it was
    domain::Day day;                    ///< local
    Bytes sealed;                       ///< whose, and when
    domain::Instant excepted;           ///< 0: by nobody; else it counts for nothing
    domain::OperatorId excepted_by;
    Bytes reason;
    friend bool operator==(const OutingRow&, const OutingRow&) = default;
};

class OutingBook {
public:
    virtual ~OutingBook() = default;
    virtual std::uint64_t append(const OutingRule& row) = 0;   ///< Writes.
    /// Writes. False when there is none, or it was taken back before. Its row stays.
    virtual bool undo(std::uint64_t rule, domain::OperatorId by, domain::Instant at) = 0;
    /// Those that nobody took back, by id.
    virtual std::vector<OutingRule> rules() = 0;
    virtual bool append(const OutingRow& row) = 0;             ///< Writes. False when this scan of this household is there already.
    /// Writes. False when there is no such outing, or it was excepted before.
    virtual bool except(const Blind& scan, domain::OperatorId by, domain::Instant at, const Bytes& reason) = 0;
    /// Of a household on these days, both included, by id; the excepted too.
    virtual std::vector<OutingRow> outings(const Blind& household, domain::Day from, domain::Day to) = 0;
    virtual std::optional<OutingRow> find(const Blind& scan) = 0;
    /// By id, for check.
    virtual std::vector<OutingRow> outings_after(std::uint64_t after, std::size_t count) = 0;
};

}  // namespace chayan::storage
