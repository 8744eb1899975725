# SPDX-License-Identifier: Apache-2.0
"""The desk's registers: a fever writes itself down and goes on step by step, isolation watches at every gate, and what is handed on keeps its history."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.service import run
from support.town import DAY, SITES, TownTest, gate_item, rfc3339, with_name

HERE, THERE = "130682100", "130682001"
ISOLATION = [{"ref": "I1", "name": "宾馆隔离点", "category": "isolation", "division": HERE}, {"ref": "I2", "name": "学校隔离点", "category": "isolation", "division": THERE},
             {"ref": "I3", "name": "宾馆隔离点后门", "category": "isolation", "division": HERE, "place": "I1"}]


class Registers(TownTest):
    sites = SITES + ISOLATION

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls.service.operator("desk-here", "tracer", HERE)
        cls.there = cls.service.operator("desk-there", "manager", THERE)

    def at_gate(self, number, ref="G2", temperature=None, **more):
        item = gate_item(with_name(document(number), name(number)), ref, "in", int(time.time()))
        item.update({**({} if temperature is None else {"temperature": temperature}), **more})
        return self.guard.post("/api/v1/gate/scans", {"scans": [item]}).json["results"][0]

    def person(self, number):
        return {"name": name(number), "document": {"type": "id", "number": document(number)["number"]}, "phone": phone(number)}

    def fevers(self, client=None, state="open"):
        return (client or self.tracer).get(f"/api/v1/registers/fever?state={state}").json["records"]

    def fever(self, **more):
        """A fresh fever at G2: its record."""
        number = self.number()
        before = {record["id"] for record in self.fevers()}
        self.at_gate(number, temperature=38.2, **more)
        return next(record for record in self.fevers() if record["id"] not in before)

    def step(self, record, step, client=None, **more):
        return (client or self.tracer).post(f"/api/v1/registers/{record['kind']}/{record['id']}/steps", {"step": step, **more})

    def isolate(self, number, is_approved=True, **more):
        body = {"person": self.person(number), "until": rfc3339(int(time.time()) + 14 * DAY), "division": HERE, "note": "防指〔2026〕8 号", **more}
        answer = self.tracer.post("/api/v1/registers/isolation", body)
        if is_approved and answer.status == 201:
            self.assertEqual(self.step(answer.json, "approved", self.manager).status, 200)
        return answer


class Fever(Registers):
    def test_a_fever_at_a_gate_is_in_the_register_by_itself(self):
        now = int(time.time())
        record = self.fever()
        self.assertEqual({key: record[key] for key in ("kind", "state", "found_at", "temperature", "overdue", "next")},
                         {"kind": "fever", "state": "found", "found_at": "traffic", "temperature": 38.2, "overdue": False,
                          "next": ["registered", "sent", "measured", "cleared", "handed", "noted"]})
        self.assertEqual((record["site"]["ref"], record["division"]["code"]), ("G2", HERE))
        self.assertTrue(record["person"]["name"].endswith("*") or "*" in record["person"]["name"], record)
        self.assertAlmostEqual(self.due(record), now + 3600, delta=5)

    @staticmethod
    def due(record):
        from support.service import unix_second
        return unix_second(record["due"])

    def test_the_limit_is_the_setting_and_both_sides_of_it_hold(self):
        for tenths, wanted in ((372, 0), (373, 1)):
            before = len(self.fevers())
            self.at_gate(self.number(), temperature=tenths / 10)
            self.assertEqual(len(self.fevers()) - before, wanted)

    def test_a_second_fever_of_the_same_person_is_a_step_of_the_same_record(self):
        number = self.number()
        before = len(self.fevers())
        self.at_gate(number, temperature=37.9)
        self.at_gate(number, "G1", temperature=38.6)
        self.assertEqual(len(self.fevers()) - before, 1)
        record = max(self.fevers(), key=lambda one: int(one["id"]))
        whole = self.tracer.get(f"/api/v1/registers/fever/{record['id']}").json
        self.assertEqual([(step["step"], step.get("temperature")) for step in whole["steps"]], [("opened", 37.9), ("measured", 38.6)])

    def test_what_a_guard_reads_afterwards_counts_high_or_low(self):
        number = self.number()
        scan = self.at_gate(number)
        before = len(self.fevers())
        done = self.guard.post("/api/v1/gate/observations", {"scan": scan["id"], "temperature": 38.0, "method": "forehead"})
        self.assertEqual((done.status, done.json["fever"]), (201, True))
        self.assertEqual(len(self.fevers()), before + 1)
        self.guard.post("/api/v1/gate/observations", {"scan": scan["id"], "temperature": 38.0, "second": 36.6, "method": "axilla"})
        record = max(self.fevers(), key=lambda one: int(one["id"]))
        self.assertEqual((record["state"], record["temperature"]), ("found", 36.6))   # people decide: nobody is cleared by a thermometer

    def test_a_fever_goes_from_the_gate_to_isolation_and_is_in_that_register(self):
        record = self.fever()
        self.assertEqual(self.step(record, "registered").json["state"], "registered")
        self.assert_problem(self.step(record, "sent"), 422, "place_missing")
        self.assertEqual(self.step(record, "sent", place="定州市人民医院").json["state"], "sent")
        self.assert_problem(self.step(record, "isolated", place="x", until=rfc3339(int(time.time()) + DAY)), 409, "step_out_of_turn")
        self.assertEqual(self.step(record, "tested", result="positive").json["result"], "positive")
        until = rfc3339(int(time.time()) + 14 * DAY)
        done = self.step(record, "isolated", site="I1", until=until)
        self.assertEqual((done.status, done.json["state"], done.json["next"]), (200, "isolated", []), done)
        self.assertNotIn("due", done.json)
        self.assert_problem(self.step(record, "noted", note="x"), 409, "record_closed")
        self.assertNotIn(record["id"], [one["id"] for one in self.fevers()])
        self.assertIn(record["id"], [one["id"] for one in self.fevers(state="closed")])
        inside = [one for one in self.tracer.get("/api/v1/registers/isolation").json["records"] if one["person"]["id"] == record["person"]["id"]]
        self.assertEqual([(one["state"], one["site"]["ref"], one["until"]) for one in inside], [("in", "I1", until)])

    def test_a_fever_that_is_none_is_cleared_with_a_reason(self):
        record = self.fever()
        self.assert_problem(self.step(record, "cleared"), 422, "note_missing")
        self.assertEqual(self.step(record, "cleared", note="复测36.5，跑步所致").json["state"], "cleared")

    def test_a_positive_test_is_not_cleared_by_a_note(self):
        record = self.fever()
        self.step(record, "sent", place="定州市人民医院")
        self.step(record, "tested", result="positive")
        self.assert_problem(self.step(record, "cleared", note="x"), 409, "record_positive")
        self.step(record, "tested", result="negative")
        self.assertEqual(self.step(record, "cleared", note="复检阴性").status, 200)

    def test_whoever_has_the_record_sees_for_a_reason_whom_to_call(self):
        number = self.number()
        record = self.tracer.post("/api/v1/registers/fever", {"person": self.person(number), "found_at": "pharmacy", "temperature": 37.8, "division": HERE}).json
        path = f"/api/v1/registers/fever/{record['id']}/reveal"
        self.assert_problem(self.here.post(path, {"fields": ["phone"], "reason": " "}), 422, "missing")
        self.assert_problem(self.here.post(path, {"fields": ["shoes"], "reason": "通知去医院"}), 422, "field_unknown")
        self.assert_problem(self.there.post(path, {"fields": ["phone"], "reason": "通知去医院"}), 404, "record_unknown")
        self.assert_problem(self.guard.post(path, {"fields": ["phone"], "reason": "通知去医院"}), 403, "forbidden")
        told = self.here.post(path, {"fields": ["name", "phone"], "reason": "通知去医院"})
        self.assertEqual((told.status, told.json["person"]["name"], told.json["person"]["phone"]), (200, name(number), f"+86{phone(number)}"), told)
        self.assertNotIn("document", told.json["person"])
        lines = [line["sentence"] for line in self.auditor.get("/api/v1/audit?limit=2").json["entries"]]
        self.assertIn(f"（发热登记册第 {record['id']} 条）", lines[0])
        self.assertIn("通知去医院", lines[1])
        self.assertNotIn(phone(number), "".join(lines))
        self.step(record, "cleared", note="复测36.5")
        self.assert_problem(self.here.post(path, {"fields": ["phone"], "reason": "通知去医院"}), 409, "record_closed")
        finding = self.here.post("/api/v1/registers/finding", {"subject": "没有测温"}).json["id"]
        self.assert_problem(self.here.post(f"/api/v1/registers/finding/{finding}/reveal", {"fields": ["phone"], "reason": "x"}), 409, "record_nobody")

    def test_the_log_says_who_looked_at_which_record_and_what_came_of_a_test(self):
        record = self.fever()
        self.step(record, "sent", place="定州市人民医院")
        self.step(record, "tested", result="negative")
        self.here.get(f"/api/v1/registers/fever/{record['id']}")
        lines = [line["sentence"] for line in self.auditor.get("/api/v1/audit?limit=2").json["entries"]]
        self.assertEqual(lines[0], f"desk-here 查看了发热登记册第 {record['id']} 条。")
        self.assertEqual(lines[1], f"tracer-1 办理了发热登记册第 {record['id']} 条：检测，阴性。")

    def test_what_a_step_may_not_say(self):
        record = self.fever()
        for step, more, status, code in (("flown", {}, 422, "step_unknown"), ("opened", {}, 422, "step_unknown"), ("measured", {}, 422, "temperature_missing"),
                                         ("measured", {"temperature": 50}, 422, "temperature_range"), ("released", {}, 409, "step_out_of_turn"), ("noted", {}, 422, "note_missing"),
                                         ("handed", {}, 422, "division_missing"), ("handed", {"division": "999999"}, 422, "division_unknown")):
            self.assert_problem(self.step(record, step, **more), status, code)
        self.assert_problem(self.tracer.get("/api/v1/registers/plague"), 404, "register_unknown")
        self.assert_problem(self.tracer.get(f"/api/v1/registers/isolation/{record['id']}"), 404, "record_unknown")

    def test_a_record_that_is_handed_over_keeps_its_history(self):
        record = self.fever()
        self.assert_problem(self.step(record, "registered", self.there), 404, "record_unknown")
        done = self.step(record, "handed", self.here, division=THERE, note="户籍在南城区")
        self.assertEqual((done.status, done.json["division"]["code"]), (200, THERE), done)
        self.assertEqual(self.step(record, "handed", self.here, division=THERE, note="户籍在南城区").status, 200)   # sent again, for the answer was lost: no second step
        self.assert_problem(self.step(record, "registered", self.here), 409, "record_elsewhere")
        seen = self.here.get(f"/api/v1/registers/fever/{record['id']}")
        self.assertEqual((seen.status, seen.json["next"], len(seen.json["steps"])), (200, [], 2), seen)
        self.assertNotIn(record["id"], [one["id"] for one in self.fevers(self.here)])
        done = self.step(record, "registered", self.there)
        self.assertEqual([(step["step"], step.get("by"), step.get("division", {}).get("code")) for step in done.json["steps"]],
                         [("opened", "guard-1", HERE), ("handed", "desk-here", THERE), ("registered", "desk-there", None)])

    def test_a_fever_that_others_report_is_opened_by_hand(self):
        number = self.number()
        body = {"person": self.person(number), "found_at": "pharmacy", "temperature": 37.8, "division": HERE, "note": "买退烧药"}
        done = self.tracer.post("/api/v1/registers/fever", body)
        self.assertEqual((done.status, done.json["state"], done.json["found_at"], done.json["by"]), (201, "found", "pharmacy", "tracer-1"), done)
        for wrong, code in (({"found_at": None}, "found_at_missing"), ({"found_at": "moon"}, "found_at_unknown"), ({"person": None}, "person_missing"), ({"division": None}, "division_missing"),
                            ({"person": {"name": name(number)}}, "lead_unidentified")):
            changed = {key: value for key, value in {**body, **wrong}.items() if value is not None}
            self.assert_problem(self.tracer.post("/api/v1/registers/fever", changed), 422, code)


    def test_what_a_phone_says_unasked_puts_no_fever_on_anybody(self):
        number = self.number()
        before = len(self.fevers())
        phone_of_another = self.resident(number)
        self.assertEqual(self.scan(phone_of_another, "G2", temperature=41.0).status, 201)
        self.assertEqual(len(self.fevers()), before)
        self.manager.call("PATCH", "/api/v1/sites/G2", {"asks_temperature": True})
        self.scan(phone_of_another, "G2", "out", temperature=41.0)
        fevers = self.tracer.get("/api/v1/brief").json["numbers"]
        self.assertEqual(len(self.fevers()), before + 1)   # somebody looks at it
        record = max(self.fevers(), key=lambda one: int(one["id"]))
        self.assertNotIn("by", record)
        found = next(one for one in fevers if one["name"] == "fevers")["today"]
        self.step(record, "registered")
        time.sleep(1.1)
        self.assertEqual(next(one for one in self.tracer.get("/api/v1/brief").json["numbers"] if one["name"] == "fevers")["today"], found + 1)
        self.manager.call("PATCH", "/api/v1/sites/G2", {"asks_temperature": False})

    def test_a_step_that_is_sent_again_is_taken_once(self):
        record = self.fever()
        for _ in range(2):
            done = self.step(record, "noted", note="已打电话")
            self.assertEqual((done.status, [step["step"] for step in done.json["steps"]]), (200, ["opened", "noted"]))
        self.assertEqual(len(self.step(record, "noted", note="又打电话").json["steps"]), 3)

    def test_a_page_of_open_records_goes_on_where_it_was_though_its_last_has_moved(self):
        made = [self.tracer.post("/api/v1/registers/round", {"subject": f"仁和街{i}号", "division": HERE}).json["id"] for i in range(104)]
        page = self.tracer.get("/api/v1/registers/round").json
        last = page["records"][-1]
        self.assertEqual(self.step(last, "visited", note="x").status, 200)
        rest = self.tracer.get(f"/api/v1/registers/round?cursor={page['next']}").json["records"]
        seen = [one["id"] for one in page["records"] + rest]
        self.assertEqual((len(seen), len(set(seen))), (len(set(seen)), len(seen)))
        self.assertLessEqual(set(made), set(seen))
        for wrong in ("x", "1", "1.", "1.x", ".1"):
            self.assert_problem(self.tracer.get(f"/api/v1/registers/round?cursor={wrong}"), 422, "cursor_unknown")


class Isolation(Registers):
    def test_who_is_isolated_elsewhere_is_no_secret_told_and_no_bar(self):
        number = self.number()
        self.assertEqual(self.isolate(number, place="北街 12 号").status, 201)
        self.assert_problem(self.isolate(number, place="x"), 409, "record_open")   # of one's own divisions
        body = {"person": self.person(number), "until": rfc3339(int(time.time()) + DAY), "place": "南街 3 号", "note": "x"}
        self.assertEqual(self.there.post("/api/v1/registers/isolation", body).status, 201)
        time.sleep(1.1)
        numbers = {one["name"]: one["today"] for one in self.tracer.get("/api/v1/brief").json["numbers"]}
        open_ones = self.tracer.get("/api/v1/registers/isolation").json["records"]
        self.assertEqual(numbers["isolation_now"], len({one["person"]["id"] for one in open_ones}))   # people, not records
        self.assertLess(numbers["isolation_now"], len(open_ones))

    def test_whoever_is_in_isolation_already_is_not_put_in_twice_by_a_fever(self):
        number = self.number()
        until = int(time.time()) + 10 * DAY
        first = self.isolate(number, place="北街 12 号", until=rfc3339(until)).json
        opened = self.tracer.post("/api/v1/registers/fever", {"person": self.person(number), "found_at": "home", "temperature": 38, "division": HERE}).json
        self.step(opened, "sent", place="x")
        self.step(opened, "tested", result="positive")
        self.assertEqual(self.step(opened, "isolated", site="I1", until=rfc3339(until + DAY)).status, 200)
        mine = [one for one in self.tracer.get("/api/v1/registers/isolation").json["records"] if one["person"]["id"] == first["person"]["id"]]
        self.assertEqual([(one["id"], one["until"]) for one in mine], [(first["id"], rfc3339(until + DAY))])

    def test_a_breach_that_comes_late_is_told_after_the_release(self):
        number = self.number()
        self.resident(number)
        record = self.isolate(number, place="北街 12 号").json
        time.sleep(1.1)
        inside = int(time.time())
        time.sleep(1.1)
        self.assertEqual(self.step(record, "released").status, 200)
        time.sleep(1.1)
        item = gate_item({"document": document(number)}, "G2", "out", inside)
        self.assertEqual(self.guard.post("/api/v1/gate/scans", {"scans": [item]}).json["results"][0]["verdict"], "stop")
        self.assertIn(record["id"], [one.get("isolation") for one in self.tracer.get("/api/v1/alerts").json["alerts"]])
        self.assertEqual(self.at_gate(number, "G1")["verdict"], "pass")

    def test_beds_are_the_places_whichever_door_is_named(self):
        numbers = [self.number() for _ in range(3)]
        self.manager.post("/api/v1/sites", {"ref": "I8", "name": "党校隔离点", "category": "isolation", "division": HERE})
        self.manager.post("/api/v1/sites", {"ref": "I9", "name": "党校隔离点后门", "category": "isolation", "division": HERE, "place": "I8"})
        self.assertEqual(self.tracer.post("/api/v1/isolation/places/I8", {"capacity": 1}).status, 200)
        record = self.isolate(numbers[0], site="I8").json
        self.assert_problem(self.isolate(numbers[1], site="I9"), 409, "isolation_full")
        self.assertEqual(self.step(record, "moved", site="I9", place="202 室").status, 200)   # another room of it
        self.manager.post("/api/v1/sites/I9/close", {})
        self.manager.call("PATCH", "/api/v1/sites/I9", {"closed": True})
        self.assertIn("I9", [one["ref"] for one in self.tracer.get("/api/v1/isolation/places").json["places"]])

    def test_whoever_scans_while_in_isolation_is_stopped_and_the_desk_is_told(self):
        number = self.number()
        record = self.isolate(number, site="I1").json
        result = self.at_gate(number)
        self.assertEqual((result["verdict"], result["ledger"]["isolation"], result["ledger"]["measure"]), ("stop", record["id"], "central"), result)
        alert = next(one for one in self.tracer.get("/api/v1/alerts").json["alerts"] if one.get("isolation") == record["id"])
        self.assertEqual((alert["verdict"], alert["site"]["ref"]), ("stop", "G2"))
        for door in ("I1", "I3"):   # where they should be, by whichever door
            self.assertEqual(self.at_gate(number, door)["verdict"], "pass")
        self.assertEqual(self.step(record, "released").json["state"], "released")
        self.assertEqual(self.at_gate(number, "G1")["verdict"], "pass")

    def test_whom_one_person_alone_put_into_isolation_nobody_stops_until_another_approves(self):
        number = self.number()
        record = self.isolate(number, is_approved=False, place="北街 12 号").json
        self.assertEqual((record["approved"], record["next"][:2]), (False, ["measured", "approved"]))
        self.assertEqual(self.at_gate(number)["verdict"], "call")
        self.assert_problem(self.step(record, "approved"), 409, "record_own")
        self.assertEqual(self.step(record, "measured", temperature=36.5).json["approved"], False)
        due = self.step(record, "noted", note="已电话告知").json["due"]
        done = self.step(record, "approved", self.here).json
        self.assertEqual((done["approved"], done["due"], "approved" in done["next"]), (True, due, False))
        self.assertEqual(self.at_gate(number, "G1")["verdict"], "stop")
        self.assert_problem(self.step(record, "approved", self.manager), 409, "step_out_of_turn")

    def test_a_fever_that_two_people_followed_needs_no_third_to_approve_isolation(self):
        for helper, wanted in ((None, False), (self.here, True)):
            number = self.number()
            opened = self.tracer.post("/api/v1/registers/fever", {"person": self.person(number), "found_at": "home", "temperature": 38, "division": HERE}).json
            self.step(opened, "sent", place="x")
            self.step(opened, "tested", helper, result="positive")
            self.assertEqual(self.step(opened, "isolated", place="家中", until=rfc3339(int(time.time()) + DAY)).status, 200)
            inside = max(self.tracer.get("/api/v1/registers/isolation").json["records"], key=lambda one: int(one["id"]))
            self.assertEqual(inside["approved"], wanted)

    def test_isolation_ends_by_release_and_begins_when_it_was_opened(self):
        number = self.number()
        now = int(time.time())
        record = self.isolate(number, place="家中", until=rfc3339(now + 2)).json
        self.assert_problem(self.step(record, "extended", until=rfc3339(now + 1)), 422)
        time.sleep(3)
        self.assertEqual(self.at_gate(number)["verdict"], "stop")   # overdue, and still in
        late = gate_item(with_name(document(number), name(number)), "G1", "in", now - 3600)
        self.assertEqual(self.guard.post("/api/v1/gate/scans", {"scans": [late]}).json["results"][0]["verdict"], "pass")   # before anybody said so

    def test_the_office_that_keeps_somebody_is_told_wherever_they_scan(self):
        number = self.number()
        record = self.isolate(number, place="南城家中", division=THERE).json
        self.at_gate(number, "G1")
        mine = [one for one in self.there.get("/api/v1/alerts").json["alerts"] if one.get("isolation") == record["id"]]
        self.assertEqual([one["site"]["ref"] for one in mine], ["G1"])
        self.assertEqual(self.there.post(f"/api/v1/alerts/{mine[0]['id']}/close", {"note": "已送回"}).status, 200)

    def test_a_phone_learns_no_more_than_to_see_the_staff(self):
        number = self.number()
        self.isolate(number, place="仁和街1号家中")
        scan = self.scan(self.resident(number), "S1")
        self.assertEqual((scan.json["verdict"], "ledger" in scan.text), ("see_staff", False), scan)

    def test_a_place_takes_as_many_as_it_has_beds(self):
        self.assertEqual(self.tracer.post("/api/v1/isolation/places/I2", {"capacity": 1}).json, {"ref": "I2", "capacity": 1})
        self.assertEqual(self.isolate(self.number(), site="I2").status, 201)
        self.assert_problem(self.isolate(self.number(), site="I2"), 409, "isolation_full")
        self.assertIn({"ref": "I2", "name": "学校隔离点", "capacity": 1, "in": 1}, self.tracer.get("/api/v1/isolation/places").json["places"])
        for beds in (-1, 1.5, 100_001):
            self.assert_problem(self.tracer.post("/api/v1/isolation/places/I2", {"capacity": beds}), 422, "capacity_range")
        self.assert_problem(self.isolate(self.number(), site="S1"), 422, "isolation_place")

    def test_what_an_isolation_needs(self):
        for wrong, code in (({"until": None}, "until_missing"), ({"place": None}, "place_missing"), ({"until": rfc3339(int(time.time()) - 1)}, "register_until"),
                            ({"until": rfc3339(int(time.time()) + 400 * DAY)}, "register_until"), ({"until": "soon"}, "time_malformed"), ({"note": None}, "isolation_ground")):
            number = self.number()
            body = {"person": self.person(number), "until": rfc3339(int(time.time()) + DAY), "division": HERE, "place": "家中", "note": "x", **wrong}
            self.assert_problem(self.tracer.post("/api/v1/registers/isolation", {key: value for key, value in body.items() if value is not None}), 422, code)

    def test_nobody_is_in_a_register_twice(self):
        number = self.number()
        first = self.isolate(number, place="家中").json
        self.assert_problem(self.isolate(number, place="家中"), 409, "record_open")
        self.assertEqual(self.step(first, "released").status, 200)
        self.assertEqual(self.isolate(number, place="家中").status, 201)
        hot = self.number()
        self.at_gate(hot, temperature=38.0)
        self.assert_problem(self.tracer.post("/api/v1/registers/fever", {"person": self.person(hot), "found_at": "clinic", "division": HERE}), 409, "record_open")

    def test_without_a_division_it_is_the_places(self):
        number = self.number()
        body = {"person": self.person(number), "until": rfc3339(int(time.time()) + DAY), "site": "I1", "note": "x"}
        self.assertEqual(self.tracer.post("/api/v1/registers/isolation", body).json["division"]["code"], HERE)

    def test_a_fever_at_home_is_in_the_fever_register(self):
        number = self.number()
        record = self.isolate(number, place="家中").json
        self.assertEqual(self.step(record, "measured", temperature=36.5).json["temperature"], 36.5)
        before = len(self.fevers())
        self.step(record, "measured", temperature=38.1)
        found = max(self.fevers(), key=lambda one: int(one["id"]))
        self.assertEqual((len(self.fevers()) - before, found["found_at"], found["temperature"]), (1, "home", 38.1))

    def test_isolation_survives_a_restart(self):
        number = self.number()
        self.isolate(number, site="I1")
        self.restart(self.here, self.there, hard=True)
        self.assertEqual(self.at_gate(number)["verdict"], "stop")


class Matters(Registers):
    def test_each_of_the_other_registers_is_walked_to_its_end(self):
        for kind, steps in (("round", [("away", {}), ("visited", {"note": "三口人，无异常"})]), ("report", [("looked", {"note": "属实"}), ("settled", {"note": "已劝返"})]),
                            ("finding", [("mended", {"note": "已补测温枪"}), ("again", {"note": "仍缺"}), ("mended", {"note": "已补"}), ("confirmed", {})]), ("certificate", [("issued", {})])):
            made = self.tracer.post(f"/api/v1/registers/{kind}", {"division": HERE, "subject": "仁和街1号", "place": "王干事"})
            self.assertEqual(made.status, 201, made)
            record = made.json
            self.assertEqual((record["subject"], record["place"]), ("仁和街1号", "王干事"))
            for step, more in steps:
                self.assertIn(step, record["next"])
                done = self.step(record, step, **more)
                self.assertEqual(done.status, 200, done)
                record = done.json
            self.assertEqual((record["next"], "closed" in record), ([], True))
            self.assertEqual([step["step"] for step in record["steps"]], ["opened", *[step for step, _ in steps]])
        self.assert_problem(self.tracer.post("/api/v1/registers/round", {"division": HERE}), 422, "subject_missing")

    def test_a_finding_may_name_its_own_term_and_the_first_due_comes_first(self):
        late, soon = rfc3339(int(time.time()) + 30 * DAY), rfc3339(int(time.time()) + 60)
        one = self.tracer.post("/api/v1/registers/finding", {"division": HERE, "subject": "缺登记", "until": late}).json
        two = self.tracer.post("/api/v1/registers/finding", {"division": HERE, "subject": "缺测温", "until": soon}).json
        self.assertEqual((one["due"], two["due"]), (late, soon))
        ids = [record["id"] for record in self.tracer.get("/api/v1/registers/finding").json["records"]]
        self.assertLess(ids.index(two["id"]), ids.index(one["id"]))


class Vehicles(Registers):
    def check(self, plate, people=2, direction="in", site="G2", **more):
        answer = self.guard.post("/api/v1/gate/vehicles", {"checks": [{"site": site, "plate": plate, "people": people, "direction": direction, **more}]})
        return answer.json["results"][0]

    def test_a_vehicle_is_checked_once_in_and_once_out(self):
        now = int(time.time())
        first = self.check("冀F12A34", at=rfc3339(now - 1200))
        self.assertEqual((first["status"], first["known"], first["people"]), (201, False, 2))
        again = self.check("冀 f·12A34", people=2, at=rfc3339(now - 600))
        self.assertEqual((again["status"], again["known"], again["id"], again["people"]), (200, True, first["id"], 2))
        self.assertEqual(self.check("冀F12A34", at=rfc3339(now - 599))["known"], False)   # 10 minutes and a second later
        self.assertEqual(self.check("冀F12A34", direction="out", at=rfc3339(now - 1200))["known"], False)
        self.assertEqual(self.check("冀F12A34", site="G1", at=rfc3339(now - 1200))["known"], False)

    def test_whoever_looks_again_has_counted_again(self):
        now = int(time.time())
        first = self.check("冀F45A34", people=2, at=rfc3339(now - 60))
        again = self.check("冀F45A34", people=4, at=rfc3339(now - 30))
        self.assertEqual((again["id"], again["known"], again["people"]), (first["id"], True, 4))
        late = self.check("冀F45A34", people=2, at=rfc3339(now - 60))   # the first one, sent again: no newer look
        self.assertEqual((late["id"], late["people"]), (first["id"], 4))
        self.assertEqual(run("check", "--data", self.service.data, check=False).returncode, 0)   # its plate opens still

    def test_what_a_check_must_say(self):
        now = int(time.time())
        for changes, status, code in (({"plate": ""}, 422, "plate_empty"), ({"people": 0}, 422, "vehicle_people"), ({"people": 100}, 422, "vehicle_people"), ({"people": 1.5}, 422, "vehicle_people"),
                                      ({"direction": "up"}, 422, "direction_missing"), ({"site": "nowhere"}, 404, "site_unknown"), ({"at": rfc3339(now + 600)}, 422, "time_ahead"),
                                      ({"at": rfc3339(now - 8 * DAY)}, 422, "time_old")):
            result = self.check(**{"plate": "冀F00001", **changes})
            self.assertEqual((result["status"], result["code"]), (status, code), changes)
        for people in (1, 99):
            self.assertEqual(self.check(f"冀F1000{people % 9}", people)["status"], 201)

    def test_one_wrong_check_never_loses_the_others_and_the_shift_counts_them(self):
        before = self.guard.get("/api/v1/gate/shift?site=G1").json["vehicles"]
        checks = [{"site": "G1", "plate": f"冀F77A{i:02}", "people": 1 if i != 3 else 0, "direction": "out"} for i in range(10)]
        results = self.guard.post("/api/v1/gate/vehicles", {"checks": checks}).json["results"]
        self.assertEqual([result["status"] for result in results], [201] * 3 + [422] + [201] * 6)
        self.assertEqual(self.guard.get("/api/v1/gate/shift?site=G1").json["vehicles"] - before, 9)
        self.assert_problem(self.guard.post("/api/v1/gate/vehicles", {"checks": checks * 11}), 422, "batch_too_large")


if __name__ == "__main__":
    unittest.main()
