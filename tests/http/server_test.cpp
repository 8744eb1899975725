// SPDX-License-Identifier: Apache-2.0
#include "http/server.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include "http/tls_client.hpp"

using namespace chayan::http;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// Answers by path; keeps what it was asked.
class Echo final : public Handler {
public:
    Admission admit(const Head& head) override {
        if (head.path == "/admit-throws") throw std::runtime_error("no");
        if (head.path == "/forbidden") return {403, "forbidden", 0, "", false};
        if (head.path == "/only-get") return {405, "method_not_allowed", 0, "GET", true};
        if (head.path == "/bodyless") return {};
        return {0, "", 64 * 1024, "", false};
    }
    void handle(Request request, Reply reply) override {
        ++handled;
        if (request.path == "/throws") throw std::runtime_error("no");
        if (request.path == "/drops") return;
        if (request.path == "/later") {
            const std::lock_guard lock(mutex);
            kept.push_back(std::move(reply));
            rooms.push_back(std::move(request.room));
            return;
        }
        if (request.path == "/large") return reply({200, "text/plain", std::string(8U << 20, 'x'), {}, false});
        reply({200, "text/plain", "[" + request.path + " " + request.body + "]", {}, false});
    }
    Response refusal(int status, std::string_view code, std::string_view language, std::uint64_t) override {
        return {status, "application/problem+json", "{" + std::string(code) + " " + std::string(language) + "}", {}, false};
    }
    void wait_for_kept(std::size_t count) {
        for (int i = 0; i < 2000; ++i) {
            {
                const std::lock_guard lock(mutex);
                if (kept.size() >= count) return;
            }
            std::this_thread::sleep_for(2ms);
        }
        FAIL("the requests did not arrive");
    }

    std::atomic<int> handled{0};
    std::mutex mutex;
    std::vector<Reply> kept;
    std::vector<std::shared_ptr<const void>> rooms;   ///< of the kept ones: as if each still held its body
    void forget() {
        const std::lock_guard lock(mutex);
        kept.clear();
        rooms.clear();
    }
};

ServerOptions quick() {
    ServerOptions options;
    options.hosts = {"code.example.cn"};
    options.header_max = options.body_max = options.handshake_max = options.write_max = options.idle_max = 1s;
    options.drain_max = 3s;
    return options;
}

/// A server that runs until the end of the test.
struct World {
    explicit World(ServerOptions options = quick()) {
        std::signal(SIGPIPE, SIG_IGN);
        options.tls = certificate.files;
        threads_max = options.io_threads;
        server = std::make_unique<Server>(std::move(options), handler);
        for (unsigned i = 0; i < threads_max; ++i) threads.emplace_back([this, i] { server->run_io(i); });
    }
    ~World() {
        server->stop();
        join();
    }
    void join() {
        for (auto& thread : threads) {
            if (thread.joinable()) thread.join();
        }
    }
    std::uint16_t port() const { return server->port(); }

    Certificate certificate{"first"};
    Echo handler;
    unsigned threads_max = 0;
    std::unique_ptr<Server> server;
    std::vector<std::thread> threads;
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"; }
std::string post(const std::string& path, const std::string& fields, const std::string& body) {
    return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n" + body;
}

std::size_t count_of(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

double seconds_for(const std::function<void()>& act) {
    const auto began = std::chrono::steady_clock::now();
    act();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

}  // namespace

TEST_CASE("requests on one connection are answered in order, also when they come at once") {
    World world;
    TlsClient client(world.port());
    std::string all;
    for (int i = 0; i < 1000; ++i) all += get("/" + std::to_string(i));
    const auto answers = client.ask(all + post("/last", "Content-Length: 3\r\n", "end"), "[/last end]");
    std::size_t at = 0;
    for (int i = 0; i < 1000; ++i) {
        at = answers.find("[/" + std::to_string(i) + " ]", at);
        REQUIRE(at != std::string::npos);
    }
    CHECK_THAT(client.ask(get("/again"), "[/again ]"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a refused request closes the connection and what follows is never answered") {
    World world;
    const std::vector<std::pair<int, std::string>> cases{
        {501, post("/a", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {501, post("/a", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
        {501, post("/a", "Transfer-Encoding: chunked\r\n", "0\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n")},
        {501, post("/a", "Transfer-Encoding: chunked\r\n", "1;" + std::string(1'000'000, 'a') + "\r\nx\r\n0\r\n\r\n")},
        {400, post("/a", "Content-Length: 5, 5\r\n", "hello")},
        {400, "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"},
        {400, "GET / HTTP/1.1\nHost: localhost\n\n"},
        {400, "GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n"},
        {421, "GET / HTTP/1.1\r\nHost: evil\r\n\r\n"},
        {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {405, "TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
        {405, get("/only-get")},
        {413, post("/a", "Content-Length: 99999999999\r\n", std::string(2'000'000, 'x'))},
        {413, post("/a", "Expect: 100-continue\r\nContent-Length: 99999999999\r\n", "")},
        {400, post("/bodyless", "Content-Length: 1\r\n", "x")},
        {403, post("/forbidden", "Content-Length: 1\r\n", "x")},
        {415, post("/a", "Content-Encoding: gzip\r\nContent-Length: 1\r\n", "x")},
        {417, post("/a", "Expect: more\r\n", "")},
        {431, "GET / HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(9'000, 'a') + "\r\n\r\n"},
        {414, "GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: localhost\r\n\r\n"},
        {400, "\r\n\r\n"},
        {400, std::string(100'000, '\n')}};
    for (const auto& [status, bytes] : cases) {
        INFO(bytes.substr(0, 120));
        TlsClient client(world.port());
        const auto answer = client.ask(bytes + get("/next"));
        CHECK_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status) + " ") && Contains("Connection: close\r\n"));
        CHECK_THAT(answer, Contains("Strict-Transport-Security") && Contains("application/problem+json; charset=utf-8"));
        CHECK(count_of(answer, "HTTP/1.1 ") == 1);
    }
    CHECK(world.handler.handled == 0);
}

TEST_CASE("a product's refusal without a body keeps the connection") {
    World world;
    TlsClient client(world.port());
    CHECK_THAT(client.ask("GET /forbidden HTTP/1.1\r\nHost: localhost\r\nAccept-Language: zh\r\n\r\n", "{forbidden zh}"),
               StartsWith("HTTP/1.1 403 ") && !Contains("Connection: close"));
    CHECK_THAT(client.ask(get("/a"), "[/a ]"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("bodies are read to the admitted limit and not beyond") {
    World world;
    const auto ask = [&](std::size_t size) {
        TlsClient client(world.port());
        return client.ask(post("/a", "Connection: close\r\nContent-Length: " + std::to_string(size) + "\r\n", std::string(size, 'x')));
    };
    CHECK_THAT(ask(64 * 1024), StartsWith("HTTP/1.1 200 ") && Contains(std::string(64 * 1024, 'x') + "]"));
    CHECK_THAT(ask(64 * 1024 + 1), StartsWith("HTTP/1.1 413 "));
    CHECK_THAT(ask(0), StartsWith("HTTP/1.1 200 ") && Contains("[/a ]"));
}

TEST_CASE("all bodies beyond a form together are bounded, and their room is free again when the requests are gone") {
    auto options = quick();
    options.body_max = 10s;
    options.bodies_bytes_max = 150'000;
    World world(options);
    const std::string large(60'000, 'x'), form(4'096, 'x');
    const auto length = [](const std::string& body) { return "Content-Length: " + std::to_string(body.size()) + "\r\n"; };
    TlsClient one(world.port()), two(world.port()), half(world.port());
    for (auto* waiting : {&one, &two}) waiting->send(post("/later", length(large), large));   // held: each request, until it is answered
    world.handler.wait_for_kept(2);
    {
        TlsClient third(world.port());
        const auto refused = third.ask(post("/a", length(large), large));
        CHECK_THAT(refused, StartsWith("HTTP/1.1 503 ") && Contains("{busy ") && Contains("Connection: close"));
        TlsClient small(world.port());
        CHECK_THAT(small.ask(post("/a", length(form), form), form + "]"), StartsWith("HTTP/1.1 200 "));   // forms are not counted
    }
    half.send(post("/a", length(large), large.substr(0, 20'000)));   // held: what has come, which fits, not what is promised
    world.handler.forget();
    CHECK_THAT(half.ask(large.substr(20'000), large + "]"), StartsWith("HTTP/1.1 200 "));
    for (int i = 0; i < 3; ++i)   // a request that was refused or answered holds nothing any more
        CHECK_THAT(half.ask(post("/a", length(large), large), large + "]"), StartsWith("HTTP/1.1 200 "));
    for (int i = 0; i < 3; ++i) {   // nor does one that was dropped, or whose client has gone
        TlsClient torn(world.port());
        torn.send(post("/a", length(large), large.substr(0, 59'000)));
    }
    bool fits = false;
    for (int i = 0; i < 200 && !fits; ++i) {
        std::this_thread::sleep_for(10ms);
        TlsClient again(world.port());
        fits = again.ask(post("/a", "Connection: close\r\n" + length(large), large)).starts_with("HTTP/1.1 200 ");
    }
    CHECK(fits);
}

TEST_CASE("100 Continue is said only when the body is wanted") {
    World world;
    TlsClient client(world.port());
    client.send(post("/a", "Expect: 100-continue\r\nContent-Length: 2\r\n", ""));
    CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    CHECK_THAT(client.ask("hi", "[/a hi]"), StartsWith("HTTP/1.1 200 "));
    CHECK_THAT(client.ask(post("/a", "Expect: 100-continue\r\nContent-Length: 2\r\n", "hi"), "[/a hi]"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("HEAD is answered without a body, HTTP/1.0 and Connection: close with an end") {
    World world;
    TlsClient first(world.port());
    const auto both = first.ask("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/b"), "[/b ]");
    CHECK_THAT(both, Contains("Content-Length: 5\r\n") && !Contains("[/a ]"));
    TlsClient second(world.port());
    CHECK_THAT(second.ask("GET /a HTTP/1.0\r\nHost: localhost\r\n\r\n" + get("/b")), Contains("[/a ]") && !Contains("[/b ]"));
}

TEST_CASE("a reply may come later and from another thread") {
    World world;
    std::vector<std::unique_ptr<TlsClient>> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(std::make_unique<TlsClient>(world.port()));
        clients.back()->send(get("/later"));
    }
    world.handler.wait_for_kept(clients.size());
    std::thread([&] {
        for (auto& reply : world.handler.kept) reply({201, "text/plain", "done", {}, false});
    }).join();
    for (auto& client : clients) {
        CHECK_THAT(client->read_until("done"), StartsWith("HTTP/1.1 201 "));
        CHECK_THAT(client->ask(get("/a"), "[/a ]"), StartsWith("HTTP/1.1 200 "));
    }
}

TEST_CASE("a reply that nobody waits for is dropped, also after the server is gone") {
    auto world = std::make_unique<World>();
    {
        TlsClient client(world->port());
        client.send(get("/later"));
        world->handler.wait_for_kept(1);
    }
    TlsClient other(world->port());
    other.send(get("/later"));
    world->handler.wait_for_kept(2);
    auto kept = std::exchange(world->handler.kept, {});
    kept[0]({200, "", "", {}, false});
    world.reset();
    kept[1]({200, "", "", {}, false});
}

TEST_CASE("a handler that throws or forgets answers 500, and the server goes on") {
    World world;
    for (const char* const path : {"/throws", "/drops", "/admit-throws"}) {
        TlsClient client(world.port());
        CHECK_THAT(client.ask(get(path)), StartsWith("HTTP/1.1 500 ") && Contains("{internal }") && Contains("Connection: close"));
    }
    TlsClient client(world.port());
    CHECK_THAT(client.ask(get("/a"), "[/a ]"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("each phase has its time limit") {
    World world;
    const auto lasts = [&](const std::string& bytes, const std::string& answer) {
        TlsClient client(world.port());
        const double seconds = seconds_for([&] { CHECK_THAT(client.ask(bytes), StartsWith(answer)); });
        INFO(bytes);
        CHECK(seconds > 0.9);
        CHECK(seconds < 3.5);
    };
    lasts("", "");
    lasts("GET / HT", "HTTP/1.1 408 ");
    lasts(post("/a", "Content-Length: 2\r\n", "x"), "HTTP/1.1 408 ");
    lasts(get("/a"), "HTTP/1.1 200 ");
    lasts(get("/a") + "GET / HT", "HTTP/1.1 200 ");   // the rest of a head that came with the request before it
}

TEST_CASE("a client that does not read or does not shake hands is let go") {
    World world;
    TlsClient idle(world.port());  // its receive buffer takes no 8 MiB
    idle.send(get("/large"));
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(world.port());
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    char byte = 0;
    CHECK(seconds_for([&] { CHECK(::recv(fd, &byte, 1, 0) <= 0); }) < 3.5);
    ::close(fd);
    TlsClient reader(world.port());
    CHECK(reader.ask(get("/large"), std::string(100, 'y')).size() > (8U << 20));
}

TEST_CASE("plain text and torn connections end quietly") {
    World world;
    for (const std::string bytes : {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\x16\x03\x01\x02", ""}) {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(world.port());
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
        ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        const linger reset{1, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        ::close(fd);
    }
    { TlsClient torn(world.port()); torn.send(post("/a", "Content-Length: 9\r\n", "x")); }
    TlsClient client(world.port());
    CHECK_THAT(client.ask(get("/a"), "[/a ]"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("a connection beyond the limit is closed at once where nobody has a second one to give up, and the others go on") {
    auto options = quick();
    options.connections_max = 1;   // with more, two may be on one io thread, and then the quieter gives way
    options.idle_max = options.header_max = 20s;
    World world(options);
    auto first = std::make_unique<TlsClient>(world.port());
    CHECK_FALSE(TlsClient(world.port()).is_connected);
    CHECK_THAT(first->ask(get("/a"), "[/a ]"), StartsWith("HTTP/1.1 200 "));
    first.reset();
    std::this_thread::sleep_for(100ms);
    CHECK(TlsClient(world.port()).is_connected);
}
