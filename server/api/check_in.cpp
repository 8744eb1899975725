// SPDX-License-Identifier: Apache-2.0
// The forms of residents: the page behind a poster's code, and the home page. They do what the calls of residents.cpp do, in plain forms that
// work without script. Io thread; only the name of whoever holds the phone is read from the store, on a thread for that alone, and where that
// has no room the page goes without it: nobody waits at the gate for a name.
#include <algorithm>
#include <cstdlib>
#include <exception>
#include <functional>
#include <limits>
#include <memory>

#include "api/answer.hpp"
#include "api/check_in_pages.hpp"
#include "api/form.hpp"
#include "api/receipts.hpp"
#include "domain/text.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/gate_codes.hpp"
#include "service/throttle.hpp"

namespace chayan::api {
namespace {

using domain::PosterDirection;
using kit::Errc;
using kit::Error;

constexpr std::string_view person_names = "name number type phone notice_version";
constexpr std::string_view check_in_names =
    "name number type phone notice_version direction undo at plate temperature holder family self add more_name more_relation more_number more_birth d0 d1 d2 d3 d4 d5 d6 d7 d8 d9";
static_assert(kit::dependants_max == 10);   // d0 to d9

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

/// Calls `then` once, at once or on the thread for names.
void with_household(Parts& parts, const SharedCall& call, domain::RegistrationId credential, std::function<void(const Household&)> then) {
    const auto job = [&parts, then, credential, call](storage::Connection& reader) {
        guarded(parts, *call, [&] { then(parts.residents.view(credential, reader)); });
    };
    if (!parts.names(job)) then({});
}

/// The site of a page's address, /s/CODE or /s/CODE/NNNNNN. Error stale_screen too (403): the digits are not those of now, nor of `shown_at` just before.
kit::Result<OpenedCode> open_page(Parts& parts, const Call& call, const std::string& shown_at) {
    auto opened = open_code(parts, call.parameters[0]);
    if (!opened || call.parameters.size() < 2) return opened;
    const auto now = parts.clock.now();
    const auto shown = shown_at.empty() ? kit::Result<domain::Instant>(now) : domain::parse_rfc3339(shown_at);
    const bool is_fresh = shown && *shown <= now && now - *shown <= kit::screen_form_s_max;
    if (!is_fresh || !service::is_on_screen(parts.vault, opened->site->id, *shown, call.parameters[1])) return Error{Errc::forbidden, "stale_screen"};
    opened->shown_at = domain::format_rfc3339(*shown);
    return opened;
}

/// Is it wrong with what was ticked or typed beside the button, so that the page can say it there?
bool is_of_tap(const Error& error) {
    return !error.fields.empty() && (error.fields[0].pointer == "/plate" || error.fields[0].pointer == "/temperature" || error.fields[0].pointer == "/self" || error.fields[0].pointer == "/dependants");
}

/// As people type it: "36.5", "36。5", "36,5" or "365". What is no number is out of every range; nothing where nothing was typed.
std::optional<double> celsius_of(const std::string& typed) {
    constexpr double no_number = std::numeric_limits<double>::infinity();
    auto text = domain::to_half_width(typed);
    if (!text) return no_number;
    for (const std::string_view point : {"。", ","})
        if (const auto at = text->find(point); at != std::string::npos) text->replace(at, point.size(), ".");
    if (text->empty()) return std::nullopt;
    if (text->size() > 5 || text->find_first_not_of("0123456789.") != std::string::npos || text->find('.') != text->rfind('.')) return no_number;
    const double number = std::strtod(text->c_str(), nullptr);
    return text->find('.') == std::string::npos && number >= 100 ? number / 10 : number;
}

void take_scan(Parts& parts, const SharedCall& call, const OpenedCode& opened, domain::RegistrationId credential, const Tap& tap,
               std::vector<http::Header> headers) {
    service::ScanRequest request;
    request.code = call->parameters[0];
    if (!tap.direction.empty()) request.direction = tap.direction;
    if (!tap.at.empty()) request.at = tap.at;
    if (!opened.shown_at.empty()) {
        request.code += '/' + call->parameters[1];
        request.at = opened.shown_at;
    }
    if (!tap.plate.empty()) request.plate = tap.plate;
    request.temperature = celsius_of(tap.temperature);
    request.self = tap.self;
    request.dependants = tap.dependants;
    parts.ingest.scan(credential, request, [&parts, call, opened, credential, tap, headers](kit::Result<service::Ingest::Receipts> receipts) {
        if (!receipts && is_of_tap(receipts.error())) {
            return with_household(parts, call, credential, [&parts, call, opened, tap, headers, error = receipts.error()](const Household& household) {
                send_pass(parts, *call, opened, status_of(error.kind), household, tap, {&error}, headers);
            });
        }
        if (!receipts) return send_message(parts, *call, receipts.error(), true, headers);
        note_outings(parts, *receipts);
        const bool is_voided = std::any_of(receipts->begin(), receipts->end(), [](const auto& receipt) { return receipt.voided; });
        if (is_voided) return send_message(parts, *call, Error{Errc::conflict, "scan_undone"}, true, headers);
        with_household(parts, call, credential, [&parts, call, opened, tap, headers, told = *receipts](const Household& household) {
            send_result(parts, *call, opened, told, household, tap, headers);
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

/// A number of 15 digits is one that is cut short: cards of that length ended in 2013, and read as one of them it names somebody who was born in 19xx. Lists of
/// that time still come through imports and calls.
kit::Status check_length(const domain::StatementFields& fields) {
    const auto number = domain::to_half_width(fields.document_number).value_or("");
    const auto digits = std::count_if(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool is_cut = fields.document_type == "id" && digits == 15 && number.find_first_not_of("0123456789 -") == std::string::npos;
    return is_cut ? kit::invalid_field("/document/number", "document_length") : kit::Status(kit::Done{});
}

Tap tap_of(const Form& form) {
    Tap tap{form.text("direction"), form.text("plate"), form.text("at"), form.text("temperature")};
    tap.self = !form.has("family") || form.has("self");
    for (std::size_t i = 0; i < kit::dependants_max; ++i)
        if (auto id = form.text("d" + std::to_string(i)); !id.empty()) tap.dependants.push_back(std::move(id));
    tap.more.name = form.text("more_name");
    tap.more.relation = form.text("more_relation");
    tap.more.document_number = form.text("more_number");
    if (!tap.more.document_number.empty()) tap.more.document_type = "id";
    tap.more.birth_date = form.text("more_birth");
    tap.adds_only = form.has("add") && tap.has_more();   // Enter presses the first button, which is this
    return tap;
}

/// Somebody whom the form adds to the phone's dependants.
kit::Result<domain::Statement> statement_of_more(const Parts& parts, const Tap& tap) {
    if (tap.more.relation.empty()) return kit::invalid_field("/relation", "missing");
    if (auto status = check_length(tap.more); !status) return status.error();
    return domain::parse_statement(tap.more, parts.zone.local_day(parts.clock.now()), false);
}

/// With the headers that keep the credential, none where the phone has it already.
using Registered = std::function<void(domain::RegistrationId credential, std::vector<http::Header> headers)>;

/// Registers whom the form names; what is wrong goes to `wrong`. One of the two is called once. A form that is sent again, by reloading what it
/// led to, says what the phone has said already: it stays the same registration, with its dependants and what it may undo.
void take_person(Parts& parts, const SharedCall& call, const Form& form, const Registered& good, const std::function<void(const Error&)>& wrong) {
    if (form.text("notice_version") != std::to_string(notice_version)) return wrong(Error{Errc::conflict, "notice_changed"});
    if (auto status = check_length(fields_of(form)); !status) return wrong(status.error());
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
    with_household(parts, call, *call->credential, [call, good, add, said = *statement](const Household& household) {
        const auto* own = household.statements.empty() ? nullptr : &household.statements.back().said;
        const bool is_again = own != nullptr && own->name.shown == said.name.shown && own->document == said.document && own->phone == said.phone;
        if (is_again) return good(*call->credential, {});
        add();
    });
}

/// Adds whom the form names to the dependants, on a thread that may wait for it; then goes on with their id among those who pass.
void take_more(Parts& parts, const SharedCall& call, domain::RegistrationId credential, const Tap& tap, std::vector<http::Header> headers, std::function<void(const Tap&)> then) {
    if (!tap.has_more()) return then(tap);
    const auto statement = statement_of_more(parts, tap);
    if (!statement) return send_message(parts, *call, statement.error(), true, headers);   // it was looked at before; midnight has passed
    const auto job = [&parts, call, credential, tap, headers, then, said = *statement](storage::Connection&) {
        guarded(parts, *call, [&] {
            const auto added = parts.residents.add_dependant(credential, said);
            if (!added) return send_message(parts, *call, added.error(), true, headers);
            auto with = tap;
            with.more = {};
            if (std::find(with.dependants.begin(), with.dependants.end(), added->id) == with.dependants.end()) with.dependants.push_back(added->id);
            then(with);
        });
    };
    if (parts.desk(job)) return;
    parts.throttle.note_shed(service::Shed::desk);
    send_message(parts, *call, Error{Errc::busy, "busy", {}, kit::retry_after_s}, true, headers);
}

/// Undoes one scan after the other.
void undo_scans(Parts& parts, const SharedCall& call, std::string ids) {
    if (!call->credential) return send_message(parts, *call, Error{Errc::not_found, "scan_unknown"}, true);
    const auto job = [&parts, call, ids](storage::Connection& reader) {
        guarded(parts, *call, [&] {
            const auto first = ids.substr(0, ids.find(' '));
            const auto rest = ids.substr(std::min(ids.size(), first.size() + 1));
            const auto index = parts.tracing.index();
            const auto* known = index ? index->get() : nullptr;
            parts.ingest.void_scan(*call->credential, reader, known, first, "undone on the page", [&parts, call, rest](kit::Status status) {
                if (!status) return send_message(parts, *call, status.error(), true);
                if (rest.empty()) return send_undone(parts, *call);
                undo_scans(parts, call, rest);
            });
        });
    };
    if (parts.query(job)) return;
    parts.throttle.note_shed(service::Shed::query);
    send_message(parts, *call, Error{Errc::busy, "busy"}, true);
}

}  // namespace

std::string folded_code(std::string_view typed) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    std::string text;
    for (const char c : typed)
        if (c != ' ' && c != '-') text.push_back(lower(c));
    if (const auto at = text.rfind("/s/"); at != std::string::npos) text = text.substr(at + 3, 16);   // the whole address
    std::replace(text.begin(), text.end(), 'o', '0');
    std::replace_if(text.begin(), text.end(), [](char c) { return c == 'i' || c == 'l'; }, '1');
    return text;
}

namespace {

/// Who guesses at codes with a credential is slowed down; without one there is nobody to count by, and 48 bits are many.
void send_no_site(Parts& parts, Call& call, const Error& error) {
    const std::string_view code = error.code;
    if (call.credential && (code == "code_unknown" || code == "stale_screen")) parts.throttle.charge_failed_code(*call.credential);
    send_message(parts, call, error, false);
}

}  // namespace

void show_home(Parts& parts, Call& call) {
    if (const auto typed = call.query("code"); !typed.empty()) {
        const auto code = folded_code(typed);
        if (!domain::parse_site_code(code)) {
            const Error error{Errc::not_found, "code_typed_wrong"};
            HomeView view{404, {}, std::make_shared<const Error>(error), typed};
            if (call.credential) view.known = Page(parts, call).text("this_phone");   // no name beside what a stranger chose
            return send_home(parts, call, std::move(view));
        }
        const auto lang = call.query("lang");
        return (*call.reply)(http::Response{303, {}, {}, {{"Location", "/s/" + code + (lang == "zh" || lang == "en" ? "?lang=" + lang : "")}}, false});
    }
    if (!call.credential || call.query("as") == "new") return send_home(parts, call, {});
    const auto shared = call.shared_from_this();
    with_household(parts, shared, *call.credential, [&parts, shared](const Household& household) {
        HomeView view;
        view.known = household.statements.empty() ? Page(parts, *shared).text("this_phone") : household.statements.back().said.name.shown;
        send_home(parts, *shared, std::move(view));
    });
}

void show_no_page(Parts& parts, Call& call) { send_message(parts, call, Error{Errc::not_found, "not_found"}, false); }

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
        send_home(parts, *shared, {status_of(error.kind), fields_of(*form), std::make_shared<const Error>(error)});
    });
}

void show_check_in(Parts& parts, Call& call) {
    const auto opened = open_page(parts, call, {});
    if (!opened) return send_no_site(parts, call, opened.error());
    if (!call.credential || call.query("as") == "new") return send_register(parts, call, *opened, 200, {}, {}, {});
    const auto shared = call.shared_from_this();
    with_household(parts, shared, *call.credential, [&parts, shared, opened](const Household& household) {
        send_pass(parts, *shared, *opened, 200, household, {}, {});
    });
}

void check_in(Parts& parts, Call& call) {
    const auto form = Form::parse(call.request.body, check_in_names);
    if (!form) return send_message(parts, call, form.error(), true);
    const auto opened = form->has("undo") ? open_code(parts, call.parameters[0]) : open_page(parts, call, form->text("at"));
    if (!opened) return send_no_site(parts, call, opened.error());
    auto shared = call.shared_from_this();
    if (form->has("undo")) return undo_scans(parts, shared, form->text("undo"));
    const auto tap = tap_of(*form);
    const bool registers = form->has("name");
    const auto again = [&parts, shared, opened, fields = fields_of(*form), tap, registers](const Error& error, bool of_more) {
        const int status = status_of(error.kind);
        if (registers || !shared->credential) return send_register(parts, *shared, *opened, status, registers ? fields : domain::StatementFields{}, tap, {&error, of_more});
        with_household(parts, shared, *shared->credential, [&parts, shared, opened, tap, error, of_more, status](const Household& household) {
            send_pass(parts, *shared, *opened, status, household, tap, {&error, of_more});
        });
    };
    if (!registers && !call.credential) return again({Errc::unauthenticated, "unauthenticated"}, false);
    // Two pages of one browser, and another holder since the older one was made: its button names somebody else.
    const auto shown = form->text("holder");
    if (!registers && !shown.empty() && shown != service::holder_mark(parts.vault, *call.credential)) return again({Errc::conflict, "holder_changed"}, false);
    // Before anybody is registered: no button sends what the scan would be refused for.
    const auto& direction = tap.direction;
    if (!tap.adds_only && direction.empty() && opened->direction == PosterDirection::any) return send_message(parts, call, {Errc::invalid, "direction_missing"}, true);
    if (!direction.empty() && !domain::find_direction(direction)) return send_message(parts, call, {Errc::invalid, "direction_unknown"}, true);
    if (tap.has_more()) {
        if (const auto more = statement_of_more(parts, tap); !more) return again(more.error(), true);
    }
    const auto good = [&parts, shared, opened, tap](domain::RegistrationId credential, std::vector<http::Header> headers) {
        shared->credential = credential;
        take_more(parts, shared, credential, tap, headers, [&parts, shared, opened, credential, headers](const Tap& with) {
            if (!with.adds_only) return take_scan(parts, shared, *opened, credential, with, headers);
            with_household(parts, shared, credential, [&parts, shared, opened, with, headers](const Household& household) {
                send_pass(parts, *shared, *opened, 201, household, with, {}, headers);
            });
        });
    };
    if (!registers) return good(*call.credential, {});
    take_person(parts, shared, *form, good, [again](const Error& error) { again(error, false); });
}

}  // namespace chayan::api
