# SPDX-License-Identifier: Apache-2.0
"""`tools/bench start`: from the start of the program on a city's log until a scan is acknowledged, beside the same without scans, and
until questions are answered, beside SQLite that reads the same rows. The kernel has the files in memory, as after a restart of the service."""

import collections
import http.client
import json
import os
import sqlite3
import ssl
import statistics
import time

import bench_city
from bench_rounds import ratio
from bench_servers import Chayan
from bench_table import line, progress

PROGRAMS = ("chayan", bench_city.PROGRAM)

Size = collections.namedtuple("Size", "city rounds")
FULL = Size(bench_city.City(1_200_000, 3_000, 30_000_000), 3)
SHORT = Size(bench_city.City(20_000, 100, 500_000), 1)
PERSON = {"name": "王建华", "document": {"type": "id", "number": "13068219900228001"}, "phone": "14300000001", "notice_version": 2}


def run(place, size):
    """(lines, raw figures)."""
    full = _prepared(place, "full", size.city)
    empty = _prepared(place, "empty", size.city._replace(rows=0))
    raw = {"rounds": []}
    for turn in range(size.rounds):
        progress(f"start {turn + 1} of {size.rounds}")
        figures = {"empty": _start(*empty)}
        figures["sqlite_s"] = _read(full[0].data)
        figures["full"] = _start(*full)
        raw["rounds"].append(figures)
    scans, none, questions, reads = ([figures[name][key] if key else figures[name] for figures in raw["rounds"]] for name, key in
                                     (("full", "scan_s"), ("empty", "scan_s"), ("full", "ready_s"), ("sqlite_s", None)))
    rows = size.city.rows
    lines = [line(f"start with {rows:,} scans: a scan acknowledged", statistics.median(scans), "s", "without scans", statistics.median(none),
                  ratio(scans, none), 1, True),
             line(f"start with {rows:,} scans: questions answered", statistics.median(questions), "s", "SQLite reads rows", statistics.median(reads),
                  ratio(questions, reads), 10, True)]
    return lines, raw


def _prepared(place, name, city):
    """A server that is not running, and somebody's scan there."""
    folder = os.path.join(place.folder, name)
    os.mkdir(folder)
    chayan = Chayan(folder, place.programs["chayan"])
    bench_city.copy_of(city, place.kept, chayan.data, place.programs[bench_city.PROGRAM])
    chayan.set_limits()
    chayan.note_codes()
    with open(chayan.codes, encoding="ascii") as file:
        code = file.readline().strip()
    chayan.start()
    try:
        document = {**PERSON["document"], "number": PERSON["document"]["number"] + _check_character(PERSON["document"]["number"])}
        status, answer = _post(chayan.port, "/api/v1/registrations", {**PERSON, "document": document})
    finally:
        chayan.end()
    if status != 201:
        raise RuntimeError(f"a resident was not registered: {status} {answer}")
    return chayan, answer["credential"], code


def _check_character(digits):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights)) % 11]


def _start(chayan, credential, code):
    """Seconds from the start of the process until a scan was acknowledged, and until it was ready for questions."""
    began = time.monotonic()
    try:
        chayan.launch()
        listening = time.monotonic() - began
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        status, answer = _post(chayan.port, "/api/v1/scans", {"code": code, "direction": "in", "at": at}, credential)
        scanned = time.monotonic() - began
        if status != 201:
            raise RuntimeError(f"a scan just after the start was answered {status} {answer}")
        chayan.await_status("/readyz", 200)
        return {"listening_s": listening, "scan_s": scanned, "ready_s": time.monotonic() - began}
    finally:
        chayan.end()


def _post(port, path, body, credential=None):
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=ssl._create_unverified_context())
    try:
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {credential}"} if credential else {})}
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def _read(data):
    """Seconds in which SQLite alone reads every column of every scan."""
    began = time.monotonic()
    store = sqlite3.connect(f"file:{data}/chayan.db?mode=ro", uri=True)
    store.execute("SELECT count(*), sum(id), sum(site), sum(at), sum(direction), sum(source), sum(temperature), sum(delay_s), sum(length(sealed)) "
                  "FROM scan").fetchone()
    store.close()
    return time.monotonic() - began
