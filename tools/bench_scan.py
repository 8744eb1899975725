# SPDX-License-Identifier: Apache-2.0
"""`tools/bench scan`: a durable scan's cost over the network beside nginx `return 204`, in turns in one run; the writer's rows a
second beside plain SQLite; bytes a row; memory. What is printed are medians of the rounds, and the median of each round's ratio."""

import collections
import json
import os
import signal
import sqlite3
import statistics
import subprocess
import sys

from bench_servers import Chayan, Load, Nginx, find_nginx, resident_bytes

# value and reference in `unit`; `ratio` of the two where both are there; `bound` holds for the ratio, or for the value when
# `bounds_value`; `more_is_better` only says how to read the ratio.
Line = collections.namedtuple("Line", "what value unit beside reference ratio bound bounds_value")

PROGRAMS = ("chayan", "load_driver", "bench_writer")

Size = collections.namedtuple("Size", "rounds people kept fresh connections idle rows writer_people writer_seconds writer_rounds most")
FULL = Size(5, 50_000, 60_000, 4_000, 64, 2_000, 10_000_000, 200_000, 3, 3, 300_000)
SHORT = Size(3, 5_000, 8_000, 800, 64, 400, 500_000, 20_000, 1, 1, 100_000)
GROUPS = (1, 100, 10_000)
TIMES = {"p50_ms": "p50", "p99_ms": "p99", "p999_ms": "p99.9", "max_ms": "longest"}


def line(what, value, unit, beside="", reference=None, ratio=None, bound=None, bounds_value=False):
    if ratio is None and reference:
        ratio = value / reference
    return Line(what, value, unit, beside, reference, ratio, bound, bounds_value)


def progress(text):
    print(f"  … {text}", file=sys.stderr, flush=True)


def run(folder, programs, size):
    """(lines, raw figures); `programs` are the paths of chayan, load_driver and bench_writer."""
    raw = {}
    lines = _network(folder, programs, size, raw)
    lines += _writer(folder, programs["bench_writer"], size, raw)
    return lines, raw


# The network

def _network(folder, programs, size, raw):
    load = Load(programs["load_driver"])
    chayan = Chayan(os.path.join(folder, "chayan"), programs["chayan"])
    os.makedirs(chayan.folder)
    nginx, program = None, find_nginx()
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
        return lines
    finally:
        chayan.end()
        if nginx:
            nginx.end()


def _memory(load, chayan, nginx, size, raw):
    lines = [line("memory, empty store", resident_bytes(chayan.pids) / 1e6, "MB", bound=25, bounds_value=True)]
    ours = load.idle_bytes(chayan, "/healthz", 200, size.idle)
    theirs = load.idle_bytes(nginx, "/", 204, size.idle) if nginx else None
    raw["idle_bytes"] = {"chayan": ours, "nginx": theirs}
    lines.append(line("memory for each idle connection", ours / 1e3, "kB", "nginx", theirs and theirs / 1e3))
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
    ratio = statistics.median(a / b for a, b in zip(ours, theirs) if b > 0) if theirs else None
    return line(what, statistics.median(ours), unit, "nginx" if theirs else "", statistics.median(theirs) if theirs else None, ratio, bound)


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
    return [line("acknowledged scans lost after kill -9", 0, f"of {rows}", bound=0, bounds_value=True)]


# The writer

class _Writer:
    """One bench_writer on a store of so many rows; a context, and `figures` what it has printed."""

    def __init__(self, folder, program, rows, size):
        self.figures = []
        data = os.path.join(folder, f"writer-{rows}")
        os.makedirs(data)
        self._errors = open(data + ".log", "w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [program, "--data", data, "--rows", str(rows), "--people", str(size.writer_people), "--seconds", str(size.writer_seconds),
             "--most", str(size.most)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.communicate()   # the end of its input ends it
        self._errors.close()

    def read_until(self, what):
        while not self.figures or self.figures[-1]["what"] != what:
            text = self._process.stdout.readline()
            if not text:
                self._errors.seek(0)
                raise RuntimeError(f"bench_writer ended: {self._errors.read()[-400:].strip()}")
            self.figures.append(json.loads(text))

    def round(self):
        self.figures.append({"what": "round"})
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.read_until("sync")


def _writer(folder, program, size, raw):
    lines = []
    progress("the writer on an empty store")
    with _Writer(folder, program, 0, size) as empty:
        empty.read_until("start")
        progress(f"the writer on {size.rows:,} rows: filling")
        with _Writer(folder, program, size.rows, size) as full:
            full.read_until("start")
            for number in range(size.writer_rounds):
                progress(f"round {number + 1} of {size.writer_rounds}")
                empty.round()
                full.round()
    raw["writer"] = {"0": empty.figures, str(size.rows): full.figures}
    lines += _rates(empty.figures, "on an empty store")
    lines += _rates(full.figures, f"on {size.rows:,} rows")
    for group in GROUPS:
        costs = [_costs(found, group) for found in (full.figures, empty.figures)]
        ratio = statistics.median(a / b for a, b in zip(*costs))
        lines.append(line(f"row's time, {group:,} a commit, {size.rows:,} rows", statistics.median(costs[0]), "µs", "empty store",
                          statistics.median(costs[1]), ratio, 1.1))
    syncs = [one["per_second"] for found in (empty.figures, full.figures) for one in found if one["what"] == "sync"]
    lines.append(line("4 KiB and fdatasync, this disk", statistics.median(syncs), "/s"))
    return lines + _bytes(full.figures, size)


def _costs(found, group):
    """Microseconds a row of each round."""
    return [1e6 * one["seconds"] / one["rows"] for one in found if one["what"] == "writer" and one["group"] == group]


def _middle(found, what, group, name):
    return statistics.median(one[name] for one in found if one["what"] == what and one["group"] == group)


def _rates(found, where):
    for group in GROUPS:
        ours, theirs = ([one["rows"] / one["seconds"] for one in found if one["what"] == what and one["group"] == group]
                        for what in ("writer", "plain"))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs))
        yield line(f"writer, {group:,} a commit, {where}", statistics.median(ours), "rows/s", "plain SQLite", statistics.median(theirs), ratio)


def _bytes(found, size):
    start = next(one for one in found if one["what"] == "start")
    wal = max(one["wal_bytes"] for one in found if one["what"] == "sync")
    at_rest = start["file_bytes"] / size.rows
    lines = [line("bytes a row in the file", at_rest, "B", bound=44, bounds_value=True),
             line("bytes a row with the write-ahead log", (start["file_bytes"] + wal) / size.rows, "B")]
    for group in GROUPS:
        written = _middle(found, "writer", group, "written_bytes") / _middle(found, "writer", group, "rows")
        plain = _middle(found, "plain", group, "written_bytes") / _middle(found, "plain", group, "rows")
        lines.append(line(f"bytes written to disk a row, {group:,} a commit", written, "B", "plain SQLite", plain))
    lines.append(line(f"memory a visit, {size.rows:,} rows", start["resident_bytes"] / size.rows, "B", bound=16, bounds_value=True))
    lines.append(line(f"start: ready for scans, {size.rows:,} rows", start["open_s"], "s"))
    lines.append(line(f"start: ready for questions, {size.rows:,} rows", start["ready_s"], "s"))
    return lines
