# SPDX-License-Identifier: Apache-2.0
"""GET /api/v1/people/{id}/trajectory: a person's visits, how each end is known, and the scans behind them."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.town import CASE, DAY, TownTest, gate_item, local_second, rfc3339, unix_second

MINUTE = 60
HOUR = 3600


class Trajectory(TownTest):
    """Each test enters one person's scans, as (ref, direction, second), and looks at the visits."""

    def walk(self, *scans):
        number = self.number()
        subject = {"document": document(number), "name": name(number)}
        body = {"scans": [gate_item(subject, *scan) for scan in scans]}
        results = self.guard.post("/api/v1/gate/scans", body).json["results"]
        self.assertEqual({result["status"] for result in results}, {201}, results)
        return self.person_id(document=document(number))

    def assert_visits(self, scans, expected):
        person = self.walk(*scans)
        first = min(scan[2] for scan in scans)
        self.assertEqual(self.visits(person, first - DAY, first + 3 * DAY), expected)

    def setUp(self):
        self.noon = local_second(3, 12)

    def test_in_and_out_is_a_scanned_visit(self):
        at = self.noon
        self.assert_visits([("S1", "in", at), ("S1", "out", at + 2 * HOUR)], [("S1", at, at + 2 * HOUR, "scanned")])

    def test_an_explicit_exit_wins_over_a_scan_elsewhere(self):
        at = self.noon
        self.assert_visits([("S1", "in", at), ("S2", "in", at + 600), ("S2", "out", at + 900), ("S1", "out", at + 1200)],
                           [("S1", at, at + 1200, "scanned"), ("S2", at + 600, at + 900, "scanned")])

    def test_an_exit_24_hours_later_counts_and_a_second_more_does_not(self):
        at = self.noon - 2 * DAY
        self.assert_visits([("S1", "in", at), ("S1", "out", at + DAY)], [("S1", at, at + DAY, "scanned")])
        self.assert_visits([("S1", "in", at), ("S1", "out", at + DAY + 1)],
                           [("S1", at, at + 30 * MINUTE, "dwell"), ("S1", at + DAY + 1, at + DAY + 1, "scanned")])

    def test_without_an_exit_the_dwell_of_the_category_counts(self):
        at = self.noon
        for ref, minutes in (("S1", 30), ("P1", 15), ("O1", 60), ("D1", 480), ("G1", 5), ("G2", 2)):
            with self.subTest(ref):
                self.assert_visits([(ref, "in", at)], [(ref, at, at + minutes * MINUTE, "dwell")])

    def test_the_next_scan_elsewhere_ends_it_if_earlier(self):
        at = self.noon
        self.assert_visits([("S1", "in", at), ("S2", "pass", at + 600)],
                           [("S1", at, at + 600, "next_scan"), ("S2", at + 600, at + 600 + 30 * MINUTE, "dwell")])

    def test_a_scan_elsewhere_in_the_same_second_is_not_later(self):
        at = self.noon
        self.assert_visits([("P1", "in", at), ("S1", "in", at)],
                           [("P1", at, at + 15 * MINUTE, "dwell"), ("S1", at, at + 30 * MINUTE, "dwell")])

    def test_the_next_entry_at_this_place_ends_it(self):
        at = self.noon
        self.assert_visits([("S1", "in", at), ("S1", "in", at + 600), ("S1", "out", at + 700)],
                           [("S1", at, at + 600, "next_scan"), ("S1", at + 600, at + 700, "scanned")])

    def test_the_closing_time_ends_it_if_still_ahead(self):
        evening, night = local_second(3, 20, 50), local_second(3, 21, 0)
        self.assert_visits([("K1", "in", evening)], [("K1", evening, night, "closing")])
        self.assert_visits([("K1", "in", night)], [("K1", night, night + 30 * MINUTE, "dwell")])
        self.assert_visits([("K1", "in", evening), ("K1", "out", night + 600)], [("K1", evening, night + 600, "scanned")])

    def test_of_equal_ends_the_next_scan_comes_before_closing_and_dwell(self):
        half_past, night = local_second(3, 20, 30), local_second(3, 21, 0)
        self.assert_visits([("K1", "in", half_past)], [("K1", half_past, night, "closing")])
        self.assert_visits([("K1", "in", half_past), ("S1", "out", night)],
                           [("K1", half_past, night, "next_scan"), ("S1", night, night, "scanned")])

    def test_pass_is_a_visit_of_the_dwell(self):
        at = self.noon
        self.assert_visits([("S1", "pass", at)], [("S1", at, at + 30 * MINUTE, "dwell")])
        self.assert_visits([("S1", "pass", at), ("S1", "in", at + 300), ("S1", "out", at + 400)],
                           [("S1", at, at + 300, "next_scan"), ("S1", at + 300, at + 400, "scanned")])

    def test_a_lone_exit_is_a_moment(self):
        at = self.noon
        self.assert_visits([("S1", "out", at)], [("S1", at, at, "scanned")])
        self.assert_visits([("S1", "in", at), ("S1", "out", at + 100), ("S1", "out", at + 300)],
                           [("S1", at, at + 100, "scanned"), ("S1", at + 300, at + 300, "scanned")])

    def test_in_one_second_the_exit_comes_before_the_entry(self):
        at = self.noon
        self.assert_visits([("S1", "in", at), ("S1", "in", at + 100), ("S1", "out", at + 100), ("S1", "out", at + 200)],
                           [("S1", at, at + 100, "scanned"), ("S1", at + 100, at + 200, "scanned")])

    def test_at_a_gate_every_scan_is_a_visit_of_its_own(self):
        at = self.noon
        self.assert_visits([("G1", "in", at), ("G1", "out", at + 100), ("G1", "in", at + 5 * HOUR)],
                           [("G1", at, at + 100, "next_scan"), ("G1", at + 100, at + 100 + 5 * MINUTE, "dwell"),
                            ("G1", at + 5 * HOUR, at + 5 * HOUR + 5 * MINUTE, "dwell")])

    def test_two_doors_are_one_place(self):
        at = self.noon
        self.assert_visits([("D1", "in", at), ("D2", "out", at + HOUR)], [("D1", at, at + HOUR, "scanned")])
        self.assert_visits([("D2", "in", at), ("D1", "in", at + HOUR), ("D1", "out", at + 2 * HOUR)],
                           [("D2", at, at + HOUR, "next_scan"), ("D1", at + HOUR, at + 2 * HOUR, "scanned")])

    def test_a_late_scan_gives_the_visits_it_would_have_given_in_order(self):
        at = self.noon
        scans = [("S1", "in", at), ("S1", "out", at + 600), ("G1", "pass", at + 900), ("S2", "in", at + 1200),
                 ("S2", "in", at + 1230), ("S2", "out", at + 1500)]
        expected = [("S1", at, at + 600, "scanned"), ("G1", at + 900, at + 1200, "next_scan"),
                    ("S2", at + 1200, at + 1500, "scanned")]
        for order in (scans, scans[::-1], scans[3:] + scans[:3], scans[::2] + scans[1::2]):
            self.assert_visits(order, expected)

    def test_a_late_scan_changes_visits_already_answered(self):
        at, number = self.noon, self.number()
        subject = {"document": document(number), "name": name(number)}
        self.gate([subject, "S1", "in", at])
        person = self.person_id(document=document(number))
        self.assertEqual(self.visits(person, at - DAY, at + DAY), [("S1", at, at + 30 * MINUTE, "dwell")])
        self.gate([subject, "S1", "out", at + 2 * HOUR])
        self.assertEqual(self.visits(person, at - DAY, at + DAY), [("S1", at, at + 2 * HOUR, "scanned")])
        self.gate([subject, "S1", "in", at + HOUR])
        self.assertEqual(self.visits(person, at - DAY, at + DAY),
                         [("S1", at, at + 30 * MINUTE, "dwell"), ("S1", at + HOUR, at + 2 * HOUR, "scanned")])

    def test_shows_the_visits_that_meet_the_window_uncut_and_the_scans_in_it(self):
        at = self.noon
        person = self.walk(("S1", "in", at), ("S1", "out", at + HOUR), ("S2", "in", at + 2 * HOUR),
                           ("S2", "out", at + 3 * HOUR))
        answer = self.trajectory(person, at + 600, at + 2 * HOUR + 1)
        self.assertEqual([(visit["begin"], visit["end"]) for visit in answer["visits"]],
                         [(rfc3339(at), rfc3339(at + HOUR)), (rfc3339(at + 2 * HOUR), rfc3339(at + 3 * HOUR))])
        self.assertEqual([unix_second(scan["at"]) for scan in answer["scans"]], [at + HOUR, at + 2 * HOUR])
        self.assertEqual(self.visits(person, at + HOUR, at + 2 * HOUR), [])

    def test_a_scan_says_what_it_was(self):
        at = self.noon
        person = self.walk(("S1", "in", at))
        scan = self.trajectory(person, at, at + 1)["scans"][0]
        self.assertLessEqual({"id", "site", "at", "direction", "repeated", "voided", "flags", "evidence"}, set(scan))
        self.assertEqual((scan["site"]["ref"], unix_second(scan["at"]), scan["direction"], scan["repeated"],
                          scan["voided"], scan["evidence"]), ("S1", at, "in", False, False, "staff"))

    def test_a_person_who_does_not_exist_is_404(self):
        window = f"case={CASE}&from={rfc3339(self.noon)}&to={rfc3339(self.noon + 1)}"
        real = str(self.walk(("S1", "in", self.noon)))
        for person in ("1", "0", "x", "999999999", real + "0"):
            with self.subTest(person):
                self.assert_problem(self.tracer.get(f"/api/v1/people/{person}/trajectory?{window}"), 404)

    def test_counts_are_complete(self):
        person = self.walk(("S1", "in", self.noon), ("S2", "in", self.noon + 600))
        answer = self.trajectory(person, self.noon - DAY, self.noon + DAY)
        self.assertIn(answer["count"], (2, 4))

    def test_a_trajectory_is_the_same_after_a_restart(self):
        at = self.noon
        person = self.walk(("S1", "in", at), ("S1", "in", at + 30), ("G1", "pass", at + 900), ("S1", "out", at + 1200))
        before = self.trajectory(person, at - DAY, at + DAY)
        now = int(time.time())
        self.restart(hard=True)
        self.assertEqual(self.trajectory(person, at - DAY, at + DAY), before, f"asked at {now}")


if __name__ == "__main__":
    unittest.main()
