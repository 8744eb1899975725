// SPDX-License-Identifier: Apache-2.0
// What residents call about themselves: what this phone said and recorded, correcting, withdrawing, taking it along; dependants.
#include <algorithm>

#include "api/answer.hpp"
#include "api/residents.hpp"
#include "service/gate_codes.hpp"
#include "service/words.hpp"

namespace chayan::api {
namespace {

using domain::format_rfc3339;

service::PageRequest read_page(const Call& call) {
    service::PageRequest page{call.query("from"), call.query("to"), call.query("cursor"), call.query("limit")};
    // A "+08:00" that was typed as it stands has come as a space, and no moment has one.
    for (auto* moment : {&page.from, &page.to}) std::replace(moment->begin(), moment->end(), ' ', '+');
    return page;
}

std::optional<domain::StatementFields> read_document(Members& body) {
    auto given = body.object_if("document");
    if (!given) return std::nullopt;
    domain::StatementFields fields;
    fields.document_type = given->text("type");
    fields.document_number = given->text("number");
    fields.document_country = given->text_if("country").value_or("");
    return fields;
}

service::Correction read_correction(Members& body) {
    service::Correction correction;
    correction.name = body.text_if("name");
    correction.document = read_document(body);
    correction.phone = body.text_if("phone");
    correction.birth_date = body.text_if("birth_date");
    correction.sex = body.text_if("sex");
    correction.division = body.text_if("division");
    correction.address = body.text_if("address");
    return correction;
}

domain::StatementFields read_dependant(Members& body) {
    auto fields = read_document(body).value_or(domain::StatementFields{});
    fields.name = body.text("name");
    fields.birth_date = body.text_if("birth_date").value_or("");
    fields.relation = body.text("relation");
    return fields;
}

/// Members into an object that is open; what was not said is left out.
void write_statement(JsonText& text, const service::OwnStatement& statement) {
    const auto& said = statement.said;
    text.member("name", said.name.shown);
    if (said.document) {
        text.key("document").begin_object().member("type", domain::word_of(said.document->type)).member("number", said.document->number);
        if (!said.document->country.empty()) text.member("country", said.document->country);
        text.end_object();
    }
    if (said.phone) text.member("phone", said.phone->e164);
    if (said.birth_date) text.member("birth_date", domain::format_date(*said.birth_date));
    if (said.sex != domain::Sex::unknown) text.member("sex", said.sex == domain::Sex::male ? "male" : "female");
    if (said.division) text.member("division", std::string_view(domain::DivisionText(*said.division)));
    if (!said.address.empty()) text.member("address", said.address);
    if (!said.relation.empty()) text.member("relation", said.relation);
    text.member("since", format_rfc3339(statement.at)).member("notice_version", std::int64_t{statement.notice_version});
}

void write_dependants(JsonText& text, const service::OwnView& view) {
    text.key("dependants").begin_array();
    for (const auto& dependant : view.dependants) {
        text.begin_object().member("id", dependant.id);
        write_statement(text, dependant.statement);
        text.end_object();
    }
    text.end_array();
}

/// Members of the answer to GET /me, into an object that is open.
void write_view(JsonText& text, const Parts& parts, const service::OwnView& view) {
    text.key("registration").begin_object();
    write_statement(text, view.statements.back());
    text.end_object().member("since", format_rfc3339(view.statements.front().at));
    text.member("notice_version", std::int64_t{view.statements.back().notice_version});
    write_dependants(text, view);
    text.key("other_phones").begin_array();
    for (const auto at : view.other_phones) text.begin_object().member("since", format_rfc3339(at)).end_object();
    text.end_array();
    text.key("retention").begin_object().member("scan_days", parts.residents.scan_days()).end_object();
}

void write_scans(JsonText& text, const service::OwnScans& own) {
    text.key("scans").begin_array();
    for (const auto& scan : own.scans) {
        text.begin_object().member("id", scan.id).key("site").begin_object().member("ref", scan.site->ref).member("name", scan.site->name).end_object();
        text.member("at", format_rfc3339(scan.at)).member("direction", domain::word_of(scan.direction)).member("repeated", scan.repeated);
        text.member("voided", scan.voided).member("evidence", scan.evidence).member("who", scan.dependant.empty() ? "self" : scan.dependant.c_str());
        text.end_object();
    }
    text.end_array();
}

/// Why it can't be erased yet, and until when: a time, or null when nobody can say.
void write_kept(JsonText& text, service::Language language, const char* what, std::optional<domain::Instant> until, const char* why) {
    text.begin_object().member("what", what).key("until");
    if (until) text.value(format_rfc3339(*until));
    else text.null();
    text.member("why", why).member("detail", service::sentence(why, language)).end_object();
}

}  // namespace

void show_me(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object();
    write_view(text, parts, parts.residents.view(*call.credential, *call.reader));
    answer(call, 200, text.end_object());
}

void correct_me(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::Correction correction;
    {
        Members body(*document);
        correction = read_correction(body);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (auto status = parts.residents.correct(*call.credential, correction); !status) return refuse(parts, call, status.error());
    show_me(parts, call);
}

void withdraw_me(Parts& parts, Call& call) {
    const auto withdrawal = parts.residents.withdraw(*call.credential, *call.reader);
    if (!withdrawal) return refuse(parts, call, withdrawal.error());
    const auto language = service::preferred_language(call.request.accept_language);
    JsonText text;
    text.begin_object().key("erased").begin_array().value("credential").end_array().key("kept").begin_array();
    write_kept(text, language, "scans", withdrawal->until, "kept_retention");
    if (withdrawal->cases_hold) write_kept(text, language, "scans", std::nullopt, "kept_for_cases");
    write_kept(text, language, "registration", withdrawal->until, "kept_for_scans");
    write_kept(text, language, "dependants", withdrawal->until, "kept_for_scans");
    write_kept(text, language, "audit", std::nullopt, "kept_as_proof");
    text.end_array().end_object();
    answer(call, 200, text, {credential_cookie({})});
}

void list_my_scans(Parts& parts, Call& call) {
    const auto own = parts.residents.scans(*call.credential, read_page(call));
    if (!own) return refuse(parts, call, own.error());
    JsonText text;
    text.begin_object();
    write_scans(text, *own);
    text.key("next");
    if (own->next.empty()) text.null();
    else text.value(own->next);
    answer(call, 200, text.end_object());
}

void export_me(Parts& parts, Call& call) {
    const auto own = parts.residents.export_scans(*call.credential);
    if (!own) return refuse(parts, call, own.error());
    const auto view = parts.residents.view(*call.credential, *call.reader);
    JsonText text;
    text.begin_object().member("exported", format_rfc3339(parts.clock.now()));
    write_view(text, parts, view);
    text.key("earlier").begin_array();   // what was corrected
    for (std::size_t i = 0; i + 1 < view.statements.size(); ++i) {
        text.begin_object();
        write_statement(text, view.statements[i]);
        text.end_object();
    }
    text.end_array();
    write_scans(text, *own);
    text.member("count", static_cast<std::int64_t>(own->scans.size())).member("complete", true).end_object();
    answer(call, 200, text, {{"Content-Disposition", "attachment; filename=\"chayan-me.json\""}});
}

void show_my_card(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().member("card", service::card_of(parts.vault, *call.credential)).key("dependants").begin_array();
    for (const auto& dependant : parts.residents.view(*call.credential, *call.reader).dependants) {
        const auto registration = service::open_dependant_id(parts.vault, dependant.id);
        text.begin_object().member("id", dependant.id).member("card", service::card_of(parts.vault, *registration)).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void list_dependants(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object();
    write_dependants(text, parts.residents.view(*call.credential, *call.reader));
    answer(call, 200, text.end_object());
}

void add_dependant(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    domain::StatementFields fields;
    {
        Members body(*document);
        fields = read_dependant(body);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (fields.relation.empty()) return refuse(parts, call, kit::invalid_field("/relation", "missing"));
    auto statement = domain::parse_statement(fields, parts.zone.local_day(parts.clock.now()), false);
    if (!statement) return refuse(parts, call, statement.error());
    const auto added = parts.residents.add_dependant(*call.credential, *statement);
    if (!added) return refuse(parts, call, added.error());
    JsonText text;
    answer(call, added->known ? 200 : 201, text.begin_object().member("id", added->id).end_object());
}

void remove_dependant(Parts& parts, Call& call) {
    const auto removed = parts.residents.remove_dependant(*call.credential, call.parameters[0]);
    if (!removed) return refuse(parts, call, removed.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("id", call.parameters[0]).end_object());
}

}  // namespace chayan::api
