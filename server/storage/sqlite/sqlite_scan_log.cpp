// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

constexpr std::size_t batch_rows = 8'192;   // 0.4 MB: start-up memory stays bounded
constexpr std::uint64_t stretch_rows = 16'384;   // read at once by find_recent: far more than can lie out of order

ScanRow read_row(const Statement& statement) {
    ScanRow row;
    row.seq.value = static_cast<std::uint64_t>(statement.integer(0));
    row.site.value = static_cast<std::uint32_t>(statement.integer(1));
    row.at.s = statement.integer(2);
    row.direction = static_cast<domain::Direction>(statement.integer(3));
    row.source = static_cast<domain::Source>(statement.integer(4));
    row.temperature_dc = static_cast<std::int16_t>(statement.integer(5));   // null reads as 0
    row.delay_s = static_cast<std::int32_t>(statement.integer(6));
    row.sealed = statement.bytes<16>(7);
    return row;
}

void bind_unless_0(Statement& statement, std::int32_t value) {
    if (value == 0) statement.bind_null();
    else statement.bind(value);
}

}  // namespace

void SqliteScanLog::append(std::span<const ScanRow> rows) {
    CHECK(database_.is_writing());
    static constexpr const char* sql = R"(INSERT INTO scan (id, site, at, direction, source, temperature, delay_s, sealed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?))";
    for (const auto& row : rows) {
        auto statement = database_.statement(sql);
        statement.bind(row.seq.value).bind(row.site.value).bind(row.at.s).bind(static_cast<int>(row.direction)).bind(static_cast<int>(row.source));
        bind_unless_0(statement, row.temperature_dc);
        bind_unless_0(statement, row.delay_s);
        statement.bind_blob(row.sealed).run();
        reached_.scan = row.seq.value;
    }
}

void SqliteScanLog::append_void(const VoidRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT OR IGNORE INTO scan_void (scan, at, by, reason) VALUES (?, ?, ?, ?)");
    statement.bind(row.scan.value).bind(row.at.s).bind(row.by.value).bind_blob(row.reason).run();
}

void SqliteScanLog::append_staff(domain::ScanSeq scan, domain::OperatorId by) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO scan_staff (scan, by) VALUES (?, ?)");
    statement.bind(scan.value).bind(by.value).run();
}

void SqliteScanLog::read(domain::ScanSeq after, domain::ScanSeq upto, const std::function<bool(std::span<const ScanRow>)>& take) {
    static constexpr const char* sql = R"(SELECT id, site, at, direction, source, temperature, delay_s, sealed
        FROM scan WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)";
    std::vector<ScanRow> rows;
    do {
        rows.clear();
        auto statement = database_.statement(sql);
        statement.bind(after.value).bind(upto.value).bind(batch_rows);
        while (statement.step()) rows.push_back(read_row(statement));
        if (rows.empty()) break;
        // A page that a bad disk put in another's place may lead in a circle: without this a start would go on for ever.
        if (rows.back().seq <= after) throw StoreError(StoreError::Kind::corrupt, "the scan log leads back to itself: its pages are damaged; restore a backup");
        after = rows.back().seq;
    } while (take(rows));
}

std::vector<VoidRow> SqliteScanLog::voids() {
    auto statement = database_.statement("SELECT scan, at, by, reason FROM scan_void ORDER BY scan");
    std::vector<VoidRow> rows;
    while (statement.step()) {
        rows.push_back({{static_cast<std::uint64_t>(statement.integer(0))}, {statement.integer(1)},
                        {static_cast<std::uint32_t>(statement.integer(2))}, statement.text(3)});
    }
    return rows;
}

std::vector<ScanRow> SqliteScanLog::find_recent(domain::SiteId site, domain::Instant at, domain::Direction direction,
                                                domain::Instant received_since) {
    static constexpr const char* sql = R"(SELECT id, site, at, direction, source, temperature, delay_s, sealed FROM scan
        WHERE id > ? AND id <= ? AND at = ? AND site = ? AND direction = ? AND at + ifnull(delay_s, 0) >= ? ORDER BY id DESC)";
    std::vector<ScanRow> rows;
    std::uint64_t after = ~0ULL >> 1U;
    while (after > 0) {
        const auto upto = after;
        after = stretch_below(upto);
        {
            auto statement = database_.statement(sql);
            statement.bind(after).bind(upto).bind(at.s).bind(site.value).bind(static_cast<int>(direction)).bind(received_since.s);
            while (statement.step()) rows.push_back(read_row(statement));
        }
        // Rows lie nearly in the order in which they were received: a whole stretch that is older ends the search, a row doesn't.
        if (is_older(after, upto, received_since)) break;
    }
    return rows;
}

std::vector<ScanRow> SqliteScanLog::of_site(domain::SiteId site, domain::Instant received_since) {
    static constexpr const char* sql = R"(SELECT id, site, at, direction, source, temperature, delay_s, sealed FROM scan
        WHERE id > ? AND id <= ? AND site = ? AND at + ifnull(delay_s, 0) >= ? ORDER BY id DESC)";
    std::vector<ScanRow> rows;
    std::uint64_t after = ~0ULL >> 1U;
    while (after > 0) {
        const auto upto = after;
        after = stretch_below(upto);
        {
            auto statement = database_.statement(sql);
            statement.bind(after).bind(upto).bind(site.value).bind(received_since.s);
            while (statement.step()) rows.push_back(read_row(statement));
        }
        if (is_older(after, upto, received_since)) break;   // as in find_recent
    }
    return rows;
}

void SqliteScanLog::append_reading(const ReadingRow& row) {
    CHECK(database_.is_writing());
    auto statement = database_.statement("INSERT INTO reading (scan, at, by, temperature, method, second) VALUES (?, ?, ?, ?, ?, ?)");
    statement.bind(row.scan.value).bind(row.at.s).bind(row.by.value).bind(row.temperature_dc).bind(static_cast<int>(row.method)).bind(row.second_dc).run();
}

std::vector<ReadingRow> SqliteScanLog::readings_of(domain::ScanSeq scan) {
    auto statement = database_.statement("SELECT scan, at, by, temperature, method, second FROM reading WHERE scan = ? ORDER BY number");
    statement.bind(scan.value);
    std::vector<ReadingRow> rows;
    while (statement.step()) {
        ReadingRow row;
        row.scan.value = static_cast<std::uint64_t>(statement.integer(0));
        row.at.s = statement.integer(1);
        row.by.value = static_cast<std::uint32_t>(statement.integer(2));
        row.temperature_dc = static_cast<std::int16_t>(statement.integer(3));
        row.method = static_cast<ReadingMethod>(statement.integer(4));
        row.second_dc = static_cast<std::int16_t>(statement.integer(5));
        rows.push_back(row);
    }
    return rows;
}

ReceivedScans SqliteScanLog::received(domain::ScanSeq after, domain::Instant since) {
    ReceivedScans found;
    constexpr int imported = static_cast<int>(domain::Source::import);
    {
        auto newest = database_.statement("SELECT max(id) FROM scan");
        if (newest.step() && !newest.is_null(0)) found.upto.value = static_cast<std::uint64_t>(newest.integer(0));
        auto last = database_.statement("SELECT at + ifnull(delay_s, 0) FROM scan WHERE id > ? AND source <> ? ORDER BY id DESC LIMIT 1");
        last.bind(after.value).bind(imported);
        if (last.step()) found.last = domain::Instant{last.integer(0)};
    }
    for (auto upto = found.upto.value; upto > after.value;) {
        const auto below = std::max(stretch_below(upto), after.value);
        {
            auto statement = database_.statement("SELECT count(*) FROM scan WHERE id > ? AND id <= ? AND at + ifnull(delay_s, 0) >= ? AND source <> ?");
            statement.bind(below).bind(upto).bind(since.s).bind(imported);
            CHECK(statement.step());
            found.count += static_cast<std::uint64_t>(statement.integer(0));
        }
        if (is_older(below, upto, since)) break;
        upto = below;
    }
    return found;
}

std::uint64_t SqliteScanLog::stretch_below(std::uint64_t upto) {
    auto statement = database_.statement("SELECT id FROM scan WHERE id <= ? ORDER BY id DESC LIMIT 1 OFFSET ?");
    statement.bind(upto).bind(stretch_rows);
    return statement.step() ? static_cast<std::uint64_t>(statement.integer(0)) : 0;
}

bool SqliteScanLog::is_older(std::uint64_t after, std::uint64_t upto, domain::Instant received_since) {
    auto statement = database_.statement("SELECT 1 FROM scan WHERE id > ? AND id <= ? AND at + ifnull(delay_s, 0) >= ? LIMIT 1");
    statement.bind(after).bind(upto).bind(received_since.s);
    return !statement.step();
}

std::optional<domain::OperatorId> SqliteScanLog::staff_of(domain::ScanSeq scan) {
    auto statement = database_.statement("SELECT by FROM scan_staff WHERE scan = ?");
    statement.bind(scan.value);
    if (!statement.step()) return std::nullopt;
    return domain::OperatorId{static_cast<std::uint32_t>(statement.integer(0))};
}

domain::ScanSeq SqliteScanLog::last() {
    auto statement = database_.statement(
        "SELECT max(ifnull((SELECT max(id) FROM scan), 0), ifnull((SELECT floor FROM sequence WHERE name = 'scan'), 0))");
    CHECK(statement.step());
    return {static_cast<std::uint64_t>(statement.integer(0))};
}

}  // namespace chayan::storage::sqlite
