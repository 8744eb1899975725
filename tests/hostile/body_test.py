# SPDX-License-Identifier: Apache-2.0
"""Hostile bodies, times and codes (SECURITY 5.2, 5.5, 5.6): the expected status as problem+json, a process that lives."""

import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from hostile import body_cases  # noqa: E402
from support.people import registration  # noqa: E402
from support.service import Service, rfc3339, unix_second  # noqa: E402

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_CODE_BITS = 80
_AHEAD_S, _AGE_S = 120, 7 * 86400
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def flip(code, bit):
    """The code with one of its 80 bits turned."""
    digit = _ALPHABET.index(code[bit // 5]) ^ (1 << bit % 5)
    return code[:bit // 5] + _ALPHABET[digit] + code[bit // 5 + 1:]


class HostileBodies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.service.divisions()
        cls.service.sites([{"ref": f"s{number}", "category": "shop"} for number in range(3)])
        cls.codes = [_some(by_direction) for _, by_direction in sorted(cls.service.codes().items())]
        cls.service.start()
        cls.notice = cls.service.notice_version(cls.codes[0])
        cls.resident = cls.service.resident(1, cls.notice)

    @classmethod
    def tearDownClass(cls):
        cls.service.close()

    def assert_problem(self, answer, statuses, context):
        self.assertIn(answer.status, statuses, f"{context}: {answer}")
        if answer.status < 400:
            return
        self.assertEqual((answer.headers.get("Content-Type") or "").split(";")[0], "application/problem+json",
                         f"{context}: {answer}")
        self.assertTrue(answer.code, f"{context}: no code in {answer}")
        self.assertIn("request_id", answer.json, f"{context}: {answer}")
        if answer.status == 422:
            self.assertTrue(answer.pointers, f"{context}: 422 names no field: {answer}")

    def _send(self, path, good, cases, client):
        for case in cases:
            with self.subTest(case.name):
                context = f"{path} {case.name}: {case.body[:200]!r}"
                try:
                    answer = client.post(path, case.body, case.headers)
                except OSError as error:
                    self.assertIn(413, case.statuses, f"{context}: {error!r}")
                    client.close()  # the answer of a body that was not read was lost with the connection
                else:
                    self.assert_problem(answer, case.statuses, context)
                self.assertTrue(self.service.running(), f"the server died of {context}")
        answer = client.post(path, good)
        self.assertIn(answer.status, (200, 201), f"{path}: the good body behind all the bad ones: {answer}")

    def test_registrations(self):
        good = registration(2, notice_version=self.notice)
        with self.service.client() as client:
            self._send("/api/v1/registrations", good, body_cases.any_call(good, body_cases.ORDINARY_BYTES_MAX), client)
            self._send("/api/v1/registrations", good, body_cases.registrations(good), client)

    def test_a_body_of_exactly_the_limit_is_read(self):
        good = body_cases.dump(registration(3, notice_version=self.notice))
        with self.service.client() as client:
            answer = client.post("/api/v1/registrations", good + b" " * (body_cases.ORDINARY_BYTES_MAX - len(good)))
            self.assertEqual(answer.status, 201, repr(answer))

    def test_an_old_notice_is_a_conflict(self):
        with self.service.client() as client:
            answer = client.post("/api/v1/registrations", registration(4, notice_version=self._other_notice()))
            self.assert_problem(answer, {409}, "another notice")
            self.assertEqual(answer.code, "notice_changed", repr(answer))

    def _other_notice(self):
        return self.notice + 1 if isinstance(self.notice, int) else "0"

    def test_scans(self):
        good = {"code": self.codes[0], "direction": "in", "at": rfc3339(time.time() - 600)}
        self._send("/api/v1/scans", good, body_cases.any_call(good, body_cases.ORDINARY_BYTES_MAX), self.resident)
        self._send("/api/v1/scans", good, body_cases.scans(good), self.resident)

    def test_batches(self):
        good = {"scans": [{"code": self.codes[0], "direction": "in", "at": rfc3339(time.time() - 700)}]}
        self._send("/api/v1/scans/batch", good, body_cases.any_call(good, body_cases.BATCH_BYTES_MAX), self.resident)
        self._send("/api/v1/scans/batch", good, body_cases.batches(good), self.resident)

    def test_a_bad_item_of_a_batch_spoils_no_other(self):
        good = {"code": self.codes[0], "direction": "out", "at": rfc3339(time.time() - 800)}
        items = [good, {**good, "at": "1970-01-01T00:00:00Z"}, {**good, "code": flip(self.codes[0], 79)},
                 {**good, "at": rfc3339(time.time() - 801)}]
        answer = self.resident.post("/api/v1/scans/batch", {"scans": items})
        self.assertEqual(answer.status, 200, repr(answer))
        statuses = [result["status"] for result in answer.json["results"]]
        self.assertEqual((statuses[0], statuses[1], statuses[3]), (201, 422, 201), repr(answer))
        self.assertIn(statuses[2], (404, 422), repr(answer))

    # --- 5.5 ---

    def _scan(self, at, code=None):
        return self.resident.post("/api/v1/scans", {"code": code or self.codes[1], "direction": "in", "at": at})

    def test_times(self):
        now = int(time.time())
        for name, at, statuses in body_cases.times(now):
            with self.subTest(name):
                answer = self._scan(at)
                self.assert_problem(answer, statuses, f"at {at!r} ({name})")

    def test_the_edges_of_the_window_are_exact(self):
        for name, offset, statuses in (("120 s ahead", _AHEAD_S, {200, 201}), ("121 s ahead", _AHEAD_S + 1, {422}),
                                       ("7 days old", 2 - _AGE_S, {200, 201}), ("older", -1 - _AGE_S, {422})):
            with self.subTest(name):
                time.sleep(1.02 - time.time() % 1)  # early in a second, so that the server's is the same
                answer = self._scan(rfc3339(int(time.time()) + offset))
                self.assert_problem(answer, statuses, name)

    def test_a_time_out_of_the_window_is_told_the_servers_time(self):
        for offset in (_AHEAD_S + 60, 86400, -30 * 86400):
            answer = self._scan(rfc3339(time.time() + offset))
            self.assertEqual(answer.status, 422, repr(answer))
            told = [unix_second(text) for text in _TIME.findall(answer.raw.decode())]
            self.assertTrue(any(abs(second - time.time()) < 5 for second in told), f"no server's time in {answer}")

    def test_a_late_scan_is_flagged_and_kept_in_its_second(self):
        at = rfc3339(time.time() - 8 * 3600 - 11)
        answer = self._scan(at)
        self.assertEqual(answer.status, 201, repr(answer))
        scan = answer.json["scans"][0]
        self.assertIn("late", scan["flags"], repr(answer))
        self.assertEqual(scan["at"], at, repr(answer))

    def test_scans_in_an_order_that_makes_no_sense_are_kept(self):
        base = time.time() - 5 * 3600
        for index, direction in enumerate(("out", "in", "in", "out", "out", "pass")):
            answer = self.resident.post("/api/v1/scans", {"code": self.codes[index % 2], "direction": direction,
                                                          "at": rfc3339(base + index)})
            self.assertEqual(answer.status, 201, f"{index} {direction}: {answer}")

    # --- 5.6 ---

    def _refused_code(self, code, context):
        with self.service.client() as client:
            looked_up = client.get(f"/api/v1/codes/{code}")
            self.assert_problem(looked_up, {404}, f"look-up, {context}: {code}")
        answer = self.resident.post("/api/v1/scans", {"code": code, "direction": "in"})
        self.assert_problem(answer, {404, 422}, f"scan, {context}: {code}")

    def test_no_code_with_a_flipped_bit_is_accepted(self):
        for code in self.codes[:2]:
            for bit in range(_CODE_BITS):
                with self.subTest(bit):
                    self._refused_code(flip(code, bit), f"bit {bit} of {code}")

    def test_a_code_has_exactly_one_spelling(self):
        code = self.codes[0]
        spellings = {"upper case": code.upper(), "one character short": code[:-1], "one character more": code + "0",
                     "twice": code + code,
                     "an o for 0": code[:-1] + "o", "an l for 1": code[:-1] + "l", "an i": "i" + code[1:],
                     "a u": "u" + code[1:], "a hyphen": code[:4] + "-" + code[4:], "padding": code + "=", "empty MAC": code[:6],
                     "zeros": "0" * 16, "all ones": "z" * 16, "a dot": code + ".", "reversed": code[::-1], "nothing like it": "none"}
        for name, spelling in spellings.items():
            if spelling != code:
                with self.subTest(name):
                    self._refused_code(spelling, name)

    def test_other_spellings_in_a_body_are_refused(self):
        code = self.codes[0]
        for spelling in ("", " " + code, code + " ", code + "\n", "https://127.0.0.1/s/" + code, code + "/",
                         code + "/12345",
                         code + "/1234567", code + "/12345a", code + "\0", code.translate({ord(c): ord(c) + 0xFEE0 for c in code}),
                         "a" * 4000):
            with self.subTest(spelling[:40]):
                answer = self.resident.post("/api/v1/scans", {"code": spelling, "direction": "in"})
                self.assert_problem(answer, {400, 404, 413, 422}, f"scan with code {spelling[:60]!r}")

    def test_wrong_screen_digits_are_stale(self):
        answer = self.resident.post("/api/v1/scans", {"code": self.codes[0] + "/000000", "direction": "in"})
        self.assert_problem(answer, {403}, "000000")
        self.assertEqual(answer.code, "stale_screen", repr(answer))

    def test_long_odd_and_doubled_codes_in_the_path_are_refused(self):
        code = self.codes[0]
        for path, statuses in ((f"/api/v1/codes/{'a' * 4096}", {400, 404, 414}), ("/api/v1/codes/", {400, 404}),
                               (f"/api/v1/codes/{code}/{code}", {404}), (f"/api/v1/codes/{code}/", {400, 404}),
                               (f"/api/v1/codes/{code}%0a", {400, 404}), (f"/api/v1/codes/{code}%20", {400, 404}),
                               (f"/api/v1/codes/{code}?code={code}", {200, 400, 404})):
            with self.subTest(path[:80]), self.service.client() as client:
                self.assert_problem(client.get(path), statuses, path[:80])

    def test_another_installations_code_is_refused(self):
        with Service() as other:
            other.divisions()
            other.sites([{"ref": f"s{number}", "category": "shop"} for number in range(3)])
            for code in other.codes().values():
                self._refused_code(_some(code), "of another installation")

    # --- who asks ---

    def test_forged_credentials_are_nobody(self):
        good = self.resident.bearer
        body = {"code": self.codes[2], "direction": "in"}
        changed = [good[:-1] + ("A" if good[-1] != "A" else "B"), good[1:], good + "A", good.swapcase(), good[::-1], "a",
                   "A" * 200]
        for position in range(0, len(good), max(1, len(good) // 40)):
            changed.append(good[:position] + ("A" if good[position] != "A" else "B") + good[position + 1:])
        for bearer in changed:
            with self.subTest(bearer[:60]), self.service.client(bearer) as client:
                self.assert_problem(client.post("/api/v1/scans", body), {401}, f"credential {bearer[:60]!r}")
        for header in (f"Basic {good}", good, f"Bearer  {good}x", "Bearer", "Bearer ", ""):
            with self.subTest(header[:20]), self.service.client() as client:
                answer = client.post("/api/v1/scans", body, {"Authorization": header})
                self.assert_problem(answer, {400, 401}, f"Authorization {header[:20]!r}")

    def test_no_operators_call_answers_a_resident_or_nobody(self):
        for path in ("/api/v1/cases", "/api/v1/people/search", "/api/v1/traces", "/api/v1/gate/scans"):
            for client, status in ((self.service.client(), 401), (self.resident, 403)):
                with self.subTest(f"{path} {status}"):
                    answer = client.post(path, {})
                    self.assert_problem(answer, {401, 403} if status == 403 else {401}, path)


def _some(by_direction):
    return by_direction.get("any") or sorted(by_direction.items())[0][1]


if __name__ == "__main__":
    unittest.main()
