# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/gate/scans: staff, turnstiles and gateways scan for people."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, name, phone
from support.town import DAY, TownTest, gate_item, rfc3339, unix_second, with_name


class GateScans(TownTest):
    def only(self, *item):
        return self.gate(item)[0]

    def test_too_many_items_are_refused_shortly_whatever_they_are(self):
        for item in (1, {}):
            with self.subTest(item):
                answer = self.guard.post("/api/v1/gate/scans", {"scans": [item] * 20_000})
                self.assert_problem(answer, 422, "batch_too_large")
                self.assertLess(len(answer.raw), 1_000)

    def test_someone_known_is_scanned_by_document(self):
        number, now = self.number(), int(time.time())
        self.resident(number)
        result = self.only({"document": document(number)}, "S1", "in", now - 600)
        self.assertEqual((result["status"], result["verdict"]), (201, "pass"), result)
        self.assertTrue(result["id"])
        scans = self.trajectory(self.person_id(document=document(number)), now - DAY, now)["scans"]
        self.assertEqual([(scan["id"], scan["evidence"]) for scan in scans], [(result["id"], "staff")])

    def test_someone_known_is_scanned_by_phone_and_name(self):
        number, now = self.number(), int(time.time())
        self.resident(number)
        self.assertEqual(self.only({"phone": phone(number), "name": name(number)}, "S1", "in", now - 600)["status"], 201)
        person = self.person_id(document=document(number))
        self.assertEqual(len(self.trajectory(person, now - DAY, now)["scans"]), 1)

    def test_someone_known_is_scanned_by_the_credential_he_shows(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        self.assertEqual(self.only({"credential": resident.bearer}, "S1", "in", now - 600)["status"], 201)
        person = self.person_id(document=document(number))
        self.assertEqual(len(self.trajectory(person, now - DAY, now)["scans"]), 1)

    def test_a_gate_and_a_phone_name_the_same_scan_only_once(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        by_phone = self.scanned(resident, "S1", "in", now - 600)
        result = self.only({"document": document(number)}, "S1", "in", now - 600)
        self.assertEqual((result["status"], result["id"]), (200, by_phone["id"]), result)

    def test_someone_unknown_without_a_name_is_404_unknown_person(self):
        result = self.only({"document": document(self.number())}, "S1", "in")
        self.assertEqual((result["status"], result["code"]), (404, "unknown_person"), result)
        self.assertTrue(result["detail"])

    def test_someone_unknown_with_a_name_is_registered_in_the_same_act(self):
        number, now = self.number(), int(time.time())
        first = self.only(with_name(document(number), name(number)), "S1", "in", now - 600)
        second = self.only({"document": document(number)}, "S1", "out", now - 300)
        self.assertEqual((first["status"], second["status"]), (201, 201))
        person = self.person_id(document=document(number))
        self.assertEqual(self.visits(person, now - DAY, now), [("S1", now - 600, now - 300, "scanned")])

    def test_items_are_taken_in_order(self):
        number = self.number()
        subject = {"document": document(number)}
        results = self.gate([subject, "S1"], [with_name(document(number), name(number)), "S1"], [subject, "S2"])
        self.assertEqual([result["status"] for result in results], [404, 201, 201], results)

    def test_a_retry_is_200_with_the_first_id_also_within_one_call(self):
        number, at = self.number(), int(time.time()) - 600
        item = (with_name(document(number), name(number)), "S1", "in", at)
        first = self.gate(item, item)
        again = self.gate(item)
        self.assertEqual([result["status"] for result in first + again], [201, 200, 200])
        self.assertEqual(len({str(result["id"]) for result in first + again}), 1)

    def test_a_retry_of_what_was_voided_says_so_and_another_second_is_a_scan(self):
        number, at = self.number(), int(time.time()) - 600
        item = (with_name(document(number), name(number)), "S1", "in")
        first = self.only(*item, at)
        self.assertNotIn("voided", first)
        self.assertEqual(self.guard.post(f"/api/v1/scans/{first['id']}/void", {"reason": "按错了"}).status, 200)
        again, other = self.gate((*item, at), (*item, at + 1))
        self.assertEqual((again["status"], again["id"], again["voided"]), (200, first["id"], True), again)
        self.assertEqual(other["status"], 201, other)
        self.assertNotIn("voided", other)

    def test_a_retry_survives_a_kill(self):
        number, at = self.number(), int(time.time()) - 600
        item = (with_name(document(number), name(number)), "S1", "in", at)
        first = self.only(*item)
        self.restart(hard=True)
        again = self.only(*item)
        self.assertEqual((again["status"], again["id"]), (200, first["id"]))

    def test_each_failure_has_the_number_that_the_call_alone_would_give(self):
        number, now = self.number(), int(time.time())
        known = with_name(document(number), name(number))
        wrong_check = id_number(1)[:-1] + ("1" if id_number(1)[-1] != "1" else "2")
        results = self.gate(
            [known, "S1", "in", now - 100], [known, "NOWHERE", "in", now - 100], [known, "S1", "in", now + 500],
            [known, "S1", "in", now - 8 * DAY], [known, "S1", "sideways", now - 100],
            [with_name({"type": "id", "number": wrong_check}, "王明"), "S1", "in", now - 100],
            [{"phone": "12345678901", "name": "王明"}, "S1", "in", now - 100],
            [with_name(document(number + 1000), "=1+1"), "S1", "in", now - 100],
            [{"credential": "A" * 43}, "S1", "in", now - 100], [known, "S1", "out", now - 50])
        statuses = [result["status"] for result in results]
        self.assertEqual(statuses[:8] + statuses[9:], [201, 404, 422, 422, 422, 422, 422, 422, 201], results)
        self.assertIn(statuses[8], (401, 404, 422))
        for result in results[1:9]:
            self.assertTrue(result["code"] and result["detail"], result)
            self.assertNotIn("verdict", {key for key in result if result[key] == "pass"}, result)

    def test_an_item_of_the_wrong_shape_hurts_no_other(self):
        number = self.number()
        good = gate_item(with_name(document(number), name(number)), "S1", "in", int(time.time()) - 100)
        items = [{**good, "extra": 1}, {**good, "site": 5}, {**good, "subject": {}}, {**good, "at": 5},
                 {**good, "subject": {"document": document(number), "phone": phone(number)}},
                 {"site": "S1", "direction": "in"}, good]
        answer = self.guard.post("/api/v1/gate/scans", {"scans": items})
        self.assertEqual(answer.status, 200, answer)
        statuses = [result["status"] for result in answer.json["results"]]
        self.assertTrue(set(statuses[:-1]) <= {400, 422}, answer)
        self.assertEqual((statuses[0], statuses[1], statuses[3], statuses[-1]), (400, 400, 400, 201), answer)
        pointers = [result.get("pointer") for result in answer.json["results"]]
        self.assertEqual(pointers, ["/extra", "/site", "/subject", "/at", "/subject", "/subject", None], answer)

    def test_an_item_refused_for_its_time_tells_the_servers_time(self):
        number, before = self.number(), int(time.time())
        item = gate_item(with_name(document(number), name(number)), "S1", "in", before + 9000)
        answer = self.guard.post("/api/v1/gate/scans", {"scans": [item]})
        result = answer.json["results"][0]
        self.assertEqual((result["code"], result["pointer"]), ("time_ahead", "/at"), answer)
        for told in (answer.json["now"], result["now"]):
            self.assertTrue(before <= unix_second(told) <= int(time.time()), answer)

    def test_500_items_of_one_call_are_taken_and_501_are_not(self):
        number, now = self.number(), int(time.time())
        subject = with_name(document(number), name(number))
        items = [gate_item(subject, "G1", "in", now - 40000 + 61 * i) for i in range(501)]
        self.assertIn(self.guard.post("/api/v1/gate/scans", {"scans": items}).status, (413, 422))
        results = self.guard.post("/api/v1/gate/scans", {"scans": items[:500]}).json["results"]
        self.assertEqual([result["status"] for result in results], [201] * 500)

    def test_a_body_over_256_kib_is_413(self):
        answer = self.guard.post("/api/v1/gate/scans", b'{"scans":[]}' + b" " * (256 * 1024))
        self.assert_problem(answer, 413)

    def test_without_at_the_servers_second_counts(self):
        number, before = self.number(), int(time.time())
        self.only(with_name(document(number), name(number)), "S1", "in")
        scans = self.trajectory(self.person_id(document=document(number)), before - DAY, before + DAY)["scans"]
        self.assertTrue(before <= unix_second(scans[0]["at"]) <= int(time.time()))

    def test_temperature_and_plate_are_taken(self):
        number, now = self.number(), int(time.time())
        result = self.only(with_name(document(number), name(number)), "G2", "in", now - 60,
                           {"temperature": 36.6, "plate": "冀F12345"})
        self.assertEqual(result["status"], 201, result)

    def test_an_old_document_form_is_the_same_person(self):
        number = id_number(50, "19670402")
        old = {"type": "id", "number": number[:6] + number[8:17]}
        first = self.only(with_name({"type": "id", "number": number}, "王老六"), "S1", "in", int(time.time()) - 100)
        again = self.only({"document": old}, "S1", "out")
        self.assertEqual((first["status"], again["status"]), (201, 201))

    def test_a_guard_enters_only_in_his_own_scope(self):
        guard = self.service.operator("guard-village", "guard", "130682100")
        number = self.number()
        items = [gate_item(with_name(document(number), name(number)), ref) for ref in ("G1", "G2", "S1")]
        answer = guard.post("/api/v1/gate/scans", {"scans": items})
        self.assertEqual([result["status"] for result in answer.json["results"]], [201, 201, 404], answer)

    def test_the_answer_shows_nothing_of_the_person(self):
        number = self.number()
        answer = self.guard.post("/api/v1/gate/scans", {"scans": [
            gate_item(with_name(document(number), name(number)), "S1", "in", rfc3339(int(time.time()) - 60))]})
        for secret in (name(number), document(number)["number"]):
            self.assertNotIn(secret.encode(), answer.raw)


if __name__ == "__main__":
    unittest.main()
