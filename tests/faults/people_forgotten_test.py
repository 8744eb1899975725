# SPDX-License-Identifier: Apache-2.0
"""Whoever asked for erasure is forgotten by the real service, however often it is killed meanwhile."""

import os
import random
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.service import QUIET_LIMITS, Service, run

KILLS = 4
WITHDRAWN = 60


class PeopleForgotten(unittest.TestCase):
    def _store(self, statement, *values):
        with sqlite3.connect(os.path.join(self.service.data, "chayan.db"), timeout=30) as store:
            return store.execute(statement, values).fetchone()

    def test_whoever_withdrew_goes_unless_a_scan_is_kept_and_nobody_else(self):
        self.service = Service(QUIET_LIMITS)
        self.addCleanup(self.service.close)
        self.service.divisions()
        self.service.sites([{"ref": "A", "category": "traffic"}])
        self.service.import_csv("person", ["name", "document_type", "document_number"], [[name(one), "id", document(one)["number"]] for one in range(3)])
        code = next(iter(self.service.codes()["A"].values()))
        self.service.start()
        self.service.wait_until_ready()
        notice = self.service.notice_version(code)
        residents = [self.service.resident(100 + one, notice) for one in range(WITHDRAWN + 2)]
        for one in residents[:2]:
            self.assertEqual(one.post("/api/v1/scans", {"code": code, "direction": "in"}).status, 201)
        stays = residents[0].bearer
        for one in residents[1:]:
            self.assertEqual(one.call("DELETE", "/api/v1/me").status, 200)
        self.service.kill()
        rng, last = random.Random(), 3 + len(residents)
        for _ in range(KILLS):
            self.service.start()
            time.sleep(rng.uniform(0.8, 1.4))   # the house thread begins after a second
            self.service.kill()
            left = self._store("SELECT count(*) FROM registration")[0]
            self.assertLessEqual(left, last)
            last = left
            for table in ("link_key", "roster_person", "revoked_credential"):
                self.assertEqual(self._store(f"SELECT count(*) FROM {table} WHERE registration NOT IN (SELECT id FROM registration)")[0], 0)
        self.service.start()
        self.service.wait_until_ready()
        deadline = time.monotonic() + 60
        while self._store("SELECT count(*) FROM audit WHERE action = 'rows_forgotten'")[0] == 0:
            self.assertLess(time.monotonic(), deadline, self.service.stderr()[-2000:])
            time.sleep(0.05)
        self.assertEqual(self._store("SELECT count(*) FROM registration")[0], 3 + 2)   # the roster's, who did not withdraw, and whose scan is kept
        self.assertEqual(self._store("SELECT total, untold FROM forgotten_kind WHERE kind = 7"), (WITHDRAWN, 0))
        self.assertEqual(self._store("SELECT count(*) FROM revoked_credential")[0], 1)
        self.assertEqual(self.service.client(stays).post("/api/v1/scans", {"code": code, "direction": "out"}).status, 201)
        self.assertEqual(self.service.client(residents[5].bearer).post("/api/v1/scans", {"code": code, "direction": "in"}).status, 401)
        self.service.kill()
        done = run("check", "--data", self.service.data, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "ok\n"), done.stderr)


if __name__ == "__main__":
    unittest.main()
