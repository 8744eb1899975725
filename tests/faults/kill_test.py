# SPDX-License-Identifier: Apache-2.0
"""kill -9 again and again under load: no acknowledged scan is lost, none shown twice, answers equal after a rebuild.

CHAYAN_KILLS says how often (20; the deep run more), CHAYAN_SEED repeats a run.
"""

import asyncio
import os
import random
import statistics
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults.load import Load  # noqa: E402
from faults.world import World  # noqa: E402

KILLS = int(os.environ.get("CHAYAN_KILLS", "20"))
SEED = int(os.environ.get("CHAYAN_SEED", "20200217"))
_CHECK_EVERY = 5


class Killed(unittest.TestCase):
    def setUp(self):
        print(f"\nkill_test: CHAYAN_SEED={SEED} CHAYAN_KILLS={KILLS}", flush=True)
        self.random = random.Random(SEED)
        self.world = World()
        self.addCleanup(self.world.close)

    def test_no_acknowledged_scan_is_lost_or_doubled_by_kills_under_load(self):
        world = self.world.start()
        load = Load(world, SEED)
        starts = []
        for kill in range(KILLS):
            delay = self.random.uniform(0.002, 0.5)
            load.run(self._killer(delay, wait_for_all=kill % 2 == 0), ready=kill % 3 != 2)
            context = f"seed {SEED}, kill {kill} after {delay * 1000:.0f} ms"
            self.assertEqual(load.wrong, [], context)
            if kill % _CHECK_EVERY == 0:
                self._assert_checked(context)
            began = time.monotonic()
            world.start(ready=kill % 3 != 1)  # every third life begins while the log may still be read
            starts.append(time.monotonic() - began)
        world.await_ready()
        world.assert_session_survived()
        load.finish()
        people = sorted(set(load.people))
        before = world.answers(people)
        self.assertEqual(load.differences(before)[:10], [], f"seed {SEED}")
        self.assertGreater(load.acknowledged_count(), KILLS, "hardly any load: the test proves nothing")

        world.service.stop()
        self._assert_checked(f"seed {SEED}, at the end")
        world.start()
        after = world.answers(people)
        self.assertEqual(load.differences(after)[:10], [], f"seed {SEED}, after a rebuild")
        for key, answer in before.items():
            self.assertEqual(after[key], answer, f"seed {SEED}: {key} differs after a rebuild")
        print(f"kill_test: {KILLS} kills, {load.acknowledged_count()} scans of {len(people)} people acknowledged, 0 missing, "
              f"0 shown twice, {len(load.unanswered)} unanswered when killed, {len(load.stored_unanswered)} of them stored; "
              f"{load.lost_answers} answers lost, {load.refusals} refused; start {statistics.median(starts):.2f} s, "
              f"at most {max(starts):.2f} s", flush=True)

    def _killer(self, delay, wait_for_all):
        async def act(connected):
            if wait_for_all:
                await asyncio.wait_for(connected.wait(), 120)
            await asyncio.sleep(delay)
            self.assertTrue(self.world.service.running(), f"ended by itself: {self.world.service.stderr()[-2000:]}")
            await asyncio.to_thread(self.world.service.kill)
        return act

    def _assert_checked(self, context):
        checked = self.world.check()
        self.assertEqual(checked.returncode, 0, f"{context}: {checked.stdout} {checked.stderr}")


if __name__ == "__main__":
    unittest.main()
