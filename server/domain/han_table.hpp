// SPDX-License-Identifier: Apache-2.0
// What of Unihan is in the program (250 KB, constant): sounds and codes of shape of Han characters. tools/han.cmake makes the tables when the
// program is built; only han.cpp reads them. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>

namespace chayan::domain {

constexpr char32_t han_first = 0x4E00, han_last = 0x9FFF;   ///< those of han_signs, which has one for each
constexpr std::uint16_t no_corners = 0xFFFF;

struct HanSign {
    std::uint32_t shape : 25;     ///< its Cangjie code, see letters(); 0 where Unihan has none
    std::uint32_t strokes : 7;
    std::uint16_t corners;        ///< its four-corner code, four decimal digits written as hexadecimal ones, or no_corners
    std::uint16_t sound;          ///< index into han_syllables
};
static_assert(sizeof(HanSign) == 8);

/// A Cangjie code of at most five letters, five bits each, the last one lowest.
constexpr std::uint32_t letters(const char* code) {
    std::uint32_t packed = 0;
    for (; *code != 0; ++code) packed = packed << 5U | static_cast<std::uint32_t>(*code - 'A' + 1);
    return packed;
}

/// A character beyond han_signs and the index of its syllable.
constexpr std::uint32_t other(std::uint32_t point, std::uint32_t sound) { return point << 9U | sound; }
constexpr char32_t other_point(std::uint32_t other) { return other >> 9U; }
constexpr std::uint32_t other_sound(std::uint32_t other) { return other & 511U; }

extern const std::span<const char[7]> han_syllables;        ///< pinyin without tone; the first is empty
extern const std::span<const HanSign> han_signs;
extern const std::span<const std::uint32_t> han_others;     ///< ascending

}  // namespace chayan::domain
