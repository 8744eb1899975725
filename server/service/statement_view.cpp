// SPDX-License-Identifier: Apache-2.0
#include "service/statement_view.hpp"

#include <algorithm>
#include <array>

#include "domain/registration.hpp"
#include "domain/text.hpp"

namespace chayan::service {
namespace {

constexpr std::array<const char*, 4> origin_words{"phone", "guard", "roster", "lead"};

using Points = std::vector<char32_t>;

/// `masked` with the characters of `text` that differ from `other`'s, where it is few of them: of two numbers that have nothing in common nothing more is told.
std::string show_slips(const std::string& text, const std::string& masked, const std::string& other) {
    constexpr std::size_t slips_max = 3;
    const auto mine = domain::decode_utf8(text), hidden = domain::decode_utf8(masked), theirs = domain::decode_utf8(other);
    if (!mine || !hidden || !theirs || mine->size() != hidden->size() || mine->size() != theirs->size()) return masked;
    auto shown = *hidden;
    std::size_t slips = 0;
    for (std::size_t i = 0; i < shown.size(); ++i)
        if ((*mine)[i] != (*theirs)[i]) shown[i] = (*mine)[i], ++slips;
    return slips > slips_max ? masked : domain::encode_utf8(shown);
}

/// 马*军 beside 马*山, *芳 beside *丽, 李秀* beside 李大*: the first character that differs, the surname, then the others; never a whole name.
std::string show_other_name(const domain::Name& name, const domain::Name& other) {
    const auto mine = domain::decode_utf8(name.shown).value_or(Points{}), theirs = domain::decode_utf8(other.shown).value_or(Points{});
    const auto differs = [&](std::size_t i) { return i >= theirs.size() || mine[i] != theirs[i]; };
    const auto masked = domain::mask_name(name);
    Points shown(mine.size(), U'*');
    std::size_t left = mine.size();   // still behind a star
    const auto show = [&](std::size_t i) {
        if (left > 1 && shown[i] == U'*') shown[i] = mine[i], --left;
    };
    std::size_t first = 0;
    while (first + 1 < mine.size() && !differs(first)) ++first;
    if (!mine.empty()) show(first), show(0);
    for (std::size_t i = first; i < mine.size(); ++i)
        if (differs(i)) show(i);
    return mine.size() < 2 ? masked : domain::encode_utf8(shown);
}

void show_differences(StatementView& view, const domain::Statement& said, const domain::Statement& other) {
    if (said.name.shown != other.name.shown) view.name = show_other_name(said.name, other.name);
    if (said.document && other.document && said.document->type == other.document->type)
        view.document_number = show_slips(said.document->number, view.document_number, other.document->number);
    // A phone is shown without its +86 where it has one.
    if (!said.phone || !other.phone || said.phone->e164.size() != other.phone->e164.size()) return;
    const auto bare = [&](const domain::Phone& phone) { return phone.e164.substr(phone.e164.size() - std::min(view.phone.size(), phone.e164.size())); };
    view.phone = show_slips(bare(*said.phone), view.phone, bare(*other.phone));
}

}  // namespace

std::pair<StatementView, StatementView> view_pair(storage::Connection& reader, const Vault& vault, const domain::People& people, domain::RegistrationId one,
                                                  domain::RegistrationId other) {
    std::pair views{view_statement(reader, vault, people, one), view_statement(reader, vault, people, other)};
    const auto said_by = [&](domain::RegistrationId id) {
        const auto row = reader.registry().registration(id);
        return row ? open_statement(vault, *row) : std::nullopt;
    };
    const auto a = said_by(one), b = said_by(other);
    if (!a || !b) return views;
    show_differences(views.first, *a, *b);
    show_differences(views.second, *b, *a);
    return views;
}

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
