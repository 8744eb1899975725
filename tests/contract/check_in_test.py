# SPDX-License-Identifier: Apache-2.0
"""The check-in page as HTTP: what a browser without script sends and gets. tests/browser looks at it as people do."""

import base64
import gzip
import hashlib
import os
import re
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import FORM, document, id_number, name, person_form, phone
from support.service import Service, rfc3339
from support.town import TownTest

PAGE_BYTES_MAX = 14 * 1024   # ten packets: what a server sends before it waits for the first answer


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

    def test_a_number_that_is_cut_short_is_no_card_of_the_last_century(self):
        number = self.number()
        short = document(number)["number"][:15]
        for form in (person_form(number, self.notice, direction="in").replace(document(number)["number"], short), person_form(number, self.notice, direction="in", more_name="小雨", more_relation="子女", more_number=short)):
            answer = self.post(form)
            self.assertEqual(answer.status, 422, form)
            self.assertIn("应为 18 位", answer.text)

    def test_a_page_that_was_made_for_another_holder_records_nobody(self):
        number, cookie = self.registered()
        page = self.stranger.get(self.path, cookie).text
        mark = re.search(r'name="holder" value="([^"]+)"', page).group(1)
        self.assertEqual(self.post(f"direction=out&holder={mark}", **cookie).status, 201)
        other, later = self.registered()
        answer = self.post(f"direction=out&holder={mark}", **later)
        self.assertEqual(answer.status, 409)
        self.assertIn(f"{name(other)} 出，点这里", answer.text)   # and whose phone it is now is asked by name
        self.assertEqual(self.scans_of(other), [("S1", "in", False)])
        own = re.search(r'name="holder" value="([^"]+)"', answer.text).group(1)
        batch = lambda holder: self.stranger.post("/api/v1/scans/batch", {"scans": [{"code": self.code("S2"), "direction": "in"}], **holder}, later)
        self.assert_problem(batch({"holder": mark}), 409, "holder_changed")
        self.assertEqual(batch({"holder": own}).json["results"][0]["status"], 201)
        self.assertEqual(len(self.scans_of(other)), 2)

    def test_a_phone_that_is_known_says_nothing_of_who_works_with_it(self):
        _, cookie = self.registered()
        for path in ("/api/v1/session", "/api/v1/sites", "/api/v1/gate/sites"):
            self.assert_problem(self.stranger.get(path, cookie), 401, "unauthenticated")
            credential = cookie["Cookie"].split("=", 1)[1]
            self.assert_problem(self.stranger.get(path, {"Authorization": f"Bearer {credential}"}), 403, "forbidden")

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

    def test_everybody_ticked_passes_with_one_tap_and_is_undone_with_one(self):
        number = self.number()
        child, elder = self.number(), self.number()
        answer = self.post(person_form(number, self.notice, direction="in", more_name=name(child), more_relation="孩子", more_number=document(child)["number"]))
        self.assertEqual(answer.status, 201, answer)
        self.assertIn(f"{name(number)[0]}* 等 2 人", answer.text.replace("**", "*"))
        cookie = cookie_of(answer)
        answer = self.post(urllib.parse.urlencode({"add": 1, "more_name": name(elder), "more_relation": "母亲", "more_birth": "1950-01-02"}), **cookie)
        self.assertEqual(answer.status, 201, answer)
        ticked = re.findall(r'name="(d\d)" value="([^"]+)" data-name="([^"]+)"[^>]*?( checked)?>', answer.text)
        self.assertEqual([(who, bool(tick)) for _, _, who, tick in ticked], [(name(child), False), (name(elder), True)])
        self.assertEqual(self.scans_of(child), [("S1", "in", False)])
        answer = self.post(urllib.parse.urlencode({"direction": "out", "family": 1, "plate": "冀f·12345", **{field: one for field, one, _, _ in ticked}}), **cookie)
        self.assertEqual(answer.status, 201, answer)
        self.assertIn("冀F12345", answer.text)
        self.assertEqual((self.scans_of(number), self.scans_of(child)), ([("S1", "in", False)], [("S1", "in", False), ("S1", "out", False)]))   # without the holder
        undo = re.search(r'name="undo" value="([^"]+)"', answer.text).group(1)
        self.assertEqual(len(undo.split()), 2)
        self.assertEqual(self.post("undo=" + urllib.parse.quote(undo), **cookie).status, 200)
        self.assertEqual(self.scans_of(child), [("S1", "in", False), ("S1", "out", True)])

    def test_what_is_wrong_with_who_comes_along_is_told_there_and_nobody_is_registered(self):
        number = self.number()
        answer = self.post(person_form(number, self.notice, direction="in", more_name="小雨", more_relation="孩子", more_number="130682"))
        self.assertEqual(answer.status, 422)
        self.assertRegex(answer.text, r'id="more_number-fault"[^>]*>证件号位数不对')
        self.assertIn(document(number)["number"], answer.text)
        self.assertIn('value="小雨"', answer.text)
        self.assertEqual((cookie_of(answer), self.search(document=document(number))), (None, []))
        _, cookie = self.registered()
        for body, place in (("direction=out&plate=%3F", 'id="plate-fault"[^>]*>车牌里'), ("direction=out&family=1", 'role="alert">请至少选一个人'),
                            ("direction=out&d0=d1" + "0" * 21, 'role="alert">没有登记这位家属')):
            answer = self.post(body, **cookie)
            self.assertEqual(answer.status, 422, body)
            self.assertRegex(answer.text, place)

    def test_a_tap_with_its_second_is_one_scan_however_often_and_in_whatever_way_it_comes(self):
        number, cookie = self.registered()
        at = rfc3339(int(time.time()) - 20)
        tap = urllib.parse.urlencode({"direction": "out", "at": at})
        self.assertEqual([self.post(tap, **cookie).status for _ in range(2)], [201, 200])
        phone_of = self.service.client(cookie["Cookie"].split("=")[1])
        batch = phone_of.post("/api/v1/scans/batch", {"scans": [{"code": self.code("S1"), "direction": "out", "at": at, "self": True, "dependants": []}]})
        self.assertEqual([one["status"] for one in batch.json["results"]], [200])
        self.assertEqual(self.scans_of(number), [("S1", "in", False), ("S1", "out", False)])

    def test_a_result_of_long_ago_says_so_whatever_the_phone_sends(self):
        _, cookie = self.registered()
        for seconds, is_old in ((10, False), (290, False), (400, True), (86400, True)):
            answer = self.post(urllib.parse.urlencode({"direction": "out", "at": rfc3339(int(time.time()) - seconds)}), **cookie)
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual(('class="result stale"' in answer.text, "5 分钟前" in answer.text.split('id="stale"')[1][:120]), (is_old, is_old), seconds)

    def test_the_word_of_the_day_stands_on_results_alone(self):
        word = self.guard.get("/api/v1/gate/word").json["word"]
        number, cookie = self.registered()
        result = self.post("direction=out", **cookie)
        if self.guard.get("/api/v1/gate/word").json["word"] == word:   # it is not midnight
            self.assertIn(f">{word}</b>", result.text)
        for page in (self.stranger.get(self.path), self.stranger.get(self.path, cookie), self.stranger.get("/", cookie)):
            self.assertNotIn(f">{word}</b>", page.text)

    def test_letters_and_language_stay_as_they_were_chosen(self):
        answer = self.stranger.get(self.path + "?view=large&lang=en")
        chosen = [header.split(";")[0] for header in answer.headers.get_all("Set-Cookie")]
        self.assertEqual(sorted(chosen), ["__Host-lang=en", "__Host-view=large"])
        for header in answer.headers.get_all("Set-Cookie"):
            self.assertIn("; Path=/; Secure; SameSite=Lax; Max-Age=31536000", header)
        self.assertIn('<html lang="en" class="large">', self.stranger.get(self.path, {"Cookie": "; ".join(chosen), "Accept-Language": "zh-CN"}).text)
        self.assertIn('<html lang="zh-CN">', self.stranger.get(self.path, {"Accept-Language": "zh-CN"}).text)
        self.assertIsNone(self.stranger.get(self.path + "?view=huge&lang=fr").headers["Set-Cookie"])

    def pages(self):
        """Every page of a resident, the largest of its kind, as (path, body, cookie)."""
        _, cookie = self.registered()
        for i in range(10):
            body = {"add": 1, "more_name": "阿卜杜热西提·买买提" + "一二三四五六七八九十"[i], "more_relation": "祖辈老人", "more_number": id_number(self.number() % 490)}
            self.assertEqual(self.post(urllib.parse.urlencode(body), **cookie).status, 201)
        wrong = person_form(self.number(), self.notice, name="阿卜杜热西提·买买提·" + '"' * 40, phone="1", direction="in", plate="?", more_name="x" * 60, more_number="1")
        return [("", None, {}), ("", None, cookie), ("", "direction=in&plate=%E5%86%80F12345", cookie), ("", wrong, {}), ("", wrong, cookie), ("", "direction=in&plate=%3F", cookie)]

    def test_every_page_is_at_most_14_kb_compressed_and_says_the_same_as_uncompressed(self):
        for path, body, cookie in self.pages():
            for query in ("?lang=zh", "?lang=en&view=large"):
                ask = lambda coding: self.stranger.call("GET" if body is None else "POST", self.path + query, body,   # noqa: E731
                                                        {**(FORM if body else {}), **cookie, **({"Accept-Encoding": coding} if coding else {})})
                small, plain = ask("br, gzip, deflate"), ask(None)
                self.assertEqual((small.headers["Content-Encoding"], plain.headers["Content-Encoding"], small.headers["Vary"]), ("gzip", None, "Accept-Encoding"))
                self.assertLessEqual(len(small.raw), PAGE_BYTES_MAX, (body, query))
                still = lambda text: re.sub(r'data-(?:now|second)="\d+"|\d\d:\d\d:\d\d|value="[0-9a-z ]{20,}"|data-left="\d+"', "", text)   # noqa: E731
                self.assertEqual(still(gzip.decompress(small.raw).decode()), still(plain.text))
        for coding in ("gzip;q=0", "identity", "br"):
            self.assertIsNone(self.stranger.get(self.path, {"Accept-Encoding": coding}).headers["Content-Encoding"])

    def test_nothing_that_a_stranger_can_choose_stands_on_a_page_beside_a_name(self):
        number, cookie = self.registered()
        guess = "zq7guess"
        for path in (f"{self.path}?from={guess}&as={guess}&view={guess}&lang={guess}", f"/?from={guess}", f"/?code={guess}", f"/s/{guess}?code={guess}"):
            answer = self.stranger.get(path, cookie)
            self.assertFalse(guess in answer.text and name(number) in answer.text, path)

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


class Notice(unittest.TestCase):
    def test_the_notice_says_how_long_and_whom_to_call_and_so_does_a_refusal(self):
        with Service('[limits]\nenabled = false\n[retention]\nscan_days = 21\n[poster]\nhotline = "0312-12345"\nissuer = "定州市<疫情>防控指挥部"\n') as service:
            service.divisions()
            service.sites([{"ref": "S1", "name": "国大商场", "category": "shop"}])
            service.start()
            client = service.client()
            page = client.get(f"/s/{service.codes()['S1']['any']}").text
            for words in ("保存 21 天", '<a href="tel:031212345">0312-12345</a>', "定州市&lt;疫情&gt;防控指挥部"):
                self.assertIn(words, page)
            self.assertIn('<a href="tel:031212345">', client.get("/s/" + "0" * 16).text)


if __name__ == "__main__":
    unittest.main()
