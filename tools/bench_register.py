# SPDX-License-Identifier: Apache-2.0
"""`tools/bench register`: registering and matching a person among many, by the service's own registrar and writer, beside SQLite that does
the same look-ups and rows in a copy of the same database."""

import collections
import os
import shutil
import statistics

import bench_city
from bench_rounds import Rounds, ratio
from bench_table import line, progress

PROGRAMS = ("bench_register", bench_city.PROGRAM)

Size = collections.namedtuple("Size", "city count rounds")
FULL = Size(bench_city.City(1_200_000, 3_000, 0), 10_000, 5)
SHORT = Size(bench_city.City(20_000, 100, 0), 2_000, 2)


def run(place, size):
    """(lines, raw figures)."""
    copy = bench_city.copy_of(size.city, place.kept, os.path.join(place.folder, "register"), place.programs[bench_city.PROGRAM])
    reference = os.path.join(place.folder, "reference.db")
    shutil.copyfile(os.path.join(copy.data, "chayan.db"), reference)
    with Rounds(place.programs["bench_register"], ["--data", copy.data, "--reference", reference, "--people", size.city.people, "--count", size.count],
                copy.data + ".log", "end") as rounds:
        for turn in range(size.rounds):
            progress(f"round {turn + 1} of {size.rounds}")
            rounds.round()
    lines = []
    for whom, what in (("new", "a new person"), ("known", "a known person")):
        for name, unit, title, bound in (("cpu_s", "ms", f"register {what} among {size.city.people:,}: CPU", 0.2), ("seconds", "ms", "    time, 64 at once", None)):
            ours, theirs = ([1e3 * one[name] / one["count"] for one in rounds.all_of(what=who, whom=whom)] for who in ("ours", "plain"))
            lines.append(line(title, statistics.median(ours), unit, "plain SQLite", statistics.median(theirs), ratio(ours, theirs), bound, bound is not None))
    return lines, {"rounds": rounds.figures}
