// SPDX-License-Identifier: Apache-2.0
// Text as people type it, brought to one form before it is judged. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chayan::domain {

/// The code points of UTF-8; nothing when it is not (overlong forms and surrogates are not).
std::optional<std::vector<char32_t>> decode_utf8(std::string_view utf8);
std::string encode_utf8(const std::vector<char32_t>& code_points);

/// Full-width ASCII (U+FF01 to U+FF5E) and the ideographic space become ASCII; white space around is dropped. Nothing when it is not
/// UTF-8. Digits of other scripts and letters that only look alike stay what they are.
std::optional<std::string> to_half_width(std::string_view utf8);

/// Does it show something, or is it a plain space? Control, format and bidi characters, ends of line, private use, what Unicode has not assigned
/// and what is ignorable by default (general category and Default_Ignorable_Code_Point of ICU) make two texts look alike, or turn what stands around them.
bool is_visible(char32_t point);

/// A name of a thing or a place: white space around is dropped. Nothing when it is not UTF-8, is empty then, is longer than `bytes_max`, or holds
/// what is not visible.
std::optional<std::string> parse_label(std::string_view utf8, std::size_t bytes_max);

}  // namespace chayan::domain
