// SPDX-License-Identifier: Apache-2.0
// A backup and the way back, by the functions that the commands and the house thread call.
#include "app/backup.hpp"

#include "app/backup_command.hpp"
#include "app/folder.hpp"
#include "app/staging.hpp"
#include "kit/limits.hpp"
#include "service/backup_file.hpp"
#include "service/key_bundle.hpp"
#include "service/key_files.hpp"
#include "service/manifest.hpp"
#include "storage/sqlite/database.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/sqlite_store.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <algorithm>
#include <future>
#include <set>
#include <thread>

using namespace chayan;
using namespace chayan::app;
using chayan::app::testing::Folder;
using Catch::Matchers::Contains;

namespace {

const Stage all_of_it = [](const char*, std::uint64_t, std::uint64_t) { return true; };

std::string code_of(const auto& status) { return status ? "" : status.error().code; }

void add_scan(Installation& in, domain::Instant at) {
    REQUIRE(service::run_and_wait(*in.writer, [&](service::WriteContext& context) -> kit::Status {
        service::ScanIntake scan;
        scan.key = {{1}, {1}, at, domain::Direction::in};
        scan.received = at;
        (void)context.take(scan);
        return kit::Done{};
    }));
}

void fill(Installation& in) {
    REQUIRE(in.imports->divisions({}, "code,name\n130682,定州\n", {}));
    REQUIRE(in.imports->sites({}, "ref,name,category,division\nA,商店,shop,130682\n", {}));
    REQUIRE(in.imports->people({}, "name,phone\n王建华,14200000001\n", {}));
    REQUIRE(in.operators->add(nullptr, {"li", "tracer", "", "correct horse battery"}));
    for (int i = 1; i <= 5; ++i) add_scan(in, in.clock.now() - 60 * i);
}

/// An installation with something in it, whose recovery key is known.
struct Original {
    Original() : recovery(service::key_files::create(place.keys)) {
        set_up(place);
        in.emplace(place, config);
        fill(*in);
    }
    kit::Status back_up(const std::string& name, const Stage& stage = all_of_it) { return make_backup(*in, place, config, folder.at(name), stage); }
    static domain::Instant now() { return SystemClock().now(); }
    Folder folder;
    Place place{folder.at("data"), folder.at("data/keys"), 0};
    Config config;
    std::string recovery;
    std::optional<Installation> in;
};

/// A folder to restore into.
struct Empty {
    kit::Status restore(const std::string& file, const std::string& key, const Stage& stage = all_of_it) {
        const RestoreRequest request{file, [&key]() -> kit::Result<std::string> { return key; }, now, odd_clock, keys_file};
        const auto restored = restore_backup(place, config, request, stage);
        if (!restored) return restored.error();
        keys_dropped = restored->keys_dropped;
        return kit::Done{};
    }
    storage::Census census() const { return storage::sqlite::open_to_check({place.data, {}, 0})->reader()->census(); }
    /// What lies beside and under the folder.
    std::set<std::string> files() const {
        std::set<std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path)) found.insert(entry.path().lexically_relative(folder.path));
        return found;
    }
    Folder folder;
    Place place{folder.at("data"), folder.at("data/keys"), 0};
    Config config;
    domain::Instant now = SystemClock().now();
    OddClock odd_clock = OddClock::refused;
    std::string keys_file;
    std::size_t keys_dropped = 0;
};

void change(const std::string& path, const std::function<void(std::string&)>& how) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    auto bytes = text.str();
    how(bytes);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

void execute(sqlite3* handle, const std::string& sql) {
    CAPTURE(sql, sqlite3_errmsg(handle));
    REQUIRE(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

/// The rows of a database in one as it was when only the first `version` schema files were there.
void copy_as_of(std::size_t version, const std::string& from, const std::string& to) {
    {
        storage::sqlite::Database database(to, {}, storage::sqlite::Access::writing);
        storage::sqlite::migrate(database, storage::sqlite::migrations.first(version));
    }
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(to.c_str(), &handle) == SQLITE_OK);
    execute(handle, "ATTACH '" + from + "' AS ours");
    std::vector<std::string> copies;
    const auto add = [](void* into, int, char** text, char**) {
        static_cast<std::vector<std::string>*>(into)->emplace_back(text[0]);
        return 0;
    };
    constexpr const char* tables = R"(SELECT 'INSERT INTO main.' || t.name || ' (' || group_concat('"' || c.name || '"') || ') SELECT ' || group_concat('"' || c.name || '"')
        || ' FROM ours.' || t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name <> 'schema_migration' GROUP BY t.name)";
    REQUIRE(sqlite3_exec(handle, tables, add, &copies, nullptr) == SQLITE_OK);
    REQUIRE(copies.size() > 10);
    for (const auto& copy : copies) execute(handle, copy);
    sqlite3_close(handle);
}

std::vector<std::string> actions(const Place& place) {
    std::vector<std::string> found;
    for (const auto& row : storage::sqlite::open_to_check({place.data, {}, 0})->reader()->audit().read(1, 1'000)) found.push_back(row.action);
    return found;
}

}  // namespace

TEST_CASE("a backup is two files for their owner alone, nothing beside them, and a line in the audit log") {
    Original original;
    REQUIRE(original.back_up("one"));
    CHECK(original.folder.mode("one") == 0600);
    CHECK(original.folder.mode("one.keys") == 0600);
    CHECK_FALSE(original.folder.has("one.partial"));
    CHECK(actions(original.place).back() == "backed_up");
    for (const auto* name : {"one", "one.keys"}) {
        const auto bytes = original.folder.read(name);
        for (const auto* key : {"data/keys/master.key", "data/keys/tls-key.pem"}) CHECK(bytes.find(original.folder.read(key).substr(0, 32)) == std::string::npos);
        CHECK(bytes.find("SQLite") == std::string::npos);
        CHECK(bytes.find("商店") == std::string::npos);
    }
}

TEST_CASE("what is restored holds what was backed up, is sound, says so in its audit log, and every number goes on far above") {
    Original original;
    const auto before = original.in->store->reader()->census();
    REQUIRE(original.in->access->open_session({"li", "correct horse battery", {}, {}}));
    REQUIRE(original.back_up("one"));
    Empty empty;
    REQUIRE(empty.restore(original.folder.at("one"), original.recovery));
    CHECK(check_installation(empty.place, empty.config).empty());
    const auto after = empty.census();
    CHECK(after.scans == before.scans);
    CHECK(after.registrations == before.registrations);
    CHECK(after.last.scan == before.last.scan + kit::skip_scans);
    CHECK(after.last.registration == before.last.registration + kit::skip_registrations);
    CHECK(after.last.person == before.last.person + kit::skip_persons);
    CHECK(after.last.vehicle == before.last.vehicle + kit::skip_vehicles);
    CHECK(after.last.site == before.last.site + kit::skip_sites);
    CHECK(after.last.operator_id == before.last.operator_id + kit::skip_operators);
    CHECK(after.audit_last > before.audit_last + kit::skip_audit_lines);
    CHECK(actions(empty.place).back() == "restored");
    CHECK(storage::sqlite::open_to_check({empty.place.data, {}, 0})->reader()->staff().sessions().empty());
    CHECK(empty.folder.mode("data") == 0700);
    CHECK(empty.folder.mode("data/keys") == 0700);
    for (const auto* name : {"master.key", "recovery.pub", "tls-key.pem", "tls-certificate.pem"})
        CHECK(empty.folder.read(std::string("data/keys/") + name) == original.folder.read(std::string("data/keys/") + name));
    CHECK_FALSE(empty.folder.has("data.partial"));
    CHECK_FALSE(empty.folder.has("data/.being-made-by-chayan"));
}

TEST_CASE("what is restored goes on: new rows follow, it can be backed up and restored again, and a lost one is still found") {
    Original original;
    REQUIRE(original.back_up("one"));
    Empty first, second;
    REQUIRE(first.restore(original.folder.at("one"), original.recovery));
    {
        Installation in(first.place, first.config);
        add_scan(in, in.clock.now());
        REQUIRE(in.imports->people({}, "name,phone\n赵文博,14200000002\n", {}));
        REQUIRE(make_backup(in, first.place, first.config, first.folder.at("two"), all_of_it));
    }
    CHECK(check_installation(first.place, first.config).empty());
    REQUIRE(second.restore(first.folder.at("two"), original.recovery));
    CHECK(check_installation(second.place, second.config).empty());
    CHECK(second.census().scans == 6);
    CHECK(second.census().last.scan > 2 * kit::skip_scans);
    {
        Installation in(second.place, second.config);
        add_scan(in, in.clock.now());
    }
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open((second.place.data + "/chayan.db").c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, "DROP TRIGGER audit_is_append_only_delete; DELETE FROM audit WHERE action = 'backed_up' OR seq = 2", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    const auto problems = check_installation(second.place, second.config);
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0], Contains("audit log is broken from line 2"));
}

TEST_CASE("after some sixty restores of restores the numbers run out, and that is said rather than passed over") {
    Original original;
    original.in->store->checkpoint();
    original.in.reset();
    {
        const auto store = storage::sqlite::open({original.place.data, {}, 0});
        store->write([](storage::Connection& connection) { connection.skip_to({(1ULL << 37U) - kit::skip_scans, 0, 0, 0, 0, 0, 0}); });
    }
    original.in.emplace(original.place, original.config);
    REQUIRE(original.back_up("one"));
    Empty empty;
    CHECK(code_of(empty.restore(original.folder.at("one"), original.recovery)) == "numbers_exhausted");
    CHECK(empty.files().empty());
}

TEST_CASE("each fault of the files or the key is refused by its own sentence and leaves nothing") {
    Original original, stranger;
    REQUIRE(original.back_up("one"));
    REQUIRE(original.back_up("two"));
    const auto file = original.folder.at("one");
    const auto refused_after = [&](const std::string& path, const std::function<void(std::string&)>& how) {
        Folder copies;
        for (const auto* name : {"one", "one.keys"}) std::filesystem::copy_file(original.folder.at(name), copies.at(name));
        change(copies.at(path), how);
        Empty empty;
        const auto code = code_of(empty.restore(copies.at("one"), original.recovery));
        CHECK(empty.files().empty());
        return code;
    };
    CHECK(refused_after("one", [](std::string& bytes) { bytes.pop_back(); }) == "backup_truncated");
    CHECK(refused_after("one", [](std::string& bytes) { bytes.resize(bytes.size() / 2); }) == "backup_truncated");
    for (const double share : {0.001, 0.3, 0.6, 0.999})
        CHECK(refused_after("one", [&](std::string& bytes) { bytes[static_cast<std::size_t>(share * static_cast<double>(bytes.size()))] ^= 1; }) == "backup_damaged");
    CHECK(refused_after("one", [](std::string& bytes) { bytes = "a letter"; }) == "backup_foreign");
    CHECK(refused_after("one.keys", [](std::string& bytes) { bytes.pop_back(); }) == "keys_damaged");
    CHECK(refused_after("one.keys", [](std::string& bytes) { bytes[200] ^= 1; }) == "keys_damaged");
    CHECK(refused_after("one.keys", [](std::string& bytes) { bytes = "a letter"; }) == "keys_foreign");
    REQUIRE(stranger.back_up("his"));
    CHECK(refused_after("one", [&](std::string& bytes) { bytes = stranger.folder.read("his"); }) == "keys_of_another");
    Empty empty;
    CHECK(code_of(empty.restore(file, stranger.recovery)) == "recovery_key_wrong");
    CHECK(code_of(empty.restore(file, "1234")) == "recovery_key_malformed");
    std::filesystem::remove(file + ".keys");
    CHECK(code_of(empty.restore(file, original.recovery)) == "keys_missing");
    CHECK_THROWS_WITH(empty.restore(original.folder.at("none"), original.recovery), Contains("none: cannot read the file"));
    CHECK(empty.files().empty());
}

TEST_CASE("an old backup is opened by the newest keys: days whose key was destroyed since stay closed, all else is there; older keys are refused") {
    Original original;
    const auto now = original.in->clock.now();
    const auto day = [&](int days) { return original.in->zone.local_day(now - days * 86'400); };
    const auto key = [&](int days, const char* end) { return "data/keys/day/" + domain::format_date(day(days)) + end; };
    add_scan(*original.in, now - 20 * 86'400);
    add_scan(*original.in, now - 10 * 86'400);
    REQUIRE(original.back_up("old"));
    original.in->vault.destroy_day(day(20));
    add_scan(*original.in, now - 15 * 86'400);   // of a day that had no key yet
    REQUIRE(original.back_up("new"));
    Empty empty;
    empty.keys_file = original.folder.at("new.keys");
    REQUIRE(empty.restore(original.folder.at("old"), original.recovery));
    CHECK(check_installation(empty.place, empty.config).empty());
    CHECK(empty.census().scans == 7);
    CHECK_FALSE(empty.folder.has(key(20, ".key")));
    CHECK(empty.folder.has(key(20, ".destroyed")));
    CHECK(empty.folder.has(key(10, ".key")));
    Empty other;
    other.keys_file = original.folder.at("old.keys");
    CHECK(code_of(other.restore(original.folder.at("new"), original.recovery)) == "keys_older");
    CHECK(other.files().empty());
}

TEST_CASE("a backup of a newer schema is refused before anything is made of it") {
    Original original;
    original.in.reset();
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open((original.place.data + "/chayan.db").c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, "PRAGMA user_version=99", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    // A newer program would make this file; ours, which refuses the store, is given its parts.
    const service::backup_file::Id id = service::backup_file::make_id();
    const auto master = service::key_files::load_master(original.place.keys);
    const auto digest = service::backup_file::write(original.folder.at("one"), id, master, "schema 99\nsomething new\n", original.place.data + "/chayan.db",
                                                    [](std::uint64_t, std::uint64_t) { return true; });
    REQUIRE(digest);
    const auto keys = service::key_bundle::seal({id, *digest, service::key_files::read_folder(original.place.keys)});
    original.folder.write("one.keys", keys);
    Empty empty;
    CHECK(code_of(empty.restore(original.folder.at("one"), original.recovery)) == "backup_newer");
    CHECK(empty.files().empty());
}

TEST_CASE("a backup of each older schema is restored, brought up to date and sound; a check of such a folder says what to do") {
    Original original;
    const auto census = original.in->store->reader()->census();
    const auto by_day = examine_installation(original.place, original.config).scans_by_day;
    original.in.reset();
    for (std::size_t version = 1; version < storage::sqlite::schema_version(); ++version) {
        CAPTURE(version);
        Folder older;
        copy_as_of(version, original.place.data + "/chayan.db", older.at("chayan.db"));
        service::Manifest manifest{original.now(), census, original.config.time_zone, 28, by_day};
        manifest.census.schema = version;
        const auto id = service::backup_file::make_id();
        const auto digest = service::backup_file::write(older.at("one"), id, service::key_files::load_master(original.place.keys), service::format_manifest(manifest),
                                                        older.at("chayan.db"), [](std::uint64_t, std::uint64_t) { return true; });
        REQUIRE(digest);
        older.write("one.keys", service::key_bundle::seal({id, *digest, service::key_files::read_folder(original.place.keys)}));
        Empty empty;
        REQUIRE(code_of(empty.restore(older.at("one"), original.recovery)) == "");
        CHECK(check_installation(empty.place, empty.config).empty());
        CHECK(empty.census().schema == storage::sqlite::schema_version());
        CHECK(empty.census().scans == census.scans);
        CHECK(empty.census().registrations == census.registrations);

        const Place place{older.path, original.place.keys, 0};
        const auto problems = check_installation(place, {});
        REQUIRE(problems.size() == 1);
        CHECK_THAT(problems[0], Contains("older version") && Contains("run chayan serve once"));
        { const Installation in(place, {}); }
        CHECK(check_installation(place, {}).empty());
    }
}

TEST_CASE("a restore touches neither a folder nor a key folder that holds something, nor asks for the key before it knows") {
    Original original;
    REQUIRE(original.back_up("one"));
    const auto unasked = []() -> kit::Result<std::string> { FAIL("asked for the recovery key"); return std::string(); };
    Empty empty;
    std::filesystem::create_directory(empty.place.data);
    std::ofstream(empty.place.data + "/note") << "mine";
    CHECK(code_of(restore_backup(empty.place, empty.config, {original.folder.at("one"), unasked, empty.now}, all_of_it)) == "folder_not_empty");
    std::filesystem::remove(empty.place.data + "/note");
    empty.place.keys = empty.folder.at("elsewhere");
    std::filesystem::create_directory(empty.place.keys);
    std::ofstream(empty.place.keys + "/note") << "mine";
    CHECK(code_of(restore_backup(empty.place, empty.config, {original.folder.at("one"), unasked, empty.now}, all_of_it)) == "folder_not_empty");
    CHECK(empty.files() == std::set<std::string>{"data", "elsewhere", "elsewhere/note"});
    std::filesystem::remove(empty.place.keys + "/note");
    REQUIRE(empty.restore(original.folder.at("one"), original.recovery));   // two empty folders
    CHECK(check_installation(empty.place, empty.config).empty());
    CHECK_FALSE(empty.folder.has("data/keys"));
    CHECK(empty.folder.mode("elsewhere") == 0700);
}

TEST_CASE("with another time zone than the original's the scans could not be opened, and that is said") {
    Original original;
    original.config.time_zone = "Europe/Lisbon";
    original.in.emplace(original.place, original.config);
    REQUIRE(original.back_up("one"));
    Empty empty;
    CHECK(code_of(empty.restore(original.folder.at("one"), original.recovery)) == "time_zone_differs");
    CHECK(empty.files().empty());
    empty.config.time_zone = "Europe/Lisbon";
    CHECK(empty.restore(original.folder.at("one"), original.recovery));
}

TEST_CASE("settings that keep scans for a shorter time than the original's destroy no keys: a restore is refused, a backup keeps all") {
    Original original;
    const auto old = original.in->clock.now() - 40 * 86'400;
    add_scan(*original.in, old);
    service::key_files::note_scan_days(original.place.keys, 60);   // as serve does
    REQUIRE(original.back_up("one"));                              // by a command without settings: 28
    Empty empty;
    CHECK(code_of(empty.restore(original.folder.at("one"), original.recovery)) == "scan_days_differs");
    CHECK(empty.files().empty());
    empty.config.scan_days = 60;
    REQUIRE(empty.restore(original.folder.at("one"), original.recovery));
    CHECK(empty.keys_dropped == 0);
    CHECK(empty.folder.has("data/keys/day/" + domain::format_date(original.in->zone.local_day(old)) + ".key"));
    CHECK(service::key_files::noted_scan_days(empty.place.keys) == 60);
}

TEST_CASE("a clock that puts the backup into the future, or before all that is kept, restores nothing until somebody says that it is right") {
    Original original;
    const auto before = original.in->clock.now();
    REQUIRE(original.back_up("one"));
    const auto after = original.in->clock.now();
    const auto at = [&](domain::Instant now, OddClock odd_clock) {
        Empty empty;
        empty.now = now;
        empty.odd_clock = odd_clock;
        const auto code = code_of(empty.restore(original.folder.at("one"), original.recovery));
        if (!code.empty()) CHECK(empty.files().empty());
        return code;
    };
    CHECK(at(after + -kit::restore_behind_s_max, OddClock::refused).empty());
    CHECK(at(before + -kit::restore_behind_s_max - 1, OddClock::refused) == "clock_differs");
    CHECK(at(before + -kit::restore_behind_s_max - 1, OddClock::accepted).empty());
    CHECK(at(before + 28 * 86'400, OddClock::refused).empty());
    CHECK(at(after + 28 * 86'400 + 1, OddClock::refused) == "clock_differs");
    Empty late;
    late.now = after + 400 * 86'400;
    late.odd_clock = OddClock::accepted;
    REQUIRE(late.restore(original.folder.at("one"), original.recovery));
    CHECK(late.keys_dropped >= 1);
}

TEST_CASE("whoever gives up at any moment is left with nothing half made") {
    Original original;
    std::set<std::string> seen;
    for (bool finished = false; !finished;) {
        const auto stop_at_next = [&](const char* doing, std::uint64_t, std::uint64_t) { return !seen.insert(doing).second; };
        const auto status = original.back_up("one", stop_at_next);
        finished = static_cast<bool>(status);
        if (!finished) CHECK(code_of(status) == "backup_stopped");
        CHECK(original.folder.has("one") == finished);
        CHECK(original.folder.has("one.keys") == finished);
        CHECK_FALSE(original.folder.has("one.partial"));
    }
    CHECK(seen == std::set<std::string>{"copying", "checking", "writing", "verifying"});
    Empty empty;
    seen.clear();
    for (bool finished = false; !finished;) {
        const auto stop_at_next = [&](const char* doing, std::uint64_t, std::uint64_t) { return !seen.insert(doing).second; };
        finished = static_cast<bool>(empty.restore(original.folder.at("one"), original.recovery, stop_at_next));
        if (!finished) CHECK(empty.files().empty());
    }
    CHECK(seen == std::set<std::string>{"reading", "checking"});
}

TEST_CASE("what a command that was cut short left is cleared, what is somebody else's is not") {
    Original original;
    REQUIRE(original.back_up("one"));
    CHECK(code_of(original.back_up("one")) == "backup_exists");
    std::filesystem::remove(original.folder.at("one"));
    CHECK(code_of(original.back_up("one")) == "backup_exists");   // its keys are there
    std::filesystem::create_directory(original.folder.at("two.partial"));
    original.folder.write("two.partial/.being-made-by-chayan", "");
    original.folder.write("two.partial/chayan.db", "half a database");
    REQUIRE(original.back_up("two"));
    std::filesystem::create_directory(original.folder.at("three.partial"));
    original.folder.write("three.partial/diary", "mine");
    CHECK_THROWS_WITH(original.back_up("three"), Contains("not ours"));
    CHECK(original.folder.read("three.partial/diary") == "mine");
    CHECK_THROWS_WITH(original.back_up("none/here"), Contains("cannot make the folder"));
}

TEST_CASE("nothing readable ever lies beside FILE, and the copy in the data folder is gone at the end") {
    Original original;
    std::filesystem::create_directory(original.folder.at("stick"));
    std::size_t looks = 0;
    const auto look = [&](const char*, std::uint64_t, std::uint64_t) {
        ++looks;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(original.folder.at("stick")))
            if (entry.is_regular_file()) CHECK(original.folder.read(entry.path().lexically_relative(original.folder.path)).find("SQLite format") == std::string::npos);
        return true;
    };
    REQUIRE(original.back_up("stick/one", look));
    CHECK(looks >= 4);
    for (const auto& entry : std::filesystem::directory_iterator(original.place.data)) CHECK(entry.path().filename().string().find("copy-for-backup") == std::string::npos);
}

TEST_CASE("a file is moved by its names where no rename will do, and never replaces another") {
    const Folder folder;
    folder.write("from", "new");
    folder.write("taken", "old");
    CHECK_FALSE(move_by_link(folder.at("from"), folder.at("taken")));
    CHECK(folder.read("taken") == "old");
    CHECK(move_by_link(folder.at("from"), folder.at("to")));
    CHECK(folder.read("to") == "new");
    CHECK_FALSE(folder.has("from"));
    CHECK_FALSE(move_by_link(folder.at("none"), folder.at("else")));
}

TEST_CASE("a copy that would take the room of scans is refused before it is begun") {
    const Folder folder;
    CHECK_NOTHROW(require_room(folder.path, 0));
    CHECK_THROWS_WITH(require_room(folder.path, 1ULL << 60U), Contains("no room"));
}

TEST_CASE("a store that is not sound makes no backup") {
    Original original;
    original.in.reset();
    change(original.place.data + "/chayan.db", [](std::string&) {});
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open((original.place.data + "/chayan.db").c_str(), &handle) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, "DROP TRIGGER scan_is_append_only_update; UPDATE scan SET at = at + 1 WHERE id = 2", nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    original.in.emplace(original.place, original.config);
    CHECK_THROWS_WITH(original.back_up("one"), Contains("not sound") && Contains("scan row 2"));
    CHECK_FALSE(original.folder.has("one"));
    CHECK_FALSE(original.folder.has("one.keys"));
    CHECK_FALSE(original.folder.has("one.partial"));
}

TEST_CASE("keys of expired days do not come back: their scans stay closed, check finds nothing wrong with that, and still finds a key that is lost") {
    Original original;
    const auto old = original.in->clock.now() - 40 * 86'400;
    add_scan(*original.in, old);
    const auto key = "data/keys/day/" + domain::format_date(original.in->zone.local_day(old));
    REQUIRE(original.back_up("short"));
    original.config.scan_days = 60;
    REQUIRE(original.back_up("long"));
    Empty kept, dropped;
    kept.config.scan_days = 60;
    REQUIRE(kept.restore(original.folder.at("long"), original.recovery));
    CHECK(kept.folder.has(key + ".key"));
    CHECK(kept.keys_dropped == 0);
    REQUIRE(dropped.restore(original.folder.at("short"), original.recovery));
    CHECK(dropped.keys_dropped == 1);
    CHECK_FALSE(dropped.folder.has(key + ".key"));
    CHECK(dropped.folder.has(key + ".destroyed"));
    CHECK(dropped.census().scans == 6);
    CHECK(check_installation(dropped.place, dropped.config).empty());
    {
        Installation in(dropped.place, dropped.config);
        REQUIRE(make_backup(in, dropped.place, dropped.config, dropped.folder.at("next"), all_of_it));   // and so does the next generation
        CHECK_THROWS_WITH(service::key_files::make_day_key(dropped.place.keys, in.zone.local_day(old)), Contains("was destroyed"));
    }
    Empty next;
    CHECK(next.restore(dropped.folder.at("next"), original.recovery));
    CHECK(next.folder.has(key + ".destroyed"));
    CHECK(check_installation(kept.place, kept.config).empty());
    std::filesystem::remove(kept.folder.at(key + ".key"));
    CHECK(check_installation(kept.place, kept.config).size() == 1);
}

TEST_CASE("the running service makes the backup when it is asked, one at a time, and tells why not") {
    Original original;
    CertificateWatch certificate({}, original.in->clock, [](const http::TlsFiles&) { return std::string(); });
    House house(*original.in, 0, certificate);
    Control control(original.place.data, {{"backup", backup_handler(house, *original.in, original.place, original.config)}});
    std::jthread answering([&](const std::stop_token& stop) { control.run(stop); });
    std::unique_ptr<DirectoryLock> lock;
    REQUIRE(DirectoryLock::try_lock(original.place.data, lock));
    const auto file = original.folder.at("one");
    {
        REQUIRE(house.post([](const std::stop_token&) {}));   // waits, since the house is not there yet
        CHECK(code_of(run_backup(original.place, original.config, file)) == "backup_running");
        CHECK_FALSE(original.folder.has("one"));
        std::jthread keeping([&](const std::stop_token& stop) { house.run(stop); });
        while (code_of(run_backup(original.place, original.config, file)) == "backup_running") std::this_thread::sleep_for(std::chrono::milliseconds(1));
        CHECK(original.folder.has("one.keys"));
        CHECK(code_of(run_backup(original.place, original.config, file)) == "backup_exists");
        CHECK_THROWS_WITH(run_backup(original.place, original.config, original.folder.at("none/here")), Contains("cannot make the folder"));
        CHECK_THROWS_WITH(ask_server(original.place.data, "backup", {}), Contains("one path"));
    }
    Empty empty;
    CHECK(empty.restore(file, original.recovery));
}
