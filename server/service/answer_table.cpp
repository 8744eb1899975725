// SPDX-License-Identifier: Apache-2.0
#include "service/answer_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "domain/text.hpp"

namespace chayan::service {
namespace {

constexpr const char* format_words[] = {"json", "ndjson", "csv", "xlsx"};
constexpr std::uint64_t rows_between_looks = 4'096;   // some milliseconds of work for nobody
constexpr std::string_view replacement = "\uFFFD";

bool is_printable(char32_t point) {
    const bool is_control = point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029;
    const bool is_noncharacter = (point & 0xFFFEU) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
    return !is_control && !is_noncharacter;
}

bool is_plain_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// The bytes of the character that `rest` begins with; 0 when it is no UTF-8.
std::size_t character_bytes(std::string_view rest) {
    const auto lead = static_cast<unsigned char>(rest[0]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return bytes <= rest.size() && domain::decode_utf8(rest.substr(0, bytes)) ? bytes : 0;
}

}  // namespace

std::uint64_t AnswerTable::count() const {
    std::uint64_t sum = 0;
    for (const auto& part : parts) sum += part.is_detail ? 0 : part.count;
    return sum;
}

const AnswerPart* AnswerTable::find_part(std::string_view part) const {
    if (part.empty()) return parts.data();
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const AnswerPart& one) { return one.name == part; });
    return found == parts.end() ? nullptr : &*found;
}

std::optional<Format> find_format(std::string_view word) {
    for (std::size_t i = 0; i < std::size(format_words); ++i)
        if (word == format_words[i]) return static_cast<Format>(i);
    return std::nullopt;
}

const char* word_of(Format format) { return format_words[static_cast<std::size_t>(format)]; }

kit::Status for_each_row(const AnswerPart& part, const Wanted& wanted, const std::function<kit::Status(const Row&)>& take) {
    Row row(part.columns.size());
    for (std::uint64_t number = 0; number < part.count; ++number) {
        if (number % rows_between_looks == 0 && !wanted()) return kit::Error{kit::Errc::busy, "export_unwanted"};
        part.fill(number, row);
        CHECK(row.size() == part.columns.size());
        if (auto status = take(row); !status) return status;
    }
    return kit::Done{};
}

std::string printable(std::string_view text) {
    if (is_plain_ascii(text)) return std::string(text);
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto bytes = character_bytes(text);
        const auto character = text.substr(0, std::max<std::size_t>(bytes, 1));
        out += bytes > 0 && is_printable(domain::decode_utf8(character)->front()) ? character : replacement;
        text.remove_prefix(character.size());
    }
    return out;
}

std::string rounded(double number) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::general, 3).ptr;
    return {digits.data(), end};
}

std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const auto& item : list) {
        if (&item != list.data()) out.push_back(';');
        for (const char c : item) {
            if (c == ';' || c == '\\') out.push_back('\\');
            out.push_back(c);
        }
    }
    return out;
}

}  // namespace chayan::service
