# SPDX-License-Identifier: Apache-2.0
"""POST /api/v1/registrations: the same words for everyone, and who is taken for one person."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, name, phone, registration
from support.town import DAY, TownTest, with_name


class Registrations(TownTest):
    def register(self, number, headers=None, **changes):
        body = registration(number, notice_version=self.notice, **changes)
        return self.service.client().post("/api/v1/registrations", body, headers)

    def test_gives_a_credential_and_a_cookie(self):
        answer = self.register(self.number())
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(set(answer.json), {"credential"})
        self.assertGreaterEqual(len(answer.json["credential"]), 22)
        cookie = answer.headers["Set-Cookie"]
        for attribute in ("__Host-", "Secure", "HttpOnly", "Path=/"):
            self.assertIn(attribute, cookie)

    def test_says_the_same_words_to_the_known_and_the_unknown(self):
        number = self.number()
        first, second = self.register(number), self.register(number)
        stranger = self.register(self.number(), document=document(number))
        other_phone = self.register(number, phone=phone(90000 + number))
        for answer in (second, stranger, other_phone):
            self.assertEqual(answer.status, first.status)
            self.assertEqual(set(answer.json), set(first.json))
            self.assertEqual(len(answer.raw), len(first.raw))
            self.assertEqual(sorted(field.lower() for field in answer.headers),
                             sorted(field.lower() for field in first.headers))

    def test_every_credential_is_another(self):
        number = self.number()
        credentials = {self.register(number).json["credential"] for _ in range(5)}
        self.assertEqual(len(credentials), 5)

    def test_an_old_notice_is_refused_with_409_notice_changed(self):
        old = self.notice + 1 if isinstance(self.notice, int) else "1999-01-01"
        body = registration(self.number(), notice_version=old)
        answer = self.service.client().post("/api/v1/registrations", body)
        self.assert_problem(answer, 409, "notice_changed")

    def test_takes_every_optional_field(self):
        number = self.number()
        taken = self.register(number, document={"type": "id", "number": id_number(7, "19840229")},
                              birth_date="1984-02-29", sex="male", division="130682100200", address="东内堡村12号")
        self.assertEqual(taken.status, 201, taken)

    def test_a_required_field_that_is_missing_is_named(self):
        for field in ("name", "document", "phone", "notice_version"):
            with self.subTest(field):
                body = registration(self.number(), notice_version=self.notice)
                del body[field]
                answer = self.service.client().post("/api/v1/registrations", body)
                self.assertIn(answer.status, (400, 422), answer)
                self.assertIn(f"/{field}", answer.pointers, answer)

    def test_wrong_values_are_422_and_named(self):
        wrong = {"/sex": {"sex": "other"}, "/birth_date": {"birth_date": "1984-02-30"},
                 "/phone": {"phone": "12345678901"}, "/division": {"division": "13068x"},
                 "/document/type": {"document": {"type": "teapot", "number": "1"}}}
        for pointer, changes in wrong.items():
            with self.subTest(pointer):
                self.assert_field(self.register(self.number(), **changes), pointer)

    def test_several_wrong_fields_are_named_in_one_answer(self):
        answer = self.register(self.number(), phone="1", sex="other")
        self.assert_problem(answer, 422)
        self.assertLessEqual({"/phone", "/sex"}, set(answer.pointers), answer)

    def test_a_birth_date_must_not_contradict_nature(self):
        for birth_date in ("2999-01-01", "1850-01-01", "84-02-29", "1984/02/28", "1984-2-28"):
            with self.subTest(birth_date):
                self.assert_field(self.register(self.number(), birth_date=birth_date), "/birth_date")

    def test_an_error_never_repeats_what_was_sent(self):
        answer = self.register(self.number(), name="王秘密<script>", phone="14299990001x")
        self.assertEqual(answer.status, 422, answer)
        self.assertNotIn("王秘密".encode(), answer.raw)
        self.assertNotIn(b"14299990001", answer.raw)


class Phones(TownTest):
    def test_every_way_to_write_a_number_is_one_number(self):
        number = self.number()
        plain = phone(number)
        person = {"document": None, "name": name(number)}
        at = int(time.time()) - 3600
        self.gate([with_name(document(number), person["name"]), "S1", "in", at])
        spellings = [plain, "+86" + plain, "+86 " + plain[:3] + "-" + plain[3:7] + "-" + plain[7:], "0086" + plain,
                     "".join(chr(ord(digit) + 0xFEE0) for digit in plain), f" {plain} "]
        ids = set()
        for spelling in spellings:
            with self.subTest(spelling):
                self.resident(number, phone=spelling)
                ids.add(self.person_id(phone=plain))
        self.assertEqual(len(ids), 1)

    def test_what_is_no_mobile_number_is_refused(self):
        for wrong in ("12345678901", "10086", "1420000001", "142000000012", "1064900000012", "1420000000a", "",
                      "١٤٢٠٠٠٠٠٠٠١", "142\u200b00000001x"):
            with self.subTest(wrong):
                body = registration(self.number(), notice_version=self.notice, phone=wrong)
                self.assert_field(self.service.client().post("/api/v1/registrations", body), "/phone")

    def test_a_phone_alone_never_makes_two_people_one(self):
        number, kin = self.number(), self.number()
        self.resident(number)
        self.resident(kin, phone=phone(number))
        self.assertEqual(len(self.search(phone=phone(number))), 2)


class OnePerson(TownTest):
    def test_the_same_document_and_name_from_two_phones_is_one_person(self):
        number, now = self.number(), int(time.time())
        first = self.resident(number)
        second = self.resident(number, phone=phone(80000 + number))
        self.scanned(first, "S1", "in", now - 900)
        self.scanned(second, "S1", "out", now - 300)
        person = self.person_id(document=document(number))
        self.assertEqual(self.visits(person, now - DAY, now), [("S1", now - 900, now - 300, "scanned")])

    def test_the_same_document_with_another_name_is_never_merged_silently(self):
        number, other = self.number(), self.number()
        self.resident(number)
        self.resident(other, document=document(number))
        people = self.search(document=document(number))
        self.assertEqual(len(people), 2, people)
        self.assertEqual(len({person["id"] for person in people}), 2)

    def test_the_name_may_be_written_in_another_form(self):
        number = self.number()
        self.resident(number, name="張國華")
        self.resident(number, name="张国华")
        self.resident(number, name=" 张国华 ")
        self.person_id(document=document(number))

    def test_every_middle_dot_is_the_same(self):
        number = self.number()
        for dot in "·•．・":
            self.resident(number, name=f"阿卜杜热西提{dot}买买提")
        self.person_id(document=document(number))

    def test_phone_and_name_join_where_one_side_has_no_document(self):
        number, now = self.number(), int(time.time())
        resident = self.resident(number)
        self.scanned(resident, "S1", "in", now - 900)
        self.gate([{"phone": phone(number), "name": name(number)}, "S1", "out", now - 300])
        person = self.person_id(document=document(number))
        self.assertEqual(self.visits(person, now - DAY, now), [("S1", now - 900, now - 300, "scanned")])

    def test_a_gates_entry_without_document_is_joined_by_a_later_registration(self):
        number, now = self.number(), int(time.time())
        subject = {"phone": phone(number), "name": name(number)}
        self.assertEqual(self.gate([subject, "S1", "in", now - 900])[0]["status"], 201)
        self.resident(number)
        person = self.person_id(document=document(number))
        self.assertEqual([visit[:2] for visit in self.visits(person, now - DAY, now)], [("S1", now - 900)])

    def test_two_documents_with_one_phone_and_name_stay_two_people(self):
        number, namesake = self.number(), self.number()
        self.resident(number)
        self.resident(namesake, name=name(number), phone=phone(number))
        self.assertNotEqual(self.person_id(document=document(number)), self.person_id(document=document(namesake)))

    def test_one_number_of_two_document_types_is_two_documents(self):
        number, other = self.number(), self.number()
        self.resident(number, document={"type": "tw", "number": "12345678"})
        self.resident(other, document={"type": "other", "number": "12345678"})
        self.assertNotEqual(self.person_id(document={"type": "tw", "number": "12345678"}),
                            self.person_id(document={"type": "other", "number": "12345678"}))

    def test_a_passport_number_of_two_countries_is_two_documents(self):
        one = {"type": "passport", "number": "X1234567", "country": "RUS"}
        other = {"type": "passport", "number": "X1234567", "country": "KAZ"}
        self.resident(self.number(), document=one, name="IVAN PETROV")
        self.resident(self.number(), document=other, name="IVAN PETROV")
        self.assertNotEqual(self.person_id(document=one), self.person_id(document=other))

    def test_a_person_keeps_its_id_over_a_restart(self):
        number = self.number()
        self.resident(number)
        before = self.person_id(document=document(number))
        self.restart()
        self.assertEqual(self.person_id(document=document(number)), before)


if __name__ == "__main__":
    unittest.main()
