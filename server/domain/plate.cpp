// SPDX-License-Identifier: Apache-2.0
#include "domain/plate.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "domain/text.hpp"

namespace chayan::domain {
namespace {

constexpr std::u32string_view provinces = U"京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领";
constexpr std::u32string_view last_characters = U"挂学警港澳使领";
constexpr std::size_t length_max = 16;

kit::Error wrong(const char* code) { return kit::invalid_field("/plate", code); }

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }
bool is_letter(char32_t c) { return c >= 'A' && c <= 'Z'; }
bool is_han(char32_t c) { return (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x323AF); }

/// In a serial O is read as 0 and I as 1: neither letter is used there.
char32_t serial_character(char32_t c) { return c == 'O' ? U'0' : c == 'I' ? U'1' : c; }

/// New energy: a letter A to K, a letter or digit, four digits; or, for large vehicles, five digits and the letter.
bool is_new_energy(std::u32string_view serial) {
    const auto is_mark = [](char32_t c) { return c >= 'A' && c <= 'K' && c != 'I'; };
    if (is_mark(serial[0])) return std::all_of(serial.begin() + 2, serial.end(), is_digit);
    return std::all_of(serial.begin(), serial.end() - 1, is_digit) && is_mark(serial.back());
}

/// GA 36 as DOMAIN 1.6 gives it: province, letter and a serial of five (the last perhaps Han) or, for new energy, six.
bool is_standard(const std::vector<char32_t>& text) {
    if ((text.size() != 7 && text.size() != 8) || provinces.find(text[0]) == std::u32string_view::npos || !is_letter(text[1])) return false;
    std::u32string serial(text.begin() + 2, text.end());
    std::transform(serial.begin(), serial.end(), serial.begin(), serial_character);
    const auto is_plain = [](char32_t c) { return is_digit(c) || is_letter(c); };
    if (!std::all_of(serial.begin(), serial.end() - 1, is_plain)) return false;
    if (serial.size() == 6) return is_plain(serial.back()) && is_new_energy(serial);
    return is_plain(serial.back()) || last_characters.find(serial.back()) != std::u32string_view::npos;
}

}  // namespace

kit::Result<Plate> parse_plate(std::string_view text) {
    const auto half = to_half_width(text);
    auto points = half ? decode_utf8(*half) : std::nullopt;
    if (!points) return wrong("plate_characters");
    std::erase_if(*points, [](char32_t c) { return c == ' ' || c == '-' || c == U'·' || c == U'•' || c == U'・' || c == '.'; });
    if (points->empty()) return wrong("plate_empty");
    if (points->size() > length_max) return wrong("plate_length");
    for (auto& c : *points) {
        if (c >= 'a' && c <= 'z') c = c - 'a' + 'A';
        if (!is_digit(c) && !is_letter(c) && !is_han(c)) return wrong("plate_characters");
    }
    Plate plate;
    plate.is_standard = is_standard(*points);
    if (plate.is_standard) {
        std::transform(points->begin() + 2, points->end(), points->begin() + 2, serial_character);
    }
    plate.text = encode_utf8(*points);
    return plate;
}

std::string mask_plate(const Plate& plate) {
    auto points = decode_utf8(plate.text).value_or(std::vector<char32_t>{});
    const std::size_t kept = points.size() > 4 ? 2 : 0;  // of a short one hiding two would show all of it
    for (std::size_t i = kept; i + kept < points.size(); ++i) points[i] = '*';
    return encode_utf8(points);
}

}  // namespace chayan::domain
