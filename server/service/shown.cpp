// SPDX-License-Identifier: Apache-2.0
#include "service/shown.hpp"

#include <algorithm>

#include "domain/text.hpp"
#include "service/registrar.hpp"

namespace chayan::service {
namespace {

using kit::Errc;
using kit::Error;

constexpr const char* field_words[] = {"name", "document", "phone", "address", "workplace", "birth", "division"};

}  // namespace

kit::Result<Shown> parse_fields(const std::vector<std::string>& words) {
    if (words.empty()) return Error{Errc::invalid, "missing", {{"/fields", "missing"}}};
    Shown how;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto* found = std::find(std::begin(field_words), std::end(field_words), words[i]);
        if (found == std::end(field_words)) return Error{Errc::invalid, "field_unknown", {{"/fields/" + std::to_string(i), "field_unknown"}}};
        how.bits = static_cast<std::uint8_t>(how.bits | 1U << static_cast<unsigned>(found - field_words));
    }
    return how;
}

std::string words_of(Shown how) {
    std::string words;
    for (std::size_t i = 0; i < std::size(field_words); ++i)
        if (how.has(static_cast<PersonField>(i))) words += (words.empty() ? "" : ", ") + std::string(field_words[i]);
    return words;
}

kit::Status check_written(const char* pointer, const std::string& text, std::size_t chars_max) {
    const auto wrong = [&](const char* code) { return Error{Errc::invalid, code, {{pointer, code}}}; };
    const auto trimmed = domain::to_half_width(text);
    const auto characters = domain::decode_utf8(text);
    if (!trimmed || !characters) return wrong("text_malformed");
    if (trimmed->empty()) return wrong("missing");
    if (!std::all_of(characters->begin(), characters->end(), domain::is_visible)) return wrong("text_malformed");
    return characters->size() > chars_max ? kit::Status(wrong("text_too_long")) : kit::Done{};
}

MaskedPerson shown(storage::Connection& connection, const Vault& vault, const domain::People& people, domain::PersonNo person, Shown how) {
    MaskedPerson view;
    view.id = vault.person_id(person);
    const auto profile = profile_of(connection, vault, people, person);
    if (!profile) return view;
    view.name = how.has(PersonField::name) ? profile->name.shown : domain::mask_name(profile->name);
    if (profile->document) {
        const auto& number = profile->document->number;
        view.document_type = domain::word_of(profile->document->type);
        view.document_number = how.has(PersonField::document) ? number : domain::mask_document_number(number);
    }
    if (profile->phone) view.phone = how.has(PersonField::phone) ? profile->phone->e164 : domain::mask_phone(*profile->phone);
    if (how.has(PersonField::address)) view.address = profile->address;
    if (how.has(PersonField::workplace)) view.workplace = profile->workplace;
    if (how.has(PersonField::birth)) {
        if (profile->birth_date) view.birth_date = domain::format_date(*profile->birth_date);
        view.sex = profile->sex == domain::Sex::male ? "male" : profile->sex == domain::Sex::female ? "female" : "";
    }
    if (how.has(PersonField::division) && profile->division) view.division = domain::DivisionText(*profile->division);
    return view;
}

MaskedPerson masked(storage::Connection& connection, const Vault& vault, const domain::People& people, domain::PersonNo person) {
    return shown(connection, vault, people, person, Shown::masked);
}

}  // namespace chayan::service
