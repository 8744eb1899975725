# SPDX-License-Identifier: Apache-2.0
"""A sync or a write that fails: nobody waiting for that commit hears 2xx, the process exits, nothing acknowledged is lost.

strace makes the call fail, and holds it back some seconds first: every answer of the commits before has arrived by then,
so where the write thread was hit, a 2xx that comes later is a false acknowledgement. What was written and never synced is
then taken from the WAL, as a power cut would: an acknowledgement that came before its sync is a lost scan.
"""

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults import sqlite_file  # noqa: E402
from faults.load import Load  # noqa: E402
from faults.world import World, database  # noqa: E402

SEED = int(os.environ.get("CHAYAN_SEED", "20200219"))
_HOLD_S = 2.0
_ATTACH_S = 20
_FAIL_WITHIN_S = 60
_SYNCS = "fdatasync,fsync"


class Injection:
    """strace on a running server: the `nth` of `calls` in a thread fails with EIO."""

    def __init__(self, pid, log_path, calls, nth):
        self.log_path = log_path
        fault = f"inject={calls}:error=EIO:delay_enter={int(_HOLD_S * 1e6)}:when={nth}"
        self._process = subprocess.Popen(
            ["strace", "-f", "-y", "-ttt", "-o", log_path, "-e", f"trace={calls}", "-e", fault, "-p", str(pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.attached = self._await_attached(pid)
        self.threads = _thread_names(pid)

    def _await_attached(self, pid):
        deadline = time.monotonic() + _ATTACH_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if all(_traced(pid, thread) for thread in os.listdir(f"/proc/{pid}/task")):
                return True
            time.sleep(0.02)
        return False

    def close(self):
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.communicate(timeout=10)[1]

    def failure(self):
        """(second at which the first injected failure began, the thread's number, the call), None when there was none."""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            begun = {}
            for line in file:
                word = line.split()
                if len(word) > 1 and "<unfinished" in line:
                    begun[word[0]] = (float(word[1]), word[0], line)
                elif "(INJECTED)" in line:
                    here = (float(word[1]), word[0], line)
                    return begun.get(word[0], here) if "resumed>" in line else here
        return None


def _thread_names(pid):
    names = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            names[thread] = file.read().strip()
    return names


def _traced(pid, thread):
    try:
        with open(f"/proc/{pid}/task/{thread}/status", encoding="ascii") as file:
            return not re.search(r"^TracerPid:\s+0$", file.read(), re.MULTILINE)
    except OSError:
        return True  # a thread that has just ended


class FailingSync(unittest.TestCase):
    def setUp(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        print(f"\nfsync_test: CHAYAN_SEED={SEED}", flush=True)
        self.world = World()
        self.addCleanup(self.world.close)
        self.load = Load(self.world, SEED)
        self.hit = []  # the thread of each failure
        self.cuts = 0

    def test_a_failed_sync_acknowledges_nothing_and_ends_the_process(self):
        for nth in (1, 2, 7, 25):
            self._break(_SYNCS, nth)
        self.assertGreater(self.cuts, 0, "no commit's own sync failed: the test proves nothing")
        self._assert_all_there()

    def test_a_failed_write_acknowledges_nothing_and_ends_the_process(self):
        for nth in (1, 3, 8):
            self._break("pwrite64", nth)
        self._assert_all_there()

    def _break(self, calls, nth):
        context = f"seed {SEED}, {calls} number {nth} after attaching fails"
        world = self.world.start()
        self.load.run(self._for(0.3), ready=True)
        before = self.load.acknowledged_count()
        log_path = os.path.join(world.service.folder, f"strace-{calls[:4]}-{nth}")
        injection = Injection(world.service.pid, log_path, calls, nth)
        if not injection.attached:
            self.skipTest(f"strace cannot trace here: {injection.close().strip()[:200]}")
        self.load.run(self._until_ended(context), ready=True)
        if world.service.running():
            world.service.kill()
            injection.close()
            self.fail(f"{context}: the server goes on" if injection.failure() else
                      f"{context}: no such call within {_FAIL_WITHIN_S} s of load, so commits are not durable")
        code = world.service.wait()
        injection.close()
        failure = injection.failure()
        self.assertIsNotNone(failure, f"{context}: ended with {code} without an injected failure; "
                                        f"{world.service.stderr()[-1000:]}")
        self.assertGreater(code, 0, f"{context}: exit code {code}; {world.service.stderr()[-1000:]}")
        failed_at, thread = failure[0], injection.threads.get(failure[1])
        self.hit.append(thread)
        if thread == "write":
            false = [(sent, received) for sent, received in self.load.accepted_at if received > failed_at + _HOLD_S * 0.75]
            self.assertEqual(false, [], f"{context}: answered 2xx after the failure at {failed_at}")
            if "sync(" in failure[2] and "-wal>" in failure[2]:
                self._cut_last_commit()
        self.assertEqual(self.load.wrong, [], context)
        self.assertGreater(self.load.lost_answers + self.load.refusals, 0, f"{context}: nobody waited")
        print(f"fsync_test: {calls} {nth} of thread {thread}: exit code {code}, {self.load.acknowledged_count() - before} acknowledged "
              f"between attaching and the failure", flush=True)

    def _cut_last_commit(self):
        """Takes the commit whose sync failed from the WAL."""
        path = database(self.world.service.data)
        with open(path, "rb") as file:
            page_bytes = sqlite_file.File(file.read(100)).page_bytes
        with open(path + "-wal", "r+b") as file:
            commits = [frame for frame in sqlite_file.frames(file.read(), page_bytes) if frame.commit]
            if commits:
                file.truncate(commits[-2].offset + commits[-2].length if len(commits) > 1 else sqlite_file.WAL_HEADER_BYTES)
                self.cuts += 1

    def _assert_all_there(self):
        self.assertIn("write", self.hit, "no commit failed: the test proves nothing")
        world = self.world.start()
        self.load.finish()
        people = sorted(set(self.load.people))
        self.assertEqual(self.load.differences(world.answers(people))[:10], [], f"seed {SEED}")
        self.assertGreater(self.load.acknowledged_count(), 100, "hardly any load: the test proves nothing")
        world.service.stop()
        checked = world.check()
        self.assertEqual(checked.returncode, 0, f"{checked.stdout} {checked.stderr}")

    def _for(self, seconds):
        async def act(connected):
            await asyncio.wait_for(connected.wait(), 120)
            await asyncio.sleep(seconds)
        return act

    def _until_ended(self, context):
        async def act(connected):
            deadline = time.monotonic() + _FAIL_WITHIN_S
            while self.world.service.running() and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
        return act


if __name__ == "__main__":
    unittest.main()
