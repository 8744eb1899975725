// SPDX-License-Identifier: Apache-2.0
// The ports: what the service needs kept, in its own words. No SQL, rows of a backend or cursors come through here.
//
// A Connection belongs to one thread. The write thread has one inside Store::write; every other thread that may block holds a reading one of its own. Calling a
// "Writes." method on a reading connection is our mistake (CHECK). A read sees everything that was committed before it began. Failures are StoreError (thrown): what a caller
// can do about them is decided in one place, the writer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "storage/census.hpp"
#include "storage/desk.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

class StoreError : public std::runtime_error {
public:
    enum class Kind : std::uint8_t {
        full,     ///< no space: rolled back, may be tried again
        io,       ///< the state of the file is unknown: the process must end (fail-stop)
        corrupt,  ///< what is kept contradicts itself
        other,    ///< our mistake, or a constraint
    };
    StoreError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
    Kind kind() const { return kind_; }

private:
    Kind kind_;
};

/// What came in above some row of the log.
struct ReceivedScans {
    std::uint64_t count = 0;                     ///< since the moment that was named
    domain::ScanSeq upto;                        ///< the last row that was looked at; none: there is no row
    std::optional<domain::Instant> last;         ///< when the newest of all above that row came
};

/// One thing that the office says of itself.
struct OfficeWord {
    std::string word, value;
};

/// The log of scans, in commit order. No index: it is read from end to end at start (DESIGN 3).
class ScanLog {
public:
    virtual ~ScanLog() = default;
    /// Writes. Appends in order. Requires: seq ascending, above everything appended before. About 1 µs a row.
    virtual void append(std::span<const ScanRow> rows) = 0;
    /// Writes. Voiding twice keeps the first.
    virtual void append_void(const VoidRow& row) = 0;
    /// Writes. Who recorded a scan for someone else.
    virtual void append_staff(domain::ScanSeq scan, domain::OperatorId by) = 0;

    /// Calls `take` with batches in seq order, all rows with after < seq <= upto; stops when it returns false. Bounded memory.
    virtual void read(domain::ScanSeq after, domain::ScanSeq upto, const std::function<bool(std::span<const ScanRow>)>& take) = 0;
    virtual std::vector<VoidRow> voids() = 0;
    /// Rows with these three values received (at + delay) at or after `received_since`, newest first. Reads the tail backwards, some
    /// 0.15 µs a row, until a whole stretch of thousands of rows was received before that.
    virtual std::vector<ScanRow> find_recent(domain::SiteId site, domain::Instant at, domain::Direction direction,
                                             domain::Instant received_since) = 0;
    virtual std::optional<domain::OperatorId> staff_of(domain::ScanSeq scan) = 0;
    /// Rows of a site received (at + delay) at or after `received_since`, newest first. Reads the tail backwards, as find_recent.
    virtual std::vector<ScanRow> of_site(domain::SiteId site, domain::Instant received_since) = 0;
    virtual void append_reading(const ReadingRow& row) = 0;   ///< Writes.
    /// In the order in which they were taken down.
    virtual std::vector<ReadingRow> readings_of(domain::ScanSeq scan) = 0;
    /// What came in after `after`, imported history apart. Counts what was received at or after `since`. Reads the tail backwards, as find_recent.
    virtual ReceivedScans received(domain::ScanSeq after, domain::Instant since) = 0;
    /// The largest seq ever given out (0: none), also after a restore.
    virtual domain::ScanSeq last() = 0;
};

/// Who people are: registrations, the events that make persons of them, vehicles, rosters.
class Registry {
public:
    virtual ~Registry() = default;
    /// Writes. Requires: id is above last_registration().
    virtual void append(const RegistrationRow& row) = 0;
    virtual std::uint64_t append(const PersonEvent& event) = 0;   ///< Writes. Numbers it; returns its number.
    virtual void append(const VehicleRow& row) = 0;      ///< Writes.
    /// Writes. Ties a roster's ref to a registration; an existing ref is moved to it, which would give its history to somebody else.
    virtual void put_roster_ref(const Blind& ref, domain::RegistrationId registration) = 0;
    virtual void revoke(const Revocation& row) = 0;      ///< Writes. Revoking twice keeps the first.

    virtual std::optional<RegistrationRow> registration(domain::RegistrationId id) = 0;
    /// By id, ascending (the oldest first).
    virtual std::vector<RegistrationRow> with_document(const Blind& document) = 0;
    virtual std::vector<RegistrationRow> with_phone(const Blind& phone) = 0;
    virtual std::vector<RegistrationRow> with_name(const Blind& name) = 0;
    /// The next statement that fits. By id: above `after.registration`. Person by person: of `after.person` above `after.registration`; when that is none,
    /// the oldest of the next person above `after.person`. Cost: one seek; by phone and name the statements with both.
    virtual std::optional<StatementPlace> next_statement(const StatementQuery& query, const StatementPlace& after) = 0;
    virtual std::optional<domain::RegistrationId> roster_ref(const Blind& ref) = 0;
    virtual std::optional<VehicleRow> vehicle(const Blind& plate) = 0;
    virtual void read_placements(const std::function<void(std::span<const Placement>)>& take) = 0;
    /// Every registration in full, by id, in batches; for check.
    virtual void read_registrations(const std::function<void(std::span<const RegistrationRow>)>& take) = 0;
    /// Every vehicle, by id; for check.
    virtual void read_vehicles(const std::function<void(const VehicleRow&)>& take) = 0;
    virtual std::vector<PersonEvent> person_events() = 0;   ///< in order
    virtual std::optional<PersonEvent> person_event(std::uint64_t seq) = 0;
    virtual std::vector<Revocation> revocations() = 0;   ///< by registration
    virtual domain::RegistrationId last_registration() = 0;   ///< largest ever given out, also after a restore
    virtual domain::PersonNo last_person() = 0;               ///< likewise
    virtual domain::VehicleId last_vehicle() = 0;             ///< likewise
};

/// How candidates for one person are found, and what humans are asked and have said about them.
class LinkBook {
public:
    virtual ~LinkBook() = default;
    virtual void append(const LinkKey& key, const StatementPlace& place) = 0;   ///< Writes.
    virtual bool has_keys() = 0;   ///< any at all
    /// The oldest statement with this key of each of the first `count` persons, as they were placed first. Cost: a seek for each person.
    virtual std::vector<StatementPlace> with_key(const LinkKey& key, std::size_t count) = 0;
    /// As many that were placed in this person first, whoever they are of now.
    virtual std::vector<StatementPlace> placed_with_key(const LinkKey& key, domain::PersonNo person, std::size_t count) = 0;
    /// One statement, whichever, under each of the first `count` names with this document or phone. Cost: a seek for each name.
    virtual std::vector<StatementPlace> names_with_document(const Blind& document, std::size_t count) = 0;
    virtual std::vector<StatementPlace> names_with_phone(const Blind& phone, std::size_t count) = 0;
    /// How many statements have this name; counts up to `most`.
    virtual std::size_t count_with_name(const Blind& name, std::size_t most) = 0;

    virtual void put(const ReviewRow& row) = 0;                    ///< Writes. Adds or replaces by its pair.
    virtual std::optional<ReviewRow> review(const Blind& id) = 0;
    virtual std::optional<ReviewRow> review_of(domain::RegistrationId a, domain::RegistrationId b) = 0;   ///< in either order
    virtual std::vector<ReviewRow> reviews(ReviewState state) = 0;   ///< by pair
    virtual std::vector<ReviewRow> reviews_with(domain::RegistrationId one) = 0;
    virtual std::vector<std::pair<domain::RegistrationId, domain::RegistrationId>> open_conflicts() = 0;   ///< of one document under two names; by pair
    virtual std::uint64_t conflict_changes() const = 0;   ///< how often this connection wrote one

    virtual void put(const VerificationRow& row) = 0;              ///< Writes. Seeing it twice keeps the first.
    virtual std::optional<VerificationRow> verification(domain::RegistrationId of) = 0;
    virtual std::vector<VerificationRow> verifications() = 0;      ///< by registration
};

/// Divisions and sites, and whose they are.
class SiteBook {
public:
    virtual ~SiteBook() = default;
    virtual void put(const DivisionRow& row) = 0;   ///< Writes. Adds or replaces by code.
    virtual void put(const SiteRow& row) = 0;       ///< Writes. Adds or replaces by id, with its history of stays.
    virtual std::vector<DivisionRow> divisions() = 0;
    virtual std::vector<SiteRow> sites() = 0;       ///< by id
    virtual void put(const OfficeWord& word) = 0;   ///< Writes. Adds or replaces by word.
    virtual std::vector<OfficeWord> office() = 0;
    virtual domain::SiteId last_site() = 0;         ///< largest ever given out, also after a restore
};

/// Operators and their sessions.
class StaffBook {
public:
    virtual ~StaffBook() = default;
    virtual void put(const OperatorRow& row) = 0;   ///< Writes. Adds or replaces by id; a login is unique (StoreError other).
    virtual void put(const SessionRow& row) = 0;    ///< Writes. Adds or replaces by token.
    virtual void touch(const SessionRow& row) = 0;  ///< Writes. When it was last seen and confirmed; nothing when it has ended.
    virtual void end_session(const Blind& token) = 0;           ///< Writes.
    virtual void end_sessions_before(domain::Instant created) = 0;   ///< Writes.
    /// Writes. Ends all of an operator's but `kept`.
    virtual void end_sessions_of(domain::OperatorId operator_id, const Blind& kept) = 0;
    virtual std::vector<OperatorRow> operators() = 0;
    virtual std::vector<SessionRow> sessions() = 0;
    virtual domain::OperatorId last_operator() = 0;
};

// In files of their own: ledger.hpp, register.hpp, tally.hpp; site_report.hpp, site_camera.hpp, outing.hpp; retention.hpp.
class LedgerBook; class RegisterBook; class TallyBook;
class ReportBook; class CameraBook; class OutingBook; class RetentionBook;

/// Append-only; the writer alone knows the head.
class AuditLog {
public:
    virtual ~AuditLog() = default;
    virtual void append(const AuditRow& row) = 0;   ///< Writes. Requires: seq is the last plus one.
    virtual std::optional<AuditRow> last() = 0;
    /// The newest line above `after` that tells of this action. Cost: some 0.2 µs for each line above `after`.
    virtual std::optional<AuditRow> last_of(std::string_view action, std::uint64_t after) = 0;
    /// seq ascending from `from`, at most `count`.
    virtual std::vector<AuditRow> read(std::uint64_t from, std::uint32_t count) = 0;
    /// seq descending from below `before` (0: from the last), at most `count`.
    virtual std::vector<AuditRow> read_back(std::uint64_t before, std::uint32_t count) = 0;
    /// The lines about one subject, newest first, at most `count`.
    virtual std::vector<AuditRow> about(const Blind& subject, std::uint32_t count) = 0;
};

class Connection {
public:
    virtual ~Connection() = default;
    virtual ScanLog& scans() = 0;
    virtual Registry& registry() = 0;
    virtual LinkBook& links() = 0;
    virtual SiteBook& sites() = 0;
    virtual StaffBook& staff() = 0;
    virtual Desk& desk() = 0;
    virtual FormBook& forms() = 0;
    virtual LedgerBook& ledger() = 0;
    virtual RegisterBook& registers() = 0;
    virtual TallyBook& tally() = 0;
    virtual ReportBook& reports() = 0;
    virtual CameraBook& cameras() = 0;
    virtual OutingBook& outings() = 0;
    virtual RetentionBook& retention() = 0;
    virtual AuditLog& audit() = 0;
    /// Writes. Runs `body` in a savepoint: when it throws or returns false, what it did is undone (and an exception passed
    /// on), while the transaction around it goes on. May nest.
    virtual bool attempt(const std::function<bool()>& body) = 0;
    /// Counts what is kept: some 50 ms a million scans.
    virtual Census census() = 0;
    /// Writes. No number up to these is given out from now on; one that has come further stays there.
    virtual void skip_to(const Sequences& floors) = 0;
};

class Store {
public:
    virtual ~Store() = default;
    /// One transaction: runs `body` with the writing connection, commits durably, then writes the high-water mark. When it
    /// returns, everything survives a power cut. Throws StoreError (rolled back; for Kind::io nobody knows) or what body throws.
    /// Requires: one thread only, ever.
    virtual void write(const std::function<void(Connection&)>& body) = 0;
    /// A reading connection for the calling thread.
    virtual std::unique_ptr<Connection> reader() = 0;
    /// House thread: moves the write-ahead log into the database (never blocks the writer for long) and syncs the mark.
    /// Throws StoreError (io) when the disk fails; without space it only waits for the next time.
    virtual void checkpoint() = 0;
    /// House thread: the same, and cuts the write-ahead log, so that what was removed stands nowhere. False: somebody uses it just now.
    virtual bool cut_log() { return true; }
    /// Told how much of the whole is done; false gives up.
    using GoOn = std::function<bool(std::uint64_t done, std::uint64_t total)>;
    /// One thread at a time, not the write thread: a copy of the whole store as of one moment, as a file of its own at `path`, while
    /// the writer goes on. Returns what it holds, counted in the original; nothing when given up. Not durable: the caller syncs what it makes
    /// of it. Requires: nothing is at `path`. Throws StoreError (other) when either file fails; what is at `path` is then worth nothing.
    virtual std::optional<Census> copy_to(const std::string& path, const GoOn& go_on) = 0;
    /// Write thread: gives up the space kept for what has to be written even on a full disk. A store may keep none.
    virtual void spend_reserve() {}
    /// Write thread: takes that space again; false when there is not enough, and then it takes nothing.
    virtual bool keep_reserve() { return true; }
    /// The problems found in pages, foreign keys, sequences and the high-water mark, as sentences without personal data; empty: none.
    virtual std::vector<std::string> check() = 0;
};

}  // namespace chayan::storage
