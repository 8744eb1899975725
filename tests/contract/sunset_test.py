# SPDX-License-Identifier: Apache-2.0
"""chayan sunset: closes an installation down for good, and nothing works on its folder any more."""

import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from support.service import Service, run  # noqa: E402


class Closed(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.service.divisions()
        self.service.sites([{"ref": "A", "category": "traffic"}])
        code = self.service.codes()["A"]["any"]
        self.service.start()
        resident = self.service.resident(1, self.service.notice_version(code))
        self.assertEqual(resident.post("/api/v1/scans", {"code": code, "direction": "in"}).status, 201)
        self.keys = os.path.join(self.service.data, "keys")

    def sunset(self, *more):
        return run("sunset", "--data", self.service.data, *more, check=False)

    def read(self, name):
        with open(os.path.join(self.service.data, name), encoding="utf-8") as file:
            return file.read()

    def key_files(self):
        return sorted(name for _, _, names in os.walk(self.keys) for name in names if name.endswith((".key", ".pub", ".mac", ".pem")))

    def test_it_refuses_while_the_service_runs_and_without_confirm(self):
        done = self.sunset("--confirm")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Stop it first", done.stderr)
        self.service.stop()
        before = self.key_files()
        self.assertIn("master.key", before)
        done = self.sunset()
        self.assertEqual(done.returncode, 1)
        self.assertIn("--confirm", done.stderr)
        self.assertEqual(self.key_files(), before)
        self.service.start()

    def test_every_key_is_gone_a_certificate_is_left_and_nothing_starts(self):
        self.service.stop()
        keys = len(self.key_files())
        with open(os.path.join(self.keys, "notes.txt"), "w", encoding="utf-8") as file:
            file.write("not ours")
        done = self.sunset("--confirm")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout.strip(), os.path.join(self.service.data, "sunset.txt"))
        self.assertEqual(self.key_files(), [])
        self.assertTrue(os.path.exists(os.path.join(self.keys, "notes.txt")))
        statement = json.loads(self.read("sunset.json"))["statement"]
        self.assertEqual((statement["counts"]["scans"], statement["counts"]["registrations"], statement["counts"]["sites"]), (1, 1, 1))
        self.assertEqual((statement["key_files"], statement["days"]["first"]), (keys, statement["days"]["last"]))
        self.assertIn("certificate of destruction", self.read("sunset.txt"))
        for words in (("serve",), ("check",), ("sunset", "--confirm"), ("backup", os.path.join(self.service.folder, "copy"))):
            done = run(words[0], "--data", self.service.data, *words[1:], check=False)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("was closed down", done.stderr)

    def test_what_was_ended_half_way_is_finished_by_the_next_call_alone(self):
        self.service.stop()
        with open(os.path.join(self.service.data, "sunset.begun"), "w", encoding="utf-8") as file:
            file.write('"what":"chayan sunset","counts":{"scans":7}')
        os.unlink(os.path.join(self.keys, "master.key"))
        done = run("serve", "--data", self.service.data, "--port", "0", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("run chayan sunset --confirm again", done.stderr)
        done = self.sunset("--confirm")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.key_files(), [])
        self.assertEqual(json.loads(self.read("sunset.json"))["statement"]["counts"], {"scans": 7})
        self.assertFalse(os.path.exists(os.path.join(self.service.data, "sunset.begun")))


if __name__ == "__main__":
    unittest.main()
