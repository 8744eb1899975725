# SPDX-License-Identifier: Apache-2.0
"""The daily brief: every number against events that this test made and counted itself; what is frozen stays, and what comes later is told as a correction."""

import io
import os
import random
import sys
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.town import DAY, SITES, TownTest, gate_item, local_second, rfc3339, with_name

HERE, THERE = "130682100", "130682001"
MORE = [{"ref": "V1", "name": "南城村口", "category": "village", "division": THERE}, {"ref": "V2", "name": "南城村东口", "category": "village", "division": THERE, "place": "V1"},
        {"ref": "E1", "name": "定州纺织", "category": "enterprise", "division": THERE}, {"ref": "I1", "name": "宾馆隔离点", "category": "isolation", "division": THERE}]


def today():
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))


class Brief(TownTest):
    sites = SITES + MORE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.service.operator("tracer-2", "tracer")
        cls.here = cls.service.operator("desk-here", "tracer", HERE)
        cls.there = cls.service.operator("desk-there", "manager", THERE)

    def brief(self, client=None, **query):
        answer = (client or self.tracer).get("/api/v1/brief" + "".join(("?" if i == 0 else "&") + f"{key}={value}" for i, (key, value) in enumerate(query.items())))
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def numbers(self, client=None, **query):
        return {one["name"]: one for one in self.brief(client, **query)["numbers"]}

    def pass_through(self, who, ref, at, temperature=None, direction="in"):
        item = gate_item(with_name(document(who), name(who)), ref, direction, at)
        if temperature is not None:
            item["temperature"] = temperature
        return item

    def send(self, items):
        for begin in range(0, len(items), 100):
            answer = self.guard.post("/api/v1/gate/scans", {"scans": items[begin:begin + 100]})
            self.assertTrue(all(result["status"] in (200, 201) for result in answer.json["results"]), answer)


class Passages(Brief):
    def test_passages_people_vehicles_and_fevers_are_what_was_recorded(self):
        chance = random.Random(130682)
        people = [self.number() for _ in range(30)]
        midnight, now = local_second(0, 0), int(time.time())
        events, items, checks = [], [], []
        for days_ago in (0, 1, 6, 7):
            used = set()
            for _ in range(40):
                who, ref = chance.choice(people), chance.choice(("G1", "G2", "V1", "S1"))
                at = midnight - days_ago * DAY + chance.randrange(60, 86_000)
                if at > now or (who, ref, days_ago) in used:
                    continue
                used.add((who, ref, days_ago))
                events.append((at, who, ref))
                items.append(self.pass_through(who, ref, at))
            for i in range(10):
                at = midnight - days_ago * DAY + chance.randrange(60, 86_000)
                if at <= now and at >= now - 7 * DAY + 60:
                    checks.append((at, {"site": chance.choice(("G1", "G2", "V1")), "plate": f"冀F{days_ago}{i:02}K{days_ago}", "people": 2, "direction": "in", "at": rfc3339(at)}))
        keep = [(event, item) for event, item in zip(events, items) if event[0] >= now - 7 * DAY + 60]
        events = [event for event, _ in keep]
        self.send([item for _, item in keep])
        answer = self.guard.post("/api/v1/gate/vehicles", {"checks": [check for _, check in checks]}).json
        self.assertEqual({result["status"] for result in answer["results"]}, {201})
        within = {None: ("G1", "G2", "V1", "S1"), HERE: ("G1", "G2"), THERE: ("V1", "S1")}   # where no division is told it is the first
        for division, refs in within.items():
            got = self.numbers(**({} if division is None else {"division": division}))
            cut = int(time.time())

            def count(rows, days_ago, what=lambda found: len(found)):
                begin = midnight - days_ago * DAY
                return what([row for row in rows if begin <= row[0] < begin + (cut - midnight)])
            mine = [event for event in events if event[2] in refs]
            cars = [check for check in checks if check[1]["site"] in refs]
            for key, days_ago in (("today", 0), ("yesterday", 1), ("week_ago", 7)):
                self.assertEqual(got["passages"][key], count(mine, days_ago), (division, key))
                self.assertEqual(got["people"][key], count(mine, days_ago, lambda found: len({event[1] for event in found})), (division, key))
                self.assertEqual(got["vehicles"][key], count(cars, days_ago), (division, key))
            self.assertEqual((got["passages"]["total"], got["vehicles"]["total"], got["people"]["total"]), (len(mine), len(cars), None))
        day = {row["key"]: row for row in self.tracer.get("/api/v1/counts?by=site").json["rows"]}
        for ref in ("G1", "G2", "V1", "S1"):
            found = [event for event in events if event[2] == ref and event[0] >= midnight]
            self.assertEqual((day.get(ref, {}).get("passages", 0), day.get(ref, {}).get("people", 0)), (len(found), len({event[1] for event in found})), ref)
        for by in ("hour", "division", "category"):
            answer = self.tracer.get(f"/api/v1/counts?by={by}").json
            self.assertEqual(sum(row["passages"] for row in answer["rows"]), answer["total"]["passages"], by)
            self.assertEqual(answer["total"]["passages"], sum(1 for event in events if event[0] >= midnight), by)
            self.assertEqual(answer["total"]["people"], len({event[1] for event in events if event[0] >= midnight}), by)
        series = {day["day"]: day for day in self.brief()["series"]}
        self.assertEqual(series[today()]["passages"], sum(1 for event in events if event[0] >= midnight))
        self.assertEqual(sum(day["passages"] for day in series.values()), len(events))


class Numbers(Brief):
    def test_fevers_leads_and_isolation_are_counted_where_they_went(self):
        before = self.numbers()

        def grew(key, of="today"):
            return (self.numbers()[key][of] or 0) - (before[key][of] or 0)
        hot = [self.number() for _ in range(3)]
        self.send([self.pass_through(who, "G2", int(time.time()), 38.5) for who in hot])
        by_hand = {"person": {"name": name(self.number()), "phone": phone(77)}, "found_at": "clinic", "division": HERE}
        self.assertEqual(self.tracer.post("/api/v1/registers/fever", by_hand).status, 201)
        records = [one for one in self.tracer.get("/api/v1/registers/fever").json["records"] if one.get("site", {}).get("ref") == "G2"]
        take = lambda record, step, **more: self.tracer.post(f"/api/v1/registers/fever/{record['id']}/steps", {"step": step, **more})
        take(records[0], "sent", place="医院")
        take(records[0], "tested", result="positive")
        take(records[0], "isolated", site="I1", until=rfc3339(int(time.time()) + DAY))
        take(records[1], "sent", place="医院")
        time.sleep(1.1)   # a brief counts what happened before its second
        self.assertEqual([grew(key) for key in ("fevers", "fevers_sent", "screened", "fevers_open", "isolation_in", "isolation_now", "isolation_out")], [3, 2, 4, 3, 1, 1, 0])
        until = rfc3339(int(time.time()) + DAY)
        rows = "\n".join(["name,document_number,phone", *(f"{name(n)},{document(n)['number']}," for n in (self.number() for _ in range(4)))])
        made = self.tracer.call("POST", f"/api/v1/ledger/lists?document=x&measure=observation&until={until}", rows + "\n", {"Content-Type": "text/csv"}).json["id"]
        self.second.post(f"/api/v1/ledger/lists/{made}/approve")
        entries = self.tracer.get(f"/api/v1/ledger/lists/{made}/entries").json["entries"]
        for entry, outcome in zip(entries, ("here", "known", "elsewhere")):
            self.tracer.post(f"/api/v1/ledger/entries/{entry['id']}/check", {"outcome": outcome, "note": "x"})
        time.sleep(1.1)
        self.assertEqual([grew(key) for key in ("leads", "leads_checked", "leads_open", "ledger")], [4, 3, 1, 2])
        city = self.numbers(division="130682")   # the city's own brief tells of what operators without a division did
        self.assertEqual([city[key]["today"] for key in ("leads", "leads_checked", "ledger")], [self.numbers()[key]["today"] for key in ("leads", "leads_checked", "ledger")])
        self.assertEqual(self.numbers(division=THERE)["leads"]["today"], 0)
        got = self.numbers()
        self.assertEqual((got["villages_open"]["today"], got["enterprises_open"]["today"]), (2, 1))   # two doors are one place

    def test_the_sentence_says_the_numbers_and_the_hour(self):
        brief = self.brief()
        numbers = {one["name"]: one for one in brief["numbers"]}
        self.assertRegex(brief["sentence"], r"^截至\d+月\d+日\d+时(\d+分)?，")
        self.assertIn(f"累计检查人员{numbers['passages']['total']}人次、车辆{numbers['vehicles']['total']}车次", brief["sentence"])
        english = self.tracer.get("/api/v1/brief", {"Accept-Language": "en"}).json["sentence"]
        self.assertRegex(english, r"^By \d+:\d\d on \d{4}-\d\d-\d\d in 定州市: ")

    def test_a_workbook_holds_the_same(self):
        answer = self.tracer.get("/api/v1/brief?format=xlsx")
        self.assertEqual(answer.status, 200, answer)
        with zipfile.ZipFile(io.BytesIO(answer.raw)) as book:
            text = "".join(book.read(part).decode() for part in book.namelist() if part.startswith("xl/worksheets/"))
        for title in ("检查人员（人次）", "检查人员（人）", "检查车辆（车次）", "截至"):
            self.assertIn(title, text)

    def test_what_cannot_be_asked(self):
        tomorrow = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600 + DAY))
        for path, code in (("brief?day=x", "date_malformed"), (f"brief?day={tomorrow}", "date_future"), ("brief?division=000000", "division_unknown"), ("brief?format=pdf", "format_unknown"),
                           ("counts?day=x", "date_malformed"), ("counts?by=moon", "counts_by"), ("counts?division=999999", "division_unknown")):
            self.assert_problem(self.tracer.get("/api/v1/" + path), 422, code)


class Scope(Brief):
    def test_small_numbers_of_others_are_left_out(self):
        self.send([self.pass_through(self.number(), "V1", int(time.time()) - 5) for _ in range(4)])
        time.sleep(1.1)
        self.assertEqual(self.numbers(self.there)["passages"]["today"], 4)
        self.assertIsNone(self.numbers(self.here, division=THERE)["passages"]["today"])
        self.assertEqual(self.brief(self.here, division=THERE)["silent"], [])
        self.assertIsNone(self.brief(self.here, division=THERE)["series"][-1]["passages"])
        self.send([self.pass_through(self.number(), "V1", int(time.time()) - 5)])
        time.sleep(1.1)
        self.assertEqual(self.numbers(self.here, division=THERE)["passages"]["today"], 5)
        self.send([self.pass_through(self.number(), "V1", int(time.time()) - 5) for _ in range(2)])   # by fives: two answers tell nobody between them
        time.sleep(1.1)
        self.assertEqual(self.numbers(self.there)["passages"]["today"], 7)
        self.assertEqual(self.numbers(self.here, division=THERE)["passages"]["today"], 5)
        self.assert_problem(self.here.get(f"/api/v1/counts?division={THERE}"), 422, "division_unknown")


class CutOff(Brief):
    def test_a_cut_off_counts_what_was_before_it_alone(self):
        local = (int(time.time()) + 8 * 3600) % DAY
        if not 120 < local < DAY - 120:
            self.skipTest("midnight is too near")
        minute = local // 60 * 60
        cutoff = int(time.time()) - local + minute   # the last full minute, of the local day
        self.send([self.pass_through(self.number(), "V1", cutoff + second) for second in (-1, 0)])
        at = f"{minute // 3600:02}:{minute // 60 % 60:02}"
        brief = self.brief(self.there, at=at)
        self.assertEqual(brief["cutoff"], rfc3339(cutoff))
        self.assertIn("时", brief["sentence"])
        with_one = {one["name"]: one for one in brief["numbers"]}["passages"]["today"]
        self.assertEqual(self.numbers(self.there)["passages"]["today"] - with_one, 1)
        frozen = self.there.post("/api/v1/briefs", {"at": at})
        self.assertEqual((frozen.status, frozen.json["cutoff"]), (201, rfc3339(cutoff)), frozen)
        for wrong, code in (("25:00", "clock_malformed"), ("x", "clock_malformed"), ("23:59", "clock_future")):
            self.assert_problem(self.there.get(f"/api/v1/brief?at={wrong}"), 422, code)


class Frozen(Brief):
    def test_a_frozen_brief_stays_and_later_scans_are_corrections(self):
        self.send([self.pass_through(self.number(), "G1", int(time.time()) - 30) for _ in range(6)])
        time.sleep(1.1)
        made = self.here.post("/api/v1/briefs", {})
        self.assertEqual((made.status, made.json["by"], made.json["division"]["code"]), (201, "desk-here", HERE), made)
        frozen = self.here.get(f"/api/v1/briefs/{made.json['id']}").json
        self.assertEqual(frozen["corrections"], [])
        then = next(one for one in frozen["numbers"] if one["name"] == "passages")["today"]
        self.send([self.pass_through(self.number(), "G1", int(time.time()) - 20 * 60) for _ in range(2)])   # of before the cut-off, sent later
        later = self.here.get(f"/api/v1/briefs/{made.json['id']}").json
        self.assertEqual(next(one for one in later["numbers"] if one["name"] == "passages")["today"], then)
        self.assertIn({"name": "passages", "of": "total", "then": then, "now": then + 2}, later["corrections"])
        self.assertIn(made.json["id"], [one["id"] for one in self.here.get("/api/v1/briefs").json["briefs"]])
        self.assertEqual(self.there.get("/api/v1/briefs").json["briefs"], [])
        self.assert_problem(self.there.get(f"/api/v1/briefs/{made.json['id']}"), 404, "brief_unknown")
        self.assertEqual(self.here.get(f"/api/v1/briefs/{made.json['id']}?format=xlsx").raw[:2], b"PK")
        self.assertIn("日报表格", self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["sentence"])


if __name__ == "__main__":
    unittest.main()
