// SPDX-License-Identifier: Apache-2.0
#include "domain/csv.hpp"

#include <algorithm>
#include <iterator>

#include "domain/text.hpp"

namespace chayan::domain {
namespace {

constexpr std::size_t field_bytes_max = 64 * 1024;
constexpr std::size_t columns_max = 64;

std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

/// "+8614200000000", or masked: "+12*****345". A spreadsheet may take the first for a number, and runs neither.
bool is_phone(std::string_view text) {
    constexpr std::size_t digits_min = 8;   // E.164, as domain/phone takes them
    constexpr std::size_t digits_max = 15;
    constexpr std::size_t stars_min = 3;    // one star between digits would be a product
    if (!text.starts_with('+')) return false;
    text.remove_prefix(1);
    if (text.size() < digits_min || text.size() > digits_max) return false;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto stars = std::find_if_not(text.begin(), text.end(), is_digit);
    const auto rest = std::find_if(stars, text.end(), [](char c) { return c != '*'; });
    const auto star_count = static_cast<std::size_t>(rest - stars);
    return is_digit(text[0]) && std::all_of(rest, text.end(), is_digit) && (star_count == 0 || star_count >= stars_min);
}

}  // namespace

CsvReader::CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

std::optional<CsvRow> CsvReader::next() {
    const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
    const auto skip_end = [&] {
        if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
        ++at_;
        ++line_;
    };
    while (at_ < text_.size() && is_end(text_[at_])) skip_end();
    if (at_ >= text_.size()) return std::nullopt;
    CsvRow row;
    row.line = line_;
    const auto begin = at_;
    const auto first_line = line_;
    std::string field;
    bool quoted = false;
    bool field_was_quoted = false;
    for (;; ++at_) {
        if (at_ >= text_.size() || (!quoted && is_end(text_[at_]))) {
            if (!quoted) break;
            // A quote that never ends would swallow the rest of the file: only its first line is bad.
            row.fault = "csv_quote";
            at_ = begin;
            line_ = first_line;
            while (at_ < text_.size() && !is_end(text_[at_])) ++at_;
            break;
        }
        const char c = text_[at_];
        if (quoted) {
            if (c == '\n' || (c == '\r' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '\n'))) ++line_;
            if (c != '"') field.push_back(c);
            else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') field.push_back(text_[++at_]);
            else quoted = false;
        } else if (c == '"' && field.empty() && !field_was_quoted) {
            quoted = field_was_quoted = true;
        } else if (c == ',') {
            row.fields.push_back(std::move(field));
            field.clear();
            field_was_quoted = false;
        } else {
            field.push_back(c);
            if (c != '"' && !field_was_quoted) continue;
            // A stray quote: nothing after it on this line can be told apart. To read on by quotes would let one file of
            // such lines be read once for each of them.
            row.fault = "csv_quote";
            while (at_ + 1 < text_.size() && !is_end(text_[at_ + 1])) ++at_;
        }
    }
    row.fields.push_back(std::move(field));
    row.raw = text_.substr(begin, at_ - begin);
    if (row.fields.size() > columns_max && row.fault == nullptr) row.fault = "csv_columns";
    for (const auto& value : row.fields) {
        if (row.fault != nullptr) break;
        if (value.size() > field_bytes_max) row.fault = "csv_field_long";
        else if (!decode_utf8(value) || value.find('\0') != std::string::npos) row.fault = "csv_characters";
    }
    return row;
}

kit::Status check_encoding(std::string_view text) {
    const auto wrong = kit::Error{kit::Errc::invalid, "csv_not_utf8"};
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return wrong;
    // A bad row is only that row's fault; a header that is not UTF-8, or most of what could be anything else, is the file's:
    // rows of ASCII say nothing of the encoding.
    const auto header = text.substr(0, text.find('\n'));
    if (!decode_utf8(header) || header.find('\0') != std::string_view::npos) return wrong;
    std::size_t bad = 0;
    std::size_t telling = 0;
    for (auto rest = text.substr(0, 1 << 20); !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) continue;
        ++telling;
        bad += decode_utf8(line) ? 0U : 1U;
    }
    if (bad * 2 > telling) return wrong;
    return kit::Done{};
}

kit::Result<std::vector<int>> find_columns(const std::vector<std::string>& header, const std::vector<CsvColumn>& columns) {
    std::vector<int> positions(columns.size(), -1);
    for (std::size_t i = 0; i < header.size(); ++i) {
        const auto half = to_half_width(header[i]);
        const auto name = lower(half.value_or(""));
        const auto found = std::find_if(columns.begin(), columns.end(), [&](const CsvColumn& column) {
            return std::find(column.names.begin(), column.names.end(), name) != column.names.end();
        });
        if (found == columns.end()) continue;  // columns of their own are the sender's business
        auto& position = positions[static_cast<std::size_t>(found - columns.begin())];
        if (position >= 0) return kit::Error{kit::Errc::invalid, "csv_header_twice", {{found->names[0], "csv_header_twice"}}};
        position = static_cast<int>(i);
    }
    std::vector<kit::FieldError> missing;
    for (std::size_t c = 0; c < columns.size(); ++c)
        if (columns[c].required && positions[c] < 0) missing.push_back({columns[c].names[0], "csv_header_missing"});
    if (!missing.empty()) return kit::Error{kit::Errc::invalid, "csv_header_missing", std::move(missing)};
    return positions;
}

std::string csv_field(std::string_view value) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(value);
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"') out.push_back('"');
        out.push_back(c);
    }
    return out + '"';
}

std::string defuse_formula(std::string_view text) {
    constexpr std::string_view blanks[] = {" ", "\u00a0", "\u3000", "\ufeff"};
    constexpr std::string_view leads[] = {"=", "+", "-", "@", "|", "%", "\t", "\r", "\n", {"\0", 1},
                                          "＝", "＋", "－", "＠", "｜", "％"};
    const auto begins_with = [](std::string_view rest) { return [rest](std::string_view lead) { return rest.starts_with(lead); }; };
    if (is_phone(text)) return std::string(text);
    auto rest = text;
    for (;;) {
        const auto* blank = std::find_if(std::begin(blanks), std::end(blanks), begins_with(rest));
        if (blank == std::end(blanks)) break;
        rest.remove_prefix(blank->size());
    }
    const bool is_formula = std::any_of(std::begin(leads), std::end(leads), begins_with(rest));
    std::string safe(is_formula ? 1 : 0, '\'');
    safe += text;
    return safe;
}

}  // namespace chayan::domain
