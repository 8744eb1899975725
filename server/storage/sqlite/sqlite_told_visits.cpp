// SPDX-License-Identifier: Apache-2.0
// Visits of a case that somebody told of.
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {

void SqliteDesk::append(const ToldVisitRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO told_visit (id, case_number, by, at, sealed) VALUES (?, ?, ?, ?, ?)");
    statement.bind_blob(row.id).bind_text(row.case_number).bind(row.by.value).bind(row.at.s).bind_blob(row.sealed).run();
}

void SqliteDesk::withdraw_visit(const Blind& id, domain::Instant at, domain::OperatorId by) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("UPDATE told_visit SET withdrawn = ?, withdrawn_by = ? WHERE id = ? AND withdrawn = 0");
    statement.bind(at.s).bind(by.value).bind_blob(id).run();
}

std::vector<ToldVisitRow> SqliteDesk::told_visits(std::string_view case_number) {
    auto statement = database_.statement(R"(SELECT id, case_number, by, at, sealed, withdrawn, withdrawn_by FROM told_visit INDEXED BY told_visit_by_case
        WHERE case_number = ? ORDER BY number)");
    statement.bind_text(case_number);
    std::vector<ToldVisitRow> rows;
    while (statement.step())
        rows.push_back({statement.bytes<16>(0), statement.text(1), {static_cast<std::uint32_t>(statement.integer(2))}, {statement.integer(3)}, statement.text(4),
                        {statement.integer(5)}, {static_cast<std::uint32_t>(statement.integer(6))}});
    return rows;
}

}  // namespace chayan::storage::sqlite
