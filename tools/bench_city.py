# SPDX-License-Identifier: Apache-2.0
"""The data directory of an invented city for tools/bench. It takes minutes to make, so it is kept in the folder of the benches for the next
run that wants the same; what is measured is always a copy."""

import collections
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time

from bench_table import progress
from programs import ROOT

PROGRAM = "bench_city"
KEPT_S = 3 * 86_400   # its scans are of the last 14 days before it was made, and have to stay younger than what retention keeps

City = collections.namedtuple("City", "people sites rows")
Copy = collections.namedtuple("Copy", "data grown_bytes seconds")   # by which the rows of the log made the file grow, and how long that took


def copy_of(city, kept_in, data, program):
    """Makes `data` a city: a copy of one that is kept in `kept_in`, which is made first when there is none."""
    source, made = _kept(city, kept_in, program)
    _copy(source, data)
    return Copy(data, made["grown_bytes"], made["seconds"])


def _kept(city, folder, program):
    path = os.path.join(folder, "city-" + "-".join(map(str, city)))
    wanted = {"city": list(city), "sources": _sources()}
    note = os.path.join(path, "city.json")
    if os.path.exists(note):
        with open(note, encoding="utf-8") as file:
            made = json.load(file)
        if made["wanted"] == wanted and 0 <= time.time() - made["when"] < KEPT_S:
            return os.path.join(path, "data"), made
    shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as making:
        data = os.path.join(making, "data")
        if city.rows:
            _copy(_kept(city._replace(rows=0), folder, program)[0], data)
            progress(f"making a city: {city.rows:,} scans")
        else:
            os.mkdir(data)
            progress(f"making a city: {city.people:,} people at {city.sites:,} sites")
        made = {"wanted": wanted, "when": time.time(), **_make(program, city, data)}
        os.mkdir(path)
        os.rename(data, os.path.join(path, "data"))
    with open(note, "w", encoding="utf-8") as file:   # last: without it the city is not whole
        json.dump(made, file)
    return os.path.join(path, "data"), made


def _make(program, city, data):
    done = subprocess.run([program, "scans" if city.rows else "people", "--data", data, "--people", str(city.people), "--sites", str(city.sites),
                           "--rows", str(city.rows)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"bench_city: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout)


def _copy(source, target):
    done = subprocess.run(["cp", "-a", "--reflink=auto", source, target], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"copying a city: {done.stderr.strip()}")


def _sources():
    """Of what decides how a city is kept: another one is made when they change."""
    names = [os.path.join("tools", name) for name in ("bench_city.cpp", "bench_index_city.cpp", "bench_people.cpp")]
    names += [os.path.join("server", "service", name) for name in ("vault.cpp", "crypto.cpp")] + [os.path.join("server", "domain", "registration.cpp")]
    names += sorted(os.path.join("schema", "sqlite", name) for name in os.listdir(os.path.join(ROOT, "schema", "sqlite")))
    return digest_of(names)


def digest_of(names):
    """Of the contents of these files of the tree."""
    digest = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()
