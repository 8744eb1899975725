// SPDX-License-Identifier: Apache-2.0
// Numbers as our own texts and addresses have them. Pure; any thread.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace chayan::kit {

/// Decimal digits alone, the whole text, at most 2^64 - 1; else nothing.
inline std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace chayan::kit
