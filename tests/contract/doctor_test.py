# SPDX-License-Identifier: Apache-2.0
"""`chayan doctor`: a line for each thing it looks at, in the reader's language, and an exit code by the worst of them."""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import Service, run

_LINE = re.compile(r"^(ok  |warn|bad )  (.+)$")


class Doctor(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.service.add_operator("li-1", "admin")

    def examine(self, language="en_GB.UTF-8"):
        """(exit code, {subject: health}, text)."""
        done = run("doctor", "--data", self.service.data, check=False, env={"LC_ALL": language})
        lines = [_LINE.match(line) for line in done.stdout.splitlines()]
        self.assertTrue(lines and all(lines), done)
        return done.returncode, {re.split("[:：]", line[2])[0]: line[1].strip() for line in lines}, done.stdout

    def test_a_new_folder_is_doubtful_and_each_language_says_the_same(self):
        code, found, _ = self.examine()
        self.assertEqual(code, 1)
        self.assertLessEqual({"clock", "disk", "certificate", "permissions", "keys", "address", "posters", "backup"}, set(found))
        self.assertEqual((found["permissions"], found["address"], found["backup"], found["posters"]), ("ok", "warn", "warn", "ok"))
        code, translated, text = self.examine("zh_CN.UTF-8")
        self.assertEqual((code, list(translated.values())), (1, list(found.values())))
        self.assertIn("请", text)

    def test_it_looks_while_the_service_runs_and_changes_nothing(self):
        self.service.start()
        before = sorted(os.listdir(self.service.data))
        code, found, _ = self.examine()
        self.assertEqual((code, found["disk"]), (1, "ok"))
        self.assertEqual(sorted(os.listdir(self.service.data)), before)
        self.assertEqual(self.service.client().get("/healthz").status, 200)
        run("backup", "--data", self.service.data, os.path.join(self.service.folder, "copy"))
        self.assertEqual(self.examine()[1]["backup"], "ok")

    def test_a_key_that_others_may_read_is_bad(self):
        path = os.path.join(self.service.data, "keys", "tls-key.pem")
        os.chmod(path, 0o644)
        code, found, text = self.examine()
        self.assertEqual((code, found["permissions"], found["certificate"]), (2, "bad", "bad"))
        self.assertIn(path, text)

    def test_a_folder_without_data_is_no_patient(self):
        done = run("doctor", "--data", self.service.folder, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))


if __name__ == "__main__":
    unittest.main()
