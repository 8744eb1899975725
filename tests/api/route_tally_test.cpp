// SPDX-License-Identifier: Apache-2.0
#include "api/route_tally.hpp"

#include <catch2/catch.hpp>

using namespace chayan;
using namespace chayan::api;

namespace {

struct Sink final : http::ReplySink {
    void send(http::Response response) noexcept override { statuses.push_back(response.status); }
    bool is_wanted() const noexcept override { return wanted; }
    std::vector<int> statuses;
    bool wanted = true;
};

}  // namespace

TEST_CASE("answers are counted by endpoint and class, and what found no endpoint apart") {
    const auto tally = std::make_shared<RouteTally>(2);
    for (const int status : {200, 201, 299, 304, 404, 499, 500, 503}) tally->count(1, status);
    tally->count(0, 100);
    for (const std::size_t route : {std::size_t{2}, std::size_t{3}, ~std::size_t{0}}) tally->count(route, 404);
    for (const int odd : {-1, 0, 99, 600, 1'000'000}) tally->count(0, odd);   // in the nearest class, and nowhere else
    const auto counts = tally->counts();
    REQUIRE(counts.size() == 3);
    CHECK(counts[0] == RouteTally::Counts{4, 0, 0, 0, 2});
    CHECK(counts[1] == RouteTally::Counts{0, 3, 1, 2, 2});
    CHECK(counts[2] == RouteTally::Counts{0, 0, 0, 3, 0});
}

TEST_CASE("a reply is counted once, when it is sent, also when nobody answered; and tells as before whether it is wanted") {
    const auto tally = std::make_shared<RouteTally>(1);
    const auto sink = std::make_shared<Sink>();
    {
        auto reply = tally->counted(0, http::Reply(sink));
        CHECK(tally->counts()[0] == RouteTally::Counts{});
        CHECK(reply.is_wanted());
        sink->wanted = false;
        CHECK_FALSE(reply.is_wanted());
        reply(http::Response{201, {}, {}, {}, false});
        CHECK(tally->counts()[0] == RouteTally::Counts{0, 1, 0, 0, 0});
        const auto forgotten = tally->counted(0, http::Reply(sink));
    }
    CHECK(tally->counts()[0] == RouteTally::Counts{0, 1, 0, 0, 1});
    CHECK(sink->statuses == std::vector{201, 500});
}

TEST_CASE("a reply that outlives the service is counted all the same") {
    auto tally = std::make_shared<RouteTally>(1);
    const auto sink = std::make_shared<Sink>();
    auto reply = tally->counted(0, http::Reply(sink));
    tally.reset();
    reply(http::Response{200, {}, {}, {}, false});
    CHECK(sink->statuses == std::vector{200});
}
