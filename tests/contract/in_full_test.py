# SPDX-License-Identifier: Apache-2.0
"""People in full: a reveal, and a disclosure of one answer; each for a case and a reason, written down, and told to whom it is about."""

import base64
import csv
import hashlib
import io
import json
import os
import sys
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name, phone
from support.town import CASE, DAY, TownTest, rfc3339


def sheets_of(workbook, ending="sheet2.xml"):
    """The text of the files in it that end so: the second sheet, behind the cover, has the first rows."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return "".join(archive.read(one).decode() for one in archive.namelist() if one.endswith(ending))


class InFull(TownTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = int(time.time())
        cls.people = [cls.number() for _ in range(3)]
        cls.phones = [cls.service.resident(number, cls.notice, address="仁和街2号") for number in cls.people]
        for resident in cls.phones:
            answer = resident.post("/api/v1/scans", {"code": cls.code("S1"), "direction": "in", "at": rfc3339(cls.now - 600)})
            assert answer.status == 201, answer
        found = cls.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(cls.people[0])})
        cls.person = found.json["people"][0]["id"]
        cls.window = {"from": rfc3339(cls.now - DAY), "to": rfc3339(cls.now + 60)}

    def reveal(self, client=None, person=None, **changes):
        body = {"case": CASE, "fields": ["name", "document", "phone", "address"], "reason": "流调电话", **changes}
        return (client or self.tracer).post(f"/api/v1/people/{person or self.person}/reveal", body)

    def disclose(self, form="", client=None, case=CASE, **changes):
        body = {"query": {"passages": {"site": "S1", **self.window}}, "fields": ["name", "phone"],
                "recipient": "定州市疾控中心", "reason": "密接通知", **changes}
        return (client or self.tracer).post(f"/api/v1/cases/{case}/disclosures{form}", body)

    def newest(self, count):
        return self.auditor.get(f"/api/v1/audit?limit={count}").json["entries"]

    def test_a_reveal_says_who_it_is(self):
        number = self.people[0]
        answer = self.reveal()
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["person"], {"id": self.person, "name": name(number), "address": "仁和街2号",
                                                 "document": {"type": "id", "number": document(number)["number"]}, "phone": "+86" + phone(number)})
        self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_what_was_not_named_stays_masked_or_away(self):
        told = self.reveal(fields=["phone"]).json["person"]
        self.assertEqual(set(told), {"id", "name", "phone"})
        self.assertEqual(told["name"], name(self.people[0])[0] + "*" * (len(told["name"]) - 1))
        self.assertNotEqual(told["name"], name(self.people[0]))

    def test_a_reveal_leaves_two_lines_with_its_reason_and_is_told_to_its_owner(self):
        before = len(self.phones[0].get("/api/v1/me/access").json["looks"])
        other = self.phones[1].get("/api/v1/me/access").json["looks"]
        self.assertEqual(self.reveal().status, 200)
        done, asked = self.newest(2)
        self.assertEqual((asked["action"], done["action"]), ("reveal_asked", "revealed"))
        self.assertEqual((asked["case"], asked["operator"]), (CASE, "tracer-1"))
        self.assertIn("流调电话", asked["sentence"])
        self.assertIn(self.person, done["sentence"])
        for secret in (name(self.people[0]), phone(self.people[0]), document(self.people[0])["number"]):
            self.assertNotIn(secret, str((asked, done)))
        looks = self.phones[0].get("/api/v1/me/access").json["looks"]
        self.assertEqual((len(looks), looks[0]["action"], looks[0]["number"]), (before + 1, "revealed", done["seq"]))
        self.assertEqual(self.phones[1].get("/api/v1/me/access").json["looks"], other)

    def test_a_reveal_needs_a_case_a_reason_and_fields(self):
        self.assert_problem(self.reveal(case="404"), 403, "no_case")
        self.assertEqual(self.newest(1)[0]["action"], "question_refused")
        self.assert_problem(self.reveal(reason=" "), 422, "missing")
        self.assert_problem(self.reveal(reason="查" * 201), 422, "text_too_long")
        self.assertEqual(self.reveal(reason="查" * 200).status, 200)
        self.assert_problem(self.reveal(fields=[]), 422, "missing")
        self.assert_problem(self.reveal(fields=["plate"]), 422, "field_unknown")
        self.assert_problem(self.reveal(person="0" * 12), 404, "person_unknown")
        self.assert_problem(self.reveal(more=1), 400)
        self.assert_problem(self.tracer.post(f"/api/v1/people/{self.person}/reveal", {"case": CASE, "fields": ["name"]}), 422)

    def test_only_a_tracer_may(self):
        for role in ("admin", "manager", "guard", "auditor"):
            self.assert_problem(self.reveal(getattr(self, role)), 403, "forbidden")
            self.assert_problem(self.disclose(client=getattr(self, role)), 403, "forbidden")
        self.assert_problem(self.reveal(self.phones[0]), 403, "forbidden")
        self.assert_problem(self.reveal(self.service.client()), 401)

    def test_a_disclosure_tells_the_named_fields_in_every_form(self):
        meant = {(name(number), "+86" + phone(number)) for number in self.people}
        whole = self.disclose()
        self.assertEqual(whole.status, 200, whole)
        self.assertEqual({(row["person"]["name"], row["person"]["phone"]) for row in whole.json["passages"]}, meant)
        self.assertFalse([row for row in whole.json["passages"] if "document" in row["person"]])
        lines = self.disclose("?format=ndjson")
        self.assertEqual([json.loads(line) for line in lines.raw.decode().split("\n")[:-1]], whole.json["passages"])
        table = self.disclose("?format=csv")
        read = list(csv.DictReader(io.StringIO(table.raw.decode("utf-8-sig"), newline="")))
        self.assertEqual({(row["person.name"], row["person.phone"]) for row in read}, meant)
        book = self.disclose("?format=xlsx")
        text = sheets_of(book.raw, ".xml")
        for word in ("UNMASKED", "定州市疾控中心", "密接通知", "name, phone", "tracer-1", CASE, *[one for pair in meant for one in pair]):
            self.assertIn(word, text)
        for answer in (whole, lines, table, book):
            self.assertEqual((answer.status, answer.headers["Chayan-Rows"], answer.headers["Chayan-Complete"]), (200, "3", "true"))
            self.assertEqual(answer.headers["Repr-Digest"], f"sha-256=:{base64.b64encode(hashlib.sha256(answer.raw).digest()).decode()}:")

    def test_each_question_can_be_handed_over(self):
        number = self.people[0]
        full = {"name": name(number), "document": {"type": "id", "number": document(number)["number"]}, "phone": "+86" + phone(number)}
        fields = ["name", "document", "phone"]
        people = self.disclose(query={"people": {"phone": phone(number)}}, fields=fields).json["people"]
        self.assertEqual(people, [{"id": self.person, **full}])
        way = self.disclose(query={"trajectory": {"person": self.person, **self.window}}, fields=fields)
        self.assertEqual((way.json["person"], len(way.json["scans"])), ({"id": self.person, **full}, 1))
        for form in ("csv", "ndjson", "csv&part=scans", "ndjson&part=scans", "xlsx"):
            told = self.disclose("?format=" + form, query={"trajectory": {"person": self.person, **self.window}}, fields=fields)
            text = told.raw.decode() if form != "xlsx" else sheets_of(told.raw)
            for word in (self.person, name(number), document(number)["number"], "+86" + phone(number)):
                self.assertIn(word, text, form)
            self.assertNotIn("仁和街2号", text)
        met = self.disclose(query={"contacts": {"index": [{"site": "S1", **self.window}], **self.window}}, fields=fields)
        self.assertIn({"id": self.person, **full}, [row["person"] for row in met.json["contacts"]])

    def test_a_disclosure_is_written_down_with_recipient_and_reason_and_told_to_all_whom_it_tells(self):
        answer = self.disclose("?format=csv")
        digest = answer.headers["Repr-Digest"].split(":")[1]
        done, question, asked = self.newest(3)
        self.assertEqual([asked["action"], question["action"], done["action"]], ["disclosure_asked", "passages_asked", "disclosed"])
        for word in ("定州市疾控中心", "密接通知", "name, phone"):
            self.assertIn(word, asked["sentence"])
        self.assertIn(digest, done["sentence"])
        for resident in self.phones:
            look = resident.get("/api/v1/me/access").json["looks"][0]
            self.assertEqual((look["action"], look["number"]), ("disclosed", done["seq"]))

    def test_a_disclosure_needs_a_case_one_question_fields_a_recipient_and_a_reason(self):
        self.assert_problem(self.disclose(case="404"), 403, "no_case")
        self.assertEqual(self.newest(1)[0]["action"], "question_refused")
        for changes, code in (({"query": {}}, "query_kind"), ({"fields": []}, "missing"), ({"fields": ["x"]}, "field_unknown"),
                              ({"recipient": ""}, "missing"), ({"recipient": "x" * 201}, "text_too_long"), ({"reason": "\u3000"}, "missing"),
                              ({"query": {"passages": {"site": "S1", **self.window}, "people": {"phone": "14200000001"}}}, "query_kind")):
            self.assert_problem(self.disclose(**changes), 422, code)
        self.assert_problem(self.disclose(query={"passages": {"site": "S404", **self.window}}), 404, "site_unknown")
        self.assert_problem(self.disclose(query={"passages": {"case": CASE, "site": "S1", **self.window}}), 400)
        self.assert_problem(self.disclose(query={"others": {}}), 400)
        self.assert_problem(self.disclose("?format=pdf"), 422, "format_unknown")
        self.assert_problem(self.disclose("?part=passages"), 422, "part_unknown")
        newest = self.newest(1)[0]["seq"]
        self.assert_problem(self.disclose("?format=csv&part=visits"), 422, "part_unknown")
        self.assertEqual(self.newest(1)[0]["seq"], newest)   # nothing was disclosed, so nothing was asked for

    def test_a_closed_case_shows_nobody_any_more(self):
        self.service.case(self.tracer, "CL-1")
        self.assertEqual(self.reveal(case="CL-1").status, 200)
        self.assertEqual(self.disclose(case="CL-1").status, 200)
        self.assertEqual(self.tracer.call("PATCH", "/api/v1/cases/CL-1", {"state": "closed"}).status, 200)
        self.assert_problem(self.reveal(case="CL-1"), 403, "no_case")
        self.assert_problem(self.disclose(case="CL-1"), 403, "no_case")

    def test_a_burst_of_reveals_is_noticed_and_stops_nobody(self):
        self.service.add_operator("tracer-2", "tracer")
        other = self.service.session("tracer-2")
        for _ in range(31):
            self.assertEqual(self.reveal(other, fields=["name"]).status, 200)
        newest = self.newest(1)[0]
        self.assertEqual((newest["action"], newest["operator"]), ("reveals_unusual", "tracer-2"))
        self.assertIn("31", newest["sentence"])
        self.assertEqual(self.reveal(other).status, 200)


if __name__ == "__main__":
    unittest.main()
