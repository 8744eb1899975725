# SPDX-License-Identifier: Apache-2.0
"""tools/run --demo without its building: the town is made, served, and asked what the README's first screen asks."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import FORM, person_form
from support.service import PROGRAM, Service

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BASH = shutil.which("bash")


def bash(text):
    """Runs it with tools/demo.sh sourced; what it printed."""
    done = subprocess.run([BASH, "-euo", "pipefail", "-c", f"source tools/demo.sh; programs={os.path.dirname(PROGRAM)}; {text}"], cwd=ROOT,
                          capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise AssertionError(f"{text} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="chayan-demo-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, True)
        cls.demo = os.path.join(cls.folder, "demo")
        cls.made = bash(f"make_demo {cls.demo} 600")
        cls.service = Service(config=None)
        cls.addClassCleanup(cls.service.close)
        cls.service.start(data_dir=os.path.join(cls.demo, "data"))
        cls.service.wait_until_ready()
        cls.shown = bash(f"show_demo {cls.demo} {cls.service.port}")

    def ask(self, text):
        """The JSON that a question of the README answers."""
        done = subprocess.run([BASH, "-euo", "pipefail", "-c", f". {self.demo}/questions.sh; {text}"], capture_output=True, text=True, encoding="utf-8")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def read(self, *path):
        with open(os.path.join(self.demo, *path), encoding="utf-8") as file:
            return file.read()

    def test_what_it_prints_leads_on_and_is_nobody_elses_to_read(self):
        self.assertRegex(self.shown, rf"https://localhost:{self.service.port}/s/[0-9a-z]{{16}}")
        passwords = dict(line.split() for line in self.read("passwords").splitlines())
        self.assertEqual(list(passwords), ["admin", "manager", "guard", "tracer", "auditor"])
        self.assertEqual(len(set(passwords.values())), 5)
        for password in passwords.values():
            self.assertRegex(password, r"^[a-z2-9]{5}-[a-z2-9]{5}-[a-z2-9]{5}$")
            self.assertIn(password, self.shown)
        self.assertRegex(self.read("recovery-key"), r"^[0-9a-z]{4}(-[0-9a-z]{4}){12}\n$")
        self.assertEqual(os.stat(self.demo).st_mode & 0o077, 0)

    def test_a_scan_on_the_page_is_found_by_who_passed(self):
        path = re.search(r"https://localhost:\d+(/s/[0-9a-z]{16})", self.shown).group(1)
        before = self.ask('passed "$SHOP"')["count"]
        self.assertEqual(self.service.client().post(path, person_form(1, direction="in"), FORM).status, 201)
        self.assertEqual(self.ask('passed "$SHOP"')["count"], before + 1)

    def test_among_whom_the_index_case_was_with_are_those_whom_the_truth_says_were_infected_there(self):
        answer = self.ask('with_whom "$(person "$INDEX")"')
        self.assertTrue(answer["complete"])
        self.assertGreaterEqual(min(row["total_s"] for row in answer["contacts"]), 900)
        infections = list(csv.DictReader(self.read("town", "truth", "infections.csv").splitlines()))
        numbers = {row["ref"]: row["document_number"] for row in csv.DictReader(self.read("town", "people.csv").splitlines())}
        infected = [numbers[row["ref"]] for row in infections if row["infected_by"] == infections[0]["ref"]]
        self.assertGreater(len(infected), 0)
        found = {row["person"]["id"] for row in answer["contacts"]}
        ids = self.ask("for number in " + " ".join(infected) + "; do person $number; done | sed 's/.*/\"&\",/' | tr -d '\\n' | sed 's/^/[/; s/,$/]/'")
        self.assertGreaterEqual(len(set(ids)), max(1, len(infected) - 2), "of hardly anybody is it doubted who they are: those are two persons meanwhile")
        self.assertTrue(found & set(ids), "a quarter of an hour together is what infects in this town, most of the time")

    def test_one_number_under_two_names_is_doubted_decided_and_taken_back(self):
        path = re.search(r"https://localhost:\d+(/s/[0-9a-z]{16})", self.shown).group(1)
        for changes in ({}, {"name": "完全另一人"}):
            self.assertEqual(self.service.client().post(path, person_form(2, direction="in", **changes), FORM).status, 201)
        doubt, = self.ask("doubts")["reviews"]
        self.assertEqual(doubt["kind"], "conflict")
        decided = self.ask(f"decide {doubt['id']} same")
        self.assertEqual(decided["a"]["person"], decided["b"]["person"])
        undone = self.ask(f"take_back {doubt['id']}")
        self.assertEqual({undone["a"]["person"], undone["b"]["person"]}, {doubt["a"]["person"], doubt["b"]["person"]})


if __name__ == "__main__":
    unittest.main()
