# SPDX-License-Identifier: Apache-2.0
"""Real input: a city's divisions and checkpoints, and a high school over five days, whose contacts are known exactly.

The figures are those of the published data (SocioPatterns): 5,818 pairs who ever met; 687 of them for 15 min in all; 565
and 755 for 15 and 10 min within some 24 hours; 88 for 15 min without a break.
"""

import json
import os
import random
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import school
from support.people import document, name, phone
from support.service import Service, counts, rfc3339, run, unix_second, write_csv

SEED = 327
BATCH = 500
BODY_MAX = 256 * 1024
IMPORT_TIMEOUT_S = 1800
RULES = [({}, 5818, lambda stretches: True),
         ({"min_overlap_s": 900}, 687, lambda stretches: school.total_s(stretches) >= 900),
         ({"min_overlap_s": 900, "accumulate": "day"}, 565, lambda stretches: school.day_s(stretches) >= 900),
         ({"min_overlap_s": 600, "accumulate": "day"}, 755, lambda stretches: school.day_s(stretches) >= 600),
         ({"min_overlap_s": 900, "accumulate": "longest"}, 88, lambda stretches: school.longest_s(stretches) >= 900)]


@unittest.skipUnless(school.is_there(), f"the real input is not in {school.DATA} (CHAYAN_SHARED_DATA names another place)")
class RealInput(unittest.TestCase):
    def setUp(self):
        self.school = school.School(int(time.time()))
        self.service = Service()
        self.addCleanup(self.service.close)
        self.import_city()
        for role in ("guard", "tracer"):
            self.service.add_operator(f"{role}-1", role)

    def import_city(self):
        """Divisions, checkpoints, and the places of the school, without a reject."""
        divisions = school.divisions()
        done = self.service.divisions(divisions)
        self.assertEqual((counts(done.stdout).get("new"), counts(done.stdout).get("rejected")), (568, 0), done.stdout)
        rows = list(school.checkpoints())
        rows += [{"ref": f"P{place}", "name": f"教室{place}", "category": "office", "division": "130682001"}
                 for place in range(self.school.places)]
        done = self.service.sites(rows)
        printed = counts(done.stdout)
        self.assertEqual((printed.get("new"), printed.get("rejected")), (567 + self.school.places, 0), done.stdout)
        self.assertEqual(len({row["ref"] for row in self.service.exported_sites()}), len(rows))

    def start(self):
        began = time.monotonic()
        self.service.start()
        self.tracer = self.service.session("tracer-1")
        self.service.wait_until_ready()
        self.case = self.service.case(self.tracer)
        return time.monotonic() - began

    # --- the two ways in ---

    def test_history_imported_from_a_file_gives_exactly_the_published_contacts(self):
        roster = [[f"R{person}", name(person), "id", document(person)["number"], phone(person)]
                  for person in self.school.people]
        done = self.service.import_csv("person", ["ref", "name", "document_type", "document_number", "phone"], roster)
        self.assertEqual((counts(done.stdout).get("new"), counts(done.stdout).get("rejected")), (327, 0), done.stdout)
        path = write_csv(os.path.join(self.service.folder, "scans.csv"), ["ref", "site", "at", "direction"],
                         ((f"R{person}", f"P{place}", rfc3339(at), direction)
                          for person, place, at, direction in self.school.scans()))
        began = time.monotonic()
        done = run("scan", "import", "--data", self.service.data, path, timeout=IMPORT_TIMEOUT_S)
        took = time.monotonic() - began
        self.assertFalse(os.path.exists(path + ".rejected.csv"), done.stdout + done.stderr)
        ready = self.start()
        print(f"\nscan import: {done.stdout.strip()!r}, {took:.1f} s; start until ready {ready:.2f} s", flush=True)
        self.compare()
        self.compare_second_degree()

    def test_the_same_scans_over_https_give_exactly_the_published_contacts(self):
        self.start()
        guard = self.service.session("guard-1")
        scans = list(self.school.scans())
        print(f"\nseed {SEED}", end=", ")
        random.Random(SEED).shuffle(scans)
        once = len(scans)
        for position in range(9, once, 10):
            scans.append(scans[position])
        tail = scans[once:]
        random.Random(SEED + 1).shuffle(tail)
        scans[once:] = tail
        began = time.monotonic()
        statuses, taken = self.send(guard, scans)
        took = time.monotonic() - began
        print(f"{len(scans)} scans over HTTPS in {took:.1f} s on one connection, "
              f"{len(scans) / took:.0f} a second: {statuses}", flush=True)
        self.assertEqual(statuses, {201: once, 200: len(scans) - once})
        self.assertEqual(taken, once, "a retry was given another id, or two scans one")
        self.compare()

    def send(self, guard, scans):
        """Sends them in batches; returns {status: how many} and how many distinct ids came back."""
        documents = {person: document(person) for person in self.school.people}
        met, ids, statuses = set(), {}, {}
        for start in range(0, len(scans), BATCH):
            part, items = scans[start:start + BATCH], []
            for person, place, at, direction in part:
                subject = {"document": documents[person]}
                if person not in met:  # whoever is unknown yet is registered in the same act
                    met.add(person)
                    subject["name"] = name(person)
                items.append({"subject": subject, "site": f"P{place}", "direction": direction, "at": rfc3339(at)})
            body = json.dumps({"scans": items}, ensure_ascii=False, separators=(",", ":")).encode()
            self.assertLessEqual(len(body), BODY_MAX)
            answer = guard.post("/api/v1/gate/scans", body)
            self.assertEqual(answer.status, 200, answer)
            for scan, result in zip(part, answer.json["results"], strict=True):
                statuses[result["status"]] = statuses.get(result["status"], 0) + 1
                self.assertEqual(ids.setdefault(scan, result["id"]), result["id"])
        return statuses, len(set(map(str, ids.values())))

    # --- the answers ---

    def compare(self):
        ids = {person: self.person_id(person) for person in self.school.people}
        people = {number: person for person, number in ids.items()}
        self.assertEqual(len(people), 327)
        pairs = self.school.pairs()
        for rule, published, holds in RULES:
            expected = {pair for pair, stretches in pairs.items() if holds(stretches)}
            self.assertEqual(len(expected), published, f"the oracle itself, {rule}")
            began = time.monotonic()
            rows = {person: self.contacts(ids[person], people, rule) for person in self.school.people}
            took = time.monotonic() - began
            found = {(min(one, other), max(one, other)) for one, others in rows.items() for other in others}
            print(f"{rule or 'no bound'}: {len(found)} pairs, published {published}, "
                  f"{1000 * took / len(rows):.1f} ms a question", flush=True)
            self.assertEqual(sum(len(others) for others in rows.values()), 2 * len(found), f"not mutual: {rule}")
            self.assertEqual(len(found), published, f"{rule}: {sorted(found ^ expected)[:10]}")
            self.assertEqual(found, expected, str(rule))
            for (one, other), stretches in pairs.items():
                if (one, other) in expected:
                    self.assert_row(rows[one][other], stretches, (one, other))
                    self.assert_row(rows[other][one], stretches, (other, one))

    def compare_second_degree(self):
        """15 minutes in all make a contact; of everybody, forward and backward, against loops over all pairs."""
        ids = {person: self.person_id(person) for person in self.school.people}
        people = {number: person for person, number in ids.items()}
        meetings = school.by_person(self.school.pairs())
        for direction in ("forward", "backward"):
            began, found = time.monotonic(), 0
            for person in self.school.people:
                answer = self.tracer.post("/api/v1/traces", {
                    "case": self.case, "index": [{"person": ids[person]}], "from": rfc3339(self.school.first), "to": rfc3339(self.school.last),
                    "direction": direction, "degree": 2, "min_overlap_s": 900})
                self.assertEqual((answer.status, answer.json["complete"], answer.json["left_out"]), (200, True, [0, 0]), answer)
                told = {people[row["person"]["id"]]: (row["degree"], row["total_s"], row["longest_s"], unix_second(row["first"]), unix_second(row["last"]),
                                                      sorted(people[one] for one in row["via"])) for row in answer.json["contacts"]}
                meant = school.two_degrees(meetings, person, direction, 900)
                self.assertEqual(told, meant, f"{direction} from {person}")
                found += sum(degree == 2 for degree, *_ in told.values())
            took = time.monotonic() - began
            print(f"degree 2 {direction}: {found} contacts of contacts of {len(people)} people, {1000 * took / len(people):.1f} ms a question with its oracle",
                  flush=True)
            self.assertGreater(found, 0)

    def assert_row(self, row, stretches, pair):
        self.assertEqual((row["total_s"], row["longest_s"], unix_second(row["first"]), unix_second(row["last"])),
                         (school.total_s(stretches), school.longest_s(stretches), stretches[0][0], stretches[-1][1]), pair)

    def person_id(self, person):
        answer = self.tracer.post("/api/v1/people/search", {"case": self.case, "document": document(person)})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(len(answer.json["people"]), 1, answer)
        return answer.json["people"][0]["id"]

    def contacts(self, person_id, people, rule):
        """{person: row} of degree 1 over the whole five days."""
        answer = self.tracer.post("/api/v1/traces", {
            "case": self.case, "index": [{"person": person_id}], "from": rfc3339(self.school.first),
            "to": rfc3339(self.school.last), "direction": "forward", "degree": 1, **rule})
        self.assertEqual(answer.status, 200, answer)
        self.assertIs(answer.json["complete"], True)
        return {people[row["person"]["id"]]: row for row in answer.json["contacts"] if row["degree"] == 1}


if __name__ == "__main__":
    unittest.main()
