# SPDX-License-Identifier: Apache-2.0
"""The desks of tools/town --story: sites that open, leads that come as tables and are checked off, fevers and isolation taken step by step,
the enterprises' reports."""

import csv
import io
from urllib.parse import quote

from town_story_plan import BRIEF_AT, CENTRE, CENTRE_BEDS, CITY, DAY_S, DAYS, ISOLATED_DAYS, REPORT_FROM, person, second_of
from town_story_service import OPERATORS, StoryError, rfc3339, unix_second

FEW_ROWS, SHARE = 20, 110           # a list may watch that many, or one of a hundred people: we keep well below
HOSPITAL = "市人民医院发热门诊"
FOUND_AT = {"clinic": 45, "pharmacy": 15, "village": 15, "community": 12, "home": 8, "report": 5}
SENT_SHARE = 0.2                    # of those who were found with a fever elsewhere than at a gate; the others had none when measured again
POSITIVE_SHARE = 0.05               # of those who were sent, while there are beds that the plan has not filled
KNOWN_SHARE = 0.04                  # of the leads are of somebody who passes gates here: the guards are told
SILENT_SHARE = 0.03                 # of the enterprises, on a day that is not the last


def table(header, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


class SiteDesk:
    """The manager's: divisions, sites on the day before they open, beds, and what enterprises report."""

    def __init__(self, service, plan):
        self._service, self._plan = service, plan

    def set_up(self):
        """Divisions, their operators, and what opens on the first day. Returns a poster's code."""
        self._import("admin", "divisions", table(["code", "name", "parent"], self._plan.divisions), len(self._plan.divisions))
        self._service.add_operators([login for login in OPERATORS if login != "admin"], CITY)
        self.open_sites(0)
        return self._service.get("manager", "/api/v1/sites?limit=1")["sites"][0]["codes"][0]["code"]

    def open_sites(self, day):
        sites = self._plan.opening[day] if day < DAYS else []
        if sites:
            rows = [[site.ref, site.name, site.category, site.division] for site in sites]
            self._import("manager", "sites", table(["ref", "name", "category", "division"], rows), len(rows))

    def set_beds(self):
        self._service.post("manager", f"/api/v1/isolation/places/{CENTRE}", {"capacity": CENTRE_BEDS})

    def report(self, moment):
        """Each enterprise's report of the day, by whoever answers for it."""
        if not second_of(moment.day, REPORT_FROM) <= moment.at <= second_of(moment.day, BRIEF_AT):
            return
        dice = self._plan.dice
        for site in self._plan.sites_of("enterprise", moment.day):
            if moment.day < DAYS - 1 and dice.random() < SILENT_SHARE:
                continue
            staff = dice.randrange(8, 300)
            elsewhere = dice.randrange(staff // 4 + 1)
            body = {"staff": staff, "present": staff - elsewhere - dice.randrange(staff // 8 + 1), "fever": 0, "elsewhere": elsewhere}
            self._service.post("manager", f"/api/v1/sites/{site.ref}/reports", body)

    def _import(self, login, what, text, count):
        done = self._service.post(login, f"/api/v1/{what}/import", csv=text)
        if done["new"] != count or done["rejected"]:
            raise StoryError(f"{what}/import: {done['new']} new of {count}, rejected: {done['rejected'][:3]}")


class Leads:
    """A tracer proposes lists, the desk approves them, and at the next moment has looked at each of their entries."""

    def __init__(self, service, plan, gates):
        self._service, self._plan, self._gates, self._dice = service, plan, gates, plan.dice
        self._unchecked = []
        self._listed = self._waiting = 0
        self._proposed = []   # (when, how many)
        self._outcomes = iter(plan.outcomes)

    def propose(self, moment):
        """What came, and what had to wait: as much in a day as one may propose, which is little while few people are known."""
        self._waiting += moment.leads
        self._proposed = [(at, rows) for at, rows in self._proposed if at > moment.at - DAY_S - 3_600]   # the service's clock runs on while it is told
        share = max(FEW_ROWS, (len(self._gates.known) + self._listed) // SHARE) - sum(rows for _, rows in self._proposed)
        while self._waiting and share > 0:
            rows = min(self._waiting, share, self._dice.randrange(FEW_ROWS, 400))
            self._propose(moment, rows)
            self._proposed.append((moment.at, rows))
            self._waiting -= rows
            share -= rows

    def _propose(self, moment, count):
        known = sorted(number for number in self._gates.known if number < self._plan.people)
        numbers = {self._dice.choice(known) if known and self._dice.random() < KNOWN_SHARE else self._gates.newcomer() for _ in range(count)}
        while len(numbers) < count:
            numbers.add(self._gates.newcomer())
        rows = [[one["name"], one["document"]["number"], one["phone"]] for one in map(person, sorted(numbers))]
        measure = self._dice.choices(("none", "home", "observation"), (70, 20, 10))[0]
        until = rfc3339(moment.at + ISOLATED_DAYS * DAY_S)
        said = quote(f"省推送〔2020〕{self._listed // 100 + 1}号")
        path = f"/api/v1/ledger/lists?document={said}&measure={measure}&until={until}"
        made = self._service.post("tracer", path, csv=table(["name", "document_number", "phone"], rows))
        if made["rows"] != count:
            raise StoryError(f"ledger/lists: {made['rows']} of {count} rows, rejected: {made['rejected'][:3]}")
        self._service.post("desk", f"/api/v1/ledger/lists/{made['id']}/approve")
        self._unchecked.append(made["id"])
        self._listed += count

    def check_off(self, moment):
        """What was approved before this moment. Requires: propose of this moment comes later."""
        home = {"measure": "home", "until": rfc3339(moment.at + ISOLATED_DAYS * DAY_S)}
        for listed in self._unchecked:
            for entry in self._service.pages("desk", f"/api/v1/ledger/lists/{listed}/entries", "entries"):
                outcome = next(self._outcomes)
                body = {"outcome": outcome, "note": "电话核查"} | (home if outcome == "here" else {})
                self._service.post("desk", f"/api/v1/ledger/entries/{entry['id']}/check", body)
        self._unchecked = []

    def close_alerts(self):
        for alert in self._service.pages("desk", "/api/v1/alerts?state=open", "alerts"):
            self._service.post("desk", f"/api/v1/alerts/{alert['id']}/close", {"note": "已联系专班，劝返"})


class Registers:
    """Fever and isolation, by the desk: each open record is taken as far as it can go by now."""

    def __init__(self, service, plan, gates):
        self._service, self._plan, self._gates, self._dice = service, plan, gates, plan.dice
        self._homes = [site.division for site in plan.sites if site.category in ("village", "community")]
        self._positive = []          # tested, and waiting for a bed

    def screen(self, moment):
        """Whom clinics, pharmacies and villages found since the last moment."""
        for _ in range(moment.screened):
            found_at = self._dice.choices(list(FOUND_AT), list(FOUND_AT.values()))[0]
            body = {"person": person(self._gates.newcomer()), "found_at": found_at, "division": self._dice.choice(self._homes),
                    "temperature": round(37.3 + 1.8 * self._dice.random() ** 2, 1)}
            self._service.post("desk", "/api/v1/registers/fever", body)

    def walk_fevers(self, moment):
        for record in self._service.pages("desk", "/api/v1/registers/fever?state=open", "records"):
            state, is_of_gate = record["state"], "site" in record
            if state == "found":
                self._step("fever", record, step="registered")
                state = "registered"
            if state == "registered" and (is_of_gate or self._dice.random() < SENT_SHARE):
                self._step("fever", record, step="sent", place=HOSPITAL)
            elif state == "registered":
                self._step("fever", record, step="cleared", note="复测正常")
            elif state == "sent":
                self._test(record, moment)

    def _test(self, record, moment):
        beds = sum(self._plan.isolated[moment.day + 1:]) - len(self._positive)
        is_positive = beds > 0 and self._dice.random() < POSITIVE_SHARE
        self._step("fever", record, step="tested", result="positive" if is_positive else "negative")
        if is_positive:
            self._positive.append(record)
        else:
            self._step("fever", record, step="cleared", note="核酸阴性")

    def look_after(self, moment):
        """In the morning: who has stayed two weeks may go, the others are measured, and the beds that the plan says are taken."""
        for record in self._service.pages("desk", "/api/v1/registers/isolation?state=open", "records"):
            if unix_second(record["until"]) <= moment.at:
                self._step("isolation", record, step="released")
            else:
                self._step("isolation", record, step="measured", temperature=round(36.1 + 0.9 * self._dice.random(), 1))
        until = rfc3339(second_of(moment.day + ISOLATED_DAYS, (8, 0)))
        for _ in range(self._plan.isolated[moment.day]):
            if self._positive:
                self._step("fever", self._positive.pop(), step="isolated", site=CENTRE, until=until)
            else:
                body = {"person": person(self._gates.newcomer()), "site": CENTRE, "until": until, "division": self._dice.choice(self._homes), "note": "疾控中心通知"}
                self._service.post("desk", "/api/v1/registers/isolation", body)

    def _step(self, kind, record, **said):
        self._service.post("desk", f"/api/v1/registers/{kind}/{record['id']}/steps", said)
