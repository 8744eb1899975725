// SPDX-License-Identifier: Apache-2.0
#include "domain/text.hpp"

#include <unicode/uchar.h>

#include <algorithm>

namespace chayan::domain {
namespace {

struct Lead {
    std::size_t length;
    char32_t bits, least;
};

std::optional<Lead> read_lead(unsigned char c) {
    if (c < 0x80) return Lead{1, c, 0};
    if ((c & 0xE0U) == 0xC0) return Lead{2, c & 0x1FU, 0x80};
    if ((c & 0xF0U) == 0xE0) return Lead{3, c & 0x0FU, 0x800};
    if ((c & 0xF8U) == 0xF0) return Lead{4, c & 0x07U, 0x10000};
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<char32_t>> decode_utf8(std::string_view utf8) {
    std::vector<char32_t> points;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = read_lead(static_cast<unsigned char>(utf8[i]));
        if (!lead || i + lead->length > utf8.size()) return std::nullopt;
        char32_t point = lead->bits;
        for (std::size_t k = 1; k < lead->length; ++k) {
            const auto c = static_cast<unsigned char>(utf8[i + k]);
            if ((c & 0xC0U) != 0x80) return std::nullopt;
            point = (point << 6U) | (c & 0x3FU);
        }
        const bool is_surrogate = point >= 0xD800 && point <= 0xDFFF;
        if (point < lead->least || point > 0x10FFFF || is_surrogate) return std::nullopt;
        points.push_back(point);
        i += lead->length;
    }
    return points;
}

std::string encode_utf8(const std::vector<char32_t>& code_points) {
    std::string out;
    const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    for (const auto point : code_points) {
        if (point < 0x80) {
            put(point);
        } else if (point < 0x800) {
            put(0xC0U | (point >> 6U));
            put(0x80U | (point & 0x3FU));
        } else if (point < 0x10000) {
            put(0xE0U | (point >> 12U));
            put(0x80U | ((point >> 6U) & 0x3FU));
            put(0x80U | (point & 0x3FU));
        } else {
            put(0xF0U | (point >> 18U));
            put(0x80U | ((point >> 12U) & 0x3FU));
            put(0x80U | ((point >> 6U) & 0x3FU));
            put(0x80U | (point & 0x3FU));
        }
    }
    return out;
}

std::optional<std::string> to_half_width(std::string_view utf8) {
    auto points = decode_utf8(utf8);
    if (!points) return std::nullopt;
    for (auto& point : *points) {
        if (point >= 0xFF01 && point <= 0xFF5E) point -= 0xFEE0;
        else if (point == 0x3000 || point == 0xA0) point = ' ';
    }
    auto text = encode_utf8(*points);
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos) return std::string{};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_visible(char32_t point) {
    constexpr auto hidden = U_GC_C_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
    const auto character = static_cast<UChar32>(point);
    return (U_GET_GC_MASK(character) & hidden) == 0 && u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) == 0;
}

std::optional<std::string> parse_label(std::string_view utf8, std::size_t bytes_max) {
    auto points = decode_utf8(utf8);
    if (!points) return std::nullopt;
    const auto is_space = [](char32_t point) { return u_isUWhiteSpace(static_cast<UChar32>(point)) != 0; };
    points->erase(std::find_if_not(points->rbegin(), points->rend(), is_space).base(), points->end());
    points->erase(points->begin(), std::find_if_not(points->begin(), points->end(), is_space));
    if (points->empty() || !std::all_of(points->begin(), points->end(), is_visible)) return std::nullopt;
    auto text = encode_utf8(*points);
    return text.size() > bytes_max ? std::nullopt : std::optional(std::move(text));
}

}  // namespace chayan::domain
