// SPDX-License-Identifier: Apache-2.0
// The port of the ledger of people who are looked for or under a measure. Part of a Connection (store.hpp), whose rules hold here. What names a person or says
// where one passed comes sealed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "domain/division.hpp"
#include "domain/ledger.hpp"
#include "storage/rows.hpp"

namespace chayan::storage {

enum class ListState : std::uint8_t { proposed = 0, approved, refused, undone };

struct LedgerListRow {
    std::uint64_t id = 0;               ///< given by append
    domain::DivisionCode scope;         ///< of whoever proposed it
    domain::Measure measure = domain::Measure::none;   ///< of its entries at first
    domain::Instant until;              ///< likewise: their end, excluded
    domain::OperatorId by;
    domain::Instant at;
    std::uint32_t rows = 0;             ///< people in it
    Bytes sealed;                       ///< the document that it rests on
    Bytes file;                         ///< its good rows; empty once it is decided
    ListState state = ListState::proposed;
    domain::Instant decided;
    domain::OperatorId decided_by;
    friend bool operator==(const LedgerListRow&, const LedgerListRow&) = default;
};

struct LedgerEntryRow {
    std::uint64_t id = 0;               ///< given by append
    std::uint64_t list = 0;
    std::uint32_t line = 0;             ///< of the list's file
    domain::RegistrationId registration;
    domain::LedgerState state;
    friend bool operator==(const LedgerEntryRow&, const LedgerEntryRow&) = default;
};

/// What somebody did with an entry, and how it stands since.
struct LedgerActRow {
    std::uint64_t entry = 0;
    domain::LedgerState state;
    domain::OperatorId by;
    domain::Instant at;
    Bytes note;
    friend bool operator==(const LedgerActRow&, const LedgerActRow&) = default;
};

/// A scan of somebody who is watched, or of somebody who is looked for that they registered.
struct AlertRow {
    std::uint64_t id = 0;               ///< given by append
    domain::SiteId site;                ///< none: they registered
    domain::Instant at, received;
    domain::Verdict verdict = domain::Verdict::call;
    Bytes sealed;                       ///< whose, and by which entry
    domain::Instant closed;             ///< 0 while it is open
    domain::OperatorId closed_by;
    Bytes note;
    friend bool operator==(const AlertRow&, const AlertRow&) = default;
};

/// How an entry of an approved list stands, for who counts them.
struct LedgerStanding {
    domain::RegistrationId registration;
    domain::DivisionCode scope;         ///< its list's, or to which it was handed
    domain::Instant entered;            ///< when its list was approved
    domain::Instant checked;            ///< when it was first checked off; 0: never, or it is open again
    domain::LedgerState state;
    friend bool operator==(const LedgerStanding&, const LedgerStanding&) = default;
};

class LedgerBook {
public:
    virtual ~LedgerBook() = default;
    // Writes.
    virtual std::uint64_t append(const LedgerListRow& row) = 0;
    /// The file goes. Requires: the list is there.
    virtual void decide(std::uint64_t list, ListState state, domain::OperatorId by, domain::Instant at) = 0;
    /// Nothing when this line of this list has an entry already.
    virtual std::optional<std::uint64_t> append(const LedgerEntryRow& row) = 0;
    /// Appends, and the entry stands so. Requires: the entry is there.
    virtual void append(const LedgerActRow& row) = 0;
    virtual std::uint64_t append(const AlertRow& row) = 0;
    /// False when it was closed already, or is not there.
    virtual bool close(std::uint64_t alert, domain::OperatorId by, domain::Instant at, const Bytes& note) = 0;
    // Reads.
    /// Newest first, without their files.
    virtual std::vector<LedgerListRow> lists() = 0;
    virtual std::optional<LedgerListRow> find_list(std::uint64_t id) = 0;
    /// In the order of the file, from `after` (an entry's id) on.
    virtual std::vector<LedgerEntryRow> entries(std::uint64_t list, std::uint64_t after, std::size_t count) = 0;
    virtual std::optional<LedgerEntryRow> find_entry(std::uint64_t id) = 0;
    virtual std::vector<LedgerActRow> acts(std::uint64_t entry) = 0;
    /// Those that were handed to another division, of approved lists, from `after` (an entry's id) on.
    virtual std::vector<LedgerEntryRow> handed(std::uint64_t after, std::size_t count) = 0;
    /// Entries of approved lists that are not undone, by id: what scans are compared with.
    virtual std::vector<LedgerEntryRow> in_force() = 0;
    /// Every entry of a list that was approved and is not undone, and that is not undone itself; by id.
    virtual std::vector<LedgerStanding> standings() = 0;
    /// Newest first, below `before` (0: from the newest).
    virtual std::vector<AlertRow> alerts(bool open_only, std::uint64_t before, std::size_t count) = 0;
    virtual std::optional<AlertRow> find_alert(std::uint64_t id) = 0;
    /// How often this connection changed what in_force() says.
    virtual std::uint64_t changes() const = 0;
};

}  // namespace chayan::storage
