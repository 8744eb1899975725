// SPDX-License-Identifier: Apache-2.0
#include "service/book_retention.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "service/audit.hpp"
#include "service/key_bundle.hpp"
#include "service/local_days.hpp"
#include "service/people_retention.hpp"
#include "service/told_visits.hpp"

namespace chayan::service {
namespace {

using storage::EndedKind;
using Ids = std::vector<domain::RegistrationId>;

constexpr std::array<const char*, storage::ended_kinds> words{"vehicle_checks", "outings", "alerts", "records", "ledger_entries", "ledger_lists", "case_papers", "people", "audit_lines"};
constexpr std::size_t weight = 1'000;      // of any of our commands: some 5 ms of the writer
constexpr std::uint64_t share = 10;        // of what there is of a kind, a day
constexpr domain::Instant ever{INT64_MIN / 2};

bool is_of_scans(EndedKind kind) { return kind == EndedKind::vehicle_check || kind == EndedKind::outing || kind == EndedKind::alert; }

/// The stretches of (ever, end) that no whole local day of `held` covers.
std::vector<domain::Interval> outside(const std::vector<Hold>& held, const domain::TimeZone& zone, domain::Instant end) {
    std::vector<domain::Interval> days;
    for (const auto& hold : held)
        if (hold.window.from < hold.window.to)
            days.push_back({begin_of(zone, zone.local_day(hold.window.from)), begin_of(zone, {zone.local_day(hold.window.to - 1).number + 1})});
    std::sort(days.begin(), days.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
    std::vector<domain::Interval> free;
    auto from = ever;
    for (const auto& day : days) {
        if (day.from >= end) break;
        if (from < day.from) free.push_back({from, day.from});
        from = std::max(from, day.to);
    }
    if (from < end) free.push_back({from, end});
    return free;
}

/// Told visits name their statement under a seal.
void append_told(storage::Connection& reader, const Vault& vault, Ids& needed) {
    for (const auto& row : reader.desk().cases())
        for (const auto& visit : reader.desk().told_visits(row.number))
            if (const auto told = open_visit(vault, visit)) needed.push_back(told->statement);
}

/// Nobody's statement that is still bound to others, or was scanned, since it was looked for.
bool may_go(const WriteContext& context, const storage::GoingPeople& group, domain::Instant since) {
    const auto& people = *context.directory().people;
    const auto is_of_group = [&](domain::RegistrationId one) { return std::binary_search(group.registrations.begin(), group.registrations.end(), one); };
    for (const auto one : group.registrations) {
        if (people.person_of(one).is_none() || context.is_scanned(one, since)) return false;
        const auto& person = people.registrations_of(people.person_of(one));
        const auto phone = people.of_one_phone(one);
        if (!std::all_of(person.begin(), person.end(), is_of_group) || !std::all_of(phone.begin(), phone.end(), is_of_group)) return false;
    }
    return true;
}

}  // namespace

const char* word_of(EndedKind kind) { return words[static_cast<std::size_t>(kind)]; }

std::vector<domain::Interval> ended_spans(EndedKind kind, const RetentionTimes& times, const domain::TimeZone& zone, domain::Instant now, const std::vector<Hold>& held) {
    if (!is_of_scans(kind)) return {{ever, now - times.desk_days * day_s}};
    const auto first_kept = key_bundle::first_kept_day(zone, now, times.scan_days);
    if (kind != EndedKind::outing) return outside(held, zone, begin_of(zone, first_kept));
    auto spans = outside(held, zone, begin_of(zone, first_kept));
    for (auto& span : spans) {   // as an outing's day is told
        if (span.from != ever) span.from.s = zone.local_day(span.from).number * day_s;
        span.to.s = zone.local_day(span.to).number * day_s;
    }
    return spans;
}

domain::Instant BookRetention::kept_since(domain::Instant now) const { return begin_of(zone_, key_bundle::first_kept_day(zone_, now, times_.scan_days)); }

bool BookRetention::begin(storage::Connection& reader, domain::Instant now) {
    const auto status = run_and_wait(writer_, [now](WriteContext& context) -> kit::Status {
        context.store().retention().note_case_ends(now);
        return kit::Done{};
    });
    if (!status) return false;
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] = {static_cast<EndedKind>(i), {}, 0, 0, 0};
    for (const auto& row : reader.retention().ended_counts())
        if (static_cast<std::size_t>(row.kind) < counts_.size()) counts_[static_cast<std::size_t>(row.kind)] = row;
    holds_ = holds_of(reader, vault_, now);
    day_ = zone_.local_day(now);
    next_ = 0;
    work_.reset();
    return true;
}

BookRetention::Work BookRetention::prepare(storage::Connection& reader, domain::Instant now) {
    Work work;
    const auto& count = counts_[next_];
    const auto gone = count.day == *day_ ? count.today : 0;
    const auto most = std::max(least_a_day, (reader.retention().count_all(kind()) + gone) / share);
    work.left = most > gone ? most - gone : 0;
    if (work.left == 0) return work;
    if (kind() == EndedKind::person) work.people = find_people(reader, now, work.left);
    else if (kind() != EndedKind::audit_line) work.spans = ended_spans(kind(), times_, zone_, now, holds_);
    return work;
}

std::vector<storage::GoingPeople> BookRetention::find_people(storage::Connection& reader, domain::Instant now, std::size_t most) {
    const auto index = tracing_.index();
    if (!index) return {};
    const auto directory = board_.load();
    auto needed = reader.retention().needed_statements(now);
    append_told(reader, vault_, needed);
    for (const auto person : held_people(reader, vault_, now)) {
        const auto& all = directory->people->registrations_of(directory->people->resolve(person));
        needed.insert(needed.end(), all.begin(), all.end());
    }
    std::sort(needed.begin(), needed.end());
    std::unordered_set<domain::RegistrationId> withdrawn;
    for (const auto& row : reader.registry().revocations())
        if (row.erase) withdrawn.insert(row.registration);
    std::vector<storage::Placement> placements;
    reader.registry().read_placements([&](std::span<const storage::Placement> rows) { placements.insert(placements.end(), rows.begin(), rows.end()); });
    std::vector<domain::Scan> scans;
    PeopleKept kept;
    kept.since = kept_since(now);
    kept.has_withdrawn = [&](domain::RegistrationId holder) { return withdrawn.contains(holder); };
    kept.is_needed = [&](domain::RegistrationId one) {
        if (std::binary_search(needed.begin(), needed.end(), one)) return true;
        scans.clear();
        (*index)->append_scans_of(one, ever, domain::ever_after, scans);
        return !scans.empty();
    };
    auto going = people_to_go(placements, reader.registry().person_events(), kept, most);
    std::reverse(going.begin(), going.end());
    return going;
}

storage::EndedCount BookRetention::counted(std::uint64_t removed) const {
    auto count = counts_[next_];
    count.today = (count.day == *day_ ? count.today : 0) + removed;
    count.day = *day_;
    count.untold += removed;
    count.total += removed;
    return count;
}

BookRetention::Piece BookRetention::remove_rows(storage::Connection& reader) {
    auto& spans = work_->spans;
    while (!spans.empty() && reader.retention().count_ended(kind(), spans.back()) == 0) spans.pop_back();
    if (spans.empty() || work_->left == 0) return Piece::last;
    std::uint64_t removed = 0;
    storage::EndedCount next;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        removed = context.store().retention().remove_ended(kind(), spans.back(), std::min<std::uint64_t>(rows_at_once, work_->left));
        next = counted(removed);
        if (removed > 0) context.store().retention().put(next);
        return kit::Done{};
    }, false, weight);
    if (!status) return Piece::later;
    if (removed == 0) spans.pop_back();
    else counts_[next_] = next;
    work_->left -= std::min(removed, work_->left);
    return Piece::more;
}

BookRetention::Piece BookRetention::remove_people(domain::Instant now) {
    auto& groups = work_->people;
    if (groups.empty()) return Piece::last;
    std::size_t taken = 0, statements = 0;
    while (taken < groups.size() && (taken == 0 || statements + groups[groups.size() - 1 - taken].registrations.size() <= statements_at_once))
        statements += groups[groups.size() - 1 - taken++].registrations.size();
    storage::EndedCount next;
    const auto since = kept_since(now);
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        std::uint64_t removed = 0;
        std::vector<const storage::GoingPeople*> gone;
        for (std::size_t i = 0; i < taken; ++i) {
            const auto& group = groups[groups.size() - 1 - i];
            if (!may_go(context, group, since) || !context.store().retention().remove_people(group, now)) continue;
            gone.push_back(&group);
            removed += group.registrations.size();
        }
        next = counted(removed);
        if (removed == 0) return kit::Done{};
        context.store().retention().put(next);
        std::shared_ptr<std::unordered_set<domain::RegistrationId>> revoked;   // copied only when one of these was
        for (const auto* group : gone)
            for (const auto one : group->registrations) {
                if (!context.directory().revoked->contains(one)) continue;
                if (!revoked) revoked = std::make_shared<std::unordered_set<domain::RegistrationId>>(*context.directory().revoked);
                revoked->erase(one);
            }
        if (revoked) context.edit_directory().revoked = std::move(revoked);
        for (const auto* group : gone) forget(context.edit_people(), group->registrations, group->persons);
        return kit::Done{};
    }, false, weight);
    if (!status) return Piece::later;
    counts_[next_] = next;
    groups.resize(groups.size() - taken);
    return groups.empty() ? Piece::last : Piece::more;
}

/// From the oldest on, as far as they are too old and no open case's. The last line stays: the writer goes on from it.
BookRetention::Piece BookRetention::remove_lines(storage::Connection& reader, domain::Instant now) {
    const auto limit = now - times_.audit_days * day_s;
    const auto before = reader.retention().audit_anchor();
    const auto last = reader.audit().last();
    const auto rows = reader.audit().read(before ? before->seq + 1 : 1, static_cast<std::uint32_t>(std::min<std::uint64_t>(rows_at_once, work_->left)));
    std::unordered_set<std::string> open;
    for (const auto& row : reader.desk().cases())
        if (row.state != storage::CaseState::closed && !(row.expires && *row.expires <= now)) open.insert(row.number);
    std::size_t removed = 0;
    while (removed < rows.size() && rows[removed].at < limit && rows[removed].seq < last->seq && !open.contains(rows[removed].case_number)) ++removed;
    if (removed == 0) return Piece::last;
    const auto anchor = anchor_after(vault_, rows[removed - 1], (before ? before->count : 0) + removed);
    const auto next = counted(removed);
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.store().retention().cut_audit(anchor);
        context.store().retention().put(next);
        return kit::Done{};
    }, false, weight);
    if (!status) return Piece::later;
    counts_[next_] = next;
    work_->left -= removed;
    return removed < rows.size() || work_->left == 0 ? Piece::last : Piece::more;
}

bool BookRetention::tell() {
    auto told = counts_;
    for (auto& count : told) count.untold = 0;
    if (std::all_of(counts_.begin(), counts_.end(), [](const auto& count) { return count.untold == 0; })) return true;
    const auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            if (counts_[i].untold == 0) continue;
            context.store().retention().put(told[i]);
            context.audit({{}, "rows_forgotten", {}, audit_detail({{"kind", words[i]}, {"count", std::to_string(counts_[i].untold)}}), {}});
        }
        return kit::Done{};
    });
    if (!status) return false;
    counts_ = told;
    has_to_cut_ = true;
    return true;
}

void BookRetention::step(storage::Connection& reader, bool is_clock_trusted) {
    if (has_to_cut_) has_to_cut_ = !store_.cut_log();
    if (!is_clock_trusted || !tracing_.readiness()) return;
    const auto now = clock_.now();
    const auto today = zone_.local_day(now);
    if (done_ == today) return;
    if (day_ != today && !begin(reader, now)) return;
    for (int pieces = 0; pieces < pieces_at_once && next_ < storage::ended_kinds; ++pieces) {
        if (!work_) work_ = prepare(reader, now);
        const auto piece = kind() == EndedKind::person ? remove_people(now) : kind() == EndedKind::audit_line ? remove_lines(reader, now) : remove_rows(reader);
        if (piece == Piece::later) return;
        if (piece == Piece::more) continue;
        work_.reset();
        ++next_;
    }
    if (next_ == storage::ended_kinds && tell()) done_ = today;
}

}  // namespace chayan::service
