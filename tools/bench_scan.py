# SPDX-License-Identifier: Apache-2.0
"""`tools/bench scan`: a durable scan's cost over the network beside nginx `return 204`, in turns in one run; memory of an empty store and
of idle connections; and whether every acknowledged scan is there after a kill. What is printed are medians of the rounds, and the median
of each round's ratio."""

import collections
import os
import signal
import sqlite3
import statistics
import sys

from bench_rounds import ratio
from bench_servers import Chayan, Load, Nginx, find_nginx, resident_bytes
from bench_table import line, progress

PROGRAMS = ("chayan", "load_driver")

Size = collections.namedtuple("Size", "rounds people kept fresh connections idle")
FULL = Size(5, 50_000, 60_000, 4_000, 64, 2_000)
SHORT = Size(3, 5_000, 8_000, 800, 64, 400)
TIMES = {"p50_ms": "p50", "p99_ms": "p99", "p999_ms": "p99.9", "max_ms": "longest"}


def run(place, size):
    """(lines, raw figures)."""
    raw, folder = {}, place.folder
    load = Load(place.programs["load_driver"])
    chayan = Chayan(os.path.join(folder, "chayan"), place.programs["chayan"])
    os.makedirs(chayan.folder)
    nginx, program = None, find_nginx()
    if not program:
        print("nginx is not here, so nothing stands beside the scans: apt-get install --no-install-recommends nginx-light", file=sys.stderr)
    try:
        chayan.found()
        if program:
            os.makedirs(os.path.join(folder, "nginx"))
            nginx = Nginx(os.path.join(folder, "nginx"), program, os.path.join(chayan.data, "keys")).start()
        lines = _memory(load, chayan.start(), nginx, size, raw)
        credentials = os.path.join(folder, "credentials")
        progress(f"registering {size.people} residents")
        registering = load(chayan, "register", "--people", size.people, "--credentials", credentials, "--connections", size.connections)
        raw["register"] = registering
        lines.append(line("registration: server CPU", registering["cpu_us"], "µs", bound=200, bounds_value=True))
        lines += _scans(folder, load, chayan, nginx, size, raw)
        lines += _verify(folder, load, chayan, size, raw)
        return lines, raw
    finally:
        chayan.end()
        if nginx:
            nginx.end()


def _memory(load, chayan, nginx, size, raw):
    empty = resident_bytes(nginx.pids) / 1e6 if nginx else None
    lines = [line("memory, empty store", resident_bytes(chayan.pids) / 1e6, "MB", "nginx" if nginx else "", empty, bound=25, bounds_value=True)]
    ours = load.idle_bytes(chayan, "/healthz", 200, size.idle)
    theirs = load.idle_bytes(nginx, "/", 204, size.idle) if nginx else None
    raw["idle_bytes"] = {"chayan": ours, "nginx": theirs}
    lines.append(line("memory for each idle connection", ours / 1e3, "kB", "nginx" if nginx else "", theirs and theirs / 1e3))
    return lines


def _scans(folder, load, chayan, nginx, size, raw):
    """Rounds in turn: nginx, then Chayan, in each way to connect."""
    ways = (("keep", size.kept), ("fresh", size.fresh), ("resume", size.fresh))
    made = 0
    rounds = raw["rounds"] = []
    # A first, uncounted piece: caches, the day's key, the heap.
    warm = size.kept // 4
    words = ["--credentials", os.path.join(folder, "credentials"), "--codes", chayan.codes, "--connections", size.connections]
    acknowledged = ["--acknowledged", os.path.join(folder, "acknowledged")]
    load(chayan, "scan", *words, *acknowledged, "--requests", warm)
    made += warm
    for number in range(size.rounds):
        progress(f"round {number + 1} of {size.rounds}")
        figures = {}
        for way, count in ways:
            more = ["--requests", count, "--first", made, f"--{way}"]
            if nginx:
                figures[f"nginx {way}"] = load(nginx, "scan", *words, *more, "--expect", 204)
            figures[f"chayan {way}"] = load(chayan, "scan", *words, *acknowledged, *more)
            made += count
        rounds.append(figures)
    raw["scans"] = made
    bounds = {"keep": 2.0, "fresh": 1.1, "resume": None}
    names = {"keep": f"{size.connections} kept connections", "fresh": "fresh connections, full handshake", "resume": "resumed connections"}
    lines = []
    for way, _ in ways:
        lines.append(_beside(rounds, f"scan: server CPU, {names[way]}", way, "cpu_us", "µs", bounds[way]))
        lines.append(_beside(rounds, "    scans a second", way, "per_second", "/s", None))
    for name in TIMES:
        lines.append(_beside(rounds, f"    {TIMES[name]} on kept connections", "keep", name, "ms", None))
    return lines


def _beside(rounds, what, way, name, unit, bound):
    ours = [figures[f"chayan {way}"][name] for figures in rounds]
    theirs = [figures[f"nginx {way}"][name] for figures in rounds if f"nginx {way}" in figures]
    return line(what, statistics.median(ours), unit, "nginx" if theirs else "", statistics.median(theirs) if theirs else None,
                ratio(ours, theirs) if theirs else None, bound)


def _verify(folder, load, chayan, size, raw):
    """Ends the server by SIGKILL, starts it again, and asks for every acknowledged scan."""
    progress("kill -9, then every acknowledged scan once more")
    chayan.end(signal.SIGKILL)
    chayan.start()
    again = load(chayan, "verify", "--acknowledged", os.path.join(folder, "acknowledged"), "--connections", size.connections)
    raw["verify"] = again
    chayan.end()
    with sqlite3.connect(f"file:{chayan.data}/chayan.db?mode=ro", uri=True) as store:
        rows = store.execute("SELECT count(*) FROM scan").fetchone()[0]
    store.close()
    if not rows == again["requests"] == raw["scans"]:
        raise RuntimeError(f"{raw['scans']} scans acknowledged, {again['requests']} confirmed, {rows} in the store")
    return [line(f"acknowledged scans lost after kill -9, of {rows:,}", 0, "scans", bound=0, bounds_value=True)]
