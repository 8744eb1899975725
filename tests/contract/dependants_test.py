# SPDX-License-Identifier: Apache-2.0
"""Dependants: children and elders scanned on somebody else's phone, alone, together and in an offline queue."""

import itertools
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.town import DAY, TownTest, rfc3339, with_name

DEPENDANTS_MAX = 10


class DependantsTest(TownTest):
    def add(self, resident, number=None, **changes):
        """The answer to registering the number-th person, by default without a document."""
        body = {"name": name(self.number() if number is None else number), "relation": "子女", **changes}
        return resident.post("/api/v1/me/dependants", body)

    def added(self, resident, number=None, **changes):
        answer = self.add(resident, number, **changes)
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"]

    def listed(self, resident):
        answer = resident.get("/api/v1/me/dependants")
        self.assertEqual(answer.status, 200, answer)
        return answer.json["dependants"]


class Registering(DependantsTest):
    def test_dependants_are_listed_as_they_were_said(self):
        resident, number = self.resident(), self.number()
        first = self.added(resident, number, document=document(number), relation="母亲")
        second = self.added(resident, number + 1, birth_date="2016-01-02")
        elder, child = self.listed(resident)
        self.assertEqual((elder["id"], elder["name"], elder["document"], elder["relation"]),
                         (first, name(number), document(number), "母亲"))
        self.assertEqual((child["id"], child["name"], child["birth_date"], child["relation"]),
                         (second, name(number + 1), "2016-01-02", "子女"))
        self.assertNotIn("document", child)
        self.assertEqual(resident.get("/api/v1/me").json["dependants"], [elder, child])
        self.restart(resident, hard=True)
        self.assertEqual(self.listed(resident), [elder, child])

    def test_the_same_words_again_are_the_same_dependant(self):
        resident, number = self.resident(), self.number()
        first = self.add(resident, number)
        again = self.add(resident, number)
        self.assertEqual((first.status, again.status), (201, 200))
        self.assertEqual(first.json, again.json)
        self.assertEqual(self.add(resident, number, relation="父亲").status, 201)

    def test_ten_are_taken_and_the_eleventh_is_told_why(self):
        resident = self.resident()
        ids = [self.added(resident) for _ in range(DEPENDANTS_MAX)]
        answer = self.add(resident)
        self.assert_problem(answer, 409, "too_many_dependants")
        self.assertTrue(answer.json["detail"])
        scan = self.scan(resident, "S1", dependants=ids)
        self.assertEqual((scan.status, len(scan.json["scans"])), (201, DEPENDANTS_MAX + 1))
        self.assert_field(self.scan(resident, "S1", dependants=[*ids, ids[0]]), "/dependants")

    def test_mistakes_are_told_by_field(self):
        resident = self.resident()
        wrong = document(self.number())
        wrong["number"] = wrong["number"][:-1]
        for body, pointer in (({"name": "王小明"}, "/relation"), ({"name": "王小明", "relation": ""}, "/relation"),
                              ({"relation": "子女"}, "/name"), ({"name": "", "relation": "子女"}, "/name"),
                              ({"name": "王小明", "relation": "子" * 31}, "/relation"), ({"name": "王小明", "relation": "子\n"}, "/relation"),
                              ({"name": "王小明", "relation": "子女", "birth_date": "2999-01-01"}, "/birth_date"),
                              ({"name": "王小明", "relation": "子女", "document": wrong}, "/document/number")):
            with self.subTest(body):
                self.assert_field(resident.post("/api/v1/me/dependants", body), pointer)
        for body in ({"name": "王小明", "relation": "子女", "phone": "14200000000"}, {"name": "王小明", "relation": 1}, []):
            with self.subTest(body):
                self.assert_problem(resident.post("/api/v1/me/dependants", body), 400)
        self.assertEqual(self.listed(resident), [])
        self.assertEqual(self.add(resident, relation="子" * 30).status, 201)

    def test_the_answer_is_the_same_whether_the_person_was_known_or_not(self):
        known, now = self.number(), int(time.time())
        self.scanned(self.resident(known), "S1", "in", now - 300)
        resident, fresh = self.resident(), self.number()
        answers = [self.add(resident, number, document=document(number)) for number in (known, fresh)]
        self.assertEqual([answer.status for answer in answers], [201, 201])
        self.assertEqual([sorted(answer.json) for answer in answers], [["id"], ["id"]])
        self.assertEqual(len({len(answer.raw) for answer in answers}), 1)
        shown = self.listed(resident)
        self.assertEqual(sorted(shown[0]), sorted(shown[1]))
        self.assertEqual(resident.get("/api/v1/me/scans").json["scans"], [])
        # For a tracer it is one person all the same.
        self.scan(resident, "S2", dependants=[answers[0].json["id"]])
        scans = self.trajectory(self.person_id(document=document(known)), now - DAY, now + 60)["scans"]
        self.assertEqual([scan["site"]["ref"] for scan in scans], ["S1", "S2"])


class Scanning(DependantsTest):
    def test_a_scan_has_one_entry_for_each_person_the_resident_first(self):
        resident, now = self.resident(), int(time.time())
        ids = [self.added(resident) for _ in range(3)]
        by_person = {}
        for n, order in enumerate(itertools.permutations(ids)):
            answer = self.scan(resident, "S1", "in", now - 500, dependants=list(order))
            self.assertEqual(answer.status, 201 if n == 0 else 200, answer)
            scans = dict(zip(["self", *order], [scan["id"] for scan in answer.json["scans"]]))
            self.assertEqual(len(set(scans.values())), 4)
            by_person = by_person or scans
            self.assertEqual(scans, by_person)   # whatever the order, and again
        shown = {scan["who"]: scan["id"] for scan in resident.get("/api/v1/me/scans").json["scans"]}
        self.assertEqual(shown, by_person)

    def test_without_the_resident(self):
        number = self.number()
        resident, now = self.resident(number), int(time.time())
        child = self.added(resident)
        def scan(**who):
            return resident.post("/api/v1/scans", {"code": self.code("S1"), "direction": "in", "at": rfc3339(now - 60), **who})
        answer = scan(**{"dependants": [child], "self": False})
        self.assertEqual((answer.status, len(answer.json["scans"])), (201, 1))
        self.assertEqual(self.trajectory(self.person_id(document=document(number)), now - DAY, now)["scans"], [])
        self.assert_field(scan(**{"self": False}), "/self")
        self.assert_field(scan(**{"self": False, "dependants": []}), "/self")

    def test_a_retry_that_adds_somebody_is_new_for_them_alone(self):
        resident, now = self.resident(), int(time.time())
        child = self.added(resident)
        alone = self.scan(resident, "S1", "in", now - 60)
        both = self.scan(resident, "S1", "in", now - 60, dependants=[child])
        self.assertEqual((alone.status, both.status), (201, 201))
        self.assertEqual(both.json["scans"][0]["id"], alone.json["scans"][0]["id"])

    def test_somebody_elses_id_and_a_forged_one_are_refused_alike_and_nobody_is_recorded(self):
        number = self.number()
        resident, other, now = self.resident(number), self.resident(), int(time.time())
        own, theirs = self.added(resident), self.added(other)
        forged = theirs[:-1] + ("0" if theirs[-1] != "0" else "1")
        bodies = []
        for wrong in (theirs, forged, "x", "", resident.bearer):
            answer = self.scan(resident, "S1", "in", now - 60, dependants=[own, wrong])
            self.assert_problem(answer, 422, "unknown_dependant")
            bodies.append({key: value for key, value in answer.json.items() if key not in ("request_id", "now")})
        self.assertEqual(bodies, [bodies[0]] * len(bodies))
        self.assertEqual(resident.get("/api/v1/me/scans").json["scans"], [])

    def test_an_id_is_no_credential(self):
        resident = self.resident()
        child = self.added(resident)
        self.assert_problem(resident.as_bearer(child).get("/api/v1/me"), 401)

    def test_a_batch_takes_dependants_item_by_item(self):
        resident, other, now = self.resident(), self.resident(), int(time.time())
        first, second, theirs = self.added(resident), self.added(resident), self.added(other)
        items = [{"code": self.code("S1"), "direction": "in", "at": rfc3339(now - 900 + 100 * i), **more} for i, more in enumerate((
            {"dependants": [first]}, {"dependants": [first, theirs]}, {"dependants": [second, first], "self": False},
            {"self": False}, {}, {"dependants": [1]}))]
        for status in (201, 200):
            results = resident.post("/api/v1/scans/batch", {"scans": items}).json["results"]
            self.assertEqual([result["status"] for result in results], [status, 422, status, 422, status, 400], results)
            self.assertEqual([len(result.get("scans", [])) for result in results], [2, 0, 2, 0, 1, 0])
            self.assertEqual((results[1]["code"], results[3]["code"]), ("unknown_dependant", "nobody_scanned"))
        alone = self.scan(resident, "S1", "in", now - 900, dependants=[first])
        self.assertEqual(alone.json["scans"], results[0]["scans"])   # what the call alone answers
        self.assertEqual(len(resident.get("/api/v1/me/scans").json["scans"]), 5)

    def test_a_retry_after_a_hard_restart_gives_the_same_ids(self):
        resident, now = self.resident(), int(time.time())
        ids = [self.added(resident) for _ in range(2)]
        first = self.scan(resident, "S1", "in", now - 60, dependants=ids)
        self.restart(resident, hard=True)
        again = self.scan(resident, "S1", "in", now - 60, dependants=ids)
        self.assertEqual((first.status, again.status), (201, 200))
        self.assertEqual(first.json["scans"], again.json["scans"])

    def test_a_dependants_scan_is_taken_back_by_the_phone_that_made_it(self):
        resident, stranger = self.resident(), self.resident()
        child = self.added(resident)
        scan = self.scan(resident, "S1", dependants=[child]).json["scans"][1]
        self.assertEqual(stranger.post(f"/api/v1/scans/{scan['id']}/void", {"reason": "扫错了"}).status, 404)
        self.assertEqual(resident.post(f"/api/v1/scans/{scan['id']}/void", {"reason": "扫错了"}).status, 200)
        self.assertEqual({one["who"]: one["voided"] for one in resident.get("/api/v1/me/scans").json["scans"]},
                         {"self": False, child: True})


class Company(DependantsTest):
    def contacts(self, person, now, **more):
        rows = self.trace([{"person": person}], now - DAY, now + 60, min_overlap_s=36000, **more)["contacts"]
        return {row["person"]["id"]: row["kinds"] for row in rows}

    def test_holder_and_dependants_are_company_whoever_is_asked_about(self):
        number, child_number, now = self.number(), self.number(), int(time.time())
        resident = self.resident(number)
        child = self.added(resident, child_number, document=document(child_number))
        self.scan(resident, "G1", "in", now - 900, dependants=[child])
        person, dependant = self.person_id(document=document(number)), self.person_id(document=document(child_number))
        self.assertIn("company", self.contacts(person, now)[dependant])
        self.assertIn("company", self.contacts(dependant, now)[person])
        self.restart(hard=True)
        self.assertIn("company", self.contacts(person, now)[dependant])

    def test_a_guard_who_scans_both_makes_no_company(self):
        number, child_number, now = self.number(), self.number(), int(time.time())
        resident = self.resident(number)
        self.added(resident, child_number, document=document(child_number))
        self.gate(*[[with_name(document(n), name(n)), "G1", "in", now - 500 - n] for n in (number, child_number)])
        self.assertEqual(self.contacts(self.person_id(document=document(number)), now), {})

    def test_a_correction_keeps_the_company_of_a_phone_together(self):
        number, corrected, child_number, now = self.number(), self.number(), self.number(), int(time.time())
        resident = self.resident(number)
        child = self.added(resident, child_number, document=document(child_number))
        self.assertEqual(resident.call("PATCH", "/api/v1/me", {"document": document(corrected)}).status, 200)
        time.sleep(1.1)
        self.assertEqual(self.scan(resident, "G2", dependants=[child]).status, 201)
        person, dependant = self.person_id(document=document(corrected)), self.person_id(document=document(child_number))
        contacts = self.contacts(person, now)
        self.assertEqual(list(contacts), [dependant])
        self.assertIn("company", contacts[dependant])


class Removing(DependantsTest):
    def remove(self, resident, dependant):
        return resident.call("DELETE", f"/api/v1/me/dependants/{dependant}")

    def test_who_is_removed_is_scanned_no_more_and_what_was_recorded_stays(self):
        resident, number = self.resident(), self.number()
        gone, stays = self.added(resident, number), self.added(resident)
        self.assertEqual(self.scan(resident, "S1", dependants=[gone, stays]).status, 201)
        card = next(one["card"] for one in resident.get("/api/v1/me/card").json["dependants"] if one["id"] == gone)
        for _ in range(2):
            self.assertEqual(self.remove(resident, gone).status, 200)
        self.restart(resident, hard=True)
        self.assertEqual([one["id"] for one in self.listed(resident)], [stays])
        self.assert_problem(self.scan(resident, "S2", dependants=[gone]), 422)
        self.assertEqual(self.scan(resident, "S2", dependants=[stays]).status, 201)
        self.assertEqual(self.guard.post("/api/v1/gate/scans", {"scans": [{"subject": {"card": card}, "site": "S2", "direction": "in"}]}).json["results"][0]["code"], "unknown_card")
        self.assertEqual(sum(scan["who"] == gone for scan in resident.get("/api/v1/me/scans").json["scans"]), 1)
        again = self.add(resident, number)   # written down anew, as somebody who was added wrongly is
        self.assertEqual(again.status, 201)
        self.assertNotEqual(again.json["id"], gone)

    def test_nobody_removes_somebody_else_s(self):
        resident, other = self.resident(), self.resident()
        dependant = self.added(resident)
        for id in (dependant, "x", dependant[:-1] + ("0" if dependant[-1] != "0" else "1")):
            self.assert_problem(self.remove(other, id), 404, "unknown_dependant")
        self.assertEqual([one["id"] for one in self.listed(resident)], [dependant])

    def test_the_tenth_has_room_again(self):
        resident = self.resident()
        ids = [self.added(resident) for _ in range(DEPENDANTS_MAX)]
        self.assertEqual(self.add(resident).status, 409)
        self.assertEqual(self.remove(resident, ids[3]).status, 200)
        self.added(resident)


class Temperatures(DependantsTest):
    def test_one_reading_is_of_the_first_who_passes_and_of_nobody_else(self):
        resident = self.resident()
        child, elder = self.added(resident), self.added(resident)
        self.assertEqual(self.scan(resident, "S1", temperature=36.6, dependants=[child]).status, 201)
        self.assertEqual(resident.post("/api/v1/scans", {"code": self.code("S2"), "direction": "in", "temperature": 36.9, "dependants": [elder, child], "self": False}).status, 201)
        taken = {site: [one.get("temperature") for one in self.guard.get(f"/api/v1/gate/recent?site={site}").json["scans"]] for site in ("S1", "S2")}
        self.assertEqual({site: sorted(values, key=str) for site, values in taken.items()}, {"S1": [36.6, None], "S2": [36.9, None]})
