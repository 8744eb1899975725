// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/site_ports.hpp"

#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

domain::OperatorId operator_at(const Statement& statement, int column) { return {static_cast<std::uint32_t>(statement.integer(column))}; }
domain::SiteId site_at(const Statement& statement, int column) { return {static_cast<std::uint32_t>(statement.integer(column))}; }
domain::Day day_at(const Statement& statement, int column) { return {static_cast<std::int32_t>(statement.integer(column))}; }
std::uint64_t id_at(const Statement& statement, int column) { return static_cast<std::uint64_t>(statement.integer(column)); }

ReportRow report_of(const Statement& statement) {
    return {id_at(statement, 0), site_at(statement, 1), day_at(statement, 2), operator_at(statement, 3), {statement.integer(4)},
            {statement.integer(5), statement.integer(6), statement.integer(7), statement.integer(8)}, Bytes(statement.text(9))};
}

CameraRow camera_of(const Statement& statement) { return {site_at(statement, 0), Bytes(statement.text(1))}; }

OutingRule rule_of(const Statement& statement) {
    return {id_at(statement, 0), division(statement, 1, 2), {day_at(statement, 3), day_at(statement, 4), statement.integer(5), static_cast<std::int32_t>(statement.integer(6))},
            operator_at(statement, 7), {statement.integer(8)}};
}

OutingRow outing_of(const Statement& statement) {
    return {id_at(statement, 0), statement.bytes<16>(1), statement.bytes<16>(2), day_at(statement, 3), Bytes(statement.text(4)), {statement.integer(5)},
            operator_at(statement, 6), Bytes(statement.text(7))};
}

template <class Row, class Read>
std::vector<Row> all(Statement& statement, Read read) {
    std::vector<Row> rows;
    while (statement.step()) rows.push_back(read(statement));
    return rows;
}

template <class Row, class Read>
std::optional<Row> one(Statement& statement, Read read) {
    return statement.step() ? std::optional<Row>(read(statement)) : std::nullopt;
}

/// The number that an INSERT … RETURNING gave.
std::uint64_t number_of(Statement& statement) {
    CHECK(statement.step());
    const auto number = id_at(statement, 0);
    CHECK(!statement.step());
    return number;
}

/// Whether … RETURNING named a row.
bool has_changed(Statement& statement) {
    bool has = false;
    while (statement.step()) has = true;
    return has;
}

}  // namespace

std::uint64_t SqliteReportBook::append(const ReportRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement(R"(INSERT INTO site_report (site, day, by, at, staff, present, fever, elsewhere, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id)");
    statement.bind(row.site.value).bind(row.day.number).bind(row.by.value).bind(row.at.s).bind(row.numbers.staff).bind(row.numbers.present).bind(row.numbers.fever);
    statement.bind(row.numbers.elsewhere).bind_blob(row.note);
    return number_of(statement);
}

std::vector<ReportRow> SqliteReportBook::reports(domain::SiteId site, domain::Day day) {
    auto statement = database_.statement(R"(SELECT id, site, day, by, at, staff, present, fever, elsewhere, note FROM site_report INDEXED BY site_report_by_site
        WHERE site = ? AND day = ? ORDER BY id)");
    statement.bind(site.value).bind(day.number);
    return all<ReportRow>(statement, report_of);
}

std::vector<ReportRow> SqliteReportBook::reports_of(domain::Day day) {
    auto statement = database_.statement("SELECT id, site, day, by, at, staff, present, fever, elsewhere, note FROM site_report INDEXED BY site_report_by_day WHERE day = ? ORDER BY id");
    statement.bind(day.number);
    return all<ReportRow>(statement, report_of);
}

std::optional<ReportRow> SqliteReportBook::latest(domain::SiteId site, domain::Day before) {
    auto statement = database_.statement(R"(SELECT id, site, day, by, at, staff, present, fever, elsewhere, note FROM site_report INDEXED BY site_report_by_site
        WHERE site = ? AND day < ? ORDER BY day DESC, id DESC LIMIT 1)");
    statement.bind(site.value).bind(before.number);
    return one<ReportRow>(statement, report_of);
}

std::vector<ReportRow> SqliteReportBook::reports_after(std::uint64_t after, std::size_t count) {
    auto statement = database_.statement("SELECT id, site, day, by, at, staff, present, fever, elsewhere, note FROM site_report WHERE id > ? ORDER BY id LIMIT ?");
    statement.bind(after).bind(count);
    return all<ReportRow>(statement, report_of);
}

void SqliteCameraBook::put(const CameraRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO site_camera (site, sealed) VALUES (?, ?) ON CONFLICT (site) DO UPDATE SET sealed = excluded.sealed");
    statement.bind(row.site.value).bind_blob(row.sealed).run();
}

bool SqliteCameraBook::remove(domain::SiteId site) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("DELETE FROM site_camera WHERE site = ? RETURNING site");
    statement.bind(site.value);
    return has_changed(statement);
}

std::optional<CameraRow> SqliteCameraBook::find(domain::SiteId site) {
    auto statement = database_.statement("SELECT site, sealed FROM site_camera WHERE site = ?");
    statement.bind(site.value);
    return one<CameraRow>(statement, camera_of);
}

std::vector<CameraRow> SqliteCameraBook::cameras() {
    auto statement = database_.statement("SELECT site, sealed FROM site_camera ORDER BY site");
    return all<CameraRow>(statement, camera_of);
}

std::uint64_t SqliteOutingBook::append(const OutingRule& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement(R"(INSERT INTO outing_rule (division, division_digits, from_day, until_day, people, days, by, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id)");
    statement.bind(row.division.number).bind(row.division.digits).bind(row.limit.from.number).bind(row.limit.until.number).bind(row.limit.people).bind(row.limit.days);
    statement.bind(row.by.value).bind(row.at.s);
    return number_of(statement);
}

bool SqliteOutingBook::undo(std::uint64_t rule, domain::OperatorId by, domain::Instant at) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("UPDATE outing_rule SET undone = ?, undone_by = ? WHERE id = ? AND undone = 0 RETURNING id");
    statement.bind(at.s).bind(by.value).bind(rule);
    return has_changed(statement);
}

std::vector<OutingRule> SqliteOutingBook::rules() {
    auto statement = database_.statement("SELECT id, division, division_digits, from_day, until_day, people, days, by, at FROM outing_rule WHERE undone = 0 ORDER BY id");
    return all<OutingRule>(statement, rule_of);
}

bool SqliteOutingBook::append(const OutingRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement(R"(INSERT INTO outing (id, household, scan, day, sealed, excepted, excepted_by, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (scan) DO NOTHING RETURNING id)");
    statement.bind(next_number(database_, "outing")).bind_blob(row.household).bind_blob(row.scan).bind(row.day.number).bind_blob(row.sealed).bind(row.excepted.s).bind(row.excepted_by.value).bind_blob(row.reason);
    return has_changed(statement);
}

bool SqliteOutingBook::except(const Blind& scan, domain::OperatorId by, domain::Instant at, const Bytes& reason) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("UPDATE outing SET excepted = ?, excepted_by = ?, reason = ? WHERE scan = ? AND excepted = 0 RETURNING id");
    statement.bind(at.s).bind(by.value).bind_blob(reason).bind_blob(scan);
    return has_changed(statement);
}

std::vector<OutingRow> SqliteOutingBook::outings(const Blind& household, domain::Day from, domain::Day to) {
    auto statement = database_.statement(R"(SELECT id, household, scan, day, sealed, excepted, excepted_by, reason FROM outing INDEXED BY outing_by_household
        WHERE household = ? AND day BETWEEN ? AND ? ORDER BY id)");
    statement.bind_blob(household).bind(from.number).bind(to.number);
    return all<OutingRow>(statement, outing_of);
}

std::optional<OutingRow> SqliteOutingBook::find(const Blind& scan) {
    auto statement = database_.statement("SELECT id, household, scan, day, sealed, excepted, excepted_by, reason FROM outing WHERE scan = ?");
    statement.bind_blob(scan);
    return one<OutingRow>(statement, outing_of);
}

std::vector<OutingRow> SqliteOutingBook::outings_after(std::uint64_t after, std::size_t count) {
    auto statement = database_.statement("SELECT id, household, scan, day, sealed, excepted, excepted_by, reason FROM outing WHERE id > ? ORDER BY id LIMIT ?");
    statement.bind(after).bind(count);
    return all<OutingRow>(statement, outing_of);
}

}  // namespace chayan::storage::sqlite
