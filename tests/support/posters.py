# SPDX-License-Identifier: Apache-2.0
"""Lists of sites for qrgen, its runs, and a look at what it printed: pages as pixels (poppler), codes as text (zxing-cpp).

The program is named by the environment variable QRGEN (else build/release/qrgen). Each test has a folder of its own.
"""

import csv
import hashlib
import io
import os
import re
import shutil
import subprocess
import tempfile
import unittest
import zlib

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("QRGEN", os.path.join(_ROOT, "build", "release", "qrgen")))
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
DIRECTIONS = ("any", "in", "out", "pass")
HOST = "https://chayan.example.gov.cn"
HEADER = "ref,name,category,division,place,address,longitude,latitude,presence,dwell_min,opens,closes,direction,code,url".split(",")


def code(site, direction="any", revision=0):
    """As the service packs it; the MAC is any number."""
    head = (site << 8 | DIRECTIONS.index(direction) << 6 | revision).to_bytes(4, "big")
    number = int.from_bytes(head + hashlib.sha256(head).digest()[:6], "big")
    return "".join(ALPHABET[number >> (75 - 5 * i) & 31] for i in range(16))


def url(site, direction="any", revision=0):
    return f"{HOST}/s/{code(site, direction, revision)}"


def row(site, name, category="village", division="", address="", direction="any", ref=None):
    """A row as `chayan site export` prints it."""
    return [f"A-{site:04d}" if ref is None else ref, name, category, division, "", address, "", "", "", "", "", "", direction,
            code(site, direction), url(site, direction)]


def table(rows, header=HEADER):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()


def some(count, **more):
    return [row(number, f"东内堡村{number}号口", **more) for number in range(1, count + 1)]


class PosterCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="qrgen-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, text, name="sites.csv", encoding="utf-8"):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode(encoding))
        return self.path(name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def qrgen(self, *arguments, expect=0, stdin=b"", env=None, **more):
        """Runs it in the test's folder; stdout is bytes, stderr text in English unless `env` says otherwise."""
        done = subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, cwd=self.folder,
                              env={"LC_ALL": "en"} if env is None else env, timeout=300, check=False, **more)
        self.said = done.stderr.decode()
        self.assertEqual(done.returncode, expect, (arguments, done.stdout[:300], self.said))
        return done.stdout

    def print_sites(self, rows, *arguments, out="out.pdf", **more):
        self.write(table(rows))
        self.qrgen("--sites", "sites.csv", "--out", out, *arguments, **more)
        return self.path(out)

    def manifest(self, name="out.pdf.manifest.csv"):
        return list(csv.DictReader(io.StringIO(self.read(name).decode("utf-8-sig"))))


def tool(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, timeout=300, check=True, stdin=subprocess.DEVNULL).stdout


def pages(pdf):
    return int(re.search(rb"Pages:\s+(\d+)", tool("pdfinfo", pdf)).group(1))


def text_of(pdf, page=None):
    only = () if page is None else ("-f", page, "-l", page)
    return tool("pdftotext", *only, pdf, "-").decode()


def codes_of(picture):
    """What zxing-cpp reads on one picture, sorted; ZXingReader ends with 0 whatever it found."""
    lines = subprocess.run(["ZXingReader", "-1", "-format", "QRCode", picture], capture_output=True, timeout=300, check=False).stdout.decode()
    return sorted(re.findall(r'QRCode "(.*)"', lines))


def codes_of_pdf(pdf, dpi):
    """For each page what can be read on it."""
    with tempfile.TemporaryDirectory() as folder:
        tool("pdftoppm", "-r", dpi, "-gray", pdf, os.path.join(folder, "page"))
        return [codes_of(os.path.join(folder, name)) for name in sorted(os.listdir(folder))]


def grey_crop(pdf, page, dpi, box_mm):
    """The shades, 0 to 255, of a part of a page, as a grey copier sees it."""
    left, top, width, height = (round(mm * dpi / 25.4) for mm in box_mm)
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "part")
        tool("pdftoppm", "-r", dpi, "-gray", "-f", page, "-l", page, "-x", left, "-y", top, "-W", width, "-H", height, "-singlefile", pdf, out)
        with open(out + ".pgm", "rb") as file:
            return file.read()[-width * height:]


def png_rows(data):
    """(width, rows of bytes) of an 8-bit PNG without interlacing."""
    width, _, depth, kind = int.from_bytes(data[16:20], "big"), None, data[24], data[25]
    assert depth == 8
    size = {0: 1, 2: 3, 6: 4}[kind]
    packed, at = b"", 8
    while at < len(data):
        length, name = int.from_bytes(data[at:at + 4], "big"), data[at + 4:at + 8]
        packed += data[at + 8:at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    raw, stride, rows = zlib.decompress(packed), width * size, []
    before = bytes(stride)
    for at in range(0, len(raw), stride + 1):
        before = _unfiltered(raw[at], bytearray(raw[at + 1:at + 1 + stride]), before, size)
        rows.append(bytes(before))
    return width, rows


def _unfiltered(kind, line, above, size):
    for i, value in enumerate(line):
        left = line[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[i]
        elif kind == 3:
            guess = (left + above[i]) // 2
        elif kind == 4:
            by = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda one: abs(by - one))   # min keeps the first of equals, as PNG does
        else:
            return line
        line[i] = (value + guess) & 255
    return line
