// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include <chrono>
#include <mutex>
#include <thread>

#include "http/running.hpp"

using namespace chayan::http;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

class Holder final : public Handler {
public:
    Admission admit(const Head&) override { return {}; }
    void handle(Request request, Reply reply) override {
        if (request.path != "/later") return reply({200, "text/plain", "now", {}, false});
        const std::lock_guard lock(mutex);
        kept.push_back(std::move(reply));
    }
    Response refusal(int status, std::string_view, std::string_view, std::uint64_t) override { return {status, "", "", {}, false}; }
    bool holds_one() {
        for (int i = 0; i < 1000; ++i) {
            std::this_thread::sleep_for(2ms);
            const std::lock_guard lock(mutex);
            if (!kept.empty()) return true;
        }
        return false;
    }

    std::mutex mutex;
    std::vector<Reply> kept;
};

/// A session that the server gave out, and whether the next connection used it.
bool is_resumed(std::uint16_t first_port, std::uint16_t second_port, int version) {
    ClientOptions options;
    options.version_max = version;
    TlsClient first(first_port, options);
    first.ask(get("/"), "now");  // a ticket of TLS 1.3 comes with the answer
    const std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)> session(SSL_get1_session(first.ssl.get()), &SSL_SESSION_free);
    options.session = session.get();
    TlsClient second(second_port, options);
    CHECK_THAT(second.ask(get("/"), "now"), StartsWith("HTTP/1.1 200 "));
    return SSL_session_reused(second.ssl.get()) == 1;
}

/// One that listens on a free port, as a supervisor hands it over: blocking, and inherited by children.
int loopback_socket(std::vector<std::uint16_t>& ports) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd, 64) == 0);
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    ports.push_back(ntohs(address.sin_port));
    return fd;
}

}  // namespace

TEST_CASE("a drain lets requests under way finish and closes idle connections") {
    const Certificate certificate("drain");
    Holder handler;
    Running running(options_with(certificate.files), handler);
    TlsClient idle(running.server.port());
    idle.ask(get("/"), "now");
    TlsClient busy(running.server.port());
    busy.send(get("/later"));
    REQUIRE(handler.holds_one());
    running.server.drain();
    running.server.drain();
    CHECK(idle.read_all().empty());
    CHECK_THROWS(TlsClient(running.server.port()));
    handler.kept[0]({201, "text/plain", "at last", {}, false});
    CHECK_THAT(busy.read_all(), StartsWith("HTTP/1.1 201 ") && Contains("at last") && Contains("Connection: close"));
    running.join();
}

TEST_CASE("a drain ends at its limit even when a request never does") {
    const Certificate certificate("drain");
    Holder handler;
    Running running(options_with(certificate.files), handler);
    TlsClient busy(running.server.port());
    busy.send(get("/later"));
    REQUIRE(handler.holds_one());
    const auto began = std::chrono::steady_clock::now();
    running.server.drain();
    running.join();
    CHECK(std::chrono::steady_clock::now() - began < 5s);
    handler.kept.clear();
}

TEST_CASE("a client that asks during the drain is answered and told to close") {
    const Certificate certificate("drain");
    Holder handler;
    Running running(options_with(certificate.files), handler);
    TlsClient client(running.server.port());
    client.ask(get("/"), "now");
    running.server.drain();
    std::this_thread::sleep_for(20ms);
    CHECK_THAT(client.ask(get("/")), StartsWith("HTTP/1.1 200 ") && Contains("Connection: close"));
    running.join();
}

TEST_CASE("sockets that were handed over are served, fewer or more than threads, and take who comes while nobody serves") {
    const Certificate certificate("handed");
    for (const unsigned count : {1U, 2U, 3U}) {
        Holder handler;
        std::vector<int> held;
        std::vector<std::uint16_t> ports;
        for (unsigned i = 0; i < count; ++i) held.push_back(loopback_socket(ports));
        const auto options = [&] {
            auto made = options_with(certificate.files);
            for (const int fd : held) made.inherited.push_back(::dup(fd));
            return made;
        };
        {
            Running running(options(), handler);
            CHECK(running.server.port() == ports[0]);
            CHECK(running.server.address() == "127.0.0.1");
            for (const auto port : ports) CHECK_THAT(TlsClient(port).ask(get("/"), "now"), StartsWith("HTTP/1.1 200 "));
            running.server.drain();
            running.join();
        }
        std::string told;
        std::thread early([&] { told = TlsClient(ports.back()).ask(get("/"), "now"); });   // waits in the socket's queue until somebody serves again
        std::this_thread::sleep_for(20ms);
        {
            const Running running(options(), handler);
            early.join();
            CHECK_THAT(told, StartsWith("HTTP/1.1 200 "));
        }
        for (const int fd : held) ::close(fd);
    }
}

TEST_CASE("what is handed over and is no TCP socket that listens is refused with a sentence") {
    const Certificate certificate("odd");
    Holder handler;
    const int pairs[] = {::socket(AF_UNIX, SOCK_STREAM, 0), ::socket(AF_INET, SOCK_STREAM, 0), ::socket(AF_INET, SOCK_DGRAM, 0), ::dup(STDIN_FILENO), 4'000};
    for (const int fd : pairs) {
        auto options = options_with(certificate.files);
        options.inherited = {fd};
        CHECK_THROWS_WITH(Server(options, handler), Contains("is no TCP socket that listens; chayan.socket may have"));
        ::close(fd);
    }
}

TEST_CASE("a new certificate holds for new connections, a bad one changes nothing") {
    const Certificate first("first");
    const Certificate second("second");
    Holder handler;
    Running running(options_with(first.files), handler);
    TlsClient before(running.server.port());
    CHECK(before.name_of_server() == "first");

    CHECK_THAT(running.server.reload_certificate({first.files.certificate_chain, second.files.private_key, ""}), Contains("does not belong"));
    CHECK_THAT(running.server.reload_certificate({"/nowhere", second.files.private_key, ""}), Contains("/nowhere"));
    const auto garbage = second.path("garbage.pem");
    Certificate::write(garbage, [](std::FILE* file) { std::fputs("garbage", file); });
    CHECK_THAT(running.server.reload_certificate({garbage, second.files.private_key, ""}), Contains("garbage.pem"));
    CHECK_THAT(running.server.reload_certificate({second.files.certificate_chain, garbage, ""}), Contains("garbage.pem"));
    CHECK(TlsClient(running.server.port()).name_of_server() == "first");

    CHECK(running.server.reload_certificate(second.files).empty());
    for (int i = 0; i < 8; ++i) CHECK(TlsClient(running.server.port()).name_of_server() == "second");
    CHECK_THAT(before.ask(get("/"), "now"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("a key that others may read, a wrong ticket key and a taken port are refused with a sentence") {
    const Certificate certificate("first");
    Holder handler;
    auto options = options_with(certificate.files);
    chmod(certificate.files.private_key.c_str(), 0644);
    CHECK_THROWS_WITH(Server(options, handler), Contains("may be read by others"));
    chmod(certificate.files.private_key.c_str(), 0600);
    options.tls.ticket_key_file = certificate.path("tickets");
    Certificate::write(options.tls.ticket_key_file, [](std::FILE* file) { std::fputs("short", file); });
    CHECK_THROWS_WITH(Server(options, handler), Contains("80 bytes"));
    options.tls.ticket_key_file.clear();
    const Server taken(options, handler);
    options.port = taken.port();
    CHECK_THROWS_WITH(Server(options, handler), Contains("Address already in use"));
    options.address = "nonsense";
    CHECK_THROWS_WITH(Server(options, handler), Contains("nonsense"));
}

TEST_CASE("sessions are resumed on every io thread, and after a restart with the same ticket key") {
    const Certificate certificate("first");
    auto options = options_with(certificate.files);
    options.tls.ticket_key_file = certificate.path("tickets");
    Certificate::write(options.tls.ticket_key_file, [](std::FILE* file) { std::fputs(std::string(80, 'k').c_str(), file); });
    Holder handler;
    Running running(options, handler);
    const Running restarted(options, handler);
    const Running stranger(options_with(certificate.files), handler);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (int i = 0; i < 6; ++i) CHECK(is_resumed(running.server.port(), running.server.port(), version));
        CHECK(is_resumed(running.server.port(), restarted.server.port(), version));
        CHECK_FALSE(is_resumed(running.server.port(), stranger.server.port(), version));
    }
}

TEST_CASE("only TLS 1.2 and 1.3 with forward secrecy and AEAD are spoken, X25519 first") {
    const Certificate certificate("first");
    Holder handler;
    const Running running(options_with(certificate.files), handler);
    ClientOptions old;
    old.version_max = TLS1_1_VERSION;
    CHECK_FALSE(TlsClient(running.server.port(), old).is_connected);
    ClientOptions weak;
    weak.version_max = TLS1_2_VERSION;
    for (const char* const suite : {"ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256", "NULL"}) {
        weak.ciphers = suite;
        INFO(suite);
        CHECK_FALSE(TlsClient(running.server.port(), weak).is_connected);
    }
    weak.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
    const TlsClient modern(running.server.port(), weak);
    REQUIRE(modern.is_connected);
    CHECK(SSL_get_negotiated_group(modern.ssl.get()) == NID_X25519);
    CHECK(SSL_renegotiate(modern.ssl.get()) == 1);
    SSL_do_handshake(modern.ssl.get());
    char byte = 0;
    CHECK(SSL_read(modern.ssl.get(), &byte, 1) <= 0);
}
