// SPDX-License-Identifier: Apache-2.0
// Rules of outings, and those that a guard lets pass all the same.
#include "service/outings.hpp"

#include <charconv>

#include "api/answer.hpp"

namespace chayan::api {
namespace {

void write_rule(JsonText& text, const service::OutingRuleView& view) {
    const auto& rule = view.rule;
    text.begin_object().member("id", std::to_string(rule.id));
    text.key("division").begin_object().member("code", std::string_view{domain::DivisionText(rule.division)}).member("name", view.division_name).end_object();
    text.member("from", domain::format_date(rule.limit.from)).member("until", domain::format_date(rule.limit.until)).member("people", rule.limit.people);
    text.member("days", std::int64_t{rule.limit.days}).member("by", view.by).member("at", domain::format_rfc3339(rule.at)).end_object();
}

}  // namespace

void add_outing_rule(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::NewOutingRule rule;
    {
        Members body(*document);
        rule.division = body.text("division");
        rule.from = body.text("from");
        rule.until = body.text("until");
        rule.people = body.integer_if("people").value_or(1);
        rule.days = body.integer_if("days").value_or(1);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto view = parts.outings.add(*call.caller, *call.reader, rule);
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_rule(text, *view);
    answer(call, 201, text);
}

void list_outing_rules(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("rules").begin_array();
    for (const auto& view : parts.outings.rules(*call.caller)) write_rule(text, view);
    answer(call, 200, text.end_array().end_object());
}

void remove_outing_rule(Parts& parts, Call& call) {
    const auto& given = call.parameters[0];
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), id);
    if (error != std::errc{} || end != given.data() + given.size()) id = 0;   // which nothing has
    if (auto status = parts.outings.remove(*call.caller, *call.reader, id); !status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().end_object());
}

void except_outing(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string scan, reason;
    {
        Members body(*document);
        scan = body.text("scan");
        reason = body.text("reason");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (auto status = parts.outings.except(*call.caller, scan, reason); !status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("excepted", true).end_object());
}

}  // namespace chayan::api
