# SPDX-License-Identifier: Apache-2.0
"""`tools/bench alert`: from the moment a guard sends the scan of somebody who is on the ledger until a listening desk is told, while scans fall due at a
fixed rate, beside the same on an idle service, in turns. Load driver, guard, desk and server share the machine; what is measured holds the guard's own request."""

import collections
import http.client
import json
import os
import ssl
import statistics
import sys
import threading
import time
import urllib.parse

from bench_rounds import ratio
from bench_servers import Chayan, Load
from bench_table import line, percentile, progress

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests"))
from support.people import document, name, phone  # noqa: E402

PROGRAMS = ("chayan", "load_driver")

Size = collections.namedtuple("Size", "people rate seconds rounds")
FULL = Size(20_000, 1_000, 20, 3)
SHORT = Size(2_000, 200, 4, 1)

PASSWORD = "jade-otter-plays-mahjong-in-the-rain-47"
WATCHED = 20          # as many a list may hold however few people are known
FIRST = 250_000       # numbers that no resident of the load driver has


def run(place, size):
    """(lines, raw figures)."""
    chayan = Chayan(place.folder, place.programs["chayan"])
    chayan.found()
    for login, role in (("desk", "tracer"), ("second", "tracer"), ("guard", "guard")):
        chayan.add_operator(login, role, PASSWORD)
    chayan.start()
    try:
        watch(Session(chayan.port, "desk"), Session(chayan.port, "second"))
        load, credentials = Load(place.programs["load_driver"]), os.path.join(place.folder, "credentials")
        progress(f"registering {size.people:,} residents")
        load(chayan, "register", "--people", size.people, "--credentials", credentials)
        words = ["--credentials", credentials, "--codes", chayan.codes, "--rate", size.rate, "--seconds", size.seconds]
        rounds, made = [], 0
        for number in range(2 * size.rounds):
            busy = number % 2 == 1
            progress(f"alerts {'among scans' if busy else 'alone'}, {number // 2 + 1} of {size.rounds}")
            with Passing(chayan.port, number, size.seconds) as passing:
                if busy:
                    scans = load(chayan, "scan", *words, "--first", made)
                    made += scans["requests"]
                else:
                    time.sleep(size.seconds)
            if busy:
                rounds[-1].update(busy_ms=passing.times_ms, per_second=scans["per_second"])
            else:
                rounds.append({"idle_ms": passing.times_ms})
    finally:
        chayan.end()
    return lines_of(rounds, size), {"rounds": rounds}


def lines_of(rounds, size):
    lines = []
    for what, share, bound in (("median", 0.5, None), ("p99", 0.99, None), ("longest", 1.0, 1_000)):
        busy, idle = ([percentile(one[which], share) for one in rounds] for which in ("busy_ms", "idle_ms"))
        lines.append(line(f"an alert until the desk is told, among {size.rate:,} scans/s: {what}", max(busy) if share == 1.0 else statistics.median(busy), "ms", "no scans",
                          max(idle) if share == 1.0 else statistics.median(idle), ratio(busy, idle), bound=bound, bounds_value=True))
    lines.append(line("    scans a second", statistics.median(one["per_second"] for one in rounds), "/s"))
    lines.append(line("    alerts", sum(len(one["busy_ms"]) for one in rounds), ""))
    return lines


class Session:
    """One operator on one kept connection; one thread at a time."""

    def __init__(self, port, login):
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=ssl._create_unverified_context())
        self._headers = {}
        self._headers["Authorization"] = "Bearer " + json.loads(self.call("POST", "/api/v1/session", {"login": login, "password": PASSWORD}))["token"]

    def call(self, method, path, body=None, media="application/json"):
        content = body if body is None or isinstance(body, str) else json.dumps(body)
        self._connection.request(method, path, content if content is None else content.encode(), {**self._headers, **({} if body is None else {"Content-Type": media})})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path.partition('?')[0]}: {answer.status}")
        return text


def watch(desk, second):
    """A list of people in force."""
    rows = "\n".join(f"{name(n)},{document(n)['number']},{phone(n)}" for n in range(FIRST, FIRST + WATCHED))
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))
    query = urllib.parse.urlencode({"document": "测速", "measure": "central", "until": until})
    made = json.loads(desk.call("POST", f"/api/v1/ledger/lists?{query}", f"name,document_number,phone\n{rows}\n", "text/csv"))
    second.call("POST", f"/api/v1/ledger/lists/{made['id']}/approve")


class Passing:
    """People of the list pass one after another at a site each round, and a desk listens. Afterwards `times_ms`: from the guard's request until the desk had its event."""

    def __init__(self, port, round_number, seconds):
        self.times_ms = []
        self._round, self._pause = round_number, seconds / (WATCHED + 1)
        self._guard, self._listener = Session(port, "guard"), Session(port, "desk")
        self._told, self._ends = threading.Semaphore(0), threading.Event()
        self._threads = [threading.Thread(target=self._listen), threading.Thread(target=self._pass)]
        self._newest = self._id_of(self._listener.call("GET", "/api/v1/alerts/stream?wait=0&after=0"), "0")
        self._fault = None

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._threads[1].join()
        self._ends.set()
        self._threads[0].join()
        if self._fault is not None:
            raise self._fault

    @staticmethod
    def _id_of(text, otherwise):
        return next((row[4:] for row in text.splitlines() if row.startswith("id: ")), otherwise)

    def _listen(self):
        try:
            while not self._ends.is_set():
                text = self._listener.call("GET", f"/api/v1/alerts/stream?wait=2&after={self._newest}")
                at = time.perf_counter()
                self._newest = self._id_of(text, self._newest)
                if "event: alert" in text:
                    self._at = at
                    self._told.release()
        except Exception as fault:   # told by the thread that began it
            self._fault = fault

    def _pass(self):
        try:
            for i in range(WATCHED):
                time.sleep(self._pause)
                began = time.perf_counter()
                item = {"subject": {"document": document(FIRST + i)}, "site": f"S{self._round}", "direction": "in"}
                result = json.loads(self._guard.call("POST", "/api/v1/gate/scans", {"scans": [item]}))["results"][0]
                if result.get("verdict") != "stop" or not self._told.acquire(timeout=30):
                    raise RuntimeError("an alert did not reach the desk")
                self.times_ms.append((self._at - began) * 1000)
        except Exception as fault:
            self._fault = fault
