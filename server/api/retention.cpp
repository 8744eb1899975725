// SPDX-License-Identifier: Apache-2.0
// What is kept for how long and what goes next, and the assessment of what is stored, made from the schema, the settings in force and the table of calls.

#include <algorithm>
#include <set>

#include "api/answer.hpp"
#include "api/forgetting_json.hpp"
#include "domain/stored_data.hpp"
#include "service/office.hpp"
#include "service/operators.hpp"

namespace chayan::api {
namespace {

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

void write_words(JsonText& text, const char* name, const domain::TwoWords& words) { text.key(name).begin_object().member("zh", words.zh).member("en", words.en).end_object(); }

void write_rosters(JsonText& text, const service::RetentionState& state, const domain::TimeZone& zone) {
    text.key("rosters").begin_array();
    for (const auto& [row, people] : state.rosters) {
        text.begin_object().member("basis", row.basis).member("until", domain::format_date(zone.local_day(row.until - 1))).member("at", domain::format_rfc3339(row.at));
        text.member("people", number(people)).end_object();
    }
    text.end_array();
}

void write_rules(JsonText& text, const service::RetentionState& state) {
    text.key("rules").begin_array();
    for (const auto& rule : state.rules) {
        text.begin_object().member("kind", rule.kind).member("days", rule.days).member("count", number(rule.count)).key("due");
        if (rule.due) text.value(number(*rule.due));
        else text.null();
        text.member("removed", number(rule.gone.total)).key("last");
        if (rule.gone.total > 0) text.value(domain::format_date(rule.gone.day));
        else text.null();
        text.end_object();
    }
    text.end_array();
}

/// Who may make any of these calls, by the table.
std::set<std::string> readers_of(const domain::StoredKind& kind) {
    std::set<std::string> readers;
    for (const auto& path : kind.calls)
        for (const auto& endpoint : endpoints()) {
            const bool is_asked = endpoint.method == http::Method::get || endpoint.method == http::Method::post;   // what names people is asked for in a body
            if (endpoint.path != path || !is_asked) continue;
            if (endpoint.who.credential) readers.insert("resident");
            for (const auto role : {storage::Role::admin, storage::Role::manager, storage::Role::guard, storage::Role::tracer, storage::Role::auditor})
                if ((endpoint.who.roles & static_cast<std::uint8_t>(role)) != 0) readers.insert(std::string(service::role_words_of(static_cast<std::uint8_t>(role)).front()));
        }
    return readers;
}

void write_kind(JsonText& text, const domain::StoredKind& kind, const service::RetentionTimes& times, std::int64_t roster_days) {
    text.begin_object().member("kind", kind.word).member("level", std::int64_t{kind.level});
    write_words(text, "name", kind.name);
    write_words(text, "purpose", kind.purpose);
    write_words(text, "basis", kind.basis);
    text.key("retention").begin_object().member("rule", kind.retention).member("days", service::kept_days(kind, times, roster_days)).end_object().key("readers").begin_array();
    for (const auto& reader : readers_of(kind)) text.value(reader);
    text.end_array().key("calls").begin_array();
    for (const auto& path : kind.calls) text.value(path);
    text.end_array().key("columns").begin_array();
    for (const auto& column : domain::stored_columns())
        if (column.kind == kind.word) text.begin_object().member("table", column.table).member("column", column.column).member("form", std::string(1, column.form)).end_object();
    text.end_array().end_object();
}

}  // namespace

void write_forgetting(JsonText& text, const service::RetentionDays& days) {
    text.key("clock_ahead_s");
    if (days.ahead_s) text.value(*days.ahead_s);
    else text.null();
    text.key("held").begin_array();
    for (const auto& held : days.held) {
        text.begin_object().member("day", domain::format_date(held.day)).member("case", held.case_number).key("until");
        if (held.until) text.value(domain::format_rfc3339(*held.until));
        else text.null();
        text.end_object();
    }
    text.end_array().key("next_days").begin_array();
    for (const auto day : days.next_days) text.value(domain::format_date(day));
    text.end_array();
}

void show_retention(Parts& parts, Call& call) {
    const auto state = parts.retention.view(*call.reader);
    JsonText text;
    text.begin_object().member("scan_days", state.times.scan_days).member("desk_days", state.times.desk_days).member("audit_days", state.times.audit_days);
    text.member("roster_days", parts.roster_days);
    write_forgetting(text, state.days);
    write_rules(text, state);
    write_rosters(text, state, parts.zone);
    answer(call, 200, text.end_object());
}

void show_assessment(Parts& parts, Call& call) {
    const auto state = parts.retention.view(*call.reader);
    JsonText text;
    text.begin_object().member("made", domain::format_rfc3339(parts.clock.now())).member("version", CHAYAN_VERSION).member("office", parts.office.words().name);
    text.key("parts").begin_array();
    for (const auto& part : domain::assessment_parts()) {
        text.begin_object().member("part", part.word);
        write_words(text, "text", part.text);
        text.end_object();
    }
    text.end_array().key("kinds").begin_array();
    for (const auto& kind : domain::stored_kinds()) write_kind(text, kind, state.times, parts.roster_days);
    text.end_array();
    write_rosters(text, state, parts.zone);
    answer(call, 200, text.end_object());
}

}  // namespace chayan::api
