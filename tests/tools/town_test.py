# SPDX-License-Identifier: Apache-2.0
"""tools/town: the same seed gives the same town, whose people are well formed, and whose scans tell what the truth beside them says."""

import os
import shutil
import subprocess
import sys
import unittest
from collections import Counter, defaultdict

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support import school
from support.people import check_character
from support.service import write_csv
from support.town_files import TownFiles, defaults, rows, second_of
from support.town_program import TOWN, InFolder, call, contents, peak_kb

END = "2026-11-26T08:00:00+08:00"
DAYS = 3
SKEW_S_MAX = 300


class InTown(InFolder):
    @classmethod
    def make(cls, name, *arguments):
        """A town of 2,000 for three days until END, where `arguments` don't say otherwise."""
        given = dict(zip(arguments[::2], arguments[1::2]))
        options = {"--people": 2000, "--days": DAYS, "--seed": 7, "--end": END, **given, "--out": cls.path(name)}
        done = call(*(word for option in options.items() for word in option))
        if done.returncode != 0:
            raise AssertionError(f"town {options} ended with {done.returncode}: {done.stderr}")
        return TownFiles(cls.path(name))


class Command(InTown):
    def test_the_same_options_give_the_same_bytes(self):
        self.make("one")
        self.make("two")
        one = contents(self.path("one"))
        self.assertEqual(sorted(one), ["divisions.csv", "people.csv", "scans.csv", "sites.csv", "truth/infections.csv",
                                       "truth/oddities.csv", "truth/roster.csv", "truth/visits.csv"])
        self.assertEqual(one, contents(self.path("two")))
        self.make("three", "--seed", 8)
        other = contents(self.path("three"))
        for name in one:
            if name != "truth/roster.csv":   # by number alone, for a few
                self.assertNotEqual(one[name], other[name], name)

    def test_refuses_what_it_does_not_know_and_writes_nothing(self):
        for words in ([], ["--out"], ["--out", self.path("no"), "--people", "0"], ["--out", self.path("no"), "--people", "many"],
                      ["--out", self.path("no"), "--end", "tomorrow"], ["--out", self.path("no"), "--forgotten", "101"],
                      ["--out", self.path("no"), "--nonsense", "1"], ["--out", self.path("no"), "--days", "2", "--days", "3"]):
            done = call(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn("town: ", done.stderr)
        self.assertFalse(os.path.exists(self.path("no")))

    def test_never_writes_over_anything(self):
        os.mkdir(self.path("full"))
        write_csv(os.path.join(self.path("full"), "scans.csv"), ["mine"], [])
        done = call("--out", self.path("full"))
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("is not empty", done.stderr)
        self.assertEqual(contents(self.path("full")), {"scans.csv": b"mine\n"})

    def test_a_disk_that_is_full_is_told(self):
        # As good as a full disk: no file may grow beyond 64 KiB.
        done = subprocess.run(["sh", "-c", 'trap "" XFSZ; ulimit -f 128; exec "$0" --people 20000 --out "$1"', TOWN, self.path("full-disk")],
                              capture_output=True, text=True, encoding="utf-8")
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("cannot write", done.stderr)

    def test_memory_does_not_grow_with_the_people(self):
        peaks = [peak_kb(self.path("peak"), "--people", people, "--days", 3) for people in (20_000, 60_000)]
        print(f"\npeak memory of 20,000 and of 60,000 people: {peaks} KB")
        self.assertLess(peaks[1] - peaks[0], 4_096)


class Divisions(InTown):
    def test_people_live_in_the_divisions_of_a_file(self):
        divisions = [("130682", "定州市", ""), ("130682001000", "甲街道", "130682"), ("130682100", "乙镇", "130682"),
                     ("130682001001", "丙社区", "130682001000"), ("130682100200", "丁,村", "130682100")]
        path = write_csv(self.path("real.csv"), ["code", "name", "parent"], divisions)
        town = self.make("given", "--divisions", path)
        self.assertEqual([tuple(row.values()) for row in town.read("divisions.csv")], divisions)
        self.assertEqual({row["division"] for row in town.people.values()}, {"130682001001", "130682100200"})
        self.assertEqual({row["division"] for row in town.site_rows if row["category"] in ("village", "community")},
                         {"130682001001", "130682100200"})

    def test_a_file_that_is_no_list_of_divisions_is_refused_with_its_line(self):
        for lines, said in ((["code,name"], "line 1"), (["code,name,parent", "1306x,甲,"], "line 2"), (["code,name,parent", "130682,甲"], "line 2"),
                            (["code,name,parent", "130682,甲,", "130682100200,乙村,130682100"], "line 3"), (["code,name,parent", "130682,甲,"], "no village")):
            path = self.path("bad.csv")
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
            done = call("--divisions", path, "--out", self.path("bad"))
            self.assertEqual(done.returncode, 1, lines)
            self.assertIn(said, done.stderr)
            shutil.rmtree(self.path("bad"), ignore_errors=True)

    @unittest.skipUnless(school.is_there(), f"the real list is not in {school.DATA} (CHAYAN_SHARED_DATA names another place)")
    def test_the_units_are_the_real_ones(self):
        town = self.make("units")
        own = [tuple(row.values()) for row in town.read("divisions.csv") if len(row["code"]) < 12]
        self.assertEqual(own, [row for row in school.divisions() if len(row[0]) < 12])


class People(InTown):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.town = cls.make("town", "--people", 12_000)
        cls.rows = list(cls.town.read("people.csv"))

    def test_documents_are_valid_and_of_one_name_each(self):
        names, days = {}, defaultdict(set)
        for row in self.rows:
            number = row["document_number"]
            if not number:
                continue
            self.assertRegex(number, r"\A130682\d{11}[0-9X]\Z")
            self.assertEqual(check_character(number[:17]), number[17], number)
            self.assertEqual(number[6:14], row["birth_date"].replace("-", ""))
            self.assertEqual(int(number[16]) % 2 == 1, row["sex"] == "male")
            self.assertLess(int(number[14:17]), 980, "sequences from 996 on marked people aged a hundred and more")
            self.assertEqual(names.setdefault(number, row["name"]), row["name"], number)
            days[number].add(row["birth_date"])
        self.assertGreater(len(names), 11_000)

    def test_a_document_comes_twice_only_where_the_truth_says_so(self):
        refs = defaultdict(list)
        for row in self.rows:
            if row["document_number"]:
                refs[row["document_number"]].append(row["ref"])
        twice = sorted(tuple(reversed(own)) for own in refs.values() if len(own) > 1)
        said = sorted((row["ref"], row["other"]) for row in self.town.roster if row["same"] == "document")
        self.assertEqual(twice, said)
        self.assertGreater(len(said), 10)
        self.assertEqual(len(self.rows), 12_000 + len(said))

    def test_namesakes_bear_one_name_and_two_documents(self):
        namesakes = [row for row in self.town.roster if row["same"] == "name"]
        self.assertGreater(len(namesakes), 5)
        for row in namesakes:
            one, other = self.town.people[row["ref"]], self.town.people[row["other"]]
            self.assertEqual(one["name"], other["name"])
            self.assertNotEqual((one["document_number"], one["phone"]), (other["document_number"], other["phone"]))

    def test_a_phone_is_one_households_and_its_people_have_different_names(self):
        households, by_phone = defaultdict(set), defaultdict(list)
        for row in self.town.people.values():
            self.assertRegex(row["phone"], r"\A14[234]\d{8}\Z")
            households[row["phone"]].add(row["household"])
            by_phone[row["phone"]].append(row["name"])
        self.assertEqual({len(own) for own in households.values()}, {1})
        self.assertEqual([names for names in by_phone.values() if len(names) != len(set(names))], [])
        self.assertGreater(sum(len(names) > 2 for names in by_phone.values()), 100, "families share a phone")


class Truth(InTown):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.town = cls.make("town")
        cls.scans, cls.stays, cls.oddities = cls.town.scans(), cls.town.stays(), cls.town.oddities()
        cls.end = second_of(END)
        cls.start = cls.end - DAYS * 86400

    def test_all_lies_within_the_days_asked_for(self):
        self.assertGreaterEqual(min(stay.begin for stay in self.stays), self.start)
        self.assertLessEqual(max(stay.end for stay in self.stays), self.end)
        self.assertLess(max(scan.at for scan in self.scans), self.end)
        self.assertEqual(len(set(scan[:4] for scan in self.scans)), len(self.scans), "a scan comes twice")

    def test_every_scan_is_where_and_when_its_person_truly_was(self):
        truly = {(stay.person, self.town.sites[stay.site].at_place, at) for stay in self.stays for at in (stay.begin, stay.end)}
        wrong = defaultdict(int)
        for one in self.oddities:
            if one.kind in ("skewed", "again"):
                wrong[one[:4]] += one.seconds
        for scan in self.scans:
            self.assertIn((scan.person, self.town.sites[scan.site].at_place, scan.at - wrong[scan[:4]]), truly, scan)
        self.assertLessEqual(max(abs(one.seconds) for one in self.oddities if one.kind == "skewed"), SKEW_S_MAX)

    def test_every_stay_was_scanned_but_for_what_is_noted(self):
        wrong = {one[:4]: one.seconds for one in self.oddities if one.kind == "skewed"}
        scanned = {(scan.person, self.town.sites[scan.site].at_place, scan.at - wrong.get(scan[:4], 0), scan.direction) for scan in self.scans}
        forgotten = {(one.person, self.town.sites[one.site].at_place, one.at) for one in self.oddities if one.kind == "forgotten"}
        kinds = Counter()
        for stay in self.stays:
            directions = {word for word in ("in", "out", "pass") if (stay.person, stay.place, stay.begin, word) in scanned}
            if not directions:
                self.assertGreater(stay.begin, self.end - SKEW_S_MAX, stay)    # the phone's clock is ahead: still to come
                continue
            if stay.begin == stay.end or directions != {"in"}:
                continue
            left = (stay.person, stay.place, stay.end)
            kinds["scanned" if (*left, "out") in scanned else "forgotten" if left in forgotten else "other"] += 1
            self.assertFalse((*left, "out") in scanned and left in forgotten, stay)
        self.assertGreater(kinds["scanned"], 1_000)
        self.assertAlmostEqual(kinds["forgotten"] / (kinds["scanned"] + kinds["forgotten"]), 0.15, delta=0.03)
        self.assertEqual(self.posters_without_exit(), {"vehicle", "isolation"})

    def posters_without_exit(self):
        """The categories of the venues where people scanned `in` and nobody `out` nor forgot to."""
        category = {row["ref"]: row["category"] for row in self.town.site_rows}
        left = {category[one.site] for one in self.oddities if one.kind == "forgotten"}
        left |= {category[scan.site] for scan in self.scans if scan.direction == "out"}
        return {category[scan.site] for scan in self.scans if scan.direction == "in"} - left

    def test_what_came_late_stands_behind_what_came_before(self):
        late = {one[:4] for one in self.oddities if one.kind == "late"}
        before, out_of_order = {}, set()
        for scan in self.scans:
            if scan.at < before.get(scan.person, 0):
                out_of_order.add(scan[:4])
            before[scan.person] = max(scan.at, before.get(scan.person, 0))
        self.assertGreater(len(out_of_order), 50)
        self.assertEqual([scan for scan in out_of_order if scan not in late], [])

    def test_without_oddities_there_are_none(self):
        town = self.make("tidy", "--forgotten", 0, "--skewed", 0, "--late", 0)
        self.assertEqual({one.kind for one in town.oddities()}, {"again"})

    def test_there_are_sites_of_every_category_and_places_with_several_doors(self):
        self.assertEqual({row["category"] for row in self.town.site_rows}, set(defaults()))
        doors = Counter(site.at_place for site in self.town.sites.values())
        self.assertGreater(sum(count > 1 for count in doors.values()), 5)
        used = defaultdict(set)
        for scan in self.scans:
            used[self.town.sites[scan.site].at_place].add(scan.site)
        self.assertGreater(sum(len(sites) > 1 for sites in used.values()), 5)

    def test_those_of_one_car_pass_within_a_minute(self):
        rides = defaultdict(list)
        for scan in self.scans:
            if scan.plate and scan.direction == "pass":
                rides[scan.plate, scan.site, scan.at // 3600].append(scan)
        shared = [own for own in rides.values() if len({scan.person for scan in own}) > 1]
        self.assertGreater(len(shared), 20)
        skewed = {one.person for one in self.oddities if one.kind == "skewed"}
        for own in shared:
            seconds = [scan.at for scan in own if scan.person not in skewed]
            if seconds and max(seconds) - min(seconds) > 60:
                self.fail(f"not one ride: {own}")


class Week(InTown):
    """What shows only where there are many people, with night shifts and hotels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.town = cls.make("town", "--people", 12_000, "--days", 7)

    def test_nobody_is_at_two_places(self):
        by_person = defaultdict(list)
        for stay in self.town.stays():
            by_person[stay.person].append((stay.begin, stay.end))
        for person, own in by_person.items():
            for (_, end), (begin, _) in zip(own, own[1:]):
                self.assertLessEqual(end, begin, person)

    def test_some_places_are_far_more_popular_than_others(self):
        shops = Counter(stay.place for stay in self.town.stays() if stay.place.startswith("SH"))
        visits = sorted(shops.values())
        self.assertGreater(visits[-1], 3 * visits[len(visits) // 2])


class Outbreak(InTown):
    def test_the_infected_were_where_their_infector_was(self):
        town = self.make("town", "--people", 5_000, "--days", 7, "--outbreak", 30)
        presence = defaultdict(list)
        for stay in town.stays():
            presence[stay.person, stay.place].append((stay.begin, stay.end))
        infections = list(town.read("truth/infections.csv"))
        self.assertEqual((infections[0]["degree"], infections[0]["infected_by"]), ("0", ""))
        self.assertEqual(len({row["ref"] for row in infections}), len(infections), "somebody was infected twice")
        self.assertLessEqual(len(infections), 30)
        degrees = {row["ref"]: (int(row["degree"]), second_of(row["at"])) for row in infections}
        self.assertGreater(sum(degree == 1 for degree, _ in degrees.values()), 4)
        self.assertGreater(sum(degree == 2 for degree, _ in degrees.values()), 4)
        for row in infections[1:]:
            at = second_of(row["at"])
            for person in (row["ref"], row["infected_by"]):
                self.assertTrue(any(begin <= at < end for begin, end in presence[person, row["place"]]), (person, row))
            self.assertEqual(degrees[row["infected_by"]][0], int(row["degree"]) - 1)
            self.assertLess(degrees[row["infected_by"]][1], at)

    def test_none_is_none(self):
        self.make("healthy", "--outbreak", 0)
        self.assertEqual(list(rows(os.path.join(self.path("healthy"), "truth", "infections.csv"))), [])


if __name__ == "__main__":
    unittest.main()
