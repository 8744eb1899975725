// SPDX-License-Identifier: Apache-2.0
// What a resident sees: the page behind a poster's code, and the home page. They do what the calls of residents.cpp do, in plain forms that
// work without script. Io thread; only the name of whoever holds the phone is read from the store, on a thread for that alone, and where that
// has no room the page goes without it: nobody waits at the gate for a name.
#include <array>
#include <exception>
#include <functional>

#include "api/answer.hpp"
#include "api/form.hpp"
#include "api/page.hpp"
#include "api/residents.hpp"
#include "kit/log.hpp"

namespace chayan::api {
namespace {

using domain::PosterDirection;
using kit::Errc;
using kit::Error;

constexpr std::string_view person_names = "name number type phone notice_version";
constexpr std::string_view check_in_names = "name number type phone notice_version direction undo";

using SharedCall = std::shared_ptr<Call>;

/// Runs what answers the call; whatever throws is answered 500.
void guarded(Parts& parts, Call& call, const std::function<void()>& act) {
    try {
        act();
    } catch (const std::exception&) {
        kit::log(kit::Level::error, "page_failed");
        (*call.reply)(problem(500, Error{Errc::malformed, "internal"}, call.request.accept_language, call.request.request_id, &parts.clock));
    }
}

/// What the phone said last of whoever holds it; none when that is not known, or nobody has time to ask.
using OwnStatement = std::optional<domain::Statement>;

/// Calls `then` once, at once or on the thread for names.
void with_own_statement(Parts& parts, const SharedCall& call, domain::RegistrationId credential, std::function<void(OwnStatement)> then) {
    const auto job = [&parts, then, credential, call](storage::Connection& reader) {
        guarded(parts, *call, [&] {
            auto view = parts.residents.view(credential, reader);
            then(view.statements.empty() ? OwnStatement{} : std::move(view.statements.back().said));
        });
    };
    if (!parts.names(job)) then({});
}

std::string name_of(const OwnStatement& own) { return own ? own->name.shown : std::string{}; }

const char* key_of(PosterDirection direction) {
    constexpr const char* keys[] = {"", "in", "out", "pass"};
    return keys[static_cast<std::size_t>(direction)];
}

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
    page.set("way", opened.direction == PosterDirection::any ? "" : page.text(key_of(opened.direction)));
    page.set("shut", opened.is_open ? "" : page.text("shut"));
}

/// One button for each direction that the poster leaves open; `prefix` names the words, `who` stands in them.
std::string buttons(const Page& page, PosterDirection direction, const std::string& prefix, std::string_view who) {
    std::string html;
    for (const char* way : {"in", "out", "pass"}) {
        const bool is_offered = direction == PosterDirection::any ? std::string_view(way) != "pass" : std::string_view(way) == key_of(direction);
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

void send_message(Parts& parts, Call& call, const Error& error, bool can_retry, std::vector<http::Header> headers = {}) {
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

void send_pass(Parts& parts, Call& call, const OpenedCode& opened, const std::string& name) {
    Page page(parts, call);
    set_site(page, opened);
    set_person(page, {});
    page.set("name", name);
    page.set("buttons", buttons(page, opened.direction, "go_", name.empty() ? page.text("me") : name));
    page.send(call, 200, {head_text, pass_text});
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

void take_scan(Parts& parts, const SharedCall& call, const OpenedCode& opened, domain::RegistrationId credential, const std::string& direction,
               std::vector<http::Header> headers) {
    service::ScanRequest request;
    request.code = call->parameters[0];
    if (!direction.empty()) request.direction = direction;
    parts.ingest.scan(credential, request, [&parts, call, opened, credential, headers](kit::Result<service::Ingest::Receipts> receipts) {
        if (!receipts) return send_message(parts, *call, receipts.error(), true, headers);
        if (receipts->front().voided) return send_message(parts, *call, Error{Errc::conflict, "scan_undone"}, true, headers);
        with_own_statement(parts, call, credential, [&parts, call, opened, receipt = receipts->front(), headers](const OwnStatement& own) {
            send_result(parts, *call, opened, receipt, own, headers);
        });
    });
}

domain::StatementFields fields_of(const Form& form) {
    domain::StatementFields fields;
    fields.name = form.text("name");
    fields.document_type = form.text("type").empty() ? "id" : form.text("type");
    fields.document_number = form.text("number");
    fields.phone = form.text("phone");
    return fields;
}

/// With the headers that keep the credential, none where the phone has it already.
using Registered = std::function<void(domain::RegistrationId credential, std::vector<http::Header> headers)>;

/// Registers whom the form names; what is wrong goes to `wrong`. One of the two is called once. A form that is sent again, by reloading what it
/// led to, says what the phone has said already: it stays the same registration, with its dependants and what it may undo.
void take_person(Parts& parts, const SharedCall& call, const Form& form, const Registered& good, const std::function<void(const Error&)>& wrong) {
    if (form.text("notice_version") != std::to_string(notice_version)) return wrong(Error{Errc::conflict, "notice_changed"});
    auto statement = domain::parse_statement(fields_of(form), parts.zone.local_day(parts.clock.now()), true);
    if (!statement) return wrong(statement.error());
    const auto add = [&parts, good, wrong, said = *statement] {
        parts.registrar.register_resident(said, notice_version, [&parts, good, wrong](kit::Result<std::string> credential) {
            if (!credential) return wrong(credential.error());
            const auto registration = parts.vault.open_credential(*credential);
            CHECK(registration);
            good(*registration, {credential_cookie(*credential)});
        });
    };
    if (!call->credential) return add();
    with_own_statement(parts, call, *call->credential, [call, good, add, said = *statement](const OwnStatement& own) {
        const bool is_again = own && own->name.shown == said.name.shown && own->document == said.document && own->phone == said.phone;
        if (is_again) return good(*call->credential, {});
        add();
    });
}

/// What a button can't have sent.
bool is_direction(std::string_view word) { return word.empty() || word == "in" || word == "out" || word == "pass"; }

void undo_scan(Parts& parts, const SharedCall& call, const std::string& id) {
    if (!call->credential) return send_message(parts, *call, Error{Errc::not_found, "scan_unknown"}, true);
    const auto tell = [&parts, call](kit::Status status) {
        if (!status) return send_message(parts, *call, status.error(), true);
        Page page(parts, *call);
        page.set("title", page.text("undone"));
        page.set("fault", page.text("undone"));
        page.set("can_retry", "yes");
        page.send(*call, 200, {message_text});
    };
    const auto job = [&parts, call, id, tell](storage::Connection& reader) {
        guarded(parts, *call, [&] {
            const auto index = parts.tracing.index();
            const auto* known = index ? index->get() : nullptr;
            parts.ingest.void_scan(*call->credential, reader, known, id, "undone on the page", tell);
        });
    };
    if (!parts.query(job)) send_message(parts, *call, Error{Errc::busy, "busy"}, true);
}

/// A code as people type it: either case, with spaces and hyphens; O is 0, I and L are 1.
std::string folded_code(std::string_view typed) {
    std::string code;
    for (char c : typed) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == ' ' || c == '-') continue;
        code.push_back(c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c);
    }
    return code;
}

struct HomeView {
    int status = 200;
    domain::StatementFields fields{};
    const Error* error = nullptr;
    std::string code{}, known{}, done{};
    std::vector<http::Header> headers{};
};

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

}  // namespace

void refuse_page(Parts& parts, Call& call, const kit::Error& error) { send_message(parts, call, error, true); }

void show_home(Parts& parts, Call& call) {
    if (const auto typed = call.query("code"); !typed.empty()) {
        const auto code = folded_code(typed);
        if (!domain::parse_site_code(code)) {
            const Error error{Errc::not_found, "code_typed_wrong"};
            return send_home(parts, call, {404, {}, &error, typed});
        }
        const auto lang = call.query("lang");
        return (*call.reply)(http::Response{303, {}, {}, {{"Location", "/s/" + code + (lang == "zh" || lang == "en" ? "?lang=" + lang : "")}}, false});
    }
    if (!call.credential || call.query("as") == "new") return send_home(parts, call, {});
    const auto shared = call.shared_from_this();
    with_own_statement(parts, shared, *call.credential, [&parts, shared](const OwnStatement& own) {
        HomeView view;
        view.known = own ? name_of(own) : Page(parts, *shared).text("this_phone");
        send_home(parts, *shared, std::move(view));
    });
}

void register_at_home(Parts& parts, Call& call) {
    const auto form = Form::parse(call.request.body, person_names);
    if (!form) return send_message(parts, call, form.error(), true);
    auto shared = call.shared_from_this();
    const auto good = [&parts, shared, form](domain::RegistrationId, std::vector<http::Header> headers) {
        HomeView view;
        view.known = form->text("name");
        view.done = Page(parts, *shared).text("registered_now");
        view.headers = std::move(headers);
        view.status = 201;
        send_home(parts, *shared, std::move(view));
    };
    take_person(parts, shared, *form, good, [&parts, shared, form](const Error& error) {
        send_home(parts, *shared, {status_of(error.kind), fields_of(*form), &error});
    });
}

void show_check_in(Parts& parts, Call& call) {
    const auto opened = open_code(parts, call.parameters[0]);
    if (!opened) return send_message(parts, call, opened.error(), false);
    if (!call.credential || call.query("as") == "new") return send_register(parts, call, *opened, 200, {}, nullptr);
    const auto shared = call.shared_from_this();
    with_own_statement(parts, shared, *call.credential, [&parts, shared, opened](const OwnStatement& own) {
        send_pass(parts, *shared, *opened, name_of(own));
    });
}

void check_in(Parts& parts, Call& call) {
    const auto opened = open_code(parts, call.parameters[0]);
    if (!opened) return send_message(parts, call, opened.error(), false);
    const auto form = Form::parse(call.request.body, check_in_names);
    if (!form) return send_message(parts, call, form.error(), true);
    auto shared = call.shared_from_this();
    if (form->has("undo")) return undo_scan(parts, shared, form->text("undo"));
    const auto direction = form->text("direction");
    if (!form->has("name")) {
        if (call.credential) return take_scan(parts, shared, *opened, *call.credential, direction, {});
        const Error error{Errc::unauthenticated, "unauthenticated"};
        return send_register(parts, call, *opened, 401, {}, &error);
    }
    const bool fits = is_direction(direction) && (!direction.empty() || opened->direction != PosterDirection::any);
    if (!fits) return send_message(parts, call, {Errc::invalid, direction.empty() ? "direction_missing" : "direction_unknown"}, true);
    const auto good = [&parts, shared, opened, direction](domain::RegistrationId credential, std::vector<http::Header> headers) {
        shared->credential = credential;
        take_scan(parts, shared, *opened, credential, direction, std::move(headers));
    };
    take_person(parts, shared, *form, good, [&parts, shared, opened, form](const Error& error) {
        send_register(parts, *shared, *opened, status_of(error.kind), fields_of(*form), &error);
    });
}

}  // namespace chayan::api
