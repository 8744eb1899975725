// SPDX-License-Identifier: Apache-2.0
// What administrators and managers call: operators' accounts, the first of them, and the devices of a site.
#include "api/answer.hpp"

namespace chayan::api {
namespace {

using kit::Errc;

/// The words of a list as the one text that the service reads: "guard,tracer".
std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
    return text;
}

void write_operator(JsonText& text, const service::OperatorView& view) {
    text.begin_object().member("login", view.login).key("roles").begin_array();
    for (const auto role : view.roles) text.value(role);
    text.end_array().key("scope");
    if (view.scope.empty()) text.null();
    else text.value(view.scope);
    text.member("disabled", view.disabled).member("otp", view.has_otp).end_object();
}

/// A link's secret stands behind #, so that no browser sends it and no log holds it.
void answer_link(Parts& parts, Call& call, int status, const kit::Result<service::PairedDevice>& paired) {
    if (!paired) return refuse(parts, call, paired.error());
    JsonText text;
    text.begin_object().member("id", paired->id).member("url", parts.base_url + "/duty#" + paired->secret);
    text.member("until", domain::format_rfc3339(paired->until)).end_object();
    answer(call, status, text);
}

bool is_confirmed(Parts& parts, Call& call) {
    if (call.caller->confirmed) return true;
    refuse(parts, call, {Errc::forbidden, "reauthenticate"});
    return false;
}

}  // namespace

void set_up(Parts& parts, Call& call) {
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    std::string secret, login, password;
    {
        Members body(*document);
        secret = body.text("secret");
        login = body.text("login");
        password = body.text("password");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (auto status = parts.operators.set_up(secret, login, password); !status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 201, text.begin_object().member("login", login).end_object());
}

void list_operators(Parts& parts, Call& call) {
    JsonText text;
    text.begin_object().key("operators").begin_array();
    for (const auto& view : parts.operators.all(*call.caller)) write_operator(text, view);
    answer(call, 200, text.end_array().end_object());
}

void add_operator(Parts& parts, Call& call) {
    if (!is_confirmed(parts, call)) return;
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::NewOperator wanted;
    {
        Members body(*document);
        wanted.login = body.text("login");
        wanted.roles = joined(body.texts_if("roles").value_or(std::vector<std::string>{}));
        wanted.scope = body.text_if("scope").value_or(call.caller->scope.digits == 0 ? "" : std::string(domain::DivisionText(call.caller->scope)));
        wanted.password = body.text("password");
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    if (auto status = parts.operators.add(&*call.caller, wanted); !status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 201, text.begin_object().member("login", wanted.login).end_object());
}

void change_operator(Parts& parts, Call& call) {
    if (!is_confirmed(parts, call)) return;
    auto document = Document::parse(call.request.body);
    if (!document) return refuse(parts, call, document.error());
    service::OperatorChange change;
    {
        Members body(*document);
        if (const auto roles = body.texts_if("roles")) change.roles = joined(*roles);
        change.scope = body.text_if("scope");
        change.password = body.text_if("password");
        change.disabled = body.flag_if("disabled");
        change.resets_otp = body.flag_if("reset_otp").value_or(false);
    }
    if (auto status = document->status(); !status) return refuse(parts, call, status.error());
    const auto changed = parts.operators.change(*call.caller, call.parameters[0], change);
    if (!changed) return refuse(parts, call, changed.error());
    JsonText text;
    write_operator(text, *changed);
    answer(call, 200, text);
}

void list_devices(Parts& parts, Call& call) {
    const auto devices = parts.devices.of_site(*call.caller, call.parameters[0]);
    if (!devices) return refuse(parts, call, devices.error());
    JsonText text;
    text.begin_object().key("devices").begin_array();
    for (const auto& device : *devices)
        text.begin_object().member("id", device.id).member("revoked", device.revoked).member("on_duty", device.on_duty).end_object();
    answer(call, 200, text.end_array().end_object());
}

void pair_device(Parts& parts, Call& call) { answer_link(parts, call, 201, parts.devices.pair(*call.caller, call.parameters[0])); }

void renew_device(Parts& parts, Call& call) { answer_link(parts, call, 200, parts.devices.renew(*call.caller, call.parameters[0])); }

void revoke_device(Parts& parts, Call& call) {
    if (auto status = parts.devices.revoke(*call.caller, call.parameters[0]); !status) return refuse(parts, call, status.error());
    JsonText text;
    answer(call, 200, text.begin_object().member("revoked", true).end_object());
}

}  // namespace chayan::api
