// SPDX-License-Identifier: Apache-2.0
// What a case keeps: its questions, as they could be sent again, and how far its contacts have been followed up.
#include "api/answer.hpp"
#include "api/answer_forms.hpp"
#include "kit/limits.hpp"
#include "service/follow_up.hpp"
#include "service/words.hpp"

namespace chayan::api {
namespace {

template <class Value>
void member_if(JsonText& text, const char* name, const std::optional<Value>& value) {
    if (value) text.member(name, *value);
}

void write_texts(JsonText& text, const char* name, const std::vector<std::string>& values) {
    text.key(name).begin_array();
    for (const auto& value : values) text.value(value);
    text.end_array();
}

void write_index(JsonText& text, const std::vector<service::TraceSubject>& index) {
    text.key("index").begin_array();
    for (const auto& subject : index) {
        text.begin_object();
        member_if(text, "person", subject.person);
        member_if(text, "site", subject.site);
        member_if(text, "plate", subject.plate);
        member_if(text, "from", subject.from);
        member_if(text, "to", subject.to);
        text.end_object();
    }
    text.end_array();
}

void write_body(JsonText&, const service::SearchRequest&) {}   // is not kept

void write_body(JsonText& text, const service::PassagesQuestion& question) {
    text.member("site", question.site).member("from", question.from).member("to", question.to);
    member_if(text, "known_at", question.known_at);
}

void write_body(JsonText& text, const service::TrajectoryQuestion& question) {
    text.member("person", question.person).member("from", question.from).member("to", question.to);
    member_if(text, "known_at", question.known_at);
}

void write_body(JsonText& text, const service::TraceRequest& request) {
    text.member("case", request.case_number);
    write_index(text, request.index);
    member_if(text, "preset", request.preset);
    if (request.anchor) {
        text.key("anchor").begin_object();
        member_if(text, "onset", request.anchor->onset);
        member_if(text, "sample", request.anchor->sample);
        text.end_object();
    }
    member_if(text, "from", request.from);
    member_if(text, "to", request.to);
    member_if(text, "known_at", request.known_at);
    text.member("direction", request.direction).member("degree", request.degree);
    member_if(text, "linger_s", request.linger_s);
    member_if(text, "min_overlap_s", request.min_overlap_s);
    member_if(text, "accumulate", request.accumulate);
    if (request.categories) write_texts(text, "categories", *request.categories);
    if (!request.divisions.empty()) write_texts(text, "divisions", request.divisions);
    if (!request.sites.empty()) write_texts(text, "sites", request.sites);
    if (!request.evidence.empty()) write_texts(text, "evidence", request.evidence);
    if (!request.without_flags.empty()) write_texts(text, "without_flags", request.without_flags);
    member_if(text, "identity", request.identity);
    member_if(text, "crowd_half", request.crowd_half);
    member_if(text, "limit", request.limit);
    if (request.explain) text.member("explain", true);
}

void write_body(JsonText& text, const service::SharedPlacesRequest& request) {
    text.member("case", request.case_number);
    write_index(text, request.index);
    member_if(text, "from", request.from);
    member_if(text, "to", request.to);
    member_if(text, "known_at", request.known_at);
    if (!request.categories.empty()) write_texts(text, "categories", request.categories);
    member_if(text, "limit", request.limit);
}

void write_kept(JsonText& text, const service::KeptQuestionView& view) {
    text.begin_object().member("id", view.id).member("kind", view.kind);
    if (view.kept) {
        text.key("question").begin_object();
        std::visit([&](const auto& question) { write_body(text, question); }, view.kept->question);
        text.end_object().member("until_now", view.kept->is_until_now);
    }
    text.member("asked_at", domain::format_rfc3339(view.asked)).member("asked_last", domain::format_rfc3339(view.asked_last));
    text.member("times", std::int64_t{view.times}).member("by", view.by).member("count", static_cast<std::int64_t>(view.count));
    text.member("complete", view.is_complete).member("digest", view.digest).member("people_kept", view.has_people).end_object();
}

kit::Result<service::MarkRequest> read_mark(Document& document, Members given) {
    service::MarkRequest request;
    {
        Members item = std::move(given);
        request.person = item.text("person");
        request.state = item.text_if("state");
        request.note = item.text_if("note");
        request.assigned = item.is_null("assigned") ? std::optional<std::string>("") : item.text_if("assigned");
    }
    if (auto status = document.take_status(); !status) return status.error();
    return request;
}

/// A mark's members, into an object that is open.
void write_mark(JsonText& text, const service::MarkView& view) {
    text.member("state", view.state);
    if (!view.note.empty()) text.member("note", view.note);
    if (!view.assigned.empty()) text.member("assigned", view.assigned);
    text.member("at", domain::format_rfc3339(view.at)).member("by", view.by);
}

void write_result(JsonText& text, const kit::Result<service::MarkView>& result, service::Language language) {
    text.begin_object();
    if (result) {
        text.member("status", std::int64_t{result->is_new ? 201 : 200}).member("person", result->person);
        write_mark(text, *result);
    } else {
        const auto& error = result.error();
        const auto* code = error.fields.empty() ? error.code : error.fields[0].code;
        text.member("status", std::int64_t{status_of(error.kind)}).member("code", code).member("detail", service::sentence(code, language));
        if (!error.fields.empty()) text.member("pointer", error.fields[0].pointer);
    }
    text.end_object();
}

/// Puts what was said of the readable items back among those that were refused in reading.
service::MarkResults with_refused(const std::vector<kit::Result<service::MarkRequest>>& items, service::MarkResults results) {
    service::MarkResults all;
    std::size_t next = 0;
    for (const auto& item : items) all.push_back(item ? std::move(results[next++]) : kit::Result<service::MarkView>(item.error()));
    return all;
}

void write_visit(JsonText& text, const service::ToldVisitView& view) {
    text.begin_object().member("id", view.id);
    text.key("person").begin_object().member("id", view.person.id).member("name", view.person.name).end_object();
    text.key("site").begin_object().member("ref", view.site).member("name", view.site_name).end_object();
    text.member("from", domain::format_rfc3339(view.span.from)).member("to", domain::format_rfc3339(view.span.to));
    if (!view.note.empty()) text.member("note", view.note);
    text.member("by", view.by).member("at", domain::format_rfc3339(view.at)).end_object();
}

}  // namespace

void list_questions(Parts& parts, Call& call) {
    const auto page = parts.follow_up.questions(*call.caller, *call.reader, call.parameters[0], call.query("limit"), call.query("cursor"));
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().key("questions").begin_array();
    for (const auto& view : page->questions) write_kept(text, view);
    text.end_array();
    if (!page->next.empty()) text.member("next", page->next);
    answer(call, 200, text.end_object());
}

void run_question(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    bool until_now = false;
    {
        Members body(*document);
        until_now = body.flag_if("until_now").value_or(false);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto stored = parts.follow_up.find(*call.caller, *call.reader, call.parameters[0], call.parameters[1]);
    if (!stored) return refuse(parts, call, stored.error());
    const auto& question = stored->kept.question;
    answer_in_form(parts, call, service::word_of(stored->row.kind), call.parameters[0], service::parts_of(question), [&] {
        return parts.follow_up.run(*call.caller, *call.reader, *stored, until_now);
    });
}

void mark_contacts(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::vector<kit::Result<service::MarkRequest>> items;
    {
        Members body(*document);
        auto list = body.objects("marks", kit::batch_count_max, "batch_too_large");
        if (auto status = document->status(); !status) return refuse(parts, call, status.error());
        for (auto& given : list) items.push_back(read_mark(*document, std::move(given)));
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    std::vector<service::MarkRequest> requests;
    for (const auto& item : items)
        if (item) requests.push_back(*item);
    auto results = parts.follow_up.mark(*call.caller, *call.reader, call.parameters[0], requests);
    if (!results) return refuse(parts, call, results.error());
    const auto language = service::preferred_language(call.request.accept_language);
    JsonText text;
    text.begin_object().key("results").begin_array();
    for (const auto& result : with_refused(items, *std::move(results))) write_result(text, result, language);
    answer(call, 200, text.end_array().end_object());
}

void list_contacts(Parts& parts, Call& call) {
    answer_in_form(parts, call, "follow_up", call.parameters[0], {"contacts"}, [&] {
        return parts.follow_up.contacts(*call.caller, *call.reader, call.parameters[0], call.query("state"), call.query("assigned"));
    });
}

void list_marks(Parts& parts, Call& call) {
    const auto marks = parts.follow_up.history(*call.caller, *call.reader, call.parameters[0], call.parameters[1]);
    if (!marks) return refuse(parts, call, marks.error());
    JsonText text;
    text.begin_object().key("marks").begin_array();
    for (const auto& view : *marks) {
        write_mark(text.begin_object(), view);
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void tell_visit(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::ToldVisitRequest request;
    {
        Members body(*document);
        request.person = body.text("person");
        request.site = body.text("site");
        request.from = body.text("from");
        request.to = body.text("to");
        request.note = body.text_if("note");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto id = parts.follow_up.tell_visit(*call.caller, *call.reader, call.parameters[0], request);
    if (!id) return refuse(parts, call, id.error());
    JsonText text;
    answer(call, 201, text.begin_object().member("id", *id).end_object());
}

void list_visits(Parts& parts, Call& call) {
    const auto visits = parts.follow_up.told_visits(*call.caller, *call.reader, call.parameters[0]);
    if (!visits) return refuse(parts, call, visits.error());
    JsonText text;
    text.begin_object().key("visits").begin_array();
    for (const auto& view : *visits) write_visit(text, view);
    answer(call, 200, text.end_array().end_object());
}

void withdraw_visit(Parts& parts, Call& call) {
    if (auto status = parts.follow_up.withdraw_visit(*call.caller, *call.reader, call.parameters[0], call.parameters[1]); !status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().end_object());
}

}  // namespace chayan::api
