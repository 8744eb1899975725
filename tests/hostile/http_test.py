# SPDX-License-Identifier: Apache-2.0
"""Every request of SECURITY 5.1 over TLS: the answer it should get, a process that lives, no second answer.

The slow ones (a byte each second) are in slow_test.py, the requests themselves in http_cases.py.
"""

import os
import re
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from hostile import http_cases, raw  # noqa: E402
from support.service import Service  # noqa: E402

_GET = http_cases.get
_PIPELINED_COUNT = 1000


class HostileHttp(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service().start()

    @classmethod
    def tearDownClass(cls):
        cls.service.close()

    def assert_alive(self, after):
        self.assertTrue(self.service.running(), f"the server died of: {after}")
        try:
            with self.service.client() as client:
                status = client.get("/healthz").status
        except OSError as error:
            self.fail(f"no new connection after {after}: {error}; stderr: {self.service.stderr()[-2000:]}")
        self.assertEqual(status, 200, after)

    def check(self, case):
        received = raw.exchange(self.service.port, case.raw + raw.PIPELINED, quiet_s=None if case.closes else 1.0,
                                timeout_s=14.0)
        context = f"{case.name}: sent {case.raw[:200]!r}, got {received}"
        self.assert_alive(context)
        statuses = received.statuses
        if not statuses and case.silence:
            self.assertIsNotNone(received.closed, f"not closed: {context}")
            return
        self.assertTrue(statuses, f"no answer: {context}")
        self.assertIn(statuses[0], case.statuses, context)
        if case.closes or statuses[0] not in (200, 404, 426):
            self.assertEqual(len(statuses), 1, f"the pipelined request was answered: {context}")
            self.assertIsNotNone(received.closed, f"not closed: {context}")
        if statuses[0] == 405:
            self.assertTrue(received.header("Allow"), f"405 without Allow: {context}")
        if statuses[0] >= 400:
            self.assertEqual(received.header("Content-Type").split(";")[0], "application/problem+json", context)
            self.assertNotIn(b"evil", received.bytes, f"the answer repeats the request: {context}")

    def test_every_request_of_the_table_gets_its_answer(self):
        for case in http_cases.cases():
            with self.subTest(case.name):
                self.check(case)

    def test_a_request_that_is_cut_anywhere_waits_for_its_rest(self):
        whole = _GET()
        connections = [raw.connect(self.service.port) for _ in range(1, len(whole))]
        for cut, connection in enumerate(connections, 1):
            connection.sendall(whole[:cut])
        time.sleep(0.5)
        for cut, connection in enumerate(connections, 1):
            with self.subTest(whole[:cut]):
                early = raw.read_until_closed(connection, 0.005)
                self.assertEqual((early.bytes, early.closed), (b"", None), "answered before it was whole")
                connection.sendall(whole[cut:])
                self.assertEqual(raw.read_until_closed(connection, 5, quiet_s=0.2).statuses, [200])
            connection.close()

    def test_plain_text_on_the_tls_port_is_closed(self):
        connection = raw.connect_tcp(self.service.port)
        connection.sendall(_GET())
        received = raw.read_until_closed(connection, 8)
        self.assertIsNotNone(received.closed, repr(received))
        self.assertNotIn(b"200", received.bytes)
        connection.close()
        self.assert_alive("plain text on the TLS port")

    def test_rubbish_in_the_handshake_is_closed(self):
        for rubbish in (b"\0" * 5000, b"\x16\x03\x01\xff\xff" + b"\0" * 70000, b"\x80\x2e\x01\x00\x02" + b"\x01" * 50):
            connection = raw.connect_tcp(self.service.port)
            try:
                connection.sendall(rubbish)
                received = raw.read_until_closed(connection, 8)
            except OSError:
                received = raw.Received()
                received.closed = "reset"
            self.assertIsNotNone(received.closed, f"{rubbish[:8]!r}: {received}")
            connection.close()
            self.assert_alive(f"handshake rubbish {rubbish[:8]!r}")

    def test_a_half_closed_connection_harms_nobody(self):
        connection = raw.connect(self.service.port)
        connection.sendall(_GET())
        raw.half_close(connection)
        received = raw.read_until_closed(connection, 8)
        self.assertIn(received.statuses, ([200], []), repr(received))
        self.assertIsNotNone(received.closed, repr(received))
        connection.close()
        self.assert_alive("half-close after a request")

    def test_a_body_cut_by_half_close_is_not_taken(self):
        self._cut_body(raw.half_close, "a truncated body")

    def test_a_body_cut_by_reset_harms_nobody(self):
        for _ in range(20):
            self._cut_body(raw.reset, "RST in the body")

    def _cut_body(self, cut, name):
        connection = raw.connect(self.service.port)
        connection.sendall(http_cases.post("Content-Length: 100", body=b'{"name":'))
        time.sleep(0.01)
        cut(connection)
        if connection.fileno() >= 0:
            received = raw.read_until_closed(connection, 8)
            self.assertFalse([status for status in received.statuses if status < 400], repr(received))
            self.assertIsNotNone(received.closed, repr(received))
            connection.close()
        self.assert_alive(name)

    def test_resets_at_every_stage_of_the_head_harm_nobody(self):
        head = _GET()
        for cut in range(0, len(head), 3):
            connection = raw.connect(self.service.port)
            if cut:
                connection.sendall(head[:cut])
            raw.reset(connection)
        for _ in range(20):
            raw.reset(raw.connect_tcp(self.service.port))
        self.assert_alive("resets in the head and before the handshake")

    def test_a_thousand_pipelined_requests_are_answered_in_order(self):
        with self.service.client() as client:
            healthz, missing = client.get("/healthz"), client.get("/api/v1/nothing-here")
        self.assertEqual((healthz.status, missing.status), (200, 404))
        kinds = [number * 7919 % 13 % 2 for number in range(_PIPELINED_COUNT)]
        sent = b"".join(_GET("/api/v1/nothing-here" if kind else "/healthz") for kind in kinds)
        received = raw.exchange(self.service.port, sent, timeout_s=30, quiet_s=2)
        self.assertEqual(received.statuses, [404 if kind else 200 for kind in kinds],
                         f"{len(received.statuses)} answers, closed {received.closed}")
        self.assert_alive("1,000 pipelined requests")

    def test_a_small_expected_body_is_asked_for_and_answered_once(self):
        connection = raw.connect(self.service.port)
        connection.sendall(http_cases.post("Content-Length: 2", "Expect: 100-continue"))
        interim = raw.read_until_closed(connection, 3, quiet_s=1)
        self.assertEqual(interim.statuses, [100], repr(interim))
        connection.sendall(b"{}")
        final = raw.read_until_closed(connection, 3, quiet_s=1)
        self.assertEqual(len(final.statuses), 1, repr(final))
        self.assertIn(final.statuses[0], (400, 422), repr(final))
        connection.close()
        self.assert_alive("Expect: 100-continue")

    def test_an_error_answer_carries_the_security_headers(self):
        for name, sent in (("400", _GET("//evil")), ("404", _GET("/nothing")), ("200", _GET())):
            received = raw.exchange(self.service.port, sent, quiet_s=1)
            self.assertIn("max-age=", received.header("Strict-Transport-Security") or "", f"{name}: {received}")
            self.assertEqual(received.header("X-Content-Type-Options"), "nosniff", f"{name}: {received}")
            self.assertIsNone(received.header("Server"), f"{name}: {received}")
            self.assertEqual(received.header("Cache-Control"), "no-store", f"{name}: {received}")

    def test_old_tls_is_refused(self):
        """A TLS 1.1 ClientHello, by hand: this OpenSSL would not send one."""
        body = b"\x03\x02" + b"\x07" * 32 + b"\x00" + b"\x00\x04\xc0\x13\x00\x2f" + b"\x01\x00"
        hello = b"\x01" + len(body).to_bytes(3, "big") + body
        connection = raw.connect_tcp(self.service.port)
        connection.sendall(b"\x16\x03\x01" + len(hello).to_bytes(2, "big") + hello)
        received = raw.read_until_closed(connection, 8)
        self.assertIsNotNone(received.closed, repr(received))
        self.assertNotRegex(received.bytes[:1], re.compile(rb"\x16"), "a ServerHello for TLS 1.1")
        connection.close()
        self.assert_alive("TLS 1.1")

    def test_connections_that_say_nothing_keep_nobody_out(self):
        silent = [socket.create_connection(("127.0.0.1", self.service.port)) for _ in range(200)]
        self.assert_alive("200 silent connections")
        for connection in silent:
            connection.close()


if __name__ == "__main__":
    unittest.main()
