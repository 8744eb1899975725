# SPDX-License-Identifier: Apache-2.0
"""A disk that hangs (SECURITY R25): whoever comes is told at once to come again, what waits is written, nothing acknowledged is lost."""

import os
import shutil
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from support.service import Service, rfc3339  # noqa: E402

_SYNC_S = 1.0
_PHONES = 12
_SENT_S = 3.0


class SlowDisk(unittest.TestCase):
    def setUp(self):
        if shutil.which("strace") is None:
            self.skipTest("strace is not installed")
        self.service = Service()
        self.addCleanup(self.service.close)
        self.service.divisions()
        self.service.sites([{"ref": "S1", "category": "shop"}])
        self.service.start()
        self.service.wait_until_ready()
        self.code = self.service.codes()["S1"]["any"]
        version = self.service.notice_version(self.code)
        self.phones = [self.service.resident(number, version) for number in range(1, _PHONES + 1)]
        self.began = int(time.time()) - 86_400

    def slow_down(self):
        tracer = subprocess.Popen(["strace", "-f", "-o", "/dev/null", "-e", "trace=fdatasync,fsync",
                                   "-e", f"inject=fdatasync,fsync:delay_enter={int(_SYNC_S * 1e6)}", "-p", str(self.service.pid)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: tracer.poll() is None and tracer.kill())
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and tracer.poll() is None:
            with open(f"/proc/{self.service.pid}/task/{self.service.pid}/status", encoding="ascii") as file:
                if "TracerPid:\t0" not in file.read():
                    return tracer
            time.sleep(0.02)
        self.skipTest("strace may not attach here")

    def send(self, number, told):
        """Scans for some seconds, each time when there is an answer to the time before."""
        end = time.monotonic() + _SENT_S
        i = 0
        while time.monotonic() < end:
            at = rfc3339(self.began + 100 * i + number)
            sent = time.monotonic()
            answer = self.phones[number].post("/api/v1/scans", {"code": self.code, "direction": "in", "at": at})
            told.append((number, at, answer.status, time.monotonic() - sent, answer.headers.get("Retry-After")))
            i += 1
            time.sleep(0.1)

    def test_whoever_comes_while_it_hangs_is_told_at_once_and_what_was_acknowledged_is_there(self):
        tracer = self.slow_down()
        told = []
        threads = [threading.Thread(target=self.send, args=(number, told)) for number in range(_PHONES)]
        for number, thread in enumerate(threads):
            thread.start()
            time.sleep(0.05 if number < _PHONES // 2 else 0.3)   # some come while the first commit hangs already
        for thread in threads:
            thread.join()
        tracer.terminate()
        tracer.communicate(timeout=10)
        self.assertEqual({status for _, _, status, _, _ in told}, {201, 503})
        refused = [(took, int(wait)) for _, _, status, took, wait in told if status == 503]
        taken = [(number, at) for number, at, status, _, _ in told if status == 201]
        self.assertLess(max(took for took, _ in refused), 1.0)
        self.assertTrue(all(1 <= wait <= 10 for _, wait in refused), refused)
        self.assertGreater(len({wait for _, wait in refused}), 1)
        self.assertEqual(self.phones[0].post("/api/v1/scans", {"code": self.code, "direction": "out"}).status, 201)
        self.service.restart(hard=True)
        self.service.wait_until_ready()
        for number, phone in enumerate(self.phones):
            there = {scan["at"] for scan in self.service.client(phone.bearer).get("/api/v1/me/scans").json["scans"]}
            self.assertLessEqual({at for who, at in taken if who == number}, there)


if __name__ == "__main__":
    unittest.main()
