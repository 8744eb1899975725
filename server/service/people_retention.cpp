// SPDX-License-Identifier: Apache-2.0
#include "service/people_retention.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

namespace chayan::service {
namespace {

/// Person numbers that are bound to each other. Numbers have gaps of any width: restores skip ahead.
class Bonds {
public:
    Bonds(std::span<const storage::Placement> placements, std::span<const storage::PersonEvent> events) {
        numbers_.reserve(placements.size() + 2 * events.size());
        for (const auto& row : placements) numbers_.push_back(row.person.value);
        for (const auto& event : events) numbers_.insert(numbers_.end(), {event.from.value, event.into.value});
        std::sort(numbers_.begin(), numbers_.end());
        numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
        above_.resize(numbers_.size());
        std::iota(above_.begin(), above_.end(), 0U);
    }
    std::uint32_t group_of(domain::PersonNo person) {
        auto at = static_cast<std::uint32_t>(std::lower_bound(numbers_.begin(), numbers_.end(), person.value) - numbers_.begin());
        while (above_[at] != at) at = above_[at] = above_[above_[at]];
        return at;
    }
    void bind(domain::PersonNo a, domain::PersonNo b) { above_[group_of(b)] = group_of(a); }
    std::size_t size() const { return numbers_.size(); }
    domain::PersonNo person(std::size_t at) const { return {numbers_[at]}; }

private:
    std::vector<std::uint32_t> numbers_, above_;
};

std::optional<domain::PersonNo> placed_in(std::span<const storage::Placement> placements, domain::RegistrationId registration) {
    const auto found = std::lower_bound(placements.begin(), placements.end(), registration, [](const storage::Placement& row, domain::RegistrationId id) { return row.registration < id; });
    return found != placements.end() && found->registration == registration ? std::optional(found->person) : std::nullopt;
}

}  // namespace

std::vector<storage::GoingPeople> people_to_go(std::span<const storage::Placement> placements, std::span<const storage::PersonEvent> events, const PeopleKept& kept,
                                               std::size_t most) {
    Bonds bonds(placements, events);
    const auto bind_to = [&](domain::PersonNo person, domain::RegistrationId other) {
        if (const auto its = placed_in(placements, other)) bonds.bind(*its, person);
    };
    for (const auto& row : placements)
        if (row.holder != row.registration) bind_to(row.person, row.holder);
    for (const auto& event : events) {
        bonds.bind(event.from, event.into);
        for (const auto one : event.registrations) bind_to(event.from, one);
    }
    std::vector<bool> is_kept(bonds.size(), false);
    for (const auto& row : placements) {
        const auto group = bonds.group_of(row.person);
        if (is_kept[group]) continue;
        is_kept[group] = (row.at >= kept.since && !kept.has_withdrawn(row.holder)) || kept.is_needed(row.registration);
    }
    std::vector<storage::GoingPeople> going;
    constexpr std::uint32_t none = ~0U;
    std::vector<std::uint32_t> place(bonds.size(), none);   // in `going`, of each group
    std::size_t statements = 0;
    for (const auto& row : placements) {   // by statement: a group stands where its first one does
        const auto group = bonds.group_of(row.person);
        if (is_kept[group]) continue;
        if (place[group] == none) {
            place[group] = static_cast<std::uint32_t>(going.size());
            going.emplace_back();
        }
        going[place[group]].registrations.push_back(row.registration);
    }
    std::size_t count = 0;
    while (count < going.size() && (count == 0 || statements + going[count].registrations.size() <= most)) statements += going[count++].registrations.size();
    going.resize(count);
    for (std::size_t at = 0; at < bonds.size(); ++at) {
        const auto in = place[bonds.group_of(bonds.person(at))];
        if (in < count) going[in].persons.push_back(bonds.person(at));
    }
    for (const auto& event : events) {
        const auto in = place[bonds.group_of(event.from)];
        if (in < count) going[in].events.push_back(event.seq);
    }
    return going;
}

}  // namespace chayan::service
