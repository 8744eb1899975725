# SPDX-License-Identifier: Apache-2.0
"""`tools/bench link`: who is who. Rosters of three sizes are imported by `chayan person import`; then statements with the errors of life, half of them of people on the
roster and half of strangers, are registered one by one: what one costs must not grow with the roster. And `chayan link` over a labelled set: how fast, and how right."""

import collections
import csv
import os
import resource
import statistics
import subprocess
import time

from bench_rounds import Rounds
from bench_table import line, progress

import link_score

PROGRAMS = ("chayan", "town", "bench_link")

Size = collections.namedtuple("Size", "rosters people count rounds")
FULL = Size((10_000, 100_000, 1_200_000), 100_000, 1_000, 5)
SHORT = Size((2_000, 4_000), 4_000, 200, 2)
MAP = "name=name,document=document,phone=phone,birth_date=birth_date,sex=sex,address=address,locality=division"


def call(*words):
    """(stdout, CPU seconds, KB at most)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    out, errors = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{os.path.basename(str(words[0]))} {words[1]} ended with {process.returncode}: {errors[-400:].strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss


def records(program, folder, name, people, seed):
    path = os.path.join(folder, name)
    call(program, "records", "--people", people, "--seed", seed, "--out", path)
    return path


def mixed(known, strangers, path, rows):
    """Rows of both, one of each in turn."""
    with open(os.path.join(known, "records.csv"), encoding="utf-8", newline="") as one, open(os.path.join(strangers, "records.csv"), encoding="utf-8", newline="") as other, \
            open(path, "w", encoding="utf-8", newline="") as out:
        for count, (a, b) in enumerate(zip(one, other)):
            if count > rows:
                break
            out.write(a if count == 0 else a + b)
    return path


def roster(source, path):
    """truth/people.csv as `chayan person import` takes it."""
    with open(os.path.join(source, "truth", "people.csv"), encoding="utf-8", newline="") as file, open(path, "w", encoding="utf-8", newline="") as out:
        reader = csv.reader(file)
        writer = csv.writer(out, lineterminator="\n")
        names = {"person": "ref", "document": "document_number"}
        writer.writerow([names.get(name, name) for name in next(reader)])
        writer.writerows(reader)
    return path


def registered_among(place, size, people, strangers):
    folder = os.path.join(place.folder, f"roster-{people}")
    os.mkdir(folder)
    source = records(place.programs["town"], folder, "town", people, 1)
    data = os.path.join(folder, "data")
    progress(f"a roster of {people:,} people")
    began = time.monotonic()
    out, cpu_s, peak_kb = call(place.programs["chayan"], "person", "import", "--data", data, roster(source, os.path.join(folder, "roster.csv")))
    seconds = time.monotonic() - began
    statements = mixed(source, strangers, os.path.join(folder, "statements.csv"), size.count * (size.rounds + 1) // 2 * 2)
    with Rounds(place.programs["bench_link"], ["--data", data, "--statements", statements, "--count", size.count], data + ".log", "link") as rounds:
        for _ in range(size.rounds):
            rounds.round()
    return {"people": people, "import": {"told": out.strip(), "seconds": seconds, "cpu_s": cpu_s, "peak_kb": peak_kb}, "rounds": rounds.figures}


def linked(place, size):
    progress(f"linking records of {size.people:,} people")
    source = records(place.programs["town"], place.folder, "labelled", size.people, 1)
    clusters, pairs = os.path.join(place.folder, "clusters.csv"), os.path.join(place.folder, "pairs.csv")
    began = time.monotonic()
    out, cpu_s, peak_kb = call(place.programs["chayan"], "link", os.path.join(source, "records.csv"), "--id", "id", "--map", MAP, "--out", clusters, "--pairs", pairs)
    seconds = time.monotonic() - began
    truth = link_score.labels(os.path.join(source, "truth", "records.csv"), "id", "person")
    found = link_score.labels(clusters, "id", "cluster")
    return {"told": out.strip(), "seconds": seconds, "cpu_s": cpu_s, "peak_kb": peak_kb, "score": link_score.score(found, truth)._asdict(),
            "review": link_score.review(found, truth, link_score.review_pairs(pairs))}


def run(place, size):
    """(lines, raw figures)."""
    strangers = records(place.programs["town"], place.folder, "strangers", size.count * (size.rounds + 2), 2)
    among = [registered_among(place, size, people, strangers) for people in size.rosters]
    cost = [statistics.median(1e3 * one["cpu_s"] / one["count"] for one in each["rounds"]) for each in among]
    lines = []
    for each, ms in zip(among, cost):
        first = each is among[0]
        lines.append(line(f"register among {each['people']:,}: CPU", ms, "ms", "" if first else f"among {among[0]['people']:,}", None if first else cost[0], bound=None if first else 1.2))
        lines.append(line("    candidates looked at", statistics.mean(one["candidates"] / one["count"] for one in each["rounds"]), ""))
    largest = among[-1]
    lines += [line(f"roster of {largest['people']:,} people: time", largest["import"]["seconds"], "s"),
              line("    CPU a row", 1e6 * largest["import"]["cpu_s"] / largest["people"], "µs"), line("    most memory", largest["import"]["peak_kb"] / 1024, "MiB")]
    found = linked(place, size)
    score, review = found["score"], found["review"]
    lines += [line(f"chayan link, {score['records']:,} records: time", found["seconds"], "s"), line("    most memory", found["peak_kb"] / 1024, "MiB"),
              line("    false merges per 10,000 people", score["per_10000_people"], "", bound=1, bounds_value=True),
              line("    pairs missed", 100 * (1 - score["recall"]), "%", bound=3, bounds_value=True),
              line("    records in review", 100 * review.share, "%", bound=2, bounds_value=True),
              line("    pairs missed with a perfect reviewer", 100 * (1 - review.reviewed.recall), "%", bound=0.5, bounds_value=True)]
    return lines, {"among": among, "link": {**found, "review": review._asdict() | {"reviewed": review.reviewed._asdict()}}}
