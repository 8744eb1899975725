// SPDX-License-Identifier: Apache-2.0
#include "service/rosters.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "domain/han.hpp"
#include "domain/name.hpp"
#include "kit/limits.hpp"
#include "service/gate_codes.hpp"
#include "service/linker.hpp"
#include "service/registrar.hpp"

namespace chayan::service {
namespace {

constexpr std::uint8_t village_digits = 12;

/// Does the site guard the division that it lies in? Then whom a roster places there is at home behind it.
bool is_gate_of_home(const storage::SiteRow& site) {
    const bool is_gate = site.category == domain::Category::village || site.category == domain::Category::community;
    return is_gate && site.division.digits == village_digits;
}

/// The statement that stands for a person at the gate: the first that their phone has not corrected since, of a credential that is good.
std::optional<domain::RegistrationId> statement_of(const Directory& directory, domain::PersonNo person) {
    const auto& people = *directory.people;
    for (const auto one : people.registrations_of(person)) {
        const bool holds = !people.is_of_holder(one) || people.statement_before(domain::ever_after, one) == one;
        if (holds && directory.may_scan(one) && directory.may_scan(people.holder_of(one))) return one;
    }
    return std::nullopt;
}

}  // namespace

std::string initials_of(const domain::Name& name) {
    std::string initials;
    bool is_first = true;
    for (const char c : domain::sound_of(domain::fold_name(name))) {
        if (is_first && c >= 'a' && c <= 'z') initials.push_back(c);
        is_first = c == ' ';
    }
    return initials;
}

std::int64_t RosterLooks::wait_s(domain::OperatorId by) {
    const auto now = clock_.now().s;
    return counts_.with([&](Counts& counts) -> std::int64_t {
        auto& count = counts[by];
        if (count.minute != now / 60) count.in_minute = 0;
        if (count.hour != now / 3600) count.in_hour = 0;
        count.minute = now / 60;
        count.hour = now / 3600;
        if (count.in_hour >= kit::roster_looks_hour_max) return 3600 - now % 3600;
        if (count.in_minute >= kit::roster_looks_minute_max) return 60 - now % 60;
        ++count.in_minute;
        ++count.in_hour;
        return 0;
    });
}

Rosters::Rosters(Vault& vault, const Clock& clock, domain::TimeZone zone) : vault_(vault), clock_(clock), zone_(std::move(zone)) {}

bool Rosters::has_roster(const storage::SiteRow& site) {
    switch (site.category) {
        case domain::Category::village:
        case domain::Category::community:
        case domain::Category::enterprise:
        case domain::Category::office:
        case domain::Category::school: return true;
        default: return false;   // a shop's, a clinic's and a road's people are not at home there
    }
}

Rosters::List Rosters::make(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site, const domain::ContactIndex& index) const {
    List list;
    list.made = clock_.now();
    std::map<domain::PersonNo, Entry> found;
    const auto& people = *directory.people;
    if (is_gate_of_home(site)) {
        for (const auto& place : reader.links().with_key(home_key(vault_, site.division), kit::roster_people_max)) {
            const auto person = people.person_of(place.registration);
            if (!person.is_none()) found[person] = {{}, place.registration, person, 0};
        }
    }
    const domain::Interval fortnight{list.made - kit::roster_days * 86'400, list.made + 1};
    for (const auto& passage : index.passages(site.id, fortnight, [](domain::PersonNo person) { return person.value; })) {
        const auto person = people.resolve(passage.person);
        const auto known = found.find(person);
        const bool comes_again = passage.scans >= kit::roster_passes_min && passage.last - passage.first >= 86'400;
        if (known != found.end()) known->second.passes = passage.scans;
        else if (comes_again && found.size() < kit::roster_people_max)
            if (const auto one = statement_of(directory, person)) found[person] = {{}, *one, person, passage.scans};
    }
    for (auto& [person, entry] : found) {
        const auto profile = profile_of(reader, vault_, people, person);
        if (!profile || !directory.may_scan(entry.registration)) continue;
        const auto initials = initials_of(profile->name);
        std::copy_n(initials.begin(), std::min(initials.size(), sizeof entry.initials - 1), entry.initials);
        list.entries.push_back(entry);
    }
    std::sort(list.entries.begin(), list.entries.end(), [](const Entry& a, const Entry& b) { return std::tuple(b.passes, a.person) < std::tuple(a.passes, b.person); });
    return list;
}

std::shared_ptr<const Rosters::List> Rosters::list_of(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site,
                                                      const domain::ContactIndex& index) {
    auto list = lists_.with([&](Lists& lists) {
        const auto found = lists.find(site.id);
        return found == lists.end() ? nullptr : found->second;
    });
    if (list && clock_.now() - list->made < kit::roster_kept_s) return list;
    list = std::make_shared<const List>(make(reader, directory, site, index));
    lists_.with([&](Lists& lists) {
        if (lists.size() >= kit::rosters_kept_max) lists.erase(std::min_element(lists.begin(), lists.end(), [](const auto& a, const auto& b) { return a.second->made < b.second->made; }));
        lists[site.id] = list;
    });
    return list;
}

RosterPerson Rosters::person_of(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site, const Entry& entry) const {
    RosterPerson person;
    const auto profile = profile_of(reader, vault_, *directory.people, directory.people->person_of(entry.registration));
    if (!profile) return person;
    person.card = roster_card_of(vault_, entry.registration, site.id);
    person.name = profile->name.shown;
    if (profile->document) person.document_number = domain::mask_document_number(profile->document->number);
    if (profile->birth_date) person.age = static_cast<std::int32_t>((zone_.local_day(clock_.now()).number - profile->birth_date->number) / 365.2425);
    return person;
}

RosterView Rosters::find(storage::Connection& reader, const Directory& directory, const storage::SiteRow& site, const domain::ContactIndex& index,
                         const RosterQuestion& question) {
    RosterView view;
    view.is_kept = has_roster(site);
    if (!view.is_kept) return view;
    const auto list = list_of(reader, directory, site, index);
    const auto wanted = domain::fold_name({question.name});
    std::set<domain::PersonNo> told;   // who was merged since the list was made is told once
    for (const auto& entry : list->entries) {
        if (!std::string_view(entry.initials).starts_with(question.initials) || !directory.may_scan(entry.registration)) continue;
        if (view.people.size() == kit::roster_rows_max) {
            view.has_more = true;
            break;
        }
        if (!told.insert(directory.people->person_of(entry.registration)).second) continue;
        auto person = person_of(reader, directory, site, entry);
        if (!person.card.empty() && domain::fold_name({person.name}).starts_with(wanted)) view.people.push_back(std::move(person));
    }
    return view;
}

}  // namespace chayan::service
