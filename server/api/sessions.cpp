// SPDX-License-Identifier: Apache-2.0
// Who is there: logging in and out, the second factor, one's password and open sessions, duty devices beginning a shift.
#include "api/answer.hpp"
#include "kit/limits.hpp"
#include "service/throttle.hpp"

namespace chayan::api {
namespace {

using kit::Errc;

/// Reads the proof that a body gives; `login` only where nobody is known yet.
service::Proof read_proof(const Call& call, Members& body, bool with_login) {
    service::Proof proof;
    if (with_login) proof.login = body.text("login");
    proof.password = body.text("password");
    proof.otp = body.text_if("otp").value_or("");
    proof.client = call.request.client;
    return proof;
}

/// Longer ones were never set, and hashing them would cost us more than it costs the sender.
bool is_too_long(const service::Proof& proof) { return proof.password.size() > kit::password_chars_max; }

std::vector<http::Header> session_cookie(const std::string& token) {
    return {{"Set-Cookie", "__Host-session=" + token + "; Path=/; Secure; HttpOnly; SameSite=Strict"}};
}

void answer_done(Parts& parts, Call& call, const kit::Status& status, const char* word) {
    if (!status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().member(word, true).end_object());
}

}  // namespace

void open_session(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::Proof proof;
    {
        Members body(*document);
        proof = read_proof(call, body, true);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (is_too_long(proof)) return refuse(parts, call, {Errc::unauthenticated, "login_failed"});
    if (const auto wait_s = parts.throttle.take_login(proof.login, call.request.neighbourhood); wait_s > 0) {
        return refuse(parts, call, {Errc::too_often, "calls_too_often", {}, wait_s});
    }
    const auto opened = parts.access.open_session(proof);
    if (!opened) return refuse(parts, call, opened.error());
    JsonText text;
    text.begin_object().member("token", opened->token).member("csrf", opened->csrf).member("must_enrol", opened->must_enrol).end_object();
    answer(call, 200, text, session_cookie(opened->token));
}

void show_session(Parts& parts, Call& call) {
    const auto& caller = *call.caller;
    const auto view = parts.operators.own_view(caller);
    const auto directory = parts.board.load();
    JsonText text;
    text.begin_object().member("login", view.login).key("roles").begin_array();
    for (const auto role : view.roles) text.value(role);
    text.end_array().key("scope");
    if (caller.scope.digits == 0) {
        text.null();
    } else {
        const auto* division = directory->divisions->find(caller.scope);
        text.begin_object().member("code", view.scope).member("name", division == nullptr ? std::string_view() : std::string_view(division->name)).end_object();
    }
    text.key("site");
    const auto* site = caller.site.is_none() ? nullptr : directory->site(caller.site);
    if (site == nullptr) text.null();
    else text.begin_object().member("ref", site->ref).member("name", site->name).end_object();
    text.member("must_enrol", caller.must_enrol).member("otp", view.has_otp).member("confirmed", caller.confirmed);
    text.member("csrf", parts.access.csrf_of(session_token(call.request))).member("time_zone", parts.time_zone).member("version", CHAYAN_VERSION);
    answer(call, 200, text.end_object());
}

void confirm_session(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::Proof proof;
    {
        Members body(*document);
        proof = read_proof(call, body, false);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (is_too_long(proof)) return refuse(parts, call, {Errc::unauthenticated, "login_failed"});
    answer_done(parts, call, parts.access.confirm(*call.caller, proof), "confirmed");
}

void close_session(Parts& parts, Call& call) {
    const auto status = parts.access.close_session(*call.caller);
    if (!status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("closed", true).end_object(),
           {{"Set-Cookie", "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"}, {"Clear-Site-Data", "\"cache\""}});
}

void list_sessions(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("sessions").begin_array();
    for (const auto& view : parts.access.sessions(*call.caller)) {
        text.begin_object().member("id", view.id).member("started", domain::format_rfc3339(view.started));
        text.member("last_seen", domain::format_rfc3339(view.last_seen)).member("current", view.is_current).end_object();
    }
    answer(call, 200, text.end_array().end_object());
}

void end_session(Parts& parts, Call& call) {
    answer_done(parts, call, parts.access.end_session(*call.caller, call.parameters[0]), "ended");
}

void change_password(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::Proof proof;
    std::string wanted;
    {
        Members body(*document);
        proof = read_proof(call, body, false);
        wanted = body.text("new_password");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (is_too_long(proof)) return refuse(parts, call, {Errc::unauthenticated, "login_failed"});
    answer_done(parts, call, parts.operators.change_password(*call.caller, proof, wanted), "changed");
}

void begin_otp(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::Proof proof;
    {
        Members body(*document);
        proof = read_proof(call, body, false);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (is_too_long(proof)) return refuse(parts, call, {Errc::unauthenticated, "login_failed"});
    const auto begun = parts.operators.begin_otp(*call.caller, proof);
    if (!begun) return refuse(parts, call, begun.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("secret", begun->secret).member("uri", begun->uri).end_object());
}

void finish_otp(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string otp;
    {
        Members body(*document);
        otp = body.text("otp");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    answer_done(parts, call, parts.operators.finish_otp(*call.caller, otp), "enrolled");
}

void begin_duty(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string secret;
    std::string name;
    {
        Members body(*document);
        secret = body.text("secret");
        name = body.text("name");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto duty = parts.devices.begin_duty(secret, name);
    if (!duty) return refuse(parts, call, duty.error());
    JsonText text;
    text.begin_object().member("token", duty->session.token).member("csrf", duty->session.csrf).member("site", duty->site);
    text.member("until", domain::format_rfc3339(duty->until)).end_object();
    answer(call, 200, text, session_cookie(duty->session.token));
}

}  // namespace chayan::api
