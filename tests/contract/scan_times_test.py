# SPDX-License-Identifier: Apache-2.0
"""The second of a scan: how far ahead, how old, and how written. SECURITY 5.5."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.town import DAY, TownTest, align_to_second, rfc3339, times_in

TRIES = 5


class ScanTimes(TownTest):
    roles = ("guard",)

    def at_edge(self, shift):
        """The answer to a scan `shift` seconds from the server's own second; asked again when that second ended."""
        for _ in range(TRIES):
            resident = self.resident()
            resident.get("/healthz")
            now = align_to_second()
            answer = self.scan(resident, "S1", "in", now + shift)
            if int(time.time()) == now:
                return answer
        self.skipTest("this machine is too busy to send within one second")

    def assert_refused_with_the_servers_time(self, answer):
        self.assert_field(answer, "/at")
        members = [value for key, value in answer.json.items() if key != "errors" and isinstance(value, str)]
        seen = [second for text in members for second in times_in(text)]
        self.assertTrue(any(abs(second - time.time()) < 10 for second in seen), f"no server time in {answer}")

    def test_120_s_ahead_is_taken(self):
        self.assertEqual(self.at_edge(120).status, 201)

    def test_121_s_ahead_is_refused_with_the_servers_time(self):
        self.assert_refused_with_the_servers_time(self.at_edge(121))

    def test_7_days_old_is_taken_and_late(self):
        answer = self.at_edge(-7 * DAY)
        self.assertEqual(answer.status, 201, answer)
        self.assertIn("late", answer.json["scans"][0]["flags"])

    def test_a_second_more_than_7_days_old_is_refused_with_the_servers_time(self):
        self.assert_refused_with_the_servers_time(self.at_edge(-7 * DAY - 1))

    def test_a_day_ahead_a_month_behind_and_the_year_9999_are_refused(self):
        resident, now = self.resident(), int(time.time())
        for at in (now + DAY, now + 8 * 3600, now - 30 * DAY, 253402300799, 0):
            with self.subTest(at):
                self.assert_refused_with_the_servers_time(self.scan(resident, "S1", "in", at))

    def test_8_hours_behind_is_taken(self):
        self.assertEqual(self.scan(self.resident(), "S1", "in", int(time.time()) - 8 * 3600).status, 201)

    def test_any_offset_is_read(self):
        resident, at = self.resident(), int(time.time()) - 60
        first = self.scanned(resident, "S1", "in", rfc3339(at))
        for hours in (8, -5, 14, 0):
            text = rfc3339(at + hours * 3600)[:-1] + f"{'-' if hours < 0 else '+'}{abs(hours):02d}:00"
            self.assertEqual(self.scanned(resident, "S1", "in", text)["id"], first["id"], text)
        half = rfc3339(at + 5 * 3600 + 1800)[:-1] + "+05:30"
        self.assertEqual(self.scanned(resident, "S1", "in", half)["id"], first["id"])

    def test_what_is_no_time_is_refused(self):
        resident = self.resident()
        day = rfc3339(int(time.time()) - 3600)[:10]
        for text in ("2026-02-30T25:61:61Z", f"{day}T24:00:00Z", f"{day}T12:60:00Z", f"{day}T23:59:60Z",
                     f"{day}T12:00:00+99:99", f"{day}T12:00:00", f"{day} 12:00:00", day, "now", "",
                     f"{day}T12:00:00.Z", f"{day}T12:00Z", f"{day}T1:00:00Z", f"{day}T12:00:00Zx",
                     "2025-02-29T12:00:00Z", "-001-01-01T00:00:00Z", "+12026-01-01T00:00:00Z", "1790000000",
                     "２０２６-01-01T00:00:00Z", f"{day}T12:00:00+0800"):
            with self.subTest(text):
                self.assert_field(self.scan(resident, "S1", "in", text), "/at")

    def test_a_number_is_no_time(self):
        resident = self.resident()
        now = int(time.time())
        for number in (now, now * 1000, 10**18, 0, -1, -2**63, 1.5):
            with self.subTest(number):
                answer = resident.post("/api/v1/scans", {"code": self.code("S1"), "direction": "in", "at": number})
                self.assert_problem(answer, 400)
                self.assertIn("/at", answer.pointers, answer)

    def test_the_same_bounds_hold_at_the_gate(self):
        now = int(time.time())
        subject = {"phone": "14300000001", "name": "王明"}
        results = self.gate([subject, "S1", "in", now + 118], [subject, "S1", "in", now + 300],
                            [subject, "S1", "in", now - 7 * DAY + 60], [subject, "S1", "in", now - 7 * DAY - 60],
                            [subject, "S1", "in", "2026-02-30T25:61:61Z"])
        self.assertEqual([result["status"] for result in results], [201, 422, 201, 422, 422], results)


if __name__ == "__main__":
    unittest.main()
