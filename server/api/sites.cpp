// SPDX-License-Identifier: Apache-2.0
// A manager's sites, and the tree of divisions.
#include <charconv>

#include "api/answer.hpp"
#include "service/site_desk.hpp"

namespace chayan::api {
namespace {

void write_clock(JsonText& text, const char* name, std::int32_t second) {
    text.key(name);
    if (second < 0) {
        text.null();
        return;
    }
    const auto two = [](std::int32_t number) { return std::string(number < 10 ? "0" : "") + std::to_string(number); };
    text.value(two(second / 3600) + ':' + two(second / 60 % 60));
}

void write_text(JsonText& text, const char* name, const std::string& value) {
    text.key(name);
    if (value.empty()) text.null();
    else text.value(value);
}

template <class T>
void write_if(JsonText& text, const char* name, const std::optional<T>& value) {
    text.key(name);
    if (value) text.value(*value);
    else text.null();
}

/// The columns of CONTRACT 4, and what a manager has to know beside them.
void write_site(JsonText& text, const service::SiteView& view) {
    const auto& row = *view.row;
    text.begin_object().member("ref", row.ref).member("name", row.name);
    text.member("category", domain::category_rules()[static_cast<std::size_t>(row.category)].word);
    text.member("division", std::string_view{domain::DivisionText(row.division)}).member("division_name", view.division_name);
    write_text(text, "place", view.place);
    write_text(text, "address", row.address);
    write_if(text, "longitude", row.longitude);
    write_if(text, "latitude", row.latitude);
    write_text(text, "presence", !row.presence ? "" : *row.presence == domain::Presence::gate ? "gate" : "venue");
    write_if(text, "dwell_min", row.dwell_s ? std::optional<std::int64_t>(*row.dwell_s / 60) : std::nullopt);
    write_clock(text, "opens", row.opens_s);
    write_clock(text, "closes", row.closes_s);
    text.member("asks_temperature", row.asks_temperature);
    text.member("closed", row.closed.has_value());
    text.member("revision", std::int64_t{row.revision});
    write_text(text, "accept_old_until", row.old_until ? domain::format_rfc3339(*row.old_until) : std::string());
    text.key("codes").begin_array();
    for (const auto& code : view.codes) text.begin_object().member("direction", code.direction).member("code", code.code).member("url", code.url).end_object();
    text.end_array().end_object();
}

void answer_site(Parts& parts, Call& call, int status, const kit::Result<service::SiteView>& view) {
    if (!view) return refuse(parts, call, view.error());
    JsonText text;
    write_site(text, *view);
    answer(call, status, text);
}

/// A text, which null empties.
std::optional<std::string> text_or_null(Members& body, const char* name) {
    if (body.is_null(name)) return std::string();
    return body.text_if(name);
}

/// A number as the text that a file would have, which null empties.
std::optional<std::string> number_or_null(Members& body, const char* name) {
    if (body.is_null(name)) return std::string();
    const auto number = body.number_if(name);
    if (!number) return std::nullopt;
    char digits[64];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, *number, std::chars_format::fixed);
    return error == std::errc{} ? std::string(digits, end) : std::string("x");   // too long to be any
}

std::optional<std::string> flag_text(Members& body, const char* name) {
    const auto flag = body.flag_if(name);
    return flag ? std::optional<std::string>(*flag ? "yes" : "no") : std::nullopt;
}

/// In the order of site_columns, the ref left out.
service::SiteTexts read_texts(Members& body) {
    return {std::nullopt, body.text_if("name"), body.text_if("category"), body.text_if("division"), text_or_null(body, "place"), text_or_null(body, "address"),
            number_or_null(body, "longitude"), number_or_null(body, "latitude"), text_or_null(body, "presence"), number_or_null(body, "dwell_min"),
            text_or_null(body, "opens"), text_or_null(body, "closes"), flag_text(body, "asks_temperature")};
}

}  // namespace

void list_sites(Parts& parts, Call& call) {
    const auto page = parts.sites.list(*call.caller, {call.query("division"), call.query("category"), call.query("q"), call.query("closed"), call.query("limit"), call.query("cursor")});
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().key("sites").begin_array();
    for (const auto& view : page->sites) write_site(text, view);
    text.end_array().member("count", static_cast<std::int64_t>(page->count));
    write_text(text, "next", page->next);
    answer(call, 200, text.end_object());
}

/// For whoever traces: no codes, no coordinates, nothing of how long people stay.
void search_sites(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::optional<std::vector<std::string>> refs;
    std::optional<std::string> words;
    {
        Members body(*document);
        refs = body.texts_if("refs");
        words = body.text_if("text");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (refs.has_value() == words.has_value()) return refuse(parts, call, kit::invalid_field(words ? "/text" : "/refs", "refs_or_text"));
    const auto page = refs ? parts.sites.named(std::move(*refs)) : parts.sites.with_words(*call.caller, *words);
    JsonText text;
    text.begin_object().key("sites").begin_array();
    for (const auto& view : page.sites) {
        text.begin_object().member("ref", view.row->ref).member("name", view.row->name);
        text.member("category", domain::category_rules()[static_cast<std::size_t>(view.row->category)].word);
        write_text(text, "place", view.place);
        text.member("division_name", view.division_name);
        write_text(text, "address", view.row->address);
        text.member("closed", view.row->closed.has_value()).end_object();
    }
    text.end_array().member("count", static_cast<std::int64_t>(page.count));
    answer(call, 200, text.end_object());
}

void show_site(Parts& parts, Call& call) { answer_site(parts, call, 200, parts.sites.find(*call.caller, call.parameters[0])); }

void add_site(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SiteTexts texts;
    {
        Members body(*document);
        texts = read_texts(body);
        texts[0] = body.text("ref");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_site(parts, call, 201, parts.sites.add(*call.caller, texts));
}

void change_site(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::SiteTexts texts;
    std::optional<bool> closed;
    {
        Members body(*document);
        texts = read_texts(body);
        closed = body.flag_if("closed");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_site(parts, call, 200, parts.sites.change(*call.caller, call.parameters[0], texts, closed));
}

void replace_code(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body.empty() ? "{}" : call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::optional<std::string> until;
    {
        Members body(*document);
        until = body.text_if("accept_old_until");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_site(parts, call, 200, parts.sites.replace(*call.caller, call.parameters[0], until));
}

void show_traffic(Parts& parts, Call& call) {
    const auto view = parts.sites.traffic(*call.caller, call.parameters[0], call.query("day"));
    if (!view) return refuse(parts, call, view.error());
    const auto write = [](JsonText& text, const std::string& day, const domain::SiteTraffic& traffic) {
        std::int64_t visits = 0;
        text.begin_object().member("day", day).key("hours").begin_array();
        for (const auto count : traffic.visits) {
            text.value(std::int64_t{count});
            visits += count;
        }
        text.end_array().member("visits", visits).member("people", std::int64_t{traffic.people});
        write_text(text, "last", traffic.last ? domain::format_rfc3339(*traffic.last) : std::string());
        text.end_object();
    };
    JsonText text;
    text.begin_object().key("day");
    write(text, view->day, view->traffic);
    text.key("week_before");
    write(text, view->day_before, view->before);
    answer(call, 200, text.end_object());
}

void show_activity(Parts& parts, Call& call) {
    const auto page = parts.sites.activity(*call.caller);
    if (!page) return refuse(parts, call, page.error());
    JsonText text;
    text.begin_object().member("since", domain::format_rfc3339(page->since)).member("now", domain::format_rfc3339(page->now)).key("sites").begin_array();
    for (const auto& view : page->sites) {
        text.begin_object().member("ref", view.row->ref).member("visits", std::int64_t{view.visits}).member("week_before", std::int64_t{view.before});
        write_text(text, "last", view.last ? domain::format_rfc3339(*view.last) : std::string());
        text.end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void check_code(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string code;
    {
        Members body(*document);
        code = body.text("code");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto check = parts.sites.check(*call.caller, folded_code(code));
    if (!check) return refuse(parts, call, check.error());
    JsonText text;
    text.begin_object().key("site").begin_object().member("ref", check->ref).member("name", check->name).end_object();
    text.member("direction", check->direction).member("state", check->state).member("revision", std::int64_t{check->revision});
    text.member("current_revision", std::int64_t{check->current});
    write_text(text, "accepted_until", check->accepted_until ? domain::format_rfc3339(*check->accepted_until) : std::string());
    answer(call, 200, text.end_object());
}

void list_divisions(Parts& parts, Call& call) {
    const auto of = call.query("of");
    if (!of.empty() && of != "all") return refuse(parts, call, kit::invalid_field("/of", "divisions_of"));
    JsonText text;
    text.begin_object().key("divisions").begin_array();
    for (const auto& view : parts.sites.divisions(*call.caller, of == "all")) {
        text.begin_object().member("code", view.code).member("name", view.name);
        write_text(text, "parent", view.parent);
        text.member("in_scope", view.in_scope).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

}  // namespace chayan::api
