# SPDX-License-Identifier: Apache-2.0
"""A town in which every test has three hours of its own, so that nobody meets the people of another test."""

import time

from support.people import document, name
from support.town import DAY, SITES, TownTest, gate_item

SLOT_S = 3 * 3600
SLOTS = 50


class SlotTest(TownTest):
    sites = SITES + [{"ref": "X1", "category": "office", "name": "档案馆"}]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        start = int(time.time()) - 6 * DAY - DAY // 2
        cls._slots = iter(range(start - start % 3600, start + SLOTS * SLOT_S, SLOT_S))

    def setUp(self):
        self.at = next(self._slots)

    def walk(self, *scans, plate=None):
        """Enters one person's scans (ref, direction, second after this test's begin); returns the person's id."""
        number = self.number()
        subject = {"document": document(number), "name": name(number)}
        more = {"plate": plate} if plate else {}
        items = [gate_item(subject, ref, direction, self.at + second, more) for ref, direction, second in scans]
        results = self.guard.post("/api/v1/gate/scans", {"scans": items}).json["results"]
        self.assertEqual({result["status"] for result in results}, {201}, results)
        return self.person_id(document=document(number))

    def stay(self, begin, end, ref="S1", **how):
        return self.walk((ref, "in", begin), (ref, "out", end), **how)

    def ask(self, *people, since=0, until=SLOT_S, **more):
        return self.trace([{"person": person} for person in people], self.at + since, self.at + until, **more)

    def rows(self, *people, **more):
        """{person: row} of degree 1."""
        answer = self.ask(*people, **more)
        self.assertIs(answer["complete"], True, answer)
        return {row["person"]["id"]: row for row in answer["contacts"] if row["degree"] == 1}
