# SPDX-License-Identifier: Apache-2.0
"""Whoever is known and whoever is not are answered in the same words and in the same time (S39, T18, T19). Medians of many calls in turn: they want a
machine of their own, so they are among the deep tests; that the words are the same, the ordinary ones show too."""

import os
import statistics
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import name, phone, registration
from support.service import QUIET_LIMITS
from support.town import TownTest

LOGINS, TRIES = 50, 4     # of each login that is there: the fifth failure waits
OUTSIDE, DOCUMENTS = 1_000, 1_000


class Alike(TownTest):
    roles = ("admin",)
    config = QUIET_LIMITS

    def assert_alike(self, took, bound_s):
        medians = {kind: statistics.median(times) for kind, times in took.items()}
        one, other = medians.values()
        self.assertLess(abs(one - other), bound_s, medians)

    @staticmethod
    def timed(times, act):
        begin = time.perf_counter()
        answer = act()
        times.append(time.perf_counter() - begin)
        return answer

    def test_an_unknown_login_takes_as_long_as_a_wrong_password(self):
        for number in range(LOGINS):
            self.service.add_operator(f"known-{number}", "guard")
        stranger, took, words = self.service.client(), {"known": [], "unknown": []}, set()
        for number in range(LOGINS * TRIES):
            for kind, times in took.items():
                answer = self.timed(times, lambda: stranger.post("/api/v1/session", {"login": f"{kind}-{number % LOGINS}", "password": "not the password"}))
                self.assertEqual(answer.status, 401, answer)
                words.add(str({**answer.json, "request_id": ""}))
        self.assertEqual(len(words), 1, words)
        self.assert_alike(took, 0.002)

    def test_a_site_outside_the_scope_takes_as_long_as_one_that_is_not_there(self):
        manager = self.service.operator("manager-village", "manager", "130682100")
        took = {"S1": [], "nowhere": []}
        for _ in range(OUTSIDE):
            for ref, times in took.items():
                self.assertEqual(self.timed(times, lambda: manager.get(f"/api/v1/sites/{ref}/devices")).status, 404)
        self.assert_alike(took, 0.001)

    def test_registering_somebody_elses_document_takes_as_long_as_a_fresh_one(self):
        known = [self.number() for _ in range(DOCUMENTS)]
        for number in known:
            self.resident(number)
        took, client = {"known": [], "fresh": []}, self.service.client()
        for number in known:
            for kind, body in (("known", registration(number, notice_version=self.notice, name=name(number + 1), phone=phone(self.number()))),
                               ("fresh", registration(self.number(), notice_version=self.notice))):
                self.assertEqual(self.timed(took[kind], lambda: client.post("/api/v1/registrations", body)).status, 201)
        self.assert_alike(took, 0.005)


if __name__ == "__main__":
    unittest.main()
