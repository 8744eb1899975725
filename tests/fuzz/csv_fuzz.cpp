// SPDX-License-Identifier: Apache-2.0
// A table of any bytes: rows never overlap and go forward, a row without a fault is written and read back the same, and what
// is exported begins no formula.
#include <cstdint>
#include <string>
#include <string_view>

#include "domain/csv.hpp"
#include "domain/division.hpp"
#include "kit/check.hpp"

using namespace chayan::domain;

namespace {

void check_row(const CsvRow& row) {
    std::string line;
    for (const auto& field : row.fields) {
        if (&field != row.fields.data()) line += ',';
        line += csv_field(field);
        const auto defused = defuse_formula(field);
        CHECK(defuse_formula(defused) == defused && defused.ends_with(field));
    }
    CsvReader reader(line);
    const auto again = reader.next();
    if (line.empty() || line.starts_with("\xEF\xBB\xBF")) return;  // one empty field is a blank line; a mark in front is none of it
    CHECK(again && again->fault == nullptr && again->fields == row.fields && !reader.next());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t count) {
    const std::string_view text(reinterpret_cast<const char*>(data), count);
    (void)check_encoding(text).operator bool();
    CsvReader reader(text);
    const char* end = text.data();
    std::uint64_t line = 0;
    while (const auto row = reader.next()) {
        CHECK(row->line > line && row->raw.data() >= end && row->raw.data() + row->raw.size() <= text.data() + text.size());
        line = row->line;
        end = row->raw.data() + row->raw.size();
        if (row->fault == nullptr) check_row(*row);
    }
    if (const auto code = parse_division_code(text)) CHECK(std::string_view(DivisionText(*code)) == text && is_within(*code, *code));
    return 0;
}
