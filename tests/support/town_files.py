# SPDX-License-Identifier: Apache-2.0
"""What tools/town has written into a folder, in the oracle's words; and its truth. Reads files, changes nothing."""

import csv
import datetime
import os
from collections import defaultdict
from typing import NamedTuple

from support.oracle import Scan, Site, World

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Stay(NamedTuple):
    """Where somebody truly was; begin = end at a gate."""
    person: str
    site: str
    place: str
    begin: int
    end: int


class Oddity(NamedTuple):
    """What is odd with a scan; of `forgotten` ones there is none, and `at` is when it should have been."""
    person: str
    site: str
    at: int
    direction: str
    kind: str
    seconds: int


def second_of(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def defaults():
    """{category: (presence, dwell_s)} of the table of categories."""
    return {row["category"]: (row["presence"], int(row["dwell_min"]) * 60)
            for row in rows(os.path.join(_ROOT, "schema", "categories.csv"))}


class TownFiles:
    """`sites` by ref; `people`: the rows of people.csv by the ref that names the person (the first of two)."""

    def __init__(self, folder):
        self.folder = folder
        self.site_rows = list(self.read("sites.csv"))
        self.sites = {row["ref"]: _site(row, defaults()) for row in self.site_rows}
        self.roster = list(self.read("truth/roster.csv"))
        self.first_ref = {row["ref"]: row["other"] for row in self.roster if row["same"] == "document"}
        self.people = {row["ref"]: row for row in self.read("people.csv") if row["ref"] not in self.first_ref}

    def read(self, name):
        return rows(os.path.join(self.folder, name))

    def person(self, ref):
        return self.first_ref.get(ref, ref)

    def scans(self):
        return [Scan(self.person(row["ref"]), row["site"], second_of(row["at"]), row["direction"], row["plate"])
                for row in self.read("scans.csv")]

    def stays(self):
        return [Stay(row["ref"], row["site"], row["place"], second_of(row["begin"]), second_of(row["end"]))
                for row in self.read("truth/visits.csv")]

    def oddities(self):
        return [Oddity(self.person(row["ref"]), row["site"], second_of(row["at"]), row["direction"], row["kind"], int(row["seconds"]))
                for row in self.read("truth/oddities.csv")]

    def visits(self, scans):
        """The visits that the contract derives from scans, person by person: a World of all would be slow to no end."""
        by_person = defaultdict(list)
        for scan in scans:
            by_person[scan.person].append(scan)
        for person, own in by_person.items():
            yield from World([self.sites[ref] for ref in {scan.site for scan in own}], own).visits(person)


def _site(row, by_category):
    presence, dwell_s = by_category[row["category"]]
    closes = row["closes"]
    return Site(row["ref"], row["presence"] or presence, int(row["dwell_min"]) * 60 if row["dwell_min"] else dwell_s, row["place"],
                int(closes[:2]) * 3600 + int(closes[3:]) * 60 if closes else None)
