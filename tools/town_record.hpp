// SPDX-License-Identifier: Apache-2.0
// One record about somebody of the synthetic town, as a list has it: true, or as one of the county's lists wrote it down. Pure but for
// the counts of Mix; one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "town_divisions.hpp"
#include "town_errors.hpp"
#include "town_options.hpp"
#include "town_people.hpp"

namespace chayan::town {

struct Record {
    std::string name, document, phone, birth_date, sex, address, division, household;
};

/// As the person's papers say. `phone` is the one that they answer.
Record true_record(const Household& household, const Person& person, const Grid& grid);

struct Copy {
    Record record;
    std::vector<Error> errors;  ///< in the order in which they were made
};

/// Keeps a name, one of document, phone and birth date, and two fields at least besides the name, where the true record has them.
class Copyist {
public:
    Copyist(const Options& options, const Grid& grid, Mix& mix) : options_(options), grid_(grid), mix_(mix) {}
    /// The record number `copy` of a person: the first mostly from the register, the others never. `numbers` are those of people whose
    /// phone may be what was this person's once; none: no phone has been handed out again. A few microseconds.
    Copy copy(const Household& household, const Person& person, std::uint32_t copy, const std::vector<std::uint32_t>& numbers);

private:
    const Options& options_;
    const Grid& grid_;
    Mix& mix_;
};

}  // namespace chayan::town
