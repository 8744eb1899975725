// SPDX-License-Identifier: Apache-2.0
// What goes wrong when a county writes its people down, how often, and why: one table. The rates are set by how each kind of list comes
// about, before any matcher was run on them; nobody has published such figures for a county that we know of. What is measured elsewhere:
// a trained typist has 0.4 fields in 1,000 wrong (Paulsen 2012, PLoS ONE 7(4) e35087), lists copied from paper some in 100.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "town_chance.hpp"

namespace chayan::town {

/// Where a record comes from.
enum class Source : std::uint8_t {
    household_register,     ///< kept by the police from cards and certificates; no phones are asked for
    village_list,           ///< a cadre goes from door to door with a sheet, which somebody types in later
    gate,                   ///< somebody at a checkpoint, or their phone, in a hurry; birth date and sex are read off the document
    employer,               ///< a spreadsheet of a factory or a school; birth date and sex are read off the document
};
inline constexpr std::size_t source_count = 4;

enum class Error : std::uint8_t {
    document_absent, document_fifteen, document_small_x, document_times, document_star, document_cut, document_digit, document_two_digits,
    document_swapped,
    name_sound, name_look, name_form, name_dot,
    phone_absent, phone_family, phone_former, phone_reissued, phone_digit, phone_swapped,
    birth_absent, birth_digit, birth_swapped, birth_lunar,
    sex_absent,
    address_absent, address_elsewhere, address_brief, address_otherwise,
    division_absent, household_absent,
};
inline constexpr std::size_t error_count = 30;

/// One kind of error: how many of 10,000 records of each source have it, among those that can.
struct Rate {
    std::string_view word;
    std::array<std::uint32_t, source_count> per_10000;
    std::string_view among;     ///< which records can have it, besides those that have the field and nothing else wrong with it
    std::string_view why;
};
const Rate& rate_of(Error error);

/// Decides by the table, and counts. One thread.
class Mix {
public:
    /// Whether the error happens to a record of `source`; never where it is not `possible`.
    bool hits(Error error, Source source, bool possible, Chance& chance);
    /// truth/errors.csv: each kind with the records that have it, those that can, how many the table lets expect, and why.
    /// Throws std::runtime_error when it can't be written.
    void write(const std::string& path) const;

private:
    struct Count {
        std::uint64_t hit = 0, possible = 0, expected_10000 = 0;
    };
    std::array<Count, error_count> counts_{};
};

}  // namespace chayan::town
