# SPDX-License-Identifier: Apache-2.0
"""How often a phone reads a poster that was harmed, beside what the plain qrencode makes of the same addresses at its defaults.

CHAYAN_HARM is how many posters each harm meets (10); `python3 -m qrgen.harm_test` prints the table.
"""

import os
import subprocess
import tempfile
import unittest

from support.harm import HARMS, Grey, harmed
from support.posters import PosterCase, codes_of, row, tool, url

COUNT = int(os.environ.get("CHAYAN_HARM", "10"))
DPI = 150
PIXELS_PER_MM = DPI / 25.4
DISTANCES = (0.75, 0.4)
PLAIN_DPI = 72   # what the PNG of qrencode says of itself: 3 pixels a module, 1.06 mm


class Photographs:
    """A code as a page of pixels, and where its symbol is."""

    def __init__(self, page, pixels_per_mm, symbol, text):
        self.page, self.pixels_per_mm, self.symbol, self.text = page, pixels_per_mm, symbol, text

    def is_read(self, harm, distance_m, seed):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "photo.pgm")
            with open(path, "wb") as file:
                file.write(harmed(self.page, self.symbol, self.pixels_per_mm, distance_m, harm, seed).pgm())
            return codes_of(path) == [self.text]


def symbol_of(page):
    """The square around all that is black: (left, top, side)."""
    dark = [y for y in range(page.height) if min(page.pixels[y * page.width:(y + 1) * page.width]) < 60]
    columns = [x for x in range(page.width) if min(page.pixels[x::page.width]) < 60]
    return columns[0], dark[0], dark[-1] - dark[0] + 1


class Harm(PosterCase):
    def posters(self):
        pdf = self.print_sites([row(number, f"东内堡村{number}号口", direction="in") for number in range(1, COUNT + 1)])
        tool("pdftoppm", "-r", DPI, "-gray", pdf, self.path("page"))
        module = float(self.manifest()[0]["module_mm"])
        side = round(45 * module * PIXELS_PER_MM)   # with the quiet zone: the card round about it is the poster's own
        made = []
        for number, name in enumerate(sorted(one for one in os.listdir(self.folder) if one.startswith("page")), 1):
            page = Grey.from_pgm(self.read(name))
            left = (page.width - side) // 2
            top = next(y for y in range(page.height // 4, page.height) if page.pixels[y * page.width + page.width // 2 - side // 2 + side // 10 + 4] == 0) - round(4 * module * PIXELS_PER_MM)
            code = page.crop(left, top, side, side)
            made.append(Photographs(code, PIXELS_PER_MM, symbol_of(code), url(number, "in")))
        return made

    def plain(self, same_width_mm=None):
        made = []
        for number in range(1, COUNT + 1):
            text = url(number, "in")
            rows = subprocess.run(["qrencode", "-t", "ASCII", "-m", "4", text], capture_output=True, check=True).stdout.decode().splitlines()
            pixels = 6   # for each module, so that sampling finds straight edges
            lines = [b"".join((b"\x00" if line[at] == "#" else b"\xff") * pixels for at in range(0, len(line), 2)) for line in rows if line]
            size = len(lines) * pixels
            code = Grey(size, size, bytearray(b"".join(line * pixels for line in lines)))
            millimetres = same_width_mm or len(lines) * 3 * 25.4 / PLAIN_DPI
            made.append(Photographs(code, size / millimetres, symbol_of(code), text))
        return made

    def rate(self, made, harm, distance_m):
        return sum(one.is_read(harm, distance_m, seed) for seed, one in enumerate(made)) / len(made)

    def test_a_poster_is_read_from_a_metre_and_blurred_or_from_the_side_from_nearer(self):
        posters = self.posters()
        for harm, distance in (("straight", 1), ("rotated 3°", 1), ("blurred", 0.6), ("tilted 40°", 0.6), ("printed at 50 %", 0.4)):
            self.assertGreaterEqual(self.rate(posters, harm, distance), 0.9, harm)

    def test_a_poster_bears_what_the_plain_code_of_the_same_width_does_not(self):
        posters, plain = self.posters(), self.plain(same_width_mm=137)
        for harm in ("15 % covered", "15 %, marks free"):
            ours, theirs = self.rate(posters, harm, 0.5), self.rate(plain, harm, 0.5)
            self.assertGreater(ours, theirs + 0.2, harm)


def print_table():
    case = Harm()
    case.setUp()
    kinds = {"A4 poster": case.posters(), "qrencode as it is": case.plain(), "qrencode at 137 mm": case.plain(same_width_mm=137)}
    print(f"{'read of ' + str(COUNT):18}" + "".join(f"{kind + ' ' + str(distance) + ' m':>27}" for kind in kinds for distance in DISTANCES))
    for harm in HARMS:
        print(f"{harm:18}" + "".join(f"{case.rate(made, harm, distance):>26.0%} " for made in kinds.values() for distance in DISTANCES), flush=True)
    case.doCleanups()


if __name__ == "__main__":
    print_table()
