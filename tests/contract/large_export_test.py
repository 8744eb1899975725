# SPDX-License-Identifier: Apache-2.0
"""Exports as large as a town: the same rows in every form over HTTP, and one that nobody waits for ends unfinished."""

import io
import json
import os
import socket
import sys
import time
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.client import tls_context
from support.people import document, name, phone
from support.service import Service, rfc3339
from support.town import CASE, DAY

PEOPLE = 100_000


class LargeExport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.close)
        cls.service.divisions()
        cls.service.sites([{"ref": "S1", "category": "shop"}])
        cls.now = int(time.time())
        cls.service.import_csv("person", ["ref", "name", "document_type", "document_number", "phone"],
                               ([f"R{n}", name(n), "id", document(n)["number"], phone(n)] for n in range(PEOPLE)))
        cls.service.import_csv("scan", ["ref", "site", "at", "direction"], ([f"R{n}", "S1", rfc3339(cls.now - DAY + n % 3600), "in"] for n in range(PEOPLE)))
        for role in ("tracer", "auditor"):
            cls.service.add_operator(f"{role}-1", role)
        cls.service.start()
        cls.service.wait_until_ready()
        cls.tracer, cls.auditor = cls.service.session("tracer-1"), cls.service.session("auditor-1")
        cls.service.case(cls.tracer, CASE)

    def path(self, form):
        return f"/api/v1/sites/S1/passages?case={CASE}&from={rfc3339(self.now - 2 * DAY)}&to={rfc3339(self.now)}&format={form}"

    def under_way(self):
        return self.tracer.get("/api/v1/exports").json["exports"]

    def actions(self, count):
        return [entry["action"] for entry in self.auditor.get(f"/api/v1/audit?limit={count}").json["entries"]]

    def test_every_form_has_every_row(self):
        whole = self.tracer.get(self.path("json")).json["passages"]
        self.assertEqual(len(whole), PEOPLE)
        lines = self.tracer.get(self.path("ndjson"))
        self.assertEqual([json.loads(line) for line in lines.raw.split(b"\n")[:-1]], whole)
        table = self.tracer.get(self.path("csv"))
        self.assertEqual(table.raw.count(b"\r\n"), PEOPLE + 1)
        book = self.tracer.get(self.path("xlsx"))
        with zipfile.ZipFile(io.BytesIO(book.raw)) as archive:
            self.assertEqual(archive.read("xl/worksheets/sheet2.xml").count(b"<row "), PEOPLE + 1)
        for answer in (lines, table, book):
            self.assertEqual((answer.headers["Chayan-Rows"], answer.headers["Chayan-Complete"]), (str(PEOPLE), "true"))

    def test_an_export_whose_client_has_gone_is_never_finished_and_leaves_nothing(self):
        began = time.monotonic()
        self.assertEqual(self.tracer.get(self.path("xlsx")).status, 200)
        takes = time.monotonic() - began
        self.assertEqual(self.actions(1), ["exported"])
        connection = tls_context().wrap_socket(socket.create_connection(("127.0.0.1", self.service.port)))
        connection.sendall(f"GET {self.path('xlsx')} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.tracer.bearer}\r\n\r\n".encode())
        while self.actions(1) == ["exported"]:
            time.sleep(0.02)
        under_way = self.under_way()
        self.assertEqual([(one["what"], one["case"], one["format"]) for one in under_way], [("passages", CASE, "xlsx")])
        connection.close()
        time.sleep(takes + 3)   # long enough for a whole one
        self.assertNotIn("exported", self.actions(2))
        self.assertIn("export_asked", self.actions(2))
        self.assertEqual(os.listdir(os.path.join(self.service.data, "spool")), [])
        self.assertEqual(self.under_way(), [])
        self.assertEqual(self.tracer.get(self.path("csv")).status, 200)   # and its place is free


if __name__ == "__main__":
    unittest.main()
