// SPDX-License-Identifier: Apache-2.0
// Who is who: what humans are asked, what they say, and what a person is made of.
#include <algorithm>
#include <cmath>

#include "api/answer.hpp"
#include "service/link_words.hpp"

namespace chayan::api {
namespace {

void member_if(JsonText& text, const char* name, const std::string& value) {
    if (!value.empty()) text.member(name, value);
}

service::Language language_of(const Call& call) { return service::preferred_language(call.request.accept_language); }

void write_statement(JsonText& text, const service::StatementView& view, service::Language language) {
    text.begin_object().member("registration", view.id).member("person", view.person).member("source", view.source);
    text.member("at", domain::format_rfc3339(view.at)).member("seen", view.seen).member("corrected", view.corrected).member("name", view.name);
    if (!view.document_number.empty()) {
        text.key("document").begin_object().member("type", view.document_type).member("number", view.document_number).end_object();
    }
    member_if(text, "phone", view.phone);
    member_if(text, "birth_year", view.birth_year);
    member_if(text, "sex", view.sex);
    member_if(text, "division", view.division);
    member_if(text, "joined_to", view.link_to);
    member_if(text, "joined_by", service::reasons_in(view.link_reason, language));
    text.end_object();
}

void write_review(JsonText& text, const service::ReviewView& view, service::Language language) {
    text.begin_object().member("id", view.id).member("state", view.state).member("kind", view.kind).member("reasons", service::reasons_in(view.reasons, language));
    text.member("question", service::question_in(view.kind, view.same_document, language));
    text.member("weight", static_cast<std::int64_t>(std::lround(view.weight))).member("at", domain::format_rfc3339(view.at)).member("in_case", view.in_case);
    if (view.decided) text.member("decided", domain::format_rfc3339(*view.decided));
    member_if(text, "by", view.decided_by);
    member_if(text, "note", view.note);
    write_statement(text.key("a"), view.a, language);
    write_statement(text.key("b"), view.b, language);
    text.end_object();
}

void answer_review(Parts& parts, Call& call, const kit::Result<service::ReviewView>& view) {
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_review(text, *view, language_of(call));
    answer(call, 200, text);
}

void write_texts(JsonText& text, const char* name, const std::vector<std::string>& values) {
    text.key(name).begin_array();
    for (const auto& value : values) text.value(value);
    text.end_array();
}

}  // namespace

void list_reviews(Parts& parts, Call& call) {
    const auto page = parts.reviews.list(*call.caller, *call.reader, call.query("state"), call.query("person"), call.query("limit"), call.query("cursor"));
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().key("reviews").begin_array();
    for (const auto& view : page->reviews) write_review(text, view, language_of(call));
    text.end_array().member("count", static_cast<std::int64_t>(page->count));
    member_if(text, "next", page->next);
    answer(call, 200, text.end_object());
}

void decide_review(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string decision, note;
    {
        Members body(*document);
        decision = body.text("decision");
        note = body.text_if("note").value_or("");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_review(parts, call, parts.reviews.decide(*call.caller, *call.reader, call.parameters[0], decision, note));
}

void undo_review(Parts& parts, Call& call) { answer_review(parts, call, parts.reviews.undo(*call.caller, *call.reader, call.parameters[0])); }

void split_person(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SplitRequest request;
    request.person = call.parameters[0];
    {
        Members body(*document);
        request.statements = body.texts_if("registrations").value_or(std::vector<std::string>{});
        request.reason = body.text("reason");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto done = parts.reviews.split(*call.caller, *call.reader, request);
    if (!done) return refuse(parts, call, done.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("person", done->person).member("review", done->review).end_object());
}

void show_history(Parts& parts, Call& call) {
    auto at = call.query("at");
    std::replace(at.begin(), at.end(), ' ', '+');   // a "+08:00" that was typed as it stands
    const auto history = parts.reviews.history(*call.caller, *call.reader, call.parameters[0], call.query("case"), at);
    if (!history) return refuse(parts, call, history.error());
    JsonText text;
    text.begin_object().member("person", history->person).key("registrations").begin_array();
    for (const auto& view : history->statements) write_statement(text, view, language_of(call));
    text.end_array().key("events").begin_array();
    for (const auto& event : history->events) {
        text.begin_object().member("kind", event.kind).member("at", domain::format_rfc3339(event.at)).member("reason", service::reasons_in(event.reason, language_of(call)));
        member_if(text, "by", event.by);
        member_if(text, "note", event.note);
        write_texts(text, "registrations", event.statements);
        text.end_object();
    }
    text.end_array();
    write_texts(text, "open_reviews", {history->open_reviews.begin(), history->open_reviews.end()});
    if (!at.empty()) {
        text.key("then").begin_array();
        for (const auto& part : history->then) {
            text.begin_object().member("person", part.person);
            write_texts(text, "registrations", part.statements);
            text.end_object();
        }
        text.end_array();
    }
    answer(call, 200, text.end_object());
}

}  // namespace chayan::api
