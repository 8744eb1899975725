# SPDX-License-Identifier: Apache-2.0
"""Everybody who may knock at a service: a stranger, a resident, an operator of each single role with each scope, a duty device.

`Callers` knows a small county of three places, HERE, THERE and DEEP (a village of HERE); each has a site, a person with a plate, a
duty device, an operator, a division to change and two reviews of who is who. Whoever has scope HERE reaches HERE and DEEP, NARROWER
only DEEP.
"""

import time

from support.people import document, name, phone
from support.service import password, rfc3339
from support.town import CASE, DAY, gate_item

ROLES = ("admin", "manager", "guard", "tracer", "auditor")
HERE, THERE, DEEP = "130682001", "130682100", "130682001001"
SCOPES = {"all": None, "here": HERE, "there": THERE, "narrower": DEEP}
PASSPHRASE = "a fresh passphrase of the gate"
SITES = [{"ref": "site-1", "name": "此处商场", "category": "shop", "division": HERE, "address": "此处路1号"},
         {"ref": "site-2", "name": "彼处村口", "category": "village", "division": THERE, "address": "彼处路2号"},
         {"ref": "site-3", "name": "里边药店", "category": "pharmacy", "division": DEEP, "address": "里边路3号"}]
TARGETS = {HERE: "site-1", THERE: "site-2", DEEP: "site-3"}


class Caller:
    """One who calls. `role` is anyone, resident or a role; `site`: a duty device's only one; `again` opens another session."""

    def __init__(self, title, role, client, scope=None, site=None, again=None):
        self.title, self.role, self.client, self.scope, self.site = title, role, client, scope, site
        self.again = again

    def reaches(self, division):
        if self.site is not None:
            return TARGETS[division] == self.site
        return self.scope is None or division.startswith(self.scope)

    def __repr__(self):
        return self.title


class Target:
    """One of the three places, and what a foreign answer must not hold of it."""

    def __init__(self, callers, division, number):
        self.division, self.ref, self.number = division, TARGETS[division], number
        self.plate = f"冀F{9000 + number}K"
        town = callers.town
        resident = callers.resident(number, division=division)
        self.credential = resident.bearer
        done = resident.post("/api/v1/scans", {"code": town.code(self.ref), "direction": "in", "plate": self.plate})
        if done.status != 201:
            raise AssertionError(done)
        found = town.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(number)}).json["people"]
        self.person = found[0]["id"]
        self.operator = f"probe-at-{self.ref}"
        town.service.operator(self.operator, "guard", division)
        self.device = callers.pair(self.ref)[0]
        self.review, self.other_review = (callers.conflict_at(division, division) for _ in range(2))
        site = next(site for site in SITES if site["ref"] == self.ref)
        self.marks = [site["name"], site["address"], name(number), document(number)["number"], phone(number), self.person, self.operator, self.device,
                      self.review]


class Callers:
    """Requires: a TownTest class with SITES. Made once for a class."""

    def __init__(self, town):
        self.town, self.service = town, town.service
        self.manager = town.manager
        self.stranger = Caller("a stranger", "anyone", self.service.client())
        self.targets = [Target(self, division, town.number()) for division in TARGETS]
        self.last_line = town.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["seq"]
        self.staff = [self._operator(role, word, scope) for role in ROLES for word, scope in SCOPES.items()]
        self.device = self._device()

    def everybody(self):
        return [self.stranger, self.a_resident(), *self.staff, self.device]

    def a_resident(self):
        number = self.town.number()
        return Caller("a resident", "resident", self.resident(number), again=lambda: self.resident(number))

    def resident(self, number, **changes):
        return self.service.resident(number, self.town.notice, **changes)

    def pair(self, ref):
        """A new device at a site: its id, and the secret of its link."""
        paired = self.manager.post(f"/api/v1/sites/{ref}/devices").json
        return paired["id"], paired["url"].split("/duty#")[1]

    def on_duty(self, secret):
        begun = self.service.client().post("/api/v1/duty", {"secret": secret, "name": "李卫国"})
        return self.service.client(begun.json["token"])

    def _operator(self, role, word, scope):
        login = f"{role}-{word}"
        client = self.service.operator(login, role, scope)
        caller = Caller(f"{role} of {word}", role, client, scope, again=lambda: self.service.session(login))
        caller.login = login
        return caller

    def _device(self):
        device, secret = self.pair("site-1")
        # Another device: the next shift on the same one would end this one.
        caller = Caller("a duty device", "guard", self.on_duty(secret), site="site-1", again=lambda: self.on_duty(self.fresh_secret()))
        caller.login = device
        return caller

    # --- things to call about, made for one call ---

    def fresh_secret(self):
        return self.pair("site-1")[1]

    def conflict_at(self, one_division, other_division):
        """The id of an open review: one document under two names, the first said to live here, the second there."""
        number, other = self.town.number(), self.town.number()
        self.resident(number, division=one_division)
        self.resident(other, document=document(number), division=other_division)
        found = self.town.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(number)}).json["people"]
        persons = {person["id"] for person in found}
        asked = [review["id"] for review in self.manager.get("/api/v1/reviews").json["reviews"]
                 if {review["a"]["person"], review["b"]["person"]} == persons]
        if len(persons) != 2 or len(asked) != 1:
            raise AssertionError((persons, asked))
        return asked[0]

    def undecided(self, review):
        """The same review, open."""
        self.manager.post(f"/api/v1/reviews/{review}/undo")
        return review

    def decided(self, review):
        self.manager.post(f"/api/v1/reviews/{review}", {"decision": "distinct"})
        return review

    def proposer(self, name_of_place, division):
        """Somebody who may propose one more: on one day nobody proposes more than 20 people in a town as small as this."""
        proposers = self.__dict__.setdefault("_proposers", {})
        uses = self.__dict__.setdefault("_proposed", {})
        uses[name_of_place] = uses.get(name_of_place, -1) + 1
        login = f"proposer-at-{name_of_place}-{uses[name_of_place] // 20}"
        if login not in proposers:
            proposers[login] = self.service.operator(login, "tracer", division)
        return proposers[login]

    def list_at(self, target, approved=True):
        """The id of a fresh list of one, that somebody with the scope of that place proposed, in force or not."""
        number = self.town.number()
        csv = f"name,document_number,phone\n{name(number)},{document(number)['number']},{phone(number)}\n"
        until = rfc3339(int(time.time()) + DAY)
        made = self.proposer(target.ref, target.division).call("POST", f"/api/v1/ledger/lists?document=x&measure=central&until={until}", csv, {"Content-Type": "text/csv"})
        if made.status != 201:
            raise AssertionError(made)
        if approved and self.town.tracer.post(f"/api/v1/ledger/lists/{made.json['id']}/approve").status != 200:
            raise AssertionError(made)
        self._listed = number
        return made.json["id"]

    def entry_at(self, target):
        """The id of the one entry of such a list."""
        return self.town.tracer.get(f"/api/v1/ledger/lists/{self.list_at(target)}/entries").json["entries"][0]["id"]

    def handed_to(self, target):
        """The id of an entry of a whole city's list that was handed there."""
        number = self.town.number()
        csv = f"name,document_number,phone\n{name(number)},{document(number)['number']},{phone(number)}\n"
        until = rfc3339(int(time.time()) + DAY)
        second = self.__dict__.setdefault("_second", None) or self.service.operator("approver-of-all", "tracer")
        self._second = second
        made = self.proposer("city", None).call("POST", f"/api/v1/ledger/lists?document=x&measure=central&until={until}", csv, {"Content-Type": "text/csv"}).json["id"]
        second.post(f"/api/v1/ledger/lists/{made}/approve")
        entry = self.town.tracer.get(f"/api/v1/ledger/lists/{made}/entries").json["entries"][0]["id"]
        self.town.tracer.post(f"/api/v1/ledger/entries/{entry}/hand", {"division": target.division, "reason": "lives there"})
        return entry

    def alert_at(self, target):
        """The id of a fresh alert at that place's site."""
        self.list_at(target)
        item = gate_item({"document": document(self._listed)}, target.ref)
        self.town.guard.post("/api/v1/gate/scans", {"scans": [item]})
        return self.town.tracer.get("/api/v1/alerts").json["alerts"][0]["id"]

    def record_at(self, target):
        """The id of a fresh fever found at that place's site."""
        number = self.town.number()
        item = {**gate_item({"document": document(number), "name": name(number)}, target.ref), "temperature": 38.4}
        self.town.guard.post("/api/v1/gate/scans", {"scans": [item]})
        records = self.town.tracer.get("/api/v1/registers/fever").json["records"]
        return max((record for record in records if record["site"]["ref"] == target.ref), key=lambda record: int(record["id"]))["id"]

    def count_certificates(self, caller, target):
        """Opens one more there, and notes at the target how many there are now that the caller reaches."""
        made = self.__dict__.setdefault("_certificates", [])
        made.append(target.division)
        self.town.tracer.post("/api/v1/registers/certificate", {"division": target.division, "subject": "仁和街1号"})
        target.expected = sum(caller.reaches(division) for division in made)
        return True

    def isolation_at(self, target):
        """The ref of a place of isolation there."""
        ref = f"iso-{target.ref}"
        self.town.manager.post("/api/v1/sites", {"ref": ref, "name": "隔离点", "category": "isolation", "division": target.division})
        return ref

    def brief_at(self, target):
        """The id of a fresh frozen brief of that place."""
        return self.town.tracer.post("/api/v1/briefs", {"division": target.division}).json["id"]

    def two_statements_at(self, division):
        """A fresh person of two statements: the person's id and those of the statements."""
        number = self.town.number()
        for way in (phone(number), phone(80_000 + number)):
            self.resident(number, division=division, phone=way)
        tracer = self.town.tracer
        person = tracer.post("/api/v1/people/search", {"case": CASE, "document": document(number)}).json["people"][0]["id"]
        told = tracer.get(f"/api/v1/people/{person}/history?case={CASE}").json
        return person, [statement["registration"] for statement in told["registrations"]]

    def scan_at(self, target):
        """The id of a fresh scan there, by a guard of everywhere."""
        number = self.town.number()
        item = gate_item({"document": document(number), "name": name(number)}, target.ref)
        return self.town.guard.post("/api/v1/gate/scans", {"scans": [item]}).json["results"][0]["id"]

    def screen_path(self):
        """The address that the screen at site-1 shows now."""
        return "/s/" + self.town.guard.get("/api/v1/sites/site-1/screen").json["codes"][0]["code"]

    def scan_of(self, caller):
        """The id of a scan that the caller may void, or of one that is not theirs where they have none."""
        town = self.town
        if caller.role == "resident":
            client, ref = caller.client, "site-1"
            path, body = "/api/v1/scans", {"code": town.code(ref), "direction": "in", "at": self.a_moment()}
            return client.post(path, body).json["scans"][0]["id"]
        ref = next((TARGETS[division] for division in TARGETS if caller.reaches(division)), "site-1")
        number = town.number()
        client = caller.client if caller.role == "guard" else town.guard
        item = gate_item({"document": document(number), "name": name(number)}, ref)
        return client.post("/api/v1/gate/scans", {"scans": [item]}).json["results"][0]["id"]

    def scan_of_somebody_else(self):
        return self.scan_of(Caller("", "admin", None))

    def a_moment(self):
        """Another second each time, so that no scan is a retry; within the ten minutes for which it can be voided."""
        self._moments = getattr(self, "_moments", 0) + 1
        return rfc3339(int(time.time()) - self._moments % 500)

    def window(self):
        now = int(time.time())
        return {"from": rfc3339(now - DAY), "to": rfc3339(now + 60)}


__all__ = ["CASE", "Callers", "DEEP", "HERE", "PASSPHRASE", "ROLES", "SCOPES", "SITES", "TARGETS", "THERE", "password"]
