# SPDX-License-Identifier: Apache-2.0
"""A manager's sites: looked up, made, changed, closed, given new codes; what an old poster is good for then."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.town import SITES, TownTest, gate_item, local_second, rfc3339

DAY = 86400
NEW = {"name": "南关市场", "category": "shop", "division": "130682100"}


class SitesTest(TownTest):
    roles = ("manager", "guard", "tracer", "auditor")
    counter = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.narrow = cls.service.operator("narrow", "manager", "130682100200")   # the village of G1

    def make(self, **more):
        SitesTest.counter += 1
        answer = self.manager.post("/api/v1/sites", {"ref": f"N{SitesTest.counter}", **NEW, **more})
        self.assertEqual(answer.status, 201, answer)
        return answer.json

    def code_of(self, site, direction="any"):
        return next(code["code"] for code in site["codes"] if code["direction"] == direction)

    def scan(self, code):
        return self.resident().post("/api/v1/scans", {"code": code, "direction": "in"})


class Search(SitesTest):
    """What a tracer's answers call a site, and finding one by words."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.village_tracer = cls.service.operator("village", "tracer", "130682100200")   # the village of G1

    def found(self, who=None, **wanted):
        answer = (who or self.tracer).post("/api/v1/sites/search", wanted)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["count"], len(answer.json["sites"]), answer)
        return answer.json["sites"]

    def test_refs_are_named_without_codes_and_unknown_ones_left_out(self):
        self.assertEqual(self.found(refs=["G1", "D2", "NOWHERE", "D2"]), [
            {"ref": "D2", "name": "学校西门", "category": "school", "place": "D1", "division_name": "南城区街道", "address": None, "closed": False},
            {"ref": "G1", "name": "东内堡村口", "category": "village", "place": None, "division_name": "东内堡村", "address": None, "closed": False}])

    def test_an_answer_names_sites_outside_the_scope_so_a_ref_may_be_asked_of_any(self):
        self.assertEqual([site["name"] for site in self.found(self.village_tracer, refs=["S1"])], ["国大商场"])

    def test_words_find_by_ref_name_and_address_within_the_scope(self):
        self.assertEqual([site["ref"] for site in self.found(text="商")], ["K1", "S1"])
        self.assertEqual([site["ref"] for site in self.found(text="中山路")], ["S1"])
        self.assertEqual([site["ref"] for site in self.found(text="d2")], ["D2"])
        self.assertEqual(self.found(self.village_tracer, text="商"), [])
        self.assertEqual([site["ref"] for site in self.found(self.village_tracer, text="")], ["G1"])

    def test_exactly_one_of_refs_and_words(self):
        for wanted in ({}, {"refs": ["S1"], "text": "商"}):
            self.assert_problem(self.tracer.post("/api/v1/sites/search", wanted), 422, "refs_or_text")
        self.assert_problem(self.guard.post("/api/v1/sites/search", {"text": "商"}), 403)


class Listing(SitesTest):
    def refs(self, query="", who=None):
        answer = (who or self.manager).get(f"/api/v1/sites{query}")
        self.assertEqual(answer.status, 200, answer)
        return [site["ref"] for site in answer.json["sites"]]

    def test_all_sites_by_ref_with_the_columns_of_the_file_and_their_codes(self):
        self.assertEqual([ref for ref in self.refs() if not ref.startswith("N")], sorted(site["ref"] for site in SITES))
        shown = self.manager.get("/api/v1/sites/K1").json
        self.assertEqual({key: shown[key] for key in ("name", "category", "opens", "closes", "address", "place", "closed", "revision", "accept_old_until")},
                         {"name": "商城日间", "category": "shop", "opens": "07:30", "closes": "21:00", "address": None, "place": None, "closed": False,
                          "revision": 0, "accept_old_until": None})
        self.assertEqual({code["direction"]: code["code"] for code in shown["codes"]}, self.codes["K1"])
        for code in shown["codes"]:
            self.assertTrue(code["url"].endswith("/s/" + code["code"]))
        self.assertEqual(self.manager.get("/api/v1/sites/D2").json["place"], "D1")
        far = self.manager.get("/api/v1/sites/L2").json
        self.assertEqual((far["longitude"], far["latitude"]), (117.2, 39.12))

    def test_filters_of_division_category_words_and_closed(self):
        self.assertEqual(self.refs("?category=village"), ["G1"])
        self.assertEqual(self.refs("?division=130682100200"), ["G1"])
        self.assertEqual(self.refs("?q=%E5%AD%A6%E6%A0%A1"), ["D1", "D2"])
        self.assertEqual(self.refs("?q=d2"), ["D2"])
        closed = self.make()["ref"]
        self.manager.call("PATCH", f"/api/v1/sites/{closed}", {"closed": True})
        self.assertIn(closed, self.refs("?closed=true"))
        self.assertNotIn(closed, self.refs("?closed=false"))
        for query, pointer in (("?category=moon", "/category"), ("?division=moon", "/division"), ("?closed=yes", "/closed"), ("?limit=0", "/limit"), ("?limit=501", "/limit")):
            with self.subTest(query):
                self.assertEqual(self.manager.get(f"/api/v1/sites{query}").pointers, [pointer])

    def test_pages_follow_one_another_and_say_how_many_there_are(self):
        self.assert_problem(self.manager.get("/api/v1/sites?cursor=zzz"), 422, "cursor_unknown")
        all_refs, seen, cursor = self.refs(), [], ""
        while True:
            page = self.manager.get(f"/api/v1/sites?limit=4{cursor}").json
            self.assertEqual(page["count"], len(all_refs))
            seen += [site["ref"] for site in page["sites"]]
            if page["next"] is None:
                break
            self.assertEqual(len(page["sites"]), 4)
            cursor = f"&cursor={page['next']}"
        self.assertEqual(seen, all_refs)

    def test_a_manager_sees_and_changes_the_sites_of_the_scope_alone(self):
        self.assertEqual(self.refs(who=self.narrow), ["G1"])
        for method, path, body in (("GET", "", None), ("PATCH", "", {"closed": True}), ("POST", "/replace", {})):
            self.assert_problem(self.narrow.call(method, f"/api/v1/sites/S1{path}", body), 404, "site_unknown")
        outside = self.narrow.post("/api/v1/sites", {"ref": "far", **NEW})
        self.assertEqual((outside.status, outside.pointers), (422, ["/division"]))
        self.assertEqual(self.narrow.call("PATCH", "/api/v1/sites/G1", {"division": "130682100"}).status, 422)
        for who in (self.guard, self.tracer):
            self.assertEqual(who.get("/api/v1/sites").status, 403)

    def test_divisions_are_a_tree_of_ones_own_and_what_leads_there(self):
        rows = {row["code"]: row for row in self.narrow.get("/api/v1/divisions").json["divisions"]}
        self.assertTrue(rows["130682100200"]["in_scope"])
        self.assertEqual({code for code, row in rows.items() if row["in_scope"]}, {"130682100200"})
        above, code = [], rows["130682100200"]["parent"]
        while code:
            above.append(code)
            self.assertFalse(rows[code]["in_scope"])
            code = rows[code]["parent"]
        self.assertEqual(set(above), set(rows) - {"130682100200"})
        self.assertTrue(all(row["in_scope"] for row in self.guard.get("/api/v1/divisions").json["divisions"]))


class Changing(SitesTest):
    def change(self, ref, **members):
        return self.manager.call("PATCH", f"/api/v1/sites/{ref}", members)

    def test_a_site_that_was_made_is_scanned_at_once(self):
        site = self.make(address="南关大街1号", opens="08:00", closes="18:30", dwell_min=45, longitude=114.99, latitude=38.5)
        self.assertEqual((site["address"], site["opens"], site["closes"], site["dwell_min"], site["longitude"]), ("南关大街1号", "08:00", "18:30", 45, 114.99))
        self.assertEqual(self.scan(self.code_of(site)).status, 201)

    def test_a_site_that_asks_for_temperatures_has_a_field_for_them(self):
        site = self.make()
        self.assertIs(site["asks_temperature"], False)
        page = lambda: self.service.client().get(f"/s/{self.code_of(site)}").raw.decode()
        self.assertNotIn('name="temperature"', page())
        self.assertIs(self.change(site["ref"], asks_temperature=True).json["asks_temperature"], True)
        self.assertIn('name="temperature"', page())
        self.assertIs(self.change(site["ref"], name="南关").json["asks_temperature"], True)
        self.restart()
        self.assertIn('name="temperature"', page())
        self.assertIs(self.change(site["ref"], asks_temperature=False).json["asks_temperature"], False)
        self.assertNotIn('name="temperature"', page())

    def test_what_is_not_named_stays_and_null_empties(self):
        site = self.make(address="南关大街1号", dwell_min=45)
        changed = self.change(site["ref"], name="南关新市场", address=None).json
        self.assertEqual((changed["name"], changed["address"], changed["dwell_min"], changed["category"]), ("南关新市场", None, 45, "shop"))
        self.assertEqual(self.change(site["ref"], dwell_min=None).json["dwell_min"], None)
        self.assertEqual(self.manager.get(f"/api/v1/sites/{site['ref']}").json["name"], "南关新市场")

    def test_what_is_wrong_is_said_of_its_member(self):
        site = self.make()
        for members, pointer in (({"category": "moon"}, "/category"), ({"division": "moon"}, "/division"), ({"place": "moon"}, "/place"), ({"latitude": 91}, "/latitude"),
                                 ({"dwell_min": 1.5}, "/dwell_min"), ({"opens": "25:00"}, "/opens"), ({"name": ""}, "/name"), ({"presence": "x"}, "/presence")):
            with self.subTest(str(members)):
                answer = self.change(site["ref"], **members)
                self.assertEqual((answer.status, answer.pointers), (422, [pointer]), answer)
        self.assertEqual(self.manager.call("PATCH", f"/api/v1/sites/{site['ref']}", {"ref": "other"}).status, 400)
        self.assert_problem(self.manager.post("/api/v1/sites", {"ref": site["ref"], **NEW}), 409, "ref_in_use")
        self.assertEqual(self.manager.post("/api/v1/sites", {"ref": "x"}).status, 422)
        self.assertEqual(self.manager.get(f"/api/v1/sites/{site['ref']}").json, site)

    def test_a_closed_site_takes_no_scan_until_it_is_opened_again_with_its_codes(self):
        site = self.make()
        closed = self.change(site["ref"], closed=True).json
        self.assertEqual((closed["closed"], closed["codes"]), (True, []))
        self.assert_problem(self.scan(self.code_of(site)), 410, "site_closed")
        self.assertEqual(self.service.client().get(f"/api/v1/codes/{self.code_of(site)}").status, 410)
        self.assertEqual(self.change(site["ref"], closed=False).json, site)
        self.assertEqual(self.scan(self.code_of(site)).status, 201)

    def test_a_replaced_code_is_gone_unless_it_is_accepted_for_a_while(self):
        site = self.make()
        new = self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {}).json
        self.assertEqual(new["revision"], 1)
        self.assertFalse({code["code"] for code in site["codes"]} & {code["code"] for code in new["codes"]})
        self.assert_problem(self.scan(self.code_of(site)), 410, "code_replaced")
        self.assertEqual(self.scan(self.code_of(new)).json["scans"][0]["flags"], [])
        until = rfc3339(int(time.time()) + DAY)
        newer = self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {"accept_old_until": until}).json
        self.assertEqual((newer["revision"], newer["accept_old_until"]), (2, until))
        old = self.scan(self.code_of(new))
        self.assertEqual((old.status, old.json["scans"][0]["flags"], old.json["scans"][0]["evidence"]), (201, ["old_poster"], "static"))

    def test_old_codes_are_accepted_for_ninety_days_at_most_and_never_into_the_past(self):
        site, now = self.make(), int(time.time())
        for until, status in ((now - 5, 422), (now + 90 * DAY + 60, 422), (now + 90 * DAY - 60, 200)):
            self.assertEqual(self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {"accept_old_until": rfc3339(until)}).status, status)
        self.assert_problem(self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {"accept_old_until": "soon"}), 422, "time_malformed")

    def test_a_site_has_64_codes(self):
        site = self.make()
        for revision in range(1, 64):
            self.assertEqual(self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {}).json["revision"], revision)
        self.assert_problem(self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {}), 409, "codes_used_up")

    def test_each_act_is_a_line_in_the_audit_log(self):
        site = self.make()
        self.change(site["ref"], name="改名")
        self.change(site["ref"], closed=True)
        self.change(site["ref"], closed=True)   # no effect, no line
        self.change(site["ref"], closed=False)
        self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {})
        actions = [line["action"] for line in self.auditor.get("/api/v1/audit?limit=5").json["entries"]]
        self.assertEqual(actions, ["site_code_replaced", "site_opened", "site_closed", "site_changed", "site_added"])

    def test_what_was_changed_is_there_after_a_restart(self):
        site = self.make()
        self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {})
        gone = self.make()["ref"]
        self.change(gone, closed=True)
        before = [self.manager.get(f"/api/v1/sites/{ref}").json for ref in (site["ref"], gone)]
        self.service.restart()
        type(self).manager = self.service.session("manager-1")
        after = [self.manager.get(f"/api/v1/sites/{ref}").json for ref in (site["ref"], gone)]
        self.assertEqual([{**row, "codes": [code["code"] for code in row["codes"]]} for row in after], [{**row, "codes": [code["code"] for code in row["codes"]]} for row in before])


class Numbers(SitesTest):
    def enter(self, ref, at, direction="in", number=None):
        number = number or self.number()
        item = gate_item({"document": document(number), "name": name(number)}, ref, direction, at)
        self.assertEqual(self.guard.post("/api/v1/gate/scans", {"scans": [item]}).json["results"][0]["status"], 201)
        return number

    def test_visits_by_hour_and_people_of_a_day_beside_those_of_a_week_before(self):
        ref = self.make()["ref"]
        day = time.strftime("%Y-%m-%d", time.gmtime(local_second(1, 9) + 8 * 3600))
        who = self.enter(ref, local_second(1, 9, 10))
        self.enter(ref, local_second(1, 9, 40), "out", who)     # ends the visit, and opens none
        self.enter(ref, local_second(1, 9, 40))
        self.enter(ref, local_second(1, 15), "in", who)
        answer = self.manager.get(f"/api/v1/sites/{ref}/traffic?day={day}").json
        self.assertEqual((answer["day"]["day"], answer["day"]["visits"], answer["day"]["people"]), (day, 3, 2))
        self.assertEqual({hour: count for hour, count in enumerate(answer["day"]["hours"]) if count}, {9: 2, 15: 1})
        self.assertEqual(answer["day"]["last"], rfc3339(local_second(1, 15)))
        self.assertEqual((answer["week_before"]["visits"], answer["week_before"]["last"]), (0, None))
        later = time.strftime("%Y-%m-%d", time.gmtime(local_second(1, 9) + 8 * 3600 + 7 * DAY))
        self.assertEqual(self.manager.get(f"/api/v1/sites/{ref}/traffic?day={later}").json["week_before"], answer["day"])
        self.assert_problem(self.manager.get(f"/api/v1/sites/{ref}/traffic?day=2026-02-30"), 422, "date_malformed")

    def test_a_door_has_its_own_numbers(self):
        self.enter("D1", int(time.time()) - 60)
        before = self.manager.get("/api/v1/sites/D2/traffic").json["day"]["visits"]
        self.enter("D2", int(time.time()) - 50)
        self.assertEqual(self.manager.get("/api/v1/sites/D2/traffic").json["day"]["visits"], before + 1)

    def test_silent_sites_say_since_when(self):
        silent, never, busy = (self.make()["ref"] for _ in range(3))
        then = local_second(3, 12)
        self.enter(silent, then)
        now = int(time.time())
        self.enter(busy, now - 1)
        rows = {row["ref"]: row for row in self.manager.get("/api/v1/site-activity").json["sites"]}
        self.assertEqual(rows[silent], {"ref": silent, "visits": 0, "week_before": 0, "last": rfc3339(then)})
        self.assertEqual(rows[never]["last"], None)
        self.assertEqual(rows[busy]["last"], rfc3339(now - 1))
        self.assertEqual(set(row["ref"] for row in self.narrow.get("/api/v1/site-activity").json["sites"]), {"G1"})

    def test_a_posters_code_is_checked_without_a_scan(self):
        site = self.make()
        check = lambda code, who=None: (who or self.guard).post("/api/v1/posters/check", {"code": code})   # noqa: E731
        url = site["codes"][1]["url"]
        first = check(url).json
        code = url.rsplit("/", 1)[1]
        grouped = " ".join(code[at:at + 4] for at in range(0, 16, 4))
        for typed in (code, grouped, grouped.upper(), url.upper(), code.replace("0", "O").replace("1", "l"), f" {grouped.replace(' ', '-')} "):
            self.assertEqual(check(typed).json, first, typed)
        self.assertEqual((first["site"]["ref"], first["direction"], first["state"], first["revision"]), (site["ref"], site["codes"][1]["direction"], "current", 0))
        until = rfc3339(int(time.time()) + DAY)
        self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {"accept_old_until": until})
        self.assertEqual([check(url).json[key] for key in ("state", "current_revision", "accepted_until")], ["accepted", 1, until])
        self.manager.post(f"/api/v1/sites/{site['ref']}/replace", {})
        self.assertEqual(check(url).json["state"], "replaced")
        self.manager.call("PATCH", f"/api/v1/sites/{site['ref']}", {"closed": True})
        self.assertEqual(check(url).json["state"], "closed")
        code = url.rsplit("/", 1)[1]
        for wrong in (code[:-1] + ("0" if code[-1] != "0" else "1"), "", "x" * 16):
            self.assert_problem(check(wrong), 404, "code_unknown")
        self.assert_problem(check(url, self.narrow), 404, "code_unknown")
        self.assertEqual(self.manager.get(f"/api/v1/sites/{site['ref']}/traffic").json["day"]["visits"], 0)


if __name__ == "__main__":
    unittest.main()
