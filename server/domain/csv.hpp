// SPDX-License-Identifier: Apache-2.0
// CSV in and out (RFC 4180; a BOM, any line ends, quotes). A bad row is told with its line and never breaks the others.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/result.hpp"

namespace chayan::domain {

struct CsvRow {
    std::uint64_t line = 0;             ///< physical line where it begins; the header is 1
    std::vector<std::string> fields;
    std::string_view raw;               ///< as it came, without its line end
    const char* fault = nullptr;        ///< "csv_quote", "csv_characters", "csv_field_long", "csv_columns"; null: none
};

/// Reads rows one after another; blank lines are passed over. The text must outlive it.
class CsvReader {
public:
    explicit CsvReader(std::string_view text);
    /// Nothing at the end. A row's fields keep quotes resolved.
    std::optional<CsvRow> next();

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::uint64_t line_ = 1;
};

/// UTF-16 or an encoding such as GBK instead of UTF-8: error csv_not_utf8.
kit::Status check_encoding(std::string_view text);

/// A column that an import takes: all names it may have, the first is ours.
struct CsvColumn {
    std::vector<std::string> names;
    bool required = false;
};
/// For each column its position in `header`; -1: not there. Errors: csv_header_twice, csv_header_missing, with the column's
/// name as pointer (ours; never the file's text).
kit::Result<std::vector<int>> find_columns(const std::vector<std::string>& header, const std::vector<CsvColumn>& columns);

/// One field, quoted when it must be.
std::string csv_field(std::string_view value);

/// For what a person opens in a spreadsheet (SECURITY T14): text that would be run as a formula gets an apostrophe in front.
/// That is text which, after any white space, begins with = + - @ | %, their full-width forms, TAB, CR, LF or NUL.
/// Everything else stays as it is: Chinese, leading zeros, and a phone with its + (8 to 15 digits and nothing else, or with one run of stars).
std::string defuse_formula(std::string_view text);

}  // namespace chayan::domain
