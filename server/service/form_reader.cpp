// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "kit/limits.hpp"
#include "service/blank_form.hpp"
#include "service/form_grid.hpp"
#include "service/form_package.hpp"
#include "service/xlsx_text.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

constexpr std::size_t known_headers_min = 2;
constexpr std::string_view main_namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// Drops the attribute when it names a style that is not there.
void check_style(pugi::xml_node node, const char* attribute, unsigned style_count) {
    if (node.attribute(attribute) && !number_of(node, attribute, style_count - 1)) node.remove_attribute(attribute);
}

void copy_views(const pugi::xml_node& sheet, pugi::xml_node into) {
    const auto given = child_of(child_of(sheet, "sheetViews"), "sheetView");
    if (!given) return;
    auto view = copy_bare(given, into.append_child("sheetViews"), {"showGridLines", "showZeros", "rightToLeft", "view", "zoomScale", "zoomScaleNormal"});
    view.append_attribute("workbookViewId").set_value("0");
    copy_bare(child_of(given, "pane"), view, {"xSplit", "ySplit", "topLeftCell", "activePane", "state"});
}

/// Before the rows: `<worksheet>`, left open, and what belongs there.
std::string begin_of(const pugi::xml_node& sheet, unsigned style_count) {
    pugi::xml_document document;
    auto ours = document.append_child("worksheet");
    ours.append_attribute("xmlns").set_value(main_namespace.data());
    auto properties = ours.append_child("sheetPr");
    copy_bare(child_of(child_of(sheet, "sheetPr"), "tabColor"), properties, {"rgb", "theme", "indexed", "tint"});
    copy_bare(child_of(child_of(sheet, "sheetPr"), "pageSetUpPr"), properties, {"fitToPage", "autoPageBreaks"});
    copy_views(sheet, ours);
    copy_bare(child_of(sheet, "sheetFormatPr"), ours, {"baseColWidth", "defaultColWidth", "defaultRowHeight", "customHeight"});
    const auto given = child_of(sheet, "cols");
    if (child_of(given, "col")) {
        auto columns = ours.append_child("cols");
        for (const auto& one : given.children())
            check_style(copy_bare(one, columns, {"min", "max", "width", "style", "hidden", "customWidth"}), "style", style_count);
    }
    auto text = xml_of(ours);
    text.resize(text.size() - std::string_view("</worksheet>").size());
    return text;
}

/// After the merged cells; how pages are printed.
std::string end_of(const pugi::xml_node& sheet) {
    pugi::xml_document ours;
    copy_bare(child_of(sheet, "printOptions"), ours, {"horizontalCentered", "verticalCentered", "headings", "gridLines"});
    copy_bare(child_of(sheet, "pageMargins"), ours, {"left", "right", "top", "bottom", "header", "footer"});
    copy_bare(child_of(sheet, "pageSetup"), ours, {"paperSize", "scale", "fitToWidth", "fitToHeight", "orientation", "pageOrder", "firstPageNumber", "useFirstPageNumber"});
    copy_plain(child_of(sheet, "headerFooter"), ours);
    return xml_of(ours);
}

std::string attributes_of(const pugi::xml_node& row, unsigned style_count) {
    std::string text;
    for (const auto* name : {"ht", "customHeight", "hidden", "customFormat"})
        if (const std::string_view value = row.attribute(name).value(); !value.empty() && value.size() <= 20 && value.find_first_not_of("0123456789.truefals") == std::string_view::npos)
            text += std::string(" ") + name + "=\"" + std::string(value) + '"';
    if (const auto style = number_of(row, "s", style_count - 1)) text += " s=\"" + std::to_string(*style) + '"';
    return text;
}

void add_row(std::string& xml, const GridRow& row, unsigned style_count) {
    const auto number = std::to_string(row.number);
    xml += "<row r=\"" + number + '"' + attributes_of(row.node, style_count) + '>';
    for (const auto& cell : row.cells) {
        xml += "<c r=\"" + column_letters(cell.column) + number + "\" s=\"" + std::to_string(cell.style) + '"';
        if (cell.text.empty()) xml += "/>";
        else if (cell.is_number) xml += "><v>" + cell.text + "</v></c>";
        else xml += " t=\"inlineStr\"><is><t xml:space=\"preserve\">" + xml_text(text_of_file(cell.text)) + "</t></is></c>";
    }
    xml += "</row>";
}

/// What a cell of a line looks like where the line itself does not say.
std::vector<unsigned> column_styles(const pugi::xml_node& sheet, unsigned style_count) {
    std::vector<unsigned> styles(kit::form_columns_max, 0);
    for (const auto& one : child_of(sheet, "cols").children()) {
        const auto first = number_of(one, "min", 16'384), last = number_of(one, "max", 16'384), style = number_of(one, "style", style_count - 1);
        if (!first || !last || !style || *first == 0) continue;
        for (auto column = *first - 1; column < std::min(*last, kit::form_columns_max); ++column) styles[column] = *style;
    }
    return styles;
}

void read_line(BlankForm& form, const FormGrid& grid, const pugi::xml_node& sheet, unsigned style_count) {
    form.line_styles = column_styles(sheet, style_count);
    const auto number = form.header_row + 1;
    if (const auto* row = grid.row(number)) {
        form.line = attributes_of(row->node, style_count);
        if (const auto style = number_of(row->node, "s", style_count - 1)) std::fill(form.line_styles.begin(), form.line_styles.end(), *style);
        for (const auto& cell : row->cells) form.line_styles[cell.column] = cell.style;
    }
    const auto* header = grid.row(form.header_row);
    const auto width = std::max(form.columns.back().index, header == nullptr || header->cells.empty() ? 0 : header->cells.back().column) + 1;
    form.line_styles.resize(width);
    for (const auto& area : grid.merged)
        if (area.first_row == number && area.last_row == number && area.last_column < width) form.line_merges.emplace_back(area.first_column, area.last_column);
    std::sort(form.line_merges.begin(), form.line_merges.end());
    form.line_merges.erase(std::unique(form.line_merges.begin(), form.line_merges.end()), form.line_merges.end());
    const auto is_blank = [&](unsigned at) {
        const auto* row = grid.row(at);
        return row != nullptr && !row->cells.empty() && !row->has_text();
    };
    while (form.lines < kit::form_lines_max && is_blank(number + form.lines - 1) && is_blank(number + form.lines)) ++form.lines;
}

/// "'表 1'!$A$1:$N$30" without sheet and '$'.
std::string without_sheet(std::string_view piece) {
    std::string text(piece.substr(piece.rfind('!') + 1));   // npos + 1 is 0
    std::erase(text, '$');
    return text;
}

/// The rows of "'表 1'!$A:$B,'表 1'!$1:$4": 1 and 4.
std::optional<Span> titles_of(std::string_view defined) {
    while (!defined.empty()) {
        const auto piece = defined.substr(0, defined.find(','));
        const auto rows = without_sheet(piece);
        unsigned first = 0, last = 0;
        const auto* end = rows.data() + rows.size();
        const auto from = std::from_chars(rows.data(), end, first);
        if (from.ec == std::errc{} && from.ptr != end && *from.ptr == ':') {
            const auto to = std::from_chars(from.ptr + 1, end, last);
            if (to.ec == std::errc{} && to.ptr == end && first >= 1 && first <= last && last <= kit::form_header_row_max) return Span{first, last};
        }
        defined.remove_prefix(std::min(defined.size(), piece.size() + 1));
    }
    return std::nullopt;
}

std::optional<Span> columns_of_area(std::string_view defined) {
    const auto area = area_of_text(without_sheet(defined));
    return area ? std::optional(Span{area->first_column, area->last_column}) : std::nullopt;
}

/// A sheet's name as any program takes it.
std::string sheet_name(std::string_view given) {
    auto name = text_of_file(given);
    std::erase_if(name, [](char c) { return std::string_view("[]:*?/\\\n'").find(c) != std::string_view::npos; });
    return name.empty() || utf16_units(name) > 31 ? "Sheet1" : name;
}

std::string title_of(const FormGrid& grid, unsigned header_row) {
    for (const auto& row : grid.rows) {
        if (row.number >= header_row) break;
        for (const auto& cell : row.cells)
            if (!cell.text.empty() && !cell.is_number && cell.text.size() <= kit::form_header_bytes_max) return text_of_file(cell.text);
    }
    return {};
}

BlankForm form_of(const FormPackage& package, const PackageSheet& of, const pugi::xml_node& sheet, const FormGrid& grid, FormHeader header) {
    const auto style_count = package.style_count();
    BlankForm form;
    form.sheet = sheet_name(of.name);
    form.title = title_of(grid, header.row);
    form.header_row = header.row;
    form.columns = std::move(header.columns);
    for (auto& column : form.columns) column.header = text_of_file(column.header);
    form.dialect = header.dialect;
    form.styles = package.styles();
    form.theme = package.theme();
    form.begin = begin_of(sheet, style_count);
    form.end = end_of(sheet);
    for (const auto& row : grid.rows) {
        if (row.number <= form.header_row) add_row(form.rows, row, style_count);
        else if (row.has_text()) ++form.rows_left_out;
    }
    for (const auto& area : grid.merged)
        if (area.last_row <= form.header_row)
            form.merges.push_back(column_letters(area.first_column) + std::to_string(area.first_row) + ':' + column_letters(area.last_column) + std::to_string(area.last_row));
    read_line(form, grid, sheet, style_count);
    form.print_titles = titles_of(of.print_titles);
    form.print_columns = columns_of_area(of.print_area);
    form.sheets_left_out = package.sheet_count() - 1;
    return form;
}

}  // namespace

kit::Result<BlankForm> read_form(std::string_view xlsx) {
    const auto package = FormPackage::open(xlsx);
    if (!package) return package.error();
    std::optional<BlankForm> best;
    std::size_t known = known_headers_min - 1;
    for (const auto& one : package->sheets()) {
        const auto document = package->sheet(one);
        if (!document) return document.error();
        const auto sheet = (*document)->document_element();
        const auto grid = FormGrid::read(sheet, *package);
        if (!grid) return grid.error();
        auto header = find_form_header(*grid);
        if (header.known <= known) continue;
        known = header.known;
        best = form_of(*package, one, sheet, *grid, std::move(header));
    }
    if (!best) return Error{Errc::invalid, "form_header_unknown"};
    return *std::move(best);
}

}  // namespace chayan::service
