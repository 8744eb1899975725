// SPDX-License-Identifier: Apache-2.0
// Which characters of names are taken for which others: by ear, by eye, or as another form of the same one. A small table made by
// hand from what people mix up; it shares nothing with the tables that the matching reads, so that neither is made to fit the other.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "town_chance.hpp"

namespace chayan::town {

enum class Likeness : std::uint8_t {
    sound,      ///< 伟 and 玮: another character of the same syllable, whatever the tone
    look,       ///< 晴 and 睛
    form,       ///< 张 and 張, 峰 and 峯: traditional, or a variant
};

/// Whether the table has another such character for one of the name's.
bool can_be_mistaken(std::string_view name, Likeness likeness);

/// The name with one character replaced; the first one, of the surname, half as often as another: people know how that is written.
/// Requires: can_be_mistaken(name, likeness).
std::string mistaken(std::string_view name, Likeness likeness, Chance& chance);

}  // namespace chayan::town
