// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

domain::OperatorId operator_at(const Statement& statement, int column) { return {static_cast<std::uint32_t>(statement.integer(column))}; }

domain::LedgerState state_at(const Statement& statement, int first) {
    return {static_cast<domain::Measure>(statement.integer(first)), static_cast<domain::Outcome>(statement.integer(first + 1)), {statement.integer(first + 2)},
            statement.integer(first + 3) != 0, division(statement, first + 4, first + 5)};
}

LedgerEntryRow entry_of(const Statement& statement) {
    return {static_cast<std::uint64_t>(statement.integer(0)), static_cast<std::uint64_t>(statement.integer(1)), static_cast<std::uint32_t>(statement.integer(2)),
            {static_cast<std::uint64_t>(statement.integer(3))}, state_at(statement, 4)};
}

LedgerListRow list_of(const Statement& statement) {
    LedgerListRow row;
    row.id = static_cast<std::uint64_t>(statement.integer(0));
    row.scope = division(statement, 1, 2);
    row.measure = static_cast<domain::Measure>(statement.integer(3));
    row.until = {statement.integer(4)};
    row.by = operator_at(statement, 5);
    row.at = {statement.integer(6)};
    row.rows = static_cast<std::uint32_t>(statement.integer(7));
    row.sealed = statement.text(8);
    row.state = static_cast<ListState>(statement.integer(9));
    row.decided = {statement.integer(10)};
    row.decided_by = operator_at(statement, 11);
    return row;
}

AlertRow alert_of(const Statement& statement) {
    return {static_cast<std::uint64_t>(statement.integer(0)), {static_cast<std::uint32_t>(statement.integer(1))}, {statement.integer(2)}, {statement.integer(3)},
            static_cast<domain::Verdict>(statement.integer(4)), statement.text(5), {statement.integer(6)}, operator_at(statement, 7), statement.text(8)};
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
    const auto number = static_cast<std::uint64_t>(statement.integer(0));
    CHECK(!statement.step());
    return number;
}

std::int64_t number(domain::Measure measure) { return static_cast<std::int64_t>(measure); }
std::int64_t number(domain::Outcome outcome) { return static_cast<std::int64_t>(outcome); }

}  // namespace

std::uint64_t SqliteLedgerBook::append(const LedgerListRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement(R"(INSERT INTO ledger_list (id, scope, scope_digits, measure, until, by, at, rows, sealed, file, state, decided, decided_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id)");
    statement.bind(next_number(database_, "ledger_list")).bind(static_cast<std::int64_t>(row.scope.number)).bind(row.scope.digits).bind(number(row.measure)).bind(row.until.s).bind(row.by.value).bind(row.at.s).bind(row.rows);
    statement.bind_blob(row.sealed).bind_blob(row.file).bind(static_cast<std::int64_t>(row.state)).bind(row.decided.s).bind(row.decided_by.value);
    return number_of(statement);
}

void SqliteLedgerBook::decide(std::uint64_t list, ListState state, domain::OperatorId by, domain::Instant at) {
    CHECK(database_.is_writing());
    ++changes_;
    auto statement = database_.statement("UPDATE ledger_list SET state = ?, decided = ?, decided_by = ?, file = x'' WHERE id = ?");
    statement.bind(static_cast<std::int64_t>(state)).bind(at.s).bind(by.value).bind(static_cast<std::int64_t>(list)).run();
}

std::optional<std::uint64_t> SqliteLedgerBook::append(const LedgerEntryRow& row) {
    CHECK(database_.is_writing());
    ++changes_;
    auto statement = database_.statement(R"(INSERT INTO ledger_entry (id, list, line, registration, measure, outcome, until, undone, division, division_digits) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (list, line) DO NOTHING RETURNING id)");
    statement.bind(next_number(database_, "ledger_entry")).bind(static_cast<std::int64_t>(row.list)).bind(row.line).bind(static_cast<std::int64_t>(row.registration.value)).bind(number(row.state.measure));
    statement.bind(number(row.state.outcome)).bind(row.state.until.s).bind(row.state.is_undone ? 1 : 0).bind(row.state.division.number).bind(row.state.division.digits);
    if (!statement.step()) return std::nullopt;
    const auto id = static_cast<std::uint64_t>(statement.integer(0));
    CHECK(!statement.step());
    return id;
}

void SqliteLedgerBook::append(const LedgerActRow& row) {
    CHECK(database_.is_writing());
    ++changes_;
    const auto entry = static_cast<std::int64_t>(row.entry);
    const auto bind_state = [&](Statement& statement) -> Statement& {
        return statement.bind(number(row.state.measure)).bind(number(row.state.outcome)).bind(row.state.until.s).bind(row.state.is_undone ? 1 : 0).bind(row.state.division.number).bind(row.state.division.digits);
    };
    auto act = database_.statement("INSERT INTO ledger_act (measure, outcome, until, undone, division, division_digits, entry, by, at, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind_state(act).bind(entry).bind(row.by.value).bind(row.at.s).bind_blob(row.note).run();
    auto held = database_.statement("UPDATE ledger_entry SET measure = ?, outcome = ?, until = ?, undone = ?, division = ?, division_digits = ? WHERE id = ?");
    bind_state(held).bind(entry).run();
}

std::uint64_t SqliteLedgerBook::append(const AlertRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO alert (id, site, at, received, verdict, sealed, closed, closed_by, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id");
    statement.bind(next_number(database_, "alert")).bind(row.site.value).bind(row.at.s).bind(row.received.s).bind(static_cast<std::int64_t>(row.verdict)).bind_blob(row.sealed);
    statement.bind(row.closed.s).bind(row.closed_by.value).bind_blob(row.note);
    return number_of(statement);
}

bool SqliteLedgerBook::close(std::uint64_t alert, domain::OperatorId by, domain::Instant at, const Bytes& note) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("UPDATE alert SET closed = ?, closed_by = ?, note = ? WHERE id = ? AND closed = 0 RETURNING id");
    statement.bind(at.s).bind(by.value).bind_blob(note).bind(static_cast<std::int64_t>(alert));
    bool was_open = false;
    while (statement.step()) was_open = true;
    return was_open;
}

std::vector<LedgerListRow> SqliteLedgerBook::lists() {
    auto statement = database_.statement(R"(SELECT id, scope, scope_digits, measure, until, by, at, rows, sealed, state, decided, decided_by FROM ledger_list
        ORDER BY id DESC)");
    return all<LedgerListRow>(statement, list_of);
}

std::optional<LedgerListRow> SqliteLedgerBook::find_list(std::uint64_t id) {
    auto statement = database_.statement(R"(SELECT id, scope, scope_digits, measure, until, by, at, rows, sealed, state, decided, decided_by, file FROM ledger_list
        WHERE id = ?)");
    statement.bind(static_cast<std::int64_t>(id));
    return one<LedgerListRow>(statement, [](const Statement& found) {
        auto row = list_of(found);
        row.file = found.text(12);
        return row;
    });
}

std::vector<LedgerEntryRow> SqliteLedgerBook::entries(std::uint64_t list, std::uint64_t after, std::size_t count) {
    auto statement = database_.statement(R"(SELECT id, list, line, registration, measure, outcome, until, undone, division, division_digits FROM ledger_entry WHERE list = ? AND id > ?
        ORDER BY id LIMIT ?)");
    statement.bind(static_cast<std::int64_t>(list)).bind(static_cast<std::int64_t>(after)).bind(static_cast<std::int64_t>(count));
    return all<LedgerEntryRow>(statement, entry_of);
}

std::optional<LedgerEntryRow> SqliteLedgerBook::find_entry(std::uint64_t id) {
    auto statement = database_.statement("SELECT id, list, line, registration, measure, outcome, until, undone, division, division_digits FROM ledger_entry WHERE id = ?");
    statement.bind(static_cast<std::int64_t>(id));
    return one<LedgerEntryRow>(statement, entry_of);
}

std::vector<LedgerActRow> SqliteLedgerBook::acts(std::uint64_t entry) {
    auto statement = database_.statement("SELECT entry, measure, outcome, until, undone, division, division_digits, by, at, note FROM ledger_act INDEXED BY ledger_act_by_entry WHERE entry = ? ORDER BY number");
    statement.bind(static_cast<std::int64_t>(entry));
    return all<LedgerActRow>(statement, [](const Statement& found) {
        return LedgerActRow{static_cast<std::uint64_t>(found.integer(0)), state_at(found, 1), operator_at(found, 7), {found.integer(8)}, found.text(9)};
    });
}

std::vector<LedgerEntryRow> SqliteLedgerBook::handed(std::uint64_t after, std::size_t count) {
    auto statement = database_.statement(R"(SELECT e.id, e.list, e.line, e.registration, e.measure, e.outcome, e.until, e.undone, e.division, e.division_digits
        FROM ledger_entry e INDEXED BY ledger_entry_handed JOIN ledger_list l ON l.id = e.list WHERE e.division_digits <> 0 AND l.state = 1 AND e.id > ? ORDER BY e.id LIMIT ?)");
    statement.bind(static_cast<std::int64_t>(after)).bind(static_cast<std::int64_t>(count));
    return all<LedgerEntryRow>(statement, entry_of);
}

std::vector<LedgerEntryRow> SqliteLedgerBook::in_force() {
    auto statement = database_.statement(R"(SELECT e.id, e.list, e.line, e.registration, e.measure, e.outcome, e.until, e.undone, e.division, e.division_digits FROM ledger_entry e
        JOIN ledger_list l ON l.id = e.list WHERE l.state = 1 AND e.undone = 0 ORDER BY e.id)");
    return all<LedgerEntryRow>(statement, entry_of);
}

std::vector<LedgerStanding> SqliteLedgerBook::standings() {
    auto statement = database_.statement(R"(SELECT e.registration, l.scope, l.scope_digits, l.decided, CASE WHEN e.outcome = 0 THEN 0 ELSE ifnull((SELECT min(a.at) FROM ledger_act a
        INDEXED BY ledger_act_by_entry WHERE a.entry = e.id AND a.outcome <> 0), 0) END, e.measure, e.outcome, e.until, e.undone, e.division, e.division_digits FROM ledger_entry e
        JOIN ledger_list l ON l.id = e.list WHERE l.state = 1 AND e.undone = 0 ORDER BY e.id)");
    return all<LedgerStanding>(statement, [](const Statement& found) {
        LedgerStanding row{{static_cast<std::uint64_t>(found.integer(0))}, division(found, 1, 2), {found.integer(3)}, {found.integer(4)}, state_at(found, 5)};
        if (row.state.division.digits != 0) row.scope = row.state.division;
        return row;
    });
}

std::vector<AlertRow> SqliteLedgerBook::alerts(bool open_only, std::uint64_t before, std::size_t count) {
    auto statement = database_.statement(open_only ? R"(SELECT id, site, at, received, verdict, sealed, closed, closed_by, note FROM alert INDEXED BY alert_open
        WHERE closed = 0 AND id < ? ORDER BY id DESC LIMIT ?)" : R"(SELECT id, site, at, received, verdict, sealed, closed, closed_by, note FROM alert WHERE id < ?
        ORDER BY id DESC LIMIT ?)");
    statement.bind(before == 0 ? INT64_MAX : static_cast<std::int64_t>(before)).bind(static_cast<std::int64_t>(count));
    return all<AlertRow>(statement, alert_of);
}

std::optional<AlertRow> SqliteLedgerBook::find_alert(std::uint64_t id) {
    auto statement = database_.statement("SELECT id, site, at, received, verdict, sealed, closed, closed_by, note FROM alert WHERE id = ?");
    statement.bind(static_cast<std::int64_t>(id));
    return one<AlertRow>(statement, alert_of);
}

}  // namespace chayan::storage::sqlite
