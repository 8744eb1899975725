// SPDX-License-Identifier: Apache-2.0
#include "service/alert_bell.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace chayan;
using service::AlertBell;

namespace {

constexpr domain::Instant now{1'580'000'000};

struct Ear {
    std::vector<std::uint64_t> heard;
    std::uint32_t by = 1;
    AlertBell::Listener listener(std::uint64_t after, std::uint32_t site, std::int64_t until = 10) {
        return {{by}, after, now + until, [site](const service::RaisedAlert& alert) { return alert.site.value == site; }, [this](std::uint64_t news) { heard.push_back(news); }};
    }
};

service::Facts raised(std::vector<service::RaisedAlert> alerts) {
    service::Facts facts;
    facts.alerts = std::move(alerts);
    return facts;
}

using Heard = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("whoever listens is called once, with the newest alert of theirs, and not for others'") {
    AlertBell bell;
    Ear here, there;
    REQUIRE(bell.listen(here.listener(0, 1)));
    REQUIRE(bell.listen(there.listener(0, 2)));
    bell.note(raised({{5, {1}}, {6, {1}}, {7, {3}}}));
    CHECK(here.heard == Heard{6});
    CHECK(there.heard.empty());
    bell.note(raised({{8, {1}}, {9, {2}}}));
    CHECK(here.heard == Heard{6});
    CHECK(there.heard == Heard{9});
    CHECK(bell.newest() == 9);
}

TEST_CASE("what came between two calls is told at once, and what was told is not told again") {
    AlertBell bell;
    Ear ear;
    bell.note(raised({{5, {1}}, {6, {2}}}));
    REQUIRE(bell.listen(ear.listener(4, 1)));
    CHECK(ear.heard == Heard{5});
    REQUIRE(bell.listen(ear.listener(5, 1)));
    CHECK(ear.heard == Heard{5});
    bell.note(raised({{7, {1}}}));
    CHECK(ear.heard == Heard{5, 7});
}

TEST_CASE("what was raised before this process is known to it, so that whoever asks behind it is told") {
    AlertBell bell;
    bell.load({{5, {1}}, {6, {1}}});
    CHECK(bell.newest() == 6);
    Ear ear;
    REQUIRE(bell.listen(ear.listener(5, 1)));
    CHECK(ear.heard == Heard{6});
}

TEST_CASE("one who listens too often takes nobody else's place: the oldest of theirs is called") {
    AlertBell bell;
    Ear greedy, other;
    other.by = 2;
    REQUIRE(bell.listen(other.listener(0, 1)));
    for (std::size_t i = 0; i < AlertBell::listeners_each_max; ++i) REQUIRE(bell.listen(greedy.listener(0, 1)));
    CHECK(greedy.heard.empty());
    REQUIRE(bell.listen(greedy.listener(0, 1)));
    CHECK(greedy.heard == Heard{0});
    CHECK(other.heard.empty());
}

TEST_CASE("a listener's time ends, at its second and not before") {
    AlertBell bell;
    Ear ear;
    REQUIRE(bell.listen(ear.listener(0, 1, 10)));
    bell.tend(now + 9);
    CHECK(ear.heard.empty());
    bell.tend(now + 10);
    CHECK(ear.heard == Heard{0});
    bell.note(raised({{5, {1}}}));
    CHECK(ear.heard == Heard{0});
}

TEST_CASE("only so many listen, and nobody once it is closed") {
    AlertBell bell;
    Ear ear;
    for (std::size_t i = 0; i < AlertBell::listeners_max; ++i) {
        ear.by = static_cast<std::uint32_t>(1 + i / AlertBell::listeners_each_max);
        REQUIRE(bell.listen(ear.listener(0, 1)));
    }
    ear.by = 1'000;
    CHECK_FALSE(bell.listen(ear.listener(0, 1)));
    CHECK(ear.heard.empty());
    bell.close();
    CHECK(ear.heard == Heard(AlertBell::listeners_max, 0));
    CHECK_FALSE(bell.listen(ear.listener(0, 1)));
}

TEST_CASE("no alert is lost between two threads") {
    AlertBell bell;
    constexpr std::uint64_t count = 20'000;
    std::atomic<std::uint64_t> last{0};
    std::jthread writer([&] {
        for (std::uint64_t id = 1; id <= count; ++id) bell.note(raised({{id, {1}}}));
    });
    while (last < count) {
        std::atomic<bool> is_called{false};
        REQUIRE(bell.listen({{1}, last, now, [](const service::RaisedAlert&) { return true; }, [&](std::uint64_t news) { last = news; is_called = true; }}));
        while (!is_called) std::this_thread::yield();
    }
    CHECK(last == count);
}
