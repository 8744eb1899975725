# SPDX-License-Identifier: Apache-2.0
"""The requests of SECURITY 5.1 as a table: name, bytes, the statuses allowed for it. Pure.

Every one is an error of framing, head, method, size or coding unless `closes` is false: the server answers it at most
once, closes, and never looks at what was pipelined behind it.
"""

import collections

Case = collections.namedtuple("Case", "name raw statuses closes silence", defaults=(True, False))
# `silence`: no answer at all is right too, because there is no request to answer.

HOST = "Host: 127.0.0.1"
REGISTER = "POST /api/v1/registrations HTTP/1.1"
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"

_BAD = {400}
_CODING = {400, 501}
_BAD_HOST = {400, 421}
_VERSION = {400, 505}
_LONG_TARGET = {414, 431}


def request(line, *headers, body=b""):
    """Header lines as text or bytes; nothing is added, not even Host."""
    lines = [line, *headers]
    return b"\r\n".join(item if isinstance(item, bytes) else item.encode("utf-8") for item in lines) + b"\r\n\r\n" + body


def get(target="/healthz", *headers):
    return request(f"GET {target} HTTP/1.1", HOST, *headers)


def post(*headers, body=b""):
    return request(REGISTER, HOST, JSON, *headers, body=body)


def _framing():
    yield Case("1 Content-Length, then chunked", post("Content-Length: 5", CHUNKED, body=b"0\r\n\r\n"), _CODING)
    yield Case("1 chunked, then Content-Length", post(CHUNKED, "Content-Length: 5", body=b"0\r\n\r\n"), _CODING)
    for coding in ("gzip", "xchunked", "chunked, identity", "identity", "chunked, chunked", "gzip, chunked", "CHUNKED",
                   "\x0bchunked", "chunked;a=b", '"chunked"', "", "chunked\x00"):
        yield Case(f"2 TE {coding!r} + Content-Length", post(f"Transfer-Encoding: {coding}", "Content-Length: 5",
                                                            body=b"hello"), _CODING)
        yield Case(f"3 TE {coding!r} alone", post(f"Transfer-Encoding: {coding}"), _CODING)
    yield Case("3 two Transfer-Encoding", post(CHUNKED, "Transfer-Encoding: identity", body=b"0\r\n\r\n"), _CODING)
    yield Case("3 chunked on GET", get("/healthz", CHUNKED) + b"0\r\n\r\n", _CODING)
    yield Case("3 plain chunked", post(CHUNKED, body=b"2\r\n{}\r\n0\r\n\r\n"), _CODING)
    yield Case("4 HTTP/1.0 + chunked", request("POST /api/v1/registrations HTTP/1.0", HOST, JSON, CHUNKED,
                                               body=b"2\r\n{}\r\n0\r\n\r\n"), _CODING | _VERSION)
    chunk = b"2\r\n{}\r\n0\r\n"
    yield Case("5 70,000-byte trailer", post(CHUNKED, body=chunk + b"X: " + b"a" * 70_000 + b"\r\n\r\n"), _CODING)
    many = b"".join(b"X%d: %s\r\n" % (number, b"a" * 60_000) for number in range(25))
    yield Case("6 25 trailers of 60 KB", post(CHUNKED, body=chunk + many + b"\r\n"), _CODING)
    for trailer in (b"Authorization: Bearer evil", b"Content-Length: 5", b"Transfer-Encoding: chunked", b"Host: evil"):
        yield Case(f"7 trailer {trailer.decode()}", post(CHUNKED, body=chunk + trailer + b"\r\n\r\n"), _CODING)
    for name, extension in (("of 1 MB", b"a" * 1_000_000), ("with a quoted LF", b'"a\nb"'),
                            ("with a quoted NUL", b'"a\0b"')):
        yield Case(f"8 chunk extension {name}", post(CHUNKED, body=b"2;e=" + extension + b"\r\n{}\r\n0\r\n\r\n"), _CODING)
    for size in (b"+5\r\n", b"0x5\r\n", b" 5\r\n", b"5 \r\n", b"FFFFFFFFFFFFFFFFF\r\n", b"-1\r\n", b"\r\n", b"5\n"):
        yield Case(f"9 chunk size {size!r}", post(CHUNKED, body=size + b"hello\r\n0\r\n\r\n"), _CODING)
    yield Case("9 chunk without its CRLF", post(CHUNKED, body=b"5\r\nhello0\r\n\r\n"), _CODING)


def _content_length():
    for value in ("+5", "-1", "0x5", "5 6", "", "18446744073709551616", "5, 5", "5,5", "5;", "5\t5", "five", "5.0",
                  "99999999999999999999999", "-123456789123456789123456789", "٥"):
        yield Case(f"10 Content-Length {value!r}", post(f"Content-Length: {value}", body=b"hello"),
                   _BAD | {413} if value.isascii() and value.isdigit() else _BAD)
    yield Case("10 Content-Length 2^64 - 1", post("Content-Length: 18446744073709551615", body=b"hello"), {400, 413})
    yield Case("10 Content-Length twice, equal", post("Content-Length: 5", "Content-Length: 5", body=b"hello"), _BAD)
    yield Case("10 Content-Length twice, different", post("Content-Length: 5", "Content-Length: 6", body=b"hello"), _BAD)
    yield Case("10 Content-Length twice, other case", post("Content-Length: 5", "content-length: 5", body=b"hello"), _BAD)
    yield Case("10 GET with a body", get("/healthz", "Content-Length: 5") + b"hello", _BAD)
    yield Case("10 DELETE with a body", request("DELETE /api/v1/me HTTP/1.1", HOST, "Content-Length: 5", body=b"hello"),
               _BAD | {405})
    yield Case("19 Expect with 99,999,999,999 bytes",
               post("Content-Length: 99999999999", "Expect: 100-continue"), {413})
    yield Case("19 one byte over the limit, declared", post("Content-Length: 4097", "Expect: 100-continue"), {413})
    yield Case("19 unknown Expect", post("Content-Length: 2", "Expect: 200-ok", body=b"{}"), {417})
    yield Case("19 Expect twice", post("Content-Length: 2", "Expect: 100-continue", "Expect: tea", body=b"{}"), {400, 417})
    yield Case("23 gzip body", post("Content-Encoding: gzip", "Content-Length: 20", body=b"\x1f\x8b" + b"\0" * 18), {415})
    yield Case("23 gzip body that says 10 MB", post("Content-Encoding: gzip", "Content-Length: 10485760",
                                                    body=b"\x1f\x8b" + b"\0" * 18), {413, 415})
    yield Case("23 two encodings", post("Content-Encoding: gzip, gzip", "Content-Length: 2", body=b"{}"), {415})


def _heads():
    yield Case("11 obs-fold", get("/healthz", "X: a", " b"), _BAD)
    yield Case("11 obs-fold by a tab", get("/healthz", "X: a", "\tb"), _BAD)
    yield Case("11 obs-fold on Transfer-Encoding", post("Transfer-Encoding:", " chunked", body=b"0\r\n\r\n"), _CODING)
    yield Case("11 first header begins with a space", request("GET /healthz HTTP/1.1", " X: a", HOST), _BAD)
    yield Case("12 space before the colon", request("GET /healthz HTTP/1.1", "Host : 127.0.0.1"), _BAD)
    yield Case("12 tab before the colon", request("GET /healthz HTTP/1.1", HOST, "X\t: a"), _BAD)
    yield Case("12 two equal Hosts", request("GET /healthz HTTP/1.1", HOST, HOST), _BAD)
    yield Case("12 two different Hosts", request("GET /healthz HTTP/1.1", HOST, "host: evil.example"), _BAD)
    yield Case("12 no Host", request("GET /healthz HTTP/1.1"), _BAD)
    yield Case("12 empty Host", request("GET /healthz HTTP/1.1", "Host:"), _BAD)
    yield Case("12 Host with port 99999", request("GET /healthz HTTP/1.1", "Host: 127.0.0.1:99999"), _BAD)
    yield Case("12 Host with port abc", request("GET /healthz HTTP/1.1", "Host: 127.0.0.1:abc"), _BAD)
    yield Case("12 Host with port -1", request("GET /healthz HTTP/1.1", "Host: 127.0.0.1:-1"), _BAD)
    for host in ("a/b@c", "127.0.0.1@evil.example", "127.0.0.1, evil.example", "[::1", "127.0.0.1 evil", "定州.中国",
                 "127.0.0.1/", "127.0.0.1#", "127.0.0.1?", "%31"):
        yield Case(f"12 Host {host!r}", request("GET /healthz HTTP/1.1", f"Host: {host}"), _BAD_HOST)
    for host in ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8443", "127.0.0.2", "[::2]"):
        yield Case(f"12 unknown Host {host}", request("GET /healthz HTTP/1.1", f"Host: {host}"), {421})
    yield Case("13 bare LF for line ends", b"GET /healthz HTTP/1.1\nHost: 127.0.0.1\n\n", _BAD)
    yield Case("13 one bare LF", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\nX: a\r\n\r\n", _BAD)
    yield Case("13 bare CR in a value", get("/healthz", b"X: a\rY: b"), _BAD)
    yield Case("13 bare CR for a line end", b"GET /healthz HTTP/1.1\rHost: 127.0.0.1\r\r", _VERSION | {408}, silence=True)
    for byte in [*range(0x00, 0x20), 0x7F]:
        if byte not in b"\t\r\n":
            yield Case(f"13 byte 0x{byte:02x} in a value", get("/healthz", b"X: a" + bytes([byte]) + b"b"), _BAD)
    yield Case("13 a line that begins with CR", request("GET /healthz HTTP/1.1", HOST, "\rX: a"), _BAD)
    yield Case("13 no colon", get("/healthz", "X"), _BAD)
    yield Case("13 empty name", get("/healthz", ": a"), _BAD)
    for byte in [*range(0x00, 0x21), 0x7F, *range(0x80, 0x100), *b'"(),/;<=>?@[\\]{}']:
        if byte in b"\r\n":
            continue
        yield Case(f"13 byte 0x{byte:02x} in a name", get("/healthz", b"X" + bytes([byte]) + b"Y: a"), _BAD)
    yield Case("18 2,000 headers", get("/healthz", *(f"X{number}: a" for number in range(2000))), {431})
    yield Case("18 2,000 headers of one name", get("/healthz", *("X: a" for _ in range(2000))), {431})
    yield Case("18 one header of 9 KB", get("/healthz", "X: " + "a" * 9216), {431})
    yield Case("18 one name of 9 KB", get("/healthz", "X" * 9216 + ": a"), {431})
    yield Case("18 1 MB of one header", get("/healthz", "X: " + "a" * 1_000_000), {431})


def _targets():
    for target in ("/..%2f..%2fetc/passwd", "//evil", "//evil/healthz", "/healthz//", "/api//v1/registrations",
                   "http://evil/", "https://127.0.0.1/healthz", "http:///", "*", "healthz", "?x", "/%00", "/healthz%00",
                   "/%2e%2e/healthz", "/a/%2e%2e/healthz", "/../healthz", "/a/../healthz", "/./healthz", "/%2e/healthz",
                   "/%2E%2E/", "/%", "/%4", "/%zz", "/健康", "/%c0%ae%c0%ae/", "/%ff", "/%0d%0aX:a", "/\\..\\etc",
                   "/healthz#part", "/a\tb", "/<b>", '/"', "/{a}", "/a|b", "/a^b", "/a`b", "/%7f", "/\x7f", "/%25%00"):
        yield Case(f"14 target {target!r}", get(target), _BAD)
    for name, target in (("NUL", b"/a\0b"), ("0x80", b"/a\x80"), ("0xff", b"/a\xff"), ("overlong /", b"/a\xc0\xafb")):
        yield Case(f"14 target with {name}", b"GET " + target + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", _BAD)
    yield Case("14 target of 9 KB", get("/" + "a" * 9216), _LONG_TARGET)
    yield Case("14 query of 9 KB", get("/healthz?a=" + "a" * 9216), _LONG_TARGET)
    yield Case("14 target of 100 KB", get("/" + "a" * 100_000), _LONG_TARGET)
    yield Case("14 doubled query parameter", get("/api/v1/audit?cursor=a&cursor=b"), _BAD)


def _methods_and_versions():
    unknown = {405, 501}
    for method in ("TRACE", "CONNECT", "PUT", "get", "Get", "FOO", "PROPFIND", "OPTIONS", "GETX", "M-SEARCH"):
        yield Case(f"15 method {method}", request(f"{method} /healthz HTTP/1.1", HOST), unknown)
    yield Case("15 CONNECT with an authority", request("CONNECT 127.0.0.1:22 HTTP/1.1", HOST), unknown | _BAD)
    yield Case("15 OPTIONS *", request("OPTIONS * HTTP/1.1", HOST), unknown | _BAD)
    yield Case("15 method of 1 KB", request("A" * 1024 + " /healthz HTTP/1.1", HOST), unknown | _BAD | {431})
    yield Case("15 empty method", request(" /healthz HTTP/1.1", HOST), _BAD)
    yield Case("15 method with a colon", request("GE:T /healthz HTTP/1.1", HOST), _BAD | unknown)
    yield Case("15 words before the method", request("Extra lineGET /healthz HTTP/1.1", HOST), _BAD | _VERSION)
    for version in ("HTTP/1.2", "HTTP/9.9", "HTTP/2.0", "HTTP/2", "HTTP/1.11", "HTTP/01.1", "HTTP/0.9", "HTTP/3.0", "http/1.1",
                    "HTTP/1.1 ", "HTTP/1,1", "HTTP/1.", "HTTP", "HTP/1.1", "FTP/1.1", "HTTP/-1.1"):
        yield Case(f"16 version {version!r}", request(f"GET /healthz {version}", HOST), _VERSION)
    yield Case("16 two spaces", request("GET  /healthz HTTP/1.1", HOST), _BAD)
    yield Case("16 tab for a space", request("GET\t/healthz HTTP/1.1", HOST), _BAD)
    yield Case("16 three words and one", request("GET /healthz x HTTP/1.1", HOST), _BAD | _VERSION)
    yield Case("17 h2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", _VERSION | unknown)
    yield Case("17 a TLS ClientHello inside TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x55" * 506, _BAD)
    yield Case("22 10 MB of CRLFs", b"\r\n" * 5_000_000 + get(), {400, 408, 413, 431}, silence=True)


def _no_errors():
    """Odd, and allowed: answered like any other, and the connection may go on."""
    upgrade = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
    yield Case("17 Upgrade: h2c is not taken up", get("/healthz", *upgrade), {200, 400, 426, 501}, closes=False)
    socket_upgrade = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
    yield Case("17 WebSocket is not taken up", get("/healthz", *socket_upgrade), {200, 400, 426, 501}, closes=False)
    yield Case("HTTP/1.0 closes", request("GET /healthz HTTP/1.0", HOST), {200} | _VERSION)
    yield Case("Connection: close closes", get("/healthz", "Connection: close"), {200})
    yield Case("Host in capitals with a port", request("GET /healthz HTTP/1.1", "HOST: LOCALHOST:8443"), {200}, closes=False)
    yield Case("Host [::1]", request("GET /healthz HTTP/1.1", "Host: [::1]:8443"), {200}, closes=False)
    yield Case("a name in odd case, a tab before the value", request("GET /healthz HTTP/1.1", "hoSt:\t127.0.0.1"), {200}, closes=False)
    yield Case("a header without a value", get("/healthz", "Empty:", "Blank: "), {200}, closes=False)
    yield Case("a GET that expects to be told to go on", get("/healthz", "Expect: 100-continue"), {100, 200}, closes=False)
    yield Case("a POST with its body to where nothing is", request("POST /nothing HTTP/1.1", HOST, JSON, "Content-Length: 5", body=b"hello"), {404}, closes=False)
    yield Case("one CRLF before the request line", b"\r\n" + get(), {200, 400}, closes=False)


def cases():
    for table in (_framing, _content_length, _heads, _targets, _methods_and_versions, _no_errors):
        yield from table()
