// SPDX-License-Identifier: Apache-2.0
#include "domain/csv.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <random>
#include <string>
#include <vector>

using namespace chayan::domain;
using Fields = std::vector<std::string>;

namespace {

std::vector<CsvRow> rows_of(std::string_view text) {
    CsvReader reader(text);
    std::vector<CsvRow> rows;
    while (auto row = reader.next()) rows.push_back(*std::move(row));
    return rows;
}

std::string fault_of(const CsvRow& row) { return row.fault == nullptr ? "" : row.fault; }

}  // namespace

TEST_CASE("rows end with CRLF, LF or CR, and carry the line where they begin") {
    for (const std::string end : {"\r\n", "\n", "\r"}) {
        const auto text = "a,b" + end + "1,2" + end + end + "\"x" + end + "y\",3" + end + "4,5";
        CAPTURE(text);
        const auto rows = rows_of(text);
        REQUIRE(rows.size() == 4);
        CHECK(rows[0].fields == Fields{"a", "b"});
        CHECK(rows[1].fields == Fields{"1", "2"});
        CHECK(rows[1].line == 2);
        CHECK(rows[2].fields == Fields{"x" + end + "y", "3"});
        CHECK(rows[2].line == 4);
        CHECK(rows[3].fields == Fields{"4", "5"});
        CHECK(rows[3].line == 6);
        for (const auto& row : rows) CHECK(row.fault == nullptr);
    }
}

TEST_CASE("quotes, empty fields and a BOM are read as RFC 4180 says") {
    struct Row {
        std::string text;
        Fields fields;
    };
    for (const auto& row : {
             Row{"\xEF\xBB\xBF名,称", {"名", "称"}},
             Row{"a,\"b,c\",d", {"a", "b,c", "d"}},
             Row{"\"a\"\"b\"", {"a\"b"}},
             Row{"\"\"", {""}},
             Row{"\"\"\"\"", {"\""}},
             Row{",", {"", ""}},
             Row{"a,", {"a", ""}},
             Row{" a , b ", {" a ", " b "}},
             Row{"\"a\nb\"", {"a\nb"}},
         }) {
        CAPTURE(row.text);
        const auto rows = rows_of(row.text);
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].fields == row.fields);
        CHECK(rows[0].fault == nullptr);
    }
    CHECK(rows_of("").empty());
    CHECK(rows_of("\r\n\n\r").empty());
    CHECK(rows_of("\xEF\xBB\xBF").empty());
}

TEST_CASE("a bad row is told and does not break the others") {
    struct Row {
        std::string text;
        const char* fault;
    };
    for (const auto& row : {
             Row{"\"open,x", "csv_quote"},
             Row{"a\"b,c", "csv_quote"},
             Row{"\"a\"b,c", "csv_quote"},
             Row{"a\",\"b", "csv_quote"},
             Row{"\xD5\xC5,1", "csv_characters"},
             Row{std::string("a\0b,1", 5), "csv_characters"},
             Row{std::string(64, ','), "csv_columns"},
             Row{std::string(64 * 1024 + 1, 'a'), "csv_field_long"},
         }) {
        CAPTURE(row.text.substr(0, 20));
        const auto text = "h,i\n" + row.text + "\n1,2\n3,4\n";
        const auto rows = rows_of(text);
        REQUIRE(rows.size() == 4);
        CHECK(fault_of(rows[1]) == row.fault);
        CHECK(rows[1].line == 2);
        CHECK(rows[1].raw == row.text);
        CHECK(rows[2].fields == Fields{"1", "2"});
        CHECK(rows[2].line == 3);
        CHECK(rows[3].fields == Fields{"3", "4"});
        CHECK(fault_of(rows[2]) + fault_of(rows[3]) == "");
    }
    CHECK(rows_of(std::string(63, ','))[0].fault == nullptr);
    CHECK(rows_of(std::string(64 * 1024, 'a'))[0].fault == nullptr);
}

TEST_CASE("a file of stray quotes is read once, not once for each line") {
    for (const std::string line : {"a\",\"\n", "\"\n", "\"\"\"\n", "\",\"\n", "\"a\n,\"\n"}) {
        std::string text;
        while (text.size() < 4'000'000) text += line;
        CAPTURE(line);
        const auto begin = std::chrono::steady_clock::now();
        CHECK_FALSE(rows_of(text).empty());
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
    }
}

TEST_CASE("what is written by csv_field is read back") {
    std::mt19937 random(4180);
    const std::vector<std::string> pieces{"a", ",", "\"", "\n", "\r\n", "张", " ", "'", ";", "\t", "0"};
    for (int round = 0; round < 2000; ++round) {
        Fields fields(1 + random() % 5);
        std::string line;
        for (auto& field : fields) {
            for (auto count = random() % 6; count > 0; --count) field += pieces[random() % pieces.size()];
            if (&field != fields.data()) line += ',';
            line += csv_field(field);
        }
        if (line.empty()) continue;  // one empty field is a blank line
        CAPTURE(line);
        const auto rows = rows_of(line + "\r\n");
        REQUIRE(rows.size() == 1);
        REQUIRE(rows[0].fields == fields);
        REQUIRE(rows[0].fault == nullptr);
    }
}

TEST_CASE("other encodings than UTF-8 are told as what they are") {
    const auto code = [](std::string_view text) {
        const auto status = check_encoding(text);
        return std::string(status ? "" : status.error().code);
    };
    CHECK(code("ref,name\n1,张三\n").empty());
    CHECK(code("\xEF\xBB\xBFref,name\n").empty());
    CHECK(code("").empty());
    CHECK(code(std::string("\xFF\xFEr\0e\0", 6)) == "csv_not_utf8");
    CHECK(code(std::string("\xFE\xFF\0r\0e", 6)) == "csv_not_utf8");
    CHECK(code(std::string("r\0e\0f\0", 6)) == "csv_not_utf8");
    CHECK(code("\xB1\xE0\xBA\xC5,\xC3\xFB\xB3\xC6\n") == "csv_not_utf8");                                       // a GBK header
    CHECK(code("ref,name\n1,\xD5\xC5\xC8\xFD\n2,\xC0\xEE\xCB\xC4\n3,\xCD\xF5\xCE\xE5\n") == "csv_not_utf8");   // GBK rows
    CHECK(code("ref,name\n1,\xD5\xC5\xC8\xFD\n") == "csv_not_utf8");                                           // one GBK row
    CHECK(code("ref,name\n1,Ann\n2,Bob\n3,\xD5\xC5\n4,Eve\n") == "csv_not_utf8");                              // among rows of ASCII
    CHECK(code("ref,name\n1,张三\n2,\xCD\xF5\n").empty());                                                     // as many good as bad
    CHECK(code("ref,name\n1,张三\n2,李四\n3,\xCD\xF5\n").empty());                                              // one bad row
}

TEST_CASE("columns are found by any of their names in any order") {
    const std::vector<CsvColumn> columns{{{"ref", "编号"}, true}, {{"name", "名称"}, true}, {{"place", "场所"}, false}};
    CHECK(*find_columns({"ref", "name", "place"}, columns) == std::vector<int>{0, 1, 2});
    CHECK(*find_columns({"名称", "x", "编号"}, columns) == std::vector<int>{2, 0, -1});
    CHECK(*find_columns({" Name ", "ＲＥＦ"}, columns) == std::vector<int>{1, 0, -1});

    const auto missing = find_columns({"place"}, columns);
    REQUIRE_FALSE(missing);
    CHECK(std::string(missing.error().code) == "csv_header_missing");
    REQUIRE(missing.error().fields.size() == 2);
    CHECK(missing.error().fields[0].pointer == "ref");
    CHECK(missing.error().fields[1].pointer == "name");

    const auto twice = find_columns({"ref", "name", "编号"}, columns);
    REQUIRE_FALSE(twice);
    CHECK(std::string(twice.error().code) == "csv_header_twice");
    REQUIRE(twice.error().fields.size() == 1);
    CHECK(twice.error().fields[0].pointer == "ref");
}

TEST_CASE("formulas are defused, and nothing else is touched") {
    for (const std::string text : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|x", "%0A", "  =1", "\u3000=1", "\u00a0+1", "＝1", "＋1", "－1",
                                   "＠x", "｜x", "％0A", "\ufeff=1", "=cmd|' /C calc'!A0", "+1234567", "+1234567890123456", "+86142000000a0", "+12*345678", "+12**34567",
                                   "+***", "+********", "+123***45***678", "+8614200000000 ", " +8614200000000", "+8614200000000\n", "+1+100000000"}) {
        CAPTURE(text);
        CHECK(defuse_formula(text) == "'" + text);
    }
    CHECK(defuse_formula(std::string("\0=1", 3)).front() == '\'');
    for (const std::string text : {"", " ", "张三", "阿卜杜热西提·买买提", "0013", "14200000001", "11010519491231002X", "a=b", "O'Connor", "冀F12345",
                                   "2020-02-26", "'=1", "+8614200000000", "+12345678", "+123456789012345", "+12***678", "+12*********345", "140****0000",
                                   "130682********001X"}) {
        CAPTURE(text);
        CHECK(defuse_formula(text) == text);
    }
}
