# SPDX-License-Identifier: Apache-2.0
"""tools/bench: what it says before it measures, and how it judges what it has measured."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile

TOOLS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools")
sys.path.insert(0, TOOLS)

import bench_export  # noqa: E402
import bench_scan  # noqa: E402

_LOADER = importlib.machinery.SourceFileLoader("bench", os.path.join(TOOLS, "bench"))
bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", _LOADER))
_LOADER.exec_module(bench)


def run(*arguments):
    return subprocess.run([os.path.join(TOOLS, "bench"), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          encoding="utf-8")


class Command(unittest.TestCase):
    def test_without_a_name_it_lists_what_there_is(self):
        done = run()
        self.assertEqual(done.returncode, 0)
        self.assertIn("tools/bench scan", done.stdout)
        self.assertIn("tools/bench export", done.stdout)

    def test_refuses_what_it_does_not_know(self):
        for arguments in (["nonsense"], ["scan", "--nonsense"], ["scan", "--json"]):
            self.assertEqual(run(*arguments).returncode, 2, arguments)

    def test_programs_that_are_not_there_are_a_failure_and_not_a_figure(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run("scan", "--short", "--build", os.path.join(folder, "nothing"), "--folder", folder)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("nothing/chayan", done.stderr)
            self.assertEqual(os.listdir(folder), [])


class Export(unittest.TestCase):
    def test_rows_are_counted_across_pieces_and_without_headers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "answer")
            for size in (0, 1, bench_export.PIECE - 11, bench_export.PIECE - 9, bench_export.PIECE - 7):   # the second row's mark lies across two pieces
                content = b"<row " + b"x" * size + b"<row y>"
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr("xl/worksheets/sheet1.xml", b"<row cover>")
                    archive.writestr("xl/worksheets/sheet2.xml", content)
                    archive.writestr("xl/worksheets/sheet3.xml", content)
                self.assertEqual(bench_export.rows_of(path, "xlsx"), 2, size)
            with open(path, "wb") as file:
                file.write(b"a\r\nb\r\n")
            self.assertEqual((bench_export.rows_of(path, "csv"), bench_export.rows_of(path, "ndjson")), (1, 2))


class Verdict(unittest.TestCase):
    def test_a_ratio_above_its_bound_is_missed(self):
        held = bench_scan.line("a scan", 20.0, "µs", "nginx", 10.0, bound=2.0)
        missed = bench_scan.line("a scan", 20.1, "µs", "nginx", 10.0, bound=2.0)
        self.assertEqual((held.ratio, bench.verdict(held)), (2.0, "≤ 2 ×  held"))
        self.assertEqual(bench.verdict(missed), "≤ 2 ×  MISSED")

    def test_a_value_is_judged_by_itself_when_its_bound_is_one_of_values(self):
        self.assertEqual(bench.verdict(bench_scan.line("a row", 44.0, "B", bound=44, bounds_value=True)), "≤ 44 B  held")
        self.assertEqual(bench.verdict(bench_scan.line("a row", 44.1, "B", "SQLite", 100.0, bound=44, bounds_value=True)),
                         "≤ 44 B  MISSED")

    def test_without_its_reference_nothing_is_claimed(self):
        self.assertEqual(bench.verdict(bench_scan.line("a scan", 20.0, "µs", bound=2.0)), "nothing beside it")

    def test_what_has_no_bound_is_not_judged(self):
        self.assertEqual(bench.verdict(bench_scan.line("scans", 9.0, "/s", "nginx", 1.0)), "")

    def test_the_ratio_is_the_median_of_each_rounds_own(self):
        rounds = [{"chayan keep": {"cpu_us": ours}, "nginx keep": {"cpu_us": theirs}} for ours, theirs in ((10, 5), (40, 10), (60, 20))]
        line = bench_scan._beside(rounds, "a scan", "keep", "cpu_us", "µs", 2.0)
        self.assertEqual((line.value, line.reference, line.ratio), (40, 10, 3.0))


if __name__ == "__main__":
    unittest.main()
