# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/traces of degree 1, rule by rule; traces_oracle_test.py does the same by the hundred."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import name
from support.slots import SLOT_S, SlotTest
from support.town import CASE, DAY, rfc3339, unix_second

class Traces(SlotTest):
    def test_who_was_there_at_the_same_time_is_a_contact(self):
        index, other = self.stay(0, 1000), self.stay(400, 2000)
        row = self.rows(index)[other]
        self.assertEqual((row["total_s"], row["longest_s"], row["episodes"], row["kinds"], row["sites"], row["via"]),
                         (600, 600, 1, ["venue"], ["S1"], [index]))
        self.assertEqual((unix_second(row["first"]), unix_second(row["last"])), (self.at + 400, self.at + 1000))

    def test_the_answer_counts_and_is_complete(self):
        index, _, _ = self.stay(0, 1000), self.stay(100, 900), self.stay(200, 800)
        answer = self.ask(index)
        self.assertIs(answer["complete"], True)
        self.assertEqual(len([row for row in answer["contacts"] if row["degree"] == 1]), 2)
        self.assertIn(answer["count"], (2, len(answer["contacts"])))

    def test_contact_is_mutual(self):
        one, other = self.stay(0, 1000), self.stay(400, 2000)
        forth, back = self.rows(one)[other], self.rows(other)[one]
        for member in ("total_s", "longest_s", "episodes", "kinds", "sites", "first", "last"):
            self.assertEqual(forth[member], back[member], member)

    def test_another_place_is_no_contact(self):
        index, _ = self.stay(0, 1000), self.stay(0, 1000, "S2")
        self.assertEqual(self.rows(index), {})

    def test_who_comes_in_the_second_the_other_leaves_is_no_contact(self):
        index, _ = self.stay(0, 1000), self.stay(1000, 2000)
        self.assertEqual(self.rows(index), {})

    def test_one_second_together_is_a_contact(self):
        index, other = self.stay(0, 1000), self.stay(999, 2000)
        self.assertEqual(self.rows(index)[other]["total_s"], 1)

    def test_linger_reaches_whoever_came_first(self):
        before, index, after = self.stay(0, 1000), self.stay(1300, 2000), self.stay(2300, 3000)
        self.assertEqual(set(self.rows(index, linger_s=299)), set())
        rows = self.rows(index, linger_s=300)
        self.assertEqual(set(rows), {before, after})
        self.assertEqual([(row["total_s"], row["episodes"]) for row in rows.values()], [(0, 1), (0, 1)])
        self.assertEqual((unix_second(rows[after]["first"]), unix_second(rows[after]["last"])),
                         (self.at + 2300, self.at + 2300))
        self.assertEqual(unix_second(rows[before]["first"]), self.at + 1300)

    def test_a_linger_of_nought_counts_as_given(self):
        index, other = self.stay(0, 1000), self.stay(1000, 2000)
        self.assertEqual(set(self.rows(index, linger_s=0)), {other})

    def test_a_lone_exit_is_met_only_with_linger(self):
        index, moment = self.stay(0, 1000), self.walk(("S1", "out", 500))
        self.assertEqual(self.rows(index), {})
        self.assertEqual(set(self.rows(index, linger_s=0)), {moment})

    def test_the_bound_is_reached_at_its_very_second(self):
        index, other = self.stay(0, 1000), self.stay(100, 1000)
        self.assertEqual(set(self.rows(index, min_overlap_s=900)), {other})
        self.assertEqual(self.rows(index, min_overlap_s=901), {})

    def test_time_together_adds_up_and_the_longest_stretch_does_not(self):
        index = self.walk(("S1", "in", 0), ("S1", "out", 500), ("S1", "in", 1000), ("S1", "out", 1700))
        other = self.stay(0, 2000)
        row = self.rows(index)[other]
        self.assertEqual((row["total_s"], row["longest_s"], row["episodes"]), (1200, 700, 2))
        self.assertEqual(set(self.rows(index, min_overlap_s=1200, accumulate="total")), {other})
        self.assertEqual(self.rows(index, min_overlap_s=701, accumulate="longest"), {})
        self.assertEqual(set(self.rows(index, min_overlap_s=700, accumulate="longest")), {other})

    def test_stretches_that_touch_are_one_also_over_two_places(self):
        walk = (("S1", "in", 0), ("S1", "out", 500), ("S2", "in", 500), ("S2", "out", 900))
        index, other = self.walk(*walk), self.walk(*walk)
        row = self.rows(index)[other]
        self.assertEqual((row["total_s"], row["longest_s"], row["episodes"]), (900, 900, 2))
        self.assertEqual(sorted(row["sites"]), ["S1", "S2"])

    def test_nested_places_never_count_twice(self):
        walk = (("D1", "in", 0), ("S1", "in", 100), ("S1", "out", 600), ("D1", "out", 1000))
        index, other = self.walk(*walk), self.walk(*walk)
        row = self.rows(index)[other]
        self.assertEqual((row["total_s"], row["longest_s"], row["episodes"]), (1000, 1000, 2))

    def test_within_a_day_counts_the_most_of_any_24_hours(self):
        shift = int(time.time()) - 5 * DAY - self.at
        walk = [("X1", direction, shift + begin + second) for begin in (0, 12 * 3600, 30 * 3600)
                for direction, second in (("in", 0), ("out", 600))]
        index, other = self.walk(*walk), self.walk(*walk)
        window = {"since": shift - 10, "until": shift + 2 * DAY}
        self.assertEqual(self.rows(index, **window)[other]["total_s"], 1800)
        self.assertEqual(set(self.rows(index, min_overlap_s=1200, accumulate="day", **window)), {other})
        self.assertEqual(self.rows(index, min_overlap_s=1201, accumulate="day", **window), {})

    def test_visits_are_cut_to_the_window(self):
        index, other = self.stay(0, 1000), self.stay(0, 2000)
        row = self.rows(index, since=300, until=800)[other]
        self.assertEqual((row["total_s"], unix_second(row["first"]), unix_second(row["last"])),
                         (500, self.at + 300, self.at + 800))
        self.assertEqual(self.rows(index, since=1000), {})

    def test_behind_one_gate_people_are_not_together(self):
        index = self.walk(("G1", "in", 0), ("G1", "out", 7200))
        near, far = self.walk(("G1", "in", 200)), self.walk(("G1", "in", 300))
        rows = self.rows(index)
        self.assertEqual(set(rows), {near})
        self.assertEqual((rows[near]["total_s"], rows[near]["kinds"]), (100, ["gate"]))
        self.assertNotIn(far, rows)

    def test_two_doors_are_one_place(self):
        index, other = self.stay(0, 1000, "D1"), self.stay(500, 1500, "D2")
        self.assertEqual(self.rows(index)[other]["total_s"], 500)

    def test_people_of_one_car_are_company_whatever_the_bound(self):
        index = self.walk(("G2", "in", 0), plate="冀F10001")
        mate, late = self.walk(("G2", "in", 600), plate="冀F10001"), self.walk(("G2", "in", 1201), plate="冀F10001")
        rows = self.rows(index, min_overlap_s=3600)
        self.assertEqual(set(rows), {mate})
        self.assertEqual((rows[mate]["kinds"], rows[mate]["total_s"], rows[mate]["episodes"]), (["company"], 0, 1))
        self.assertEqual((unix_second(rows[mate]["first"]), unix_second(rows[mate]["last"])),
                         (self.at + 600, self.at + 600))
        self.assertNotIn(late, rows)

    def test_another_plate_or_place_is_no_company(self):
        index = self.walk(("G2", "in", 0), plate="冀F10002")
        self.walk(("G2", "in", 300), plate="冀F10003")
        self.walk(("G1", "in", 300), plate="冀F10002")
        self.assertEqual(self.rows(index), {})

    def test_company_comes_first_then_the_measure_then_the_id(self):
        index = self.walk(("G2", "in", 0), ("S1", "in", 1000), ("S1", "out", 4000), plate="冀F10004")
        short, long_ = self.stay(1000, 2000), self.stay(1000, 3500)
        mate = self.walk(("G2", "in", 500), plate="冀F10004")
        answer = self.ask(index)
        self.assertEqual([row["person"]["id"] for row in answer["contacts"] if row["degree"] == 1], [mate, long_, short])

    def test_several_index_persons_are_measured_together_and_are_no_contacts(self):
        one, two, other = self.stay(0, 600), self.stay(500, 1000), self.stay(0, 1000)
        rows = self.rows(one, two)
        self.assertEqual(set(rows), {other})
        self.assertEqual((rows[other]["total_s"], rows[other]["episodes"], set(rows[other]["via"])), (1000, 2, {one, two}))
        self.assertEqual(set(self.rows(one, two, min_overlap_s=1000)), {other})
        self.assertEqual(self.rows(one, min_overlap_s=601), {})

    def test_an_index_site_stands_for_those_who_were_there(self):
        early, late = self.stay(0, 500, "P1"), self.walk(("P1", "in", 1000), ("P1", "out", 1500), ("S1", "in", 2000),
                                                         ("S1", "out", 3000))
        met = self.stay(2500, 3500)
        index = [{"site": "P1", "from": rfc3339(self.at + 900), "to": rfc3339(self.at + 1200)}]
        answer = self.trace(index, self.at, self.at + SLOT_S)
        found = {(row["person"]["id"], row["degree"]) for row in answer["contacts"]}
        self.assertEqual(found, {(late, 0), (met, 1)}, answer)
        self.assertNotIn(early, {person for person, _ in found})

    def test_an_index_plate_stands_for_those_who_scanned_with_it(self):
        rider = self.walk(("G2", "in", 0), ("S1", "in", 1000), ("S1", "out", 2000), plate="冀F10005")
        met = self.stay(1500, 2500)
        answer = self.trace([{"plate": "冀F10005"}], self.at, self.at + SLOT_S)
        found = {(row["person"]["id"], row["degree"]) for row in answer["contacts"]}
        self.assertEqual(found, {(rider, 0), (met, 1)}, answer)

    def test_categories_select_visits_after_they_are_made(self):
        index = self.walk(("S1", "in", 0), ("P1", "in", 600), ("P1", "out", 900))
        shopper, patient = self.stay(0, 1500), self.stay(600, 900, "P1")
        rows = self.rows(index, categories=["shop"])
        self.assertEqual(set(rows), {shopper})
        self.assertEqual(rows[shopper]["total_s"], 600, "the pharmacy still ends the stay in the shop")
        self.assertEqual(set(self.rows(index, categories=["pharmacy"])), {patient})
        self.assertEqual(set(self.rows(index, categories=["shop", "pharmacy"])), {shopper, patient})

    def test_divisions_select_visits_at_sites_in_them_and_below(self):
        index = self.walk(("S1", "in", 0), ("S1", "out", 600), ("O1", "in", 700), ("O1", "out", 900), ("G1", "pass", 1000), ("G2", "pass", 2000))
        shopper, villager, driver = self.stay(0, 600), self.walk(("G1", "pass", 1010)), self.walk(("G2", "pass", 2010))
        everybody = {shopper, villager, driver}
        for divisions, found in (([], everybody), (["130682"], everybody), (["130682100"], {villager, driver}), (["130682100200"], {villager}),
                                 (["130682001", "130682100200"], {shopper, villager})):
            self.assertEqual(set(self.rows(index, divisions=divisions)), found, divisions)

    def test_sites_select_visits_at_their_places(self):
        index = self.walk(("S1", "in", 0), ("S1", "out", 600), ("D1", "in", 700), ("D1", "out", 1300))
        shopper, pupil = self.stay(0, 600), self.stay(700, 1300, "D2")
        for refs, found in (([], {shopper, pupil}), (["S1"], {shopper}), (["D1"], {pupil}), (["D2"], {pupil}), (["S1", "D2"], {shopper, pupil}),
                            (["P1"], set())):
            self.assertEqual(set(self.rows(index, sites=refs)), found, refs)
        self.assertEqual(set(self.rows(index, sites=["S1", "D1"], categories=["school"])), {pupil})
        self.assertEqual(set(self.rows(index, sites=["S1", "D1"], categories=["school"], divisions=["130682100"])), set())

    def test_a_limit_keeps_the_first_and_says_how_many_were_left_out(self):
        index = self.stay(0, 1000)
        others = [self.stay(100 * i, 1000) for i in range(1, 6)]
        answer = self.ask(index, limit=2)
        kept = [row["person"]["id"] for row in answer["contacts"] if row["degree"] == 1]
        self.assertEqual((kept, answer["complete"]), (others[:2], False))
        self.assertIn(3, answer["left_out"].values() if isinstance(answer["left_out"], dict) else
                      answer["left_out"] if isinstance(answer["left_out"], list) else [answer["left_out"]])
        self.assertIs(self.ask(index, limit=5)["complete"], True)

    def test_a_contacts_name_is_masked(self):
        index, _ = self.stay(0, 1000), self.stay(0, 1000)
        for row in self.ask(index)["contacts"]:
            if "name" in row["person"]:
                self.assertRegex(row["person"]["name"], r"^.\*+$")

    def test_a_scan_is_seen_as_soon_as_it_was_acknowledged(self):
        index = self.stay(0, 5000)
        for expected in range(1, 6):
            self.stay(100, 900)
            self.assertEqual(len(self.rows(index)), expected)


class Questions(SlotTest):
    def question(self, **changes):
        body = {"case": CASE, "index": [{"person": self.person}], "from": rfc3339(self.at), "to": rfc3339(self.at + 60)}
        body.update(changes)
        return self.tracer.post("/api/v1/traces", {key: value for key, value in body.items() if value is not None})

    def setUp(self):
        super().setUp()
        self.person = self.stay(0, 1000)

    def test_case_index_and_window_are_required(self):
        for missing in ("index", "from", "to"):
            answer = self.question(**{missing: None})
            self.assertIn(answer.status, (400, 422), answer)
        self.assertIn(self.question(case=None).status, (400, 403, 422))

    def test_wrong_values_are_refused(self):
        for changes in ({"index": []}, {"degree": 0}, {"degree": 4}, {"linger_s": -1}, {"min_overlap_s": -1},
                        {"accumulate": "most"}, {"categories": ["moonbase"]}, {"limit": 0}, {"direction": "sideways"},
                        {"from": "x"}, {"to": rfc3339(self.at - 60)}):
            with self.subTest(changes):
                self.assertEqual(self.question(**changes).status, 422, changes)

    def test_wrong_types_and_unknown_members_are_400(self):
        for changes in ({"degree": "1"}, {"min_overlap_s": 1.5}, {"index": {}}, {"colour": "red"}, {"limit": True},
                        {"index": [{"person": self.person, "x": 1}]}):
            with self.subTest(changes):
                self.assertEqual(self.question(**changes).status, 400, changes)

    def test_an_index_has_an_interval_when_it_is_a_site_and_only_then(self):
        window = {"from": rfc3339(self.at), "to": rfc3339(self.at + 60)}
        for subject in ({"person": self.person}, {"plate": "冀F12345"}):
            with self.subTest(subject):
                self.assert_problem(self.question(index=[{**subject, **window}]), 400, "unknown_member")
        for missing in window:
            part = {name: at for name, at in window.items() if name != missing}
            answer = self.question(index=[{"person": self.person}, {"site": "P1", **part}])
            self.assert_problem(answer, 422, "missing")
            self.assertEqual(answer.pointers, [f"/index/1/{missing}"], answer)
        self.assertEqual(self.question(index=[{"site": "P1", **window}]).status, 200)

    def test_a_sites_interval_must_meet_the_window(self):
        def ask(since, until):
            site = {"site": "P1", "from": rfc3339(self.at + since), "to": rfc3339(self.at + until)}
            return self.question(index=[{"person": self.person}, site])
        for outside in ((-100, 0), (60, 100)):
            answer = ask(*outside)
            self.assert_problem(answer, 422, "trace_invalid")
            self.assertEqual([(e["pointer"], e["code"]) for e in answer.json["errors"]], [("/index/1", "index_outside")], answer)
        for meeting in ((-100, 1), (59, 100), (-100, 100), (10, 20)):
            self.assertEqual(ask(*meeting).status, 200, meeting)
        self.assertEqual(ask(20, 20).pointers, ["/index/1/to"])

    def test_an_index_that_does_not_exist_is_404(self):
        other = self.person[:-1] + ("x" if self.person[-1] != "x" else "y")
        for index in ({"person": other}, {"site": "NOWHERE", "from": rfc3339(self.at),
                                                                "to": rfc3339(self.at + 60)}):
            with self.subTest(index):
                self.assertIn(self.question(index=[index]).status, (400, 404, 422))

    def test_a_place_that_is_not_there_is_told_as_such(self):
        answer = self.question(sites=["S1", "NOWHERE"])
        self.assert_problem(answer, 404, "site_unknown")
        answer = self.question(divisions=["130682", "无此镇"])
        self.assert_problem(answer, 422, "trace_invalid")
        self.assertEqual([(e["pointer"], e["code"]) for e in answer.json["errors"]], [("/divisions/1", "division_unknown")], answer)

    def test_two_degrees_without_any_bound_are_422_unbounded(self):
        self.assert_problem(self.question(degree=2), 422, "unbounded")
        for filtering in ({"sites": ["S1"]}, {"divisions": ["130682"]}, {"evidence": ["staff"]}):   # it may be the whole county
            self.assert_problem(self.question(degree=2, **filtering), 422, "unbounded")
            self.assertEqual(self.question(degree=2, limit=100, **filtering).status, 200, filtering)
        self.assertEqual(self.question(degree=2, categories=["shop"]).status, 200)


class Presets(SlotTest):
    """The anchor is this test's begin where it says nothing else."""

    def post(self, index, preset="who", anchor=None, **more):
        body = {"case": CASE, "index": [{"person": index}], "preset": preset, "anchor": anchor or self.onset(0), **more}
        return self.tracer.post("/api/v1/traces", {member: value for member, value in body.items() if value is not None})

    def by(self, index, preset, **more):
        answer = self.post(index, preset, **more)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def found(self, *question, **more):
        return {row["person"]["id"] for row in self.by(*question, **more)["contacts"]}

    def onset(self, second):
        return {"onset": True, "at": rfc3339(self.at + second)}

    def test_a_preset_is_the_question_spelt_out(self):
        index = self.stay(0, 5000)
        passer, eater, guest, twice = self.stay(0, 599), self.stay(0, 899), self.stay(0, 900), self.walk(
            ("S1", "in", 0), ("S1", "out", 500), ("S1", "in", 1000), ("S1", "out", 1500))
        everybody = {passer, eater, guest, twice}
        for preset, found, days, terms in (
                ("nhc2", everybody, 0, {}), ("nhc5", everybody, 2, {}), ("nhc8", everybody, 4, {}),
                ("who", {guest}, 2, {"min_overlap_s": 900, "accumulate": "longest"}),
                ("cdc", {guest, twice}, 2, {"min_overlap_s": 900, "accumulate": "day"}),
                ("grid10", {eater, guest, twice}, 14, {"min_overlap_s": 600})):
            with self.subTest(preset):
                self.assertEqual(self.found(index, preset), found)
                answer = self.by(index, preset)
                begin, end = (unix_second(answer["parameters"][name]) for name in ("from", "to"))
                self.assertEqual(begin, self.at - days * DAY)
                told = {name: answer["parameters"].pop(name) for name in ("preset", "anchor")}
                self.assertEqual(told, {"preset": preset, "anchor": {"onset": rfc3339(self.at)}})
                self.assertEqual(answer, self.trace([{"person": index}], begin, end, **terms))

    def test_its_window_begins_so_many_days_before_the_anchor(self):
        index, other = self.stay(0, 1000), self.stay(0, 1000)
        for preset, days in (("nhc2", 0), ("nhc5", 2), ("nhc8", 4), ("cdc", 2)):
            for anchor, seconds in ((999, 1), (1000, 0)):
                with self.subTest(preset, anchor=anchor):
                    answer = self.by(index, preset, anchor=self.onset(days * DAY + anchor), min_overlap_s=1)
                    self.assertEqual([(row["person"]["id"], row["total_s"]) for row in answer["contacts"]], [(other, 1)][:seconds])

    def test_its_window_ends_so_many_days_after_the_anchor_or_now(self):
        index = self.stay(0, 1000)
        for preset, anchor, days in (("who", "onset", 13), ("who", "sample", 10), ("cdc", "onset", None), ("nhc5", "sample", None)):
            with self.subTest(preset, anchor=anchor):
                before = int(time.time())
                told = self.by(index, preset, anchor={anchor: True, "at": rfc3339(self.at)})["parameters"]
                end = unix_second(told["to"])
                if days is None or self.at + days * DAY > before:   # nobody has met tomorrow yet
                    self.assertTrue(before < end <= int(time.time()) + 1, told)
                else:
                    self.assertEqual(end, self.at + days * DAY)

    def test_a_scan_of_this_second_is_in_it(self):
        at = int(time.time())
        self.walk(("S2", "in", at - self.at - 60))
        index = self.walk(("S2", "in", at - self.at - 30))
        self.assertEqual(len(self.found(index, "nhc5")), 1)

    def test_the_moment_may_stand_for_itself(self):
        index, _ = self.stay(0, 1000), self.stay(0, 1000)
        for anchor in ("onset", "sample"):
            long, short = (self.by(index, "who", anchor=given)
                           for given in ({anchor: True, "at": rfc3339(self.at)}, {anchor: rfc3339(self.at)}))
            self.assertEqual(long, short)
            self.assertEqual(long["parameters"]["anchor"], {anchor: rfc3339(self.at)})

    def test_what_the_question_says_itself_stands(self):
        index, _ = self.stay(0, 1000), self.stay(100, 900)
        self.assertEqual(len(self.found(index, "who")), 0)
        self.assertEqual(len(self.found(index, "who", min_overlap_s=800)), 1)
        self.assertEqual(len(self.found(index, "who", min_overlap_s=0, to=rfc3339(self.at + 100))), 0)
        self.assertEqual(len(self.found(index, "who", min_overlap_s=0, **{"from": rfc3339(self.at + 900)})), 0)
        self.assertEqual(len(self.found(index, "nhc5", categories=["pharmacy"])), 0)
        told = self.by(index, "cdc", accumulate="longest", linger_s=60, direction="backward", limit=3, sites=["S1"],
                       **{"from": rfc3339(self.at - 7), "to": rfc3339(self.at + 7)})["parameters"]
        self.assertEqual(told, {"preset": "cdc", "anchor": {"onset": rfc3339(self.at)}, "from": rfc3339(self.at - 7), "to": rfc3339(self.at + 7),
                                "direction": "backward", "degree": 1, "linger_s": 60, "min_overlap_s": 900, "accumulate": "longest",
                                "sites": ["S1"], "limit": 3})

    def test_its_least_minutes_bound_the_second_degree(self):
        index, middle, far = self.stay(0, 1000), self.walk(
            ("S1", "in", 0), ("S1", "out", 1000), ("S2", "in", 2000), ("S2", "out", 3000)), self.stay(2000, 3000, "S2")
        rows = {(row["person"]["id"], row["degree"]) for row in self.by(index, "who", degree=2)["contacts"]}
        self.assertEqual(rows, {(middle, 1), (far, 2)})
        self.assert_problem(self.post(index, "nhc8", degree=2), 422, "unbounded")
        self.assert_problem(self.post(index, "who", degree=2, min_overlap_s=0), 422, "unbounded")
        self.assertEqual(self.found(index, "nhc8", degree=2, limit=10), {middle, far})

    def test_wrong_presets_and_anchors_are_told_where_they_are(self):
        index, at = self.stay(0, 1000), rfc3339(self.at)
        for changes, pointer, code in (({"preset": "nhc99"}, "/preset", "preset_unknown"),
                                       ({"anchor": {"onset": at, "sample": at}}, "/anchor", "anchor_kind"), ({"anchor": {"onset": "noon"}}, "/anchor", "time_malformed"),
                                       ({"anchor": {"onset": True, "at": "noon"}}, "/anchor", "time_malformed"),
                                       ({"anchor": {"sample": rfc3339(int(time.time()) + 30 * DAY)}, "preset": "nhc5"}, "/anchor", "anchor_ahead")):
            with self.subTest(changes):
                answer = self.post(index, **changes)
                self.assert_problem(answer, 422, "trace_invalid")
                self.assertEqual([(e["pointer"], e["code"]) for e in answer.json["errors"]], [(pointer, code)], answer)

    def test_a_preset_wants_an_anchor_or_a_window_and_an_anchor_a_preset(self):
        index = self.stay(0, 1000)
        window = {"from": rfc3339(self.at), "to": rfc3339(self.at + 60)}
        body = {"case": CASE, "index": [{"person": index}]}
        for more, pointers in (({"preset": "who"}, ["/anchor"]), ({"preset": "who", "from": window["from"]}, ["/anchor"]),
                               ({"anchor": self.onset(0)}, ["/preset"]), ({"anchor": self.onset(0), **window}, ["/preset"]),
                               ({"anchor": {}, "preset": "who"}, ["/anchor"]), ({"anchor": {"onset": True}, "preset": "who"}, ["/anchor/at"])):
            with self.subTest(more):
                answer = self.tracer.post("/api/v1/traces", {**body, **more})
                self.assertEqual((answer.status, answer.pointers), (422, pointers), answer)
        self.assertEqual(self.tracer.post("/api/v1/traces", {**body, "preset": "who", **window}).status, 200)

    def test_wrong_types_in_an_anchor_are_400(self):
        index, at = self.stay(0, 1000), rfc3339(self.at)
        for anchor in ("onset", {"onset": False, "at": at}, {"onset": 5}, {"onset": at, "at": at}, {"at": at}, {"kind": "onset", "at": at}):
            with self.subTest(anchor):
                self.assertEqual(self.post(index, anchor=anchor).status, 400)

    def test_the_audit_log_says_by_which_preset(self):
        index = self.stay(0, 1000)
        self.by(index, "nhc5")
        line = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]
        self.assertEqual(line["action"], "trace_asked")
        self.assertIn("按 nhc5", line["sentence"])
        self.assertIn(rfc3339(self.at - 2 * DAY), line["sentence"])

    def test_presets_are_listed_with_their_figures_and_sources(self):
        answer = self.tracer.get("/api/v1/presets")
        self.assertEqual(answer.status, 200, answer)
        presets = {row.pop("preset"): row for row in answer.json["presets"]}
        self.assertEqual(list(presets), ["nhc2", "nhc5", "nhc8", "who", "cdc", "grid10"])
        for row in presets.values():
            self.assertTrue(row.pop("source"))
            self.assertEqual(set(row.pop("name")), {"zh", "en"})
        self.assertEqual(presets["who"], {"days_before": 2, "days_after": {"onset": 13, "sample": 10}, "min_overlap_s": 900, "accumulate": "longest"})
        self.assertEqual(presets["nhc5"], {"days_before": 2, "min_overlap_s": 0, "accumulate": "total"})
        self.assertEqual(self.guard.get("/api/v1/presets").status, 403)


if __name__ == "__main__":
    unittest.main()
