#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What forgotten exits and wrong clocks do to the contacts that are found: the visits that the contract derives from a synthetic
town's scans, against where its people truly were.

    tools/town_recall.py DIR [MINUTES]      DIR: what tools/town has written; MINUTES together at one venue, 15 by default

Counted are pairs of people at a venue, truly and by the scans. "found": of the true ones, those that the scans give too; "true":
of those that the scans give, the ones that are true. The later lines put right what went wrong, to show what each costs; what then
is missing still, nobody scanned: a bus without an exit, a shop where one scan stands for the stay, a scan still to come.
"""

import os
import sys
from collections import defaultdict, namedtuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests"))
from support.oracle import Scan
from support.town_files import TownFiles

AS_MADE = "as they were made"
Line = namedtuple("Line", "what found true pairs")   # shares of 1, and how many pairs the scans give


def right_clocks(scans, oddities):
    """The scans as phones with a right clock would have made them."""
    ahead = {(one.person, one.site, one.at, one.direction): one.seconds for one in oddities if one.kind == "skewed"}
    return [scan._replace(at=scan.at - ahead.get(scan[:4], 0)) for scan in scans]


def exits(oddities, are_skewed):
    """The forgotten exits, by the phone's clock if that stays wrong."""
    ahead = {one.person: one.seconds for one in oddities if one.kind == "skewed" and are_skewed}
    return [Scan(one.person, one.site, one.at + ahead.get(one.person, 0), one.direction) for one in oddities if one.kind == "forgotten"]


def by_venue(sites, visits, until):
    """{place: [(begin, end, person)]} of what has a length at a venue, cut at `until`: what comes then neither side knows."""
    places = defaultdict(list)
    for visit in visits:
        end = min(visit.end, until)
        if sites[visit.place].presence == "venue" and visit.begin < end:
            places[visit.place].append((visit.begin, end, visit.person))
    return places


def pairs(visits, seconds_min):
    """The pairs who are together at this one venue for so long, in all."""
    together, present = defaultdict(int), []
    for begin, end, person in sorted(visits):
        present = [other for other in present if other[0] > begin]
        for until, other in present:
            if other != person:
                together[(person, other) if person < other else (other, person)] += min(until, end) - begin
        present.append((end, person))
    return {pair for pair, seconds in together.items() if seconds >= seconds_min}


class Count:
    """Pairs: truly together, given by the scans, and both."""

    def __init__(self):
        self.true = self.given = self.both = 0

    def add(self, true, given):
        self.true += len(true)
        self.given += len(given)
        self.both += len(true & given)

    def line(self, what):
        return Line(what, self.both / max(1, self.true), self.both / max(1, self.given), self.given)


def judge(town, minutes=15):
    """The number of true pairs, a Line for each way to read the scans, and one for each category by the scans as they were made."""
    scans, oddities = town.scans(), town.oddities()
    right = right_clocks(scans, oddities)
    ways = {AS_MADE: scans, "with the forgotten exits": scans + exits(oddities, True),
            "with right clocks": right, "with both": right + exits(oddities, False)}
    stays = town.stays()
    until = max((stay.end for stay in stays), default=0)
    by_way = {way: by_venue(town.sites, town.visits(made), until) for way, made in ways.items()}
    truth = by_venue(town.sites, stays, until)
    categories = {row["ref"]: row["category"] for row in town.site_rows}
    counts, by_category = defaultdict(Count), defaultdict(Count)
    for place in {place for places in [truth, *by_way.values()] for place in places}:   # one place at a time: memory is that of its pairs
        wanted = pairs(truth.get(place, ()), minutes * 60)
        for way, places in by_way.items():
            given = pairs(places.get(place, ()), minutes * 60)
            counts[way].add(wanted, given)
            if way == AS_MADE and (wanted or given):
                by_category[categories[place]].add(wanted, given)
    return (counts[AS_MADE].true, [counts[way].line(way) for way in ways],
            [by_category[category].line(category) for category in sorted(by_category)])


def report(total, ways, categories, minutes=15):
    print(f"{total:,} pairs were together for {minutes} min or more at a venue. By the scans")
    for line in ways:
        print(f"  {line.what:<26} {line.pairs:>12,} pairs; found {100 * line.found:5.1f} %, true {100 * line.true:5.1f} %")
    print(f"By category, {AS_MADE}")
    for line in categories:
        print(f"  {line.what:<26} {line.pairs:>12,} pairs; found {100 * line.found:5.1f} %, true {100 * line.true:5.1f} %", flush=True)


def main(arguments):
    if len(arguments) not in (1, 2) or not os.path.isdir(arguments[0]) or not all(word.isdigit() for word in arguments[1:]):
        print(__doc__, file=sys.stderr)
        return 2
    minutes = int(arguments[1]) if len(arguments) == 2 else 15
    report(*judge(TownFiles(arguments[0]), minutes), minutes)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
