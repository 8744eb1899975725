// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.hpp"

#include <sys/stat.h>

#include "storage/sqlite/high_water.hpp"
#include "storage/sqlite/migrations.hpp"
#include "storage/sqlite/ports.hpp"

namespace chayan::storage::sqlite {
namespace {

class SqliteConnection final : public Connection {
public:
    SqliteConnection(const std::string& path, const std::string& vfs, Access access) : database_(path, vfs, access) {}
    ScanLog& scans() override { return scans_; }
    Registry& registry() override { return registry_; }
    SiteBook& sites() override { return sites_; }
    StaffBook& staff() override { return staff_; }
    Desk& desk() override { return desk_; }
    AuditLog& audit() override { return audit_; }

    bool attempt(const std::function<bool()>& body) override {
        CHECK(database_.is_writing());
        database_.statement("SAVEPOINT command").run();
        try {
            if (body()) {
                database_.statement("RELEASE command").run();
                return true;
            }
        } catch (...) {
            // A full disk has rolled everything back already: then there is no savepoint any more.
            if (sqlite3_get_autocommit(database_.handle()) == 0) undo();
            throw;
        }
        undo();
        return false;
    }

    Database& database() { return database_; }
    Mark mark(std::uint64_t commits) {
        const auto last = audit_.last();
        return {commits, scans_.last().value, registry_.last_registration().value, last ? last->seq : 0};
    }

private:
    void undo() {
        database_.statement("ROLLBACK TO command").run();
        database_.statement("RELEASE command").run();
    }
    Database database_;
    SqliteScanLog scans_{database_};
    SqliteRegistry registry_{database_};
    SqliteSiteBook sites_{database_};
    SqliteStaffBook staff_{database_};
    SqliteDesk desk_{database_};
    SqliteAuditLog audit_{database_};
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

class SqliteStore final : public Store {
public:
    SqliteStore(const OpenOptions& options, bool is_check)
        : path_(options.directory + "/chayan.db"), vfs_(options.vfs), high_water_(options.directory) {
        const mode_t before = ::umask(0077);
        try {
            writer_ = std::make_unique<SqliteConnection>(path_, vfs_, is_check ? Access::reading : Access::writing);
        } catch (...) {
            ::umask(before);
            throw;
        }
        ::umask(before);
        if (!is_check) migrate(writer_->database());
        compare(options, is_check);
        if (!is_check) writer_->database().allow_checkpoint();
    }

    Committed write(const std::function<void(Connection&)>& body) override {
        auto& database = writer_->database();
        database.statement("BEGIN IMMEDIATE").run();
        try {
            body(*writer_);
            database.statement("COMMIT").run();
        } catch (...) {
            if (sqlite3_get_autocommit(database.handle()) == 0) sqlite3_exec(database.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
            throw;
        }
        high_water_.write(writer_->mark(++commits_));
        return {};
    }

    std::unique_ptr<Connection> reader() override { return std::make_unique<SqliteConnection>(path_, vfs_, Access::reading); }

    void checkpoint() override {
        Database database(path_, vfs_, Access::writing);
        sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        high_water_.sync();
    }

    std::vector<std::string> check() override {
        auto problems = problems_;
        auto& database = writer_->database();
        const auto add_rows = [&](const char* sql, const std::string& what, bool quote) {
            auto statement = database.statement(sql);
            while (statement.step()) {
                const auto text = quote ? statement.text(0) : std::string();
                if (text != "ok") problems.push_back(what + (quote ? ": " + text : ""));
            }
        };
        add_rows("PRAGMA integrity_check(20)", "the database file is damaged", true);
        add_rows("PRAGMA foreign_key_check", "a row names another that is not there", false);
        auto statement = database.statement("SELECT count(*), ifnull(min(id), 0), ifnull(max(id), 0) FROM scan");
        CHECK(statement.step());
        const auto count = statement.integer(0);
        if (count > 0 && statement.integer(2) - statement.integer(1) + 1 != count)
            problems.emplace_back("the scan log has gaps: " + std::to_string(statement.integer(2) - statement.integer(1) + 1 - count) + " rows are missing");
        return problems;
    }

private:
    void compare(const OpenOptions& options, bool is_check) {
        if (high_water_.is_damaged()) problems_.emplace_back("the file high-water is damaged: lost rows can't be told until the next commit");
        const auto promised = high_water_.read();
        if (!promised) return;
        commits_ = promised->commits;
        std::uint64_t rows = 0;
        const auto what = missing(*promised, writer_->mark(0), rows);
        if (what.empty()) return;
        if (is_check) {
            problems_.push_back(what);
            return;
        }
        if (rows > options.accept_loss)
            throw StoreError(StoreError::Kind::corrupt, what + ". Keep the data folder as it is and restore a backup, or start with --accept-loss " +
                                                            std::to_string(rows) + " to go on without them");
    }

    std::string path_, vfs_;
    HighWater high_water_;
    std::unique_ptr<SqliteConnection> writer_;
    std::uint64_t commits_ = 0;
    std::vector<std::string> problems_;
};

}  // namespace

std::unique_ptr<Store> open(const OpenOptions& options) { return std::make_unique<SqliteStore>(options, false); }
std::unique_ptr<Store> open_to_check(const OpenOptions& options) { return std::make_unique<SqliteStore>(options, true); }

}  // namespace chayan::storage::sqlite
