// SPDX-License-Identifier: Apache-2.0
// A table of people, sites or the like as somebody sent it: its header read, its rows by the columns that we know. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/csv.hpp"
#include "kit/result.hpp"

namespace chayan::service {

struct RejectedRow {
    std::uint64_t line;          ///< of the file, the header is 1
    std::string column;          ///< or empty
    const char* code;            ///< see words
    std::string raw;             ///< the row's text as it came, to be given back to whoever sent it
};

RejectedRow rejected(const domain::CsvRow& row, std::string column, const char* code);
/// By the first field that the error names.
RejectedRow rejected(const domain::CsvRow& row, const kit::Error& error);

using RowSource = std::function<std::optional<domain::CsvRow>()>;

class ImportTable {
public:
    /// Requires: both outlive it.
    ImportTable(std::string_view csv, const std::vector<domain::CsvColumn>& columns) : reader_(csv), columns_(columns) {}

    /// Reads the header, and hands it out as it came. Errors: csv_encoding, csv_empty, and those of the columns.
    kit::Status open(std::string_view csv, std::string& header);
    /// Also rows with another number of fields than the header: their fault says so.
    std::optional<domain::CsvRow> next();
    RowSource rows() {
        return [this] { return next(); };
    }
    bool has(std::size_t column) const { return positions_[column] >= 0; }
    /// What the row says in the columns we know, as one text.
    std::string known_values(const domain::CsvRow& row) const;
    /// Trimmed; empty when the column is not there.
    std::string value(const domain::CsvRow& row, std::size_t column) const;

private:
    domain::CsvReader reader_;
    const std::vector<domain::CsvColumn>& columns_;
    std::vector<int> positions_;
    std::size_t width_ = 0;
};

}  // namespace chayan::service
