# SPDX-License-Identifier: Apache-2.0
"""A full disk: scans are refused and never acknowledged falsely, questions go on, service returns with the space."""

import asyncio
import errno
import os
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults.load import Load  # noqa: E402
from faults.world import World  # noqa: E402
from support.people import registration  # noqa: E402

SEED = int(os.environ.get("CHAYAN_SEED", "20200218"))
_DISK_MB = 96
_FULL_WITHIN_S = 45
_BACK_WITHIN_S = 60


def _command(*args):
    return subprocess.run(args, capture_output=True, text=True, check=False).returncode == 0


class SmallDisk:
    """A file system of its own: ext4 in a file, else tmpfs. `kind` is None when neither could be mounted."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="chayan-disk-")
        self.mount = os.path.join(self.folder, "mount")
        image = os.path.join(self.folder, "image")
        os.mkdir(self.mount)
        with open(image, "wb") as file:
            file.truncate(_DISK_MB << 20)
        self.kind = None
        if os.geteuid() != 0:
            return
        if _command("mkfs.ext4", "-q", "-F", "-m", "0", image) and _command("mount", "-o", "loop", image, self.mount):
            self.kind = "ext4"
        elif _command("mount", "-t", "tmpfs", "-o", f"size={_DISK_MB}m", "tmpfs", self.mount):
            self.kind = "tmpfs"

    def close(self):
        if self.kind and not _command("umount", self.mount):
            _command("umount", "-l", self.mount)
        subprocess.run(["rm", "-rf", "--one-file-system", self.folder], check=False)

    @property
    def filler(self):
        return os.path.join(self.mount, "filler")

    def fill(self):
        """Leaves not one free block."""
        descriptor = os.open(self.filler, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        block = 1 << 20
        while block:
            try:
                os.write(descriptor, b"\x55" * block)
                os.fsync(descriptor)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                block //= 4
        os.close(descriptor)

    def free(self):
        os.unlink(self.filler)
        _command("sync", "-f", self.mount)


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.disk = SmallDisk()
        self.addCleanup(self.disk.close)
        if self.disk.kind is None:
            self.skipTest("mounting a small file system needs root and loop devices or tmpfs")
        print(f"\ndisk_full_test: CHAYAN_SEED={SEED} on {self.disk.kind} of {_DISK_MB} MB", flush=True)
        self.world = World(os.path.join(self.disk.mount, "data"))
        self.addCleanup(self.world.close)

    def test_scans_are_refused_and_questions_answered_until_space_returns(self):
        world = self.world.start()
        load = Load(world, SEED, keep_refused=False)
        load.run(self._for(0.7), ready=True)
        self.assertEqual(load.wrong, [])
        self.assertGreater(load.acknowledged_count(), 0)

        self.disk.fill()
        began = time.monotonic()
        load.run(self._until_refused(load), ready=True)
        print(f"disk_full_test: first refusal {time.monotonic() - began:.1f} s after the disk was full", flush=True)
        self.assertGreater(load.refusals, 0, "the disk never seemed full")
        self.assertEqual(load.without_retry_after, 0, "503 without Retry-After")
        self.assertEqual(load.wrong, [], "an answer on a full disk is neither 2xx nor 503")
        self._assert_questions_answered(sorted({scan.person for scan, ids in load.ids.items() if ids}))
        self._assert_registration_refused()
        self.assertTrue(world.service.running(), world.service.stderr()[-2000:])

        self.disk.free()
        self._assert_back(time.monotonic())
        load.run(self._for(0.7), ready=True)
        load.finish()
        people = sorted(set(load.people))
        before = world.answers(people)
        self.assertEqual(load.differences(before)[:10], [])

        self.assertEqual(world.service.stop(), 0, world.service.stderr()[-2000:])
        checked = world.check()
        self.assertEqual(checked.returncode, 0, f"{checked.stdout} {checked.stderr}")
        world.start()
        after = world.answers(people)
        self.assertEqual(load.differences(after)[:10], [], "after a rebuild")
        self.assertEqual(after, before, "answers differ after a rebuild")
        print(f"disk_full_test: {load.acknowledged_count()} acknowledged, {load.refusals} refused", flush=True)

    def test_a_kill_on_a_full_disk_loses_nothing_that_was_acknowledged(self):
        world = self.world.start()
        load = Load(world, SEED + 1, keep_refused=False)
        load.run(self._for(0.5), ready=True)
        self.disk.fill()
        load.run(self._until_refused(load), ready=True)
        world.service.kill()
        load.drop_unanswered()
        self.disk.free()
        world.start()
        people = sorted(set(load.people))
        self.assertEqual(load.differences(world.answers(people))[:10], [])
        world.service.stop()
        checked = world.check()
        self.assertEqual(checked.returncode, 0, f"{checked.stdout} {checked.stderr}")

    def _for(self, seconds):
        async def act(connected):
            await asyncio.wait_for(connected.wait(), 120)
            await asyncio.sleep(seconds)
        return act

    def _until_refused(self, load):
        async def act(connected):
            await asyncio.wait_for(connected.wait(), 120)
            deadline = time.monotonic() + _FULL_WITHIN_S
            while load.refusals < 100 and time.monotonic() < deadline:
                self.assertTrue(self.world.service.running(), self.world.service.stderr()[-2000:])
                await asyncio.sleep(0.05)
            await asyncio.sleep(2.0)  # over at least one of the tries of each second
        return act

    def _assert_questions_answered(self, people):
        for number in people[:20]:
            found = self.world.person(number)
            self.assertEqual(len(found), 1, f"person {number}")
            self.assertGreater(len(self.world.trajectory(found[0]["id"])["scans"]), 0, f"person {number}")
        for code in self.world.codes:
            self.world.passages(code.ref)
            with self.world.service.client() as client:
                self.assertEqual(client.get(f"/api/v1/codes/{code.code}").status, 200)
        with self.world.service.client() as client:
            self.assertEqual(client.get("/healthz").status, 200)

    def _register(self, client, number):
        return client.post("/api/v1/registrations", registration(number, notice_version=self.world.notice_version))

    def _assert_registration_refused(self):
        with self.world.service.client() as client:
            answer = self._register(client, 15_000)
            self.assertEqual(answer.status, 503, f"a registration on a full disk: {answer}")
            self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)

    def _assert_back(self, began):
        with self.world.service.client() as client:
            while True:
                answer = self._register(client, 15_001)
                if answer.status == 201:
                    break
                self.assertEqual(answer.status, 503, repr(answer))
                self.assertLess(time.monotonic() - began, _BACK_WITHIN_S, "not back after space returned")
                time.sleep(0.1)
            client.bearer = answer.json["credential"]
            code = self.world.codes[0]
            scan = client.post("/api/v1/scans", {"code": code.code, "direction": code.directions[0]})
            self.assertEqual(scan.status, 201, repr(scan))
        print(f"disk_full_test: back {time.monotonic() - began:.1f} s after space returned", flush=True)


if __name__ == "__main__":
    unittest.main()
