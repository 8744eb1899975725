# SPDX-License-Identifier: Apache-2.0
"""Who may make which call: nobody without a credential (401), no other role (403)."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.town import CASE, DAY, TownTest, gate_item, rfc3339

ROLES = ("admin", "manager", "guard", "tracer", "auditor")


class Roles(TownTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        now = int(time.time())
        number = cls.number()
        cls.someone = cls.service.resident(number, cls.notice)
        cls.scan_id = cls.someone.post("/api/v1/scans", {"code": cls.code("S1"), "direction": "in"}).json["scans"][0]["id"]
        found = cls.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(number)})
        person = found.json["people"][0]["id"]
        window = f"case={CASE}&from={rfc3339(now - DAY)}&to={rfc3339(now)}"
        # (method, path, body), and the roles that may certainly make the call
        cls.calls = {
            ("POST", "/api/v1/gate/scans"): ({"scans": [gate_item({"document": document(number), "name": name(number)},
                                                                  "S1")]}, {"guard"}),
            ("POST", "/api/v1/cases"): ({"number": "R-1", "title": "测试", "purpose": "密接排查"}, {"tracer"}),
            ("POST", "/api/v1/people/search"): ({"case": CASE, "phone": phone(number)}, {"tracer"}),
            ("GET", f"/api/v1/sites/S1/passages?{window}"): (None, {"tracer"}),
            ("GET", f"/api/v1/people/{person}/trajectory?{window}"): (None, {"tracer"}),
            ("POST", "/api/v1/traces"): ({"case": CASE, "index": [{"person": person}], "from": rfc3339(now - DAY),
                                          "to": rfc3339(now)}, {"tracer"}),
        }

    def test_nobody_is_answered_without_a_credential(self):
        stranger = self.service.client()
        for (method, path), (body, _) in self.calls.items():
            with self.subTest(path):
                self.assert_problem(stranger.call(method, path, body), 401)
                self.assert_problem(self.service.client("A" * 43).call(method, path, body), 401)
        for path in ("/api/v1/scans", "/api/v1/scans/batch", f"/api/v1/scans/{self.scan_id}/void"):
            with self.subTest(path):
                self.assert_problem(stranger.post(path, {"reason": "x"}), 401)

    def test_a_wrong_role_is_refused_with_403(self):
        for (method, path), (body, allowed) in self.calls.items():
            for role in ROLES:
                if role in allowed or role == "admin":
                    continue  # whether an admin may do everything is not said
                with self.subTest(path, role=role):
                    self.assert_problem(getattr(self, role).call(method, path, body), 403)

    def test_the_right_role_is_answered(self):
        for (method, path), (body, allowed) in self.calls.items():
            for role in allowed:
                with self.subTest(path, role=role):
                    self.assertIn(getattr(self, role).call(method, path, body).status, (200, 201))

    def test_a_resident_may_make_no_operators_call(self):
        for (method, path), (body, _) in self.calls.items():
            with self.subTest(path):
                self.assertIn(self.someone.call(method, path, body).status, (401, 403))

    def test_who_asks_is_decided_before_what_is_asked(self):
        for method, path in self.calls:
            with self.subTest(path):
                body = {"nonsense": 1} if method == "POST" else None
                self.assertEqual(self.service.client().call(method, path, body).status, 401)
                self.assertEqual(self.auditor.call(method, path, body).status, 403)

    def test_an_auditor_voids_no_scan(self):
        answer = self.auditor.post(f"/api/v1/scans/{self.scan_id}/void", {"reason": "x"})
        self.assertIn(answer.status, (401, 403))

    def test_an_operator_of_two_roles_has_both(self):
        both = self.service.operator("both-1", "guard,tracer")
        for (method, path), (body, allowed) in self.calls.items():
            if path == "/api/v1/cases":
                body = {**body, "number": "R-2"}
            with self.subTest(path):
                self.assertIn(both.call(method, path, body).status, (200, 201))

    def test_anyone_may_read_codes_and_register(self):
        self.assertEqual(self.service.client().get(f"/api/v1/codes/{self.code('S1')}").status, 200)
        self.resident()

    def test_a_credential_that_is_shown_makes_no_open_call_fail(self):
        self.assertEqual(self.tracer.get(f"/api/v1/codes/{self.code('S1')}").status, 200)


if __name__ == "__main__":
    unittest.main()
