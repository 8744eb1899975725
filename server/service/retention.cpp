// SPDX-License-Identifier: Apache-2.0
#include "service/retention.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "kit/log.hpp"
#include "service/audit.hpp"
#include "service/holds.hpp"
#include "service/key_bundle.hpp"
#include "service/local_days.hpp"
#include "storage/tally.hpp"

namespace chayan::service {
namespace {

constexpr std::int64_t look_again_s = 60;      // at a day that is due, and held, or not to be destroyed for want of space
constexpr std::int64_t note_every_s = 3'600;   // so much of a mark's wait an end without warning costs at most

/// The latest moment that something says was: the last choice of days, the last line of the audit log, the last scan.
domain::Instant newest_moment(storage::Connection& reader, const std::optional<storage::ForgettingRun>& run, domain::Instant now) {
    domain::Instant newest{};
    if (run) newest = run->at;
    if (const auto line = reader.audit().last()) newest = std::max(newest, line->at);
    if (const auto scan = reader.scans().received({}, domain::ever_after).last) newest = std::max(newest, *scan);
    return newest.s == 0 ? now : newest;
}

}  // namespace

domain::Interval Retention::interval_of(domain::Day day) const { return {begin_of(zone_, day), begin_of(zone_, {day.number + 1})}; }

bool Retention::is_destroyed(domain::Day day) const {
    const auto destroyed = vault_.days(DayKeys::destroyed);
    return std::binary_search(destroyed.begin(), destroyed.end(), day);
}

std::int64_t Retention::waited_s(const storage::ForgottenDay& row) const { return row.waited_s + up_ - noted_up_; }

void Retention::begin(storage::Connection& reader, domain::Instant now) {
    for (const auto& row : reader.retention().days()) days_[row.day] = row;
    run_ = reader.retention().last_run();
    noted_up_ = up_;
    watch_.emplace(now, up_, newest_moment(reader, run_, now));
    if (watch_->is_mistrusted()) tell_of_clock();
}

void Retention::tell_of_clock() {
    kit::log(kit::Level::warning, "forgetting_paused", {{"clock_ahead_s", watch_->ahead_s()}});
    const auto hours = std::to_string((watch_->ahead_s() + 1'800) / 3'600);
    (void)run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({{}, "forgetting_paused", {}, audit_detail({{"hours", hours}}), {}});
        return kit::Done{};
    });
}

bool Retention::look_at_clock(domain::Instant now) {
    if (watch_->look(now, up_)) tell_of_clock();
    return !watch_->is_mistrusted();
}

bool Retention::note_uptime() {
    auto rows = days_;
    std::erase_if(rows, [this](const auto& entry) { return entry.second.finished || is_destroyed(entry.first); });
    for (auto& [day, row] : rows) row.waited_s = waited_s(row);
    if (!rows.empty()) {
        const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
            for (const auto& [day, row] : rows) context.store().retention().put(row);
            return kit::Done{};
        });
        if (!status) return false;   // busy, or a full disk: the next time
    }
    for (const auto& [day, row] : rows) days_[day] = row;
    noted_up_ = up_;
    return true;
}

/// Marks what will be kept no longer tomorrow. What is marked and kept after all, because the setting or the clock was changed or a case holds it, is unmarked.
void Retention::choose(storage::Connection& reader, domain::Instant now) {
    const auto today = zone_.local_day(now);
    if ((run_ && run_->day == today) || !note_uptime()) return;
    const domain::Day kept_from{key_bundle::first_kept_day(zone_, now, scan_days_).number + 1};
    auto chosen = vault_.days();
    const auto holds = holds_of(reader, vault_, now);
    const auto is_kept = [&](domain::Day day) { return day >= kept_from || find_holder(holds, interval_of(day)) != nullptr; };
    std::erase_if(chosen, [&](domain::Day day) { return days_.contains(day) || is_kept(day); });
    std::sort(chosen.begin(), chosen.end());
    const auto since = run_ ? today.number - run_->day.number + 1 : days_at_once;   // below 1 where the clock was put back: then from this day on
    chosen.resize(std::min(chosen.size(), static_cast<std::size_t>(std::clamp(since, 0, days_at_once))));
    std::vector<domain::Day> unmarked;
    for (const auto& [day, row] : days_)
        if (!row.finished && is_kept(day) && !is_destroyed(day)) unmarked.push_back(day);
    const storage::ForgettingRun run{today, now};
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        auto& book = context.store().retention();
        for (const auto day : unmarked) book.remove(day);
        for (const auto day : chosen) book.put(storage::ForgottenDay{day, now, 0, 0, {}});
        book.put(run);
        return kit::Done{};
    });
    if (!status) return;
    for (const auto day : unmarked) days_.erase(day);
    for (const auto day : chosen) days_[day] = storage::ForgottenDay{day, now, 0, 0, {}};
    run_ = run;
}

bool Retention::destroy_key(domain::Day day) {
    try {
        vault_.destroy_day(day);
    } catch (const storage::StoreError& error) {
        if (error.kind() == storage::StoreError::Kind::io) throw;
        kit::log(kit::Level::warning, "day_key_not_destroyed");
        return false;
    }
    return true;
}

void Retention::destroy(storage::Connection& reader, domain::Instant now) {
    const auto kept_from = key_bundle::first_kept_day(zone_, now, scan_days_);
    std::vector<domain::Day> due;
    for (const auto& [day, row] : days_)
        if (day < kept_from && !row.finished && waited_s(row) >= wait_s && !is_destroyed(day)) due.push_back(day);
    if (due.empty() || up_ < next_up_) return;
    next_up_ = up_ + look_again_s;
    const auto counted = reader.tally().counted_days();   // what a day came to outlives its scans
    const auto holds = holds_of(reader, vault_, now);
    std::erase_if(due, [&](domain::Day day) { return !std::binary_search(counted.begin(), counted.end(), day) || find_holder(holds, interval_of(day)) != nullptr; });
    std::vector<domain::Interval> gone;
    for (const auto day : due)
        if (destroy_key(day)) gone.push_back(interval_of(day));
    if (!gone.empty()) tracing_.tend(gone);
}

Retention::Piece Retention::sweep_piece(storage::Connection& reader, storage::ForgottenDay& row) {
    const auto day = interval_of(row.day);
    const auto found = reader.retention().find_scans(day, swept_, rows_at_once);
    if (found.count > 0) {
        auto next = row;
        const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
            next.scans = row.scans + context.store().retention().remove_scans(day, found.first, found.last);
            context.store().retention().put(next);
            return kit::Done{};
        }, false, rows_at_once);
        if (!status) return Piece::later;
        row = next;
        has_to_cut_ = true;
    }
    if (found.upto.is_none()) return Piece::last;
    swept_ = found.upto;
    return Piece::more;
}

bool Retention::finish(storage::ForgottenDay& row, domain::Instant now) {
    auto next = row;
    next.finished = now;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.store().retention().put(next);
        if (next.scans > 0) context.audit({{}, "scans_forgotten", {}, audit_detail({{"day", domain::format_date(next.day)}, {"count", std::to_string(next.scans)}}), {}});
        return kit::Done{};
    });
    if (!status) return false;
    row = next;
    kit::log(kit::Level::info, "scans_forgotten", {{"count", static_cast<std::int64_t>(next.scans)}});
    return true;
}

void Retention::sweep(storage::Connection& reader, domain::Instant now) {
    if (!sweeping_) {
        for (const auto day : vault_.days(DayKeys::destroyed)) {
            const auto known = days_.find(day);
            if (known != days_.end() && known->second.finished) continue;
            if (!destroy_key(day)) return;   // an end may have come between its mark and its key
            if (known == days_.end()) days_[day] = storage::ForgottenDay{day, now, 0, 0, {}};   // a restore found it too old
            sweeping_ = day;
            swept_ = {};
            break;
        }
        if (!sweeping_) return;
    }
    auto& row = days_.at(*sweeping_);
    auto piece = Piece::more;
    for (int count = 0; count < pieces_at_once && piece == Piece::more; ++count) piece = sweep_piece(reader, row);
    if (piece == Piece::last && finish(row, now)) sweeping_.reset();
}

void Retention::step(storage::Connection& reader) {
    if (!tracing_.readiness()) return;
    const auto now = clock_.now();
    up_ = uptime_();
    if (!watch_) begin(reader, now);
    const bool is_trusted = look_at_clock(now);
    ahead_s_ = is_trusted ? 0 : std::max<std::int64_t>(1, watch_->ahead_s());
    if (is_trusted) {
        choose(reader, now);
        destroy(reader, now);
    }
    if (up_ - noted_up_ >= note_every_s) (void)note_uptime();
    sweep(reader, now);
    if (has_to_cut_ && !sweeping_) has_to_cut_ = !store_.cut_log();
}

}  // namespace chayan::service
