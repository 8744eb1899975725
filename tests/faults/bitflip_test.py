# SPDX-License-Identifier: Apache-2.0
"""One flipped bit at rest: `chayan check` says no and names what is broken; a lost end of the WAL stops `serve`.

SQLite itself notices few of these. Positions are drawn from a printed seed; CHAYAN_FLIPS says how many of each kind.
"""

import contextlib
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults import sqlite_file  # noqa: E402
from faults.world import PROGRAM, World, database, fingerprint  # noqa: E402
from support.service import rfc3339, run  # noqa: E402

SEED = int(os.environ.get("CHAYAN_SEED", "20200221"))
FLIPS = int(os.environ.get("CHAYAN_FLIPS", "30"))
_SCANS = 300
_PEOPLE = 25
_FRAMES_MIN = 60


@contextlib.contextmanager
def flipped(path, offset, bit):
    """One bit of a file, turned while the block runs."""
    _flip(path, offset, bit)
    try:
        yield
    finally:
        _flip(path, offset, bit)


def _flip(path, offset, bit):
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1 << bit]))


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _fill(world):
    """Registrations, scans and a tracer's questions, acknowledged one after another; returns how many scans."""
    people = [world.service.resident(number, world.notice_version) for number in range(_PEOPLE)]
    stored = 0
    for number in range(_SCANS):
        code = world.codes[number % len(world.codes)]
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86400 * (1 + number % 3) - 97 * number))
        answer = people[number % _PEOPLE].post("/api/v1/scans", {"code": code.code, "direction": code.directions[0],
                                                                 "at": at})
        if answer.status != 201:
            raise AssertionError(f"scan {number}: {answer}")
        stored += 1
    for number in range(_PEOPLE):
        world.trajectory(world.person(number)[0]["id"])
    for client in people:
        client.close()
    return stored


def _check(data):
    done = run("check", "--data", data, check=False)
    return done.returncode, done.stdout + done.stderr


class FlippedAtRest(unittest.TestCase):
    """The server was stopped cleanly, so all lies in the database file."""

    @classmethod
    def setUpClass(cls):
        print(f"\nbitflip_test: CHAYAN_SEED={SEED} CHAYAN_FLIPS={FLIPS}", flush=True)
        cls.world = World(site_count=6).start()
        _fill(cls.world)
        cls.world.service.stop()
        cls.data = cls.world.service.data
        cls.path = database(cls.data)
        cls.untouched = fingerprint(cls.data)

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def _table(self, *names):
        """Name, columns and values of the first of these tables that exists."""
        connection = sqlite3.connect(f"file:{self.path}?mode=ro&immutable=1", uri=True)
        try:
            roots = dict(connection.execute("SELECT name, rootpage FROM sqlite_master WHERE type = 'table'"))
            name = next((name for name in names if name in roots), None)
            self.assertIsNotNone(name, f"none of the tables {names} among {sorted(roots)}")
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
        finally:
            connection.close()
        values = list(sqlite_file.File(_read(self.path)).values(roots[name]))
        self.assertGreater(len(values), 0, f"{name} is empty")
        return name, columns, values

    def _flip_values(self, word, *tables):
        name, columns, values = self._table(*tables)
        chance = random.Random(f"{SEED}{word}")
        by_column = {}
        for value in values:
            by_column.setdefault(value.column, []).append(value)
        for turn in range(FLIPS):
            value = chance.choice(by_column[sorted(by_column)[turn % len(by_column)]])
            byte, bit = chance.randrange(value.length), chance.randrange(8)
            where = (f"seed {SEED}: bit {bit} of byte {byte} of {value.length} of column "
                     f"{columns[value.column] if value.column < len(columns) else value.column} of {name} row {value.row} "
                     f"at file offset {value.offset + byte}")
            with self.subTest(where), flipped(self.path, value.offset + byte, bit):
                before = fingerprint(self.data)
                code, said = _check(self.data)
                self.assertEqual(code, 1, f"{where}: {said}")
                self.assertIn(word, said.lower(), f"{where}: it does not say what is broken: {said}")
                self.assertRegex(said, rf"\b{value.row}\b", f"{where}: it does not say which: {said}")
                self.assertEqual(fingerprint(self.data), before, f"{where}: check changed the data")

    def test_the_unflipped_store_is_whole_and_check_changes_nothing(self):
        code, said = _check(self.data)
        self.assertEqual(code, 0, said)
        self.assertEqual(fingerprint(self.data), self.untouched)

    def test_a_bit_of_a_scan_row_is_found_and_named(self):
        self._flip_values("scan", "scan")

    def test_a_bit_of_a_registration_is_found_and_named(self):
        self._flip_values("registration", "registration", "profile")

    def test_a_bit_of_the_audit_log_is_found_and_named(self):
        self._flip_values("audit", "audit", "audit_log", "audit_entry")

    def test_a_removed_audit_row_is_found(self):
        name, _, values = self._table("audit", "audit_log", "audit_entry")
        rows = sorted({value.row for value in values})
        for row in (rows[0], rows[len(rows) // 2], rows[-1]):
            with self.subTest(row), tempfile.TemporaryDirectory() as folder:
                data = shutil.copytree(self.data, os.path.join(folder, "data"))
                connection = sqlite3.connect(database(data))
                with connection:
                    for (trigger,) in list(connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")):
                        connection.execute(f"DROP TRIGGER {trigger}")
                    connection.execute(f"DELETE FROM {name} WHERE rowid = ?", (row,))
                connection.close()
                code, said = _check(data)
                self.assertEqual(code, 1, f"audit row {row} removed: {said}")
                self.assertIn("audit", said.lower(), said)


class FlippedWal(unittest.TestCase):
    """The server was killed, so the newest rows lie in the WAL alone."""

    @classmethod
    def setUpClass(cls):
        cls.world = World(site_count=6).start()
        cls.data = cls.world.service.data
        cls.path = database(cls.data)
        cls.wal = cls.path + "-wal"
        with open(cls.path, "rb") as file:
            cls.page_bytes = sqlite_file.File(file.read(100)).page_bytes
        cls.stored = _fill(cls.world)
        cls._scan_until_the_wal_holds_something()
        cls.world.service.kill()
        while cls._scan_count(with_wal=False) == cls.stored:  # a checkpoint was quicker than the kill
            cls.world.start()
            cls._scan_until_the_wal_holds_something()
            cls.world.service.kill()

    @classmethod
    def _scan_until_the_wal_holds_something(cls):
        """A checkpoint comes each second, and then the log begins anew."""
        code, begin = cls.world.codes[0], int(time.time()) - 3 * 86400
        with cls.world.service.resident(_PEOPLE, cls.world.notice_version) as resident:
            for number in range(5000):
                at = rfc3339(begin - 61 * number)
                answer = resident.post("/api/v1/scans", {"code": code.code, "direction": code.directions[0], "at": at})
                if answer.status not in (200, 201):
                    raise AssertionError(f"scan {number}: {answer}")
                cls.stored += answer.status == 201
                if len(sqlite_file.frames(_read(cls.wal), cls.page_bytes)) >= _FRAMES_MIN:
                    return
        raise AssertionError(f"the WAL never held {_FRAMES_MIN} pages")

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    @classmethod
    def _scan_count(cls, with_wal=True):
        """By SQLite alone, on a copy: what would be left of the scans; None where it finds the file damaged by itself."""
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, "copy.db")
            shutil.copy(cls.path, copy)
            if with_wal:
                shutil.copy(cls.wal, copy + "-wal")
            connection = sqlite3.connect(copy)
            try:
                return connection.execute("SELECT count(*) FROM scan").fetchone()[0]
            except sqlite3.DatabaseError:
                return None
            finally:
                connection.close()

    def _losing_flips(self, count):
        """(offset, bit, how many scans SQLite then drops without a word, None when it says that something is wrong)."""
        self.assertTrue(os.path.exists(self.wal), "the kill left no WAL: the test proves nothing")
        frames = sqlite_file.frames(_read(self.wal), self.page_bytes)
        self.assertGreater(len(frames), 10, "hardly anything in the WAL")
        chance = random.Random(f"{SEED}wal")
        whole = self._scan_count()
        self.assertEqual(whole, self.stored)
        found = []
        for _ in range(count * 4):
            frame = chance.choice(frames)
            offset, bit = frame.offset + chance.randrange(frame.length), chance.randrange(8)
            with flipped(self.wal, offset, bit):
                left = self._scan_count()
            lost = None if left is None else whole - left
            if lost != 0:
                found.append((offset, bit, lost))
            if len(found) == count:
                break
        self.assertGreater(len(found), 0, f"seed {SEED}: no flip loses a scan")
        return found

    def _assert_named(self, lost, said, where):
        if lost is None:
            self.assertRegex(said, "damaged|missing", f"{where}: it does not say what is broken: {said}")
        else:
            self.assertRegex(said, rf"\b{lost} acknowledged scans\b", f"{where}: it does not say how many: {said}")

    def test_a_bit_of_the_wal_is_found_and_named(self):
        before = fingerprint(self.data)
        code, said = _check(self.data)
        self.assertEqual(code, 0, f"unflipped: {said}")
        self.assertEqual(fingerprint(self.data), before, "check changed the data")
        for offset, bit, lost in self._losing_flips(FLIPS):
            where = f"seed {SEED}: bit {bit} at offset {offset} of the WAL, {lost} scans lost"
            with self.subTest(where), flipped(self.wal, offset, bit):
                code, said = _check(self.data)
                self.assertEqual(code, 1, f"{where}: {said}")
                self._assert_named(lost, said, where)
        self.assertEqual(fingerprint(self.data), before, "check changed the data")

    def test_serve_refuses_what_the_wal_lost_and_leaves_the_evidence(self):
        for offset, bit, lost in self._losing_flips(4):
            where = f"seed {SEED}: bit {bit} at offset {offset} of the WAL, {lost} scans lost"
            with self.subTest(where):
                with flipped(self.wal, offset, bit):
                    before = _read(self.wal)
                    code, said = self._serve()
                    self.assertEqual(_read(self.wal), before, f"{where}: the refusal touched the WAL")
                self.assertGreater(code, 0, f"{where}: serve did not refuse: {said}")
                self._assert_named(lost, said, where)
        self.assertEqual(_check(self.data)[0], 0, "turned back, all is there again")

    def test_serve_refuses_a_wal_that_is_gone(self):
        with tempfile.TemporaryDirectory() as folder:
            kept = os.path.join(folder, "kept-wal")
            shutil.move(self.wal, kept)
            try:
                code, said = _check(self.data)
                self.assertEqual(code, 1, f"check with the WAL removed: {said}")
                code, said = self._serve()
            finally:
                shutil.move(kept, self.wal)
        self.assertGreater(code, 0, f"serve with the WAL removed: {said}")
        self.assertTrue(re.search(r"\d", said), said)

    def _serve(self):
        """Runs serve until it refuses; -1 when it serves instead."""
        process = subprocess.Popen([PROGRAM, "serve", "--data", self.data, "--port", "0"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        with process:
            for line in process.stdout:  # to its end, or until it serves
                said.append(line)
                if line.startswith("listening "):
                    process.kill()
                    return -1, "".join(said)
        return process.returncode, "".join(said)


if __name__ == "__main__":
    unittest.main()
