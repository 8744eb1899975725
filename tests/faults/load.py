# SPDX-License-Identifier: Apache-2.0
"""Residents who never give up: kept TLS connections that register and scan, and send again what had no answer.

The state outlives the server. One `Load` drives many short lives of it; what was acknowledged, refused or never
answered is kept by the scan itself: (person, site, at, direction).
"""

import asyncio
import collections
import json
import random
import ssl
import time

from support.client import tls_context
from support.people import registration
from support.service import rfc3339

CONNECTION_COUNT = 32
ANSWER_TIMEOUT_S = 120
_HOLD_S = 0.02            # after a 503, before the next try
_SCANS_PER_PERSON = 40    # then the connection registers somebody else
_BATCH_EVERY = 4          # every fourth connection sends batches
_BATCH_MAX = 20
_AGAIN_SHARE = 0.1        # of the requests send an acknowledged scan once more

Scan = collections.namedtuple("Scan", "person site at direction")
Pending = collections.namedtuple("Pending", "kind person scans body path")

_GONE = (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError)


class _Seat:
    """One connection's state between lives of the server."""

    def __init__(self, number, seed):
        self.number = number
        self.random = random.Random(seed * 1000 + number)
        self.person = None
        self.credential = None
        self.left = 0
        self.at = 0
        self.pending = None
        self.acknowledged = []
        self.sent_at = 0.0


class Load:
    def __init__(self, world, seed, keep_refused=True, connection_count=CONNECTION_COUNT):
        """`keep_refused`: what was answered 503 is sent again; without, it is only kept in `refused`."""
        self.world = world
        self.keep_refused = keep_refused
        self.ids = collections.defaultdict(set)   # Scan -> every id that was answered for it
        self.sent = set()
        self.refused = set()
        self.refusals = 0
        self.without_retry_after = 0
        self.people = []                          # numbers of everyone whose registration was acknowledged
        self.wrong = []                           # sentences about answers that should not have been
        self.lost_answers = 0
        self.unanswered = set()                   # scans whose first request got no answer
        self.stored_unanswered = set()            # of those: were stored all the same, as the retry's 200 tells
        self.partial = 0
        self.resets = 0
        self.ready = False
        self.accepted_at = []                     # (sent, received) of every request answered 2xx, time.time()
        self._stop = None
        self._left = []
        self._codes = {code.ref: code for code in world.codes}
        self._next_person = 0
        self._began = int(time.time()) - 3 * 86400
        self._seats = [_Seat(number, seed) for number in range(connection_count)]

    # --- what to send ---

    def _next(self, seat):
        if seat.credential is None or seat.left == 0:
            return self._registration(seat)
        if seat.acknowledged and seat.random.random() < _AGAIN_SHARE:
            return self._scans(seat, [seat.random.choice(seat.acknowledged)], batch=False)
        batch = seat.number % _BATCH_EVERY == _BATCH_EVERY - 1
        scans = [self._scan(seat) for _ in range(seat.random.randint(1, _BATCH_MAX) if batch else 1)]
        seat.left = max(0, seat.left - len(scans))
        return self._scans(seat, scans, batch)

    def _registration(self, seat):
        person = self._next_person
        self._next_person += 1
        body = registration(person, notice_version=self.world.notice_version)
        return Pending("register", person, (), _encode(body), "/api/v1/registrations")

    def _scan(self, seat):
        seat.at += seat.random.randint(1, 90)
        code = seat.random.choice(self.world.codes)
        return Scan(seat.person, code.ref, rfc3339(self._began + seat.at), seat.random.choice(code.directions))

    def _scans(self, seat, scans, batch):
        items = [{"code": self._codes[scan.site].code, "direction": scan.direction, "at": scan.at} for scan in scans]
        if batch:
            return Pending("batch", seat.person, tuple(scans), _encode({"scans": items}), "/api/v1/scans/batch")
        return Pending("scan", seat.person, tuple(scans), _encode(items[0]), "/api/v1/scans")

    # --- what came back ---

    def _took(self, seat, status, headers, body):
        """True when the request is done with."""
        pending = seat.pending
        if status == 503:
            self.refusals += 1
            self.without_retry_after += "retry-after" not in headers
            self.refused.update(pending.scans)
            return not self.keep_refused and pending.kind != "register"
        if pending.kind == "register":
            return self._registered(seat, status, body)
        answer = _decode(body)
        if pending.kind == "scan":
            self._accepted(seat, pending.scans[0], status, answer)
            return True
        results = answer.get("results", []) if status == 200 else []
        if len(results) != len(pending.scans):
            self.wrong.append(f"batch of {len(pending.scans)} answered {status} {body[:300]!r}")
            return True
        again = []
        for scan, result in zip(pending.scans, results):
            if result.get("status") == 503:
                self.refusals += 1
                self.refused.add(scan)
                again.append(scan)
            else:
                self._accepted(seat, scan, result.get("status"), result)
        if again and self.keep_refused:
            seat.pending = self._scans(seat, again, batch=True)
            return False
        return True

    def _registered(self, seat, status, body):
        if status != 201:
            self.wrong.append(f"registration of person {seat.pending.person} answered {status} {body[:300]!r}")
            return True
        seat.person = seat.pending.person
        seat.credential = _decode(body)["credential"]
        seat.left = _SCANS_PER_PERSON
        seat.at = seat.random.randrange(2 * 86400)
        seat.acknowledged = []
        self.people.append(seat.person)
        return True

    def _accepted(self, seat, scan, status, answer):
        found = answer["scans"][0] if isinstance(answer.get("scans"), list) and answer["scans"] else answer
        if status not in (200, 201) or "id" not in found:
            self.wrong.append(f"{scan} answered {status} {answer}")
            return
        if self.ready and self.ids[scan] and found["id"] not in self.ids[scan]:
            self.wrong.append(f"{scan} has a second id {found['id']} beside {self.ids[scan]} (status {status})")
        if self.ready and self.ids[scan] and status != 200:
            self.wrong.append(f"{scan} was acknowledged before, and sent again answered {status}")
        shown = {"site": scan.site, "at": scan.at, "direction": scan.direction}
        site = found.get("site", scan.site)
        told = {"site": site.get("ref") if isinstance(site, dict) else site, "at": found.get("at", scan.at),
                "direction": found.get("direction", scan.direction)}
        if told != shown:
            self.wrong.append(f"{scan} was acknowledged as {found}")
        if status == 200 and scan in self.unanswered and not self.ids[scan]:
            self.stored_unanswered.add(scan)
        self.ids[scan].add(found["id"])
        seat.acknowledged.append(scan)

    # --- one life of the server ---

    def run(self, act, ready=False):
        """Connects every seat, runs the coroutine function `act(connected)`, then lets the connections go.

        `connected` is an asyncio.Event set once all are. `ready`: the server has read its log, so that a retry must
        be given the id it had.
        """
        self.ready = ready
        return asyncio.run(self._life(act))

    async def _life(self, act):
        self._stop = asyncio.Event()
        connected = asyncio.Event()
        waiting = set(range(len(self._seats)))
        tasks = [asyncio.create_task(self._sit(seat, waiting, connected)) for seat in self._seats]
        try:
            return await act(connected)
        finally:
            self._stop.set()
            done, late = await asyncio.wait(tasks, timeout=ANSWER_TIMEOUT_S)
            for task in late:
                task.cancel()
                self.wrong.append(f"no answer and no end within {ANSWER_TIMEOUT_S} s")
            for task in done:
                task.result()

    async def _sit(self, seat, waiting, connected):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.world.port, ssl=_CONTEXT, limit=1 << 20)
        except _GONE:
            return
        waiting.discard(seat.number)
        if not waiting:
            connected.set()
        try:
            while not self._stop.is_set():
                if not await self._round(seat, reader, writer):
                    return
        finally:
            writer.transport.abort()

    async def _round(self, seat, reader, writer):
        """One request and its answer; False when the connection is no more."""
        seat.pending = seat.pending or self._next(seat)
        self.sent.update(seat.pending.scans)
        sent = time.time()
        head = b""
        try:
            writer.write(_request(seat.pending, seat.credential))
            head = await reader.readuntil(b"\r\n\r\n")
            status, headers = _parse_head(head)
            body = await reader.readexactly(int(headers.get("content-length", "0")))
        except _GONE as error:
            cut = getattr(error, "partial", b"")
            self.partial += bool(head or cut)
            self.resets += isinstance(error, ConnectionResetError)
            self.lost_answers += 1
            self.unanswered.update(scan for scan in seat.pending.scans if not self.ids.get(scan))
            return False
        if status < 300:
            self.accepted_at.append((sent, time.time()))
        try:
            done = self._took(seat, status, headers, body)
        except (AttributeError, KeyError, TypeError) as error:
            self.wrong.append(f"{seat.pending.kind} answered {status} {body[:300]!r}: {error!r}")
            done = True
        if done:
            seat.pending = None
        else:
            await asyncio.sleep(_HOLD_S)
        return headers.get("connection", "").lower() != "close"

    async def settle(self, connected):
        """An act that ends when nothing is left unanswered; what waits is sent first by every seat."""
        await connected.wait()
        while any(seat.pending and seat.pending in self._left for seat in self._seats):
            await asyncio.sleep(0.01)

    def finish(self):
        """Sends everything that is still unanswered to a server that runs, and nothing new but what follows it."""
        self._left = [seat.pending for seat in self._seats if seat.pending]
        if self._left:
            self.run(self.settle, ready=True)
        # Each seat's last round was answered before it let go, so nothing is pending now.
        left = [seat.pending for seat in self._seats if seat.pending]
        if left:
            self.wrong.append(f"{len(left)} requests were never answered, the first {left[0]}")

    def drop_unanswered(self):
        """Forgets what had no answer: such a scan may be stored or not."""
        for seat in self._seats:
            seat.pending = None

    # --- what must hold ---

    def differences(self, answers):
        """Sentences about scans lost, doubled, changed or invented, by the tracer's answers; empty when all is well."""
        found = list(self.wrong)
        shown = collections.defaultdict(list)
        for person in self.people:
            for scan in answers[person]["trajectory"]["scans"]:
                key = Scan(person, scan["site"]["ref"], scan["at"], scan["direction"])
                shown[key].append(scan["id"])
        found += [f"lost: {scan} acknowledged as {ids}" for scan, ids in self.ids.items() if ids and scan not in shown]
        for scan, ids in shown.items():
            if len(ids) > 1:
                found.append(f"shown {len(ids)} times: {scan} as {ids}")
            if self.ids.get(scan) and ids[0] not in self.ids[scan]:
                found.append(f"{scan} acknowledged as {self.ids[scan]}, shown as {ids[0]}")
            if scan not in self.sent:
                found.append(f"never sent: {scan}")
            if scan in self.refused and not self.ids.get(scan):
                found.append(f"refused and yet stored: {scan}")
        return found

    def acknowledged_count(self):
        return sum(1 for ids in self.ids.values() if ids)


def _encode(body):
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _decode(body):
    try:
        return json.loads(body)
    except ValueError:
        return {}


def _request(pending, credential):
    # A registration is nobody's yet.
    bearer = f"Authorization: Bearer {credential}\r\n" if pending.kind != "register" else ""
    head = (f"POST {pending.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}Content-Type: application/json\r\n"
            f"Content-Length: {len(pending.body)}\r\n\r\n")
    return head.encode("ascii") + pending.body


def _parse_head(head):
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(first.split(" ")[1]), headers


_CONTEXT = tls_context()
