# SPDX-License-Identifier: Apache-2.0
"""How the service is, what it runs with, whose it is; and the audit log by who, what, which case and when."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.service import QUIET_LIMITS, Service, rfc3339, run, unix_second
from support.town import SITES, TownTest, gate_item


class Status(TownTest):
    def status(self, who=None):
        answer = (who or self.admin).get("/api/v1/status")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_it_tells_of_a_service_that_is_well(self):
        told = self.status(self.auditor)
        self.assertEqual(told["log"], {"state": "ready", "percent": 100})
        self.assertEqual(told["sites"], {"open": len(SITES), "closed": 0})
        self.assertEqual((told["divisions"], told["operators"]), (5, len(self.roles)))
        deadline = time.monotonic() + 10
        while told["queue"]["waiting"] > 0 and time.monotonic() < deadline:   # what the house does once a day, it does at the start too
            time.sleep(0.1)
            told = self.status(self.auditor)
        self.assertEqual(told["queue"], {"waiting": 0, "full": False})
        self.assertTrue(0 < told["disk"]["free"] <= told["disk"]["total"])
        self.assertEqual(told["certificate"]["names"], ["localhost", "127.0.0.1", "::1"])
        self.assertTrue(told["certificate"]["self_signed"])
        self.assertGreater(unix_second(told["certificate"]["not_after"]), time.time() + 3600 * 86400)
        self.assertAlmostEqual(unix_second(told["now"]), time.time(), delta=5)
        self.assertLessEqual(unix_second(told["started"]), unix_second(told["now"]))
        self.assertEqual(told["address"], f"https://localhost:{self.service.port}")
        self.assertEqual(told["version"], self.admin.get("/version").json["version"])

    def test_it_counts_scans_as_they_come_and_once(self):
        before = self.status()
        phone, number = self.resident(), self.number()
        scan = self.scanned(phone, "S1")
        self.assertEqual(self.scan(phone, "S1", at=scan["at"]).status, 200)   # a retry
        self.gate(({"document": document(number), "name": name(number)}, "S2"))
        told = self.status()
        self.assertEqual(told["scans"]["today"] - before["scans"]["today"], 2)
        self.assertAlmostEqual(unix_second(told["scans"]["last"]), time.time(), delta=5)
        self.assertEqual((told["people"] - before["people"], told["registrations"] - before["registrations"]), (2, 2))
        late = rfc3339(int(time.time()) - 3 * 86400)   # an old queue came in today
        self.scanned(phone, "S2", at=late)
        self.assertEqual(self.status()["scans"]["today"] - before["scans"]["today"], 3)

    def test_a_closed_account_and_a_closed_site_are_told_apart(self):
        self.service.add_operator("leaving", "guard")
        self.assertEqual(self.status()["operators"], len(self.roles) + 1)
        self.admin.call("PATCH", "/api/v1/operators/leaving", {"disabled": True})
        self.assertEqual(self.status()["operators"], len(self.roles))

    def test_it_tells_nobodys_data(self):
        number = self.number()
        self.scanned(self.resident(number), "S1")
        text = self.admin.get("/api/v1/status").text
        for mark in (name(number), document(number)["number"], self.service.data, "S1"):
            self.assertNotIn(mark, text)

    def test_residents_and_other_roles_do_not_see_it(self):
        for who in (self.guard, self.manager, self.tracer):
            self.assert_problem(who.get("/api/v1/status"), 403, "forbidden")
        self.assert_problem(self.service.client().get("/api/v1/status"), 401, "unauthenticated")

    def test_a_backup_and_the_head_of_the_log_are_told_when_they_are_made(self):
        self.assertIsNone(self.status()["backup"])
        run("backup", "--data", self.service.data, os.path.join(self.service.folder, "copy"))
        self.assertAlmostEqual(unix_second(self.status()["backup"]), time.time(), delta=10)
        self.service.restart()   # which notes the head as it ends
        self.admin = self.__class__.admin = self.service.session("admin-1")
        self.auditor = self.__class__.auditor = self.service.session("auditor-1")
        self.service.wait_until_ready()
        told = self.status()
        self.assertAlmostEqual(unix_second(told["backup"]), time.time(), delta=60)
        self.assertLessEqual(told["audit"]["checkpoint"]["seq"], told["audit"]["lines"])
        self.assertAlmostEqual(unix_second(told["audit"]["checkpoint"]["at"]), time.time(), delta=60)

    @classmethod
    def setUpClass(cls):
        """A restart moves the port: each test has a service of its own."""

    def setUp(self):
        super().setUpClass()
        self.addCleanup(self.service.close)


class Imported(unittest.TestCase):
    def test_history_is_no_scan_of_today(self):
        with Service() as service:
            service.divisions()
            service.sites([{"ref": "S1", "name": "口", "category": "traffic"}])
            service.import_csv("person", ["ref", "name", "phone"], [("R1", "王建国", "14200000001")])
            service.import_csv("scan", ["ref", "site", "at", "direction"], [("R1", "S1", rfc3339(int(time.time()) - 600), "in")])
            service.add_operator("root", "admin")
            service.start()
            self.assertEqual(service.session("root").get("/api/v1/status").json["scans"], {"today": 0, "last": None})


class Settings(unittest.TestCase):
    def test_they_are_told_as_they_stand_in_a_file_beside_their_defaults(self):
        with Service(QUIET_LIMITS + "[retention]\nscan_days = 21\n[poster]\nhotline = \"0312-\\\"1\\\"\"\n") as service:
            service.add_operator("root", "admin")
            service.start()
            settings = {(row["section"], row["key"]): (row["value"], row["default"]) for row in service.session("root").get("/api/v1/settings").json["settings"]}
            self.assertEqual(settings["retention", "scan_days"], ("21", "28"))
            self.assertEqual(settings["limits", "enabled"], ("false", "true"))
            self.assertEqual(settings["poster", "hotline"], ('"0312-\\"1\\""', '""'))
            self.assertEqual(settings["scan", "age_days_max"], ("7", "7"))
            printed = run("serve", "--print-config").stdout
            self.assertEqual([key for _, key in settings], [line.split(" = ")[0] for line in printed.splitlines() if " = " in line])


class Office(TownTest):
    def test_what_is_said_once_stands_in_the_notice_on_posters_and_after_a_restart(self):
        nothing = {"name": "", "hotline": "", "filing": ""}
        self.admin.call("PATCH", "/api/v1/office", nothing)
        self.assertEqual(self.guard.get("/api/v1/office").json, {**nothing, "fixed": []})
        said = {"name": "定州市疫情防控指挥部", "hotline": "0312-0000000", "filing": "冀ICP备00000000号"}
        page = lambda: self.service.client().get(f"/s/{self.code('S1')}").text   # noqa: E731
        before = page()
        for word in said.values():
            self.assertNotIn(word, before)
        self.assertEqual(self.admin.call("PATCH", "/api/v1/office", said).json, {**said, "fixed": []})
        for word in said.values():
            self.assertIn(word, page())
        self.assertIn('href="https://beian.miit.gov.cn/"', page())
        poster = self.manager.get("/api/v1/sites/S1/poster?format=svg").raw
        self.admin.call("PATCH", "/api/v1/office", {"hotline": ""})
        self.assertNotEqual(self.manager.get("/api/v1/sites/S1/poster?format=svg").raw, poster)
        self.assertNotIn("0312-0000000", page())
        self.assertIn(said["name"], page())
        self.restart()
        self.assertEqual(self.admin.get("/api/v1/office").json, {**said, "hotline": "", "fixed": []})

    def test_each_change_leaves_a_line_with_what_it_was(self):
        self.admin.call("PATCH", "/api/v1/office", {"hotline": "0312-1"})
        self.admin.call("PATCH", "/api/v1/office", {"hotline": "0312-2;x"})
        lines = self.auditor.get("/api/v1/audit?action=office_changed&limit=1", {"Accept-Language": "en"}).json["entries"]
        self.assertEqual([line["sentence"] for line in lines], ["admin-1 changed what the office says of itself: hotline 0312-1 → 0312-2,x."])
        count = len(self.auditor.get("/api/v1/audit?action=office_changed").json["entries"])
        self.admin.call("PATCH", "/api/v1/office", {"hotline": "0312-2;x"})   # nothing new, no line
        self.assertEqual(len(self.auditor.get("/api/v1/audit?action=office_changed").json["entries"]), count)

    def test_odd_words_are_refused_and_nothing_is_changed(self):
        self.admin.call("PATCH", "/api/v1/office", {"name": "甲", "hotline": "1", "filing": ""})
        for member, value in (("name", "长" * 41), ("hotline", "1" * 41), ("filing", "a\nb"), ("name", "\u0007")):
            with self.subTest(member):
                self.assert_field(self.admin.call("PATCH", "/api/v1/office", {"hotline": "2", member: value}), f"/{member}")
        self.assert_problem(self.admin.call("PATCH", "/api/v1/office", {"county": "x"}), 400)
        self.assertEqual(self.admin.get("/api/v1/office").json["hotline"], "1")

    def test_it_is_the_whole_citys(self):
        self.service.add_operator("town-admin", "admin", "130682100")
        town = self.service.session("town-admin")
        self.assertEqual(town.get("/api/v1/office").status, 200)
        self.assert_problem(town.call("PATCH", "/api/v1/office", {"hotline": "3"}), 403, "scope_outside")

    def test_markup_is_shown_and_not_run(self):
        self.admin.call("PATCH", "/api/v1/office", {"name": "<script>alert(1)</script>"})
        page = self.service.client().get(f"/s/{self.code('S1')}").text
        self.assertIn("&lt;script&gt;alert(1)", page)
        self.assertNotIn("<script>alert(1)", page)


class FixedOffice(unittest.TestCase):
    def test_what_the_settings_file_says_wins_and_cannot_be_changed_by_a_call(self):
        with Service(QUIET_LIMITS + '[poster]\nhotline = "0312-9"\n') as service:
            service.add_operator("root", "admin")
            service.start()
            admin = service.session("root")
            self.assertEqual(admin.get("/api/v1/office").json, {"name": "", "hotline": "0312-9", "filing": "", "fixed": ["hotline"]})
            refused = admin.call("PATCH", "/api/v1/office", {"name": "甲", "hotline": "0312-8"})
            self.assertEqual((refused.status, refused.code), (409, "office_fixed"))
            self.assertEqual(admin.call("PATCH", "/api/v1/office", {"name": "甲"}).json["name"], "甲")


class Filters(TownTest):
    def entries(self, query, who=None):
        answer = (who or self.auditor).get(f"/api/v1/audit?limit=500&{query}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json["entries"]

    def test_lines_are_found_by_who_what_which_case_and_when(self):
        self.service.case(self.tracer, "F-1")
        begin = int(time.time())
        time.sleep(1.1)
        self.tracer.post("/api/v1/people/search", {"case": "F-1", "phone": "14200009999"})
        self.search(phone="14200009999")
        found = self.entries("operator=tracer-1&action=people_searched&case=F-1")
        self.assertEqual([(line["operator"], line["action"], line["case"]) for line in found], [("tracer-1", "people_searched", "F-1")])
        self.assertEqual({line["action"] for line in self.entries("case=F-1")}, {"case_opened", "people_searched"})
        self.assertEqual({line["operator"] for line in self.entries("operator=guard-1")}, {"guard-1"})
        since = self.entries(f"from={rfc3339(begin + 1)}")
        self.assertEqual([line["action"] for line in since], ["people_searched", "people_searched"])
        self.assertEqual(self.entries(f"to={rfc3339(begin + 1)}&action=people_searched&case=F-1"), [])
        self.assertEqual(self.entries("operator=nobody"), [])

    def test_a_filter_that_is_none_is_refused(self):
        for query, pointer in (("action=x", "/action"), ("from=yesterday", "/from"), ("to=1", "/to"), ("from=2030-01-01T00:00:00Z&to=2029-01-01T00:00:00Z", "/to")):
            with self.subTest(query):
                self.assert_field(self.auditor.get(f"/api/v1/audit?{query}"), pointer)

    def test_a_filter_reaches_no_further_than_the_scope(self):
        self.service.add_operator("town-auditor", "auditor", "130682100")
        self.service.add_operator("town-guard", "guard", "130682100")
        guard = self.service.session("town-guard")
        number = self.number()
        guard.post("/api/v1/gate/scans", {"scans": [gate_item({"document": document(number), "name": name(number)}, "G1")]})
        town = self.service.session("town-auditor")
        self.assertEqual({line["operator"] for line in self.entries("operator=town-guard", town)}, {"town-guard"})
        self.assertEqual(self.entries("operator=tracer-1", town), [])


if __name__ == "__main__":
    unittest.main()
