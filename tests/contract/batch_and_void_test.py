# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/scans/batch, an offline queue where each item stands on its own; and taking a scan back."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.service import password
from support.town import DAY, TownTest, rfc3339, unix_second, with_name

DONE = (200, 201, 204)


class Batch(TownTest):
    def item(self, ref, direction, at, **more):
        return {"code": self.code(ref), "direction": direction, "at": rfc3339(at), **more}

    def batch(self, resident, items):
        answer = resident.post("/api/v1/scans/batch", {"scans": items})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(len(answer.json["results"]), len(items), answer)
        return answer.json["results"]

    def test_each_item_is_answered_on_its_own_and_in_order(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        results = self.batch(resident, [
            self.item("S1", "in", now - 3000), self.item("S1", "out", now + 9000),
            {"code": "0" * 16, "direction": "in", "at": rfc3339(now - 2000)},
            self.item("S1", "sideways", now - 2000), self.item("S1", "out", now - 1000)])
        statuses = [result["status"] for result in results]
        self.assertEqual([statuses[0], statuses[1], statuses[3], statuses[4]], [201, 422, 422, 201], results)
        self.assertIn(statuses[2], (404, 422))
        for result in results[1:4]:
            self.assertTrue(result["code"], result)
        person = self.person_id(document=document(number))
        self.assertEqual(self.visits(person, now - DAY, now), [("S1", now - 3000, now - 1000, "scanned")])

    def test_an_item_of_the_wrong_shape_hurts_no_other(self):
        now = int(time.time())
        good = self.item("S1", "in", now - 100)
        results = self.batch(self.resident(), [{**good, "role": "admin"}, {**good, "at": 5}, {"direction": "in"}, good])
        self.assertEqual([results[0]["status"], results[1]["status"], results[3]["status"]], [400, 400, 201], results)
        self.assertIn(results[2]["status"], (400, 422))
        self.assertEqual([result.get("pointer") for result in results], ["/role", "/at", "/code", None], results)

    def test_a_retry_of_a_batch_gives_the_first_ids(self):
        resident, now = self.resident(), int(time.time())
        items = [self.item("S1" if i % 2 else "S2", "in", now - 3600 + 30 * i) for i in range(60)]
        first, again = self.batch(resident, items), self.batch(resident, list(reversed(items)))
        self.assertEqual({result["status"] for result in first}, {201})
        self.assertEqual({result["status"] for result in again}, {200})
        self.assertEqual([ids(result) for result in first], [ids(result) for result in reversed(again)])

    def test_the_same_scan_twice_in_one_batch_is_one_scan(self):
        resident, now = self.resident(), int(time.time())
        results = self.batch(resident, [self.item("S1", "in", now - 100)] * 2)
        self.assertEqual([result["status"] for result in results], [201, 200], results)
        self.assertEqual(ids(results[0]), ids(results[1]))

    def test_a_batch_of_500_is_taken_and_of_501_is_not(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        items = [self.item("G1", "in", now - 40000 + 61 * i) for i in range(501)]
        refused = resident.post("/api/v1/scans/batch", {"scans": items})
        self.assertIn(refused.status, (413, 422), refused)
        person = self.person_id(document=document(number))
        self.assertEqual(self.trajectory(person, now - DAY, now)["scans"], [])
        self.assertEqual({result["status"] for result in self.batch(resident, items[:500])}, {201})
        self.assertEqual(len(self.trajectory(person, now - DAY, now)["scans"]), 500)

    def test_an_item_refused_for_its_time_tells_the_servers_time(self):
        before = int(time.time())
        answer = self.resident().post("/api/v1/scans/batch", {"scans": [
            self.item("S1", "in", before + 9000), self.item("S1", "in", before - 8 * DAY), self.item("S1", "in", before - 60)]})
        late, old, good = answer.json["results"]
        self.assertEqual([late["code"], old["code"], good["status"]], ["time_ahead", "time_old", 201], answer)
        for told in (answer.json["now"], late["now"], old["now"]):
            self.assertTrue(before <= unix_second(told) <= int(time.time()), answer)
        self.assertNotIn("now", good)

    def test_an_empty_batch_has_no_results(self):
        answer = self.resident().post("/api/v1/scans/batch", {"scans": []})
        self.assertIn(answer.status, (200, 422), answer)

    def test_a_batch_that_is_none_is_refused(self):
        for body in ({}, {"scans": {}}, {"scans": None}, {"scans": [], "role": "admin"}, []):
            with self.subTest(body):
                self.assertIn(self.resident().post("/api/v1/scans/batch", body).status, (400, 422))


class Voids(TownTest):
    def void(self, client, scan, reason="扫错了"):
        return client.post(f"/api/v1/scans/{scan['id']}/void", {"reason": reason})

    def test_ones_own_scan_is_taken_back_and_opens_no_visit(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        wrong = self.scanned(resident, "S1", "in", now - 60)
        person = self.person_id(document=document(number))
        self.assertEqual(len(self.visits(person, now - DAY, now)), 1)
        self.assertIn(self.void(resident, wrong).status, DONE)
        answer = self.trajectory(person, now - DAY, now)
        self.assertEqual(answer["visits"], [])
        self.assertEqual([scan["voided"] for scan in answer["scans"]], [True])

    def test_a_voided_scan_cuts_no_visit_and_makes_no_repeat(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        self.scanned(resident, "S1", "in", now - 500)
        wrong = self.scanned(resident, "S2", "in", now - 400)
        again = self.scanned(resident, "S2", "in", now - 350)
        self.assertIs(again["repeated"], True)
        self.assertIn(self.void(resident, wrong).status, DONE)
        person = self.person_id(document=document(number))
        answer = self.trajectory(person, now - DAY, now)
        self.assertEqual([(scan["repeated"], scan["voided"]) for scan in answer["scans"]],
                         [(False, False), (False, True), (False, False)])
        self.assertEqual(self.visits(person, now - DAY, now)[0], ("S1", now - 500, now - 350, "next_scan"))

    def test_nobody_takes_back_anothers_scan(self):
        scan = self.scanned(self.resident(), "S1", "in")
        self.assertIn(self.void(self.resident(), scan).status, (403, 404))

    def test_a_guard_takes_back_what_he_entered(self):
        number, now = self.number(), int(time.time())
        result = self.gate([with_name(document(number), name(number)), "S1", "in", now - 60])[0]
        self.assertIn(self.void(self.guard, result).status, DONE)
        person = self.person_id(document=document(number))
        self.assertEqual(self.visits(person, now - DAY, now), [])

    def test_in_a_browser_with_both_cookies_it_is_the_guard_who_takes_back(self):
        number, now = self.number(), int(time.time())
        result = self.gate([with_name(document(number), name(number)), "S1", "in", now - 60])[0]
        session = self.service.client().post("/api/v1/session", {"login": "guard-1", "password": password("guard-1")}).json
        headers = {"Cookie": f"__Host-chayan={self.resident().bearer}; __Host-session={session['token']}",
                   "X-CSRF-Token": session["csrf"]}
        browser = self.service.client()
        answer = browser.post(f"/api/v1/scans/{result['id']}/void", {"reason": "扫错了"}, headers)
        self.assertIn(answer.status, DONE, answer)

    def test_a_reason_is_required(self):
        resident = self.resident()
        scan = self.scanned(resident, "S1", "in")
        self.assertIn(resident.post(f"/api/v1/scans/{scan['id']}/void", {}).status, (400, 422))
        for blank in ("", " ", "\t\n", "\u3000 "):
            self.assert_problem(self.void(resident, scan, blank), 422, "missing")
        self.assertIn(self.void(resident, scan, "\u3000误").status, DONE)

    def test_a_scan_that_does_not_exist_is_404(self):
        resident = self.resident()
        for scan_id in ("1", "999999999", "0", "-1", "x", "%00"):
            with self.subTest(scan_id):
                answer = resident.post(f"/api/v1/scans/{scan_id}/void", {"reason": "扫错了"})
                self.assertIn(answer.status, (400, 403, 404), answer)

    def test_a_void_survives_a_restart(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        scan = self.scanned(resident, "S1", "in", now - 60)
        self.assertIn(self.void(resident, scan).status, DONE)
        self.restart(hard=True)
        person = self.person_id(document=document(number))
        answer = self.trajectory(person, now - DAY, now)
        self.assertEqual((answer["visits"], [scan["voided"] for scan in answer["scans"]]), ([], [True]))


def ids(result):
    """The id or ids of a result, whichever way it shows them."""
    return [scan["id"] for scan in result["scans"]] if "scans" in result else [result["id"]]


if __name__ == "__main__":
    unittest.main()
