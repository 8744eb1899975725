// SPDX-License-Identifier: Apache-2.0
#include "service/registrar.hpp"

#include <algorithm>

#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using storage::RegistrationRow;

bool has_document(storage::Connection& connection, const domain::People& people, domain::PersonNo person) {
    for (const auto registration : people.registrations_of(person)) {
        const auto row = connection.registry().registration(registration);
        if (row && row->document) return true;
    }
    return false;
}

/// With the keys by which it is looked for, and nothing else.
RegistrationRow row_of(const Vault& vault, const domain::Statement& statement) {
    RegistrationRow row;
    row.name = vault.blind(BlindKind::name, domain::fold_name(statement.name));
    if (statement.document) row.document = vault.blind(BlindKind::document, domain::document_key(*statement.document));
    if (statement.phone) row.phone = vault.blind(BlindKind::phone, statement.phone->e164);
    return row;
}

std::vector<domain::Candidate> candidates_for(WriteContext& context, const RegistrationRow& row) {
    const auto& people = *context.directory().people;
    std::vector<domain::Candidate> candidates;
    const auto add = [&](const RegistrationRow& other, bool by_document) {
        domain::Candidate candidate;
        candidate.person = people.person_of(other.id);
        candidate.same_document = by_document;
        candidate.same_phone = !by_document;
        candidate.name_agrees = other.name == row.name;
        if (!by_document && candidate.name_agrees) candidate.person_has_document = has_document(context.store(), people, candidate.person);
        candidates.push_back(candidate);
    };
    if (row.document)
        for (const auto& other : context.store().registry().with_document(*row.document)) add(other, true);
    if (row.phone)
        for (const auto& other : context.store().registry().with_phone(*row.phone)) add(other, false);
    return candidates;
}

void merge(WriteContext& context, domain::PersonNo from, domain::PersonNo into, const char* reason) {
    storage::PersonEvent event;
    event.from = from;
    event.into = into;
    event.at = context.now();
    event.reason = reason;
    context.store().registry().append(event);
    context.touch(from);
    context.touch(into);
    context.edit_people().merge(from, into);
}

/// Nobody else's statement names them: not another phone's, a roster's, nor this phone's of a dependant.
bool is_named_by_holder_alone(const domain::People& people, domain::PersonNo person, domain::RegistrationId holder) {
    const auto& all = people.registrations_of(person);
    return std::all_of(all.begin(), all.end(), [&](domain::RegistrationId one) {
        return people.holder_of(one) == holder && people.is_of_holder(one);
    });
}

void keep_named(std::vector<RegistrationRow>& rows, const Vault& vault, const domain::Name& name) {
    const auto folded = vault.blind(BlindKind::name, domain::fold_name(name));
    std::erase_if(rows, [&](const RegistrationRow& row) { return row.name != folded; });
}

/// The first of `rows` that holds: what a phone has corrected to something that is not among them names somebody else.
std::optional<domain::RegistrationId> oldest_standing(const domain::People& people, const std::vector<RegistrationRow>& rows) {
    for (const auto& row : rows) {
        const auto now = people.is_of_holder(row.id) ? people.statement_before(domain::ever_after, row.id) : row.id;
        if (std::any_of(rows.begin(), rows.end(), [&](const RegistrationRow& other) { return other.id == now; })) return row.id;
    }
    return std::nullopt;
}

/// Oldest first; the one with a document speaks first, what was corrected since last.
std::vector<domain::Statement> statements_of(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                             domain::PersonNo person) {
    std::vector<domain::Statement> statements, corrected;
    for (const auto registration : people.registrations_of(person)) {
        const auto row = connection.registry().registration(registration);
        if (!row) continue;
        const auto bytes = vault.open(SealKind::profile, associated_data(*row), row->profile);
        auto statement = bytes ? domain::decode_statement(*bytes) : std::nullopt;
        if (!statement) continue;
        const bool holds = !people.is_of_holder(registration) || people.statement_before(domain::ever_after, registration) == registration;
        (holds ? statements : corrected).push_back(*std::move(statement));
    }
    std::stable_partition(statements.begin(), statements.end(), [](const auto& statement) { return statement.document.has_value(); });
    std::move(corrected.begin(), corrected.end(), std::back_inserter(statements));
    return statements;
}

}  // namespace

Registered register_statement(WriteContext& context, Vault& vault, const domain::Statement& statement, const RegistrationOrigin& origin) {
    auto row = row_of(vault, statement);
    row.origin = origin.origin;
    row.by = origin.by;
    row.notice_version = origin.notice_version;
    row.at = context.now();
    const auto candidates = candidates_for(context, row);
    const auto placement = domain::match_exactly(row.document.has_value(), candidates);
    Registered registered;
    registered.matched = !placement.person.is_none();
    registered.conflict = std::any_of(candidates.begin(), candidates.end(), [](const auto& c) { return c.same_document && !c.name_agrees; });
    registered.person = registered.matched ? placement.person : context.next_person();
    registered.registration = row.id = context.next_registration();
    row.holder = origin.holder.is_none() ? row.id : origin.holder;
    row.is_correction = origin.is_correction;
    row.person = registered.person;
    row.profile = vault.seal(SealKind::profile, associated_data(row), domain::encode_statement(statement));
    context.store().registry().append(row);
    context.edit_people().place(row.id, row.person, row.holder, row.is_correction ? row.at : domain::Instant{});
    for (const auto other : placement.merged) merge(context, other, registered.person, "document, phone and name");
    if (registered.matched) context.touch(registered.person);
    return registered;
}

domain::Placement match_statement(WriteContext& context, const Vault& vault, const domain::Statement& statement) {
    const auto row = row_of(vault, statement);
    return domain::match_exactly(row.document.has_value(), candidates_for(context, row));
}

Registered correct_statement(WriteContext& context, Vault& vault, domain::RegistrationId holder, const domain::Statement& statement,
                             std::int32_t notice_version) {
    const auto corrected = context.directory().people->statement_before(domain::ever_after, holder);
    const auto registered = register_statement(context, vault, statement, {storage::Origin::phone, {}, notice_version, holder, true});
    const auto& people = *context.directory().people;
    const auto before = people.person_of(corrected);
    const bool are_own = is_named_by_holder_alone(people, before, holder) && is_named_by_holder_alone(people, registered.person, holder);
    if (before != registered.person && are_own) merge(context, before, registered.person, "correction");
    return registered;
}

std::optional<domain::RegistrationId> find_by_document(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                                       const domain::Document& document, const std::optional<domain::Name>& name) {
    auto rows = connection.registry().with_document(vault.blind(BlindKind::document, domain::document_key(document)));
    if (name) keep_named(rows, vault, *name);
    return oldest_standing(people, rows);
}

std::optional<domain::RegistrationId> find_by_phone(storage::Connection& connection, const Vault& vault, const domain::People& people,
                                                    const domain::Phone& phone, const domain::Name& name) {
    auto rows = connection.registry().with_phone(vault.blind(BlindKind::phone, phone.e164));
    keep_named(rows, vault, name);
    return oldest_standing(people, rows);
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
