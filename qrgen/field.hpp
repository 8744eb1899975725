// SPDX-License-Identifier: Apache-2.0
// What one field of a list may hold: words for categories and directions in Chinese and English, texts that can be printed, addresses that a
// phone opens. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "qrgen/sentence.hpp"
#include "qrgen/site.hpp"

namespace chayan::qrgen {

/// Without white space at its ends, the full-width blank included.
std::string trimmed(std::string_view text);
std::string lower(std::string text);

/// At most 40 bytes of a text, for a message; what cannot be seen is left out.
std::string shown(std::string_view text);

const char* word_of(Direction direction);
std::optional<Direction> parse_direction(std::string_view text);

const char* word_of(Category category);
std::optional<Category> parse_category(std::string_view text);

/// Too long, or characters that print nothing or turn the line round (controls, direction overrides). Nothing when it is good.
std::optional<Sentence> fault_of_text(const char* column, std::string_view text);

/// Not https, too long, or not as an address bar would show it.
std::optional<Sentence> fault_of_url(std::string_view url);

/// "example.gov.cn" of "https://example.gov.cn/s/…".
std::string host_of(std::string_view url);

}  // namespace chayan::qrgen
