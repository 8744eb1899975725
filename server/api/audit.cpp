// SPDX-License-Identifier: Apache-2.0
// The audit log as an auditor reads it, and what a resident learns of it.
#include <charconv>

#include "api/answer.hpp"
#include "kit/limits.hpp"

namespace chayan::api {
namespace {

/// A number of the query between 1 and `most`; `otherwise` when it is absent, nothing when it is none.
std::optional<std::uint64_t> number_of(const Call& call, std::string_view name, std::uint64_t most, std::uint64_t otherwise) {
    const auto text = call.query(name);
    if (text.empty()) return otherwise;
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > most) return std::nullopt;
    return number;
}

}  // namespace

void show_audit(Parts& parts, Call& call) {
    const auto limit = number_of(call, "limit", kit::audit_page_max, 100);
    static_assert(kit::audit_page_max == kit::own_scans_page_max);   // one sentence says both
    if (!limit) return refuse(parts, call, kit::invalid_field("/limit", "page_limit_range"));
    const auto before = number_of(call, "cursor", UINT64_MAX, 0);
    if (!before) return refuse(parts, call, kit::invalid_field("/cursor", "cursor_unknown"));
    const service::AuditFilter filter{call.query("operator"), call.query("action"), call.query("case"), call.query("from"), call.query("to")};
    const auto page = parts.audit.lines(*call.caller, *call.reader, *before, *limit, filter, service::preferred_language(call.request.accept_language));
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().key("entries").begin_array();
    for (const auto& line : page->lines) {
        text.begin_object().member("seq", static_cast<std::int64_t>(line.seq)).member("at", domain::format_rfc3339(line.at));
        text.member("operator", line.by).member("action", line.action).member("case", line.case_number).member("sentence", line.sentence).end_object();
    }
    text.end_array().key("next");
    if (page->next == 0) text.null();
    else text.value(std::to_string(page->next));
    text.key("looked_to");
    if (page->looked_to) text.value(domain::format_rfc3339(*page->looked_to));
    else text.null();
    answer(call, 200, text.end_object());
}

void verify_audit(Parts& parts, Call& call) {
    const auto verdict = parts.audit.verify(*call.caller, *call.reader);
    if (!verdict) return refuse(parts, call, verdict.error());
    JsonText text;
    text.begin_object().member("ok", !verdict->first_bad.has_value()).member("count", static_cast<std::int64_t>(verdict->count)).key("first_bad");
    if (verdict->first_bad) text.value(static_cast<std::int64_t>(*verdict->first_bad));
    else text.null();
    text.member("removed", static_cast<std::int64_t>(verdict->removed)).key("removed_to");
    if (verdict->removed > 0) text.value(domain::format_rfc3339(verdict->removed_to));
    else text.null();
    answer(call, 200, text.end_object());
}

void show_access(Parts& parts, Call& call) {
    const auto directory = parts.board.load();
    JsonText text;
    text.begin_object().key("looks").begin_array();
    const auto& people = *directory->people;
    for (const auto& line : parts.audit.about(*call.reader, people.of_one_phone(*call.credential))) {
        text.begin_object().member("number", static_cast<std::int64_t>(line.seq)).member("at", domain::format_rfc3339(line.at)).member("action", line.action);
        const auto* office = line.office.digits == 0 ? nullptr : directory->divisions->find(line.office);
        text.key("office");
        if (office != nullptr) text.value(office->name);
        else text.null();
        const bool is_self = people.is_of_holder(line.subject);
        text.member("who", is_self ? std::string("self") : service::dependant_id(parts.vault, line.subject)).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

}  // namespace chayan::api
