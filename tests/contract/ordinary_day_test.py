# SPDX-License-Identifier: Apache-2.0
"""An ordinary day under the limits as they are set at first: nobody who works or walks meets one. What takes them a quarter of an
hour or a day is sent in seconds, so that hardly anything comes back meanwhile: whoever passes here has room to spare."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.town import CASE, DAY, TownTest, gate_item, rfc3339

CSV = {"Content-Type": "text/csv"}
RUSH_PEOPLE = 900        # through one gate in a quarter of an hour of the morning, one by one
RUSH_LOOKS = 225         # at the roster, the last people and the word of the day, by the guard meanwhile
ROSTER_ROWS = 500      # of one file of the importer's


class OrdinaryDay(TownTest):
    config = ""   # the product's own limits: what this is about, whatever TownTest has

    def passes(self, answer, *statuses):
        self.assertIn(answer.status, statuses or (200, 201), answer)
        return answer

    def test_a_guard_at_a_busy_gate(self):
        now = int(time.time())
        for number in range(RUSH_PEOPLE):
            subject = {"document": document(10_000 + number), "name": name(number)}
            answer = self.passes(self.guard.post("/api/v1/gate/scans", {"scans": [gate_item(subject, "G1", "in", now - 3600 + number)]}))
            self.assertEqual(answer.json["results"][0]["status"], 201, answer)
            if number % (RUSH_PEOPLE // RUSH_LOOKS) == 0:
                self.passes(self.guard.get("/api/v1/gate/word" if number % 3 else "/api/v1/gate/sites"))
        queue = [gate_item({"document": document(10_000 + number % RUSH_PEOPLE)}, "G1", "out", now - 1800 + number // 4) for number in range(2_000)]
        for first in range(0, len(queue), 500):   # and what an hour without a net has left
            results = self.passes(self.guard.post("/api/v1/gate/scans", {"scans": queue[first:first + 500]})).json["results"]
            self.assertEqual({result["status"] for result in results}, {201})

    def test_a_resident_from_morning_to_night(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        for child in range(3):
            self.passes(resident.post("/api/v1/me/dependants", {"name": name(900 + child), "relation": "孩子"}))
        doors = ("S1", "S2", "P1", "O1", "G1", "K1", "D1", "D2")
        for step in range(40):   # eight doors, in and out, and a clumsy thumb
            self.passes(self.scan(resident, doors[step % 8], "in" if step % 2 else "out", now - DAY // 2 + step * 600))
            if step % 4 == 0:
                self.passes(resident.get("/api/v1/me/scans"))
        week = [{"code": self.code(doors[i % 8]), "direction": "in", "at": rfc3339(now - 3 * DAY + i * 900)} for i in range(200)]
        results = self.passes(resident.post("/api/v1/scans/batch", {"scans": week})).json["results"]
        self.assertFalse([result for result in results if result["status"] == 429])
        for path in ("/api/v1/me", "/api/v1/me/access", "/api/v1/me/export", "/api/v1/me/dependants"):
            for _ in range(5):
                self.passes(resident.get(path))

    def test_a_household_that_registers_behind_one_address_with_a_thousand_others(self):
        for _ in range(300):
            self.passes(self.scan(self.resident(), "S1"))

    def test_a_tracer_with_an_outbreak(self):
        now = int(time.time())
        window = {"from": rfc3339(now - DAY), "to": rfc3339(now + 60)}
        query = f"case={CASE}&from={window['from']}&to={window['to']}"
        people = []
        for _ in range(40):
            number = self.number()
            self.passes(self.scan(self.resident(number), "S2"))
            people.append(self.person_id(document=document(number)))
        for person in people:
            self.passes(self.tracer.get(f"/api/v1/people/{person}/trajectory?{query}"))
            self.passes(self.tracer.post("/api/v1/traces", {"case": CASE, "index": [{"person": person}], **window}))
        for person in people[:20]:
            self.passes(self.tracer.post(f"/api/v1/people/{person}/reveal", {"case": CASE, "fields": ["phone"], "reason": "电话流调"}))
        for _ in range(10):
            self.passes(self.tracer.get(f"/api/v1/sites/S2/passages?{query}&format=csv"))
        for _ in range(20):   # pages that are opened, reloaded and left
            for path in ("/api/v1/session", f"/api/v1/cases/{CASE}", "/api/v1/cases", "/api/v1/reviews", "/api/v1/registers"):
                self.passes(self.tracer.get(path))

    def test_whoever_imports_and_whoever_keeps_the_sites(self):
        now = int(time.time())
        for file in range(5):
            rows = "".join(f"R{file}-{i},{name(i)},{phone(20_000 + file * ROSTER_ROWS + i)}\n" for i in range(ROSTER_ROWS))
            self.passes(self.admin.post("/api/v1/people/import", "ref,name,phone\n" + rows, CSV))
            rows = "".join(f"R{file}-{i},S1,{rfc3339(now - DAY + i)},in\n" for i in range(ROSTER_ROWS))
            self.passes(self.admin.post("/api/v1/scans/import", "ref,site,at,direction\n" + rows, CSV))
        for _ in range(10):
            self.passes(self.manager.get("/api/v1/sites"))
            self.passes(self.manager.call("PATCH", "/api/v1/sites/S2", {"address": "北街"}))
            self.passes(self.manager.get("/api/v1/sites/S1/traffic?day=" + rfc3339(now)[:10]))
            self.passes(self.manager.get("/api/v1/sites/S1/poster"))
        for login in range(10):
            self.passes(self.admin.post("/api/v1/operators", {"login": f"new-{login}", "roles": ["guard"], "password": f"a fresh passphrase for {login}"}))

    def test_a_shift_that_begins_with_everybody_logging_in(self):
        for _ in range(20):
            self.service.session("guard-1")


if __name__ == "__main__":
    unittest.main()
