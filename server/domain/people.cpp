// SPDX-License-Identifier: Apache-2.0
#include "domain/people.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "kit/check.hpp"

namespace chayan::domain {

People::Member& People::member(PersonNo person) {
    CHECK(!person.is_none());
    members_.grow_to_hold(person.value);
    return members_.edit(person.value);
}

void People::place(RegistrationId registration, PersonNo person, RegistrationId holder, Instant corrected, bool has_document) {
    CHECK(!registration.is_none() && !holder.is_none());
    CHECK(corrected.s == 0 || (corrected.s > 0 && corrected.s <= std::numeric_limits<std::uint32_t>::max() && holder != registration));
    CHECK(person_of(registration).is_none());
    member(person).is_seen = true;
    const PersonNo today = resolve(person);

    places_.grow_to_hold(std::max(registration.value, holder.value));
    auto& placed = places_.edit(registration.value);
    placed.person = today;
    placed.holder = holder;
    placed.corrected_s = static_cast<std::uint32_t>(corrected.s);
    if (holder != registration) {
        auto& held_by = places_.edit(holder.value);
        const auto next = held_by.next_of_phone.is_none() ? holder : held_by.next_of_phone;
        CHECK(held_by.holder.is_none() || held_by.holder == holder);
        held_by.next_of_phone = registration;
        places_.edit(registration.value).next_of_phone = next;
    }
    auto& joined = member(today);
    joined.has_document |= has_document;
    auto& own = joined.registrations;
    own.insert(std::lower_bound(own.begin(), own.end(), registration), registration);
    ++registration_count_;
}

void People::merge(PersonNo from, PersonNo into) {
    CHECK(from != into);
    CHECK(resolve(from) == from && resolve(into) == into && !from.is_none() && !into.is_none());
    auto leaving = std::move(member(from).registrations);
    member(from).registrations.clear();
    member(from).merged_into = into;
    member(into).has_document |= members_[from.value].has_document;
    member(into).is_split |= members_[from.value].is_split;
    auto& staying = member(into).registrations;
    for (const auto registration : leaving) places_.edit(registration.value).person = into;
    const auto middle = static_cast<std::ptrdiff_t>(staying.size());
    staying.insert(staying.end(), leaving.begin(), leaving.end());
    std::inplace_merge(staying.begin(), staying.begin() + middle, staying.end());
}

void People::split(const std::vector<RegistrationId>& registrations, PersonNo person) {
    CHECK(registrations_of(person).empty());
    member(person).is_seen = true;
    member(person).is_split = true;
    member(person).merged_into = PersonNo{};
    for (const auto registration : registrations) {
        const PersonNo old = person_of(registration);
        CHECK(!old.is_none());
        member(old).is_split = true;
        auto& left = member(old).registrations;
        left.erase(std::lower_bound(left.begin(), left.end(), registration));
        places_.edit(registration.value).person = person;
        auto& own = member(person).registrations;
        own.insert(std::lower_bound(own.begin(), own.end(), registration), registration);
    }
}

PersonNo People::person_of(RegistrationId registration) const {
    return registration.value < places_.size() ? places_[registration.value].person : PersonNo{};
}

RegistrationId People::holder_of(RegistrationId registration) const {
    return registration.value < places_.size() ? places_[registration.value].holder : RegistrationId{};
}

std::vector<RegistrationId> People::of_one_phone(RegistrationId registration) const {
    std::vector<RegistrationId> found;
    const auto holder = holder_of(registration);
    if (holder.is_none()) return found;
    auto at = holder;
    do {
        // A holder may be named before its own registration is placed; until then it is only the ring's anchor.
        if (places_[at.value].holder == holder) found.push_back(at);
        at = places_[at.value].next_of_phone;
    } while (!at.is_none() && at != holder);
    std::sort(found.begin(), found.end());
    return found;
}

bool People::is_of_holder(RegistrationId registration) const {
    const auto holder = holder_of(registration);
    return !holder.is_none() && (holder == registration || places_[registration.value].corrected_s != 0);
}

RegistrationId People::statement_before(Instant at, RegistrationId registration) const {
    const auto holder = holder_of(registration);
    if (holder.is_none()) return holder;
    auto last = std::pair(std::uint32_t{0}, holder);   // of two corrections in one second the later registration
    for (auto next = places_[holder.value].next_of_phone; !next.is_none() && next != holder; next = places_[next.value].next_of_phone) {
        const auto since = places_[next.value].corrected_s;
        if (since != 0 && since < at.s) last = std::max(last, std::pair(since, next));
    }
    return last.second;
}

PersonNo People::resolve(PersonNo person) const {
    if (person.value >= members_.size() || !members_[person.value].is_seen) return {};
    while (!members_[person.value].merged_into.is_none()) person = members_[person.value].merged_into;
    return person;
}

const std::vector<RegistrationId>& People::registrations_of(PersonNo person) const {
    static const std::vector<RegistrationId> nothing;
    return person.value < members_.size() ? members_[person.value].registrations : nothing;
}

std::optional<bool> has_document(const People& people, PersonNo person) {
    if (person.value >= people.members_.size()) return false;
    const auto* member = &people.members_[person.value];
    while (!member->is_split && !member->merged_into.is_none()) member = &people.members_[member->merged_into.value];
    return member->is_split ? std::nullopt : std::optional(member->has_document);
}

void mark_seen(People& people, RegistrationId registration) {
    people.seen_.grow_to_hold(registration.value);
    people.seen_.edit(registration.value) = 1;
}

bool is_seen(const People& people, RegistrationId registration) { return registration.value < people.seen_.size() && people.seen_[registration.value] != 0; }

void say_distinct(People& people, RegistrationId a, RegistrationId b, bool are_distinct) {
    CHECK(a != b);
    auto changed = std::make_shared<People::Distinct>(*people.distinct_);
    for (const auto& [one, other] : {std::pair(a, b), std::pair(b, a)}) {
        auto& others = (*changed)[one];
        std::erase(others, other);
        if (are_distinct) others.push_back(other);
        if (others.empty()) changed->erase(one);
    }
    people.distinct_ = std::move(changed);
}

bool may_be_one(const People& people, PersonNo a, PersonNo b) {
    if (people.distinct_->empty()) return true;
    if (people.registrations_of(a).size() > people.registrations_of(b).size()) std::swap(a, b);
    for (const auto one : people.registrations_of(a)) {
        const auto found = people.distinct_->find(one);
        if (found == people.distinct_->end()) continue;
        for (const auto other : found->second)
            if (people.person_of(other) == b) return false;
    }
    return true;
}

void forget(People& people, const std::vector<RegistrationId>& registrations, const std::vector<PersonNo>& persons) {
    std::shared_ptr<People::Distinct> distinct;   // somebody said so of few: copied only when it is one of these
    const auto tell_distinct = [&](RegistrationId one) {
        const auto& known = distinct ? *distinct : *people.distinct_;
        const auto said = known.find(one);
        if (said == known.end()) return;
        const auto others = said->second;
        if (!distinct) distinct = std::make_shared<People::Distinct>(*people.distinct_);
        distinct->erase(one);
        for (const auto other : others) {
            const auto back = distinct->find(other);
            if (back == distinct->end()) continue;
            std::erase(back->second, one);
            if (back->second.empty()) distinct->erase(back);
        }
    };
    for (const auto one : registrations) {
        CHECK(!people.person_of(one).is_none());
        people.places_.edit(one.value) = {};
        if (is_seen(people, one)) people.seen_.edit(one.value) = 0;
        tell_distinct(one);
    }
    for (const auto person : persons)
        if (person.value < people.members_.size()) people.members_.edit(person.value) = {};
    people.registration_count_ -= registrations.size();
    if (distinct) people.distinct_ = std::move(distinct);
}

}  // namespace chayan::domain
