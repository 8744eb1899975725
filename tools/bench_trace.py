# SPDX-License-Identifier: Apache-2.0
"""`tools/bench trace`: a tracer's questions to the contact index of the reference city, each beside the same question to SQLite with clustered
indexes and to PostgreSQL with B-trees on the same machine, in turns; all three have to answer alike, row by row.

Ours is asked in its own process, SQLite in this one, PostgreSQL over a Unix socket. Where an answer is long, what is measured there only counts
and adds up its rows (ours makes them all, in order), and the rows come by the same statement once more, unmeasured. Repeats and visits are
derived when a database is loaded, and read there; ours derives them when asked. From the start of the service until it answers: `tools/bench start`."""

import collections
import contextlib
import json
import os
import random
import statistics
import sys

import bench_city
from bench_rounds import Rounds, ratio
from bench_table import line, percentile, progress
from bench_trace_stores import Postgres, Sqlite, opened

PROGRAMS = ("bench_trace",)

Size = collections.namedtuple("Size", "people sites visits exits persons lingers degrees groups group passages trajectories")
FULL = Size(1_200_000, 3_000, 22_000_000, 8_000_000, 200, 50, 5, 2, 1_000, 20, 200)
SHORT = Size(60_000, 300, 1_000_000, 350_000, 40, 10, 3, 1, 100, 10, 40)

LINGER_S = 1_800
NEAREST = 100
# What decides which visits there are: the databases are loaded again when it changes.
_SOURCES = [os.path.join("tools", name) for name in ("bench_trace.cpp", "bench_index_city.cpp", "bench_index_city.hpp")] + \
    [os.path.join("server", "domain", "visit.cpp")]

# `ours`: a line for the program. `theirs(store)`: (milliseconds, rows of numbers). Both answer the same rows in any order.
Question = collections.namedtuple("Question", "what ours theirs")


def run(place, size):
    """(lines, raw figures)."""
    with contextlib.ExitStack() as stack:
        progress(f"a city of {size.visits + size.exits:,} scans in memory")
        words = [word for name in ("people", "sites", "visits", "exits") for word in (f"--{name}", getattr(size, name))]
        index = stack.enter_context(Rounds(place.programs["bench_trace"], words, os.path.join(place.folder, "log"), "answer"))
        index.read_until("city")
        city = index.figures[0]
        dumped = []

        def dump():
            if not dumped:
                progress("writing the city down")
                dumped.append(place.folder)
                index.ask(f"dump {place.folder}")
            return dumped[0]

        wanted = {"city": list(size[:4]), "sources": bench_city.digest_of(_SOURCES)}
        stores = [stack.enter_context(opened(kind, place.kept, wanted, dump)) for kind in _kinds(place.kept)]
        answers = _measure(index, stores, questions(size, city["first_day"]))
        return lines_of(city, {store.name: store.bytes for store in stores}, answers, size), {"city": city, "answers": answers}


def _kinds(kept):
    obstacle = Postgres.obstacle(kept)
    if obstacle:
        print(f"{obstacle}; SQLite stands alone beside the questions", file=sys.stderr)
    return [Sqlite] if obstacle else [Sqlite, Postgres]


def questions(size, first_day):
    """All of them, the same each time."""
    chance = random.Random(7)

    def anybody():
        return chance.randint(1, size.people)

    for what, count in (("warm", 10), ("person", size.persons)):
        for _ in range(count):
            yield _contacts(what, anybody(), None)
    for _ in range(size.lingers):
        yield _contacts("linger", anybody(), LINGER_S)
    for _ in range(size.degrees):
        yield _second_degree(anybody())
    for _ in range(size.groups):
        yield _group(sorted(chance.sample(range(1, size.people + 1), size.group)))
    for _ in range(size.passages):
        begin = first_day + chance.randrange(14) * 86_400 + chance.randrange(7 * 3600, 19 * 3600)
        yield _passages(1, begin, begin + 7_200)
    for _ in range(size.trajectories):
        yield _trajectory(anybody())


def _counted(store, statement, summed):
    """Measured as its sums; the rows by the statement itself."""
    ms, _ = store.ask(f"SELECT count(*), sum({summed}), min(first), max(last) FROM ({statement}) answer")
    return ms, store.ask(statement)[1]


def _is_apart(store, person):
    ms, rows = store.ask(store.questions.overlapping(person))
    return ms, int(rows[0][0]) == 0


def _contacts(what, person, linger_s):
    def theirs(store):
        apart_ms, is_apart = _is_apart(store, person)
        ms, rows = _counted(store, store.questions.contacts(person, is_apart, linger_s), "total")
        return apart_ms + ms, [(1, *row) for row in rows]
    return Question(what, f"contacts {-1 if linger_s is None else linger_s} 1 0 {person}", theirs)


def _second_degree(person):
    def theirs(store):
        apart_ms, is_apart = _is_apart(store, person)
        ms, rows = store.ask(store.questions.second_degree(person, is_apart, NEAREST))
        return apart_ms + ms, rows
    return Question("degree", f"contacts -1 2 {NEAREST} {person}", theirs)


def _group(persons):
    def theirs(store):
        ms, rows = store.ask(store.questions.group(persons))
        return ms, [(1, *row) for row in rows]
    return Question("group", f"contacts -1 1 0 {' '.join(map(str, persons))}", theirs)


def _passages(site, begin, end):
    return Question("passages", f"passages {site} {begin} {end}", lambda store: _counted(store, store.questions.passages(site, begin, end), "scans"))


def _trajectory(person):
    def theirs(store):
        (scans_ms, scans), (visits_ms, visits) = store.ask(store.questions.scans_of(person)), store.ask(store.questions.visits_of(person))
        return scans_ms + visits_ms, scans + visits
    return Question("trajectory", f"trajectory {person}", theirs)


def _measure(index, stores, asked):
    """For each question what it took and how many rows it has; RuntimeError when two answers differ."""
    found, what = [], None
    for question in asked:
        if question.what != what:
            what = question.what
            progress(f"asking: {what}")
        answer = index.ask(question.ours)
        rows = sorted(map(tuple, answer.pop("rows")))
        one = {**answer, "what": what, "rows": len(rows), "beside": {}}
        for store in stores:
            ms, theirs = question.theirs(store)
            if sorted(tuple(map(int, row)) for row in theirs) != rows:
                raise RuntimeError(f"{store.name} answers differently from the index: {question.ours[:80]}")
            one["beside"][store.name] = ms
        found.append(one)
    return found


def lines_of(city, bytes_of, answers, size):
    """`bytes_of`: each store's, by name."""
    lines = []
    for what, title, share, bound in (
            ("person", "contacts of one person: median", 0.5, 0.6), ("person", "contacts of one person: p99", 0.99, 5),
            ("linger", "contacts within ±30 min: median", 0.5, None), ("degree", f"second degree of the {NEAREST} nearest: median", 0.5, 40),
            ("group", f"contacts of {size.group:,} persons: median", 0.5, 1000), ("passages", "passages of the busiest site, 2 h: median", 0.5, None),
            ("trajectory", "one person's scans and visits: median", 0.5, None)):
        of_it = [one for one in answers if one["what"] == what]
        ours = [one["ms"] for one in of_it]
        for number, name in enumerate(bytes_of):
            theirs = [one["beside"][name] for one in of_it]
            beside = ratio(ours, theirs) if share == 0.5 else None   # of the tails themselves else
            lines.append(line(title if number == 0 else "    the same", percentile(ours, share), "ms", name, percentile(theirs, share), beside,
                              bound if number == 0 else None, True))
        if share == 0.5:
            lines.append(line("    rows of the answer", statistics.median(one["rows"] for one in of_it), ""))
    for number, (name, count) in enumerate(bytes_of.items()):
        lines.append(line("memory a visit, with its scans: the index's own count" if number == 0 else "    the same beside the other's disk",
                          city["index_bytes"] / city["visits"], "B", name, count / city["visits"], None, 16 if number == 0 else None, True))
    lines.append(line("scans for each visit", city["scans"] / city["visits"], ""))
    lines.append(line("building the index, each scan", 1e6 * city["build_s"] / city["scans"], "µs"))
    return lines
