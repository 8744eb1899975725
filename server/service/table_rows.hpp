// SPDX-License-Identifier: Apache-2.0
// Cells of an answer by the names of their columns, for those who put an answer into words. Values; a table is one thread's.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "service/answer_table.hpp"

namespace chayan::service {

/// One row of a part. What is not there is empty, false, or the moment 0.
class NamedRow {
public:
    NamedRow(const AnswerPart& part, const Row& row) : part_(part), row_(row) {}
    std::string text(std::string_view name) const;
    bool flag(std::string_view name) const;
    domain::Instant moment(std::string_view name) const;

private:
    const Cell* cell(std::string_view name) const;
    const AnswerPart& part_;
    const Row& row_;
};

/// Nothing when the answer has no such part.
void for_each_named_row(const AnswerTable& table, std::string_view part, const std::function<void(const NamedRow&)>& take);

/// Texts of a head.
class NamedCellsReader {
public:
    explicit NamedCellsReader(const NamedCells& cells) : cells_(cells) {}
    std::string text(std::string_view name) const;

private:
    const NamedCells& cells_;
};

}  // namespace chayan::service
