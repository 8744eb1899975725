// SPDX-License-Identifier: Apache-2.0
#include "service/form_grid.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using domain::FormDialect;
using kit::Errc;
using kit::Error;

constexpr unsigned rows_max = 1'048'576;   // of a sheet
constexpr unsigned columns_max = 16'384;
constexpr std::size_t merged_max = 1'000;  // about a header; each header is held against them

Error malformed() { return {Errc::invalid, "form_malformed"}; }

bool is_number_text(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
}

/// "B3": column and row; nothing for anything else.
std::optional<std::pair<unsigned, unsigned>> place_of(std::string_view text) {
    const auto letters = text.substr(0, std::min(text.find_first_of("0123456789"), text.size()));
    const auto digits = text.substr(letters.size());
    const auto column = column_of(letters);
    unsigned row = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), row);
    const bool is_place = column && error == std::errc{} && end == digits.data() + digits.size() && row >= 1 && row <= rows_max;
    return is_place ? std::optional(std::pair(*column, row)) : std::nullopt;
}

/// False when it can't be read.
bool read_text(const pugi::xml_node& node, const std::vector<std::string>& strings, GridCell& cell) {
    const std::string_view type = node.attribute("t").as_string("n");
    const std::string_view value = child_of(node, "v").child_value();
    if (type == "inlineStr") cell.text = text_of_item(child_of(node, "is"));
    else if (type == "b") cell.text = value == "1" ? "TRUE" : "FALSE";
    else if (type == "str" || type == "d") cell.text = value;
    else if (type == "n" && !value.empty()) {
        cell.is_number = is_number_text(value);
        cell.text = value;
    } else if (type == "s") {
        std::size_t index = strings.size();
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), index);
        if (error != std::errc{} || end != value.data() + value.size() || index >= strings.size()) return false;
        if (strings[index].size() <= kit::form_cell_bytes_max) cell.text = strings[index];
        else cell.text.assign(kit::form_cell_bytes_max + 1, ' ');   // too long, which is told below
    }
    return true;
}

/// `text_bytes`: of all cells so far. A shared string may stand in every cell: what a small file unpacks to is bounded here.
kit::Status read_cells(GridRow& row, const FormPackage& package, std::size_t& text_bytes) {
    unsigned next = 0;
    for (const auto& node : row.node.children()) {
        if (local_name(node) != "c") continue;
        GridCell cell;
        cell.column = next;
        if (const std::string_view ref = node.attribute("r").value(); !ref.empty()) {
            const auto place = place_of(ref);
            if (!place || place->second != row.number) return malformed();
            cell.column = place->first;
        }
        if (cell.column < next || cell.column >= columns_max) return malformed();
        next = cell.column + 1;
        cell.style = number_of(node, "s", package.style_count() - 1).value_or(0);
        if (!read_text(node, package.strings(), cell)) return malformed();
        text_bytes += cell.text.size();
        if (cell.text.size() > kit::form_cell_bytes_max || text_bytes > kit::form_text_bytes_max) return Error{Errc::invalid, "form_too_large"};
        const bool is_beyond = cell.column >= kit::form_columns_max;
        if (is_beyond && !cell.text.empty() && row.number <= kit::form_header_row_max) return Error{Errc::invalid, "form_too_large"};
        if (!is_beyond) row.cells.push_back(std::move(cell));
    }
    return kit::Done{};
}

/// What stands over a column in the row above: its own cell, or the merged one that covers it.
std::string text_above(const FormGrid& grid, unsigned row, unsigned column) {
    if (row <= 1) return {};
    const auto* area = grid.area_of(row - 1, column);
    return area == nullptr ? grid.text(row - 1, column) : grid.text(area->first_row, area->first_column);
}

/// The header of a column in this row, or empty.
std::string header_at(const FormGrid& grid, unsigned row, unsigned column) {
    const auto* area = grid.area_of(row, column);
    if (area != nullptr && area->first_column != column) return {};   // its first column has it
    if (area != nullptr && area->first_row < row) return grid.text(area->first_row, column);
    auto own = grid.text(row, column);
    if (own.empty() || domain::find_header(own)) return own;
    auto both = text_above(grid, row, column) + own;
    return domain::find_header(both) ? both : own;
}

FormHeader header_in(const FormGrid& grid, unsigned row) {
    FormHeader header;
    header.row = row;
    std::set<domain::FormField> named;
    std::map<FormDialect, std::size_t> dialects;
    for (unsigned column = 0; column < kit::form_columns_max; ++column) {
        FormColumn one{column, header_at(grid, row, column), std::nullopt};
        if (one.header.empty()) continue;
        const auto meaning = domain::find_header(one.header);
        if (meaning && named.insert(meaning->field).second) {   // a second one of a field is for a human to say
            one.field = meaning->field;
            ++dialects[meaning->dialect];
        }
        header.columns.push_back(std::move(one));
    }
    header.known = named.size();
    const auto most = std::max_element(dialects.begin(), dialects.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most != dialects.end()) header.dialect = most->first;
    return header;
}

}  // namespace

std::string column_letters(unsigned index) {
    std::string letters;
    for (unsigned rest = index + 1; rest > 0; rest = (rest - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
    return letters;
}

std::optional<unsigned> column_of(std::string_view letters) {
    unsigned number = 0;
    if (letters.empty() || letters.size() > 3) return std::nullopt;
    for (const char c : letters) {
        if (c < 'A' || c > 'Z') return std::nullopt;
        number = number * 26 + static_cast<unsigned>(c - 'A' + 1);
    }
    return number <= columns_max ? std::optional(number - 1) : std::nullopt;
}

std::optional<GridArea> area_of_text(std::string_view text) {
    const auto colon = text.find(':');
    const auto from = place_of(text.substr(0, colon));
    const auto to = colon == std::string_view::npos ? from : place_of(text.substr(colon + 1));
    if (!from || !to || from->first > to->first || from->second > to->second) return std::nullopt;
    return GridArea{from->second, to->second, from->first, to->first};
}

bool GridRow::has_text() const {
    return std::any_of(cells.begin(), cells.end(), [](const GridCell& cell) { return !cell.text.empty(); });
}

kit::Result<FormGrid> FormGrid::read(const pugi::xml_node& sheet, const FormPackage& package) {
    FormGrid grid;
    unsigned last = 0;
    std::size_t text_bytes = 0;
    for (const auto& node : child_of(sheet, "sheetData").children()) {
        if (local_name(node) != "row") continue;
        GridRow row;
        row.number = node.attribute("r") ? number_of(node, "r", rows_max).value_or(0) : last + 1;
        if (row.number <= last) return malformed();
        last = row.number;
        row.node = node;
        if (auto status = read_cells(row, package, text_bytes); !status) return status.error();
        grid.rows.push_back(std::move(row));
    }
    for (const auto& node : child_of(sheet, "mergeCells").children()) {
        const auto area = area_of_text(node.attribute("ref").value());
        if (!area) return malformed();
        if (area->first_row > kit::form_header_row_max + 1) continue;   // nobody looks at those of later lines
        if (grid.merged.size() == merged_max) return Error{Errc::invalid, "form_too_large"};
        grid.merged.push_back(*area);
    }
    return grid;
}

const GridRow* FormGrid::row(unsigned number) const {
    const auto found = std::lower_bound(rows.begin(), rows.end(), number, [](const GridRow& one, unsigned wanted) { return one.number < wanted; });
    return found == rows.end() || found->number != number ? nullptr : &*found;
}

std::string FormGrid::text(unsigned number, unsigned column) const {
    const auto* found = row(number);
    if (found == nullptr) return {};
    const auto cell = std::find_if(found->cells.begin(), found->cells.end(), [&](const GridCell& one) { return one.column == column; });
    return cell == found->cells.end() || cell->is_number ? std::string() : cell->text;
}

const GridArea* FormGrid::area_of(unsigned number, unsigned column) const {
    const auto found = std::find_if(merged.begin(), merged.end(), [&](const GridArea& area) {
        return area.first_row <= number && number <= area.last_row && area.first_column <= column && column <= area.last_column;
    });
    return found == merged.end() ? nullptr : &*found;
}

FormHeader find_form_header(const FormGrid& grid) {
    FormHeader best;
    for (const auto& row : grid.rows) {
        if (row.number > kit::form_header_row_max) break;
        auto header = header_in(grid, row.number);
        if (header.known > 0 && header.known >= best.known) best = std::move(header);
    }
    return best;
}

}  // namespace chayan::service
