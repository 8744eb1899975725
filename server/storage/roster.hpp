// SPDX-License-Identifier: Apache-2.0
// The port of rosters: on which legal basis lists of people were imported, and until when. Part of the RetentionBook (retention.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/time.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

struct RosterRow {
    std::uint64_t id = 0;        ///< given by append
    std::string basis;           ///< empty: nobody named one
    domain::Instant until;       ///< its end, excluded
    domain::OperatorId by;
    domain::Instant at;
    friend bool operator==(const RosterRow&, const RosterRow&) = default;
};

class RosterBook {
public:
    virtual ~RosterBook() = default;
    virtual std::uint64_t append(const RosterRow& row) = 0;   ///< Writes.
    /// Writes. From now on somebody stands on this one.
    virtual void put_on_roster(domain::RegistrationId registration, std::uint64_t roster) = 0;
    /// By id, with how many stand on each. Those that nobody stands on any more, and that are over, are none.
    virtual std::vector<std::pair<RosterRow, std::uint64_t>> rosters(domain::Instant now) = 0;
};

}  // namespace chayan::storage
