# SPDX-License-Identifier: Apache-2.0
"""tools/bench export: 1.5 million rows as NDJSON, CSV and XLSX by the service's own writers and spool, counted again by other readers."""

import collections
import json
import os
import subprocess
import time
import zipfile

from bench_table import line, progress

PROGRAMS = ("bench_export",)

Size = collections.namedtuple("Size", "rows rounds")
FULL = Size(1_500_000, 3)
SHORT = Size(50_000, 1)
FORMS = ("ndjson", "csv", "xlsx")
PIECE = 1 << 20
SCRATCH = "/dev/shm"   # as the service has it


def run(place, size):
    """(lines, raw figures)."""
    raw, lines = {}, []
    for form in FORMS:
        progress(f"{size.rows:,} rows as {form}")
        said = [_made(place.programs["bench_export"], os.path.join(place.folder, f"answer.{form}"), form, size) for _ in range(size.rounds)]
        raw[form] = said
        best = min(one["seconds"] for one in said)
        lines += [line(f"{form}: {size.rows:,} rows until the first byte", best, "s"),
                  line(f"{form}: most memory", max(one["max_rss_kib"] for one in said) / 1024, "MiB"),
                  line(f"{form}: most scratch in memory besides", max(one["scratch_bytes"] for one in said) / 2**20, "MiB"),
                  line(f"{form}: size", said[0]["bytes"] / 2**20, "MiB"),
                  line(f"{form}: rows that another reader finds", said[0]["found"], "rows")]
    return lines, raw


def _made(program, path, form, size):
    """One answer: what the program says of it, how much of the scratch in memory it took, and how many rows are in it."""
    before, scratch = _scratch_used(), 0
    with subprocess.Popen([program, "--format", form, "--rows", str(size.rows), "--out", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as made:
        while made.poll() is None:
            scratch = max(scratch, _scratch_used() - before)
            time.sleep(0.02)
        out, errors = made.communicate()
    if made.returncode != 0:
        raise RuntimeError(f"bench_export: {errors.strip()}")
    said = {**json.loads(out), "scratch_bytes": scratch}
    said["found"] = rows_of(path, form)
    os.remove(path)
    if said["found"] != size.rows:
        raise RuntimeError(f"{form} has {said['found']} rows, not {size.rows}")
    return said


def _scratch_used():
    """Of the memory in which workbooks are put together; the process's own memory does not count it."""
    space = os.statvfs(SCRATCH)
    return (space.f_blocks - space.f_bfree) * space.f_frsize


def rows_of(path, form):
    """How many rows a file has beside its headers. Texts in it never break a line: control characters were replaced or escaped."""
    if form == "xlsx":
        with zipfile.ZipFile(path) as archive:
            sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet") and name != "xl/worksheets/sheet1.xml"]
            return sum(_count(archive.open(name), b"<row ") - 1 for name in sheets)
    with open(path, "rb") as file:
        return _count(file, b"\n") - (form == "csv")


def _count(file, mark):
    found, kept = 0, b""
    while piece := file.read(PIECE):
        piece = kept + piece
        found += piece.count(mark)
        kept = piece[len(piece) - len(mark) + 1:]   # too short to hold a mark, long enough to begin one
    return found
