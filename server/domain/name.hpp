// SPDX-License-Identifier: Apache-2.0
// Names of people: which are accepted, how they are shown, and the folded form in which two are compared. Folding uses
// ICU (NFKC, traditional to simplified) corrected by our own table (schema/variants.csv), because ICU alone turns 乾隆
// into 干隆 and leaves 峯. Folded forms only compare, never show. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "kit/result.hpp"

namespace chayan::domain {

/// As it is shown: NFKC, trimmed, separator dots unified to U+00B7 (also a full stop between Han), inner spaces single.
struct Name {
    std::string shown;
};

/// Accepts 1 to 60 code points of letters of any script, marks (at most 2 in a row), inner spaces, U+00B7, apostrophes, hyphens and full stops
/// inside; needs at least one letter; a name of one Han character is accepted only with a second letter (2 to 30 for Han).
/// Refuses with code "name_empty", "name_length", "name_characters" (control, invisible and bidi characters, private use,
/// unassigned, emoji, symbols, digits, formula lead-ins, line ends), "name_mixed" (Latin mixed with Cyrillic or Greek look-alikes), "name_malformed" (not UTF-8).
kit::Result<Name> parse_name(std::string_view utf8);

/// The form that is equal for names that agree: NFKC, traditional→simplified and variants, case, dots, spaces and
/// apostrophes gone. Cost: a few microseconds.
std::string fold_name(const Name& name);

/// 王*: the first character and a star (two-character surnames of our list keep both: 欧阳*); Latin: the first letter of
/// the first word and a star.
std::string mask_name(const Name& name);

}  // namespace chayan::domain
