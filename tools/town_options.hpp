// SPDX-License-Identifier: Apache-2.0
// What a synthetic town is made of: all of it follows from these options. Pure values.
#pragma once

#include <cstdint>
#include <string>

#include "domain/time.hpp"

namespace chayan::town {

inline constexpr std::int64_t day_s = 86'400;
inline constexpr std::int64_t local_offset_s = 8 * 3600;        // the town lives by Asia/Shanghai, as [local] time_zone by default
inline constexpr std::uint32_t people_max = 2'000'000;          // what the numbering of documents holds, with room
inline constexpr int days_max = 366;
inline constexpr std::int64_t skew_s_max = 300;                 // of a phone's clock, either way
inline constexpr std::int64_t again_s_max = 40;                 // a scan made twice, since nobody was sure of the first

struct Options {
    std::uint32_t people = 2'000;
    int days = 3;
    std::uint64_t seed = 1;
    domain::Instant end;                ///< history ends here
    std::string out;                    ///< the folder to write into
    std::string divisions;              ///< a CSV of code,name,parent; empty: villages are invented
    std::uint32_t outbreak = 20;        ///< people infected at most, the index case among them; 0: no outbreak
    std::uint32_t forgotten = 15;       ///< percent of the exits
    std::uint32_t skewed = 3;           ///< percent of the phones
    std::uint32_t late = 3;             ///< percent of the scans

    domain::Instant start() const { return end - days * day_s; }
};

}  // namespace chayan::town
