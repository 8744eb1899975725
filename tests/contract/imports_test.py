# SPDX-License-Identifier: Apache-2.0
"""The import commands: what they print, what they take, and what they give back."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, name, phone
from support.service import SITE_COLUMNS, Service, counts, rfc3339, run, write_csv

SITE_HEADER = ["ref", "name", "category", "division"]
ROSTER_HEADER = ["ref", "name", "document_type", "document_number", "phone"]


def roster(*numbers):
    return [[f"R{number}", name(number), "id", document(number)["number"], phone(number)] for number in numbers]


class Imports(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.service.divisions()

    def sites(self, rows, header=None, **how):
        return self.service.import_csv("site", header or SITE_HEADER, rows, **how)

    def people(self, rows, header=None):
        return self.service.import_csv("person", header or ROSTER_HEADER, rows)

    def assert_counts(self, done, **expected):
        printed = counts(done.stdout)
        self.assertEqual({word: printed.get(word) for word in expected}, expected, done.stdout + done.stderr)

    def assert_rejected(self, done, column, *values):
        """Exactly these rows came back, each with a reason."""
        rows = self.service.rejected(done)
        self.assertEqual([row.get(column) for row in rows], list(values), done.stdout + done.stderr)
        for row in rows:
            self.assertTrue(row.get("reason"), f"no reason in {row}")


class SiteImport(Imports):
    def test_prints_how_many_were_new_changed_unchanged_and_rejected(self):
        first = self.sites([["A1", "甲", "shop", "130682001"], ["A2", "乙", "shop", "130682001"],
                            ["A3", "丙", "shop", "130682001"]])
        self.assert_counts(first, new=3, changed=0, unchanged=0, rejected=0)
        self.assertFalse(os.path.exists(first.csv_path + ".rejected.csv"), "a file of no rejected rows was left")
        second = self.sites([["A1", "甲", "shop", "130682001"], ["A2", "乙改名", "shop", "130682001"],
                             ["A4", "丁", "shop", "130682001"], ["A5", "戊", "没有", "130682001"]])
        self.assert_counts(second, new=1, changed=1, unchanged=1, rejected=1)

    def test_imports_the_good_rows_and_gives_the_bad_ones_back_with_a_reason_each(self):
        done = self.sites([["B1", "好", "shop", "130682001"],
                           ["B2", "类别不明", "moonbase", "130682001"],
                           ["B3", "区划不明", "shop", "990000"],
                           ["", "没有编号", "shop", "130682001"],
                           ["B5", "", "shop", "130682001"],
                           ["B6", "也好", "shop", "130682001"]])
        self.assertEqual(done.returncode, 0)
        self.assert_counts(done, new=2, rejected=4)
        self.assert_rejected(done, "ref", "B2", "B3", "", "B5")
        self.assertEqual({row["ref"] for row in self.service.exported_sites()}, {"B1", "B6"})

    def test_names_the_file_and_the_line_of_a_rejected_row(self):
        done = self.sites([["C1", "好", "shop", "130682001"], ["C2", "坏", "moonbase", "130682001"]])
        self.assertRegex(done.stderr, r"site-\d+\.csv\D+3\b", "line 3 of the file is the bad one")

    def test_a_rejected_file_can_be_mended_and_imported(self):
        done = self.sites([["M1", "坏", "moonbase", "130682001"]])
        row = self.service.rejected(done)[0]
        row["category"] = "shop"
        again = self.service.import_csv("site", SITE_HEADER, [row])
        self.assert_counts(again, new=1, rejected=0)

    def test_takes_columns_in_any_order(self):
        done = self.sites([["130682001", "shop", "某店", "E1"]], header=["division", "category", "name", "ref"])
        self.assert_counts(done, new=1, rejected=0)
        exported = self.service.exported_sites()[0]
        self.assertEqual((exported["ref"], exported["name"], exported["category"]), ("E1", "某店", "shop"))

    def test_takes_a_byte_order_mark_and_windows_line_ends(self):
        done = self.sites([["F1", "某店", "shop", "130682001"]], encoding="utf-8-sig", newline="\r\n")
        self.assert_counts(done, new=1, rejected=0)
        self.assertEqual(self.service.exported_sites()[0]["ref"], "F1")

    def test_takes_headers_in_chinese(self):
        done = self.sites([["商超", "N1", "某店", "130682001", "中山路1号", "07:30", "21:00"]],
                          header=["类别", "编号", "名称", "区划", "地址", "开放时间", "关闭时间"])
        self.assert_counts(done, new=1, rejected=0)
        row = self.service.exported_sites()[0]
        self.assertEqual((row["ref"], row["name"], row["category"], row["address"], row["opens"], row["closes"]),
                         ("N1", "某店", "shop", "中山路1号", "07:30", "21:00"))

    def test_takes_category_and_division_by_code_or_by_name(self):
        done = self.sites([["H1", "店一", "商超", "南城区街道"], ["H2", "店二", "shop", "130682001"],
                           ["H3", "门诊", "发热门诊", "留早镇"]])
        self.assert_counts(done, new=3, rejected=0)
        exported = {row["ref"]: row for row in self.service.exported_sites()}
        self.assertEqual(exported["H1"]["category"], exported["H2"]["category"])
        self.assertEqual(exported["H1"]["division"], exported["H2"]["division"])
        self.assertEqual(exported["H3"]["category"], "clinic")

    def test_takes_every_category_of_the_contract_in_both_languages(self):
        names = {"traffic": "交通检验站", "village": "村口", "enterprise": "复工复产企业", "clinic": "发热门诊",
                 "pharmacy": "药店", "office": "党政机关", "shop": "商超", "school": "学校", "hotel": "宾馆",
                 "isolation": "集中隔离点", "transit": "车站", "vehicle": "公共交通工具", "other": "其他"}
        rows = [[f"{code}-{i}", "某处", text, "130682001"]
                for code, chinese in names.items() for i, text in enumerate((code, chinese))]
        done = self.sites([*rows, ["community-0", "某处", "community", "130682001"]])
        self.assert_counts(done, new=27, rejected=0)
        for row in self.service.exported_sites():
            self.assertEqual(row["category"], row["ref"].split("-")[0])

    def test_presence_and_dwell_come_from_the_category_unless_the_site_says_otherwise(self):
        rows = [{"ref": "I1", "category": "village"}, {"ref": "I2", "category": "enterprise"},
                {"ref": "I3", "category": "shop", "presence": "gate", "dwell_min": "7"}]
        self.service.sites(rows)
        exported = {row["ref"]: row for row in self.service.exported_sites()}
        self.assertEqual((exported["I3"]["presence"], exported["I3"]["dwell_min"]), ("gate", "7"))
        self.assertIn((exported["I1"]["presence"], exported["I1"]["dwell_min"]), (("gate", "5"), ("", "")))
        self.assertIn((exported["I2"]["presence"], exported["I2"]["dwell_min"]), (("venue", "540"), ("", "")))

    def test_rejects_what_a_site_may_not_be(self):
        header = SITE_COLUMNS
        good = {"name": "某店", "category": "shop", "division": "130682001"}
        bad = {"dwell over a day": {"dwell_min": "1441"}, "negative dwell": {"dwell_min": "-1"},
               "dwell no number": {"dwell_min": "十"}, "closes before it opens": {"opens": "21:00", "closes": "07:30"},
               "closes after 24:00": {"opens": "07:30", "closes": "24:01"}, "no time": {"opens": "7h", "closes": "21:00"},
               "no presence": {"presence": "door"}, "place unknown": {"place": "NOWHERE"},
               "latitude beyond the pole": {"longitude": "114.9", "latitude": "91"},
               "longitude no number": {"longitude": "东", "latitude": "38"}}
        rows = [{**good, "ref": f"X{i}", **more} for i, more in enumerate(bad.values())]
        edges = [{**good, "ref": "Y1", "dwell_min": "0"}, {**good, "ref": "Y2", "dwell_min": "1440"},
                 {**good, "ref": "Y3", "opens": "07:30", "closes": "24:00"}]
        done = self.sites(rows + edges, header=header)
        self.assert_rejected(done, "ref", *[row["ref"] for row in rows])
        self.assert_counts(done, new=3, rejected=len(rows))

    def test_a_place_names_a_site_that_itself_names_none(self):
        header = [*SITE_HEADER, "place"]
        done = self.sites([["Q1", "东门", "school", "130682001", ""], ["Q2", "西门", "school", "130682001", "Q1"],
                           ["Q3", "门中门", "school", "130682001", "Q2"]], header=header)
        self.assert_rejected(done, "ref", "Q3")

    def test_the_sites_of_one_place_have_one_presence(self):
        done = self.sites([["T1", "东门", "school", "130682001", ""], ["T2", "西门", "village", "130682001", "T1"]],
                          header=[*SITE_HEADER, "place"])
        self.assert_rejected(done, "ref", "T2")

    def test_a_file_without_a_required_column_fails_and_imports_nothing(self):
        done = self.sites([["Z1", "某店", "130682001"]], header=["ref", "name", "division"], check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("category", done.stderr)
        self.assertEqual(self.service.exported_sites(), [])

    def test_export_gives_what_was_imported_and_imports_again_unchanged(self):
        row = {"ref": "J1", "name": "带,逗号和\"引号\"", "category": "shop", "division": "130682001",
               "address": "中山路1号", "longitude": "114.99", "latitude": "38.51", "opens": "07:30", "closes": "21:00"}
        self.sites([row], header=list(row))
        exported = self.service.exported_sites()
        for column in ("ref", "name", "category", "division", "address", "opens", "closes"):
            self.assertEqual(exported[0][column], row[column], column)
        self.assertEqual(float(exported[0]["longitude"]), 114.99)
        once = {line["ref"]: line for line in exported}
        again = self.service.import_csv("site", SITE_COLUMNS, list(once.values()))
        self.assert_counts(again, new=0, changed=0, unchanged=1, rejected=0)

    def test_export_has_a_code_of_sixteen_characters_for_each_direction(self):
        self.sites([["N1", "某店", "shop", "130682001"], ["N2", "另店", "shop", "130682001"]])
        codes = []
        for row in self.service.exported_sites():
            self.assertEqual(list(row)[-3:], ["direction", "code", "url"])
            self.assertRegex(row["code"], r"^[0-9abcdefghjkmnpqrstvwxyz]{16}$")
            self.assertRegex(row["url"], r"^https://[^/]+/s/" + row["code"] + "$")
            codes.append(row["code"])
        self.assertEqual(len(set(codes)), len(codes))


class DivisionImport(Imports):
    def test_prints_counts_and_gives_back_what_has_no_parent(self):
        done = self.service.import_csv("division", ["code", "name", "parent"], [
            ["130682002", "北城区街道", "130682"], ["130682003", "西城区街道", "139999"], ["abc", "不是代码", "130682"],
            ["130682001", "南城区街道", "130682"]])
        self.assert_counts(done, new=1, unchanged=1, rejected=2)
        self.assert_rejected(done, "code", "130682003", "abc")


class PersonImport(Imports):
    def test_prints_new_matched_review_and_rejected(self):
        first = self.people(roster(1, 2, 3))
        self.assert_counts(first, new=3, matched=0, review=0, rejected=0)
        second = self.people(roster(3, 4))
        self.assert_counts(second, new=1, matched=1, rejected=0)

    def test_gives_back_rows_with_a_wrong_document_or_phone_or_no_name(self):
        wrong = id_number(7)[:-1] + ("0" if id_number(7)[-1] != "0" else "1")
        done = self.people([*roster(10), ["W1", "王建华", "id", wrong, phone(11)],
                            ["W2", "", "id", document(12)["number"], phone(12)],
                            ["W3", "王建国", "id", "4.40524E+17", phone(13)],
                            ["W4", "王建林", "id", document(14)["number"], "12345678901"],
                            ["W5", "王建军", "teapot", document(15)["number"], phone(15)]])
        self.assert_counts(done, new=1, rejected=5)
        self.assert_rejected(done, "ref", "W1", "W2", "W3", "W4", "W5")

    def test_takes_every_document_type(self):
        done = self.people([["T1", "ANNA SMITH", "passport", "E12345678", phone(21)],
                            ["T2", "陈大文", "hkmo", "H12345678", phone(22)],
                            ["T3", "林小明", "tw", "12345678", phone(23)],
                            ["T4", "JOHN DOE", "fpr", "911124198108030024", phone(24)],
                            ["T5", "李四", "other", "军A123456", phone(25)],
                            ["T6", "王建华", "id", document(26)["number"], phone(26)]])
        self.assert_counts(done, new=6, rejected=0)

    def test_takes_headers_in_chinese(self):
        done = self.people(roster(41, 42), header=["编号", "姓名", "证件类型", "证件号码", "手机号"])
        self.assert_counts(done, new=2, rejected=0)

    def test_may_lack_the_optional_columns(self):
        done = self.people([["V1", name(31), "id", document(31)["number"]]], header=ROSTER_HEADER[:4])
        self.assert_counts(done, new=1, rejected=0)

    def test_takes_every_column_of_a_roster(self):
        header = [*ROSTER_HEADER, "birth_date", "sex", "division", "address", "household", "workplace"]
        done = self.people([["U1", name(32), "id", id_number(32, "19840229"), phone(32), "1984-02-29", "male",
                             "130682100200", "12号", "H-1", "食品厂"]], header=header)
        self.assert_counts(done, new=1, rejected=0)


class ScanImport(Imports):
    HEADER = ["ref", "site", "at", "direction"]

    def setUp(self):
        super().setUp()
        self.service.sites([{"ref": "S1", "category": "shop"}])
        self.people(roster(1, 2))
        self.now = int(time.time())

    def test_imports_the_good_rows_and_gives_the_bad_ones_back(self):
        at = rfc3339(self.now - 3600)
        done = self.service.import_csv("scan", self.HEADER, [
            ["R1", "S1", at, "in"], ["R9", "S1", at, "in"], ["R1", "S9", at, "in"], ["R1", "S1", "2026-02-30", "in"],
            ["R1", "S1", at, "sideways"], ["R1", "S1", rfc3339(self.now - 40 * 86400), "in"],
            ["R1", "S1", rfc3339(self.now + 86400), "in"], ["R2", "S1", at, "in"]])
        self.assertEqual(done.returncode, 0)
        self.assertEqual(counts(done.stdout).get("rejected"), 6, done.stdout)
        self.assert_rejected(done, "ref", "R9", "R1", "R1", "R1", "R1", "R1")

    def test_takes_history_as_old_as_retention_allows(self):
        done = self.service.import_csv("scan", self.HEADER, [["R1", "S1", rfc3339(self.now - 27 * 86400), "in"]])
        self.assertEqual(counts(done.stdout).get("rejected", 0), 0, done.stdout)
        self.assertEqual(self.service.rejected(done), [])

    def test_takes_a_document_instead_of_the_ref_and_any_offset(self):
        header = ["document_type", "document_number", "site", "at", "direction", "temperature", "plate"]
        done = self.service.import_csv("scan", header, [
            ["id", document(1)["number"], "S1", "2099-01-01T00:00:00Z", "in", "36.5", ""],
            ["id", document(1)["number"], "S1", rfc3339(self.now - 7200).replace("Z", "+00:00"), "in", "36.5", "冀FA1234"],
            ["id", document(2)["number"], "S1", rfc3339(self.now - 7200), "out", "", ""]])
        self.assertEqual(len(self.service.rejected(done)), 1, done.stdout + done.stderr)

    def test_the_same_file_twice_shows_every_scan_once(self):
        rows = [["R1", "S1", rfc3339(self.now - 3600 + 100 * i), "in" if i % 2 == 0 else "out"] for i in range(10)]
        for _ in range(2):
            self.service.import_csv("scan", self.HEADER, rows)
        self.service.add_operator("tracer-1", "tracer")
        self.service.start()
        tracer = self.service.session("tracer-1")
        case = self.service.case(tracer)
        answer = tracer.get(f"/api/v1/sites/S1/passages?case={case}&from={rfc3339(self.now - 86400)}"
                            f"&to={rfc3339(self.now)}")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual([row["scans"] for row in answer.json["passages"]], [10], answer)


class WrongUse(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)

    def test_a_missing_file_fails_with_1_and_is_named(self):
        for kind in ("division", "site", "person", "scan"):
            with self.subTest(kind):
                done = run(kind, "import", "--data", self.service.data, "no-such-file.csv", check=False)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn("no-such-file.csv", done.stderr)

    def test_wrong_usage_ends_with_2(self):
        path = write_csv(os.path.join(self.service.folder, "x.csv"), SITE_HEADER, [])
        for args in ((), ("frobnicate",), ("site",), ("site", "frobnicate"), ("site", "import", path),
                     ("site", "import", "--data", self.service.data), ("serve", "--port", "0"),
                     ("serve", "--data", self.service.data, "--frobnicate"),
                     ("serve", "--data", self.service.data, "--port", "70000"),
                     ("operator", "add", "--data", self.service.data, "--login", "x")):
            with self.subTest(args=args):
                done = run(*args, check=False, timeout=20)
                self.assertEqual(done.returncode, 2, done)
                self.assertTrue(done.stderr, "wrong usage is explained on stderr")


if __name__ == "__main__":
    unittest.main()
