# SPDX-License-Identifier: Apache-2.0
"""Sites' cameras: a manager says where a recording is looked at, a tracer with an open case is given the address of one moment, and nobody else anything."""

import glob
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.town import CASE, DAY, TownTest, rfc3339

TEMPLATE = "https://nvr-7c1.example/play?channel=3&from={at}&s={unix}"


class Cameras(TownTest):
    def assert_invalid(self, answer, code, pointer):
        self.assert_problem(answer, 422, code)
        self.assertIn(pointer, answer.pointers, answer)

    def set(self, template=TEMPLATE, ref="S1", client=None):
        return (client or self.manager).post(f"/api/v1/sites/{ref}/camera", {"template": template})

    def play(self, ref="S1", at=None, case=CASE, client=None):
        return (client or self.tracer).post(f"/api/v1/sites/{ref}/playback", {"case": case, "at": at or rfc3339(int(time.time()) - 60)})

    def test_a_manager_says_changes_and_removes_where_a_camera_plays_back(self):
        path = "/api/v1/sites/S2/camera"
        self.assertEqual(self.manager.get(path).json, {"template": None})
        for template in (TEMPLATE, "https://10.1.2.3:8443/{unix}"):
            self.assertEqual(self.set(template, "S2").json, {"template": template})
            self.assertEqual(self.manager.get(path).json, {"template": template})
        for bad in ("http://nvr.example/{at}", "https://nvr.example/", "https://li:secret@nvr.example/{at}", "https://nvr.example/{at}<", "javascript:{at}",
                    "https://nvr.example/{at}" + "a" * 500):
            self.assert_invalid(self.set(bad, "S2"), "camera_template", "/template")
        self.assertEqual(self.manager.get(path).json["template"], "https://10.1.2.3:8443/{unix}")
        for nothing in ("", None):
            self.assertEqual(self.set(nothing, "S2").json, {"template": None})
            self.assertEqual(self.manager.get(path).json, {"template": None})
        self.assert_problem(self.play("S2"), 404, "camera_none")

    def test_a_tracer_is_given_the_address_of_one_moment(self):
        self.assertEqual(self.set().status, 200)
        self.assertEqual(self.play(at="2020-02-03T12:00:00+08:00").json, {"url": "https://nvr-7c1.example/play?channel=3&from=2020-02-03T04:00:00Z&s=1580702400"})
        self.assert_invalid(self.play(at="noon"), "time_malformed", "/at")
        self.assert_invalid(self.play(at=rfc3339(int(time.time()) + DAY)), "camera_future", "/at")
        self.assert_problem(self.play(case="2020-999"), 403, "no_case")
        self.assert_problem(self.play("NOWHERE"), 404, "site_unknown")
        self.assert_problem(self.play(client=self.service.operator("tracer-elsewhere", "tracer", "130682100")), 404, "site_unknown")

    def test_nobody_else_learns_where_a_recorder_answers(self):
        self.assertEqual(self.set().status, 200)
        for client in (self.tracer, self.guard, self.admin, self.auditor):
            self.assert_problem(client.get("/api/v1/sites/S1/camera"), 403, "forbidden")
            self.assert_problem(self.set(client=client), 403, "forbidden")
        for client in (self.manager, self.guard, self.admin, self.auditor):
            self.assert_problem(self.play(client=client), 403, "forbidden")
        self.assertNotIn("nvr-7c1", str(self.manager.get("/api/v1/sites/S1").json))
        elsewhere = self.service.operator("manager-elsewhere", "manager", "130682100")
        self.assert_problem(self.set(client=elsewhere), 404, "site_unknown")
        self.assert_problem(elsewhere.get("/api/v1/sites/S1/camera"), 404, "site_unknown")
        for path in glob.glob(os.path.join(self.service.data, "chayan.db*")):
            with open(path, "rb") as file:
                self.assertNotIn(b"nvr-7c1", file.read(), path)

    def test_each_of_it_is_a_line_of_the_audit_log(self):
        self.set(ref="P1")
        at = rfc3339(int(time.time()) - 60)
        self.assertEqual(self.play("P1", at).status, 200)
        self.set("", "P1")
        lines = self.auditor.get("/api/v1/audit?limit=3").json["entries"]
        self.assertEqual([line["action"] for line in lines], ["camera_removed", "playback_asked", "camera_set"])
        self.assertEqual(lines[1]["case"], CASE)
        told = str(lines[1])
        self.assertIn("P1", told)
        self.assertIn(at, told)
        self.assertNotIn("nvr", str(lines))


if __name__ == "__main__":
    unittest.main()
