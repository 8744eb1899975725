# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/shared-places: where several cases may have caught it."""

import csv
import io
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.slots import SLOT_S, SlotTest
from support.town import CASE, rfc3339, unix_second


class SharedPlaces(SlotTest):
    def ask_places(self, people, **more):
        body = {"case": CASE, "index": [{"person": person} for person in people], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S), **more}
        return self.tracer.post("/api/v1/shared-places", body)

    def places(self, people, **more):
        done = self.ask_places(people, **more)
        self.assertEqual(done.status, 200, done.raw)
        return done.json

    def test_a_quiet_place_that_all_share_comes_before_a_busy_one(self):
        crowd = [self.stay(4000 + 60 * n, 7000, "S1") for n in range(20)]
        cases = [self.walk(("X1", "in", 300 * n), ("X1", "out", 300 * n + 900), ("S1", "in", 4000 + 60 * n), ("S1", "out", 5000 + 60 * n)) for n in range(3)]
        answer = self.places(cases)
        self.assertEqual([place["site"]["ref"] for place in answer["places"]], ["X1", "S1"])
        first = answer["places"][0]
        self.assertEqual((first["cases"], sorted(first["persons"]), first["others"], first["site"]["name"]), (3, sorted(cases), 0, "档案馆"))
        self.assertEqual((unix_second(first["begin"]), unix_second(first["end"])), (self.at, self.at + 1500))
        self.assertGreater(first["lift"], answer["places"][1]["lift"])
        self.assertLess(first["by_chance"], answer["places"][1]["by_chance"])
        self.assertEqual((answer["count"], answer["complete"], answer["left_out"], answer["people"]), (2, True, 0, len(crowd) + 3))

    def test_each_case_may_have_a_window_of_its_own(self):
        one, other = self.stay(0, 900, "X1"), self.stay(600, 1500, "X1")
        self.assertEqual(self.places([one, other])["count"], 1)
        late = [{"person": one}, {"person": other, "from": rfc3339(self.at + 1500), "to": rfc3339(self.at + 3000)}]
        self.assertEqual(self.places([], index=late)["count"], 0)

    def test_limit_says_how_many_it_left_out(self):
        cases = [self.walk(("X1", "in", 0), ("X1", "out", 900), ("S1", "in", 1000), ("S1", "out", 1900)) for _ in range(2)]
        answer = self.places(cases, limit=1)
        self.assertEqual((answer["count"], answer["complete"], answer["left_out"]), (1, False, 1))

    def test_it_leaves_as_a_table_too(self):
        cases = [self.stay(0, 900, "X1"), self.stay(0, 900, "X1")]
        for _ in range(4):
            self.stay(0, 900, "S1")
        done = self.tracer.post("/api/v1/shared-places?format=csv",
                                {"case": CASE, "index": [{"person": person} for person in cases], "from": rfc3339(self.at), "to": rfc3339(self.at + SLOT_S)})
        self.assertEqual(done.status, 200, done.raw)
        rows = list(csv.DictReader(io.StringIO(done.raw.decode("utf-8-sig"))))
        self.assertEqual([(row["site.ref"], row["cases"]) for row in rows], [("X1", "2")])
        self.assertLess(float(rows[0]["expected"]), 2)

    def test_what_is_wrong_is_named(self):
        one = self.stay(0, 900, "X1")
        for index, more, pointer, code in (
                ([one], {}, "/index", "index_needs_two"), ([one, one], {}, "/index", "index_needs_two"), ([one, one], {"from": "yesterday"}, "/from", "time_malformed"),
                ([one, one], {"to": rfc3339(self.at)}, "/index/0/to", "window_empty"), ([one, one], {"categories": ["zoo"]}, "/categories", "category_unknown"),
                ([one, one], {"limit": 0}, "/limit", "limit_range")):
            done = self.ask_places(index, **more)
            self.assertEqual(done.status, 422, done.raw)
            self.assertIn((pointer, code), [(field["pointer"], field["code"]) for field in done.json["errors"]], done.raw)
        self.assertEqual(self.ask_places([one, "0" * 12]).status, 404)
        self.assertEqual(self.ask_places([one, one], case="none").status, 403)

    def test_that_it_was_asked_is_in_the_audit_log(self):
        cases = [self.stay(0, 900, "X1"), self.stay(0, 900, "X1")]
        self.places(cases)
        line = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]
        self.assertEqual((line["action"], line["case"]), ("shared_places_asked", CASE))
        for person in cases:
            self.assertIn(person, str(line))


if __name__ == "__main__":
    unittest.main()
