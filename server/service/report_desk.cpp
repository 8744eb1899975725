// SPDX-License-Identifier: Apache-2.0
#include "service/report_desk.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "domain/contact_index.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/shown.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;
using kit::invalid_field;

constexpr std::int64_t day_s = 86'400;
constexpr std::int32_t days_looked_back = 7;

/// Local midnight.
domain::Instant begin_of(const domain::TimeZone& zone, domain::Day day) {
    const domain::Instant noon{std::int64_t{day.number} * day_s + day_s / 2};
    return zone.on_local_day(noon - zone.offset_s(noon), 0);
}

domain::Interval whole_day(const domain::TimeZone& zone, domain::Day day) { return {begin_of(zone, day), begin_of(zone, {day.number + 1})}; }

/// The first door of its place answers for all of them.
bool is_enterprise(const storage::SiteRow& row) { return row.category == domain::Category::enterprise && row.place == row.id; }

std::vector<domain::SiteId> doors_of(const Directory& directory, domain::SiteId place) {
    std::vector<domain::SiteId> doors;
    for (std::size_t id = 1; id < directory.site_rows.size(); ++id)
        if (const auto* row = directory.site_rows[id].get(); row != nullptr && row->place == place) doors.push_back(row->id);
    return doors;
}

/// Different people who passed any of these doors on a day.
std::int64_t count_people(const domain::ContactIndex& index, const std::vector<domain::SiteId>& doors, domain::Interval day) {
    const auto in_any_order = [](domain::PersonNo person) -> std::uint64_t { return person.value; };
    std::unordered_set<std::uint64_t> people;
    for (const auto door : doors) {
        if (!index.sites().contains(door)) continue;   // made since: nobody was there yet
        for (const auto& passage : index.passages(door, day, in_any_order)) people.insert(passage.person.value);
    }
    return static_cast<std::int64_t>(people.size());
}

std::string bond_of(const storage::ReportRow& row) {
    return std::to_string(row.site.value) + '/' + std::to_string(row.day.number) + '/' + std::to_string(row.by.value) + '/' + std::to_string(row.at.s);
}

}  // namespace

storage::Bytes seal_note(const Vault& vault, const storage::ReportRow& row, std::string_view note) { return vault.seal(SealKind::report_note, bond_of(row), note); }
std::optional<std::string> open_note(const Vault& vault, const storage::ReportRow& row) { return vault.open(SealKind::report_note, bond_of(row), row.note); }

ReportDesk::ReportDesk(Writer& writer, const Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, Staff& staff, domain::TimeZone zone, std::int32_t due_s,
                       FeversOf fevers)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), staff_(staff), zone_(std::move(zone)), due_s_(due_s), fevers_(std::move(fevers)) {}

kit::Result<domain::Day> ReportDesk::read_day(const std::string& text) const {
    const auto today = zone_.local_day(clock_.now());
    const auto day = text.empty() ? std::optional(today) : domain::parse_date(text);
    if (!day) return invalid_field("/day", "date_malformed");
    if (*day > today) return invalid_field("/day", "report_day_future");
    return *day;
}

domain::Instant ReportDesk::due_on(domain::Day day) const { return zone_.on_local_day(begin_of(zone_, day), due_s_); }

ReportView ReportDesk::view_of(const storage::ReportRow& row) const {
    return {row.at, staff_.login_of(row.by), row.note.empty() ? std::string() : open_note(vault_, row).value_or("?"), row.numbers};
}

kit::Result<ReportView> ReportDesk::add(const Caller& caller, const std::string& ref, const NewReport& report) {
    const auto day = read_day(report.day);
    if (!day) return day.error();
    if (auto status = domain::check_report(report.numbers); !status) return status.error();
    if (!report.note.empty())
        if (auto status = check_written("/note", report.note, kit::reason_chars_max); !status) return status.error();
    storage::ReportRow row;
    row.day = *day;
    row.by = caller.id;
    row.numbers = report.numbers;
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        const auto* site = caller.find_site(context.directory(), ref);
        if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
        if (!is_enterprise(*site) || site->closed) return Error{Errc::conflict, "report_no_enterprise"};
        row.site = site->id;
        row.at = context.now();
        if (auto good = domain::check_report_day(*day, zone_.local_day(row.at)); !good) return good;   // of the moment that is written: midnight may have passed
        row.note = report.note.empty() ? storage::Bytes() : seal_note(vault_, row, report.note);
        context.store().reports().append(row);
        context.audit({caller.id, "site_reported", {}, audit_detail({{"site", ref}, {"day", domain::format_date(*day)}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    return view_of(row);
}

domain::ReportNumbers ReportDesk::suggested(storage::Connection& reader, const Directory& directory, const domain::ContactIndex& index, domain::SiteId site,
                                            domain::Day day) const {
    const auto doors = doors_of(directory, directory.site(site)->place);
    const auto on = [&](std::int32_t days_before) { return count_people(index, doors, whole_day(zone_, {day.number - days_before})); };
    domain::ReportNumbers numbers;
    numbers.present = on(0);
    if (const auto last = reader.reports().latest(site, day)) {
        numbers.staff = last->numbers.staff;   // somebody counted them
    } else {
        for (std::int32_t before = 1; before <= days_looked_back; ++before) numbers.staff = std::max(numbers.staff, on(before));
    }
    numbers.staff = std::max(numbers.staff, numbers.present);   // what is suggested has to be good as it stands
    for (const auto door : doors) numbers.fever += fevers_ ? fevers_(reader, door, day) : 0;
    numbers.fever = std::min(numbers.fever, numbers.staff);
    return numbers;
}

kit::Result<ReportDay> ReportDesk::day_of(const Caller& caller, storage::Connection& reader, const std::string& ref, const std::string& day) {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return Error{Errc::not_found, "site_unknown"};
    const auto wanted = read_day(day);
    if (!wanted) return wanted.error();
    const auto index = tracing_.index();
    if (!index) return index.error();
    ReportDay view;
    view.day = *wanted;
    view.due = due_on(*wanted);
    view.suggested = suggested(reader, *directory, **index, site->id, *wanted);
    for (const auto& row : reader.reports().reports(site->id, *wanted)) view.reports.push_back(view_of(row));
    std::reverse(view.reports.begin(), view.reports.end());
    view.is_overdue = view.reports.empty() && clock_.now() >= view.due;
    return view;
}

kit::Result<ReportList> ReportDesk::list(const Caller& caller, storage::Connection& reader, const ReportFilter& filter) const {
    ReportList list;
    list.directory = board_.load();
    const auto day = read_day(filter.day);
    if (!day) return day.error();
    const auto& divisions = *list.directory->divisions;
    const auto* area = filter.division.empty() ? nullptr : divisions.find(filter.division);
    if (!filter.division.empty() && area == nullptr) return invalid_field("/division", "division_unknown");
    if (!filter.state.empty() && filter.state != "all" && filter.state != "missing") return invalid_field("/state", "report_state_unknown");
    list.day = *day;
    list.due = due_on(*day);
    struct Said {
        domain::Instant first;
        storage::ReportRow newest;
    };
    std::unordered_map<std::uint32_t, Said> said;
    for (auto& row : reader.reports().reports_of(*day)) {
        const auto at = row.at;
        const auto [held, is_first] = said.try_emplace(row.site.value, Said{at, {}});
        held->second.newest = std::move(row);
    }
    for (std::size_t id = 1; id < list.directory->site_rows.size(); ++id) {
        const auto* row = list.directory->site_rows[id].get();
        if (row == nullptr || row->closed || !is_enterprise(*row) || !caller.may_see(row->division) || (!caller.site.is_none() && caller.site != row->id)) continue;
        if (area != nullptr && !domain::is_within(row->division, area->code)) continue;
        ++list.open;
        const auto found = said.find(row->id.value);
        if (found != said.end()) {
            ++list.reported;
            if (filter.state == "missing") continue;
        }
        const auto* division = divisions.find(row->division);
        EnterpriseView view{row, division == nullptr ? std::string() : division->name, {}, false};
        if (found != said.end()) view.report = found->second.newest, view.is_late = found->second.first > list.due;
        list.enterprises.push_back(std::move(view));
    }
    std::sort(list.enterprises.begin(), list.enterprises.end(),
              [](const auto& a, const auto& b) { return std::pair(a.report.has_value(), std::string_view(a.site->ref)) < std::pair(b.report.has_value(), std::string_view(b.site->ref)); });
    return list;
}

}  // namespace chayan::service
