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
from support import schema
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


_TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:e\d+|[smhd])?|[A-Za-z_]\w*|[=!<>]=|=~|!~|[-+*/<>=(){}\[\],]')
_WORDS = {"sum", "rate", "increase", "histogram_quantile", "topk", "time", "absent", "by", "on", "and", "or"}


def mistakes(expression, told):
    """What Prometheus, or whoever looks at an empty panel, would find wrong with an expression; `told` has the labels of each series."""
    tokens, at = [], 0
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if not found:
            return [f"{expression[at:]!r} is no PromQL"]
        tokens, at = tokens + [found[0]] * bool(found[0].strip()), found.end()
    wrong, open_ones, series = [], [], [token for token in tokens if token.startswith(("chayan_", "process_"))]
    for i, token in enumerate(tokens):
        before, after = tokens[i - 1] if i else "", tokens[i + 1] if i + 1 < len(tokens) else ""
        if token in "({[":
            open_ones.append((token, tokens[i - 2] if before in ("by", "on") else before))
        elif token in ")}]":
            if not open_ones or open_ones.pop()[0] + token not in ("()", "{}", "[]"):
                wrong.append(f"{token} closes nothing")
        elif re.match(r"[A-Za-z_]", token):
            inside, owner = open_ones[-1] if open_ones else ("", "")
            is_label = inside == "{" or (inside == "(" and tokens[max(0, i - 4):i].count("by") > 0 and after in (",", ")"))
            known = told.get(owner, set()) if inside == "{" else set().union(*(told.get(one, set()) for one in series))
            if is_label and token not in known:
                wrong.append(f"{owner or series} has no label {token}")
            elif not is_label and token not in _WORDS and token not in told:
                wrong.append(f"{token} is told by nobody")
            elif token in ("sum", "rate", "increase", "histogram_quantile", "topk", "time", "absent") and after not in ("(", "by"):
                wrong.append(f"{token} is a function")
        if token.startswith("chayan_") and token.endswith(("_total", "_bucket")) and not {"rate", "increase"} & set(tokens[max(0, i - 2):i]):
            wrong.append(f"{token} only grows: it wants rate()")
    return wrong + [f"{token} stays open" for token, _ in open_ones]


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

    def test_each_expression_of_rules_and_dashboard_is_whole_and_fits_the_series(self):
        run("backup", "--data", self.service.data, os.path.join(self.service.folder, "third"))
        self.scanned(self.resident(), "S1")
        told = {"up": {"job"}, "chayan_clock_synchronised": set(), "chayan_recovery_proved_seconds": set()}   # Prometheus's own; what a system may not tell, or nobody did yet
        for line in self.asked()[1].splitlines():
            if not line.startswith("#"):
                told.setdefault(re.split("[{ ]", line)[0], set()).update(re.findall(r'([a-z_]+)="', line))
        routes = set(schema.load()["paths"])
        count = 0
        for file_name in ("chayan.rules.yml", "chayan.dashboard.json"):
            with open(os.path.join(_MONITORING, file_name), encoding="utf-8") as file:
                document = json.load(file) if file_name.endswith(".json") else yaml.safe_load(file)
            for expression in expressions(document):
                with self.subTest(expression):
                    count += 1
                    self.assertEqual(mistakes(expression, told), [])
                    for pattern in re.findall(r'route=~?"([^"]+)"', expression):
                        self.assertTrue([route for route in routes if re.fullmatch(pattern, route)], "no route is meant")
                    for pattern in re.findall(r'status=~?"([^"]+)"', expression):
                        self.assertLessEqual(set(pattern.split("|")), {"2xx", "3xx", "4xx", "5xx"})
        self.assertGreater(count, 20)
        for wrong in ("sum(rate(chayan_requests_total[5m])", "sum by (rout) (rate(chayan_requests_total[5m]))", "chayan_requests_total", 'rate(chayan_requests_total{statis="2xx"}[5m])',
                      "chayan_redy == 0", "rat(process_cpu_seconds_total[5m])", "chayan_ready; 1"):
            self.assertNotEqual(mistakes(wrong, told), [], wrong)

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
