# SPDX-License-Identifier: Apache-2.0
"""Enterprises' daily reports: who may make one, what it must say, when it is due, and which enterprises have none."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import QUIET_LIMITS
from support.town import DAY, LOCAL_OFFSET_S, SITES, TownTest, local_second, unix_second

GOOD = {"staff": 30, "present": 20, "fever": 1, "elsewhere": 4}
FIRMS = [{"ref": "F1", "name": "第一砖厂", "category": "enterprise", "division": "130682100200"},
         {"ref": "F2", "name": "北街酒厂", "category": "enterprise", "division": "130682100"},
         {"ref": "F2-B", "name": "酒厂后门", "category": "enterprise", "division": "130682100", "place": "F2"},
         {"ref": "F3", "name": "关门的厂", "category": "enterprise", "division": "130682100"}]


def day(days_ago=0):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + LOCAL_OFFSET_S - days_ago * DAY))


class Reports(TownTest):
    sites = [*SITES, *FIRMS]

    def assert_invalid(self, answer, code, pointer):
        self.assert_problem(answer, 422, code)
        self.assertIn(pointer, answer.pointers, answer)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        assert cls.manager.call("PATCH", "/api/v1/sites/F3", {"closed": True}).status == 200

    def report(self, ref="F1", client=None, **changes):
        body = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
        return (client or self.manager).post(f"/api/v1/sites/{ref}/reports", body)

    def of_day(self, ref="F1", query=""):
        answer = self.manager.get(f"/api/v1/sites/{ref}/reports{query}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def due_at(self, clock):
        self.service.set_config(QUIET_LIMITS + f'[desk]\nreport_due = "{clock}"\n')
        self.restart()


class One(Reports):
    def test_the_newest_of_a_day_counts_and_zero_is_a_report(self):
        made = self.report(note="夜班在内", day=day(1))
        self.assertEqual(made.status, 201, made)
        self.assertEqual({key: made.json[key] for key in (*GOOD, "by", "note")}, {**GOOD, "by": "manager-1", "note": "夜班在内"})
        self.assertEqual(self.report(day=day(1), staff=0, present=0, fever=0, elsewhere=0).status, 201)
        told = self.of_day(query=f"?day={day(1)}")
        self.assertEqual([one["staff"] for one in told["reports"]], [0, 30])
        self.assertEqual([one.get("note") for one in told["reports"]], [None, "夜班在内"])
        self.assertEqual(self.of_day(query=f"?day={day(2)}")["reports"], [])

    def test_each_number_is_asked_for_and_lies_within_what_can_be(self):
        for name in GOOD:
            self.assert_invalid(self.report(**{name: None}), "missing", f"/{name}")
            for bad in (-1, 100_001):
                self.assert_invalid(self.report(**{name: bad}), "report_number", f"/{name}")
            for bad in ("9", 1.5, True):
                self.assertEqual(self.report(**{name: bad}).status, 400, (name, bad))
        self.assertEqual(self.report("F2", staff=100_000, present=100_000, fever=100_000, elsewhere=0).status, 201)
        for changes, code, pointer in (({"present": 31}, "report_present", "/present"), ({"fever": 31}, "report_fever", "/fever"),
                                       ({"elsewhere": 11}, "report_elsewhere", "/elsewhere"), ({"note": "长" * 201}, "text_too_long", "/note")):
            self.assert_invalid(self.report(**changes), code, pointer)
        self.assertEqual(self.report("F2", elsewhere=10, fever=30, note="长" * 200).status, 201)

    def test_a_day_can_be_made_up_for_a_week_and_not_foreseen(self):
        self.assertEqual(self.report(day=day(7)).status, 201)
        self.assert_invalid(self.report(day=day(8)), "report_day_old", "/day")
        self.assert_invalid(self.report(day=day(-1)), "report_day_future", "/day")
        self.assert_invalid(self.report(day="5月6日"), "date_malformed", "/day")
        self.assert_problem(self.manager.get(f"/api/v1/sites/F1/reports?day={day(-1)}"), 422, "report_day_future")

    def test_only_an_open_enterprise_reports_and_by_its_manager_alone(self):
        for ref in ("S1", "F2-B", "F3"):
            self.assert_problem(self.report(ref), 409, "report_no_enterprise")
        self.assert_problem(self.report("NOWHERE"), 404, "site_unknown")
        secret = self.manager.post("/api/v1/sites/F1/devices").json["url"].split("#")[1]
        device = self.service.client(self.service.client().post("/api/v1/duty", {"secret": secret, "name": "李卫国"}).json["token"])
        for client in (device, self.guard, self.tracer, self.admin, self.auditor):
            self.assert_problem(self.report(client=client), 403, "forbidden")
        self.assertEqual(self.report(client=self.service.client()).status, 401)
        elsewhere = self.service.operator("manager-elsewhere", "manager", "130682001")
        self.assert_problem(self.report(client=elsewhere), 404, "site_unknown")

    def test_a_report_is_a_line_of_the_audit_log_without_its_numbers(self):
        self.assertEqual(self.report(staff=987, present=12).status, 201)
        line = self.auditor.get("/api/v1/audit?limit=1&action=site_reported").json["entries"][0]
        self.assertEqual(line["operator"], "manager-1")
        self.assertIn("F1", str(line))
        self.assertNotIn("987", str(line))


class Suggested(Reports):
    def test_scans_suggest_who_is_there_and_the_last_report_who_works_there(self):
        people = [self.resident() for _ in range(3)]
        for days_ago, present in ((3, people), (2, people[:1]), (0, people[:2])):
            for place, resident in enumerate(present):
                self.scanned(resident, "F2-B" if place == 1 else "F2", at=local_second(days_ago, 9) if days_ago else int(time.time()))
        self.assertEqual(self.of_day("F2", f"?day={day(3)}")["suggested"], {"staff": 3, "present": 3, "fever": 0})
        self.assertEqual(self.of_day("F2")["suggested"], {"staff": 3, "present": 2, "fever": 0})
        self.assertEqual(self.of_day("F1")["suggested"], {"staff": 0, "present": 0, "fever": 0})
        self.assertEqual(self.report("F2", day=day(1)).status, 201)
        self.assertEqual(self.of_day("F2")["suggested"], {"staff": 30, "present": 2, "fever": 0})


class Listed(Reports):
    def listed(self, client=None, query=""):
        answer = (client or self.tracer).get("/api/v1/reports" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def refs(self, *args, **more):
        return [one["ref"] for one in self.listed(*args, **more)["enterprises"]]

    def test_those_without_a_report_stand_first(self):
        self.assertEqual(self.refs(), ["F1", "F2"])
        self.assertEqual(self.report("F1").status, 201)
        told = self.listed()
        self.assertEqual(([one["ref"] for one in told["enterprises"]], told["open"], told["reported"]), (["F2", "F1"], 2, 1))
        none, one = told["enterprises"]
        self.assertEqual(none, {"ref": "F2", "name": "北街酒厂", "division": none["division"], "reported": False})
        self.assertEqual({key: one[key] for key in GOOD}, GOOD)
        told = self.listed(query="?state=missing")
        self.assertEqual(([one["ref"] for one in told["enterprises"]], told["open"], told["reported"]), (["F2"], 2, 1))
        self.assertEqual(self.refs(query=f"?day={day(1)}&state=missing"), ["F1", "F2"])
        self.assertEqual(self.refs(query="?division=130682100200"), ["F1"])
        village = self.service.operator("manager-village", "manager", "130682100200")
        self.assertEqual(self.refs(village), ["F1"])
        self.assertEqual(self.refs(village, query="?division=130682100"), ["F1"])
        self.assert_problem(self.tracer.get("/api/v1/reports?state=late"), 422, "report_state_unknown")
        self.assert_problem(self.tracer.get("/api/v1/reports?division=130699"), 422, "division_unknown")
        self.assert_problem(self.guard.get("/api/v1/reports"), 403, "forbidden")


class Due(Reports):
    def test_the_office_says_when_reports_are_due(self):
        self.assertEqual(unix_second(self.of_day()["due"]), local_second(0, 17))
        self.assertIs(self.of_day(query=f"?day={day(1)}")["overdue"], True)
        self.due_at("00:00")
        told = self.of_day()
        self.assertEqual((unix_second(told["due"]), told["overdue"]), (local_second(0, 0), True))
        self.assertEqual(self.report().status, 201)
        self.assertIs(self.of_day()["overdue"], False)
        self.assertIs(self.tracer.get("/api/v1/reports").json["enterprises"][-1]["late"], True)
        self.assertEqual(self.report("F2", day=day(1)).status, 201)
        self.due_at("23:59")
        self.assertIs(self.of_day("F2")["overdue"], False)
        self.assertIs(self.tracer.get("/api/v1/reports").json["enterprises"][-1]["late"], False)


if __name__ == "__main__":
    unittest.main()
