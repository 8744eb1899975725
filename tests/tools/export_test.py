# SPDX-License-Identifier: Apache-2.0
"""What the writers of answers make, opened by readers that are not ours: CSV, NDJSON and XLSX with 29 hostile names."""

import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as xml
import zipfile

_PROGRAM = os.path.join(os.path.dirname(os.path.abspath(os.environ.get("CHAYAN", "build/release/chayan"))), "bench_export")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_HEADER = ["person.id", "person.name", "person.document.type", "person.document.number", "person.phone", "first", "last", "scans"]
_LEADS = tuple("=+-@|%\t\r\n\0＝＋－＠｜％")
_HOSTILE = 29
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def made(form, rows=200, *more):
    """The bytes of an answer, and what the program said of it."""
    folder = tempfile.mkdtemp(prefix="chayan-export-")
    try:
        path = os.path.join(folder, f"answer.{form}")
        done = subprocess.run([_PROGRAM, "--format", form, "--out", path, "--rows", str(rows), *more],
                              capture_output=True, text=True, check=True, timeout=60)
        with open(path, "rb") as file:
            content = file.read()
        if os.listdir(folder) != [f"answer.{form}"]:
            raise AssertionError(f"left behind: {os.listdir(folder)}")
        return content, json.loads(done.stdout)
    finally:
        shutil.rmtree(folder)


def printable(text):
    """As CSV and XLSX show a text: control characters replaced."""
    return _CONTROL.sub("\ufffd", text)


def objects(content):
    return [json.loads(line) for line in content.decode("utf-8").split("\n")[:-1]]


class Workbook:
    """The sheets of an XLSX by name, in order: rows of cells, each (type, text) or None; and their XML."""

    def __init__(self, content):
        self.sheets, self.trees = {}, {}
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            bad = archive.testzip()
            if bad is not None:
                raise AssertionError(f"{bad} is damaged")
            self.names = archive.namelist()
            book = xml.fromstring(archive.read("xl/workbook.xml"))
            for number, sheet in enumerate(book.iter(f"{_MAIN}sheet"), 1):
                tree = xml.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
                self.trees[sheet.get("name")] = tree
                self.sheets[sheet.get("name")] = [[self._cell(cell) for cell in row] for row in tree.iter(f"{_MAIN}row")]

    @staticmethod
    def _cell(cell):
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            text = "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
            return kind, re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
        return kind, "".join(part.text or "" for part in cell.iter(f"{_MAIN}v"))


class Export(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.lines = objects(made("ndjson")[0])

    def test_the_digest_is_that_of_the_bytes(self):
        for form in ("ndjson", "csv", "xlsx"):
            content, said = made(form)
            self.assertEqual(said["digest"], base64.b64encode(hashlib.sha256(content).digest()).decode(), form)
            self.assertEqual(said["bytes"], len(content), form)

    def test_ndjson_is_one_object_a_line_with_nested_names_and_texts_as_they_are(self):
        self.assertEqual(len(self.lines), 200)
        self.assertEqual(list(self.lines[0]), ["person", "first", "last", "scans"])
        self.assertEqual(list(self.lines[0]["person"]), ["id", "name", "document", "phone"])
        self.assertEqual(self.lines[0]["person"]["name"], "=cmd|' /C calc'!A0")
        self.assertEqual(self.lines[19]["person"]["name"], "\0=1")

    def test_csv_is_read_by_others_and_nothing_in_it_begins_as_a_formula(self):
        content = made("csv")[0]
        self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
        self.assertEqual(content.count(b"\r\n"), 201)
        self.assertEqual(content.count(b"\n"), 201)
        self.assertEqual(content.count(b"\r"), 201)
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
        self.assertEqual(rows[0], _HEADER)
        self.assertEqual(len(rows), 201)
        for row, line in zip(rows[1:], self.lines):
            person = line["person"]
            name = printable(person["name"])
            self.assertIn(row[1], (name, "'" + name), line)
            self.assertFalse(row[1].strip(" \u3000\u00a0\ufeff").startswith(_LEADS), row)
            self.assertEqual(row[3:], [person["document"]["number"], person["phone"], line["first"], line["last"], str(line["scans"])])
        untouched = [row[1] for row in rows[1 + _HOSTILE:]]
        self.assertEqual(untouched, [line["person"]["name"] for line in self.lines[_HOSTILE:]])

    def test_xlsx_has_text_cells_and_no_formulas(self):
        book = Workbook(made("xlsx")[0])
        self.assertEqual(list(book.sheets), ["说明 Cover", "经过人员 passages"])
        self.assertFalse([name for name in book.names if "sharedStrings" in name or "externalLink" in name or "vba" in name.lower()])
        for tree in book.trees.values():
            self.assertEqual(list(tree.iter(f"{_MAIN}f")), [])
            self.assertEqual(list(tree.iter(f"{_MAIN}hyperlink")), [])
        header, *rows = book.sheets["经过人员 passages"]
        self.assertEqual([text for _, text in header], _HEADER[:6] + ["first_local", "last", "last_local", "scans"])
        self.assertEqual(len(rows), 200)
        for row, line in zip(rows, self.lines):
            person = line["person"]
            self.assertEqual([kind for kind, _ in row], ["inlineStr"] * 9 + ["n"])
            self.assertEqual([row[1][1], row[3][1], row[4][1]], [printable(person["name"]), person["document"]["number"], person["phone"]])
            self.assertEqual([row[5][1], row[7][1], row[9][1]], [line["first"], line["last"], str(line["scans"])])
        self.assertEqual([rows[0][5][1], rows[0][6][1]], ["2026-02-02T00:00:00Z", "2026-02-02 08:00:00"])

    def test_the_cover_says_what_this_is(self):
        content = made("xlsx")[0]
        cover = Workbook(content).sheets["说明 Cover"]
        facts = {english[1]: value[1] for _, english, value in cover}
        self.assertEqual(facts["Case"], "2020-001&1")
        self.assertEqual(facts["Title"], "聚集")
        self.assertEqual(facts["Purpose"], "密接排查")
        self.assertEqual(facts["Question"], "经过人员 passages")
        self.assertEqual(facts["Parameter"], "site = =S1")
        self.assertEqual(facts["Personal data"], "未遮盖 UNMASKED")
        self.assertEqual(facts["Complete"], "完整 complete")
        self.assertEqual(facts["Operator"], "tracer-1")
        self.assertEqual(facts["Time"], "2026-02-02T02:40:00Z")
        self.assertEqual(facts["Local time"], "2026-02-02 10:40:00")
        self.assertEqual(facts["Rows of passages"], "200")
        self.assertEqual(facts["Checksum of passages: SHA-256 of its rows as NDJSON"], hashlib.sha256(made("ndjson")[0]).hexdigest())

    def test_every_sheet_carries_case_and_operator(self):
        book = Workbook(made("xlsx", 25, "--sheet-rows", "11")[0])
        self.assertEqual(len(book.trees), 4)
        for tree in book.trees.values():
            header = next(tree.iter(f"{_MAIN}oddHeader")).text
            self.assertIn("2020-001&&1", header)
            self.assertIn("tracer-1", header)
            self.assertIn("UNMASKED", next(tree.iter(f"{_MAIN}oddFooter")).text)

    def test_a_full_sheet_is_followed_by_another_with_the_same_header(self):
        for rows, counts in ((10, [11]), (11, [11, 2]), (20, [11, 11]), (25, [11, 11, 6])):
            book = Workbook(made("xlsx", rows, "--sheet-rows", "11")[0])
            sheets = list(book.sheets.values())[1:]
            self.assertEqual([len(sheet) for sheet in sheets], counts, rows)
            self.assertTrue(all(sheet[0] == sheets[0][0] for sheet in sheets), rows)
            ids = [row[0][1] for sheet in sheets for row in sheet[1:]]
            self.assertEqual(ids, [f"p{number:011}" for number in range(rows)])

    def test_an_answer_without_rows_has_its_header(self):
        self.assertEqual(made("ndjson", 0)[0], b"")
        self.assertEqual(made("csv", 0)[0].decode("utf-8-sig"), ",".join(_HEADER) + "\r\n")
        self.assertEqual([len(sheet) for sheet in Workbook(made("xlsx", 0)[0]).sheets.values()][1:], [1])

    def test_a_workbook_is_never_put_together_on_a_disk(self):
        done = subprocess.run([_PROGRAM, "--format", "xlsx", "--out", os.path.join(tempfile.gettempdir(), "chayan-never.xlsx"),
                               "--scratch", os.path.dirname(_PROGRAM)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("scratch_short", done.stderr)
        shutil.rmtree(os.path.join(tempfile.gettempdir(), "chayan-never.xlsx.spool"), ignore_errors=True)


@unittest.skipUnless(shutil.which("soffice"), "LibreOffice is a package of tools/test --deep")
class Office(unittest.TestCase):
    """LibreOffice opens them, and writes what it understood into a file that is looked into."""

    def converted(self, form, filter_options=()):
        with tempfile.TemporaryDirectory(prefix="chayan-office-") as folder:
            path = os.path.join(folder, f"answer.{form}")
            with open(path, "wb") as file:
                file.write(made(form)[0])
            subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", *filter_options,
                            "--convert-to", "ods", "--outdir", os.path.join(folder, "out"), path],
                           capture_output=True, check=True, timeout=100)
            with zipfile.ZipFile(os.path.join(folder, "out", "answer.ods")) as archive:
                return xml.fromstring(archive.read("content.xml"))

    def cells(self, tree):
        table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
        office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
        self.assertEqual([cell for cell in tree.iter() if cell.get(f"{table}formula") is not None], [])
        return [(cell.get(f"{office}value-type"), "".join(cell.itertext())) for cell in tree.iter(f"{table}table-cell")]

    def check_numbers(self, cells):
        lines = objects(made("ndjson")[0])
        self.assertEqual(len(lines), 200)
        for line in lines:
            for number in (line["person"]["document"]["number"], line["person"]["phone"]):
                self.assertIn(("string", number), cells)

    def test_xlsx_opens_without_a_formula_and_with_every_digit(self):
        self.check_numbers(set(self.cells(self.converted("xlsx"))))

    def test_csv_opens_without_a_formula(self):
        self.assertIn(("string", "'=1+1"), self.cells(self.converted("csv", ["--infilter=CSV:44,34,76,1"])))

    def test_csv_whose_quoted_fields_are_text_keeps_every_digit(self):
        self.check_numbers(set(self.cells(self.converted("csv", ["--infilter=CSV:44,34,76,1,,0,true"]))))


if __name__ == "__main__":
    unittest.main()
