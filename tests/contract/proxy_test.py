# SPDX-License-Identifier: Apache-2.0
"""`[server] proxy_listen`: plain HTTP for a reverse proxy on this machine, beside TLS for everybody else."""

import http.client
import json
import os
import re
import socket
import stat
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import registration
from support.service import QUIET_LIMITS, Service, run

FORWARDED = "198.51.100.77"  # as a client forges it
LAST_HOP = "203.0.113.88"    # as the proxy adds it
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Proxy(http.client.HTTPConnection):
    """One kept connection, as a reverse proxy has it; `place` is a port or the path of a Unix socket."""

    def __init__(self, place):
        super().__init__("127.0.0.1", place if isinstance(place, int) else 0, timeout=30)
        self._place = place

    def connect(self):
        if isinstance(self._place, int):
            return super().connect()
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        return self.sock.connect(self._place)

    def ask(self, method, path, body=None, host="127.0.0.1", credential=None):
        """The status, and the answer as JSON."""
        fields = {"Host": host, "X-Forwarded-For": f"{FORWARDED}, {LAST_HOP}", "X-Forwarded-Proto": "https"}
        if body is not None:
            fields["Content-Type"] = "application/json"
        if credential:
            fields["Authorization"] = f"Bearer {credential}"
        self.request(method, path, None if body is None else json.dumps(body), fields)
        answer = self.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw.startswith(b"{") else raw


def exchange(place, raw):
    """What the server sends on `raw` until it closes."""
    proxy = Proxy(place)
    proxy.connect()
    proxy.sock.sendall(raw)
    received = b""
    try:
        while part := proxy.sock.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    proxy.close()
    return received


class ProxyTest(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)

    def started(self, proxy_listen):
        """Starts with this setting; the port, or the path of the socket, as the server told it."""
        self.service.set_config(QUIET_LIMITS + f'[server]\nproxy_listen = "{proxy_listen}"\n')
        before = len(self.service.stderr())
        self.service.start()
        told = re.findall(r"^proxy (?:unix:(/.*)|http://127\.0\.0\.1:(\d+))$", self.service.stderr()[before:], re.M)
        self.assertEqual(len(told), 1, self.service.stderr())
        return told[0][0] or int(told[0][1])

    def proxy(self, place):
        proxy = Proxy(place)
        self.addCleanup(proxy.close)
        return proxy


class Listening(ProxyTest):
    def test_a_registration_and_a_scan_go_through_the_proxy_over_a_port_and_a_socket(self):
        self.service.divisions()
        self.service.sites([{"ref": "S1", "category": "shop"}])
        code = self.service.codes()["S1"]["any"]
        for number, listen in enumerate(("127.0.0.1:0", "unix:proxy.sock"), 1):
            with self.subTest(listen):
                proxy = self.proxy(self.started(listen))
                status, about = proxy.ask("GET", f"/api/v1/codes/{code}")
                self.assertEqual(status, 200, about)
                body = registration(number, notice_version=about["notice_version"])
                status, registered = proxy.ask("POST", "/api/v1/registrations", body)
                self.assertEqual(status, 201, registered)
                status, scanned = proxy.ask("POST", "/api/v1/scans", {"code": code, "direction": "in"},
                                            credential=registered["credential"])
                self.assertEqual(status, 201, scanned)
                self.assertEqual(scanned["verdict"], "pass")
                self.service.stop()
        for address in (FORWARDED, LAST_HOP, "203.0.113", "198.51.100"):
            self.assertNotIn(address, self.service.stderr())

    def test_stdout_has_the_one_line_of_the_tls_listener(self):
        self.started("127.0.0.1:0")
        self.assertEqual([line for line in self.service.stdout_lines if line.strip()],
                         [f"listening https://127.0.0.1:{self.service.port}\n"])

    def test_the_socket_is_for_owner_and_group_and_goes_at_the_end(self):
        path = self.started("unix:proxy.sock")
        self.assertEqual(os.path.realpath(path), os.path.realpath(os.path.join(self.service.data, "proxy.sock")))
        mode = os.stat(path).st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o660)
        self.assertEqual(self.service.stop(), 0)
        self.assertFalse(os.path.lexists(path))

    def test_after_a_kill_the_stale_socket_is_replaced(self):
        path = self.started(f"unix:{self.service.folder}/elsewhere.sock")
        self.assertEqual(path, f"{self.service.folder}/elsewhere.sock")
        self.service.kill()
        self.assertTrue(os.path.lexists(path))
        self.service.start()
        self.assertEqual(self.proxy(path).ask("GET", "/healthz")[0], 200)

    def test_without_the_setting_there_is_no_plain_http(self):
        self.service.start()
        self.assertNotRegex(self.service.stderr(), r"(?m)^proxy ")


class Refusing(ProxyTest):
    def test_the_host_is_checked_as_over_tls(self):
        proxy = self.proxy(self.started("127.0.0.1:0"))
        self.assertEqual(proxy.ask("GET", "/healthz", host="evil.example")[0], 421)

    def test_a_client_hello_on_the_plain_port_is_400_and_closed(self):
        place = self.started("127.0.0.1:0")
        hello = b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + b"\x5a" * 155
        answer = exchange(place, hello + HEALTH)
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d{3})", answer), [b"400"], answer)
        self.assertEqual(self.proxy(place).ask("GET", "/healthz")[0], 200)

    def test_a_request_of_doubtful_framing_is_the_last_one(self):
        place = self.started("unix:proxy.sock")
        answer = exchange(place, b"POST /api/v1/scans HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 b"0\r\n\r\n" + HEALTH)
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d{3})", answer), [b"501"], answer)

    def test_plain_http_on_the_tls_port_gets_no_answer_of_the_product(self):
        self.started("127.0.0.1:0")
        self.assertNotIn(b"HTTP/1.1 200", exchange(self.service.port, HEALTH))

    def test_a_forged_address_on_the_tls_listener_changes_nothing_and_is_not_kept(self):
        self.started("127.0.0.1:0")
        client = self.service.client()
        forged = {"X-Forwarded-For": FORWARDED, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http",
                  "Forwarded": f"for={FORWARDED};host=evil.example"}
        plain, odd = client.get("/healthz"), client.get("/healthz", forged)
        self.assertEqual((odd.status, odd.raw), (plain.status, plain.raw))
        wrong = {"login": "nobody", "password": "not the password"}
        first, second = client.post("/api/v1/session", wrong), client.post("/api/v1/session", wrong, forged)
        self.assertEqual((second.status, second.code), (first.status, first.code))
        self.assertEqual(self.service.stop(), 0)
        self.assert_in_no_file(FORWARDED)

    def assert_in_no_file(self, text):
        for parent, _, names in os.walk(self.service.folder):
            for name in names:
                with open(os.path.join(parent, name), "rb") as file:
                    self.assertNotIn(text.encode(), file.read(), name)

    def test_an_address_that_others_can_reach_is_refused_with_a_sentence(self):
        for value in ("0.0.0.0:8080", "192.0.2.1:8080", "[::]:8080", "localhost:8080", "unix:", "8080"):
            with self.subTest(value):
                path = self.service.write("odd.toml", f'[server]\nproxy_listen = "{value}"\n')
                done = run("serve", "--data", self.service.data, "--port", "0", "--config", path, check=False, timeout=20)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn("proxy_listen", done.stderr)
                self.assertIn("TLS", done.stderr)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
