// SPDX-License-Identifier: Apache-2.0
// Divisions: GB/T 2260 (6 digits), GB/T 10114 (9, township), statistical village codes (12). A scope is a division and
// all below it. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chayan::domain {

/// 2, 4, 6, 9 or 12 digits; 0 is "everywhere" (the scope of an operator without one).
struct DivisionCode {
    std::uint64_t number = 0;   ///< as 12 digits, filled with zeros on the right
    std::uint8_t digits = 0;
    friend bool operator==(DivisionCode, DivisionCode) = default;
};

/// Accepts 2, 4, 6, 9 or 12 ASCII digits that do not start with 0.
std::optional<DivisionCode> parse_division_code(std::string_view text);

/// Is `inner` the same as `outer` or below it? Zeros that only fill name a level above: 130600 is all of 1306.
bool is_within(DivisionCode inner, DivisionCode outer);

/// Six, nine or twelve digits as text.
class DivisionText {
public:
    explicit DivisionText(DivisionCode code);
    operator std::string_view() const { return {text_, digits_}; }  // NOLINT: it is a view

private:
    char text_[12];
    std::size_t digits_;
};

}  // namespace chayan::domain
