// SPDX-License-Identifier: Apache-2.0
#include "domain/division.hpp"

#include <algorithm>
#include <iterator>

namespace chayan::domain {
namespace {

constexpr std::uint64_t power_of_ten(unsigned exponent) {
    std::uint64_t power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

/// How many digits of it name something: 130600 is all of 1306, 130682001000 all of 130682001. Only zeros at the end
/// fill: 441900003 is a street of Dongguan, a city without counties.
unsigned depth_of(DivisionCode code) {
    constexpr unsigned levels[] = {12, 9, 6, 4, 2, 0};
    for (std::size_t i = 0; i + 1 < std::size(levels); ++i) {
        if (levels[i] > code.digits) continue;
        if (code.number / power_of_ten(12 - levels[i]) % power_of_ten(levels[i] - levels[i + 1]) != 0) return levels[i];
    }
    return 0;
}

}  // namespace

std::optional<DivisionCode> parse_division_code(std::string_view text) {
    const auto size = text.size();
    const bool has_length = size == 2 || size == 4 || size == 6 || size == 9 || size == 12;
    const bool is_number = std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!has_length || !is_number || text[0] == '0') return std::nullopt;
    std::uint64_t number = 0;
    for (const char c : text) number = number * 10 + static_cast<std::uint64_t>(c - '0');
    return DivisionCode{number * power_of_ten(static_cast<unsigned>(12 - size)), static_cast<std::uint8_t>(size)};
}

bool is_within(DivisionCode inner, DivisionCode outer) {
    const auto depth = depth_of(outer);
    if (depth > inner.digits) return false;
    const auto unit = power_of_ten(12U - depth);
    return inner.number / unit == outer.number / unit;
}

DivisionText::DivisionText(DivisionCode code) : text_{}, digits_(code.digits) {
    auto number = code.number / power_of_ten(12U - code.digits);
    for (std::size_t i = digits_; i-- > 0; number /= 10) text_[i] = static_cast<char>('0' + number % 10);
}

}  // namespace chayan::domain
