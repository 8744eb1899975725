// SPDX-License-Identifier: Apache-2.0
#include "service/person_events.hpp"

#include "kit/check.hpp"

namespace chayan::service {
namespace {

storage::PersonEvent event_of(WriteContext& context, storage::PersonEventKind kind, domain::PersonNo from, domain::PersonNo into, domain::OperatorId by,
                              const char* reason) {
    storage::PersonEvent event;
    event.kind = kind;
    event.from = from;
    event.into = into;
    event.at = context.now();
    event.by = by;
    event.reason = reason;
    event.upto = context.store().registry().last_registration();
    return event;
}

}  // namespace

void settle_reviews(WriteContext& context, const std::vector<domain::RegistrationId>& moved) {
    const auto& people = *context.directory().people;
    auto& links = context.store().links();
    for (const auto one : moved)
        for (auto row : links.reviews_with(one)) {
            const auto a = people.person_of(row.a), b = people.person_of(row.b);
            const bool is_asked_again = a != b && row.kind != storage::ReviewKind::split && may_be_one(people, a, b);
            const bool is_answered = a == b || !may_be_one(people, a, b);
            const bool is_of_rules = row.state == storage::ReviewState::same && row.by.is_none();   // what they joined they part
            if (row.state == storage::ReviewState::open && is_answered) row.state = storage::ReviewState::settled;
            else if ((row.state == storage::ReviewState::settled || is_of_rules) && is_asked_again) row.state = storage::ReviewState::open;
            else continue;
            if (is_of_rules) {
                row.decided = {};
                row.event = 0;
            }
            links.put(row);
        }
}

std::uint64_t merge_persons(WriteContext& context, domain::PersonNo from, domain::PersonNo into, domain::OperatorId by, const char* reason) {
    auto event = event_of(context, storage::PersonEventKind::merge, from, into, by, reason);
    event.registrations = context.directory().people->registrations_of(from);
    const auto number = context.store().registry().append(event);
    context.touch(from);
    context.touch(into);
    context.edit_people().merge(from, into);
    settle_reviews(context, context.directory().people->registrations_of(into));
    return number;
}

std::uint64_t split_person(WriteContext& context, const std::vector<domain::RegistrationId>& statements, domain::PersonNo person, domain::OperatorId by,
                           const char* reason) {
    CHECK(!statements.empty());
    const auto& people = *context.directory().people;
    auto event = event_of(context, storage::PersonEventKind::split, people.person_of(statements.front()), person, by, reason);
    event.registrations = statements;
    for (const auto one : statements) context.touch(people.person_of(one));
    context.touch(person);
    const auto number = context.store().registry().append(event);
    context.edit_people().split(statements, person);
    settle_reviews(context, statements);
    return number;
}

}  // namespace chayan::service
