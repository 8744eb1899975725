// SPDX-License-Identifier: Apache-2.0
#include "service/table_rows.hpp"

#include <algorithm>

namespace chayan::service {

const Cell* NamedRow::cell(std::string_view name) const {
    const auto found = std::find_if(part_.columns.begin(), part_.columns.end(), [&](const Column& column) { return column.name == name; });
    return found == part_.columns.end() ? nullptr : &row_[static_cast<std::size_t>(found - part_.columns.begin())];
}

std::string NamedRow::text(std::string_view name) const {
    const auto* held = cell(name);
    const auto* text = held == nullptr ? nullptr : held->get_if<std::string>();
    return text == nullptr ? std::string() : *text;
}

bool NamedRow::flag(std::string_view name) const {
    const auto* held = cell(name);
    const auto* flag = held == nullptr ? nullptr : held->get_if<bool>();
    return flag != nullptr && *flag;
}

domain::Instant NamedRow::moment(std::string_view name) const {
    const auto* held = cell(name);
    const auto* at = held == nullptr ? nullptr : held->get_if<domain::Instant>();
    return at == nullptr ? domain::Instant{} : *at;
}

void for_each_named_row(const AnswerTable& table, std::string_view part, const std::function<void(const NamedRow&)>& take) {
    const auto* found = table.find_part(part);
    if (found == nullptr) return;
    (void)for_each_row(*found, [] { return true; }, [&](const Row& row) -> kit::Status {
        take(NamedRow(*found, row));
        return kit::Done{};
    });
}

std::string NamedCellsReader::text(std::string_view name) const {
    const auto found = std::find_if(cells_.begin(), cells_.end(), [&](const auto& cell) { return cell.first == name; });
    const auto* text = found == cells_.end() ? nullptr : found->second.template get_if<std::string>();
    return text == nullptr ? std::string() : *text;
}

}  // namespace chayan::service
