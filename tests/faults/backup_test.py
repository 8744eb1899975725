# SPDX-License-Identifier: Apache-2.0
"""A backup while residents scan, and the way back elsewhere: every scan acknowledged before the command began is there, a
tracer is told the same, no number is given out twice, each fault has its own sentence, and neither file shows anything.

CHAYAN_SEED repeats a run.
"""

import asyncio
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults.load import Load, Scan  # noqa: E402
from faults.secrets_test import Finder  # noqa: E402
from faults.world import CASE, World, files  # noqa: E402
from support.client import Client  # noqa: E402
from support.people import document, name, phone  # noqa: E402
from support.service import PROGRAM, Service, password, run  # noqa: E402

SEED = int(os.environ.get("CHAYAN_SEED", "20200217"))
_BEFORE_S, _AFTER_S = 2.0, 1.0
_PUBLIC_BYTES_MIN = 24          # of a key: so many in a row can't be there by chance


def recovery_key(printed):
    """The key that the first command printed, once, on stderr."""
    lines = [line.strip() for line in printed.splitlines() if line.startswith("  ")]
    if len(lines) != 1:
        raise AssertionError(f"no recovery key in {printed!r}")
    return lines[0]


def largest_numbers(data):
    """What each sequence has come to, read from a copy: the server may be writing."""
    with sqlite3.connect(f"file:{os.path.join(data, 'chayan.db')}?mode=ro", uri=True) as database:
        ask = {"scan": "SELECT max(id) FROM scan", "registration": "SELECT max(id) FROM registration",
               "person": "SELECT max(person) FROM registration", "vehicle": "SELECT ifnull(max(id), 0) FROM vehicle",
               "site": "SELECT max(id) FROM site", "operator": "SELECT max(id) FROM operator",
               "audit": "SELECT max(seq) FROM audit"}
        return {kind: database.execute(sql).fetchone()[0] for kind, sql in ask.items()}


def answers_of(world, load):
    """What the tracer is told about everyone and every site, as plain values."""
    return world.answers(sorted(set(load.people)))


class Restored:
    """A folder restored from a backup, with a server on it when started."""

    def __init__(self, case, world, file, key):
        self.service = Service()
        case.addCleanup(self.service.close)
        self.key_file = self.service.write("recovery", key)
        self.began = time.monotonic()
        run("restore", "--data", self.service.data, file, "--recovery-key-file", self.key_file)
        self.seconds = time.monotonic() - self.began
        self.world = world

    def start(self):
        """The world's questions go to this server from here on."""
        self.service.start()
        self.service.wait_until_ready()
        self.world.service.kill()
        self.world.service, self.old_service = self.service, self.world.service
        self.world.tracer.close()
        self.world.tracer = self.world.session("tracer")
        return self


class Backup(unittest.TestCase):
    def setUp(self):
        self.world, self.key = self._world()
        self.addCleanup(self.world.close)
        self.folder = self.world.service.folder

    def _world(self):
        """The first of its commands prints the recovery key; the world's own keeps it to itself."""
        printed = []
        original = Service.divisions

        def divisions(service, *args):
            done = original(service, *args)
            printed.append(done.stderr)
            return done

        Service.divisions = divisions
        try:
            world = World(site_count=6)
        finally:
            Service.divisions = original
        return world, recovery_key(printed[0])

    def _backup(self, name, check=True):
        return run("backup", "--data", self.world.service.data, os.path.join(self.folder, name), check=check)

    def _restore(self, file, check=True, key=None, data=None):
        """(CompletedProcess, the folder). The folder is not there before."""
        data = data or os.path.join(self.folder, f"restored-{time.monotonic_ns()}")
        key_file = self.world.service.write("recovery", self.key if key is None else key)
        done = run("restore", "--data", data, file, "--recovery-key-file", key_file, check=check, env={"LC_ALL": "en_GB.UTF-8"})
        return done, data

    def _load_with_backup(self, load, file):
        """Runs the load, makes the backup in its midst. What was acknowledged before the command began, and how it went."""
        seen = {}

        async def act(connected):
            await connected.wait()
            await asyncio.sleep(_BEFORE_S)
            seen["acknowledged"] = {scan for scan, ids in load.ids.items() if ids}
            seen["people"] = set(load.people)
            seen["began"] = time.time()
            done = await asyncio.to_thread(run, "backup", "--data", self.world.service.data, file)
            seen["ended"] = time.time()
            seen["out"] = done.stdout
            seen["during"] = {scan for scan, ids in load.ids.items() if ids}
            await asyncio.sleep(_AFTER_S)

        load.run(act, ready=True)
        return seen

    def test_a_backup_under_load_holds_all_that_was_acknowledged_and_answers_alike_elsewhere(self):
        world = self.world.start()
        old_token = world.tracer.bearer
        load = Load(world, SEED)
        file = os.path.join(self.folder, "backup")
        seen = self._load_with_backup(load, file)
        self.assertEqual(load.wrong, [])
        self.assertEqual(seen["out"], "ok\n")
        load.finish()
        self.assertGreater(len(seen["during"]), len(seen["acknowledged"]), "nothing was scanned during the backup")
        self.assertGreater(load.acknowledged_count(), len(seen["during"]), "nothing was scanned after the backup")
        for suffix in ("", ".keys"):
            self.assertEqual(os.stat(file + suffix).st_mode & 0o777, 0o600)
        self.assertFalse(os.path.exists(file + ".partial"))
        gaps = [b - a for a, b in zip(sorted(end for _, end in load.accepted_at), sorted(end for _, end in load.accepted_at)[1:])]
        self.assertLess(max(gaps), 1.5, "the backup kept the writer from writing")

        world.assert_session_survived()
        before = answers_of(world, load)
        before_numbers = largest_numbers(world.service.data)
        restored = Restored(self, world, file, self.key).start()
        checked = run("check", "--data", restored.service.data, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        with Client(world.port, old_token) as client:
            self.assertEqual(client.get("/api/v1/cases").status, 401, "an old session lives")

        kept = [number for number in sorted(set(load.people)) if world.person(number)]
        self.assertLessEqual(seen["people"], set(kept), "an acknowledged registration is not there")
        after = world.answers(kept)
        shown = {}
        for number in kept:
            self.assertEqual(after[number]["id"], before[number]["id"])
            now = after[number]["trajectory"]["scans"]
            then = {scan["id"]: scan for scan in before[number]["trajectory"]["scans"]}
            for scan in now:
                shown[Scan(number, scan["site"]["ref"], scan["at"], scan["direction"])] = scan["id"]
                self.assertIn(scan["id"], then, "a scan that was never taken")
        missing = [scan for scan in seen["acknowledged"] if scan not in shown]
        self.assertEqual(missing[:5], [], f"{len(missing)} scans acknowledged before the command began are missing")
        for scan, scan_id in shown.items():
            self.assertIn(scan_id, load.ids[scan] or {scan_id})
        print(f"\nbackup_test: seed {SEED}: {len(load.accepted_at) / (load.accepted_at[-1][1] - load.accepted_at[0][0]):.0f} requests/s; "
              f"backup {seen['ended'] - seen['began']:.2f} s, largest gap between answers {max(gaps) * 1000:.0f} ms; "
              f"{len(seen['acknowledged'])} scans acknowledged before, {len(shown)} restored in {restored.seconds:.2f} s", flush=True)
        self._assert_numbers_go_on(restored, before_numbers)

    def _assert_numbers_go_on(self, restored, before):
        """`before` was given out by the original up to its end, after the backup too."""
        service = restored.service
        resident = service.resident(100_000, self.world.notice_version)
        code = self.world.codes[0]
        scanned = resident.post("/api/v1/scans", {"code": code.code, "direction": code.directions[0], "plate": "冀F12345"})
        self.assertEqual(scanned.status, 201, repr(scanned))
        service.add_operator("new", "guard")
        after = largest_numbers(service.data)
        for kind, number in before.items():
            if kind != "site":
                self.assertGreater(after[kind], number, kind)
        service.stop()
        service.sites([{"ref": "new", "category": "shop"}])
        self.assertGreater(largest_numbers(service.data)["site"], before["site"])
        checked = run("check", "--data", service.data, check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_a_backup_of_a_still_store_answers_exactly_alike(self):
        world = self.world.start()
        load = Load(world, SEED + 1, connection_count=8)

        async def act(connected):
            await connected.wait()
            await asyncio.sleep(1)

        load.run(act, ready=True)
        load.finish()
        answers = world.answers(sorted(set(load.people)))
        self._backup("still")
        Restored(self, world, os.path.join(self.folder, "still"), self.key).start()
        again = world.answers(sorted(set(load.people)))
        for question, answer in answers.items():
            self.assertEqual(again[question], answer, f"{question} is answered otherwise")
        self.assertEqual(load.differences(again)[:3], [])

    def test_without_a_server_it_works_alike_and_leaves_a_line_in_both_logs(self):
        done = self._backup("alone")
        self.assertEqual(done.stdout, "ok\n")
        _, data = self._restore(os.path.join(self.folder, "alone"))
        for folder, last in ((self.world.service.data, "backed_up"), (data, "restored")):
            with sqlite3.connect(os.path.join(folder, "chayan.db")) as database:
                self.assertEqual(database.execute("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").fetchone()[0], last)

    def test_after_a_restore_an_auditor_reads_on_below_the_numbers_that_were_left_out(self):
        self._backup("pages")
        restored = Restored(self, self.world, os.path.join(self.folder, "pages"), self.key).service
        restored.start()
        auditor = restored.operator("pages", "auditor")
        seen, cursor = [], ""
        while cursor is not None:
            page = auditor.get(f"/api/v1/audit?limit=2{cursor and '&cursor=' + cursor}").json
            seen += [entry["seq"] for entry in page["entries"]]
            cursor = page["next"]
            self.assertLess(len(seen), 1_000, "the pages have no end")
        with sqlite3.connect(os.path.join(restored.data, "chayan.db")) as database:
            kept = [row[0] for row in database.execute("SELECT seq FROM audit ORDER BY seq DESC")]
        self.assertEqual(seen, kept)
        self.assertGreater(seen[0], 2**32)
        self.assertEqual(seen[-1], 1)

    def test_every_fault_has_a_sentence_of_its_own_and_leaves_nothing(self):
        file = os.path.join(self.folder, "good")
        self._backup("good")
        stranger = Service()
        self.addCleanup(stranger.close)
        stranger.divisions()
        run("backup", "--data", stranger.data, os.path.join(self.folder, "other"))
        with open(file, "rb") as opened:
            whole = opened.read()
        with open(file + ".keys", "rb") as opened:
            keys = opened.read()
        with open(os.path.join(self.folder, "other"), "rb") as opened:
            others = opened.read()
        flipped = bytearray(whole)
        flipped[len(flipped) // 2] ^= 1
        spoilt = bytearray(keys)
        spoilt[-40] ^= 1
        cases = [("truncated", whole[:-1], keys, None), ("flipped", bytes(flipped), keys, None), ("no backup", b"hello", keys, None),
                 ("no keys", whole, None, None), ("spoilt keys", whole, bytes(spoilt), None), ("backup of another", others, keys, None),
                 ("wrong key", whole, keys, "0" * 52), ("mistyped key", whole, keys, self.key[:-1])]
        sentences = {}
        for what, bytes_of_file, bytes_of_keys, key in cases:
            bad = os.path.join(self.folder, "bad")
            for path, content in ((bad, bytes_of_file), (bad + ".keys", bytes_of_keys)):
                if os.path.exists(path):
                    os.remove(path)
                if content is not None:
                    with open(path, "wb") as opened:
                        opened.write(content)
            done, data = self._restore(bad, check=False, key=key)
            self.assertEqual(done.returncode, 1, what)
            self.assertEqual(done.stdout, "", what)
            self.assertFalse(os.path.exists(data), what)
            self.assertFalse(os.path.exists(data + ".partial"), what)
            self.assertTrue(done.stderr.startswith(bad + ": "), done.stderr)
            sentences[what] = done.stderr
        self.assertEqual(len(set(sentences.values())), len(cases), sentences)
        full, _ = self._restore(file, check=False, data=self.world.service.data)
        self.assertEqual(full.returncode, 1)
        self.assertIn("not empty", full.stderr)
        again = self._backup("good", check=False)
        self.assertEqual(again.returncode, 1)
        with open(file, "rb") as opened:
            self.assertEqual(opened.read(), whole, "a backup was written over")

    def test_the_key_is_understood_as_people_type_it_and_asked_on_the_terminal_unseen(self):
        file = os.path.join(self.folder, "typed")
        self._backup("typed")
        typed = self.key.upper().replace("-", " ").replace("0", "O").replace("1", "l")
        self._restore(file, key=typed)
        data = os.path.join(self.folder, "asked")
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(PROGRAM, [PROGRAM, "restore", "--data", data, file])
        shown = b""
        while b"Recovery key" not in shown:
            shown += os.read(terminal, 1000)
        time.sleep(0.2)   # it turns the echo off once it has asked
        os.write(terminal, self.key.encode() + b"\n")
        try:
            while chunk := os.read(terminal, 1000):
                shown += chunk
        except OSError:
            pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, shown)
        self.assertNotIn(self.key.encode()[:8], shown)
        self.assertTrue(os.path.exists(os.path.join(data, "chayan.db")))
        nobody = subprocess.run([PROGRAM, "restore", "--data", data + "2", file], stdin=subprocess.DEVNULL, capture_output=True,
                                text=True, start_new_session=True, env={"LC_ALL": "en_GB.UTF-8"}, timeout=60)
        self.assertEqual(nobody.returncode, 1)
        self.assertIn("--recovery-key-file", nobody.stderr)

    def test_neither_file_shows_a_name_a_number_or_a_key(self):
        world = self.world.start()
        finder = Finder()
        for number in range(200):
            world.service.resident(number, world.notice_version).close()
            finder.plant(f"name {number}", name(number))
            finder.plant(f"document {number}", document(number)["number"])
            finder.plant(f"phone {number}", phone(number))
        finder.plant("password", password("tracer"))
        self._backup("secret")
        key_bytes = []
        for path in files(os.path.join(world.service.data, "keys")):
            if not path.endswith(("recovery.pub", "certificate.pem")):
                with open(path, "rb") as opened:
                    content = opened.read()
                key_bytes += [content[at:at + _PUBLIC_BYTES_MIN] for at in range(0, len(content) - _PUBLIC_BYTES_MIN + 1)]
        self.assertGreater(len(key_bytes), 20)
        for suffix in ("", ".keys"):
            with open(os.path.join(self.folder, "secret" + suffix), "rb") as opened:
                data = opened.read()
            self.assertEqual(finder.find(data)[:5], [], f"in FILE{suffix}")
            self.assertEqual([key for key in key_bytes if key in data], [], f"in FILE{suffix}")
            for plain in (b"SQLite format 3", b"CREATE TABLE", b"tracer", CASE.encode()):
                self.assertNotIn(plain, data, f"in FILE{suffix}")
        self.assertNotIn(self.key[:9], world.service.stderr())

    def test_a_kill_in_the_midst_leaves_no_backup_and_the_next_one_clears_up(self):
        world = self.world.start()
        load = Load(world, SEED + 2, connection_count=8)
        path = os.path.join(self.folder, "killed")

        async def act(connected):
            await connected.wait()
            await asyncio.sleep(0.3)
            done = threading.Event()
            asked = threading.Thread(target=lambda: (run("backup", "--data", world.service.data, path, check=False), done.set()))
            asked.start()
            while not os.path.exists(path + ".partial") and not done.is_set():
                await asyncio.sleep(0)
            world.service.kill()
            asked.join()

        load.run(act)
        if os.path.exists(path):
            self.skipTest("the backup was quicker than the kill")
        world.start()
        self.assertEqual(self._backup("killed").stdout, "ok\n")
        self.assertFalse(os.path.exists(path + ".partial"))
        _, data = self._restore(path)
        self.assertEqual(run("check", "--data", data, check=False).returncode, 0)
        shutil.rmtree(data)


if __name__ == "__main__":
    unittest.main()
