// SPDX-License-Identifier: Apache-2.0
// Retention: forgets the days of scans that are kept no longer. A day is marked while it is still kept; when it is not, and the service has been running for a day
// since, its key is destroyed, which makes it unreadable in every copy; then its rows are removed, little by little. Safe against a clock that jumps: two days at a
// time, and none for a day after a jump. Ended at any point it goes on from there. House thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "domain/time.hpp"
#include "service/clock.hpp"
#include "service/clock_watch.hpp"
#include "service/tracing.hpp"
#include "service/vault.hpp"
#include "service/writer.hpp"
#include "storage/retention.hpp"

namespace chayan::service {

class Retention {
public:
    static constexpr std::int64_t wait_s = 86'400;          // of running, between the mark and the end of a day's key (SECURITY R9)
    static constexpr std::int32_t days_at_once = 2;         // however many are due
    static constexpr std::size_t rows_at_once = 1'000;      // of one command: some 5 ms of the writer
    static constexpr int pieces_at_once = 50;               // of one step: then the house thread looks after the rest of the house

    /// Seconds that the machine has been running since some moment: nobody sets it.
    using Uptime = std::function<std::int64_t()>;

    /// `zone`: of the day keys. `scan_days`: answers reach so far; one more is kept.
    Retention(storage::Store& store, Writer& writer, Vault& vault, const Clock& clock, Tracing& tracing, domain::TimeZone zone, std::int64_t scan_days, Uptime uptime)
        : store_(store), writer_(writer), vault_(vault), clock_(clock), tracing_(tracing), zone_(std::move(zone)), scan_days_(scan_days), uptime_(std::move(uptime)) {}

    /// Each second or so: does what is due, some 50,000 rows at most. Nothing while no question is answered: a log that is damaged is evidence. Throws StoreError (io)
    /// when the disk fails.
    void step(storage::Connection& reader);
    /// By how many seconds the clock seems to be ahead, while it is mistrusted and nothing is forgotten; 0 while it is believed; nothing before the first step that looked.
    /// Any thread.
    std::optional<std::int64_t> clock_ahead_s() const {
        const auto ahead = ahead_s_.load();
        return ahead < 0 ? std::nullopt : std::optional(ahead);
    }

private:
    using Days = std::map<domain::Day, storage::ForgottenDay>;

    void begin(storage::Connection& reader, domain::Instant now);
    /// False: the clock is mistrusted.
    bool look_at_clock(domain::Instant now);
    void tell_of_clock();
    /// False when it could not be stored.
    bool note_uptime();
    void choose(storage::Connection& reader, domain::Instant now);
    void destroy(storage::Connection& reader, domain::Instant now);
    /// False: not now, for want of space or permission.
    bool destroy_key(domain::Day day);
    /// Rows of the day whose key was destroyed first and that may have some left.
    void sweep(storage::Connection& reader, domain::Instant now);
    enum class Piece : std::uint8_t { more, last, later };
    Piece sweep_piece(storage::Connection& reader, storage::ForgottenDay& row);
    bool finish(storage::ForgottenDay& row, domain::Instant now);
    std::int64_t waited_s(const storage::ForgottenDay& row) const;
    bool is_destroyed(domain::Day day) const;
    domain::Interval interval_of(domain::Day day) const;

    storage::Store& store_;
    Writer& writer_;
    Vault& vault_;
    const Clock& clock_;
    Tracing& tracing_;
    const domain::TimeZone zone_;
    const std::int64_t scan_days_;
    const Uptime uptime_;

    std::optional<ClockWatch> watch_;
    std::atomic<std::int64_t> ahead_s_{-1};
    Days days_;                                             // as they are stored
    std::optional<storage::ForgettingRun> run_;
    std::int64_t up_ = 0, noted_up_ = 0;                    // now, and when waited_s was last stored
    std::int64_t next_up_ = 0;                              // until when a day that is held is not looked at again
    std::optional<domain::Day> sweeping_;
    domain::ScanSeq swept_;                                 // upto where, of that day
    bool has_to_cut_ = false;                               // rows were removed, and may stand in the write-ahead log
};

}  // namespace chayan::service
