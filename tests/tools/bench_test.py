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
import threading
import unittest
import zipfile
from contextlib import redirect_stdout
from unittest import mock

TOOLS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools")
sys.path.insert(0, TOOLS)

import bench_city  # noqa: E402
import bench_contacts  # noqa: E402
import bench_export  # noqa: E402
import bench_page  # noqa: E402
import bench_posters  # noqa: E402
import bench_register  # noqa: E402
import bench_rounds  # noqa: E402
import bench_scan  # noqa: E402
import bench_servers  # noqa: E402
import bench_start  # noqa: E402
import bench_table  # noqa: E402
import bench_together  # noqa: E402
import bench_trace  # noqa: E402
import bench_trace_stores  # noqa: E402
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
        self.assertEqual([text.split()[1] for text in done.stdout.splitlines()],
                         ["scan", "writer", "page", "start", "register", "link", "contacts", "trace", "together", "overload", "slow", "alert", "export", "posters"])

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
        with redirect_stdout(io.StringIO()) as out:
            bench_table.print_lines([("some", lines[-1:])])
        self.assertEqual(out.getvalue().splitlines()[-1], "1 lines")

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

    def test_a_program_answers_what_it_is_asked_and_that_is_not_kept(self):
        path = program(self.folder, "rounds", "import json, sys\nfor text in sys.stdin:\n    print(json.dumps({'what': 'answer', 'to': text}), flush=True)\n")
        with bench_rounds.Rounds(path, [], os.path.join(self.folder, "log"), "end") as rounds:
            self.assertEqual(rounds.ask("who"), {"what": "answer", "to": "who\n"})
            self.assertEqual(rounds.figures, [])

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


class Trace(unittest.TestCase):
    """Questions to stores that are not what they should be."""

    def setUp(self):
        quiet = mock.patch("sys.stderr", io.StringIO())
        self.errors = quiet.start()
        self.addCleanup(quiet.stop)

    def measured(self, theirs):
        index = mock.Mock(ask=lambda _: {"what": "answer", "ms": 1, "rows": [[1, 7, 600, 10, 20], [1, 8, 60, 10, 20]]})
        store = mock.Mock()
        store.name = "a store"
        return bench_trace._measure(index, [store], [bench_trace.Question("person", "contacts -1 1 0 6", lambda _: (4, theirs))])

    def test_rows_in_another_order_and_as_texts_are_the_same_answer(self):
        found = self.measured([("1", "8", "60", "10", "20"), (1, 7, 600, 10, 20)])
        self.assertEqual([(one["ms"], one["rows"], one["beside"]) for one in found], [(1, 2, {"a store": 4})])

    def test_one_row_that_differs_is_a_failure(self):
        for theirs in ([(1, 7, 600, 10, 20)], [(1, 7, 600, 10, 20), (1, 8, 60, 10, 21)], [(1, 7, 600, 10, 20)] + 2 * [(1, 8, 60, 10, 20)]):
            with self.assertRaisesRegex(RuntimeError, "a store answers differently"):
                self.measured(theirs)

    def test_without_postgresql_its_column_is_left_out_and_that_is_said(self):
        with mock.patch.object(bench_trace_stores.Postgres, "version", return_value=None):
            self.assertEqual(bench_trace._kinds("/tmp"), [bench_trace_stores.Sqlite])
        self.assertIn("apt-get install", self.errors.getvalue())

    def test_as_root_what_its_own_user_may_not_enter_leaves_it_out(self):
        user = {"user": os.geteuid()} if os.geteuid() != 0 else {"user": 65534, "group": 65534, "extra_groups": []}
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(bench_trace_stores.Postgres, "version", return_value=15), \
                mock.patch.object(bench_trace_stores.Postgres, "_user", return_value=user):
            os.chmod(folder, 0o711)
            self.assertIsNone(bench_trace_stores.Postgres.obstacle(folder))
            os.chmod(folder, 0o600)
            self.assertIn("may not enter", bench_trace_stores.Postgres.obstacle(folder))
            user["user"] = "no-such-account-here"
            self.assertIn("no account", bench_trace_stores.Postgres.obstacle(folder))

    def test_each_store_has_a_line_and_only_the_first_is_judged(self):
        answers = [{"what": what, "ms": ms, "rows": 9, "beside": {"A": 10 * ms, "B": 2 * ms}}
                   for what in ("person", "linger", "degree", "group", "passages", "trajectory") for ms in (1, 2, 3)]
        lines = bench_trace.lines_of({"scans": 20, "visits": 10, "index_bytes": 150, "build_s": 1}, {"A": 300, "B": 600}, answers, bench_trace.FULL)
        person = [(one.value, one.beside, one.ratio, bench_table.verdict(one)) for one in lines[:2]]
        self.assertEqual(person, [(2, "A", 0.1, "FALLS SHORT"), (2, "B", 0.5, "")])
        memory = [(one.value, one.beside, one.reference, bench_table.verdict(one)) for one in lines if one.unit == "B"]
        self.assertEqual(memory, [(15, "A", 30, "holds"), (15, "B", 60, "")])

    def test_a_store_is_loaded_once_and_again_when_another_city_is_wanted(self):
        class Kept:
            loaded, LAYOUT = [], ""

            def __init__(self, folder):
                self.folder = folder

            @classmethod
            def load(cls, folder, dumped):
                cls.loaded.append(dumped)
                return {}

        with tempfile.TemporaryDirectory() as folder:
            for sources, Kept.LAYOUT in (("a", ""), ("a", ""), ("b", ""), ("b", "another")):
                bench_trace_stores.opened(Kept, folder, {"city": [1, 2], "sources": sources}, lambda: sources)
        self.assertEqual(Kept.loaded, ["a", "b", "b"])


class Together(unittest.TestCase):
    def test_a_question_that_fails_fails_the_round(self):
        tracer = mock.Mock(ask=mock.Mock(side_effect=RuntimeError("503")))
        with self.assertRaisesRegex(RuntimeError, "a tracer: 503"), bench_together.Asking([tracer], ["P"]):
            pass
        with self.assertRaisesRegex(OSError, "the load"), bench_together.Asking([tracer], ["P"]):
            raise OSError("the load")   # whatever ended the round is told, not what came of it

    def test_questions_are_counted_while_the_round_lasts(self):
        asked = threading.Semaphore(0)
        tracer = mock.Mock(ask=lambda persons: asked.release() or len(persons))
        with bench_together.Asking([tracer, tracer], ["P", "Q"]) as asking:
            for _ in range(10):
                asked.acquire()
        self.assertGreaterEqual(len(asking.times_ms), 10)
        self.assertEqual(asking.bytes, 2 * len(asking.times_ms))


class Running(unittest.TestCase):
    """Each bench at a size whose figures say nothing: it runs, what it runs agrees with its reference, and no bound lacks its figure."""

    CITY = bench_city.City(200, 5, 1_000)

    def lines(self, module, size, whole):
        with tempfile.TemporaryDirectory() as folder, mock.patch("sys.stderr", io.StringIO()):
            os.chmod(folder, 0o711)   # PostgreSQL's own user has to enter it
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
        self.lines(bench_writer, bench_writer.Size(self.CITY, 0.1, 1, 200), 8)

    def test_start(self):
        lines = self.lines(bench_start, bench_start.Size(self.CITY, 1), 2)
        self.assertLessEqual(lines["start with 1,000 scans: a scan acknowledged"], lines["start with 1,000 scans: questions answered"])

    def test_page(self):
        with mock.patch.object(bench_page, "_paints", return_value=[]):   # a browser of its own, fetched by npm
            lines = self.lines(bench_page, bench_page.Size(1, 20, 20, 1), 2)
        self.assertGreater(lines["a later visit: the page, compressed"], 5_000)

    def test_posters(self):
        lines = self.lines(bench_posters, bench_posters.Size(1, 2), 2)
        self.assertGreater(lines["735 posters in one PDF: size"], 1)

    def test_register(self):
        self.lines(bench_register, bench_register.Size(self.CITY._replace(rows=0), 100, 1), 2)

    def test_contacts(self):
        lines = self.lines(bench_contacts, bench_contacts.Size(300, 10, 5_000, 10, 3, 2, 20), 5)
        self.assertGreater(lines["visits that meet one person's: median"], 0)

    def test_trace(self):
        lines = self.lines(bench_trace, bench_trace.Size(300, 10, 5_000, 2_000, 20, 20, 5, 2, 20, 5, 20), 5)
        self.assertGreater(lines["contacts of one person: median"], 0)

    def test_together(self):
        lines = self.lines(bench_together, bench_together.Size(self.CITY, 50, 2, 20, 1, 1), 0)
        self.assertGreater(lines["questions a second meanwhile"], 0)


if __name__ == "__main__":
    unittest.main()
