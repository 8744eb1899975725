// SPDX-License-Identifier: Apache-2.0
// Distinct types for distinct numbers. All are dense sequences from 1 that are never reused; 0 is "none". They are
// internal: what leaves the service is sealed or mapped by the vault, so nobody can count or guess them. Pure values.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace chayan::domain {

template <class Tag, class Number>
struct Id {
    Number value = 0;
    constexpr bool is_none() const { return value == 0; }
    friend constexpr auto operator<=>(Id, Id) = default;
};

using ScanSeq = Id<struct ScanSeqTag, std::uint64_t>;                ///< position in the scan log, 40 bits
using RegistrationId = Id<struct RegistrationTag, std::uint64_t>;    ///< 40 bits
using PersonNo = Id<struct PersonTag, std::uint32_t>;
using SiteId = Id<struct SiteTag, std::uint32_t>;                    ///< 24 bits
using VehicleId = Id<struct VehicleTag, std::uint32_t>;              ///< a plate's number
using OperatorId = Id<struct OperatorTag, std::uint32_t>;

}  // namespace chayan::domain

template <class Tag, class Number>
struct std::hash<chayan::domain::Id<Tag, Number>> {
    std::size_t operator()(chayan::domain::Id<Tag, Number> id) const noexcept { return std::hash<Number>{}(id.value); }
};
