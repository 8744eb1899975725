# SPDX-License-Identifier: Apache-2.0
"""tools/bench: what it says before it measures, and how it judges what it has measured."""

import importlib.machinery
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from contextlib import redirect_stdout
from unittest import mock

TOOLS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools")
sys.path.insert(0, TOOLS)

import bench_city  # noqa: E402
import bench_contacts  # noqa: E402
import bench_export  # noqa: E402
import bench_register  # noqa: E402
import bench_rounds  # noqa: E402
import bench_scan  # noqa: E402
import bench_servers  # noqa: E402
import bench_start  # noqa: E402
import bench_table  # noqa: E402
import bench_writer  # noqa: E402
from programs import programs_of  # noqa: E402

_BUILT = os.path.dirname(os.path.abspath(os.environ.get("CHAYAN", "build/release/chayan")))
_LOADER = importlib.machinery.SourceFileLoader("bench", os.path.join(TOOLS, "bench"))
bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", _LOADER))
_LOADER.exec_module(bench)


def run(*arguments):
    return subprocess.run([os.path.join(TOOLS, "bench"), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          encoding="utf-8")


class Command(unittest.TestCase):
    def test_it_lists_what_there_is(self):
        done = run("--list")
        self.assertEqual(done.returncode, 0)
        self.assertEqual([text.split()[1] for text in done.stdout.splitlines()], ["scan", "writer", "start", "register", "link", "contacts", "export"])

    def test_refuses_what_it_does_not_know(self):
        for arguments in (["nonsense"], ["scan", "nonsense"], ["scan", "--nonsense"], ["scan", "--json"]):
            self.assertEqual(run(*arguments).returncode, 2, arguments)

    def test_every_bench_has_two_sizes_that_differ_and_says_what_it_runs(self):
        for name, (module, _) in bench.BENCHES.items():
            self.assertNotEqual(module.FULL, module.SHORT, name)
            self.assertTrue(module.PROGRAMS and callable(module.run), name)

    def test_what_can_not_be_measured_fails_and_the_others_are_told_all_the_same(self):
        class Good:
            PROGRAMS, FULL, SHORT = (), 1, 0

            @staticmethod
            def run(place, size):
                return [bench_table.line("a good figure", size, "s")], {"folder": place.folder}

        class Bad(Good):
            @staticmethod
            def run(place, size):
                raise RuntimeError("no luck")

        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(bench.BENCHES, {"bad": (Bad, ""), "good": (Good, "")}, clear=True), \
                mock.patch("sys.stderr", io.StringIO()) as errors, redirect_stdout(io.StringIO()) as out:
            file = os.path.join(folder, "figures.json")
            with mock.patch("sys.argv", ["bench", "--folder", folder, "--build", folder, "--json", file]):
                self.assertEqual(bench.main(), 1)
            with open(file, encoding="utf-8") as kept:
                figures = json.load(kept)
            self.assertFalse(os.path.exists(figures["benches"]["good"]["raw"]["folder"]), "what a bench wrote stays behind")
        self.assertIn("a good figure", out.getvalue())
        self.assertIn("735 posters", out.getvalue())
        self.assertIn("bad: no luck", errors.getvalue())
        self.assertEqual((figures["short"], list(figures["benches"]), figures["benches"]["good"]["lines"][0]["value"]), (False, ["good"], 1))

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
    def told(self, *arguments, **named):
        one = bench_table.line(*arguments, **named)
        return bench_table.bound_of(one), bench_table.verdict(one)

    def test_a_ratio_above_its_bound_falls_short(self):
        self.assertEqual(self.told("a scan", 20.0, "µs", "nginx", 10.0, bound=2.0), ("≤ 2 ×", "holds"))
        self.assertEqual(self.told("a scan", 20.1, "µs", "nginx", 10.0, bound=2.0), ("≤ 2 ×", "FALLS SHORT"))

    def test_a_value_is_judged_by_itself_when_its_bound_is_one_of_values(self):
        self.assertEqual(self.told("a row", 44.0, "B", bound=44, bounds_value=True), ("≤ 44 B", "holds"))
        self.assertEqual(self.told("a row", 44.1, "B", "SQLite", 100.0, bound=44, bounds_value=True), ("≤ 44 B", "FALLS SHORT"))

    def test_without_its_reference_nothing_is_claimed(self):
        self.assertEqual(self.told("a scan", 20.0, "µs", bound=2.0)[1], "nothing beside it")

    def test_what_can_not_be_measured_yet_neither_holds_nor_falls_short(self):
        self.assertEqual(self.told("posters", None, "s", bound=2, bounds_value=True), ("≤ 2 s", "not yet"))

    def test_what_has_no_bound_is_not_judged(self):
        self.assertEqual(self.told("scans", 9.0, "/s", "nginx", 1.0), ("", ""))

    def test_the_table_counts_what_holds(self):
        lines = [bench_table.line("a", value, "s", bound=1, bounds_value=True) for value in (1, 2, 1, None)] + [bench_table.line("b", 1, "s")]
        with redirect_stdout(io.StringIO()) as out:
            bench_table.print_lines([("some", lines)])
        self.assertEqual(out.getvalue().splitlines()[-1], "2 holds, 1 FALLS SHORT, 1 not yet; 5 lines")

    def test_the_ratio_is_the_median_of_each_rounds_own(self):
        rounds = [{"chayan keep": {"cpu_us": ours}, "nginx keep": {"cpu_us": theirs}} for ours, theirs in ((10, 5), (40, 10), (60, 20))]
        line = bench_scan._beside(rounds, "a scan", "keep", "cpu_us", "µs", 2.0)
        self.assertEqual((line.value, line.reference, line.ratio), (40, 10, 3.0))
        self.assertIsNone(bench_rounds.ratio([1, 2], [0, 0]))

    def test_a_percentile_is_a_value_that_was_measured(self):
        values = list(range(100, 0, -1))
        self.assertEqual([bench_table.percentile(values, share) for share in (0.5, 0.99, 1)], [51, 100, 100])
        self.assertEqual(bench_table.percentile([7], 0.99), 7)


def program(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"#!{sys.executable}\n{text}")
    os.chmod(path, 0o755)
    return path


class Parts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_a_program_measures_a_round_when_it_is_asked(self):
        path = program(self.folder, "rounds", "import sys\nfor text in sys.stdin:\n"
                       "    print('{\"what\":\"one\",\"n\":1}\\n{\"what\":\"end\"}', flush=True)\n")
        with bench_rounds.Rounds(path, [], os.path.join(self.folder, "log"), "end") as rounds:
            rounds.round()
            rounds.round()
        self.assertEqual((len(rounds.figures), rounds.all_of(what="one")), (4, [{"what": "one", "n": 1}] * 2))

    def test_a_program_that_ends_is_a_failure_with_its_own_words(self):
        path = program(self.folder, "rounds", "import sys\nsys.stderr.write('the disk is gone')\n")
        with self.assertRaisesRegex(RuntimeError, "rounds ended: the disk is gone"):
            with bench_rounds.Rounds(path, [], os.path.join(self.folder, "log"), "end") as rounds:
                rounds.read_until("end")

    def test_a_city_is_made_once_and_again_when_it_is_old_or_another_is_wanted(self):
        path = program(self.folder, "maker", "import os, sys\nwords = dict(zip(sys.argv[2::2], sys.argv[3::2]))\n"
                       "open(os.path.join(words['--data'], sys.argv[1]), 'w').close()\nopen(os.path.join(os.path.dirname(sys.argv[0]), 'made'), 'a').write('x')\n"
                       "print('{\"seconds\":1,\"grown_bytes\":' + words['--rows'] + '}')\n")

        def copies(city, name):
            target = os.path.join(self.folder, name)
            with mock.patch("sys.stderr", io.StringIO()):
                copy = bench_city.copy_of(city, self.folder, target, path)
            with open(os.path.join(self.folder, "made"), encoding="utf-8") as file:
                return sorted(os.listdir(target)), copy.grown_bytes, len(file.read())

        city = bench_city.City(10, 2, 30)
        self.assertEqual(copies(city, "a"), (["people", "scans"], 30, 2))
        self.assertEqual(copies(city, "b"), (["people", "scans"], 30, 2))
        self.assertEqual(copies(city._replace(rows=0), "c"), (["people"], 0, 2))
        self.assertEqual(copies(city._replace(rows=31), "d"), (["people", "scans"], 31, 3))
        with mock.patch("time.time", lambda: later):
            later = os.stat(self.folder).st_mtime + bench_city.KEPT_S + 60
            self.assertEqual(copies(city, "e"), (["people", "scans"], 30, 5))

    def test_a_load_that_was_shed_is_no_figure(self):
        path = program(self.folder, "driver", "print('{\"requests\":4,\"shed\":1,\"wrong\":0}')\n")
        server = mock.Mock(pids=[os.getpid()], url="https://127.0.0.1:1")
        with self.assertRaisesRegex(RuntimeError, "shed 1 of 4"):
            bench_servers.Load(path)(server, "scan")

    def test_answers_about_contacts_become_lines_beside_the_sorted_arrays(self):
        found = [{"what": "city", "visits": 10, "index_bytes": 240, "plain_bytes": 320, "build_s": 1e-5}]
        found += [{"what": what, "ours_ms": ours, "plain_ms": 2 * ours, "ours_cpu_ms": ours, "plain_cpu_ms": ours, "pairs": 5} for what in ("person", "degree", "group") for ours in (1, 2, 3)]
        lines = {one.what: one for one in bench_contacts.lines_of(found, bench_contacts.FULL)}
        median = lines["contacts of one person: median"]
        self.assertEqual((median.value, median.reference, median.ratio, median.bound), (2, 4, 0.5, 0.6))
        self.assertEqual(lines["contacts of one person: p99"].value, 3)
        self.assertEqual(bench_table.verdict(lines["memory a visit: the index's own count"]), "FALLS SHORT")


class Running(unittest.TestCase):
    """Each bench at a size whose figures say nothing: it runs, what it runs agrees with its reference, and no bound lacks its figure."""

    CITY = bench_city.City(200, 5, 1_000)

    def lines(self, module, size, whole):
        with tempfile.TemporaryDirectory() as folder, mock.patch("sys.stderr", io.StringIO()):
            os.mkdir(os.path.join(folder, "run"))
            lines, raw = module.run(bench.Place(os.path.join(folder, "run"), folder, programs_of(module.PROGRAMS, _BUILT)), size)
        json.dumps(raw)
        self.assertEqual([one.what for one in lines if one.value is None], [])
        self.assertEqual(len([one for one in lines if one.bound is not None]), whole)
        return {one.what: one.value for one in lines}

    def test_scan(self):
        lines = self.lines(bench_scan, bench_scan.Size(1, 40, 200, 20, 4, 4), 5)
        self.assertEqual(lines["acknowledged scans lost after kill -9, of 290"], 0)

    def test_writer(self):
        self.lines(bench_writer, bench_writer.Size(self.CITY, 0.1, 1, 200), 5)

    def test_start(self):
        lines = self.lines(bench_start, bench_start.Size(self.CITY, 1), 2)
        self.assertLessEqual(lines["start with 1,000 scans: a scan acknowledged"], lines["start with 1,000 scans: questions answered"])

    def test_register(self):
        self.lines(bench_register, bench_register.Size(self.CITY._replace(rows=0), 100, 1), 2)

    def test_contacts(self):
        lines = self.lines(bench_contacts, bench_contacts.Size(300, 10, 5_000, 10, 3, 2, 20), 5)
        self.assertGreater(lines["visits that meet one person's: median"], 0)


if __name__ == "__main__":
    unittest.main()
