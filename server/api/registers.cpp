// SPDX-License-Identifier: Apache-2.0
// The desk's registers: records, their steps, and places of isolation.
#include "api/answer.hpp"
#include "api/desk_json.hpp"
#include "kit/number.hpp"
#include "service/register_desk.hpp"

namespace chayan::api {
namespace {

using domain::format_rfc3339;
using kit::Errc;
using kit::Error;

std::optional<domain::StatementFields> read_person(Members& body) {
    auto given = body.object_if("person");
    if (!given) return std::nullopt;
    domain::StatementFields fields;
    fields.name = given->text("name");
    fields.phone = given->text_if("phone").value_or("");
    if (auto document = given->object_if("document")) {
        fields.document_type = document->text("type");
        fields.document_number = document->text("number");
    }
    return fields;
}

/// Whatever is said of a record; a step says `step` besides.
kit::Result<service::RecordSaying> read_saying(const Call& call, bool is_step) {
    auto document = Document::parse(call.request.body);
    if (!document) return document.error();
    service::RecordSaying saying;
    {
        Members body(*document);
        if (is_step) {
            saying.step = body.text("step");
            saying.result = body.text_if("result").value_or("");
        } else {
            saying.subject = body.text_if("subject").value_or("");
            saying.found_at = body.text_if("found_at").value_or("");
            saying.person = read_person(body);
        }
        saying.division = body.text_if("division").value_or("");
        saying.site = body.text_if("site").value_or("");
        saying.place = body.text_if("place").value_or("");
        saying.note = body.text_if("note").value_or("");
        saying.until = body.text_if("until").value_or("");
        saying.temperature = body.number_if("temperature");
    }
    if (auto status = document->status(); !status) return status.error();
    return saying;
}

void write_site(JsonText& text, const std::optional<service::SiteName>& site) {
    if (site) text.key("site").begin_object().member("ref", site->ref).member("name", site->name).end_object();
}

void write_division(JsonText& text, domain::DivisionCode code, const std::string& name) {
    text.key("division").begin_object().member("code", std::string(domain::DivisionText(code))).member("name", name).end_object();
}

void write_text_if(JsonText& text, const char* name, const std::string& value) {
    if (!value.empty()) text.member(name, value);
}

void write_moment_if(JsonText& text, const char* name, domain::Instant at) {
    if (at.s != 0) text.member(name, format_rfc3339(at));
}

void write_record(JsonText& text, const service::RecordView& view) {
    const auto& standing = view.row.standing;
    text.member("id", std::to_string(view.row.id)).member("kind", domain::word_of(view.row.kind)).member("state", domain::word_of(standing.state)).key("next").begin_array();
    if (view.is_here)
        for (const auto step : domain::steps_after(view.row.kind, standing)) text.value(domain::word_of(step));
    text.end_array();
    write_division(text, standing.division, view.division_name);
    write_site(text, view.site);
    if (view.person) write_person(text, *view.person);
    write_text_if(text, "subject", view.subject);
    write_text_if(text, "place", view.place);
    write_text_if(text, "found_at", domain::word_of(standing.found));
    if (standing.temperature_dc != 0) text.key("temperature").tenths(standing.temperature_dc);
    write_text_if(text, "result", domain::word_of(standing.result));
    write_moment_if(text, "until", standing.until);
    write_moment_if(text, "due", standing.due);
    if (view.row.kind == domain::RegisterKind::isolation) text.member("approved", standing.is_approved);
    text.member("overdue", view.is_overdue).member("opened", format_rfc3339(view.row.opened));
    write_text_if(text, "by", view.by);
    write_moment_if(text, "closed", view.row.closed);
}

void write_step(JsonText& text, const service::StepView& view, const domain::Standing& before) {
    const auto& standing = view.row.standing;
    text.begin_object().member("step", domain::word_of(view.row.step)).member("at", format_rfc3339(view.row.at)).member("state", domain::word_of(standing.state));
    write_text_if(text, "by", view.by);
    write_text_if(text, "place", view.place);
    write_site(text, view.site);
    if (standing.until != before.until) write_moment_if(text, "until", standing.until);
    const bool is_measured = view.row.step == domain::StepKind::measured || (view.row.step == domain::StepKind::opened && standing.temperature_dc != 0);
    if (is_measured) text.key("temperature").tenths(standing.temperature_dc);
    if (view.row.step == domain::StepKind::tested) text.member("result", domain::word_of(standing.result));
    if (standing.division != before.division) write_division(text, standing.division, view.division_name);
    write_text_if(text, "note", view.note);
    text.end_object();
}

void answer_record(Parts& parts, Call& call, int status, const kit::Result<service::RecordView>& view) {
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_record(text.begin_object(), *view);
    text.key("steps").begin_array();
    domain::Standing before{};
    for (const auto& step : view->steps) {
        write_step(text, step, before);
        before = step.row.standing;
    }
    answer(call, status, text.end_array().end_object());
}

/// "due.id": a record that has moved since is no step of the way.
std::optional<storage::DuePlace> due_place_of(const std::string& text) {
    if (text.empty()) return storage::DuePlace{};
    const auto dot = text.find('.');
    const auto due = kit::read_number(std::string_view(text).substr(0, dot));
    const auto id = dot == std::string::npos ? 0 : number_of(std::string_view(text).substr(dot + 1));
    if (!due || id == 0) return std::nullopt;
    return storage::DuePlace{{static_cast<std::int64_t>(*due)}, id};
}

const Error register_unknown{Errc::not_found, "register_unknown"};

}  // namespace

void write_person(JsonText& text, const service::MaskedPerson& person) {
    text.key("person").begin_object().member("id", person.id).member("name", person.name);
    if (!person.document_number.empty()) text.key("document").begin_object().member("type", person.document_type).member("number", person.document_number).end_object();
    write_text_if(text, "phone", person.phone);
    write_text_if(text, "address", person.address);
    write_text_if(text, "workplace", person.workplace);
    write_text_if(text, "birth_date", person.birth_date);
    write_text_if(text, "sex", person.sex);
    write_text_if(text, "division", person.division);
    text.end_object();
}

std::optional<std::uint64_t> cursor_of(const Call& call) {
    const auto text = call.query("cursor");
    const auto number = number_of(text);
    return text.empty() || number != 0 ? std::optional(number) : std::nullopt;
}

void list_records(Parts& parts, Call& call) {
    const auto kind = domain::find_register(call.parameters[0]);
    if (!kind) return refuse(parts, call, register_unknown);
    const auto state = call.query("state");
    if (!state.empty() && state != "open" && state != "closed") return refuse(parts, call, kit::invalid_field("/state", "record_state"));
    const auto cursor = due_place_of(call.query("cursor"));
    if (!cursor) return refuse(parts, call, kit::invalid_field("/cursor", "cursor_unknown"));
    const auto page = parts.registers.list(*call.caller, *call.reader, *kind, state == "closed", *cursor);
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().key("records").begin_array();
    for (const auto& view : page->records) {
        write_record(text.begin_object(), view);
        text.end_object();
    }
    text.end_array();
    if (page->next.id != 0) text.member("next", std::to_string(page->next.due.s) + '.' + std::to_string(page->next.id));
    answer(call, 200, text.member("open", static_cast<std::int64_t>(page->open)).member("overdue", static_cast<std::int64_t>(page->overdue)).end_object());
}

void count_records(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("registers").begin_array();
    for (const auto& count : parts.registers.counts(*call.caller, *call.reader)) {
        text.begin_object().member("kind", domain::word_of(count.kind)).member("open", static_cast<std::int64_t>(count.open));
        text.member("overdue", static_cast<std::int64_t>(count.overdue)).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void open_record(Parts& parts, Call& call) {
    const auto kind = domain::find_register(call.parameters[0]);
    if (!kind) return refuse(parts, call, register_unknown);
    const auto saying = read_saying(call, false);
    if (!saying) return refuse(parts, call, saying.error());
    answer_record(parts, call, 201, parts.registers.open(*call.caller, *call.reader, *kind, *saying));
}

void show_record(Parts& parts, Call& call) {
    const auto kind = domain::find_register(call.parameters[0]);
    if (!kind) return refuse(parts, call, register_unknown);
    answer_record(parts, call, 200, parts.registers.find(*call.caller, *call.reader, *kind, number_of(call.parameters[1])));
}

void step_record(Parts& parts, Call& call) {
    const auto kind = domain::find_register(call.parameters[0]);
    if (!kind) return refuse(parts, call, register_unknown);
    const auto saying = read_saying(call, true);
    if (!saying) return refuse(parts, call, saying.error());
    answer_record(parts, call, 200, parts.registers.step(*call.caller, *call.reader, *kind, number_of(call.parameters[1]), *saying));
}

void reveal_record(Parts& parts, Call& call) {
    const auto kind = domain::find_register(call.parameters[0]);
    if (!kind) return refuse(parts, call, register_unknown);
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::RecordReveal request{*kind, number_of(call.parameters[1]), {}, {}};
    {
        Members body(*document);
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

void list_places(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("places").begin_array();
    for (const auto& place : parts.registers.places(*call.caller, *call.reader)) {
        text.begin_object().member("ref", place.site.ref).member("name", place.site.name);
        if (place.capacity) text.member("capacity", std::int64_t{*place.capacity});
        text.member("in", std::int64_t{place.in}).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void set_capacity(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::optional<double> capacity;
    {
        Members body(*document);
        capacity = body.number_if("capacity");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (!capacity) return refuse(parts, call, kit::invalid_field("/capacity", "missing"));
    const auto status = parts.registers.set_capacity(*call.caller, call.parameters[0], *capacity);
    if (!status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("ref", call.parameters[0]).member("capacity", static_cast<std::int64_t>(*capacity)).end_object());
}

}  // namespace chayan::api
