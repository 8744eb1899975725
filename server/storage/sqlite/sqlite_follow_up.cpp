// SPDX-License-Identifier: Apache-2.0
// What a case keeps beside itself: its questions, and marks of contacts.
#include <algorithm>

#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

// Without people, which may lie on pages of their own.
constexpr const char* question_columns =
    "number, id, case_number, kind, key, by, asked, asked_last, times, count, is_complete, digest, question, people IS NOT NULL";

QuestionRow read_question(const Statement& statement) {
    QuestionRow row;
    row.number = static_cast<std::uint64_t>(statement.integer(0));
    row.id = statement.bytes<16>(1);
    row.case_number = statement.text(2);
    row.kind = static_cast<QuestionKind>(statement.integer(3));
    row.key = statement.bytes<16>(4);
    row.by.value = static_cast<std::uint32_t>(statement.integer(5));
    row.asked.s = statement.integer(6);
    row.asked_last.s = statement.integer(7);
    row.times = static_cast<std::uint32_t>(statement.integer(8));
    row.count = static_cast<std::uint64_t>(statement.integer(9));
    row.is_complete = statement.integer(10) != 0;
    row.digest = statement.bytes<32>(11);
    row.question = statement.text(12);
    row.has_people = statement.integer(13) != 0;
    return row;
}

MarkRow read_mark(const Statement& statement) {
    MarkRow row;
    row.number = static_cast<std::uint64_t>(statement.integer(0));
    row.case_number = statement.text(1);
    row.statement.value = static_cast<std::uint64_t>(statement.integer(2));
    row.state = static_cast<MarkState>(statement.integer(3));
    row.assigned.value = static_cast<std::uint32_t>(statement.integer(4));
    row.by.value = static_cast<std::uint32_t>(statement.integer(5));
    row.at.s = statement.integer(6);
    row.note = statement.text(7);
    return row;
}

}  // namespace

void SqliteDesk::append(const QuestionRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement(R"(INSERT INTO question (id, case_number, kind, key, by, asked, asked_last, times, count, is_complete, digest, bytes,
        question, people) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
    statement.bind_blob(row.id).bind_text(row.case_number).bind(static_cast<int>(row.kind)).bind_blob(row.key).bind(row.by.value).bind(row.asked.s)
        .bind(row.asked_last.s).bind(row.times).bind(row.count).bind(row.is_complete ? 1 : 0).bind_blob(row.digest)
        .bind(row.question.size() + row.people.size()).bind_blob(row.question);
    if (row.has_people) statement.bind_blob(row.people);
    else statement.bind_null();
    statement.run();
}

void SqliteDesk::ask_again(const Blind& id, domain::Instant at) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("UPDATE question SET asked_last = max(asked_last, ?), times = times + 1 WHERE id = ?");
    statement.bind(at.s).bind_blob(id).run();
}

void SqliteDesk::keep_questions(std::string_view case_number, std::size_t count, std::uint64_t bytes) {
    CHECK(database_.is_writing());
    std::vector<std::uint64_t> leaving;
    {
        auto statement = database_.statement(R"(SELECT number, bytes FROM question INDEXED BY question_by_age WHERE case_number = ?
            ORDER BY asked_last DESC, number DESC)");
        statement.bind_text(case_number);
        std::uint64_t kept = 0, total = 0;
        while (statement.step()) {
            total += static_cast<std::uint64_t>(statement.integer(1));
            const bool is_kept = kept == 0 || (kept < count && total <= bytes);
            if (is_kept) ++kept;
            else leaving.push_back(static_cast<std::uint64_t>(statement.integer(0)));
        }
    }
    for (const auto number : leaving) {
        auto statement = database_.statement("DELETE FROM question WHERE number = ?");
        statement.bind(number).run();
    }
}

std::optional<QuestionRow> SqliteDesk::find_question(const Blind& id) {
    static const std::string sql = std::string("SELECT ") + question_columns + ", people FROM question WHERE id = ?";
    auto statement = database_.statement(sql.c_str());
    statement.bind_blob(id);
    if (!statement.step()) return std::nullopt;
    auto row = read_question(statement);
    row.people = statement.text(14);
    return row;
}

std::optional<QuestionRow> SqliteDesk::latest_question(std::string_view case_number, const Blind& key) {
    static const std::string sql = std::string("SELECT ") + question_columns + " FROM question WHERE case_number = ? AND key = ? ORDER BY number DESC LIMIT 1";
    auto statement = database_.statement(sql.c_str());
    statement.bind_text(case_number).bind_blob(key);
    if (!statement.step()) return std::nullopt;
    return read_question(statement);
}

std::vector<QuestionRow> SqliteDesk::questions(std::string_view case_number, std::uint64_t before, std::size_t count) {
    static const std::string sql = std::string("SELECT ") + question_columns + " FROM question WHERE case_number = ? AND number < ? ORDER BY number DESC LIMIT ?";
    constexpr std::uint64_t all = ~0ULL >> 1U;   // SQLite's numbers are signed
    auto statement = database_.statement(sql.c_str());
    statement.bind_text(case_number).bind(before == 0 ? all : before).bind(count);
    std::vector<QuestionRow> rows;
    while (statement.step()) rows.push_back(read_question(statement));
    return rows;
}

std::uint64_t SqliteDesk::append(const MarkRow& row) {
    CHECK(database_.is_writing());
    {
        auto statement = database_.statement("INSERT INTO contact_mark (case_number, statement, state, assigned, by, at, note) VALUES (?, ?, ?, ?, ?, ?, ?)");
        statement.bind_text(row.case_number).bind(row.statement.value).bind(static_cast<int>(row.state)).bind(row.assigned.value).bind(row.by.value)
            .bind(row.at.s).bind_blob(row.note).run();
    }
    return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(database_.handle()));
}

std::vector<LatestMark> SqliteDesk::latest_marks(std::string_view case_number) {
    // Beside max() SQLite takes the other columns from the row that has it.
    auto statement = database_.statement(R"(SELECT statement, max(number), state, assigned, count(*) FROM contact_mark INDEXED BY contact_mark_by_statement
        WHERE case_number = ? GROUP BY statement ORDER BY statement)");
    statement.bind_text(case_number);
    std::vector<LatestMark> marks;
    while (statement.step())
        marks.push_back({static_cast<std::uint64_t>(statement.integer(1)), {static_cast<std::uint64_t>(statement.integer(0))},
                         static_cast<MarkState>(statement.integer(2)), {static_cast<std::uint32_t>(statement.integer(3))},
                         static_cast<std::uint32_t>(statement.integer(4))});
    return marks;
}

std::vector<MarkRow> SqliteDesk::marks_of(std::string_view case_number, domain::RegistrationId one) {
    auto statement = database_.statement(R"(SELECT number, case_number, statement, state, assigned, by, at, note FROM contact_mark
        INDEXED BY contact_mark_by_statement WHERE case_number = ? AND statement = ? ORDER BY number)");
    statement.bind_text(case_number).bind(one.value);
    std::vector<MarkRow> rows;
    while (statement.step()) rows.push_back(read_mark(statement));
    return rows;
}

std::optional<MarkRow> SqliteDesk::latest_mark(std::string_view case_number, domain::RegistrationId one) {
    auto statement = database_.statement(R"(SELECT number, case_number, statement, state, assigned, by, at, note FROM contact_mark
        INDEXED BY contact_mark_by_statement WHERE case_number = ? AND statement = ? ORDER BY number DESC LIMIT 1)");
    statement.bind_text(case_number).bind(one.value);
    if (!statement.step()) return std::nullopt;
    return read_mark(statement);
}

std::uint64_t SqliteDesk::count_marks(std::string_view case_number) {
    auto statement = database_.statement("SELECT count(*) FROM contact_mark INDEXED BY contact_mark_by_statement WHERE case_number = ?");
    statement.bind_text(case_number);
    CHECK(statement.step());
    return static_cast<std::uint64_t>(statement.integer(0));
}

}  // namespace chayan::storage::sqlite
