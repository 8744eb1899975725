// SPDX-License-Identifier: Apache-2.0
// Power cuts of the store: inside commits, checkpoints, the forgetting of days, copies and upgrades. What a transaction does follows from its number,
// so that what is found tells which transactions are there, and what must be.
#include <algorithm>
#include <map>

#include "crash/cuts.hpp"
#include "storage/retention.hpp"
#include "storage/samples.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

using namespace chayan;
using namespace chayan::storage;
using crash::Figures;
using crash::Plan;
using crash::Told;

namespace {

constexpr std::int64_t day_s = 86'400;
constexpr std::uint64_t remove_at_once = 16;

bool is_forgetting(std::uint64_t transaction) { return transaction % 6 == 5; }
std::uint64_t scans_of(std::uint64_t transaction) { return is_forgetting(transaction) ? 0 : 1 + transaction * 7 % 5 + (transaction % 13 == 0 ? 250 : 0); }
/// Days go on with the log: 25 scans each.
domain::Day day_of(std::uint64_t seq) { return {static_cast<std::int32_t>(seq / 25)}; }
domain::Interval interval_of(domain::Day day) { return {morning + day.number * day_s, morning + (day.number + 1) * day_s}; }
ScanRow row_of(std::uint64_t seq) { return scan(seq, static_cast<std::uint32_t>(1 + seq % 5), day_of(seq).number * day_s + static_cast<std::int64_t>(seq % 1000)); }

/// What is in the store after the first so many transactions.
struct Expected {
    explicit Expected(std::uint64_t transactions) {
        for (std::uint64_t n = 1; n <= transactions; ++n) add(n);
    }
    void add(std::uint64_t transaction) {
        if (is_forgetting(transaction)) forget();
        for (auto n = scans_of(transaction); n > 0; --n) rows.push_back(++last);
        registrations += transaction % 3 == 0 ? 1U : 0U;
    }
    /// The first rows of the oldest day that has any, but for that of the newest.
    void forget() {
        if (rows.empty() || day_of(rows.front()) == day_of(last)) return;
        const auto day = day_of(rows.front());
        std::uint64_t count = 0;
        while (count < remove_at_once && !rows.empty() && day_of(rows.front()) == day) {
            rows.erase(rows.begin());
            ++count;
        }
        forgotten[day] += count;
    }
    std::vector<std::uint64_t> rows;
    std::map<domain::Day, std::uint64_t> forgotten;
    std::uint64_t last = 0, registrations = 0;
};

void forget_in(Connection& to, Connection& reader, const Expected& before) {
    if (before.rows.empty() || day_of(before.rows.front()) == day_of(before.last)) return;
    const auto day = day_of(before.rows.front());
    const auto found = reader.retention().find_scans(interval_of(day), {}, remove_at_once);
    const auto removed = to.retention().remove_scans(interval_of(day), found.first, found.last);
    const auto known = before.forgotten.find(day);
    to.retention().put(ForgottenDay{day, morning, 0, removed + (known == before.forgotten.end() ? 0 : known->second), morning});
}

void write_transaction(Store& store, Connection& reader, const Expected& before, std::uint64_t number) {
    store.write([&](Connection& connection) {
        if (is_forgetting(number)) forget_in(connection, reader, before);
        std::vector<ScanRow> rows;
        for (std::uint64_t n = 1; n <= scans_of(number); ++n) rows.push_back(row_of(before.last + n));
        if (!rows.empty()) {
            connection.scans().append(rows);
            connection.scans().append_void({rows.front().seq, morning + 100, {1}, "sealed"});
            connection.scans().append_staff(rows.back().seq, {3});
        }
        (void)connection.attempt([&] {
            connection.registry().append(registration(number));
            return number % 3 == 0;
        });
        connection.sites().put(site(static_cast<std::uint32_t>(1 + number % 40)));
        connection.audit().append(audit(number));
    });
}

std::uint64_t transactions_in(Connection& reader) {
    const auto last = reader.audit().last();
    return last ? last->seq : 0;
}

bool is_same(const ScanRow& row, std::uint64_t seq) {
    const auto expected = row_of(seq);
    return row.seq.value == seq && row.site.value == expected.site.value && row.at == expected.at && row.sealed == expected.sealed;
}

/// Everything that the transactions wrote and nothing else.
std::string contradictions(Store& store) {
    std::string wrong;
    for (const auto& problem : store.check()) wrong += problem + "; ";
    const auto reader = store.reader();
    const auto count = transactions_in(*reader);
    const Expected expected(count);
    std::size_t at = 0;
    reader->scans().read({}, {~0ULL >> 1U}, [&](std::span<const ScanRow> rows) {
        for (const auto& row : rows) {
            if (at >= expected.rows.size() || !is_same(row, expected.rows[at])) wrong += "a scan differs; ";
            ++at;
        }
        return true;
    });
    if (at != expected.rows.size()) wrong += "scans are missing; ";
    std::uint64_t registrations = 0;
    reader->registry().read_placements([&](std::span<const Placement> rows) { registrations += rows.size(); });
    if (registrations != expected.registrations) wrong += "registrations differ; ";
    const auto lines = reader->audit().read(1, 100'000);
    for (std::size_t i = 0; i < lines.size(); ++i)
        if (lines[i].seq != i + 1 || lines[i].chain != audit(i + 1).chain) wrong += "the audit log differs; ";
    std::map<domain::Day, std::uint64_t> forgotten;
    for (const auto& row : reader->retention().days()) forgotten[row.day] = row.scans;
    if (forgotten != expected.forgotten) wrong += "forgotten days differ; ";
    return wrong;
}

/// The connections that this thread opened: an extension of SQLite is told of each.
thread_local std::vector<sqlite3*> handles;
int note_handle(sqlite3* handle, const char**, const sqlite3_api_routines*) {
    handles.push_back(handle);
    return SQLITE_OK;
}

class Traffic final : public crash::World {
public:
    explicit Traffic(int transactions, bool is_careless = false) : transactions_(transactions), is_careless_(is_careless) {}

    void live(const std::string& root, crash::Recorder& recorder, std::mt19937_64& chance) override {
        handles.clear();
        const auto store = sqlite::open({root, {}, 0});
        const auto reader = store->reader();
        if (is_careless_)   // the one thing that is otherwise than in the product
            for (auto* handle : handles) REQUIRE(sqlite3_exec(handle, "PRAGMA synchronous=NORMAL", nullptr, nullptr, nullptr) == SQLITE_OK);
        Expected expected(transactions_in(*reader));
        const auto first = transactions_in(*reader) + 1;
        for (auto number = first; number < first + static_cast<std::uint64_t>(transactions_); ++number) {
            write_transaction(*store, *reader, expected, number);
            recorder.told(number);
            expected.add(number);
            keep_house(*store, *reader, root, chance);
        }
    }
    std::string examine(const std::string& root, const Told& told) override {
        try {
            const auto store = sqlite::open({root, {}, 0});
            auto wrong = contradictions(*store);
            const auto found = transactions_in(*store->reader());
            const auto promised = told.empty() ? before_ : told.back();
            if (found < promised) wrong += std::to_string(promised - found) + " acknowledged transactions lost; ";
            if (found > promised + 1) wrong += "more than was asked for; ";
            unknown += found == promised + 1 ? 1U : 0U;
            return wrong;
        } catch (const StoreError& error) {
            return error.what();
        }
    }
    void go_on(const std::string& root, const Told&) override { before_ = transactions_in(*sqlite::open({root, {}, 0})->reader()); }

    std::uint64_t unknown = 0;   ///< cuts that left a transaction of which nobody had been told

private:
    static void keep_house(Store& store, Connection& reader, const std::string& root, std::mt19937_64& chance) {
        const auto what = chance() % 24;
        if (what < 4) store.checkpoint();
        if (what == 4) (void)store.cut_log();
        // One that reads a snapshot while the log is moved: only a part of it can be.
        if (what == 5) reader.scans().read({}, {~0ULL >> 1U}, [&](std::span<const ScanRow>) { return store.checkpoint(), false; });
        if (what == 6) {
            const auto copy = root + "/copy.db";
            std::filesystem::remove(copy);   // where the power went in the midst of one
            (void)store.copy_to(copy, [](std::uint64_t, std::uint64_t) { return true; });
            std::filesystem::remove(copy);
        }
    }
    int transactions_;
    bool is_careless_;
    std::uint64_t before_ = 0;
};

crash::Image fresh_store() {
    const BareFolder folder;
    (void)sqlite::open({folder.path, {}, 0});
    return crash::Image::of(folder.path);
}

crash::Image nothing() {
    crash::Image image;
    image.folders.insert("reserve");   // in its place, so that a store can make none: 20 MB each time
    return image;
}

}  // namespace

TEST_CASE("whenever the power goes every acknowledged transaction is there wholly, no part of another, and the checks are clean") {
    const auto wanted = crash::budget(600, 0.7);
    const auto fresh = fresh_store();
    Figures all;
    std::uint64_t unknown = 0;
    for (auto seed = crash::first_seed(); all.cuts < wanted; ++seed) {
        Traffic traffic(40);
        const auto figures = crash::cut(traffic, seed % 8 == 0 ? nothing() : fresh, {seed, 4, 50});
        all += figures;
        unknown += traffic.unknown;
        INFO(figures.first_wrong);
        REQUIRE(figures.wrong == 0);
    }
    crash::tell("store", all);
    REQUIRE(unknown > all.cuts / 100);   // else hardly a cut fell into a commit
}

TEST_CASE("with synchronous=NORMAL, and nothing else changed, acknowledged transactions are lost") {
    REQUIRE(sqlite3_auto_extension(reinterpret_cast<void (*)()>(note_handle)) == SQLITE_OK);
    const auto fresh = fresh_store();
    Figures careful, careless;
    std::uint64_t hurt = 0, runs = 0;
    for (auto seed = crash::first_seed(); runs < 10; ++seed, ++runs) {
        Traffic good(40), bad(40, /*is_careless=*/true);
        careful += crash::cut(good, fresh, {seed, 1, 20});
        const auto figures = crash::cut(bad, fresh, {seed, 1, 20, false});
        careless += figures;
        hurt += figures.wrong > 0 ? 1U : 0U;
    }
    sqlite3_reset_auto_extension();
    handles.clear();
    crash::tell("synchronous=FULL", careful);
    crash::tell("synchronous=NORMAL", careless);
    REQUIRE(careful.wrong == 0);
    REQUIRE(hurt > runs / 2);
    REQUIRE(careless.first_wrong.find("acknowledged") != std::string::npos);
}

namespace {

/// A store as this program's predecessors left it, brought up to date and written to.
class Upgrade final : public crash::World {
public:
    explicit Upgrade(std::size_t version) : version_(version) {}
    crash::Image old_store() const {
        const BareFolder folder;
        {
            sqlite::Database database(folder / "chayan.db", {}, sqlite::Access::writing);
            sqlite::migrate(database, sqlite::migrations.first(version_));
            for (std::uint64_t seq = 1; seq <= 60; ++seq) {
                auto statement = database.statement("INSERT INTO scan (id, site, at, direction, source, sealed) VALUES (?, 1, ?, 0, 0, ?)");
                statement.bind(seq).bind(morning.s).bind_blob(blind(static_cast<std::uint8_t>(seq))).run();
            }
        }
        return crash::Image::of(folder.path);
    }
    void live(const std::string& root, crash::Recorder& recorder, std::mt19937_64&) override {
        const auto store = sqlite::open({root, {}, 0});
        for (std::uint64_t n = 1; n <= 3; ++n) {
            store->write([&](Connection& connection) {
                const ScanRow rows[] = {scan(60 + n)};
                connection.scans().append(rows);
            });
            recorder.told(60 + n);
        }
    }
    std::string examine(const std::string& root, const Told& told) override {
        try {
            {
                sqlite::Database database(root + "/chayan.db", {}, sqlite::Access::reading);
                if (sqlite::version_of(database) < version_) return "the schema went back; ";
            }
            const auto store = sqlite::open({root, {}, 0});
            std::string wrong;
            for (const auto& problem : store->check()) wrong += problem + "; ";
            std::uint64_t found = 0;
            store->reader()->scans().read({}, {~0ULL >> 1U}, [&](std::span<const ScanRow> rows) {
                for (const auto& row : rows) wrong += row.seq.value == ++found && row.sealed == scan(found).sealed ? "" : "a scan differs; ";
                return true;
            });
            const auto promised = told.empty() ? 60 : told.back();
            return found < promised || found > promised + 1 ? wrong + "scans are missing or too many; " : wrong;
        } catch (const StoreError& error) {
            return error.what();
        }
    }

private:
    std::size_t version_;
};

}  // namespace

TEST_CASE("an upgrade from every released schema, cut anywhere, is finished by the next start with every row there") {
    const auto versions = sqlite::migrations.size() - 1;
    const auto wanted = crash::budget(10 * versions, 0.2) / versions + 1;
    Figures all;
    for (std::size_t version = 1; version <= versions; ++version) {
        Figures of_version;
        for (auto seed = crash::first_seed(); of_version.cuts < wanted; ++seed) {
            Upgrade upgrade(version);
            of_version += crash::cut(upgrade, upgrade.old_store(), {seed, 1, std::min<std::uint64_t>(wanted, 200)});
            INFO("from schema " << version << ": " << of_version.first_wrong);
            REQUIRE(of_version.wrong == 0);
        }
        all += of_version;
    }
    crash::tell("upgrades", all);
}
