# SPDX-License-Identifier: Apache-2.0
"""schema/openapi.yaml against real answers: every call it describes is made, and each answer is what it says."""

import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import schema
from support.forms import WORKBOOK, a_form
from support.people import FORM, document, name, person_form, phone
from support.service import password
from support.town import CASE, DAY, TownTest, gate_item, rfc3339

NEW = "a fresh passphrase for wu"


class OpenApi(TownTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = schema.load()

    def ask(self, who, method, path, body=None, status=200, headers=None):
        answer = who.call(method, path, body, headers)
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(schema.answer_faults(self.document, method, path, answer), [], answer)
        self.asked.add((method.lower(), schema.operation(self.document, method, path)[0]))
        return answer

    def csv(self, who, what, text):
        return self.ask(who, "POST", f"/api/v1/{what}/import", text, headers={"Content-Type": "text/csv"})

    def test_every_call_answers_as_it_is_described(self):
        self.asked = set()
        stranger, now = self.service.client(), int(time.time())
        for path in ("/healthz", "/readyz", "/version", "/docs", "/docs?lang=en", "/api/v1/openapi.yaml", f"/api/v1/codes/{self.code('S1')}"):
            self.ask(stranger, "GET", path)
        for page in ("gate", "duty", "sites", "trace", "desk", "admin", "setup", "me"):
            asset = re.search(r'src="([^"]+)"', self.ask(stranger, "GET", f"/{page}?lang=en").text).group(1)
        self.ask(stranger, "GET", asset)
        self.ask(stranger, "GET", "/gate-worker.js")
        self.ask(stranger, "GET", asset.replace("main.js", "other.js"), status=404)
        self.ask(stranger, "GET", "/api/v1/codes/" + "0" * 16, status=404)
        self.pages(stranger)
        self.residents(stranger, now)
        self.sessions(stranger)
        self.operators()
        self.imports(now)
        self.tracers(now)
        self.follow_up()
        self.who_is_who()
        self.ledger(now)
        self.registers(now)
        self.enterprises(now)
        for path in ("/api/v1/audit?limit=2", "/api/v1/audit?operator=tracer-1&action=trace_asked&case=2020-001&from=2020-01-01T00:00:00Z", "/api/v1/audit/verify",
                     "/api/v1/status", "/api/v1/settings", "/api/v1/retention", "/api/v1/assessment"):
            self.ask(self.auditor, "GET", path)
        self.ask(self.admin, "GET", "/api/v1/upkeep")
        self.ask(self.auditor, "GET", "/api/v1/audit?action=x", status=422)
        self.ask(self.guard, "GET", "/api/v1/office")
        self.ask(self.admin, "PATCH", "/api/v1/office", {"name": "定州市疫情防控指挥部", "hotline": "0312-0000000", "filing": "冀ICP备00000000号"})
        self.ask(self.admin, "PATCH", "/api/v1/office", {"name": "长" * 41}, 422)
        described = {(method, path) for path, operations in self.document["paths"].items() for method in operations}
        self.assertEqual(described - self.asked, self.asked_elsewhere())

    def ledger(self, now):
        """Lists, entries and alerts."""
        number, second = self.number(), self.service.operator("tracer-2", "tracer")
        path = f"/api/v1/ledger/lists?document=x&measure=home&until={rfc3339(now + DAY)}"
        rows = f"name,document_number,phone\n{name(number)},{document(number)['number']},\nx,1,\n"
        made, other = (self.ask(self.tracer, "POST", path, rows, 201, {"Content-Type": "text/csv"}).json["id"] for _ in range(2))
        self.ask(self.tracer, "POST", path.replace("home", "prison"), rows, 422, {"Content-Type": "text/csv"})
        self.ask(self.tracer, "GET", "/api/v1/ledger/lists")
        self.ask(second, "POST", f"/api/v1/ledger/lists/{made}/approve")
        self.ask(second, "POST", f"/api/v1/ledger/lists/{made}/approve", status=409)
        self.ask(second, "POST", f"/api/v1/ledger/lists/{other}/refuse")
        entry = self.ask(self.tracer, "GET", f"/api/v1/ledger/lists/{made}/entries").json["entries"][0]["id"]
        item = gate_item({"document": document(number)}, "G1", "in", now)
        self.ask(self.guard, "POST", "/api/v1/gate/scans", {"scans": [item]})
        alert = self.ask(self.guard, "GET", "/api/v1/alerts?state=open").json["alerts"][0]["id"]
        self.ask(self.guard, "POST", f"/api/v1/alerts/{alert}/close", {"note": "called"})
        self.ask(self.guard, "GET", "/api/v1/alerts?state=all")
        self.ask(self.guard, "GET", "/api/v1/alerts/stream?after=0&wait=0")
        self.ask(self.tracer, "POST", f"/api/v1/ledger/entries/{entry}/check", {"outcome": "here", "note": "x"})
        self.ask(self.tracer, "POST", f"/api/v1/ledger/entries/{entry}/hand", {"division": "130682100", "reason": "x"})
        self.ask(self.tracer, "POST", f"/api/v1/ledger/entries/{entry}/hand", {"division": "000000", "reason": "x"}, 422)
        self.ask(self.tracer, "GET", "/api/v1/ledger/handed")
        self.ask(self.tracer, "GET", "/api/v1/ledger/handed?cursor=x", status=422)
        self.ask(self.tracer, "POST", f"/api/v1/ledger/entries/{entry}/undo", {"reason": "x"})
        self.ask(self.tracer, "GET", f"/api/v1/ledger/entries/{entry}")
        self.ask(self.tracer, "GET", "/api/v1/ledger/entries/x", status=404)
        self.ask(self.tracer, "POST", f"/api/v1/ledger/lists/{made}/undo", {"reason": "x"})

    def registers(self, now):
        """Registers, vehicles, counts and briefs."""
        item = {**gate_item({"document": document(self.number()), "name": name(1)}, "G1", "in", now), "temperature": 38.5}
        self.ask(self.guard, "POST", "/api/v1/gate/scans", {"scans": [item]})
        record = self.ask(self.tracer, "GET", "/api/v1/registers/fever").json["records"][0]["id"]
        self.ask(self.tracer, "GET", "/api/v1/registers")
        self.ask(self.tracer, "GET", "/api/v1/registers/fever?state=closed")
        self.ask(self.tracer, "GET", "/api/v1/registers/fever?state=x", status=422)
        self.ask(self.tracer, "GET", "/api/v1/registers/plague", status=404)
        path = f"/api/v1/registers/fever/{record}"
        self.ask(self.tracer, "POST", path + "/reveal", {"fields": ["phone"], "reason": "x"})
        self.ask(self.tracer, "POST", path + "/reveal", {"fields": [], "reason": "x"}, 422)
        for step in ({"step": "registered"}, {"step": "sent", "place": "x"}, {"step": "tested", "result": "pending"}, {"step": "isolated", "place": "x", "until": rfc3339(now + DAY)}):
            self.ask(self.tracer, "POST", path + "/steps", step)
        self.ask(self.tracer, "POST", path + "/steps", {"step": "noted", "note": "x"}, 409)
        self.ask(self.tracer, "POST", path + "/steps", {"step": "x"}, 422)
        self.ask(self.tracer, "POST", path + "/steps", {"step": "x", "unknown": 1}, 400)
        self.ask(self.tracer, "GET", path)
        self.ask(self.tracer, "GET", path + "0000", status=404)
        self.ask(self.tracer, "GET", "/api/v1/registers/isolation")
        self.ask(self.tracer, "POST", "/api/v1/registers/round", {"subject": "x", "division": "130682100"}, 201)
        self.ask(self.tracer, "POST", "/api/v1/registers/round", {}, 422)
        self.ask(self.tracer, "GET", "/api/v1/isolation/places")
        self.ask(self.tracer, "POST", "/api/v1/isolation/places/G1", {"capacity": 1}, 422)
        self.ask(self.guard, "POST", "/api/v1/gate/vehicles", {"checks": [{"site": "G1", "plate": "冀F12A34", "people": 2, "direction": "in"}, {"site": "G1", "plate": "", "people": 2, "direction": "in"}]})
        for by in ("site", "hour", "division", "category"):
            self.ask(self.tracer, "GET", f"/api/v1/counts?by={by}")
        self.ask(self.tracer, "GET", "/api/v1/counts?by=x", status=422)
        self.ask(self.tracer, "GET", "/api/v1/brief")
        self.ask(self.tracer, "GET", "/api/v1/brief?format=xlsx")
        self.ask(self.tracer, "GET", "/api/v1/brief?day=x", status=422)
        brief = self.ask(self.tracer, "POST", "/api/v1/briefs", {}, 201).json["id"]
        self.ask(self.tracer, "GET", "/api/v1/briefs")
        self.ask(self.tracer, "GET", f"/api/v1/briefs/{brief}")
        self.ask(self.tracer, "GET", f"/api/v1/briefs/{brief}?format=xlsx")
        self.ask(self.tracer, "GET", f"/api/v1/briefs/{brief}?format=pdf", status=422)
        self.ask(self.tracer, "GET", "/api/v1/divisions?of=all")
        self.ask(self.tracer, "GET", "/api/v1/divisions?of=none", status=422)
        self.ask(self.tracer, "GET", "/api/v1/briefs/999", status=404)
    def enterprises(self, now):
        """Daily reports and cameras."""
        self.assertEqual(self.manager.post("/api/v1/sites", {"ref": "F1", "name": "砖厂", "category": "enterprise", "division": "130682100"}).status, 201)
        path, report = "/api/v1/sites/F1/reports", {"staff": 30, "present": 20, "fever": 0, "elsewhere": 2}
        self.ask(self.manager, "GET", path)
        self.ask(self.manager, "POST", path, {**report, "note": "夜班"}, 201)
        self.ask(self.manager, "POST", path, report, 201)
        for status, body in ((422, {**report, "present": 31}), (422, {"staff": 1}), (400, {**report, "staff": "9"})):
            self.ask(self.manager, "POST", path, body, status)
        self.ask(self.manager, "POST", "/api/v1/sites/S1/reports", report, 409)
        self.ask(self.manager, "GET", path + "?day=2026-01-05")
        self.ask(self.manager, "GET", path + "?day=x", status=422)
        self.ask(self.tracer, "GET", "/api/v1/reports?state=all&division=130682100")
        self.ask(self.manager, "GET", "/api/v1/reports?state=odd", status=422)
        self.ask(self.guard, "GET", "/api/v1/reports", status=403)
        camera, wanted = "/api/v1/sites/S1/camera", {"case": CASE, "at": rfc3339(now)}
        self.ask(self.manager, "GET", camera)
        self.ask(self.tracer, "POST", "/api/v1/sites/S1/playback", wanted, 404)
        self.ask(self.manager, "POST", camera, {"template": "https://nvr.example/{at}"})
        self.ask(self.manager, "POST", camera, {"template": "http://nvr.example/{at}"}, 422)
        self.ask(self.tracer, "POST", "/api/v1/sites/S1/playback", wanted)
        self.ask(self.tracer, "POST", "/api/v1/sites/S1/playback", {**wanted, "case": "none"}, 403)
        self.ask(self.manager, "POST", camera, {"template": None})
        self.outings()

    def outings(self):
        """Rules of outings, and an exception."""
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
        rule = {"division": "130682100200", "from": today, "until": today, "people": 1, "days": 2}
        made = self.ask(self.manager, "POST", "/api/v1/outing-rules", rule, 201).json["id"]
        self.ask(self.tracer, "POST", "/api/v1/outing-rules", {**rule, "people": 0}, 422)
        self.ask(self.tracer, "GET", "/api/v1/outing-rules")
        for number in (self.number(), self.number()):
            self.resident(number, division="130682100200", address="幸福路3号")
            went = self.ask(self.guard, "POST", "/api/v1/gate/scans", {"scans": [gate_item({"document": document(number)}, "G1", "out")]}).json["results"][0]
        self.assertIs(went["outing"]["allowed"], False)
        self.ask(self.guard, "POST", "/api/v1/gate/outings", {"scan": went["id"], "reason": "看病"})
        self.ask(self.guard, "POST", "/api/v1/gate/outings", {"scan": went["id"], "reason": "看病"}, 409)
        self.ask(self.guard, "POST", "/api/v1/gate/outings", {"scan": "x", "reason": "看病"}, 404)
        self.ask(self.manager, "DELETE", f"/api/v1/outing-rules/{made}")
        self.ask(self.manager, "DELETE", f"/api/v1/outing-rules/{made}", status=404)

    @staticmethod
    def asked_elsewhere():
        """The set-up link serves before there is an operator: staff_test makes that call."""
        return {("post", "/api/v1/setup")}

    def pages(self, stranger):
        path = f"/s/{self.code('S1')}"
        self.ask(stranger, "GET", "/")
        self.ask(stranger, "GET", "/?code=x", status=404)
        self.ask(stranger, "POST", "/", person_form(self.number(), self.notice), 201, FORM)
        self.ask(stranger, "POST", "/", person_form(self.number(), 99), 409, FORM)
        self.ask(stranger, "GET", path)
        self.ask(stranger, "GET", "/s/" + "0" * 16, status=404)
        self.ask(stranger, "POST", path, person_form(self.number(), self.notice, direction="in"), 201, FORM)
        self.ask(stranger, "POST", path, person_form(self.number(), self.notice, phone="1"), 422, FORM)
        self.ask(stranger, "POST", path, "direction=in", 401, FORM)
        self.ask(stranger, "POST", path, "role=admin", 400, FORM)

    def residents(self, stranger, now):
        number = self.number()
        form = {"name": name(number), "document": document(number), "phone": phone(number), "notice_version": self.notice}
        made = self.ask(stranger, "POST", "/api/v1/registrations", form, 201)
        self.ask(stranger, "POST", "/api/v1/registrations", {**form, "phone": "1"}, 422)
        self.ask(stranger, "POST", "/api/v1/registrations", {**form, "role": "admin"}, 400)
        self.ask(stranger, "POST", "/api/v1/registrations", {**form, "notice_version": 99}, 409)
        phone_of = self.service.client(made.json["credential"])
        scan = {"code": self.code("S1"), "direction": "in", "at": rfc3339(now), "temperature": 36.5, "plate": "冀F12345"}
        taken = self.ask(phone_of, "POST", "/api/v1/scans", scan, 201)
        self.ask(phone_of, "POST", "/api/v1/scans", scan, 200)
        self.ask(phone_of, "POST", "/api/v1/scans", {**scan, "at": rfc3339(now + 9999)}, 422)
        self.ask(stranger, "POST", "/api/v1/scans", scan, 401)
        self.ask(self.guard, "POST", "/api/v1/scans", scan, 403)
        self.ask(phone_of, "POST", "/api/v1/scans/batch", {"scans": [scan, {**scan, "at": rfc3339(now + 9999)}]})
        self.ask(phone_of, "POST", f"/api/v1/scans/{taken.json['scans'][0]['id']}/void", {"reason": "按错了"})
        self.assertTrue(self.ask(phone_of, "POST", "/api/v1/scans", scan).json["scans"][0]["voided"])
        self.ask(phone_of, "POST", f"/api/v1/scans/{'0' * 26}/void", {"reason": "按错了"}, 404)
        self.ask(phone_of, "GET", "/api/v1/me/access")
        child = {"name": "李小花", "relation": "child", "birth_date": "2015-03-02"}
        dependant = self.ask(phone_of, "POST", "/api/v1/me/dependants", child, 201).json["id"]
        self.ask(phone_of, "POST", "/api/v1/me/dependants", {**child, "relation": ""}, 422)
        self.ask(phone_of, "GET", "/api/v1/me/dependants")
        together = self.ask(phone_of, "POST", "/api/v1/scans", {"code": self.code("P1"), "direction": "in", "dependants": [dependant]}, 201)
        self.assertEqual(len(together.json["scans"]), 2, together)
        for path in ("/api/v1/me", "/api/v1/me/scans?limit=2", "/api/v1/me/export"):
            self.ask(phone_of, "GET", path)
        self.ask(phone_of, "GET", "/api/v1/me/scans?limit=0", status=422)
        self.ask(phone_of, "PATCH", "/api/v1/me", {"address": "仁和街2号"})
        self.ask(phone_of, "DELETE", f"/api/v1/me/dependants/{dependant}")
        self.ask(phone_of, "DELETE", "/api/v1/me/dependants/x", status=404)
        self.ask(phone_of, "DELETE", "/api/v1/me")
        self.ask(phone_of, "GET", "/api/v1/me", status=401)
        subject = {"document": document(self.number()), "name": name(number)}
        self.ask(self.guard, "POST", "/api/v1/gate/scans", {"scans": [gate_item(subject, "S1"), gate_item({"document": document(99_999)}, "S1")]})
        self.ask(self.guard, "GET", "/api/v1/gate/word")
        shown = self.number()
        seen = {"credential": self.resident(shown).bearer, "document": document(shown)}
        self.ask(self.guard, "POST", "/api/v1/gate/verifications", seen)
        self.ask(self.guard, "POST", "/api/v1/gate/verifications", {**seen, "document": document(self.number())}, 409)
        self.ask(self.guard, "POST", "/api/v1/gate/verifications", {**seen, "credential": "A" * 43}, 404)
        self.ask(self.guard, "POST", "/api/v1/gate/verifications", {"document": document(shown)}, 422)
        self.desk()

    def desk(self):
        """The guard's, beside its scans."""
        number = self.number()
        resident = self.resident(number)
        card = self.ask(resident, "GET", "/api/v1/me/card").json["card"]
        self.ask(self.guard, "POST", "/api/v1/gate/scans", {"scans": [gate_item({"card": card}, "G1"), gate_item({"card": "k1"}, "G1")]})
        scan = self.ask(self.guard, "GET", "/api/v1/gate/recent?site=G1").json["scans"][0]["id"]
        reading = {"scan": scan, "temperature": 36.5, "method": "ear", "second": 36.6}
        for status, body in ((201, reading), (200, reading), (422, {**reading, "second": 99}), (404, {**reading, "scan": "0" * 26}), (400, {**reading, "more": 1})):
            self.ask(self.guard, "POST", "/api/v1/gate/observations", body, status)
        self.ask(self.guard, "GET", "/api/v1/gate/recent?site=NOWHERE", status=404)
        self.ask(self.guard, "GET", "/api/v1/gate/sites?search=G")
        self.ask(self.guard, "GET", "/api/v1/gate/shift?site=G1")
        self.ask(self.guard, "GET", "/api/v1/gate/shift?site=G1&since=noon", status=422)
        self.ask(self.guard, "POST", "/api/v1/gate/roster", {"site": "G1", "initials": "w"})
        self.ask(self.guard, "POST", "/api/v1/gate/roster", {"site": "G1", "initials": "7"}, 422)
        codes = self.ask(self.guard, "GET", "/api/v1/sites/S1/screen").json["codes"]
        self.ask(self.guard, "GET", "/api/v1/sites/NOWHERE/screen", status=404)
        stranger, path = self.service.client(), f"/s/{codes[0]['code']}"
        self.ask(stranger, "GET", path)
        self.ask(stranger, "GET", path[:-6] + "000000", status=403)
        self.ask(stranger, "POST", path, person_form(self.number(), self.notice, direction="in"), 201, FORM)

    def managed_sites(self):
        new = {"ref": "NEW-1", "name": "新点", "category": "shop", "division": "130682100", "longitude": 114.99, "latitude": 38.5}
        self.ask(self.manager, "POST", "/api/v1/sites", new, 201)
        self.ask(self.manager, "POST", "/api/v1/sites", new, 409)
        self.ask(self.manager, "POST", "/api/v1/sites", {**new, "ref": "NEW-2", "category": "moon"}, 422)
        self.ask(self.manager, "GET", "/api/v1/sites?limit=3")
        self.ask(self.manager, "GET", "/api/v1/sites?limit=x", status=422)
        self.ask(self.manager, "GET", "/api/v1/sites/NEW-1")
        self.ask(self.manager, "GET", "/api/v1/sites/NEW-9", status=404)
        self.ask(self.manager, "POST", "/api/v1/sites/NEW-1/replace", {"accept_old_until": rfc3339(int(time.time()) + 3600)})
        self.ask(self.manager, "GET", "/api/v1/sites/S1/traffic?day=2026-01-05")
        self.ask(self.manager, "GET", "/api/v1/sites/S1/traffic?day=x", status=422)
        self.ask(self.manager, "GET", "/api/v1/site-activity")
        for wanted in ({"text": "商"}, {"refs": ["D2", "NOWHERE"]}):
            self.ask(self.tracer, "POST", "/api/v1/sites/search", wanted)
        self.ask(self.tracer, "POST", "/api/v1/sites/search", {}, 422)
        self.ask(self.guard, "POST", "/api/v1/posters/check", {"code": self.code("S1")})
        self.ask(self.manager, "POST", "/api/v1/posters/check", {"code": "0" * 16}, 404)
        self.ask(self.manager, "PATCH", "/api/v1/sites/NEW-1", {"closed": True})
        self.ask(self.manager, "POST", "/api/v1/sites/NEW-1/replace", {}, 410)

    def sessions(self, stranger):
        self.service.add_operator("wu", "guard")
        login = {"login": "wu", "password": password("wu")}
        self.ask(stranger, "POST", "/api/v1/session", {**login, "password": "wrong password"}, 401)
        wu = self.service.client(self.ask(stranger, "POST", "/api/v1/session", login).json["token"])
        proof = {"password": password("wu")}
        self.ask(wu, "POST", "/api/v1/session/confirm", proof)
        self.ask(wu, "POST", "/api/v1/session/otp", proof)
        self.ask(wu, "POST", "/api/v1/session/otp/confirm", {"otp": "1"}, 422)
        self.asked.add(("post", "/api/v1/session/otp/confirm"))   # the code that fits: staff_test
        self.ask(stranger, "POST", "/api/v1/session", login)
        others = [row["id"] for row in self.ask(wu, "GET", "/api/v1/sessions").json["sessions"] if not row["current"]]
        self.ask(wu, "DELETE", f"/api/v1/sessions/{others[0]}")
        self.ask(wu, "DELETE", f"/api/v1/sessions/{others[0]}", status=404)
        self.ask(wu, "POST", "/api/v1/session/password", {**proof, "new_password": NEW})
        self.ask(wu, "GET", "/api/v1/session")
        self.ask(wu, "GET", "/api/v1/divisions")
        self.managed_sites()
        self.ask(stranger, "GET", "/api/v1/session", status=401)
        self.ask(wu, "DELETE", "/api/v1/session")
        self.ask(stranger, "POST", "/api/v1/setup", {"secret": "x", "login": "a", "password": NEW}, 410)
        self.asked.discard(("post", "/api/v1/setup"))

    def operators(self):
        self.ask(self.admin, "POST", "/api/v1/operators", {"login": "zh", "roles": ["guard"], "scope": "130682", "password": NEW}, 201)
        self.ask(self.admin, "POST", "/api/v1/operators", {"login": "zh", "roles": ["guard"], "password": NEW}, 409)
        self.ask(self.admin, "GET", "/api/v1/operators")
        self.ask(self.guard, "GET", "/api/v1/operators", status=403)
        self.ask(self.admin, "PATCH", "/api/v1/operators/zh", {"roles": ["guard", "tracer"]})
        self.ask(self.admin, "PATCH", "/api/v1/operators/nobody", {"disabled": True}, 404)
        for form in ("pdf", "svg", "png"):
            self.ask(self.manager, "GET", f"/api/v1/sites/G1/poster?format={form}&sheet=a6x4&lang=zh&direction=in")
        self.ask(self.manager, "GET", "/api/v1/sites/G1/poster?sheet=a9", status=422)
        self.ask(self.manager, "GET", "/api/v1/sites/NOWHERE/poster", status=404)
        self.ask(self.manager, "POST", "/api/v1/posters", {"sites": ["G1", "S1"], "directions": ["in", "out"], "sheet": "a5x2", "lang": "en"})
        self.ask(self.manager, "POST", "/api/v1/posters", {"sites": []}, 422)
        paired = self.ask(self.manager, "POST", "/api/v1/sites/G1/devices", status=201).json
        self.ask(self.manager, "GET", "/api/v1/sites/G1/devices")
        self.ask(self.manager, "GET", "/api/v1/sites/NOWHERE/devices", status=404)
        again = self.ask(self.manager, "POST", f"/api/v1/devices/{paired['id']}/link").json
        self.ask(self.service.client(), "POST", "/api/v1/duty", {"secret": again["url"].split("#")[1], "name": "李卫国"})
        self.ask(self.service.client(), "POST", "/api/v1/duty", {"secret": again["url"].split("#")[1], "name": "李卫国"}, 410)
        self.ask(self.manager, "DELETE", f"/api/v1/devices/{paired['id']}")

    def imports(self, now):
        number = self.number()
        self.csv(self.admin, "divisions", "code,name,parent\n130682999,试验镇,130682\nx,坏,\n")
        self.csv(self.manager, "sites", "ref,name,category,division\nX1,试验口,traffic,130682999\nX2,坏,none,130682999\n")
        roster = f"ref,name,document_type,document_number,phone\nR1,{name(number)},id,{document(number)['number']},{phone(number)}\n"
        for new, matched in ((1, 0), (0, 1)):
            told = self.csv(self.admin, "people", roster).json
            self.assertEqual((told["new"], told["matched"], told["changed"], told["review"], told["unchanged"]), (new, matched, matched, 0, 0))
        other = roster.replace("R1,", "R2,").replace(name(number), "欧阳无同").replace(phone(number), "")
        told = self.csv(self.admin, "people", other).json   # the same document under another name
        self.assertEqual((told["new"], told["matched"], told["review"], told["unchanged"]), (0, 0, 1, 1))
        self.csv(self.admin, "scans", f"ref,site,at,direction\nR1,X1,{rfc3339(now - DAY)},in\n")
        answer = self.admin.call("POST", "/api/v1/scans/import", "a,b\n", {"Content-Type": "text/csv"})
        self.assertEqual(schema.answer_faults(self.document, "POST", "/api/v1/scans/import", answer), [], answer)

    def tracers(self, now):
        number = self.number()
        for resident in (self.resident(number), self.resident()):
            self.scanned(resident, "S2")
        self.ask(self.tracer, "POST", "/api/v1/cases", {"number": "OA-1", "title": "试", "purpose": "密接排查"}, 201)
        self.ask(self.tracer, "POST", "/api/v1/cases", {"number": "OA-1", "title": "试", "purpose": "密接排查"}, 409)
        self.ask(self.tracer, "GET", "/api/v1/cases")
        self.ask(self.tracer, "GET", "/api/v1/cases/OA-1")
        self.ask(self.tracer, "GET", "/api/v1/cases/OA-2", status=404)
        self.ask(self.tracer, "PATCH", "/api/v1/cases/OA-1", {"state": "hold"})
        self.ask(self.tracer, "PATCH", "/api/v1/cases/OA-1", {"state": "odd"}, 422)
        person = self.ask(self.tracer, "POST", "/api/v1/people/search", {"case": CASE, "document": document(number)}).json["people"][0]["id"]
        self.ask(self.tracer, "POST", "/api/v1/people/search", {"case": "OA-1", "document": document(number)}, 403)
        window = {"from": rfc3339(now - DAY), "to": rfc3339(now + 60)}
        query = f"case={CASE}&from={window['from']}&to={window['to']}"
        self.ask(self.tracer, "GET", f"/api/v1/people/{person}/trajectory?{query}")
        self.ask(self.tracer, "GET", f"/api/v1/people/{'0' * 12}/trajectory?{query}", status=404)
        self.ask(self.tracer, "GET", f"/api/v1/sites/S2/passages?{query}")
        question = {"case": CASE, "index": [{"person": person}], **window, "explain": True}
        self.met = self.ask(self.tracer, "POST", "/api/v1/traces", question).json["contacts"]
        self.assertEqual(len(self.met), 1)
        self.ask(self.tracer, "POST", "/api/v1/traces", {**question, "degree": 2}, 422)
        shared = {"case": CASE, "index": [{"person": person}], **window}
        self.ask(self.tracer, "POST", "/api/v1/shared-places", {**shared, "index": [{"person": one["person"]["id"]} for one in self.met] + shared["index"]})
        self.ask(self.tracer, "POST", "/api/v1/shared-places", shared, 422)
        for more in ({"anchor": {"sample": True, "at": rfc3339(now)}, "limit": 5}, {"anchor": {"onset": rfc3339(now)}, "linger_s": 1},
                     {"categories": ["shop"], "divisions": ["130682"], "sites": ["S1"]}):
            self.ask(self.tracer, "POST", "/api/v1/traces", {**question, "preset": "who", **more})
        self.ask(self.tracer, "POST", "/api/v1/traces", {**question, "preset": "none"}, 422)
        self.ask(self.tracer, "POST", "/api/v1/traces", {**question, "sites": ["NOWHERE"]}, 404)
        self.ask(self.tracer, "GET", "/api/v1/presets")
        self.ask(self.guard, "GET", "/api/v1/presets", status=403)
        for form in ("json", "ndjson", "csv", "xlsx"):
            self.ask(self.tracer, "GET", f"/api/v1/cases?format={form}")
            self.ask(self.tracer, "POST", f"/api/v1/people/search?format={form}", {"case": CASE, "document": document(number)})
            self.ask(self.tracer, "GET", f"/api/v1/people/{person}/trajectory?{query}&format={form}")
            self.ask(self.tracer, "GET", f"/api/v1/sites/S2/passages?{query}&format={form}")
            self.ask(self.tracer, "POST", f"/api/v1/traces?format={form}", question)
        self.ask(self.tracer, "GET", "/api/v1/cases?format=pdf", status=422)
        self.ask(self.tracer, "GET", "/api/v1/exports")
        self.ask(self.guard, "GET", "/api/v1/exports", status=403)
        fields = ["name", "document", "phone", "address", "workplace", "birth", "division"]
        reveal = {"case": CASE, "fields": fields, "reason": "流调"}
        self.ask(self.tracer, "POST", f"/api/v1/people/{person}/reveal", reveal)
        self.ask(self.tracer, "POST", f"/api/v1/people/{person}/reveal", {**reveal, "reason": ""}, 422)
        self.ask(self.tracer, "POST", f"/api/v1/people/{'0' * 12}/reveal", reveal, 404)
        self.ask(self.guard, "POST", f"/api/v1/people/{person}/reveal", reveal, 403)
        disclosure = {"query": {"passages": {"site": "S2", **window}}, "fields": fields, "recipient": "疾控", "reason": "通知"}
        for form in ("json", "ndjson", "csv", "xlsx"):
            self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/disclosures?format={form}", disclosure)
        whole = self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/disclosures", disclosure)
        told = self.document["components"]["schemas"]["Passages"]
        self.assertEqual(schema.faults(self.document, told, whole.json), [])
        self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/disclosures", {**disclosure, "query": {}}, 422)
        self.ask(self.tracer, "POST", "/api/v1/cases/OA-1/disclosures", disclosure, 403)

        self.forms(disclosure)
        narrative = {"person": person, **window, "kind": "report", "label": "1"}
        path = f"/api/v1/cases/{CASE}/narratives"
        handed = {"fields": fields, "recipient": "疾控", "reason": "流调"}
        for more in ({}, handed):
            self.ask(self.tracer, "POST", path, {**narrative, **more})
        for more in ({}, handed):
            self.ask(self.tracer, "POST", path + "?format=txt", {**narrative, **more})
        self.ask(self.tracer, "POST", path, {**narrative, "kind": "notice", "label": "1"}, 422)   # too few were there
        self.ask(self.tracer, "POST", path, {**narrative, **handed, "kind": "notice"}, 422)
        self.ask(self.tracer, "POST", path, {**narrative, "person": "0" * 12}, 404)
        self.ask(self.guard, "POST", path, narrative, 403)

    def forms(self, disclosure):
        form = self.ask(self.tracer, "POST", "/api/v1/forms", a_form(), 201, WORKBOOK).json["id"]
        self.ask(self.tracer, "POST", "/api/v1/forms", b"PK", 422, WORKBOOK)
        self.ask(self.guard, "POST", "/api/v1/forms", a_form(), 403, WORKBOOK)
        self.ask(self.tracer, "GET", "/api/v1/forms")
        path = f"/api/v1/forms/{form}"
        self.ask(self.tracer, "PATCH", path, {"columns": {"B": "name", "H": None}})
        self.ask(self.tracer, "PATCH", path, {"columns": {"B": "names"}}, 422)
        self.ask(self.tracer, "PATCH", path, {"columns": {"B": 1}}, 400)
        for name in (form, "sormas", "godata"):
            for more in ({}, {"split": "township"}):
                self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/disclosures", {**disclosure, "form": name, **more})
        self.ask(self.tracer, "DELETE", path)
        self.ask(self.tracer, "DELETE", path, status=404)
        self.ask(self.tracer, "PATCH", path, {"columns": {}}, 404)
        self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/disclosures", {**disclosure, "form": form}, 404)

    def follow_up(self):
        person = self.met[0]["person"]["id"]
        self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/questions?limit=3")
        self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/questions?limit=0", status=422)
        self.ask(self.tracer, "GET", "/api/v1/cases/none/questions", status=403)
        kept = self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/questions").json["questions"]
        for one in kept:
            self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/questions/{one['id']}/run", {})
        contacts = next(one["id"] for one in kept if one["kind"] == "contacts")
        for form in ("json", "ndjson", "csv", "xlsx"):
            self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/questions/{contacts}/run?format={form}", {"until_now": True})
        self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/questions/x/run", {}, 404)
        self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/questions/x/run", {"until": 1}, 400)
        marks = [{"person": person, "state": "reached", "assigned": "tracer-1"}, {"person": person, "note": "", "assigned": None}, {"person": person}, {"person": "x", "state": "reached"}]
        self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/contacts", {"marks": marks})
        self.ask(self.tracer, "POST", "/api/v1/cases/none/contacts", {"marks": marks}, 403)
        for form in ("json", "ndjson", "csv", "xlsx"):
            self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/contacts?state=reached&assigned=tracer-1&format={form}")
        self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/contacts?state=odd", status=422)
        self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/contacts/{person}")
        self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/contacts/x", status=404)
        now = int(time.time())
        window = {"from": rfc3339(now - 7200), "to": rfc3339(now - 60)}
        told = self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/visits", {"person": person, "site": "S2", **window, "note": "晚饭"}, 201)
        self.ask(self.tracer, "GET", f"/api/v1/cases/{CASE}/visits")
        self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/visits", {"person": person, "site": "NOWHERE", **window}, 404)
        self.ask(self.tracer, "POST", f"/api/v1/cases/{CASE}/visits", {"person": person, "site": "S2", **window, "to": "noon"}, 422)
        self.ask(self.tracer, "DELETE", f"/api/v1/cases/{CASE}/visits/{told.json['id']}")
        self.ask(self.tracer, "DELETE", f"/api/v1/cases/{CASE}/visits/{told.json['id']}", status=404)

    def who_is_who(self):
        number = self.number()
        self.resident(number, birth_date=None, sex="male", division="130682001")
        self.resident(number, phone=phone(80_000 + number))
        child = {"name": "李小花", "relation": "child", "document": document(number)}
        self.assertEqual(self.resident(self.number()).post("/api/v1/me/dependants", child).status, 201)
        reviews = self.ask(self.manager, "GET", "/api/v1/reviews?limit=1&state=open").json
        self.assertEqual(self.ask(self.tracer, "GET", f"/api/v1/reviews?limit=1&cursor={reviews.get('next', '0')}").json["count"], reviews["count"])
        self.ask(self.manager, "GET", "/api/v1/reviews?state=odd", status=422)
        self.ask(self.manager, "GET", "/api/v1/reviews?page=2", status=400)
        self.ask(self.guard, "GET", "/api/v1/reviews", status=403)
        path = f"/api/v1/reviews/{reviews['reviews'][0]['id']}"
        self.ask(self.manager, "POST", f"{path}/undo", status=409)
        self.ask(self.manager, "POST", path, {"decision": "perhaps"}, 422)
        self.ask(self.manager, "POST", path, {"decision": 1}, 400)
        self.ask(self.manager, "POST", path, {"decision": "same", "note": "本人来电说明"})
        self.ask(self.manager, "POST", path, {"decision": "distinct"}, 409)
        for state in ("same", "distinct", "settled"):
            self.ask(self.tracer, "GET", f"/api/v1/reviews?state={state}")
        self.ask(self.manager, "POST", f"{path}/undo")
        for undo in ("", "/undo"):
            self.ask(self.manager, "POST", f"/api/v1/reviews/{'0' * 26}{undo}", {"decision": "same"} if not undo else None, 404)
        person = self.search(document=document(number), name=name(number))[0]["id"]
        history = f"/api/v1/people/{person}/history?case={CASE}"
        told = self.ask(self.tracer, "GET", history).json["registrations"]
        split = {"registrations": [told[1]["registration"]], "reason": "两个人"}
        done = self.ask(self.manager, "POST", f"/api/v1/people/{person}/split", split).json
        self.ask(self.manager, "POST", f"/api/v1/people/{person}/split", split, 422)
        self.ask(self.manager, "POST", f"/api/v1/people/{'0' * 12}/split", split, 404)
        self.ask(self.tracer, "POST", f"/api/v1/reviews/{done['review']}/undo")
        self.assertTrue(self.ask(self.tracer, "GET", f"{history}&at={rfc3339(int(time.time()))}").json["events"])
        self.ask(self.tracer, "GET", f"{history}&at=yesterday", status=422)
        self.ask(self.tracer, "GET", history.replace(CASE, "OA-1"), status=403)
        self.ask(self.tracer, "GET", f"/api/v1/people/{'0' * 12}/history?case={CASE}", status=404)


if __name__ == "__main__":
    unittest.main()
