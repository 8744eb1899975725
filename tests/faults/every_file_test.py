# SPDX-License-Identifier: Apache-2.0
"""One flipped bit anywhere: in any file of the data folder, its keys and a backup among them. Each file has the same share of the flips.

A flip is found by `chayan check` (by `restore` in a backup), or it does no harm: it hits nothing that is kept, or it lies in a file whose loss
costs nobody anything (HARMLESS, each with its reason), or in a column of the database that no key binds (UNBOUND: decision 44 of
server/README.md), and then it is counted and told. Anything else fails. CHAYAN_FLIPS says how many, times three; CHAYAN_SEED repeats a run.
"""

import collections
import os
import random
import shutil
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults.backup_test import recovery_key  # noqa: E402
from faults.bitflip_test import _fill, flipped  # noqa: E402
from faults.world import World, database, files  # noqa: E402
from support.service import Service, run  # noqa: E402

SEED = int(os.environ.get("CHAYAN_SEED", "20200222"))
FLIPS = 3 * int(os.environ.get("CHAYAN_FLIPS", "30"))

HARMLESS = {
    "reserve": "space that is kept free: nobody reads it",
    "tls-tickets.key": "phones shake hands once more",
    "tls-certificate.pem": "phones are shown a certificate that they refuse; it is public, and a copy lies where it came from",
    "scan-days": "a note for commands that are given no settings; `serve` writes it anew at each start",
    "high-water": "of two slots one is enough, and it only lags; where neither is whole check says so",
}
UNBOUND = {
    "site", "stay", "division", "office", "operator", "session", "case_file", "scan", "registration", "audit", "sequence",
    "audit_subject", "link_key", "verification", "forgetting", "site_day", "counted_day", "schema_migration",
}


def contents(path):
    """Each table's rows; what SQLite's own pages hold besides is nobody's."""
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    connection.text_factory = bytes
    try:
        names = [name.decode() for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    finally:
        connection.close()


class EveryFile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"\nevery_file_test: CHAYAN_SEED={SEED} CHAYAN_FLIPS={FLIPS // 3}, {FLIPS} flips", flush=True)
        printed = []
        original = Service.divisions

        def divisions(service, *args):
            done = original(service, *args)
            printed.append(done.stderr)
            return done

        Service.divisions = divisions
        try:
            cls.world = World(site_count=6).start()
        finally:
            Service.divisions = original
        cls.addClassCleanup(cls.world.close)
        _fill(cls.world)
        cls.world.service.stop()
        cls.data = cls.world.service.data
        cls.backup = os.path.join(cls.world.service.folder, "backup")
        run("backup", "--data", cls.data, cls.backup)
        cls.key_file = cls.world.service.write("recovery", recovery_key(printed[0]))
        cls.before = contents(database(cls.data))
        cls.found = collections.Counter()

    @classmethod
    def tearDownClass(cls):
        told = ", ".join(f"{count} {what}" for what, count in sorted(cls.found.items()))
        print(f"every_file_test: {sum(cls.found.values())} flips: {told}", flush=True)

    def test_a_bit_of_any_file_is_found_or_does_no_harm(self):
        chance = random.Random(SEED)
        names = [path for path in files(self.data) if os.path.getsize(path) > 0] + [self.backup, self.backup + ".keys"]
        self.assertIn(os.path.join(self.data, "keys", "master.key"), names)
        self.assertTrue(any(name.endswith("audit-checkpoints") for name in names), names)
        for turn in range(FLIPS):
            path = names[turn % len(names)]
            offset, bit = chance.randrange(os.path.getsize(path)), chance.randrange(8)
            name = os.path.basename(path)
            where = f"seed {SEED}: bit {bit} of byte {offset} of {name}"
            with self.subTest(where), flipped(path, offset, bit):
                outcome = self._restored() if path.startswith(self.backup) else self._checked(path, name, offset)
                self.found[outcome] += 1
                self.assertFalse(outcome.startswith("undetected"), f"{where}: {outcome}")

    def _checked(self, path, name, offset):
        done = run("check", "--data", self.data, check=False)
        if done.returncode != 0:
            return "found by check"
        if name in HARMLESS:
            return "harmless"
        if path == database(self.data):
            return self._unbound()
        if os.path.dirname(path).endswith("day") and self._is_of_no_row(name):
            return "harmless"
        if name == "audit-checkpoints" and offset == os.path.getsize(path) - 1:
            return "harmless"  # a last line without an end is what a crash leaves, and the one before vouches
        return f"undetected in {name}"

    def _unbound(self):
        now = contents(database(self.data))
        tables = {name for name in now | self.before if now.get(name) != self.before.get(name)}
        if not tables:
            return "harmless"
        return "in a column that no key binds" if tables <= UNBOUND else f"undetected in the tables {sorted(tables)}"

    def _is_of_no_row(self, name):
        """The key of a day that was made ahead: nothing is sealed with it yet."""
        return name == sorted(os.listdir(os.path.join(self.data, "keys", "day")))[-1]

    def _restored(self):
        data = os.path.join(self.world.service.folder, "restored")
        done = run("restore", "--data", data, self.backup, "--recovery-key-file", self.key_file, check=False)
        shutil.rmtree(data, ignore_errors=True)
        return "undetected in the backup" if done.returncode == 0 else "found by restore"


if __name__ == "__main__":
    unittest.main()
