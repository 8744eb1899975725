// SPDX-License-Identifier: Apache-2.0
// A labelled set for record linkage: what the county's lists say of the people of a synthetic town, in an order that tells nothing, and
// beside it who is whom, what is wrong with which record, and which people are hard to tell apart. One thread.
#pragma once

#include <cstdint>

#include "town_divisions.hpp"
#include "town_options.hpp"

namespace chayan::town {

/// Records that a person has on average; some have one, most two, few up to five.
inline constexpr std::uint32_t records_per_person = 2;

struct RecordCounts {
    std::uint64_t records = 0, people = 0, hard_cases = 0;
    std::uint64_t alike = 0;            ///< pairs of different people with one name and birth date
    std::uint64_t alike_on_purpose = 0; ///< those of them that are hard cases
};

/// records.csv, truth/records.csv, truth/people.csv, truth/edits.csv, truth/errors.csv and truth/hard_cases.csv in options.out, which is there.
/// Memory: 50 MB for the records at hand, and 8 bytes a person. Time: a pass over the town for each 100,000 records; a second for 200,000.
/// Throws std::runtime_error when a file can't be written.
RecordCounts write_records(const Options& options, const Grid& grid);

}  // namespace chayan::town
