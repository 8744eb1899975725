// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

constexpr int step_pages = 2'048;   // 8 MB: then it may be given up, and the disk has it before the next

[[noreturn]] void fail(const std::string& what) {
    throw StoreError(StoreError::Kind::other, "the copy of the store can't be made (" + what + "); check the space on its disk");
}

/// The file that is copied to. Nobody else knows it, and nothing rests on it: no journal, no syncs of SQLite's own.
class Target {
public:
    explicit Target(const std::string& path) {
        fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd_ < 0) fail("no such folder, or no permission");
        sqlite3* handle = nullptr;
        const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
        handle_.reset(handle);
        if (code != SQLITE_OK) fail(sqlite3_errstr(code));
        sqlite3_exec(handle, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
    }
    ~Target() {
        handle_.reset();
        ::close(fd_);
    }
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    sqlite3* handle() { return handle_.get(); }
    /// Little by little: a gigabyte at once would keep the disk from the writer's commits.
    void pace() const { (void)::fdatasync(fd_); }

private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    int fd_ = -1;
    std::unique_ptr<sqlite3, Close> handle_;
};

std::uint64_t count(Database& database, const char* sql) {
    auto statement = database.statement(sql);
    CHECK(statement.step());
    return static_cast<std::uint64_t>(statement.integer(0));
}

void raise_floor(Database& database, const char* name, std::uint64_t last, std::uint64_t floor) {
    if (floor <= last) return;
    {
        auto statement = database.statement("INSERT OR REPLACE INTO sequence (name, floor) VALUES (?, ?)");
        statement.bind_text(name).bind(floor).run();
    }
    auto statement = database.statement("INSERT INTO sequence_skip (name, after, upto) VALUES (?, ?, ?)");
    statement.bind_text(name).bind(last).bind(floor).run();
}

}  // namespace

bool copy_pages(Database& source, const std::string& path, const Store::GoOn& go_on) {
    Target target(path);
    struct Finish {
        void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
    };
    const std::unique_ptr<sqlite3_backup, Finish> backup(sqlite3_backup_init(target.handle(), "main", source.handle(), "main"));
    if (!backup) fail(sqlite3_errmsg(target.handle()));
    // The transaction holds the snapshot, so that a commit between two steps does not begin the copy anew.
    for (int code = SQLITE_OK; code != SQLITE_DONE;) {
        code = sqlite3_backup_step(backup.get(), step_pages);
        if (code != SQLITE_OK && code != SQLITE_DONE) fail(sqlite3_errstr(code));
        const auto total = sqlite3_backup_pagecount(backup.get());
        target.pace();
        if (!go_on(static_cast<std::uint64_t>(total - sqlite3_backup_remaining(backup.get())), static_cast<std::uint64_t>(total))) return false;
    }
    return true;
}

Census take_census(Database& database, Connection& connection) {
    Census census;
    census.schema = std::stoull(database.pragma("user_version"));
    census.scans = count(database, "SELECT count(*) FROM scan");
    census.voids = count(database, "SELECT count(*) FROM scan_void");
    census.registrations = count(database, "SELECT count(*) FROM registration");
    census.sites = count(database, "SELECT count(*) FROM site");
    census.operators = count(database, "SELECT count(*) FROM operator");
    census.cases = count(database, "SELECT count(*) FROM case_file");
    census.audit = count(database, "SELECT count(*) FROM audit");
    if (const auto last = connection.audit().last()) {
        census.audit_last = last->seq;
        census.audit_head = last->chain;
    }
    census.last = last_numbers(database, connection);
    return census;
}

Sequences last_numbers(Database& database, Connection& connection) {
    auto& registry = connection.registry();
    return {connection.scans().last().value, registry.last_registration().value, registry.last_person().value, last_person_event(database),
            registry.last_vehicle().value, connection.sites().last_site().value, connection.staff().last_operator().value};
}

void skip_to(Database& database, const Sequences& last, const Sequences& floors) {
    CHECK(database.is_writing());
    raise_floor(database, "scan", last.scan, floors.scan);
    raise_floor(database, "registration", last.registration, floors.registration);
    raise_floor(database, "person", last.person, floors.person);
    raise_floor(database, "person_event", last.person_event, floors.person_event);
    raise_floor(database, "vehicle", last.vehicle, floors.vehicle);
    raise_floor(database, "site", last.site, floors.site);
    raise_floor(database, "operator", last.operator_id, floors.operator_id);
}

}  // namespace chayan::storage::sqlite
