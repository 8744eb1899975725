// SPDX-License-Identifier: Apache-2.0
#include "api/api.hpp"

#include <algorithm>
#include <exception>
#include <tuple>

#include "api/answer.hpp"
#include "api/fixed_parts.hpp"
#include "api/form.hpp"
#include "api/route_tally.hpp"
#include "kit/limits.hpp"
#include "kit/log.hpp"
#include "service/daily_word.hpp"
#include "service/office.hpp"
#include "service/throttle.hpp"

namespace chayan::api {
namespace {

using http::Method;
using kit::Errc;
using kit::Error;

constexpr auto json = "application/json";
constexpr auto csv = "text/csv";
constexpr auto xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr auto form = "application/x-www-form-urlencoded";
constexpr std::string_view session_cookie = "__Host-session=";
constexpr std::string_view credential_cookie = "__Host-chayan=";

constexpr Who anyone{true, false, 0};
constexpr Who visitor{true, true, 0};   // a page: whoever has a credential is known by it, nobody needs one
constexpr Who resident{false, true, 0, false, Scope::own};
constexpr std::uint8_t bit(storage::Role role) { return static_cast<std::uint8_t>(role); }
constexpr std::uint8_t every_role = 31;
/// Whoever writes a row says how scope binds it: there is no default.
constexpr Who role(storage::Role only, Scope scope) { return {false, false, bit(only), false, scope}; }
constexpr Who operators{false, false, every_role, false, Scope::own};
constexpr Who anybody_on_staff{false, false, every_role, true, Scope::own};

/// Bodies at most.
constexpr auto small = kit::body_bytes_max;
constexpr auto batch = kit::batch_body_bytes_max;
constexpr auto large = kit::question_body_bytes_max;
constexpr Who tracer_or_manager{false, false, static_cast<std::uint8_t>(bit(storage::Role::tracer) | bit(storage::Role::manager)), false, Scope::people};
constexpr Who grid_desk{false, false, static_cast<std::uint8_t>(bit(storage::Role::tracer) | bit(storage::Role::manager)), false, Scope::each};
constexpr Who desk_of_site{false, false, static_cast<std::uint8_t>(bit(storage::Role::tracer) | bit(storage::Role::manager)), false, Scope::site};
constexpr Who manager_or_guard{false, false, static_cast<std::uint8_t>(bit(storage::Role::manager) | bit(storage::Role::guard)), false, Scope::each};
constexpr Who alert_desk{false, false, static_cast<std::uint8_t>(bit(storage::Role::tracer) | bit(storage::Role::manager) | bit(storage::Role::guard)), false, Scope::each};
constexpr Who admin_or_manager{false, false, static_cast<std::uint8_t>(bit(storage::Role::admin) | bit(storage::Role::manager)), false, Scope::whole};
constexpr Who admin_or_auditor{false, false, static_cast<std::uint8_t>(bit(storage::Role::admin) | bit(storage::Role::auditor)), false, Scope::whole};
constexpr Who whole_staff{false, false, every_role, false, Scope::whole};
constexpr Who resident_or_guard{false, true, static_cast<std::uint8_t>(storage::Role::guard), false, Scope::own};

void show_health(Parts&, Call& call) {
    JsonText text;
    answer(call, 200, text.begin_object().member("status", "ok").end_object());
}

void show_readiness(Parts& parts, Call& call) {
    if (const auto status = parts.tracing.readiness(); !status) return refuse(parts, call, status.error());
    show_health(parts, call);
}

void show_version(Parts&, Call& call) {
    JsonText text;
    answer(call, 200, text.begin_object().member("version", CHAYAN_VERSION).end_object());
}

void show_openapi(Parts&, Call& call) { (*call.reply)(http::Response{200, "application/yaml", std::string(openapi_text), {}, false}); }

/// The parameters when `path` fits the template; nothing else.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    std::vector<std::string> parameters;
    while (!pattern.empty() && !path.empty()) {
        pattern.remove_prefix(1);
        path.remove_prefix(1);
        const auto wanted = pattern.substr(0, pattern.find('/'));
        const auto given = path.substr(0, path.find('/'));
        if (wanted.starts_with('{') && !given.empty()) parameters.emplace_back(given);
        else if (wanted != given) return std::nullopt;
        pattern.remove_prefix(wanted.size());
        path.remove_prefix(given.size());
    }
    return pattern.empty() && path.empty() ? std::optional(std::move(parameters)) : std::nullopt;
}

Method effective(Method method) { return method == Method::head ? Method::get : method; }

std::string allowed_methods(const std::string& path) {
    constexpr const char* names[] = {"GET", "HEAD", "POST", "PATCH", "DELETE"};
    std::string allowed;
    for (const auto& endpoint : endpoints()) {
        if (!match(endpoint.path, path)) continue;
        if (!allowed.empty()) allowed += ", ";
        allowed += names[static_cast<std::size_t>(endpoint.method)];
        if (endpoint.method == Method::get) allowed += ", HEAD";
    }
    return allowed;
}

bool is_call(std::string_view path) { return path.starts_with("/api/"); }
bool is_shell(const Endpoint& endpoint) { return endpoint.handle == show_staff_page; }
/// Refusals are pages too.
bool is_page(const Endpoint& endpoint) { return endpoint.who.anyone && endpoint.who.credential; }
/// An address of people: it may end with a slash, and links that apps have lengthened open it.
bool is_opened_by_people(const Endpoint& endpoint) { return is_page(endpoint) || is_shell(endpoint) || endpoint.handle == show_api_page; }
bool has_stray_slash(std::string_view path) { return path.size() > 1 && path.ends_with('/'); }

/// Whoever opens a wrong address in a browser reads a page.
constexpr Endpoint no_page{Method::get, "", visitor, Lane::io, 0, form, show_no_page};

const Endpoint* find_endpoint(const http::Head& head, std::vector<std::string>* parameters) {
    const std::string_view path = head.path;
    const auto plain_path = path.substr(0, path.size() - (has_stray_slash(path) ? 1 : 0));
    for (const auto& endpoint : endpoints()) {
        if (endpoint.method != effective(head.method)) continue;
        auto found = match(endpoint.path, is_opened_by_people(endpoint) ? plain_path : path);
        if (!found) continue;
        if (parameters != nullptr) *parameters = *std::move(found);
        return &endpoint;
    }
    return effective(head.method) == Method::get && head.takes_html && !is_call(path) && allowed_methods(head.path).empty() ? &no_page : nullptr;
}

/// A name that nobody reads would be a question misunderstood.
kit::Status check_query(const Endpoint& endpoint, const http::Head& head) {
    for (const auto& given : head.query) {
        if (!has_word(endpoint.query, given.name)) return Error{Errc::malformed, "unknown_member", {{pointer_to({}, given.name), "unknown_member"}}};
    }
    return kit::Done{};
}

/// A browser tells where a request comes from; only our own pages may use our cookies to write. Old ones tell nothing. A page's form may be
/// sent again by reloading: then it comes from nowhere.
bool is_from_elsewhere(const http::Head& head, bool is_page) {
    return !head.fetch_site.empty() && head.fetch_site != "same-origin" && !(is_page && head.fetch_site == "none");
}

/// One operator is one asker, of strangers each neighbourhood: CONTRACT 6, an address only ranks whom overload sheds first.
Turn turn_of(const Call& call, std::function<void()> turn_away) {
    if (call.caller) return {std::to_string(call.caller->id.value), true, std::move(turn_away)};
    return {call.request.neighbourhood, false, std::move(turn_away)};
}

std::string_view cookie(std::string_view cookies, std::string_view name) {
    for (std::size_t at = 0; (at = cookies.find(name, at)) != std::string_view::npos; ++at) {
        if (at != 0 && cookies[at - 1] != ' ' && cookies[at - 1] != ';') continue;
        const auto value = cookies.substr(at + name.size());
        return value.substr(0, value.find(';'));
    }
    return {};
}

std::string_view bearer(const http::Head& head) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view value = head.authorization;
    const bool fits = value.size() > scheme.size() && std::equal(scheme.begin(), scheme.end(), value.begin(), [](char a, char b) {
                          return (a | 32) == (b | 32);
                      });
    return fits ? value.substr(scheme.size()) : std::string_view{};
}

using storage::Role;
constexpr Endpoint rows[] = {
        {Method::get, "/healthz", anyone, Lane::io, 0, json, show_health},
        {Method::get, "/readyz", anyone, Lane::io, 0, json, show_readiness},
        {Method::get, "/version", anyone, Lane::io, 0, json, show_version},
        {Method::get, "/api/v1/openapi.yaml", anyone, Lane::io, 0, json, show_openapi},
        {Method::get, "/docs", anyone, Lane::io, 0, json, show_api_page, "lang"},
        {Method::get, "/", visitor, Lane::io, 0, form, show_home, "as code lang view"},
        {Method::post, "/", visitor, Lane::io, small, form, register_at_home, "as lang view"},
        {Method::get, "/s/{code}", visitor, Lane::io, 0, form, show_check_in, "as lang view"},
        {Method::post, "/s/{code}", visitor, Lane::io, small, form, check_in, "as lang view"},
        {Method::get, "/s/{code}/{digits}", visitor, Lane::io, 0, form, show_check_in, "as lang view"},
        {Method::post, "/s/{code}/{digits}", visitor, Lane::io, small, form, check_in, "as lang view"},
        {Method::get, "/gate", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/duty", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/sites", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/trace", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/desk", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/admin", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/setup", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/me", anyone, Lane::io, 0, json, show_staff_page, "lang"},
        {Method::get, "/gate-worker.js", anyone, Lane::io, 0, json, show_gate_worker},
        {Method::get, "/assets/{set}/{folder}/{file}", anyone, Lane::io, 0, json, show_asset},
        {Method::get, "/api/v1/codes/{code}", anyone, Lane::io, 0, json, show_code},
        {Method::post, "/api/v1/registrations", anyone, Lane::io, small, json, add_registration},
        {Method::post, "/api/v1/scans", resident, Lane::io, small, json, add_scan},
        {Method::post, "/api/v1/scans/batch", resident, Lane::io, batch, json, add_batch},
        {Method::post, "/api/v1/scans/{id}/void", resident_or_guard, Lane::query, small, json, void_scan},
        {Method::post, "/api/v1/session", anyone, Lane::password, small, json, open_session},
        {Method::get, "/api/v1/session", anybody_on_staff, Lane::desk, 0, json, show_session},
        {Method::del, "/api/v1/session", anybody_on_staff, Lane::desk, 0, json, close_session},
        {Method::post, "/api/v1/session/confirm", operators, Lane::password, small, json, confirm_session},
        {Method::post, "/api/v1/session/password", anybody_on_staff, Lane::password, small, json, change_password},
        {Method::post, "/api/v1/session/otp", anybody_on_staff, Lane::password, small, json, begin_otp},
        {Method::post, "/api/v1/session/otp/confirm", anybody_on_staff, Lane::desk, small, json, finish_otp},
        {Method::get, "/api/v1/sessions", anybody_on_staff, Lane::desk, 0, json, list_sessions},
        {Method::del, "/api/v1/sessions/{id}", anybody_on_staff, Lane::desk, 0, json, end_session},
        {Method::post, "/api/v1/setup", anyone, Lane::password, small, json, set_up},
        {Method::post, "/api/v1/duty", anyone, Lane::desk, small, json, begin_duty},
        {Method::get, "/api/v1/operators", role(Role::admin, Scope::staff), Lane::desk, 0, json, list_operators},
        {Method::post, "/api/v1/operators", role(Role::admin, Scope::staff), Lane::password, small, json, add_operator},
        {Method::patch, "/api/v1/operators/{login}", role(Role::admin, Scope::staff), Lane::password, small, json, change_operator},
        {Method::get, "/api/v1/divisions", operators, Lane::query, 0, json, list_divisions, "of"},
        {Method::get, "/api/v1/sites", role(Role::manager, Scope::each), Lane::query, 0, json, list_sites, "division category q closed limit cursor"},
        {Method::post, "/api/v1/sites", role(Role::manager, Scope::each), Lane::desk, small, json, add_site},
        {Method::get, "/api/v1/sites/{ref}", role(Role::manager, Scope::site), Lane::desk, 0, json, show_site},
        {Method::patch, "/api/v1/sites/{ref}", role(Role::manager, Scope::site), Lane::desk, small, json, change_site},
        {Method::post, "/api/v1/sites/{ref}/replace", role(Role::manager, Scope::site), Lane::desk, small, json, replace_code},
        {Method::get, "/api/v1/sites/{ref}/traffic", role(Role::manager, Scope::site), Lane::query, 0, json, show_traffic, "day"},
        {Method::get, "/api/v1/site-activity", role(Role::manager, Scope::each), Lane::query, 0, json, show_activity},
        {Method::post, "/api/v1/posters/check", manager_or_guard, Lane::desk, small, json, check_code},
        {Method::get, "/api/v1/sites/{ref}/poster", role(Role::manager, Scope::site), Lane::query, 0, json, show_poster, "sheet format lang direction"},
        {Method::post, "/api/v1/posters", role(Role::manager, Scope::site), Lane::query, batch, json, print_posters},
        {Method::get, "/api/v1/sites/{ref}/devices", role(Role::manager, Scope::site), Lane::desk, 0, json, list_devices},
        {Method::post, "/api/v1/sites/{ref}/devices", role(Role::manager, Scope::site), Lane::desk, 0, json, pair_device},
        {Method::post, "/api/v1/devices/{id}/link", role(Role::manager, Scope::site), Lane::desk, 0, json, renew_device},
        {Method::del, "/api/v1/devices/{id}", role(Role::manager, Scope::site), Lane::desk, 0, json, revoke_device},
        {Method::get, "/api/v1/audit", role(Role::auditor, Scope::staff), Lane::query, 0, json, show_audit, "cursor limit operator action case from to"},
        {Method::get, "/api/v1/audit/verify", role(Role::auditor, Scope::whole), Lane::query, 0, json, verify_audit},
        {Method::get, "/api/v1/status", admin_or_auditor, Lane::query, 0, json, show_status},
        {Method::get, "/api/v1/upkeep", admin_or_manager, Lane::query, 0, json, show_upkeep},
        {Method::get, "/api/v1/settings", admin_or_auditor, Lane::desk, 0, json, list_settings},
        {Method::get, "/api/v1/retention", admin_or_auditor, Lane::query, 0, json, show_retention},
        {Method::get, "/api/v1/assessment", admin_or_auditor, Lane::query, 0, json, show_assessment},
        {Method::get, "/api/v1/office", whole_staff, Lane::desk, 0, json, show_office},
        {Method::patch, "/api/v1/office", role(Role::admin, Scope::whole), Lane::desk, small, json, change_office},
        {Method::get, "/api/v1/me/access", resident, Lane::desk, 0, json, show_access},
        {Method::post, "/api/v1/gate/scans", role(Role::guard, Scope::each), Lane::desk, batch, json, add_gate_scans},
        {Method::post, "/api/v1/gate/vehicles", role(Role::guard, Scope::each), Lane::desk, batch, json, add_vehicles},
        {Method::get, "/api/v1/gate/word", role(Role::guard, Scope::whole), Lane::io, 0, json, show_word},
        {Method::post, "/api/v1/gate/verifications", role(Role::guard, Scope::whole), Lane::desk, small, json, verify_document},
        {Method::get, "/api/v1/sites/{ref}/screen", role(Role::guard, Scope::site), Lane::io, 0, json, show_screen},
        {Method::get, "/api/v1/gate/sites", role(Role::guard, Scope::each), Lane::desk, 0, json, list_gate_sites, "search"},
        {Method::post, "/api/v1/gate/observations", role(Role::guard, Scope::site), Lane::query, small, json, add_observation},
        {Method::get, "/api/v1/gate/recent", role(Role::guard, Scope::site), Lane::desk, 0, json, list_recent, "site"},
        {Method::post, "/api/v1/gate/roster", role(Role::guard, Scope::site), Lane::query, small, json, search_roster},
        {Method::get, "/api/v1/gate/shift", role(Role::guard, Scope::site), Lane::query, 0, json, show_shift, "site since"},
        {Method::get, "/api/v1/cases", role(Role::tracer, Scope::whole), Lane::desk, 0, json, list_cases, "format part"},
        {Method::get, "/api/v1/exports", role(Role::tracer, Scope::own), Lane::desk, 0, json, list_exports},
        {Method::post, "/api/v1/cases", role(Role::tracer, Scope::whole), Lane::desk, small, json, open_case},
        {Method::get, "/api/v1/cases/{number}", role(Role::tracer, Scope::whole), Lane::desk, 0, json, show_case},
        {Method::patch, "/api/v1/cases/{number}", role(Role::tracer, Scope::whole), Lane::desk, small, json, change_case},
        {Method::get, "/api/v1/cases/{number}/questions", role(Role::tracer, Scope::whole), Lane::query, 0, json, list_questions, "limit cursor"},
        {Method::post, "/api/v1/cases/{number}/questions/{id}/run", role(Role::tracer, Scope::people), Lane::query, small, json, run_question, "format part"},
        {Method::post, "/api/v1/cases/{number}/contacts", role(Role::tracer, Scope::whole), Lane::query, batch, json, mark_contacts},
        {Method::get, "/api/v1/cases/{number}/contacts", role(Role::tracer, Scope::whole), Lane::query, 0, json, list_contacts, "state assigned format part"},
        {Method::get, "/api/v1/cases/{number}/contacts/{person}", role(Role::tracer, Scope::whole), Lane::query, 0, json, list_marks},
        {Method::get, "/api/v1/cases/{number}/visits", role(Role::tracer, Scope::whole), Lane::query, 0, json, list_visits},
        {Method::post, "/api/v1/cases/{number}/visits", role(Role::tracer, Scope::site), Lane::query, small, json, tell_visit},
        {Method::del, "/api/v1/cases/{number}/visits/{id}", role(Role::tracer, Scope::whole), Lane::query, 0, json, withdraw_visit},
        {Method::post, "/api/v1/divisions/import", role(Role::admin, Scope::each), Lane::query, large, csv, import_divisions},
        {Method::post, "/api/v1/sites/import", role(Role::manager, Scope::each), Lane::query, large, csv, import_sites},
        {Method::post, "/api/v1/people/import", role(Role::admin, Scope::each), Lane::query, large, csv, import_people, "basis until"},
        {Method::post, "/api/v1/scans/import", role(Role::admin, Scope::each), Lane::query, large, csv, import_scans},
        {Method::post, "/api/v1/people/search", role(Role::tracer, Scope::people), Lane::query, small, json, search_people, "format part"},
        {Method::get, "/api/v1/people/{id}/trajectory", role(Role::tracer, Scope::whole), Lane::query, 0, json, show_trajectory, "case from to known_at format part"},
        {Method::post, "/api/v1/sites/search", role(Role::tracer, Scope::each), Lane::query, batch, json, search_sites},
        {Method::get, "/api/v1/sites/{ref}/passages", role(Role::tracer, Scope::site), Lane::query, 0, json, show_passages, "case from to known_at format part"},
        {Method::post, "/api/v1/traces", role(Role::tracer, Scope::people), Lane::query, large, json, trace, "format part"},
        {Method::post, "/api/v1/shared-places", role(Role::tracer, Scope::people), Lane::query, large, json, find_shared_places, "format part"},
        {Method::get, "/api/v1/presets", role(Role::tracer, Scope::whole), Lane::desk, 0, json, list_presets},
        {Method::post, "/api/v1/people/{id}/reveal", role(Role::tracer, Scope::whole), Lane::query, small, json, reveal_person},
        {Method::post, "/api/v1/cases/{number}/disclosures", role(Role::tracer, Scope::people), Lane::query, large, json, disclose, "format part"},
        {Method::post, "/api/v1/cases/{number}/narratives", role(Role::tracer, Scope::whole), Lane::query, small, json, write_narrative, "format"},
        {Method::get, "/api/v1/forms", role(Role::tracer, Scope::whole), Lane::query, 0, json, list_forms},
        {Method::post, "/api/v1/forms", role(Role::tracer, Scope::whole), Lane::query, kit::form_bytes_max, xlsx, add_form},
        {Method::patch, "/api/v1/forms/{id}", role(Role::tracer, Scope::whole), Lane::query, small, json, change_form},
        {Method::del, "/api/v1/forms/{id}", role(Role::tracer, Scope::whole), Lane::query, 0, json, remove_form},
        {Method::post, "/api/v1/ledger/lists", role(Role::tracer, Scope::own), Lane::query, large, csv, propose_list, "document measure until"},
        {Method::get, "/api/v1/ledger/lists", role(Role::tracer, Scope::each), Lane::query, 0, json, list_lists},
        {Method::post, "/api/v1/ledger/lists/{id}/approve", role(Role::tracer, Scope::each), Lane::query, 0, json, approve_list},
        {Method::post, "/api/v1/ledger/lists/{id}/refuse", role(Role::tracer, Scope::each), Lane::query, 0, json, refuse_list},
        {Method::post, "/api/v1/ledger/lists/{id}/undo", role(Role::tracer, Scope::each), Lane::query, small, json, undo_list},
        {Method::get, "/api/v1/ledger/lists/{id}/entries", role(Role::tracer, Scope::each), Lane::query, 0, json, list_entries, "cursor"},
        {Method::get, "/api/v1/ledger/entries/{id}", role(Role::tracer, Scope::each), Lane::query, 0, json, show_entry},
        {Method::get, "/api/v1/ledger/handed", role(Role::tracer, Scope::each), Lane::query, 0, json, list_handed, "cursor"},
        {Method::post, "/api/v1/ledger/entries/{id}/hand", role(Role::tracer, Scope::each), Lane::query, small, json, hand_entry},
        {Method::post, "/api/v1/ledger/entries/{id}/check", role(Role::tracer, Scope::each), Lane::query, small, json, check_entry},
        {Method::post, "/api/v1/ledger/entries/{id}/undo", role(Role::tracer, Scope::each), Lane::query, small, json, undo_entry},
        {Method::get, "/api/v1/alerts", alert_desk, Lane::query, 0, json, list_alerts, "state cursor"},
        {Method::get, "/api/v1/alerts/stream", alert_desk, Lane::io, 0, json, listen_for_alerts, "after wait"},
        {Method::post, "/api/v1/alerts/{id}/close", alert_desk, Lane::query, small, json, close_alert},
        {Method::get, "/api/v1/registers", grid_desk, Lane::query, 0, json, count_records},
        {Method::get, "/api/v1/registers/{kind}", grid_desk, Lane::query, 0, json, list_records, "state cursor"},
        {Method::post, "/api/v1/registers/{kind}", grid_desk, Lane::query, small, json, open_record},
        {Method::get, "/api/v1/registers/{kind}/{id}", grid_desk, Lane::query, 0, json, show_record},
        {Method::post, "/api/v1/registers/{kind}/{id}/steps", grid_desk, Lane::query, small, json, step_record},
        {Method::post, "/api/v1/registers/{kind}/{id}/reveal", grid_desk, Lane::query, small, json, reveal_record},
        {Method::get, "/api/v1/isolation/places", grid_desk, Lane::query, 0, json, list_places},
        {Method::post, "/api/v1/isolation/places/{ref}", desk_of_site, Lane::query, small, json, set_capacity},
        {Method::get, "/api/v1/counts", grid_desk, Lane::query, 0, json, show_counts, "day division by"},
        {Method::get, "/api/v1/brief", grid_desk, Lane::query, 0, json, show_brief, "day division at format"},
        {Method::post, "/api/v1/briefs", grid_desk, Lane::query, small, json, freeze_brief},
        {Method::get, "/api/v1/briefs", grid_desk, Lane::query, 0, json, list_briefs},
        {Method::get, "/api/v1/briefs/{id}", grid_desk, Lane::query, 0, json, show_frozen_brief, "format"},
        {Method::post, "/api/v1/sites/{ref}/reports", role(Role::manager, Scope::site), Lane::query, small, json, add_report},
        {Method::get, "/api/v1/sites/{ref}/reports", role(Role::manager, Scope::site), Lane::query, 0, json, list_site_reports, "day"},
        {Method::get, "/api/v1/reports", grid_desk, Lane::query, 0, json, list_reports, "day division state"},
        {Method::post, "/api/v1/sites/{ref}/camera", role(Role::manager, Scope::site), Lane::query, small, json, set_camera},
        {Method::get, "/api/v1/sites/{ref}/camera", role(Role::manager, Scope::site), Lane::query, 0, json, show_camera},
        {Method::post, "/api/v1/sites/{ref}/playback", role(Role::tracer, Scope::site), Lane::query, small, json, find_playback},
        {Method::post, "/api/v1/outing-rules", grid_desk, Lane::query, small, json, add_outing_rule},
        {Method::get, "/api/v1/outing-rules", grid_desk, Lane::query, 0, json, list_outing_rules},
        {Method::del, "/api/v1/outing-rules/{id}", grid_desk, Lane::query, 0, json, remove_outing_rule},
        {Method::post, "/api/v1/gate/outings", role(Role::guard, Scope::site), Lane::desk, small, json, except_outing},
        {Method::get, "/api/v1/reviews", tracer_or_manager, Lane::query, 0, json, list_reviews, "state person limit cursor"},
        {Method::post, "/api/v1/reviews/{id}", tracer_or_manager, Lane::query, small, json, decide_review},
        {Method::post, "/api/v1/reviews/{id}/undo", tracer_or_manager, Lane::query, 0, json, undo_review},
        {Method::post, "/api/v1/people/{id}/split", tracer_or_manager, Lane::query, batch, json, split_person},
        {Method::get, "/api/v1/people/{id}/history", role(Role::tracer, Scope::whole), Lane::query, 0, json, show_history, "case at"},
        {Method::get, "/api/v1/me", resident, Lane::desk, 0, json, show_me},
        {Method::patch, "/api/v1/me", resident, Lane::desk, small, json, correct_me},
        {Method::del, "/api/v1/me", resident, Lane::desk, 0, json, withdraw_me},
        {Method::get, "/api/v1/me/scans", resident, Lane::query, 0, json, list_my_scans, "from to limit cursor"},
        {Method::get, "/api/v1/me/export", resident, Lane::query, 0, json, export_me},
        {Method::get, "/api/v1/me/card", resident, Lane::desk, 0, json, show_my_card},
        {Method::get, "/api/v1/me/dependants", resident, Lane::desk, 0, json, list_dependants},
        {Method::post, "/api/v1/me/dependants", resident, Lane::desk, small, json, add_dependant},
        {Method::del, "/api/v1/me/dependants/{id}", resident, Lane::desk, 0, json, remove_dependant},
};

/// Its place in call_rates; their number when it has none. No pointer: compared with nullptr under a sanitizer it is no constant to GCC 12.
constexpr std::size_t rate_of(const Endpoint& endpoint) {
    std::size_t place = 0;
    while (place < std::size(call_rates) && (call_rates[place].method != endpoint.method || std::string_view(call_rates[place].path) != endpoint.path)) ++place;
    return place;
}

constexpr bool has_each_its_rate() {
    for (const auto& endpoint : rows)
        if (rate_of(endpoint) == std::size(call_rates)) return false;
    return std::size(rows) == std::size(call_rates);
}
static_assert(has_each_its_rate(), "api/rates.hpp says in which bucket each endpoint counts, and names no other");

std::vector<Endpoint> with_rates() {
    std::vector<Endpoint> table(std::begin(rows), std::end(rows));
    for (auto& endpoint : table) endpoint.rate = call_rates[rate_of(endpoint)].rate;
    return table;
}

}  // namespace

std::string_view session_token(const http::Head& head) {
    const auto token = bearer(head);
    return token.empty() ? cookie(head.cookie, session_cookie) : token;
}

std::string Call::query(std::string_view name) const {
    for (const auto& [key, value] : request.query)
        if (key == name) return value;
    return {};
}

const std::vector<Endpoint>& endpoints() {
    static const auto table = with_rates();
    return table;
}

void make_fixed_parts(Parts& parts) {
    for (auto words = parts.office.words();;) {
        parts.fixed->store(std::make_shared<const FixedParts>(words, parts.residents.scan_days()));
        const auto latest = parts.office.words();
        if (std::tie(latest.name, latest.hotline, latest.filing) == std::tie(words.name, words.hotline, words.filing)) return;   // else somebody changed them meanwhile, and may have stored what was newer before us
        words = latest;
    }
}

Api::Api(Parts parts) : parts_(std::move(parts)), tally_(std::make_shared<RouteTally>(endpoints().size())) {
    parts_.word_of_day = std::make_shared<service::DailyWord>(parts_.vault);
    parts_.fixed = std::make_shared<kit::Guarded<std::shared_ptr<const FixedParts>>>();
    make_fixed_parts(parts_);
}

http::Admission Api::admit(const http::Head& head) {
    const auto* endpoint = find_endpoint(head, nullptr);
    http::Admission admission;
    if (endpoint == nullptr) {
        admission.allow = allowed_methods(head.path);
        const bool is_there = !admission.allow.empty();
        admission.status = is_there ? 405 : 404;
        admission.code = is_there ? "method_not_allowed" : "not_found";
        admission.close = is_there || head.content_length > 0;
        return admission;
    }
    admission.body_bytes_max = endpoint->body_bytes_max;
    if (head.content_length > endpoint->body_bytes_max && endpoint->body_bytes_max > 0) {
        admission = {413, "body_too_large", endpoint->body_bytes_max, {}, true};
    } else if (endpoint->body_bytes_max > 0 && head.content_type != endpoint->media_type) {
        admission = {415, "media_type", endpoint->body_bytes_max, {}, true};
    } else if (head.content_length > kit::body_bytes_max) {   // a stranger makes us hold no more than a form
        Call nobody;
        if (const auto status = authenticate(*endpoint, head, nobody); !status)
            admission = {status_of(status.error().kind), status.error().code, endpoint->body_bytes_max, {}, true};
    }
    return admission;
}

kit::Status Api::authenticate(const Endpoint& endpoint, const http::Head& head, Call& call) {
    if (endpoint.who.anyone && !endpoint.who.credential) return kit::Done{};
    const auto token = bearer(head);
    const bool writes = head.method != Method::get && head.method != Method::head;
    if (token.empty() && writes && is_from_elsewhere(head, endpoint.who.anyone)) return Error{Errc::forbidden, "csrf_missing"};
    auto credential = parts_.vault.open_credential(token.empty() ? cookie(head.cookie, credential_cookie) : token);
    if (credential && !parts_.board.load()->may_scan(*credential)) credential.reset();
    if (endpoint.who.anyone) {
        call.credential = credential;
        return kit::Done{};
    }
    // Guards are residents too, and scan in the browser they work with: each cookie counts where it may make the call, the session first.
    if (endpoint.who.roles != 0 && token.empty() && !cookie(head.cookie, session_cookie).empty()) {
        auto status = authenticate_operator(endpoint, head, call);
        if (status || !credential || !endpoint.who.credential) return status;
    }
    if (!credential) return authenticate_operator(endpoint, head, call);
    // A resident who asks what only staff may is known, and refused for what he is. The cookie of a phone says nothing of who works with it: its guard logs in.
    if (!endpoint.who.credential) return token.empty() ? Error{Errc::unauthenticated, "unauthenticated"} : Error{Errc::forbidden, "forbidden"};
    call.credential = credential;
    return kit::Done{};
}

kit::Status Api::authenticate_operator(const Endpoint& endpoint, const http::Head& head, Call& call) {
    const auto token = bearer(head);
    const auto by_cookie = cookie(head.cookie, session_cookie);
    if (token.empty() && by_cookie.empty()) return Error{Errc::unauthenticated, "unauthenticated"};
    const bool writes = head.method != Method::get && head.method != Method::head;
    auto caller = !token.empty() ? parts_.access.authenticate(token)
                                 : parts_.access.authenticate_cookie(by_cookie, writes ? std::optional<std::string_view>(head.csrf_token) : std::nullopt);
    if (!caller) return caller.error();
    if ((caller->roles & endpoint.who.roles) == 0) {
        parts_.access.note_refusal(*caller, endpoint.path);
        return Error{Errc::forbidden, "forbidden"};
    }
    if (caller->must_enrol && !endpoint.who.unenrolled) return Error{Errc::forbidden, "otp_enrol"};
    call.caller = *caller;
    return kit::Done{};
}

std::string Api::status_text(storage::Connection& reader) { return status_of_service(parts_, reader).take(); }
kit::Status Api::count(const Endpoint& endpoint, const Call& call) {
    using service::Bucket;
    if (endpoint.rate == Rate::free || (!call.credential && !call.caller)) return kit::Done{};
    constexpr Bucket of_operators[] = {Bucket::operator_calls, Bucket::operator_scans, Bucket::operator_calls, Bucket::operator_questions, Bucket::logins};
    const bool scans = endpoint.rate == Rate::scan;
    const auto wait_s = call.caller ? parts_.throttle.take(of_operators[static_cast<std::size_t>(endpoint.rate)], call.caller->id.value)
                                    : parts_.throttle.take(scans ? Bucket::credential_scans : Bucket::credential_calls, call.credential->value);
    if (wait_s == 0) return kit::Done{};
    return Error{Errc::too_often, scans ? "scans_too_often" : "calls_too_often", {}, wait_s};
}

void Api::handle(http::Request request, http::Reply reply) {
    auto call = std::make_shared<Call>();
    call->request = std::move(request);
    const auto* endpoint = find_endpoint(call->request, &call->parameters);
    CHECK(endpoint != nullptr);  // admit let it through
    const auto route = endpoint == &no_page ? endpoints().size() : static_cast<std::size_t>(endpoint - endpoints().data());
    call->reply = std::make_shared<http::Reply>(tally_->counted(route, std::move(reply)));
    if (is_opened_by_people(*endpoint) && endpoint != &no_page && has_stray_slash(call->request.path)) call->request.path.pop_back();
    if (const auto status = authenticate(*endpoint, call->request, *call); !status) return is_page(*endpoint) ? refuse_page(parts_, *call, status.error()) : refuse(parts_, *call, status.error());
    if (const auto status = count(*endpoint, *call); !status) return is_page(*endpoint) ? refuse_page(parts_, *call, status.error()) : refuse(parts_, *call, status.error());
    // Nobody's question is misunderstood by what an app adds to a page's address.
    if (const auto status = check_query(*endpoint, call->request); !status && !is_opened_by_people(*endpoint)) return refuse(parts_, *call, status.error());
    const auto run = [this, endpoint, call](storage::Connection* reader) {
        call->reader = reader;
        try {
            endpoint->handle(parts_, *call);
        } catch (const std::exception&) {
            kit::log(kit::Level::error, "handler_failed", {{"endpoint", endpoint->path}});
            (*call->reply)(problem(500, Error{Errc::malformed, "internal"}, call->request.accept_language, call->request.request_id, nullptr));
        }
    };
    if (endpoint->lane == Lane::io) return run(nullptr);
    const auto job = [run](storage::Connection& reader) { run(&reader); };
    const auto turn_away = [this, call, lane = endpoint->lane] {
        parts_.throttle.note_shed(lane == Lane::password ? service::Shed::password : lane == Lane::desk ? service::Shed::desk : service::Shed::query);
        refuse(parts_, *call, Error{Errc::busy, "busy", {}, kit::retry_after_s});
    };
    if (endpoint->lane == Lane::password) return parts_.password(job, turn_of(*call, turn_away));
    if (!(endpoint->lane == Lane::desk ? parts_.desk : parts_.query)(job)) turn_away();
}

http::Response Api::refusal(int status, std::string_view code, std::string_view accept_language, std::uint64_t request_id) {
    const std::string text(code);
    tally_->count(endpoints().size(), status);   // whom it was for is not known, or nobody's
    return problem(status, Error{Errc::malformed, text.c_str()}, accept_language, request_id, nullptr);
}

}  // namespace chayan::api
