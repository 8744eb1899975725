# SPDX-License-Identifier: Apache-2.0
"""A sync or a write that fails: nobody waiting for that commit hears 2xx, the process exits, nothing acknowledged is lost.

strace makes the call fail, and holds it back 300 ms first: every answer of the commits before has arrived by then, so
a 2xx that comes later than that is a false acknowledgement.
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

from faults.load import Load  # noqa: E402
from faults.world import World  # noqa: E402

SEED = int(os.environ.get("CHAYAN_SEED", "20200219"))
_HOLD_S = 0.3
_ATTACH_S = 10
_FAIL_WITHIN_S = 30
_SYNCS = "fdatasync,fsync"


class Injection:
    """strace on a running server: the `nth` of `calls` in a thread fails with EIO."""

    def __init__(self, pid, log_path, calls, nth):
        self.log_path = log_path
        fault = f"inject={calls}:error=EIO:delay_enter={int(_HOLD_S * 1e6)}:when={nth}"
        self._process = subprocess.Popen(
            ["strace", "-f", "-ttt", "-o", log_path, "-e", f"trace={calls}", "-e", fault, "-p", str(pid)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.attached = self._await_attached(pid)

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

    def failed_at(self):
        """The second at which the first injected failure began, None when there was none."""
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            begun = {}
            for line in file:
                word = line.split()
                if len(word) > 1 and "<unfinished" in line:
                    begun[word[0]] = float(word[1])
                elif "(INJECTED)" in line:
                    return begun.get(word[0], float(word[1])) if "resumed>" in line else float(word[1])
        return None


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

    def test_a_failed_sync_acknowledges_nothing_and_ends_the_process(self):
        for nth in (1, 2, 7, 25):
            self._break(_SYNCS, nth)
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
            failed_at = injection.failed_at()
            self.fail(f"{context}: the server goes on" if failed_at else
                      f"{context}: no such call within {_FAIL_WITHIN_S} s of load, so commits are not durable")
        code = world.service.wait()
        injection.close()
        failed_at = injection.failed_at()
        self.assertIsNotNone(failed_at, f"{context}: ended with {code} without an injected failure; "
                                        f"{world.service.stderr()[-1000:]}")
        self.assertGreater(code, 0, f"{context}: exit code {code}; {world.service.stderr()[-1000:]}")
        false = [(sent, received) for sent, received in self.load.accepted_at if received > failed_at + _HOLD_S / 2]
        self.assertEqual(false, [], f"{context}: answered 2xx after the failure at {failed_at}")
        self.assertEqual(self.load.wrong, [], context)
        self.assertGreater(self.load.lost_answers + self.load.refusals, 0, f"{context}: nobody waited")
        print(f"fsync_test: {calls} {nth}: exit code {code}, {self.load.acknowledged_count() - before} acknowledged "
              f"between attaching and the failure", flush=True)

    def _assert_all_there(self):
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
            await asyncio.wait_for(connected.wait(), 30)
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
