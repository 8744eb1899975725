// SPDX-License-Identifier: Apache-2.0
#include "http/head.hpp"

#include <catch2/catch.hpp>

#include "http/target.hpp"

using namespace chayan::http;

namespace {

struct Seen {
    Refusal refusal;
    ParsedHead parsed;
};

/// What a session would decide on these bytes.
Seen read(const std::string& bytes) {
    static const HostNames hosts({"code.example.cn:8443"});
    Seen seen;
    HeadScan scan;
    seen.refusal = scan.look(bytes);
    if (seen.refusal.status != 0) return seen;
    if (scan.head_bytes() == 0) {
        seen.refusal = {-1, "more"};
        return seen;
    }
    seen.refusal = parse_head(std::string_view(bytes).substr(0, scan.head_bytes()), hosts, seen.parsed);
    return seen;
}

std::string with(const std::string& fields, const std::string& line = "POST /a HTTP/1.1") {
    return line + "\r\nHost: localhost\r\n" + fields + "\r\n";
}

int status(const std::string& bytes) { return read(bytes).refusal.status; }

struct Case {
    int status;
    std::string bytes;
};

void check(const std::vector<Case>& cases) {
    for (const auto& one : cases) {
        INFO(one.bytes.substr(0, 120));
        CHECK(status(one.bytes) == one.status);
    }
}

}  // namespace

TEST_CASE("a plain request is read whole") {
    const auto seen = read(
        "POST /api/v1/sites/A-1%20%E4%B8%9C?from=2020-02-01T00:00:00%2B08:00&q=a+b&c=x== HTTP/1.1\r\nhOsT: CODE.example.cn\r\n"
        "Authorization: Bearer t\r\nCookie: a=b\r\nX-CSRF-Token: c\r\nSec-Fetch-Site: cross-site\r\nAccept-Language: zh\r\n"
        "Content-Type: Text/CSV ; charset=utf-8\r\nContent-Length: 5\r\nContent-Encoding: identity\r\nExpect: 100-Continue\r\n\r\n");
    REQUIRE(seen.refusal.status == 0);
    const auto& head = seen.parsed.head;
    CHECK(head.method == Method::post);
    CHECK(head.path == "/api/v1/sites/A-1 东");
    REQUIRE(head.query.size() == 3);
    CHECK(head.query[0].value == "2020-02-01T00:00:00+08:00");
    CHECK(head.query[1].value == "a b");
    CHECK(head.query[2].value == "x==");
    CHECK(head.authorization == "Bearer t");
    CHECK(head.cookie == "a=b");
    CHECK(head.csrf_token == "c");
    CHECK(head.fetch_site == "cross-site");
    CHECK(head.accept_language == "zh");
    CHECK(head.content_type == "text/csv");
    CHECK(head.content_encoding.empty());
    CHECK(head.content_length == 5);
    CHECK(seen.parsed.expects_continue);
    CHECK_FALSE(seen.parsed.close);
}

TEST_CASE("where a request comes from is what Sec-Fetch-Site says, else what Origin says of the host, whatever its port and case") {
    const auto site = [](const std::string& fields) {
        return read("POST /a HTTP/1.1\r\nHost: Code.Example.cn:8443\r\n" + fields + "Content-Length: 0\r\n\r\n").parsed.head.fetch_site;
    };
    CHECK(site("").empty());
    CHECK(site("Origin: https://code.example.cn\r\n") == "same-origin");
    CHECK(site("Origin: https://CODE.example.cn:8443\r\n") == "same-origin");
    for (const std::string origin : {"null", "http://code.example.cn", "https://code.example.cn.evil.cn", "https://evil.cn", "https://", "code.example.cn", "https://a.code.example.cn"})
        CHECK(site("Origin: " + origin + "\r\n") == "cross-site");
    CHECK(site("Sec-Fetch-Site: none\r\nOrigin: https://evil.cn\r\n") == "none");
    CHECK(site("Sec-Fetch-Site: cross-site\r\nOrigin: https://code.example.cn\r\n") == "cross-site");
}

TEST_CASE("a browser that opens an address takes a page, and its scripts do not") {
    const auto takes = [](const std::string& fields) { return read("GET /a HTTP/1.1\r\nHost: code.example.cn\r\n" + fields + "\r\n").parsed.head.takes_html; };
    CHECK(read("GET /a HTTP/1.1\r\nHost: code.example.cn\r\nLast-Event-ID: 17\r\n\r\n").parsed.head.last_event_id == "17");
    CHECK(takes("Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"));
    CHECK_FALSE(takes("Accept: */*\r\n"));
    CHECK_FALSE(takes("Accept: application/json\r\n"));
    CHECK_FALSE(takes(""));
}

TEST_CASE("every Transfer-Encoding is refused with 501") {
    for (const std::string coding : {"chunked", "gzip", "xchunked", "chunked, identity", "identity", "", "\tchunked"}) {
        check({{501, with("Transfer-Encoding: " + coding + "\r\n")},
               {501, with("transfer-encoding: " + coding + "\r\nContent-Length: 5\r\n")},
               {501, with("Content-Length: 5\r\nTransfer-Encoding: " + coding + "\r\n")},
               {501, with("Transfer-Encoding: " + coding + "\r\n", "POST /a HTTP/1.0")}});
    }
}

TEST_CASE("Content-Length is one plain number") {
    CHECK(status(with("Content-Length: 18446744073709551615\r\n")) == 0);
    for (const std::string length : {"+5", "-1", "0x5", "5 6", "", "18446744073709551616", "5, 5", "5,5", "5;", "٥"}) {
        check({{400, with("Content-Length: " + length + "\r\n")}});
    }
    check({{400, with("Content-Length: 5\r\nContent-Length: 5\r\n")}, {400, with("Content-Length: 5\r\nContent-Length: 6\r\n")}});
}

TEST_CASE("a body is refused where none belongs") {
    for (const std::string method : {"GET", "HEAD", "DELETE"}) {
        check({{400, with("Content-Length: 1\r\n", method + " /a HTTP/1.1")}, {0, with("Content-Length: 0\r\n", method + " /a HTTP/1.1")}});
    }
    check({{0, with("Content-Length: 1\r\n", "PATCH /a HTTP/1.1")}});
}

TEST_CASE("there is exactly one Host and we know it") {
    const auto host = [](const std::string& value) { return "GET / HTTP/1.1\r\nHost: " + value + "\r\n\r\n"; };
    check({{0, host("localhost")}, {0, host("localhost:1")}, {0, host("LOCALHOST:65535")}, {0, host("127.0.0.1:8443")},
           {0, host("[::1]:8443")}, {0, host("[::1]")}, {0, host("code.example.cn")}, {0, host("code.example.cn:9")},
           {421, host("evil.cn")}, {421, host("code.example.cn.evil.cn")}, {421, host("127.0.0.2")}, {421, host("[::2]")},
           {421, host("localhost.")}, {400, host("")}, {400, host("a/b@c")}, {400, host("localhost:99999")},
           {400, host("localhost:")}, {400, host("localhost:80x")}, {400, host("localhost, localhost")}, {400, host("[::1")},
           {400, host("user@localhost")}, {400, "GET / HTTP/1.1\r\n\r\n"}, {400, with("Host: localhost\r\n", "GET / HTTP/1.1")},
           {400, with("Host: evil\r\n", "GET / HTTP/1.1")}});
}

TEST_CASE("methods are those of the product") {
    for (const std::string known : {"TRACE", "CONNECT"}) {
        const auto seen = read(with("", known + " / HTTP/1.1"));
        INFO(known);
        CHECK(seen.refusal.status == 405);
        CHECK(std::string(seen.refusal.allow) == "GET, HEAD, POST, PATCH, DELETE");
    }
    for (const std::string other : {"PUT", "OPTIONS"}) CHECK(read(with("", other + " / HTTP/1.1")).parsed.head.method == Method::other);
    check({{405, with("", "CONNECT localhost:443 HTTP/1.1")}, {405, with("", "OPTIONS * HTTP/1.1")}, {501, with("", "get / HTTP/1.1")},
           {501, with("", "FOO / HTTP/1.1")}, {501, with("", std::string(1024, 'M') + " / HTTP/1.1")},
           {400, with("", "G@T / HTTP/1.1")}, {400, with("", " / HTTP/1.1")}});
}

TEST_CASE("versions other than 1.1 and 1.0 are refused") {
    check({{0, with("", "GET / HTTP/1.0")}, {505, with("", "GET / HTTP/1.2")}, {505, with("", "GET / HTTP/2.0")},
           {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}, {505, with("", "GET / ")}, {400, with("", "GET /")},
           {400, with("", "GET  / HTTP/1.1")}, {400, with("", "GET\t/ HTTP/1.1")}});
    CHECK(status(with("", "GET / HTTP/0.9")) >= 400);
    CHECK(status(with("", "GET / HTTP/1.11")) >= 400);
    CHECK(status(with("", "GET / HTTX/1.1")) >= 400);
    CHECK(read(with("", "GET / HTTP/1.0")).parsed.close);
    CHECK(read(with("Connection: keep-alive\r\n", "GET / HTTP/1.0")).parsed.close);
    CHECK(read(with("Connection: foo, Close\r\n")).parsed.close);
}

TEST_CASE("lines are ended, named and unfolded as the standard says") {
    using namespace std::string_literals;
    check({{400, "GET / HTTP/1.1\nHost: localhost\n\n"}, {400, "GET / HTTP/1.1\r\nHost: localhost\n\r\n"}, {400, with("A: b\rc\r\n")},
           {400, with("A: b\r\n c\r\n")}, {400, with("A: b\r\n\tc\r\n")}, {400, with("Transfer-Encoding:\r\n chunked\r\n")},
           {400, with("A : b\r\n")}, {400, with(": b\r\n")}, {400, with("A\r\n")}, {400, with("A\x80: b\r\n")}, {400, with("\xE4: b\r\n")},
           {400, with("A: b\0c\r\n"s)}, {400, with("A\0: b\r\n"s)}, {400, "\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
           {400, "\x16\x03\x01\x02"}, {400, "\x80"}, {400, "\0"s}, {-1, "\r"}, {-1, "G"},
           {400, " GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}});
}

TEST_CASE("targets are in origin form and mean one thing") {
    using namespace std::string_literals;
    const auto get = [](const std::string& target) { return with("", "GET " + target + " HTTP/1.1"); };
    check({{0, get("/")}, {0, get("/a/")}, {0, get("/a.b/..c/c..")}, {0, get("/a?")}, {0, get("/a?x")}, {0, get("/a?x=/..//%2e%2e/")},
           {0, get("/%E5%BC%A0")}, {0, get("/%25")}});
    for (const auto& target :
         {"*"s, "http://evil/"s, "https://localhost/"s, "evil:443"s, "a"s, "//evil"s, "/a//b"s, "/a//"s, "/."s, "/.."s, "/../etc"s, "/a/./b"s,
          "/a/.."s, "/%2e%2e/"s, "/%2E"s, "/a%2eb"s, "/..%2f..%2fetc/passwd"s, "/a%2Fb"s, "/a%5cb"s, "/a\\b"s, "/%00"s, "/a?x=%00"s,
          "/%0d%0a"s, "/a?x=%0A"s, "/%7f"s, "/a\0b"s, "/\xE5\xBC\xA0"s, "/a?x=\xE5\xBC\xA0"s, "/%E5%BC"s, "/%C0%AF"s, "/%ED%A0%80"s,
          "/%F4%90%80%80"s, "/%C2%85"s, "/%"s, "/%4"s, "/%zz"s, "/a#b"s, "/a?x=<"s, "/<a>"s, "/a?x=1&x=2"s, "/a?x=1&%78=2"s, "/a?&"s,
          "/a?x=1&&y=2"s, "/a?=1"s}) {
        check({{400, get(target)}});
    }
}

TEST_CASE("a query has a bounded number of members") {
    std::string target = "/?a0=1";
    for (std::size_t i = 1; i < query_count_max; ++i) target += "&a" + std::to_string(i) + "=1";
    std::string path;
    std::vector<Header> query;
    CHECK(parse_target(target, path, query));
    CHECK(query.size() == query_count_max);
    path.clear();
    query.clear();
    CHECK_FALSE(parse_target(target + "&more=1", path, query));
}

TEST_CASE("codings and expectations that we do not know are refused") {
    check({{415, with("Content-Encoding: gzip\r\nContent-Length: 9\r\n")}, {415, with("Content-Encoding: identity, gzip\r\n")},
           {400, with("Content-Encoding: identity\r\nContent-Encoding: gzip\r\n")}, {417, with("Expect: 200-ok\r\n")},
           {417, with("Expect: 100-continue, x\r\n")}, {417, with("Expect: 100-continue\r\nExpect: 100-continue\r\n")},
           {0, with("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n")},
           {0, with("Upgrade: websocket\r\nConnection: Upgrade\r\n", "GET / HTTP/1.1")}});
    CHECK_FALSE(read(with("Expect: 100-continue\r\n", "POST /a HTTP/1.0")).parsed.expects_continue);
}

TEST_CASE("what names who asks may come only once") {
    for (const std::string name : {"Authorization", "Cookie", "X-CSRF-Token", "Sec-Fetch-Site", "Origin", "Content-Type"}) {
        check({{0, with(name + ": a\r\n")}, {400, with(name + ": a\r\n" + name + ": a\r\n")}});
    }
}

TEST_CASE("heads, targets and fields have limits, each with its own answer") {
    const auto padded = [](std::size_t size) {
        const auto frame = with("A: \r\n");
        return with("A: " + std::string(size - frame.size(), 'x') + "\r\n");
    };
    REQUIRE(padded(head_bytes_max).size() == head_bytes_max);
    check({{0, padded(head_bytes_max)}, {431, padded(head_bytes_max + 1)}, {431, padded(9 * 1024)}});
    const auto target = [](std::size_t size) { return with("", "GET /" + std::string(size - 1, 'a') + " HTTP/1.1"); };
    check({{0, target(target_bytes_max)}, {414, target(target_bytes_max + 1)}, {414, target(9 * 1024)}});
    const auto fields = [](std::size_t count) {
        std::string lines;
        for (std::size_t i = 1; i < count; ++i) lines += "a:\r\n";
        return with(lines);
    };
    check({{0, fields(field_count_max)}, {431, fields(field_count_max + 1)}, {431, fields(2'000)}});
}

TEST_CASE("a head that comes byte by byte is found at its last byte") {
    const auto whole = with("A: b\r\n");
    HeadScan scan;
    for (std::size_t size = 1; size < whole.size(); ++size) {
        REQUIRE(scan.look(std::string_view(whole).substr(0, size)).status == 0);
        REQUIRE(scan.head_bytes() == 0);
    }
    CHECK(scan.look(whole + "GET /next").status == 0);
    CHECK(scan.head_bytes() == whole.size());
}

TEST_CASE("the language of a refused request is known for its answer") {
    CHECK(read(with("Accept-Language: zh-CN\r\nTransfer-Encoding: x\r\n")).parsed.head.accept_language == "zh-CN");
}
