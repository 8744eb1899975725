# SPDX-License-Identifier: Apache-2.0
"""What whoever watches the service is told, where the settings say so: by Prometheus's form on this machine, by `chayan status` for a command."""

import http.client
import json
import os
import re
import sys
import time
import unittest

import yaml

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.service import QUIET_LIMITS, run
from support.town import TownTest

_LINE = re.compile(r'^([a-z_]+)(\{([a-z]+="[^"\\]*",?)+\})? (-?[0-9.e+]+|NaN)$')
_MONITORING = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools", "package", "monitoring")
_HERE = re.compile(r"^metrics http://127\.0\.0\.1:(\d+)/metrics$", re.M)


def expressions(value):
    """Every `expr` in a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "expr" else expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from expressions(inner)


class Metrics(TownTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service.set_config(QUIET_LIMITS + '[server]\nmetrics_listen = "127.0.0.1:0"\n')
        cls().restart()

    def asked(self, path="/metrics"):
        port = int(_HERE.findall(self.service.stderr())[-1])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def values(self):
        """{name and labels: number}."""
        _, text = self.asked()
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if not line.startswith("#")}

    def test_each_line_is_of_prometheus_and_each_family_is_explained(self):
        answer, text = self.asked()
        self.assertEqual(answer.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8")
        explained, lines = set(), [line for line in text.splitlines() if line]
        for line in lines:
            if line.startswith("#"):
                explained.add(line.split()[2])
                continue
            self.assertRegex(line, _LINE)
            family = re.sub(r"_(bucket|sum|count)$", "", line.split("{")[0].split()[0])
            self.assertIn(family, explained)
        self.assertEqual(len(lines), len(set(lines)))
        self.assertEqual(self.asked("/healthz")[0].status, 404)

    def test_what_happens_is_counted_by_route_and_nothing_of_what_was_sent_is_told(self):
        mark = 'chayan_requests_total{method="GET",route="/healthz",status="2xx"}'
        other = 'chayan_requests_total{method="OTHER",route="other",status="4xx"}'
        before = self.values()
        client = self.service.client()
        for _ in range(3):
            client.get("/healthz")
        client.get("/nowhere/130682198001010036")
        number = self.number()
        self.scanned(self.resident(number), "S1")
        after = self.values()
        self.assertEqual(after[mark] - before.get(mark, 0), 3)
        self.assertEqual(after[other] - before.get(other, 0), 1)
        self.assertEqual(after["chayan_scans_today"] - before["chayan_scans_today"], 1)
        self.assertGreater(after["chayan_commit_seconds_count"], before["chayan_commit_seconds_count"])
        self.assertEqual(after['chayan_commit_seconds_bucket{le="+Inf"}'], after["chayan_commit_seconds_count"])
        self.assertEqual((after["chayan_ready"], after["chayan_store_full"], after["chayan_queue_scans"]), (1, 0, 0))
        text = self.asked()[1]
        for mark in (name(number), document(number)["number"], "130682198001010036", "nowhere", self.service.data, "S1", self.codes["S1"]["any"]):
            self.assertNotIn(mark, text)

    def test_rules_and_dashboard_ask_for_numbers_that_are_told(self):
        run("backup", "--data", self.service.data, os.path.join(self.service.folder, "another"))
        self.scanned(self.resident(), "S1")
        told = {re.split("[{ ]", line)[0] for line in self.asked()[1].splitlines() if not line.startswith("#")}
        unknown_here = {"chayan_clock_synchronised", "chayan_recovery_proved_seconds"}   # a system may not tell; nobody proved it here
        for file_name in ("chayan.rules.yml", "chayan.dashboard.json"):
            with open(os.path.join(_MONITORING, file_name), encoding="utf-8") as file:
                document = yaml.safe_load(file)   # JSON is YAML
            asked = set(re.findall(r"\b(?:chayan|process)_\w+", "\n".join(expressions(document))))
            self.assertGreater(len(asked), 8, file_name)
            self.assertEqual(asked - told - unknown_here, set(), file_name)

    def test_a_backup_is_told(self):
        run("backup", "--data", self.service.data, os.path.join(self.service.folder, "copy"))
        told = self.values()
        self.assertAlmostEqual(told["chayan_last_backup_seconds"], time.time(), delta=60)

    def test_a_command_is_told_what_the_page_is(self):
        done = run("status", "--data", self.service.data, "--json")
        told = json.loads(done.stdout)
        self.assertEqual(set(told), set(self.admin.get("/api/v1/status").json))
        self.assertEqual(told["log"]["state"], "ready")
        self.service.stop()
        self.addCleanup(self.restart)
        done = run("status", "--data", self.service.data, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))


if __name__ == "__main__":
    unittest.main()
