# SPDX-License-Identifier: Apache-2.0
"""A service at its first start, for the browser's tests: prints one line of JSON {url, link}, where `link` is the one-time link. For each
line of its input then a line: `codes` as {ref: {direction: code}}, `operator LOGIN ROLE` as {login, password}. Serves until its input ends."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import Service, password  # noqa: E402


def main():
    with Service() as service:
        service.start()
        link = next(line.strip() for line in service.stderr().splitlines() if "/setup#" in line)
        print(json.dumps({"url": f"https://127.0.0.1:{service.port}", "link": link}), flush=True)
        for line in sys.stdin:
            word, *more = line.split()
            if word == "codes":
                answer = service.codes()
            else:
                service.add_operator(*more)
                answer = {"login": more[0], "password": password(more[0])}
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
