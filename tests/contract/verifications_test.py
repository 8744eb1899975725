# SPDX-License-Identifier: Apache-2.0
"""Staff at a gate see the document that a phone registered: what that changes, and what it does not."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, phone
from support.town import CASE, DAY, TownTest, rfc3339


class Verifications(TownTest):
    def verify(self, credential, seen, client=None):
        return (client or self.guard).post("/api/v1/gate/verifications", {"credential": credential, "document": seen})

    def look_at(self, person):
        now = int(time.time())
        self.assertEqual(self.tracer.get(f"/api/v1/people/{person}/trajectory?case={CASE}&from={rfc3339(now - DAY)}&to={rfc3339(now + DAY)}").status, 200)

    def history(self, person):
        return self.tracer.get(f"/api/v1/people/{person}/history?case={CASE}").json["registrations"]

    def test_the_document_that_was_registered_is_seen_once_and_for_all(self):
        number = self.number()
        resident = self.resident(number)
        first = self.verify(resident.bearer, document(number))
        self.assertEqual(first.status, 200, first)
        self.assertEqual(self.verify(resident.bearer, document(number)).json, first.json)
        person = self.person_id(document=document(number))
        self.assertEqual([one["seen"] for one in self.history(person)], [True])

    def test_another_document_a_forged_credential_and_whoever_is_no_guard_are_refused_and_nothing_is_seen(self):
        number = self.number()
        resident = self.resident(number)
        self.assert_problem(self.verify(resident.bearer, document(self.number())), 409, "document_differs")
        self.assert_problem(self.verify("A" * len(resident.bearer), document(number)), 404, "credential_unknown")
        broken = id_number(number)
        broken = broken[:17] + ("0" if broken[17] != "0" else "1")
        self.assert_problem(self.verify(resident.bearer, {"type": "id", "number": broken}), 422)
        self.assertEqual(self.verify(resident.bearer, document(number), self.tracer).status, 403)
        self.assertEqual(self.verify(resident.bearer, document(number), resident).status, 403)
        self.assertEqual([one["seen"] for one in self.history(self.person_id(document=document(number)))], [False])

    def test_a_correction_to_another_document_has_not_been_seen(self):
        number, other = self.number(), self.number()
        resident = self.resident(number)
        self.assertEqual(self.verify(resident.bearer, document(number)).status, 200)
        self.assertEqual(resident.call("PATCH", "/api/v1/me", {"document": document(other)}).status, 200)
        self.assert_problem(self.verify(resident.bearer, document(number)), 409, "document_differs")
        seen = {one["corrected"]: one["seen"] for one in self.history(self.person_id(document=document(other)))}
        self.assertEqual(seen, {True: True, False: False})

    def test_its_phone_is_told_of_looks_though_another_phone_names_the_person_too_and_that_other_is_not(self):
        number = self.number()
        resident = self.resident(number)
        stranger = self.resident(number, phone=phone(70_000 + number))
        person = self.person_id(document=document(number))
        self.look_at(person)
        looks = [len(one.get("/api/v1/me/access").json["looks"]) for one in (resident, stranger)]
        self.assertEqual(self.verify(resident.bearer, document(number)).status, 200)
        self.look_at(person)
        self.assertGreater(len(resident.get("/api/v1/me/access").json["looks"]), looks[0])
        self.assertEqual(len(stranger.get("/api/v1/me/access").json["looks"]), looks[1])

    def test_a_phone_is_told_of_later_phones_with_its_document_and_never_of_earlier_ones(self):
        number = self.number()
        first = self.resident(number)
        self.assertEqual(first.get("/api/v1/me").json["other_phones"], [])
        second = self.resident(number, phone=phone(71_000 + number))
        self.assertEqual(len(first.get("/api/v1/me").json["other_phones"]), 1)
        self.assertEqual(second.get("/api/v1/me").json["other_phones"], [])
        third = self.resident(number, name="完全另一人", phone=phone(72_000 + number))   # a conflict: another person until a human says otherwise
        self.assertEqual(len(first.get("/api/v1/me").json["other_phones"]), 1)
        self.assertEqual(third.get("/api/v1/me").json["other_phones"], [])


if __name__ == "__main__":
    unittest.main()
