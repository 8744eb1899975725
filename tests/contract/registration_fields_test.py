# SPDX-License-Identifier: Apache-2.0
"""Documents and names as people, forms and attackers write them: SECURITY 5.3 and 5.7."""

import datetime
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, id_number, name, registration
from support.town import TownTest


def full_width(text):
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def of_digits(text, zero):
    return "".join(chr(ord(zero) + int(character)) if character.isdigit() else character for character in text)


class FieldTest(TownTest):
    def register(self, **changes):
        body = registration(self.number(), notice_version=self.notice, **changes)
        return self.service.client().post("/api/v1/registrations", body)

    def accepted(self, **changes):
        answer = self.register(**changes)
        self.assertEqual(answer.status, 201, f"{changes}: {answer}")

    def refused(self, pointer, **changes):
        answer = self.register(**changes)
        self.assert_field(answer, pointer)
        for value in changes.values():
            text = value["number"] if isinstance(value, dict) else value
            if len(text) > 5:
                self.assertNotIn(text.encode("utf-8", "replace"), answer.raw, "an error repeats what was sent")


class IdNumbers(FieldTest):
    def number_accepted(self, text):
        self.accepted(document={"type": "id", "number": text})

    def number_refused(self, text):
        self.refused("/document/number", document={"type": "id", "number": text})

    def test_the_standards_own_examples_are_valid(self):
        for text in ("11010519491231002X", "440524188001010014"):
            with self.subTest(text):
                if text.startswith("440524"):
                    continue  # born in 1880: the age rule speaks first
                self.number_accepted(text)

    def test_a_small_x_is_stored_as_a_capital(self):
        number = next(number for number in (id_number(i, "19750505") for i in range(200)) if number.endswith("X"))
        self.accepted(document={"type": "id", "number": number.lower()}, name="王小林")
        self.accepted(document={"type": "id", "number": number}, name="王小林")
        self.assertEqual(len(self.search(document={"type": "id", "number": number})), 1)

    def test_each_wrong_check_character_is_refused(self):
        number = id_number(3, "19750506")
        for check in "0123456789X":
            if check != number[-1]:
                self.number_refused(number[:-1] + check)

    def test_no_single_wrong_digit_and_no_swapped_neighbours_pass(self):
        number = id_number(123, "19760307")
        wrong = {number[:i] + digit + number[i + 1:] for i in range(17) for digit in "0123456789"}
        wrong |= {number[:i] + number[i + 1] + number[i] + number[i + 2:] for i in range(17)}
        for text in sorted(wrong - {number})[::7]:
            self.number_refused(text)

    def test_the_old_form_of_fifteen_digits_is_the_same_person(self):
        number = id_number(11, "19670401")
        self.accepted(document={"type": "id", "number": number[:6] + number[8:17]}, name="王老五")
        self.accepted(document={"type": "id", "number": number}, name="王老五")
        self.assertEqual(len(self.search(document={"type": "id", "number": number})), 1)

    def test_seventeen_and_nineteen_digits_are_refused(self):
        number = id_number(4)
        for text in (number[:-1], number + "1", "1" + number, "", "1", number * 2):
            self.number_refused(text)

    def test_full_width_digits_are_folded_before_the_check(self):
        number = next(number for number in (id_number(i, "19750507") for i in range(200)) if number.endswith("X"))
        self.accepted(document={"type": "id", "number": full_width(number)}, name="王小林")
        self.accepted(document={"type": "id", "number": number}, name="王小林")
        self.assertEqual(len(self.search(document={"type": "id", "number": number})), 1)

    def test_digits_of_other_scripts_are_refused(self):
        number = id_number(5)
        for zero in ("\u0660", "\u06f0", "\u0966", "\u0e50", "\U0001d7ce", "\U0001d7d8"):
            with self.subTest(f"U+{ord(zero):04X}"):
                self.number_refused(of_digits(number, zero))

    def test_look_alikes_of_the_x_are_refused(self):
        number = next(number for number in (id_number(i, "19750508") for i in range(200)) if number.endswith("X"))
        for look_alike in ("\u0425", "\u2169", "\u03a7", "\u2717", "\u00d7"):
            with self.subTest(f"U+{ord(look_alike):04X}"):
                self.number_refused(number[:-1] + look_alike)

    def test_a_date_that_does_not_exist_is_refused_despite_its_check_character(self):
        for birth in ("19990229", "19001301", "19990431", "19990100", "19990001", "19000229"):
            with self.subTest(birth):
                self.number_refused(id_number(1, birth))

    def test_a_leap_day_that_exists_is_accepted(self):
        for birth in ("19960229", "20000229"):
            self.number_accepted(id_number(1, birth))

    def test_a_birth_in_the_future_is_refused(self):
        tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
        for birth in ("20991231", tomorrow.strftime("%Y%m%d")):
            self.number_refused(id_number(1, birth))

    def test_a_person_of_more_than_130_years_is_refused(self):
        self.number_refused(id_number(1, "18900101"))
        self.number_accepted(id_number(1, "19080101"))

    def test_a_region_outside_the_country_is_refused(self):
        for region in ("999999", "990101", "010101", "160101", "000000"):
            with self.subTest(region):
                self.number_refused(id_number(1, "19800303", region=region))

    def test_residence_permits_of_hong_kong_macao_and_taiwan_are_accepted(self):
        for region in ("810000", "820000", "830000"):
            with self.subTest(region):
                self.number_accepted(id_number(1, "19900307", region=region))

    def test_an_abolished_region_of_a_known_province_is_accepted(self):
        self.number_accepted(id_number(1, "19900308", region="132401"))

    def test_what_a_spreadsheet_made_of_it_is_refused(self):
        number = id_number(9, "19900309")
        for text in ("1.30682E+17", number[:-3] + "000", "'" + number, number + ".0", "=" + number):
            if text != number:
                self.number_refused(text)

    def test_other_documents_have_types_of_their_own(self):
        for kind, text in (("passport", "E12345678"), ("hkmo", "H12345678"), ("tw", "12345678"),
                           ("fpr", "911124198108030024"), ("fpr", "ABC123456789012"), ("other", "军A1234567")):
            with self.subTest(kind):
                self.accepted(document={"type": kind, "number": text})

    def test_other_documents_are_never_forced_through_the_id_rule(self):
        for text in ("E12345678", "H12345678", "12345678", "911124198108030024"):
            with self.subTest(text):
                self.number_refused(text)

    def test_a_malformed_passport_permit_or_pass_is_refused(self):
        for kind, text in (("passport", "E12"), ("passport", "E1234567890123456X"), ("passport", "Е12345678"),
                           ("passport", "E1234 <b>"), ("hkmo", "X12345678"), ("hkmo", "H1234567"), ("tw", "1234567"),
                           ("fpr", "911124198108030025"), ("other", "")):
            with self.subTest(f"{kind} {text}"):
                self.refused("/document/number", document={"type": kind, "number": text})


class Names(FieldTest):
    def test_names_that_people_have_are_accepted(self):
        for text in ("张三", "欧阳娜娜", "阿卜杜热西提·买买提", "㐀㐁", "王𠮷", "O’Connor", "Anne O'Connor", "Jean-Luc Picard",
                     "José María", "Müller", "Иван Петров", "单于乾隆", "龘" * 30, "司马相如"):
            with self.subTest(text):
                self.accepted(name=text)

    def test_two_to_sixty_characters_are_a_name(self):
        self.accepted(name="王林")
        self.accepted(name="A" + "b" * 59)
        self.refused("/name", name="A" + "b" * 60)
        self.refused("/name", name="王" * 61)

    def test_an_empty_name_is_refused(self):
        for text in ("", " ", "\u3000\u3000", "\t\n", "\u00a0"):
            with self.subTest(repr(text)):
                self.refused("/name", name=text)

    def test_formulas_code_and_markup_are_no_names(self):
        for text in ("=cmd|' /C calc'!A0", "＝1+1", "+1+1", "@SUM(1)", "-1+1", "\t=1+1", "' OR 1=1--", "<script>",
                     "${jndi:ldap://x}", "%n%s", "../../etc/passwd", "王|calc", "a;b", "{{7*7}}"):
            with self.subTest(text):
                self.refused("/name", name=text)

    def test_emoji_private_use_and_piles_of_marks_are_no_names(self):
        for text in ("王😀", "王\ue000", "王\U000f0000", "Z" + "\u0301" * 12 + "algo", "王\u0378", "\ufffd王"):
            with self.subTest(repr(text)):
                self.refused("/name", name=text)

    def test_invisible_characters_are_refused_or_taken_out(self):
        for text in ("王\u202e明", "王\u200b明", "\ufeff王明", "王明\u2066", "王\u00ad明"):
            with self.subTest(repr(text)):
                number = self.number()
                body = registration(number, notice_version=self.notice, name=text)
                answer = self.service.client().post("/api/v1/registrations", body)
                if answer.status == 201:
                    self.assertEqual(len(self.search(document=document(number), name="王明")), 1, "stored as it came")
                else:
                    self.assert_field(answer, "/name")

    def test_control_characters_are_refused(self):
        for text in ("王\x01明", "王\n明", "王\x7f明", "王\x9b31m明", "王\x1b[31m明"):
            with self.subTest(repr(text)):
                self.refused("/name", name=text)

    def test_letters_of_two_alphabets_that_look_alike_are_refused(self):
        self.refused("/name", name="Ivаnov")  # with a Cyrillic а

    def test_the_server_lives_after_all_that(self):
        self.accepted(name=name(77))


if __name__ == "__main__":
    unittest.main()
