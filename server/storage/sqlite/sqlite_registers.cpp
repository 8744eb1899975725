// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/desk_ports.hpp"
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

template <class Value>
std::int64_t number(Value value) { return static_cast<std::int64_t>(value); }

/// id, kind, registration, opened, opened_by, state, division, division_digits, site, found, temperature, result, until, due, closed, approved, and perhaps the texts.
RecordRow record_of(const Statement& statement, bool has_texts) {
    RecordRow row;
    row.id = static_cast<std::uint64_t>(statement.integer(0));
    row.kind = static_cast<domain::RegisterKind>(statement.integer(1));
    row.registration = {static_cast<std::uint64_t>(statement.integer(2))};
    row.opened = {statement.integer(3)};
    row.opened_by = {static_cast<std::uint32_t>(statement.integer(4))};
    auto& standing = row.standing;
    standing.state = static_cast<domain::RecordState>(statement.integer(5));
    standing.division = division(statement, 6, 7);
    standing.site = {static_cast<std::uint32_t>(statement.integer(8))};
    standing.found = static_cast<domain::FoundAt>(statement.integer(9));
    standing.temperature_dc = static_cast<std::int16_t>(statement.integer(10));
    standing.result = static_cast<domain::TestResult>(statement.integer(11));
    standing.until = {statement.integer(12)};
    standing.due = {statement.integer(13)};
    row.closed = {statement.integer(14)};
    standing.is_approved = statement.integer(15) != 0;
    if (has_texts) row.subject = statement.text(16), row.place = statement.text(17);
    return row;
}

/// record, step, at, by, state, division, division_digits, site, temperature, result, until, and perhaps the texts.
StepRow step_of(const Statement& statement, bool has_texts) {
    StepRow row;
    row.record = static_cast<std::uint64_t>(statement.integer(0));
    row.step = static_cast<domain::StepKind>(statement.integer(1));
    row.at = {statement.integer(2)};
    row.by = {static_cast<std::uint32_t>(statement.integer(3))};
    row.standing.state = static_cast<domain::RecordState>(statement.integer(4));
    row.standing.division = division(statement, 5, 6);
    row.standing.site = {static_cast<std::uint32_t>(statement.integer(7))};
    row.standing.temperature_dc = static_cast<std::int16_t>(statement.integer(8));
    row.standing.result = static_cast<domain::TestResult>(statement.integer(9));
    row.standing.until = {statement.integer(10)};
    if (has_texts) row.place = statement.text(11), row.note = statement.text(12);
    return row;
}

std::vector<RecordRow> records(Statement& statement) {
    std::vector<RecordRow> rows;
    while (statement.step()) rows.push_back(record_of(statement, true));
    return rows;
}

}  // namespace

std::uint64_t SqliteRegisterBook::append(const RecordRow& row) {
    CHECK(database_.is_writing());
    if (row.kind == domain::RegisterKind::isolation) ++changes_;
    const auto& standing = row.standing;
    auto statement = database_.statement(R"(INSERT INTO record (id, kind, registration, opened, opened_by, subject, place, state, division, division_digits, site, found, temperature,
        result, until, due, closed, approved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id)");
    statement.bind(next_number(database_, "record")).bind(number(row.kind)).bind(row.registration.value).bind(row.opened.s).bind(row.opened_by.value).bind_blob(row.subject).bind_blob(row.place);
    statement.bind(number(standing.state)).bind(standing.division.number).bind(standing.division.digits).bind(standing.site.value).bind(number(standing.found));
    statement.bind(standing.temperature_dc).bind(number(standing.result)).bind(standing.until.s).bind(standing.due.s).bind(row.closed.s).bind(standing.is_approved ? 1 : 0);
    CHECK(statement.step());
    const auto id = static_cast<std::uint64_t>(statement.integer(0));
    CHECK(!statement.step());
    return id;
}

void SqliteRegisterBook::append(const StepRow& row) {
    CHECK(database_.is_writing());
    const auto& standing = row.standing;
    auto step = database_.statement(R"(INSERT INTO record_step (record, step, at, by, state, division, division_digits, site, temperature, result, until, place, note)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))");
    step.bind(row.record).bind(number(row.step)).bind(row.at.s).bind(row.by.value).bind(number(standing.state)).bind(standing.division.number).bind(standing.division.digits);
    step.bind(standing.site.value).bind(standing.temperature_dc).bind(number(standing.result)).bind(standing.until.s).bind_blob(row.place).bind_blob(row.note).run();
    auto record = database_.statement(R"(UPDATE record SET state = ?, division = ?, division_digits = ?, site = ?, found = ?, temperature = ?, result = ?, until = ?, due = ?,
        closed = ?, approved = ?, place = CASE WHEN ?12 = x'' THEN place ELSE ?12 END WHERE id = ?13 RETURNING kind)");
    record.bind(number(standing.state)).bind(standing.division.number).bind(standing.division.digits).bind(standing.site.value).bind(number(standing.found));
    record.bind(standing.temperature_dc).bind(number(standing.result)).bind(standing.until.s).bind(standing.due.s);
    record.bind(domain::is_closed(standing.state) ? row.at.s : 0).bind(standing.is_approved ? 1 : 0).bind_blob(row.place).bind(row.record);
    CHECK(record.step());
    if (record.integer(0) == number(domain::RegisterKind::isolation)) ++changes_;
    CHECK(!record.step());
}

void SqliteRegisterBook::put_capacity(domain::SiteId site, std::uint32_t capacity) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO isolation_place (site, capacity) VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET capacity = excluded.capacity");
    statement.bind(site.value).bind(capacity).run();
}

std::optional<RecordRow> SqliteRegisterBook::find(std::uint64_t id) {
    auto statement = database_.statement(R"(SELECT id, kind, registration, opened, opened_by, state, division, division_digits, site, found, temperature, result, until, due, closed,
        approved, subject, place FROM record WHERE id = ?)");
    statement.bind(id);
    return statement.step() ? std::optional(record_of(statement, true)) : std::nullopt;
}

std::vector<RecordRow> SqliteRegisterBook::open(domain::RegisterKind kind, const DuePlace& after, std::size_t count) {
    auto statement = database_.statement(R"(SELECT id, kind, registration, opened, opened_by, state, division, division_digits, site, found, temperature, result, until, due, closed,
        approved, subject, place FROM record INDEXED BY record_open WHERE closed = 0 AND kind = ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?)");
    statement.bind(number(kind)).bind(after.id == 0 ? INT64_MIN : after.due.s).bind(after.id).bind(count);
    return records(statement);
}

std::vector<RecordRow> SqliteRegisterBook::records_of(domain::RegisterKind kind, domain::RegistrationId registration) {
    auto statement = database_.statement(R"(SELECT id, kind, registration, opened, opened_by, state, division, division_digits, site, found, temperature, result, until, due, closed,
        approved, subject, place FROM record INDEXED BY record_by_registration WHERE registration <> 0 AND registration = ? AND kind = ? ORDER BY id)");
    statement.bind(registration.value).bind(number(kind));
    return records(statement);
}

std::vector<RecordRow> SqliteRegisterBook::closed_since(domain::RegisterKind kind, domain::Instant at) {
    auto statement = database_.statement(R"(SELECT id, kind, registration, opened, opened_by, state, division, division_digits, site, found, temperature, result, until, due, closed,
        approved FROM record INDEXED BY record_by_end WHERE closed <> 0 AND kind = ? AND closed > ? ORDER BY id)");
    statement.bind(number(kind)).bind(at.s);
    std::vector<RecordRow> rows;
    while (statement.step()) rows.push_back(record_of(statement, false));
    return rows;
}

std::vector<std::pair<domain::SiteId, std::uint32_t>> SqliteRegisterBook::open_by_site(domain::RegisterKind kind) {
    auto statement = database_.statement("SELECT site, count(*) FROM record INDEXED BY record_open WHERE closed = 0 AND kind = ? GROUP BY site ORDER BY site");
    statement.bind(number(kind));
    std::vector<std::pair<domain::SiteId, std::uint32_t>> counts;
    while (statement.step()) counts.emplace_back(domain::SiteId{static_cast<std::uint32_t>(statement.integer(0))}, static_cast<std::uint32_t>(statement.integer(1)));
    return counts;
}

std::vector<RecordRow> SqliteRegisterBook::closed(domain::RegisterKind kind, std::uint64_t before, std::size_t count) {
    auto statement = database_.statement(R"(SELECT id, kind, registration, opened, opened_by, state, division, division_digits, site, found, temperature, result, until, due, closed,
        approved, subject, place FROM record INDEXED BY record_closed WHERE closed <> 0 AND kind = ? AND id < ? ORDER BY id DESC LIMIT ?)");
    statement.bind(number(kind)).bind(before == 0 ? INT64_MAX : static_cast<std::int64_t>(before)).bind(count);
    return records(statement);
}

void SqliteRegisterBook::read_open(domain::RegisterKind kind, const std::function<void(domain::DivisionCode, domain::Instant)>& take) {
    auto statement = database_.statement("SELECT division, division_digits, due FROM record INDEXED BY record_open WHERE closed = 0 AND kind = ? ORDER BY due, id");
    statement.bind(number(kind));
    while (statement.step()) take(division(statement, 0, 1), {statement.integer(2)});
}

std::vector<StepRow> SqliteRegisterBook::steps(std::uint64_t record) {
    auto statement = database_.statement(R"(SELECT record, step, at, by, state, division, division_digits, site, temperature, result, until, place, note FROM record_step
        INDEXED BY record_step_by_record WHERE record = ? ORDER BY number)");
    statement.bind(record);
    std::vector<StepRow> rows;
    while (statement.step()) rows.push_back(step_of(statement, true));
    return rows;
}

void SqliteRegisterBook::read(domain::RegisterKind kind, const std::function<void(const RecordRow&)>& take) {
    auto statement = database_.statement(R"(SELECT id, kind, registration, opened, opened_by, state, division, division_digits, site, found, temperature, result, until, due, closed,
        approved FROM record WHERE kind = ? ORDER BY id)");
    statement.bind(number(kind));
    while (statement.step()) take(record_of(statement, false));
}

void SqliteRegisterBook::read_steps(domain::Interval interval, const std::function<void(const StepRow&)>& take) {
    auto statement = database_.statement(R"(SELECT record, step, at, by, state, division, division_digits, site, temperature, result, until FROM record_step
        INDEXED BY record_step_by_time WHERE at >= ? AND at < ? ORDER BY at, number)");
    statement.bind(interval.from.s).bind(interval.to.s);
    while (statement.step()) take(step_of(statement, false));
}

std::vector<std::pair<domain::SiteId, std::uint32_t>> SqliteRegisterBook::capacities() {
    auto statement = database_.statement("SELECT site, capacity FROM isolation_place ORDER BY site");
    std::vector<std::pair<domain::SiteId, std::uint32_t>> rows;
    while (statement.step()) rows.emplace_back(domain::SiteId{static_cast<std::uint32_t>(statement.integer(0))}, static_cast<std::uint32_t>(statement.integer(1)));
    return rows;
}

}  // namespace chayan::storage::sqlite
