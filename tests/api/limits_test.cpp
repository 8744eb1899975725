// SPDX-License-Identifier: Apache-2.0
#include "api/stage.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace chayan;
using namespace chayan::api;
using api::testing::Outcome;
using api::testing::Stage;
using api::testing::Visitor;
using http::Method;
using service::Bucket;
using storage::Role;

namespace {

/// One a minute of everything, and two at once.
service::ThrottleSettings narrow() {
    service::ThrottleSettings settings;
    settings.limits.fill({1, 2});
    settings.failed_code_cost = 1;
    return settings;
}

std::string header(const Outcome& outcome, const std::string& name) {
    for (const auto& given : outcome.headers)
        if (given.name == name) return given.value;
    return {};
}

/// The template with something in each place.
std::string path_of(const Endpoint& endpoint) {
    std::string path;
    bool inside = false;
    for (const char c : std::string(endpoint.path)) {
        inside = (inside || c == '{') && c != '}';
        if (c == '}') path += 'x';
        else if (!inside) path += c;
    }
    return path;
}

}  // namespace

TEST_CASE("a hundred thousand registrations in two hours from one address are all let in") {
    Stage stage(narrow());
    Visitor family = stage.nobody();
    family.neighbourhood = "203.0.113";
    int refused = 0;
    for (int i = 0; i < 100'000; ++i) {
        if (i % 14 == 0) stage.pass_s(1);
        const auto path = i % 2 == 0 ? std::string("/api/v1/registrations") : "/s/" + stage.code();
        const auto outcome = i % 2 == 0 || i % 100 == 1 ? stage.call(Method::post, path, family) : stage.call(Method::get, "/api/v1/codes/" + stage.code(), family);
        refused += outcome.status == 429 || outcome.status == 503 ? 1 : 0;
    }
    CHECK(refused == 0);
}

TEST_CASE("each call counts for whoever is known to make it, unless the table says that it is free") {
    for (const auto& endpoint : endpoints()) {
        CAPTURE(endpoint.path, static_cast<int>(endpoint.method));
        if (endpoint.who.anyone && !endpoint.who.credential) CHECK(endpoint.rate == Rate::free);   // a stranger has nothing but an address
        const bool is_logout = endpoint.method == Method::del && std::string_view(endpoint.path) == "/api/v1/session";
        if (!endpoint.who.anyone && !is_logout) CHECK(endpoint.rate != Rate::free);
        CHECK((endpoint.rate == Rate::password) == (endpoint.lane == Lane::password && !endpoint.who.anyone));
    }
    for (const auto role : {Role::admin, Role::manager, Role::guard, Role::tracer, Role::auditor}) {
        for (const auto& endpoint : endpoints()) {
            if ((endpoint.who.roles & static_cast<unsigned>(role)) == 0 || endpoint.rate == Rate::free) continue;
            CAPTURE(endpoint.path);
            Stage stage(narrow());
            const auto ask = [&] { return stage.call(endpoint.method, path_of(endpoint), stage.with(role)); };
            CHECK(ask().status != 429);
            CHECK(ask().status != 429);
            const auto third = ask();
            CHECK(third.status == 429);
            CHECK(third.code == (endpoint.rate == Rate::scan ? "scans_too_often" : "calls_too_often"));
            CHECK(header(third, "Retry-After") == "60");
            stage.pass_s(60);
            CHECK(ask().status != 429);
            if (role != Role::guard) break;   // a stage for each is slow: one call of each role, and all of a guard
        }
    }
}

TEST_CASE("a phone's scans and its other calls count apart, by bearer and cookie alike, and others do not suffer") {
    Stage stage(narrow());
    CHECK(stage.call(Method::post, "/api/v1/scans", stage.resident()).status == 400);
    CHECK(stage.call(Method::post, "/api/v1/scans/batch", stage.resident_by_cookie()).status == 400);
    const auto third = stage.call(Method::post, "/api/v1/scans", stage.resident());
    CHECK(third.status == 429);
    CHECK(third.code == "scans_too_often");
    CHECK(third.body.find("Try again in 60 seconds") != std::string::npos);
    CHECK(stage.call(Method::get, "/api/v1/me", stage.resident()).handed_over);
    CHECK(stage.call(Method::post, "/api/v1/registrations", stage.nobody()).status == 400);
    const auto page = stage.call(Method::post, "/s/" + stage.code(), stage.resident_by_cookie());
    CHECK(page.status == 429);
    CHECK(header(page, "Retry-After") == "60");
    CHECK(stage.call(Method::get, "/s/" + stage.code(), stage.resident_by_cookie()).status == 200);   // whoever reads why is not refused
    CHECK(stage.call(Method::post, "/s/" + stage.code(), stage.nobody()).status != 429);
}

TEST_CASE("a batch counts as what it holds, and is let in whole") {
    auto limits = narrow();
    limits.limits.fill({60, 10});
    Stage stage(limits);
    const auto batch = [&](int count) {
        std::string body = R"({"scans":[)";
        for (int i = 0; i < count; ++i) body += std::string(i == 0 ? "" : ",") + R"({"code":"0000000000000000","direction":"in"})";
        return stage.call(Method::post, "/api/v1/scans/batch", stage.resident(), body + "]}");
    };
    CHECK(batch(5).status == 200);                  // five scans, and five failed codes
    const auto refused = batch(1);
    CHECK(refused.status == 429);
    CHECK(header(refused, "Retry-After") == "1");
    stage.pass_s(1);
    CHECK(batch(1).status == 200);
}

TEST_CASE("whoever guesses at codes is stopped, in calls and on pages, and the right one is refused too") {
    auto limits = narrow();
    limits.limits.fill({60, 40});
    limits.failed_code_cost = 20;
    for (const bool by_page : {false, true}) {
        Stage stage(limits);
        const auto guess = [&](const std::string& code) {
            if (by_page) return stage.call(Method::post, "/s/" + code, stage.resident_by_cookie(), "direction=in").status;
            return stage.call(Method::post, "/api/v1/scans", stage.resident(), R"({"code":")" + code + R"(","direction":"in"})").status;
        };
        CHECK(guess("0000000000000001") == 404);
        CHECK(guess("0000000000000002") == 404);
        CHECK(guess("0000000000000003") == 429);
        CHECK(guess(stage.code()) == 429);
        stage.pass_s(3);
        CHECK(guess("0000000000000004") == 404);
    }
}
