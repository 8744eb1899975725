# SPDX-License-Identifier: Apache-2.0
"""The check-in page as HTTP: what a browser without script sends and gets. tests/browser looks at it as people do."""

import base64
import hashlib
import os
import re
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import FORM, document, name, person_form, phone
from support.town import TownTest


def cookie_of(answer):
    """The credential that a page set, as a header for the next request; None when it set none."""
    found = re.match(r"__Host-chayan=([0-9a-z]+); ", answer.headers["Set-Cookie"] or "")
    return {"Cookie": f"__Host-chayan={found.group(1)}"} if found else None


class CheckIn(TownTest):
    def setUp(self):
        self.stranger = self.service.client()
        self.path = f"/s/{self.code('S1', 'any')}"

    def post(self, body, path=None, **headers):
        return self.stranger.post(path or self.path, body, {**FORM, **headers})

    def registered(self, **more):
        """The cookie of a new person, who passed."""
        number = self.number()
        answer = self.post(person_form(number, self.notice, direction="in", **more))
        self.assertEqual(answer.status, 201, answer)
        return number, cookie_of(answer)

    def scans_of(self, number):
        now = int(time.time())
        person = self.person_id(document=document(number))
        told = self.trajectory(person, now - 3600, now + 60)["scans"]
        return sorted((scan["site"]["ref"], scan["direction"], scan["voided"]) for scan in told)

    def test_the_page_names_the_site_and_carries_the_hashes_of_its_own_script_and_style(self):
        answer = self.stranger.get(self.path)
        self.assertEqual((answer.status, answer.headers["Content-Type"], answer.headers["Cache-Control"]), (200, "text/html; charset=utf-8", "no-store"))
        self.assertIn("国大商场", answer.text)
        policy = answer.headers["Content-Security-Policy"]
        for tag, directive in (("script", "script-src"), ("style", "style-src")):
            inline = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.S)
            self.assertEqual(len(inline), 1)
            digest = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
            self.assertIn(f"{directive} 'sha256-{digest}';", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(re.findall(r"\s(?:on\w+|style)=", answer.text), [])

    def test_registering_passes_in_the_same_act_and_the_cookie_passes_the_next_time(self):
        number, cookie = self.registered()
        answer = self.stranger.get(self.path, cookie)
        self.assertIn(f"{name(number)} 出，点这里", answer.text)
        self.assertEqual(self.post("direction=out", **cookie).status, 201)
        self.assertEqual(self.scans_of(number), [("S1", "in", False), ("S1", "out", False)])

    def test_the_result_shows_the_masked_name_alone(self):
        number = self.number()
        answer = self.post(person_form(number, self.notice, direction="in"))
        self.assertIn(name(number)[0] + "*", answer.text)
        for secret in (name(number), document(number)["number"], phone(number)):
            self.assertNotIn(secret, answer.text)

    def test_a_direction_has_to_be_chosen_where_the_poster_leaves_it_open_and_not_where_it_does_not(self):
        number, cookie = self.registered()
        self.assertEqual(self.post("", **cookie).status, 422)
        self.assertEqual(self.post("direction=up", **cookie).status, 422)
        self.assertEqual(self.post("direction=pass", **cookie).status, 201)
        only_out = f"/s/{self.code('S1', 'out')}"
        self.assertEqual(self.post("", only_out, **cookie).status, 201)
        self.assertEqual(self.post("direction=in", only_out, **cookie).status, 422)

    def test_without_a_credential_a_tap_asks_to_register_and_records_nothing(self):
        for headers in ({}, {"Cookie": "__Host-chayan=c1" + "0" * 20}):
            answer = self.post("direction=in", **headers)
            self.assertEqual(answer.status, 401)
            self.assertIn('name="number"', answer.text)
            self.assertIsNone(answer.headers["Set-Cookie"])

    def test_what_is_wrong_is_told_beside_its_field_with_what_was_typed_and_nobody_is_registered(self):
        number = self.number()
        answer = self.post(person_form(number, self.notice, name='<script>"王', phone="1", direction="in"))
        self.assertEqual(answer.status, 422)
        self.assertNotIn("<script>\"", answer.text)
        self.assertIn("&lt;script&gt;&quot;王", answer.text)
        self.assertIn(document(number)["number"], answer.text)
        self.assertIsNone(answer.headers["Set-Cookie"])
        self.assertEqual(self.search(document=document(number)), [])

    def test_a_notice_that_has_changed_is_read_again(self):
        for version in (self.notice + 1, ""):
            answer = self.post(person_form(self.number(), version, direction="in"))
            self.assertEqual(answer.status, 409)
            self.assertIn("告知书已更新", answer.text)

    def test_a_form_that_is_not_one_of_ours_is_refused(self):
        for body, status in (("role=admin", 400), ("direction=in&direction=out", 400), ("name=%", 400), ("name=" + "a" * 5000, 413)):
            self.assertEqual(self.post(body).status, status, body[:40])
        self.assertEqual(self.stranger.post(self.path, "{}").status, 415)

    def test_a_link_that_an_app_has_lengthened_opens_all_the_same(self):
        self.assertEqual(self.stranger.get(self.path + "?from=singlemessage&isappinstalled=0").status, 200)

    def test_a_form_that_is_sent_again_is_the_same_registration(self):
        number = self.number()
        form = person_form(number, self.notice, direction="in")
        cookie = cookie_of(self.post(form))
        again = self.post(form, **cookie)
        self.assertIn(again.status, (200, 201))
        self.assertIsNone(again.headers["Set-Cookie"])
        other = self.post(person_form(number, self.notice, phone=phone(self.number()), direction="in"), **cookie)
        self.assertIsNotNone(other.headers["Set-Cookie"])
        at_home = self.post(person_form(number, self.notice), "/", **cookie)
        self.assertEqual((at_home.status, at_home.headers["Set-Cookie"]), (201, None))

    def test_nobody_is_registered_by_a_form_whose_direction_is_none(self):
        for direction in ({}, {"direction": "up"}):
            number = self.number()
            answer = self.post(person_form(number, self.notice, **direction))
            self.assertEqual((answer.status, answer.headers["Set-Cookie"]), (422, None))
            self.assertEqual(self.search(document=document(number)), [])

    def test_another_site_can_neither_scan_nor_register_with_the_browser_of_a_resident(self):
        number, cookie = self.registered()
        for site in ("cross-site", "same-site"):
            for body in ("direction=out", person_form(self.number(), self.notice, direction="out")):
                answer = self.post(body, **cookie, **{"Sec-Fetch-Site": site})
                self.assertEqual((answer.status, answer.headers["Set-Cookie"]), (403, None), site)
        for origin in ("https://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1.evil.example"):   # browsers too old to say more
            answer = self.post(person_form(self.number(), self.notice, direction="out"), Origin=origin)
            self.assertEqual((answer.status, answer.headers["Set-Cookie"]), (403, None), origin)
            self.assertTrue(answer.headers["Content-Type"].startswith("text/html"))
        self.assertEqual(self.post(person_form(self.number(), self.notice, direction="pass"), Origin=f"https://127.0.0.1:{self.service.port}").status, 201)
        for site in ("same-origin", "none"):
            self.assertIn(self.post("direction=pass", **cookie, **{"Sec-Fetch-Site": site}).status, (200, 201), site)
        self.assertNotIn("out", [direction for _, direction, _ in self.scans_of(number)])

    def test_the_last_scan_is_undone_by_its_phone_and_by_no_other(self):
        number, cookie = self.registered()
        other_number, other = self.registered()
        scan = re.search(r'name="undo" value="([^"]+)"', self.post("direction=out", **cookie).text).group(1)
        self.assertEqual(self.post("undo=" + scan, **other).status, 404)
        self.assertEqual(self.post("undo=" + scan).status, 404)
        self.assertEqual(self.post("undo=" + scan, **cookie).status, 200)
        self.assertEqual(self.scans_of(number), [("S1", "in", False), ("S1", "out", True)])

    def test_a_credential_that_was_withdrawn_registers_anew(self):
        number, cookie = self.registered()
        phone_of = self.service.client(cookie["Cookie"].split("=")[1])
        self.assertEqual(phone_of.call("DELETE", "/api/v1/me").status, 200)
        self.assertEqual(self.post("direction=in", **cookie).status, 401)
        self.assertIn('name="number"', self.stranger.get(self.path, cookie).text)

    def test_a_code_that_is_typed_with_its_mistakes_leads_to_its_page(self):
        code = self.code("S1", "any")
        typed = urllib.parse.quote(f" {code[:4].upper()}-{code[4:]} ".replace("0", "O").replace("1", "l"))
        answer = self.stranger.get("/?code=" + typed)
        self.assertEqual((answer.status, answer.headers["Location"]), (303, f"/s/{code}"))
        self.assertEqual(self.stranger.get(f"/?code={code}&lang=en").headers["Location"], f"/s/{code}?lang=en")
        self.assertEqual(self.stranger.get("/?code=" + urllib.parse.quote("//evil.example/")).status, 404)

    def test_who_registers_at_home_has_a_credential_and_no_scan(self):
        number = self.number()
        answer = self.post(person_form(number, self.notice), "/")
        self.assertEqual(answer.status, 201)
        self.assertEqual(self.scans_of(number), [])
        self.assertEqual(self.post("direction=in", **cookie_of(answer)).status, 201)
        self.assertEqual(self.scans_of(number), [("S1", "in", False)])

    def test_refusals_of_posters_are_sentences_in_the_readers_language(self):
        for language, words in (("zh-CN", "无效的场所码"), ("en", "This code is not valid")):
            answer = self.stranger.get("/s/" + "0" * 16, {"Accept-Language": language})
            self.assertEqual(answer.status, 404)
            self.assertIn(words, answer.text)
        self.assertIn("This code is not valid", self.stranger.get("/s/" + "0" * 16 + "?lang=en", {"Accept-Language": "zh-CN"}).text)


if __name__ == "__main__":
    unittest.main()
