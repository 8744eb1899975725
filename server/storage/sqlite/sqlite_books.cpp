// SPDX-License-Identifier: Apache-2.0
// Divisions and sites, operators and sessions, cases, audit: small tables, read whole or by key.
#include <algorithm>

#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

AuditRow read_audit(const Statement& statement) {
    AuditRow row;
    row.seq = static_cast<std::uint64_t>(statement.integer(0));
    row.at.s = statement.integer(1);
    row.by.value = static_cast<std::uint32_t>(statement.integer(2));
    row.action = statement.text(3);
    row.case_number = statement.text(4);
    row.detail = statement.text(5);
    row.chain = statement.bytes<32>(6);
    return row;
}

CaseRow read_case(const Statement& statement) {
    CaseRow row;
    row.number = statement.text(0);
    row.title = statement.text(1);
    row.purpose = statement.text(2);
    row.state = static_cast<CaseState>(statement.integer(3));
    row.expires = instant(statement, 4);
    row.by.value = static_cast<std::uint32_t>(statement.integer(5));
    row.at.s = statement.integer(6);
    return row;
}

SiteRow read_site(const Statement& statement) {
    SiteRow row;
    row.id.value = static_cast<std::uint32_t>(statement.integer(0));
    row.ref = statement.text(1);
    row.name = statement.text(2);
    row.address = statement.text(3);
    row.category = static_cast<domain::Category>(statement.integer(4));
    row.division = division(statement, 5, 6);
    row.place.value = static_cast<std::uint32_t>(statement.integer(7));
    if (!statement.is_null(8)) row.longitude = statement.real(8);
    if (!statement.is_null(9)) row.latitude = statement.real(9);
    if (!statement.is_null(10)) row.presence = static_cast<domain::Presence>(statement.integer(10));
    if (!statement.is_null(11)) row.dwell_s = static_cast<std::int32_t>(statement.integer(11));
    row.opens_s = static_cast<std::int32_t>(statement.integer(12));
    row.closes_s = static_cast<std::int32_t>(statement.integer(13));
    row.revision = static_cast<std::uint8_t>(statement.integer(14));
    row.old_until = instant(statement, 15);
    row.closed = instant(statement, 16);
    row.asks_temperature = statement.integer(17) != 0;
    return row;
}

void insert_stays(Database& database, const SiteRow& row) {
    {
        auto statement = database.statement("DELETE FROM site_stay WHERE site = ?");
        statement.bind(row.id.value).run();
    }
    for (std::size_t number = 0; number < row.stays.size(); ++number) {
        const auto& stay = row.stays[number];
        auto statement = database.statement(
            "INSERT INTO site_stay (site, number, since, presence, dwell_s, opens_s, closes_s) VALUES (?, ?, ?, ?, ?, ?, ?)");
        statement.bind(row.id.value).bind(number).bind(stay.since.s).bind(static_cast<int>(stay.presence)).bind(stay.dwell_s)
            .bind(stay.opens_s).bind(stay.closes_s).run();
    }
}

}  // namespace

void SqliteSiteBook::put(const DivisionRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO division (code, digits, name, parent, parent_digits) VALUES (?, ?, ?, ?, ?)");
    statement.bind(row.code.number).bind(row.code.digits).bind_text(row.name);
    if (row.parent) statement.bind(row.parent->number).bind(row.parent->digits);
    else statement.bind_null().bind_null();
    statement.run();
}

void SqliteSiteBook::put(const SiteRow& row) {
    CHECK(database_.is_writing());
    static constexpr const char* sql = R"(INSERT INTO site (id, ref, name, address, category, division, division_digits, place, longitude,
        latitude, presence, dwell_s, opens_s, closes_s, revision, old_until, closed, asks_temperature)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET ref = excluded.ref, name = excluded.name, address = excluded.address, category = excluded.category,
        division = excluded.division, division_digits = excluded.division_digits, place = excluded.place, longitude = excluded.longitude,
        latitude = excluded.latitude, presence = excluded.presence, dwell_s = excluded.dwell_s, opens_s = excluded.opens_s,
        closes_s = excluded.closes_s, revision = excluded.revision, old_until = excluded.old_until, closed = excluded.closed,
        asks_temperature = excluded.asks_temperature)";
    {
        auto statement = database_.statement(sql);
        statement.bind(row.id.value).bind_text(row.ref).bind_text(row.name).bind_text(row.address).bind(static_cast<int>(row.category))
            .bind(row.division.number).bind(row.division.digits).bind(row.place.value).bind_optional(row.longitude).bind_optional(row.latitude);
        statement.bind_optional(row.presence ? std::optional(static_cast<int>(*row.presence)) : std::nullopt).bind_optional(row.dwell_s)
            .bind(row.opens_s).bind(row.closes_s).bind(row.revision).bind_optional(seconds(row.old_until)).bind_optional(seconds(row.closed))
            .bind(row.asks_temperature ? 1 : 0).run();
    }
    insert_stays(database_, row);
}

std::vector<DivisionRow> SqliteSiteBook::divisions() {
    auto statement = database_.statement("SELECT code, digits, name, parent, parent_digits FROM division ORDER BY code, digits");
    std::vector<DivisionRow> rows;
    while (statement.step()) {
        DivisionRow row{division(statement, 0, 1), statement.text(2), std::nullopt};
        if (!statement.is_null(3)) row.parent = division(statement, 3, 4);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<SiteRow> SqliteSiteBook::sites() {
    std::vector<SiteRow> rows;
    {
        auto statement = database_.statement(R"(SELECT id, ref, name, address, category, division, division_digits, place, longitude, latitude,
            presence, dwell_s, opens_s, closes_s, revision, old_until, closed, asks_temperature FROM site ORDER BY id)");
        while (statement.step()) rows.push_back(read_site(statement));
    }
    auto statement = database_.statement("SELECT site, since, presence, dwell_s, opens_s, closes_s FROM site_stay ORDER BY site, number");
    std::size_t at = 0;
    while (statement.step()) {
        while (at < rows.size() && rows[at].id.value < static_cast<std::uint32_t>(statement.integer(0))) ++at;
        if (at == rows.size() || rows[at].id.value != static_cast<std::uint32_t>(statement.integer(0)))
            throw StoreError(StoreError::Kind::corrupt, "there are rules of stay of site " + std::to_string(statement.integer(0)) +
                                                            ", which is not there. Keep the data folder as it is and restore a backup");
        rows[at].stays.push_back({{statement.integer(1)}, static_cast<domain::Presence>(statement.integer(2)),
                                  static_cast<std::int32_t>(statement.integer(3)), static_cast<std::int32_t>(statement.integer(4)),
                                  static_cast<std::int32_t>(statement.integer(5))});
    }
    return rows;
}

domain::SiteId SqliteSiteBook::last_site() {
    auto statement = database_.statement(
        "SELECT max(ifnull((SELECT max(id) FROM site), 0), ifnull((SELECT floor FROM sequence WHERE name = 'site'), 0))");
    CHECK(statement.step());
    return {static_cast<std::uint32_t>(statement.integer(0))};
}

void SqliteSiteBook::put(const OfficeWord& word) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO office (word, value) VALUES (?, ?)");
    statement.bind_text(word.word).bind_text(word.value).run();
}

std::vector<OfficeWord> SqliteSiteBook::office() {
    auto statement = database_.statement("SELECT word, value FROM office ORDER BY word");
    std::vector<OfficeWord> words;
    while (statement.step()) words.push_back({statement.text(0), statement.text(1)});
    return words;
}

void SqliteStaffBook::put(const OperatorRow& row) {
    CHECK(database_.is_writing());
    static constexpr const char* sql = R"(INSERT INTO operator (id, login, roles, scope, scope_digits, password_hash, disabled, otp,
        otp_step, site) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET login = excluded.login, roles = excluded.roles, scope = excluded.scope,
        scope_digits = excluded.scope_digits, password_hash = excluded.password_hash, disabled = excluded.disabled,
        otp = excluded.otp, otp_step = excluded.otp_step, site = excluded.site)";
    auto statement = database_.statement(sql);
    statement.bind(row.id.value).bind_text(row.login).bind(row.roles).bind(row.scope.number).bind(row.scope.digits)
        .bind_text(row.password_hash).bind_optional(seconds(row.disabled)).bind_blob(row.otp).bind(row.otp_step).bind(row.site.value).run();
}

void SqliteStaffBook::put(const SessionRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement(
        "INSERT OR REPLACE INTO session (token, csrf, operator, created, confirmed, last_seen, on_duty) VALUES (?, ?, ?, ?, ?, ?, ?)");
    statement.bind_blob(row.token).bind_blob(row.csrf).bind(row.operator_id.value).bind(row.created.s).bind(row.confirmed.s)
        .bind(row.last_seen.s).bind_blob(row.on_duty).run();
}

void SqliteStaffBook::touch(const SessionRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("UPDATE session SET confirmed = ?, last_seen = ? WHERE token = ?");
    statement.bind(row.confirmed.s).bind(row.last_seen.s).bind_blob(row.token).run();
}

void SqliteStaffBook::end_session(const Blind& token) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("DELETE FROM session WHERE token = ?");
    statement.bind_blob(token).run();
}

void SqliteStaffBook::end_sessions_before(domain::Instant created) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("DELETE FROM session WHERE created < ?");
    statement.bind(created.s).run();
}

void SqliteStaffBook::end_sessions_of(domain::OperatorId operator_id, const Blind& kept) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("DELETE FROM session WHERE operator = ? AND token <> ?");
    statement.bind(operator_id.value).bind_blob(kept).run();
}

std::vector<OperatorRow> SqliteStaffBook::operators() {
    auto statement = database_.statement(
        "SELECT id, login, roles, scope, scope_digits, password_hash, disabled, otp, otp_step, site FROM operator ORDER BY id");
    std::vector<OperatorRow> rows;
    while (statement.step()) {
        rows.push_back({{static_cast<std::uint32_t>(statement.integer(0))}, statement.text(1), static_cast<std::uint8_t>(statement.integer(2)),
                        division(statement, 3, 4), statement.text(5), instant(statement, 6), statement.text(7),
                        static_cast<std::uint64_t>(statement.integer(8)), {static_cast<std::uint32_t>(statement.integer(9))}});
    }
    return rows;
}

std::vector<SessionRow> SqliteStaffBook::sessions() {
    auto statement = database_.statement("SELECT token, csrf, operator, created, confirmed, last_seen, on_duty FROM session");
    std::vector<SessionRow> rows;
    while (statement.step()) {
        rows.push_back({statement.bytes<16>(0), statement.bytes<16>(1), {static_cast<std::uint32_t>(statement.integer(2))},
                        {statement.integer(3)}, {statement.integer(4)}, {statement.integer(5)}, statement.text(6)});
    }
    return rows;
}

domain::OperatorId SqliteStaffBook::last_operator() {
    auto statement = database_.statement(
        "SELECT max(ifnull((SELECT max(id) FROM operator), 0), ifnull((SELECT floor FROM sequence WHERE name = 'operator'), 0))");
    CHECK(statement.step());
    return {static_cast<std::uint32_t>(statement.integer(0))};
}

void SqliteDesk::put(const CaseRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement(
        "INSERT OR REPLACE INTO case_file (number, title, purpose, state, expires, by, at) VALUES (?, ?, ?, ?, ?, ?, ?)");
    statement.bind_text(row.number).bind_blob(row.title).bind_blob(row.purpose).bind(static_cast<int>(row.state))
        .bind_optional(seconds(row.expires)).bind(row.by.value).bind(row.at.s).run();
}

std::optional<CaseRow> SqliteDesk::find_case(std::string_view number) {
    auto statement = database_.statement("SELECT number, title, purpose, state, expires, by, at FROM case_file WHERE number = ?");
    statement.bind_text(number);
    if (!statement.step()) return std::nullopt;
    return read_case(statement);
}

std::vector<CaseRow> SqliteDesk::cases() {
    auto statement = database_.statement("SELECT number, title, purpose, state, expires, by, at FROM case_file ORDER BY at DESC, number");
    std::vector<CaseRow> rows;
    while (statement.step()) rows.push_back(read_case(statement));
    return rows;
}

void SqliteAuditLog::append(const AuditRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO audit (seq, at, by, action, case_number, detail, chain) VALUES (?, ?, ?, ?, ?, ?, ?)");
    statement.bind(row.seq).bind(row.at.s).bind(row.by.value).bind_text(row.action).bind_text(row.case_number).bind_blob(row.detail)
        .bind_blob(row.chain).run();
    reached_.audit = row.seq;
    for (const auto& subject : row.subjects) {
        auto index = database_.statement("INSERT OR IGNORE INTO audit_subject (subject, seq) VALUES (?, ?)");
        index.bind_blob(subject).bind(row.seq).run();
    }
}

std::optional<AuditRow> SqliteAuditLog::last() {
    auto statement = database_.statement("SELECT seq, at, by, action, case_number, detail, chain FROM audit ORDER BY seq DESC LIMIT 1");
    if (!statement.step()) return std::nullopt;
    return read_audit(statement);
}

std::vector<AuditRow> SqliteAuditLog::read(std::uint64_t from, std::uint32_t count) {
    auto statement = database_.statement("SELECT seq, at, by, action, case_number, detail, chain FROM audit WHERE seq >= ? ORDER BY seq LIMIT ?");
    statement.bind(from).bind(count);
    std::vector<AuditRow> rows;
    while (statement.step()) rows.push_back(read_audit(statement));
    return rows;
}

std::vector<AuditRow> SqliteAuditLog::read_back(std::uint64_t before, std::uint32_t count) {
    constexpr std::uint64_t all = ~0ULL >> 1U;   // SQLite's numbers are signed
    auto statement = database_.statement("SELECT seq, at, by, action, case_number, detail, chain FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?");
    statement.bind(before == 0 ? all : std::min(before, all)).bind(count);
    std::vector<AuditRow> rows;
    while (statement.step()) rows.push_back(read_audit(statement));
    return rows;
}

std::optional<AuditRow> SqliteAuditLog::last_of(std::string_view action, std::uint64_t after) {
    auto statement = database_.statement(
        "SELECT seq, at, by, action, case_number, detail, chain FROM audit WHERE seq > ? AND action = ? ORDER BY seq DESC LIMIT 1");
    statement.bind(after).bind_text(action);
    if (!statement.step()) return std::nullopt;
    return read_audit(statement);
}

std::vector<AuditRow> SqliteAuditLog::about(const Blind& subject, std::uint32_t count) {
    auto statement = database_.statement(R"(SELECT audit.seq, at, by, action, case_number, detail, chain FROM audit_subject
        JOIN audit ON audit.seq = audit_subject.seq WHERE subject = ? ORDER BY audit.seq DESC LIMIT ?)");
    statement.bind_blob(subject).bind(count);
    std::vector<AuditRow> rows;
    while (statement.step()) rows.push_back(read_audit(statement));
    return rows;
}

}  // namespace chayan::storage::sqlite
