# SPDX-License-Identifier: Apache-2.0
"""What is kept for how long, imports with their legal basis, and what is stored, held against the schema."""

import csv
import io
import os
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name
from support.service import run
from support.town import TownTest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CSV = {"Content-Type": "text/csv"}


class Retention(TownTest):
    def columns(self):
        with sqlite3.connect(f"file:{os.path.join(self.service.data, 'chayan.db')}?mode=ro", uri=True) as store:
            tables = [row[0] for row in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")]
            return {(table, row[1]) for table in tables for row in store.execute(f"PRAGMA table_info({table})")}

    def test_the_assessment_names_each_column_of_the_schema_and_no_other(self):
        told = self.auditor.get("/api/v1/assessment").json
        described = [(column["table"], column["column"]) for kind in told["kinds"] for column in kind["columns"]]
        self.assertEqual(len(described), len(set(described)))
        self.assertEqual(set(described), self.columns())

    def test_the_assessment_tells_who_reads_from_the_table_of_calls(self):
        with open(os.path.join(ROOT, "schema", "openapi.yaml"), encoding="utf-8") as file:
            paths = {line.rstrip() for line in file}
        kinds = {kind["kind"]: kind for kind in self.admin.get("/api/v1/assessment").json["kinds"]}
        for kind in kinds.values():
            for call in kind["calls"]:
                self.assertIn(f"  {call}:", paths)
            self.assertTrue(kind["readers"], kind["kind"])
        self.assertEqual(kinds["audit"]["readers"], ["auditor", "resident"])
        self.assertEqual(kinds["ledger"]["readers"], ["tracer"])
        self.assertEqual(kinds["scans"]["retention"], {"rule": "scan_days", "days": 28})
        self.assertEqual(kinds["audit"]["retention"], {"rule": "audit_days", "days": 400})

    def test_the_inventory_is_the_same_as_a_command(self):
        rows = list(csv.DictReader(io.StringIO(run("inventory").stdout)))
        self.assertEqual({(row["table"], row["column"]) for row in rows}, self.columns())
        self.assertEqual({(row["form"], row["days"]) for row in rows if (row["table"], row["column"]) == ("registration", "profile")}, {("sealed", "28")})

    def test_what_is_kept_is_told_and_status_tells_of_the_days(self):
        told = self.auditor.get("/api/v1/retention").json
        self.assertEqual((told["scan_days"], told["desk_days"], told["audit_days"], told["roster_days"]), (28, 184, 400, 184))
        self.assertEqual((told["held"], told["next_days"]), ([], []))
        rules = {rule["kind"]: rule for rule in told["rules"]}
        self.assertEqual((rules["alerts"]["days"], rules["alerts"]["due"], rules["alerts"]["removed"], rules["alerts"]["last"]), (28, 0, 0, None))
        self.assertGreater(rules["audit_lines"]["count"], 0)
        forgetting = self.admin.get("/api/v1/status").json["forgetting"]
        self.assertEqual((forgetting["held"], forgetting["next_days"]), ([], []))
        for who in (self.guard, self.tracer):
            self.assert_problem(who.get("/api/v1/retention"), 403, "forbidden")
            self.assert_problem(who.get("/api/v1/assessment"), 403, "forbidden")

    def test_a_roster_names_its_basis_and_its_end_or_neither(self):
        number = self.number()
        rows = f"name,document_number\n{name(number)},{document(number)['number']}\n"
        for query, pointer in (("?basis=x", "/until"), ("?until=2099-01-01", "/basis"), ("?basis=x&until=2001-01-01", "/until"), ("?basis=x&until=tomorrow", "/until")):
            answer = self.admin.post("/api/v1/people/import" + query, rows, headers=CSV)
            self.assert_problem(answer, 422, answer.json["code"])
            self.assertEqual([error["pointer"] for error in answer.json["errors"]], [pointer])
        before = {roster["basis"] for roster in self.admin.get("/api/v1/retention").json["rosters"]}
        self.assertEqual(self.admin.post("/api/v1/people/import", rows, headers=CSV).status, 200)
        self.assertEqual(self.admin.post("/api/v1/people/import?basis=No.%203&until=2027-12-31", rows, headers=CSV).status, 200)
        rosters = {roster["basis"]: roster for roster in self.admin.get("/api/v1/retention").json["rosters"]}
        self.assertEqual(set(rosters) - before, {"", "No. 3"} - before)
        self.assertEqual(rosters["No. 3"]["until"], "2027-12-31")


if __name__ == "__main__":
    unittest.main()
