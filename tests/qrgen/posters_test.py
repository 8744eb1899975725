# SPDX-License-Identifier: Apache-2.0
"""What qrgen prints, looked at from outside: every sheet, variant and language as pixels and as text."""

import collections
import os
import re
import subprocess
import time

from support.posters import (DIRECTIONS, HOST, PROGRAM, PosterCase, codes_of, codes_of_pdf, grey_crop, pages, png_rows, row, some,
                             table, text_of, tool, url)

SHEETS = {"a4": 1, "a3": 1, "a5x2": 2, "a6x4": 4, "lane": 1}
LONG = "河北定州旭阳新能源科技有限公司二期工程项目部东侧临时出入口"


def variants():
    return [row(7, LONG if direction == "pass" else "京港澳高速定州出口", "traffic", "定州市南城区街道", "由北向南车道", direction) for direction in DIRECTIONS]


class Sheets(PosterCase):
    def test_every_variant_on_every_sheet_in_every_language_is_read_back(self):
        for sheet, places in SHEETS.items():
            for language in ("zh", "en", "zh+en"):
                pdf = self.print_sites(variants(), "--sheet", sheet, "--lang", language, "--hotline", "0312-12345", "--issuer", "定州市疫情防控指挥部")
                expected = [url(7, direction) for direction in DIRECTIONS]
                coarse, fine = (150, 300) if sheet != "lane" else (50, 150)
                for dpi in (coarse, fine) if language == "zh+en" else (coarse,):
                    with self.subTest(sheet=sheet, language=language, dpi=dpi):
                        read = codes_of_pdf(pdf, dpi)
                        self.assertEqual(read, [sorted(expected[at:at + places]) for at in range(0, 4, places)])

    def test_pages_have_the_size_of_their_sheet(self):
        sizes = {"a4": (595, 842), "a3": (842, 1191), "a5x2": (842, 595), "a6x4": (595, 842), "lane": (1684, 2384)}
        for sheet, size in sizes.items():
            pdf = self.print_sites(some(1), "--sheet", sheet)
            found = re.search(rb"Page size:\s+([\d.]+) x ([\d.]+)", tool("pdfinfo", pdf))
            self.assertEqual(tuple(round(float(one)) for one in found.groups()), size, sheet)

    def test_every_level_is_read_back(self):
        for level in "mqh":
            self.assertEqual(codes_of_pdf(self.print_sites(some(1), "--level", level), 150), [[url(1)]])

    def test_modules_are_whole_dots_of_a_300_dpi_printer(self):
        pdf = self.print_sites(some(1))
        module = float(self.manifest()[0]["module_mm"])
        self.assertAlmostEqual(module * 300 / 25.4, round(module * 300 / 25.4), places=2)
        tool("pdftocairo", "-r", 300, "-gray", "-png", "-singlefile", "-x", 700, "-y", 1200, "-W", 600, "-H", 600, pdf, self.path("part"))
        width, rows = png_rows(self.read("part.png"))
        self.assertEqual(width, 600)
        self.assertEqual({shade for line in rows for shade in line}, {0, 255}, "an edge between two dots is grey")

    def test_the_check_reads_back_what_it_made(self):
        for sheet in SHEETS:
            self.print_sites(variants(), "--sheet", sheet, "--check")
        for form in ("svg", "png"):
            self.print_sites(variants()[:1], "--check", "--format", form, out="one." + form)


class Words(PosterCase):
    def test_all_that_a_resident_needs_stands_on_the_poster(self):
        pdf = self.print_sites([row(7, "西李亲顾村", "village", "李亲顾镇", "村口检查站", "in")], "--hotline", "0312-12345", "--issuer", "定州市疫情防控指挥部",
                               "--date", "2020-02-10")
        text = text_of(pdf)
        for words in ("西李亲顾村", "李亲顾镇 · 村口检查站", "村口", "Village gate", "进 IN", "扫一扫", "登记一次", "出示结果", "微信、支付宝、相机均可", "没有手机", "没有网络",
                      "No phone", "No network", "咨询电话", "0312-12345", "定州市疫情防控指挥部", "2020-02-10", "第 1 版", "A-0007", "chayan.example.gov.cn"):
            self.assertIn(words, text)
        typed = url(7, "in")[-16:]
        self.assertIn(" ".join(typed[at:at + 4] for at in range(0, 16, 4)), text)

    def test_one_language_has_no_word_of_the_other(self):
        chinese = re.compile("[\u4e00-\u9fff]")
        self.assertNotRegex(text_of(self.print_sites([row(7, "Gate", "village", direction="out")], "--lang", "en")), chinese)
        text = text_of(self.print_sites([row(7, "东口", "village", direction="out")], "--lang", "zh"))
        for word in ("OUT", "Village", "Scan", "phone"):
            self.assertNotIn(word, text)

    def test_directions_differ_by_word_and_arrow(self):
        pdf = self.print_sites(variants())
        for page, words in enumerate((("进出", "IN/OUT"), ("进", "IN"), ("出", "OUT"), ("通过", "PASS")), 1):
            text = text_of(pdf, page)
            for word in words:
                self.assertRegex(text, rf"(?m)(^|\s){re.escape(word)}(\s|$)")

    def test_a_grey_copy_tells_entry_from_exit_without_a_word(self):
        pdf = self.print_sites(variants())
        beside_the_card = (2, 70, 24, 14)   # only the head's ground
        shades = {}
        for page, direction in enumerate(DIRECTIONS, 1):
            pixels = grey_crop(pdf, page, 100, beside_the_card)
            common = [shade for shade, count in collections.Counter(pixels).items() if count > len(pixels) / 8]
            shades[direction] = sorted(common)
        self.assertEqual([len(shades[one]) for one in DIRECTIONS], [1, 1, 2, 2], shades)
        self.assertGreater(shades["out"][1] - shades["out"][0], 25)
        arrows = {direction: grey_crop(pdf, page, 60, (0, 120, 30, 40)) for page, direction in enumerate(DIRECTIONS, 1)}
        self.assertEqual(len(set(arrows.values())), 4)

    def test_names_are_found_as_text_and_fonts_are_embedded_subsets_with_unicode(self):
        names = ["回民街第一社区居民委员会", "𠮷祥超市", "ئۈرۈمچى بېكەت", "ལྷ་ས།", "Gate 3"]
        pdf = self.print_sites([row(number, name) for number, name in enumerate(names, 1)])
        for page, name in enumerate(names, 1):
            self.assertIn(name, re.sub("[\u202a-\u202e]", "", text_of(pdf, page)))
        fonts = tool("pdffonts", pdf).decode().splitlines()[2:]
        self.assertGreaterEqual(len(fonts), 4)
        for font in fonts:
            self.assertRegex(font, r"^[A-Z]{6}\+.* yes +yes +(yes|no) +\d+ +0$")
        self.assertFalse([font for font in fonts if "CJK" in font and not re.search(r"yes yes yes", font)])

    def test_a_name_that_is_long_stands_in_two_lines_and_whole(self):
        text = text_of(self.print_sites([row(7, LONG)]))
        self.assertIn("河北定州旭阳新能源科技有限公司\n二期工程项目部东侧临时出入口", text)


class Files(PosterCase):
    def test_equal_lists_give_equal_bytes_whatever_the_machine_says(self):
        for form in ("pdf", "svg", "png"):
            first = self.print_sites(some(1), out="first." + form)
            again = self.print_sites(some(1), out="again." + form, env={"HOME": self.folder, "TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8", "SOURCE_DATE_EPOCH": "1"})
            time.sleep(1.1)   # a file that tells its second would differ
            bare = self.print_sites(some(1), out="bare." + form, env={})
            for path in (again, bare):
                self.assertEqual(self.read(os.path.basename(path)), self.read(os.path.basename(first)), form)

    def test_a_date_is_in_the_file_only_when_it_was_named(self):
        self.assertNotIn(b"2020", tool("pdfinfo", self.print_sites(some(1))))
        self.assertIn(b"2020", tool("pdfinfo", self.print_sites(some(1), "--date", "2020-02-10")))

    def test_from_stdin_to_stdout_without_any_environment(self):
        for form, head in (("pdf", b"%PDF"), ("svg", b"<?xml"), ("png", b"\x89PNG")):
            data = self.qrgen("--sites", "-", "--out", "-", "--format", form, stdin=table(some(1)).encode(), env={})
            self.assertTrue(data.startswith(head))
            self.write(data, "out." + form)
        self.assertEqual(codes_of_pdf(self.path("out.pdf"), 150), [[url(1)]])
        self.assertEqual(codes_of(self.path("out.png")), [url(1)])
        self.assertEqual(sorted(os.listdir(self.folder)), ["out.pdf", "out.png", "out.svg"], "nothing else was left")

    def test_a_picture_says_how_large_it_is_to_be_printed(self):
        self.print_sites(some(1), out="out.png")
        data = self.read("out.png")
        self.assertEqual(data[37:41], b"pHYs")
        self.assertEqual(int.from_bytes(data[41:45], "big"), round(300 / 0.0254))
        self.assertIn(b'width="595.27', self.qrgen("--sites", "sites.csv", "--out", "-", "--format", "svg")[:400])

    def test_split_gives_a_file_for_each_site_named_after_it(self):
        self.write(table([row(1, "东口", direction="in"), row(2, "../西口", ref=""), row(3, "西口?", ref="")]))
        self.qrgen("--sites", "sites.csv", "--out", "posters", "--split", "--format", "png")
        self.assertEqual(sorted(os.listdir(self.path("posters"))), sorted(["A-0001-东口-in.png", "_西口.png", "西口_.png", "manifest.csv"]))
        self.assertEqual(codes_of(self.path("posters/A-0001-东口-in.png")), [url(1, "in")])
        self.assertEqual([one["file"] for one in self.manifest("posters/manifest.csv")], ["A-0001-东口-in.png", "_西口.png", "西口_.png"])

    def test_split_fills_a_sheet_with_one_site(self):
        self.print_sites(some(2), "--split", "--sheet", "a6x4", out="cards.pdf")
        self.assertEqual(codes_of_pdf(self.path("cards/A-0002-东内堡村2号口.pdf"), 150), [[url(2)] * 4])

    def test_the_manifest_tells_what_stands_where(self):
        self.print_sites([row(1, "=1+1", "shop", "李亲顾镇", "甲", "out"), row(2, "乙")], "--sheet", "a5x2")
        lines = self.manifest()
        self.assertEqual([(one["file"], one["page"], one["place"], one["name"]) for one in lines],
                         [("out.pdf", "1", "1", "乙"), ("out.pdf", "1", "2", "'=1+1")])
        self.assertEqual((lines[1]["direction"], lines[1]["url"], lines[1]["code"], lines[1]["township"], lines[1]["revision"]),
                         ("out", url(1, "out"), url(1, "out")[-16:], "李亲顾镇", "1"))

    def test_of_each_font_only_what_is_used_is_embedded(self):
        words = "traffic village community enterprise clinic pharmacy office shop school hotel isolation transit vehicle other".split()
        for language in ("zh", "en", "zh+en"):
            pdf = self.print_sites([row(number, "东口", word) for number, word in enumerate(words, 1)], "--lang", language, "--hotline", "0312-12345")
            self.assertLess(os.path.getsize(pdf), 350_000, language)   # Cairo embeds 850 KB more where it cannot follow the outlines' shared parts

    def test_735_posters_are_one_small_file_in_seconds(self):
        begun = time.monotonic()
        pdf = self.print_sites([row(number, f"{'东西南北中'[number % 5]}{chr(0x4e00 + number)}{chr(0x5e00 + number)}村村民委员会", division=f"{number // 22}乡")
                                for number in range(1, 736)])
        took = time.monotonic() - begun
        self.assertEqual(pages(pdf), 735)
        self.assertLess(took, 20)   # 1 second on a quiet machine
        self.assertLess(os.path.getsize(pdf), 4_000_000)   # with 1,470 different characters, more than a county has

    def test_posters_come_by_township_with_a_packing_list(self):
        rows = [row(number, f"村{number}", division=("乙镇", "甲镇", "丙镇")[number % 3]) for number in range(1, 100)]
        pdf = self.print_sites(rows, "--packing-list", "pack.pdf")
        townships = [one["township"] for one in self.manifest()]
        self.assertEqual(townships, sorted(townships))
        self.assertEqual(pages(self.path("pack.pdf")), 6)   # 33 each, 31 rows a page
        text = text_of(self.path("pack.pdf"))
        for one in self.manifest():
            self.assertRegex(text, rf"第\s*{one['page']}\s*页\s+{one['ref']}\s+{one['name']}\s")
        self.assertIn("33 张", text)
        self.assertEqual(pages(pdf), 99)


    def test_a_long_run_tells_a_terminal_how_far_it_is_and_nobody_else(self):
        self.write(table(some(40)))
        terminal, end = os.openpty()
        with subprocess.Popen([PROGRAM, "--sites", "sites.csv", "--out", "out.pdf"], cwd=self.folder, stderr=end, stdout=subprocess.PIPE, env={}) as running:
            os.close(end)
            self.assertEqual(running.wait(60), 0)
        self.assertIn(b"\r20/40\r40/40", os.read(terminal, 1000))
        os.close(terminal)
        self.qrgen("--sites", "sites.csv", "--out", "out.pdf")
        self.assertEqual(self.said, "")

    def test_what_a_link_leads_to_is_replaced_and_the_link_stays(self):
        self.write("old", "target.pdf")
        os.symlink("target.pdf", self.path("out.pdf"))
        self.print_sites(some(1))
        self.assertTrue(os.path.islink(self.path("out.pdf")))
        self.assertEqual(codes_of_pdf(self.path("target.pdf"), 150), [[url(1)]])


class MorePaper(PosterCase):
    def test_a_paper_log_for_each_site(self):
        pdf = self.print_sites(variants(), "--register", "--check")
        self.assertEqual(codes_of_pdf(pdf, 300), [[url(7, direction)] for direction in DIRECTIONS])
        text = text_of(pdf, 2)
        for words in ("纸质登记台账", "京港澳高速定州出口", "姓名", "身份证号", "电话", "体温", "值守人员"):
            self.assertIn(words, text)

    def test_cards_begin_a_sheet_for_each_village(self):
        people = [[f"张{number}", f"{HOST}/c/{number:04d}", "乙村" if number < 12 else "甲村", str(number)] for number in range(1, 14)]
        self.write(table(people, ["name", "url", "village", "ref"]), "people.csv")
        self.qrgen("--cards", "people.csv", "--out", "cards.pdf", "--check")
        read = codes_of_pdf(self.path("cards.pdf"), 300)
        self.assertEqual([len(page) for page in read], [10, 1, 2])
        self.assertEqual(sorted(sum(read, [])), sorted(person[1] for person in people))
        self.assertEqual(sorted(os.listdir(self.folder)), ["cards.pdf", "people.csv"], "no manifest of people")

    def test_a_person_is_never_named_in_a_message(self):
        self.write(table([["王\x01五", f"{HOST}/c/1"], ["赵六" * 60, f"{HOST}/c/2"], ["李四", f"{HOST}/c/3"]], ["name", "url"]), "people.csv")
        self.qrgen("--cards", "people.csv", "--out", "cards.pdf")
        self.assertNotRegex(self.said, "[王五赵六李四]")
        self.assertIn("people.csv:2: ", self.said)
        self.assertIn("people.csv:3: ", self.said)
