// SPDX-License-Identifier: Apache-2.0
#include "service/gate_desk.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "domain/site_code.hpp"
#include "domain/visit.hpp"
#include "kit/limits.hpp"
#include "service/audit.hpp"
#include "service/fever.hpp"
#include "service/gate_codes.hpp"
#include "service/ingest.hpp"
#include "storage/tally.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

const Error site_unknown{Errc::not_found, "site_unknown"};

std::optional<storage::ReadingMethod> find_method(std::string_view word) {
    constexpr std::string_view words[] = {"forehead", "ear", "axilla", "camera"};
    const auto* found = std::find(std::begin(words), std::end(words), word);
    return found == std::end(words) ? std::nullopt : std::optional(static_cast<storage::ReadingMethod>(found - words));
}

bool is_initials(const std::string& text) {
    const bool are_letters = std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    return !text.empty() && text.size() <= kit::roster_initials_max && are_letters;
}

}  // namespace

GateDesk::GateDesk(Writer& writer, Vault& vault, const Clock& clock, DirectoryBoard& board, Tracing& tracing, LastScans& last, domain::TimeZone zone, std::int16_t fever_from_dc)
    : writer_(writer), vault_(vault), clock_(clock), board_(board), tracing_(tracing), last_(last), zone_(zone), fever_from_dc_(fever_from_dc), rosters_(vault, clock, zone), looks_(clock) {}

GateSites GateDesk::sites(const Caller& caller, const std::string& search) const {
    const auto directory = board_.load();
    GateSites view;
    std::vector<const storage::SiteRow*> rows;
    for (std::size_t id = 1; id < directory->site_rows.size(); ++id) {
        const auto* row = directory->site_rows[id].get();
        if (row == nullptr || row->closed || caller.find_site(*directory, row->ref) == nullptr) continue;
        if (row->ref.find(search) != std::string::npos || row->name.find(search) != std::string::npos) rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->ref < b->ref; });
    view.has_more = rows.size() > kit::gate_sites_max;
    rows.resize(std::min(rows.size(), kit::gate_sites_max));
    for (const auto* row : rows) {
        const auto& rule = domain::category_rules()[static_cast<std::size_t>(row->category)];
        view.sites.push_back({row->ref, row->name, rule.word, division_name(*directory, row->division), Rosters::has_roster(*row)});
    }
    return view;
}

kit::Result<ScreenView> GateDesk::screen(const Caller& caller, const std::string& ref) const {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return site_unknown;
    if (site->closed) return Error{Errc::gone, "site_closed"};
    const auto now = clock_.now();
    ScreenView view;
    view.digits = screen_digits(vault_, site->id, now);
    view.until = domain::Instant{now.s - now.s % kit::screen_window_s + kit::screen_window_s};
    for (const auto direction : {domain::PosterDirection::any, domain::PosterDirection::in, domain::PosterDirection::out, domain::PosterDirection::pass})
        view.codes.emplace_back(domain::word_of(direction), vault_.site_code({site->id, direction, site->revision}));
    return view;
}

kit::Result<TakenReading> GateDesk::observe(const Caller& caller, storage::Connection& reader, const Reading& reading) {
    const Error unknown{Errc::not_found, "scan_unknown"}, late{Errc::conflict, "reading_late"};
    if (!reading.temperature) return kit::invalid_field("/temperature", "missing");
    const auto first = read_temperature(reading.temperature);
    if (!first) return first.error();
    const auto second = read_temperature(reading.second, "/second");
    if (!second) return second.error();
    const auto method = find_method(reading.method);
    if (!method) return kit::invalid_field("/method", "reading_method");
    const auto key = vault_.open_scan_id(reading.scan);
    const auto directory = board_.load();
    const auto* site = key ? directory->site(key->site) : nullptr;
    if (site == nullptr || caller.find_site(*directory, site->ref) == nullptr) return unknown;
    const auto index = tracing_.index();
    if (!index) return index.error();
    const auto scan = (*index)->find(*key);
    if (!scan) return unknown;
    if (scan->voided) return Error{Errc::conflict, "reading_voided"};
    const auto now = clock_.now();
    const auto received = scan->at + scan->delay_s;
    if (received < now - kit::shift_s_max) return late;
    const auto row = find_row(reader, vault_, *key, received);
    if (!row) return unknown;
    const storage::ReadingRow taken{row->seq, now, caller.id, *first, *method, *second};
    bool is_known = false;
    auto status = run_and_wait(writer_, [&, ref = site->ref](WriteContext& context) -> kit::Status {
        const auto before = context.store().scans().readings_of(taken.scan);
        auto same = taken;
        if (!before.empty()) same.at = before.back().at;
        is_known = !before.empty() && before.back() == same;
        if (is_known) return kit::Done{};
        context.store().scans().append_reading(taken);
        note_temperature(context.store(), *context.directory().people, {key->registration, context.directory().site(key->site), now, now, taken.last_dc(), caller.id}, fever_from_dc_,
                         /*is_followed=*/true);
        context.audit({caller.id, "temperature_added", {}, audit_detail({{"site", ref}})});
        return kit::Done{};
    });
    if (!status) return status.error();
    last_.note_reading(*key, taken.last_dc());
    return TakenReading{taken.last_dc(), is_known};
}

kit::Result<std::vector<LastPerson>> GateDesk::recent(const Caller& caller, storage::Connection& reader, const std::string& ref) const {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return site_unknown;
    std::vector<LastPerson> people;
    for (const auto& scan : last_.of(site->id, clock_.now() - kit::last_scans_s_max)) {
        LastPerson person;
        person.id = vault_.scan_id(scan);
        person.name = masked(reader, vault_, *directory->people, directory->people->person_of(scan.registration)).name;
        person.at = scan.at;
        person.direction = scan.direction;
        person.temperature_dc = scan.temperature_dc;
        person.is_read = scan.is_read;
        person.voided = scan.voided;
        person.evidence = domain::word_of(scan.source);
        people.push_back(std::move(person));
    }
    return people;
}

namespace {

/// Those of one site's rows that repeat an earlier one of them: they add to no count (CONTRACT 5). A repeat of a scan at another door of the place, or from
/// before the first row, counts here.
std::set<domain::ScanSeq> repeats_among(const std::vector<storage::ScanRow>& rows, const std::vector<std::optional<OpenedScan>>& opened,
                                        const std::set<domain::ScanSeq>& voided, const Directory& directory) {
    std::map<domain::PersonNo, std::vector<domain::Scan>> scans_of;
    std::map<domain::ScanKey, domain::ScanSeq> seq_of;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!opened[i]) continue;
        domain::Scan scan;
        static_cast<domain::ScanKey&>(scan) = {opened[i]->registration, rows[i].site, rows[i].at, rows[i].direction};
        scan.voided = voided.contains(rows[i].seq);
        seq_of.emplace(scan, rows[i].seq);
        scans_of[directory.people->person_of(scan.registration)].push_back(scan);
    }
    std::set<domain::ScanSeq> repeats;
    for (auto& [person, scans] : scans_of) {
        domain::sort_scans(scans, *directory.sites);
        const auto is_repeat = domain::mark_repeats(scans, *directory.sites);
        for (std::size_t i = 0; i < scans.size(); ++i)
            if (is_repeat[i]) repeats.insert(seq_of.at(scans[i]));
    }
    return repeats;
}

}  // namespace

kit::Result<ShiftView> GateDesk::shift(const Caller& caller, storage::Connection& reader, const std::string& ref, const std::string& since) const {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return site_unknown;
    ShiftView view;
    view.since = std::max(clock_.now() - kit::shift_s_max, caller.on_duty_since);
    if (!since.empty()) {
        const auto given = domain::parse_rfc3339(since);
        if (!given) return kit::invalid_field("/since", "time_malformed");
        view.since = std::max(view.since, *given);
    }
    auto& log = reader.scans();
    const auto rows = log.of_site(site->id, view.since);
    const auto opened = vault_.open(rows);
    std::set<domain::ScanSeq> voided;
    if (!rows.empty())
        for (const auto& row : log.voids()) voided.insert(row.scan);
    const auto repeats = repeats_among(rows, opened, voided, *directory);
    std::set<domain::PersonNo> people;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        if (row.source == domain::Source::import || repeats.contains(row.seq)) continue;
        if (voided.contains(row.seq)) {
            ++view.voided;
            continue;
        }
        ++(row.direction == domain::Direction::in ? view.in : row.direction == domain::Direction::out ? view.out : view.pass);
        ++(domain::is_from_phone(row.source) ? view.by_phone : view.by_staff);
        if (!domain::is_from_phone(row.source) && log.staff_of(row.seq) == caller.id) ++view.own;
        if (opened[i]) people.insert(directory->people->person_of(opened[i]->registration));
        const auto readings = log.readings_of(row.seq);
        const auto temperature = readings.empty() ? row.temperature_dc : readings.back().last_dc();
        if (temperature >= fever_from_dc_) ++view.fevers;
    }
    view.people = people.size();
    view.vehicles = reader.tally().count_checks(site->id, {view.since, clock_.now() + kit::shift_s_max});
    return view;
}

kit::Result<RosterView> GateDesk::roster(const Caller& caller, storage::Connection& reader, const std::string& ref, const RosterQuestion& question) {
    const auto directory = board_.load();
    const auto* site = caller.find_site(*directory, ref);
    if (site == nullptr) return site_unknown;
    const auto asked = question.name.empty() ? question.initials : initials_of({question.name}).substr(0, kit::roster_initials_max);
    if (question.name.size() > kit::roster_name_bytes_max || (!question.name.empty() && asked.empty())) return kit::invalid_field("/name", "roster_name");
    if (!is_initials(asked)) return kit::invalid_field("/initials", "initials_malformed");
    if (!Rosters::has_roster(*site)) return RosterView{};
    if (const auto wait = looks_.wait_s(caller.id); wait > 0) return Error{Errc::too_often, "roster_too_often", {}, static_cast<std::uint32_t>(wait)};
    const auto index = tracing_.index();
    if (!index) return index.error();
    auto view = rosters_.find(reader, *directory, *site, **index, {asked, question.name});
    auto status = run_and_wait(writer_, [&](WriteContext& context) -> kit::Status {
        context.audit({caller.id, "roster_asked", {}, audit_detail({{"site", ref}, {"initials", asked}, {"found", std::to_string(view.people.size())}})});
        return kit::Done{};
    }, /*may_use_reserve=*/true);
    if (!status) return status.error();
    return view;
}

}  // namespace chayan::service
