# SPDX-License-Identifier: Apache-2.0
"""What a guard's desk asks: the screen's digits, personal codes, readings, the last people through, the roster by initials, a shift."""

import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, person_form, phone
from support.service import rfc3339, unix_second
from support.town import DAY, SITES, TownTest, gate_item, with_name

CSV = {"Content-Type": "text/csv"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
VILLAGE = "130682100200"


class Desk(TownTest):
    def recent(self, ref, client=None):
        answer = (client or self.guard).get(f"/api/v1/gate/recent?site={ref}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json["scans"]

    def of_scan(self, ref, scan_id):
        return next(row for row in self.recent(ref) if row["id"] == scan_id)

    def device_at(self, ref):
        secret = self.manager.post(f"/api/v1/sites/{ref}/devices").json["url"].split("#")[1]
        begun = self.service.client().post("/api/v1/duty", {"secret": secret, "name": "李卫国"})
        return self.service.client(begun.json["token"])


class Screen(Desk):
    def screen(self, ref="S1"):
        """What it shows, with ten seconds left at least."""
        while True:
            answer = self.guard.get(f"/api/v1/sites/{ref}/screen")
            self.assertEqual(answer.status, 200, answer)
            if unix_second(answer.json["until"]) - time.time() > 10:
                return answer.json
            time.sleep(1)

    def test_it_shows_six_digits_for_half_a_minute_and_an_address_for_each_direction(self):
        shown = self.screen()
        self.assertRegex(shown["digits"], r"^\d{6}$")
        self.assertTrue(0 < unix_second(shown["until"]) - unix_second(shown["now"]) <= 30)
        self.assertEqual(unix_second(shown["until"]) % 30, 0)
        codes = {row["direction"]: row for row in shown["codes"]}
        self.assertEqual(set(codes), {"any", "in", "out", "pass"})
        self.assertEqual(codes["in"]["code"], f"{self.code('S1', 'in')}/{shown['digits']}")
        self.assertTrue(codes["in"]["url"].endswith("/s/" + codes["in"]["code"]))

    def test_sites_differ_and_a_scan_by_the_digits_has_evidence_screen(self):
        shown, other = self.screen("S1"), self.screen("S2")
        self.assertNotEqual(shown["digits"], other["digits"])
        resident = self.resident()
        body = {"code": f"{self.code('S1')}/{shown['digits']}", "direction": "in"}
        scan = resident.post("/api/v1/scans", body)
        self.assertEqual((scan.status, scan.json["scans"][0]["evidence"]), (201, "screen"), scan)
        wrong = f"{self.code('S1')}/{other['digits']}"
        self.assert_problem(resident.post("/api/v1/scans", {**body, "code": wrong}), 403, "stale_screen")
        self.assert_problem(resident.post("/api/v1/scans", {**body, "code": f"{self.code('S1')}/12345"}), 404, "code_unknown")

    def test_digits_hold_one_window_on_and_are_stale_after_two(self):
        shown, resident = self.screen(), self.resident()
        until = unix_second(shown["until"])

        def answer(at):
            return resident.post("/api/v1/scans", {"code": f"{self.code('S1')}/{shown['digits']}", "direction": "in", "at": rfc3339(at)})

        # Those of an offline queue: the digits are held against when the scan says that it was made, and now they are current besides.
        self.assertEqual(answer(until - 400).status, 201)
        time.sleep(max(0.0, until + 31 - time.time()))
        self.assert_problem(answer(until - 400), 403, "stale_screen")
        self.assert_problem(answer(until + 31), 403, "stale_screen")
        self.assertEqual([answer(until - 31 + window).status for window in (0, 29, 60)], [201] * 3)
        self.assertEqual(answer(until - 31).status, 200)   # a retry

    def test_the_page_behind_the_screen_takes_a_form_that_is_filled_in_slowly(self):
        shown, number = self.screen(), self.number()
        path = f"/s/{self.code('S1', 'in')}/{shown['digits']}"
        page = self.service.client().get(path)
        self.assertEqual(page.status, 200, page)
        opened = re.search(r'name="at" value="([^"]+)"', page.text).group(1)
        self.assertEqual(self.service.client().get(f"/s/{self.code('S1', 'in')}/{int(shown['digits']) ^ 1:06d}").status, 403)
        time.sleep(max(0.0, unix_second(shown["until"]) + 31 - time.time()))
        self.assertEqual(self.service.client().get(path).status, 403)
        stale = self.service.client().post(path, person_form(number, direction="in", at=rfc3339(int(time.time()) - 3600)), FORM)
        self.assertEqual(stale.status, 403)
        done = self.service.client().post(path, person_form(number, direction="in", at=opened), FORM)
        self.assertEqual(done.status, 201, done)
        scans = self.trajectory(self.person_id(document=document(number)), int(time.time()) - DAY, int(time.time()) + DAY)["scans"]
        self.assertEqual([(scan["evidence"], scan["at"]) for scan in scans], [("screen", opened)])

    def test_another_sites_screen_is_nobodys_of_a_device(self):
        device = self.device_at("G1")
        self.assertEqual(device.get("/api/v1/sites/G1/screen").status, 200)
        self.assert_problem(device.get("/api/v1/sites/S1/screen"), 404, "site_unknown")
        self.assert_problem(self.resident().get("/api/v1/sites/S1/screen"), 403)


class Cards(Desk):
    def test_a_personal_code_lets_a_guard_scan_and_opens_nothing(self):
        number = self.number()
        resident = self.resident(number)
        card = resident.get("/api/v1/me/card").json["card"]
        self.assertEqual(resident.get("/api/v1/me/card").json["card"], card)
        result = self.gate(({"card": card}, "S1", "in"))[0]
        self.assertEqual((result["status"], result["verdict"]), (201, "pass"), result)
        person = self.person_id(document=document(number))
        scans = self.trajectory(person, int(time.time()) - DAY, int(time.time()) + DAY)["scans"]
        self.assertEqual([scan["id"] for scan in scans], [result["id"]])
        for client in (self.service.client(card), self.service.client("c1" + card[2:])):
            self.assertEqual(client.get("/api/v1/me").status, 401)
            self.assertEqual(client.get("/api/v1/me/scans").status, 401)
        self.assertEqual(self.service.client(card).post("/api/v1/scans", {"code": self.code("S1"), "direction": "in"}).status, 401)

    def test_a_dependants_code_is_the_dependants_own(self):
        resident = self.resident()
        number = self.number()
        child = {"name": name(number), "relation": "母亲", "document": document(number)}
        added = resident.post("/api/v1/me/dependants", child).json["id"]
        cards = resident.get("/api/v1/me/card").json
        self.assertEqual([row["id"] for row in cards["dependants"]], [added])
        self.assertNotEqual(cards["dependants"][0]["card"], cards["card"])
        result = self.gate(({"card": cards["dependants"][0]["card"]}, "S1", "in"))[0]
        scans = self.trajectory(self.person_id(document=document(number)), int(time.time()) - DAY, int(time.time()) + DAY)["scans"]
        self.assertEqual([scan["id"] for scan in scans], [result["id"]])

    def test_it_ends_with_the_registration_and_a_forged_one_is_nobodys(self):
        resident = self.resident()
        added = resident.post("/api/v1/me/dependants", {"name": "李小花", "relation": "女儿", "birth_date": "2015-03-02"})
        self.assertEqual(added.status, 201)
        cards = resident.get("/api/v1/me/card").json
        codes = [cards["card"], cards["dependants"][0]["card"]]
        forged = cards["card"][:-1] + ("0" if cards["card"][-1] != "0" else "1")
        self.assertEqual([result["code"] for result in self.gate(({"card": forged}, "S1"), ({"card": "k1"}, "S1"))], ["unknown_card"] * 2)
        self.assertEqual([result["status"] for result in self.gate(*(({"card": code}, "S1") for code in codes))], [201, 201])
        self.assertEqual(resident.call("DELETE", "/api/v1/me").status, 200)
        self.assertEqual([result["code"] for result in self.gate(*(({"card": code}, "S2") for code in codes))], ["unknown_card"] * 2)

    def test_a_document_is_seen_by_card(self):
        number = self.number()
        resident = self.resident(number)
        card = resident.get("/api/v1/me/card").json["card"]
        seen = self.guard.post("/api/v1/gate/verifications", {"card": card, "document": document(number)})
        self.assertEqual(seen.status, 200, seen)
        again = self.guard.post("/api/v1/gate/verifications", {"credential": resident.bearer, "document": document(number)})
        self.assertEqual(again.json, seen.json)
        self.assert_problem(self.guard.post("/api/v1/gate/verifications", {"card": card, "document": document(number + 1)}), 409, "document_differs")
        self.assert_problem(self.guard.post("/api/v1/gate/verifications", {"card": "k1" + "0" * 34, "document": document(number)}), 404, "unknown_card")


class Readings(Desk):
    def observe(self, scan, temperature, client=None, **more):
        return (client or self.guard).post("/api/v1/gate/observations", {"scan": scan, "temperature": temperature, "method": "forehead", **more})

    def test_a_temperature_is_added_to_somebodys_own_scan_and_the_newest_counts(self):
        scan = self.scanned(self.resident(), "G1", "in")["id"]
        self.assertNotIn("temperature", self.of_scan("G1", scan))
        first = self.observe(scan, 37.4)
        self.assertEqual((first.status, first.json), (201, {"scan": scan, "temperature": 37.4, "fever": True}))
        self.assertEqual(self.observe(scan, 37.4).status, 200)
        self.assertEqual(self.observe(scan, 37.4, method="axilla", second=36.8).json, {"scan": scan, "temperature": 36.8, "fever": False})
        row = self.of_scan("G1", scan)
        self.assertEqual((row["temperature"], row["fever"], row["read"]), (36.8, False, True))

    def test_what_is_no_temperature_method_or_scan_is_refused(self):
        scan = self.scanned(self.resident(), "G1", "in")["id"]
        for body in ({"temperature": 33.9}, {"temperature": 43.1}, {"temperature": 37.0, "second": 50}):
            self.assert_problem(self.observe(scan, **body), 422)
        self.assertEqual([self.observe(scan, low).status for low in (34.0, 43.0)], [201, 201])
        self.assert_problem(self.observe(scan, 36.5, method="guess"), 422)
        self.assert_problem(self.guard.post("/api/v1/gate/observations", {"scan": scan, "method": "ear"}), 422)
        self.assert_problem(self.observe(scan, 36.5, extra=1), 400)
        self.assert_problem(self.observe("0" * 26, 36.5), 404, "scan_unknown")
        self.assert_problem(self.observe("", 36.5), 404, "scan_unknown")

    def test_a_scan_that_was_voided_takes_none(self):
        resident = self.resident()
        scan = self.scanned(resident, "G1", "in")["id"]
        self.assertEqual(resident.post(f"/api/v1/scans/{scan}/void", {"reason": "not me"}).status, 200)
        self.assert_problem(self.observe(scan, 37.4), 409, "reading_voided")

    def test_it_is_for_scans_of_this_shift(self):
        number = self.number()
        subject = with_name(document(number), name(number))
        old = self.gate((subject, "G1", "in", int(time.time()) - 2 * DAY))[0]
        self.assertEqual(self.observe(old["id"], 36.5).status, 201)   # received just now
        self.assertNotIn(old["id"], [row["id"] for row in self.recent("G1")])

    def test_another_site_is_none_of_a_devices_and_there_is_a_line_without_a_name(self):
        scan = self.scanned(self.resident(), "G1", "in")["id"]
        self.assert_problem(self.observe(scan, 36.5, self.device_at("S1")), 404, "scan_unknown")
        self.assertEqual(self.observe(scan, 36.5, self.device_at("G1")).status, 201)
        line = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]
        self.assertEqual(line["action"], "temperature_added")

    def test_it_survives_a_kill(self):
        number = self.number()
        scan = self.gate((with_name(document(number), name(number)), "G2", "in"))[0]["id"]
        self.assertEqual(self.observe(scan, 37.6).status, 201)
        self.restart(hard=True)
        self.assertEqual(self.observe(scan, 37.6).status, 200)   # the same again, so it is there
        shift = self.guard.get("/api/v1/gate/shift?site=G2").json
        self.assertEqual(shift["fevers"], 1)


class Passing(Desk):
    def test_the_last_people_are_masked_newest_first_and_of_one_site(self):
        number = self.number()
        self.assertEqual(self.recent("O1"), [])
        own = self.scanned(self.resident(number), "O1", "in")
        guarded = self.gate((with_name(document(number + 500), name(number + 500)), "O1", "out", int(time.time()), {"temperature": 36.4}))[0]
        rows = self.recent("O1")
        self.assertEqual([(row["id"], row["evidence"], row["direction"]) for row in rows], [(guarded["id"], "staff", "out"), (own["id"], "static", "in")])
        self.assertEqual(rows[0]["temperature"], 36.4)
        self.assertEqual([row["name"] for row in rows], [name(number + 500)[0] + "*", name(number)[0] + "*"])
        self.assertEqual(self.recent("S2"), [])
        self.assertEqual(self.guard.post(f"/api/v1/scans/{guarded['id']}/void", {"reason": "按错了"}).status, 200)
        self.assertTrue(self.of_scan("O1", guarded["id"])["voided"])
        self.assert_problem(self.device_at("S1").get("/api/v1/gate/recent?site=O1"), 404, "site_unknown")

    def test_two_dozen_are_kept(self):
        number = self.number()
        people = [with_name(document(number + i), name(number + i)) for i in range(2000, 2030)]
        results = self.gate(*((person, "D1", "in") for person in people))
        self.assertEqual([row["id"] for row in self.recent("D1")], [result["id"] for result in results[:5:-1]])

    def test_a_repeat_adds_to_no_figure_of_a_shift(self):
        number = self.number()
        one, other = with_name(document(number), name(number)), with_name(document(number + 5000), name(number + 5000))
        at = int(time.time()) - 600
        results = self.gate(*((one, "L2", "in", at + second) for second in (0, 60, 121)), (other, "L2", "in", at))
        self.assertEqual([result["repeated"] for result in results], [False, True, False, False])
        shift = self.guard.get("/api/v1/gate/shift?site=L2").json
        self.assertEqual({key: shift[key] for key in ("in", "people", "by_staff", "own")}, {"in": 3, "people": 2, "by_staff": 3, "own": 3})

    def test_a_shift_in_figures(self):
        number = self.number()
        people = [with_name(document(number + i), name(number + i)) for i in range(3000, 3003)]
        at = int(time.time()) - 300
        results = self.gate((people[0], "K1", "in", at), (people[1], "K1", "in", at, {"temperature": 37.3}), (people[2], "K1", "out", at), (people[0], "K1", "out", at + 90))
        other = self.service.operator("guard-other", "guard")
        self.assertEqual(other.post("/api/v1/gate/scans", {"scans": [gate_item(people[1], "K1", "out", at + 90)]}).json["results"][0]["status"], 201)
        self.scanned(self.resident(number), "K1", "in")
        self.guard.post(f"/api/v1/scans/{results[2]['id']}/void", {"reason": "按错了"})
        shift = self.guard.get("/api/v1/gate/shift?site=K1").json
        told = {key: shift[key] for key in shift if key not in ("since", "until")}
        self.assertEqual(told, {"in": 3, "out": 2, "pass": 0, "people": 3, "by_phone": 1, "by_staff": 4, "own": 3, "fevers": 1, "voided": 1, "vehicles": 0})
        later = self.guard.get(f"/api/v1/gate/shift?site=K1&since={rfc3339(int(time.time()) + 60)}").json
        self.assertEqual(later["in"] + later["out"], 0)
        self.assert_problem(self.guard.get("/api/v1/gate/shift?site=K1&since=noon"), 422)

    def test_sites_where_one_may_stand(self):
        rows = self.guard.get("/api/v1/gate/sites").json
        self.assertEqual(([row["ref"] for row in rows["sites"]], rows["more"]), (sorted(site["ref"] for site in SITES), False))
        found = self.guard.get("/api/v1/gate/sites?search=" + "%E6%9D%91%E5%8F%A3").json["sites"]
        self.assertEqual([(row["ref"], row["category"], row["roster"]) for row in found], [("G1", "village", True)])
        self.assertEqual([row["ref"] for row in self.device_at("G2").get("/api/v1/gate/sites").json["sites"]], ["G2"])


class Rosters(Desk):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = [("V1", "王桂兰", VILLAGE, 400), ("V2", "王建国", VILLAGE, 401), ("V3", "单玉梅", VILLAGE, 402), ("V4", "王小明", "130682100", 403), ("V5", "欧阳春", VILLAGE, 404)]
        text = "ref,name,document_type,document_number,phone,division\n" + "".join(
            f"{ref},{who},id,{document(number)['number']},{phone(number)},{division}\n" for ref, who, division, number in rows)
        answer = cls.admin.call("POST", "/api/v1/people/import", text, CSV)
        if answer.status != 200 or answer.json["rejected"]:
            raise AssertionError(answer)

    def roster(self, ref, initials, client=None):
        return (client or self.guard).post("/api/v1/gate/roster", {"site": ref, "initials": initials})

    def names(self, ref, initials):
        answer = self.roster(ref, initials)
        self.assertEqual(answer.status, 200, answer)
        return [row["name"] for row in answer.json["people"]]

    def test_a_village_gate_finds_its_own_village_by_how_names_sound(self):
        self.assertEqual(set(self.names("G1", "w")), {"王桂兰", "王建国"})
        self.assertEqual(self.names("G1", "wgl"), ["王桂兰"])
        self.assertEqual(self.names("G1", "s"), ["单玉梅"])    # as surnames are read
        self.assertEqual(self.names("G1", "oyc"), ["欧阳春"])
        self.assertEqual(self.names("G1", "zz"), [])
        row = self.roster("G1", "wgl").json["people"][0]
        self.assertNotIn(document(400)["number"], str(row))
        self.assertEqual(row["document"][-4:], document(400)["number"][-4:])
        self.assertTrue(50 < row["age"] < 80)

    def test_a_name_or_how_it_begins_finds_too(self):
        def named(name):
            answer = self.guard.post("/api/v1/gate/roster", {"site": "G1", "name": name})
            self.assertEqual(answer.status, 200, answer)
            return {row["name"] for row in answer.json["people"]}
        self.assertEqual([named(name) for name in ("王桂兰", "王", "王国", "單玉梅")], [{"王桂兰"}, {"王桂兰", "王建国"}, set(), {"单玉梅"}])
        for name in ("？", "王" * 21):
            self.assert_problem(self.guard.post("/api/v1/gate/roster", {"site": "G1", "name": name}), 422, "roster_name")

    def test_whoever_is_found_passes_by_one_tap_at_this_site_alone(self):
        card = self.roster("G1", "wjg").json["people"][0]["card"]
        here, there = self.gate(({"card": card}, "G1", "in"), ({"card": card}, "D1", "in"))
        self.assertEqual((here["status"], there["status"], there["code"]), (201, 404, "unknown_card"))
        scans = self.trajectory(self.person_id(document=document(401)), int(time.time()) - DAY, int(time.time()) + DAY)["scans"]
        self.assertEqual([scan["id"] for scan in scans], [here["id"]])

    def test_who_comes_again_and_again_is_at_home_and_a_market_has_no_roster(self):
        number, now = 450, int(time.time())
        subject = with_name(document(number), "郑树林")
        for ref in ("D2", "S1"):
            self.gate(*((subject, ref, "in", now - days * DAY) for days in (1, 2, 3)))
        self.gate((with_name(document(451), "郑海燕"), "D2", "in"))
        self.assertEqual(self.names("D2", "zsl"), ["郑树林"])
        self.assertEqual(self.names("D2", "zhy"), [])
        market = self.roster("S1", "z").json
        self.assertEqual((market["roster"], market["people"]), (False, []))
        self.assertTrue(self.roster("D2", "z").json["roster"])

    def test_each_look_is_in_the_audit_log_and_there_are_not_too_many(self):
        guard = self.service.operator("guard-looks", "guard", VILLAGE)
        self.assertEqual(self.roster("G1", "w", guard).status, 200)
        line = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]
        self.assertEqual((line["action"], line["operator"]), ("roster_asked", "guard-looks"))
        statuses = [self.roster("G1", "w", guard).status for _ in range(60)]
        self.assertIn(429, statuses)
        self.assertEqual(set(statuses), {200, 429})
        self.assert_problem(self.roster("G1", "w", guard) if statuses[-1] == 429 else self.roster("G1", "", guard), statuses[-1] if statuses[-1] == 429 else 422)

    def test_what_is_no_initials_and_no_site_of_ones_own_is_refused(self):
        for initials in ("", "W1", "wwwwwww", "王"):
            self.assert_problem(self.roster("G1", initials), 422, "initials_malformed")
        self.assert_problem(self.roster("NOWHERE", "w"), 404, "site_unknown")
        self.assert_problem(self.roster("G1", "w", self.device_at("G2")), 404, "site_unknown")
        self.assertEqual(self.roster("G1", "w", self.device_at("G1")).status, 200)


if __name__ == "__main__":
    unittest.main()
