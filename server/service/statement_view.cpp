// SPDX-License-Identifier: Apache-2.0
#include "service/statement_view.hpp"

#include <array>

#include "domain/registration.hpp"

namespace chayan::service {
namespace {

constexpr std::array<const char*, 3> origin_words{"phone", "guard", "roster"};

}  // namespace

StatementView view_statement(storage::Connection& reader, const Vault& vault, const domain::People& people, domain::RegistrationId one) {
    StatementView view;
    view.id = statement_id(vault, one);
    view.person = vault.person_id(people.person_of(one));
    view.seen = is_seen(people, one);
    view.corrected = people.is_of_holder(one) && people.statement_before(domain::ever_after, one) != one;
    const auto row = reader.registry().registration(one);
    if (!row) return view;
    view.source = origin_words[static_cast<std::size_t>(row->origin)];
    view.at = row->at;
    if (!row->link_to.is_none()) view.link_to = statement_id(vault, row->link_to);
    view.link_reason = row->link_reason;
    const auto said = open_statement(vault, *row);
    if (!said) return view;
    view.name = domain::mask_name(said->name);
    if (said->document) {
        view.document_type = domain::word_of(said->document->type);
        view.document_number = domain::mask_document_number(said->document->number);
    }
    if (said->phone) view.phone = domain::mask_phone(*said->phone);
    if (said->birth_date) view.birth_year = domain::format_date(*said->birth_date).substr(0, 4);
    if (said->sex != domain::Sex::unknown) view.sex = said->sex == domain::Sex::male ? "male" : "female";
    if (said->division) view.division = std::string(domain::DivisionText(*said->division));
    return view;
}

}  // namespace chayan::service
