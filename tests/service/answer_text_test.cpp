// SPDX-License-Identifier: Apache-2.0
#include "service/answer_text.hpp"

#include <catch2/catch.hpp>

#include <random>

#include "domain/csv.hpp"
#include "service/answer_samples.hpp"

using namespace chayan;
using namespace chayan::service;
using namespace chayan::service::testing;

namespace {

const Wanted always = [] { return true; };

std::string text_of(kit::Status (*write)(const AnswerPart&, const Wanted&, const PutBytes&), const AnswerPart& part, const Wanted& wanted = always) {
    std::string out;
    const auto status = write(part, wanted, [&](std::string_view bytes) -> kit::Status {
        out += bytes;
        return kit::Done{};
    });
    REQUIRE(status);
    return out;
}

/// The rows of a CSV text, by the reader that the imports use; the first is the header.
std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
    std::vector<std::vector<std::string>> rows;
    domain::CsvReader reader(csv);
    while (const auto row = reader.next()) {
        REQUIRE(row->fault == nullptr);
        rows.push_back(row->fields);
    }
    return rows;
}

}  // namespace

TEST_CASE("an answer is one JSON document with its lists between what stands before and after them") {
    AnswerTable table;
    table.head = {{"person.id", std::string("P1")}, {"person.document.type", Cell{}}};
    table.parts = {part_of({{std::string("a"), std::int64_t{1}}}), part_of({})};
    table.parts[1].name = "others";
    table.tail = {{"count", std::int64_t{1}}, {"complete", false}, {"left_out", std::vector<std::int64_t>{0, 12}}};
    CHECK(json_document(table) == R"({"person":{"id":"P1"},"rows":[{"c0":"a","c1":1}],"others":[],"count":1,"complete":false,"left_out":[0,12]})");
}

TEST_CASE("a dotted name goes into an object, and what is not there is left out") {
    AnswerPart part;
    part.columns = {{"id"}, {"a.x"}, {"a.b.y"}, {"a.b.z"}, {"c.x"}, {"end", ColumnKind::flag}};
    const std::vector<Row> rows{{std::string("1"), std::string("x"), std::string("y"), std::string("z"), std::string("c"), true},
                                {std::string("2"), Cell{}, std::string("y"), Cell{}, Cell{}, false},
                                {Cell{}, Cell{}, Cell{}, Cell{}, Cell{}, Cell{}}};
    part.count = rows.size();
    part.fill = [&](std::uint64_t number, Row& row) { row = rows[number]; };
    CHECK(text_of(write_ndjson, part) == "{\"id\":\"1\",\"a\":{\"x\":\"x\",\"b\":{\"y\":\"y\",\"z\":\"z\"}},\"c\":{\"x\":\"c\"},\"end\":true}\n"
                                         "{\"id\":\"2\",\"a\":{\"b\":{\"y\":\"y\"}},\"end\":false}\n{}\n");
}

TEST_CASE("what a document says once in its head, each row says where there are only rows") {
    AnswerTable table;
    table.head = {{"person.id", std::string("P1")}};
    AnswerPart part;
    part.columns = {{"person.id"}, {"at"}};
    part.columns[0].is_in_head = true;
    part.count = 2;
    part.fill = [](std::uint64_t number, Row& row) { row = {std::string("P1"), std::to_string(number)}; };
    part.name = "scans";
    table.parts = {part};
    CHECK(json_document(table) == R"({"person":{"id":"P1"},"scans":[{"at":"0"},{"at":"1"}]})");
    CHECK(text_of(write_ndjson, part) == "{\"person\":{\"id\":\"P1\"},\"at\":\"0\"}\n{\"person\":{\"id\":\"P1\"},\"at\":\"1\"}\n");
    CHECK(text_of(write_csv, part) == "\xEF\xBB\xBFperson.id,at\r\n\"P1\",\"0\"\r\n\"P1\",\"1\"\r\n");
}

TEST_CASE("CSV has a BOM, CRLF, the names as they are, texts in quotes, and numbers and flags without") {
    AnswerPart part;
    part.columns = {{"person.id"}, {"at", ColumnKind::moment}, {"n", ColumnKind::number}, {"is", ColumnKind::flag}, {"list", ColumnKind::list}, {"none"}};
    part.count = 1;
    part.fill = [](std::uint64_t, Row& row) {
        row = {std::string("a\"b"), domain::Instant{1'769'990'400}, std::int64_t{7}, true, std::vector<std::string>{"x;y", "z\\", "w"}, Cell{}};
    };
    CHECK(text_of(write_csv, part) == "\xEF\xBB\xBFperson.id,at,n,is,list,none\r\n\"a\"\"b\",\"2026-02-02T00:00:00Z\",7,true,\"x\\;y;z\\\\;w\",\r\n");
}

TEST_CASE("every hostile name comes back from CSV, and none begins as a formula") {
    std::vector<Row> rows;
    for (const auto& text : hostile_texts()) rows.push_back({text, std::int64_t{1}});
    const auto read = rows_of(text_of(write_csv, part_of(rows)));
    REQUIRE(read.size() == rows.size() + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& given = hostile_texts()[i];
        CAPTURE(given, read[i + 1][0]);
        CHECK(domain::defuse_formula(read[i + 1][0]) == read[i + 1][0]);
        CHECK(read[i + 1][0].ends_with(printable(given)));
    }
}

TEST_CASE("identity and phone numbers leave CSV digit for digit, with their plus and their zeros") {
    for (const std::string text : {"130682199013010018", "13068219901301001X", "+8614200000000", "0013", "14200000000", "王*", "140****0000"}) {
        CAPTURE(text);
        CHECK(text_of(write_csv, part_of({{text, std::int64_t{0}}})) == "\xEF\xBB\xBF" "c0,c1\r\n\"" + text + "\",0\r\n");
    }
}

TEST_CASE("control characters, noncharacters and what is no UTF-8 are replaced, one for one") {
    CHECK(printable("张三 O\u2019Connor \U00020BB7") == "张三 O\u2019Connor \U00020BB7");
    CHECK(printable(std::string("a\0b", 3)) == "a\uFFFD" "b");
    CHECK(printable("a\nb\tc\x7F") == "a\uFFFD" "b\uFFFD" "c\uFFFD");
    CHECK(printable("\u0085\u2028\uFFFE\uFDD0") == "\uFFFD\uFFFD\uFFFD\uFFFD");
    CHECK(printable("\xED\xA0\x80\xC0\xAF\xF0\x9F") == "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("whatever a text holds, a row of CSV stays a row, and a line of NDJSON a line") {
    std::mt19937 random(3);
    const std::vector<std::string> pieces{"a", ",", "\"", "\n", "\r\n", "张", " ", "'", ";", "\t", "0", "=", "+", "\\", "\xFF", "\u2028", std::string(1, '\0'), "＝"};
    std::vector<Row> rows;
    for (int i = 0; i < 3'000; ++i) {
        std::string text;
        for (auto count = random() % 8; count > 0; --count) text += pieces[random() % pieces.size()];
        rows.push_back({text, std::int64_t{i}});
    }
    const auto part = part_of(rows);
    const auto read = rows_of(text_of(write_csv, part));
    REQUIRE(read.size() == rows.size() + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        REQUIRE(read[i + 1][1] == std::to_string(i));
        REQUIRE(read[i + 1][0].ends_with(printable(*rows[i][0].get_if<std::string>())));
    }
    const auto lines = text_of(write_ndjson, part);
    CHECK(static_cast<std::size_t>(std::count(lines.begin(), lines.end(), '\n')) == rows.size());
}

TEST_CASE("an answer of many pieces has each row once, in order") {
    std::vector<Row> rows;
    for (std::int64_t i = 0; i < 4'000; ++i) rows.push_back({std::string(50, 'x'), i});
    const auto read = rows_of(text_of(write_csv, part_of(rows)));
    REQUIRE(read.size() == rows.size() + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) REQUIRE(read[i + 1][1] == std::to_string(i));
}

TEST_CASE("nobody's answer is made on") {
    std::vector<Row> rows(10'000, Row{std::string("x"), std::int64_t{1}});
    auto part = part_of(rows);
    std::uint64_t made = 0;
    part.fill = [&, fill = part.fill](std::uint64_t number, Row& row) {
        ++made;
        fill(number, row);
    };
    int looks = 0;
    const auto status = write_csv(part, [&] { return ++looks < 2; }, [](std::string_view) -> kit::Status { return kit::Done{}; });
    REQUIRE_FALSE(status);
    CHECK(std::string(status.error().code) == "export_unwanted");
    CHECK(made == 4'096);
}

TEST_CASE("the first error of who takes the bytes ends an answer") {
    std::vector<Row> rows(100'000, Row{std::string("x"), std::int64_t{1}});
    int pieces = 0;
    for (const auto write : {write_csv, write_ndjson}) {
        pieces = 0;
        const auto status = write(part_of(rows), always, [&](std::string_view) -> kit::Status {
            ++pieces;
            return kit::Error{kit::Errc::busy, "disk_short"};
        });
        REQUIRE_FALSE(status);
        CHECK(pieces == 1);
    }
}
