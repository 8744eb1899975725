// SPDX-License-Identifier: Apache-2.0
// Vehicles at the gate, counts of a day, and the daily brief.
#include "service/brief.hpp"

#include "api/answer.hpp"
#include "api/desk_json.hpp"
#include "api/receipts.hpp"
#include "kit/limits.hpp"
#include "service/day_counts.hpp"
#include "service/vehicles.hpp"
#include "service/words.hpp"

namespace chayan::api {
namespace {

using domain::format_rfc3339;
using kit::Errc;
using kit::Error;

constexpr const char* xlsx_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

void write_number(JsonText& text, const char* name, const std::optional<std::int64_t>& value) {
    text.key(name);
    if (value) text.value(*value);
    else text.null();
}

void write_brief(JsonText& text, Parts& parts, const Call& call, const service::BriefView& brief) {
    const auto language = service::preferred_language(call.request.accept_language);
    if (brief.id != 0) text.member("id", std::to_string(brief.id)).member("by", brief.by).member("at", format_rfc3339(brief.at));
    text.member("day", domain::format_date(brief.day)).member("cutoff", format_rfc3339(brief.cutoff));
    text.key("division").begin_object().member("code", std::string(domain::DivisionText(brief.division))).member("name", brief.division_name).end_object();
    text.member("sentence", parts.brief.sentence(brief, language));
}

void write_numbers(JsonText& text, const service::BriefView& brief) {
    text.key("numbers").begin_array();
    for (const auto& one : brief.numbers) {
        text.begin_object().member("name", one.name);
        write_number(text, "today", one.today);
        write_number(text, "yesterday", one.yesterday);
        write_number(text, "week_ago", one.week_ago);
        write_number(text, "total", one.total);
        text.end_object();
    }
    text.end_array();
}

void write_days(JsonText& text, const service::BriefView& brief) {
    text.key("series").begin_array();
    for (const auto& day : brief.series) {
        text.begin_object().member("day", day.day);
        write_number(text, "passages", day.passages);
        write_number(text, "vehicles", day.vehicles);
        write_number(text, "fevers", day.fevers);
        text.end_object();
    }
    text.end_array().key("silent").begin_array();
    for (const auto& [ref, name] : brief.silent) text.begin_object().member("ref", ref).member("name", name).end_object();
    text.end_array();
}

void write_counted(JsonText& text, const service::Counted& counted) {
    text.member("passages", number(counted.passages)).member("people", number(counted.people)).member("vehicles", number(counted.vehicles)).member("fevers", number(counted.fevers));
}

kit::Result<service::VehicleCheck> read_check(Document& document, Members given) {
    service::VehicleCheck check;
    {
        Members item = std::move(given);
        check.site = item.text("site");
        check.plate = item.text("plate");
        check.people = item.number_if("people");
        check.direction = item.text_if("direction");
        check.at = item.text_if("at");
    }
    if (auto status = document.take_status(); !status) return status.error();
    return check;
}

void write_result(JsonText& text, const service::CheckedVehicle& checked) {
    text.member("status", std::int64_t{checked.known ? 200 : 201}).member("id", checked.id).member("site", checked.site).member("at", format_rfc3339(checked.at));
    text.member("direction", domain::word_of(checked.direction)).member("people", std::int64_t{checked.people}).member("known", checked.known);
}

bool is_brief_format(std::string_view format) { return format.empty() || format == "json" || format == "xlsx"; }

void answer_workbook(Parts& parts, Call& call, const service::BriefView& brief) {
    auto book = parts.brief.workbook(*call.caller, brief, service::preferred_language(call.request.accept_language));
    if (!book) return refuse(parts, call, book.error());
    const auto name = "attachment; filename=\"brief-" + domain::format_date(brief.day) + ".xlsx\"";
    (*call.reply)(http::Response{200, xlsx_type, *std::move(book), {{"Content-Disposition", name}, {"Cache-Control", "no-store"}}, false});
}

}  // namespace

void add_vehicles(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::vector<kit::Result<service::VehicleCheck>> items;
    {
        Members body(*document);
        auto list = body.objects("checks", kit::vehicle_checks_max, "batch_too_large");
        parts.throttle.charge(service::Bucket::operator_scans, call.caller->id.value, list.empty() ? 0 : list.size() - 1);
        if (auto status = document->status(); !status) return refuse(parts, call, status.error());
        for (auto& given : list) items.push_back(read_check(*document, std::move(given)));
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    std::vector<service::VehicleCheck> checks;
    for (const auto& item : items)
        if (item) checks.push_back(*item);
    const auto results = parts.vehicles.check(*call.caller, checks);
    if (!results) return refuse(parts, call, results.error());
    const auto language = service::preferred_language(call.request.accept_language);
    JsonText text;
    const auto now = format_rfc3339(parts.clock.now());
    text.begin_object().member("now", now).key("results").begin_array();
    for (const auto& result : with_refused(items, *results)) {
        text.begin_object();
        if (result) write_result(text, *result);
        else write_refused(text, result.error(), language, now);
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void show_counts(Parts& parts, Call& call) {
    const auto view = parts.counts.counts(*call.caller, *call.reader, call.query("day"), call.query("division"), call.query("by"));
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    text.begin_object().member("day", view->day).key("rows").begin_array();
    for (const auto& row : view->rows) {
        write_counted(text.begin_object().member("key", row.key).member("name", row.name), row.counted);
        text.end_object();
    }
    text.end_array().key("total").begin_object();
    write_counted(text, view->total);
    answer(call, 200, text.end_object().end_object());
}

void show_brief(Parts& parts, Call& call) {
    const auto format = call.query("format");
    if (!is_brief_format(format)) return refuse(parts, call, kit::invalid_field("/format", "format_unknown"));
    const auto brief = parts.brief.of(*call.caller, *call.reader, {std::string(call.query("day")), std::string(call.query("division")), std::string(call.query("at"))});
    if (!brief) return refuse(parts, call, brief.error());
    if (format == "xlsx") return answer_workbook(parts, call, *brief);
    JsonText text;
    write_brief(text.begin_object(), parts, call, *brief);
    write_numbers(text, *brief);
    write_days(text, *brief);
    answer(call, 200, text.end_object());
}

void freeze_brief(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::BriefQuestion question;
    {
        Members body(*document);
        question.day = body.text_if("day").value_or("");
        question.division = body.text_if("division").value_or("");
        question.at = body.text_if("at").value_or("");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto brief = parts.brief.freeze(*call.caller, *call.reader, question);
    if (!brief) return refuse(parts, call, brief.error());
    JsonText text;
    write_brief(text.begin_object(), parts, call, *brief);
    write_numbers(text, *brief);
    write_days(text, *brief);
    answer(call, 201, text.end_object());
}

void list_briefs(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("briefs").begin_array();
    for (const auto& brief : parts.brief.frozen(*call.caller, *call.reader)) {
        write_brief(text.begin_object(), parts, call, brief);
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void show_frozen_brief(Parts& parts, Call& call) {
    const auto format = call.query("format");
    if (!is_brief_format(format)) return refuse(parts, call, kit::invalid_field("/format", "format_unknown"));
    const auto found = parts.brief.find(*call.caller, *call.reader, number_of(call.parameters[0]));
    if (!found) return refuse(parts, call, found.error());
    if (format == "xlsx") return answer_workbook(parts, call, found->brief);
    JsonText text;
    write_brief(text.begin_object(), parts, call, found->brief);
    write_numbers(text, found->brief);
    write_days(text, found->brief);
    text.key("corrections").begin_array();
    for (const auto& one : found->corrections)
        text.begin_object().member("name", one.name).member("of", one.is_total ? "total" : "today").member("then", one.then).member("now", one.now).end_object();
    answer(call, 200, text.end_array().end_object());
}

}  // namespace chayan::api
