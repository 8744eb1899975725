# SPDX-License-Identifier: Apache-2.0
"""`tools/bench posters`: a city's posters in one PDF, and one by itself as the service asks for it: time, size, memory."""

import collections
import csv
import os
import random
import statistics
import subprocess
import time

from bench_table import line, progress
from programs import ROOT

PROGRAMS = ("qrgen",)

Size = collections.namedtuple("Size", "rounds many")
FULL = Size(5, 10_000)
SHORT = Size(1, 735)
POSTERS = 735   # the places of Dingzhou that have one: 486 villages and 249 others
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ENDS = ("家庄村村民委员会", "各庄村北口", "街社区居民委员会", "村小学", "路药店", "镇卫生院", "庄检查站", "里小区东门")


def run(place, size):
    """(lines, raw figures)."""
    files = {count: _list_of(count, place.folder) for count in {1, POSTERS, size.many}}
    figures = {}
    for count, file in files.items():
        progress(f"{count:,} posters")
        figures[count] = [_print(place.programs["qrgen"], file, os.path.join(place.folder, "out.pdf")) for _ in range(size.rounds)]
    seconds = {count: statistics.median(one["seconds"] for one in rounds) for count, rounds in figures.items()}
    lines = [line(f"{POSTERS} posters in one PDF: time", seconds[POSTERS], "s", bound=2, bounds_value=True),
             line(f"{POSTERS} posters in one PDF: size", figures[POSTERS][0]["bytes"] / 1e6, "MB", bound=4, bounds_value=True),
             line("one poster, from the start of the program", 1000 * seconds[1], "ms"),
             line(f"{size.many:,} posters in one PDF: time", seconds[size.many], "s"),
             line(f"{size.many:,} posters in one PDF: memory at most", max(one["kib"] for one in figures[size.many]) / 1024, "MiB")]
    return lines, {str(count): rounds for count, rounds in figures.items()}


def _list_of(count, folder):
    """Sites of every category, whose names hold as many different characters as a county's do."""
    chance = random.Random(count)
    common = [bytes([first, second]).decode("gb2312") for first in range(0xB0, 0xD7) for second in range(0xA1, 0xFA)]   # the 3,471 commonest, near enough
    with open(os.path.join(ROOT, "schema", "categories.csv"), encoding="utf-8") as file:
        categories = [row["category"] for row in csv.DictReader(file)]
    path = os.path.join(folder, f"{count}.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["ref", "name", "category", "division", "address", "url"])
        for number in range(count):
            code = "01" + "".join(chance.choice(ALPHABET) for _ in range(14))
            out.writerow([f"B-{number:05d}", chance.choice(common) + chance.choice(ENDS), categories[number % len(categories)],
                          f"{common[number * 25 // count]}镇", "村东路口", f"https://chayan.example.gov.cn/s/{code}"])
    return path


def _print(program, file, out):
    begun = time.monotonic()
    with subprocess.Popen([program, "--sites", file, "--out", out], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        said = running.stderr.read()
        _, status, used = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode != 0:
        raise RuntimeError(f"qrgen ended with {running.returncode}: {said.decode(errors='replace')[-500:]}")
    return {"seconds": time.monotonic() - begun, "bytes": os.path.getsize(out), "kib": used.ru_maxrss}
