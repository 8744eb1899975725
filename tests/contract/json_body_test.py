# SPDX-License-Identifier: Apache-2.0
"""What a JSON body may be: SECURITY 5.2, on a call that anyone may make."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import registration
from support.town import TownTest

PATH = "/api/v1/registrations"


class JsonBody(TownTest):
    roles = ()

    def body(self, **changes):
        return registration(self.number(), notice_version=self.notice, **changes)

    def text(self, **changes):
        return json.dumps(self.body(**changes), ensure_ascii=False)

    def send(self, body, headers=None):
        return self.service.client().post(PATH, body, headers)

    def assert_unreadable(self, body):
        self.assert_problem(self.send(body), 400)

    def test_depth_is_limited(self):
        self.assert_unreadable("[" * 2000)
        self.assert_unreadable('{"name":' * 9 + "1" + "}" * 9)
        deep = self.text()[:-1] + ',"extra":' + "[" * 1500 + "]" * 1500 + "}"
        self.assert_unreadable(deep)

    def test_a_doubled_member_is_refused(self):
        text = self.text()
        self.assert_unreadable(text[:-1] + ',"name":"王明"}')
        self.assert_unreadable(text[:-1] + ',"n\\u0061me":"王明"}')
        self.assert_unreadable(text.replace('"type"', '"number":"1","type"'))

    def test_an_unknown_member_is_refused(self):
        for extra in ('"role":"admin"', '"__proto__":{}', '"id":1', '"":0', '"Name":"王明"'):
            with self.subTest(extra):
                self.assert_unreadable(self.text()[:-1] + "," + extra + "}")
        self.assert_unreadable(self.text().replace('"type"', '"verified":true,"type"'))

    def test_an_identity_number_must_be_text(self):
        body = self.body()
        body["document"]["number"] = int(body["document"]["number"].replace("X", "1"))
        answer = self.send(body)
        self.assert_problem(answer, 400)
        self.assertIn("/document/number", answer.pointers, answer)

    def test_wrong_types_are_refused_and_never_coerced(self):
        for changes in ({"name": 5}, {"name": True}, {"name": ["王明"]}, {"document": "id"}, {"document": []},
                        {"phone": 14200000001}, {"phone": {}}, {"sex": 1}, {"birth_date": 19800101}):
            with self.subTest(changes):
                answer = self.send(self.body(**changes))
                self.assert_problem(answer, 400)
                self.assertEqual(answer.pointers, ["/" + next(iter(changes))], answer)
        body = self.body()
        body["name"] = None
        self.assert_problem(self.send(body), 400)

    def test_what_is_no_json_is_refused(self):
        for text in ("1e400", "-0", "0x10", "NaN", "Infinity", "", " ", "{", "}", '{"name"}', "{'name':'x'}",
                     '{"name":"x",}', "nul", "{name:1}", '{"name":"a\nb"}', "\x00", "{}{}", "/* */{}"):
            with self.subTest(text):
                self.assert_unreadable(text)

    def test_odd_numbers_are_no_text(self):
        for number in ("1e400", "-0", "0x10", "NaN", "99999999999999999999", "1.5", "01"):
            with self.subTest(number):
                self.assert_unreadable(self.text().replace('"phone":', f'"phone":{number},"x":', 1))
                self.assert_unreadable('{"phone":' + number + "}")

    def test_only_whole_utf_8_is_read(self):
        text = self.text(name="王明")
        name = "王明".encode()
        for wrong in (b"\xc0\xaf", b"\xed\xa0\x80", b"\xff\xfe", b"\xf5\x80\x80\x80", name[:-1], b"\xe7\x8e",
                      "王明".encode("gb18030"), b"\xf0\x82\x82\xac"):
            with self.subTest(wrong):
                self.assert_unreadable(text.encode().replace(name, wrong))
        self.assert_unreadable(text.encode("utf-16"))
        self.assert_unreadable(b"\xef\xbb\xbf" + text.encode())

    def test_a_lone_surrogate_is_refused(self):
        for escape in ("\\ud800", "\\udc00", "\\ud800\\ud800", "\\udfff\\ud800"):
            with self.subTest(escape):
                answer = self.send(self.text(name="王明").replace("王明", "王" + escape))
                self.assertIn(answer.status, (400, 422), answer)

    def test_an_escaped_pair_is_one_character(self):
        answer = self.send(self.text(name="王明").replace("王明", "王\\ud842\\udfb7"))
        self.assertEqual(answer.status, 201, answer)

    def test_an_escaped_nul_is_no_name(self):
        for name in ("王\\u0000明", "\\u0000"):
            answer = self.send(self.text(name="王明").replace("王明", name))
            self.assertIn(answer.status, (400, 422), answer)

    def test_nothing_may_follow_the_document(self):
        for tail in ("x", "{}", ",", "]", "\x00", "1"):
            with self.subTest(tail):
                self.assert_unreadable(self.text() + tail)
        self.assertEqual(self.send("\r\n\t " + self.text() + " \n").status, 201)

    def test_only_an_object_is_read(self):
        for text in ("[]", '"王明"', "null", "true", "5", "[" + self.text() + "]"):
            with self.subTest(text):
                self.assert_unreadable(text)

    def test_a_body_of_4_kib_is_read_and_one_more_byte_is_not(self):
        text = self.text().encode()
        self.assertEqual(self.send(text + b" " * (4096 - len(text))).status, 201)
        answer = self.send(text + b" " * (4097 - len(text)))
        self.assert_problem(answer, 413)
        self.assertEqual((answer.headers["Connection"] or "").lower(), "close")

    def test_too_large_a_body_is_refused_before_it_is_read(self):
        answer = self.send(b'{"name":"', {"Content-Length": str(10 * 1024 * 1024)})
        self.assert_problem(answer, 413)

    def test_too_many_members_are_refused(self):
        members = ",".join(f'"k{i}":0' for i in range(300))
        self.assert_unreadable("{" + members + "}")

    def test_only_json_in_utf_8_is_taken(self):
        text = self.text()
        for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
                     "application/jsonx", "text/json", None):
            with self.subTest(kind):
                self.assert_problem(self.send(text, {"Content-Type": kind}), 415)
        for kind in ("application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"):
            with self.subTest(kind):
                self.assertEqual(self.send(self.text(), {"Content-Type": kind}).status, 201)

    def test_a_coded_body_is_refused(self):
        for coding in ("gzip", "deflate", "br"):
            self.assert_problem(self.send(self.text(), {"Content-Encoding": coding}), 415)

    def test_the_server_lives_after_all_that(self):
        self.assertEqual(self.send(self.body()).status, 201)


if __name__ == "__main__":
    unittest.main()
