// SPDX-License-Identifier: Apache-2.0
// The port of forgetting, of everything that is no scan: rows that go by their age, people of whom nothing is left, and the oldest lines of the audit log. Part of the
// RetentionBook (retention.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "domain/time.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

/// Of which something goes; as they are stored.
enum class EndedKind : std::uint8_t {
    vehicle_check = 0,   ///< by its moment
    outing,              ///< by its local day: its number times 86,400
    alert,               ///< by its scan's moment
    record,              ///< closed records of the registers with their steps, by the moment of closing
    ledger_entry,        ///< with its acts: by its end, or by the moment in which it was undone
    ledger_list,         ///< that has no entry any more, or got none; by its end
    case_paper,          ///< a question, a mark or a told visit of a case; by the moment since which the case is known to have ended
    person,              ///< see remove_people
    audit_line,          ///< see cut_audit
};
inline constexpr std::size_t ended_kinds = 9;

/// What went of a kind.
struct EndedCount {
    EndedKind kind = EndedKind::vehicle_check;
    domain::Day day;                    ///< on which some went last
    std::uint64_t today = 0;            ///< how many on that day
    std::uint64_t untold = 0;           ///< of them, of which no line of the audit log tells
    std::uint64_t total = 0;
    friend bool operator==(const EndedCount&, const EndedCount&) = default;
};

/// People who go together: all their statements, with the persons and the events that concern these alone.
struct GoingPeople {
    std::vector<domain::RegistrationId> registrations;
    std::vector<domain::PersonNo> persons;
    std::vector<std::uint64_t> events;
};

/// The last line of the audit log that was removed.
struct AuditAnchor {
    std::uint64_t seq = 0;
    domain::Instant at;
    std::uint64_t count = 0;                     ///< removed in all
    std::array<std::uint8_t, 32> chain{};        ///< of that line
    std::array<std::uint8_t, 32> seal{};         ///< of the above
    friend bool operator==(const AuditAnchor&, const AuditAnchor&) = default;
};

class EndedBook {
public:
    virtual ~EndedBook() = default;
    virtual void put(const EndedCount& row) = 0;              ///< Writes. Replaces that of its kind.
    virtual std::vector<EndedCount> ended_counts() = 0;       ///< by kind
    /// Writes. Notes the moment for each case that is closed or over at `now` and was not known to be, and takes it back for those that are open again.
    virtual void note_case_ends(domain::Instant now) = 0;
    /// How many rows of a kind ended in [from, to); neither people nor lines of the audit log.
    virtual std::uint64_t count_ended(EndedKind kind, domain::Interval ended) = 0;
    /// All there are of a kind, of people their statements.
    virtual std::uint64_t count_all(EndedKind kind) = 0;
    /// Writes. Removes at most `count` of them; returns how many. No number of theirs is given out again. Some 10 µs each.
    virtual std::uint64_t remove_ended(EndedKind kind, domain::Interval ended, std::size_t count) = 0;
    /// Statements that an entry of the ledger, a record or a mark names, or a roster that is kept after `now`, in order.
    virtual std::vector<domain::RegistrationId> needed_statements(domain::Instant now) = 0;
    /// Writes. With everything that names one of them. False, and nothing is done, when one is needed after all. Some 0.2 ms each.
    virtual bool remove_people(const GoingPeople& people, domain::Instant now) = 0;
    virtual std::optional<AuditAnchor> audit_anchor() = 0;
    /// Writes. Removes all lines up to the anchor's. Requires: there are later ones.
    virtual void cut_audit(const AuditAnchor& anchor) = 0;
};

}  // namespace chayan::storage
