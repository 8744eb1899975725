// SPDX-License-Identifier: Apache-2.0
// The ledger's desk: lists of people who are looked for or under a measure, proposed by one operator and decided by another; what came of each; alerts of those who
// passed. An entry is a statement's (a registration of origin `lead`), so that whoever it is of is found by the rules of identity: a lead that matches nobody today
// matches the person who registers tomorrow. Threads that may block, each with its own reader.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/import_table.hpp"
#include "service/shown.hpp"
#include "service/staff.hpp"
#include "service/writer.hpp"
#include "storage/ledger.hpp"

namespace chayan::service {

struct ListProposal {
    std::string document;     ///< what the list rests on: a number, a letter
    std::string measure;      ///< "none", "home", "central", "observation"
    std::string until;        ///< RFC 3339; at most kit::ledger_days_max ahead
};
struct LedgerListView {
    std::uint64_t id = 0;
    std::string document, by, decided_by;   ///< logins
    const char* measure = "";
    const char* state = "";                 ///< "proposed", "approved", "refused", "undone"
    domain::Instant until, at;
    std::optional<domain::Instant> decided;
    std::uint32_t rows = 0;
    bool is_own = false;                    ///< the caller's, who can't decide it
};
struct ProposedList {
    LedgerListView list;
    std::size_t matched = 0;                ///< rows that are of somebody who is known today
    std::vector<RejectedRow> rejected;
};
struct LedgerActView {
    domain::LedgerState state;
    std::string by, note;
    domain::Instant at;
    std::string division{};                 ///< name of the one to which it was handed; empty: its list's
};
struct LedgerEntryView {
    std::uint64_t id = 0, list = 0;
    MaskedPerson person;
    domain::LedgerState state;
    std::vector<LedgerActView> acts;        ///< of one entry that was asked for, oldest first
    std::string division{};                 ///< as above
    std::optional<domain::Instant> registered{};   ///< when somebody of that identity last registered, beside what lists say
    std::string document{}, proposed_by{}, approved_by{};   ///< of one entry that was asked for: on what it rests, and two logins
};
struct LedgerEntryPage {
    std::vector<LedgerEntryView> entries;
    std::uint64_t next = 0;                 ///< the last one's id when there are more
};
struct EntryCheck {
    std::string outcome;                    ///< "here", "elsewhere", "wrong_person", "known", or "open" again
    std::optional<std::string> measure, until;
    std::string note;                       ///< may be empty
};
struct AlertView {
    std::uint64_t id = 0, entry = 0, record = 0;   ///< of the ledger, or of the register of isolation
    std::string site, site_name;            ///< empty: they registered
    domain::Instant at, received;
    const char* verdict = "";
    const char* measure = "";               ///< of the entry as it stands now
    MaskedPerson person;
    std::optional<domain::Instant> closed;
    std::string closed_by, note;
    bool by_staff = false;                  ///< a guard saw who passed; false: a phone says so
};
struct AlertPage {
    std::vector<AlertView> alerts;
    std::uint64_t next = 0;
};

/// Is what is kept of somebody in `division` (digits 0: in the whole city's office) the caller's business, wherever they pass?
bool is_kept_by(const Caller& caller, domain::DivisionCode division);

/// For the bell, when the process begins: oldest first.
std::vector<RaisedAlert> last_alerts(storage::Connection& reader, const Vault& vault);

class LedgerDesk {
public:
    /// Requires: what is passed outlives it.
    LedgerDesk(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Staff& staff);

    /// Reads a table of people, each with a name and a document or a phone, and keeps its good rows until somebody else decides; nobody is watched before. Bad rows come
    /// back. Errors: those of a table, ledger_document, measure_unknown, time_malformed, ledger_until, ledger_empty, ledger_share (more than kit::ledger_share_percent_max
    /// of all people, with the lists that the same proposed within a day) (422).
    kit::Result<ProposedList> propose(const Caller& caller, storage::Connection& reader, std::string_view csv, const ListProposal& proposal);
    /// Newest first, those proposed within the caller's scope.
    kit::Result<std::vector<LedgerListView>> lists(const Caller& caller, storage::Connection& reader);
    /// Approving registers its people and compares them from now on; an approval that was cut off goes on where it was. Errors: list_unknown (404), ledger_own (403), ledger_decided,
    /// ledger_over (409), ledger_share (422).
    kit::Result<LedgerListView> decide(const Caller& caller, storage::Connection& reader, std::uint64_t id, bool is_approved);
    /// All its entries at once: nobody is watched by it any more. Errors: list_unknown (404), ledger_not_approved (409), and of the reason (422).
    kit::Result<LedgerListView> undo(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& reason);
    /// Masked. Errors: list_unknown (404).
    kit::Result<LedgerEntryPage> entries(const Caller& caller, storage::Connection& reader, std::uint64_t list, std::uint64_t after);
    /// Those that other grids handed to the caller's, by id; masked.
    kit::Result<LedgerEntryPage> handed(const Caller& caller, storage::Connection& reader, std::uint64_t after);
    /// To another division: both go on seeing it, and what was done with it. Errors: entry_unknown (404), entry_undone, ledger_not_approved (409), division_unknown, and of the reason (422).
    kit::Result<LedgerEntryView> hand(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& division, const std::string& reason);
    /// With what was done with it. A line in the audit log. Errors: entry_unknown (404).
    kit::Result<LedgerEntryView> entry(const Caller& caller, storage::Connection& reader, std::uint64_t id);
    /// What came of it. Errors: entry_unknown (404), entry_undone, ledger_not_approved (409), outcome_unknown, measure_unknown, time_malformed, ledger_until, and of the note (422).
    kit::Result<LedgerEntryView> check(const Caller& caller, storage::Connection& reader, std::uint64_t id, const EntryCheck& check);
    /// That one. Errors: as above, and of the reason.
    kit::Result<LedgerEntryView> undo_entry(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& reason);
    /// Of the caller's sites, newest first, masked.
    kit::Result<AlertPage> alerts(const Caller& caller, storage::Connection& reader, bool open_only, std::uint64_t before);
    /// Errors: alert_unknown (404), alert_closed (409), and of the note (422).
    kit::Status close_alert(const Caller& caller, storage::Connection& reader, std::uint64_t id, const std::string& note);

private:
    LedgerListView view_of(const Caller& caller, const storage::LedgerListRow& row) const;
    LedgerEntryView view_of(storage::Connection& reader, const storage::LedgerEntryRow& row) const;
    LedgerEntryView with_acts(storage::Connection& reader, std::uint64_t id) const;
    /// Nothing when its site is not the caller's, or the row was altered.
    std::optional<AlertView> view_of(const Caller& caller, storage::Connection& reader, const Directory& directory, const storage::AlertRow& row) const;
    /// An entry whose list the caller may see.
    std::optional<storage::LedgerEntryRow> find_entry(const Caller& caller, storage::Connection& reader, std::uint64_t id) const;
    kit::Status approve(const Caller& caller, const storage::LedgerListRow& row, storage::Connection& reader);
    kit::Result<LedgerEntryView> act(const Caller& caller, storage::Connection& reader, std::uint64_t id, const char* action, const std::string& note,
                                     const std::function<kit::Status(domain::LedgerState&)>& change);

    /// A desk that is watched asks every few seconds: the audit log has a line for each time that there was something new to see.
    bool is_news(const Caller& caller, std::uint64_t newest, bool is_watching);

    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    DirectoryBoard& board_;
    Staff& staff_;
    std::mutex telling_;
    std::unordered_map<domain::OperatorId, std::uint64_t> told_;   // the newest open alert that each was shown
    std::mutex deciding_;   // one approval at a time: two of one list would register its people twice
};

}  // namespace chayan::service
