# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/scans: taken once, marked when odd, never lost over a restart."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.town import CASE, DAY, TownTest, local_second, rfc3339, site_ref, unix_second, with_name


class Scans(TownTest):
    def test_a_scan_is_taken_with_201_and_shown_back(self):
        at = int(time.time()) - 30
        answer = self.scan(self.resident(), "S1", "in", at)
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.json["verdict"], "pass")
        scan = answer.json["scans"][0]
        self.assertLessEqual({"id", "site", "at", "direction", "repeated", "flags", "evidence"}, set(scan))
        self.assertEqual(site_ref(scan["site"]), "S1")
        self.assertEqual(unix_second(scan["at"]), at)
        self.assertEqual((scan["direction"], scan["repeated"], scan["flags"], scan["evidence"]),
                         ("in", False, [], "static"))

    def test_a_retry_is_answered_200_with_the_first_id(self):
        resident, at = self.resident(), int(time.time()) - 30
        first = self.scan(resident, "S1", "in", at)
        for _ in range(3):
            again = self.scan(resident, "S1", "in", at)
            self.assertEqual(again.status, 200, again)
            self.assertEqual(again.json["scans"][0]["id"], first.json["scans"][0]["id"])

    def test_a_retry_from_another_time_zone_is_the_same_scan(self):
        resident, at = self.resident(), int(time.time()) - 30
        first = self.scanned(resident, "S1", "in", at)
        again = self.scan(resident, "S1", "in", rfc3339(at + 8 * 3600).replace("Z", "+08:00"))
        self.assertEqual((again.status, again.json["scans"][0]["id"]), (200, first["id"]))

    def test_another_second_site_direction_or_person_is_another_scan(self):
        resident, at = self.resident(), int(time.time()) - 300
        scans = [self.scanned(resident, "S1", "in", at), self.scanned(resident, "S1", "in", at + 1),
                 self.scanned(resident, "S2", "in", at), self.scanned(resident, "S1", "out", at),
                 self.scanned(resident, "S1", "pass", at), self.scanned(self.resident(), "S1", "in", at)]
        self.assertEqual(len({str(scan["id"]) for scan in scans}), len(scans))

    def test_the_rule_survives_a_restart_and_a_kill(self):
        resident, at = self.resident(), int(time.time()) - 60
        first = self.scanned(resident, "S1", "in", at)
        for hard in (False, True):
            self.restart(resident, hard=hard)
            again = self.scan(resident, "S1", "in", at)
            self.assertEqual((again.status, again.json["scans"][0]["id"]), (200, first["id"]), again)

    def test_without_at_the_servers_second_counts(self):
        before = int(time.time())
        scan = self.scanned(self.resident(), "S1")
        self.assertTrue(before <= unix_second(scan["at"]) <= int(time.time()), scan)

    def test_a_fraction_of_a_second_is_cut_off(self):
        resident, at = self.resident(), int(time.time()) - 30
        for fraction in ("9", "999", "000000001", "999999999"):
            scan = self.scanned(resident, "S1", "in", rfc3339(at)[:-1] + f".{fraction}Z")
            self.assertEqual(unix_second(scan["at"]), at)
        self.assertEqual(self.scan(resident, "S1", "in", at).status, 200)

    def test_a_poster_with_a_direction_fixes_it(self):
        resident, at = self.resident(), int(time.time()) - 300
        for shift, direction, other in ((0, "in", "out"), (100, "out", "in")):
            taken = resident.post("/api/v1/scans", {"code": self.code("S1", direction), "direction": direction,
                                                    "at": rfc3339(at + shift)})
            self.assertEqual((taken.status, taken.json["scans"][0]["direction"]), (201, direction), taken)
            odd = resident.post("/api/v1/scans", {"code": self.code("S1", direction), "direction": other,
                                                  "at": rfc3339(at + shift + 1)})
            if odd.status in (200, 201):
                self.assertEqual(odd.json["scans"][0]["direction"], direction, "an entrance's poster took an exit")
            else:
                self.assert_field(odd, "/direction")

    def test_every_direction_of_an_open_poster_is_taken(self):
        resident, at = self.resident(), int(time.time()) - 300
        for shift, direction in enumerate(("in", "out", "pass")):
            self.assertEqual(self.scanned(resident, "G1", direction, at + shift)["direction"], direction)

    def test_a_direction_that_is_none_is_refused(self):
        resident = self.resident()
        for direction in ("any", "", "IN", "sideways"):
            self.assert_field(self.scan(resident, "S1", direction), "/direction")
        self.assertEqual(self.scan(resident, "S1", 1).status, 400)

    def test_temperature_and_plate_are_taken_and_checked(self):
        resident, at = self.resident(), int(time.time()) - 300
        self.scanned(resident, "G2", "in", at, temperature=36.5, plate="冀FA1234")
        for wrong in (20, 33.9, 43.1, 50, -1):
            self.assert_field(self.scan(resident, "G2", "in", at + 1, temperature=wrong), "/temperature")
        self.assertEqual(self.scan(resident, "G2", "in", at + 2, temperature="36.5").status, 400)

    def test_nobody_scans_without_a_credential(self):
        body = {"code": self.code("S1"), "direction": "in"}
        self.assert_problem(self.service.client().post("/api/v1/scans", body), 401)
        for bearer in ("x", "A" * 43, "", "é"):
            self.assert_problem(self.service.client(bearer).post("/api/v1/scans", body), 401)

    def test_a_credential_of_which_one_character_is_changed_is_none(self):
        resident = self.resident()
        for position in (0, len(resident.bearer) // 2, len(resident.bearer) - 2):
            changed = "A" if resident.bearer[position] != "A" else "B"
            forged = resident.bearer[:position] + changed + resident.bearer[position + 1:]
            answer = self.scan(self.service.client(forged), "S1")
            self.assert_problem(answer, 401)


class Repeats(TownTest):
    def repeated(self, resident, *scans):
        return [self.scanned(resident, *scan)["repeated"] for scan in scans]

    def test_the_same_place_and_direction_within_60_s_is_a_repeat(self):
        at = int(time.time()) - 600
        marks = self.repeated(self.resident(), ("S1", "in", at), ("S1", "in", at + 60), ("S1", "in", at + 121))
        self.assertEqual(marks, [False, True, False])

    def test_a_repeat_of_a_repeat_is_one(self):
        at = int(time.time()) - 600
        marks = self.repeated(self.resident(), ("S1", "in", at), ("S1", "in", at + 50), ("S1", "in", at + 100),
                              ("S1", "in", at + 150))
        self.assertEqual(marks, [False, True, True, True])

    def test_another_direction_or_place_between_makes_the_difference(self):
        at = int(time.time()) - 600
        marks = self.repeated(self.resident(), ("S1", "in", at), ("S1", "out", at + 10), ("S1", "in", at + 20))
        self.assertEqual(marks, [False, False, False])
        marks = self.repeated(self.resident(), ("S1", "in", at), ("S2", "in", at + 10), ("S1", "in", at + 20))
        self.assertEqual(marks, [False, False, True])

    def test_two_doors_are_one_place(self):
        at = int(time.time()) - 600
        self.assertEqual(self.repeated(self.resident(), ("D1", "in", at), ("D2", "in", at + 30)), [False, True])

    def test_a_repeat_opens_no_visit_and_is_shown_in_the_trajectory(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        for shift in (-900, -850, -800):
            self.scanned(resident, "S1", "in", now + shift)
        self.scanned(resident, "S1", "out", now - 300)
        person = self.person_id(document=document(number))
        answer = self.trajectory(person, now - DAY, now)
        self.assertEqual([scan["repeated"] for scan in answer["scans"]], [False, True, True, False])
        self.assertEqual(self.visits(person, now - DAY, now), [("S1", now - 900, now - 300, "scanned")])


class Flags(TownTest):
    def test_a_scan_sent_hours_later_is_late(self):
        scan = self.scanned(self.resident(), "S1", "in", int(time.time()) - 8 * 3600)
        self.assertEqual(scan["flags"], ["late"])

    def test_a_scan_sent_at_once_is_not_late(self):
        self.assertNotIn("late", self.scanned(self.resident(), "S1", "in", int(time.time()) - 60)["flags"])

    def test_a_scan_outside_opening_hours_is_flagged_and_kept(self):
        resident = self.resident()
        for hour, minute, outside in ((3, 0, True), (7, 29, True), (7, 30, False), (12, 0, False), (20, 59, False),
                                      (21, 0, True), (23, 0, True)):
            with self.subTest(f"{hour}:{minute}"):
                flags = self.scanned(resident, "K1", "in", local_second(1, hour, minute))["flags"]
                self.assertEqual("outside_hours" in flags, outside, flags)

    def test_two_distant_sites_within_minutes_are_both_kept_and_flagged(self):
        number, now = self.number(), int(time.time())
        self.gate([with_name(document(number), name(number)), "L1", "in", now - 1200],
                  [with_name(document(number), name(number)), "L2", "in", now - 900])
        scans = self.trajectory(self.person_id(document=document(number)), now - DAY, now)["scans"]
        self.assertEqual(len(scans), 2)
        self.assertIn("impossible_travel", scans[1]["flags"], scans)

    def test_a_verdict_never_says_why(self):
        answer = self.scan(self.resident(), "K1", "in", local_second(1, 3))
        self.assertEqual(answer.json["verdict"], "pass")


class Acknowledged(TownTest):
    def test_a_question_sees_every_scan_acknowledged_before(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        person = self.person_id(document=document(number))
        for i in range(20):
            self.scanned(resident, "S1" if i % 2 else "S2", "in", now - 3600 + 100 * i)
            self.assertEqual(len(self.trajectory(person, now - DAY, now)["scans"]), i + 1)

    def test_a_scan_of_a_kill_right_after_the_answer_is_there_again(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        self.scanned(resident, "S1", "in", now - 600)
        self.restart(hard=True)
        person = self.person_id(document=document(number))
        answer = self.tracer.get(f"/api/v1/people/{person}/trajectory?case={CASE}&from={rfc3339(now - DAY)}"
                                 f"&to={rfc3339(now)}")
        self.assertEqual([unix_second(scan["at"]) for scan in answer.json["scans"]], [now - 600], answer)


if __name__ == "__main__":
    unittest.main()
