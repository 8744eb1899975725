# SPDX-License-Identifier: Apache-2.0
"""tools/town --story: a fiftieth of the first user's town lives its five weeks in a real service, and the brief of 26 February is what was counted."""

import contextlib
import io
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(_ROOT, "tests"))
sys.path.insert(0, os.path.join(_ROOT, "tools"))

import town_story  # noqa: E402
import town_story_plan as plans  # noqa: E402
from support.client import Client  # noqa: E402
from support.service import PROGRAM  # noqa: E402

SCALE = 0.02


def story(*words):
    return subprocess.run([os.path.join(_ROOT, "tools", "town"), "--story", *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          encoding="utf-8", env={**os.environ, "CHAYAN": PROGRAM, "PYTHONUTF8": "1"})


class Played(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="chayan-story-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.kept = os.path.join(cls.folder, "kept")
        cls.done = story("--scale", SCALE, "--stops", 1, "--keep", cls.kept)
        cls.wanted = plans.figures(SCALE)

    def number(self, statement):
        with sqlite3.connect(f"file:{self.kept}/data/chayan.db?mode=ro", uri=True) as store:
            return store.execute(statement).fetchone()[0]

    def test_the_brief_has_the_articles_figures_and_says_so(self):
        self.assertEqual((self.done.returncode, self.done.stderr), (0, ""), self.done.stdout)
        told = re.match(r"截至2月26日17时，定州市累计检查人员(\d+)人次、车辆(\d+)车次，发现发热(\d+)人，全部送医", self.done.stdout)
        self.assertIsNotNone(told, self.done.stdout)
        self.assertEqual([int(number) for number in told.groups()], [self.wanted[of] for of in ("passages", "vehicles", "fevers")])
        self.assertIn("the article's figures, all counted", self.done.stdout)

    def test_each_figure_is_as_many_rows_of_the_store(self):
        counts = {"passages": "SELECT count(*) FROM scan", "vehicles": "SELECT count(*) FROM vehicle_check", "screened": "SELECT count(*) FROM record WHERE kind = 0",
                  "fevers": "SELECT count(*) FROM record WHERE kind = 0 AND site <> 0", "isolation_in": "SELECT count(*) FROM record WHERE kind = 1",
                  "isolation_out": "SELECT count(*) FROM record WHERE kind = 1 AND closed <> 0", "leads": "SELECT count(*) FROM ledger_entry",
                  "enterprises_reported": "SELECT count(DISTINCT site) FROM site_report WHERE day = (SELECT max(day) FROM site_report)"}
        self.assertEqual({of: self.number(statement) for of, statement in counts.items()}, {of: self.wanted[of] for of in counts})

    def test_it_happened_in_2020_from_the_first_day_to_the_last(self):
        first, last = self.number("SELECT min(at) FROM vehicle_check"), self.number("SELECT max(at) FROM vehicle_check")
        self.assertGreaterEqual(first, plans.second_of(0, plans.DAY_BEGINS))
        self.assertLess(last, plans.second_of(plans.DAYS - 1, plans.BRIEF_AT))
        self.assertEqual(self.number("SELECT count(DISTINCT (at + 28800) / 86400) FROM vehicle_check"), plans.DAYS)

    def test_what_is_kept_is_served_by_the_storys_clock_and_counts_the_same(self):
        with open(os.path.join(self.kept, "passwords"), encoding="utf-8") as file:
            passwords = dict(line.split() for line in file)
        with subprocess.Popen([os.path.join(self.kept, "serve"), "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8") as served:
            try:
                port = next(int(line.rsplit(":", 1)[1]) for line in served.stdout if line.startswith("listening "))
                with Client(port) as desk:
                    desk.bearer = desk.post("/api/v1/session", {"login": "desk", "password": passwords["desk"]}).json["token"]
                    while (brief := desk.get(f"/api/v1/brief?day={plans.date_of(plans.DAYS - 1)}")).status == 503:
                        time.sleep(0.1)     # the log is still being read
            finally:
                served.terminate()
        self.assertEqual(list(town_story.differences(brief.json, self.wanted)), [], brief)
        self.assertTrue(brief.json["cutoff"].startswith("2020-02-26T09:0"), brief)


class Compared(unittest.TestCase):
    def test_a_figure_that_differs_is_named_with_both_numbers(self):
        wanted = plans.figures(1)
        numbers = [{"name": of, "today": wanted[of], "total": wanted[of]} for of, _, _ in plans.ARTICLE]
        self.assertEqual(list(town_story.differences({"numbers": numbers}, wanted)), [])
        numbers[1]["total"] -= 1
        self.assertEqual(list(town_story.differences({"numbers": numbers[:-1]}, wanted)),
                         ["vehicles: 82999 counted, 83000 in the article", "enterprises_reported: None counted, 208 in the article"])

    def test_wrong_words_are_refused(self):
        for words in (["--scale", "2"], ["--scale", "0"], ["--stops", "4"], ["--keep", _ROOT], ["--nonsense"]):
            done = story(*words)
            self.assertEqual(done.returncode, 2, words)
            self.assertIn("usage: tools/town --story", done.stderr)


    def test_without_its_clock_it_says_which_package_is_missing(self):
        with mock.patch("town_story.find_library", return_value=None), contextlib.redirect_stderr(io.StringIO()) as told:
            self.assertEqual(town_story.main(["--scale", "0.01"]), 2)
        self.assertIn("apt-get install --no-install-recommends libfaketime", told.getvalue())


class Planned(unittest.TestCase):
    def test_at_full_size_it_plans_the_articles_figures(self):
        self.assertEqual(plans.figures(1), {of: figure for of, _, figure in plans.ARTICLE})

    def test_the_parts_of_a_plan_come_to_its_figures(self):
        for scale, seed, stops in ((1, 2020, 3), (1, 1, 1), (0.1, 2, 2), (0.01, 3, 1), (0.013, 4, 3)):
            with self.subTest(scale=scale, seed=seed, stops=stops):
                plan = plans.Plan(scale, seed, stops)
                sums = [sum(getattr(moment, of) for moment in plan.moments) for of in ("passages", "vehicles", "fevers", "leads")]
                self.assertEqual(sums, [plan.figures[of] for of in ("passages", "vehicles", "fevers", "leads")])
                self.assertEqual(sum(moment.screened for moment in plan.moments), plan.figures["screened"] - plan.figures["fevers"])
                self.assertEqual(sum(plan.isolated), plan.figures["isolation_in"])
                self.assertEqual(sum(plan.isolated[:plans.DAYS - plans.ISOLATED_DAYS]), plan.figures["isolation_out"])
                self.assertEqual(plan.moments[-1].leads, 0)
                self.assertEqual(plan.outcomes.count("here") + plan.outcomes.count("known"), plan.figures["ledger"])
                self.assertEqual(len(plan.sites_of("village", plans.DAYS - 1)), plan.figures["villages_open"])
                self.assertEqual(len({code for code, _, _ in plan.divisions}), len(plan.divisions))

    def test_moments_follow_each_other_and_nobody_passes_close_to_one_or_at_night(self):
        for stops in plans.TELLING:
            before = None
            for moment in plans.Plan(0.1, 1, stops).moments:
                for since, to in moment.windows:
                    self.assertLess(since, to)
                    self.assertLessEqual(to, moment.at - plans.QUIET_S)
                    if before is not None:
                        self.assertGreaterEqual(since, before + plans.QUIET_S)
                    days = [(plans.second_of(day, plans.DAY_BEGINS), plans.second_of(day, plans.DAY_ENDS)) for day in (moment.day - 1, moment.day)]
                    self.assertTrue(any(begins <= since and to <= ends for begins, ends in days), (since, to))
                before = moment.at

    def test_everybody_has_a_number_of_their_own(self):
        numbers = [*range(60_000), *range(plans.NEWCOMERS, plans.NEWCOMERS + 40_000)]
        self.assertEqual(len({plans.document(number)["number"] for number in numbers}), len(numbers))
        self.assertEqual(len({plans.plate(number) for number in range(plans.PLATES)}), plans.PLATES)


if __name__ == "__main__":
    unittest.main()
