# SPDX-License-Identifier: Apache-2.0
"""Clients of one byte a second (SECURITY 5.1, 16 and 20): each phase of a connection has its own limit on time.

All of them run at once; the whole file takes as long as the slowest.
"""

import os
import select
import socket
import ssl
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from hostile import http_cases, raw  # noqa: E402
from support.service import Service  # noqa: E402

_SLACK_S = 5.0  # a coarse wheel, and a machine with other work
_EARLY_S = 1.5
_HANDSHAKE_S, _HEADER_S, _BODY_S, _WRITE_S, _IDLE_S = 5, 10, 15, 15, 30


class Run(threading.Thread):
    """One slow client; `received` says when and how it was cut, `error` what went wrong in the test itself."""

    def __init__(self, act):
        super().__init__(daemon=True)
        self._act = act
        self.received = None
        self.error = None
        self.start()

    def run(self):
        try:
            self.received = self._act()
        except Exception as error:  # reported by the test that reads it
            self.error = error


def _slow_handshake(port, first):
    connection = raw.connect_tcp(port)
    received = raw.Received()
    began = time.monotonic()
    for byte in first + b"\x03" * 60:
        part = raw.read_until_closed(connection, 1.0)
        received.bytes += part.bytes
        if part.closed or time.monotonic() - began > 40:
            received.closed = part.closed
            break
        try:
            if first:
                connection.sendall(bytes([byte]))
        except OSError:
            received.closed = "reset"
            break
    received.seconds = time.monotonic() - began
    connection.close()
    return received


def _wait_for_close(port, sent, timeout_s):
    connection = raw.connect(port)
    if sent:
        connection.sendall(sent)
    received = raw.read_until_closed(connection, timeout_s)
    connection.close()
    return received


def _read_slowly(port):
    """Asks for far more than the sockets can hold, then takes one byte of it a second."""
    connection = raw.connect(port, receive_buffer=4096)
    connection.setblocking(False)
    received = raw.Received()
    gone = select.poll()
    gone.register(connection, 0)  # errors and hang-ups only
    unsent = memoryview(http_cases.get("/api/v1/openapi.yaml") * 30_000)
    blocked_since = time.monotonic()
    began = blocked_since
    while time.monotonic() - began < 70:
        try:
            if unsent:
                unsent = unsent[connection.send(unsent[:16384]):]
                blocked_since = time.monotonic()
                continue
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        except (ssl.SSLError, OSError):
            received.closed = "reset"
            break
        # A reset shows at once in poll, but in recv only behind all that came before it.
        if gone.poll(1000):
            received.closed = "reset"
            break
        try:
            if not socket.socket.recv(connection, 1):
                received.closed = "eof"
                break
        except BlockingIOError:
            pass
        except OSError:
            received.closed = "reset"
            break
    received.seconds = time.monotonic() - blocked_since
    connection.close()
    return received


class SlowClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service().start()
        port = cls.service.port
        head = http_cases.get()
        cls.runs = {
            "no handshake": Run(lambda: _slow_handshake(port, b"")),
            "a byte of ClientHello": Run(lambda: _slow_handshake(port, b"\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03")),
            "request line": Run(lambda: raw.trickle(port, b"", head, 40)),
            "header": Run(lambda: raw.trickle(port, head[:-2], b"X: " + b"a" * 60, 40)),
            "header ten a second": Run(lambda: raw.trickle(port, head[:-2], b"X: " + b"a" * 400, 40, 0.1)),
            "CRLFs": Run(lambda: raw.trickle(port, b"", b"\r\n" * 40, 40)),
            "body": Run(lambda: raw.trickle(port, http_cases.post("Content-Length: 1000"), b"{" + b" " * 60, 40)),
            "no body": Run(lambda: _wait_for_close(port, http_cases.post("Content-Length: 1000"), 40)),
            "no version": Run(lambda: _wait_for_close(port, b"GET / \r\n\r\n", 40)),
            "half a head": Run(lambda: _wait_for_close(port, head[:20], 40)),
            "idle before": Run(lambda: _wait_for_close(port, b"", 60)),
            "idle after": Run(lambda: _wait_for_close(port, head, 60)),
            "reader": Run(lambda: _read_slowly(port)),
        }
        cls.honest_s = []
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and any(run.is_alive() for run in cls.runs.values()):
            began = time.monotonic()
            with cls.service.client() as client:
                client.get("/healthz")
            cls.honest_s.append(time.monotonic() - began)
            time.sleep(1.0)

    @classmethod
    def tearDownClass(cls):
        cls.service.close()

    def assert_cut(self, name, earliest_s, latest_s, statuses=((), (408,))):
        run = self.runs[name]
        self.assertFalse(run.is_alive(), f"{name}: never cut")
        self.assertIsNone(run.error, name)
        received = run.received
        self.assertIsNotNone(received.closed, f"{name}: not cut: {received}")
        self.assertIn(tuple(received.statuses), statuses, f"{name}: {received}")
        self.assertGreater(received.seconds, earliest_s, f"{name} was cut early: {received}")
        self.assertLess(received.seconds, latest_s + _SLACK_S, f"{name} was cut late: {received}")

    def test_the_handshake_has_five_seconds(self):
        self.assert_cut("no handshake", _HANDSHAKE_S - _EARLY_S, _HANDSHAKE_S)
        self.assert_cut("a byte of ClientHello", 0, _HANDSHAKE_S)

    def test_the_head_has_ten_seconds_however_it_drips(self):
        for name in ("request line", "header", "header ten a second", "half a head"):
            with self.subTest(name):
                self.assert_cut(name, _HEADER_S - _EARLY_S, _HEADER_S)

    def test_line_ends_before_the_request_line_prolong_nothing(self):
        self.assert_cut("CRLFs", 0, _IDLE_S, ((), (400,), (408,)))

    def test_a_request_line_without_a_version_is_refused_in_ten_seconds(self):
        self.assert_cut("no version", -1, _HEADER_S, ((), (400,), (408,), (505,)))

    def test_the_body_has_fifteen_seconds(self):
        for name in ("body", "no body"):
            with self.subTest(name):
                self.assert_cut(name, _BODY_S - _EARLY_S, _BODY_S)

    def test_an_idle_connection_has_thirty_seconds(self):
        self.assert_cut("idle before", _HEADER_S - _EARLY_S, _IDLE_S)
        self.assert_cut("idle after", _IDLE_S - _EARLY_S, _IDLE_S, ((200,),))

    def test_a_reader_of_one_byte_a_second_is_cut(self):
        self.assert_cut("reader", 0, _WRITE_S)

    def test_honest_clients_are_answered_meanwhile(self):
        self.assertTrue(self.service.running())
        self.assertLess(max(self.honest_s), 5.0, "an honest client waited for the slow ones")


if __name__ == "__main__":
    unittest.main()
