# SPDX-License-Identifier: Apache-2.0
"""Outings under a rule: what a guard is told of somebody who goes out, what counts, and who may make and take back rules."""

import glob
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.town import DAY, LOCAL_OFFSET_S, TownTest, gate_item

VILLAGE = "130682100200"   # of the site G1


def day(days_ahead=0):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + LOCAL_OFFSET_S + days_ahead * DAY))


class Outings(TownTest):
    def rule(self, client=None, **changes):
        return (client or self.manager).post("/api/v1/outing-rules", {"division": VILLAGE, "from": day(-3), "until": day(3), "people": 1, "days": 2, **changes})

    def in_force(self, **changes):
        made = self.rule(**changes)
        self.assertEqual(made.status, 201, made)
        self.addCleanup(self.manager.call, "DELETE", f"/api/v1/outing-rules/{made.json['id']}")
        return made.json["id"]

    def household(self, count, address=None):
        numbers = [self.number() for _ in range(count)]
        for number in numbers:
            self.resident(number, division=VILLAGE, address=address or f"幸福路{numbers[0]}号")
        return numbers

    def go(self, number, direction="out", ref="G1", at=None):
        answer = self.guard.post("/api/v1/gate/scans", {"scans": [gate_item({"document": document(number)}, ref, direction, at or int(time.time()))]})
        result = answer.json["results"][0]
        self.assertIn(result["status"], (200, 201), answer)
        return result

    def except_(self, scan, reason="看病", client=None):
        return (client or self.guard).post("/api/v1/gate/outings", {"scan": scan, "reason": reason})


class AtTheGate(Outings):
    def test_the_second_of_a_household_is_told_who_went_and_is_taken_all_the_same(self):
        one, two = self.household(2)
        self.assertNotIn("outing", self.go(one, at=int(time.time()) - 5))   # no rule, no word
        self.in_force()
        first = self.go(one)
        self.assertEqual(first["outing"], {"allowed": True})
        second = self.go(two)
        self.assertEqual(second["outing"], {"allowed": False, "used": {"at": first["at"], "name": name(one)[0] + "*"}})
        self.assertEqual((second["status"], second["verdict"]), (201, "pass"))
        again = self.go(two, at=second["at"])
        self.assertEqual((again["status"], again["outing"]), (200, second["outing"]))
        self.assertNotIn("outing", self.go(two, "in"))
        self.assertNotIn("outing", self.go(two, ref="G2"))

    def test_yesterdays_outing_counts_for_two_days_and_not_for_three(self):
        one, two, three = self.household(3)
        self.in_force(days=2)
        self.go(one, at=int(time.time()) - 2 * DAY)
        self.assertEqual(self.go(two, at=int(time.time()) - DAY)["outing"]["allowed"], False)
        self.in_force(days=1)
        self.assertEqual(self.go(three)["outing"], {"allowed": True})

    def test_an_exception_counts_for_nothing_and_is_written_down_by_name(self):
        one, two = self.household(2)
        self.in_force()
        scan = self.go(one)["id"]
        self.assert_problem(self.except_(scan, ""), 422, "missing")
        self.assert_problem(self.except_(scan, client=self.service.operator("guard-elsewhere", "guard", "130682001")), 404, "scan_unknown")
        self.assertEqual(self.except_(scan).json, {"excepted": True})
        self.assert_problem(self.except_(scan), 409, "outing_excepted")
        self.assertEqual(self.go(two)["outing"], {"allowed": True})
        line = self.auditor.get("/api/v1/audit?limit=1&action=outing_excepted").json["entries"][0]
        self.assertEqual(line["operator"], "guard-1")
        self.assertIn("看病", str(line))

    def test_whoever_goes_out_by_their_own_phone_went_out_too(self):
        one, two = self.number(), self.number()
        phones = [self.resident(number, division=VILLAGE, address=f"幸福路{one}号") for number in (one, two)]
        self.in_force()
        self.assertEqual(self.scan(phones[0], "G1", "out").status, 201)
        deadline = time.monotonic() + 5
        while self.go(two, at=int(time.time()) - int(deadline - time.monotonic()) - 60)["outing"]["allowed"] and time.monotonic() < deadline:
            time.sleep(0.3)   # it is written down behind the answer; each look is a scan of another second
        self.assertEqual(self.go(two)["outing"]["allowed"], False)

    def test_nobody_moves_out_of_a_rule(self):
        one, two = self.number(), self.number()
        phones = [self.resident(number, division=VILLAGE, address=f"幸福路{one}号") for number in (one, two)]
        time.sleep(1.1)
        self.in_force()
        self.go(one)
        time.sleep(1.1)
        changed = phones[1].call("PATCH", "/api/v1/me", {"address": "幸福路9999号"})
        self.assertIn(changed.status, (200, 204), changed)
        self.resident(two, division=VILLAGE, address="幸福路8888号")
        self.assertEqual(self.go(two)["outing"]["allowed"], False)

    def test_the_number_of_a_household_in_a_roster_decides_whatever_its_address(self):
        one, two, three = (self.number() for _ in range(3))
        rows = [f"{name(number)},{document(number)['number']},{VILLAGE},{house},{address}" for number, house, address in
                ((one, "A1", "同福路8号"), (two, "Ａ 1", "同福路八号院东屋"), (three, "A2", "同福路8号"))]
        done = self.admin.call("POST", "/api/v1/people/import", "name,document_number,division,household,address\n" + "\n".join(rows) + "\n", {"Content-Type": "text/csv"})
        self.assertEqual((done.status, done.json["rejected"]), (200, []), done)
        self.in_force()
        self.assertEqual(self.go(one)["outing"], {"allowed": True})
        self.assertEqual(self.go(two)["outing"]["allowed"], False)
        self.assertEqual(self.go(three)["outing"], {"allowed": True})

    def test_nothing_is_said_of_whoever_gave_no_home(self):
        self.in_force()
        number = self.number()
        self.resident(number)
        self.assertNotIn("outing", self.go(number))
        (other,) = self.household(1, "东内堡村")
        self.assertNotIn("outing", self.go(other))

    def test_the_store_says_nothing_of_homes(self):
        one, two = self.household(2)
        self.in_force()
        self.go(one)
        self.go(two)
        for path in glob.glob(os.path.join(self.service.data, "chayan.db*")):
            with open(path, "rb") as file:
                self.assertNotIn("幸福".encode(), file.read(), path)


class Rules(Outings):
    def test_a_rule_is_of_ones_own_division_and_has_bounds(self):
        for changes, code in (({"people": 0}, "outing_people"), ({"people": 21}, "outing_people"), ({"days": 0}, "outing_days"), ({"days": 15}, "outing_days"),
                              ({"until": day(-1)}, "outing_period"), ({"from": day(4)}, "outing_period"), ({"until": day(90)}, "outing_period"),
                              ({"from": "2月3日"}, "date_malformed"), ({"division": "999999"}, "division_unknown")):
            self.assert_problem(self.rule(**changes), 422, code)
        self.in_force(people=20, days=14, until=day(88))
        elsewhere = self.service.operator("manager-elsewhere", "manager", "130682001")
        self.assert_problem(self.rule(elsewhere), 422, "division_unknown")
        made = self.in_force()
        self.assertEqual(elsewhere.get("/api/v1/outing-rules").json, {"rules": []})
        self.assert_problem(elsewhere.call("DELETE", f"/api/v1/outing-rules/{made}"), 404, "outing_rule_unknown")
        for client in (self.guard, self.admin, self.auditor):
            self.assert_problem(self.rule(client), 403, "forbidden")

    def test_a_rule_outlives_a_restart_and_ends_when_it_is_taken_back(self):
        one, two = self.household(2)
        made = self.in_force()
        self.restart()
        told = self.tracer.get("/api/v1/outing-rules").json["rules"]
        self.assertEqual([(rule["id"], rule["division"]["code"], rule["people"], rule["days"], rule["by"]) for rule in told], [(made, VILLAGE, 1, 2, "manager-1")])
        self.assertEqual(self.go(one)["outing"], {"allowed": True})
        self.assertEqual(self.tracer.call("DELETE", f"/api/v1/outing-rules/{made}").status, 200)
        self.assert_problem(self.tracer.call("DELETE", f"/api/v1/outing-rules/{made}"), 404, "outing_rule_unknown")
        self.assertNotIn("outing", self.go(two))


if __name__ == "__main__":
    unittest.main()
