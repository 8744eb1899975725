// SPDX-License-Identifier: Apache-2.0
// The audit log as people read it, and the proof that nobody changed it. Lines are written by the writer, in the transaction
// of what they tell; here they are read, put into sentences, verified, and their head noted outside the database.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/guarded.hpp"
#include "kit/result.hpp"
#include "service/access.hpp"
#include "service/words.hpp"
#include "storage/ended.hpp"

namespace chayan::service {

/// What a line says beside who, when and for which case: name=value lines. Never a name, document or phone: public ids and refs.
std::string audit_detail(std::initializer_list<std::pair<std::string_view, std::string_view>> told);

/// A line of the log, for an auditor's eyes.
struct AuditLine {
    std::uint64_t seq = 0;
    domain::Instant at;
    std::string by;                ///< login; empty: the service itself or a resident
    std::string action, case_number, sentence;
};

/// Which lines are wanted; empty: all.
struct AuditFilter {
    std::string by{}, action{}, case_number{}, from{}, to{};   ///< a login, a word of the log, RFC 3339: [from, to)
};

struct AuditPage {
    std::vector<AuditLine> lines;
    std::uint64_t next = 0;        ///< what the next page is before; 0: there is none
    std::optional<domain::Instant> looked_to;   ///< when the last line was written that was looked at, which may not have been wanted
};

/// The head of the log as it was noted outside the database.
struct AuditCheckpoint {
    std::uint64_t seq = 0;         ///< 0: none was
    domain::Instant at;
};

/// What a resident is told of somebody who looked: no login and no case, but the number under which the office finds both.
struct AccessLine {
    std::uint64_t seq = 0;
    domain::Instant at;
    std::string action;
    domain::DivisionCode office;   ///< the operator's scope; none: the whole city's
    domain::RegistrationId subject;   ///< the one of those asked about
};

struct AuditVerdict {
    std::uint64_t count = 0;                    ///< lines that hold, from the first on
    std::optional<std::uint64_t> first_bad;     ///< the first that was altered, moved, put in or is missing
    std::uint64_t removed = 0;                  ///< older lines that are kept no longer: the chain goes on from a sealed anchor
    domain::Instant removed_to{};               ///< when the last of them was written
};

/// Is there a sentence for it?
bool is_audit_action(std::string_view action);
/// One sentence for a line: who did what, for which case. `by` is a login, or empty.
std::string audit_sentence(const std::string& by, const storage::AuditRow& row, const std::string& detail, Language language);

/// The anchor for what is left when the lines up to `last` are removed.
storage::AuditAnchor anchor_after(const Vault& vault, const storage::AuditRow& last, std::uint64_t removed);

/// Recomputes the chain from the first line on, or from the anchor that stands for those removed, and compares with the checkpoints in `checkpoint_file`, which see when the end
/// was cut off. A missing file has no checkpoints. Some 2 µs a line.
AuditVerdict verify_audit(storage::Connection& reader, const Vault& vault, const std::string& checkpoint_file);

class AuditTrail {
public:
    /// `checkpoint_file`: beside the database; a copy of each checkpoint goes to the service's own log, so that it lies elsewhere.
    AuditTrail(Writer& writer, const Clock& clock, Vault& vault, Staff& staff, std::string checkpoint_file);

    /// Newest first, `count` at most, all older than `before` (0: from the newest). An auditor of a division reads what operators of
    /// that scope did, whoever has no scope reads everything. Cost: some 2 µs for each line passed over, audit_looked_max at most: a page may hold
    /// fewer than `count` and there be a next one. Threads that may block. Errors: audit_action_unknown, time_malformed, window_empty (422).
    kit::Result<AuditPage> lines(const Caller& caller, storage::Connection& reader, std::uint64_t before, std::size_t count, const AuditFilter& filter,
                                 Language language);
    /// Writes down that it was asked, so that a log cut short while we run is seen, then verifies.
    kit::Result<AuditVerdict> verify(const Caller& caller, storage::Connection& reader);
    /// Who looked at these registrations, newest first; a line about several stands there for each.
    std::vector<AccessLine> about(storage::Connection& reader, const std::vector<domain::RegistrationId>& registrations);
    /// House thread: notes the head, each hour or each thousand lines; at once when `now_due`.
    void keep_checkpoint(storage::Connection& reader, bool now_due);
    /// The last one that was noted. Any thread.
    AuditCheckpoint checkpoint() { return noted_->load(); }

private:
    AuditLine line_for(const storage::AuditRow& row, Language language);

    Writer& writer_;
    const Clock& clock_;
    Vault& vault_;
    Staff& staff_;
    const std::string checkpoint_file_;
    std::unique_ptr<kit::Guarded<AuditCheckpoint>> noted_ = std::make_unique<kit::Guarded<AuditCheckpoint>>();
    domain::Instant noted_at_{};   // by this process
};

}  // namespace chayan::service
