// SPDX-License-Identifier: Apache-2.0
#include "service/neighbours.hpp"

#include <algorithm>
#include <set>

#include "domain/han.hpp"
#include "domain/link_weights.hpp"
#include "kit/limits.hpp"

namespace chayan::service {
namespace {

using domain::Agreement;
using domain::LinkField;
using domain::PairDecision;
using domain::RegistrationId;
using storage::StatementPlace;
using storage::StatementQuery;
using By = StatementQuery::By;

/// In a table of few nobody knows yet how common a name is: one in a hundred, so that what it weighs does not hang on how many of them have come.
constexpr double names_min = 1'000, names_few = 10;
constexpr std::size_t counted_names_max = 500;
constexpr std::uint8_t village_digits = 12;

std::string text_of(domain::DivisionCode division) { return std::string(domain::DivisionText(division)); }

domain::Comparand comparand_of(const domain::Statement& statement, domain::Day today, bool with_document) {
    domain::LinkValues values;
    const auto put = [&values](LinkField field, std::string text) { values[static_cast<std::size_t>(field)] = std::move(text); };
    put(LinkField::name, statement.name.shown);
    if (statement.birth_date) put(LinkField::birth_date, domain::format_date(*statement.birth_date));
    if (statement.sex != domain::Sex::unknown) put(LinkField::sex, statement.sex == domain::Sex::male ? "m" : "f");
    if (statement.document && with_document) put(LinkField::document, statement.document->number);
    if (statement.phone) put(LinkField::phone, statement.phone->e164);
    put(LinkField::address, statement.address);
    if (statement.division && statement.division->digits == village_digits) put(LinkField::locality, text_of(*statement.division));   // a city is no evidence
    put(LinkField::household, statement.household);
    return domain::comparand_of(values, today);
}

bool is_unchecked(const domain::Statement& statement) { return statement.document && statement.document->type != domain::DocumentType::id; }

bool share_key(const Neighbour& a, const Neighbour& b) {
    if ((a.row.document && a.row.document == b.row.document) || (a.row.phone && a.row.phone == b.row.phone)) return true;
    return std::any_of(a.keys.begin(), a.keys.end(), [&](const storage::LinkKey& key) { return std::find(b.keys.begin(), b.keys.end(), key) != b.keys.end(); });
}

}  // namespace

RegistrationId as_corrected(const domain::People& people, RegistrationId one) {
    return people.is_of_holder(one) ? people.statement_before(domain::ever_after, one) : one;
}

std::string reasons_of(const Comparison& comparison) {
    if (!is_certain(comparison.agreements)) return domain::reasons_of(comparison.agreements, comparison.score);
    return at(comparison.agreements, LinkField::document) == Agreement::equal ? "document and name" : "phone and name";
}

std::vector<storage::LinkKey> link_keys(const Vault& vault, const domain::Statement& statement) {
    std::vector<storage::LinkKey> keys;
    const auto add = [&](const char* rule, const std::string& first, const std::string& second) {
        const auto blind = vault.blind(BlindKind::link_key, std::string(rule) + '\n' + first + '\n' + second);
        storage::LinkKey key{};
        std::copy_n(blind.begin(), key.size(), key.begin());
        keys.push_back(key);
    };
    const auto sound = domain::sound_of(domain::fold_name(statement.name));
    const auto birth = statement.birth_date ? domain::format_date(*statement.birth_date) : std::string();
    const auto division = statement.division ? text_of(*statement.division) : std::string();
    if (!birth.empty()) add("sound and birth", sound, birth);
    if (!division.empty()) add("sound and division", sound, division);
    if (!birth.empty() && !division.empty()) add("birth and division", birth, division);
    return keys;
}

Neighbours::Neighbours(WriteContext& context, const Vault& vault, const domain::Statement& statement, const storage::RegistrationRow& row)
    : context_(context), vault_(vault), people_(*context.directory().people), model_(domain::default_weights(people_.registration_count())),
      today_{static_cast<std::int32_t>(context.now().s / 86'400) + 1} {
    first_.row = row;
    first_.said = statement;
    first_.keys = link_keys(vault, statement);
}

void Neighbours::take(const Neighbour& one, RegistrationId id, Ids& found) const {
    // What a phone said earlier and says again stands again.
    const bool is_own = !one.row.holder.is_none() && people_.holder_of(id) == one.row.holder;
    const auto now = is_own ? id : as_corrected(people_, id);
    if (now != one.id && std::find(found.begin(), found.end(), now) == found.end()) found.push_back(now);
}

void Neighbours::take(const Neighbour& one, const std::vector<StatementPlace>& places, Ids& found) const {
    for (const auto& place : places) take(one, place.registration, found);
}

/// One statement of each person that has both; of persons from whom some were parted, of each whom they are now.
void Neighbours::take_persons(const Neighbour& one, const StatementQuery& query, Ids& found) {
    auto& registry = context_.store().registry();
    std::set<domain::PersonNo> persons;
    const auto add = [&](RegistrationId id) {
        if (id != one.id && persons.insert(people_.person_of(id)).second) take(one, id, found);
        return persons.size() < kit::link_candidates_max;
    };
    for (auto next = registry.next_statement(query, {}); next; next = registry.next_statement(query, {{}, next->person})) {
        if (!add(next->registration)) return;
        if (domain::has_document(people_, next->person)) continue;   // nobody was split off: the others are with it
        auto other = registry.next_statement(query, *next);
        for (std::size_t count = 1; other && count < kit::parted_statements_max; ++count, other = registry.next_statement(query, *other))
            if (!add(other->registration)) return;
    }
}

std::vector<Neighbour*> Neighbours::candidates_of(const Neighbour& one) {
    Ids ids;
    auto& links = context_.store().links();
    if (one.row.document) {
        take_persons(one, {By::document_and_name, *one.row.document, one.row.name}, ids);
        take(one, links.names_with_document(*one.row.document, kit::link_candidates_max), ids);
    }
    if (one.row.phone) {
        take_persons(one, {By::phone_and_name_with_document, *one.row.phone, one.row.name}, ids);
        take_persons(one, {By::phone_and_name_alone, *one.row.phone, one.row.name}, ids);
        take(one, links.names_with_phone(*one.row.phone, kit::link_candidates_max), ids);
    }
    for (const auto& key : one.keys)
        for (const auto& place : links.with_key(key, kit::link_candidates_max)) {
            take(one, place.registration, ids);
            if (!domain::has_document(people_, place.person)) take(one, links.placed_with_key(key, place.person, kit::link_candidates_max), ids);   // some were parted
        }
    // A key finds one statement of a person, whichever came first; each of the others with it may say more.
    std::set<domain::PersonNo> persons{one.person};
    for (const auto id : Ids(ids)) persons.insert(people_.person_of(id));
    for (const auto person : persons) {
        const auto& all = people_.registrations_of(person);
        for (std::size_t i = 0; i < std::min(all.size(), kit::link_opened_max); ++i)
            if (as_corrected(people_, all[i]) == all[i]) take(one, all[i], ids);
        is_cut_ |= all.size() > kit::link_opened_max;
    }
    std::vector<Neighbour*> found;
    for (const auto id : ids)
        if (auto* other = opened(id); other != nullptr && (share_key(one, *other) || other->person == one.person)) found.push_back(other);
    return found;
}

Neighbour* Neighbours::opened(RegistrationId id) {
    const auto known = opened_.find(id);
    if (known != opened_.end()) return known->second ? &*known->second : nullptr;
    if (opened_.size() == kit::link_opened_max) {
        is_cut_ = true;
        return nullptr;
    }
    auto& place = opened_[id];
    auto row = context_.store().registry().registration(id);
    auto said = row ? open_statement(vault_, *row) : std::nullopt;
    if (said) {
        auto keys = link_keys(vault_, *said);
        place = Neighbour{id, people_.person_of(id), *std::move(row), *std::move(said), std::move(keys), {}, {}, 0};
    }
    return place ? &*place : nullptr;
}

bool Neighbours::is_whole(domain::PersonNo person) const {
    const auto& all = people_.registrations_of(person);
    return all.size() <= kit::link_opened_max &&
           std::all_of(all.begin(), all.end(), [this](RegistrationId one) { return as_corrected(people_, one) != one || opened_.contains(one); });
}

/// Numbers of two types say nothing of each other.
const domain::Comparand& Neighbours::comparand(Neighbour& one, const Neighbour& other) const {
    const bool with_document = !one.said.document || !other.said.document || one.said.document->type == other.said.document->type;
    auto& kept = with_document ? one.whole : one.without_document;
    if (!kept) kept = comparand_of(one.said, today_, with_document);
    return *kept;
}

double Neighbours::frequency(Neighbour& one) {
    if (one.name_frequency == 0) {
        const auto count = static_cast<double>(context_.store().links().count_with_name(one.row.name, counted_names_max));
        const auto all = std::max(static_cast<double>(people_.registration_count()), names_min);
        one.name_frequency = std::max({count, names_few * names_min / all, 1.0}) / all;
    }
    return one.name_frequency;
}

/// Whoever adds two people to one phone, or another to their own, has two in mind.
bool Neighbours::are_of_one_phone(const Neighbour& a, const Neighbour& b) const {
    const auto is_of_holder = [this](const Neighbour& one) { return one.id.is_none() ? one.row.is_correction : people_.is_of_holder(one.id); };
    return !a.row.holder.is_none() && a.row.holder == b.row.holder && !(is_of_holder(a) && is_of_holder(b));
}

Comparison Neighbours::compare(Neighbour& a, Neighbour& b) {
    Comparison found;
    found.agreements = domain::compare(comparand(a, b), comparand(b, a));
    domain::Frequencies frequencies{};
    const bool same_name = at(found.agreements, LinkField::name) == Agreement::equal;
    // With one document it matters little how common the name is, and counting costs as much as all the rest.
    if (same_name && at(found.agreements, LinkField::document) != Agreement::equal) frequencies[static_cast<std::size_t>(LinkField::name)] = frequency(a.id.is_none() ? a : b);
    found.score = domain::score(model_, found.agreements, frequencies);
    const bool are_two = a.said.document && b.said.document && !(*a.said.document == *b.said.document);
    const bool is_conflict = are_two && a.said.document->type == b.said.document->type;
    found.decision = decide(found.agreements, found.score, is_conflict, {});
    // Whoever invents a document knows the name and phone. Numbers without a check are typed to fill a form.
    if (found.decision == PairDecision::link && (are_two || (!same_name && (is_unchecked(a.said) || is_unchecked(b.said))))) found.decision = PairDecision::review;
    const bool are_two_of_a_phone = are_of_one_phone(a, b) && !same_name && at(found.agreements, LinkField::document) != Agreement::equal;
    if (are_two_of_a_phone) found.decision = PairDecision::reject;
    const bool is_of_two_names = at(found.agreements, LinkField::document) == Agreement::equal && found.decision == PairDecision::review;
    if (is_conflict || is_of_two_names) found.kind = storage::ReviewKind::conflict;
    found.tie.is_sure = found.decision == PairDecision::link;
    found.tie.weight = found.score.weight;
    // A contradiction that the weights have counted, and found too little, is a slip.
    found.tie.is_apart = are_two || are_two_of_a_phone || (contradict(found.agreements) && !found.tie.is_sure);
    if (!a.person.is_none() && !b.person.is_none() && a.person != b.person) found.tie.is_parted = !may_be_one(people_, a.person, b.person);
    found.tie.is_apart |= found.tie.is_parted;
    return found;
}

}  // namespace chayan::service
