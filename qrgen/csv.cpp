// SPDX-License-Identifier: Apache-2.0
#include "qrgen/csv.hpp"

#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace chayan::qrgen {
namespace {

constexpr std::size_t field_bytes_max = 64 * 1024;
constexpr std::size_t columns_max = 64;

bool is_end(char c) { return c == '\n' || c == '\r'; }

/// Nothing when ICU has no such converter or the text is longer than it counts.
std::optional<std::string> from_gb18030(std::string_view bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()) / 4) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    const auto length = static_cast<std::int32_t>(bytes.size());
    std::string text(bytes.size() * 3 + 16, '\0');   // two bytes become three, one becomes at most three
    const auto written = ucnv_convert("UTF-8", "gb18030", text.data(), static_cast<std::int32_t>(text.size()), bytes.data(), length, &status);
    if (U_FAILURE(status)) return std::nullopt;
    text.resize(static_cast<std::size_t>(written));
    return text;
}

struct LineCount {
    std::size_t utf8 = 0;   ///< lines outside ASCII that are UTF-8
    std::size_t other = 0;
};

LineCount count_lines(std::string_view text) {
    LineCount count;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const bool is_ascii = std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        if (!is_ascii) ++(is_utf8(line) ? count.utf8 : count.other);
    }
    return count;
}

}  // namespace

bool is_utf8(std::string_view text) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const std::size_t length = text.size();
    for (std::size_t at = 0; at < length;) {
        UChar32 character = 0;
        U8_NEXT(bytes, at, length, character);
        if (character < 0) return false;
    }
    return true;
}

Outcome<TableText> decode_table(std::string bytes) {
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") || bytes.find('\0') < std::min<std::size_t>(bytes.size(), 4096))
        return Sentence{"这不是 CSV 文本（可能是 UTF-16 或表格文件），请在 Excel 里另存为“CSV UTF-8”",
                        "this is no CSV text (perhaps UTF-16, or a spreadsheet); save it as \"CSV UTF-8\""};
    if (bytes.starts_with("\xEF\xBB\xBF")) return TableText{bytes.substr(3), Encoding::utf8};
    const auto count = count_lines(bytes);
    if (count.utf8 >= count.other) return TableText{std::move(bytes), Encoding::utf8};
    auto text = from_gb18030(bytes);
    if (!text) return Sentence{"文字编码既不是 UTF-8 也不是 GB18030", "the text is neither UTF-8 nor GB18030"};
    return TableText{*std::move(text), Encoding::gb18030};
}

void CsvReader::skip_blank_lines() {
    for (; at_ < text_.size() && is_end(text_[at_]); ++at_) {
        if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
        ++line_;
    }
}

/// Reads from at_ up to the row's line end. A fault: quotes that do not fit; then at_ is somewhere on the row.
std::optional<Sentence> CsvReader::read_fields(std::vector<std::string>& fields) {
    const Sentence bad_quote{"引号不成对", "a quotation mark does not fit"};
    bool is_quoted = false;
    bool was_quoted = false;
    fields.emplace_back();
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        auto& field = fields.back();
        if (is_quoted) {
            if (c == '\n' || (c == '\r' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '\n'))) ++line_;
            if (c != '"') field.push_back(c);
            else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') field.push_back(text_[++at_]);
            else is_quoted = false;
        } else if (is_end(c)) {
            return std::nullopt;
        } else if (c == ',') {
            fields.emplace_back();
            was_quoted = false;
        } else if (c == '"' && field.empty() && !was_quoted) {
            is_quoted = was_quoted = true;
        } else if (c == '"' || was_quoted) {
            return bad_quote;
        } else {
            field.push_back(c);
        }
    }
    if (is_quoted) return bad_quote;
    return std::nullopt;
}

std::optional<CsvRow> CsvReader::next() {
    skip_blank_lines();
    if (at_ >= text_.size()) return std::nullopt;
    CsvRow row;
    row.line = line_;
    const auto begin = at_;
    row.fault = read_fields(row.fields);
    if (row.fault) {   // a quote that never ends would swallow the rest of the file: only its first line is bad
        line_ = row.line;
        at_ = std::min(text_.find_first_of("\r\n", begin), text_.size());
    }
    row.raw = text_.substr(begin, at_ - begin);
    if (row.fields.size() > columns_max && !row.fault) row.fault = Sentence{"列太多", "too many columns"};
    for (const auto& field : row.fields) {
        if (row.fault) break;
        if (field.size() > field_bytes_max) row.fault = Sentence{"一格里的字太多", "a field is too long"};
        else if (!is_utf8(field) || field.find('\0') != std::string::npos || field.find("\xEF\xBF\xBD") != std::string::npos)
            row.fault = Sentence{"有无法识别的字符（编码可能混用）", "characters that cannot be read (perhaps of another encoding)"};
    }
    return row;
}

std::string csv_field(std::string_view value) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(value);
    std::string quoted = "\"";
    for (const char c : value) {
        if (c == '"') quoted.push_back('"');
        quoted.push_back(c);
    }
    return quoted + '"';
}

std::string sheet_field(std::string_view value) {
    const auto first = value.find_first_not_of(" \t");
    const bool is_formula = first != std::string_view::npos && std::string_view("=+-@|%").find(value[first]) != std::string_view::npos;
    return csv_field(is_formula || value.starts_with('\t') ? "'" + std::string(value) : std::string(value));
}

}  // namespace chayan::qrgen
