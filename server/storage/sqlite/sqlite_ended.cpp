// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "storage/sqlite/ports.hpp"
#include "storage/sqlite/retention_port.hpp"

namespace chayan::storage::sqlite {
namespace {

/// Rows of one table that end by their age. `choose` puts some of them on the table `going`, and each of `remove` takes what belongs to those.
struct EndedTable {
    EndedKind kind;
    const char* name;     ///< of its numbers, where none may be given twice
    const char* count;
    const char* all;
    const char* choose;
    std::array<const char*, 2> remove;
};

constexpr std::array<EndedTable, 9> tables{{
    {EndedKind::vehicle_check, "vehicle_check", "SELECT count(*) FROM vehicle_check WHERE at >= ? AND at < ?", "SELECT count(*) FROM vehicle_check",
     "INSERT INTO going (id) SELECT id FROM vehicle_check WHERE at >= ? AND at < ? LIMIT ?", {"DELETE FROM vehicle_check WHERE id IN (SELECT id FROM going)", nullptr}},
    {EndedKind::outing, "outing", "SELECT count(*) FROM outing WHERE day * 86400 >= ? AND day * 86400 < ?", "SELECT count(*) FROM outing",
     "INSERT INTO going (id) SELECT id FROM outing WHERE day * 86400 >= ? AND day * 86400 < ? LIMIT ?", {"DELETE FROM outing WHERE id IN (SELECT id FROM going)", nullptr}},
    {EndedKind::alert, "alert", "SELECT count(*) FROM alert WHERE at >= ? AND at < ?", "SELECT count(*) FROM alert",
     "INSERT INTO going (id) SELECT id FROM alert WHERE at >= ? AND at < ? LIMIT ?", {"DELETE FROM alert WHERE id IN (SELECT id FROM going)", nullptr}},
    {EndedKind::record, "record", "SELECT count(*) FROM record WHERE closed <> 0 AND closed >= ? AND closed < ?", "SELECT count(*) FROM record",
     "INSERT INTO going (id) SELECT id FROM record WHERE closed <> 0 AND closed >= ? AND closed < ? LIMIT ?",
     {"DELETE FROM record_step WHERE record IN (SELECT id FROM going)", "DELETE FROM record WHERE id IN (SELECT id FROM going)"}},
    {EndedKind::ledger_entry, "ledger_entry",
     R"(SELECT count(*) FROM ledger_entry WHERE CASE WHEN undone = 0 THEN until ELSE (SELECT ifnull(max(at), until) FROM ledger_act WHERE entry = ledger_entry.id) END >= ?1
        AND CASE WHEN undone = 0 THEN until ELSE (SELECT ifnull(max(at), until) FROM ledger_act WHERE entry = ledger_entry.id) END < ?2)",
     "SELECT count(*) FROM ledger_entry",
     R"(INSERT INTO going (id) SELECT id FROM ledger_entry
        WHERE CASE WHEN undone = 0 THEN until ELSE (SELECT ifnull(max(at), until) FROM ledger_act WHERE entry = ledger_entry.id) END >= ?1
        AND CASE WHEN undone = 0 THEN until ELSE (SELECT ifnull(max(at), until) FROM ledger_act WHERE entry = ledger_entry.id) END < ?2 LIMIT ?3)",
     {"DELETE FROM ledger_act WHERE entry IN (SELECT id FROM going)", "DELETE FROM ledger_entry WHERE id IN (SELECT id FROM going)"}},
    {EndedKind::ledger_list, "ledger_list",
     "SELECT count(*) FROM ledger_list WHERE until >= ? AND until < ? AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE list = ledger_list.id)", "SELECT count(*) FROM ledger_list",
     R"(INSERT INTO going (id) SELECT id FROM ledger_list WHERE until >= ? AND until < ? AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE list = ledger_list.id) LIMIT ?)",
     {"DELETE FROM ledger_list WHERE id IN (SELECT id FROM going)", nullptr}},
    {EndedKind::case_paper, nullptr, "SELECT count(*) FROM question WHERE case_number IN (SELECT case_number FROM case_end WHERE noticed >= ? AND noticed < ?)",
     "SELECT count(*) FROM question",
     "INSERT INTO going (id) SELECT number FROM question WHERE case_number IN (SELECT case_number FROM case_end WHERE noticed >= ? AND noticed < ?) LIMIT ?",
     {"DELETE FROM question WHERE number IN (SELECT id FROM going)", nullptr}},
    {EndedKind::case_paper, nullptr, "SELECT count(*) FROM contact_mark WHERE case_number IN (SELECT case_number FROM case_end WHERE noticed >= ? AND noticed < ?)",
     "SELECT count(*) FROM contact_mark",
     "INSERT INTO going (id) SELECT number FROM contact_mark WHERE case_number IN (SELECT case_number FROM case_end WHERE noticed >= ? AND noticed < ?) LIMIT ?",
     {"DELETE FROM contact_mark WHERE number IN (SELECT id FROM going)", nullptr}},
    {EndedKind::case_paper, nullptr, "SELECT count(*) FROM told_visit WHERE case_number IN (SELECT case_number FROM case_end WHERE noticed >= ? AND noticed < ?)",
     "SELECT count(*) FROM told_visit",
     "INSERT INTO going (id) SELECT number FROM told_visit WHERE case_number IN (SELECT case_number FROM case_end WHERE noticed >= ? AND noticed < ?) LIMIT ?",
     {"DELETE FROM told_visit WHERE number IN (SELECT id FROM going)", nullptr}},
}};

/// The next number of each of these tables.
struct Numbers {
    std::string_view table;
    const char* next;
    const char* newest;
};
constexpr std::array<Numbers, 6> numbers{{
    {"vehicle_check", "SELECT max(ifnull((SELECT max(id) FROM vehicle_check), 0), ifnull((SELECT floor FROM sequence WHERE name = 'vehicle_check'), 0)) + 1",
     "SELECT ifnull(max(id), 0) FROM vehicle_check"},
    {"outing", "SELECT max(ifnull((SELECT max(id) FROM outing), 0), ifnull((SELECT floor FROM sequence WHERE name = 'outing'), 0)) + 1", "SELECT ifnull(max(id), 0) FROM outing"},
    {"alert", "SELECT max(ifnull((SELECT max(id) FROM alert), 0), ifnull((SELECT floor FROM sequence WHERE name = 'alert'), 0)) + 1", "SELECT ifnull(max(id), 0) FROM alert"},
    {"record", "SELECT max(ifnull((SELECT max(id) FROM record), 0), ifnull((SELECT floor FROM sequence WHERE name = 'record'), 0)) + 1", "SELECT ifnull(max(id), 0) FROM record"},
    {"ledger_entry", "SELECT max(ifnull((SELECT max(id) FROM ledger_entry), 0), ifnull((SELECT floor FROM sequence WHERE name = 'ledger_entry'), 0)) + 1",
     "SELECT ifnull(max(id), 0) FROM ledger_entry"},
    {"ledger_list", "SELECT max(ifnull((SELECT max(id) FROM ledger_list), 0), ifnull((SELECT floor FROM sequence WHERE name = 'ledger_list'), 0)) + 1",
     "SELECT ifnull(max(id), 0) FROM ledger_list"},
}};

const Numbers& numbers_of(std::string_view table) {
    for (const auto& of : numbers)
        if (of.table == table) return of;
    CHECK(false);
    return numbers[0];
}

std::uint64_t value_of(Statement& statement) {
    CHECK(statement.step());
    return static_cast<std::uint64_t>(statement.integer(0));
}

/// What goes may have the largest number; whoever asks for the next one must not be given it again.
void raise_floor(Database& database, std::string_view name, std::uint64_t floor) {
    auto statement = database.statement("INSERT INTO sequence (name, floor) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET floor = max(floor, excluded.floor)");
    statement.bind_text(name).bind(floor).run();
}

std::uint64_t remove_from(Database& database, const EndedTable& table, domain::Interval ended, std::size_t count) {
    database.statement(table.choose).bind(ended.from.s).bind(ended.to.s).bind(count).run();
    const auto chosen = static_cast<std::uint64_t>(sqlite3_changes64(database.handle()));
    if (chosen == 0) return 0;
    if (table.name != nullptr) {
        std::uint64_t newest = 0;
        {
            auto statement = database.statement(numbers_of(table.name).newest);
            newest = value_of(statement);
        }
        raise_floor(database, table.name, newest);
    }
    for (const auto* sql : table.remove)
        if (sql != nullptr) database.statement(sql).run();
    database.statement("DELETE FROM going").run();
    return chosen;
}

template <class Number>
std::uint64_t largest(const std::vector<Number>& all) {
    std::uint64_t most = 0;
    for (const auto& one : all) most = std::max<std::uint64_t>(most, one.value);
    return most;
}

}  // namespace

std::uint64_t next_number(Database& database, const char* table) {
    auto statement = database.statement(numbers_of(table).next);
    return value_of(statement);
}

void SqliteRetentionBook::put(const EndedCount& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO forgotten_kind (kind, day, today, untold, total) VALUES (?, ?, ?, ?, ?)");
    statement.bind(static_cast<int>(row.kind)).bind(row.day.number).bind(row.today).bind(row.untold).bind(row.total).run();
}

std::vector<EndedCount> SqliteRetentionBook::ended_counts() {
    auto statement = database_.statement("SELECT kind, day, today, untold, total FROM forgotten_kind ORDER BY kind");
    std::vector<EndedCount> rows;
    while (statement.step())
        rows.push_back({static_cast<EndedKind>(statement.integer(0)), {static_cast<std::int32_t>(statement.integer(1))}, static_cast<std::uint64_t>(statement.integer(2)),
                        static_cast<std::uint64_t>(statement.integer(3)), static_cast<std::uint64_t>(statement.integer(4))});
    return rows;
}

void SqliteRetentionBook::note_case_ends(domain::Instant now) {
    CHECK(database_.is_writing());
    const auto closed = static_cast<int>(CaseState::closed);
    auto ended = database_.statement(R"(INSERT INTO case_end (case_number, noticed) SELECT number, ?1 FROM case_file
        WHERE state = ?2 OR (expires IS NOT NULL AND expires <= ?1) ON CONFLICT DO NOTHING)");
    ended.bind(now.s).bind(closed).run();
    auto open = database_.statement(R"(DELETE FROM case_end WHERE case_number IN (SELECT number FROM case_file WHERE state <> ?2 AND (expires IS NULL OR expires > ?1)))");
    open.bind(now.s).bind(closed).run();
}

std::uint64_t SqliteRetentionBook::count_ended(EndedKind kind, domain::Interval ended) {
    std::uint64_t count = 0;
    for (const auto& table : tables) {
        if (table.kind != kind) continue;
        auto statement = database_.statement(table.count);
        statement.bind(ended.from.s).bind(ended.to.s);
        count += value_of(statement);
    }
    return count;
}

std::uint64_t SqliteRetentionBook::count_all(EndedKind kind) {
    std::uint64_t count = 0;
    const auto add = [&](const char* sql) {
        auto statement = database_.statement(sql);
        count += value_of(statement);
    };
    if (kind == EndedKind::person) add("SELECT count(*) FROM registration");
    if (kind == EndedKind::audit_line) add("SELECT count(*) FROM audit");
    for (const auto& table : tables)
        if (table.kind == kind) add(table.all);
    return count;
}

std::uint64_t SqliteRetentionBook::remove_ended(EndedKind kind, domain::Interval ended, std::size_t count) {
    CHECK(database_.is_writing());
    std::uint64_t removed = 0;
    for (const auto& table : tables)
        if (table.kind == kind && removed < count) removed += remove_from(database_, table, ended, count - removed);
    return removed;
}

std::vector<domain::RegistrationId> SqliteRetentionBook::needed_statements(domain::Instant now) {
    auto statement = database_.statement(R"(SELECT registration FROM ledger_entry UNION SELECT registration FROM record WHERE registration <> 0
        UNION SELECT statement FROM contact_mark
        UNION SELECT registration FROM roster_person JOIN roster ON roster.id = roster_person.roster WHERE until > ? ORDER BY 1)");
    statement.bind(now.s);
    std::vector<domain::RegistrationId> needed;
    while (statement.step()) needed.push_back({static_cast<std::uint64_t>(statement.integer(0))});
    return needed;
}

bool SqliteRetentionBook::remove_people(const GoingPeople& people, domain::Instant now) {
    CHECK(database_.is_writing());
    for (const auto one : people.registrations) {
        auto needed = database_.statement(R"(SELECT EXISTS (SELECT 1 FROM ledger_entry WHERE registration = ?1) OR EXISTS (SELECT 1 FROM record WHERE registration = ?1 AND registration <> 0)
            OR EXISTS (SELECT 1 FROM contact_mark WHERE statement = ?1)
            OR EXISTS (SELECT 1 FROM roster_person JOIN roster ON roster.id = roster_person.roster WHERE registration = ?1 AND until > ?2))");
        needed.bind(one.value).bind(now.s);
        if (value_of(needed) != 0) return false;
    }
    raise_floor(database_, "registration", largest(people.registrations));
    raise_floor(database_, "person", largest(people.persons));
    static constexpr const char* of_each[] = {
        "DELETE FROM link_key WHERE registration = ?",   "DELETE FROM review WHERE a = ?",           "DELETE FROM review WHERE b = ?",
        "DELETE FROM verification WHERE registration = ?", "DELETE FROM revoked_credential WHERE registration = ?", "DELETE FROM roster_ref WHERE registration = ?",
        "DELETE FROM roster_person WHERE registration = ?", "DELETE FROM registration WHERE id = ?"};
    for (const auto one : people.registrations)
        for (const auto* sql : of_each) database_.statement(sql).bind(one.value).run();
    for (const auto event : people.events) {
        raise_floor(database_, "person_event", event);
        database_.statement("DELETE FROM person_event WHERE seq = ?").bind(event).run();
    }
    return true;
}

std::optional<AuditAnchor> SqliteRetentionBook::audit_anchor() {
    auto statement = database_.statement("SELECT seq, at, count, chain, seal FROM audit_anchor");
    if (!statement.step()) return std::nullopt;
    return AuditAnchor{static_cast<std::uint64_t>(statement.integer(0)), {statement.integer(1)}, static_cast<std::uint64_t>(statement.integer(2)), statement.bytes<32>(3),
                       statement.bytes<32>(4)};
}

void SqliteRetentionBook::cut_audit(const AuditAnchor& anchor) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO audit_anchor (one, seq, at, count, chain, seal) VALUES (1, ?, ?, ?, ?, ?)");
    statement.bind(anchor.seq).bind(anchor.at.s).bind(anchor.count).bind_blob(anchor.chain).bind_blob(anchor.seal).run();
    database_.statement("DELETE FROM audit_subject WHERE seq <= ?").bind(anchor.seq).run();
    database_.statement("DELETE FROM audit WHERE seq <= ?").bind(anchor.seq).run();
}

std::uint64_t SqliteRetentionBook::append(const RosterRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO roster (basis, until, by, at) VALUES (?, ?, ?, ?)");
    statement.bind_text(row.basis).bind(row.until.s).bind(row.by.value).bind(row.at.s).run();
    return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(database_.handle()));
}

void SqliteRetentionBook::put_on_roster(domain::RegistrationId registration, std::uint64_t roster) {
    CHECK(database_.is_writing());
    database_.statement("INSERT OR REPLACE INTO roster_person (registration, roster) VALUES (?, ?)").bind(registration.value).bind(roster).run();
}

std::vector<std::pair<RosterRow, std::uint64_t>> SqliteRetentionBook::rosters(domain::Instant now) {
    auto statement = database_.statement(R"(SELECT id, basis, until, by, at, (SELECT count(*) FROM roster_person WHERE roster_person.roster = list.id) AS people
        FROM roster AS list WHERE until > ? OR people > 0 ORDER BY id)");
    statement.bind(now.s);
    std::vector<std::pair<RosterRow, std::uint64_t>> rows;
    while (statement.step())
        rows.emplace_back(RosterRow{static_cast<std::uint64_t>(statement.integer(0)), statement.text(1), {statement.integer(2)}, {static_cast<std::uint32_t>(statement.integer(3))},
                                    {statement.integer(4)}}, static_cast<std::uint64_t>(statement.integer(5)));
    return rows;
}

}  // namespace chayan::storage::sqlite
