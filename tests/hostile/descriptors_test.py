# SPDX-License-Identifier: Apache-2.0
"""More connections than the service may open files (R23): it waits for one to end, without burning the processor, and goes on."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from hostile import raw  # noqa: E402
from support.service import Service  # noqa: E402

_FILES = 96
_MORE = 200   # connections than it has descriptors for: the kernel keeps them waiting
_CPU_SHARE_MAX = 0.1


class Descriptors(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.service.start(wrapper=["prlimit", f"--nofile={_FILES}:{_FILES}"])

    def spent(self):
        """Seconds of processor so far."""
        with open(f"/proc/{self.service.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def open_files(self):
        return len(os.listdir(f"/proc/{self.service.pid}/fd"))

    def test_it_waits_without_spinning_and_goes_on(self):
        silent = [raw.connect_tcp(self.service.port) for _ in range(_MORE)]
        time.sleep(0.5)
        self.assertEqual(self.open_files(), _FILES, "it was not brought to the end of its descriptors")
        before, began = self.spent(), time.monotonic()
        time.sleep(2)
        self.assertLess((self.spent() - before) / (time.monotonic() - began), _CPU_SHARE_MAX)
        for connection in silent:
            connection.close()
        began = time.monotonic()
        with self.service.client() as client:
            self.assertEqual(client.get("/healthz").status, 200)
        self.assertLess(time.monotonic() - began, 5)
        self.assertTrue(self.service.running())


if __name__ == "__main__":
    unittest.main()
