// SPDX-License-Identifier: Apache-2.0
#include "service/review_acts.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "kit/limits.hpp"
#include "service/person_events.hpp"

namespace chayan::service {
namespace {

using domain::PersonNo;
using domain::RegistrationId;
using kit::Errc;
using kit::Error;
using storage::ReviewKind;
using storage::ReviewRow;
using storage::ReviewState;

/// The older person stays: ids that were handed on go on naming it.
std::pair<PersonNo, PersonNo> younger_and_older(const domain::People& people, PersonNo a, PersonNo b) {
    const bool a_is_older = people.registrations_of(a).front() < people.registrations_of(b).front();
    return a_is_older ? std::pair(b, a) : std::pair(a, b);
}

using Ties = std::map<RegistrationId, std::vector<RegistrationId>>;

void tie(Ties& ties, RegistrationId a, RegistrationId b) {
    ties[a].push_back(b);
    ties[b].push_back(a);
}

/// The rules found two persons to be one because of `why`: was it for this statement of theirs?
bool is_reason(WriteContext& context, const storage::RegistrationRow& why, RegistrationId one) {
    const auto& people = *context.directory().people;
    if (people.holder_of(one) == people.holder_of(why.id)) return true;
    const auto row = context.store().registry().registration(one);
    return row && row->phone && row->phone == why.phone && row->name == why.name;
}

/// What holds statements together besides the merge that is taken back: whom each was joined to, what else humans say, whom the rules made one. Reads all events: decisions are
/// seldom taken back.
Ties ties_of(WriteContext& context, const ReviewRow& taken_back, const std::vector<RegistrationId>& statements) {
    Ties ties;
    auto& registry = context.store().registry();
    for (const auto one : statements) {
        if (const auto row = registry.registration(one); row && !row->link_to.is_none()) tie(ties, one, row->link_to);
        for (const auto& review : context.store().links().reviews_with(one))
            if (review.state == ReviewState::same && review.id != taken_back.id) tie(ties, review.a, review.b);
    }
    for (const auto& event : registry.person_events()) {
        if (event.kind != storage::PersonEventKind::merge || !event.by.is_none()) continue;
        const auto is_theirs = [&](RegistrationId one) { return std::binary_search(statements.begin(), statements.end(), one); };
        const auto why = is_theirs(event.upto) ? registry.registration(event.upto) : std::nullopt;
        for (const auto one : event.registrations)
            if (why && is_theirs(one) && is_reason(context, *why, one)) tie(ties, one, why->id);
    }
    return ties;
}

/// Of a person's statements those that a merge had brought, and whoever came to them since.
std::vector<RegistrationId> brought_by(WriteContext& context, const ReviewRow& row, const std::vector<RegistrationId>& moved, PersonNo person) {
    const auto& all = context.directory().people->registrations_of(person);
    const auto is_here = [&](RegistrationId one) { return std::binary_search(all.begin(), all.end(), one); };
    const auto ties = ties_of(context, row, all);
    std::set<RegistrationId> found;
    std::vector<RegistrationId> waiting(moved);
    while (!waiting.empty()) {
        const auto one = waiting.back();
        waiting.pop_back();
        if (!is_here(one) || !found.insert(one).second) continue;
        if (const auto tied = ties.find(one); tied != ties.end()) waiting.insert(waiting.end(), tied->second.begin(), tied->second.end());
    }
    return {found.begin(), found.end()};
}

}  // namespace

ReviewRow new_review(const Vault& vault, RegistrationId a, RegistrationId b, domain::Instant at) {
    ReviewRow row;
    std::tie(row.a, row.b) = std::minmax(a, b);
    row.id = vault.blind(BlindKind::review, std::to_string(row.a.value) + ':' + std::to_string(row.b.value));
    row.at = at;
    return row;
}

void part_again(WriteContext& context, const ReviewRow& row, const storage::PersonEvent& merge, domain::OperatorId by) {
    const auto& people = *context.directory().people;
    const auto person = people.person_of(row.a);
    if (person != people.person_of(row.b)) return;
    const auto leaving = brought_by(context, row, merge.registrations, person);
    if (leaving.empty() || leaving.size() == people.registrations_of(person).size()) return;
    const bool is_free = people.registrations_of(merge.from).empty() && people.resolve(merge.from) == person;
    split_person(context, leaving, is_free ? merge.from : context.next_person(), by, "decision taken back");
}

bool is_said_here_alone(const domain::People& people, const ReviewRow& row) {
    auto without = people;
    say_distinct(without, row.a, row.b, false);
    return may_be_one(without, without.person_of(row.a), without.person_of(row.b));
}

ReviewRow split_review(WriteContext& context, const Vault& vault, const std::vector<RegistrationId>& all, const std::set<RegistrationId>& leaving) {
    std::optional<ReviewRow> asked;
    for (const auto stays : all) {
        if (leaving.contains(stays)) continue;
        for (const auto leaves : leaving) {
            auto known = context.store().links().review_of(stays, leaves);
            if (!known || known->kind == ReviewKind::split) {   // a split that was taken back says nothing
                auto row = new_review(vault, stays, leaves, context.now());
                row.kind = ReviewKind::split;
                return row;
            }
            if (!asked) asked = std::move(known);
        }
    }
    return *asked;
}

bool give_two_documents(WriteContext& context, const ReviewRow& row) {
    const auto a = context.store().registry().registration(row.a), b = context.store().registry().registration(row.b);
    return a && b && a->document && b->document && a->document != b->document;
}

kit::Status make_one(WriteContext& context, ReviewRow& row, domain::OperatorId by, const char* reason) {
    const auto& people = *context.directory().people;
    const auto a = people.person_of(row.a), b = people.person_of(row.b);
    if (a == b) return kit::Done{};
    if (!may_be_one(people, a, b)) return Error{Errc::conflict, "review_contradicts"};
    const auto [from, into] = younger_and_older(people, a, b);
    row.event = merge_persons(context, from, into, by, reason);
    return kit::Done{};
}

std::size_t ask_about(WriteContext& context, const Vault& vault, RegistrationId statement, const std::vector<Likely>& likely) {
    const auto& people = *context.directory().people;
    std::size_t asked = 0;
    for (const auto& one : likely) {
        if (asked == kit::link_reviews_max) break;
        const auto waiting = context.store().links().reviews_with(one.statement);
        const auto open = std::count_if(waiting.begin(), waiting.end(), [](const ReviewRow& row) { return row.state == ReviewState::open; });
        if (static_cast<std::size_t>(open) >= kit::link_reviews_waiting_max) continue;   // whoever repeats somebody's number fills no queue
        const auto who = people.person_of(statement), other = people.person_of(one.statement);
        if (who == other || !may_be_one(people, who, other) || context.store().links().review_of(statement, one.statement)) continue;   // known, or said
        auto row = new_review(vault, statement, one.statement, context.now());
        row.kind = one.kind;
        row.weight = one.weight;
        row.reasons = one.reasons;
        context.store().links().put(row);
        ++asked;
    }
    return asked;
}

}  // namespace chayan::service
