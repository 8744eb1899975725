// SPDX-License-Identifier: Apache-2.0
// Enterprises' daily reports.
#include <utility>

#include "api/answer.hpp"
#include "service/report_desk.hpp"

namespace chayan::api {
namespace {

void write_numbers(JsonText& text, const domain::ReportNumbers& numbers) {
    text.member("staff", numbers.staff).member("present", numbers.present).member("fever", numbers.fever);
}

void write_report(JsonText& text, const service::ReportView& view) {
    text.begin_object().member("at", domain::format_rfc3339(view.at)).member("by", view.by);
    write_numbers(text, view.numbers);
    text.member("elsewhere", view.numbers.elsewhere);
    if (!view.note.empty()) text.member("note", view.note);
    text.end_object();
}

}  // namespace

void add_report(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::NewReport report;
    kit::Error missing{kit::Errc::invalid, "missing"};
    {
        Members body(*document);
        report.day = body.text_if("day").value_or("");
        report.note = body.text_if("note").value_or("");
        auto& numbers = report.numbers;
        const std::pair<const char*, std::int64_t*> members[] = {{"staff", &numbers.staff}, {"present", &numbers.present}, {"fever", &numbers.fever}, {"elsewhere", &numbers.elsewhere}};
        for (const auto& [name, number] : members) {
            const auto given = body.integer_if(name);
            if (given) *number = *given;
            else missing.fields.push_back({std::string("/") + name, "missing"});   // and never taken for none: zero is an answer of its own
        }
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (!missing.fields.empty()) return refuse(parts, call, missing);
    const auto view = parts.reports.add(*call.caller, call.parameters[0], report);
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_report(text, *view);
    answer(call, 201, text);
}

void list_site_reports(Parts& parts, Call& call) {
    const auto view = parts.reports.day_of(*call.caller, *call.reader, call.parameters[0], call.query("day"));
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    text.begin_object().member("day", domain::format_date(view->day)).member("due", domain::format_rfc3339(view->due)).member("overdue", view->is_overdue);
    text.key("suggested").begin_object();
    write_numbers(text, view->suggested);
    text.end_object().key("reports").begin_array();
    for (const auto& report : view->reports) write_report(text, report);
    answer(call, 200, text.end_array().end_object());
}

void list_reports(Parts& parts, Call& call) {
    const auto list = parts.reports.list(*call.caller, *call.reader, {call.query("day"), call.query("division"), call.query("state")});
    if (!list) return refuse(parts, call, list.error());
    JsonText text;
    text.begin_object().member("day", domain::format_date(list->day)).member("due", domain::format_rfc3339(list->due)).key("enterprises").begin_array();
    for (const auto& view : list->enterprises) {
        text.begin_object().member("ref", view.site->ref).member("name", view.site->name);
        text.key("division").begin_object().member("code", std::string_view{domain::DivisionText(view.site->division)}).member("name", view.division_name).end_object();
        text.member("reported", view.report.has_value());
        if (view.report) {
            text.member("at", domain::format_rfc3339(view.report->at));
            write_numbers(text, view.report->numbers);
            text.member("elsewhere", view.report->numbers.elsewhere).member("late", view.is_late);
        }
        text.end_object();
    }
    text.end_array().member("open", static_cast<std::int64_t>(list->open)).member("reported", static_cast<std::int64_t>(list->reported));
    answer(call, 200, text.end_object());
}

}  // namespace chayan::api
