// SPDX-License-Identifier: Apache-2.0
// What happens when all connections are taken: who has the most of them gives one up.
#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/crowd.hpp"
#include "http/running.hpp"

using namespace chayan::http;
using Catch::Matchers::StartsWith;

namespace {

class Keeper final : public Handler {
public:
    /// A byte that is a long time coming.
    class Slow final : public BodySource {
    public:
        explicit Slow(Keeper& keeper) : keeper_(keeper) {}
        std::uint64_t size() const override { return 1; }
        void read(std::size_t, std::function<void(std::string)> done) override {
            const std::lock_guard lock(keeper_.mutex);
            keeper_.pieces.push_back(std::move(done));
        }

    private:
        Keeper& keeper_;
    };

    Admission admit(const Head&) override { return {0, "", 64 * 1024, "", false}; }
    void handle(Request request, Reply reply) override {
        if (request.path == "/stream") return reply({200, "text/plain", "", {}, false, std::make_shared<Slow>(*this)});
        if (request.path != "/later") return reply({200, "text/plain", "now", {}, false});
        const std::lock_guard lock(mutex);
        kept.push_back(std::move(reply));
    }
    Response refusal(int status, std::string_view, std::string_view, std::uint64_t) override { return {status, "", "", {}, false}; }

    void wait_for(std::size_t count) {
        for (int i = 0; i < 2'000; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
            const std::lock_guard lock(mutex);
            if (kept.size() >= count) return;
        }
        FAIL("the requests did not arrive");
    }

    std::mutex mutex;
    std::vector<Reply> kept;
    std::vector<std::function<void(std::string)>> pieces;
};

constexpr std::size_t places = 6;

struct Hall {
    Hall() {
        auto options = options_with(certificate.files);
        options.io_threads = 1;   // all are counted together, and accepted in the order in which they come
        options.connections_max = places;
        running = std::make_unique<Running>(options, handler);
    }
    std::unique_ptr<TlsClient> client(const char* from) {
        ClientOptions options;
        options.from = from;
        return std::make_unique<TlsClient>(running->server.port(), options);
    }
    /// Connected and served once: idle now.
    std::unique_ptr<TlsClient> idle(const char* from) {
        auto made = client(from);
        REQUIRE(is_served(*made));
        return made;
    }
    std::vector<std::unique_ptr<TlsClient>> many_idle(std::size_t count, const char* from) {
        std::vector<std::unique_ptr<TlsClient>> made;
        for (std::size_t i = 0; i < count; ++i) made.push_back(idle(from));
        return made;
    }
    static bool is_served(TlsClient& client) { return client.is_connected && client.ask(get("/"), "now").starts_with("HTTP/1.1 200 "); }

    Certificate certificate{"crowd"};
    Keeper handler;
    std::unique_ptr<Running> running;
};

/// Connects and says nothing.
struct Silent {
    explicit Silent(std::uint16_t port) : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    }
    ~Silent() { ::close(fd); }
    Silent(const Silent&) = delete;
    Silent& operator=(const Silent&) = delete;
    int fd;
};

}  // namespace

TEST_CASE("a crowd counts who is there now, and is not searched to its end for somebody who may go") {
    Crowd crowd;
    const auto anyone = [](const Crowd::Seat&) { return true; };
    Crowd::Seat two[2], three[3];
    for (auto& seat : two) crowd.add(seat, "two");
    for (auto& seat : three) crowd.add(seat, "three");
    CHECK(crowd.find_to_give_way(anyone) == &three[0]);
    crowd.remove(three[1]);
    crowd.remove(three[2]);   // who is left is alone
    CHECK(crowd.find_to_give_way(anyone) == &two[0]);
    crowd.remove(two[0]);
    CHECK(crowd.find_to_give_way(anyone) == nullptr);
    crowd.remove(two[1]);
    crowd.remove(three[0]);
    CHECK(crowd.find_to_give_way(anyone) == nullptr);
    std::vector<Crowd::Seat> busy(200);
    for (auto& seat : busy) crowd.add(seat, "busy");
    int asked = 0;
    CHECK(crowd.find_to_give_way([&](const Crowd::Seat&) { return ++asked < 0; }) == nullptr);
    CHECK(asked == 64);
}

TEST_CASE("when all places are taken, those who have the most of them lose the one that was quiet for longest") {
    Hall hall;
    auto few = hall.many_idle(2, "127.0.1.1");
    auto many = hall.many_idle(places - 2, "127.0.2.1");
    REQUIRE(hall.is_served(*many[0]));   // quiet for less long than the next
    auto newcomer = hall.client("127.0.3.1");
    CHECK(hall.is_served(*newcomer));
    CHECK_FALSE(hall.is_served(*many[1]));
    for (const auto* stays : {&few[0], &few[1], &many[0], &many[2], &many[3]}) CHECK(hall.is_served(**stays));
}

TEST_CASE("a newcomer from where the most come takes the place of a neighbour that is quiet") {
    Hall hall;
    auto many = hall.many_idle(places, "127.0.1.1");
    auto newcomer = hall.client("127.0.1.200");
    CHECK(hall.is_served(*newcomer));
    CHECK_FALSE(hall.is_served(*many[0]));
}

TEST_CASE("handshakes that are not finished make room") {
    Hall hall;
    std::vector<std::unique_ptr<Silent>> silent;
    for (std::size_t i = 0; i < 3 * places; ++i) silent.push_back(std::make_unique<Silent>(hall.running->server.port()));
    for (int i = 0; i < 3; ++i) {
        auto newcomer = hall.client("127.0.1.1");
        CHECK(hall.is_served(*newcomer));
    }
}

TEST_CASE("heads and bodies that come slowly make room") {
    for (const std::string part : {"GET / HTT", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf"}) {
        CAPTURE(part);
        Hall hall;
        auto slow = hall.many_idle(places, "127.0.1.1");
        for (const auto& client : slow) client->send(part);
        auto newcomer = hall.client("127.0.2.1");
        CHECK(hall.is_served(*newcomer));
    }
}

TEST_CASE("a request that is being handled keeps its place") {
    Hall hall;
    std::vector<std::unique_ptr<TlsClient>> busy;
    for (std::size_t i = 0; i < places; ++i) {
        busy.push_back(hall.idle("127.0.1.1"));
        busy.back()->send(get("/later"));
    }
    hall.handler.wait_for(places);
    for (int tries = 0; tries < 3; ++tries) CHECK_FALSE(hall.client("127.0.2.1")->is_connected);
    for (auto& reply : hall.handler.kept) reply({200, "text/plain", "at last", {}, false});
    for (const auto& client : busy) CHECK_THAT(client->read_until("at last"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("who is being sent a stream keeps their place") {
    Hall hall;
    std::vector<std::unique_ptr<TlsClient>> busy;
    for (std::size_t i = 0; i < places; ++i) {
        busy.push_back(hall.idle("127.0.1.1"));
        CHECK_THAT(busy.back()->ask(get("/stream"), "\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
    }
    for (int tries = 0; tries < 3; ++tries) CHECK_FALSE(hall.client("127.0.2.1")->is_connected);
    const std::lock_guard lock(hall.handler.mutex);
    REQUIRE(hall.handler.pieces.size() == places);
    for (auto& done : hall.handler.pieces) done("!");
    for (const auto& client : busy) CHECK(client->read_until("!") == "!");
}

TEST_CASE("where nobody has more than one place a newcomer is turned away, and takes the next that is free") {
    Hall hall;
    std::vector<std::unique_ptr<TlsClient>> each;
    for (std::size_t i = 0; i < places; ++i) each.push_back(hall.idle(("127.0." + std::to_string(10 + i) + ".1").c_str()));
    CHECK_FALSE(hall.client("127.0.1.1")->is_connected);
    for (const auto& client : each) CHECK(hall.is_served(*client));
    each.clear();
    for (int tries = 0; tries < 100; ++tries) {
        auto newcomer = hall.client("127.0.1.1");
        if (!newcomer->is_connected) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            continue;
        }
        CHECK(hall.is_served(*newcomer));
        return;
    }
    FAIL("no place became free");
}
