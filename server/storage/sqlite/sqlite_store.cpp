// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit/limits.hpp"
#include "storage/sqlite/copy.hpp"
#include "storage/sqlite/desk_ports.hpp"
#include "storage/sqlite/high_water.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/ports.hpp"
#include "storage/sqlite/retention_port.hpp"
#include "storage/sqlite/site_ports.hpp"

namespace chayan::storage::sqlite {
namespace {

class SqliteConnection final : public Connection {
public:
    SqliteConnection(const std::string& path, const std::string& vfs, Access access) : database_(path, vfs, access) {}
    ScanLog& scans() override { return scans_; }
    Registry& registry() override { return registry_; }
    LinkBook& links() override { return links_; }
    SiteBook& sites() override { return sites_; }
    StaffBook& staff() override { return staff_; }
    Desk& desk() override { return desk_; }
    FormBook& forms() override { return forms_; }
    LedgerBook& ledger() override { return ledger_; }
    RegisterBook& registers() override { return registers_; }
    TallyBook& tally() override { return tally_; }
    ReportBook& reports() override { return reports_; }
    CameraBook& cameras() override { return cameras_; }
    OutingBook& outings() override { return outings_; }
    RetentionBook& retention() override { return retention_; }
    AuditLog& audit() override { return audit_; }

    bool attempt(const std::function<bool()>& body) override {
        CHECK(database_.is_writing());
        const Mark before = reached_;
        database_.statement("SAVEPOINT command").run();
        try {
            if (body()) {
                database_.statement("RELEASE command").run();
                return true;
            }
        } catch (...) {
            // A full disk has rolled everything back already: then there is no savepoint any more.
            if (sqlite3_get_autocommit(database_.handle()) == 0) undo(before);
            throw;
        }
        undo(before);
        return false;
    }

    Census census() override { return take_census(database_, *this); }
    void skip_to(const Sequences& floors) override {
        sqlite::skip_to(database_, last_numbers(database_, *this), floors);
        reached_ = {reached_.commits, scans_.last().value, registry_.last_registration().value, reached_.audit};
    }

    Database& database() { return database_; }
    /// How far the store came: kept up by the ports, so that a commit costs no look-up.
    Mark& reached() { return reached_; }
    Mark read_mark() {
        const auto last = audit_.last();
        return {0, scans_.last().value, registry_.last_registration().value, last ? last->seq : 0};
    }

private:
    void undo(const Mark& before) {
        database_.statement("ROLLBACK TO command").run();
        database_.statement("RELEASE command").run();
        reached_ = before;
    }
    Database database_;
    Mark reached_;
    SqliteScanLog scans_{database_, reached_};
    SqliteRegistry registry_{database_, reached_};
    SqliteLinkBook links_{database_};
    SqliteSiteBook sites_{database_};
    SqliteStaffBook staff_{database_};
    SqliteDesk desk_{database_};
    SqliteFormBook forms_{database_};
    SqliteLedgerBook ledger_{database_};
    SqliteRegisterBook registers_{database_};
    SqliteTallyBook tally_{database_};
    SqliteReportBook reports_{database_};
    SqliteCameraBook cameras_{database_};
    SqliteOutingBook outings_{database_};
    SqliteRetentionBook retention_{database_};
    SqliteAuditLog audit_{database_, reached_};
};

/// "3 scans and 1 registration", or empty when nothing is missing.
std::string missing(const Mark& promised, const Mark& found, std::uint64_t& rows) {
    const auto less = [](std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; };
    const auto scans = less(promised.scan, found.scan);
    const auto registrations = less(promised.registration, found.registration);
    const auto audits = less(promised.audit, found.audit);
    rows = scans + registrations + audits;
    if (rows == 0) return {};
    return std::to_string(scans) + " acknowledged scans, " + std::to_string(registrations) + " registrations and " +
           std::to_string(audits) + " lines of the audit log are missing from the store";
}

/// While it lives, files are made for their owner alone.
class PrivateFiles {
public:
    PrivateFiles() : before_(::umask(0077)) {}
    ~PrivateFiles() { ::umask(before_); }
    PrivateFiles(const PrivateFiles&) = delete;
    PrivateFiles& operator=(const PrivateFiles&) = delete;

private:
    mode_t before_;
};

std::unique_ptr<SqliteConnection> connect(const std::string& path, const std::string& vfs, Access access) {
    const PrivateFiles only_while_opening;
    try {
        return std::make_unique<SqliteConnection>(path, vfs, access);
    } catch (const StoreError& error) {
        const std::string why = std::string(" (") + error.what() + "). ";
        if (error.kind() == StoreError::Kind::corrupt)
            throw StoreError(error.kind(), "chayan.db is damaged or not a database" + why + "Keep the data folder as it is and restore a backup");
        throw StoreError(error.kind(), "chayan.db cannot be opened for writing" + why + "Check the data folder's permissions and the space on its disk");
    }
}

/// DIR/reserve: space that is ours when the disk has no more.
class Reserve {
public:
    explicit Reserve(const std::string& directory)
        : fd_(::open((directory + "/reserve").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
        (void)keep();
    }
    ~Reserve() {
        if (fd_ >= 0) ::close(fd_);
    }
    Reserve(const Reserve&) = delete;
    Reserve& operator=(const Reserve&) = delete;

    /// True too where no such file could be made: then the next commit tells whether there is space.
    bool keep() {
        if (fd_ < 0 || ::posix_fallocate(fd_, 0, static_cast<off_t>(kit::reserve_bytes)) == 0) return true;
        spend();   // the part that was taken
        return false;
    }
    void spend() {
        if (fd_ >= 0 && ::ftruncate(fd_, 0) != 0) throw StoreError(StoreError::Kind::io, "the file reserve can't be cut: the disk fails");
    }

private:
    int fd_;
};

class SqliteStore final : public Store {
public:
    SqliteStore(const OpenOptions& options, Access access)
        : path_(options.directory + "/chayan.db"), vfs_(options.vfs), high_water_(options.directory, access) {
        // A file that is gone must not be made anew, and a lost one not be migrated, before the loss has been said.
        if (::access(path_.c_str(), F_OK) != 0) (void)compare(Mark{}, options.accept_loss, access);
        connection_ = connect(path_, vfs_, access);
        auto& database = connection_->database();
        const auto found = version_of(database) > 0 ? connection_->read_mark() : Mark{};
        const bool has_loss = compare(found, options.accept_loss, access);
        if (access == Access::reading) return;
        migrate(database);
        // What an earlier process failed to sync may lie in the log, readable and not durable: later commits must not stand on it.
        checkpoint();
        database.allow_checkpoint();
        const auto commits = connection_->reached().commits;
        connection_->reached() = connection_->read_mark();
        connection_->reached().commits = commits + (has_loss ? 1 : 0);
        if (has_loss) high_water_.write(connection_->reached());   // accepted once and for all
        reserve_.emplace(options.directory);
    }

    void write(const std::function<void(Connection&)>& body) override {
        auto& database = connection_->database();
        const Mark before = connection_->reached();
        roll_back(database);   // what could not be for want of memory
        database.statement("BEGIN IMMEDIATE").run();
        try {
            body(*connection_);
            database.statement("COMMIT").run();
        } catch (...) {
            roll_back(database);
            connection_->reached() = before;
            throw;
        }
        ++connection_->reached().commits;
        high_water_.write(connection_->reached());
    }

    std::unique_ptr<Connection> reader() override { return std::make_unique<SqliteConnection>(path_, vfs_, Access::reading); }

    void checkpoint() override { (void)checkpoint_as(SQLITE_CHECKPOINT_PASSIVE); }
    bool cut_log() override {
        checkpoint();   // what there is to move, while everybody goes on
        auto& handle = *house_;
        handle.execute("PRAGMA busy_timeout=0");   // the writer is not to wait for us, nor we for a long question
        const bool is_cut = checkpoint_as(SQLITE_CHECKPOINT_TRUNCATE) == SQLITE_OK;
        handle.execute("PRAGMA busy_timeout=5000");
        return is_cut;
    }
    std::optional<Census> copy_to(const std::string& path, const GoOn& go_on) override {
        const auto source = connect(path_, vfs_, Access::reading);
        source->database().execute("BEGIN");
        const auto census = source->census();
        return copy_pages(source->database(), path, go_on) ? std::optional(census) : std::nullopt;
    }

    void spend_reserve() override { reserve_->spend(); }
    bool keep_reserve() override { return reserve_->keep(); }

    std::vector<std::string> check() override {
        auto problems = problems_;
        if (high_water_.is_damaged()) problems.emplace_back("the file high-water is damaged: lost rows can't be told until the next commit");
        try {
            check_pages(problems);
            check_sequence(problems);
        } catch (const StoreError& error) {
            problems.emplace_back(std::string("the database file can't be read to its end (") + error.what() + ")");
        }
        return problems;
    }

private:
    static void roll_back(Database& database) {
        if (sqlite3_get_autocommit(database.handle()) == 0) sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    int checkpoint_as(int mode) {
        if (!house_) house_ = std::make_unique<Database>(path_, vfs_, Access::reading);
        const int code = sqlite3_wal_checkpoint_v2(house_->handle(), nullptr, mode, nullptr, nullptr);
        // Busy: the writer does it just now. Full: the log keeps what doesn't fit. Either way the next one will do.
        if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY && (code & 0xFF) != SQLITE_FULL) throw_store_error(house_->handle(), code);
        high_water_.sync();
        return code;
    }

    void check_pages(std::vector<std::string>& problems) {
        auto& database = connection_->database();
        auto pages = database.statement("PRAGMA integrity_check(20)");
        while (pages.step())
            if (pages.text(0) != "ok") problems.push_back("the database file is damaged: " + pages.text(0));
        auto references = database.statement("PRAGMA foreign_key_check");
        while (references.step()) problems.push_back("a row of " + references.text(0) + " names one of " + references.text(2) + " that is not there");
    }

    void check_sequence(std::vector<std::string>& problems) {
        auto& database = connection_->database();
        if (version_of(database) < migrations.size()) return;   // it is brought up to date first
        // Each number up to the last was a row's, but those that restores left out; and each row is there, but those that were forgotten.
        const auto given = static_cast<std::int64_t>(connection_->scans().last().value);
        const auto count = number(database, "SELECT count(*) FROM scan");
        const auto skipped = number(database, "SELECT ifnull(sum(upto - after), 0) FROM sequence_skip WHERE name = 'scan'");
        const auto forgotten = number(database, "SELECT ifnull(sum(scans), 0) FROM forgotten_day");
        const auto expected = given - skipped - forgotten;
        if (expected != count) problems.emplace_back("the scan log has gaps: " + std::to_string(expected - count) + " rows are missing");
    }

    static std::int64_t number(Database& database, const char* sql) {
        auto statement = database.statement(sql);
        CHECK(statement.step());
        return statement.integer(0);
    }

    /// True when rows are missing and that was accepted.
    bool compare(const Mark& found, std::uint64_t accept_loss, Access access) {
        const auto promised = high_water_.read();
        if (!promised) return false;
        if (connection_) connection_->reached().commits = promised->commits;
        std::uint64_t rows = 0;
        const auto what = missing(*promised, found, rows);
        if (what.empty()) return false;
        if (access == Access::reading) problems_.push_back(what);
        else if (rows > accept_loss)
            throw StoreError(StoreError::Kind::corrupt, what + ". Keep the data folder as it is and restore a backup, or start with --accept-loss " +
                                                            std::to_string(rows) + " to go on without them");
        return true;
    }

    std::string path_, vfs_;
    HighWater high_water_;
    std::unique_ptr<SqliteConnection> connection_;   // the writing one; closed last, so that it may empty the log
    std::unique_ptr<Database> house_;                // the house thread's
    std::optional<Reserve> reserve_;                 // not while checking, which changes nothing
    std::vector<std::string> problems_;
};

}  // namespace

bool has_older_schema(const std::string& directory) {
    const auto connection = connect(directory + "/chayan.db", {}, Access::reading);
    return version_of(connection->database()) < migrations.size();
}
std::uint64_t schema_version() { return migrations.size(); }
std::unique_ptr<Store> open(const OpenOptions& options) { return std::make_unique<SqliteStore>(options, Access::writing); }
std::unique_ptr<Store> open_to_check(const OpenOptions& options) { return std::make_unique<SqliteStore>(options, Access::reading); }

}  // namespace chayan::storage::sqlite
