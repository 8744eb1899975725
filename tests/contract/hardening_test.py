# SPDX-License-Identifier: Apache-2.0
"""What a program that was broken into, or that broke, leaves to whoever did it: R24, S29, S65, S66, S68."""

import os
import re
import resource
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.service import PROGRAM, Service
from support.town import SITES

QRGEN = os.environ.get("QRGEN", os.path.join(os.path.dirname(PROGRAM), "qrgen"))


def readelf(program, *what):
    return subprocess.run(["readelf", "-W", *what, program], check=True, capture_output=True, encoding="utf-8", errors="replace", env={**os.environ, "LC_ALL": "C"}).stdout


def is_sanitized():
    return "libasan" in readelf(PROGRAM, "-d") or "libtsan" in readelf(PROGRAM, "-d")


class Binary(unittest.TestCase):
    def test_both_programs_are_built_to_be_hard_to_take_over(self):
        if is_sanitized() or "_chk@" not in readelf(PROGRAM, "--dyn-syms"):
            self.skipTest("no release build")
        for program in (PROGRAM, QRGEN):
            with self.subTest(program):
                self.assertIn("DYN (Position-Independent Executable file)", readelf(program, "-h"))
                segments = readelf(program, "-l")
                self.assertIn("GNU_RELRO", segments)
                self.assertRegex(segments, r"GNU_STACK +(0x0+ +){3}0x0+ +0x0+ RW +")
                self.assertNotRegex(segments, r"LOAD.* RWE ")
                self.assertRegex(readelf(program, "-d"), r"FLAGS_1.*NOW.*PIE")
                symbols = readelf(program, "--dyn-syms")
                self.assertIn("__stack_chk_fail", symbols)
                self.assertRegex(symbols, r"__\w+_chk@GLIBC")
                self.assertNotIn("RPATH", readelf(program, "-d"))
                self.assertNotIn("RUNPATH", readelf(program, "-d"))

    def test_no_path_of_the_machine_it_was_built_on_stands_in_it(self):
        for program in (PROGRAM, QRGEN):
            told = readelf(program, "-p", ".rodata")
            self.assertRegex(told, r"\w", "the constants were not read")
            self.assertNotRegex(told, r"/(?:home|root|work|tmp)/[^ ]*(?:server|qrgen)/\w+/?\w*\.[ch]pp")

    def test_no_other_program_can_be_started_but_by_posix_spawn(self):
        for program in (PROGRAM, QRGEN):
            imported = set(re.findall(r" UND (\w+)", readelf(program, "--dyn-syms")))
            self.assertLessEqual({"strlen", "memcpy"}, imported, "the list of what is taken from libraries was not read")
            self.assertEqual(imported & {"system", "popen", "fork", "vfork", "execl", "execlp", "execle", "execv", "execvp", "execvpe", "execve", "execveat", "fexecve",
                                         "wordexp", "dlopen"}, set())
            self.assertEqual({"posix_spawn", "posix_spawnp"} & imported, {"posix_spawn"} if program == PROGRAM else set())


class Running(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.service.divisions()
        self.service.sites(SITES)
        self.code = self.service.codes()["S1"]["any"]

    def scan(self):
        resident = self.service.resident(1, self.service.notice_version(self.code))
        answer = resident.post("/api/v1/scans", {"code": self.code, "direction": "in"})
        self.assertEqual(answer.status, 201, answer)

    def test_a_crash_leaves_no_core_and_nobodys_data(self):
        # The shell allows cores of any size; the service itself does not.
        wrapper = ["prlimit", f"--core=0:{resource.getrlimit(resource.RLIMIT_CORE)[1]}"]
        self.service.start(wrapper=wrapper)
        self.scan()
        with open(f"/proc/{self.service.pid}/limits", encoding="ascii") as file:
            self.assertRegex(file.read(), r"Max core file size +0 +0 ")
        before = set(os.listdir("."))
        self.service.end(signal.SIGABRT)
        self.assertEqual(set(os.listdir(".")), before)
        for parent, _, names in os.walk(self.service.folder):
            self.assertFalse([each for each in names if each.startswith("core")], parent)
        said = self.service.stderr()
        for mark in (name(1), document(1)["number"], self.code):
            self.assertNotIn(mark, said)

    def test_it_asks_nobody_anything(self):
        calls = os.path.join(self.service.folder, "connects")
        self.service.start(wrapper=["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-e", "signal=none", "-o", calls])
        self.scan()
        guard = self.service.operator("li-1", "guard,manager,admin,tracer")
        guard.get("/api/v1/status")
        guard.get("/api/v1/sites/S1/poster")
        self.service.stop()
        with open(calls, encoding="utf-8", errors="replace") as file:
            text = file.read()
        families = set(re.findall(r"sa_family=(AF_\w+)", text))
        self.assertLessEqual(families, {"AF_UNIX"}, text)

    def test_what_is_for_its_keeper_is_not_on_the_way_in_of_strangers(self):
        self.service.start()
        client = self.service.client()
        for path in ("/metrics", "/debug", "/debug/pprof", "/status", "/server-status", "/api/v1/debug", "/api/v1/metrics", "/actuator", "/test"):
            self.assertEqual(client.get(path).status, 404, path)


if __name__ == "__main__":
    unittest.main()
