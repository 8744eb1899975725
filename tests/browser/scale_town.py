# SPDX-License-Identifier: Apache-2.0
"""A town in which one person met 20,000: a market where everybody was on one day, between 8 and 18, beside somebody who stood there all day. Prints and
serves as town.py does, for scale.mjs; besides `index`, the number of the document of whoever stood there. The first argument says how many came."""

import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.people import document, name  # noqa: E402
from support.service import Service, password, rfc3339  # noqa: E402
from support.town import CASE, SITES, local_second  # noqa: E402


def visits(count, opens):
    """(ref, site, at, direction) of the day; one in ten never scans out."""
    chance = random.Random(count)
    yield ("R0", "S1", rfc3339(opens), "in")
    yield ("R0", "S1", rfc3339(opens + 10 * 3600), "out")
    for number in range(1, count + 1):
        begin = opens + chance.randrange(0, 9 * 3600)
        yield (f"R{number}", "S1", rfc3339(begin), "in")
        if chance.random() < 0.9:
            yield (f"R{number}", "S1", rfc3339(begin + chance.randrange(660, 3600)), "out")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with Service() as service:
        service.divisions()
        service.sites(SITES)
        service.import_csv("person", ["ref", "name", "document_type", "document_number"], [(f"R{number}", name(number), "id", document(number)["number"]) for number in range(count + 1)])
        service.import_csv("scan", ["ref", "site", "at", "direction"], list(visits(count, local_second(2, 8))))
        service.add_operator("tracer-1", "tracer")
        service.start()
        service.wait_until_ready()
        tracer = service.session("tracer-1")
        service.case(tracer, CASE)
        print(json.dumps({"url": f"https://127.0.0.1:{service.port}", "case": CASE, "index": document(0)["number"],
                          "logins": {"tracer": {"login": "tracer-1", "password": password("tracer-1")}}}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
