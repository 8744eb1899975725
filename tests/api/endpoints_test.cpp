// SPDX-License-Identifier: Apache-2.0
#include "api/api.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <cctype>
#include <set>
#include <sstream>
#include <string>

#include "api/stage.hpp"
#include "kit/limits.hpp"

using namespace chayan;
using namespace chayan::api;
using api::testing::Outcome;
using api::testing::Stage;
using api::testing::Visitor;
using http::Method;
using storage::Role;

namespace {

constexpr Role every_role[] = {Role::admin, Role::manager, Role::guard, Role::tracer, Role::auditor};
constexpr unsigned anyone = 1U << 8U;
constexpr unsigned resident = 1U << 9U;
constexpr unsigned operators = 31;
constexpr unsigned only(Role role) { return static_cast<unsigned>(role); }

std::string name_of(const Endpoint& endpoint) {
    constexpr const char* methods[] = {"GET", "HEAD", "POST", "PATCH", "DELETE"};
    return std::string(methods[static_cast<std::size_t>(endpoint.method)]) + " " + endpoint.path;
}

/// The column `who` of the contract's table of calls, and the room for a body; written down here a second time on purpose.
struct Row {
    unsigned who;
    std::size_t body_bytes_max;
};
const std::map<std::string, Row> contract{
    {"GET /healthz", {anyone, 0}},
    {"GET /readyz", {anyone, 0}},
    {"GET /version", {anyone, 0}},
    {"GET /api/v1/openapi.yaml", {anyone, 0}},
    {"GET /docs", {anyone, 0}},
    {"GET /", {anyone, 0}},
    {"POST /", {anyone, 4'096}},
    {"GET /s/{code}", {anyone, 0}},
    {"POST /s/{code}", {anyone, 4'096}},
    {"GET /s/{code}/{digits}", {anyone, 0}},
    {"POST /s/{code}/{digits}", {anyone, 4'096}},
    {"GET /gate", {anyone, 0}},
    {"GET /duty", {anyone, 0}},
    {"GET /sites", {anyone, 0}},
    {"GET /trace", {anyone, 0}},
    {"GET /desk", {anyone, 0}},
    {"GET /admin", {anyone, 0}},
    {"GET /setup", {anyone, 0}},
    {"GET /me", {anyone, 0}},
    {"GET /gate-worker.js", {anyone, 0}},
    {"GET /assets/{set}/{folder}/{file}", {anyone, 0}},
    {"GET /api/v1/codes/{code}", {anyone, 0}},
    {"POST /api/v1/registrations", {anyone, 4'096}},
    {"POST /api/v1/scans", {resident, 4'096}},
    {"POST /api/v1/scans/batch", {resident, 262'144}},
    {"POST /api/v1/scans/{id}/void", {resident | only(Role::guard), 4'096}},
    {"POST /api/v1/session", {anyone, 4'096}},
    {"GET /api/v1/divisions", {operators, 0}},
    {"GET /api/v1/sites", {only(Role::manager), 0}},
    {"POST /api/v1/sites", {only(Role::manager), 4'096}},
    {"GET /api/v1/sites/{ref}", {only(Role::manager), 0}},
    {"PATCH /api/v1/sites/{ref}", {only(Role::manager), 4'096}},
    {"POST /api/v1/sites/{ref}/replace", {only(Role::manager), 4'096}},
    {"GET /api/v1/sites/{ref}/traffic", {only(Role::manager), 0}},
    {"POST /api/v1/sites/{ref}/reports", {only(Role::manager), 4'096}},
    {"GET /api/v1/sites/{ref}/reports", {only(Role::manager), 0}},
    {"GET /api/v1/reports", {only(Role::manager) | only(Role::tracer), 0}},
    {"POST /api/v1/sites/{ref}/camera", {only(Role::manager), 4'096}},
    {"GET /api/v1/sites/{ref}/camera", {only(Role::manager), 0}},
    {"POST /api/v1/sites/{ref}/playback", {only(Role::tracer), 4'096}},
    {"POST /api/v1/outing-rules", {only(Role::manager) | only(Role::tracer), 4'096}},
    {"GET /api/v1/outing-rules", {only(Role::manager) | only(Role::tracer), 0}},
    {"DELETE /api/v1/outing-rules/{id}", {only(Role::manager) | only(Role::tracer), 0}},
    {"POST /api/v1/gate/outings", {only(Role::guard), 4'096}},
    {"GET /api/v1/site-activity", {only(Role::manager), 0}},
    {"POST /api/v1/posters/check", {only(Role::manager) | only(Role::guard), 4'096}},
    {"GET /api/v1/session", {operators, 0}},
    {"DELETE /api/v1/session", {operators, 0}},
    {"POST /api/v1/session/confirm", {operators, 4'096}},
    {"POST /api/v1/session/password", {operators, 4'096}},
    {"POST /api/v1/session/otp", {operators, 4'096}},
    {"POST /api/v1/session/otp/confirm", {operators, 4'096}},
    {"GET /api/v1/sessions", {operators, 0}},
    {"DELETE /api/v1/sessions/{id}", {operators, 0}},
    {"POST /api/v1/setup", {anyone, 4'096}},
    {"POST /api/v1/duty", {anyone, 4'096}},
    {"GET /api/v1/operators", {only(Role::admin), 0}},
    {"POST /api/v1/operators", {only(Role::admin), 4'096}},
    {"PATCH /api/v1/operators/{login}", {only(Role::admin), 4'096}},
    {"GET /api/v1/sites/{ref}/devices", {only(Role::manager), 0}},
    {"POST /api/v1/sites/{ref}/devices", {only(Role::manager), 0}},
    {"POST /api/v1/devices/{id}/link", {only(Role::manager), 0}},
    {"DELETE /api/v1/devices/{id}", {only(Role::manager), 0}},
    {"GET /api/v1/audit", {only(Role::auditor), 0}},
    {"GET /api/v1/audit/verify", {only(Role::auditor), 0}},
    {"GET /api/v1/status", {only(Role::admin) | only(Role::auditor), 0}},
    {"GET /api/v1/upkeep", {only(Role::admin) | only(Role::manager), 0}},
    {"GET /api/v1/settings", {only(Role::admin) | only(Role::auditor), 0}},
    {"GET /api/v1/retention", {only(Role::admin) | only(Role::auditor), 0}},
    {"GET /api/v1/assessment", {only(Role::admin) | only(Role::auditor), 0}},
    {"GET /api/v1/office", {operators, 0}},
    {"PATCH /api/v1/office", {only(Role::admin), 4'096}},
    {"GET /api/v1/me/access", {resident, 0}},
    {"GET /api/v1/me", {resident, 0}},
    {"PATCH /api/v1/me", {resident, 4'096}},
    {"DELETE /api/v1/me", {resident, 0}},
    {"GET /api/v1/me/scans", {resident, 0}},
    {"GET /api/v1/me/export", {resident, 0}},
    {"GET /api/v1/me/card", {resident, 0}},
    {"GET /api/v1/me/dependants", {resident, 0}},
    {"POST /api/v1/me/dependants", {resident, 4'096}},
    {"DELETE /api/v1/me/dependants/{id}", {resident, 0}},
    {"POST /api/v1/gate/scans", {only(Role::guard), 262'144}},
    {"POST /api/v1/gate/vehicles", {only(Role::guard), 262'144}},
    {"GET /api/v1/gate/word", {only(Role::guard), 0}},
    {"POST /api/v1/gate/verifications", {only(Role::guard), 4'096}},
    {"GET /api/v1/sites/{ref}/screen", {only(Role::guard), 0}},
    {"GET /api/v1/gate/sites", {only(Role::guard), 0}},
    {"POST /api/v1/gate/observations", {only(Role::guard), 4'096}},
    {"GET /api/v1/gate/recent", {only(Role::guard), 0}},
    {"POST /api/v1/gate/roster", {only(Role::guard), 4'096}},
    {"GET /api/v1/gate/shift", {only(Role::guard), 0}},
    {"GET /api/v1/cases", {only(Role::tracer), 0}},
    {"GET /api/v1/exports", {only(Role::tracer), 0}},
    {"POST /api/v1/cases", {only(Role::tracer), 4'096}},
    {"GET /api/v1/cases/{number}", {only(Role::tracer), 0}},
    {"PATCH /api/v1/cases/{number}", {only(Role::tracer), 4'096}},
    {"GET /api/v1/cases/{number}/questions", {only(Role::tracer), 0}},
    {"POST /api/v1/cases/{number}/questions/{id}/run", {only(Role::tracer), 4'096}},
    {"POST /api/v1/cases/{number}/contacts", {only(Role::tracer), 262'144}},
    {"GET /api/v1/cases/{number}/contacts", {only(Role::tracer), 0}},
    {"GET /api/v1/cases/{number}/contacts/{person}", {only(Role::tracer), 0}},
    {"GET /api/v1/sites/{ref}/poster", {only(Role::manager), 0}},
    {"POST /api/v1/posters", {only(Role::manager), 262'144}},
    {"GET /api/v1/cases/{number}/visits", {only(Role::tracer), 0}},
    {"POST /api/v1/cases/{number}/visits", {only(Role::tracer), 4'096}},
    {"DELETE /api/v1/cases/{number}/visits/{id}", {only(Role::tracer), 0}},
    {"POST /api/v1/divisions/import", {only(Role::admin), 8'388'608}},
    {"POST /api/v1/sites/import", {only(Role::manager), 8'388'608}},
    {"POST /api/v1/people/import", {only(Role::admin), 8'388'608}},
    {"POST /api/v1/scans/import", {only(Role::admin), 8'388'608}},
    {"POST /api/v1/people/search", {only(Role::tracer), 4'096}},
    {"POST /api/v1/shared-places", {only(Role::tracer), 8'388'608}},
    {"GET /api/v1/people/{id}/trajectory", {only(Role::tracer), 0}},
    {"POST /api/v1/sites/search", {only(Role::tracer), 262'144}},
    {"GET /api/v1/sites/{ref}/passages", {only(Role::tracer), 0}},
    {"GET /api/v1/presets", {only(Role::tracer), 0}},
    {"POST /api/v1/traces", {only(Role::tracer), 8'388'608}},
    {"POST /api/v1/people/{id}/reveal", {only(Role::tracer), 4'096}},
    {"POST /api/v1/cases/{number}/disclosures", {only(Role::tracer), 8'388'608}},
    {"POST /api/v1/cases/{number}/narratives", {only(Role::tracer), 4'096}},
    {"GET /api/v1/forms", {only(Role::tracer), 0}},
    {"POST /api/v1/forms", {only(Role::tracer), 1'048'576}},
    {"PATCH /api/v1/forms/{id}", {only(Role::tracer), 4'096}},
    {"DELETE /api/v1/forms/{id}", {only(Role::tracer), 0}},
    {"POST /api/v1/ledger/lists", {only(Role::tracer), 8'388'608}},
    {"GET /api/v1/ledger/lists", {only(Role::tracer), 0}},
    {"POST /api/v1/ledger/lists/{id}/approve", {only(Role::tracer), 0}},
    {"POST /api/v1/ledger/lists/{id}/refuse", {only(Role::tracer), 0}},
    {"POST /api/v1/ledger/lists/{id}/undo", {only(Role::tracer), 4'096}},
    {"GET /api/v1/ledger/lists/{id}/entries", {only(Role::tracer), 0}},
    {"GET /api/v1/ledger/entries/{id}", {only(Role::tracer), 0}},
    {"GET /api/v1/ledger/handed", {only(Role::tracer), 0}},
    {"POST /api/v1/ledger/entries/{id}/hand", {only(Role::tracer), 4'096}},
    {"POST /api/v1/ledger/entries/{id}/check", {only(Role::tracer), 4'096}},
    {"POST /api/v1/ledger/entries/{id}/undo", {only(Role::tracer), 4'096}},
    {"GET /api/v1/alerts", {only(Role::tracer) | only(Role::manager) | only(Role::guard), 0}},
    {"GET /api/v1/alerts/stream", {only(Role::tracer) | only(Role::manager) | only(Role::guard), 0}},
    {"POST /api/v1/alerts/{id}/close", {only(Role::tracer) | only(Role::manager) | only(Role::guard), 4'096}},
    {"GET /api/v1/registers", {only(Role::tracer) | only(Role::manager), 0}},
    {"GET /api/v1/registers/{kind}", {only(Role::tracer) | only(Role::manager), 0}},
    {"POST /api/v1/registers/{kind}", {only(Role::tracer) | only(Role::manager), 4'096}},
    {"GET /api/v1/registers/{kind}/{id}", {only(Role::tracer) | only(Role::manager), 0}},
    {"POST /api/v1/registers/{kind}/{id}/steps", {only(Role::tracer) | only(Role::manager), 4'096}},
    {"POST /api/v1/registers/{kind}/{id}/reveal", {only(Role::tracer) | only(Role::manager), 4'096}},
    {"GET /api/v1/isolation/places", {only(Role::tracer) | only(Role::manager), 0}},
    {"POST /api/v1/isolation/places/{ref}", {only(Role::tracer) | only(Role::manager), 4'096}},
    {"GET /api/v1/counts", {only(Role::tracer) | only(Role::manager), 0}},
    {"GET /api/v1/brief", {only(Role::tracer) | only(Role::manager), 0}},
    {"POST /api/v1/briefs", {only(Role::tracer) | only(Role::manager), 4'096}},
    {"GET /api/v1/briefs", {only(Role::tracer) | only(Role::manager), 0}},
    {"GET /api/v1/briefs/{id}", {only(Role::tracer) | only(Role::manager), 0}},
    {"GET /api/v1/reviews", {only(Role::tracer) | only(Role::manager), 0}},
    {"POST /api/v1/reviews/{id}", {only(Role::tracer) | only(Role::manager), 4'096}},
    {"POST /api/v1/reviews/{id}/undo", {only(Role::tracer) | only(Role::manager), 0}},
    {"POST /api/v1/people/{id}/split", {only(Role::tracer) | only(Role::manager), 262'144}},
    {"GET /api/v1/people/{id}/history", {only(Role::tracer), 0}},
};

/// A path that fits the template.
std::string path_of(const Endpoint& endpoint) {
    std::string path = endpoint.path;
    for (auto open = path.find('{'); open != std::string::npos; open = path.find('{')) path.replace(open, path.find('}') - open + 1, "x1");
    return path;
}

/// Neither stopped for who asks: it reached its handler, or its lane.
bool is_let_in(const Outcome& outcome) { return outcome.handed_over || (outcome.status != 401 && outcome.status != 403); }

std::string header(const Outcome& outcome, const std::string& name) {
    for (const auto& given : outcome.headers)
        if (given.name == name) return given.value;
    return {};
}

}  // namespace

TEST_CASE("the table holds the calls of the contract, each once, with who may make it and how large its body may be") {
    std::set<std::string> seen;
    for (const auto& endpoint : endpoints()) {
        const auto name = name_of(endpoint);
        CAPTURE(name);
        CHECK(seen.insert(name).second);
        REQUIRE(contract.contains(name));
        const auto& row = contract.at(name);
        const bool needs_credential = endpoint.who.credential && !endpoint.who.anyone;
        const unsigned who = (endpoint.who.anyone ? anyone : 0U) | (needs_credential ? resident : 0U) | endpoint.who.roles;
        CHECK(who == row.who);
        CHECK(endpoint.body_bytes_max == row.body_bytes_max);
        const bool imports = name.ends_with("/import") || name == "POST /api/v1/ledger/lists", is_page = name.find(" /api/") == std::string::npos && endpoint.who.credential;
        const bool is_workbook = name == "POST /api/v1/forms";
        CHECK(std::string(endpoint.media_type) == (imports ? "text/csv" : is_workbook ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : is_page ? "application/x-www-form-urlencoded" : "application/json"));
    }
    CHECK(seen.size() == contract.size());
}

TEST_CASE("the document of the interface describes each call of the table, with who may make it and how far, and no other") {
    // Read as text: a path stands two spaces in, a method four, who may call six.
    std::map<std::string, std::string> described, scopes;
    std::set<std::string> open_to_unenrolled;
    std::string path, call, line;
    std::istringstream document{std::string(openapi_text)};
    while (std::getline(document, line) && line != "components:") {
        if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
        else if (line.starts_with("    ") && line[4] != ' ' && line.ends_with(":")) {
            call = line.substr(4, line.size() - 5);
            std::transform(call.begin(), call.end(), call.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
            call += " " + path;
        } else if (line.starts_with("      x-who: ")) described[call] = line.substr(13);
        else if (line.starts_with("      x-scope: ")) scopes[call] = line.substr(15);
        else if (line == "      x-unenrolled: true") open_to_unenrolled.insert(call);
    }
    for (const auto& endpoint : endpoints()) {
        const auto name = name_of(endpoint);
        CAPTURE(name);
        REQUIRE(described.contains(name));
        std::string who = endpoint.who.anyone ? "anyone" : endpoint.who.credential ? "resident" : "";
        const auto words = endpoint.who.roles == operators ? std::vector<std::string_view>{"operator"} : service::role_words_of(endpoint.who.roles);
        for (const auto word : words) who += (who.empty() ? "" : " ") + std::string(word);
        CHECK(described.at(name) == who);
        constexpr const char* scope_words[] = {"whole", "own", "site", "each", "people", "staff"};
        CHECK(scopes[name] == scope_words[static_cast<std::size_t>(endpoint.who.scope)]);
        CHECK(open_to_unenrolled.contains(name) == endpoint.who.unenrolled);
    }
    CHECK(described.size() == endpoints().size());
}

TEST_CASE("scope binds staff: where nobody on staff may call, it is the caller's own or nothing") {
    for (const auto& endpoint : endpoints()) {
        const auto name = name_of(endpoint);
        CAPTURE(name);
        if (endpoint.who.anyone) CHECK(endpoint.who.scope == Scope::whole);
        else if (endpoint.who.credential) CHECK(endpoint.who.scope == Scope::own);
        else if (name.find("{ref}") != std::string::npos) CHECK(endpoint.who.scope == Scope::site);
    }
}

TEST_CASE("what waits for the store never runs on an io thread") {
    for (const auto& endpoint : endpoints()) {
        const auto name = name_of(endpoint);
        CAPTURE(name);
        const std::set<std::string> short_ones{"GET /gate", "GET /duty", "GET /sites", "GET /trace", "GET /desk", "GET /admin", "GET /setup", "GET /me", "GET /assets/{set}/{folder}/{file}",
                                               "GET /healthz", "GET /readyz", "GET /version", "GET /docs", "GET /api/v1/openapi.yaml", "GET /api/v1/codes/{code}", "POST /api/v1/registrations",
                                               "POST /api/v1/scans", "POST /api/v1/scans/batch", "GET /api/v1/gate/word",
                                               "GET /", "POST /", "GET /s/{code}", "POST /s/{code}",
                                               "GET /s/{code}/{digits}", "POST /s/{code}/{digits}", "GET /api/v1/sites/{ref}/screen", "GET /gate-worker.js", "GET /api/v1/alerts/stream"};
        CHECK((endpoint.lane == Lane::io) == short_ones.contains(name));
    }
}

TEST_CASE("each call is open to those it names and to nobody else") {
    Stage stage;
    for (const auto& endpoint : endpoints()) {
        const auto name = name_of(endpoint);
        CAPTURE(name);
        const auto who = contract.at(name).who;
        const auto ask = [&](const Visitor& visitor) { return stage.call(endpoint.method, path_of(endpoint), visitor); };

        const auto stranger = ask(stage.nobody());
        CHECK(is_let_in(stranger) == (who == anyone));
        if (who != anyone) CHECK(stranger.status == 401);

        const bool resident_may = who == anyone || (who & resident) != 0;
        for (const bool by_cookie : {false, true}) {
            const auto outcome = ask(by_cookie ? stage.resident_by_cookie() : stage.resident());
            CHECK(is_let_in(outcome) == resident_may);
            if (!resident_may) CHECK(outcome.status == (by_cookie ? 401 : 403));   // a guard's phone is some resident's too: its pages ask to log in
        }
        for (const auto role : every_role) {
            CAPTURE(static_cast<int>(role));
            const bool may = who == anyone || (who & static_cast<unsigned>(role)) != 0;
            for (const auto& visitor : {stage.with(role), stage.with_cookie(role)}) {
                const auto outcome = ask(visitor);
                CHECK(is_let_in(outcome) == may);
                if (!may) CHECK(outcome.status == 403);
                if (outcome.handed_over) CHECK(outcome.lane == endpoint.lane);
            }
        }
    }
}

TEST_CASE("who asks is decided before what is asked") {
    Stage stage;
    CHECK(stage.call(Method::post, "/api/v1/scans", stage.nobody(), "not JSON").status == 401);
    CHECK(stage.call(Method::post, "/api/v1/scans", stage.with(Role::guard), "not JSON").status == 403);
    CHECK(stage.call(Method::post, "/api/v1/scans", stage.resident(), "not JSON").status == 400);
}

TEST_CASE("a batch of too many is refused before its items are read, and of many mistakes only the first are told") {
    Stage stage;
    const auto batch = [&](std::size_t count, const std::string& item) {
        std::string body = R"({"scans":[)";
        for (std::size_t i = 0; i < count; ++i) body += (i == 0 ? "" : ",") + item;
        return stage.call(Method::post, "/api/v1/scans/batch", stage.resident(), body + "]}");
    };
    for (const std::string item : {"1", "{}"}) {
        CAPTURE(item);
        const auto outcome = batch(kit::batch_count_max + 1, item);
        CHECK(outcome.status == 422);
        CHECK(outcome.code == "batch_too_large");
        CHECK(outcome.body.size() < 1'000);
    }
    const auto outcome = batch(kit::batch_count_max, "1");
    CHECK(outcome.status == 400);
    CHECK(outcome.code == "wrong_type");
    CHECK(outcome.body.find("/scans/19\"") != std::string::npos);
    CHECK(outcome.body.find("/scans/20\"") == std::string::npos);
    CHECK(batch(kit::batch_count_max, "{}").status == 200);
}

TEST_CASE("a token that is nobody's is answered 401, however it is shown") {
    Stage stage;
    for (const std::string value : {"Bearer x", "Bearer ", "Bearer", "bearer token-of-role-", "Basic token-of-role-8", "token-of-role-8"}) {
        CAPTURE(value);
        const auto outcome = stage.call(Method::get, "/api/v1/cases", {value, {}, {}});
        CHECK(outcome.status == 401);
        CHECK(header(outcome, "WWW-Authenticate") == "Bearer");
    }
    for (const std::string value : {"__Host-session=x", "__Host-session=", "x__Host-session=token-of-role-8", "session=token-of-role-8"}) {
        CAPTURE(value);
        CHECK(stage.call(Method::get, "/api/v1/cases", {{}, value, {}}).status == 401);
    }
}

TEST_CASE("a credential with one character changed is nobody's") {
    Stage stage;
    const auto good = stage.resident().authorization;
    for (std::size_t at = std::string("Bearer ").size(); at < good.size(); ++at) {
        auto forged = good;
        forged[at] = forged[at] == '2' ? '3' : '2';
        CAPTURE(at);
        CHECK(stage.call(Method::post, "/api/v1/scans", {forged, {}, {}}).status == 401);
    }
}

TEST_CASE("a session's cookie is found among others") {
    Stage stage;
    const auto session = stage.with_cookie(Role::tracer).cookie;
    for (const auto& cookie : {session, "a=b; " + session, session + "; a=b", "a=__Host; " + session + ";c=d"}) {
        CAPTURE(cookie);
        CHECK(stage.call(Method::get, "/api/v1/cases", {{}, cookie, {}}).handed_over);
    }
}

TEST_CASE("who has both cookies is staff where staff may call, and a resident where residents may") {
    Stage stage;
    const auto credential = stage.resident_by_cookie().cookie;
    for (const bool is_session_last : {true, false}) {
        auto both = stage.with_cookie(Role::guard);
        both.cookie = is_session_last ? credential + "; " + both.cookie : both.cookie + "; " + credential;
        CAPTURE(both.cookie);
        CHECK(stage.call(Method::post, "/api/v1/gate/scans", both).handed_over);
        CHECK(is_let_in(stage.call(Method::post, "/api/v1/scans", both)));
        CHECK(stage.call(Method::post, "/api/v1/scans/x1/void", both).handed_over);
    }
}

TEST_CASE("a session that may not make a call leaves it to the resident's cookie, where residents may make it") {
    Stage stage;
    const auto credential = stage.resident_by_cookie().cookie;
    auto tracer = stage.with_cookie(Role::tracer);
    tracer.cookie += "; " + credential;
    auto without_token = stage.with_cookie(Role::guard);
    without_token.cookie += "; " + credential;
    without_token.csrf_token.clear();
    for (const auto& visitor : {tracer, without_token, Visitor{{}, credential + "; __Host-session=over", {}}}) {
        CAPTURE(visitor.cookie);
        CHECK(stage.call(Method::post, "/api/v1/scans/x1/void", visitor).handed_over);
    }
    CHECK(stage.call(Method::get, "/api/v1/cases", {{}, credential + "; __Host-session=over", {}}).code == "session_unknown");
    CHECK(stage.call(Method::post, "/api/v1/gate/scans", without_token).code == "csrf_missing");
}

TEST_CASE("with the cookie a write carries the session's own CSRF token, a read need not") {
    Stage stage;
    auto tracer = stage.with_cookie(Role::tracer);
    const auto stolen = stage.with_cookie(Role::guard).csrf_token;
    CHECK(stage.call(Method::post, "/api/v1/cases", tracer).handed_over);
    for (const auto& token : {std::string(), std::string("x"), stolen}) {
        tracer.csrf_token = token;
        const auto outcome = stage.call(Method::post, "/api/v1/cases", tracer);
        CHECK(outcome.status == 403);
        CHECK(outcome.code == "csrf_missing");
        CHECK(stage.call(Method::get, "/api/v1/cases", tracer).handed_over);
        CHECK(stage.call(Method::head, "/api/v1/cases", tracer).handed_over);
    }
}

TEST_CASE("a full lane is answered 503 with when to come again") {
    Stage stage;
    stage.fill_lanes();
    for (const std::string path : {"/api/v1/cases", "/api/v1/traces"}) {
        const auto outcome = stage.call(Method::post, path, stage.with(Role::tracer));
        CHECK(outcome.status == 503);
        CHECK(outcome.code == "busy");
        CHECK_FALSE(header(outcome, "Retry-After").empty());
    }
    CHECK(stage.call(Method::get, "/healthz", stage.nobody()).status == 200);
}

TEST_CASE("whoever waits for the one thread of passwords waits by their neighbourhood, and with a session as themselves") {
    Stage stage;
    auto stranger = stage.nobody();
    auto admin = stage.with(Role::admin);
    auto guard = stage.with(Role::guard);
    stranger.neighbourhood = admin.neighbourhood = guard.neighbourhood = "192.0.2";
    for (const std::string path : {"/api/v1/session", "/api/v1/setup"}) CHECK(stage.call(Method::post, path, stranger).turn == "192.0.2");
    const auto as_admin = stage.call(Method::post, "/api/v1/session/confirm", admin).turn;
    const auto as_guard = stage.call(Method::post, "/api/v1/session/confirm", guard).turn;
    CHECK(as_admin.starts_with("+"));
    CHECK(as_guard.starts_with("+"));
    CHECK(as_admin != as_guard);
    CHECK(stage.call(Method::post, "/api/v1/operators", admin).turn == as_admin);
    stage.fill_lanes();
    const auto outcome = stage.call(Method::post, "/api/v1/session", stranger);
    CHECK(outcome.status == 503);
    CHECK(outcome.code == "busy");
    CHECK_FALSE(header(outcome, "Retry-After").empty());
}

TEST_CASE("a handler that throws is answered 500, also when it meant to answer later, and the server lives on") {
    Stage stage;
    stage.break_clock();
    const auto outcome = stage.call(Method::post, "/api/v1/scans", stage.resident(), R"({"code": ")" + stage.code() + R"(", "direction": "in"})");
    CHECK(outcome.status == 500);
    CHECK(outcome.code == "internal");
    CHECK(outcome.body.find("clock") == std::string::npos);
    CHECK(stage.call(Method::get, "/healthz", stage.nobody()).status == 200);
}

TEST_CASE("until the log is read the service is healthy and not ready") {
    Stage stage;
    CHECK(stage.call(Method::get, "/healthz", stage.nobody()).status == 200);
    const auto outcome = stage.call(Method::get, "/readyz", stage.nobody());
    CHECK(outcome.status == 503);
    CHECK(outcome.code == "starting");
    CHECK_FALSE(header(outcome, "Retry-After").empty());
}

TEST_CASE("a question's query holds what it is asked with and nothing else") {
    Stage stage;
    for (const auto& [path, name, is_known] : {std::tuple{"/api/v1/sites/S1/passages", "case", true}, {"/api/v1/sites/S1/passages", "form", false},
                                               {"/api/v1/people/x/trajectory", "to", true}, {"/api/v1/cases", "case", false}}) {
        CAPTURE(path, name);
        const auto outcome = stage.call(Method::get, path, stage.with(Role::tracer), {}, {{name, "x"}});
        CHECK(outcome.handed_over == is_known);
        if (!is_known) CHECK(outcome.status == 400);
    }
}

TEST_CASE("what is not there is 404 and keeps the connection, what is there with another method is 405 with Allow and closes") {
    Stage stage;
    for (const std::string path : {"/api", "/s", "/s/", "/s/x/y/z", "/api/v1", "/api/v1/cases/", "/api/v1/cases/1/2", "/API/v1/cases", "/healthz/x", "/healthz/"}) {
        CAPTURE(path);
        const auto admission = stage.api().admit(Stage::head(Method::get, path, ""));
        CHECK(admission.status == 404);
        CHECK_FALSE(admission.close);
        CHECK(admission.allow.empty());
    }
    const auto get = stage.api().admit(Stage::head(Method::get, "/api/v1/traces", ""));
    CHECK(get.status == 405);
    CHECK(get.close);
    CHECK(get.allow == "POST");
    CHECK(stage.api().admit(Stage::head(Method::patch, "/api/v1/cases")).allow == "GET, HEAD, POST");
    CHECK(stage.api().admit(Stage::head(Method::del, "/api/v1/cases/1", "")).allow == "GET, HEAD, PATCH");
}

TEST_CASE("HEAD is admitted wherever GET is, and nowhere else") {
    Stage stage;
    for (const auto& endpoint : endpoints()) {
        CAPTURE(endpoint.path);
        const auto admission = stage.api().admit(Stage::head(Method::head, path_of(endpoint), ""));
        if (std::string_view(endpoint.path) == "/api/v1/sites/import" || std::string_view(endpoint.path) == "/api/v1/sites/search") continue;   // a site may be called that
        const bool reads = std::any_of(endpoints().begin(), endpoints().end(), [&](const Endpoint& other) {
            return other.method == Method::get && std::string(other.path) == endpoint.path;
        });
        CHECK((admission.status == 0) == reads);
    }
}

TEST_CASE("a body is refused by its head when it is too large or of another type, before anybody is asked who they are") {
    Stage stage;
    for (const auto& endpoint : endpoints()) {
        if (endpoint.body_bytes_max == 0) continue;
        CAPTURE(endpoint.path);
        auto head = Stage::head(endpoint.method, path_of(endpoint), endpoint.media_type);
        head.content_length = std::min(endpoint.body_bytes_max, kit::body_bytes_max);
        CHECK(stage.api().admit(head).status == 0);
        CHECK(stage.api().admit(head).body_bytes_max == endpoint.body_bytes_max);
        head.content_length = endpoint.body_bytes_max + 1;
        CHECK(stage.api().admit(head).status == 413);
        CHECK(stage.api().admit(head).close);
        head.content_length = 1;
        const std::string right = endpoint.media_type;
        for (const std::string wrong : {"", "text/plain", "multipart/form-data", "application/jsonx", right == "application/json" ? "application/x-www-form-urlencoded" : "application/json",
                                        right == "text/csv" ? "application/json" : "text/csv"}) {
            head.content_type = wrong;
            CHECK(stage.api().admit(head).status == 415);
            CHECK(stage.api().admit(head).close);
        }
    }
}

TEST_CASE("more than a form is read only from those who may make the call") {
    Stage stage;
    for (const auto& endpoint : endpoints()) {
        if (endpoint.body_bytes_max <= kit::body_bytes_max) continue;
        CAPTURE(endpoint.path);
        auto head = Stage::head(endpoint.method, path_of(endpoint), endpoint.media_type);
        head.content_length = kit::body_bytes_max + 1;
        const auto refused = stage.api().admit(head);
        CHECK(refused.status == 401);
        CHECK(refused.close);
        for (const auto role : every_role) {
            head.authorization = stage.with(role).authorization;
            const bool may = (endpoint.who.roles & only(role)) != 0;
            CHECK(stage.api().admit(head).status == (may ? 0 : 403));
        }
        head.authorization = stage.resident().authorization;
        CHECK(stage.api().admit(head).status == (endpoint.who.credential ? 0 : 403));
    }
}

TEST_CASE("a cookie writes only for pages of our own, and a bearer token for whoever holds it") {
    Stage stage;
    const auto ask = [&](const Visitor& visitor, const std::string& site) {
        auto from = visitor;
        from.fetch_site = site;
        return stage.call(Method::post, "/api/v1/session/confirm", from);
    };
    CHECK(is_let_in(ask(stage.with_cookie(Role::guard), "same-origin")));
    CHECK(is_let_in(ask(stage.with_cookie(Role::guard), "")));   // a browser too old to say
    for (const char* site : {"cross-site", "same-site", "none", "x"}) {
        CAPTURE(site);
        CHECK(ask(stage.with_cookie(Role::guard), site).code == "csrf_missing");
        CHECK(is_let_in(ask(stage.with(Role::guard), site)));
    }
    auto phone = stage.resident_by_cookie();
    phone.fetch_site = "cross-site";
    CHECK(stage.call(Method::post, "/api/v1/scans", phone).code == "csrf_missing");
}
