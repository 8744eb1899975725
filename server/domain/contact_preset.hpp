// SPDX-License-Identifier: Apache-2.0
// Contact presets: what an authority calls a contact, in the terms of a trace. The figures are data (schema/contact_presets.csv, embedded
// at build), each row with its source. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/trace.hpp"

namespace chayan::domain {

/// What the days of a preset are counted from.
enum class AnchorKind : std::uint8_t {
    onset,    ///< the first symptoms
    sample,   ///< the first positive sample, of whoever has no symptoms
};

struct ContactPreset {
    std::string word;                             ///< "nhc5"
    std::string zh, en;                           ///< its name
    std::int32_t days_before = 0;                 ///< 0 to 366; of 24 hours each
    std::optional<std::int32_t> days_after_onset, days_after_sample;   ///< likewise; none: until isolation, which the caller knows
    std::int32_t min_overlap_s = 0;
    Accumulate accumulate = Accumulate::total;
    std::optional<std::int32_t> linger_s;
    std::vector<Category> categories;             ///< empty: all
    std::string source;                           ///< whose figures, of when, and what of them scans cannot tell

    std::optional<std::int32_t> days_after(AnchorKind anchor) const { return anchor == AnchorKind::onset ? days_after_onset : days_after_sample; }
};

/// The embedded table.
const std::vector<ContactPreset>& contact_presets();
/// Null for another word.
const ContactPreset* find_contact_preset(std::string_view word);
/// A table of that form; nothing when any of it is wrong: a figure outside its limits, an unknown word, a preset twice, a row without a source.
std::optional<std::vector<ContactPreset>> parse_contact_presets(std::string_view csv);

const char* word_of(Accumulate accumulate);
/// Nothing for another word.
std::optional<Accumulate> find_accumulate(std::string_view word);

}  // namespace chayan::domain
