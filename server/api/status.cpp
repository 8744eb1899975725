// SPDX-License-Identifier: Apache-2.0
// How the service is, what it runs with, and whose it is: for whoever answers for it.
#include "service/status.hpp"

#include "api/answer.hpp"
#include "api/forgetting_json.hpp"
#include "service/office.hpp"
#include "service/throttle.hpp"
#include "service/upkeep.hpp"

namespace chayan::api {
namespace {

using kit::Errc;

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

void write_moment(JsonText& text, std::string_view name, const std::optional<domain::Instant>& at) {
    text.key(name);
    if (at) text.value(domain::format_rfc3339(*at));
    else text.null();
}

void write_log(JsonText& text, const service::StatusView& view) {
    const char* const state = view.readiness ? "ready" : std::string_view(view.readiness.error().code) == "starting" ? "reading" : "damaged";
    text.key("log").begin_object().member("state", state).member("percent", number(static_cast<std::uint64_t>(view.read_percent))).end_object();
}

void write_machine(JsonText& text, const service::Machine& machine) {
    text.key("disk").begin_object().member("free", number(machine.disk_free_bytes)).member("total", number(machine.disk_bytes)).end_object();
    text.key("clock_synchronised");
    if (machine.is_clock_synchronised) text.value(*machine.is_clock_synchronised);
    else text.null();
    text.member("prints_posters", machine.prints_posters).key("certificate");
    if (!machine.certificate) {
        text.null();
        return;
    }
    text.begin_object().member("not_after", domain::format_rfc3339(machine.certificate->not_after)).member("self_signed", machine.certificate->is_self_signed);
    text.key("names").begin_array();
    for (const auto& name : machine.certificate->names) text.value(name);
    text.end_array().end_object();
}

void write_limits(JsonText& text, const service::Throttle& throttle) {
    text.key("limits").begin_object().key("refused").begin_object();
    for (std::size_t i = 0; i < service::buckets; ++i) text.member(service::bucket_names[i], number(throttle.refused(static_cast<service::Bucket>(i))));
    text.end_object().key("shed").begin_object();
    for (std::size_t i = 0; i < service::sheds; ++i) text.member(service::shed_names[i], number(throttle.shed(static_cast<service::Shed>(i))));
    text.end_object().end_object();
}

void write_audit(JsonText& text, const service::StatusView& view) {
    text.key("audit").begin_object().member("lines", number(view.audit_lines)).key("checkpoint");
    if (view.checkpoint.seq == 0) text.null();
    else text.begin_object().member("seq", number(view.checkpoint.seq)).member("at", domain::format_rfc3339(view.checkpoint.at)).end_object();
    text.end_object();
}

void answer_office(Parts& parts, Call& call) {
    const auto words = parts.office.words();
    const auto& fixed = parts.office.fixed();
    JsonText text;
    text.begin_object().member("name", words.name).member("hotline", words.hotline).member("filing", words.filing).key("fixed").begin_array();
    if (!fixed.name.empty()) text.value("name");
    if (!fixed.hotline.empty()) text.value("hotline");
    if (!fixed.filing.empty()) text.value("filing");
    answer(call, 200, text.end_array().end_object());
}

}  // namespace

JsonText status_of_service(Parts& parts, storage::Connection& reader) {
    const auto view = parts.status.view(reader);
    JsonText text;
    text.begin_object().member("version", CHAYAN_VERSION).member("started", domain::format_rfc3339(view.started)).member("now", domain::format_rfc3339(view.now));
    text.member("time_zone", parts.time_zone).member("address", parts.base_url);
    write_log(text, view);
    text.key("scans").begin_object().member("today", number(view.scans_today));
    write_moment(text, "last", view.last_scan);
    text.end_object().member("people", number(view.people)).member("registrations", number(view.registrations));
    text.key("sites").begin_object().member("open", number(view.sites_open)).member("closed", number(view.sites_closed)).end_object();
    text.member("divisions", number(view.divisions)).member("operators", number(view.operators));
    text.key("queue").begin_object().member("waiting", number(view.waiting)).member("full", view.is_full).end_object();
    write_limits(text, parts.throttle);
    write_machine(text, view.machine);
    write_moment(text, "backup", view.last_backup);
    write_moment(text, "recovery_proved", view.recovery_proved);
    write_audit(text, view);
    text.key("forgetting").begin_object();
    write_forgetting(text, parts.retention.days(reader));
    text.end_object().end_object();
    return text;
}

void show_status(Parts& parts, Call& call) {
    auto text = status_of_service(parts, *call.reader);
    answer(call, 200, text);
}

void show_upkeep(Parts& parts, Call& call) {
    constexpr std::string_view names[] = {"certificate", "backup", "disk"};
    JsonText text;
    text.begin_object().key("upkeep").begin_array();
    for (const auto& item : service::find_upkeep(parts.status.view(*call.reader))) {
        text.begin_object().member("what", names[static_cast<std::size_t>(item.what)]).member("urgent", item.is_urgent).key("days");
        if (item.days) text.value(*item.days);
        else text.null();
        if (item.what == service::Upkeep::What::disk) text.member("free", number(item.free_bytes));
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void list_settings(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("settings").begin_array();
    for (const auto& setting : parts.settings) {
        text.begin_object().member("section", setting.section).member("key", setting.key).member("value", setting.value);
        text.member("default", setting.standard).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void show_office(Parts& parts, Call& call) { answer_office(parts, call); }

void change_office(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::OfficeChange change;
    {
        Members body(*document);
        change.name = body.text_if("name");
        change.hotline = body.text_if("hotline");
        change.filing = body.text_if("filing");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (const auto changed = parts.office.change(*call.caller, change); !changed) return refuse(parts, call, changed.error());
    make_fixed_parts(parts);
    answer_office(parts, call);
}

}  // namespace chayan::api
