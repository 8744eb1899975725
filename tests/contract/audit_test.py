# SPDX-License-Identifier: Apache-2.0
"""The audit log: what an auditor reads, what a resident learns, and that no line can be changed unseen."""

import os
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import run
from support.town import TownTest


class Audit(TownTest):
    def entries(self, query=""):
        answer = self.auditor.get(f"/api/v1/audit{query}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_lines_come_newest_first_and_page_to_the_first(self):
        for _ in range(7):
            self.search(phone="14200009999")
        seen, cursor = [], None
        while True:
            page = self.entries(f"?limit=3{'&cursor=' + cursor if cursor else ''}")
            self.assertLessEqual(len(page["entries"]), 3)
            seen += [entry["seq"] for entry in page["entries"]]
            cursor = page["next"]
            if cursor is None:
                break
        self.assertEqual(seen, list(range(seen[0], 0, -1)))
        newest = self.entries("?limit=1")["entries"][0]
        self.assertEqual((newest["operator"], newest["action"], newest["case"]), ("tracer-1", "people_searched", "2020-001"))

    def test_each_line_is_a_sentence_in_the_readers_language(self):
        self.search(phone="14200009999")
        chinese = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["sentence"]
        english = self.auditor.get("/api/v1/audit?limit=1", {"Accept-Language": "en"}).json["entries"][0]["sentence"]
        self.assertIn("tracer-1 为个案 2020-001 查找人员", chinese)
        self.assertIn("tracer-1 searched for people in case 2020-001", english)
        for entry in self.entries("?limit=500")["entries"]:
            self.assertTrue(entry["sentence"].endswith(("。", ".")), entry)
            self.assertNotIn("{", entry["sentence"])
            self.assertNotIn("14200009999", str(entry))

    def test_odd_pages_are_refused(self):
        for query, code in (("?limit=0", "page_limit_range"), ("?limit=501", "page_limit_range"), ("?limit=x", "page_limit_range"),
                            ("?cursor=0", "cursor_unknown"), ("?cursor=-1", "cursor_unknown")):
            with self.subTest(query):
                self.assert_problem(self.auditor.get(f"/api/v1/audit{query}"), 422, code)
        self.assert_problem(self.auditor.get("/api/v1/audit?page=2"), 400)

    def test_an_untouched_log_verifies(self):
        verdict = self.auditor.get("/api/v1/audit/verify").json
        self.assertTrue(verdict["ok"], verdict)
        self.assertIsNone(verdict["first_bad"])
        self.assertEqual(verdict["count"], self.entries("?limit=1")["entries"][0]["seq"])

    def test_a_resident_learns_who_looked(self):
        number = self.number()
        resident = self.resident(number)
        self.assertEqual(resident.get("/api/v1/me/access").json, {"looks": []})
        self.scanned(resident, "S1")
        from support.people import document
        person = self.person_id(document=document(number))
        self.tracer.get(f"/api/v1/people/{person}/trajectory?case=2020-001&from=2020-01-01T00:00:00Z&to=2030-01-01T00:00:00Z")
        looks = resident.get("/api/v1/me/access").json["looks"]
        self.assertEqual([look["action"] for look in looks], ["trajectory_asked", "people_searched"])
        self.assertNotIn("tracer-1", str(looks))
        self.assertEqual({look["who"] for look in looks}, {"self"})
        self.assertEqual(self.resident().get("/api/v1/me/access").json, {"looks": []})

    def test_a_resident_learns_who_looked_at_a_dependant(self):
        from support.people import document, name
        resident, number = self.resident(), self.number()
        child = {"name": name(number), "document": document(number), "relation": "child"}
        dependant = resident.post("/api/v1/me/dependants", child).json["id"]
        self.person_id(document=document(number))
        looks = resident.get("/api/v1/me/access").json["looks"]
        self.assertEqual([(look["action"], look["who"]) for look in looks], [("people_searched", dependant)])

    def test_a_look_is_not_told_to_whoever_typed_the_same_name_and_document(self):
        from support.people import document, phone
        number = self.number()
        owner = self.resident(number)
        stranger = self.resident(number, phone=phone(self.number()))
        self.person_id(document=document(number))
        self.assertEqual(stranger.get("/api/v1/me/access").json, {"looks": []})
        self.assertEqual(owner.get("/api/v1/me/access").json, {"looks": []})   # until staff have seen whose it is


class Tampering(TownTest):
    """Each way to change the log, by somebody with the file in hand: `verify` and `check` name the first bad line."""

    def tampered(self, *statements):
        for _ in range(20):
            self.search(phone="14200009999")
        last = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["seq"]
        self.service.stop()
        path = os.path.join(self.service.data, "chayan.db")
        connection = sqlite3.connect(path)
        for trigger in ("audit_is_append_only_update", "audit_is_append_only_delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            connection.execute(statement.format(last=last))
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return last

    def assert_named(self, first_bad):
        check = run("check", "--data", self.service.data, check=False)
        self.assertEqual(check.returncode, 1, check)
        self.assertIn(f"the audit log is broken from line {first_bad} on", check.stderr)

    def test_an_altered_line(self):
        last = self.tampered("UPDATE audit SET case_number = 'another' WHERE seq = {last} - 3")
        self.assert_named(last - 3)

    def test_a_removed_line(self):
        last = self.tampered("DELETE FROM audit_subject", "DELETE FROM audit WHERE seq = {last} - 3")
        self.assert_named(last - 3)

    def test_two_lines_in_another_order(self):
        last = self.tampered("UPDATE audit SET seq = 0 WHERE seq = {last} - 3", "UPDATE audit SET seq = {last} - 3 WHERE seq = {last} - 2",
                             "UPDATE audit SET seq = {last} - 2 WHERE seq = 0")
        self.assert_named(last - 3)

    def test_a_line_put_in(self):
        last = self.tampered("UPDATE audit SET seq = seq + 1000 WHERE seq >= {last} - 3", "UPDATE audit SET seq = seq - 999 WHERE seq > 1000",
                             "INSERT INTO audit SELECT {last} - 3, at, by, action, case_number, detail, chain FROM audit WHERE seq = {last} - 4")
        self.assert_named(last - 3)

    def test_lines_cut_off_at_the_end(self):
        last = self.tampered("DELETE FROM audit_subject", "DELETE FROM audit WHERE seq > {last} - 3")
        self.assert_named(last - 2)

    def test_the_database_itself_refuses_to_change_a_line(self):
        self.service.stop()
        connection = sqlite3.connect(os.path.join(self.service.data, "chayan.db"))
        self.addCleanup(connection.close)
        for statement in ("UPDATE audit SET by = 0", "DELETE FROM audit"):
            with self.assertRaises(sqlite3.IntegrityError):
                connection.execute(statement)

    @classmethod
    def setUpClass(cls):
        """Each test spoils a service of its own."""

    def setUp(self):
        super().setUpClass()
        self.addCleanup(self.service.close)


if __name__ == "__main__":
    unittest.main()
