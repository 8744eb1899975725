// SPDX-License-Identifier: Apache-2.0
// Retention of everything that is no scan, once a local day after the days of scans were looked at: what goes by its age, then people of whom nothing is left, then the
// oldest lines of the audit log; what became of it is a line there. In pieces of some 5 ms of the writer each; a tenth of each kind a day at most, for a clock that is
// wrong. Ended at any point it goes on from there. House thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "domain/time.hpp"
#include "service/clock.hpp"
#include "service/holds.hpp"
#include "service/tracing.hpp"
#include "service/writer.hpp"
#include "storage/retention.hpp"

namespace chayan::service {

/// For how many days what is kept.
struct RetentionTimes {
    std::int64_t scan_days = 28;     ///< scans; as long vehicle checks, outings, alerts, and people of whom nothing is left
    std::int64_t desk_days = 184;    ///< what has ended at the desk: records, entries of the ledger, what cases keep
    std::int64_t audit_days = 400;   ///< lines of the audit log
};

/// The word for a kind, in the audit log and in answers.
const char* word_of(storage::EndedKind kind);

/// What of a kind is kept no longer: its rows that ended in one of these. Neither people nor lines of the audit log. `held`: days of scans that open cases hold.
std::vector<domain::Interval> ended_spans(storage::EndedKind kind, const RetentionTimes& times, const domain::TimeZone& zone, domain::Instant now, const std::vector<Hold>& held);

class BookRetention {
public:
    static constexpr std::uint64_t least_a_day = 1'000;      // of each kind, and a tenth of it where that is more
    static constexpr std::size_t rows_at_once = 500;         // of one command
    static constexpr std::size_t statements_at_once = 25;    // likewise, of people
    static constexpr int pieces_at_once = 20;                // of one step

    BookRetention(storage::Store& store, Writer& writer, const Vault& vault, const Clock& clock, Tracing& tracing, DirectoryBoard& board, domain::TimeZone zone, RetentionTimes times)
        : store_(store), writer_(writer), vault_(vault), clock_(clock), tracing_(tracing), board_(board), zone_(std::move(zone)), times_(times) {}

    /// Each second or so. Nothing while the clock is mistrusted, or no question is answered.
    void step(storage::Connection& reader, bool is_clock_trusted);

private:
    enum class Piece : std::uint8_t { more, last, later };
    /// What is to go of one kind, today.
    struct Work {
        std::uint64_t left = 0;                      // may still go today
        std::vector<domain::Interval> spans;
        std::vector<storage::GoingPeople> people;    // the last goes first
    };

    bool begin(storage::Connection& reader, domain::Instant now);
    Work prepare(storage::Connection& reader, domain::Instant now);
    std::vector<storage::GoingPeople> find_people(storage::Connection& reader, domain::Instant now, std::size_t most);
    Piece remove_rows(storage::Connection& reader);
    Piece remove_people(domain::Instant now);
    Piece remove_lines(storage::Connection& reader, domain::Instant now);
    /// In the command that removes them. Of the day on which the run began.
    storage::EndedCount counted(std::uint64_t removed) const;
    bool tell();
    domain::Instant kept_since(domain::Instant now) const;
    storage::EndedKind kind() const { return static_cast<storage::EndedKind>(next_); }

    storage::Store& store_;
    Writer& writer_;
    const Vault& vault_;
    const Clock& clock_;
    Tracing& tracing_;
    DirectoryBoard& board_;
    const domain::TimeZone zone_;
    const RetentionTimes times_;

    std::optional<domain::Day> day_, done_;                  // on which it runs, and ran
    std::size_t next_ = 0;                                   // the kind that it is at
    std::optional<Work> work_;
    std::vector<Hold> holds_;
    bool has_to_cut_ = false;                                // rows were removed, and may stand in the write-ahead log
    std::array<storage::EndedCount, storage::ended_kinds> counts_;   // as they are stored
};

}  // namespace chayan::service
