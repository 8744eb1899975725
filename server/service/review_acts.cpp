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

constexpr const char* found_by_rules = "found by the rules";

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

/// Two statements that something held together from that event on.
struct Tied {
    RegistrationId a, b;
    std::uint64_t since = 0;   ///< 0: from when both were there
};

/// Where the rules parted a person, what had held both sides together holds no more, and each side was one by itself.
void part(std::vector<Tied>& held, const std::vector<storage::PersonEvent>& events) {
    for (const auto& event : events) {
        if (event.kind != storage::PersonEventKind::split || !event.by.is_none()) continue;
        const auto left = [&](RegistrationId one) { return std::find(event.registrations.begin(), event.registrations.end(), one) != event.registrations.end(); };
        std::vector<RegistrationId> stayed;
        std::erase_if(held, [&](const Tied& tied) {
            if (tied.since > event.seq || event.upto < std::max(tied.a, tied.b) || left(tied.a) == left(tied.b)) return false;
            stayed.push_back(left(tied.a) ? tied.b : tied.a);
            return true;
        });
        for (const std::vector<RegistrationId>& side : {event.registrations, stayed})
            for (const auto one : side) held.push_back({side.front(), one, event.seq});
    }
}

/// What holds statements together besides the merge that is taken back: whom each was joined to, what else humans say or the rules found, whom a correction made one. A statement
/// that is not among them, for somebody has split it off, holds nothing. Reads all events: decisions are seldom taken back.
Ties ties_of(WriteContext& context, const ReviewRow& taken_back, const std::vector<RegistrationId>& statements) {
    const auto is_theirs = [&](RegistrationId one) { return std::binary_search(statements.begin(), statements.end(), one); };
    std::vector<Tied> held;
    auto& registry = context.store().registry();
    const auto events = registry.person_events();
    for (const auto one : statements)
        if (const auto row = registry.registration(one); row && !row->link_to.is_none()) held.push_back({one, row->link_to});
    for (const auto& event : events) {
        if (event.kind != storage::PersonEventKind::merge || !event.by.is_none() || event.reason == found_by_rules) continue;   // that is told by its review
        const auto why = is_theirs(event.upto) ? registry.registration(event.upto) : std::nullopt;
        for (const auto one : event.registrations)
            if (why && is_theirs(one) && is_reason(context, *why, one)) held.push_back({one, why->id, event.seq});
    }
    part(held, events);
    Ties ties;
    for (const auto& [a, b, since] : held)
        if (is_theirs(a) && is_theirs(b)) tie(ties, a, b);
    for (const auto one : statements)
        for (const auto& review : context.store().links().reviews_with(one))
            if (review.state == ReviewState::same && review.id != taken_back.id && is_theirs(review.a) && is_theirs(review.b)) tie(ties, review.a, review.b);
    return ties;
}

/// These, and whoever is tied to them.
std::set<RegistrationId> tied_to(const Ties& ties, std::vector<RegistrationId> waiting) {
    std::set<RegistrationId> found;
    while (!waiting.empty()) {
        const auto one = waiting.back();
        waiting.pop_back();
        if (!found.insert(one).second) continue;
        if (const auto tied = ties.find(one); tied != ties.end()) waiting.insert(waiting.end(), tied->second.begin(), tied->second.end());
    }
    return found;
}

/// Of a person's statements those that a merge had brought, and whoever came to them since; not those that something else holds with the side they had come to.
std::vector<RegistrationId> brought_by(WriteContext& context, const ReviewRow& row, const std::vector<RegistrationId>& moved, PersonNo person) {
    const auto& all = context.directory().people->registrations_of(person);
    const auto ties = ties_of(context, row, all);
    const bool came_with_a = std::find(moved.begin(), moved.end(), row.a) != moved.end();
    const auto brought = tied_to(ties, moved), staying = tied_to(ties, {came_with_a ? row.b : row.a});
    std::vector<RegistrationId> found;
    for (const auto one : all)
        if (brought.contains(one) && !staying.contains(one)) found.push_back(one);
    return found;
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

void join_by_rules(WriteContext& context, const Vault& vault, RegistrationId one, const Likely& other) {
    if (context.directory().people->person_of(one) == context.directory().people->person_of(other.statement)) return;
    const auto known = context.store().links().review_of(one, other.statement);
    auto row = known ? *known : new_review(vault, one, other.statement, context.now());
    if (!known) {
        row.kind = other.kind;
        row.weight = other.weight;
        row.reasons = other.reasons;
    }
    if (!make_one(context, row, {}, found_by_rules)) return;
    row.state = ReviewState::same;
    row.decided = context.now();
    context.store().links().put(row);
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
