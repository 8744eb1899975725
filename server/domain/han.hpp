// SPDX-License-Identifier: Apache-2.0
// How Han characters sound and look, for names that were heard or typed wrongly. Sounds and codes of shape are Unihan's (Debian's unicode-data),
// the readings that names have beside them our own (schema/readings.csv). For comparing only, never shown. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace chayan::domain {

/// How a folded name (fold_name) sounds: pinyin without tone, lower case, one space between syllables ("wang wei"); ü is "v". The surname is read
/// as surnames are (解 xie, 单 shan, 尉迟 yu chi), two characters only where a third follows. Each character has one reading, so those
/// whose own people disagree (盖 ge or gai) have the more frequent one. What is no Han stays as it is, a space on either side. Equal for names that
/// sound alike; says nothing of nearly alike (zh and z, n and l). What is not UTF-8 comes back as it is. Cost: a microsecond.
std::string sound_of(std::string_view folded_name);

/// Two characters that people or keyboards take for each other by their shape: 伟 玮, 晴 睛, 未 末. Symmetric; false for equal ones and
/// for what lies beyond U+4E00 to U+9FFF. Cost: a tenth of a microsecond.
/// Points: 4 for each letter of their Cangjie codes in common order, less 4 for each left over in either; 3 for each of a common ending, after what
/// both begin with; 6 for each equal digit of their four-corner codes; 24 times the fewer strokes by the more. Alike from 31 on; what that finds is
/// measured in tests/domain/han_test.cpp.
bool look_alike(char32_t a, char32_t b);

}  // namespace chayan::domain
