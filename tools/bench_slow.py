# SPDX-License-Identifier: Apache-2.0
"""`tools/bench slow`: honest scans among ten thousand connections that dribble (SECURITY R7). A third never begins TLS, a third sends a byte of a head a second,
a third a byte of a body; whoever is cut comes again at once. The attacker is a process of its own on the same cores, and its handshakes cost the service as much
as honest ones. Scans fall due at a fixed rate and count from then, half on kept connections and half with a handshake each.

    tools/bench_slow.py PORT COUNT    the attacker: a line of JSON a second, until its input ends"""

import collections
import errno
import heapq
import json
import os
import resource
import select
import socket
import ssl
import subprocess
import sys
import threading
import time

if __name__ != "__main__":
    from bench_overload import Driver, Peak
    from bench_servers import Chayan, resident_bytes
    from bench_table import line, progress

PROGRAMS = ("chayan", "load_driver")

Size = collections.namedtuple("Size", "people slow seconds rate fresh_rate")
FULL = Size(5_000, 10_000, 60, 500, 50)
SHORT = Size(500, 1_000, 5, 100, 20)

HONEST_P99_MS_MAX = 250
MEMORY_MB_MAX = 1_000
GONE_S_MAX = 30    # a body has 15 s, a connection that asked nothing more 30


def run(place, size):
    """(lines, raw figures)."""
    chayan = Chayan(place.folder, place.programs["chayan"])
    chayan.found()
    chayan.start()
    try:
        driver = Driver(place, chayan)
        progress(f"registering {size.people:,} residents")
        driver.register(size.people)
        raw = {"before": _honest(driver, size)}
        before = resident_bytes(chayan.pids)
        with Attack(chayan.port, size.slow) as attack, Peak(chayan) as peak:
            progress(f"{size.slow:,} slow connections")
            attack.wait_until_grown(size.slow)
            raw["grown_s"], raw["among"] = attack.seconds, _honest(driver, size)
            raw["attack"] = attack.last
        raw["memory"] = {"before": before, "peak": peak.bytes}
        raw["gone_s"] = _until_gone(chayan, 20)
        raw["after"] = _honest(driver, size)
    finally:
        chayan.end()
    return lines_of(raw, size), raw


def _honest(driver, size):
    progress("honest scans, kept connections and new ones")
    return {"kept": driver.scan(64, "--rate", size.rate, "--seconds", size.seconds / 2), "fresh": driver.scan(64, "--fresh", "--rate", size.fresh_rate, "--seconds", size.seconds / 2)}


def _until_gone(chayan, more):
    """Seconds until the server has no more open files than at rest and `more`."""
    began = time.monotonic()
    while len(os.listdir(f"/proc/{chayan.process.pid}/fd")) > 64 + more and time.monotonic() - began < 120:
        time.sleep(0.1)
    return time.monotonic() - began


def lines_of(raw, size):
    lines = []
    for way, name in (("kept", "kept connections"), ("fresh", "a handshake each")):
        before, among = raw["before"][way], raw["among"][way]
        lines.append(line(f"an honest scan among {size.slow:,} slow ones: p99, {name}", among["p99_ms"], "ms", "without them", before["p99_ms"], bound=HONEST_P99_MS_MAX, bounds_value=True))
        lines.append(line(f"    of {among['requests']:,} not taken", among["requests"] - among["accepted"], "", bound=0, bounds_value=True))
    attack, memory = raw["attack"], raw["memory"]
    lines += [line("slow connections open", attack["open"], ""), line("    opened until then", attack["opened"], ""), line("    cut by the service until then", attack["cut"], ""),
              line("memory at most", memory["peak"] / 1e6, "MB", "before", memory["before"] / 1e6, bound=MEMORY_MB_MAX, bounds_value=True),
              line("all slow ones gone after the end", raw["gone_s"], "s", bound=GONE_S_MAX, bounds_value=True)]
    return lines


class Attack:
    """The attacker, running; a context. `last`: its newest figures; `seconds`: how long it took to grow."""

    def __init__(self, port, count):
        self.last, self.seconds = {"open": 0, "opened": 0, "cut": 0}, 0
        self._began = time.monotonic()
        self._process = subprocess.Popen([sys.executable, os.path.abspath(__file__), str(port), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        for text in self._process.stdout:
            self.last = json.loads(text)

    def wait_until_grown(self, count, share=0.95, patience_s=120):
        while self.last["open"] < share * count and time.monotonic() - self._began < patience_s:
            if self._process.poll() is not None:
                raise RuntimeError("the attacker ended by itself")
            time.sleep(0.2)
        self.seconds = time.monotonic() - self._began

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()
        self._thread.join()


# The attacker

HEAD = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "
BODY = b"POST /api/v1/registrations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{"
SILENT, HEADS, BODIES = range(3)
OPENING_MAX = 200   # at once, so that the backlog is not what is measured


class Slow:
    """One connection. `turn`: when its next byte is due."""

    def __init__(self, number, port, context):
        self.kind, self.socket, self.is_ready = number % 3, socket.socket(), False
        self.socket.setblocking(False)
        done = self.socket.connect_ex(("127.0.0.1", port))
        if done not in (0, errno.EINPROGRESS):
            raise OSError(done, os.strerror(done))
        self.fd = self.socket.fileno()
        if self.kind == SILENT:
            self.is_ready = True
            return
        self.plain = self.socket
        self.socket = None
        self.context = context

    def step(self):
        """Goes on with the handshake; True once it stands."""
        if self.is_ready:
            return True
        try:
            if self.socket is None:
                self.socket = self.context.wrap_socket(self.plain, do_handshake_on_connect=False)
                self.socket.setblocking(False)
            self.socket.do_handshake()
            self.socket.send(HEAD if self.kind == HEADS else BODY)
            self.is_ready = True
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        except OSError as error:
            if error.errno == errno.ENOTCONN:
                return False
            raise
        return True

    def dribble(self):
        if self.kind != SILENT:
            self.socket.send(b"a")

    def close(self):
        (self.socket or self.plain).close()


def attack(port, count):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    poll, by_fd, turns, opening = select.epoll(), {}, [], set()
    poll.register(sys.stdin.fileno(), select.EPOLLIN | select.EPOLLHUP)
    opened = cut = 0
    told = time.monotonic()

    def drop(one):
        by_fd.pop(one.fd, None)
        opening.discard(one.fd)
        one.close()

    while True:
        now = time.monotonic()
        while len(by_fd) < count and len(opening) < OPENING_MAX:
            one = Slow(opened, port, context)
            opened += 1
            by_fd[one.fd] = one
            opening.add(one.fd)
            poll.register(one.fd, select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET)
        for fd, event in poll.poll(0.05):
            if fd == sys.stdin.fileno():
                return
            one = by_fd.get(fd)
            if one is None:
                continue
            try:
                if event & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                    raise ConnectionResetError
                if fd in opening and one.step():
                    opening.discard(fd)
                    heapq.heappush(turns, (now + 1, opened, fd, one))
            except OSError:
                cut += 1
                drop(one)
        while turns and turns[0][0] <= now:
            _, order, fd, one = heapq.heappop(turns)
            if by_fd.get(fd) is not one:
                continue
            try:
                one.dribble()
                heapq.heappush(turns, (now + 1, order, fd, one))
            except OSError:
                cut += 1
                drop(one)
        if now - told >= 1:
            told = now
            print(json.dumps({"open": len(by_fd) - len(opening), "opened": opened, "cut": cut}), flush=True)


if __name__ == "__main__":
    attack(int(sys.argv[1]), int(sys.argv[2]))
