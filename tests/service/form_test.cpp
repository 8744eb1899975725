// SPDX-License-Identifier: Apache-2.0
// Forms: read from a workbook, written as one, filled. Everybody in them is invented.
#include "service/form_answer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "domain/worlds.hpp"
#include "kit/limits.hpp"
#include "service/answer_samples.hpp"
#include "service/form_xml.hpp"
#include "service/form_zip.hpp"

using namespace chayan;
using namespace chayan::service;
using domain::FormField;

namespace {

const domain::Instant at{1'769'990'400};
const Wanted always = [] { return true; };
const auto zone = domain::TimeZone::fixed(8 * 3600);

std::string cell(const std::string& ref, const std::string& text) { return "<c r=\"" + ref + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>"; }

/// A workbook of one sheet with these rows.
std::string workbook(const std::string& rows, const std::string& after = {}) {
    const std::string relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"x/";
    return zip_of({{"[Content_Types].xml", "<Types/>"},
                   {"_rels/.rels", relations + "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
                   {"xl/workbook.xml", "<x:workbook xmlns:x=\"x\" xmlns:r=\"r\"><x:sheets><x:sheet name=\"表\" sheetId=\"1\" r:id=\"rId1\"/></x:sheets></x:workbook>"},
                   {"xl/_rels/workbook.xml.rels", relations + "worksheet\" Target=\"/xl/s.xml\"/></Relationships>"},
                   {"xl/s.xml", "<x:worksheet xmlns:x=\"x\"><x:sheetData>" + rows + "</x:sheetData>" + after + "</x:worksheet>"}}, at);
}

BlankForm form_of(const std::string& rows, const std::string& after = {}) {
    auto form = read_form(workbook(rows, after));
    REQUIRE(form);
    return *std::move(form);
}

/// The texts of the first sheet, row by row, as our own reader finds them.
std::string sheet_of(const std::string& xlsx) {
    const auto archive = ZipArchive::open(xlsx);
    REQUIRE(archive);
    const auto sheet = archive->read("xl/worksheets/sheet1.xml");
    REQUIRE(sheet);
    return *sheet;
}

Row person(const std::string& name, const std::string& division) {
    return {std::string("id-") + name, name, Cell{std::string("id")}, Cell{std::string("130682198001010017")}, division.empty() ? Cell{} : Cell{division}, at, at + 3'600,
            std::vector<std::string>{"S1"}, std::vector<std::string>{"company", "venue"}, std::int64_t{3'599}, std::int64_t{1}};
}

AnswerTable contacts(std::vector<Row> rows) {
    AnswerTable table;
    table.kind = "contacts";
    table.title = "接触者";
    table.case_number = "2026-1";
    table.is_masked = false;
    AnswerPart part;
    part.name = "contacts";
    part.columns = {{"person.id"}, {"person.name"}, {"person.document.type"}, {"person.document.number"}, {"person.division"}, {"first", ColumnKind::moment},
                    {"last", ColumnKind::moment}, {"sites", ColumnKind::list}, {"kinds", ColumnKind::list}, {"total_s", ColumnKind::number}, {"degree", ColumnKind::number}};
    part.count = rows.size();
    part.fill = [rows = std::move(rows)](std::uint64_t number, Row& row) { row = rows[number]; };
    table.parts.push_back(std::move(part));
    return table;
}

std::shared_ptr<const Directory> towns() {
    auto divisions = std::make_shared<Divisions>();
    for (const auto& [code, name] : {std::pair("130682", "定州市"), std::pair("130682001", "南城区街道"), std::pair("130682100", "../留早镇")})
        divisions->put({*domain::parse_division_code(code), name, std::nullopt});
    auto directory = std::make_shared<Directory>();
    directory->divisions = divisions;
    return directory;
}

FormOrder order_of(BlankForm form, Shown how = Shown::in_full, bool by_township = false) { return {std::move(form), "f", by_township, towns(), how}; }

kit::Result<FormAnswer> filled(const FormOrder& order, const AnswerTable& table, const Wanted& wanted = always) {
    return fill_form(order, table, {"聚集", "排查", "tracer-1", at}, zone, wanted);
}

}  // namespace

TEST_CASE("column letters count as sheets do") {
    for (const auto& [index, letters] : {std::pair(0U, "A"), std::pair(25U, "Z"), std::pair(26U, "AA"), std::pair(701U, "ZZ"), std::pair(702U, "AAA"), std::pair(16'383U, "XFD")}) {
        CHECK(column_letters(index) == letters);
        CHECK(column_of(letters) == index);
    }
    for (const auto* wrong : {"", "a", "XFE", "AAAA", "A1", "Ａ"}) CHECK_FALSE(column_of(wrong));
}

TEST_CASE("a header is found wherever it stands, whatever stands above it, and says where each column is") {
    domain::worlds::Random random(7);
    for (int times = 0; times < 200; ++times) {
        const auto row = 1 + random.below(kit::form_header_row_max);
        std::map<unsigned, FormField> meant;
        std::string rows, header;
        if (row > 1) rows = "<row r=\"1\">" + cell("A1", "登记表") + "</row>";
        if (row > 3) rows += "<row r=\"2\">" + cell("B2", "姓名") + cell("C2", "单位盖章") + "</row>";   // a note with one word of a header
        const auto count = 3 + random.below(10);
        for (unsigned i = 0, column = random.below(5); i < count; ++i, column += 1 + random.below(9)) {
            const auto field = static_cast<FormField>(i);
            const auto& words = domain::form_field_rules()[i].zh;
            if (words.empty()) continue;
            header += cell(column_letters(column) + std::to_string(row), words[random.below(static_cast<std::uint32_t>(words.size()))]);
            meant[column] = field;
        }
        const auto form = form_of(rows + "<row r=\"" + std::to_string(row) + "\">" + header + "</row>");
        CAPTURE(row, header);
        CHECK(form.header_row == row);
        std::map<unsigned, FormField> found;
        for (const auto& one : form.columns) found[one.index] = one.field.value();
        CHECK(found == meant);
    }
}

TEST_CASE("a form that was kept is read again as what it was") {
    const auto form = form_of("<row r=\"1\" ht=\"30\">" + cell("A1", "登记&amp;表") + "</row><row r=\"3\">" + cell("A3", "姓名") + cell("C3", "联系\n电话") + "<c r=\"D3\"><v>4.5</v></c></row>" +
                                  "<row r=\"4\" ht=\"24\"><c r=\"A4\"/></row><row r=\"5\"><c r=\"A5\"/></row><row r=\"6\">" + cell("A6", "王小明") + "</row>",
                              "<mergeCells><mergeCell ref=\"A1:D1\"/><mergeCell ref=\"A4:B4\"/><mergeCell ref=\"A5:B5\"/></mergeCells><pageMargins left=\"1\"/>");
    CHECK(form.lines == 2);
    CHECK(form.rows_left_out == 1);
    CHECK(form.merges == std::vector<std::string>{"A1:D1"});
    CHECK(form.line_merges == std::vector<Span>{{0, 1}});
    const auto again = read_form(blank_file(form, at));
    REQUIRE(again);
    CHECK(again->rows == form.rows);
    CHECK(again->begin == form.begin);
    CHECK(again->end == form.end);
    CHECK(again->line == form.line);
    CHECK(again->line_styles == form.line_styles);
    CHECK(again->line_merges == form.line_merges);
    CHECK(again->lines == form.lines);
    CHECK(again->merges == form.merges);
    CHECK(again->title == "登记&表");
    REQUIRE(again->columns.size() == 2);
    CHECK(again->columns[1].header == "联系\n电话");
    CHECK(again->rows_left_out == 0);
}

TEST_CASE("the limits of a form hold on both sides") {
    const std::string head = "<row r=\"1\">" + cell("A1", "姓名") + cell("B1", "电话");
    CHECK(form_of(head + cell(column_letters(kit::form_columns_max - 1) + "1", "列") + "</row>").columns.size() == 3);
    const auto wide = read_form(workbook(head + cell(column_letters(kit::form_columns_max) + "1", "列") + "</row>"));
    REQUIRE_FALSE(wide);
    CHECK(wide.error().code == std::string("form_too_large"));
    std::string lines;
    for (unsigned row = 2; row < 2 + kit::form_lines_max + 5; ++row) lines += "<row r=\"" + std::to_string(row) + "\"><c r=\"A" + std::to_string(row) + "\"/></row>";
    CHECK(form_of(head + "</row>" + lines).lines == kit::form_lines_max);
}

TEST_CASE("texts that mean harm stay texts, and are what they were") {
    const auto form = form_of("<row r=\"1\">" + cell("A1", "姓名") + cell("B1", "证件号码") + "</row>");
    for (const auto& text : testing::hostile_texts()) {
        const auto answer = filled(order_of(form), contacts({person(text, "")}));
        REQUIRE(answer);
        const auto sheet = sheet_of(answer->bytes);
        CAPTURE(text);
        CHECK(parse_xml(sheet));
        CHECK(sheet.find("<f>") == std::string::npos);
        const auto begin = sheet.find("<c r=\"A2\"");
        CHECK(sheet.substr(begin, sheet.find('>', begin) - begin).find("t=\"inlineStr\"") != std::string::npos);
    }
}

TEST_CASE("a cell that no sheet takes is refused") {
    const auto form = form_of("<row r=\"1\">" + cell("A1", "姓名") + cell("B1", "证件号码") + "</row>");
    CHECK(filled(order_of(form), contacts({person(std::string(32'767, 'x'), "")})));
    const auto long_one = filled(order_of(form), contacts({person(std::string(32'768, 'x'), "")}));
    REQUIRE_FALSE(long_one);
    CHECK(long_one.error().code == std::string("cell_too_long"));
}

TEST_CASE("rows are parted by township, each once, and a township's name leads nowhere") {
    const auto form = form_of("<row r=\"1\">" + cell("A1", "序号") + cell("B1", "姓名") + cell("C1", "乡镇") + "</row>");
    const auto table = contacts({person("甲", "130682100200"), person("乙", "130682001001"), person("丙", ""), person("丁", "130682"), person("戊", "130682100")});
    const auto answer = filled(order_of(form, Shown::in_full, true), table);
    REQUIRE(answer);
    CHECK(answer->rows == 5);
    CHECK(answer->ending == std::string("zip"));
    const auto archive = ZipArchive::open(answer->bytes);
    REQUIRE(archive);
    CHECK(archive->names() == std::vector<std::string>{"130682_定州市.xlsx", "130682001_南城区街道.xlsx", "130682100_.._留早镇.xlsx", "未登记区划.xlsx"});
    const std::pair<const char*, std::vector<const char*>> shares[] = {{"130682_定州市.xlsx", {"丁"}}, {"130682001_南城区街道.xlsx", {"乙"}}, {"130682100_.._留早镇.xlsx", {"甲", "戊"}}, {"未登记区划.xlsx", {"丙"}}};
    for (const auto& [file, people] : shares) {
        const auto sheet = sheet_of(*archive->read(file));
        for (const auto* one : {"甲", "乙", "丙", "丁", "戊"}) {
            CAPTURE(file, one);
            const bool is_meant = std::any_of(people.begin(), people.end(), [&](const char* name) { return name == std::string(one); });
            CHECK((sheet.find(one) != std::string::npos) == is_meant);
        }
        CHECK(sheet.find("<v>" + std::to_string(people.size()) + "</v>") != std::string::npos);   // numbered anew
    }
}

TEST_CASE("each column that stays empty says why, and each field without a column is told") {
    auto form = form_of("<row r=\"1\">" + cell("A1", "姓名") + cell("B1", "身份证号") + cell("C1", "与病例关系") + cell("D1", "体温") + cell("E1", "累计分钟") + cell("F1", "性别") + "</row>");
    const auto table = contacts({person("甲", "")});
    const auto all = filled(order_of(form), table);
    REQUIRE(all);
    CHECK(all->unfilled == "C;why=no_data, D;why=header_unknown");
    CHECK(all->unplaced == "phone, address, workplace, division");
    const auto name = filled(order_of(form, {1}), table);
    REQUIRE(name);
    CHECK(name->unfilled == "B;why=not_asked, C;why=no_data, D;why=header_unknown, F;why=not_asked");
    CHECK(name->unplaced.empty());
    CHECK(sheet_of(name->bytes).find("130682198001010017") == std::string::npos);
    CHECK(sheet_of(all->bytes).find("130682198001010017") != std::string::npos);
    CHECK(sheet_of(all->bytes).find("<v>59</v>") != std::string::npos);   // 3,599 s
}

TEST_CASE("nobody waits for more rows than a form can have, nor after he left") {
    const auto form = form_of("<row r=\"1\">" + cell("A1", "姓名") + cell("B1", "电话") + "</row>");
    auto table = contacts({});
    const auto one = person("甲", "");
    table.parts[0].fill = [&](std::uint64_t, Row& row) { row = one; };
    table.parts[0].count = kit::form_rows_max;
    CHECK(filled(order_of(form), table));
    const auto gone = filled(order_of(form), table, [] { return false; });
    REQUIRE_FALSE(gone);
    CHECK(gone.error().code == std::string("export_unwanted"));
    table.parts[0].count = kit::form_rows_max + 1;
    const auto more = filled(order_of(form), table);
    REQUIRE_FALSE(more);
    CHECK(more.error().code == std::string("export_too_long"));
}

TEST_CASE("an archive gives back what was put in, and refuses what lies about itself") {
    const std::string bytes = zip_of({{"甲.txt", std::string(100'000, 'x')}, {"b", "packed", true}}, at);
    const auto archive = ZipArchive::open(bytes);
    REQUIRE(archive);
    CHECK(*archive->read("甲.txt") == std::string(100'000, 'x'));
    CHECK(*archive->read("b") == "packed");
    CHECK_FALSE(archive->read("c"));
    auto lying = bytes;
    const auto directory = lying.find("PK\x01\x02");
    lying[directory + 24] = 7;   // the unpacked size, in its lowest byte
    const auto opened = ZipArchive::open(lying);
    CHECK((!opened || !opened->read("甲.txt")));
}
