# SPDX-License-Identifier: Apache-2.0
"""What stands on every answer of every call, whoever asks and whatever it says: S8 to S14 of the list in server/README.md."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import schema
from support.town import TownTest

ALWAYS = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
          "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}
POLICY = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'")   # of whatever a browser may show
KEPT = ("/assets/", "/gate-worker.js", " /docs ")   # files that are nobody's, and pages without anybody's data in them
PAGES = ("/", "/me", "/gate", "/duty", "/sites", "/trace", "/desk", "/admin", "/setup", "/gate-worker.js")


class Headers(TownTest):
    roles = ("admin", "tracer")

    def answers(self):
        """(what, answer) of every call of the interface, asked by nobody, by an administrator and by a tracer: most are refused, some are answered."""
        document = schema.load()
        for path, operations in document["paths"].items():
            filled = re.sub(r"\{[^}]*\}", "x", path).replace("/alerts/stream", "/alerts/stream?after=0&wait=0")
            filled = filled.replace("/codes/x", f"/codes/{self.code('S1')}").replace("/s/x", f"/s/{self.code('S1')}")
            for method in operations:
                for name, client in (("nobody", self.service.client()), ("admin", self.admin), ("tracer", self.tracer)):
                    if (method, path) == ("delete", "/api/v1/session"):
                        continue   # it would end who asks
                    yield f"{method} {filled} as {name}", client.call(method.upper(), filled, {} if method in ("post", "patch") else None)
        for path in PAGES:
            yield path, self.service.client().get(path, {"Accept": "text/html"})

    def test_on_every_answer_of_every_call(self):
        statuses = set()
        for what, answer in self.answers():
            with self.subTest(what):
                statuses.add(answer.status)
                for name, value in ALWAYS.items():
                    self.assertEqual(answer.headers.get_all(name), [value], name)
                policies = answer.headers.get_all("Content-Security-Policy")
                self.assertEqual(len(policies), 1)
                parts = policies[0].split("; ")
                for part in POLICY if "gate-worker.js" not in what else POLICY[:1]:
                    self.assertTrue(part in parts or part.replace("'self'", "'none'") in parts, policies[0])   # a page without a form allows none
                self.assertNotIn("*", policies[0])
                for banner in ("Server", "X-Powered-By", "Via"):
                    self.assertIsNone(answer.headers.get(banner), banner)
                self.assertFalse([name for name in answer.headers if name.lower().startswith("access-control-")])
                self.kept_by_nobody(what, answer)
                if answer.raw:
                    self.assertRegex(answer.headers["Content-Type"], r"^(text/|application/)[a-z+-]+; charset=utf-8$|^(image/|font/|application/(pdf|octet-stream))")
        self.assertLessEqual({200, 400, 401, 403, 404, 422}, statuses, "the loop saw only some kinds of answers")

    def kept_by_nobody(self, what, answer):
        cache = answer.headers.get_all("Cache-Control")
        self.assertEqual(len(cache), 1)
        is_page = answer.status == 200 and (what in PAGES or any(f" {page} " in what for page in PAGES) or any(kept in what for kept in KEPT))
        if not is_page:
            self.assertEqual(cache, ["no-store"])

    def test_an_origin_that_asks_from_elsewhere_is_told_nothing(self):
        for path in ("/healthz", "/api/v1/session", "/api/v1/openapi.yaml"):
            answer = self.service.client().get(path, {"Origin": "https://evil.example"})
            self.assertFalse([name for name in answer.headers if name.lower().startswith("access-control-")], path)
        self.assertEqual(self.service.client().call("OPTIONS", "/api/v1/scans", headers={"Origin": "https://evil.example"}).status, 405)


if __name__ == "__main__":
    unittest.main()
