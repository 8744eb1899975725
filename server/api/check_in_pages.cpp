// SPDX-License-Identifier: Apache-2.0
#include "api/check_in_pages.hpp"

#include <algorithm>

#include "api/answer.hpp"
#include "domain/plate.hpp"
#include "kit/limits.hpp"
#include "service/daily_word.hpp"

namespace chayan::api {
namespace {

using domain::PosterDirection;
using kit::Error;

constexpr std::int64_t fresh_s_max = 300;   // a result that is older does not pass a guard: the page says so

/// The names of its township and of itself, as far as they are known.
std::string area_of(const service::Directory& directory, domain::DivisionCode division) {
    const std::string code(std::string_view{domain::DivisionText(division)});
    std::string area;
    for (const std::size_t digits : {std::size_t{6}, std::size_t{9}, std::size_t{12}}) {
        const auto part = digits <= code.size() ? domain::parse_division_code(code.substr(0, digits)) : std::nullopt;
        const auto* row = part ? directory.divisions->find(*part) : nullptr;
        if (row != nullptr) area += row->name;
    }
    return area;
}

void set_site(Page& page, const OpenedCode& opened) {
    const auto& rule = domain::category_rules()[static_cast<std::size_t>(opened.site->category)];
    page.set("category", rule.word);
    page.set("kind", page.text("kind_" + rule.word));
    page.set("area", area_of(*opened.directory, opened.site->division));
    page.set("site", opened.site->name);
    page.set("title", opened.site->name);
    page.set("way", opened.direction == PosterDirection::any ? "" : page.text(domain::word_of(opened.direction)));
    page.set("is_out", opened.direction == PosterDirection::out ? "yes" : "");
    page.set("shut", opened.is_open ? "" : page.text("shut"));
    page.set("asks_temperature", opened.site->asks_temperature ? "yes" : "");
}

const std::string& category_word(const OpenedCode& opened) { return domain::category_rules()[static_cast<std::size_t>(opened.site->category)].word; }

std::vector<std::string> ways_of(PosterDirection direction) {
    if (direction == PosterDirection::any) return {"in", "out"};
    return {domain::word_of(direction)};
}

/// When the page was opened, where a screen led to it: its digits are good for that moment.
std::string shown_at(const OpenedCode& opened) { return fill("{{#at}}<input type=\"hidden\" name=\"at\" value=\"{{at}}\">{{/at}}", {{"at", opened.shown_at}}); }

/// One button for each direction that the poster leaves open, for whoever registers.
std::string register_buttons(const Page& page, const OpenedCode& opened) {
    auto html = shown_at(opened);
    for (const auto& way : ways_of(opened.direction))
        html += fill("<button class=\"{{way}}\" name=\"direction\" value=\"{{way}}\">{{words}}</button>", {{"way", way}, {"words", page.text("register_" + way)}});
    return html;
}

/// And for those who are known: it names who passes, and says for the script how it would name others.
std::string pass_buttons(const Page& page, const OpenedCode& opened, const Household& household, const Tap& tap) {
    const bool is_alone = household.dependants.empty() || (tap.self && tap.dependants.empty());
    const auto who = household.statements.empty() ? page.text("me") : household.statements.back().said.name.shown;
    auto html = shown_at(opened);
    for (const auto& way : ways_of(opened.direction)) {
        const auto words = page.text_for(way + "_at", category_word(opened));
        const Values values{{"way", way}, {"words", is_alone ? page.text("go", who, words) : page.text("go_ticked", {}, words)},
                            {"one", page.text("go", "#", words)}, {"many", page.text("go_many", "#", words)}, {"said", page.text(way)}};
        html += fill("<button class=\"{{way}}\" name=\"direction\" value=\"{{way}}\" data-one=\"{{one}}\" data-many=\"{{many}}\" data-said=\"{{said}}\">{{words}}</button>", values);
    }
    return html;
}

/// A row to tick for each dependant.
std::string dependant_rows(const Page& page, const Household& household, const Tap& tap) {
    std::string html;
    std::size_t number = 0;
    for (const auto& dependant : household.dependants) {
        const auto& said = dependant.statement.said;
        const bool is_ticked = std::find(tap.dependants.begin(), tap.dependants.end(), dependant.id) != tap.dependants.end();
        html += fill("<label class=\"pick\"><input type=\"checkbox\" name=\"d{{n}}\" value=\"{{id}}\" data-name=\"{{name}}\" data-mask=\"{{mask}}\"{{#ticked}} checked{{/ticked}}>"
                     "<span>{{name}}{{relation}}</span></label>",
                     {{"n", std::to_string(number++)}, {"id", dependant.id}, {"name", said.name.shown}, {"mask", domain::mask_name(said.name)},
                      {"ticked", is_ticked ? "yes" : ""}, {"relation", said.relation.empty() ? "" : page.text("in_brackets", said.relation)}});
    }
    return html;
}

/// The fields of who registers. Where nothing was typed they are a fixed part already.
void set_person(Page& page, const domain::StatementFields& fields, const Fault& fault) {
    if (fields.name.empty() && fault.error == nullptr) return;
    const std::string type = fields.document_type.empty() ? "id" : fields.document_type;
    page.set("types", document_options(page.language(), type));
    page.set("other_document", type == "id" ? "" : "yes");
    page.set("name", fields.name);
    page.set("number", fields.document_number);
    page.set("phone", fields.phone);
    page.set("fields", page.part(person_fields_text));
}

/// Fields beside the button. Where nothing was typed they are a fixed part already.
void set_tap(Page& page, const Tap& tap, const Fault& fault) {
    page.set("plate", tap.plate);
    page.set("temperature", tap.temperature);
    if (!tap.has_more() && tap.plate.empty() && fault.error == nullptr) return;
    page.set("relations", relation_options(page.language(), tap.more.relation));
    page.set("more_open", tap.has_more() ? "yes" : "");
    page.set("more_name", tap.more.name);
    page.set("more_number", tap.more.document_number);
    page.set("more_birth", tap.more.birth_date);
    page.set("household_fields", page.part(household_fields_text));
}

/// Beside each field what is wrong with it; above all what is wrong with the whole, when no field tells.
void set_faults(Page& page, Fault fault) {
    if (fault.error == nullptr) return;
    const std::string prefix = fault.of_more ? "more_" : "";
    bool is_told = false;
    for (const auto& [pointer, code] : fault.error->fields) {
        const auto field = pointer == "/name" ? prefix + "name_fault" : pointer.starts_with("/document") ? prefix + "number_fault"
                           : pointer == "/phone" ? "phone_fault" : pointer == "/plate" ? "plate_fault" : pointer == "/temperature" ? "temperature_fault"
                           : pointer == "/birth_date" && fault.of_more ? "more_birth_fault" : "fault";
        page.set(field, std::string(service::sentence(code, page.language())));
        is_told = true;
    }
    if (!is_told) page.set("fault", std::string(service::sentence(fault.error->code, page.language())));
}

std::string time_of_day(std::int32_t second) {
    const auto two = [](std::int32_t number) { return std::string(number < 10 ? "0" : "") + std::to_string(number); };
    return two(second / 3600) + ':' + two(second / 60 % 60) + ':' + two(second % 60);
}

std::string date_of(const Page& page, domain::Day day) {
    const auto date = domain::format_date(day);   // YYYY-MM-DD
    const auto weekday = page.text("weekday_" + std::to_string((day.number % 7 + 11) % 7));   // 1970-01-01 was a Thursday
    if (page.language() == service::Language::en) return date + ' ' + weekday;
    return std::to_string(std::stoi(date.substr(5, 2))) + "月" + std::to_string(std::stoi(date.substr(8, 2))) + "日 " + weekday;
}

}  // namespace

void send_message(Parts& parts, Call& call, const Error& error, bool can_retry, std::vector<http::Header> headers) {
    if (const auto wait_s = retry_after_s(error, call.request.request_id); wait_s > 0) headers.push_back({"Retry-After", std::to_string(wait_s)});
    Page page(parts, call);
    const auto words = service::sentence(error, page.language());
    page.set("title", words);
    page.set("fault", words);
    page.set("mood", "plain");
    page.set("can_retry", can_retry ? "yes" : "");
    page.send(call, status_of(error.kind), {message_text}, std::move(headers));
}

void send_register(Parts& parts, Call& call, const OpenedCode& opened, int status, const domain::StatementFields& fields, const Tap& tap, Fault fault) {
    Page page(parts, call);
    set_site(page, opened);
    page.set("lead", page.text(call.credential ? "someone_else" : "first"));
    page.set("buttons", register_buttons(page, opened));
    set_faults(page, fault);
    set_person(page, fields, fault);
    set_tap(page, tap, fault);
    page.send(call, status, {head_text, register_text});
}

void send_pass(Parts& parts, Call& call, const OpenedCode& opened, int status, const Household& household, const Tap& tap, Fault fault, std::vector<http::Header> headers) {
    Page page(parts, call);
    set_site(page, opened);
    if (!household.statements.empty()) {
        const auto& name = household.statements.back().said.name;
        page.set("name", name.shown);
        page.set("mask", domain::mask_name(name));
    }
    std::string code;   // as a call names it: with the digits of a screen, where one led here
    for (const auto& part : call.parameters) code += (code.empty() ? "" : "/") + part;
    page.set("code", std::move(code));
    page.set("self", tap.self ? "yes" : "");
    page.set("household", dependant_rows(page, household, tap));
    page.set("buttons", pass_buttons(page, opened, household, tap));
    set_faults(page, fault);
    set_tap(page, tap, fault);
    page.send(call, status, {head_text, pass_text}, std::move(headers));
}

namespace {

/// "王* 等 2 人", by those who are known.
std::string masked(const Page& page, const Household& household, const Tap& tap, std::size_t count) {
    std::string first;
    if (tap.self && !household.statements.empty()) first = domain::mask_name(household.statements.back().said.name);
    for (const auto& dependant : household.dependants) {
        const bool passes = std::find(tap.dependants.begin(), tap.dependants.end(), dependant.id) != tap.dependants.end();
        if (first.empty() && passes) first = domain::mask_name(dependant.statement.said.name);
    }
    return count < 2 ? first : first.empty() ? page.text("people", std::to_string(count)) : first + page.text("and_others", std::to_string(count));
}

}  // namespace

void send_result(Parts& parts, Call& call, const OpenedCode& opened, const service::Ingest::Receipts& receipts, const Household& household,
                 const Tap& tap, std::vector<http::Header> headers) {
    Page page(parts, call);
    set_site(page, opened);
    const auto& receipt = receipts.front();
    const auto now = parts.clock.now();
    auto verdict = service::Verdict::pass;
    std::string ids;
    for (const auto& each : receipts) {
        verdict = std::max(verdict, each.verdict);   // whoever is with somebody who must see staff sees them too
        ids += (ids.empty() ? "" : " ") + each.id;
    }
    const bool passes = verdict == service::Verdict::pass;
    const bool is_known = std::all_of(receipts.begin(), receipts.end(), [](const auto& each) { return each.known; });
    page.set("mood", std::string(passes ? "pass " : "staff ") + domain::word_of(receipt.direction));
    page.set("passes", passes ? "yes" : "");
    page.set("verdict", page.text(passes ? "recorded" : "see_staff"));
    page.set("way", page.text(domain::word_of(receipt.direction)));
    page.set("title", page.text(passes ? "recorded" : "see_staff") + " · " + opened.site->name);
    page.set("who", masked(page, household, tap, receipts.size()));
    if (const auto plate = domain::parse_plate(tap.plate)) page.set("plate", plate->text);
    page.set("time", time_of_day(parts.zone.local_second(receipt.at)));
    page.set("date", date_of(page, parts.zone.local_day(receipt.at)));
    page.set("word", std::string(parts.word_of_day->of(parts.zone.local_day(now))));
    page.set("stale", now - receipt.at > fresh_s_max ? page.text("stale") : "");
    page.set("scan", std::move(ids));
    const auto left = kit::own_void_s_max - (is_known ? std::max<std::int64_t>(0, now - receipt.at) : 0);
    page.set("undo_s", left > 0 ? std::to_string(left) : "");
    page.send(call, is_known ? 200 : 201, {result_text}, std::move(headers));
}

void send_undone(Parts& parts, Call& call) {
    Page page(parts, call);
    page.set("title", page.text("undone"));
    page.set("fault", page.text("undone"));
    page.set("can_retry", "yes");
    page.send(call, 200, {message_text});
}

void refuse_page(Parts& parts, Call& call, const Error& error) { send_message(parts, call, error, true); }

void send_home(Parts& parts, Call& call, HomeView view) {
    Page page(parts, call);
    page.set("title", page.text("home"));
    page.set("code", std::move(view.code));
    page.set("known", std::move(view.known));
    page.set("done", std::move(view.done));
    set_faults(page, {view.error.get()});
    set_person(page, view.fields, {view.error.get()});
    page.send(call, view.status, {home_text}, std::move(view.headers));
}

}  // namespace chayan::api
