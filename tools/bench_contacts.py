# SPDX-License-Identifier: Apache-2.0
"""`tools/bench contacts`: who met a person, the second degree of the hundred nearest, and who met one of a thousand, in the reference city,
beside sorted arrays in memory that answer the same questions in turns and have to answer them alike."""

import collections
import json
import statistics
import subprocess

from bench_rounds import ratio
from bench_table import line, percentile, progress

PROGRAMS = ("bench_contacts",)

Size = collections.namedtuple("Size", "people sites visits persons degrees groups group")
FULL = Size(1_200_000, 3_000, 22_000_000, 1_000, 21, 5, 1_000)
SHORT = Size(60_000, 300, 1_000_000, 100, 5, 2, 100)


def run(place, size):
    """(lines, raw figures)."""
    progress(f"a city of {size.visits:,} visits in memory, and its questions")
    words = [word for name, value in size._asdict().items() for word in (f"--{name}", str(value))]
    done = subprocess.run([place.programs["bench_contacts"], *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    found = [json.loads(text) for text in done.stdout.splitlines()]
    return lines_of(found, size), {"answers": found}


def lines_of(found, size):
    city = next(one for one in found if one["what"] == "city")
    questions = {what: [one for one in found if one["what"] == what] for what in ("person", "degree", "group")}
    lines = []
    for what, title, share, bound in (("person", "contacts of one person: median", 0.5, 0.6), ("person", "contacts of one person: p99", 0.99, 5),
                                      ("degree", "second degree of the 100 nearest: median", 0.5, 40),
                                      ("group", f"contacts of {size.group:,} persons: median", 0.5, 1000)):
        ours, theirs = ([one[key] for one in questions[what]] for key in ("ours_ms", "plain_ms"))
        beside = ratio(ours, theirs) if share == 0.5 else None   # of the tails themselves else
        lines.append(line(title, percentile(ours, share), "ms", "sorted arrays", percentile(theirs, share), beside, bound, True))
        if share == 0.5:
            ours, theirs = ([one[key] for one in questions[what]] for key in ("ours_cpu_ms", "plain_cpu_ms"))
            lines.append(line("    CPU of it", percentile(ours, share), "ms", "sorted arrays", percentile(theirs, share), ratio(ours, theirs)))
    for what, title in (("person", "visits that meet one person's: median"), ("group", f"visits that meet those of {size.group:,}: median")):
        lines.append(line(title, statistics.median(one["pairs"] for one in questions[what]), ""))
    lines.append(line("memory a visit: the index's own count", city["index_bytes"] / city["visits"], "B", "sorted arrays",
                      city["plain_bytes"] / city["visits"], bound=16, bounds_value=True))
    lines.append(line("building the index, each visit", 1e6 * city["build_s"] / city["visits"], "µs"))
    return lines
