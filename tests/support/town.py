# SPDX-License-Identifier: Apache-2.0
"""A running service with a small invented town, shared by the tests of one class.

`TownTest` starts it in setUpClass: divisions, the sites below, one operator of each role, one open case.
Every test takes fresh residents from `number()`, so tests do not see each other's people.
"""

import re
import time
import unittest

from support.service import Service, rfc3339, run, unix_second

CASE = "2020-001"
DAY = 86400
LOCAL_OFFSET_S = 8 * 3600  # Asia/Shanghai, the default of [local] time_zone

SITES = [
    {"ref": "S1", "name": "国大商场", "category": "shop", "address": "中山路1号"},
    {"ref": "S2", "name": "北街超市", "category": "shop"},
    {"ref": "P1", "name": "仁和药店", "category": "pharmacy"},
    {"ref": "O1", "name": "市政大厅", "category": "office"},
    {"ref": "G1", "name": "东内堡村口", "category": "village", "division": "130682100200"},
    {"ref": "G2", "name": "北门卡口", "category": "traffic", "division": "130682100"},
    {"ref": "K1", "name": "商城日间", "category": "shop", "opens": "07:30", "closes": "21:00"},
    {"ref": "D1", "name": "学校东门", "category": "school"},
    {"ref": "D2", "name": "学校西门", "category": "school", "place": "D1"},
    {"ref": "L1", "name": "近处", "category": "other", "longitude": "114.99", "latitude": "38.51"},
    {"ref": "L2", "name": "远处", "category": "other", "longitude": "117.20", "latitude": "39.12"},
]

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


def site_ref(value):
    """The ref of an answer's site, which is a ref or an object that has one."""
    return value["ref"] if isinstance(value, dict) else value


def local_second(days_ago, hour, minute=0):
    """The second of a local wall time some days ago."""
    local_now = int(time.time()) + LOCAL_OFFSET_S
    return local_now - local_now % DAY - days_ago * DAY + hour * 3600 + minute * 60 - LOCAL_OFFSET_S


def times_in(value):
    """Every RFC 3339 time in an answer, in seconds."""
    return [unix_second(re.sub(r"\.\d+", "", text)) for text in _TIME.findall(value)]


def align_to_second():
    """Returns the current second, just after it has begun."""
    time.sleep(1.0 - time.time() % 1.0)
    return int(time.time())


class TownTest(unittest.TestCase):
    """`config` is the text of its settings. Class members: service, codes {ref: {direction: code}}, notice, admin, manager, guard, tracer, auditor."""

    sites = SITES
    config = ""   # the product's own limits; what asks more than anybody honest has QUIET_LIMITS
    roles = ("admin", "manager", "guard", "tracer", "auditor")
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.service = Service(cls.config)
        cls.addClassCleanup(cls.service.close)
        cls.service.divisions()
        cls.service.sites(cls.sites)
        cls.codes = cls.service.codes()
        for role in cls.roles:
            cls.service.add_operator(f"{role}-1", role)
        cls.service.start()
        for role in cls.roles:
            setattr(cls, role, cls.service.session(f"{role}-1"))
        if "tracer" in cls.roles:
            cls.service.case(cls.tracer, CASE)
        cls.notice = cls.service.notice_version(cls.code(cls.sites[0]["ref"]))
        cls._numbers = iter(range(1, 100000))

    @classmethod
    def code(cls, ref, direction="any"):
        return cls.codes[ref][direction]

    @classmethod
    def number(cls):
        return next(cls._numbers)

    def restart(self, *residents, hard=False):
        """Restarts the server; the operators' clients and these residents' go on with the new port."""
        self.service.restart(hard)
        for client in [*residents, *[getattr(self, role) for role in self.roles]]:
            client.close()
            client.port = self.service.port
        self.service.wait_until_ready()

    def resident(self, number=None, **changes):
        """A Client with a new credential; `number` keeps one invented person apart from another."""
        return self.service.resident(self.number() if number is None else number, self.notice, **changes)

    def scan(self, resident, ref, direction="in", at=None, **more):
        body = {"code": self.code(ref), "direction": direction, **more}
        if at is not None:
            body["at"] = at if isinstance(at, str) else rfc3339(at)
        return resident.post("/api/v1/scans", body)

    def scanned(self, resident, ref, direction="in", at=None, **more):
        """A scan that has to be taken; returns its own part of the answer."""
        answer = self.scan(resident, ref, direction, at, **more)
        self.assertIn(answer.status, (200, 201), answer)
        self.assertEqual(len(answer.json["scans"]), 1, answer)
        return answer.json["scans"][0]

    def gate(self, *items):
        """The results of one gate/scans call; an item is (subject, ref, direction, at, more…)."""
        answer = self.guard.post("/api/v1/gate/scans", {"scans": [gate_item(*item) for item in items]})
        self.assertEqual(answer.status, 200, answer)
        results = answer.json["results"]
        self.assertEqual(len(results), len(items), answer)
        return results

    def search(self, **terms):
        answer = self.tracer.post("/api/v1/people/search", {"case": CASE, **terms})
        self.assertEqual(answer.status, 200, answer)
        return answer.json["people"]

    def person_id(self, **terms):
        """The id of the only person whom the terms find."""
        people = self.search(**terms)
        self.assertEqual(len(people), 1, people)
        return people[0]["id"]

    def trajectory(self, person, since, until):
        answer = self.tracer.get(f"/api/v1/people/{person}/trajectory?case={CASE}"
                                 f"&from={rfc3339(since)}&to={rfc3339(until)}")
        self.assertEqual(answer.status, 200, answer)
        self.assertIs(answer.json["complete"], True, answer)
        return answer.json

    def visits(self, person, since, until):
        """(ref, begin, end, ended_by) of each visit of a trajectory, in its order."""
        return [(visit["site"]["ref"], unix_second(visit["begin"]), unix_second(visit["end"]), visit["ended_by"])
                for visit in self.trajectory(person, since, until)["visits"]]

    def trace(self, index, since, until, **more):
        body = {"case": CASE, "index": index, "from": rfc3339(since), "to": rfc3339(until), **more}
        answer = self.tracer.post("/api/v1/traces", body)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def assert_problem(self, answer, status, code=None):
        self.assertEqual(answer.status, status, answer)
        self.assertTrue((answer.headers["Content-Type"] or "").startswith("application/problem+json"), answer)
        self.assertTrue(answer.code, answer)
        if code is not None:
            self.assertEqual(answer.code, code, answer)

    def assert_field(self, answer, pointer):
        """422 that points at the field."""
        self.assert_problem(answer, 422)
        self.assertIn(pointer, answer.pointers, answer)


def gate_item(subject, ref, direction="in", at=None, more=None):
    item = {"subject": subject, "site": ref, "direction": direction, **(more or {})}
    if at is not None:
        item["at"] = at if isinstance(at, str) else rfc3339(at)
    return item


def with_name(document, name):
    return {"document": document, "name": name}


__all__ = ["CASE", "DAY", "SITES", "TownTest", "align_to_second", "gate_item", "local_second", "rfc3339", "run",
           "site_ref", "times_in", "unix_second", "with_name"]
