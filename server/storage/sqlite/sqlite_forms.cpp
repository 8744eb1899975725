// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {

void SqliteFormBook::put(const FormRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO form (id, at, by, header, columns, sealed, file) VALUES (?, ?, ?, ?, ?, ?, ?)");
    statement.bind_blob(row.id).bind(row.at.s).bind(row.by.value).bind_blob(row.header).bind_text(row.columns).bind_blob(row.sealed).bind_blob(row.file).run();
}

bool SqliteFormBook::remove(const std::array<std::uint8_t, 8>& id) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("DELETE FROM form WHERE id = ? RETURNING at");
    statement.bind_blob(id);
    bool was_there = false;
    while (statement.step()) was_there = true;
    return was_there;
}

std::size_t SqliteFormBook::count() {
    auto statement = database_.statement("SELECT count(*) FROM form");
    CHECK(statement.step());
    return static_cast<std::size_t>(statement.integer(0));
}

std::vector<FormRow> SqliteFormBook::forms() {
    auto statement = database_.statement("SELECT id, at, by, header, columns, sealed FROM form ORDER BY at, id");
    std::vector<FormRow> rows;
    while (statement.step())
        rows.push_back({statement.bytes<8>(0), {statement.integer(1)}, {static_cast<std::uint32_t>(statement.integer(2))}, statement.bytes<16>(3), statement.text(4),
                        statement.text(5), {}});
    return rows;
}

std::optional<FormRow> SqliteFormBook::find(const std::array<std::uint8_t, 8>& id) {
    auto statement = database_.statement("SELECT id, at, by, header, columns, sealed, file FROM form WHERE id = ?");
    statement.bind_blob(id);
    if (!statement.step()) return std::nullopt;
    return FormRow{statement.bytes<8>(0), {statement.integer(1)}, {static_cast<std::uint32_t>(statement.integer(2))}, statement.bytes<16>(3), statement.text(4),
                   statement.text(5), statement.text(6)};
}

void SqliteFormBook::put_mapping(const Blind& header, domain::Instant at, std::string_view columns) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO form_mapping (header, at, columns) VALUES (?, ?, ?)");
    statement.bind_blob(header).bind(at.s).bind_text(columns).run();
}

std::optional<std::string> SqliteFormBook::mapping(const Blind& header) {
    auto statement = database_.statement("SELECT columns FROM form_mapping WHERE header = ?");
    statement.bind_blob(header);
    return statement.step() ? std::optional(statement.text(0)) : std::nullopt;
}

}  // namespace chayan::storage::sqlite
