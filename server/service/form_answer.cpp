// SPDX-License-Identifier: Apache-2.0
#include "service/form_answer.hpp"

#include <algorithm>
#include <map>

#include "domain/csv.hpp"
#include "kit/limits.hpp"
#include "service/form_zip.hpp"

namespace chayan::service {
namespace {

using domain::FormDialect;
using domain::FormField;
using kit::Errc;
using kit::Error;

constexpr const char* workbook_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The rows of one file, in the answer's order.
struct Share {
    std::string title;               ///< the township's name, or empty
    std::vector<FormLine> lines;
};

std::string key_of(domain::DivisionCode code) { return code.digits == 0 ? "~" : std::string(domain::DivisionText(code)); }   // who has none comes last

kit::Result<std::map<std::string, Share>> shares_of(const FormOrder& order, const AnswerTable& table, const FormSource& source, const Wanted& wanted) {
    std::map<std::string, Share> shares;
    if (!order.by_township) shares[""];   // also without a row there is a form
    std::vector<bool> is_filled;
    for (const auto& column : order.form.columns) is_filled.push_back(!source.gap(column.field));
    const auto status = for_each_row(table.parts.front(), wanted, [&](const Row& row) -> kit::Status {
        const auto township = order.by_township ? source.township_of(row) : domain::DivisionCode{};
        auto& share = shares[order.by_township ? key_of(township) : std::string()];
        if (order.by_township && share.lines.empty()) share.title = source.name_of(township);
        FormLine line;
        for (std::size_t i = 0; i < is_filled.size(); ++i)
            line.push_back(is_filled[i] ? source.value(*order.form.columns[i].field, order.form.dialect, row, share.lines.size()) : FormValue{});
        share.lines.push_back(std::move(line));
        return kit::Done{};
    });
    if (!status) return status.error();
    return shares;
}

std::string title_of(const FormColumn& column) {
    std::string header = column.header;
    std::replace(header.begin(), header.end(), '\n', ' ');
    return column_letters(column.index) + " " + header;
}

std::string words_of(const Cell& cell) {
    if (const auto* text = cell.get_if<std::string>()) return *text;
    if (const auto* number = cell.get_if<std::int64_t>()) return std::to_string(*number);
    if (const auto* list = cell.get_if<std::vector<std::string>>()) return joined(*list);
    return {};
}

std::string gap_words(FormGap gap) {
    constexpr const char* words[] = {"未填：不认识这一列 header not known", "未填：本次未申请这项信息 field not asked for", "未填：扫码记录里没有 not in the data"};
    return words[static_cast<std::size_t>(gap)];
}

FormCover cover_of(const FormOrder& order, const AnswerTable& table, const FormSource& source, const Imprint& imprint, const Share& share, const std::string& unplaced) {
    FormCover cover;
    cover.footer = "个案 " + table.case_number + " 经手人 " + imprint.login + (table.is_masked ? " 已遮盖" : " 含个人信息，请妥善保管");
    auto& lines = cover.lines;
    lines = {{"填写说明 Cover sheet", "查验 Chayan"}, {"个案编号 Case", table.case_number}, {"个案名称 Title", imprint.case_title}, {"用途 Purpose", imprint.case_purpose},
             {"查询 Question", std::string(table.title) + " " + table.kind}};
    for (const auto& [name, cell] : table.parameters) lines.push_back({"查询条件 Parameter", name + " = " + words_of(cell)});
    lines.push_back({"个人信息 Personal data", table.is_masked ? "已遮盖 masked" : "未遮盖 UNMASKED"});
    lines.push_back({"是否完整 Complete", table.is_complete ? "完整 complete" : "不完整 INCOMPLETE"});
    lines.push_back({"经手人 Operator", imprint.login});
    lines.push_back({"时间 Time", domain::format_rfc3339(imprint.at)});
    if (order.by_township) lines.push_back({"乡镇 Township", share.title});
    lines.push_back({"行数 Rows", std::to_string(share.lines.size())});
    for (const auto& column : order.form.columns) {
        const auto gap = source.gap(column.field);
        lines.push_back({"列 Column " + title_of(column), gap ? gap_words(*gap) : "已填 filled: " + domain::word_of(*column.field)});
    }
    if (!unplaced.empty()) lines.push_back({"表中没有列的信息 No column for", unplaced});
    return cover;
}

/// Always in quotes: a reader that takes "quoted is text" keeps every digit.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : domain::defuse_formula(printable(text))) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

/// SORMAS' own shape: a row of entities, a row of properties, then people.
std::string csv_of(const BlankForm& form, const std::vector<FormLine>& lines) {
    const auto width = form.columns.back().index + 1;
    std::vector<const FormColumn*> by_index(width, nullptr);
    for (const auto& column : form.columns) by_index[column.index] = &column;
    std::string out;
    const auto add_row = [&](const auto& text_of) {
        for (unsigned i = 0; i < width; ++i) out += (i == 0 ? "" : ",") + (by_index[i] == nullptr ? std::string() : text_of(*by_index[i]));
        out += "\r\n";
    };
    add_row([](const FormColumn&) { return std::string("Contact"); });
    add_row([](const FormColumn& column) { return domain::csv_field(domain::defuse_formula(printable(column.header))); });
    for (const auto& line : lines)
        add_row([&](const FormColumn& column) { return quoted(line[static_cast<std::size_t>(&column - form.columns.data())].text); });
    return out;
}

/// Of a township's name only what every file system takes.
std::string file_name_of(const std::string& key, const Share& share, const char* ending) {
    std::string name = key == "~" ? share.title : key + '_' + printable(share.title);
    for (auto& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos) c = '_';
    return name + '.' + ending;
}

std::string unfilled_of(const BlankForm& form, const FormSource& source) {
    std::string text;
    for (const auto& column : form.columns)
        if (const auto gap = source.gap(column.field)) text += (text.empty() ? "" : ", ") + column_letters(column.index) + ";why=" + word_of(*gap);
    return text;
}

std::string unplaced_of(const FormOrder& order) {
    std::string text;
    for (unsigned i = 0; i < 8; ++i) {
        const auto word = words_of(Shown{static_cast<std::uint8_t>(order.how.bits & (1U << i))});
        const bool has_column = std::any_of(order.form.columns.begin(), order.form.columns.end(), [&](const FormColumn& column) {
            if (!column.field) return false;
            const auto& told = domain::form_field_rules()[static_cast<std::size_t>(*column.field)].person_field;
            return told == word || (told == "address" && word == "division");   // which begins with it
        });
        if (!word.empty() && !has_column) text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

}  // namespace

std::optional<BlankForm> built_in_form(const std::string& name) {
    if (name != "sormas" && name != "godata") return std::nullopt;
    const auto dialect = name == "sormas" ? FormDialect::sormas : FormDialect::godata;
    std::vector<FormColumn> columns;
    for (std::size_t i = 0; i < domain::form_fields_count; ++i) {
        const auto& rule = domain::form_field_rules()[i];
        for (const auto& header : dialect == FormDialect::sormas ? rule.sormas : rule.godata)
            columns.push_back({static_cast<unsigned>(columns.size()), header, static_cast<FormField>(i)});
    }
    return plain_form("Contacts", std::move(columns), dialect);
}

kit::Result<FormAnswer> fill_form(const FormOrder& order, const AnswerTable& table, const Imprint& imprint, const domain::TimeZone& zone, const Wanted& wanted) {
    if (table.parts.front().count > kit::form_rows_max) return Error{Errc::invalid, "export_too_long"};
    const FormGround ground{order.directory, zone, imprint.at, order.how};
    const FormSource source(table, ground);
    const auto shares = shares_of(order, table, source, wanted);
    if (!shares) return shares.error();
    const bool is_csv = order.form.dialect == FormDialect::sormas;
    FormAnswer answer{{}, is_csv ? "text/csv; charset=utf-8; header=present" : workbook_type, is_csv ? "csv" : "xlsx", table.parts.front().count,
                      unfilled_of(order.form, source), unplaced_of(order)};
    std::vector<ZipEntry> files;
    std::size_t bytes = 0;
    for (const auto& [key, share] : *shares) {
        auto file = is_csv ? csv_of(order.form, share.lines)
                           : filled_file(order.form, share.lines, cover_of(order, table, source, imprint, share, answer.unplaced), imprint.at);
        if (!file) return file.error();
        bytes += file->size();
        if (bytes > kit::form_answer_bytes_max || files.size() == kit::form_files_max) return Error{Errc::invalid, "export_too_long"};
        if (!wanted()) return Error{Errc::busy, "export_unwanted"};
        files.push_back({file_name_of(key, share, answer.ending), *std::move(file), !is_csv});
    }
    if (!order.by_township) {
        answer.bytes = std::move(files.front().bytes);
        return answer;
    }
    answer.bytes = zip_of(files, imprint.at);
    answer.media_type = "application/zip";
    answer.ending = "zip";
    return answer;
}

}  // namespace chayan::service
