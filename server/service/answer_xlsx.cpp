// SPDX-License-Identifier: Apache-2.0
#include "service/answer_xlsx.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <stdexcept>

#include "service/crypto.hpp"
#include "service/xlsx_scratch.hpp"
#include "service/xlsx_text.hpp"

namespace chayan::service {
namespace {

constexpr std::uint64_t cell_bytes = 80;              // of a sheet's XML; 68 were measured
constexpr std::uint64_t workbook_bytes = 1024 * 1024; // styles, cover and the like

std::string local_text(const domain::TimeZone& zone, domain::Instant at) {
    const auto second = zone.local_second(at);
    char clock[16];
    std::snprintf(clock, sizeof clock, " %02d:%02d:%02d", second / 3600 % 24, second / 60 % 60, second % 60);
    return domain::format_date(zone.local_day(at)) + clock;
}

/// In a header or footer '&' begins a command.
std::string in_header(std::string_view text) {
    std::string out;
    for (const char c : printable(text)) out += c == '&' ? std::string("&&") : std::string(1, c);
    return out;
}

std::string as_text(const Cell& cell) {
    if (const auto* text = cell.get_if<std::string>()) return *text;
    if (const auto* number = cell.get_if<std::int64_t>()) return std::to_string(*number);
    if (const auto* share = cell.get_if<double>()) return rounded(*share);
    if (const auto* flag = cell.get_if<bool>()) return *flag ? "true" : "false";
    if (const auto* at = cell.get_if<domain::Instant>()) return domain::format_rfc3339(*at);
    if (const auto* texts = cell.get_if<std::vector<std::string>>()) return joined(*texts);
    std::vector<std::string> list;
    if (const auto* numbers = cell.get_if<std::vector<std::int64_t>>())
        for (const auto number : *numbers) list.push_back(std::to_string(number));
    return joined(list);
}

kit::Result<std::string> checksum(const AnswerPart& part, const Wanted& wanted) {
    crypto::Sha256 hash;
    const auto status = write_ndjson(part, wanted, [&](std::string_view bytes) -> kit::Status {
        hash.add(bytes);
        return kit::Done{};
    });
    if (!status) return status.error();
    std::string hex;
    for (const auto byte : hash.finish()) {
        char two[3];
        std::snprintf(two, sizeof two, "%02x", byte);
        hex += two;
    }
    return hex;
}

void must(lxw_error error) {
    if (error != LXW_NO_ERROR) throw std::runtime_error("a workbook can't be written");   // its words may quote a path
}

class Book {
public:
    Book(const XlsxSettings& settings, const std::string& path, const std::string& header, const std::string& footer, domain::Instant at)
        : settings_(settings), scratch_(settings.scratch), header_(header), footer_(footer) {
        lxw_workbook_options options{};
        options.constant_memory = 1;
        options.tmpdir = scratch_.data();
        book_ = workbook_new_opt(path.c_str(), &options);
        if (book_ == nullptr) throw std::runtime_error("a workbook can't be begun");
        lxw_doc_properties properties{};
        properties.created = static_cast<time_t>(at.s);   // or the library would ask a clock of its own
        must(workbook_set_properties(book_, &properties));
        text_ = workbook_add_format(book_);
        format_set_num_format(text_, "@");
        bold_ = workbook_add_format(book_);
        format_set_bold(bold_);
    }
    ~Book() {
        if (book_ != nullptr) lxw_workbook_free(book_);
    }
    Book(const Book&) = delete;
    Book& operator=(const Book&) = delete;

    lxw_worksheet* add_sheet(const std::string& name) {
        auto* sheet = workbook_add_worksheet(book_, name.c_str());
        if (sheet == nullptr) throw std::runtime_error("a sheet can't be begun");
        must(worksheet_set_header(sheet, header_.c_str()));
        must(worksheet_set_footer(sheet, footer_.c_str()));
        worksheet_set_landscape(sheet);
        worksheet_set_paper(sheet, 9);   // A4
        worksheet_fit_to_pages(sheet, 1, 0);
        rows_.push_back(0);
        sheets_.push_back(sheet);
        return sheet;
    }
    /// The next row of the sheet that was added as number `sheet`.
    lxw_row_t next_row(std::size_t sheet) { return static_cast<lxw_row_t>(rows_[sheet]++); }
    kit::Status text(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, std::string_view value, bool is_bold = false) const {
        const auto safe = cell_text(value);
        if (utf16_units(safe) > cell_units_max) return kit::Error{kit::Errc::invalid, "cell_too_long"};
        must(worksheet_write_string(sheet, row, column, safe.c_str(), is_bold ? bold_ : text_));
        return kit::Done{};
    }
    kit::Status add_part(const AnswerPart& part, const Wanted& wanted);
    kit::Status add_cover(const AnswerTable& table, const Imprint& imprint, const Wanted& wanted);
    /// The rows of each sheet, in order, as they must be found in the file. Requires: nothing is written after.
    std::vector<std::uint64_t> close() {
        bool is_good = true;
        for (const auto* sheet : sheets_) is_good = is_good && std::ferror(sheet->file) == 0;
        must(workbook_close(std::exchange(book_, nullptr)));
        if (!is_good) throw std::runtime_error("a sheet could not be kept in memory");
        return rows_;
    }
    std::size_t sheet_count() const { return sheets_.size(); }
    const domain::TimeZone& zone() const { return settings_.zone; }

private:
    lxw_worksheet* add_part_sheet(const AnswerPart& part, unsigned number);
    kit::Status add_cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t& column, const Cell& cell, ColumnKind kind) const;

    const XlsxSettings& settings_;
    std::string scratch_, header_, footer_;
    lxw_workbook* book_ = nullptr;
    lxw_format *text_ = nullptr, *bold_ = nullptr;
    std::vector<lxw_worksheet*> sheets_;
    std::vector<std::uint64_t> rows_;
};

kit::Status Book::add_cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t& column, const Cell& cell, ColumnKind kind) const {
    const auto at = column;
    column = static_cast<lxw_col_t>(column + (kind == ColumnKind::moment ? 2 : 1));
    if (cell.get_if<std::monostate>() != nullptr) return kit::Done{};
    if (const auto* number = cell.get_if<std::int64_t>()) {
        must(worksheet_write_number(sheet, row, at, static_cast<double>(*number), nullptr));
        return kit::Done{};
    }
    if (const auto* share = cell.get_if<double>()) {
        must(worksheet_write_number(sheet, row, at, *share, nullptr));
        return kit::Done{};
    }
    if (const auto* flag = cell.get_if<bool>()) {
        must(worksheet_write_boolean(sheet, row, at, *flag ? 1 : 0, nullptr));
        return kit::Done{};
    }
    if (const auto* moment = cell.get_if<domain::Instant>()) {
        const auto local = static_cast<lxw_col_t>(at + 1);
        if (auto status = text(sheet, row, local, local_text(settings_.zone, *moment)); !status) return status;
    }
    return text(sheet, row, at, as_text(cell));
}

lxw_worksheet* Book::add_part_sheet(const AnswerPart& part, unsigned number) {
    auto* sheet = add_sheet(std::string(part.title) + " " + part.name + (number == 1 ? "" : " " + std::to_string(number)));
    worksheet_freeze_panes(sheet, 1, 0);
    must(worksheet_repeat_rows(sheet, 0, 0));
    const auto row = next_row(sheets_.size() - 1);
    lxw_col_t column = 0;
    for (const auto& one : part.columns) {
        if (one.kind == ColumnKind::rows) continue;
        CHECK(text(sheet, row, column++, one.name, true));
        if (one.kind == ColumnKind::moment) CHECK(text(sheet, row, column++, one.name + "_local", true));
    }
    must(worksheet_set_column(sheet, 0, static_cast<lxw_col_t>(column - 1), 21, nullptr));
    return sheet;
}

kit::Status Book::add_part(const AnswerPart& part, const Wanted& wanted) {
    unsigned number = 1;
    auto* sheet = add_part_sheet(part, number);
    return for_each_row(part, wanted, [&](const Row& row) -> kit::Status {
        if (rows_.back() == settings_.sheet_rows_max) sheet = add_part_sheet(part, ++number);
        const auto at = next_row(sheets_.size() - 1);
        lxw_col_t column = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (part.columns[i].kind == ColumnKind::rows) continue;
            if (auto status = add_cell(sheet, at, column, row[i], part.columns[i].kind); !status) return status;
        }
        return kit::Done{};
    });
}

using CoverLine = std::array<std::string, 3>;   // Chinese, English, what it is

void add_facts(std::vector<CoverLine>& lines, const AnswerTable& table, const Imprint& imprint, const domain::TimeZone& zone) {
    lines.push_back({"导出说明", "Cover sheet", "查验 Chayan"});
    lines.push_back({"个案编号", "Case", table.case_number});
    lines.push_back({"个案名称", "Title", imprint.case_title});
    lines.push_back({"用途", "Purpose", imprint.case_purpose});
    lines.push_back({"查询", "Question", std::string(table.title) + " " + table.kind});
    for (const auto& [name, cell] : table.parameters) lines.push_back({"查询条件", "Parameter", name + " = " + as_text(cell)});
    for (const auto& [name, cell] : table.head) lines.push_back({"对象", "Subject", name + " = " + as_text(cell)});
    lines.push_back({"个人信息", "Personal data", table.is_masked ? "已遮盖 masked" : "未遮盖 UNMASKED"});
    lines.push_back({"是否完整", "Complete", table.is_complete ? "完整 complete" : "不完整 INCOMPLETE"});
    for (const auto& [name, cell] : table.tail)
        if (name != "complete") lines.push_back({"结果", "Result", name + " = " + as_text(cell)});
    lines.push_back({"经手人", "Operator", imprint.login});
    lines.push_back({"时间", "Time", domain::format_rfc3339(imprint.at)});
    lines.push_back({"当地时间", "Local time", local_text(zone, imprint.at)});
}

kit::Status add_counts(std::vector<CoverLine>& lines, const AnswerTable& table, const Wanted& wanted) {
    for (const auto& part : table.parts) {
        const auto hash = checksum(part, wanted);
        if (!hash) return hash.error();
        lines.push_back({std::string(part.title) + "：行数", std::string("Rows of ") + part.name, std::to_string(part.count)});
        lines.push_back({std::string(part.title) + "：校验值", std::string("Checksum of ") + part.name + ": SHA-256 of its rows as NDJSON", *hash});
    }
    for (const auto& part : table.parts)
        for (const auto& column : part.columns)
            if (column.kind != ColumnKind::rows) lines.push_back({std::string(part.title) + "：列", std::string("Column of ") + part.name, column.name + " = " + column.title});
    return kit::Done{};
}

kit::Status Book::add_cover(const AnswerTable& table, const Imprint& imprint, const Wanted& wanted) {
    std::vector<CoverLine> lines;
    add_facts(lines, table, imprint, zone());
    if (auto status = add_counts(lines, table, wanted); !status) return status;
    auto* sheet = sheets_.front();
    must(worksheet_set_column(sheet, 0, 1, 30, nullptr));
    must(worksheet_set_column(sheet, 2, 2, 80, nullptr));
    for (const auto& line : lines) {
        const auto row = next_row(0);
        for (std::size_t i = 0; i < line.size(); ++i)
            if (auto status = text(sheet, row, static_cast<lxw_col_t>(i), line[i], i < 2); !status) return status;
    }
    return kit::Done{};
}

/// What the library will keep in memory: the rows of all sheets, once more those of the sheet that is being packed, and the workbook.
std::uint64_t scratch_bytes(const AnswerTable& table) {
    std::uint64_t cells = 0;
    for (const auto& part : table.parts) {
        std::uint64_t columns = 0;
        for (const auto& column : part.columns) columns += column.kind == ColumnKind::rows ? 0U : column.kind == ColumnKind::moment ? 2U : 1U;
        cells += part.count * columns;
    }
    return 2 * cells * cell_bytes + workbook_bytes;
}

}  // namespace

kit::Status write_xlsx(const AnswerTable& table, const Imprint& imprint, const XlsxSettings& settings, const Wanted& wanted, const PutBytes& put) {
    auto scratch = XlsxScratch::open(settings.scratch, scratch_bytes(table));
    if (!scratch) return scratch.error();
    const auto mask = table.is_masked ? "已遮盖 masked" : "未遮盖 UNMASKED";
    const auto header = "&L个案 Case " + in_header(table.case_number) + "&R经手人 Operator " + in_header(imprint.login);
    const auto footer = std::string("&L") + mask + "&C&P / &N&R" + domain::format_rfc3339(imprint.at);
    std::vector<std::uint64_t> rows;
    {
        Book book(settings, scratch->path(), header, footer, imprint.at);
        book.add_sheet("说明 Cover");
        for (const auto& part : table.parts)
            if (auto status = book.add_part(part, wanted); !status) return status;
        if (auto status = book.add_cover(table, imprint, wanted); !status) return status;
        rows = book.close();
    }
    if (!scratch->is_whole(rows)) return kit::Error{kit::Errc::busy, "scratch_short", {}, 60};
    return scratch->hand_on(put);
}

}  // namespace chayan::service
