# SPDX-License-Identifier: Apache-2.0
"""Errors are problem+json with a stable code, in the reader's language, and show nothing."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import registration
from support.town import TownTest

HAN = re.compile(r"[\u4e00-\u9fff]")


def sentences(problem):
    """What a person reads of a problem."""
    return [problem[key] for key in ("title", "detail") if key in problem] + \
        [error["detail"] for error in problem.get("errors", [])]


class Errors(TownTest):
    roles = ("guard",)

    def failures(self, headers=None):
        """One answer of each common kind, by name."""
        client = self.service.client()
        return {
            "unreadable": client.post("/api/v1/registrations", "{", headers),
            "wrong field": client.post("/api/v1/registrations",
                                       registration(1, notice_version=self.notice, phone="1"), headers),
            "nobody": client.post("/api/v1/scans", {"code": self.code("S1"), "direction": "in"}, headers),
            "not yours": self.guard.post("/api/v1/cases", {"number": "1", "title": "x", "purpose": "x"}, headers),
            "not there": client.get("/api/v1/nowhere", headers),
            "no such code": client.get("/api/v1/codes/" + "0" * 16, headers),
            "no such method": client.call("PUT", "/api/v1/registrations", {}, headers),
            "too large": client.post("/api/v1/registrations", b" " * 5000, headers),
            "other type": client.post("/api/v1/registrations", "x", {**(headers or {}), "Content-Type": "text/plain"}),
        }

    STATUSES = {"unreadable": 400, "wrong field": 422, "nobody": 401, "not yours": 403, "not there": 404,
                "no such code": 404, "no such method": 405, "too large": 413, "other type": 415}

    def test_every_error_has_its_status_a_code_a_sentence_and_a_request_id(self):
        for kind, answer in self.failures().items():
            with self.subTest(kind):
                self.assert_problem(answer, self.STATUSES[kind])
                self.assertRegex(answer.code, r"^[a-z][a-z0-9_]*$")
                self.assertTrue(answer.json["request_id"])
                self.assertTrue(sentences(answer.json))
                self.assertEqual(answer.json.get("status", answer.status), answer.status)

    def test_every_request_has_an_id_of_its_own(self):
        ids = [answer.json["request_id"] for answer in self.failures().values()]
        self.assertEqual(len(set(ids)), len(ids))

    def test_the_code_is_the_same_in_every_language_and_the_sentence_is_not(self):
        chinese = self.failures({"Accept-Language": "zh-CN,zh;q=0.9"})
        english = self.failures({"Accept-Language": "en-GB,en;q=0.9"})
        for kind in self.STATUSES:
            with self.subTest(kind):
                self.assertEqual(chinese[kind].code, english[kind].code)
                self.assertTrue(all(HAN.search(text) for text in sentences(chinese[kind].json)), chinese[kind])
                self.assertFalse(any(HAN.search(text) for text in sentences(english[kind].json)), english[kind])

    def test_the_weight_of_a_language_counts(self):
        for header, chinese in (("en;q=0.2, zh;q=0.9", True), ("zh;q=0.2, en;q=0.9", False), ("fr, en;q=0.5", False),
                                ("zh-TW", True), ("", None), ("x" * 500, None), (";;q=,,", None)):
            with self.subTest(header):
                answer = self.service.client().get("/api/v1/codes/" + "0" * 16, {"Accept-Language": header})
                self.assert_problem(answer, 404)
                if chinese is not None:
                    self.assertEqual(bool(HAN.search(sentences(answer.json)[0])), chinese, answer)

    def test_a_wrong_method_names_the_right_ones(self):
        answer = self.service.client().call("DELETE", "/api/v1/registrations")
        self.assert_problem(answer, 405)
        self.assertIn("POST", answer.headers["Allow"])
        for method in ("OPTIONS", "PUT"):
            for path, allow in (("/api/v1/scans", "POST"), ("/healthz", "GET, HEAD")):
                answer = self.service.client().call(method, path)
                self.assert_problem(answer, 405, "method_not_allowed")
                self.assertEqual(answer.headers["Allow"], allow, answer)
            self.assert_problem(self.service.client().call(method, "/nowhere"), 404)

    def test_an_unknown_parameter_of_the_query_is_pointed_at(self):
        for query, pointer in (("frob=1", "/frob"), ("14200000001=1", "/")):
            answer = self.service.client().get("/healthz?" + query)
            self.assert_problem(answer, 400, "unknown_member")
            self.assertEqual(answer.pointers, [pointer], answer)

    def test_fields_are_named_by_json_pointer(self):
        answer = self.service.client().post("/api/v1/registrations", registration(
            1, notice_version=self.notice, document={"type": "id", "number": "1"}))
        self.assert_field(answer, "/document/number")
        for error in answer.json["errors"]:
            self.assertTrue(error["detail"])

    def test_no_error_shows_how_it_is_built(self):
        for kind, answer in self.failures().items():
            with self.subTest(kind):
                for word in (b"sqlite", b"boost", b"exception", b".cpp", b"std::", b"errno", b"/work", b"/home"):
                    self.assertNotIn(word, answer.raw.lower())

    def test_every_answer_carries_the_security_headers(self):
        answers = {**self.failures(), "good": self.service.client().get(f"/api/v1/codes/{self.code('S1')}")}
        for kind, answer in answers.items():
            with self.subTest(kind):
                self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
                self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
                self.assertIn("max-age=", answer.headers["Strict-Transport-Security"] or "")
                self.assertIsNone(answer.headers["Server"])
                self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])

    def test_a_call_that_does_not_exist_is_404_for_everyone(self):
        for path in ("/api", "/api/v1", "/api/v1/", "/api/v2/scans", "/api/v1/scans/", "/metrics", "/debug"):
            with self.subTest(path):
                self.assertIn(self.service.client().get(path).status, (404, 405))


if __name__ == "__main__":
    unittest.main()
