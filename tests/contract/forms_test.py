# SPDX-License-Identifier: Apache-2.0
"""An answer in the office's own form: what is recognised, what goes where, what cannot, and what a stranger's file must not do."""

import base64
import csv
import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.forms import HEADERS, WORKBOOK, Workbook, a_form, archive, letters, package, row, worksheet
from support.people import document, name, phone
from support.town import CASE, DAY, TownTest, rfc3339, with_name

EVERYTHING = ["name", "document", "phone", "address", "workplace", "birth", "division"]
FIELDS = ["number", "name", "sex", "age", "document_number", "phone", "relation", None, "address", "workplace", "first", "last", "place", "manner", "minutes", "note"]
SOUTH, NORTH = "130682001", "130682100"


class Office(TownTest):
    """Eight people at S1, of two townships and of none; the first is the case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = int(time.time())
        cls.people = [cls.number() for _ in range(8)]
        for place, number in enumerate(cls.people):
            home = {"division": (SOUTH, NORTH)[place % 2], "address": f"仁和街{place}号"} if place != 7 else {}
            resident = cls.service.resident(number, cls.notice, **home)
            for at, direction in ((cls.now - 3600 + place, "in"), (cls.now - 1800 + place, "out")):
                assert resident.post("/api/v1/scans", {"code": cls.code("S1"), "direction": direction, "at": rfc3339(at)}).status == 201
        cls.window = {"from": rfc3339(cls.now - DAY), "to": rfc3339(cls.now + 60)}
        cls.ids = [cls.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(number)}).json["people"][0]["id"] for number in cls.people]
        cls.contacts = {"contacts": {"index": [{"person": cls.ids[0]}], **cls.window}}

    def upload(self, content, client=None):
        return (client or self.tracer).post("/api/v1/forms", content, WORKBOOK)

    def kept(self, content=None):
        answer = self.upload(a_form() if content is None else content)
        self.assertEqual(answer.status, 201, answer)
        self.addCleanup(self.tracer.call, "DELETE", f"/api/v1/forms/{answer.json['id']}")
        return answer.json

    def disclose(self, client=None, case=CASE, path="", **changes):
        body = {"query": self.contacts, "fields": EVERYTHING, "recipient": "定州市疾控中心", "reason": "密接通知", **changes}
        return (client or self.tracer).post(f"/api/v1/cases/{case}/disclosures{path}", body)

    def filled(self, **changes):
        answer = self.disclose(**changes)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Repr-Digest"], f"sha-256=:{base64.b64encode(hashlib.sha256(answer.raw).digest()).decode()}:")
        return answer


class Forms(Office):
    def test_the_header_row_is_found_below_the_title_and_each_header_is_told_with_what_it_means(self):
        form = self.kept()
        self.assertEqual((form["sheet"], form["title"], form["header_row"], form["left_out"]), ("登记表", "新冠肺炎密切接触者登记表", 3, {"rows": 0, "sheets": 1}))
        self.assertEqual([column["header"] for column in form["columns"]], HEADERS)
        self.assertEqual([column["field"] for column in form["columns"]], FIELDS)
        self.assertIn({key: form[key] for key in form if key != "left_out"}, self.tracer.get("/api/v1/forms").json["forms"])

    def test_rows_go_under_their_headers_and_the_form_keeps_its_look(self):
        answer = self.filled(form=self.kept()["id"])
        self.assertEqual((answer.headers["Content-Type"], answer.headers["Chayan-Rows"]), (WORKBOOK["Content-Type"], "7"))
        book = Workbook(answer.raw)
        self.assertEqual(list(book.sheets), ["登记表", "填写说明 Cover"])
        lines = book.lines("登记表", 1)
        self.assertEqual((lines[0][0], lines[2]), ("新冠肺炎密切接触者登记表", HEADERS))
        people = {line[1]: line for line in lines[3:]}
        self.assertEqual(set(people), {name(number) for number in self.people[1:]})
        for place, number in enumerate(self.people[1:], 1):
            line, born = people[name(number)], document(number)["number"][6:14]
            age = int(time.strftime("%Y")) - int(born[:4]) - (time.strftime("%m%d") < born[4:])
            home = {1: f"定州市留早镇仁和街{place}号", 0: f"定州市南城区街道仁和街{place}号"}[place % 2] if place != 7 else ""
            self.assertEqual(line[2], "男" if number % 2 == 0 else "女")
            self.assertIn(int(line[3]), (age, age + 1, age - 1))   # the machine's day may be another than the town's
            self.assertEqual(line[4:10], [document(number)["number"], phone(number), "", "", home, ""])
            self.assertRegex(line[10] + line[11], r"^(\d{4}-\d\d-\d\d \d\d:\d\d){2}$")
            self.assertEqual((line[13], line[15]), ("同场所", ""))
            self.assertIn(int(line[14]), (29, 30))
        self.assertEqual([line[0] for line in lines[3:]], [str(count) for count in range(1, 8)])
        self.check_look(book)

    def check_look(self, book):
        main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        tree = book.trees["登记表"]
        self.assertEqual([one.get("ref") for one in tree.iter(f"{main}mergeCell")], ["A1:P1", "A2:P2"])
        self.assertEqual([(one.get("min"), one.get("width")) for one in tree.iter(f"{main}col")], [("1", "6"), ("5", "22")])
        self.assertEqual({one.get("ht") for one in tree.iter(f"{main}row") if int(one.get("r")) > 3}, {"24"})
        self.assertEqual(tree.find(f"{main}pageSetup").get("orientation"), "landscape")
        self.assertEqual(tree.find(f".//{main}oddFooter").text, "&C第 &P 页")
        self.assertEqual(book.names, {"_xlnm.Print_Area": "'登记表'!$A$1:$P$10", "_xlnm.Print_Titles": "'登记表'!$1:$3"})
        formats = xml.fromstring(book.parts["xl/styles.xml"]).find(f"{main}cellXfs")
        for number in range(4, 11):   # five lines were drawn, two are more
            for one in tree.find(f".//{main}row[@r='{number}']"):
                style = formats[int(one.get("s"))]
                self.assertEqual(style.get("borderId"), "1", one.get("r"))
                if one.get("t") == "inlineStr":
                    self.assertEqual(style.get("numFmtId"), "49", one.get("r"))
        for place, (kind, text) in book.sheets["登记表"].items():
            if text and place[0] > 3:
                self.assertEqual(kind, "n" if place[1] in (0, 3, 14) else "inlineStr", place)

    def test_whoever_met_only_a_contact_is_told_so_and_by_whom(self):
        via, later = self.people[1], self.number()
        self.gate(*[(with_name(document(number), name(number)), "S2", "in", self.now - 900) for number in (via, later)])
        query = {"contacts": {**self.contacts["contacts"], "degree": 2, "min_overlap_s": 60, "to": rfc3339(self.now)}}
        lines = {line[1]: line for line in Workbook(self.filled(form=self.kept()["id"], query=query).raw).lines("登记表", 4)}
        self.assertEqual(lines[name(later)][15], f"次密切接触者（待判定），经编号 {self.ids[1]}")
        self.assertEqual({line[15] for who, line in lines.items() if who != name(later)}, {""})
        sormas = self.filled(form="sormas", query=query).text
        self.assertEqual(sormas.count("次密切接触者（待判定），经编号"), 1)

    def test_what_could_not_be_filled_is_told_with_its_reason(self):
        form = self.kept()["id"]
        answer = self.filled(form=form)
        self.assertEqual(answer.headers["Chayan-Unfilled"], "G;why=no_data, H;why=header_unknown")
        self.assertIsNone(answer.headers.get("Chayan-Unplaced"))
        cover = Workbook(answer.raw).lines("填写说明 Cover", 1)
        for line in (["个案编号 Case", CASE], ["列 Column B 姓 名", "已填 filled: name"], ["列 Column H 体温", "未填：不认识这一列 header not known"],
                     ["查询条件 Parameter", "recipient = 定州市疾控中心"], ["经手人 Operator", "tracer-1"], ["个人信息 Personal data", "未遮盖 UNMASKED"]):
            self.assertIn(line, cover)
        few = self.filled(form=form, fields=["phone", "workplace"], query={"people": {"phone": phone(self.people[1])}})
        self.assertEqual(few.headers["Chayan-Unfilled"], "C;why=not_asked, D;why=not_asked, E;why=not_asked, G;why=no_data, H;why=header_unknown, I;why=not_asked, "
                                                         "K;why=no_data, L;why=no_data, M;why=no_data, N;why=no_data, O;why=no_data, P;why=no_data")
        line = Workbook(few.raw).lines("登记表", 4)[0]
        self.assertEqual((line[1][0], line[1][1:].strip("*"), line[2:6]), (name(self.people[1])[0], "", ["", "", "", phone(self.people[1])]))

    def test_passages_and_people_can_be_filled_too_and_an_empty_answer_gives_an_empty_form(self):
        form = self.kept()["id"]
        passed = Workbook(self.filled(form=form, query={"passages": {"site": "S1", **self.window}}).raw).lines("登记表", 4)
        self.assertEqual(({line[1] for line in passed}, len({line[12] for line in passed})), ({name(number) for number in self.people}, 1))
        nobody = self.filled(form=form, query={"people": {"phone": "14299999999"}})
        self.assertEqual((nobody.headers["Chayan-Rows"], set(map(tuple, Workbook(nobody.raw).lines("登记表", 4)))), ("0", {("",) * len(HEADERS)}))

    def test_split_by_township_each_is_given_its_own_people(self):
        answer = self.filled(form=self.kept()["id"], split="township")
        self.assertEqual((answer.headers["Content-Type"], answer.headers["Chayan-Rows"]), ("application/zip", "7"))
        self.assertRegex(answer.headers["Content-Disposition"], r'\.zip"$')
        with zipfile.ZipFile(io.BytesIO(answer.raw)) as files:
            shares = {one: Workbook(files.read(one)) for one in files.namelist()}
        meant = {"130682001_南城区街道.xlsx": self.people[2:7:2], "130682100_留早镇.xlsx": self.people[1:6:2], "未登记区划.xlsx": self.people[7:]}
        self.assertEqual(list(shares), list(meant))
        for file, numbers in meant.items():
            lines = [line for line in shares[file].lines("登记表", 4) if line[1]]
            self.assertEqual({line[1] for line in lines}, {name(number) for number in numbers}, file)
            self.assertEqual([line[0] for line in lines], [str(count) for count in range(1, len(numbers) + 1)])
            others = [name(number) for number in self.people[1:] if number not in numbers]
            self.assertFalse([other for part in shares[file].parts.values() for other in others if other in part.decode()], file)

    def test_a_split_says_whose_township_it_is_so_the_fields_have_to(self):
        form = self.kept()["id"]
        self.assert_problem(self.disclose(form=form, split="township", fields=["name", "phone"]), 422, "form_split_fields")
        self.assertEqual(self.disclose(form=form, split="township", fields=["name", "division"]).status, 200)
        self.assert_problem(self.disclose(form=form, split="county"), 422, "form_split")
        self.assert_problem(self.disclose(split="township"), 422, "form_split")

    def test_a_mapping_that_was_corrected_is_remembered_for_the_same_header_row(self):
        form = self.kept()
        path = f"/api/v1/forms/{form['id']}"
        changed = self.tracer.call("PATCH", path, {"columns": {"P": "summary", "H": "degree", "O": None}})
        self.assertEqual(changed.status, 200, changed)
        meant = FIELDS[:7] + ["degree"] + FIELDS[8:14] + [None, "summary"]
        self.assertEqual([column["field"] for column in changed.json["columns"]], meant)
        line = Workbook(self.filled(form=form["id"]).raw).lines("登记表", 4)[0]
        self.assertEqual((line[7], line[14]), ("密切接触者（待判定）", ""))
        self.assertIn("同场所", line[15])
        self.assertEqual(self.tracer.call("DELETE", path).status, 200)
        self.assertEqual([column["field"] for column in self.kept()["columns"]], meant)
        self.assertEqual([column["field"] for column in self.kept(a_form(HEADERS[:-1] + ["备注说明"]))["columns"]], FIELDS[:-1] + [None])
        again = self.kept()["id"]
        self.tracer.call("PATCH", f"/api/v1/forms/{again}", {"columns": {"P": "note", "H": None, "O": "minutes"}})

    def test_a_wrong_mapping_is_refused_with_its_column(self):
        path = f"/api/v1/forms/{self.kept()['id']}"
        for columns, code, pointers in (({"B": "nickname"}, "form_field_unknown", ["/columns/B"]), ({"Z": "name"}, "form_column_unknown", ["/columns/Z"]),
                                        ({"王小明": "name"}, "form_column_unknown", ["/columns"])):
            answer = self.tracer.call("PATCH", path, {"columns": columns})
            self.assert_problem(answer, 422, code)
            self.assertEqual(answer.pointers, pointers)
        self.assert_problem(self.tracer.call("PATCH", path, {"columns": []}), 400)
        self.assert_problem(self.tracer.call("PATCH", path, {}), 422)
        self.assert_problem(self.tracer.call("PATCH", f"/api/v1/forms/{'0' * 16}", {"columns": {}}), 404, "form_unknown")

    def test_of_a_form_that_was_filled_no_row_is_kept(self):
        form = self.kept(a_form(filled=[["1", "王小明", "男", "40", "110101199003071014"], ["2", "李小红"]]))
        self.assertEqual((form["header_row"], form["left_out"]["rows"]), (3, 2))
        book = self.filled(form=form["id"], query={"people": {"phone": "14299999999"}})
        text = b"".join(Workbook(book.raw).parts.values()).decode()
        for word in ("王小明", "110101199003071014", "李小红", "一行一人"):
            self.assertNotIn(word, text)

    def test_two_rows_of_headers_and_strings_that_are_shared_are_understood(self):
        strings = ["序号", "姓名", "首次接触", "接触情况", "时间", "地点", "方式"]
        shared = lambda number, items: f'<row r="{number}">' + "".join(f'<c r="{place}{number}" t="s"><v>{item}</v></c>' for place, item in items) + "</row>"
        sheet = worksheet([shared(1, [("A", 0), ("B", 1), ("C", 2), ("D", 3)]), shared(2, [("C", 4), ("D", 5), ("E", 6)])], ["A1:A2", "B1:B2", "D1:E1"])
        form = self.kept(package({"Sheet1": sheet}, strings=strings))
        self.assertEqual((form["header_row"], [(one["column"], one["field"]) for one in form["columns"]]),
                         (2, [("A", "number"), ("B", "name"), ("C", "first"), ("D", "place"), ("E", "manner")]))

    def test_a_form_is_filled_as_one_audited_act(self):
        form = self.kept()["id"]
        answer = self.filled(form=form, split="township")
        done, _, asked = self.auditor.get("/api/v1/audit?limit=3").json["entries"]
        self.assertEqual((asked["action"], done["action"]), ("disclosure_asked", "disclosed"))
        self.assertIn(answer.headers["Repr-Digest"].split(":")[1], done["sentence"])
        self.tracer.call("DELETE", f"/api/v1/forms/{form}")
        removed = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]
        self.assertEqual(removed["action"], "form_removed")
        self.assertIn(form, removed["sentence"])
        self.assertEqual(os.listdir(os.path.join(self.service.data, "spool")), [])

    def test_what_does_not_fit_together_is_refused_before_anything_is_asked(self):
        form = self.kept()["id"]
        newest = self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["seq"]
        self.assert_problem(self.disclose(form=form, path="?format=csv"), 422, "form_format")
        self.assert_problem(self.disclose(form=form, path="?part=contacts"), 422, "part_unknown")
        self.assert_problem(self.disclose(form=form, query={"trajectory": {"person": self.ids[0], **self.window}}), 422, "form_query")
        for unknown in ("0" * 16, "excel", "", form.upper() + "0"):
            self.assert_problem(self.disclose(form=unknown), 404, "form_unknown")
        self.assertEqual(self.auditor.get("/api/v1/audit?limit=1").json["entries"][0]["seq"], newest)

    def test_only_a_tracer_with_a_case_may_and_every_tracer_finds_the_forms(self):
        form = self.kept()["id"]
        for role in ("admin", "manager", "guard", "auditor"):
            client = getattr(self, role)
            for answer in (self.upload(a_form(), client), client.get("/api/v1/forms"), client.call("DELETE", f"/api/v1/forms/{form}"), self.disclose(client, form=form)):
                self.assert_problem(answer, 403, "forbidden")
        self.assert_problem(self.disclose(case="404", form=form), 403, "no_case")
        self.service.add_operator("tracer-9", "tracer", scope=NORTH)
        other = self.service.session("tracer-9")
        self.assertIn(form, [one["id"] for one in other.get("/api/v1/forms").json["forms"]])
        self.assert_problem(self.disclose(other, form=form), 404, "person_unknown")   # whom the scope does not reach


class Templates(Office):
    def test_sormas_takes_its_two_head_rows_and_dates_of_its_own(self):
        answer = self.filled(form="sormas")
        self.assertTrue(answer.headers["Content-Type"].startswith("text/csv"))
        entities, properties, *people = list(csv.reader(io.StringIO(answer.raw.decode("utf-8"), newline="")))
        self.assertEqual(set(entities), {"Contact"})
        rows = {row["person.lastName"] + row["person.firstName"]: row for row in (dict(zip(properties, one)) for one in people)}
        self.assertEqual(set(rows), {name(number) for number in self.people[1:]})
        one, number = rows[name(self.people[1])], self.people[1]
        born = document(number)["number"][6:14]
        self.assertEqual((one["person.birthdateDD"], one["person.birthdateMM"], one["person.birthdateYYYY"]), (born[6:], born[4:6], born[:4]))
        self.assertEqual((one["person.sex"], one["caseIdExternalSystem"], one["person.phone"]), ("MALE" if number % 2 == 0 else "FEMALE", CASE, "+86" + phone(number)))
        for column in ("firstContactDate", "lastContactDate", "reportDateTime"):
            self.assertRegex(one[column], r"^\d\d/\d\d/\d{4}$")
        self.assertEqual(one["relationToCase"], "")
        self.assertEqual((one["district"], one["person.address.city"]), ("定州市", "留早镇"))
        gaps = [properties["ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter)] for letter in re.findall("([A-Z]);why=no_data", answer.headers["Chayan-Unfilled"])]
        self.assertEqual(gaps, ["relationToCase", "disease"])   # what a person has to say

    def test_go_data_is_given_a_sheet_with_its_field_names(self):
        book = Workbook(self.filled(form="godata").raw)
        header, *people = book.lines("Contacts", 1)
        rows = {row["lastName"] + row["firstName"]: row for row in (dict(zip(header, one)) for one in people)}
        self.assertEqual(set(rows), {name(number) for number in self.people[1:]})
        one, number = rows[name(self.people[1])], self.people[1]
        born = document(number)["number"][6:14]
        self.assertEqual((one["relationship.relatedId"], one["visualId"], one["dob"]), (self.ids[0], self.ids[1], f"{born[:4]}-{born[4:6]}-{born[6:]}"))
        self.assertEqual((one["gender"], one["documents[].number"]), (f"LNG_REFERENCE_DATA_CATEGORY_GENDER_{'MALE' if number % 2 == 0 else 'FEMALE'}", document(number)["number"]))
        self.assertRegex(one["relationship.contactDate"], r"^\d{4}-\d\d-\d\d$")

    def test_an_instance_s_own_columns_are_matched_by_their_names(self):
        form = self.kept(package({"import": worksheet([row(1, ["Contact"] * 4), row(2, ["person.lastName", "person.firstName", "person.phone", "caseClassification"])])}))
        self.assertEqual((form["header_row"], [one["field"] for one in form["columns"]]), (2, ["family_name", "given_name", "phone", None]))
        answer = self.filled(form=form["id"])
        self.assertEqual(answer.raw.decode().split("\r\n")[:2], ["Contact,Contact,Contact,Contact", "person.lastName,person.firstName,person.phone,caseClassification"])
        self.assertEqual(answer.headers["Chayan-Unfilled"], "D;why=header_unknown")


class Hostile(Office):
    def setUp(self):
        self.before = self.tracer.get("/api/v1/forms").json
        self.addCleanup(lambda: self.assertEqual(self.tracer.get("/api/v1/forms").json, self.before))

    def refused(self, content, code):
        began = time.monotonic()
        answer = self.upload(content)
        self.assert_problem(answer, 422, code)
        self.assertLess(time.monotonic() - began, 5)
        return answer

    def parts(self, **changes):
        with zipfile.ZipFile(io.BytesIO(a_form())) as source:
            files = {name: source.read(name) for name in source.namelist()}
        files.update(changes)
        return files

    def test_what_is_no_workbook_is_refused(self):
        for content in (b"", b"PK", b"%PDF-1.4", b"<html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048), a_form()[:-40], archive({"a.txt": "x"}), bytes(1000)):
            if content:
                self.refused(content, "form_not_xlsx")
        self.assert_problem(self.tracer.post("/api/v1/forms", a_form()), 415)
        self.assert_problem(self.upload(bytes(1024 * 1024 + 1)), 413)

    def test_a_damaged_entry_is_refused(self):
        content = bytearray(archive(self.parts(), zipfile.ZIP_STORED))
        at = content.find("姓".encode())
        content[at] ^= 1
        self.refused(bytes(content), "form_not_xlsx")

    def test_an_encrypted_entry_is_refused(self):
        content = bytearray(a_form())
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = content.find(mark)
            while place >= 0:
                content[place + at] |= 1
                place = content.find(mark, place + 4)
        self.refused(bytes(content), "form_not_xlsx")

    def test_names_that_lead_elsewhere_or_stand_twice_are_refused(self):
        for name in ("../../etc/x", "/etc/x", "xl\\x", "c:x", "xl/../../x", "XL/WORKBOOK.xml"):
            self.refused(archive(self.parts(**{name: "x"})), "form_not_xlsx")

    def test_a_text_that_stands_in_every_cell_is_refused_before_it_is_copied(self):
        lines = [row(1, HEADERS)] + [f'<row r="{number}">' + "".join(f'<c r="{letters(column)}{number}" t="s"><v>0</v></c>' for column in range(100)) + "</row>"
                                     for number in range(2, 102)]
        before = self.service.peak_kb()
        for text in ("大" * 30_000, "大" * 200_000):   # 10,000 times 90 KB, and a text that no cell may have
            self.refused(package({"S": worksheet(lines)}, strings=[text]), "form_too_large")
        self.assertLess(self.service.peak_kb() - before, 100_000)

    def test_what_is_kept_of_a_form_is_bounded(self):
        self.refused(package({"S": worksheet([row(1, HEADERS + ["栏" * 400])])}), "form_too_large")
        tall = worksheet([row(1, HEADERS + ["栏" * 330]), row(2, [None] * len(HEADERS), more=f' ht="{"1" * 1_000_000}"')])
        before = self.service.peak_kb()
        answer = self.upload(package({"S": tall}))
        self.assertEqual(answer.status, 201, answer)
        self.assertLess(self.service.peak_kb() - before, 100_000)
        self.assertEqual(self.tracer.call("DELETE", f"/api/v1/forms/{answer.json['id']}").status, 200)

    def test_bombs_are_refused_before_they_are_unpacked(self):
        self.refused(archive(self.parts(**{"xl/media/a.bin": bytes(64 * 1024 * 1024)})), "form_too_large")
        self.refused(archive(self.parts(**{f"xl/{number}": "" for number in range(300)})), "form_too_large")
        cells = "<c/>" * 900_000
        self.refused(archive(self.parts(**{"xl/worksheets/sheet1.xml": worksheet([f"<row>{cells}</row>"])})), "form_too_large")
        self.refused(archive(self.parts(**{"xl/worksheets/sheet1.xml": "<a>" * 399_000})), "form_malformed")   # deep rather than long
        lying = bytearray(archive(self.parts(**{"xl/worksheets/sheet1.xml": b"<worksheet/>" + b" " * 1_000_000}))[:])
        place = lying.rfind(b"PK\x01\x02", 0, lying.rfind(b"xl/worksheets/sheet1.xml"))
        lying[place + 24:place + 28] = (100).to_bytes(4, "little")   # of a million bytes it says that they are a hundred
        self.assertEqual(self.upload(bytes(lying)).status, 422)

    def test_entities_and_document_types_are_refused(self):
        laughs = '<!DOCTYPE a [<!ENTITY b "' + "ha" * 100 + '">' + "".join(f'<!ENTITY b{n} "{"&b%s;" % (n - 1 if n else "") * 10}">' for n in range(9)) + "]>"
        reads = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
        for doctype in (laughs, reads, "<!DOCTYPE worksheet>"):
            for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"):
                self.refused(archive(self.parts(**{part: doctype.encode() + self.parts()[part]})), "form_malformed")
        sheet = self.parts()["xl/worksheets/sheet1.xml"].decode()
        self.refused(archive(self.parts(**{"xl/worksheets/sheet1.xml": (reads + sheet).encode("utf-16")})), "form_malformed")

    def test_cells_that_no_sheet_has_are_refused(self):
        cell = '<c r="{}" t="inlineStr"><is><t>姓名</t></is></c>'
        for ref in ("ZZZZ1", "XFE1", "A1048577", "A0", "1A", "A2"):
            self.refused(package({"S": worksheet([f'<row r="1">{cell.format(ref)}</row>'])}), "form_malformed")
        self.refused(package({"S": worksheet(['<row r="5"/><row r="3"/>'])}), "form_malformed")
        self.refused(package({"S": worksheet([row(1, ["姓名", "电话"])], ["A1:ZZZZ9"])}), "form_malformed")
        self.refused(package({"S": worksheet(['<row r="1"><c r="A1" t="s"><v>7</v></c></row>'])}, strings=["x"]), "form_malformed")
        self.refused(package({"S": worksheet([row(1, ["列"] * 16_000)])}), "form_too_large")
        self.refused(package({"S": worksheet(['<row r="1">' + "<c><v>1</v></c>" * 100_000 + "</row>"])}), "form_too_large")
        self.refused(package({"S": worksheet(['<row r="1">' + "<c/>" * 100_000 + "</row>"])}), "form_malformed")   # beyond XFD

    def test_macros_are_refused_wherever_they_hide(self):
        self.refused(archive(self.parts(**{"xl/vbaProject.bin": "x"})), "form_macros")
        self.refused(archive(self.parts(**{"xl/macrosheets/sheet1.xml": "x"})), "form_macros")
        enabled = self.parts()["[Content_Types].xml"].replace(b"spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main")
        self.refused(archive(self.parts(**{"[Content_Types].xml": enabled})), "form_macros")

    def test_without_a_header_that_we_know_there_is_no_form(self):
        self.refused(package({"S": worksheet([row(1, ["姓名"]), row(2, ["王小明"])])}), "form_header_unknown")
        self.refused(package({"S": worksheet([row(31, ["姓名", "电话"])])}), "form_header_unknown")
        self.assertEqual(self.kept(package({"S": worksheet([row(30, ["姓名", "电话"])])}))["header_row"], 30)

    def test_formulas_links_and_pictures_do_not_come_back(self):
        sheet = self.parts()["xl/worksheets/sheet1.xml"].decode()
        evil = sheet.replace("填报单位：</t></is></c>", "填报单位：</t></is></c><c r=\"B2\" t=\"str\"><f>cmd|' /C calc'!A0</f><v>=cmd|' /C calc'!A0</v></c>")
        evil = evil.replace("体温", "=cmd|' /C calc'!A0")
        evil = evil.replace("<pageMargins", '<conditionalFormatting sqref="A1"><cfRule type="expression"><formula>HYPERLINK("http://x.invalid")</formula></cfRule></conditionalFormatting>'
                                            '<dataValidations><dataValidation sqref="C4"><formula1>[1]S!A1</formula1></dataValidation></dataValidations>'
                                            '<hyperlinks><hyperlink ref="A1" r:id="rId7"/></hyperlinks><pageMargins')
        evil = evil.replace("</worksheet>", '<drawing r:id="rId1"/><extLst><ext uri="x"/></extLst></worksheet>')
        relations = self.parts()["xl/_rels/workbook.xml.rels"].replace(b"</Relationships>", b'<Relationship Id="rId99" Type="x/externalLink" Target="http://x.invalid/" TargetMode="External"/></Relationships>')
        form = self.kept(archive(self.parts(**{"xl/worksheets/sheet1.xml": evil.encode(), "xl/_rels/workbook.xml.rels": relations, "docProps/core.xml": "<x>张三丰</x>"})))
        self.assertEqual(form["columns"][7], {"column": "H", "header": "=cmd|' /C calc'!A0", "field": None})
        book = Workbook(self.filled(form=form["id"]).raw)
        text = b"".join(book.parts.values()).decode()
        for word in ("<f>", "HYPERLINK", "x.invalid", "张三丰", "drawing", "extLst", "dataValidation", "r:id=\"rId7\"", "externalLink"):
            self.assertNotIn(word, text)
        self.assertEqual(book.sheets["登记表"][(3, 7)], ("inlineStr", "=cmd|' /C calc'!A0"))
        self.assertEqual({len(part) > 0 for part in book.parts.values()}, {True})
        self.assertEqual(set(book.parts), {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/worksheets/sheet1.xml",
                                           "xl/worksheets/sheet2.xml"})


@unittest.skipUnless(shutil.which("soffice"), "LibreOffice is a package of tools/test --deep")
class Opened(Office):
    """LibreOffice opens them, and writes what it understood into a file that is looked into."""

    def cells(self, content, ending, options=()):
        with tempfile.TemporaryDirectory(prefix="chayan-office-") as folder:
            path = os.path.join(folder, f"answer.{ending}")
            with open(path, "wb") as file:
                file.write(content)
            subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", *options, "--convert-to", "ods", "--outdir", os.path.join(folder, "out"), path],
                           capture_output=True, check=True, timeout=100)
            with zipfile.ZipFile(os.path.join(folder, "out", "answer.ods")) as source:
                tree = xml.fromstring(source.read("content.xml"))
        table, office = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
        self.assertEqual([one for one in tree.iter() if one.get(f"{table}formula") is not None], [])
        return {(one.get(f"{office}value-type"), "".join(one.itertext())) for one in tree.iter(f"{table}table-cell")}

    def test_each_opens_with_every_digit_as_text(self):
        form = self.kept()["id"]
        answers = [(self.filled(form=form).raw, "xlsx", ()), (self.filled(form="godata").raw, "xlsx", ()),
                   (self.filled(form="sormas").raw, "csv", ["--infilter=CSV:44,34,76,1,,0,true"])]   # UTF-8, quoted is text
        with zipfile.ZipFile(io.BytesIO(self.filled(form=form, split="township").raw)) as files:
            answers += [(files.read(one), "xlsx", ()) for one in files.namelist()[:1]]
        for place, (content, ending, options) in enumerate(answers):
            cells = self.cells(content, ending, options)
            numbers = self.people[1:] if place < 3 else self.people[2:7:2]
            if ending == "xlsx":
                self.assertLessEqual({("string", document(number)["number"]) for number in numbers}, cells)
            texts = {text for _, text in cells}
            for number in numbers:
                self.assertTrue({name(number), name(number)[1:]} & texts)
                self.assertTrue({phone(number), "+86" + phone(number)} & texts)
            self.assertFalse([text for kind, text in cells if kind in ("float", "date") and re.search(r"\d{11}", text)])


if __name__ == "__main__":
    unittest.main()
