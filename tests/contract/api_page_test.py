# SPDX-License-Identifier: Apache-2.0
"""/docs, the page of the interface: every call of the document is on it with what the document says, in both languages, and nothing is loaded or run."""

import base64
import hashlib
import html
import json
import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import schema
from support.service import Service


def plain(text):
    return html.unescape(re.sub(r"<[^>]+>", " ", text))


class ApiPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service().start()
        cls.addClassCleanup(cls.service.close)
        cls.document = schema.load()
        cls.answers = {language: cls.service.client().get(f"/docs?lang={language}") for language in ("zh", "en")}
        cls.pages = {language: answer.text for language, answer in cls.answers.items()}

    def sections(self, language):
        """{"GET /path": what stands below it}."""
        parts = re.split(r"<h3 id=[^>]*><b[^>]*>(\w+)</b> <code>([^<]+)</code></h3>", self.pages[language])[1:]
        return {f"{method} {html.unescape(path)}": text for method, path, text in zip(parts[::3], parts[1::3], parts[2::3])}

    def calls(self):
        return [(method.upper(), path, operation) for path, operations in self.document["paths"].items() for method, operation in operations.items()]

    def test_every_call_is_there_once_with_roles_parameters_an_example_answers_and_errors(self):
        for language in ("zh", "en"):
            sections = self.sections(language)
            self.assertEqual(sorted(sections), sorted(f"{method} {path}" for method, path, _ in self.calls()))
            for method, path, operation in self.calls():
                with self.subTest(f"{language} {method} {path}"):
                    text = sections[f"{method} {path}"]
                    for status in operation["responses"]:
                        self.assertIn(f"<td><code>{status}</code></td>", text)
                    for parameter in operation.get("parameters", ()):
                        self.assertIn(f"<td><code>{schema.resolve(self.document, parameter)['name']}</code></td>", text)
                    self.assertIn("<pre>curl ", text)
                    self.assertEqual("Authorization: Bearer" in plain(text.split("<pre>")[1]), operation["x-who"] != "anyone")
                    if language == "en":
                        self.assertIn(" ".join(operation["summary"].split()), " ".join(plain(text).split()))
                        self.assertTrue(all(role in plain(text) for role in operation["x-who"].split() if role not in ("operator", "resident")))
                    else:
                        self.assertRegex(plain(text)[:200], "[\u4e00-\u9fff]{2}")

    def test_links_inside_it_lead_somewhere(self):
        for page in self.pages.values():
            names = re.findall(r' id="([^"]+)"', page)
            self.assertEqual(len(names), len(set(names)))
            self.assertEqual({link for link in re.findall(r'href="#([^"]+)"', page)} - set(names), set())

    def test_examples_of_bodies_fit_what_is_described(self):
        examples = 0
        for key, text in self.sections("zh").items():
            method, path = key.split(" ")
            content = self.document["paths"][path][method.lower()].get("requestBody", {}).get("content", {}).get("application/json")
            found = re.search(r"-d '(.*)'", html.unescape(text.split("<pre>")[1].split("</pre>")[0]), re.S)
            self.assertEqual(found is not None, content is not None, key)
            if content:
                examples += 1
                self.assertEqual(schema.faults(self.document, content["schema"], json.loads(found[1])), [], key)
        self.assertGreater(examples, 40)

    def test_nothing_is_loaded_or_run(self):
        for answer in self.answers.values():
            policy = answer.headers["Content-Security-Policy"]
            style = re.search(r"<style>(.*?)</style>", answer.text, re.S)[1]
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            self.assertEqual(policy, f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'")
            self.assertEqual(re.findall(r"<(?:script|link|img|iframe|object|form)\b|\bstyle=|\bon\w+=|\bsrc=", answer.text), [])
            self.assertEqual(re.findall(r'href="(?!#|/)[^"]*"', answer.text), [])

    def test_it_is_chinese_unless_english_is_asked_for_and_small_where_the_browser_can(self):
        client = self.service.client()
        self.assertIn('<html lang="zh-CN">', client.get("/docs").text)
        self.assertIn('<html lang="en">', client.call("GET", "/docs", None, {"Accept-Language": "en"}).text)
        self.assertEqual(client.get("/docs/").status, 200)
        small = client.call("GET", "/docs", None, {"Accept-Encoding": "gzip, deflate, br"})
        self.assertEqual(small.headers["Content-Encoding"], "br")
        self.assertLess(len(small.raw), 60_000)

    def test_the_administration_leads_there_and_no_other_address_shows_it(self):
        client = self.service.client()
        main = re.search(r'src="([^"]+/admin/main.js)"', client.get("/admin").text)[1]
        self.assertIn('href="/docs"', client.get(main).text)
        self.assertEqual(client.get(main.replace("admin/main.js", "docs/zh.html")).status, 404)


if __name__ == "__main__":
    unittest.main()
