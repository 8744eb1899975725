# SPDX-License-Identifier: Apache-2.0
"""`tools/bench page`: the check-in page. What opening it and tapping cost the server, compressed and not, how many bytes travel, and when a
phone six times slower than this machine paints it on two slow nets, beside a bare page of the same bytes."""

import collections
import gzip
import json
import os
import shutil
import ssl
import statistics
import subprocess
import urllib.request

from bench_servers import Chayan, Load
from bench_table import line, progress
from programs import ROOT

PROGRAMS = ("chayan", "load_driver")

Size = collections.namedtuple("Size", "rounds people requests paints")
FULL = Size(5, 5_000, 5_000, 9)
SHORT = Size(2, 500, 500, 2)
PAGE_BYTES_MAX = 14 * 1024


def run(place, size):
    """(lines, raw figures)."""
    chayan, load, raw = Chayan(os.path.join(place.folder, "chayan"), place.programs["chayan"]), Load(place.programs["load_driver"]), {}
    os.makedirs(chayan.folder)
    try:
        chayan.found()
        chayan.start()
        credentials = os.path.join(place.folder, "credentials")
        load(chayan, "register", "--people", size.people, "--credentials", credentials, "--connections", 16)
        with open(credentials, encoding="ascii") as file:
            credential = file.readline().strip()
        with open(chayan.codes, encoding="ascii") as file:
            url = f"{chayan.url}/s/{file.readline().strip()}"
        lines = _bytes(url, credential, raw) + _server(chayan, load, credentials, size, raw)
        return lines + _paints(chayan, url, credential, place, size, raw), raw
    finally:
        chayan.end()


def _bytes(url, credential, raw):
    lines = []
    for name, headers in (("a first visit", {}), ("a later visit", {"Cookie": f"__Host-chayan={credential}"})):
        request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip", "Accept-Language": "zh-CN", **headers})
        with urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=10) as answer:
            packed = answer.read()
        raw[f"bytes, {name}"] = {"gzip": len(packed), "plain": len(gzip.decompress(packed))}
        lines.append(line(f"{name}: the page, compressed", len(packed), "bytes", bound=PAGE_BYTES_MAX, bounds_value=True))
    return lines


def _server(chayan, load, credentials, size, raw):
    """In turns: opening and tapping, compressed and as it is."""
    costs, first = collections.defaultdict(list), 0
    for number in range(size.rounds):
        progress(f"round {number + 1} of {size.rounds}")
        for command in ("page", "tap"):
            for coding in ("gzip", ""):
                words = ["--credentials", credentials, "--codes", chayan.codes, "--requests", size.requests, "--first", first, "--connections", 8]
                costs[command, coding].append(load(chayan, command, *words, *(["--coding", coding] if coding else []))["cpu_us"])
                first += size.requests   # nobody taps twice at one site in one second
    raw["server_us"] = {f"{command} {coding or 'plain'}": rounds for (command, coding), rounds in costs.items()}
    return [line(f"{what}, compressed: server CPU", statistics.median(costs[command, "gzip"]), "µs", "as it is", statistics.median(costs[command, ""]))
            for command, what in (("page", "opening the page"), ("tap", "a tap by form"))]


def _paints(chayan, url, credential, place, size, raw):
    node, npm, chromium = shutil.which("node"), shutil.which("npm"), shutil.which("chromium")
    if not (node and npm and chromium):
        return [line("first paint (node, npm and chromium are needed)", None, "s")]
    modules = os.path.join(place.kept, "page-modules")
    if not os.path.isdir(os.path.join(modules, "node_modules")):
        os.makedirs(modules, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(ROOT, "tests", "browser", name), modules)
        subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=modules, check=True, stdout=subprocess.DEVNULL)
    keys = os.path.join(chayan.data, "keys")
    order = {"chromium": chromium, "modules": modules, "rounds": size.paints, "key": os.path.join(keys, "tls-key.pem"),
             "certificate": os.path.join(keys, "tls-certificate.pem"),
             "pages": [{"name": "a first visit", "url": url}, {"name": "a later visit", "url": url, "cookie": credential}]}
    progress("first paints")
    done = subprocess.run([node, os.path.join(ROOT, "tools", "bench_page.mjs"), json.dumps(order)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"bench_page.mjs: {done.stderr.strip()}")
    raw["paints"] = json.loads(done.stdout)
    lines = []
    for net, pages in raw["paints"].items():
        for name, rounds in pages.items():
            lines.append(line(f"{name}, {net}: first paint", statistics.median(one["ours"] for one in rounds), "s", "bare page",
                              statistics.median(one["bare"] for one in rounds), statistics.median(one["ours"] / one["bare"] for one in rounds)))
    return lines
