# SPDX-License-Identifier: Apache-2.0
"""tools/tally counts what Catch2, unittest and Node say, and never turns a failure into a pass."""

import os
import subprocess
import sys
import tempfile
import unittest
from xml.sax.saxutils import escape

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

CATCH_WELL = "====\nAll tests passed (1234 assertions in 45 test cases)\n"
CATCH_ILL = "====\ntest cases:  45 |  43 passed |  2 failed\nassertions: 1234 | 1230 passed | 4 failed\n"
CATCH_EXPECTED = "test cases: 10 | 8 passed | 1 failed | 1 failed as expected\nassertions: 9 | 9 passed\n"
PYTHON_WELL = "test_a ... ok\n----\nRan 12 tests in 3.456s\n\nOK (skipped=2)\n"
NODE_ENDED = "✔ a (1ms)\nℹ tests 9\nℹ suites 0\nℹ pass {}\nℹ fail {}\nℹ cancelled 1\nℹ skipped 1\nℹ todo 1\nℹ duration_ms 25\n"
PYTHON_ILL = "----\nRan 12 tests in 3.456s\n\nFAILED (failures=1, errors=2, skipped=1)\n"


class Tally(unittest.TestCase):
    def tally(self, *tests, more=()):
        """Runs it over (output, status) pairs; (exit code, last line)."""
        listed = "".join(f'<testcase name="t{number}" time="1" status="{status}"><system-out>{escape(text)}</system-out>'
                         "</testcase>" for number, (text, status) in enumerate(tests))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tests.xml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"<testsuite>{listed}</testsuite>")
            done = subprocess.run([sys.executable, os.path.join(ROOT, "tools", "tally"), f"release={path}", *more],
                                  capture_output=True, text=True, encoding="utf-8")
        return done.returncode, done.stdout.rstrip("\n").split("\n")[-1]

    def test_counts_catch2_test_cases(self):
        self.assertEqual(self.tally((CATCH_WELL, "run")), (0, "45 passed, 0 failed"))
        self.assertEqual(self.tally((CATCH_ILL, "fail")), (1, "43 passed, 2 failed"))

    def test_counts_unittest_tests_and_no_skipped_one_as_passed(self):
        self.assertEqual(self.tally((PYTHON_WELL, "run")), (0, "10 passed, 0 failed"))
        self.assertEqual(self.tally((PYTHON_ILL, "fail")), (1, "8 passed, 3 failed"))

    def test_counts_nodes_tests_and_what_was_cancelled_as_failed(self):
        self.assertEqual(self.tally((NODE_ENDED.format(4, 2), "fail")), (1, "4 passed, 3 failed"))
        self.assertEqual(self.tally((NODE_ENDED.format(6, 0).replace("cancelled 1", "cancelled 0"), "run")), (0, "6 passed, 0 failed"))

    def test_a_test_with_several_failing_subtests_failed_once(self):
        subtests = "".join(f"FAIL: test_bits (faults.a.Bits.test_bits) [bit {bit}]\nTraceback\n" for bit in range(5))
        ended = "ERROR: test_b (faults.a.Bits.test_b)\nRan 4 tests in 1.0s\n\nFAILED (failures=5, errors=1)\n"
        self.assertEqual(self.tally((subtests + ended, "fail")), (1, "2 passed, 2 failed"))

    def test_adds_up(self):
        self.assertEqual(self.tally((CATCH_WELL, "run"), (PYTHON_WELL, "run"), ("", "run")), (0, "56 passed, 0 failed"))

    def test_a_test_that_prints_no_count_is_one(self):
        self.assertEqual(self.tally(("", "run")), (0, "1 passed, 0 failed"))
        self.assertEqual(self.tally(("a.cpp:1: a tab\n", "fail")), (1, "0 passed, 1 failed"))

    def test_a_failed_test_counts_whatever_it_printed(self):
        self.assertEqual(self.tally((CATCH_WELL + "Segmentation fault", "fail")), (1, "44 passed, 1 failed"))
        self.assertEqual(self.tally((PYTHON_WELL, "notrun")), (1, "9 passed, 1 failed"))

    def test_failures_that_were_expected_are_counted_against_us(self):
        self.assertEqual(self.tally((CATCH_EXPECTED, "fail"))[0], 1)

    def test_nothing_run_is_no_success(self):
        self.assertEqual(self.tally(), (1, "0 passed, 0 failed"))

    def test_a_file_that_is_not_there_is_a_failure(self):
        code, line = self.tally((CATCH_WELL, "run"), more=["asan=/nowhere/tests.xml"])
        self.assertEqual((code, line), (1, "0 passed, 1 failed"))

    def test_checks_beside_ctest_count_too(self):
        self.assertEqual(self.tally(("", "run"), more=["clang-tidy=passed", "fuzz=failed"]), (1, "2 passed, 1 failed"))


if __name__ == "__main__":
    unittest.main()
