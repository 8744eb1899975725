# SPDX-License-Identifier: Apache-2.0
"""`chayan link`: which records of a table are one person. Small tables by hand; published sets, whose truth is known, where they are.

The bounds for FEBRL 3 are the product's own (F1 at least 0.990 with a precision of at least 0.998); the best published figures are those
of Splink 4: precision 0.9982, recall 0.9927, F1 0.9954 for FEBRL 3, F1 0.862 for fake_1000.
"""

import csv
import gzip
import os
import random
import shutil
import stat
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import school
from support.people import id_number
from support.service import run, write_csv

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools"))
sys.dont_write_bytecode = True
import link_score  # noqa: E402

LINKAGE = os.path.join(school.DATA, "linkage")
FEBRL_MAP = ("given_name=given_name,surname=surname,street=address_1,address=address_2,locality=suburb,postcode=postcode,region=state,"
             "birth_date=date_of_birth,document=soc_sec_id")
FAKE_MAP = "given_name=first_name,surname=surname,birth_date=dob,locality=city,address=email"
HEADER = ["nr", "name", "number", "phone", "born", "sex", "address", "village"]
MAP = "name=name,document=number,phone=phone,birth_date=born,sex=sex,address=address,locality=village"


class Link(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def link(self, table, id_column, mapping, *more, check=True):
        return run("link", table, "--id", id_column, "--map", mapping, "--out", self.path("clusters.csv"), "--pairs", self.path("pairs.csv"), *more, check=check)

    def rows(self, name):
        with open(self.path(name), encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def clusters(self):
        """Who belongs together, whatever the clusters are called."""
        together = {}
        for row in self.rows("clusters.csv"):
            together.setdefault(row["cluster"], set()).add(row["id"])
        return {frozenset(ids) for ids in together.values()}


class SmallTables(Link):
    def people(self, rows):
        """Beside a crowd of strangers, so that the weights have something to be learned from."""
        crowd = [[f"x{i}", f"{'王李张刘陈'[i % 5]}{'伟芳娜敏静强磊军'[i // 5 % 8]}{'建华丽英明平'[i // 40 % 6]}", id_number(100 + i), f"142{i // 3:08}", "", "", f"清风街{i // 3}号", ""]
                 for i in range(240)]
        crowd += [[f"y{i}", row[1], row[2], "", "", "", row[6], ""] for i, row in enumerate(crowd[:120])]
        self.link(write_csv(self.path("people.csv"), HEADER, rows + crowd), "nr", MAP)
        return {frozenset(one) for one in (set(ids) - {id for id in ids if id[0] in "xy"} for ids in self.clusters()) if one}

    def test_one_document_under_a_name_that_agrees_is_one_person_and_under_another_a_question(self):
        number = id_number(1)
        found = self.people([["a", "赵铁柱", number, "", "", "", "", ""], ["b", "趙鐵柱", number, "", "", "", "", ""], ["c", "赵铁住", number, "", "", "", "", ""],
                             ["d", "孙小梅", number, "", "", "", "", ""]])
        self.assertEqual(found, {frozenset("abc"), frozenset("d")})
        asked = [row for row in self.rows("pairs.csv") if row["decision"] == "review" and "d" in (row["a"], row["b"])]
        self.assertEqual(len(asked), 1)

    def test_a_phone_a_name_or_a_name_with_a_birth_date_alone_never_make_one_person(self):
        phone = "14300000007"
        found = self.people([["a", "钱多多", "", phone, "", "", "", ""], ["b", "钱串子", "", phone, "", "", "", ""],
                             ["c", "冯巩义", "", "", "", "", "", ""], ["d", "冯巩义", "", "", "", "", "", ""],
                             ["e", "褚时健", "", "", "1980-02-03", "", "", ""], ["f", "褚时健", "", "", "1980-02-03", "", "", ""]])
        self.assertEqual(found, {frozenset(one) for one in "abcdef"})

    def test_two_valid_numbers_are_two_people_though_all_else_agrees(self):
        found = self.people([["a", "卫子夫", id_number(1), "14300000008", "", "female", "祥和1-1-101", "130682001001"],
                             ["b", "卫子夫", id_number(2), "14300000008", "", "female", "祥和1-1-101", "130682001001"]])
        self.assertEqual(found, {frozenset("a"), frozenset("b")})

    def test_a_number_with_a_slip_is_the_number_when_the_name_agrees(self):
        number = id_number(1)
        slips = [number[:14] + number[15] + number[14] + number[16:], number[:16] + str((int(number[16]) + 3) % 10) + number[17], number[:17]]
        found = self.people([["a", "蒋百里", number, "", "", "", "", ""]] + [[f"b{i}", "蒋百里", slip, "", "", "", "", ""] for i, slip in enumerate(slips)])
        self.assertEqual(found, {frozenset({"a", "b0", "b1", "b2"})})

    def test_reasons_name_fields_and_weights_and_no_value(self):
        number = id_number(1)
        self.people([["a", "沈建国", number, "14300000009", "", "", "", ""], ["b", "沈健国", number, "14300000009", "", "", "", ""]])
        pair = next(row for row in self.rows("pairs.csv") if {row["a"], row["b"]} == {"a", "b"})
        self.assertEqual(pair["decision"], "link")
        for word in ("document equal +", "name sound +", "prior "):
            self.assertIn(word, pair["reasons"])
        self.assertGreater(float(pair["probability"]), 0.99)
        for value in ("沈", number, "14300000009"):
            self.assertNotIn(value, pair["reasons"])

    def test_bad_rows_come_back_with_a_reason_and_the_others_are_linked(self):
        table = self.path("people.csv")
        with open(table, "w", encoding="utf-8") as file:
            file.write(f"nr,name,number\na,韩信,{id_number(1)}\nb,韩信,{id_number(1)}\na,杨修,{id_number(2)}\n,朱买臣,\nc,秦琼\nd,\"尤\nx\"y,\n")
        done = self.link(table, "nr", "name=name,document=number")
        self.assertIn("records 2", done.stdout)
        self.assertIn("rejected 4", done.stdout)
        with open(table + ".rejected.csv", encoding="utf-8-sig", newline="") as file:
            rejected = list(csv.DictReader(file))
        self.assertEqual(len(rejected), 4)
        for row in rejected:
            self.assertTrue(row["reason"])
        self.assertEqual(self.clusters(), {frozenset("ab")})

    def test_what_it_writes_is_its_owners_alone(self):
        self.people([["a", "尤三姐", id_number(1), "", "", "", "", ""]])
        for name in ("clusters.csv", "pairs.csv"):
            self.assertEqual(stat.S_IMODE(os.stat(self.path(name)).st_mode), 0o600, name)

    def test_wrong_words_are_told_with_exit_code_2_and_nothing_is_written(self):
        table = write_csv(self.path("people.csv"), ["nr", "name", "name"], [["a", "何大", "何二"]])
        for id_column, mapping, told in (("nr", "nickname=name", "nickname"), ("nr", "name", "FIELD=COLUMN"), ("nr", "name=nickname", "nickname"),
                                         ("id", "name=name", "id"), ("nr", "name=name", "twice"), ("nr", "name=nr,name=nr", "twice")):
            done = self.link(table, id_column, mapping, check=False)
            self.assertEqual(done.returncode, 2, (mapping, done))
            self.assertIn(told, done.stderr, mapping)
            self.assertFalse(os.path.exists(self.path("clusters.csv")))
        self.assertEqual(self.link(self.path("nowhere.csv"), "nr", "name=name", check=False).returncode, 1)

    def test_no_output_takes_the_place_of_the_table_or_of_another(self):
        table = write_csv(self.path("people.csv"), ["nr", "name"], [["a", "何大"]])
        with open(table, encoding="utf-8") as file:
            before = file.read()
        for outputs in (("--out", table), ("--out", self.path("o.csv"), "--pairs", self.path("o.csv")), ("--out", table + ".rejected.csv"),
                        ("--out", os.path.join(self.folder, ".", "people.csv"))):
            done = run("link", table, "--id", "nr", "--map", "name=name", *outputs, check=False)
            self.assertEqual(done.returncode, 2, (outputs, done))
        done = run("link", table, "--id", "nr", "--map", "name=name", "--out", self.path("nowhere/o.csv"), check=False)
        self.assertEqual(done.returncode, 1, done)
        with open(table, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(os.listdir(self.folder), ["people.csv"])

    def test_numbers_that_a_spreadsheet_ruined_make_nobody_one_and_a_value_of_a_whole_column_is_told(self):
        rows = [[f"n{i}", "张雨", "1.30682E+17", "14300000099", f"{1950 + i % 60}-01-{1 + i % 28:02}", "", "", ""] for i in range(130)]
        done = self.link(write_csv(self.path("people.csv"), HEADER, rows), "nr", MAP)
        self.assertEqual(len(self.clusters()), 130)
        self.assertIn("130", done.stderr)
        self.assertNotIn("14300000099", done.stderr)

    def test_a_column_that_is_not_there_is_answered_with_those_that_are(self):
        table = write_csv(self.path("people.csv"), ["编号", "姓名"], [["a", "何大"]])
        done = self.link(table, "nr", "name=姓名", check=False)
        self.assertIn("--id", done.stderr)
        self.assertIn("编号", done.stderr)
        with open(table, "w", encoding="utf-8") as file:
            file.write("编号;姓名\na;何大\n")
        self.assertIn("comma", self.link(table, "编号", "name=姓名", check=False).stderr)

    def test_an_empty_table_has_no_clusters(self):
        self.link(write_csv(self.path("people.csv"), HEADER, []), "nr", MAP)
        self.assertEqual(self.rows("clusters.csv"), [])


@unittest.skipUnless(os.path.isdir(LINKAGE), f"the published sets are not in {LINKAGE} (CHAYAN_SHARED_DATA names another place)")
class PublishedSets(Link):
    def unpacked(self, name):
        """The table and its path, in another order than it came."""
        with gzip.open(os.path.join(LINKAGE, f"{name}.csv.gz"), "rt", encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file, skipinitialspace=True))
        random.Random(7).shuffle(rows)
        return write_csv(self.path(f"{name}.csv"), header, rows)

    def judge(self, truth):
        clusters = dict(link_score.labels(self.path("clusters.csv"), "id", "cluster"))
        return link_score.score(clusters, truth)

    def test_febrl_3_is_put_together_within_the_bounds(self):
        table = self.unpacked("febrl_dataset3")
        self.link(table, "rec_id", FEBRL_MAP)
        found = self.judge(link_score.febrl_truth(table))
        self.assertEqual(found.true_pairs, 6538)
        self.assertGreaterEqual(found.precision, 0.998, found)
        self.assertGreaterEqual(found.f1, 0.990, found)

    def test_febrl_1_and_2_are_too(self):
        for name in ("febrl_dataset1", "febrl_dataset2"):
            table = self.unpacked(name)
            self.link(table, "rec_id", FEBRL_MAP)
            found = self.judge(link_score.febrl_truth(table))
            self.assertGreaterEqual(found.precision, 0.998, (name, found))
            self.assertGreaterEqual(found.f1, 0.990, (name, found))

    def test_fake_1000_is_never_merged_wrongly_and_what_is_asked_about_finds_most(self):
        table = self.unpacked("splink_fake_1000")
        self.link(table, "unique_id", FAKE_MAP)
        truth = dict(link_score.labels(table, "unique_id", "cluster"))
        found = self.judge(truth)
        self.assertGreaterEqual(found.precision, 0.995, found)
        self.assertGreaterEqual(found.recall, 0.56, found)
        clusters = dict(link_score.labels(self.path("clusters.csv"), "id", "cluster"))
        reviewed = link_score.review(clusters, truth, link_score.review_pairs(self.path("pairs.csv"))).reviewed
        self.assertGreaterEqual(reviewed.recall, 0.8, reviewed)

    def test_in_whatever_order_the_rows_come_the_clusters_are_the_same(self):
        table = self.unpacked("febrl_dataset1")
        self.link(table, "rec_id", FEBRL_MAP)
        expected = self.clusters()
        with open(table, encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        self.link(write_csv(self.path("turned.csv"), header, rows[::-1]), "rec_id", FEBRL_MAP)
        self.assertEqual(self.clusters(), expected)


if __name__ == "__main__":
    unittest.main()
