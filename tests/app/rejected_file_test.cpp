// SPDX-License-Identifier: Apache-2.0
#include "app/rejected_file.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::app;

namespace {

std::string made(const std::string& header, std::vector<service::RejectedRow> rows) {
    service::ImportReport report;
    report.header = header;
    report.rejected = std::move(rows);
    return rejected_file(report, service::Language::en);
}

const std::string bom = "\xEF\xBB\xBF";
const std::string short_row = "This row has another number of columns than the header.";
const std::string quote = "A quote is not closed or stands in the wrong place.";

}  // namespace

TEST_CASE("line and reason stand in columns of their own, however many fields a row has") {
    CHECK(made("ref,name,note", {{2, "", "csv_columns", "A"}, {3, "", "csv_columns", "B,乙"}, {5, "name", "missing", "C,,x"}, {6, "", "csv_columns", "D,丁,x,y,z"}}) ==
          bom + "ref,name,note,line,reason\nA,,,2," + short_row + "\nB,乙,,3," + short_row + "\nC,,x,5,name: This is required.\nD,丁,x,6," + short_row + ",y,z\n");
}

TEST_CASE("a second round replaces the line and the reason of the first") {
    CHECK(made("ref,name,line,reason", {{2, "name", "missing", "A,,7,\"name: old, reason\""}, {3, "", "csv_columns", "B"}}) ==
          bom + "ref,name,line,reason\nA,,2,name: This is required.\nB,,3," + short_row + "\n");
    CHECK(made("line,reason", {{2, "", "csv_columns", "A"}}) == bom + "line,reason,line,reason\nA,,2," + short_row + "\n");   // then nothing else would be left
}

TEST_CASE("quotes, commas and lines within a field come back as they were, and so do quotes that do not fit") {
    CHECK(made("ref,name", {{2, "ref", "missing", "\"A,1\",\"the \"\"big\"\"\n shop\""}}) == bom + "ref,name,line,reason\n\"A,1\",\"the \"\"big\"\"\n shop\",2,ref: This is required.\n");
    CHECK(made("ref,name", {{2, "", "csv_quote", "A,\"东门"}}) == bom + "ref,name,line,reason\nA,\"\"\"东门\",2," + quote + "\n");
    CHECK(made("ref,name", {{2, "", "csv_quote", "A,\"东\"门"}}) == bom + "ref,name,line,reason\nA,\"\"\"东\"\"门\",2," + quote + "\n");
}
