# SPDX-License-Identifier: Apache-2.0
"""The pages of staff as they are served: one document each, files that never change under their address, the session behind them."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import password
from support.town import TownTest

PAGES = ("gate", "duty", "sites", "trace", "admin", "setup", "me")


class Pages(TownTest):
    roles = ("guard", "tracer")

    def page(self, name, **headers):
        return self.service.client().get(f"/{name}", headers)

    def asset(self, name="gate"):
        return re.search(r'src="([^"]+)"', self.page(name).text).group(1)

    def test_each_page_names_its_modules_and_nothing_else_may_run(self):
        for name in PAGES:
            with self.subTest(name):
                answer = self.page(name)
                self.assertEqual((answer.status, answer.headers["Cache-Control"]), (200, "no-cache"))
                self.assertNotRegex(answer.text, r"<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=")
                policy = answer.headers["Content-Security-Policy"]
                for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
                    self.assertIn(part, policy.split("; "))
                self.assertEqual("style-src-attr 'unsafe-inline'" in policy, name in ("trace", "admin", "setup"))
                self.assertNotIn("unsafe-eval", policy)
                camera = "camera=(self)" if name in ("gate", "duty") else "camera=()"
                self.assertIn(camera, answer.headers["Permissions-Policy"])
                for address in re.findall(r'(?:src|href)="(/[^"]+)"', answer.text):
                    self.assertEqual(self.service.client().get(address).status, 200, address)

    def test_the_language_is_that_of_the_address_or_else_of_the_browser(self):
        for path, accepts, lang in (("gate", "en", "en"), ("gate", "zh-CN", "zh-CN"), ("gate?lang=en", "zh-CN", "en"), ("gate?lang=zh", "en", "zh-CN")):
            self.assertIn(f'<html lang="{lang}">', self.page(path, **{"Accept-Language": accepts}).text, path)

    def test_whoever_keeps_a_copy_keeps_one_for_each_language(self):
        for name in PAGES:
            self.assertEqual(self.page(name).headers["Vary"], "Accept-Language, Cookie", name)

    def test_a_link_that_an_app_has_lengthened_opens_all_the_same(self):
        for name in PAGES:
            self.assertEqual(self.page(name + "?from=groupmessage&isappinstalled=0").status, 200, name)

    def test_a_stray_slash_is_passed_over_and_a_wrong_address_is_told_in_words_to_a_browser(self):
        browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
        for name in PAGES:
            self.assertEqual(self.page(name + "/").status, 200, name)
        self.assertEqual(self.service.client().get(f"/s/{self.code('S1')}/", browser).status, 200)
        for path in ("/nope", "/me/x", "/sites/a/b", "/favicon.ico"):
            answer = self.service.client().get(path, browser)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (404, "text/html; charset=utf-8"), path)
            self.assertIn("There is nothing at this address.", answer.text)
            self.assertIn('href="/"', answer.text)
            self.assert_problem(self.service.client().get(path, {"Accept": "application/json"}), 404, "not_found")
        self.assert_problem(self.service.client().get("/api/v1/nope", browser), 404, "not_found")
        self.assert_problem(self.service.client().get("/api/v1/sites/", browser), 404, "not_found")

    def test_a_file_may_be_kept_for_ever_and_comes_smaller_to_who_reads_brotli(self):
        path = self.asset()
        plain, packed = (self.service.client().get(path, headers) for headers in ({}, {"Accept-Encoding": "gzip, br"}))
        self.assertEqual(plain.headers["Cache-Control"], "public, max-age=31536000, immutable")
        self.assertEqual(plain.headers["Content-Type"], "text/javascript; charset=utf-8")
        self.assertNotIn("Content-Encoding", plain.headers)
        self.assertEqual((packed.headers["Content-Encoding"], packed.headers["Vary"]), ("br", "Accept-Encoding"))
        self.assertLess(len(packed.raw), len(plain.raw))
        self.assertNotIn("Content-Encoding", self.service.client().get(path, {"Accept-Encoding": "br;q=0"}).headers)

    def test_what_is_no_file_of_this_set_is_not_there(self):
        path = self.asset()
        _, _, digest, folder, file = path.split("/")
        for other in (f"/assets/{'0' * len(digest)}/{folder}/{file}", f"/assets/{digest}/{folder}/package.json", f"/assets/{digest}/vendor/{file}",
                      f"/assets/{digest}/{folder}"):
            self.assertEqual(self.service.client().get(other).status, 404, other)
        self.assertEqual(self.service.client().get(f"/assets/{digest}/{folder}/..%2f{file}").status, 400)

    def test_what_stands_below_the_pages_is_there(self):
        start = self.asset().rsplit("/", 2)[0]
        for name in ("vendor/preact.js", "vendor/hooks.js", "vendor/htm.js", "vendor/echarts.js", "vendor/jsqr.js", "common/api.js"):
            text = self.service.client().get(f"{start}/{name}").text
            self.assertGreater(len(text), 500, name)
            self.assertNotRegex(text, r'from"(?![./])', name)   # no bundler looks a package's name up
            self.assertNotIn("sourceMappingURL", text, name)


class OwnSession(TownTest):
    roles = ("guard", "tracer")

    def test_the_session_says_who_it_is_and_gives_the_token_to_write_with(self):
        client = self.service.client()
        opened = client.post("/api/v1/session", {"login": "guard-1", "password": password("guard-1")})
        cookie = {"Cookie": opened.headers["Set-Cookie"].split(";")[0]}
        told = client.get("/api/v1/session", cookie)
        self.assertEqual(told.status, 200, told)
        self.assertEqual({key: told.json[key] for key in ("login", "roles", "scope", "site", "must_enrol", "confirmed", "time_zone")},
                         {"login": "guard-1", "roles": ["guard"], "scope": None, "site": None, "must_enrol": False, "confirmed": True, "time_zone": "Asia/Shanghai"})
        self.assertEqual(told.json["csrf"], opened.json["csrf"])
        self.assertEqual(client.call("DELETE", "/api/v1/session", headers=cookie).code, "csrf_missing")
        self.assertEqual(client.call("DELETE", "/api/v1/session", headers={**cookie, "X-CSRF-Token": told.json["csrf"]}).status, 200)
        self.assertEqual(client.get("/api/v1/session", cookie).status, 401)

    def test_two_sessions_have_two_tokens_and_neither_is_the_session(self):
        login = {"login": "tracer-1", "password": password("tracer-1")}
        first, second = (self.service.client().post("/api/v1/session", login).json for _ in range(2))
        self.assertEqual(len({first["csrf"], second["csrf"], first["token"], second["token"]}), 4)

    def test_a_scope_is_told_by_its_name(self):
        told = self.service.operator("narrow", "guard", "130682100").get("/api/v1/session").json
        self.assertEqual(told["scope"]["code"], "130682100")
        self.assertTrue(told["scope"]["name"])

    def test_nobody_has_none(self):
        self.assertEqual(self.service.client().get("/api/v1/session").status, 401)


if __name__ == "__main__":
    unittest.main()
