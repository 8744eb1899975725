// SPDX-License-Identifier: Apache-2.0
// The forms of residents: the page behind a poster's code, and the home page. They do what the calls of residents.cpp do, in plain forms that
// work without script. Io thread; only the name of whoever holds the phone is read from the store, on a thread for that alone, and where that
// has no room the page goes without it: nobody waits at the gate for a name.
#include <exception>
#include <functional>

#include "api/answer.hpp"
#include "api/check_in_pages.hpp"
#include "api/form.hpp"
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

void undo_scan(Parts& parts, const SharedCall& call, const std::string& id) {
    if (!call->credential) return send_message(parts, *call, Error{Errc::not_found, "scan_unknown"}, true);
    const auto tell = [&parts, call](kit::Status status) {
        return status ? send_undone(parts, *call) : send_message(parts, *call, status.error(), true);
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

}  // namespace

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
        view.known = own ? own->name.shown : Page(parts, *shared).text("this_phone");
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
        send_pass(parts, *shared, *opened, own);
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
    // Before anybody is registered: no button sends what the scan would be refused for.
    if (direction.empty() && opened->direction == PosterDirection::any) return send_message(parts, call, {Errc::invalid, "direction_missing"}, true);
    if (!direction.empty() && !domain::find_direction(direction)) return send_message(parts, call, {Errc::invalid, "direction_unknown"}, true);
    const auto good = [&parts, shared, opened, direction](domain::RegistrationId credential, std::vector<http::Header> headers) {
        shared->credential = credential;
        take_scan(parts, shared, *opened, credential, direction, std::move(headers));
    };
    take_person(parts, shared, *form, good, [&parts, shared, opened, form](const Error& error) {
        send_register(parts, *shared, *opened, status_of(error.kind), fields_of(*form), &error);
    });
}

}  // namespace chayan::api
