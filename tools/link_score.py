#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How well records were put together into people, where it is known who is whom.

    tools/link_score.py CLUSTERS.csv TRUTH.csv [--pairs PAIRS.csv]      id,person: what `tools/town records` writes
    tools/link_score.py CLUSTERS.csv --febrl FILE.csv[.gz] [...]        rec_id: rec-N-org and rec-N-dup-M are person N
    tools/link_score.py CLUSTERS.csv --splink FILE.csv[.gz] [...]       unique_id and cluster, as in splink's fake_1000

CLUSTERS.csv has the columns id,cluster, and each record of the truth once; PAIRS.csv has a,b,decision, and perhaps others: what
`chayan link` writes. Records of one cluster are called one person. From that follow:

  pairs            of two records. Precision: of the pairs that the clusters put together, those of one true person; recall: of the
                   pairs of one true person, those that the clusters put together; F1: their harmonic mean. Where there is no pair
                   to judge, the share is 1.
  B3               the same record by record. Precision: the share of its cluster that is its person's, itself among them; recall:
                   the share of its person's records that are in its cluster; the mean over all records.
  false merges     in a cluster with records of more than one true person, each person beyond the first; 0 where every cluster is of
                   one person. Per 10,000 true people. Three people in one cluster are two false merges, however many records they
                   have; two people who meet in two clusters are one in each.
  in review        the share of the records that stand in one review pair or more (decision `review`).
  perfect reviewer what comes out when each review pair of one true person is joined besides, with all of both clusters, and no other
                   is. That heals what was missed and leaves what was merged wrongly.

200,000 records take a second and 110 MB.
"""

import argparse
import csv
import gzip
import re
import sys
from collections import Counter, namedtuple

Score = namedtuple("Score", "records people clusters true_pairs precision recall f1 b3_precision b3_recall false_merges per_10000_people")
Review = namedtuple("Review", "pairs records share reviewed")   # `reviewed`: the Score with a perfect reviewer

DECISIONS = ("link", "review", "reject")
FEBRL_ID = re.compile(r"(rec-\d+)-(?:org|dup-\d+)")


class Unreadable(Exception):
    """A file is not what it should be; says which and why."""


def rows(path, *columns):
    """Tuples of these columns, whatever else is there, of a CSV that may be compressed."""
    opened = gzip.open if path.endswith(".gz") else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, skipinitialspace=True)
            header = [name.strip() for name in next(reader, [])]
            missing = [column for column in columns if column not in header]
            if missing:
                raise Unreadable(f"{path} has no column {', '.join(missing)}")
            places = [header.index(column) for column in columns]
            for row in reader:
                if len(row) != len(header):
                    raise Unreadable(f"{path}, line {reader.line_num}: {len(row)} fields, {len(header)} in the header")
                yield tuple(row[place] for place in places)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{path}: {error}") from error


def labels(path, id_column, label_column):
    """{id: label}; an id that comes twice is refused."""
    found = {}
    for name, label in rows(path, id_column, label_column):
        if name in found:
            raise Unreadable(f"{path}: {name} comes twice")
        found[name] = label
    return found


def febrl_truth(path):
    found = {}
    for (name,) in rows(path, "rec_id"):
        match = FEBRL_ID.fullmatch(name)
        if not match or name in found:
            raise Unreadable(f"{path}: {name} comes twice" if match else f"{path}: {name} is no rec-N-org or rec-N-dup-M")
        found[name] = match.group(1)
    return found


def review_pairs(path):
    """[(a, b)] of those that wait for a person's decision."""
    found = []
    for a, b, decision in rows(path, "a", "b", "decision"):
        if decision not in DECISIONS:
            raise Unreadable(f"{path}: the decision {decision!r} is none of {', '.join(DECISIONS)}")
        if decision == "review":
            found.append((a, b))
    return found


def pairs_of(count):
    return count * (count - 1) // 2


def share(part, whole):
    return part / whole if whole else 1.0


def score(clusters, truth):
    """Both {id: label} with the same ids, at least one."""
    cells = Counter((cluster, truth[name]) for name, cluster in clusters.items())
    cluster_sizes, person_sizes = Counter(clusters.values()), Counter(truth.values())
    right = sum(pairs_of(count) for count in cells.values())
    true_pairs = sum(pairs_of(count) for count in person_sizes.values())
    precision, recall = share(right, sum(pairs_of(count) for count in cluster_sizes.values())), share(right, true_pairs)
    b3_precision = sum(count * count / cluster_sizes[cluster] for (cluster, _), count in cells.items()) / len(truth)
    b3_recall = sum(count * count / person_sizes[person] for (_, person), count in cells.items()) / len(truth)
    false_merges = len(cells) - len(cluster_sizes)   # a cell is a person in a cluster
    return Score(len(truth), len(person_sizes), len(cluster_sizes), true_pairs, precision, recall,
                 2 * precision * recall / (precision + recall) if precision + recall else 0.0, b3_precision, b3_recall, false_merges,
                 10_000 * false_merges / len(person_sizes))


def joined(clusters, pairs):
    """The clusters after those of each pair have been made one."""
    parents = {}

    def root(cluster):
        while cluster in parents:
            parents[cluster] = parents.get(parents[cluster], parents[cluster])
            cluster = parents[cluster]
        return cluster

    for a, b in pairs:
        one, other = root(clusters[a]), root(clusters[b])
        if one != other:
            parents[other] = one
    return {name: root(cluster) for name, cluster in clusters.items()}


def review(clusters, truth, pairs):
    """`pairs`: (a, b) of those in review."""
    seen = {name for pair in pairs for name in pair}
    true = [(a, b) for a, b in pairs if truth[a] == truth[b]]
    return Review(len(pairs), len(seen), len(seen) / len(truth), score(joined(clusters, true), truth))


def same_ids(clusters, truth, pairs):
    """Raises Unreadable unless the clusters have the truth's records, and the pairs no others."""
    for what, names in (("has no cluster", truth.keys() - clusters.keys()), ("is not in the truth", clusters.keys() - truth.keys()),
                        ("stands in a pair and not in the truth", {name for pair in pairs for name in pair} - truth.keys())):
        if names:
            raise Unreadable(f"{min(names)} {what}" + (f", and {len(names) - 1} more" if len(names) > 1 else ""))
    if not truth:
        raise Unreadable("there are no records")


def report(result, looked_at=None):
    print(f"{result.records:,} records of {result.people:,} people in {result.clusters:,} clusters, {result.true_pairs:,} true pairs")
    print(f"pairs            precision {result.precision:.4f}, recall {result.recall:.4f}, F1 {result.f1:.4f}")
    print(f"B3               precision {result.b3_precision:.4f}, recall {result.b3_recall:.4f}")
    print(f"false merges     {result.false_merges:,}: {result.per_10000_people:.2f} per 10,000 people")
    if looked_at:
        after = looked_at.reviewed
        print(f"in review        {looked_at.records:,} records, {100 * looked_at.share:.2f} %, in {looked_at.pairs:,} pairs")
        print(f"perfect reviewer precision {after.precision:.4f}, recall {after.recall:.4f}, F1 {after.f1:.4f}")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clusters", metavar="CLUSTERS.csv")
    truth_of = parser.add_mutually_exclusive_group(required=True)
    truth_of.add_argument("truth", metavar="TRUTH.csv", nargs="?")
    truth_of.add_argument("--febrl", metavar="FILE")
    truth_of.add_argument("--splink", metavar="FILE")
    parser.add_argument("--pairs", metavar="PAIRS.csv")
    given = parser.parse_args(arguments)
    try:
        clusters = labels(given.clusters, "id", "cluster")
        truth = febrl_truth(given.febrl) if given.febrl else \
            labels(given.splink, "unique_id", "cluster") if given.splink else labels(given.truth, "id", "person")
        pairs = review_pairs(given.pairs) if given.pairs else []
        same_ids(clusters, truth, pairs)
    except Unreadable as error:
        print(f"link_score: {error}", file=sys.stderr)
        return 1
    report(score(clusters, truth), review(clusters, truth, pairs) if given.pairs else None)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
