// SPDX-License-Identifier: Apache-2.0
// What a store holds at one moment, counted: what a backup promises and a restore compares. Values.
#pragma once

#include <array>
#include <cstdint>

namespace chayan::storage {

/// A number of each kind that is given out in sequence.
struct Sequences {
    std::uint64_t scan = 0, registration = 0, person = 0, person_event = 0, vehicle = 0, site = 0, operator_id = 0;
    friend bool operator==(const Sequences&, const Sequences&) = default;
};

struct Census {
    std::uint64_t schema = 0;                        ///< how many schema files have run; 0 for a store without
    std::uint64_t scans = 0, voids = 0, registrations = 0, sites = 0, operators = 0, cases = 0;
    std::uint64_t audit = 0, audit_last = 0;         ///< lines, and the number of the last
    std::array<std::uint8_t, 32> audit_head{};       ///< its chain
    Sequences last;                                  ///< the largest numbers given out
    friend bool operator==(const Census&, const Census&) = default;
};

}  // namespace chayan::storage
