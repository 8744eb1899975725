// SPDX-License-Identifier: Apache-2.0
#include "service/form_writer.hpp"

#include <algorithm>
#include <map>

#include "kit/check.hpp"
#include "service/answer_table.hpp"
#include "service/form_xml.hpp"
#include "service/form_zip.hpp"
#include "service/xlsx_text.hpp"

namespace chayan::service {
namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
constexpr std::string_view main_namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
constexpr std::string_view relation_types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
constexpr std::string_view sheet_types = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
constexpr std::string_view no_styles =
    R"(<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>)"
    R"(<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>)"
    R"(<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>)"
    R"(<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>)"
    R"(<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs></styleSheet>)";
constexpr std::string_view cover_name = "填写说明 Cover";

/// The form's cell styles, and for each that is asked for one that looks the same and is text: who types into such a cell, or confirms what stands there, gets
/// no number and no formula of it.
class Styles {
public:
    explicit Styles(const std::string& given) {
        const auto& text = given.empty() ? std::string(no_styles) : given;
        CHECK(document_.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8));   // we wrote it
        formats_ = document_.document_element().child("cellXfs");
        for ([[maybe_unused]] const auto& one : formats_.children("xf")) ++count_;
    }
    unsigned text_style(unsigned of) {
        const auto known = texts_.find(of);
        if (known != texts_.end()) return known->second;
        auto original = formats_.first_child();
        for (unsigned i = 0; i < of && original.next_sibling(); ++i) original = original.next_sibling();
        auto copy = formats_.append_copy(original);
        set(copy, "numFmtId", "49");   // "@"
        set(copy, "applyNumberFormat", "1");
        set(formats_, "count", std::to_string(++count_).c_str());
        return texts_[of] = count_ - 1;
    }
    std::string xml() const { return std::string(declaration) + xml_of(document_); }

private:
    static void set(pugi::xml_node node, const char* name, const char* value) {
        auto attribute = node.attribute(name);
        if (!attribute) attribute = node.append_attribute(name);
        attribute.set_value(value);
    }
    pugi::xml_document document_;
    pugi::xml_node formats_;
    unsigned count_ = 0;
    std::map<unsigned, unsigned> texts_;
};

std::string text_cell(std::string_view value) { return " t=\"inlineStr\"><is><t xml:space=\"preserve\">" + xml_text(value) + "</t></is></c>"; }

/// Numbers keep the form's look; everything else is text. `styles` null: cells are blank, and look as they did.
class LineWriter {
public:
    LineWriter(const BlankForm& form, Styles* styles) : form_(form), styles_(styles), place_of_(form.line_styles.size(), no_place) {
        for (std::size_t i = 0; i < form.columns.size(); ++i)
            if (form.columns[i].index < place_of_.size()) place_of_[form.columns[i].index] = i;
    }
    kit::Status add(std::string& xml, unsigned row, const FormLine& line) const {
        const auto number = std::to_string(row);
        xml += "<row r=\"" + number + '"' + form_.line + '>';
        for (unsigned column = 0; column < form_.line_styles.size(); ++column) {
            const auto* value = place_of_[column] < line.size() ? &line[place_of_[column]] : nullptr;
            const bool is_text = styles_ != nullptr && place_of_[column] != no_place && form_.columns[place_of_[column]].field && (value == nullptr || !value->is_number);
            const auto style = is_text ? styles_->text_style(form_.line_styles[column]) : form_.line_styles[column];
            xml += "<c r=\"" + column_letters(column) + number + "\" s=\"" + std::to_string(style) + '"';
            if (value == nullptr || value->text.empty()) xml += "/>";
            else if (value->is_number) xml += "><v>" + value->text + "</v></c>";
            else {
                const auto safe = cell_text(value->text);
                if (utf16_units(safe) > cell_units_max) return kit::Error{kit::Errc::invalid, "cell_too_long"};
                xml += text_cell(safe);
            }
        }
        xml += "</row>";
        return kit::Done{};
    }

private:
    static constexpr std::size_t no_place = ~std::size_t{0};
    const BlankForm& form_;
    Styles* styles_;
    std::vector<std::size_t> place_of_;   // of a column among the form's
};

std::string merged_cells(const BlankForm& form, unsigned first, std::size_t lines) {
    const auto count = form.merges.size() + form.line_merges.size() * lines;
    if (count == 0) return {};
    std::string xml = "<mergeCells count=\"" + std::to_string(count) + "\">";
    for (const auto& area : form.merges) xml += "<mergeCell ref=\"" + area + "\"/>";
    for (std::size_t i = 0; i < lines && !form.line_merges.empty(); ++i) {
        const auto row = std::to_string(first + i);
        for (const auto& [from, to] : form.line_merges) xml += "<mergeCell ref=\"" + column_letters(from) + row + ':' + column_letters(to) + row + "\"/>";
    }
    return xml + "</mergeCells>";
}

std::string cover_sheet(const FormCover& cover) {
    std::string xml = std::string(declaration) + "<worksheet xmlns=\"" + std::string(main_namespace) +
                      "\"><cols><col min=\"1\" max=\"1\" width=\"30\" customWidth=\"1\"/><col min=\"2\" max=\"2\" width=\"80\" customWidth=\"1\"/></cols><sheetData>";
    unsigned row = 0;
    for (const auto& line : cover.lines) {
        const auto number = std::to_string(++row);
        xml += "<row r=\"" + number + "\">";
        for (unsigned column = 0; column < line.size(); ++column) xml += "<c r=\"" + column_letters(column) + number + '"' + text_cell(cell_text(line[column]));
        xml += "</row>";
    }
    return xml + "</sheetData></worksheet>";
}

std::string workbook_of(const BlankForm& form, std::size_t last_row, bool has_cover) {
    const auto sheet = xml_text(form.sheet);
    const auto cover = form.sheet == cover_name ? std::string(cover_name) + " 2" : std::string(cover_name);
    std::string xml = std::string(declaration) + "<workbook xmlns=\"" + std::string(main_namespace) + "\" xmlns:r=\"" + std::string(relation_types) + "\"><sheets><sheet name=\"" + sheet +
                      "\" sheetId=\"1\" r:id=\"rId1\"/>";
    if (has_cover) xml += "<sheet name=\"" + cover + "\" sheetId=\"2\" r:id=\"rId2\"/>";
    xml += "</sheets>";
    std::string names;
    if (form.print_columns)
        names += "<definedName name=\"_xlnm.Print_Area\" localSheetId=\"0\">'" + sheet + "'!$" + column_letters(form.print_columns->first) + "$1:$" +
                 column_letters(form.print_columns->second) + '$' + std::to_string(last_row) + "</definedName>";
    if (form.print_titles)
        names += "<definedName name=\"_xlnm.Print_Titles\" localSheetId=\"0\">'" + sheet + "'!$" + std::to_string(form.print_titles->first) + ":$" +
                 std::to_string(form.print_titles->second) + "</definedName>";
    if (!names.empty()) xml += "<definedNames>" + names + "</definedNames>";
    return xml + "</workbook>";
}

std::string relations(const std::vector<std::array<std::string_view, 2>>& targets) {   // type and target, rId1 first
    std::string xml = std::string(declaration) + "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
    for (std::size_t i = 0; i < targets.size(); ++i)
        xml += "<Relationship Id=\"rId" + std::to_string(i + 1) + "\" Type=\"" + std::string(relation_types) + '/' + std::string(targets[i][0]) + "\" Target=\"" +
               std::string(targets[i][1]) + "\"/>";
    return xml + "</Relationships>";
}

std::string content_types(bool has_theme, bool has_cover) {
    std::string xml = std::string(declaration) + "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                      "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>";
    const auto add = [&](std::string_view part, std::string_view type) { xml += "<Override PartName=\"/" + std::string(part) + "\" ContentType=\"" + std::string(type) + "+xml\"/>"; };
    add("xl/workbook.xml", std::string(sheet_types) + "sheet.main");
    add("xl/worksheets/sheet1.xml", std::string(sheet_types) + "worksheet");
    if (has_cover) add("xl/worksheets/sheet2.xml", std::string(sheet_types) + "worksheet");
    add("xl/styles.xml", std::string(sheet_types) + "styles");
    if (has_theme) add("xl/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme");
    return xml + "</Types>";
}

std::string package(const BlankForm& form, std::string sheet, const Styles& styles, std::size_t last_row, const FormCover* cover, domain::Instant at) {
    std::vector<std::array<std::string_view, 2>> parts{{"worksheet", "worksheets/sheet1.xml"}};
    if (cover != nullptr) parts.push_back({"worksheet", "worksheets/sheet2.xml"});
    parts.push_back({"styles", "styles.xml"});
    if (!form.theme.empty()) parts.push_back({"theme", "theme/theme1.xml"});
    std::vector<ZipEntry> entries{{"[Content_Types].xml", content_types(!form.theme.empty(), cover != nullptr)},
                                  {"_rels/.rels", relations({{"officeDocument", "xl/workbook.xml"}})},
                                  {"xl/workbook.xml", workbook_of(form, last_row, cover != nullptr)},
                                  {"xl/_rels/workbook.xml.rels", relations(parts)},
                                  {"xl/styles.xml", styles.xml()},
                                  {"xl/worksheets/sheet1.xml", std::move(sheet)}};
    if (cover != nullptr) entries.push_back({"xl/worksheets/sheet2.xml", cover_sheet(*cover)});
    if (!form.theme.empty()) entries.push_back({"xl/theme/theme1.xml", std::string(declaration) + form.theme});
    return zip_of(entries, at);
}

/// In a footer '&' begins a command.
std::string footer_of(const BlankForm& form, const FormCover& cover) {
    if (cover.footer.empty() || form.end.find("<headerFooter") != std::string::npos) return {};
    std::string text;
    for (const char c : printable(cover.footer)) text += c == '&' ? std::string("&&") : std::string(1, c);
    return "<headerFooter><oddFooter>&amp;L" + xml_text(text) + "&amp;R&amp;P / &amp;N</oddFooter></headerFooter>";
}

}  // namespace

std::string blank_file(const BlankForm& form, domain::Instant at) {
    const Styles styles(form.styles);
    const LineWriter writer(form, nullptr);
    auto xml = std::string(declaration) + form.begin + "<sheetData>" + form.rows;
    for (unsigned i = 0; i < form.lines; ++i) CHECK(writer.add(xml, form.header_row + 1 + i, {}));
    xml += "</sheetData>" + merged_cells(form, form.header_row + 1, 1) + form.end + "</worksheet>";
    return package(form, std::move(xml), styles, form.header_row + form.lines, nullptr, at);
}

kit::Result<std::string> filled_file(const BlankForm& form, const std::vector<FormLine>& lines, const FormCover& cover, domain::Instant at) {
    Styles styles(form.styles);
    const LineWriter writer(form, &styles);
    const auto first = form.header_row + 1;
    const auto count = std::max<std::size_t>(form.lines, lines.size());
    auto xml = std::string(declaration) + form.begin + "<sheetData>" + form.rows;
    for (std::size_t i = 0; i < count; ++i) {
        auto status = writer.add(xml, static_cast<unsigned>(first + i), i < lines.size() ? lines[i] : FormLine{});
        if (!status) return status.error();
    }
    xml += "</sheetData>" + merged_cells(form, first, count) + form.end + footer_of(form, cover) + "</worksheet>";
    return package(form, std::move(xml), styles, form.header_row + count, &cover, at);
}

BlankForm plain_form(const std::string& sheet, std::vector<FormColumn> columns, domain::FormDialect dialect) {
    BlankForm form;
    form.sheet = sheet;
    form.header_row = 1;
    form.dialect = dialect;
    form.begin = "<worksheet xmlns=\"" + std::string(main_namespace) + "\"><cols><col min=\"1\" max=\"" + std::to_string(columns.size()) + "\" width=\"22\" customWidth=\"1\"/></cols>";
    form.rows = "<row r=\"1\">";
    for (const auto& column : columns) form.rows += "<c r=\"" + column_letters(column.index) + '1' + '"' + text_cell(cell_text(column.header));
    form.rows += "</row>";
    form.line_styles.resize(columns.empty() ? 0 : columns.back().index + 1);
    form.columns = std::move(columns);
    return form;
}

}  // namespace chayan::service
