# SPDX-License-Identifier: Apache-2.0
"""What every bench of tools/bench hands over, how it is judged, and the one table of all."""

import collections
import os
import sys

# value and reference in `unit`; `ratio` of the two where both are there; `bound` holds for the ratio, or for the value when
# `bounds_value`. A value of None: there is nothing to measure yet.
Line = collections.namedtuple("Line", "what value unit beside reference ratio bound bounds_value")


def line(what, value, unit, beside="", reference=None, ratio=None, bound=None, bounds_value=False):
    if ratio is None and reference and value is not None:
        ratio = value / reference
    return Line(what, value, unit, beside, reference, ratio, bound, bounds_value)


def progress(text):
    print(f"  … {text}", file=sys.stderr, flush=True)


def percentile(values, share):
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def number(value):
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def bound_of(one):
    if one.bound is None:
        return ""
    return f"≤ {one.bound:g} {one.unit if one.bounds_value else '×'}"


def verdict(one):
    """Whether it holds its bound; empty when it has none."""
    if one.value is None:
        return "not yet"
    if one.bound is None:
        return ""
    measured = one.value if one.bounds_value else one.ratio
    if measured is None:
        return "nothing beside it"
    return "holds" if measured <= one.bound else "FALLS SHORT"


def print_head(head, size_note):
    print()
    for name, value in head.items():
        print(f"{name:12} {value}")
    print(f"{'shared':12} client and servers share these {os.cpu_count()} cores: rates are of both together, CPU is the server's own")
    print(f"{'beside it':12} measured in the same run, in turns with ours; medians of the rounds, and the median of each round's own ratio")
    if size_note:
        print(f"{'size':12} {size_note}")
    if float(head["busy before"].split()[1]) > 0.3:
        print(f"{'NOISY':12} something else was running; the figures below are not to be quoted")


def print_lines(sections):
    """`sections`: (title, lines) in order."""
    print(f"\n{'':56}{'ours':>11} {'':8}{'beside it':>11} {'':20}{'ratio':>6}   to hold")
    for title, lines in sections:
        print(f"\n{title}")
        for one in lines:
            ratio = f"{one.ratio:.2f}" if one.ratio is not None else ""
            print(f"  {one.what:54}{number(one.value):>11} {one.unit:8}{number(one.reference):>11} {one.beside:20}{ratio:>6}   "
                  f"{bound_of(one):13}{verdict(one)}".rstrip())
    lines = [one for _, some in sections for one in some]
    counted = collections.Counter(verdict(one) for one in lines if one.bound is not None)
    told = [f"{count} {word}" for word, count in sorted(counted.items(), key=lambda pair: pair[0] != "holds")]
    print("\n" + "; ".join([", ".join(told)] * bool(told) + [f"{len(lines)} lines"]))
