// SPDX-License-Identifier: Apache-2.0
// Tables in and out: UTF-8 with or without a mark, or GB18030 (GBK, GB2312) as Excel in China saves it; RFC 4180, any line ends. A bad row is
// told with its line and never breaks the others. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qrgen/sentence.hpp"

namespace chayan::qrgen {

enum class Encoding : unsigned char { utf8, gb18030 };

struct TableText {
    std::string text;   ///< UTF-8 without a mark; bytes that nothing reads stay as they are and spoil their row alone
    Encoding encoding = Encoding::utf8;
};

/// Which of the two a file is, by what most of its lines outside ASCII are; in UTF-8 in any case. An error: UTF-16, or bytes of neither.
Outcome<TableText> decode_table(std::string bytes);

bool is_utf8(std::string_view text);

struct CsvRow {
    std::size_t line = 0;   ///< where it begins; the header is 1
    std::vector<std::string> fields;
    std::string_view raw;   ///< as it came, without its line end
    std::optional<Sentence> fault;
};

/// Reads rows one after another; blank lines are passed over. The text must outlive it.
class CsvReader {
public:
    explicit CsvReader(std::string_view text) : text_(text) {}
    /// Nothing at the end.
    std::optional<CsvRow> next();

private:
    void skip_blank_lines();
    std::optional<Sentence> read_fields(std::vector<std::string>& fields);

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

/// One field, quoted when it must be.
std::string csv_field(std::string_view value);

/// csv_field for what a person opens in a spreadsheet: what it would run as a formula gets an apostrophe in front.
std::string sheet_field(std::string_view value);

}  // namespace chayan::qrgen
