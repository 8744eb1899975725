// SPDX-License-Identifier: Apache-2.0
#include "qrgen/csv.hpp"

#include <catch2/catch.hpp>

using namespace chayan::qrgen;

namespace {

using Fields = std::vector<std::string>;

std::vector<CsvRow> rows_of(std::string_view text) {
    std::vector<CsvRow> rows;
    CsvReader reader(text);
    while (auto row = reader.next()) rows.push_back(*std::move(row));
    return rows;
}

const std::string gbk_header = "\xC3\xFB\xB3\xC6,\xCD\xF8\xD6\xB7\n";   // 名称,网址

}  // namespace

TEST_CASE("a table is UTF-8 with or without a mark") {
    for (const std::string mark : {"", "\xEF\xBB\xBF"}) {
        const auto table = decode_table(mark + "名称,网址\n");
        REQUIRE(table);
        CHECK(table->encoding == Encoding::utf8);
        CHECK(table->text == "名称,网址\n");
    }
}

TEST_CASE("a table as Excel in China saves it is read as GB18030") {
    const auto table = decode_table(gbk_header + "\xB6\xA8\xD6\xDD,x\n");
    REQUIRE(table);
    CHECK(table->encoding == Encoding::gb18030);
    CHECK(table->text == "名称,网址\n定州,x\n");
}

TEST_CASE("characters beyond the BMP come through GB18030, which holds them in four bytes") {
    const auto table = decode_table(gbk_header + "\x95\x34\xB2\x35\xC4\xCF,x\n");
    REQUIRE(table);
    CHECK(table->text == "名称,网址\n𠮷南,x\n");
}

TEST_CASE("one row of another encoding in a table of UTF-8 spoils itself alone") {
    const auto table = decode_table("名称,网址\n定州,x\n\xB6\xA8\xD6\xDD,y\n望都,z\n");
    REQUIRE(table);
    CHECK(table->encoding == Encoding::utf8);
    const auto rows = rows_of(table->text);
    REQUIRE(rows.size() == 4);
    CHECK(rows[2].fault);
    CHECK(rows[2].line == 3);
    CHECK_FALSE(rows[3].fault);
}

TEST_CASE("UTF-16 and spreadsheets are refused with what to do") {
    CHECK_FALSE(decode_table(std::string("\xFF\xFEn\0a\0", 6)));
    CHECK_FALSE(decode_table(std::string("PK\x03\x04\x00\x00", 6)));
}

TEST_CASE("fields, quotes, line ends and lines are those of RFC 4180") {
    const auto rows = rows_of("a,b\r\n\"x,\"\"y\"\"\",2\n\n\"two\nlines\",3\r4,5");
    REQUIRE(rows.size() == 4);
    CHECK(rows[1].fields == Fields{"x,\"y\"", "2"});
    CHECK(rows[2].fields == Fields{"two\nlines", "3"});
    CHECK(rows[2].line == 4);
    CHECK(rows[3].fields == Fields{"4", "5"});
    CHECK(rows[3].line == 6);
}

TEST_CASE("a quote that does not fit spoils its line alone") {
    for (const std::string bad : {"a\"b,c", "\"a\"b,c", "\"never closed,c"}) {
        INFO(bad);
        const auto text = "n,u\n" + bad + "\n1,2\n";
        const auto rows = rows_of(text);
        REQUIRE(rows.size() == 3);
        CHECK(rows[1].fault);
        CHECK(rows[1].raw == bad);
        CHECK(rows[2].fields == Fields{"1", "2"});
        CHECK(rows[2].line == 3);
    }
}

TEST_CASE("64 columns are a row, 65 are not, and neither is a field of more than 64 KiB") {
    CHECK_FALSE(rows_of(std::string(63, ','))[0].fault);
    CHECK(rows_of(std::string(64, ','))[0].fault);
    CHECK_FALSE(rows_of(std::string(64 * 1024, 'x'))[0].fault);
    CHECK(rows_of(std::string(64 * 1024 + 1, 'x'))[0].fault);
}

TEST_CASE("what is written comes back, and no formula runs in a spreadsheet") {
    for (const std::string text : {"", "a,b", "say \"x\"", "two\nlines", "定州"}) {
        INFO(text);
        const auto line = "x," + csv_field(text);
        CHECK(rows_of(line)[0].fields == Fields{"x", text});
    }
    CHECK(sheet_field("=1+1") == "'=1+1");
    CHECK(sheet_field(" @x") == "' @x");
    CHECK(sheet_field("定州") == "定州");
}
