// SPDX-License-Identifier: Apache-2.0
// Vehicles at a gate: each is checked once on its way in or out, with the people in it. Desk thread; blocks for the commit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/ingest.hpp"
#include "service/writer.hpp"

namespace chayan::service {

/// A check as it came.
struct VehicleCheck {
    std::string site, plate;                        ///< ref
    std::optional<double> people;
    std::optional<std::string> direction, at;
};

struct CheckedVehicle {
    std::string id, site;
    domain::Instant at;
    domain::Direction direction = domain::Direction::in;
    std::int32_t people = 0;
    bool known = false;                             ///< the same vehicle was checked there a moment ago: that one is told, with how many were in it by the newest check
};

class Vehicles {
public:
    Vehicles(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, ScanSettings settings)
        : writer_(writer), vault_(vault), clock_(clock), board_(board), settings_(settings) {}

    /// In order, each on its own; those that fit become durable together. Errors for each: site_unknown (404), site_closed (410), direction_missing, plate_…, vehicle_people, time_malformed,
    /// time_ahead, time_old (422). Error of all: busy (503). Cost: two seeks for each.
    kit::Result<std::vector<kit::Result<CheckedVehicle>>> check(const Caller& caller, const std::vector<VehicleCheck>& checks);

private:
    struct Accepted;
    kit::Result<Accepted> accept(const Caller& caller, const Directory& directory, const VehicleCheck& check) const;

    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    ScanSettings settings_;
};

}  // namespace chayan::service
