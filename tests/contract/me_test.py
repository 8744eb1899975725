# SPDX-License-Identifier: Apache-2.0
"""/api/v1/me: what a phone itself said and recorded, correcting, withdrawing and taking it along; never what others know."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.service import Service, registration
from support.town import DAY, TownTest, rfc3339, unix_second, with_name

SCAN_DAYS = 28  # the default of [retention]


class MeTest(TownTest):
    def me(self, resident):
        answer = resident.get("/api/v1/me")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def own(self, resident, query=""):
        answer = resident.get("/api/v1/me/scans" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def correct(self, resident, **fields):
        """Corrects, and waits until the second of the correction is over: it holds for what is later than it."""
        answer = resident.call("PATCH", "/api/v1/me", fields)
        time.sleep(1.1)
        return answer


class Shown(MeTest):
    def test_what_the_phone_said_is_shown_in_full(self):
        number, before = self.number(), int(time.time())
        resident = self.resident(number, address="清风街12号", sex=None)
        me = self.me(resident)
        said = me["registration"]
        self.assertEqual((said["name"], said["document"]), (name(number), document(number)))
        self.assertTrue(said["phone"].endswith(phone(number)), said)
        self.assertEqual(said["address"], "清风街12号")
        self.assertEqual(me["dependants"], [])
        self.assertEqual((me["retention"]["scan_days"], me["notice_version"]), (SCAN_DAYS, self.notice))
        self.assertLessEqual(before, unix_second(me["since"]))
        self.assertLessEqual(unix_second(me["since"]), int(time.time()))

    def test_only_a_resident_asks(self):
        for client, status in ((self.service.client(), 401), (self.guard, 403), (self.tracer, 403), (self.admin, 403)):
            for path in ("/api/v1/me", "/api/v1/me/scans", "/api/v1/me/export", "/api/v1/me/dependants"):
                with self.subTest(path=path, status=status):
                    self.assert_problem(client.get(path), status)

    def test_a_query_that_nobody_reads_is_refused(self):
        resident = self.resident()
        for path in ("/api/v1/me?all=1", "/api/v1/me/scans?case=2020-001", "/api/v1/me/export?limit=5", "/api/v1/me/dependants?cursor=x"):
            with self.subTest(path):
                self.assert_problem(resident.get(path), 400, "unknown_member")


class OwnScans(MeTest):
    def test_scans_come_newest_first_with_their_site(self):
        resident, now = self.resident(), int(time.time())
        first = self.scanned(resident, "S1", "in", now - 300)
        last = self.scanned(resident, "P1", "in", now - 100)
        shown = self.own(resident)
        self.assertEqual([scan["id"] for scan in shown["scans"]], [last["id"], first["id"]])
        self.assertEqual(shown["scans"][0], {
            "id": last["id"], "site": {"ref": "P1", "name": "仁和药店"}, "at": rfc3339(now - 100), "direction": "in",
            "repeated": False, "voided": False, "evidence": "static", "who": "self"})
        self.assertIsNone(shown["next"])

    def test_a_voided_scan_and_a_repeat_are_shown_as_such(self):
        resident, now = self.resident(), int(time.time())
        wrong = self.scanned(resident, "S1", "in", now - 300)
        self.scanned(resident, "S2", "in", now - 200)
        self.scanned(resident, "S2", "in", now - 160)
        self.assertEqual(resident.post(f"/api/v1/scans/{wrong['id']}/void", {"reason": "扫错了"}).status, 200)
        self.assertEqual([(scan["repeated"], scan["voided"]) for scan in self.own(resident)["scans"]],
                         [(True, False), (False, False), (False, True)])

    def test_pages_are_cut_by_limit_and_lose_nothing(self):
        resident, now = self.resident(), int(time.time())
        made = [self.scanned(resident, "S1", "in", now - 100 * i)["id"] for i in range(7)]
        for limit in (1, 3, 7, 500):
            with self.subTest(limit=limit):
                pages, query = [], f"?limit={limit}"
                while query:
                    page = self.own(resident, query)
                    self.assertLessEqual(len(page["scans"]), limit)
                    pages += [scan["id"] for scan in page["scans"]]
                    query = page["next"] and f"?limit={limit}&cursor={page['next']}"
                self.assertEqual(pages, made)
        window = self.own(resident, f"?from={rfc3339(now - 400)}&to={rfc3339(now - 100)}")
        self.assertEqual([scan["id"] for scan in window["scans"]], made[2:5])

    def test_a_malformed_page_is_refused_by_its_field(self):
        resident, other = self.resident(), self.resident()
        others = self.scanned(other, "S1")["id"]
        for query, pointer in (("limit=0", "/limit"), ("limit=501", "/limit"), ("limit=many", "/limit"), ("from=today", "/from"),
                               ("to=2020", "/to"), ("from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "/to"),
                               ("cursor=forged", "/cursor"), (f"cursor={others}", "/cursor")):
            with self.subTest(query):
                self.assert_field(resident.get("/api/v1/me/scans?" + query), pointer)


class Others(MeTest):
    def test_two_phones_with_one_document_read_only_their_own(self):
        number, now = self.number(), int(time.time())
        first = self.resident(number, address="清风街12号")
        second = self.resident(number, phone=phone(self.number()))
        mine = self.scanned(first, "S1", "in", now - 300)
        theirs = self.scanned(second, "S2", "in", now - 200)
        self.assertEqual(len(self.trajectory(self.person_id(document=document(number)), now - DAY, now)["scans"]), 2)
        self.assertEqual([scan["id"] for scan in self.own(first)["scans"]], [mine["id"]])
        self.assertEqual([scan["id"] for scan in self.own(second)["scans"]], [theirs["id"]])
        self.assertNotIn("address", self.me(second)["registration"])
        self.assertNotIn(phone(number), second.get("/api/v1/me/export").raw.decode())
        self.assertNotIn(mine["id"], second.get("/api/v1/me/export").raw.decode())

    def test_a_collider_sees_nothing_of_the_victim(self):
        number, now = self.number(), int(time.time())
        victim = self.resident(number, address="南门外3号")
        scan = self.scanned(victim, "S1", "in", now - 60)
        before = self.me(victim)
        collider = self.resident(number, name=name(number + 1), phone=phone(self.number()))
        for path in ("/api/v1/me", "/api/v1/me/scans", "/api/v1/me/export", "/api/v1/me/dependants"):
            text = collider.get(path).raw.decode()
            for secret in (name(number), phone(number), "南门外3号", scan["id"]):
                self.assertNotIn(secret, text, path)
        # Nor when they correct their way to the victim's own words.
        self.assertEqual(self.correct(collider, name=name(number)).status, 200)
        text = collider.get("/api/v1/me/export").raw.decode()
        for secret in (phone(number), "南门外3号", scan["id"]):
            self.assertNotIn(secret, text)
        self.assertEqual(self.me(victim), before)
        self.assertEqual(self.scan(victim, "S1", "in", now - 60).status, 200)

    def test_what_a_guard_recorded_is_not_shown_to_whoever_registered_the_document_first(self):
        number, now = self.number(), int(time.time())
        first = self.resident(number)
        result = self.gate([with_name(document(number), name(number)), "G1", "in", now - 30])[0]
        self.assertEqual(result["status"], 201)
        self.assertEqual(self.own(first)["scans"], [])
        self.assertNotIn(result["id"], first.get("/api/v1/me/export").raw.decode())


class Corrections(MeTest):
    def test_a_correction_is_shown_and_the_credential_goes_on(self):
        number, other = self.number(), self.number()
        resident = self.resident(number)
        answer = self.correct(resident, document=document(other), address="北街5号")
        self.assertEqual(answer.status, 200, answer)
        said = self.me(resident)["registration"]
        self.assertEqual(answer.json["registration"], said)
        self.assertEqual((said["name"], said["document"], said["address"]), (name(number), document(other), "北街5号"))
        self.assertEqual(self.scan(resident, "S1").status, 201)

    def test_a_lost_answer_is_asked_for_again(self):
        number = self.number()
        resident = self.resident(self.number())
        for _ in range(3):
            self.assertEqual(self.correct(resident, name=name(number)).status, 200)
        self.assertEqual(len(resident.get("/api/v1/me/export").json["earlier"]), 1)

    def test_scans_from_before_are_known_under_their_ids_also_after_a_restart(self):
        number, other, now = self.number(), self.number(), int(time.time())
        resident = self.resident(number)
        first = self.scanned(resident, "S1", "in", now - 300)
        self.assertEqual(self.correct(resident, document=document(other)).status, 200)
        for hard in (None, False, True):
            if hard is not None:
                self.restart(resident, hard=hard)
            again = self.scan(resident, "S1", "in", now - 300)
            self.assertEqual((again.status, again.json["scans"][0]["id"]), (200, first["id"]))
        self.scanned(resident, "S2")
        self.assertEqual(len(self.own(resident)["scans"]), 2)

    def test_what_was_said_before_and_after_is_one_person_and_no_contact_of_themselves(self):
        number, other, now = self.number(), self.number(), int(time.time())
        resident = self.resident(number)
        self.scanned(resident, "S1", "in", now - 60)
        self.assertEqual(self.correct(resident, document=document(other)).status, 200)
        self.scanned(resident, "S1", "in")
        person = self.person_id(document=document(other))
        self.assertEqual(self.person_id(document=document(number)), person)
        self.assertEqual(len(self.trajectory(person, now - DAY, now + 60)["scans"]), 2)
        self.assertNotIn(person, [row["person"]["id"] for row in self.trace([{"person": person}], now - 3600, now + 60)["contacts"]])

    def test_no_company_of_oneself_where_a_roster_names_who_one_was(self):
        number, other, now = self.number(), self.number(), int(time.time())
        self.gate([with_name(document(number), name(number)), "G1", "in", now - 3000])   # another statement of the first person
        resident = self.resident(number)
        self.scanned(resident, "G2", "in", now - 400)
        self.assertEqual(self.correct(resident, document=document(other)).status, 200)
        self.scanned(resident, "G2", "in")
        before, after = self.person_id(document=document(number)), self.person_id(document=document(other))
        self.assertNotEqual(before, after)
        contacts = self.trace([{"person": after}], now - 3600, now + 60)["contacts"]
        self.assertNotIn(before, [row["person"]["id"] for row in contacts])
        self.assertEqual(len(self.trajectory(before, now - DAY, now + 60)["scans"]), 2)   # nothing was taken from them

    def test_ones_past_scans_never_come_into_the_trace_of_whom_one_claims_to_be(self):
        number, victim, now = self.number(), self.number(), int(time.time())
        self.resident(victim)
        resident = self.resident(number)
        self.scanned(resident, "S1", "in", now - 60)
        self.assertEqual(self.correct(resident, name=name(victim), document=document(victim)).status, 200)
        self.assertEqual(self.trajectory(self.person_id(document=document(victim)), now - DAY, now + 60)["scans"], [])
        self.assertEqual(len(self.trajectory(self.person_id(document=document(number)), now - DAY, now + 60)["scans"]), 1)

    def test_at_a_gate_a_credential_and_a_document_follow_the_correction(self):
        number, other, now = self.number(), self.number(), int(time.time())
        resident = self.resident(number, document=document(other))   # the document of somebody else, mistyped
        self.assertEqual(self.correct(resident, document=document(number)).status, 200)
        self.assertEqual(self.gate([{"document": document(other)}, "G1", "in", now - 30])[0]["status"], 404)
        self.assertEqual(self.gate([with_name(document(other), name(other)), "G1", "in", now - 20])[0]["status"], 201)
        self.assertEqual(self.gate([{"credential": resident.bearer}, "G1", "in"])[0]["status"], 201)
        scans = self.trajectory(self.person_id(document=document(number)), now - DAY, now + 60)["scans"]
        self.assertEqual([scan["evidence"] for scan in scans], ["staff"])

    def test_mistakes_are_told_by_field_and_change_nothing(self):
        resident = self.resident()
        before = self.me(resident)
        wrong = document(self.number())
        wrong["number"] = wrong["number"][:-1] + ("0" if wrong["number"][-1] != "0" else "1")
        for fields, pointer in (({"name": ""}, "/name"), ({"document": wrong}, "/document/number"), ({"phone": "12"}, "/phone"),
                                ({"birth_date": "1999-01-01"}, "/birth_date"), ({"division": "x"}, "/division")):
            with self.subTest(fields):
                self.assert_field(resident.call("PATCH", "/api/v1/me", fields), pointer)
        for body in ({"role": "admin"}, {"name": 5}, {"notice_version": 1}, []):
            with self.subTest(body):
                self.assert_problem(resident.call("PATCH", "/api/v1/me", body), 400)
        self.assertEqual(resident.call("PATCH", "/api/v1/me", {}).status, 200)
        self.assertEqual(self.me(resident), before)

    def test_ten_corrections_are_taken_and_the_eleventh_is_not(self):
        resident = self.resident()
        for i in range(10):
            self.assertEqual(resident.call("PATCH", "/api/v1/me", {"address": f"北街{i}号"}).status, 200)
        self.assert_problem(resident.call("PATCH", "/api/v1/me", {"address": "南街1号"}), 409, "too_many_corrections")
        self.assertEqual(self.me(resident)["registration"]["address"], "北街9号")


class Withdrawals(MeTest):
    def test_the_credential_ends_at_once_and_what_stays_is_said(self):
        number, now = self.number(), int(time.time())
        resident, other = self.resident(number), self.resident(number)
        self.scanned(resident, "S1", "in", now - 60)
        answer = resident.call("DELETE", "/api/v1/me", headers={"Accept-Language": "en"})
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("Max-Age=0", answer.headers["Set-Cookie"])
        self.assertEqual(answer.json["erased"], ["credential"])
        kept = {(entry["what"], entry["why"]): entry for entry in answer.json["kept"]}
        until = kept["scans", "kept_retention"]["until"]
        self.assertLess(abs(unix_second(until) - now - (SCAN_DAYS + 2) * DAY), DAY)
        self.assertEqual(kept["registration", "kept_for_scans"]["until"], until)
        self.assertIsNone(kept["scans", "kept_for_cases"]["until"])   # a case is open in this town
        for entry in answer.json["kept"]:
            self.assertTrue(entry["detail"].endswith("."), entry)
        for attempt in (self.scan(resident, "S1"), resident.get("/api/v1/me"), resident.call("DELETE", "/api/v1/me"),
                        resident.post("/api/v1/me/dependants", {"name": "王小明", "relation": "子"})):
            self.assert_problem(attempt, 401)
        self.assertEqual(self.scan(other, "S1").status, 201)   # another phone of the same person
        self.restart(resident, other, hard=True)
        self.assert_problem(self.scan(resident, "S1"), 401)
        self.assertEqual(self.scan(other, "S2").status, 201)
        person = self.person_id(document=document(number))
        self.assertEqual(len(self.trajectory(person, now - DAY, now + 60)["scans"]), 3)   # kept, as it was said

    def test_a_body_is_refused(self):
        resident = self.resident()
        self.assertIn(resident.call("DELETE", "/api/v1/me", {"yes": True}).status, (400, 413))
        self.assertEqual(self.scan(resident, "S1").status, 201)


class Exports(MeTest):
    def test_everything_is_in_one_document(self):
        number, other, now = self.number(), self.number(), int(time.time())
        resident = self.resident(number)
        child = resident.post("/api/v1/me/dependants", {"name": "王小明", "relation": "儿子", "birth_date": "2015-05-06"}).json["id"]
        scans = self.scan(resident, "S1", "in", now - 100, dependants=[child]).json["scans"]
        self.correct(resident, name=name(other))
        answer = resident.get("/api/v1/me/export")
        self.assertEqual(answer.status, 200, answer)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        whole = answer.json
        self.assertEqual(whole["registration"]["name"], name(other))
        self.assertEqual([said["name"] for said in whole["earlier"]], [name(number)])
        self.assertEqual([(who["id"], who["name"], who["relation"], who["birth_date"]) for who in whole["dependants"]],
                         [(child, "王小明", "儿子", "2015-05-06")])
        self.assertEqual({(scan["id"], scan["who"]) for scan in whole["scans"]},
                         {(scans[0]["id"], "self"), (scans[1]["id"], child)})
        self.assertEqual((whole["count"], whole["complete"]), (2, True))


class Retention(unittest.TestCase):
    def test_days_are_those_of_the_settings(self):
        with Service("[limits]\nenabled = false\n[retention]\nscan_days = 14\n") as service:
            service.divisions()
            service.start()
            client = service.client()
            body = registration(1, notice_version=2)
            client.bearer = client.post("/api/v1/registrations", body).json["credential"]
            self.assertEqual(client.get("/api/v1/me").json["retention"], {"scan_days": 14})
            kept = client.call("DELETE", "/api/v1/me").json["kept"]
            self.assertNotIn("kept_for_cases", [entry["why"] for entry in kept])   # no case is open
            self.assertLess(abs(unix_second(kept[0]["until"]) - int(time.time()) - 16 * DAY), DAY)
