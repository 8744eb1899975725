// SPDX-License-Identifier: Apache-2.0
#include "service/directory.hpp"

#include <algorithm>
#include <limits>

#include "storage/store.hpp"

namespace chayan::service {
namespace {

/// The number alone is not unique: 130682 and 130682000000 differ in digits.
std::uint64_t key_of(domain::DivisionCode code) { return code.number * 16 + code.digits; }

/// What contradicts itself is refused before anything is derived from it.
[[noreturn]] void refuse(const std::string& what) {
    throw storage::StoreError(storage::StoreError::Kind::corrupt, what + ". Keep the data folder as it is and restore a backup");
}

void refuse_lost_places(const domain::Sites& sites) {
    for (domain::SiteId id{1}; id.value < sites.size(); ++id.value)
        if (sites.contains(id) && !sites.contains(sites[id].place)) refuse("site " + std::to_string(id.value) + " belongs to a place that is not there");
}

}  // namespace

void Divisions::put(storage::DivisionRow row) {
    const auto key = key_of(row.code);
    if (const auto old = by_code_.find(key); old != by_code_.end()) {
        auto [begin, end] = by_name_.equal_range(old->second.name);
        for (auto at = begin; at != end; ++at) {
            if (at->second != key) continue;
            by_name_.erase(at);
            break;
        }
    }
    by_name_.emplace(row.name, key);
    by_code_[key] = std::move(row);
}

const storage::DivisionRow* Divisions::find(domain::DivisionCode code) const {
    const auto found = by_code_.find(key_of(code));
    return found == by_code_.end() ? nullptr : &found->second;
}

const storage::DivisionRow* Divisions::find(std::string_view code_or_name) const {
    if (const auto code = domain::parse_division_code(code_or_name)) return find(*code);
    const std::string name(code_or_name);
    if (by_name_.count(name) != 1) return nullptr;
    return &by_code_.at(by_name_.find(name)->second);
}

bool Divisions::reaches(domain::DivisionCode code) const {
    return std::any_of(by_code_.begin(), by_code_.end(), [&](const auto& held) {
        return domain::is_within(code, held.second.code) || domain::is_within(held.second.code, code);
    });
}

const storage::SiteRow* Directory::site(domain::SiteId id) const {
    return id.value < site_rows.size() ? site_rows[id.value].get() : nullptr;
}

const storage::SiteRow* Directory::site(std::string_view ref) const {
    const auto id = sites->find(ref);
    return id ? site(*id) : nullptr;
}

bool Directory::may_scan(domain::RegistrationId registration) const {
    return !people->person_of(registration).is_none() && !revoked->contains(registration);
}

std::string division_name(const Directory& directory, domain::DivisionCode code) {
    const auto* own = directory.divisions->find(code);
    if (own == nullptr) return {};
    constexpr std::size_t township_digits = 9;
    const std::string text(domain::DivisionText{code});
    const auto* township = text.size() > township_digits ? directory.divisions->find(std::string_view(text).substr(0, township_digits)) : nullptr;
    return township == nullptr || township == own ? own->name : township->name + own->name;
}

std::string* member_of(OfficeWords& words, std::string_view word) {
    if (word == "name") return &words.name;
    if (word == "hotline") return &words.hotline;
    return word == "filing" ? &words.filing : nullptr;
}

domain::SiteRules rules_of(const storage::SiteRow& row) {
    domain::SiteRules rules;
    rules.ref = row.ref;
    rules.place = row.place;
    rules.category = row.category;
    rules.division = row.division;
    rules.longitude = row.longitude;
    rules.latitude = row.latitude;
    rules.stays = row.stays;
    return rules;
}

domain::People load_people(storage::Connection& connection, domain::Instant upto) {
    domain::People people;
    const auto events = connection.registry().person_events();
    auto next = events.begin();
    // Who came after an event was placed by what it made; the other way round a merge would take in whoever came after its undoing.
    const auto apply_before = [&](domain::RegistrationId registration) {
        for (; next != events.end() && next->upto < registration && next->at <= upto; ++next) {
            if (next->kind == storage::PersonEventKind::merge) people.merge(next->from, next->into);
            else people.split(next->registrations, next->into);
        }
    };
    // A clock that was set back makes later registrations look earlier: what is told ends with the first that is later, and no event of those after it counts.
    domain::RegistrationId end{std::numeric_limits<std::uint64_t>::max()};
    connection.registry().read_placements([&](std::span<const storage::Placement> placements) {
        for (const auto& row : placements) {
            if (row.at > upto) end = std::min(end, row.registration);
            if (row.registration >= end) return;
            apply_before(row.registration);
            people.place(row.registration, row.person, row.holder, row.corrected, row.has_document);
        }
    });
    apply_before(end);
    for (const auto& review : connection.links().reviews(storage::ReviewState::distinct)) say_distinct(people, review.a, review.b);
    for (const auto& row : connection.links().verifications())
        if (row.registration < end && row.at <= upto) mark_seen(people, row.registration);
    return people;
}

OfficeWords read_office(const std::vector<storage::OfficeWord>& kept) {
    OfficeWords words;
    for (const auto& [word, value] : kept)
        if (auto* const member = member_of(words, word)) *member = value;
    return words;
}

Directory load_directory(storage::Connection& connection) {
    Directory directory;
    auto divisions = std::make_shared<Divisions>();
    for (auto& row : connection.sites().divisions()) divisions->put(std::move(row));
    directory.divisions = std::move(divisions);

    auto sites = std::make_shared<domain::Sites>();
    for (auto& row : connection.sites().sites()) {
        if (row.stays.empty()) refuse("site " + std::to_string(row.id.value) + " has lost its rules of stay");
        if (row.place.is_none()) refuse("site " + std::to_string(row.id.value) + " belongs to no place");
        sites->put(row.id, rules_of(row));
        directory.site_rows.grow_to_hold(row.id.value);
        const auto id = row.id.value;
        directory.site_rows.edit(id) = std::make_shared<const storage::SiteRow>(std::move(row));
    }
    refuse_lost_places(*sites);
    directory.sites = std::move(sites);

    auto people = std::make_shared<domain::People>(load_people(connection, domain::ever_after));
    directory.people = std::move(people);

    auto revoked = std::make_shared<std::unordered_set<domain::RegistrationId>>();
    for (const auto& row : connection.registry().revocations()) revoked->insert(row.registration);
    directory.revoked = std::move(revoked);
    directory.office = std::make_shared<const OfficeWords>(read_office(connection.sites().office()));
    return directory;
}

}  // namespace chayan::service
