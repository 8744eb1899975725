// SPDX-License-Identifier: Apache-2.0
// A tracer's questions: who is it, who passed here, where was this person, who was with them; masked, and for a reason in full.
#include <algorithm>

#include "api/answer.hpp"
#include "api/desk_json.hpp"
#include "api/answer_forms.hpp"
#include "domain/contact_preset.hpp"

namespace chayan::api {
namespace {

/// A moment of the query. A "+08:00" that was typed as it stands has come as a space, and no moment has one.
std::string moment(const Call& call, std::string_view name) {
    auto text = call.query(name);
    std::replace(text.begin(), text.end(), ' ', '+');
    return text;
}

std::optional<std::string> known_at(const Call& call) {
    auto text = moment(call, "known_at");
    return text.empty() ? std::nullopt : in_utc(std::move(text));
}

service::SearchRequest read_search(Members& body) {
    service::SearchRequest request;
    if (auto given = body.object_if("document")) {
        request.fields.document_type = given->text("type");
        request.fields.document_number = given->text("number");
        request.fields.document_country = given->text_if("country").value_or("");
    }
    request.fields.phone = body.text_if("phone").value_or("");
    request.fields.name = body.text_if("name").value_or("");
    request.plate = body.text_if("plate");
    return request;
}

/// One of `onset` and `sample`: true, with the moment in `at`, or the moment itself.
service::TraceAnchor read_anchor(Members& anchor) {
    const auto moment_of = [&](const char* name) { return anchor.is_true(name) ? std::optional(anchor.text("at")) : anchor.text_if(name); };
    service::TraceAnchor given;
    given.onset = moment_of("onset");
    given.sample = moment_of("sample");
    return given;
}

service::TraceRequest read_trace(Members& body) {
    service::TraceRequest request;
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
    request.preset = body.text_if("preset");
    if (auto anchor = body.object_if("anchor")) request.anchor = read_anchor(*anchor);
    const bool has_window = request.preset || request.anchor;   // what may be left out then, the preset says
    request.from = has_window ? body.text_if("from") : body.text("from");
    request.to = has_window ? body.text_if("to") : body.text("to");
    request.known_at = in_utc(body.text_if("known_at"));
    request.direction = body.text_if("direction").value_or("forward");
    request.degree = body.integer_if("degree").value_or(1);
    request.linger_s = body.integer_if("linger_s");
    request.min_overlap_s = body.integer_if("min_overlap_s");
    request.accumulate = body.text_if("accumulate");
    request.categories = body.texts_if("categories");
    request.divisions = body.texts_if("divisions").value_or(std::vector<std::string>{});
    request.sites = body.texts_if("sites").value_or(std::vector<std::string>{});
    request.evidence = body.texts_if("evidence").value_or(std::vector<std::string>{});
    request.without_flags = body.texts_if("without_flags").value_or(std::vector<std::string>{});
    request.identity = body.text_if("identity");
    request.crowd_half = body.integer_if("crowd_half");
    request.limit = body.integer_if("limit");
    request.explain = body.flag_if("explain").value_or(false);
    return request;
}

service::SharedPlacesRequest read_shared_places(Members& body) {
    service::SharedPlacesRequest request;
    for (auto& item : body.objects("index")) {
        service::TraceSubject subject;
        subject.person = item.text("person");
        subject.from = item.text_if("from");
        subject.to = item.text_if("to");
        request.index.push_back(std::move(subject));
    }
    request.from = body.text_if("from");
    request.to = body.text_if("to");
    request.known_at = in_utc(body.text_if("known_at"));
    request.categories = body.texts_if("categories").value_or(std::vector<std::string>{});
    request.limit = body.integer_if("limit");
    return request;
}

/// The questions that a disclosure names, each by the name of its answer. The case is the disclosure's.
std::vector<service::Question> read_queries(Members& query, const std::string& case_number) {
    std::vector<service::Question> questions;
    if (auto people = query.object_if("people")) {
        auto request = read_search(*people);
        request.case_number = case_number;
        questions.emplace_back(std::move(request));
    }
    if (auto passages = query.object_if("passages"))
        questions.emplace_back(service::PassagesQuestion{passages->text("site"), case_number, passages->text("from"), passages->text("to"),
                                                             in_utc(passages->text_if("known_at"))});
    if (auto trajectory = query.object_if("trajectory"))
        questions.emplace_back(service::TrajectoryQuestion{trajectory->text("person"), case_number, trajectory->text("from"), trajectory->text("to"),
                                                               in_utc(trajectory->text_if("known_at"))});
    if (auto contacts = query.object_if("contacts")) {
        auto request = read_trace(*contacts);
        request.case_number = case_number;
        questions.emplace_back(std::move(request));
    }
    return questions;
}

void write_preset(JsonText& text, const domain::ContactPreset& preset) {
    text.begin_object().member("preset", preset.word);
    text.key("name").begin_object().member("zh", preset.zh).member("en", preset.en).end_object();
    text.member("days_before", std::int64_t{preset.days_before});
    if (preset.days_after_onset || preset.days_after_sample) {
        text.key("days_after").begin_object();
        if (preset.days_after_onset) text.member("onset", std::int64_t{*preset.days_after_onset});
        if (preset.days_after_sample) text.member("sample", std::int64_t{*preset.days_after_sample});
        text.end_object();
    }
    if (preset.linger_s) text.member("linger_s", std::int64_t{*preset.linger_s});
    text.member("min_overlap_s", std::int64_t{preset.min_overlap_s}).member("accumulate", domain::word_of(preset.accumulate));
    if (!preset.categories.empty()) {
        text.key("categories").begin_array();
        for (const auto category : preset.categories) text.value(domain::category_rules()[static_cast<std::size_t>(category)].word);
        text.end_array();
    }
    text.member("source", preset.source).end_object();
}

}  // namespace

void search_people(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SearchRequest request;
    {
        Members body(*document);
        request = read_search(body);
        request.case_number = body.text("case");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_question(parts, call, std::move(request));
}

void show_trajectory(Parts& parts, Call& call) {
    answer_question(parts, call, service::TrajectoryQuestion{call.parameters[0], call.query("case"), moment(call, "from"), moment(call, "to"), known_at(call)});
}

void show_passages(Parts& parts, Call& call) {
    answer_question(parts, call, service::PassagesQuestion{call.parameters[0], call.query("case"), moment(call, "from"), moment(call, "to"), known_at(call)});
}

void trace(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::TraceRequest request;
    {
        Members body(*document);
        request = read_trace(body);
        request.case_number = body.text("case");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_question(parts, call, std::move(request));
}

void find_shared_places(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SharedPlacesRequest request;
    {
        Members body(*document);
        request = read_shared_places(body);
        request.case_number = body.text("case");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_question(parts, call, std::move(request));
}

void list_presets(Parts&, Call& call) {
    JsonText text;
    text.begin_object().key("presets").begin_array();
    for (const auto& preset : domain::contact_presets()) write_preset(text, preset);
    answer(call, 200, text.end_array().end_object());
}

void reveal_person(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::RevealRequest request;
    {
        Members body(*document);
        request.person = call.parameters[0];
        request.case_number = body.text("case");
        request.fields = body.texts_if("fields").value_or(std::vector<std::string>{});
        request.reason = body.text("reason");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto person = parts.reveals.reveal(*call.caller, *call.reader, request);
    if (!person) return refuse(parts, call, person.error());
    JsonText text;
    write_person(text.begin_object(), *person);
    answer(call, 200, text.end_object());
}

void disclose(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::vector<service::Question> questions;
    std::vector<std::string> fields;
    service::Handover handover;
    WantedForm wanted;
    {
        Members body(*document);
        auto query = body.object("query");
        questions = read_queries(query, call.parameters[0]);
        fields = body.texts_if("fields").value_or(std::vector<std::string>{});
        handover.recipient = body.text("recipient");
        handover.reason = body.text("reason");
        wanted.form = body.text_if("form");
        wanted.split = body.text_if("split");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (questions.size() != 1) return refuse(parts, call, {kit::Errc::invalid, "query_kind", {{"/query", "query_kind"}}});
    const auto how = service::parse_fields(fields);
    if (!how) return refuse(parts, call, how.error());
    handover.fields = service::words_of(*how);
    disclose_answer(parts, call, questions[0], *how, std::move(handover), wanted);
}

}  // namespace chayan::api
