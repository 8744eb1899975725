// SPDX-License-Identifier: Apache-2.0
// Texts in the XML of a workbook, for all that write one. Any thread; values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chayan::service {

inline constexpr std::size_t cell_units_max = 32'767;   // UTF-16 units of a cell, the format's limit

/// What Excel counts: a character beyond U+FFFF is two.
std::size_t utf16_units(std::string_view text);
/// As a cell takes it: printable, and no "_x0041_" in it stands for a character.
std::string cell_text(std::string_view text);
/// With & < > and quotes as XML wants them. Requires: no control character but line feeds and tabs.
std::string xml_text(std::string_view text);

}  // namespace chayan::service
