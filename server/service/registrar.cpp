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

bool has_document(storage::Connection& connection, const domain::People& people, domain::PersonNo person) {
    if (const auto has = domain::has_document(people, person)) return *has;
    const auto& all = people.registrations_of(person);
    return std::any_of(all.begin(), all.end(), [&](domain::RegistrationId one) {
        const auto row = connection.registry().registration(one);
        return row && row->document;
    });
}

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

/// The same whatever else they say.
StatementQuery key_alone(StatementQuery query) {
    if (query.by == By::phone_and_name_alone || query.by == By::phone_and_name_with_document) query.by = By::phone_and_name;
    return query;
}

/// What a phone has corrected to something that does not fit names somebody else.
bool stands(storage::Connection& connection, const domain::People& people, const StatementQuery& query, domain::RegistrationId statement) {
    if (!people.is_of_holder(statement)) return true;
    const auto now = people.statement_before(domain::ever_after, statement);
    if (now == statement) return true;
    const auto row = connection.registry().registration(now);
    return row && fits(query, *row);
}

/// Calls `take` with the persons of today whom statements that fit name, until it returns false. Cost: their number, whatever the number of statements; of persons from whom a
/// human parted some, so many of the oldest statements are asked where they are today.
void visit_persons(WriteContext& context, const StatementQuery& query, RegistrationId holder, const std::function<bool(domain::PersonNo, RegistrationId)>& take) {
    const auto& people = *context.directory().people;
    auto& registry = context.store().registry();
    const auto told = [&](RegistrationId one) {   // what this phone said earlier and says again stands again
        const bool counts = people.holder_of(one) == holder || stands(context.store(), people, key_alone(query), one);
        return !counts || take(people.person_of(one), one);
    };
    for (auto next = registry.next_statement(query, {}); next; next = registry.next_statement(query, {{}, next->person})) {
        if (!told(next->registration)) return;
        if (domain::has_document(people, next->person)) continue;   // nobody was split off: the others are with it
        auto one = registry.next_statement(query, *next);
        for (std::size_t count = 1; one && count < kit::parted_statements_max; ++count, one = registry.next_statement(query, *one))
            if (!told(one->registration)) return;
    }
}

/// Of what the rule counts "several" and "none" are two and none: so many persons of a kind say all.
constexpr std::size_t enough = 2;

/// Whoever could decide where a statement with these keys belongs. Strangers may say another's name and document a thousand times, so of each kind no more
/// persons are looked at than matter; only those without any document are all sought, which staff and rosters alone can make.
std::vector<domain::Candidate> candidates_for(WriteContext& context, const RegistrationRow& row) {
    const auto& people = *context.directory().people;
    std::vector<domain::Candidate> candidates;
    std::set<domain::PersonNo> by_document, with_document, alone;
    const auto add = [&](domain::PersonNo person, RegistrationId one, bool is_by_document, std::set<domain::PersonNo>& kind) {
        if (kind.size() < enough && kind.insert(person).second)
            candidates.push_back({person, is_by_document, !is_by_document, true, !is_by_document && &kind == &with_document, one});
        return kind.size() < enough;
    };
    if (row.document) visit_persons(context, {By::document_and_name, *row.document, row.name}, row.holder, [&](auto person, auto one) { return add(person, one, true, by_document); });
    if (!row.phone) return candidates;
    visit_persons(context, {By::phone_and_name_alone, *row.phone, row.name}, row.holder, [&](domain::PersonNo person, RegistrationId one) {
        if (!has_document(context.store(), people, person)) return add(person, one, false, alone);
        add(person, one, false, with_document);
        return true;
    });
    if (!row.document && alone.empty() && with_document.size() < enough)
        visit_persons(context, {By::phone_and_name_with_document, *row.phone, row.name}, row.holder, [&](auto person, auto one) { return add(person, one, false, with_document); });
    return candidates;
}

/// Its document stands under another name, and not yet under this one: when it did, it was asked then.
bool is_new_conflict(WriteContext& context, const RegistrationRow& row, RegistrationId joined) {
    if (!row.document) return false;
    const auto with = context.store().registry().registration(joined);
    return (!with || with->document != row.document) && context.store().registry().next_statement({By::document_not_name, *row.document, row.name}, {});
}

/// What the exact rules say; a phone and a name with another birth date or sex say nothing.
domain::Placement place_exactly(WriteContext& context, const Vault& vault, const domain::Statement& statement, const RegistrationRow& row) {
    const auto candidates = candidates_for(context, row);
    auto placement = domain::match_exactly(row.document.has_value(), candidates);
    const bool is_by_document = std::any_of(candidates.begin(), candidates.end(), [&](const auto& one) { return one.same_document && one.person == placement.person; });
    if (placement.person.is_none() || is_by_document || !contradicts(context, vault, statement, placement.statement)) return placement;
    return {};
}

constexpr double lead_min = 5;   // bits, as 32 to 1

/// Sure, and by far surer than anybody else: of two that fit a human chooses.
bool leads(const std::vector<Likely>& likely) {
    if (likely.empty() || likely.front().decision != domain::PairDecision::link) return false;
    return likely.size() == 1 || likely[1].weight + lead_min <= likely[0].weight;
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
    const auto exact = place_exactly(context, vault, statement, row);
    auto found = exact.person.is_none() || is_new_conflict(context, row, exact.statement) ? find_likely(context, vault, statement, row, exact.fits_several)
                                                                                          : Likelihood{};
    auto& likely = found.persons;
    Registered registered;
    registered.candidates = found.candidates;
    if (!exact.person.is_none()) {
        std::erase_if(likely, [](const Likely& one) { return one.kind != storage::ReviewKind::conflict; });
        registered.person = exact.person;
        row.link_to = exact.statement;
        row.link_reason = row.document ? "document and name" : "phone and name";
    } else if (leads(likely)) {
        registered.person = likely.front().person;
        row.link_to = likely.front().statement;
        row.link_reason = likely.front().reasons;
        likely.erase(likely.begin());
    }
    registered.matched = !registered.person.is_none();
    if (!registered.matched) registered.person = context.next_person();
    registered.registration = row.id = context.next_registration();
    row.holder = origin.holder.is_none() ? row.id : origin.holder;
    row.is_correction = origin.is_correction;
    row.person = registered.person;
    row.profile = vault.seal(SealKind::profile, associated_data(row), domain::encode_statement(statement));
    context.store().registry().append(row);
    append_link_keys(context, vault, statement, row);
    context.edit_people().place(row.id, row.person, row.holder, row.is_correction ? row.at : domain::Instant{}, row.document.has_value());
    for (const auto other : exact.merged)
        if (may_be_one(*context.directory().people, other, registered.person)) merge_persons(context, other, registered.person, {}, "document, phone and name");
    if (registered.matched) context.touch(registered.person);
    registered.reviews = ask_about(context, vault, row.id, likely);
    return registered;
}

domain::Placement match_statement(WriteContext& context, const Vault& vault, const domain::Statement& statement) {
    return place_exactly(context, vault, statement, row_of(vault, statement));
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
