// SPDX-License-Identifier: Apache-2.0
// What the guard's desk calls beside its scans: sites, the screen's digits, readings, who came last, the roster, a shift.
#include "service/gate_desk.hpp"

#include "api/answer.hpp"

namespace chayan::api {
namespace {

using domain::format_rfc3339;
using kit::Errc;

void write_temperature(JsonText& text, const Parts& parts, std::int16_t tenths) {
    if (tenths != 0) text.key("temperature").tenths(tenths).member("fever", tenths >= parts.fever_from_dc);
}

/// A "+08:00" that was typed as it stands has come as a space, and no moment has one.
std::string moment_of(std::string text) {
    for (auto& c : text)
        if (c == ' ') c = '+';
    return text;
}

}  // namespace

void list_gate_sites(Parts& parts, Call& call) {
    const auto view = parts.gate_desk.sites(*call.caller, call.query("search"));
    JsonText text;
    text.begin_object().key("sites").begin_array();
    for (const auto& site : view.sites) {
        text.begin_object().member("ref", site.ref).member("name", site.name).member("category", site.category).member("area", site.area);
        text.member("roster", site.has_roster).end_object();
    }
    answer(call, 200, text.end_array().member("more", view.has_more).key("fever_from").tenths(parts.fever_from_dc).end_object());
}

void show_screen(Parts& parts, Call& call) {
    const auto view = parts.gate_desk.screen(*call.caller, call.parameters[0]);
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    text.begin_object().member("digits", view->digits).member("until", format_rfc3339(view->until)).member("now", format_rfc3339(parts.clock.now()));
    text.key("codes").begin_array();
    for (const auto& [direction, code] : view->codes) {
        text.begin_object().member("direction", direction).member("code", code + '/' + view->digits);
        text.member("url", parts.base_url + "/s/" + code + '/' + view->digits).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void add_observation(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::Reading reading;
    {
        Members body(*document);
        reading.scan = body.text("scan");
        reading.temperature = body.number_if("temperature");
        reading.method = body.text("method");
        reading.second = body.number_if("second");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto taken = parts.gate_desk.observe(*call.caller, *call.reader, reading);
    if (!taken) return refuse(parts, call, taken.error());
    JsonText text;
    text.begin_object().member("scan", reading.scan);
    write_temperature(text, parts, taken->temperature_dc);
    answer(call, taken->known ? 200 : 201, text.end_object());
}

void list_recent(Parts& parts, Call& call) {
    const auto people = parts.gate_desk.recent(*call.caller, *call.reader, call.query("site"));
    if (!people) return refuse(parts, call, people.error());
    JsonText text;
    text.begin_object().member("now", format_rfc3339(parts.clock.now())).key("scans").begin_array();
    for (const auto& person : *people) {
        text.begin_object().member("id", person.id).member("name", person.name).member("at", format_rfc3339(person.at));
        text.member("direction", domain::word_of(person.direction)).member("evidence", person.evidence);
        write_temperature(text, parts, person.temperature_dc);
        if (person.is_read) text.member("read", true);
        if (person.voided) text.member("voided", true);
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void search_roster(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string site;
    service::RosterQuestion question;
    {
        Members body(*document);
        site = body.text("site");
        question.initials = body.text_if("initials").value_or("");
        question.name = body.text_if("name").value_or("");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto view = parts.gate_desk.roster(*call.caller, *call.reader, site, question);
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    text.begin_object().member("roster", view->is_kept).key("people").begin_array();
    for (const auto& person : view->people) {
        text.begin_object().member("card", person.card).member("name", person.name);
        if (!person.document_number.empty()) text.member("document", person.document_number);
        if (person.age >= 0) text.member("age", std::int64_t{person.age});
        text.end_object();
    }
    answer(call, 200, text.end_array().member("more", view->has_more).end_object());
}

void show_shift(Parts& parts, Call& call) {
    const auto view = parts.gate_desk.shift(*call.caller, *call.reader, call.query("site"), moment_of(call.query("since")));
    if (!view) return refuse(parts, call, view.error());
    const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
    JsonText text;
    text.begin_object().member("since", format_rfc3339(view->since)).member("until", format_rfc3339(parts.clock.now()));
    text.member("in", number(view->in)).member("out", number(view->out)).member("pass", number(view->pass)).member("people", number(view->people));
    text.member("by_phone", number(view->by_phone)).member("by_staff", number(view->by_staff)).member("own", number(view->own));
    text.member("fevers", number(view->fevers)).member("voided", number(view->voided)).member("vehicles", number(view->vehicles));
    answer(call, 200, text.end_object());
}

}  // namespace chayan::api
