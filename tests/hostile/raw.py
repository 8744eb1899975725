# SPDX-License-Identifier: Apache-2.0
"""Bytes over TLS and nothing else: no library here that would refuse to send what a hostile client sends."""

import re
import select
import socket
import ssl
import struct
import time

from support.client import tls_context

_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})[ \r]")
_CONNECT_TIMEOUT_S = 10

PIPELINED = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Received:
    """What came until the server closed (`closed`: "eof", "reset" or None for not closed) and when."""

    def __init__(self):
        self.bytes = b""
        self.closed = None
        self.seconds = 0.0

    @property
    def statuses(self):
        return [int(status) for status in _STATUS_LINE.findall(self.bytes)]

    def header(self, name):
        """The value of a header of the first answer, or None."""
        head = self.bytes.split(b"\r\n\r\n", 1)[0].decode("latin-1")
        for line in head.split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name.lower():
                return value.strip()
        return None

    def __repr__(self):
        return f"{self.statuses} closed={self.closed} after {self.seconds:.1f} s: {self.bytes[:300]!r}"


def connect(port, receive_buffer=None):
    """A TLS connection that has shaken hands."""
    plain = connect_tcp(port, receive_buffer)
    return tls_context().wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=True)


def connect_tcp(port, receive_buffer=None):
    plain = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if receive_buffer:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    plain.settimeout(_CONNECT_TIMEOUT_S)
    plain.connect(("127.0.0.1", port))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return plain


def reset(connection):
    """Closes with RST in place of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def half_close(connection):
    """FIN in our direction below TLS, without close_notify; answers can still be read."""
    socket.socket.shutdown(connection, socket.SHUT_WR)


def read_until_closed(connection, timeout_s, quiet_s=None):
    """Reads until the server closes, `timeout_s` have passed, or nothing came for `quiet_s`."""
    received = Received()
    began = time.monotonic()
    last = began
    while True:
        now = time.monotonic()
        left = began + timeout_s - now
        if quiet_s is not None:
            left = min(left, last + quiet_s - now)
        if left <= 0:
            break
        connection.settimeout(left)
        try:
            part = connection.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            break
        except (ssl.SSLError, OSError):
            received.closed = "reset"
            break
        if not part:
            received.closed = "eof"
            break
        received.bytes += part
        last = time.monotonic()
    received.seconds = time.monotonic() - began
    return received


def exchange(port, raw, timeout_s=8.0, quiet_s=None):
    """Sends `raw` on a fresh connection while reading, so that neither side waits for the other for ever."""
    connection = connect(port)
    received = Received()
    began = time.monotonic()
    last = began
    connection.setblocking(False)
    unsent = memoryview(raw)
    try:
        while True:
            now = time.monotonic()
            if now - began > timeout_s or (quiet_s is not None and not unsent and now - last > quiet_s):
                break
            if unsent:
                unsent = _send_some(connection, unsent)
            wanted = [connection] if unsent else []
            if not connection.pending():
                select.select([connection], wanted, [], 0.05)
            part = _receive_some(connection)
            if part == b"":
                received.closed = "eof"
                break
            if part is not None:
                received.bytes += part
                last = time.monotonic()
    except (ssl.SSLError, OSError):
        received.closed = "reset"
    received.seconds = time.monotonic() - began
    connection.close()
    return received


def _send_some(connection, unsent):
    """What is left to send. A write error is not the end: an answer may still lie in our receive buffer."""
    try:
        return unsent[connection.send(unsent[:16384]):]
    except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
        return unsent
    except (ssl.SSLError, OSError):
        return unsent[:0]


def _receive_some(connection):
    """Bytes, b"" at the end, None when nothing waits."""
    try:
        return connection.recv(65536)
    except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return None


def trickle(port, head, slow, seconds, interval_s=1.0):
    """Sends `head` at once, then one byte of `slow` each interval; returns what came and when the server closed."""
    connection = connect(port)
    connection.sendall(head)
    received = Received()
    began = time.monotonic()
    for byte in slow:
        if time.monotonic() - began > seconds:
            break
        part = read_until_closed(connection, interval_s)
        received.bytes += part.bytes
        if part.closed:
            received.closed = part.closed
            break
        try:
            connection.sendall(bytes([byte]))
        except (ssl.SSLError, OSError):
            received.closed = "reset"
            break
    received.seconds = time.monotonic() - began
    connection.close()
    return received
