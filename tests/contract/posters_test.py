# SPDX-License-Identifier: Apache-2.0
"""Posters through the service: printed by qrgen as a child, read back by a scanner, and only for whose site it is."""

import os
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.posters import codes_of, codes_of_pdf, text_of
from support.town import SITES, TownTest


def kept(content, suffix):
    file = tempfile.NamedTemporaryFile(suffix=suffix, delete=False)
    with file:
        file.write(content)
    return file.name


class Words(TownTest):
    def test_a_poster_says_whom_to_call_and_who_answers_for_it(self):
        self.service.set_config('[poster]\nhotline = "0312-12345"\nissuer = "定州市疫情防控指挥部"\n')
        self.restart()
        answer = self.manager.get("/api/v1/sites/S1/poster")
        self.assertEqual(answer.status, 200, answer)
        path = kept(answer.raw, ".pdf")
        self.addCleanup(os.remove, path)
        for words in ("0312-12345", "定州市疫情防控指挥部"):
            self.assertIn(words, text_of(path))


class Posters(TownTest):
    def poster(self, ref, query="", who=None):
        return (who or self.manager).get(f"/api/v1/sites/{ref}/poster{query}")

    def selection(self, *refs, **more):
        return self.manager.post("/api/v1/posters", {"sites": list(refs), **more})

    def file(self, answer, suffix):
        path = kept(answer.raw, suffix)
        self.addCleanup(os.remove, path)
        return path

    def code_in(self, url):
        return url.rsplit("/", 1)[1]

    def test_a_scanner_reads_from_a_poster_what_lets_a_resident_in(self):
        for direction in ("any", "in", "out", "pass"):
            answer = self.poster("S1", f"?direction={direction}")
            self.assertEqual((answer.status, answer.headers["content-type"]), (200, "application/pdf"), answer)
            [[url]] = codes_of_pdf(self.file(answer, ".pdf"), 150)
            self.assertEqual(self.code_in(url), self.code("S1", direction))
            self.assertTrue(url.startswith("https://"))
        self.assertEqual(self.scan(self.resident(), "S1").status, 201)

    def test_it_names_the_site_in_the_language_that_was_asked_for(self):
        name = next(site["name"] for site in self.service.exported_sites() if site["ref"] == "S1")
        self.assertIn(name, text_of(self.file(self.poster("S1", "?lang=zh"), ".pdf")))
        both = self.poster("S1", "?lang=zh+en")
        self.assertEqual(both.status, 200, both)
        self.assertNotEqual(both.raw, self.poster("S1", "?lang=en").raw)

    def test_the_same_poster_has_the_same_bytes(self):
        self.assertEqual(self.poster("S1").raw, self.poster("S1").raw)

    def test_pictures_are_to_be_had_of_one_poster(self):
        for form, media_type in (("png", "image/png"), ("svg", "image/svg+xml")):
            answer = self.poster("S1", f"?format={form}&sheet=a6x4")
            self.assertEqual((answer.status, answer.headers["content-type"].split(";")[0]), (200, media_type), answer)
            self.assertTrue(answer.headers["content-disposition"].startswith("attachment"))
        self.assertEqual([self.code_in(url) for url in codes_of(self.file(self.poster("S1", "?format=png"), ".png"))], [self.code("S1")])

    def test_a_selection_is_one_pdf_of_each_once(self):
        answer = self.selection("S1", "S2", "S1", directions=["in", "out", "in"])
        self.assertEqual(answer.status, 200, answer)
        read = [[self.code_in(url) for url in page] for page in codes_of_pdf(self.file(answer, ".pdf"), 150)]
        self.assertEqual(read, [[self.code(ref, direction)] for ref in ("S1", "S2") for direction in ("in", "out")])

    def test_what_is_wrong_is_named(self):
        for query, pointer, code in (("?sheet=a9", "/sheet", "sheet_unknown"), ("?format=gif", "/format", "poster_format_unknown"), ("?lang=fr", "/lang", "lang_unknown"),
                                     ("?direction=up", "/directions", "poster_direction_unknown")):
            answer = self.poster("S1", query)
            self.assertEqual((answer.status, [(one["pointer"], one["code"]) for one in answer.json["errors"]]), (422, [(pointer, code)]), answer)
        for sites, code in (([], "missing"), (["S1"] * 1001, "too_many")):
            answer = self.selection(*sites)
            self.assertEqual((answer.status, answer.json["errors"][0]["code"]), (422, code), answer)
        unknown = self.selection("S1", "NOWHERE")
        self.assertEqual((unknown.status, [(one["pointer"], one["code"]) for one in unknown.json["errors"]]), (404, [("/sites/1", "site_unknown")]))
        self.assertEqual(self.selection("S1", directions=[]).json["errors"][0]["code"], "missing")
        self.assertEqual(self.selection("S1", format="png").status, 400)

    def test_a_name_that_no_paper_holds_is_refused_with_what_to_do(self):
        answer = self.admin_import("ref,name,category,division\nLONG," + "极长的名字" * 12 + ",shop,130682\n")
        self.assertEqual(answer.json["rejected"], [])
        self.assertEqual(self.poster("LONG").code, "poster_refused")
        self.assertEqual(self.selection("S1", "LONG").code, "poster_refused")   # all or none: a site must not be missing without a word

    def admin_import(self, text):
        return self.manager.call("POST", "/api/v1/sites/import", text, {"Content-Type": "text/csv"})

    def test_only_a_manager_prints_and_only_in_scope(self):
        for who in (self.guard, self.tracer, self.auditor):
            self.assertEqual(self.poster("S1", who=who).status, 403)
        self.service.add_operator("elsewhere", "manager", "130682100")
        elsewhere = self.service.session("elsewhere")
        self.assert_problem(self.poster("S1", who=elsewhere), 404, "site_unknown")
        self.assert_problem(elsewhere.post("/api/v1/posters", {"sites": ["G1", "S1"]}), 404, "site_unknown")
        self.assertIn("留早镇东内堡村", text_of(self.file(self.poster("G1", who=elsewhere), ".pdf")).replace("\n", ""))

    def test_who_asks_while_another_poster_prints_waits_for_its_turn(self):
        first = threading.Thread(target=self.selection, args=("S1", "S2"))
        first.start()
        self.assertEqual(self.poster("S1", who=self.service.session("manager-1")).status, 200)
        first.join()

    def test_many_who_print_at_once_are_served_or_told_to_come_again(self):
        statuses = []

        def ask():
            client = self.service.session("manager-1")
            statuses.extend(client.get("/api/v1/sites/S1/poster").status for _ in range(5))
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(statuses), 20)
        self.assertLessEqual(set(statuses), {200, 503})
        self.assertIn(200, statuses)


if __name__ == "__main__":
    unittest.main()
