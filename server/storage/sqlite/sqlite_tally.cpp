// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/desk_ports.hpp"
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

VehicleCheckRow check_of(const Statement& statement, bool has_plate) {
    return {static_cast<std::uint64_t>(statement.integer(0)),          {static_cast<std::uint32_t>(statement.integer(1))},   {statement.integer(2)},
            {statement.integer(3)},                                    static_cast<domain::Direction>(statement.integer(4)), static_cast<std::int32_t>(statement.integer(5)),
            {static_cast<std::uint32_t>(statement.integer(6))},        has_plate ? statement.text(7) : Bytes{}};
}

BriefRow brief_of(const Statement& statement) {
    return {static_cast<std::uint64_t>(statement.integer(0)), {static_cast<std::int32_t>(statement.integer(1))}, division(statement, 2, 3), {statement.integer(4)},
            {static_cast<std::uint32_t>(statement.integer(5))}, {statement.integer(6)}, statement.text(7)};
}

/// 24 numbers, each in as few bytes as the day needs: most hours of most sites have under 128.
Bytes packed(const std::array<std::uint32_t, 24>& hours) {
    Bytes bytes;
    for (auto count : hours) {
        for (; count >= 128; count >>= 7U) bytes.push_back(static_cast<char>(128U | (count & 127U)));
        bytes.push_back(static_cast<char>(count));
    }
    return bytes;
}

std::array<std::uint32_t, 24> unpacked(const Bytes& bytes) {
    std::array<std::uint32_t, 24> hours{};
    std::size_t hour = 0;
    unsigned shift = 0;
    for (const char c : bytes) {
        if (hour == hours.size()) break;
        const auto byte = static_cast<std::uint8_t>(c);
        hours[hour] |= static_cast<std::uint32_t>(byte & 127U) << shift;
        shift += 7;
        if (byte < 128) ++hour, shift = 0;
    }
    return hours;
}

std::uint64_t number_of(Statement& statement) {
    CHECK(statement.step());
    const auto number = static_cast<std::uint64_t>(statement.integer(0));
    CHECK(!statement.step());
    return number;
}

}  // namespace

std::uint64_t SqliteTallyBook::append(const VehicleCheckRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO vehicle_check (id, site, at, received, direction, people, by, sealed, token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
    statement.bind(next_number(database_, "vehicle_check")).bind(row.site.value).bind(row.at.s).bind(row.received.s).bind(static_cast<int>(row.direction)).bind(row.people).bind(row.by.value).bind_blob(row.sealed);
    statement.bind_blob(row.token);
    return number_of(statement);
}

void SqliteTallyBook::correct(const VehicleCheckRow& row) {
    CHECK(database_.is_writing());
    database_.statement("UPDATE vehicle_check SET people = ?, sealed = ? WHERE id = ?").bind(row.people).bind_blob(row.sealed).bind(row.id).run();
}

void SqliteTallyBook::put(domain::Day day, const std::vector<SiteDayRow>& rows) {
    CHECK(database_.is_writing());
    database_.statement("DELETE FROM site_day WHERE day = ?").bind(day.number).run();
    for (const auto& row : rows) {
        const auto visits = packed(row.visits);
        auto statement = database_.statement("INSERT INTO site_day (day, site, people, visits) VALUES (?, ?, ?, ?)");
        statement.bind(day.number).bind(row.site.value).bind(row.people).bind_blob(visits).run();
    }
    database_.statement("INSERT INTO counted_day (day) VALUES (?) ON CONFLICT DO NOTHING").bind(day.number).run();
}

std::uint64_t SqliteTallyBook::append(const BriefRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO brief (day, division, division_digits, cutoff, by, at, numbers) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id");
    statement.bind(row.day.number).bind(row.division.number).bind(row.division.digits).bind(row.cutoff.s).bind(row.by.value).bind(row.at.s).bind_text(row.numbers);
    return number_of(statement);
}

std::vector<VehicleCheckRow> SqliteTallyBook::checks_with(const Blind& token, domain::Interval interval) {
    auto statement = database_.statement(R"(SELECT id, site, at, received, direction, people, by, sealed FROM vehicle_check INDEXED BY vehicle_check_by_token
        WHERE token = ? AND at >= ? AND at < ? ORDER BY at, id)");
    statement.bind_blob(token).bind(interval.from.s).bind(interval.to.s);
    std::vector<VehicleCheckRow> rows;
    while (statement.step()) {
        rows.push_back(check_of(statement, true));
        rows.back().token = token;
    }
    return rows;
}

std::size_t SqliteTallyBook::count_checks(domain::SiteId site, domain::Interval interval) {
    auto statement = database_.statement("SELECT count(*) FROM vehicle_check WHERE at >= ? AND at < ? AND site = ?");
    statement.bind(interval.from.s).bind(interval.to.s).bind(site.value);
    return number_of(statement);
}

void SqliteTallyBook::read_checks(domain::Interval interval, const std::function<void(const VehicleCheckRow&)>& take) {
    auto statement = database_.statement("SELECT id, site, at, received, direction, people, by FROM vehicle_check WHERE at >= ? AND at < ? ORDER BY at, site, id");
    statement.bind(interval.from.s).bind(interval.to.s);
    while (statement.step()) take(check_of(statement, false));
}

std::vector<domain::Day> SqliteTallyBook::counted_days() {
    auto statement = database_.statement("SELECT day FROM counted_day ORDER BY day");
    std::vector<domain::Day> days;
    while (statement.step()) days.push_back({static_cast<std::int32_t>(statement.integer(0))});
    return days;
}

std::vector<SiteDayRow> SqliteTallyBook::of_day(domain::Day day) {
    auto statement = database_.statement("SELECT site, people, visits FROM site_day WHERE day = ? ORDER BY site");
    statement.bind(day.number);
    std::vector<SiteDayRow> rows;
    while (statement.step()) rows.push_back({{static_cast<std::uint32_t>(statement.integer(0))}, static_cast<std::uint32_t>(statement.integer(1)), unpacked(statement.text(2))});
    return rows;
}

std::vector<BriefRow> SqliteTallyBook::briefs(std::size_t count) {
    auto statement = database_.statement("SELECT id, day, division, division_digits, cutoff, by, at, numbers FROM brief ORDER BY id DESC LIMIT ?");
    statement.bind(count);
    std::vector<BriefRow> rows;
    while (statement.step()) rows.push_back(brief_of(statement));
    return rows;
}

std::optional<BriefRow> SqliteTallyBook::find_brief(std::uint64_t id) {
    auto statement = database_.statement("SELECT id, day, division, division_digits, cutoff, by, at, numbers FROM brief WHERE id = ?");
    statement.bind(id);
    return statement.step() ? std::optional(brief_of(statement)) : std::nullopt;
}

void SqliteTallyBook::read_plates(const std::function<void(const VehicleCheckRow&)>& take) {
    auto statement = database_.statement("SELECT id, site, at, received, direction, people, by, sealed FROM vehicle_check ORDER BY id");
    while (statement.step()) take(check_of(statement, true));
}

}  // namespace chayan::storage::sqlite
