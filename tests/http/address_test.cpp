// SPDX-License-Identifier: Apache-2.0
#include "http/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <catch2/catch.hpp>

#include <cstring>

#include "http/head.hpp"

using namespace chayan::http;

TEST_CASE("the last hop is the client, without brackets and port, in one form") {
    const std::pair<const char*, const char*> cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"198.51.100.7, 192.0.2.1", "192.0.2.1"},
        {"198.51.100.7,192.0.2.1", "192.0.2.1"},
        {"unknown, \t 192.0.2.1 \t", "192.0.2.1"},
        {"192.0.2.1:4711", "192.0.2.1"},
        {"2001:DB8:0::1", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"[2001:db8::1]:4711", "2001:db8::1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"[::ffff:192.0.2.1]:4711", "192.0.2.1"},
    };
    for (const auto& [hops, client] : cases) {
        INFO(hops);
        CHECK(forwarded_address(hops) == client);
    }
}

TEST_CASE("what is no address forwards nobody") {
    for (const char* hops : {"", " ", ",", "192.0.2.1,", "192.0.2.1, unknown", "_hidden", "192.0.2.256", "192.0.2", "192.0.2.1.1", "0x7f.1", "[", "[]",
                             "[2001:db8::1", "2001:db8::1]", "2001:db8:::1", "fe80::1%eth0", "localhost", "192.0.2.1 198.51.100.7", "\"192.0.2.1\""}) {
        INFO(hops);
        CHECK(forwarded_address(hops).empty());
    }
    CHECK(forwarded_address(std::string("192.0.2.1\0.9", 12)).empty());
    CHECK(forwarded_address(std::string(8'000, ':')).empty());
}

TEST_CASE("a peer is told by its address, a Unix socket's as this machine's own") {
    sockaddr_storage peer{};
    CHECK(peer_address(peer) == "127.0.0.1");
    peer.ss_family = AF_UNIX;
    CHECK(peer_address(peer) == "127.0.0.1");
    sockaddr_in four{};
    four.sin_family = AF_INET;
    ::inet_pton(AF_INET, "192.0.2.1", &four.sin_addr);
    std::memcpy(&peer, &four, sizeof four);
    CHECK(peer_address(peer) == "192.0.2.1");
    for (const auto& [address, text] : {std::pair{"2001:db8::1", "2001:db8::1"}, std::pair{"::ffff:192.0.2.1", "192.0.2.1"}}) {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        ::inet_pton(AF_INET6, address, &six.sin6_addr);
        std::memcpy(&peer, &six, sizeof six);
        CHECK(peer_address(peer) == text);
    }
}

TEST_CASE("a forwarded address is believed only where it is said to come from the proxy") {
    const auto client = [](bool is_proxied, const std::string& fields) {
        ParsedHead parsed;
        parsed.is_proxied = is_proxied;
        parsed.head.client = "203.0.113.9";
        const auto refusal = parse_head("GET / HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n", HostNames({}), parsed);
        CHECK(refusal.status == 0);
        return parsed.head.client;
    };
    CHECK(client(true, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(client(true, "x-forwarded-for: 192.0.2.1\r\nX-FORWARDED-FOR: 192.0.2.2\r\n") == "192.0.2.2");
    CHECK(client(true, "X-Forwarded-For: nonsense\r\n") == "203.0.113.9");
    CHECK(client(true, "Forwarded: for=192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n") == "203.0.113.9");
    CHECK(client(false, "X-Forwarded-For: 192.0.2.1\r\n") == "203.0.113.9");
}

TEST_CASE("a neighbourhood is a /24 of IPv4 or a /48 of IPv6, in one form") {
    CHECK(neighbourhood_of("192.0.2.1") == neighbourhood_of("192.0.2.254"));
    CHECK(neighbourhood_of("192.0.2.1") != neighbourhood_of("192.0.3.1"));
    CHECK(neighbourhood_of("2001:db8:1::1") == neighbourhood_of("2001:db8:1:ffff:ffff:ffff:ffff:ffff"));
    CHECK(neighbourhood_of("2001:db8:1::1") != neighbourhood_of("2001:db8:2::1"));
    CHECK(neighbourhood_of("2001::1") == neighbourhood_of("2001:0:0:1::"));   // also where the text leaves groups out
    CHECK(neighbourhood_of("2001::1") != neighbourhood_of("2001:0:1::"));
    for (const char* text : {"", "x", "192.0.2", "1.2.3.4.5"}) CHECK(neighbourhood_of(text).empty());
}

TEST_CASE("a head tells the neighbourhood of the client, not of the proxy") {
    ParsedHead parsed;
    parsed.is_proxied = true;
    parsed.head.neighbourhood = "127.0.0";
    REQUIRE(parse_head("GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n", HostNames({}), parsed).status == 0);
    CHECK(parsed.head.neighbourhood == "192.0.2");
}
