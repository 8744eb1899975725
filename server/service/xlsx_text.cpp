// SPDX-License-Identifier: Apache-2.0
#include "service/xlsx_text.hpp"

#include <algorithm>

#include "service/answer_table.hpp"

namespace chayan::service {

std::size_t utf16_units(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        units += byte >= 0xF0 ? 2U : (byte & 0xC0U) == 0x80 ? 0U : 1U;
    }
    return units;
}

// "_x0041_" in a cell stands for 'A' (ECMA-376, ST_Xstring): such a '_' is told in that way itself.
std::string cell_text(std::string_view given) {
    auto text = printable(given);
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); };
    constexpr std::string_view underscore = "_x005F_";
    for (std::size_t at = 0; (at = text.find("_x", at)) != std::string::npos;) {
        const auto code = std::string_view(text).substr(at + 2, 5);
        const bool is_code = code.size() == 5 && code[4] == '_' && std::all_of(code.begin(), code.begin() + 4, is_hex);
        if (is_code) text.replace(at, 1, underscore);
        at += is_code ? underscore.size() : 1;   // the last '_' of ours begins nothing
    }
    return text;
}

std::string xml_text(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '"') out += "&quot;";
        else out.push_back(c);
    }
    return out;
}

}  // namespace chayan::service
