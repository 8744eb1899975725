# SPDX-License-Identifier: Apache-2.0
"""A running town for the browser's tests: prints one line of JSON {url, codes: {ref: {direction: code}}, case, tracer, logins: {role: {login,
password}}}, where `tracer` is a bearer token, and serves until its input ends."""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import password  # noqa: E402
from support.town import CASE, TownTest  # noqa: E402


def main():
    TownTest.setUpClass()
    try:
        TownTest.service.operator("tracer-2", "tracer")   # what one proposes, another approves
        TownTest.service.operator("grid-1", "tracer", "130682100")   # of one township
        logins = {role: f"{role}-1" for role in TownTest.roles} | {"second": "tracer-2", "grid": "grid-1"}
        print(json.dumps({"url": f"https://127.0.0.1:{TownTest.service.port}", "codes": TownTest.codes, "case": CASE,
                          "tracer": TownTest.tracer.bearer,
                          "logins": {role: {"login": login, "password": password(login)} for role, login in logins.items()}}), flush=True)
        sys.stdin.read()
    finally:
        TownTest.doClassCleanups()


if __name__ == "__main__":
    main()
