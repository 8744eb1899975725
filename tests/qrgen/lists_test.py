# SPDX-License-Identifier: Apache-2.0
"""Bad input and bad machines: a sentence with file and line, the good rows printed, the bad ones handed back, nothing half-written."""

import csv
import io
import os
import resource
import subprocess
import time

from support.posters import HEADER, HOST, PROGRAM, PosterCase, codes_of_pdf, pages, row, some, table, text_of, url

ALL = HEADER.index


def changed(number, **fields):
    one = row(number, f"村{number}")
    for name, value in fields.items():
        one[ALL(name)] = value
    return one


class BadRows(PosterCase):
    def test_each_is_told_with_file_and_line_and_handed_back_and_the_good_ones_are_printed(self):
        cases = [(changed(2, name=""), "name: is empty"), (changed(3, url=""), "url: is empty"),
                 (changed(4, url="http://chayan.example.gov.cn/s/x"), "url: must begin with https://"),
                 (changed(5, url=HOST + "/" + "x" * 250, code=""), "url: is too long (at most 256 characters)"),
                 (changed(6, name="定" * 80), "定定定定定定定定定定定定定…: name: does not fit; shorten it"),
                 (changed(7, name="😷口罩店"), "😷口罩店: name: no font has the character 😷 (U+1F637). Install one that does, such as fonts-noto-core or fonts-hanazono"),
                 (changed(8, direction="in"), "direction: says in, but the code in the address says any"),
                 (changed(9, category="moon"), "category: there is no such category"),
                 (changed(10, address="路" * 170), "村10: address: does not fit; shorten it"),
                 (changed(1, name="again"), "url: is that of line 2 already"),
                 (changed(11, name="a\u202eb"), "name: holds a character that cannot be printed, U+202E")]
        pdf = self.print_sites([row(1, "好村"), *(one for one, _ in cases), row(99, "末村")])
        for line, (_, sentence) in enumerate(cases, 3):
            self.assertIn(f"sites.csv:{line}: {sentence}\n", self.said)
        self.assertIn("see sites.csv.rejected.csv", self.said)
        self.assertEqual(codes_of_pdf(pdf, 150), [[url(1)], [url(99)]])
        handed_back = list(csv.reader(io.StringIO(self.read("sites.csv.rejected.csv").decode("utf-8-sig"))))
        self.assertEqual(handed_back[0], [*HEADER, "line", "reason"])
        self.assertEqual([one[:-2] for one in handed_back[1:]], [one for one, _ in cases])
        self.assertEqual([(one[-2], one[-1]) for one in handed_back[1:]], [(str(line), sentence) for line, (_, sentence) in enumerate(cases, 3)])
        self.assertEqual(os.stat(self.path("sites.csv.rejected.csv")).st_mode & 0o777, 0o600)

    def test_what_all_posters_share_is_told_when_it_does_not_fit(self):
        self.print_sites(some(1), "--issuer", "定州市疫情防控指挥部" * 16, expect=1)
        self.assertIn("东内堡村1号口: hotline, issuer: does not fit; shorten it", self.said)

    def test_they_are_told_in_chinese_by_default(self):
        self.print_sites([row(1, "好村"), changed(2, name="定" * 80)], env={})
        self.assertIn("定定定定定定定定定定定定定…：name：放不下，请改短", self.said)

    def test_mended_rows_are_a_list_again_and_the_file_of_bad_ones_goes(self):
        self.print_sites([row(1, "好村"), changed(2, name="")])
        mended = self.read("sites.csv.rejected.csv").decode("utf-8-sig").replace("A-0002,,", "A-0002,二村,")
        self.write(mended)
        self.qrgen("--sites", "sites.csv", "--out", "out.pdf")
        self.assertEqual(self.said, "")
        self.assertEqual(codes_of_pdf(self.path("out.pdf"), 150), [[url(2)]])
        self.assertFalse(os.path.exists(self.path("sites.csv.rejected.csv")))

    def test_when_no_row_is_good_it_fails_and_writes_nothing_but_the_bad_ones(self):
        self.print_sites([changed(2, name="")], expect=1)
        self.assertIn("sites.csv: no row could be printed; nothing was written", self.said)
        self.assertEqual(sorted(os.listdir(self.folder)), ["sites.csv", "sites.csv.rejected.csv"])

    def test_a_list_on_stdin_hands_back_where_it_is_told_to(self):
        text = table([row(1, "好村"), changed(2, name="")]).encode()
        self.qrgen("--sites", "-", "--out", "out.pdf", stdin=text)
        self.assertIn("stdin:3: name: is empty", self.said)
        self.assertFalse([name for name in os.listdir(self.folder) if "rejected" in name])
        self.qrgen("--sites", "-", "--out", "out.pdf", "--rejected", "bad.csv", stdin=text)
        self.assertIn(b"A-0002", self.read("bad.csv"))

    def test_many_bad_rows_do_not_flood_the_terminal(self):
        self.print_sites([row(1, "好村"), *(changed(number, name="") for number in range(2, 500))])
        self.assertLess(len(self.said.splitlines()), 30)
        self.assertIn("and 478 more", self.said)
        self.assertEqual(len(self.read("sites.csv.rejected.csv").splitlines()), 499)


class BadFiles(PosterCase):
    def fails(self, text, sentence, exit_code=1):
        self.write(text)
        self.qrgen("--sites", "sites.csv", "--out", "out.pdf", expect=exit_code)
        self.assertIn(sentence, self.said)
        self.assertEqual(os.listdir(self.folder), ["sites.csv"])

    def test_each_is_a_sentence_and_nothing_is_written(self):
        self.fails("", "sites.csv:1: the table is empty; its first row names the columns: name,url")
        self.fails("name,address\nx,y\n", 'sites.csv:1: the column "url" is missing')
        self.fails("name,url,name\nx,y,z\n", 'sites.csv:1: the column "name" is there twice')
        self.fails("名称,网址\n".encode("utf-16"), 'sites.csv: this is no CSV text (perhaps UTF-16, or a spreadsheet); save it as "CSV UTF-8"')
        self.fails(b"PK\x03\x04\x14\x00\x06\x00", "sites.csv: this is no CSV text")
        self.fails("name,url\n", "sites.csv: no row could be printed; nothing was written")

    def test_a_file_that_is_not_there_or_is_a_folder(self):
        self.qrgen("--sites", "none.csv", "--out", "out.pdf", expect=1)
        self.assertIn("none.csv: cannot read the file; check its path and permissions", self.said)
        self.qrgen("--sites", ".", "--out", "out.pdf", expect=1)
        self.assertIn(".: cannot read the file", self.said)

    def test_an_unknown_column_is_left_out_with_a_word(self):
        self.write(f"name,url,colour\n东口,{url(1)},red\n")
        self.qrgen("--sites", "sites.csv", "--out", "out.pdf")
        self.assertEqual(self.said, 'sites.csv:1: the column "colour" is not known and was left out\n')
        self.assertEqual(pages(self.path("out.pdf")), 1)

    def test_a_list_as_excel_in_china_saves_it_gives_the_same_posters(self):
        rows = [row(1, "𠮷祥超市", "shop", "李亲顾镇", "村东"), row(2, "东内堡村")]
        self.write(table(rows), encoding="gb18030")
        self.qrgen("--sites", "sites.csv", "--out", "gbk.pdf")
        self.assertIn("sites.csv: read as GBK (GB18030)", self.said)
        self.write(table(rows), encoding="utf-8-sig")
        self.qrgen("--sites", "sites.csv", "--out", "utf8.pdf")
        self.assertEqual(self.said, "")
        self.assertEqual(self.read("gbk.pdf"), self.read("utf8.pdf"))
        self.assertIn("𠮷祥超市", text_of(self.path("gbk.pdf")))

    def test_a_column_in_chinese_and_windows_line_ends(self):
        self.write(f"名称,网址,类别,方向\r\n东口,{url(1, 'in')},村口,进\r\n")
        self.qrgen("--sites", "sites.csv", "--out", "out.pdf")
        self.assertEqual(self.said, "")
        self.assertIn("村口", text_of(self.path("out.pdf")))

    def test_ten_thousand_rows(self):
        self.write(table(some(10_000)))
        begun = time.monotonic()
        self.qrgen("--sites", "sites.csv", "--out", "out.pdf", "--sheet", "a6x4")
        self.assertLess(time.monotonic() - begun, 120)
        self.assertEqual(pages(self.path("out.pdf")), 2500)
        self.assertEqual(len(self.manifest()), 10_000)

    def test_only_the_directions_that_are_asked_for(self):
        rows = [row(number, f"村{number}", direction=direction) for number in (1, 2) for direction in ("any", "in", "out", "pass")]
        self.write(table(rows))
        said = self.qrgen("--sites", "sites.csv", "--out", "out.pdf", "--direction", "in,out")
        self.assertEqual(codes_of_pdf(self.path("out.pdf"), 100), [[url(number, direction)] for number in (1, 2) for direction in ("in", "out")])
        self.assertIn(b"posters 4, pages 4, bytes ", said)
        self.assertIn(b"left out 4", said)


class Codes(PosterCase):
    def test_a_code_in_an_address_that_is_not_plain_is_refused_since_what_it_records_is_not_looked_at(self):
        plain = url(7)
        host, code = plain.rsplit("/s/", 1)
        for odd in (plain + "/", plain + "?x=1", plain + "#a", f"{host}/S/{code}", f"{host}/s/{code.upper()}"):
            self.write(f"name,url\n东门,{url(1)}\n西门,{odd}\n")
            self.qrgen("--sites", "sites.csv", "--out", "x.pdf")
            self.assertIn("16 characters in lower case, and nothing behind", self.said, odd)
            self.assertEqual(pages(self.path("x.pdf")), 1)

    def test_the_check_passes_short_addresses(self):
        for address in ("https://a.cn/", "https://b.cn/abcdefg/hijk", url(7).replace(HOST, "https://a.cn")):
            for level in "mqh":
                self.write(f"name,url\n东门,{address}\n")
                self.qrgen("--sites", "sites.csv", "--out", "x.pdf", "--check", "--level", level)

    def test_whole_writes_nothing_where_a_row_is_rejected(self):
        self.write(f"name,url\n东门,{url(1)}\n{'极长的名字' * 20},{url(2)}\n")
        self.qrgen("--sites", "sites.csv", "--out", "x.pdf", "--whole", expect=1)
        self.assertNotIn("x.pdf", os.listdir(self.folder))
        self.qrgen("--sites", "sites.csv", "--out", "x.pdf")


class WrongUsage(PosterCase):
    def test_ends_with_2_and_says_how(self):
        self.write(table(some(5)))
        cases = [((), "--out is required"), (("--out", "x.pdf"), "name a list with --sites or --cards"),
                 (("--sites", "sites.csv", "--out", "x.pdf", "--sheet", "a9"), "--sheet: a9 not in {a4,a3,a5x2,a6x4,lane}"),
                 (("--sites", "sites.csv", "--out", "x.pdf", "--nonsense"), "--nonsense"),
                 (("--sites", "sites.csv", "--out", "x.pdf", "--date", "tomorrow"), "--date is written like 2020-02-10"),
                 (("--sites", "sites.csv", "--out", "-", "--split"), "--split writes into a folder, not to stdout"),
                 (("--sites", "sites.csv", "--out", "x.png"), "SVG and PNG hold one page: use --split, or PDF"),
                 (("--sites", "sites.csv", "--out", "x.pdf", "--packing-list", "x.pdf"), "x.pdf: two outputs can't be one file"),
                 (("--sites", "sites.csv", "--out", "x.pdf", "--manifest", "m.csv", "--rejected", "./m.csv"), "m.csv: two outputs can't be one file"),
                 (("--sites", "sites.csv", "--out", "x.pdf", "--packing-list", "x.pdf.manifest.csv"), "two outputs can't be one file"),
                 (("--sites", "sites.csv", "--divisions", "sites.csv", "--out", "x.pdf", "--manifest", "sites.csv"), "sites.csv: would overwrite the list itself"),
                 (("--sites", "sites.csv", "--out", "sites.csv"), "sites.csv: would overwrite the list itself"),
                 (("--sites", "sites.csv", "--out", "x.pdf", "--issuer", "x\x1b"), "--hotline or --issuer is too long or cannot be printed"),
                 (("--sites", "a", "--cards", "b", "--out", "x.pdf"), "excludes")]
        for arguments, sentence in cases:
            self.qrgen(*arguments, expect=2)
            self.assertIn(sentence, self.said)
            self.assertEqual(os.listdir(self.folder), ["sites.csv"])

    def test_help_has_examples_and_exit_codes(self):
        text = self.qrgen("--help").decode()
        for word in ("chayan site export", "--sites", "--check", "--packing-list", "Exit codes", "a6x4"):
            self.assertIn(word, text)

    def test_without_its_font_it_says_which_to_install(self):
        self.write(table(some(1)))
        self.write('<fontconfig><dir>nowhere</dir></fontconfig>', "fonts.conf")
        self.qrgen("--sites", "sites.csv", "--out", "out.pdf", expect=1, env={"FONTCONFIG_FILE": self.path("fonts.conf"), "LC_ALL": "en"})
        self.assertIn("the font Noto Sans CJK SC is missing. Install fonts-noto-cjk, or name the folder that holds it with --fonts", self.said)
        self.assertFalse(os.path.exists(self.path("out.pdf")))


class PoorMachine(PosterCase):
    def test_what_stood_there_stays_and_nothing_half_written_is_left(self):
        self.write(table(some(30)))
        self.write(b"of yesterday", "out.pdf")
        done = subprocess.run([PROGRAM, "--sites", "sites.csv", "--out", "out.pdf"], cwd=self.folder, capture_output=True,
                              env={"LC_ALL": "en"}, check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("out.pdf: cannot write (File too large); check the path, permissions and the space on the disk", done.stderr.decode())
        self.assertEqual(self.read("out.pdf"), b"of yesterday")
        self.assertEqual(sorted(os.listdir(self.folder)), ["out.pdf", "sites.csv"])

    def test_with_too_little_memory_there_is_the_same_poster_or_none(self):
        self.write(table(some(1)))
        self.qrgen("--sites", "sites.csv", "--out", "whole.pdf")
        for mebibytes in (*range(190, 300, 10), 512):
            limit = mebibytes << 20
            subprocess.run([PROGRAM, "--sites", "sites.csv", "--out", "out.pdf"], cwd=self.folder, capture_output=True, env={}, check=False, timeout=60,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))   # noqa: B023
            if os.path.exists(self.path("out.pdf")):
                self.assertEqual(self.read("out.pdf"), self.read("whole.pdf"), mebibytes)
                os.remove(self.path("out.pdf"))
                enough = mebibytes
        self.assertEqual(enough, 512)
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith("out.pdf.") and not name.endswith(".manifest.csv")])

    def test_no_space_left_is_told(self):
        self.write(table(some(3)))
        self.qrgen("--sites", "sites.csv", "--out", "/dev/full", expect=1)
        self.assertIn("/dev/full: cannot write (No space left on device)", self.said)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "--sites", "sites.csv", "--out", "-"], cwd=self.folder, stdout=full, stderr=subprocess.PIPE,
                                  env={"LC_ALL": "en"}, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot write to stdout", done.stderr)

    def test_a_folder_that_is_not_there_or_cannot_be_made(self):
        self.write(table(some(1)))
        self.qrgen("--sites", "sites.csv", "--out", "none/out.pdf", expect=1)
        self.assertIn("none/out.pdf: cannot write (No such file or directory)", self.said)
        self.qrgen("--sites", "sites.csv", "--out", "sites.csv/posters", "--split", expect=1)
        self.assertIn("sites.csv/posters: cannot write (Not a directory)", self.said)
