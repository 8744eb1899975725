// SPDX-License-Identifier: Apache-2.0
// The writer: the one thread that writes. It takes all that waits, up to a limit, and makes one durable transaction of it
// (group commit); scans have the fast lane, everything else is a Command with a savepoint of its own. After the commit it
// publishes (facts for the contact index, the directory) and only then calls `done`.
//
// submit_* may be called from any thread and never block. run() is one thread's. `done` functions are called on the write
// thread and must only hand on (a Reply, a promise).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "domain/contact_index.hpp"
#include "domain/ledger.hpp"
#include "domain/scan.hpp"
#include "kit/guarded.hpp"
#include "kit/limits.hpp"
#include "kit/result.hpp"
#include "service/clock.hpp"
#include "service/directory.hpp"
#include "service/vault.hpp"
#include "storage/store.hpp"

namespace chayan::service {

/// One scan on its way in, checked by service/ingest.
struct ScanIntake {
    domain::ScanKey key;
    domain::Source source = domain::Source::static_code;
    std::string plate;                    ///< normalised, or empty
    std::int16_t temperature_dc = 0;
    domain::Instant received;
    domain::OperatorId by;                ///< staff who scanned for someone; none: the resident
    bool by_credential = false;           ///< staff read it off a phone: who that is goes by what its holder says, as for the phone's own
};

/// By what somebody is watched: an entry of the ledger, or a record of isolation.
struct Watched {
    std::uint64_t entry = 0, record = 0;  ///< one of them
    domain::RegistrationId registration;  ///< whose it is
    domain::LedgerState state;            ///< a record's as an entry would have it
    domain::SiteId kept_at{};             ///< where somebody is isolated; none: at home, or not at a site
    domain::DivisionCode kept_by{};       ///< whose entry or record it is; digits 0: everybody's
};

struct ScanOutcome {
    domain::RegistrationId registration;  ///< under which it is stored: perhaps another statement of the same phone
    bool known = false;                   ///< the same four values had been stored before: nothing new is
    bool repeated = false;                ///< this and the flags: of a phone's scan among that phone's, of a gate's among all the person's
    bool voided = false;
    bool travelled_fast = false;          ///< flag impossible_travel
    bool burst = false;                   ///< flag burst
    domain::Source source = domain::Source::static_code;   ///< of what is stored: the first scan's when it is known
    std::int32_t delay_s = 0;             ///< likewise
    domain::Verdict verdict = domain::Verdict::pass;       ///< of the ledger, as it stands now; never see_staff
    std::optional<Watched> by{};          ///< unless it is pass
};

/// An alert of the ledger: no more than where, and whose business it is besides.
struct RaisedAlert {
    std::uint64_t id = 0;
    domain::SiteId site;                  ///< none: somebody registered
    domain::DivisionCode kept_by{};       ///< digits 0: of the whole city's office
};

/// What has been committed, in order, for whoever keeps the contact index.
struct Facts {
    std::vector<domain::Scan> scans;
    std::vector<domain::ScanKey> voids;
    std::vector<domain::PersonNo> touched;
    std::vector<RaisedAlert> alerts;     ///< for whoever is told at each commit: take_facts() has none
    bool directory_changed = false;
    /// As of these facts: taken from the board later it might hold a merge whose `touched` is still to come, and the index would take what it was for what it is.
    std::shared_ptr<const Directory> directory{};
};

/// What a line of the audit log says. `detail` is sealed before it is stored.
struct AuditEntry {
    domain::OperatorId by;
    const char* action = "";
    std::string case_number;
    std::string detail;
    std::vector<domain::RegistrationId> subjects{};   ///< phones, by holder or dependant, that are told that somebody looked
};

/// What the write thread knows of scans, those of this very transaction too.
class KnownScans {
public:
    virtual ~KnownScans() = default;
    /// Has this statement a scan at or after `since`? True while the log is still being read.
    virtual bool is_scanned(domain::RegistrationId registration, domain::Instant since) const = 0;
};

/// What a Command may do, inside the transaction, on the write thread.
class WriteContext : public KnownScans {
public:
    virtual storage::Connection& store() = 0;
    virtual domain::Instant now() const = 0;
    /// The directory as of everything before in this transaction.
    virtual const Directory& directory() const = 0;
    /// The same, to be changed; published after the commit. Requires: the command can't be refused any more.
    virtual Directory& edit_directory() = 0;
    /// The people of edit_directory(), copied once for each transaction.
    virtual domain::People& edit_people() = 0;
    /// Its sites, likewise.
    virtual domain::Sites& edit_sites() = 0;
    /// Appends to the hash chain.
    virtual void audit(AuditEntry entry) = 0;
    /// Before the commit the ledger is asked whether those who got one are whom it looks for.
    virtual domain::RegistrationId next_registration() = 0;
    virtual domain::PersonNo next_person() = 0;
    /// Stores a scan unless it is known; like the fast lane. Its key must name a registration and a site. What a phone scans, or
    /// staff scan of a phone, is its holder's by what they had said of themselves before `at`.
    virtual ScanOutcome take(const ScanIntake& scan) = 0;
    /// Marks a scan in the log as voided for the index, also before the log has been read; the row is the command's to store. False when it
    /// was already.
    virtual bool void_scan(const domain::ScanKey& key) = 0;
    /// Persons whose set of registrations changed.
    virtual void touch(domain::PersonNo person) = 0;
};

/// Anything that is not a resident's scan. `apply` returns an Error to refuse (its writes are undone); `done` is told how it
/// ended, after the commit. When `done` is destroyed uncalled, the commit failed for a reason that is nobody's fault.
struct Command {
    std::function<kit::Status(WriteContext&)> apply;
    std::function<void(const kit::Status&)> done;
    /// Small and needed even on a full disk: a question's line in the audit log, an operator who logs in.
    bool may_use_reserve = false;
    /// How many scans it is worth: one that takes many has to say so.
    std::size_t weight = kit::command_scans;
};

class Writer {
public:
    using ScansDone = std::function<void(const kit::Result<std::vector<ScanOutcome>>&)>;

    /// Reads the sequences and the audit head. Requires: store, vault, clock and board outlive it. Scans as hot as `fever_from_dc` enter the fever register.
    Writer(storage::Store& store, Vault& vault, const Clock& clock, DirectoryBoard& board, std::int16_t fever_from_dc = kit::fever_dc_min);
    ~Writer();

    /// All of `scans` become durable together, or none. False when the queue is full, the disk is full or the writer is
    /// ending: nothing was taken, answer 503.
    bool submit_scans(std::vector<ScanIntake> scans, ScansDone done);
    /// Commands wait beside the scans and take none of their room; false when as much as there may be scans waits.
    bool submit(Command command);
    /// Before run(): called on the write thread after each commit, before anybody is answered. Must be quick, and throw nothing.
    void on_commit(std::function<void(const Facts&)> told);
    /// Main thread. From now on overload is shed by age. While whatever is first in the queue has waited longer than `wait_ns_max` (a disk that hangs),
    /// scans are refused at once; and where more waits than one transaction takes, the scans that have waited so long are refused in their turn
    /// (the error `busy`). What one transaction takes is written: to refuse it would spare nobody anything.
    void shed_by(const MonotonicClock& clock);
    static constexpr std::int64_t wait_ns_max = 500'000'000;   ///< SECURITY R6: whoever stands at a gate has tapped again by then
    /// Until stop is asked and the queue is empty. Throws StoreError when the store must not go on (I/O): the process ends.
    void run(const std::stop_token& stop);

    /// Facts committed since the last call, for one consumer.
    Facts take_facts();
    /// The index that answers "is this a retry" for what was committed before it was made; null while the log is still being
    /// read. The writer forgets its own memory of what the index knows.
    void know(std::shared_ptr<const domain::ContactIndex> index);
    /// The last row of the log when this process started: what the loader must read.
    domain::ScanSeq log_at_start() const;
    bool is_full() const;
    /// What waits to be written, in scans: see Command::weight.
    std::size_t waiting() const;

private:
    class State;
    std::unique_ptr<State> state_;
};

/// Runs a command and waits for it; for threads that may block. Never on an io or the write thread. Error busy when refused.
kit::Status run_and_wait(Writer& writer, std::function<kit::Status(WriteContext&)> apply, bool may_use_reserve = false,
                         std::size_t weight = kit::command_scans);

}  // namespace chayan::service
