// SPDX-License-Identifier: Apache-2.0
#include "service/registrar.hpp"

#include <algorithm>
#include <set>

#include "kit/limits.hpp"
#include "service/linker.hpp"
#include "service/person_events.hpp"
#include "service/review_acts.hpp"

namespace chayan::service {
namespace {

using domain::RegistrationId;
using storage::RegistrationRow;
using storage::StatementQuery;
using By = StatementQuery::By;

/// With the keys by which it is looked for, and nothing else.
RegistrationRow row_of(const Vault& vault, const domain::Statement& statement) {
    RegistrationRow row;
    row.name = vault.blind(BlindKind::name, domain::fold_name(statement.name));
    if (statement.document) row.document = vault.blind(BlindKind::document, domain::document_key(*statement.document));
    if (statement.phone) row.phone = vault.blind(BlindKind::phone, statement.phone->e164);
    return row;
}

bool fits(const StatementQuery& query, const RegistrationRow& row) {
    if (query.by == By::phone_and_name) return row.phone == query.key && row.name == query.name;
    return row.document == query.key && (query.by == By::document || row.name == query.name);
}

/// What a phone has corrected to something that does not fit names somebody else.
bool stands(storage::Connection& connection, const domain::People& people, const StatementQuery& query, domain::RegistrationId statement) {
    if (!people.is_of_holder(statement)) return true;
    const auto now = people.statement_before(domain::ever_after, statement);
    if (now == statement) return true;
    const auto row = connection.registry().registration(now);
    return row && fits(query, *row);
}

/// Nobody else's statement names them: not another phone's, a roster's, nor this phone's of a dependant.
bool is_named_by_holder_alone(const domain::People& people, domain::PersonNo person, domain::RegistrationId holder) {
    const auto& all = people.registrations_of(person);
    return std::all_of(all.begin(), all.end(), [&](domain::RegistrationId one) {
        return people.holder_of(one) == holder && people.is_of_holder(one);
    });
}

/// The oldest statement that fits and stands, of `place` and what comes after it: of one person, or by id.
std::optional<domain::RegistrationId> first_standing(storage::Connection& connection, const domain::People& people, const StatementQuery& query,
                                                     std::optional<storage::StatementPlace> place) {
    for (; place; place = connection.registry().next_statement(query, *place))
        if (stands(connection, people, query, place->registration)) return place->registration;
    return std::nullopt;
}

std::optional<domain::RegistrationId> oldest_standing(storage::Connection& connection, const domain::People& people, const StatementQuery& query) {
    auto& registry = connection.registry();
    auto place = registry.next_statement(query, {});
    if (query.by != By::document_and_name) return first_standing(connection, people, query, place);
    std::optional<domain::RegistrationId> oldest;
    for (; place; place = registry.next_statement(query, {{}, place->person})) {
        const auto found = first_standing(connection, people, query, place);
        if (found && (!oldest || *found < *oldest)) oldest = found;
    }
    return oldest;
}

/// Oldest first; whose document staff have seen speaks first, then who gives one, what was corrected since last.
std::vector<domain::Statement> statements_of(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                             domain::PersonNo person) {
    std::vector<domain::Statement> seen, statements, corrected;
    for (const auto registration : people.registrations_of(person)) {
        const auto row = connection.registry().registration(registration);
        if (!row) continue;
        auto statement = open_statement(vault, *row);
        if (!statement) continue;
        const bool holds = !people.is_of_holder(registration) || people.statement_before(domain::ever_after, registration) == registration;
        (is_seen(people, registration) && holds ? seen : holds ? statements : corrected).push_back(*std::move(statement));
    }
    std::stable_partition(statements.begin(), statements.end(), [](const auto& statement) { return statement.document.has_value(); });
    std::move(statements.begin(), statements.end(), std::back_inserter(seen));
    std::move(corrected.begin(), corrected.end(), std::back_inserter(seen));
    return seen;
}

}  // namespace

Registered register_statement(WriteContext& context, Vault& vault, const domain::Statement& statement, const RegistrationOrigin& origin) {
    auto row = row_of(vault, statement);
    row.origin = origin.origin;
    row.by = origin.by;
    row.notice_version = origin.notice_version;
    row.at = context.now();
    row.holder = origin.holder;
    row.is_correction = origin.is_correction;
    const auto found = arrange(context, vault, statement, row);
    for (const auto& part : found.leaving) split_person(context, part, context.next_person(), {}, "fits several");
    Registered registered;
    registered.candidates = found.candidates;
    registered.matched = !found.joined.statement.is_none();
    if (registered.matched) {
        row.link_to = found.joined.statement;
        row.link_reason = found.joined.reasons;
    }
    row.person = registered.matched ? context.directory().people->person_of(row.link_to) : context.next_person();
    registered.registration = row.id = context.next_registration();
    row.holder = origin.holder.is_none() ? row.id : origin.holder;
    row.profile = vault.seal(SealKind::profile, associated_data(row), domain::encode_statement(statement));
    context.store().registry().append(row);
    append_link_keys(context, vault, statement, row);
    if (row.origin == storage::Origin::roster && statement.division) context.store().links().append(home_key(vault, *statement.division), {row.id, row.person});
    context.edit_people().place(row.id, row.person, row.holder, row.is_correction ? row.at : domain::Instant{}, row.document.has_value());
    for (const auto& pair : found.joins) join_by_rules(context, vault, pair.one.is_none() ? row.id : pair.one, pair.other);
    registered.person = context.directory().people->person_of(row.id);
    if (registered.matched) context.touch(registered.person);
    for (const auto& pair : found.parted) registered.reviews += ask_about(context, vault, pair.one, {pair.other});
    registered.reviews += ask_about(context, vault, row.id, found.likely);
    return registered;
}

std::vector<domain::PersonNo> match_statement(WriteContext& context, const Vault& vault, const domain::Statement& statement) {
    return arrange(context, vault, statement, row_of(vault, statement)).persons;
}

Registered correct_statement(WriteContext& context, Vault& vault, domain::RegistrationId holder, const domain::Statement& statement,
                             std::int32_t notice_version) {
    const auto corrected = context.directory().people->statement_before(domain::ever_after, holder);
    const auto registered = register_statement(context, vault, statement, {storage::Origin::phone, {}, notice_version, holder, true});
    const auto& people = *context.directory().people;
    const auto before = people.person_of(corrected);
    const bool are_own = is_named_by_holder_alone(people, before, holder) && is_named_by_holder_alone(people, registered.person, holder);
    if (before != registered.person && are_own && may_be_one(people, before, registered.person)) merge_persons(context, before, registered.person, {}, "correction");
    return registered;
}

std::optional<domain::RegistrationId> find_by_document(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                                       const domain::Document& document, const std::optional<domain::Name>& name) {
    StatementQuery query{By::document, vault.blind(BlindKind::document, domain::document_key(document)), {}};
    if (name) query = {By::document_and_name, query.key, vault.blind(BlindKind::name, domain::fold_name(*name))};
    return oldest_standing(connection, people, query);
}

std::optional<domain::RegistrationId> find_by_phone(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                                    const domain::Phone& phone, const domain::Name& name) {
    return oldest_standing(connection, people, {By::phone_and_name, vault.blind(BlindKind::phone, phone.e164),
                                                vault.blind(BlindKind::name, domain::fold_name(name))});
}

std::optional<domain::Statement> profile_of(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                            domain::PersonNo person) {
    auto statements = statements_of(connection, vault, people, person);
    if (statements.empty()) return std::nullopt;
    auto profile = std::move(statements.front());
    for (const auto& other : statements) {
        if (!profile.phone) profile.phone = other.phone;
        if (!profile.birth_date) profile.birth_date = other.birth_date;
        if (profile.sex == domain::Sex::unknown) profile.sex = other.sex;
        if (!profile.division) profile.division = other.division;
        if (profile.address.empty()) profile.address = other.address;
        if (profile.household.empty()) profile.household = other.household;
        if (profile.workplace.empty()) profile.workplace = other.workplace;
    }
    return profile;
}

Registrar::Registrar(Writer& writer, Vault& vault) : writer_(writer), vault_(vault) {}

void Registrar::register_resident(domain::Statement statement, std::int32_t notice_version,
                                  std::function<void(kit::Result<std::string>)> done) {
    const auto registration = std::make_shared<domain::RegistrationId>();
    Command command;
    command.apply = [this, statement = std::move(statement), notice_version, registration](WriteContext& context) -> kit::Status {
        *registration = register_statement(context, vault_, statement, {storage::Origin::phone, {}, notice_version}).registration;
        return kit::Done{};
    };
    command.done = [this, registration, done](const kit::Status& status) {
        if (status) done(vault_.credential(*registration));
        else done(status.error());
    };
    if (!writer_.submit(std::move(command))) done(kit::Error{kit::Errc::busy, "busy", {}, kit::retry_after_s});
}

}  // namespace chayan::service
