# SPDX-License-Identifier: Apache-2.0
"""Limits on rate (CONTRACT 6, [limits]): by phone, operator, site and account, never by an address alone."""

import json
import unittest

from support.service import Service, password, registration, rfc3339, run, unix_second

NARROW = """[limits]
credential_scans_per_minute = 1
credential_scans_burst = 3
credential_calls_per_minute = 1
credential_calls_burst = 2
operator_scans_per_minute = 1
operator_scans_burst = 2
operator_questions_per_minute = 1
operator_questions_burst = 2
site_newcomers_per_minute = 1
site_newcomers_burst = 4
logins_per_minute = 1
logins_burst = 3
failed_code_cost = 2
"""


class Limited(unittest.TestCase):
    config = NARROW

    def setUp(self):
        self.service = Service(self.config)
        self.addCleanup(self.service.close)
        self.service.divisions()
        self.service.sites([{"ref": "S1", "category": "shop"}, {"ref": "S2", "category": "shop"}])
        self.codes = {ref: codes["any"] for ref, codes in self.service.codes().items()}
        self.service.add_operator("guard", "guard,tracer")
        self.service.start()
        self.service.wait_until_ready()
        self.version = self.service.notice_version(self.codes["S1"])

    def scan(self, phone, direction="in", site="S1", at=None, **headers):
        return phone.call("POST", "/api/v1/scans", {"code": self.codes[site], "direction": direction, **({"at": at} if at else {})}, **headers)

    def assert_too_often(self, answer, code):
        self.assertEqual(answer.status, 429, answer)
        self.assertTrue(answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers)
        self.assertEqual(answer.json["code"], code)
        self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 600, answer.headers)


class Narrow(Limited):
    def test_an_address_alone_refuses_nobody(self):
        stranger = self.service.client()
        for number in range(1, 201):
            answer = stranger.post("/api/v1/registrations", registration(number, notice_version=self.version))
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual(stranger.get(f"/api/v1/codes/{self.codes['S1']}").status, 200)

    def test_a_phone_is_told_when_to_come_again_and_others_do_not_suffer(self):
        phone, other = (self.service.resident(number, self.version) for number in (1, 2))
        for direction in ("in", "out", "in"):
            self.assertIn(self.scan(phone, direction).status, (200, 201))
        for language, words in (("zh", "秒后再试"), ("en", "Try again in ")):
            answer = self.scan(phone, "out", headers={"Accept-Language": language})
            self.assert_too_often(answer, "scans_too_often")
            self.assertIn(words, answer.json["detail"])
        self.assertEqual(phone.get("/api/v1/me").status, 200)
        self.assertEqual(self.scan(other).status, 201)

    def test_what_was_refused_is_counted_by_the_limit_that_was_met(self):
        phone, stranger = self.service.resident(1, self.version), self.service.client()
        for direction in ("in", "out", "in", "out", "in"):
            self.scan(phone, direction)
        for _ in range(4):
            stranger.post("/api/v1/session", {"login": "guard", "password": "x"})
        told = json.loads(run("status", "--data", self.service.data, "--json").stdout)["limits"]
        self.assertEqual({name: count for name, count in told["refused"].items() if count}, {"credential_scans": 2, "logins": 1})
        self.assertEqual(told["shed"], {"scans": 0, "scans_disk_full": 0, "desk": 0, "query": 0, "password": 0})

    def test_guesses_at_codes_are_paid_with_scans(self):
        phone = self.service.resident(1, self.version)
        forged = {"code": "0" * 16, "direction": "in"}
        self.assertEqual(phone.post("/api/v1/scans", forged).status, 404)
        self.assert_too_often(phone.post("/api/v1/scans", forged), "scans_too_often")
        self.assert_too_often(self.scan(phone), "scans_too_often")

    def test_a_site_refuses_only_newcomers_and_each_item_of_a_batch_on_its_own(self):
        phones = [self.service.resident(number, self.version) for number in range(1, 7)]
        told = [self.scan(phone).status for phone in phones[:5]]
        self.assertEqual(told, [201] * 4 + [429])
        results = phones[5].post("/api/v1/scans/batch", {"scans": [{"code": self.codes[ref], "direction": "in"} for ref in ("S1", "S2")]}).json["results"]
        self.assertEqual([(result["status"], result.get("code")) for result in results], [(429, "site_too_often"), (201, None)])
        self.service.restart()
        old = self.service.client(phones[4].bearer)   # known before the start: no newcomer any more
        self.assertEqual(self.scan(old).status, 201)

    def test_a_guard_who_flushes_a_queue_is_let_in_whole_and_then_waits(self):
        guard = self.service.session("guard")
        people = [{"subject": {"document": registration(number)["document"], "name": registration(number)["name"]}, "site": "S1", "direction": "in"} for number in range(1, 6)]
        answer = guard.post("/api/v1/gate/scans", {"scans": people})
        self.assertEqual([result["status"] for result in answer.json["results"]], [201] * 5)
        self.assert_too_often(guard.post("/api/v1/gate/scans", {"scans": people[:1]}), "scans_too_often")
        for _ in range(2):
            self.assertNotEqual(guard.post("/api/v1/people/search", {"case": "1"}).status, 429)
        self.assert_too_often(guard.post("/api/v1/people/search", {"case": "1"}), "calls_too_often")
        self.assertEqual(guard.call("DELETE", "/api/v1/session").status, 200)

    def test_logins_are_counted_by_account(self):
        stranger = self.service.client()
        login = {"login": "guard", "password": password("guard")}
        for _ in range(3):
            self.assertEqual(stranger.post("/api/v1/session", login).status, 200)
        self.assert_too_often(stranger.post("/api/v1/session", login), "calls_too_often")
        self.assertEqual(stranger.post("/api/v1/session", {"login": "nobody", "password": "x"}).status, 401)


class Usual(Limited):
    config = ""

    def test_a_full_batch_after_a_week_without_a_net_is_taken_and_the_next_scan_soon_after(self):
        phone = self.service.resident(1, self.version)
        begin = unix_second(phone.get(f"/api/v1/codes/{self.codes['S1']}").json["now"]) - 86_400
        scans = [{"code": self.codes["S1"], "direction": "in" if i % 2 else "out", "at": rfc3339(begin + i * 120)} for i in range(500)]
        answer = phone.post("/api/v1/scans/batch", {"scans": scans})
        self.assertEqual(answer.status, 200, answer)
        self.assertFalse([result for result in answer.json["results"] if result["status"] == 429])
        after = self.scan(phone)
        self.assertIn(after.status, (201, 429))
        if after.status == 429:
            self.assertLessEqual(int(after.headers["Retry-After"]), 2)


class Off(Limited):
    config = NARROW + "enabled = false\n"

    def test_switched_off_nobody_is_refused(self):
        phone = self.service.resident(1, self.version)
        for i in range(10):
            self.assertIn(self.scan(phone, "in" if i % 2 else "out", site="S2").status, (200, 201))
        self.assertEqual(len({self.service.session("guard").bearer for _ in range(4)}), 4)


if __name__ == "__main__":
    unittest.main()
