# SPDX-License-Identifier: Apache-2.0
"""kill -9 while a day of scans is forgotten: at every moment the rest is whole, and at the end the day is gone from keys, rows and answers.

CHAYAN_KILLS says how often (6), CHAYAN_SEED repeats a run.
"""

import os
import random
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from support.service import QUIET_LIMITS, Service, document, name, rfc3339, run  # noqa: E402

KILLS = int(os.environ.get("CHAYAN_KILLS", "6"))
SEED = int(os.environ.get("CHAYAN_SEED", "20200217"))
SETTINGS = QUIET_LIMITS + "[retention]\nscan_days = 1\n"
PEOPLE, OLD_SCANS, KEPT_SCANS = 20, 24_000, 400
DAY_S = 86_400
LOCAL_S = 8 * 3600


class Forgotten(unittest.TestCase):
    def setUp(self):
        print(f"\nforgetting_test: CHAYAN_SEED={SEED} CHAYAN_KILLS={KILLS}", flush=True)
        self.random = random.Random(SEED)
        self.service = Service(SETTINGS)
        self.addCleanup(self.service.close)
        self.service.divisions()
        self.service.sites([{"ref": "A", "category": "traffic"}, {"ref": "B", "category": "village"}])
        self.service.import_csv("person", ["ref", "name", "document_type", "document_number", "phone"],
                                [[f"p{one}", name(one), "id", document(one)["number"], ""] for one in range(PEOPLE)])
        self.service.add_operator("tracer", "tracer")
        # Local days: the one before the day before yesterday is forgotten, yesterday is kept, also when midnight comes meanwhile.
        self.today = (int(time.time()) + LOCAL_S) // DAY_S
        self.old, self.kept = self.today - 3, self.today - 1
        scans = [self._scan(self.old, number, OLD_SCANS) for number in range(OLD_SCANS)]
        for number in range(KEPT_SCANS):   # among the others, as history comes
            scans.insert(self.random.randrange(len(scans)), self._scan(self.kept, number, KEPT_SCANS))
        done = self.service.import_csv("scan", ["ref", "site", "at", "direction"], scans)
        self.assertIn(f"new {OLD_SCANS + KEPT_SCANS},", done.stdout)

    @staticmethod
    def _scan(day, number, of):
        return [f"p{number % PEOPLE}", "AB"[number % 2], rfc3339(day * DAY_S - LOCAL_S + 60 + number * 80_000 // of), "in"]

    def _store(self, statement, *values):
        with sqlite3.connect(os.path.join(self.service.data, "chayan.db"), timeout=30) as store:
            return store.execute(statement, values).fetchone()

    def _rows(self, day):
        begin = day * DAY_S - LOCAL_S
        return self._store("SELECT count(*) FROM scan WHERE at >= ? AND at < ?", begin, begin + DAY_S)[0]

    def _key(self, day, end):
        return os.path.exists(os.path.join(self.service.data, "keys", "day", f"{rfc3339(day * DAY_S)[:10]}.{end}"))

    def _check(self, context):
        done = run("check", "--data", self.service.data, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "ok\n"), f"{context}: {done.stderr}")

    def _answers(self):
        """Who passed on the kept day. Nobody asks about the old one before it is gone: the case would hold it."""
        with self.service.session("tracer") as tracer:
            if self.case is None:
                self.case = self.service.case(tracer)
            return [self._passages(tracer, site, self.kept) for site in "AB"]

    def _passages(self, tracer, site, day):
        begin = day * DAY_S - LOCAL_S
        answer = tracer.get(f"/api/v1/sites/{site}/passages?case={self.case}&from={rfc3339(begin)}&to={rfc3339(begin + DAY_S)}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json["passages"]

    def _await(self, what, holds):
        deadline = time.monotonic() + 60
        while not holds():
            self.assertLess(time.monotonic(), deadline, f"{what}: {self.service.stderr()[-2000:]}")
            time.sleep(0.01)

    def test_a_day_is_forgotten_whole_however_often_it_is_killed(self):
        self.case = None
        self.service.start()
        self.service.wait_until_ready()
        before = self._answers()
        self.assertTrue(all(before))
        self._await("the day is marked", lambda: self._store("SELECT count(*) FROM forgotten_day WHERE day = ?", self.old)[0] == 1)
        self.assertTrue(self._key(self.old, "key"))
        self.service.kill()
        self._store("UPDATE forgotten_day SET waited_s = ?", DAY_S)   # as if it had been running for a day
        rows, partly = OLD_SCANS, 0
        for kill in range(KILLS):
            self.service.start()
            time.sleep(self.random.uniform(0.8, 1.5))   # the house thread begins after a second
            self.service.kill()
            context = f"seed {SEED}, kill {kill}"
            left = self._rows(self.old)
            self.assertLessEqual(left, rows, context)
            partly += 0 < left < OLD_SCANS
            rows = left
            self.assertTrue(left == OLD_SCANS or self._key(self.old, "destroyed"), context)
            self.assertEqual(self._rows(self.kept), KEPT_SCANS, context)
            self._check(context)
        self.service.start()
        self.service.wait_until_ready()
        self._await("the day is gone", lambda: self._store("SELECT finished FROM forgotten_day WHERE day = ?", self.old)[0] is not None)
        print(f"forgetting_test: {partly} of {KILLS} kills found some rows gone and some not", flush=True)
        self.assertEqual(self._answers(), before)
        self.service.stop()
        self.assertEqual((self._rows(self.old), self._rows(self.kept)), (0, KEPT_SCANS))
        self.assertEqual((self._key(self.old, "key"), self._key(self.old, "destroyed"), self._key(self.kept, "key")), (False, True, True))
        self.assertEqual(self._store("SELECT scans FROM forgotten_day WHERE day = ?", self.old)[0], OLD_SCANS)
        self.assertEqual(self._store("SELECT count(*) FROM audit WHERE action = 'scans_forgotten'")[0], 1)
        self.assertGreater(self._store("SELECT count(*) FROM site_day WHERE day = ?", self.old)[0], 0)
        self._check("at the end")
        self.service.start()
        self.service.wait_until_ready()
        self.assertEqual(self._answers(), before)
        with self.service.session("tracer") as tracer:
            self.assertEqual(self._passages(tracer, "A", self.old), [])


if __name__ == "__main__":
    unittest.main()
