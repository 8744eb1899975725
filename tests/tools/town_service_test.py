# SPDX-License-Identifier: Apache-2.0
"""A synthetic town lives in a real service: it is imported without a reject, and whom the service names as contacts are whom the
oracle names. What forgotten exits and wrong clocks cost is printed, with a bound that only nonsense would break."""

import os
import random
import subprocess
import sys
import time
import unittest
from collections import defaultdict

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(_ROOT, "tests"))
sys.path.insert(0, os.path.join(_ROOT, "tools"))

import town_recall  # noqa: E402
from support.oracle import DAY, World  # noqa: E402
from support.service import PROGRAM, Service, counts, rfc3339, run, unix_second  # noqa: E402
from support.town import site_ref  # noqa: E402
from support.town_files import TownFiles  # noqa: E402

TOWN = os.path.join(os.path.dirname(PROGRAM), "town")
PEOPLE, DAYS, ASKED = 2_000, 3, 500
SEED = 130682
OUTBREAKS, CASES = 100, 5
RULES = ({}, {"min_overlap_s": 900}, {"min_overlap_s": 900, "accumulate": "longest"}, {"min_overlap_s": 1800, "accumulate": "day"})


class TownInService(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.close)
        folder = os.path.join(cls.service.folder, "town")
        end = rfc3339(int(time.time()) // DAY * DAY)   # the people follow from the seed, their days from the calendar
        print(f"\ntown --seed {SEED} --end {end}", flush=True)
        subprocess.run([TOWN, "--people", str(PEOPLE), "--days", str(DAYS), "--seed", str(SEED), "--end", end, "--out", folder], check=True,
                       stdout=subprocess.DEVNULL)
        cls.town = TownFiles(folder)
        cls.scans = cls.town.scans()
        cls.printed = {kind: counts(run(kind, "import", "--data", cls.service.data, os.path.join(folder, name)).stdout)
                       for kind, name in (("division", "divisions.csv"), ("site", "sites.csv"), ("person", "people.csv"), ("scan", "scans.csv"))}
        cls.service.add_operator("tracer-1", "tracer")
        cls.service.start()
        cls.tracer = cls.service.session("tracer-1")
        cls.service.wait_until_ready()
        cls.case = cls.service.case(cls.tracer)

    def test_all_of_it_is_imported(self):
        twice = len(self.town.first_ref)
        self.assertGreater(twice, 0)
        wanted = {"division": len(list(self.town.read("divisions.csv"))), "site": len(self.town.sites), "person": PEOPLE, "scan": len(self.scans)}
        for kind, new in wanted.items():
            printed = self.printed[kind]
            self.assertEqual((printed["new"], printed["rejected"]), (new, 0), (kind, printed))
        self.assertEqual((self.printed["person"]["matched"], self.printed["person"]["review"]), (twice, 0))
        self.assertEqual([name for name in os.listdir(self.town.folder) if "rejected" in name], [])

    def test_contacts_are_those_of_the_oracle(self):
        oracle = World(self.town.sites.values(), self.scans)
        since, until = min(scan.at for scan in self.scans), max(scan.at for scan in self.scans) + DAY
        ids = {person: self.person_id(row) for person, row in self.town.people.items()}
        people = {number: person for person, number in ids.items()}
        self.assertEqual(len(people), PEOPLE, "two people became one")
        at_place = defaultdict(set)
        for scan in self.scans:
            at_place[oracle.place(scan)].add(scan.person)
        asked = random.Random(SEED).sample(oracle.people, ASKED)
        met = 0
        for number, person in enumerate(asked):
            rule = RULES[number % len(RULES)]
            near = sorted(set().union(*(at_place[oracle.place(scan)] for scan in oracle.of(person))))
            contacts = oracle.contacts({person: since}, since, until, among=near, **rule)
            rows = self.trace(ids[person], since, until, rule)
            self.assertEqual({people[row["person"]["id"]]: self.of_answer(row) for row in rows},
                             {other: self.of_oracle(contact) for other, contact in contacts.items()}, (person, rule))
            met += len(rows)
        print(f"\n{ASKED} people: {met} contacts, each as the oracle has it", flush=True)
        self.assertGreater(met, ASKED)

    def test_where_five_known_cases_were_infected_comes_first(self):
        """Somebody infects at a venue: of those who were truly with them there for a quarter of an hour five fall ill and are known. What they scanned
        in all these days is what is asked."""
        ids = {person: self.person_id(row) for person, row in self.town.people.items()}
        stays = [stay for stay in self.town.stays() if self.town.sites[stay.place].presence == "venue" and stay.end - stay.begin >= 900]
        at_place = defaultdict(list)
        for stay in stays:
            at_place[stay.place].append(stay)
        since, until = min(scan.at for scan in self.scans), max(scan.at for scan in self.scans) + 1
        first, ranks, seed = 0, [], 0
        while len(ranks) < OUTBREAKS:
            seed += 1
            chance = random.Random(seed)
            carrier = chance.choice(stays)
            with_carrier = sorted({stay.person for stay in at_place[carrier.place] if stay.person != carrier.person and
                                   min(stay.end, carrier.end) - max(stay.begin, carrier.begin) >= 900})
            if len(with_carrier) < CASES:
                continue
            cases = chance.sample(with_carrier, CASES)
            answer = self.tracer.post("/api/v1/shared-places", {"case": self.case, "index": [{"person": ids[person]} for person in cases],
                                                                "from": rfc3339(since), "to": rfc3339(until)})
            self.assertEqual(answer.status, 200, answer)
            places = [self.town.sites[site_ref(place["site"]["ref"])].at_place for place in answer.json["places"]]
            ranks.append(places.index(carrier.place) + 1 if carrier.place in places else None)
            first += ranks[-1] == 1
        others = [rank for rank in ranks if rank != 1]
        print(f"\n{CASES} cases of each of {OUTBREAKS} outbreaks: the true place first in {first}, else {others}", flush=True)
        self.assertGreaterEqual(first, 95)

    def test_what_was_not_scanned_costs_some_contacts_and_not_most(self):
        total, ways, categories = town_recall.judge(self.town)
        print()
        town_recall.report(total, ways, categories)
        as_made, with_exits, with_right_clocks, with_both = ways
        self.assertGreater(total, 1_000)
        self.assertTrue(0.7 < as_made.found < with_exits.found <= 1, ways)
        self.assertNotEqual(as_made, with_right_clocks._replace(what=as_made.what))
        self.assertGreater(with_both.found, as_made.found)
        self.assertTrue(0.7 < as_made.true < 1, ways)

    def person_id(self, row):
        """By the document, or of a child without one by phone and name."""
        terms = {"document": {"type": "id", "number": row["document_number"]}} if row["document_number"] else {"phone": row["phone"], "name": row["name"]}
        answer = self.tracer.post("/api/v1/people/search", {"case": self.case, **terms})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(len(answer.json["people"]), 1, answer)
        return answer.json["people"][0]["id"]

    def trace(self, person_id, since, until, rule):
        answer = self.tracer.post("/api/v1/traces", {"case": self.case, "index": [{"person": person_id}], "from": rfc3339(since),
                                                     "to": rfc3339(until), "direction": "forward", "degree": 1, **rule})
        self.assertEqual(answer.status, 200, answer)
        self.assertIs(answer.json["complete"], True)
        return answer.json["contacts"]

    def of_answer(self, row):
        return (row["total_s"], row["longest_s"], row["episodes"], unix_second(row["first"]), unix_second(row["last"]), sorted(row["kinds"]),
                sorted({self.town.sites[site_ref(site)].at_place for site in row["sites"]}))

    @staticmethod
    def of_oracle(contact):
        return (contact.total_s, contact.longest_s, len(contact.episodes), contact.first, contact.last, sorted(contact.kinds), sorted(contact.places))


if __name__ == "__main__":
    unittest.main()
