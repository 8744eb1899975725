# SPDX-License-Identifier: Apache-2.0
"""The real input: Dingzhou's divisions, and a high school over five days as scans. Reads shared/data; pure otherwise.

A group of the school is one place for 20 seconds: every member scans `in` at t and `out` at t + 20 there. Groups of the
same second take distinct places; a place is used again by the next second's groups, because [t, t + 20) and
[t + 20, t + 40) do not overlap, and because in one second an `out` is taken before an `in`.
"""

import csv
import gzip
import os
from collections import defaultdict

from support.oracle import most_within_a_day, union

STEP_S = 20
DAY = 86400
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get("CHAYAN_SHARED_DATA", os.path.join(os.path.dirname(_ROOT), "shared", "data"))
_SCHOOL = os.path.join(DATA, "contacts", "scholp_contact-high-school-{}.txt.gz")
_DIVISIONS = os.path.join(DATA, "divisions", "dingzhou_130682_{}.csv")


def is_there():
    return all(os.path.exists(path) for path in (_SCHOOL.format("times"), _DIVISIONS.format("villages")))


def divisions():
    """(code, name, parent) of the city, its 25 units and 542 villages and communities."""
    rows = [("130682", "定州市", "")]
    for part, parent_length in (("streets", 6), ("villages", 9)):
        with open(_DIVISIONS.format(part), encoding="utf-8", newline="") as file:
            rows += [(row["code"], row["name"], row["code"][:parent_length]) for row in csv.DictReader(file)]
    return rows


def checkpoints():
    """A site at each unit, village and community: villages 2xx at their entrance, communities 0xx at their gate."""
    for code, name, parent in divisions():
        if not parent:
            continue
        category = "traffic" if len(code) == 9 else "village" if code[9] == "2" else "community"
        yield {"ref": f"C{code}", "name": name, "category": category, "division": code}


def _numbers(part):
    with gzip.open(_SCHOOL.format(part), "rt", encoding="ascii") as file:
        return [int(number) for number in file.read().split()]


class School:
    """`groups`: (second, members), shifted by whole days so that the last ends yesterday. People are 1..327."""

    def __init__(self, now):
        times, sizes, members = _numbers("times"), _numbers("nverts"), _numbers("simplices")
        yesterday = now // DAY * DAY - DAY
        shift = yesterday - max(times) // DAY * DAY
        self.groups, position = [], 0
        for second, size in zip(times, sizes):
            self.groups.append((second + shift, members[position:position + size]))
            position += size
        self.people = sorted(set(members))
        self.first = min(second for second, _ in self.groups)
        self.last = max(second for second, _ in self.groups) + STEP_S
        at_once = defaultdict(int)
        for second, _ in self.groups:
            at_once[second] += 1
        self.places = max(at_once.values())

    def scans(self):
        """(person, place, second, direction) of every scan; places are 0..places-1."""
        used = defaultdict(int)
        for second, members in self.groups:
            place = used[second]
            used[second] += 1
            for person in members:
                yield person, place, second, "in"
                yield person, place, second + STEP_S, "out"

    def pairs(self):
        """{(smaller, larger): sorted stretches together}, by brute force over the groups."""
        together = defaultdict(set)
        for second, members in self.groups:
            for one in members:
                for other in members:
                    if one < other:
                        together[one, other].add((second, second + STEP_S))
        return {pair: union(steps) for pair, steps in together.items()}


def total_s(stretches):
    return sum(end - begin for begin, end in stretches)


def longest_s(stretches):
    return max(end - begin for begin, end in stretches)


def day_s(stretches):
    return most_within_a_day(stretches)


def by_person(pairs):
    """{person: {other: sorted stretches}} of {(smaller, larger): stretches}."""
    meetings = defaultdict(dict)
    for (one, other), stretches in pairs.items():
        meetings[one][other] = meetings[other][one] = stretches
    return meetings


def two_degrees(meetings, index, direction, min_s):
    """{person: (degree, total, longest, first, last, via)} of an index person, by loops: whom they were with for at least `min_s` in all, and from the
    first moment of each (backward: up to the last) who was with those."""
    rows = {other: (1, total_s(stretches), longest_s(stretches), stretches[0][0], stretches[-1][1], [index])
            for other, stretches in meetings[index].items() if total_s(stretches) >= min_s}
    of_second = defaultdict(lambda: (set(), set()))
    for middle, (_, _, _, first, last, _) in list(rows.items()):
        for other, stretches in meetings[middle].items():
            if other == index or other in rows:
                continue
            left = [(max(begin, first), end) if direction == "forward" else (begin, min(end, last)) for begin, end in stretches]
            left = [(begin, end) for begin, end in left if begin < end]
            if left:
                of_second[other][0].update(left)
                of_second[other][1].add(middle)
    for other, (together, via) in of_second.items():
        stretches = union(together)
        if total_s(stretches) >= min_s:
            rows[other] = (2, total_s(stretches), longest_s(stretches), stretches[0][0], stretches[-1][1], sorted(via))
    return rows
