// SPDX-License-Identifier: Apache-2.0
#include "api/check_in_pages.hpp"

#include "api/answer.hpp"

namespace chayan::api {
namespace {

using domain::PosterDirection;
using kit::Error;

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
    page.set("kind", page.language() == service::Language::zh ? rule.zh : rule.word);
    page.set("area", area_of(*opened.directory, opened.site->division));
    page.set("site", opened.site->name);
    page.set("title", opened.site->name);
    page.set("way", opened.direction == PosterDirection::any ? "" : page.text(domain::word_of(opened.direction)));
    page.set("shut", opened.is_open ? "" : page.text("shut"));
}

/// One button for each direction that the poster leaves open; `prefix` names the words, `who` stands in them.
std::string buttons(const Page& page, PosterDirection direction, const std::string& prefix, std::string_view who) {
    std::string html;
    for (const char* way : {"in", "out", "pass"}) {
        const bool is_offered = direction == PosterDirection::any ? std::string_view(way) != "pass" : std::string_view(way) == domain::word_of(direction);
        if (is_offered)
            html += fill("<button class=\"{{way}}\" name=\"direction\" value=\"{{way}}\">{{words}}</button>",
                         {{"way", way}, {"words", page.text(prefix + way, who)}});
    }
    return html;
}

void set_person(Page& page, const domain::StatementFields& fields) {
    const std::string type = fields.document_type.empty() ? "id" : fields.document_type;
    std::string types;
    for (const char* word : {"id", "passport", "hkmo", "tw", "fpr", "other"})
        types += fill("<option value=\"{{word}}\"{{#chosen}} selected{{/chosen}}>{{words}}</option>",
                      {{"word", word}, {"chosen", type == word ? "yes" : ""}, {"words", page.text(std::string("type_") + word)}});
    page.set("types", types);
    page.set("other_document", type == "id" ? "" : "yes");
    page.set("name", fields.name);
    page.set("number", fields.document_number);
    page.set("phone", fields.phone);
}

/// Beside each field what is wrong with it; above all what is wrong with the whole, when no field tells.
void set_faults(Page& page, const Error& error) {
    bool is_told = false;
    for (const auto& fault : error.fields) {
        const auto words = service::sentence(fault.code, page.language());
        const auto* place = fault.pointer == "/name" ? "name_fault" : fault.pointer.starts_with("/document") ? "number_fault"
                            : fault.pointer == "/phone" ? "phone_fault" : "fault";
        page.set(place, std::string(words));
        is_told = true;
    }
    if (!is_told) page.set("fault", std::string(service::sentence(error.code, page.language())));
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
    if (error.retry_after_s > 0) headers.push_back({"Retry-After", std::to_string(error.retry_after_s)});
    Page page(parts, call);
    const auto words = std::string(service::sentence(error.code, page.language()));
    page.set("title", words);
    page.set("fault", words);
    page.set("can_retry", can_retry ? "yes" : "");
    page.send(call, status_of(error.kind), {message_text}, std::move(headers));
}

void send_register(Parts& parts, Call& call, const OpenedCode& opened, int status, const domain::StatementFields& fields, const Error* error) {
    Page page(parts, call);
    set_site(page, opened);
    set_person(page, fields);
    page.set("lead", page.text(call.credential ? "someone_else" : "first"));
    page.set("buttons", buttons(page, opened.direction, "register_", {}));
    if (error != nullptr) set_faults(page, *error);
    page.send(call, status, {head_text, register_text});
}

void send_pass(Parts& parts, Call& call, const OpenedCode& opened, const OwnStatement& own) {
    Page page(parts, call);
    set_site(page, opened);
    set_person(page, {});
    page.set("name", own ? own->name.shown : "");
    page.set("buttons", buttons(page, opened.direction, "go_", own ? own->name.shown : page.text("me")));
    page.send(call, 200, {head_text, pass_text});
}

void send_result(Parts& parts, Call& call, const OpenedCode& opened, const service::ScanReceipt& receipt, const OwnStatement& own,
                 std::vector<http::Header> headers) {
    Page page(parts, call);
    set_site(page, opened);
    const bool passes = receipt.verdict == service::Verdict::pass;
    page.set("mood", std::string(passes ? "pass " : "staff ") + domain::word_of(receipt.direction));
    page.set("passes", passes ? "yes" : "");
    page.set("verdict", page.text(passes ? "recorded" : "see_staff"));
    page.set("way", page.text(domain::word_of(receipt.direction)));
    page.set("who", own ? domain::mask_name(own->name) : "");
    page.set("second", std::to_string(parts.zone.local_second(parts.clock.now())));
    page.set("time", time_of_day(parts.zone.local_second(receipt.at)));
    page.set("date", date_of(page, parts.zone.local_day(receipt.at)));
    page.set("scan", receipt.id);
    page.send(call, receipt.known ? 200 : 201, {result_text}, std::move(headers));
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
    set_person(page, view.fields);
    page.set("code", std::move(view.code));
    page.set("known", std::move(view.known));
    page.set("done", std::move(view.done));
    if (view.error != nullptr) set_faults(page, *view.error);
    page.send(call, view.status, {home_text}, std::move(view.headers));
}

}  // namespace chayan::api
