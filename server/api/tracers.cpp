// SPDX-License-Identifier: Apache-2.0
// A tracer's questions: who is it, who passed here, where was this person, who was with them.
#include <algorithm>

#include "api/answer.hpp"

namespace chayan::api {
namespace {

using domain::format_rfc3339;

void write_person(JsonText& text, const service::MaskedPerson& person) {
    text.begin_object().member("id", person.id).member("name", person.name);
    if (!person.document_number.empty()) {
        text.key("document").begin_object().member("type", person.document_type).member("number", person.document_number).end_object();
    }
    if (!person.phone.empty()) text.member("phone", person.phone);
    text.end_object();
}

void write_site(JsonText& text, const storage::SiteRow& site) {
    text.key("site").begin_object().member("ref", site.ref).member("name", site.name);
    text.member("category", domain::category_rules()[static_cast<std::size_t>(site.category)].word).end_object();
}

/// A moment of the query. A "+08:00" that was typed as it stands has come as a space, and no moment has one.
std::string moment(const Call& call, std::string_view name) {
    auto text = call.query(name);
    std::replace(text.begin(), text.end(), ' ', '+');
    return text;
}

service::TraceRequest read_trace(Members& body) {
    service::TraceRequest request;
    request.case_number = body.text("case");
    for (auto& item : body.objects("index")) {
        service::TraceSubject subject;
        subject.person = item.text_if("person");
        subject.site = item.text_if("site");
        subject.plate = item.text_if("plate");
        if (subject.site) {   // nobody else has an interval: what is not looked at must not seem to bind
            subject.from = item.text("from");
            subject.to = item.text("to");
        }
        request.index.push_back(std::move(subject));
    }
    request.from = body.text("from");
    request.to = body.text("to");
    request.direction = body.text_if("direction").value_or("forward");
    request.degree = body.integer_if("degree").value_or(1);
    request.linger_s = body.integer_if("linger_s");
    request.min_overlap_s = body.integer_if("min_overlap_s").value_or(0);
    request.accumulate = body.text_if("accumulate").value_or("total");
    request.categories = body.texts_if("categories");
    request.limit = body.integer_if("limit");
    request.explain = body.flag_if("explain").value_or(false);
    return request;
}

const char* word_of(domain::EpisodeKind kind) {
    constexpr const char* words[] = {"venue", "gate", "company"};
    return words[static_cast<std::size_t>(kind)];
}

void write_episode(JsonText& text, const Parts& parts, const service::TraceView& view, const domain::Episode& episode) {
    text.begin_object().member("through", parts.tracing.person_id(episode.through)).member("kind", word_of(episode.kind));
    if (const auto* place = view.directory->site(episode.place)) text.member("place", place->ref);
    text.member("begin", format_rfc3339(episode.span.from)).member("end", format_rfc3339(episode.span.to));
    text.member("overlap_s", std::int64_t{episode.overlap_s}).member("gap_s", std::int64_t{episode.gap_s}).end_object();
}

void write_contact(JsonText& text, const Parts& parts, const service::TraceView& view, std::size_t number, bool explain) {
    const auto& contact = view.answer.contacts[number];
    text.begin_object().key("person").begin_object().member("id", view.persons[number].id).member("name", view.persons[number].name).end_object();
    text.member("degree", std::int64_t{contact.degree}).key("via").begin_array();
    for (const auto person : contact.via) text.value(parts.tracing.person_id(person));
    text.end_array().member("episodes", std::int64_t{contact.episode_count}).key("kinds").begin_array();
    for (const auto kind : {domain::EpisodeKind::venue, domain::EpisodeKind::gate, domain::EpisodeKind::company})
        if ((contact.kinds >> static_cast<unsigned>(kind)) & 1U) text.value(word_of(kind));
    text.end_array().member("total_s", contact.total_s).member("longest_s", contact.longest_s);
    text.member("first", format_rfc3339(contact.first)).member("last", format_rfc3339(contact.last)).key("sites").begin_array();
    for (const auto site : contact.sites)
        if (const auto* row = view.directory->site(site)) text.value(row->ref);
    text.end_array();
    if (explain) {
        text.key("explain").begin_array();
        for (const auto& episode : contact.episodes) write_episode(text, parts, view, episode);
        text.end_array();
    }
    text.end_object();
}

}  // namespace

void search_people(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SearchRequest request;
    {
        Members body(*document);
        request.case_number = body.text("case");
        if (auto given = body.object_if("document")) {
            request.fields.document_type = given->text("type");
            request.fields.document_number = given->text("number");
            request.fields.document_country = given->text_if("country").value_or("");
        }
        request.fields.phone = body.text_if("phone").value_or("");
        request.fields.name = body.text_if("name").value_or("");
        request.plate = body.text_if("plate");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto people = parts.tracing.search(*call.caller, *call.reader, request);
    if (!people) return refuse(parts, call, people.error());
    JsonText text;
    text.begin_object().key("people").begin_array();
    for (const auto& person : *people) write_person(text, person);
    answer(call, 200, text.end_array().end_object());
}

void show_trajectory(Parts& parts, Call& call) {
    const auto view = parts.tracing.trajectory(*call.caller, *call.reader, call.parameters[0], call.query("case"), moment(call, "from"), moment(call, "to"));
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    text.begin_object().key("person");
    write_person(text, view->person);
    text.key("visits").begin_array();
    for (const auto& visit : view->visits) {
        text.begin_object();
        write_site(text, *visit.site);
        text.member("begin", format_rfc3339(visit.begin)).member("end", format_rfc3339(visit.end)).member("ended_by", domain::word_of(visit.ended_by)).end_object();
    }
    text.end_array().key("scans").begin_array();
    for (const auto& scan : view->scans) {
        text.begin_object().member("id", scan.id);
        write_site(text, *scan.site);
        text.member("at", format_rfc3339(scan.at)).member("direction", domain::word_of(scan.direction)).member("repeated", scan.repeated);
        text.member("voided", scan.voided).key("flags").begin_array();
        for (const auto* flag : scan.flags) text.value(flag);
        text.end_array().member("evidence", scan.evidence).end_object();
    }
    text.end_array().member("count", static_cast<std::int64_t>(view->scans.size())).member("complete", true);
    answer(call, 200, text.end_object());
}

void show_passages(Parts& parts, Call& call) {
    const auto rows = parts.tracing.passages(*call.caller, *call.reader, call.parameters[0], call.query("case"), moment(call, "from"), moment(call, "to"));
    if (!rows) return refuse(parts, call, rows.error());
    JsonText text;
    text.begin_object().key("passages").begin_array();
    for (const auto& row : *rows) {
        text.begin_object().key("person").begin_object().member("id", row.person_id).member("name", row.name).end_object();
        text.member("first", format_rfc3339(row.first)).member("last", format_rfc3339(row.last)).member("scans", std::int64_t{row.scans}).end_object();
    }
    text.end_array().member("count", static_cast<std::int64_t>(rows->size())).member("complete", true);
    answer(call, 200, text.end_object());
}

void trace(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::TraceRequest request;
    {
        Members body(*document);
        request = read_trace(body);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto view = parts.tracing.trace(*call.caller, *call.reader, request);
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    text.begin_object().key("contacts").begin_array();
    for (std::size_t i = 0; i < view->persons.size(); ++i) write_contact(text, parts, *view, i, request.explain);
    text.end_array().member("count", static_cast<std::int64_t>(view->persons.size())).member("complete", view->answer.complete);
    text.key("left_out").begin_array();
    for (const auto count : view->answer.left_out) text.value(std::int64_t{count});
    answer(call, 200, text.end_array().end_object());
}

}  // namespace chayan::api
