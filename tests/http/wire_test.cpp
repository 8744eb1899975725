// SPDX-License-Identifier: Apache-2.0
#include "http/wire.hpp"

#include <catch2/catch.hpp>

#include "http/wheel.hpp"

using namespace chayan::http;
using Catch::Matchers::Contains;

namespace {

std::string bytes_of(Response response, WireForm form = {}) {
    std::string out;
    write_response(response, form, out);
    return out + response.body;
}

struct Waiter : WheelNode {
    int expired = 0;
};

int ticks_until_expired(Wheel& wheel, const Waiter& waiter) {
    for (int ticks = 1;; ++ticks) {
        wheel.tick([](WheelNode& node) { ++static_cast<Waiter&>(node).expired; });
        if (waiter.expired > 0 || ticks > 1000) return ticks;
    }
}

}  // namespace

TEST_CASE("every answer carries the security headers") {
    for (const int status : {200, 204, 304, 400, 404, 500, 503}) {
        const auto bytes = bytes_of({status, "text/html", "x", {}, false});
        INFO(bytes);
        CHECK_THAT(bytes, Contains("Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"));
        CHECK_THAT(bytes, Contains("X-Content-Type-Options: nosniff\r\n"));
        CHECK_THAT(bytes, Contains("Referrer-Policy: no-referrer\r\n"));
        CHECK_THAT(bytes, Contains("Cross-Origin-Resource-Policy: same-origin\r\n"));
        CHECK_THAT(bytes, Contains("Cross-Origin-Opener-Policy: same-origin\r\n"));
        CHECK_THAT(bytes, Contains("Cache-Control: no-store\r\n"));
        CHECK_THAT(bytes, Contains("Content-Security-Policy: default-src 'none'; script-src 'self'"));
        CHECK_THAT(bytes, !Contains("Server:"));
    }
}

TEST_CASE("a response may say its own caching and content policy") {
    const auto bytes = bytes_of({200, "text/html", "x", {{"cache-control", "max-age=60"}, {"Content-Security-Policy", "x"}}, false});
    CHECK_THAT(bytes, Contains("cache-control: max-age=60\r\n"));
    CHECK_THAT(bytes, !Contains("no-store"));
    CHECK_THAT(bytes, !Contains("default-src"));
}

TEST_CASE("texts name their charset and files do not") {
    CHECK_THAT(bytes_of({200, "application/problem+json", "{}", {}, false}), Contains("Content-Type: application/problem+json; charset=utf-8\r\n"));
    CHECK_THAT(bytes_of({200, "text/html; charset=utf-8", "", {}, false}), Contains("Content-Type: text/html; charset=utf-8\r\n"));
    CHECK_THAT(bytes_of({200, "application/pdf", "", {}, false}), Contains("Content-Type: application/pdf\r\n"));
}

TEST_CASE("lengths are right with and without a body") {
    CHECK_THAT(bytes_of({200, "text/plain", "abc", {}, false}), Contains("Content-Length: 3\r\n") && Catch::Matchers::EndsWith("\r\n\r\nabc"));
    CHECK_THAT(bytes_of({200, "text/plain", "abc", {}, false}, {false, true}), Contains("Content-Length: 3\r\n") && Catch::Matchers::EndsWith("\r\n\r\n"));
    CHECK_THAT(bytes_of({204, "", "", {}, false}), !Contains("Content-Length"));
    CHECK_THAT(bytes_of({200, "", "", {}, false}, {true, false}), Contains("Content-Length: 0\r\n") && Contains("Connection: close\r\n"));
    const std::string large(joined_body_bytes_max + 1, 'x');
    CHECK_THAT(bytes_of({200, "text/plain", large, {}, false}), Catch::Matchers::EndsWith("\r\n\r\n" + large));
}

TEST_CASE("a header cannot split the response") {
    const auto bytes = bytes_of({200, "", "", {{"Content-Disposition", "a\r\nSet-Cookie: x"}, {"X-Good", "张"}}, false});
    CHECK_THAT(bytes, !Contains("Set-Cookie"));
    CHECK_THAT(bytes, Contains("X-Good: 张\r\n"));
}

TEST_CASE("a time limit expires within one tick, also beyond the wheel's turn") {
    for (const std::uint64_t limit : {0U, 1U, 5U, 62U, 63U, 64U, 200U}) {
        Wheel wheel;
        Waiter waiter;
        wheel.file(waiter, limit);
        const auto ticks = static_cast<std::uint64_t>(ticks_until_expired(wheel, waiter));
        INFO(limit);
        CHECK(ticks >= limit);
        CHECK(ticks <= limit + 1);
        CHECK(wheel.size() == 1);
        wheel.remove(waiter);
        CHECK(wheel.size() == 0);
    }
}

TEST_CASE("a limit that is set again counts from then, and a parked one never expires") {
    Wheel wheel;
    Waiter moved;
    Waiter parked;
    wheel.file(moved, 2);
    wheel.file(parked, 2);
    wheel.park(parked);
    wheel.file(moved, 10);
    CHECK(ticks_until_expired(wheel, moved) >= 10);
    CHECK(parked.expired == 0);
    int seen = 0;
    wheel.for_each([&](WheelNode& node) {
        ++seen;
        wheel.remove(node);
    });
    CHECK(seen == 2);
    CHECK(wheel.size() == 0);
}
