// SPDX-License-Identifier: Apache-2.0
#include "http/target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace chayan::http {
namespace {

enum class Part { path, query };

bool is_plain(char c, Part part) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter) return true;
    constexpr std::string_view in_path = "-._~!$&'()*+,;=:@/";
    constexpr std::string_view in_query = "-._~!$'()*+,;:@/?=[]{}|^`\\";  // browsers send the last eight as they are
    return (part == Part::path ? in_path : in_query).find(c) != std::string_view::npos;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Length of the well-formed UTF-8 sequence at the front (RFC 3629: no overlong form, no surrogate), or 0.
std::size_t sequence_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = at(0);
    const std::size_t length = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4 : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xC0) != 0x80) return 0;
    }
    if (length == 3 && ((first == 0xE0 && at(1) < 0xA0) || (first == 0xED && at(1) >= 0xA0))) return 0;
    if (length == 4 && ((first == 0xF0 && at(1) < 0x90) || (first == 0xF4 && at(1) >= 0x90))) return 0;
    return length;
}

/// UTF-8 without control characters, C1 included.
bool is_printable_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = sequence_length(text);
        const auto first = static_cast<unsigned char>(text[0]);
        if (length == 0 || first < 0x20 || first == 0x7F) return false;
        if (length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) return false;
        text.remove_prefix(length);
    }
    return true;
}

/// Appends the decoded `raw` to `out`. False: a byte outside the grammar, a broken escape, or text that is not printable.
bool decode(std::string_view raw, Part part, std::string& out) {
    out.reserve(raw.size());
    bool escaped = false;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%') {
            if (!is_plain(raw[i], part)) return false;
            out.push_back(part == Part::query && raw[i] == '+' ? ' ' : raw[i]);
            continue;
        }
        if (raw.size() - i < 3) return false;
        const int high = hex_value(raw[i + 1]);
        const int low = hex_value(raw[i + 2]);
        if (high < 0 || low < 0) return false;
        const auto c = static_cast<char>(high * 16 + low);
        // An encoded dot or slash means another path to a reader that decodes later than we do.
        if (part == Part::path && (c == '.' || c == '/' || c == '\\')) return false;
        out.push_back(c);
        escaped = true;
        i += 2;
    }
    return !escaped || is_printable_utf8(out);
}

bool has_clean_segments(std::string_view path) {
    std::size_t begin = 1;
    while (begin < path.size()) {
        const auto end = std::min(path.find('/', begin), path.size());
        const auto segment = path.substr(begin, end - begin);
        if (segment.empty() || segment == "." || segment == "..") return false;
        begin = end + 1;
    }
    return true;
}

bool parse_query(std::string_view raw, std::vector<Header>& query) {
    while (!raw.empty()) {
        const auto end = std::min(raw.find('&'), raw.size());
        const auto member = raw.substr(0, end);
        raw.remove_prefix(std::min(end + 1, raw.size()));
        if (member.empty() || query.size() == query_count_max) return false;
        const auto equals = std::min(member.find('='), member.size());
        Header parsed;
        if (!decode(member.substr(0, equals), Part::query, parsed.name)) return false;
        if (!decode(member.substr(std::min(equals + 1, member.size())), Part::query, parsed.value)) return false;
        const auto same = [&](const Header& other) { return other.name == parsed.name; };
        if (parsed.name.empty() || std::any_of(query.begin(), query.end(), same)) return false;
        query.push_back(std::move(parsed));
    }
    return true;
}

}  // namespace

bool parse_target(std::string_view raw, std::string& path, std::vector<Header>& query) {
    if (raw.empty() || raw[0] != '/') return false;
    const auto mark = std::min(raw.find('?'), raw.size());
    const auto raw_path = raw.substr(0, mark);
    return has_clean_segments(raw_path) && decode(raw_path, Part::path, path) &&
           (mark == raw.size() || parse_query(raw.substr(mark + 1), query));
}

}  // namespace chayan::http
