// SPDX-License-Identifier: Apache-2.0
// Plain HTTP for the named proxy: the same session as over TLS, on a loopback port or a Unix socket.
#include <catch2/catch.hpp>
#include <sys/un.h>

#include <fstream>
#include <functional>

#include "http/running.hpp"

using namespace chayan::http;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// Says who asks. "/large" is 8 MiB, "/streamed" 2 MiB piece by piece.
class Teller final : public Handler {
public:
    class Dots final : public BodySource {
    public:
        std::uint64_t size() const override { return 2U << 20; }
        void read(std::size_t bytes_max, std::function<void(std::string)> done) override { done(std::string(bytes_max, '.')); }
    };
    Admission admit(const Head&) override { return {0, "", 64 * 1024, "", false}; }
    void handle(Request request, Reply reply) override {
        if (request.path == "/large") return reply({200, "text/plain", std::string(8U << 20, 'x'), {}, false});
        if (request.path == "/streamed") return reply({200, "text/plain", "", {}, false, std::make_shared<Dots>()});
        reply({200, "text/plain", "[" + request.client + " " + request.path + " " + request.body + "]", {}, false});
    }
    Response refusal(int status, std::string_view code, std::string_view, std::uint64_t) override {
        return {status, "text/plain", "{" + std::string(code) + "}", {}, false};
    }
};

/// Bytes without TLS, to a loopback port or a Unix socket.
class PlainClient {
public:
    explicit PlainClient(const ProxyPlace& place) : fd_(::socket(family_of(place), SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval limit{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        is_connected = connect(place) == 0;
    }
    ~PlainClient() { ::close(fd_); }
    PlainClient(const PlainClient&) = delete;
    PlainClient& operator=(const PlainClient&) = delete;

    std::string ask(const std::string& bytes, const std::string& enough = "") {
        ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        std::string all;
        char buffer[65536];
        while (enough.empty() || all.find(enough) == std::string::npos) {
            const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
            if (n <= 0) break;
            all.append(buffer, static_cast<std::size_t>(n));
        }
        return all;
    }

    bool is_connected = false;

private:
    static int family_of(const ProxyPlace& place) {
        if (!place.socket.empty()) return AF_UNIX;
        return place.address == "::1" ? AF_INET6 : AF_INET;
    }
    int connect(const ProxyPlace& place) const {
        sockaddr_un local{};
        sockaddr_in four{};
        sockaddr_in6 six{};
        local.sun_family = AF_UNIX;
        place.socket.copy(local.sun_path, sizeof local.sun_path - 1);
        four.sin_family = AF_INET;
        six.sin6_family = AF_INET6;
        four.sin_port = six.sin6_port = htons(place.port);
        four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        six.sin6_addr = in6addr_loopback;
        if (!place.socket.empty()) return ::connect(fd_, reinterpret_cast<const sockaddr*>(&local), sizeof local);
        if (place.address == "::1") return ::connect(fd_, reinterpret_cast<const sockaddr*>(&six), sizeof six);
        return ::connect(fd_, reinterpret_cast<const sockaddr*>(&four), sizeof four);
    }
    const int fd_;
};

/// A server with a place for the proxy; `place` is where to ask.
struct World {
    explicit World(ProxyPlace proxy) : place(std::move(proxy)) {
        if (place.socket == "here") place.socket = certificate.path("proxy.sock");
        auto options = options_with(certificate.files);
        options.header_max = options.body_max = options.idle_max = options.write_max = 1s;
        options.hosts = {"code.example.cn"};
        options.proxy = place;
        running = std::make_unique<Running>(std::move(options), handler);
        if (place.socket.empty()) place.port = running->server.proxy_port();
    }
    Certificate certificate{"proxy"};
    Teller handler;
    ProxyPlace place;
    std::unique_ptr<Running> running;
};

const std::vector<ProxyPlace> places{{"here", "", 0}, {"", "127.0.0.1", 0}};

std::string forwarded(const std::string& path, const std::string& hops) {
    return "GET " + path + " HTTP/1.1\r\nHost: code.example.cn\r\nX-Forwarded-For: " + hops + "\r\n\r\n";
}

}  // namespace

TEST_CASE("a proxy is served on a loopback port and on a Unix socket, many requests on one connection") {
    for (const auto& place : places) {
        World world(place);
        PlainClient proxy(world.place);
        std::string all;
        for (int i = 0; i < 500; ++i) all += forwarded("/" + std::to_string(i), "192.0.2." + std::to_string(i % 200));
        const auto answers = proxy.ask(all + "POST /last HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nend", "/last end]");
        std::size_t at = 0;
        for (int i = 0; i < 500; ++i) {
            at = answers.find("[192.0.2." + std::to_string(i % 200) + " /" + std::to_string(i) + " ]", at);
            REQUIRE(at != std::string::npos);
        }
        CHECK_THAT(answers, Contains("[127.0.0.1 /last end]") && Contains("Strict-Transport-Security: "));
        CHECK(proxy.ask(get("/large") + get("/a"), "/a ]").size() > (8U << 20));
        CHECK(proxy.ask(get("/streamed") + get("/a"), "/a ]").size() > (2U << 20));
    }
}

TEST_CASE("the address that is forwarded counts on the proxy's listener only") {
    World world({"", "127.0.0.1", 0});
    PlainClient proxy(world.place);
    CHECK_THAT(proxy.ask(forwarded("/a", "10.9.9.9, 192.0.2.1"), "/a ]"), Contains("[192.0.2.1 /a ]"));
    CHECK_THAT(proxy.ask(get("/b"), "/b ]"), Contains("[127.0.0.1 /b ]"));
    CHECK_THAT(proxy.ask(forwarded("/c", "unknown"), "/c ]"), Contains("[127.0.0.1 /c ]"));
    TlsClient client(world.running->server.port());
    CHECK_THAT(client.ask(forwarded("/d", "192.0.2.1"), "/d ]"), Contains("[127.0.0.1 /d ]"));
}

TEST_CASE("the plain listener refuses what the TLS one refuses, and never answers what follows") {
    for (const auto& place : places) {
        World world(place);
        const std::vector<std::pair<int, std::string>> cases{
            {421, "GET /a HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
            {400, "GET /a HTTP/1.1\r\n\r\n"},
            {501, "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
            {431, "GET /a HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(9'000, 'a') + "\r\n\r\n"},
            {413, "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n" + std::string(65'537, 'x')},
            {408, "POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\nx"},
            {408, "GET /a HT"},
            {400, std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11) + std::string(155, '\x5a')}};
        for (const auto& [status, bytes] : cases) {
            INFO(bytes.substr(0, 80));
            PlainClient proxy(world.place);
            const auto answer = proxy.ask(status == 408 ? bytes : bytes + get("/next"));
            CHECK_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status) + " ") && Contains("Connection: close\r\n") && !Contains("/next"));
        }
        CHECK(PlainClient(world.place).ask("").empty());  // idle: closed at its limit
    }
}

TEST_CASE("TLS is not spoken on the plain listener, nor plain HTTP on the other") {
    World world({"", "127.0.0.1", 0});
    CHECK_FALSE(TlsClient(world.place.port).is_connected);
    CHECK_THAT(PlainClient({"", "127.0.0.1", world.running->server.port()}).ask(get("/a")), !Contains("HTTP/1.1 200"));
}

TEST_CASE("an IPv6 loopback address will do, others are refused with a sentence") {
    World world({"", "::1", 0});
    CHECK_THAT(PlainClient(world.place).ask(get("/a"), "/a ]"), Contains("[::1 /a ]"));
    auto options = options_with(world.certificate.files);
    for (const char* elsewhere : {"0.0.0.0", "::", "::ffff:0.0.0.0"}) {
        INFO(elsewhere);
        options.proxy = {"", elsewhere, 0};
        CHECK_THROWS_WITH(Server(options, world.handler), Contains("no data leaves it without TLS"));
    }
}

TEST_CASE("without a place for the proxy nothing plain is served") {
    World world({});
    CHECK(world.running->server.proxy_port() == 0);
}

TEST_CASE("a Unix socket is for owner and group, and goes with the server") {
    auto world = std::make_unique<World>(ProxyPlace{"here", "", 0});
    const auto path = world->place.socket;
    struct stat state {};
    REQUIRE(::stat(path.c_str(), &state) == 0);
    CHECK(S_ISSOCK(state.st_mode));
    CHECK((state.st_mode & 07777) == 0660);
    world->running.reset();
    CHECK(::lstat(path.c_str(), &state) != 0);
}

TEST_CASE("a socket that a killed server left is replaced; one that is served and other files are left alone") {
    const Certificate certificate("stale");
    Teller handler;
    auto options = options_with(certificate.files);
    options.proxy.socket = certificate.path("proxy.sock");
    const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    options.proxy.socket.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(stale, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::listen(stale, 1);
    CHECK_THROWS_WITH(Server(options, handler), Contains("proxy.sock: Address already in use"));
    ::close(stale);
    {
        const Running running(options, handler);
        CHECK_THAT(PlainClient(options.proxy).ask(get("/a"), "/a ]"), Contains("/a ]"));
        CHECK_THROWS_WITH(Server(options, handler), Contains("Address already in use"));
        CHECK_THAT(PlainClient(options.proxy).ask(get("/b"), "/b ]"), Contains("/b ]"));
    }
    std::ofstream(options.proxy.socket) << "a letter";
    CHECK_THROWS_WITH(Server(options, handler), Contains("another file has that name"));
    CHECK(std::filesystem::file_size(options.proxy.socket) == 8);
    options.proxy.socket = certificate.path("none/proxy.sock");
    CHECK_THROWS_WITH(Server(options, handler), Contains("No such file or directory"));
    const auto folder = certificate.path("");
    options.proxy.socket = folder + std::string(108 - folder.size(), 'x');
    CHECK_THROWS_WITH(Server(options, handler), Contains("1 to 107 bytes"));
    options.proxy.socket.pop_back();
    CHECK_NOTHROW(Server(options, handler));
}

TEST_CASE("a file that took the place of our socket is not removed with it") {
    auto world = std::make_unique<World>(ProxyPlace{"here", "", 0});
    const auto path = world->place.socket;
    std::filesystem::remove(path);
    std::ofstream(path) << "a letter";
    world->running.reset();
    CHECK(std::filesystem::exists(path));
}

TEST_CASE("a drain closes the proxy's doors too, after the requests under way") {
    for (const auto& place : places) {
        World world(place);
        PlainClient idle(world.place);
        idle.ask(get("/a"), "/a ]");
        world.running->server.drain();
        CHECK(idle.ask("").empty());
        world.running->join();
        CHECK_FALSE(PlainClient(world.place).is_connected);
    }
}

TEST_CASE("connections of the proxy count to the same limit") {
    Certificate certificate("limit");
    Teller handler;
    auto options = options_with(certificate.files);
    options.connections_max = 2;
    options.proxy = {"", "127.0.0.1", 0};
    const Running running(options, handler);
    options.proxy.port = running.server.proxy_port();
    TlsClient first(running.server.port());
    PlainClient second(options.proxy);
    second.ask(get("/a"), "/a ]");
    CHECK(PlainClient(options.proxy).ask(get("/b")).empty());
    CHECK_FALSE(TlsClient(running.server.port()).is_connected);
    CHECK_THAT(first.ask(get("/c"), "/c ]"), StartsWith("HTTP/1.1 200 "));
}
