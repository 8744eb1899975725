// SPDX-License-Identifier: Apache-2.0
// Two records about people, compared field by field: how well each agrees, as one of a few levels (DOMAIN 4.2 and 4.3). What that is
// worth is linkage's matter. Values need be neither Chinese nor valid. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/address.hpp"
#include "domain/time.hpp"

namespace chayan::domain {

enum class LinkField : std::uint8_t {
    name, given_name, surname, birth_date, sex, document, phone, address, street, locality, postcode, region, household,
};
inline constexpr std::size_t link_field_count = 13;

/// "given_name"; nothing for another word.
std::optional<LinkField> find_link_field(std::string_view word);
const char* word_of(LinkField field);

/// As somebody typed them, UTF-8; empty: not given.
using LinkValues = std::array<std::string, link_field_count>;

/// How well a field agrees, best first. A field knows some of them only.
enum class Agreement : std::uint8_t {
    equal,
    crossed,    ///< the two halves of a name, or of an address, in each other's place
    sound,      ///< other characters, pinyin without tone equal
    alike,      ///< one character differs and is taken for the other by its shape or its sound
    slip,       ///< one digit or letter wrong, left out, put in, or swapped with its neighbour; day and month swapped
    near,       ///< two such slips; words that are nearly the same
    close,      ///< words that resemble each other; a birth date that may be the other's by the lunar calendar
    part,       ///< the same surname only; the same place, another house
    differs,
    missing,    ///< at least one side does not say
};
inline constexpr std::size_t agreement_count = 9;   ///< without missing
const char* word_of(Agreement agreement);

using Agreements = std::array<Agreement, link_field_count>;
inline Agreement at(const Agreements& agreements, LinkField field) { return agreements[static_cast<std::size_t>(field)]; }

/// One record, ready to be compared many times.
struct Comparand {
    std::array<std::u32string, link_field_count> folded;   ///< in the form in which it is compared; empty: not given
    std::array<Home, 2> homes;          ///< of address and street, where they are Chinese
    std::string sound;                  ///< of the whole name, pinyin without tone; of a name of two fields both, sorted
    bool is_identity_number = false;    ///< the document is a resident identity number that passes its check
    bool is_grown_up = false;           ///< born so long ago that phone and home are mostly their own and not the family's
    const std::u32string& operator[](LinkField field) const { return folded[static_cast<std::size_t>(field)]; }
};

/// Names folded as everywhere; dates as eight digits; documents and phones in their stored form where they have one, else their letters and digits, and not given where a
/// spreadsheet has rounded them (1.30682E+17) or a word or dash stands there; of words
/// the letters and digits, lower case. A birth date that is not given is the document's. `today` bounds birth dates in documents. Cost: some 10 µs.
Comparand comparand_of(const LinkValues& values, Day today);

/// Symmetric. A birth date that stands in both documents too is no evidence of its own: where these agree or nearly do it counts as missing. Cost: about a microsecond.
Agreements compare(const Comparand& a, const Comparand& b);

/// Both identity numbers are valid and differ: not one person, whatever else agrees, unless a human knows of a typing error (CONTRACT 6).
bool have_different_identities(const Comparand& a, const Comparand& b);

}  // namespace chayan::domain
