// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/retention_port.hpp"

namespace chayan::storage::sqlite {
namespace {

constexpr std::uint64_t stretch_rows = 65'536;   // looked at in one reading: some 7 ms, and no snapshot that keeps a checkpoint waiting

/// The largest number may go with its row; whoever asks for the next one must not be given it again.
void keep_floor(Database& database) {
    std::int64_t newest = 0;
    {
        auto statement = database.statement("SELECT max(id) FROM scan");   // within another statement it would read the whole log
        CHECK(statement.step());
        newest = statement.integer(0);
    }
    auto statement = database.statement("INSERT INTO sequence (name, floor) VALUES ('scan', ?) ON CONFLICT (name) DO UPDATE SET floor = max(floor, excluded.floor)");
    statement.bind(newest).run();
}

}  // namespace

void SqliteRetentionBook::put(const ForgottenDay& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO forgotten_day (day, marked, waited_s, scans, finished) VALUES (?, ?, ?, ?, ?)");
    statement.bind(row.day.number).bind(row.marked.s).bind(row.waited_s).bind(row.scans);
    if (row.finished) statement.bind(row.finished->s);
    else statement.bind_null();
    statement.run();
}

void SqliteRetentionBook::remove(domain::Day day) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("DELETE FROM forgotten_day WHERE day = ? AND scans = 0");   // rows removed have to stay counted
    statement.bind(day.number).run();
}

void SqliteRetentionBook::put(const ForgettingRun& run) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR REPLACE INTO forgetting (one, day, at) VALUES (1, ?, ?)");
    statement.bind(run.day.number).bind(run.at.s).run();
}

std::uint64_t SqliteRetentionBook::remove_scans(domain::Interval day, domain::ScanSeq first, domain::ScanSeq last) {
    CHECK(database_.is_writing());
    static constexpr const char* of_these[] = {
        "DELETE FROM scan_void WHERE scan IN (SELECT id FROM scan WHERE id >= ? AND id <= ? AND at >= ? AND at < ?)",
        "DELETE FROM scan_staff WHERE scan IN (SELECT id FROM scan WHERE id >= ? AND id <= ? AND at >= ? AND at < ?)",
        "DELETE FROM reading WHERE scan IN (SELECT id FROM scan WHERE id >= ? AND id <= ? AND at >= ? AND at < ?)",
        "DELETE FROM scan WHERE id >= ? AND id <= ? AND at >= ? AND at < ?"};
    keep_floor(database_);
    for (const auto* sql : of_these) {
        auto statement = database_.statement(sql);
        statement.bind(first.value).bind(last.value).bind(day.from.s).bind(day.to.s).run();
    }
    return static_cast<std::uint64_t>(sqlite3_changes64(database_.handle()));
}

std::vector<ForgottenDay> SqliteRetentionBook::days() {
    auto statement = database_.statement("SELECT day, marked, waited_s, scans, finished FROM forgotten_day ORDER BY day");
    std::vector<ForgottenDay> rows;
    while (statement.step()) {
        ForgottenDay row{{static_cast<std::int32_t>(statement.integer(0))}, {statement.integer(1)}, statement.integer(2),
                         static_cast<std::uint64_t>(statement.integer(3)), {}};
        if (!statement.is_null(4)) row.finished = domain::Instant{statement.integer(4)};
        rows.push_back(row);
    }
    return rows;
}

std::optional<ForgettingRun> SqliteRetentionBook::last_run() {
    auto statement = database_.statement("SELECT day, at FROM forgetting");
    if (!statement.step()) return std::nullopt;
    return ForgettingRun{{static_cast<std::int32_t>(statement.integer(0))}, {statement.integer(1)}};
}

ScanStretch SqliteRetentionBook::find_scans(domain::Interval day, domain::ScanSeq after, std::size_t count) {
    ScanStretch stretch;
    {
        auto next = database_.statement("SELECT id FROM scan WHERE id > ? ORDER BY id LIMIT 1");   // restores skip billions of numbers
        next.bind(after.value);
        if (!next.step()) return stretch;
        stretch.upto.value = static_cast<std::uint64_t>(next.integer(0)) + stretch_rows - 1;
    }
    auto statement = database_.statement("SELECT id FROM scan WHERE id > ? AND id <= ? AND at >= ? AND at < ? ORDER BY id LIMIT ?");
    statement.bind(after.value).bind(stretch.upto.value).bind(day.from.s).bind(day.to.s).bind(count);
    while (statement.step()) {
        stretch.last.value = static_cast<std::uint64_t>(statement.integer(0));
        if (stretch.count++ == 0) stretch.first = stretch.last;
    }
    if (stretch.count == count) stretch.upto = stretch.last;   // more of them may follow
    return stretch;
}

}  // namespace chayan::storage::sqlite
