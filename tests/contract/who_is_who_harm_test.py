# SPDX-License-Identifier: Apache-2.0
"""What must not happen when it is decided who is who: strangers taken for somebody, keys that are never filled, a clock that went back, questions
asked twice, tables of few or of equals."""

import os
import sqlite3
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, name, phone
from support.service import run
from support.town import CASE, TownTest, rfc3339

CSV = {"Content-Type": "text/csv"}


class WhoeverIsTakenForAnother(TownTest):
    def imported(self, text):
        return self.admin.call("POST", "/api/v1/people/import", text, CSV).json

    def test_a_stranger_who_types_name_and_phone_with_a_document_of_another_type_is_not_them(self):
        number, other = self.number(), {"type": "other", "number": "ZZ999999"}
        self.resident(number)
        self.resident(number, document=other)
        self.assertNotEqual(self.person_id(document=document(number)), self.person_id(document=other))

    def test_nor_when_a_roster_names_the_victim_without_a_document_too(self):
        number, other = self.number(), {"type": "passport", "number": "E77777777"}
        self.resident(number)
        digits = document(number)["number"][6:14]
        born = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
        self.imported(f"ref,name,phone,birth_date,address\nV-{number},{name(number)},{phone(number)},{born},兴定社区7号楼1单元101室\n")
        self.resident(number, document=other, birth_date=born, address="兴定社区7号楼1单元101室")
        self.assertNotEqual(self.person_id(document=document(number)), self.person_id(document=other))

    def test_a_roster_says_a_birth_date_again_with_a_digit_mended_and_it_is_the_same_person(self):
        number = self.number()
        row = f"ref,name,phone,birth_date\nB-{number},{name(number)},{phone(number)},"
        self.imported(row + "1971-03-05\n")
        again = self.imported(row + "1971-03-06\n")
        self.assertEqual((again["changed"], again["rejected"]), (1, []), again)
        self.assertEqual(len(self.search(phone=phone(number))), 1)

    def test_a_roster_whose_ref_is_given_to_somebody_born_another_year_is_told_so(self):
        number = self.number()
        row = f"ref,name,phone,birth_date\nC-{number},{name(number)},{phone(number)},"
        self.imported(row + "1971-03-05\n")
        again = self.imported(row + "2011-09-26\n")
        self.assertEqual(len(again["rejected"]), 1, again)
        self.assertEqual(len(self.search(phone=phone(number))), 1)

    def test_a_name_a_birth_date_and_a_county_are_not_one_person(self):
        mine, passport = {"type": "id", "number": id_number(9, "19750506")}, {"type": "passport", "number": "E55555555"}
        self.resident(name="王建华", document=mine, division="130682")
        self.resident(name="王建华", document=passport, birth_date="1975-05-06", division="130682")
        self.assertNotEqual(self.person_id(document=mine), self.person_id(document=passport))

    def test_an_address_that_names_the_city_alone_is_no_home(self):
        rows = "".join(f"C-{i},李桂花,{phone(5000 + i)},1950-03-05,河北省定州市\n" for i in range(2))
        self.imported("ref,name,phone,birth_date,address\n" + rows)
        self.assertEqual(len(self.search(name="李桂花")), 2)

    def test_twins_without_documents_are_two(self):
        rows = "".join(f"T-{one},{one},{phone(6000)},2013-03-05,兴定社区12号,H77\n" for one in ("张子轩", "张子萱"))
        self.imported("ref,name,phone,birth_date,address,household\n" + rows)
        self.assertEqual(len(self.search(phone=phone(6000))), 2)

    def test_whoever_fits_two_that_a_human_split_is_neither(self):
        number = self.number()
        self.resident(number)
        self.resident(number)
        person = self.person_id(document=document(number))
        told = self.tracer.get(f"/api/v1/people/{person}/history?case={CASE}").json["registrations"]
        parted = self.manager.post(f"/api/v1/people/{person}/split", {"registrations": [told[1]["registration"]], "reason": "两个人"})
        self.assertEqual(parted.status, 200)
        self.resident(number)
        self.assertEqual(len(self.search(document=document(number))), 3)


class WhatIsAskedTwice(TownTest):
    def test_a_correction_does_not_ask_again_what_a_human_answered(self):
        number, other = self.number(), self.number()
        self.resident(number)
        second = self.resident(other, document=document(number))
        asked = self.manager.get("/api/v1/reviews").json["reviews"]
        self.assertEqual(len(asked), 1)
        self.assertEqual(self.manager.post(f"/api/v1/reviews/{asked[0]['id']}", {"decision": "distinct"}).status, 200)
        self.assertEqual(second.call("PATCH", "/api/v1/me", {"name": name(other)[:-1] + "松"}).status, 200)
        self.assertEqual(self.manager.get("/api/v1/reviews").json["count"], 0)


class Altered(TownTest):
    def altered(self, *sql):
        self.service.stop()
        database = sqlite3.connect(os.path.join(self.service.data, "chayan.db"))
        for one in sql:
            database.execute(one)
        database.commit()
        database.close()
        self.service.start()
        for client in [getattr(self, role) for role in self.roles]:
            client.close()
            client.port = self.service.port
        self.service.wait_until_ready()


class WhatAClockDid(Altered):
    def test_history_outlives_a_clock_that_went_back(self):
        number, other = self.number(), self.number()
        self.resident(number)
        self.resident(other, document=document(number))
        review = self.manager.get("/api/v1/reviews").json["reviews"][0]["id"]
        self.assertEqual(self.manager.post(f"/api/v1/reviews/{review}", {"decision": "same"}).status, 200)
        self.altered("UPDATE person_event SET at = at - 100")
        person = self.search(document=document(number))[0]["id"]
        self.assertEqual(self.tracer.get(f"/api/v1/people/{person}/history?case={CASE}&at={rfc3339(int(time.time()) - 50)}").status, 200)


class TablesOfEquals(unittest.TestCase):
    def linked(self, rows, fields):
        with tempfile.TemporaryDirectory() as folder:
            table, out, pairs = (os.path.join(folder, one) for one in ("in.csv", "out.csv", "pairs.csv"))
            with open(table, "w", encoding="utf-8") as file:
                file.write("id," + ",".join(fields) + "\n" + "".join(f"{i},{row}\n" for i, row in enumerate(rows)))
            run("link", table, "--id", "id", "--map", ",".join(f"{one}={one}" for one in fields), "--out", out, "--pairs", pairs)
            with open(out, encoding="utf-8") as file:
                clusters = {line.strip().rsplit(",", 1)[1] for line in list(file)[1:]}
            with open(pairs, encoding="utf-8") as file:
                return clusters, file.read()

    def test_two_records_have_weights_that_are_numbers(self):
        self.assertNotIn("nan", self.linked(["张三丰,19900101,兴定社区1号"] * 2, ["name", "birth_date", "address"])[1])

    def test_one_document_and_name_is_one_person_however_often(self):
        for count in (3, 120, 121):
            with self.subTest(count=count):
                self.assertEqual(len(self.linked([f"张三丰,{id_number(1)}"] * count, ["name", "document"])[0]), 1)


if __name__ == "__main__":
    unittest.main()
