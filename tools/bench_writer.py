# SPDX-License-Identifier: Apache-2.0
"""`tools/bench writer`: the writer's rows a second beside plain SQLite, over many scans and over none in turns; bytes a row on
disk; memory for each visit."""

import collections
import os
import statistics

import bench_city
from bench_rounds import Rounds, ratio
from bench_table import line, progress

PROGRAMS = ("bench_writer", bench_city.PROGRAM)

Size = collections.namedtuple("Size", "city seconds rounds most")
FULL = Size(bench_city.City(1_200_000, 3_000, 30_000_000), 3, 5, 300_000)
SHORT = Size(bench_city.City(20_000, 100, 500_000), 1, 1, 100_000)
GROUPS = (1, 100, 10_000)
WATCHED = 5_000


def run(place, size):
    """(lines, raw figures)."""
    bare = size.city._replace(rows=0)
    watched = min(WATCHED, bare.people // 2)
    with _started(place, size, bare) as empty, _started(place, size, size.city) as full, _started(place, size, bare, watched) as watching, \
            _started(place, size, bare, watched, alerts=1) as alerting:
        for one in (empty, full, watching, alerting):
            one.read_until("start")
        for turn in range(size.rounds):
            progress(f"round {turn + 1} of {size.rounds}")
            for one in (empty, watching, alerting, full) if turn % 2 == 0 else (full, alerting, watching, empty):
                one.round()
    rows = size.city.rows
    lines = [*_rates(empty, "without scans"), *_rates(full, f"on {rows:,} rows"), *_costs(full, empty, f"{rows:,} rows", "without scans", 1.1),
             *_costs(watching, empty, f"{watched:,} on the ledger who stay in", "none", 1.05),
             *_costs(alerting, empty, f"{watched:,} on the ledger who scan: alerts", "none"), *_syncs(empty, full, watching, alerting), *_bytes(full, rows)]
    return lines, {"0": empty.figures, "watching": watching.figures, "alerting": alerting.figures, str(rows): full.figures, "grown_bytes": full.city.grown_bytes, "fill_s": full.city.seconds}


def _started(place, size, city, watched=0, alerts=0):
    copy = bench_city.copy_of(city, place.kept, os.path.join(place.folder, f"writer-{city.rows}-{watched}-{alerts}"), place.programs[bench_city.PROGRAM])
    rounds = Rounds(place.programs["bench_writer"], ["--data", copy.data, "--people", city.people, "--sites", city.sites, "--rows", city.rows,
                                                     "--seconds", size.seconds, "--most", size.most, "--watched", watched, "--alerts", alerts], copy.data + ".log", "sync")
    rounds.city = copy
    return rounds


def _row_us(rounds, what, group):
    """Of each round."""
    return [1e6 * one["seconds"] / one["rows"] for one in rounds.all_of(what=what, group=group)]


def _rates(rounds, where):
    for group in GROUPS:
        ours, theirs = ([1e6 / cost for cost in _row_us(rounds, what, group)] for what in ("writer", "plain"))
        yield line(f"writer, {group:,} a commit, {where}", statistics.median(ours), "rows/s", "plain SQLite", statistics.median(theirs),
                   ratio(ours, theirs))


def _costs(one, other, what, beside, most=None):
    for group in GROUPS:
        ours, theirs = (_row_us(rounds, "writer", group) for rounds in (one, other))
        yield line(f"row's time, {group:,} a commit, {what}", statistics.median(ours), "µs", beside, statistics.median(theirs), ratio(ours, theirs), most)


def _syncs(*all_rounds):
    syncs = [one["per_second"] for rounds in all_rounds for one in rounds.all_of(what="sync")]
    yield line("4 KiB and fdatasync, this disk", statistics.median(syncs), "/s")


def _bytes(full, rows):
    wal = max(one["wal_bytes"] for one in full.all_of(what="sync"))
    yield line("bytes a scan in the file", full.city.grown_bytes / rows, "B", bound=44, bounds_value=True)
    yield line("bytes a scan with the write-ahead log", (full.city.grown_bytes + wal) / rows, "B")
    for group in GROUPS:
        written, plain = ([one["written_bytes"] / one["rows"] for one in full.all_of(what=what, group=group)] for what in ("writer", "plain"))
        reference = statistics.median(plain)
        yield line(f"bytes written to disk a scan, {group:,} a commit", statistics.median(written), "B", "plain SQLite" if reference else "",
                   reference or None)
    start = full.all_of(what="start")[0]
    yield line(f"memory a visit: the process over {rows:,} scans", start["resident_bytes"] / rows, "B", bound=16, bounds_value=True)
