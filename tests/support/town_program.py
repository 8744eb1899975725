# SPDX-License-Identifier: Apache-2.0
"""The program `town` as tests run it, in a folder that goes with the test case. Starts processes and waits for each."""

import os
import shutil
import subprocess
import tempfile
import time
import unittest

from support.service import PROGRAM

TOWN = os.path.join(os.path.dirname(PROGRAM), "town")


def call(*arguments):
    return subprocess.run([TOWN, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8")


def contents(folder):
    """{name: bytes} of all files below a folder."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(parent, name), "rb") as file:
                found[os.path.relpath(os.path.join(parent, name), folder)] = file.read()
    return found


def peak_kb(out, *arguments):
    """The high-water mark of a run that writes into `out`, asked again and again: what wait4 tells has the memory of the test itself in it."""
    peak = 0
    with subprocess.Popen([TOWN, *map(str, arguments), "--out", out], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status", encoding="ascii", errors="replace") as file:
                marks = [int(line.split()[1]) for line in file if line.startswith("VmHWM")]
            if os.path.exists(out):    # before, it may still be the test's own image
                peak = max([peak, *marks])
            time.sleep(0.002)
    shutil.rmtree(out)
    if process.returncode != 0 or peak == 0:
        raise AssertionError(f"town {arguments} ended with {process.returncode}, peak {peak} KB")
    return peak


class InFolder(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="chayan-town-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.folder, name)
