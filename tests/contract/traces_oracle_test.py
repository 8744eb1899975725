# SPDX-License-Identifier: Apache-2.0
"""Visits and contacts of small random worlds equal those that brute force derives, however the scans arrived."""

import os
import random
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import worlds
from support.people import document, name, phone
from support.service import QUIET_LIMITS, counts
from support.town import CASE, DAY, TownTest, gate_item, rfc3339, site_ref, unix_second

SEED = 130682
IMPORTED = [f"w{i}" for i in range(5)]  # as history, up to 20 days old
SENT = [f"w{i}" for i in range(5, 9)]  # over HTTPS, shuffled, some sent twice, some voided
BATCH = 100


class Worlds(TownTest):
    """`worlds` {name: World}; `ids` {person's name: id}."""

    config = QUIET_LIMITS   # hundreds of questions of one tracer within seconds
    roles = ("guard", "tracer", "admin", "manager", "auditor")

    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}", end=" ", flush=True)
        now = int(time.time())
        cls.worlds = {world: worlds.make(world, SEED + i, now - (20 - 3 * i) * DAY, plates=0.15 * (i % 2))
                      for i, world in enumerate(IMPORTED)}
        cls.worlds.update({world: worlds.make(world, SEED + 50 + i, now - 5 * DAY, voids=0.1, plates=0.15 * (i % 2))
                           for i, world in enumerate(SENT)})
        cls.sites = [{"ref": "S1", "category": "shop"}] + [row for world in cls.worlds for row in worlds.site_rows(world)]
        cls.numbers = {person: i for i, person in
                       enumerate(sorted(person for world in cls.worlds.values() for person in world.people))}
        super().setUpClass()
        cls.service.stop()
        cls.import_history()
        cls.service.start()
        for role in cls.roles:
            client = getattr(cls, role)
            client.close()
            client.port = cls.service.port
        cls.send_the_rest()
        cls.ids = {person: cls.find(person) for person in cls.numbers}
        cls.names = {number: person for person, number in cls.ids.items()}

    @classmethod
    def import_history(cls):
        imported = [person for person in cls.numbers if person.split("-")[0] in IMPORTED]
        rows = [[f"R-{person}", name(cls.numbers[person]), "id", document(cls.numbers[person])["number"],
                 phone(cls.numbers[person])] for person in imported]
        done = cls.service.import_csv("person", ["ref", "name", "document_type", "document_number", "phone"], rows)
        assert counts(done.stdout).get("rejected", 0) == 0, done.stdout + done.stderr
        scans = [[f"R-{scan.person}", scan.site, rfc3339(scan.at), scan.direction, scan.plate]
                 for world in IMPORTED for scan in cls.worlds[world].scans]
        random.Random(SEED).shuffle(scans)
        scans += scans[::10]
        done = cls.service.import_csv("scan", ["ref", "site", "at", "direction", "plate"], scans)
        assert not cls.service.rejected(done), done.stdout + done.stderr

    @classmethod
    def send_the_rest(cls):
        dice = random.Random(SEED + 1)
        scans = [scan for world in SENT for scan in cls.worlds[world].scans]
        dice.shuffle(scans)
        scans += scans[::10]
        credentials = {}
        for person, number in cls.numbers.items():
            if person.split("-")[0] in SENT:
                credentials[person] = cls.service.resident(number, cls.notice).bearer
        for start in range(0, len(scans), BATCH):
            part = scans[start:start + BATCH]
            items = [gate_item(cls.subject(scan, credentials), scan.site, scan.direction, scan.at,
                               {"plate": scan.plate} if scan.plate else None) for scan in part]
            answer = cls.guard.post("/api/v1/gate/scans", {"scans": items})
            assert answer.status == 200, answer
            for scan, result in zip(part, answer.json["results"]):
                assert result["status"] in (200, 201), (scan, result)
                if scan in cls.worlds[scan.person.split("-")[0]].voided and result["status"] == 201:
                    voided = cls.guard.post(f"/api/v1/scans/{result['id']}/void", {"reason": "扫错了"})
                    assert voided.status in (200, 201, 204), voided

    @classmethod
    def subject(cls, scan, credentials):
        """One of three ways to name the person, the same way each time that this scan is sent."""
        number = cls.numbers[scan.person]
        return ({"document": document(number)}, {"phone": phone(number), "name": name(number)},
                {"credential": credentials[scan.person]})[(scan.at // 20 + number) % 3]

    @classmethod
    def find(cls, person):
        answer = cls.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(cls.numbers[person])})
        assert answer.status == 200 and len(answer.json["people"]) == 1, answer
        return answer.json["people"][0]["id"]

    def span(self, world):
        scans = self.worlds[world].scans
        return scans[0].at - 60, scans[-1].at + DAY

    # --- what is compared ---

    def compare(self, world, index, expected, since, until, **more):
        answer = self.trace(index, since, until, **more)
        self.assertIs(answer["complete"], True)
        rows = [row for row in answer["contacts"] if row["degree"] == 1]
        found = {self.names[row["person"]["id"]]: self.of_answer(world, row) for row in rows}
        wanted = {person: self.of_oracle(contact) for person, contact in expected.items()}
        self.assertEqual(len(found), len(rows), "someone is there twice")
        self.assertEqual(found, wanted, f"{world} {index} {more}")
        accumulate = more.get("accumulate", "total")
        keys = [(not expected[person].company, -expected[person].measure(accumulate))
                for person in (self.names[row["person"]["id"]] for row in rows)]
        self.assertEqual(keys, sorted(keys), f"order of {world} {index} {more}")
        return len(rows)

    def of_answer(self, world, row):
        places = {site.ref: site.at_place for site in self.worlds[world].sites.values()}
        return (row["total_s"], row["longest_s"], row["episodes"], unix_second(row["first"]), unix_second(row["last"]),
                sorted(row["kinds"]), sorted({places[site_ref(site)] for site in row["sites"]}),
                sorted(self.names[person] for person in row["via"]))

    @staticmethod
    def of_oracle(contact):
        return (contact.total_s, contact.longest_s, len(contact.episodes), contact.first, contact.last,
                sorted(contact.kinds), sorted(contact.places), sorted(contact.via))

    def ask_each(self, **more):
        """Every person of every world is the index person once."""
        met = 0
        for world, oracle in self.worlds.items():
            since, until = self.span(world)
            for person in oracle.people:
                with self.subTest(world=world, person=person, **more):
                    expected = oracle.contacts({person: since}, since, until, **more)
                    met += self.compare(world, [{"person": self.ids[person]}], expected, since, until, **more)
        self.assertGreater(met, 0, "no world has such a contact: the test shows nothing")

    # --- tests ---

    def test_visits_are_those_of_the_contract(self):
        for world, oracle in self.worlds.items():
            since, until = self.span(world)
            for person in oracle.people:
                with self.subTest(person):
                    wanted = sorted(visit[2:] for visit in oracle.visits(person))
                    self.assertEqual(sorted(self.visits(self.ids[person], since, until)), wanted)

    def test_repeats_and_voids_are_marked(self):
        for world in IMPORTED:  # in the others one person has several registrations, and a scan in each
            oracle = self.worlds[world]
            since, until = self.span(world)
            for person in oracle.people:
                with self.subTest(person):
                    scans = self.trajectory(self.ids[person], since, until)["scans"]
                    found = sorted((unix_second(scan["at"]), scan["direction"], scan["site"]["ref"], scan["repeated"])
                                   for scan in scans)
                    wanted = sorted((scan.at, scan.direction, scan.site, scan in oracle.repeats)
                                    for scan in oracle.scans if scan.person == person)
                    self.assertEqual(found, wanted)

    def test_voided_scans_are_shown_as_voided(self):
        total = 0
        for world in SENT:
            oracle = self.worlds[world]
            for person in oracle.people:
                scans = self.trajectory(self.ids[person], *self.span(world))["scans"]
                voided = {unix_second(scan["at"]) for scan in scans if scan["voided"]}
                self.assertEqual(voided, {scan.at for scan in oracle.voided if scan.person == person}, person)
                total += len(voided)
        self.assertGreater(total, 0)

    def test_contacts_are_those_of_the_contract(self):
        self.ask_each()

    def test_contacts_with_linger(self):
        self.ask_each(linger_s=0)
        self.ask_each(linger_s=300)

    def test_contacts_with_a_bound_on_the_total(self):
        self.ask_each(min_overlap_s=600)

    def test_contacts_with_a_bound_on_the_longest_stretch(self):
        self.ask_each(min_overlap_s=600, accumulate="longest")

    def test_contacts_with_a_bound_within_a_day(self):
        self.ask_each(min_overlap_s=900, accumulate="day", linger_s=60)

    def test_contacts_of_some_categories(self):
        chosen = ["shop", "traffic"]
        for world, oracle in self.worlds.items():
            if any(scan.plate for scan in oracle.scans):
                continue  # whether company goes by category is not said
            since, until = self.span(world)
            for person in oracle.people:
                with self.subTest(person):
                    expected = oracle.contacts({person: since}, since, until, places=worlds.places_of(world, chosen))
                    self.compare(world, [{"person": self.ids[person]}], expected, since, until, categories=chosen)

    def test_contacts_within_a_narrow_window(self):
        dice = random.Random(SEED + 2)
        for world, oracle in self.worlds.items():
            for person in oracle.people:
                since = dice.choice(oracle.scans).at + dice.choice((0, 1, -1, 500))
                until = since + dice.choice((1, 600, 3600, 7200))
                with self.subTest(person, since=since, until=until):
                    expected = oracle.contacts({person: since}, since, until, linger_s=60)
                    self.compare(world, [{"person": self.ids[person]}], expected, since, until, linger_s=60)

    def test_contacts_of_several_index_persons(self):
        for world, oracle in self.worlds.items():
            since, until = self.span(world)
            for first, second in zip(oracle.people, oracle.people[1:]):
                with self.subTest(first, second=second):
                    index = {first: since, second: since}
                    for more in ({}, {"min_overlap_s": 900}):
                        expected = oracle.contacts(index, since, until, **more)
                        self.compare(world, [{"person": self.ids[person]} for person in index], expected, since, until, **more)

    def test_contacts_of_those_who_were_at_a_site(self):
        for world, oracle in self.worlds.items():
            if any(scan.plate for scan in oracle.scans):
                continue
            since, until = self.span(world)
            for scan in oracle.scans[::9]:
                begin, end = scan.at - 100, scan.at + 300
                index = oracle.persons_at(scan.site, begin, end)
                with self.subTest(scan.site, begin=begin):
                    expected = oracle.contacts(index, since, until)
                    asked = [{"site": scan.site, "from": rfc3339(begin), "to": rfc3339(end)}]
                    self.compare(world, asked, expected, since, until)

    def test_a_restart_changes_no_answer(self):
        before = [self.trace([{"person": self.ids[oracle.people[0]]}], *self.span(world), linger_s=60)["contacts"]
                  for world, oracle in self.worlds.items()]
        self.restart(hard=True)
        after = [self.trace([{"person": self.ids[oracle.people[0]]}], *self.span(world), linger_s=60)["contacts"]
                 for world, oracle in self.worlds.items()]
        self.assertEqual(after, before)


if __name__ == "__main__":
    unittest.main()
