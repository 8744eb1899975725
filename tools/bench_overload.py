# SPDX-License-Identifier: Apache-2.0
"""`tools/bench overload`: what scans get while far more is asked than can be done (SECURITY R6). First the capacity, by connections that ask again as
soon as they are answered; then ten times as many connections that do the same, for two minutes, kept and, in a run of its own, each with a handshake
of its own; then how soon it is as before. On a machine that client and server share nobody can send ten times what both together can do: what is
offered is bounded by who asks, not by a rate, and so a scan waits for its turn among all who ask: where nothing is shed, for as long as it takes to answer them
all once. At the end every acknowledged scan is asked for, after a kill."""

import collections
import json
import os
import signal
import subprocess
import threading
import time

from bench_servers import Chayan, resident_bytes
from bench_table import line, progress

PROGRAMS = ("chayan", "load_driver")

Size = collections.namedtuple("Size", "people connections times seconds measure_s fresh_s")
FULL = Size(20_000, 64, 10, 120, 10, 20)
SHORT = Size(2_000, 64, 10, 6, 3, 4)

MEMORY_MORE_MAX = 256      # MB above the start
LATENCY_TIMES_MAX = 3
CAPACITY_TIMES_MAX = 1.25  # over the goodput: 0.8 of the capacity
BACK_S_MAX = 5


class Driver:
    """The load driver; what is shed is a figure, not a failure. `made`: scans sent so far, so that none repeats another's four values."""

    def __init__(self, place, server):
        self._program, self._server, self.made = place.programs["load_driver"], server, 0
        self._files = {name: os.path.join(place.folder, name) for name in ("credentials", "acknowledged")}

    def _run(self, command, *words):
        done = subprocess.run([self._program, command, "--url", self._server.url, "--json", *map(str, words)], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"load_driver {command}: {done.stdout.strip()[:400]} {done.stderr.strip()}")
        return json.loads(done.stdout)

    def register(self, people):
        self._run("register", "--people", people, "--credentials", self._files["credentials"])

    def scan(self, connections, *more):
        figures = self._run("scan", "--credentials", self._files["credentials"], "--codes", self._server.codes, "--acknowledged", self._files["acknowledged"],
                            "--first", self.made, "--connections", connections, *more)
        self.made += figures["requests"]
        figures["accepted"] = figures["requests"] - figures["broken"] - figures["shed"] - figures["wrong"]
        figures["goodput"] = figures["accepted"] / figures["seconds"]
        return figures

    def verify(self):
        return self._run("verify", "--acknowledged", self._files["acknowledged"])


class Peak:
    """The most memory that the server holds while the context lasts."""

    def __init__(self, server):
        self._server, self._over, self.bytes = server, threading.Event(), 0
        self._thread = threading.Thread(target=self._watch)

    def _watch(self):
        while not self._over.wait(0.1):
            self.bytes = max(self.bytes, resident_bytes(self._server.pids))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def run(place, size):
    """(lines, raw figures)."""
    chayan = Chayan(place.folder, place.programs["chayan"])
    chayan.found()
    chayan.start()
    try:
        driver = Driver(place, chayan)
        progress(f"registering {size.people:,} residents")
        driver.register(size.people)
        raw = {}
        lines = _kept(driver, chayan, size, raw) + _fresh(driver, size, raw)
        progress("kill -9, then every acknowledged scan once more")
        chayan.end(signal.SIGKILL)
        chayan.start()
        raw["verify"] = driver.verify()
        lines.append(line(f"of {raw['verify']['requests']:,} acknowledged scans missing after a kill", raw["verify"]["wrong"] + raw["verify"]["broken"], "", bound=0, bounds_value=True))
    finally:
        chayan.end()
    return lines, raw


def _kept(driver, chayan, size, raw):
    crowd = size.connections * size.times
    progress("capacity, and the same at half of it")
    full = raw["capacity"] = driver.scan(size.connections, "--seconds", size.measure_s)
    normal = raw["normal"] = driver.scan(size.connections, "--seconds", size.measure_s, "--rate", int(full["goodput"] / 2))
    before = resident_bytes(chayan.pids)
    progress(f"{crowd} connections without pause for {size.seconds} s")
    with Peak(chayan) as peak:
        over = raw["overload"] = driver.scan(crowd, "--seconds", size.seconds)
    raw["back_s"] = _back(driver, size, normal, full)
    raw["memory"] = {"before": before, "peak": peak.bytes}
    return [line(f"capacity: scans a second, {size.connections} connections", full["goodput"], "/s"),
            line("    p99 at half of it", normal["p99_ms"], "ms"),
            line(f"goodput of {crowd} connections; ratio: capacity over it", over["goodput"], "/s", "capacity", full["goodput"], full["goodput"] / over["goodput"], CAPACITY_TIMES_MAX),
            line(f"    p99 of the accepted among {crowd}", over["p99_ms"], "ms", f"among {size.connections}", full["p99_ms"], bound=LATENCY_TIMES_MAX),
            line("    shed, of each thousand asked", 1000 * over["shed"] / over["requests"], ""),
            *([line("    p99 of the shed", over["shed_p99_ms"], "ms")] if over["shed"] else []),
            line("    memory beyond that before", (peak.bytes - before) / 1e6, "MB", bound=MEMORY_MORE_MAX, bounds_value=True),
            line("    back to normal after", raw["back_s"], "s", bound=BACK_S_MAX, bounds_value=True)]


def _back(driver, size, normal, full):
    """Seconds until a second's p99 at half the capacity is within three times of what it was."""
    began = time.monotonic()
    for _ in range(3 * BACK_S_MAX):
        figures = driver.scan(size.connections, "--seconds", 1, "--rate", int(full["goodput"] / 2))
        if figures["p99_ms"] <= LATENCY_TIMES_MAX * normal["p99_ms"]:
            return max(0.0, time.monotonic() - began - 1)
    return time.monotonic() - began


def _fresh(driver, size, raw):
    crowd = size.connections * size.times
    progress("likewise, each scan with a handshake of its own")
    full = raw["fresh_capacity"] = driver.scan(size.connections, "--fresh", "--seconds", size.fresh_s)
    over = raw["fresh_overload"] = driver.scan(crowd, "--fresh", "--seconds", size.fresh_s)
    return [line("with a handshake each: goodput of the crowd", over["goodput"], "/s", "capacity", full["goodput"], full["goodput"] / over["goodput"], CAPACITY_TIMES_MAX),
            line("    p99 of the accepted, handshake included", over["p99_ms"], "ms", "at capacity", full["p99_ms"])]
