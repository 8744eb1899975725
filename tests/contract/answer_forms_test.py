# SPDX-License-Identifier: Apache-2.0
"""Every tracer's answer in every form: the same rows, complete, with their count and digest; and who may have them."""

import base64
import csv
import hashlib
import io
import json
import os
import re
import sys
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, phone
from support.town import CASE, DAY, TownTest, rfc3339

_MEDIA = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv",
          "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def flat(value, prefix=""):
    """A JSON object as CSV tells it."""
    found = {}
    for name, member in value.items():
        if isinstance(member, dict):
            found.update(flat(member, f"{prefix}{name}."))
        elif isinstance(member, bool):
            found[prefix + name] = "true" if member else "false"
        elif isinstance(member, list):
            found[prefix + name] = ";".join(member)
        else:
            found[prefix + name] = str(member)
    return found


class AnswerForms(TownTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = int(time.time())
        cls.numbers = [cls.number() for _ in range(12)]
        for count, number in enumerate(cls.numbers):
            resident = cls.service.resident(number, cls.notice)
            for ref in ("S1", "S2")[:1 + count % 2]:
                answer = resident.post("/api/v1/scans", {"code": cls.code(ref), "direction": "in", "at": rfc3339(cls.now - 600 + count)})
                assert answer.status == 201, answer
            resident.close()

    def questions(self):
        """(method, path, body, the list's name, what the export is called) of each question."""
        person = self.person_id(document=document(self.numbers[1]))
        window = f"case={CASE}&from={rfc3339(self.now - DAY)}&to={rfc3339(self.now + 60)}"
        trace = {"case": CASE, "index": [{"person": person}], "from": rfc3339(self.now - DAY), "to": rfc3339(self.now + 60)}
        return [("POST", "/api/v1/people/search?", {"case": CASE, "phone": phone(self.numbers[1])}, "people", "people"),
                ("GET", f"/api/v1/sites/S1/passages?{window}&", None, "passages", "passages"),
                ("GET", f"/api/v1/people/{person}/trajectory?{window}&", None, "visits", "trajectory"),
                ("GET", f"/api/v1/people/{person}/trajectory?{window}&part=scans&", None, "scans", "trajectory-scans"),
                ("POST", "/api/v1/traces?", trace, "contacts", "contacts"),
                ("GET", "/api/v1/cases?", None, "cases", "cases")]

    def asked(self, method, path, body, form, client=None):
        answer = (client or self.tracer).call(method, f"{path}format={form}", body)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], _MEDIA[form])
        digest = base64.b64encode(hashlib.sha256(answer.raw).digest()).decode()
        self.assertEqual(answer.headers["Repr-Digest"], f"sha-256=:{digest}:")
        self.assertEqual(int(answer.headers["Content-Length"]), len(answer.raw))
        self.assertEqual(answer.headers["Chayan-Complete"], "true")
        return answer

    def test_every_form_tells_the_same_rows(self):
        for method, path, body, name, kind in self.questions():
            with self.subTest(kind):
                whole = self.asked(method, path.replace("part=scans&", ""), body, "json")
                rows = whole.json[name]
                self.assertTrue(rows)
                if "person" in whole.json:   # where there are only rows, each says whose it is
                    rows = [{"person": {key: whole.json["person"][key] for key in ("id", "name")}, **row} for row in rows]
                lines = self.asked(method, path, body, "ndjson")
                self.assertEqual([json.loads(line) for line in lines.raw.decode().split("\n")[:-1]], rows)
                self.assertEqual(int(lines.headers["Chayan-Rows"]), len(rows))
                table = self.asked(method, path, body, "csv")
                self.assertTrue(table.raw.startswith(b"\xef\xbb\xbf"))
                read = list(csv.DictReader(io.StringIO(table.raw.decode("utf-8-sig"), newline="")))
                self.assertEqual(int(table.headers["Chayan-Rows"]), len(rows))
                self.assertEqual([{key: value for key, value in row.items() if value} for row in read],
                                 [{key: value for key, value in flat(row).items() if value} for row in rows])
                if "part=" in path:
                    continue
                book = self.asked(method, path, body, "xlsx")
                self.assertEqual(book.headers["Chayan-Rows"], whole.headers["Chayan-Rows"])
                with zipfile.ZipFile(io.BytesIO(book.raw)) as archive:
                    sheets = [archive.read(one).decode() for one in archive.namelist() if "worksheets/sheet" in one]
                told = sum(sheet.count("<row ") - 1 for sheet in sheets[1:])
                self.assertEqual(str(told), book.headers["Chayan-Rows"])
                self.assertFalse([sheet for sheet in sheets if "<f>" in sheet or "tracer-1" not in sheet])

    def test_the_file_is_named_by_kind_case_and_time(self):
        for method, path, body, _, kind in self.questions():
            answer = self.asked(method, path, body, "csv")
            named = f"-{CASE}" if kind != "cases" else ""
            self.assertRegex(answer.headers["Content-Disposition"], rf'^attachment; filename="{kind}{named}-\d{{8}}T\d{{6}}Z\.csv"$')
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")

    def test_json_needs_no_format_and_tells_its_rows(self):
        for method, path, body, name, _ in self.questions():
            path = path.replace("part=scans&", "")
            plain = self.tracer.call(method, path.rstrip("?&"), body)
            self.assertEqual(plain.status, 200, plain)
            rows = sum(len(plain.json[one]) for one in ("visits", "scans")) if name in ("visits", "scans") else len(plain.json[name])
            self.assertEqual(plain.headers["Chayan-Rows"], str(rows))
            self.assertIsNone(plain.headers["Content-Disposition"])

    def test_the_reasons_of_a_trace_are_a_part_of_their_own(self):
        method, path, body, *_ = self.questions()[4]
        body["explain"] = True
        contacts = self.asked(method, path, body, "json").json["contacts"]
        self.assertEqual([json.loads(line) for line in self.asked(method, path, body, "ndjson").raw.decode().split("\n")[:-1]], contacts)
        table = self.asked(method, path + "part=explain&", body, "csv")
        read = list(csv.DictReader(io.StringIO(table.raw.decode("utf-8-sig"), newline="")))
        meant = [{"person.id": contact["person"]["id"], **flat(episode)} for contact in contacts for episode in contact["explain"]]
        self.assertEqual(read, meant)
        self.assertEqual(table.headers["Chayan-Rows"], str(len(meant)))

    def test_an_incomplete_answer_says_so_in_every_form(self):
        method, path, body, *_ = self.questions()[4]
        body["limit"] = 1
        for form in _MEDIA:
            answer = self.tracer.call(method, f"{path}format={form}", body)
            self.assertEqual((answer.status, answer.headers["Chayan-Rows"], answer.headers["Chayan-Complete"]), (200, "1", "false"), form)

    def test_unknown_forms_and_parts_are_refused(self):
        method, path, body, *_ = self.questions()[4]
        for query, code in (("format=pdf", "format_unknown"), ("format=", "format_unknown"), ("format=CSV", "format_unknown"),
                            ("format=csv&part=visits", "part_unknown"), ("format=csv&part=explain", "part_unknown"),
                            ("format=xlsx&part=contacts", "part_unknown"), ("part=contacts", "part_unknown")):
            self.assert_problem(self.tracer.call(method, path + query, body), 422, code)
        self.assert_problem(self.tracer.call("GET", f"/api/v1/cases/{CASE}?format=csv"), 400)

    def test_an_export_leaves_two_lines_and_a_digest(self):
        method, path, body, *_ = self.questions()[1]
        digest = self.asked(method, path, body, "csv").headers["Repr-Digest"].split(":")[1]
        entries = self.auditor.get("/api/v1/audit?limit=3").json["entries"]
        self.assertEqual([entry["action"] for entry in entries], ["exported", "passages_asked", "export_asked"])
        self.assertTrue(all(entry["case"] == CASE for entry in entries))
        self.assertIn(digest, entries[0]["sentence"])

    def test_a_question_that_is_refused_exports_nothing(self):
        before = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["seq"]
        window = f"from={rfc3339(self.now - DAY)}&to={rfc3339(self.now)}&format=csv"
        self.assert_problem(self.tracer.get(f"/api/v1/sites/S1/passages?case=404&{window}"), 403, "no_case")
        self.assert_problem(self.tracer.get(f"/api/v1/sites/S404/passages?case={CASE}&{window}"), 404, "site_unknown")
        entries = self.auditor.get("/api/v1/audit?limit=10").json["entries"]
        self.assertEqual([entry["action"] for entry in entries if entry["seq"] > before], ["question_outside", "export_asked", "question_refused"])

    def test_nothing_is_left_in_the_spool(self):
        self.asked(*self.questions()[1][:3], "xlsx")
        self.assertEqual(os.listdir(os.path.join(self.service.data, "spool")), [])
        self.assertEqual([name for name in os.listdir("/dev/shm") if re.match("tmp\\.|chayan(?!-storage|-crash)", name)], [])


if __name__ == "__main__":
    unittest.main()
