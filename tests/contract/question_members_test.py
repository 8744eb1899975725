# SPDX-License-Identifier: Apache-2.0
"""What a question may say besides CONTRACT 5: as known when, by what evidence, of whom enough is known, weighed by crowds."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.slots import SLOT_S, SlotTest
from support.town import CASE, rfc3339, unix_second


def wait_for_the_next_second():
    """A past moment is over."""
    time.sleep(1.1)


class QuestionTest(SlotTest):
    def post(self, index, **more):
        return self.tracer.post("/api/v1/traces", {"case": CASE, "index": [{"person": index}], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S), **more})


class AsKnownAt(QuestionTest):
    def setUp(self):
        super().setUp()
        self.index, self.other = self.stay(0, 1000), self.stay(400, 2000)
        self.then = rfc3339(int(time.time()))
        wait_for_the_next_second()
        self.late = self.stay(500, 900)   # came in when the question had been asked

    def window(self):
        return f"case={CASE}&from={rfc3339(self.at)}&to={rfc3339(self.at + SLOT_S)}"

    def test_a_trace_tells_who_was_found_then(self):
        self.assertEqual(set(self.rows(self.index)), {self.other, self.late})
        answer = self.ask(self.index, known_at=self.then)
        self.assertEqual([row["person"]["id"] for row in answer["contacts"]], [self.other])
        self.assertEqual(answer["parameters"]["known_at"], self.then)

    def test_passages_and_a_trajectory_tell_what_had_come_in(self):
        for known_at, count in (("", 3), (f"&known_at={self.then}", 2)):
            answer = self.tracer.get(f"/api/v1/sites/S1/passages?{self.window()}{known_at}")
            self.assertEqual((answer.status, answer.json["count"]), (200, count), answer)
            self.assertEqual("known_at" in answer.json, bool(known_at))
        self.assertEqual(self.tracer.get(f"/api/v1/people/{self.index}/trajectory?{self.window()}&known_at={self.then}").json["count"], 2)
        self.assert_problem(self.tracer.get(f"/api/v1/people/{self.late}/trajectory?{self.window()}&known_at={self.then}"), 404, "person_unknown")

    def test_shared_places_count_who_had_been_there_then(self):
        body = {"case": CASE, "index": [{"person": self.index}, {"person": self.other}], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S)}
        others = [self.tracer.post("/api/v1/shared-places", {**body, **more}).json["places"][0]["others"] for more in ({}, {"known_at": self.then})]
        self.assertEqual(others, [1, 0])

    def test_a_disclosure_may_be_of_then(self):
        query = {"passages": {"site": "S1", "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S), "known_at": self.then}}
        answer = self.tracer.post(f"/api/v1/cases/{CASE}/disclosures", {"query": query, "fields": ["name"], "recipient": "疾控中心", "reason": "复核"})
        self.assertEqual((answer.status, answer.json["count"]), (200, 2), answer)

    def test_only_the_past_is_known(self):
        for moment, code in ((rfc3339(int(time.time()) + 5), "known_at_ahead"), ("yesterday", "time_malformed")):
            with self.subTest(moment):
                for answer in (self.post(self.index, known_at=moment), self.tracer.get(f"/api/v1/sites/S1/passages?{self.window()}&known_at={moment}")):
                    self.assert_problem(answer, 422, "trace_invalid")
                    self.assertEqual([(e["pointer"], e["code"]) for e in answer.json["errors"]], [("/known_at", code)])

    def test_the_audit_log_says_as_known_when(self):
        self.ask(self.index, known_at=self.then)
        line = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]
        self.assertIn(f"以 {self.then} 所知为准", line["sentence"])


class WhoCounts(QuestionTest):
    def test_evidence_selects_visits_by_the_scan_that_opened_them(self):
        index, other = self.stay(0, 1000), self.stay(400, 2000)
        self.assertEqual(set(self.rows(index, evidence=["staff"])), {other})
        self.assertEqual(set(self.rows(index, evidence=["screen", "staff"])), {other})
        self.assertEqual(set(self.rows(index, evidence=["static"])), set())

    def test_visits_opened_by_scans_with_a_flag_can_be_left_out(self):
        index, other = self.stay(0, 1000), self.stay(400, 2000)   # typed in days later: late
        self.assertEqual(set(self.rows(index, without_flags=["burst", "old_poster", "impossible_travel"])), {other})
        self.assertEqual(set(self.rows(index, without_flags=["burst", "late"])), set())
        self.assertEqual(self.ask(index, without_flags=["late"])["parameters"]["without_flags"], ["late"])

    def test_identity_leaves_out_of_whom_too_little_is_known(self):
        index, other = self.stay(0, 1000), self.stay(400, 2000)
        self.assertEqual(set(self.rows(index, identity="document")), {other})   # the town's people name one
        self.assertEqual(set(self.rows(index, identity="seen")), set())         # and nobody has looked at it

    def test_among_many_a_minute_weighs_less(self):
        index = self.walk(("S1", "in", 0), ("S1", "out", 1000), ("X1", "in", 2000), ("X1", "out", 2500))
        crowd = [self.stay(0, 1000) for _ in range(9)]
        alone = self.stay(2000, 2500, "X1")
        self.assertEqual(set(list(self.rows(index))[:9]), set(crowd))
        answer = self.ask(index, crowd_half=1, explain=True)
        rows = answer["contacts"]
        self.assertEqual(rows[0]["person"]["id"], alone)
        self.assertEqual([row["weighed_s"] for row in rows], [250] + 9 * [100])   # one other around: half; nine: a tenth
        self.assertEqual([(e["crowd"], e["weight"]) for e in rows[0]["explain"]], [(1, 0.5)])
        self.assertEqual({(e["crowd"], e["weight"]) for row in rows[1:] for e in row["explain"]}, {(9, 0.1)})
        self.assertEqual(answer["parameters"]["crowd_half"], 1)
        told = self.ask(index, explain=True)["contacts"]   # how many were there is told without the weight too, and nothing stands otherwise for it
        self.assertEqual([row["person"]["id"] for row in told], list(self.rows(index)))
        self.assertEqual({row["person"]["id"]: {(e["crowd"], "weight" in e) for e in row["explain"]} for row in told},
                         {alone: {(1, False)}, **{one: {(9, False)} for one in crowd}})
        self.assertEqual([row["person"]["id"] for row in self.ask(index, crowd_half=1, limit=1)["contacts"]], [alone])

    def test_what_is_wrong_is_named(self):
        index = self.stay(0, 1000)
        for changes, pointer, code in (({"evidence": ["photo"]}, "/evidence", "evidence_unknown"), ({"identity": "sure"}, "/identity", "identity_unknown"),
                                       ({"crowd_half": 0}, "/crowd_half", "crowd_half_range"), ({"crowd_half": 1_000_001}, "/crowd_half", "crowd_half_range"),
                                       ({"evidence": ["static"] * 1001}, "/evidence", "too_many"), ({"without_flags": ["odd"]}, "/without_flags", "flag_unknown"),
                                       ({"without_flags": ["late"] * 1001}, "/without_flags", "too_many")):
            with self.subTest(str(changes)[:40]):
                answer = self.post(index, **changes)
                self.assert_problem(answer, 422, "trace_invalid")
                self.assertEqual([(e["pointer"], e["code"]) for e in answer.json["errors"]], [(pointer, code)])
        self.assertEqual(self.post(index, crowd_half=1_000_000, evidence=["static"] * 1000).status, 200)


if __name__ == "__main__":
    unittest.main()
