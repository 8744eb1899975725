# SPDX-License-Identifier: Apache-2.0
"""`tools/bench together`: how long a scan takes while tracers ask without pause, beside the same without them, in turns. Scans fall due at a fixed
rate and count from then; each tracer has a session and a connection, and asks for all contacts of a person in 14 days as soon as it has read the
answer before. Load driver, tracers and server share the machine."""

import collections
import http.client
import json
import os
import random
import ssl
import statistics
import threading
import time

import bench_city
from bench_rounds import ratio
from bench_servers import Chayan, Load
from bench_table import line, percentile, progress

PROGRAMS = ("chayan", "load_driver", bench_city.PROGRAM)

Size = collections.namedtuple("Size", "city people tracers rate seconds rounds")
FULL = Size(bench_city.City(1_200_000, 3_000, 30_000_000), 20_000, 8, 2_000, 10, 3)
SHORT = Size(bench_city.City(20_000, 100, 500_000), 2_000, 8, 500, 3, 2)

CASE = "2020-001"
PASSWORD = "jade-otter-plays-mahjong-in-the-rain-47"
DAYS = 14
TIMES = {"p50_ms": "p50", "p99_ms": "p99", "p999_ms": "p99.9", "max_ms": "longest"}


def run(place, size):
    """(lines, raw figures)."""
    chayan = Chayan(place.folder, place.programs["chayan"])
    bench_city.copy_of(size.city, place.kept, chayan.data, place.programs[bench_city.PROGRAM])
    chayan.set_limits()
    chayan.note_codes()
    chayan.add_operator("tracer", "tracer", PASSWORD)
    chayan.start()
    try:
        tracers = [Tracer(chayan.port, number) for number in range(size.tracers)]
        tracers[0].open_case()
        persons = tracers[0].persons_at("S1")
        load, credentials = Load(place.programs["load_driver"]), os.path.join(place.folder, "credentials")
        progress(f"registering {size.people:,} residents")
        load(chayan, "register", "--people", size.people, "--credentials", credentials)
        rounds = _rounds(chayan, load, ["--credentials", credentials, "--codes", chayan.codes, "--rate", size.rate, "--seconds", size.seconds],
                         size, tracers, persons)
    finally:
        chayan.end()
    return lines_of(rounds, size), {"rounds": rounds}


def _rounds(chayan, load, words, size, tracers, persons):
    rounds, made = [], 0
    for number in range(2 * size.rounds):
        asked = number % 2 == 1
        progress(f"scans {'and questions' if asked else 'alone'}, {number // 2 + 1} of {size.rounds}")
        with Asking(tracers if asked else [], persons) as asking:
            scans = load(chayan, "scan", *words, "--first", made)
        made += scans["requests"]
        if asked:
            rounds[-1].update(together=scans, questions_ms=asking.times_ms, seconds=asking.seconds, answer_bytes=asking.bytes)
        else:
            rounds.append({"alone": scans})
    return rounds


def lines_of(rounds, size):
    lines = []
    for key, name in TIMES.items():
        together, alone = ([one[which][key] for one in rounds] for which in ("together", "alone"))
        lines.append(line(f"a scan while {size.tracers} tracers ask: {name}", statistics.median(together), "ms", "no questions", statistics.median(alone),
                          ratio(together, alone)))
    times = [ms for one in rounds for ms in one["questions_ms"]]
    lines += [line("    scans a second", statistics.median(one["together"]["per_second"] for one in rounds), "/s", "no questions",
                   statistics.median(one["alone"]["per_second"] for one in rounds)),
              line("questions a second meanwhile", len(times) / sum(one["seconds"] for one in rounds), "/s"),
              line("    an answer to read: median", percentile(times, 0.5), "ms"),
              line("    an answer to read: p99", percentile(times, 0.99), "ms"),
              line("    an answer: mean size", sum(one["answer_bytes"] for one in rounds) / len(times) / 1e6, "MB")]
    return lines


class Tracer:
    """One session on one kept connection; one thread at a time. `persons`: whom it may ask about."""

    def __init__(self, port, number):
        self._connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=120, context=ssl._create_unverified_context())
        self._chance = random.Random(number)
        self._headers = {"Content-Type": "application/json"}
        token = json.loads(self._call("POST", "/api/v1/session", {"login": "tracer", "password": PASSWORD}))["token"]
        self._headers["Authorization"] = f"Bearer {token}"
        self._to = time.time()

    def _call(self, method, path, body=None, wanted=200):
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != wanted:
            raise RuntimeError(f"{path}: {answer.status} {content[:200]}")
        return content

    def open_case(self):
        self._call("POST", "/api/v1/cases", {"number": CASE, "title": "测试", "purpose": "密接排查"}, 201)

    def _window(self, days):
        return {name: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at)) for name, at in (("from", self._to - days * 86_400), ("to", self._to))}

    def persons_at(self, ref):
        """Ids of who passed there of late."""
        window = self._window(DAYS)
        passages = self._call("GET", f"/api/v1/sites/{ref}/passages?case={CASE}&from={window['from']}&to={window['to']}")
        return [one["person"]["id"] for one in json.loads(passages)["passages"]]

    def connect(self):
        """Anew: the server ends a connection that has nothing to ask for a while."""
        self._connection.close()
        self._connection.connect()

    def ask(self, persons):
        """The bytes of an answer."""
        return len(self._call("POST", "/api/v1/traces", {"case": CASE, "index": [{"person": self._chance.choice(persons)}], **self._window(DAYS)}))


class Asking:
    """Tracers that ask without pause while the context lasts. Afterwards `times_ms` of the questions, `bytes` of the answers, `seconds`."""

    def __init__(self, tracers, persons):
        self.times_ms, self.bytes, self.seconds = [], 0, 0
        self._persons, self._failure = persons, None
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(tracer,)) for tracer in tracers]

    def __enter__(self):
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        self.seconds = time.monotonic() - self._began
        if kind is None and self._failure:
            raise self._failure

    def _run(self, tracer):
        try:
            tracer.connect()
            while not self._is_over.is_set():
                began = time.monotonic()
                size = tracer.ask(self._persons)
                with self._lock:
                    self.times_ms.append((time.monotonic() - began) * 1e3)
                    self.bytes += size
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            self._failure = RuntimeError(f"a tracer: {error}")
