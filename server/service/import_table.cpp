// SPDX-License-Identifier: Apache-2.0
#include "service/import_table.hpp"

#include <algorithm>

namespace chayan::service {

using domain::CsvRow;
using kit::Error;

RejectedRow rejected(const CsvRow& row, std::string column, const char* code) { return {row.line, std::move(column), code, std::string(row.raw)}; }

RejectedRow rejected(const CsvRow& row, const Error& error) {
    if (error.fields.empty()) return rejected(row, {}, error.code);
    auto column = error.fields[0].pointer;
    if (column.starts_with('/')) column.erase(0, 1);
    std::replace(column.begin(), column.end(), '/', '_');
    return rejected(row, std::move(column), error.fields[0].code);
}

kit::Status ImportTable::open(std::string_view csv, std::string& header) {
    if (auto status = domain::check_encoding(csv); !status) return status;
    const auto first = reader_.next();
    if (!first) return Error{kit::Errc::invalid, "csv_empty"};
    auto positions = domain::find_columns(first->fields, columns_);
    if (!positions) return positions.error();
    positions_ = *std::move(positions);
    width_ = first->fields.size();
    header = std::string(first->raw);
    return kit::Done{};
}

std::optional<CsvRow> ImportTable::next() {
    auto row = reader_.next();
    if (row && row->fault == nullptr && row->fields.size() != width_) row->fault = "csv_columns";
    return row;
}

std::string ImportTable::known_values(const CsvRow& row) const {
    std::string all;
    for (std::size_t column = 0; column < columns_.size(); ++column) all += value(row, column) + '\n';
    return all;
}

std::string ImportTable::value(const CsvRow& row, std::size_t column) const {
    const int position = positions_[column];
    if (position < 0) return {};
    const auto& text = row.fields[static_cast<std::size_t>(position)];
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string::npos ? std::string{} : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace chayan::service
