// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

constexpr std::size_t blind_bytes = 16;

StatementPlace read_place(const Statement& statement) {
    return {{static_cast<std::uint64_t>(statement.integer(0))}, {static_cast<std::uint32_t>(statement.integer(1))}};
}

ReviewRow read_review(const Statement& statement) {
    ReviewRow row;
    row.a.value = static_cast<std::uint64_t>(statement.integer(0));
    row.b.value = static_cast<std::uint64_t>(statement.integer(1));
    row.id = statement.bytes<blind_bytes>(2);
    row.state = static_cast<ReviewState>(statement.integer(3));
    row.kind = static_cast<ReviewKind>(statement.integer(4));
    row.weight = statement.real(5);
    row.reasons = statement.text(6);
    row.at.s = statement.integer(7);
    row.decided.s = statement.integer(8);
    row.by.value = static_cast<std::uint32_t>(statement.integer(9));
    row.note = statement.text(10);
    row.event = static_cast<std::uint64_t>(statement.integer(11));
    return row;
}

std::vector<ReviewRow> read_reviews(Statement& statement) {
    std::vector<ReviewRow> rows;
    while (statement.step()) rows.push_back(read_review(statement));
    return rows;
}

/// One statement of each name: SQLite reads every row for DISTINCT, so each name is sought.
std::vector<StatementPlace> one_of_each_name(Database& database, const char* sql, const Blind& key, std::size_t count) {
    std::vector<StatementPlace> found;
    std::string after;   // above no name
    while (found.size() < count) {
        auto statement = database.statement(sql);
        statement.bind_blob(key).bind_blob(after);
        if (!statement.step()) break;
        found.push_back(read_place(statement));
        after = statement.text(2);
    }
    return found;
}

}  // namespace

void SqliteLinkBook::append(const LinkKey& key, const StatementPlace& place) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR IGNORE INTO link_key (key, person, registration) VALUES (?, ?, ?)");
    statement.bind_blob(key).bind(place.person.value).bind(place.registration.value).run();
}

bool SqliteLinkBook::has_keys() { return database_.statement("SELECT 1 FROM link_key LIMIT 1").step(); }

std::vector<StatementPlace> SqliteLinkBook::with_key(const LinkKey& key, std::size_t count) {
    std::vector<StatementPlace> found;
    domain::PersonNo after;
    while (found.size() < count) {
        auto statement = database_.statement("SELECT registration, person FROM link_key WHERE key = ? AND person > ? ORDER BY person, registration LIMIT 1");
        statement.bind_blob(key).bind(after.value);
        if (!statement.step()) break;
        found.push_back(read_place(statement));
        after = found.back().person;
    }
    return found;
}

std::vector<StatementPlace> SqliteLinkBook::placed_with_key(const LinkKey& key, domain::PersonNo person, std::size_t count) {
    auto statement = database_.statement("SELECT registration, person FROM link_key WHERE key = ? AND person = ? ORDER BY registration LIMIT ?");
    statement.bind_blob(key).bind(person.value).bind(count);
    std::vector<StatementPlace> found;
    while (statement.step()) found.push_back(read_place(statement));
    return found;
}

std::vector<StatementPlace> SqliteLinkBook::names_with_document(const Blind& document, std::size_t count) {
    return one_of_each_name(database_, R"(SELECT id, person, name FROM registration INDEXED BY registration_by_document_and_name
        WHERE document = ? AND name > ? ORDER BY name LIMIT 1)", document, count);
}

std::vector<StatementPlace> SqliteLinkBook::names_with_phone(const Blind& phone, std::size_t count) {
    return one_of_each_name(database_, R"(SELECT id, person, name FROM registration INDEXED BY registration_by_phone
        WHERE phone = ? AND name > ? ORDER BY name LIMIT 1)", phone, count);
}

std::size_t SqliteLinkBook::count_with_name(const Blind& name, std::size_t most) {
    auto statement = database_.statement("SELECT count(*) FROM (SELECT 1 FROM registration INDEXED BY registration_by_name WHERE name = ? LIMIT ?)");
    statement.bind_blob(name).bind(most);
    return statement.step() ? static_cast<std::size_t>(statement.integer(0)) : 0;
}

void SqliteLinkBook::put(const ReviewRow& row) {
    CHECK(database_.is_writing() && row.a < row.b);
    if (row.kind == ReviewKind::conflict) ++conflict_changes_;
    static constexpr const char* sql = R"(INSERT OR REPLACE INTO review (a, b, id, state, kind, weight, reasons, at, decided, by, note, event)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))";
    auto statement = database_.statement(sql);
    statement.bind(row.a.value).bind(row.b.value).bind_blob(row.id).bind(static_cast<int>(row.state)).bind(static_cast<int>(row.kind)).bind(row.weight)
        .bind_text(row.reasons).bind(row.at.s).bind(row.decided.s).bind(row.by.value).bind_blob(row.note).bind(row.event).run();
}

std::optional<ReviewRow> SqliteLinkBook::review(const Blind& id) {
    auto statement = database_.statement("SELECT a, b, id, state, kind, weight, reasons, at, decided, by, note, event FROM review WHERE id = ?");
    statement.bind_blob(id);
    if (!statement.step()) return std::nullopt;
    return read_review(statement);
}

std::optional<ReviewRow> SqliteLinkBook::review_of(domain::RegistrationId a, domain::RegistrationId b) {
    auto statement = database_.statement("SELECT a, b, id, state, kind, weight, reasons, at, decided, by, note, event FROM review WHERE a = ? AND b = ?");
    statement.bind(std::min(a, b).value).bind(std::max(a, b).value);
    if (!statement.step()) return std::nullopt;
    return read_review(statement);
}

std::vector<ReviewRow> SqliteLinkBook::reviews(ReviewState state) {
    auto statement = database_.statement(R"(SELECT a, b, id, state, kind, weight, reasons, at, decided, by, note, event FROM review
        WHERE state = ? ORDER BY a, b)");
    statement.bind(static_cast<int>(state));
    return read_reviews(statement);
}

std::vector<ReviewRow> SqliteLinkBook::reviews_with(domain::RegistrationId one) {
    auto statement = database_.statement(R"(SELECT a, b, id, state, kind, weight, reasons, at, decided, by, note, event FROM review WHERE a = ?1
        UNION ALL SELECT a, b, id, state, kind, weight, reasons, at, decided, by, note, event FROM review WHERE b = ?1 ORDER BY a, b)");
    statement.bind(one.value);
    return read_reviews(statement);
}

std::vector<std::pair<domain::RegistrationId, domain::RegistrationId>> SqliteLinkBook::open_conflicts() {
    auto statement = database_.statement(R"(SELECT a, b FROM review JOIN registration one ON one.id = a JOIN registration other ON other.id = b
        WHERE state = ? AND kind = ? AND one.document = other.document ORDER BY a, b)");
    statement.bind(static_cast<int>(ReviewState::open)).bind(static_cast<int>(ReviewKind::conflict));
    std::vector<std::pair<domain::RegistrationId, domain::RegistrationId>> pairs;
    while (statement.step())
        pairs.emplace_back(domain::RegistrationId{static_cast<std::uint64_t>(statement.integer(0))}, domain::RegistrationId{static_cast<std::uint64_t>(statement.integer(1))});
    return pairs;
}

void SqliteLinkBook::put(const VerificationRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR IGNORE INTO verification (registration, at, by) VALUES (?, ?, ?)");
    statement.bind(row.registration.value).bind(row.at.s).bind(row.by.value).run();
}

std::optional<VerificationRow> SqliteLinkBook::verification(domain::RegistrationId of) {
    auto statement = database_.statement("SELECT registration, at, by FROM verification WHERE registration = ?");
    statement.bind(of.value);
    if (!statement.step()) return std::nullopt;
    return VerificationRow{of, {statement.integer(1)}, {static_cast<std::uint32_t>(statement.integer(2))}};
}

std::vector<VerificationRow> SqliteLinkBook::verifications() {
    auto statement = database_.statement("SELECT registration, at, by FROM verification ORDER BY registration");
    std::vector<VerificationRow> rows;
    while (statement.step())
        rows.push_back({{static_cast<std::uint64_t>(statement.integer(0))}, {statement.integer(1)}, {static_cast<std::uint32_t>(statement.integer(2))}});
    return rows;
}

}  // namespace chayan::storage::sqlite
