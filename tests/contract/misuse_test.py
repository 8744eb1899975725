# SPDX-License-Identifier: Apache-2.0
"""What people with an account, or a phone, or patience try: asking without a case, asking again with an old proof, guessing ids
(SECURITY T5, T16, T19, S44, S46, S58)."""

import os
import random
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.service import QUIET_LIMITS, password
from support.town import CASE, DAY, TownTest, rfc3339

CSV = {"Content-Type": "text/csv"}
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Curious(TownTest):
    def lines_after(self, act):
        """(action, operator, case) of what the audit log gained, oldest first."""
        newest = lambda: self.auditor.get("/api/v1/audit?limit=50").json["entries"]
        before = newest()[0]["seq"]
        act()
        deadline = time.monotonic() + 5
        gained = []
        while not gained and time.monotonic() < deadline:   # nobody waits for the line of a call that was refused
            gained = [(line["action"], line["operator"], line["case"]) for line in reversed(newest()) if line["seq"] > before]
        return gained

    def test_a_question_without_a_case_is_refused_and_written_down(self):
        gained = self.lines_after(lambda: self.assert_problem(
            self.tracer.post("/api/v1/people/search", {"case": "no such case", "phone": "14200009999"}), 403, "no_case"))
        self.assertEqual(gained, [("question_refused", "tracer-1", "")])

    def test_a_question_that_finds_nobody_is_written_down(self):
        gained = self.lines_after(lambda: self.assertEqual(self.search(phone="14200009999"), []))
        self.assertEqual(gained, [("people_searched", "tracer-1", CASE)])

    def test_a_call_that_the_role_does_not_allow_is_written_down(self):
        gained = self.lines_after(lambda: self.assert_problem(self.guard.get("/api/v1/operators"), 403, "forbidden"))
        self.assertEqual(gained, [("call_refused", "guard-1", "")])

    def test_a_look_at_oneself_shows_in_ones_own_report_within_a_second(self):
        number = self.number()
        resident = self.resident(number)
        self.search(document=document(number))
        looked = time.monotonic()
        self.assertEqual(len(resident.get("/api/v1/me/access").json["looks"]), 1)
        self.assertLess(time.monotonic() - looked, 1)

    def test_an_auditor_of_a_division_reads_what_its_operators_did_and_loses_no_line_between_pages(self):
        village = self.service.operator("tracer-village", "tracer", "130682100")
        auditor = self.service.operator("auditor-village", "auditor", "130682100")
        for _ in range(3):   # between those of the whole city
            village.post("/api/v1/people/search", {"case": CASE, "phone": "14200009999"})
            self.search(phone="14200009999")
        whole = self.auditor.get("/api/v1/audit?limit=500").json["entries"]
        own = [line for line in whole if line["operator"] in ("tracer-village", "auditor-village")]
        seen, cursor = [], None
        while True:
            page = auditor.get(f"/api/v1/audit?limit=2{'&cursor=' + cursor if cursor else ''}").json
            seen += page["entries"]
            cursor = page["next"]
            if cursor is None:
                break
        self.assertEqual(seen, own)
        self.assertGreaterEqual(len(own), 5)


class Guessing(TownTest):
    """Ids are guessed in vain, and an id that is nobody's is answered as one outside the scope; that it takes as long, deep/alike_test.py shows."""

    config = QUIET_LIMITS   # else the limits end it, long before a thousand

    def guesses(self, count, length):
        seeded = random.Random(7)
        return ["".join(seeded.choice(ALPHABET) for _ in range(length)) for _ in range(count)]

    def assert_alike(self, answers):
        bodies = {str({**answer.json, "request_id": ""}) for answer in answers}
        self.assertEqual(len(bodies), 1, bodies)
        self.assertEqual({answer.status for answer in answers}, {404})

    def test_ten_thousand_codes_and_a_thousand_of_each_other_id_open_nothing(self):
        stranger = self.service.client()
        self.assert_alike([stranger.get(f"/api/v1/codes/{guess}") for guess in self.guesses(10_000, 16)])
        now = int(time.time())
        window = f"case={CASE}&from={rfc3339(now - DAY)}&to={rfc3339(now)}"
        number = self.number()
        self.resident(number)
        self.assertEqual(self.tracer.get(f"/api/v1/people/{self.person_id(document=document(number))}/trajectory?{window}").status, 200)
        self.assert_alike([self.tracer.get(f"/api/v1/people/{guess}/trajectory?{window}") for guess in self.guesses(1_000, 12)])
        self.assert_alike([self.tracer.get(f"/api/v1/sites/{guess}/passages?{window}") for guess in self.guesses(1_000, 6)])
        resident = self.resident()
        self.assert_alike([resident.post(f"/api/v1/scans/{guess}/void", {"reason": "按错了"}) for guess in self.guesses(1_000, 26)])
        self.assert_alike([self.manager.call("DELETE", f"/api/v1/devices/device:{guess}") for guess in range(1_000, 2_000)])
        self.assert_alike([self.admin.call("PATCH", f"/api/v1/operators/{guess}", {"roles": ["guard"]}) for guess in self.guesses(100, 8)])
        told = self.auditor.get("/api/v1/audit?limit=500").json["entries"]
        self.assertIn("question_outside", {line["action"] for line in told}, "whoever guesses leaves lines")


class OldProof(TownTest):
    """Sixteen minutes after the password was given: whoever holds the session may go on, and change nothing that matters."""

    def test_answers_that_are_handed_on_want_it_too(self):
        window = {"from": rfc3339(int(time.time()) - 60), "to": rfc3339(int(time.time()))}
        narrative = {"person": "0" * 12, **window, "kind": "report"}
        handed = {"fields": ["name"], "recipient": "疾控", "reason": "流调"}
        case = f"/api/v1/cases/{CASE}"
        self.age_proofs()
        for path, body in ((f"{case}/disclosures", {"query": {"passages": {"site": "S1", **window}}, **handed, "form": "sormas"}),
                           (f"{case}/narratives", {**narrative, **handed}), (f"{case}/narratives?format=txt", narrative), (f"{case}/narratives", {**narrative, "kind": "notice"})):
            with self.subTest(path):
                self.assert_problem(self.tracer.post(path, body), 403, "reauthenticate")
        self.assert_problem(self.tracer.post(f"{case}/narratives", narrative), 404, "person_unknown")   # masked it is a question like any other

    def test_what_needs_a_fresh_proof_is_refused_until_the_password_is_given_again(self):
        calls = [(self.admin, "POST", "/api/v1/operators", {"login": "li", "roles": ["guard"], "password": "a fresh passphrase for li"}, None),
                 (self.admin, "PATCH", "/api/v1/operators/guard-1", {"roles": ["guard"]}, None),
                 (self.admin, "POST", "/api/v1/divisions/import", "code,name\n130682,定州市\n", CSV),
                 (self.admin, "POST", "/api/v1/people/import", f"ref,name,phone\nR1,{name(1)},{phone(1)}\n", CSV),
                 (self.admin, "POST", "/api/v1/scans/import", f"ref,site,at,direction\nR1,S1,{rfc3339(int(time.time()) - 60)},in\n", CSV),
                 (self.manager, "POST", "/api/v1/sites/import", "ref,name,category,division\nN1,新口,traffic,130682001\n", CSV)]
        self.age_proofs()
        for who, method, path, body, headers in calls:
            with self.subTest(path):
                self.assert_problem(who.call(method, path, body, headers), 403, "reauthenticate")
        self.assertEqual(self.admin.get("/api/v1/operators").status, 200)   # the session itself is good
        self.assertNotIn("N1", {row["ref"] for row in self.service.exported_sites()})
        for who, login in ((self.admin, "admin-1"), (self.manager, "manager-1")):
            self.assert_problem(who.post("/api/v1/session/confirm", {"password": "not the password"}), 401)
            self.assertEqual(who.post("/api/v1/session/confirm", {"password": password(login)}).status, 200)
        for who, method, path, body, headers in calls:
            with self.subTest(path):
                self.assertIn(who.call(method, path, body, headers).status, (200, 201))

    def age_proofs(self):
        """The clock cannot be turned from outside; when each proof was given stands in the store."""
        self.service.stop()
        with sqlite3.connect(os.path.join(self.service.data, "chayan.db")) as store:
            store.execute("UPDATE session SET confirmed = confirmed - 960")
        store.close()
        self.restart()


if __name__ == "__main__":
    unittest.main()
