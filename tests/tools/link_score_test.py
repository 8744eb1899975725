# SPDX-License-Identifier: Apache-2.0
"""tools/link_score judges clusters as one would by hand, pair by pair and record by record, and refuses what it cannot judge."""

import gzip
import os
import random
import subprocess
import sys
import tempfile
import unittest
from itertools import combinations

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(_ROOT, "tests"))
sys.path.insert(0, os.path.join(_ROOT, "tools"))

import link_score  # noqa: E402
from support import school  # noqa: E402

LINKAGE = os.path.join(school.DATA, "linkage")
SEED = 20200301


def by_hand(clusters, truth):
    """The measures from their definitions, each pair and each record looked at."""
    names = sorted(truth)
    made = {pair for pair in combinations(names, 2) if clusters[pair[0]] == clusters[pair[1]]}
    true = {pair for pair in combinations(names, 2) if truth[pair[0]] == truth[pair[1]]}
    precision = len(made & true) / len(made) if made else 1
    recall = len(made & true) / len(true) if true else 1
    together = {name: {other for other in names if clusters[other] == clusters[name]} for name in names}
    same = {name: {other for other in names if truth[other] == truth[name]} for name in names}
    people_of = {cluster: {truth[name] for name in names if clusters[name] == cluster} for cluster in clusters.values()}
    false_merges = sum(len(people) - 1 for people in people_of.values())
    return {
        "records": len(names), "people": len(set(truth.values())), "clusters": len(people_of), "true_pairs": len(true),
        "precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0,
        "b3_precision": sum(len(together[name] & same[name]) / len(together[name]) for name in names) / len(names),
        "b3_recall": sum(len(together[name] & same[name]) / len(same[name]) for name in names) / len(names),
        "false_merges": false_merges, "per_10000_people": 10_000 * false_merges / len(set(truth.values())),
    }


def closed(clusters, links):
    """The clusters after links, by going from record to record until nothing new is met."""
    neighbours = {name: {other for other in clusters if clusters[other] == clusters[name]} for name in clusters}
    for a, b in links:
        neighbours[a].add(b)
        neighbours[b].add(a)
    found = {}
    for name in clusters:
        if name in found:
            continue
        met, waiting = {name}, [name]
        while waiting:
            new = neighbours[waiting.pop()] - met
            met |= new
            waiting += new
        found.update(dict.fromkeys(met, name))
    return found


class Measures(unittest.TestCase):
    def check(self, result, wanted, what):
        for field, value in wanted.items():
            self.assertAlmostEqual(getattr(result, field), value, places=12, msg=(field, what))

    def test_random_clusters_are_judged_as_by_hand(self):
        chance = random.Random(SEED)
        for size in [*range(1, 9)] * 60 + [30] * 10:
            names = [f"r{number}" for number in range(size)]
            truth = {name: chance.randrange(chance.randint(1, size)) for name in names}
            clusters = {name: truth[name] if chance.random() < 0.6 else chance.randrange(size) for name in names}
            pairs = [tuple(chance.sample(names, 2)) for _ in range(chance.randrange(6))] if size > 1 else []
            what = (truth, clusters, pairs)
            self.check(link_score.score(clusters, truth), by_hand(clusters, truth), what)
            review = link_score.review(clusters, truth, pairs)
            touched = {name for pair in pairs for name in pair}
            self.assertEqual((review.pairs, review.records, review.share), (len(pairs), len(touched), len(touched) / size), what)
            true = [pair for pair in pairs if truth[pair[0]] == truth[pair[1]]]
            self.check(review.reviewed, by_hand(closed(clusters, true), truth), what)

    def test_an_example(self):
        truth = dict(zip("abcdefg", "1112233"))
        clusters = dict(zip("abcdefg", "xxyyzww"))   # c is with d, who is 2; e is alone
        result = link_score.score(clusters, truth)
        self.assertEqual((result.people, result.clusters, result.true_pairs, result.false_merges), (3, 4, 5, 1))
        self.check(result, {"precision": 2 / 3, "recall": 2 / 5, "f1": 0.5, "b3_precision": 6 / 7, "b3_recall": (4 / 3 + 1 / 3 + 1 + 2) / 7,
                            "per_10000_people": 10_000 / 3}, "example")
        review = link_score.review(clusters, truth, [("a", "c"), ("e", "f")])   # the first is true, and d comes along
        self.assertEqual((review.records, review.share), (4, 4 / 7))
        self.check(review.reviewed, {"precision": 4 / 7, "recall": 4 / 5, "false_merges": 1}, "reviewed")

    def test_the_perfect_and_the_two_extremes(self):
        truth = {number: number // 2 for number in range(10)}
        self.check(link_score.score(truth, truth), {"precision": 1, "recall": 1, "f1": 1, "b3_precision": 1, "b3_recall": 1, "false_merges": 0}, "perfect")
        apart = {number: number for number in truth}
        self.check(link_score.score(apart, truth), {"precision": 1, "recall": 0, "f1": 0, "b3_precision": 1, "b3_recall": 0.5}, "apart")
        one = dict.fromkeys(truth, 0)
        self.check(link_score.score(one, truth), {"precision": 5 / 45, "recall": 1, "b3_precision": 0.2, "b3_recall": 1, "false_merges": 4}, "one")
        self.check(link_score.score(apart, apart), {"precision": 1, "recall": 1, "f1": 1}, "nothing to find")


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.truth = self.file("truth.csv", "id,person\n1,x\n2,x\n3,y\n")
        self.clusters = self.file("clusters.csv", "cluster,more,id\na,,1\na,,2\nb,,3\n")

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        opened = gzip.open if name.endswith(".gz") else open
        with opened(path, "wt", encoding="utf-8") as file:
            file.write(text)
        return path

    def call(self, *arguments):
        return subprocess.run([sys.executable, "-B", os.path.join(_ROOT, "tools", "link_score.py"), *arguments], capture_output=True, text=True,
                              encoding="utf-8")

    def says(self, arguments, *sentences):
        done = self.call(*arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
        for sentence in sentences:
            self.assertIn(sentence, done.stdout)

    def refuses(self, arguments, sentence):
        done = self.call(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, ""), arguments)
        self.assertIn(sentence, done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_prints_every_measure(self):
        pairs = self.file("pairs.csv", "a,b,weight,probability,decision,reasons\n1,2,9.5,0.99,link,document\n2,3,1,0.5,review,\"name, phone\"\n1,3,-9,0.01,reject,\n")
        self.says([self.clusters, self.truth, "--pairs", pairs], "3 records of 2 people in 2 clusters, 1 true pairs", "precision 1.0000, recall 1.0000, F1 1.0000",
                  "0.00 per 10,000 people", "2 records, 66.67 %, in 1 pairs", "perfect reviewer")
        self.assertNotIn("review", self.call(self.clusters, self.truth).stdout)

    def test_reads_febrl_by_the_names_of_its_records(self):
        febrl = self.file("febrl.csv.gz", "rec_id, given_name, surname\nrec-1-org, ann, lee\nrec-1-dup-0, an, \"lee, jr\"\nrec-10-org, bob, lee\n")
        clusters = self.file("febrl_clusters.csv", "id,cluster\nrec-1-org,1\nrec-1-dup-0,1\nrec-10-org,2\n")
        self.says([clusters, "--febrl", febrl], "3 records of 2 people", "precision 1.0000, recall 1.0000")
        self.refuses([clusters, "--febrl", self.file("other.csv", "rec_id\n17\n")], "17 is no rec-N-org")
        self.refuses([clusters, "--febrl", self.file("twice.csv", "rec_id\nrec-1-org\nrec-1-org\n")], "rec-1-org comes twice")

    def test_reads_splinks_people_by_their_clusters(self):
        splink = self.file("fake.csv", "unique_id,first_name,cluster\n1,Ann,0\n2,An,0\n3,Bob,1\n")
        self.says([self.clusters, "--splink", splink], "3 records of 2 people", "precision 1.0000, recall 1.0000")

    @unittest.skipUnless(os.path.isdir(LINKAGE), f"the sets are not in {LINKAGE} (CHAYAN_SHARED_DATA names another place)")
    def test_reads_the_published_sets_whole(self):
        for option, name, column, people, pairs in (("--febrl", "febrl_dataset3", "rec_id", 2_000, 6_538), ("--febrl", "febrl_dataset1", "rec_id", 500, 500),
                                                    ("--splink", "splink_fake_1000", "unique_id", 251, 2_031)):
            path = os.path.join(LINKAGE, name + ".csv.gz")
            apart = "".join(f"{record},{record}\n" for (record,) in link_score.rows(path, column))
            clusters = self.file(name + ".csv", "id,cluster\n" + apart)
            self.says([clusters, option, path], f"of {people:,} people", f"{pairs:,} true pairs", "precision 1.0000, recall 0.0000")

    def test_refuses_what_it_cannot_judge_and_says_which(self):
        truth, clusters = self.truth, self.clusters
        self.refuses([self.file("a.csv", "id,cluster\n1,a\n2,a\n"), truth], "3 has no cluster")
        self.refuses([self.file("b.csv", "id,cluster\n1,a\n2,a\n3,b\n4,b\n5,b\n"), truth], "4 is not in the truth, and 1 more")
        self.refuses([self.file("c.csv", "id,cluster\n1,a\n1,b\n2,a\n3,b\n"), truth], "1 comes twice")
        self.refuses([self.file("d.csv", "id,group\n1,a\n"), truth], "no column cluster")
        self.refuses([self.file("e.csv", "id,cluster\n1\n"), truth], "line 2")
        self.refuses([self.file("f.csv", "id,cluster\n"), self.file("g.csv", "id,person\n")], "no records")
        self.refuses([os.path.join(self.folder, "absent.csv"), truth], "absent.csv")
        self.refuses([self.file("h.csv.gz", "id,cluster\n")[:-3], truth], "h.csv")
        self.refuses([clusters, truth, "--pairs", self.file("i.csv", "a,b,decision\n1,2,perhaps\n")], "'perhaps' is none of")
        self.refuses([clusters, truth, "--pairs", self.file("j.csv", "a,b,decision\n1,9,review\n")], "9 stands in a pair")

    def test_wants_one_truth(self):
        for arguments in ([self.clusters], [self.clusters, self.truth, "--febrl", self.truth], []):
            self.assertEqual(self.call(*arguments).returncode, 2, arguments)


if __name__ == "__main__":
    unittest.main()
