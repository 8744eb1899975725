# SPDX-License-Identifier: Apache-2.0
"""A small county to break: sites, a tracer with a case, and the tracer's answers about everyone who scanned."""

import collections
import hashlib
import os
import time

from support.service import Client, PROGRAM, Service, document, rfc3339, run  # noqa: F401

SITE_COUNT = 20
READY_TIMEOUT_S = 60
WINDOW_DAYS = 7
CASE = "2020-017"
_CATEGORIES = ["traffic", "village", "community", "shop", "office", "pharmacy", "clinic", "enterprise"]

Code = collections.namedtuple("Code", "ref code directions")


class World:
    """Made with the server stopped; `start` and `restart` bring it up and renew the tracer's client."""

    def __init__(self, data_dir=None, site_count=SITE_COUNT):
        self.service = Service()
        if data_dir is not None:
            self.service.data = data_dir
        self.service.divisions()
        self.service.sites([{"ref": f"s{number:03d}", "category": _CATEGORIES[number % len(_CATEGORIES)]}
                            for number in range(site_count)])
        self.service.add_operator("tracer", "tracer")
        self.service.add_operator("guard", "guard")
        self.codes = _usable(self.service.codes())
        self.notice_version = None
        self.tracer = None
        self._tokens = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.tracer is not None:
            self.tracer.close()
        self.service.close()

    @property
    def port(self):
        return self.service.port

    def start(self, ready=True, **how):
        self.service.start(**how)
        if ready:
            self.await_ready()
        if self.notice_version is None:
            self.notice_version = self.service.notice_version(self.codes[0].code)
            with self.session("tracer") as tracer:
                self.service.case(tracer, CASE)
        if self.tracer is not None:
            self.tracer.close()
        self.tracer = Client(self.port, self._tokens["tracer"])
        return self

    def assert_session_survived(self):
        """The token that an earlier process gave still names the tracer."""
        answer = self.tracer.get("/api/v1/cases")
        if answer.status != 200:
            raise AssertionError(f"the session did not survive: {answer}")

    def await_ready(self):
        deadline = time.monotonic() + READY_TIMEOUT_S
        with self.service.client() as client:
            while True:
                answer = client.get("/readyz")
                if answer.status == 200:
                    return
                if time.monotonic() > deadline:
                    raise AssertionError(f"not ready after {READY_TIMEOUT_S} s: {answer}")
                time.sleep(0.02)

    def session(self, login):
        client = self.service.session(login)
        self._tokens[login] = client.bearer
        return client

    def check(self):
        """`chayan check`, whatever it says."""
        return run("check", "--data", self.service.data, check=False)

    # --- the tracer's questions ---

    def person(self, number):
        """The people found by the number-th person's document."""
        answer = self.tracer.post("/api/v1/people/search", {"case": CASE, "document": document(number)})
        if answer.status != 200:
            raise AssertionError(f"search of person {number}: {answer}")
        return answer.json["people"]

    def trajectory(self, person_id):
        return self._question(f"/api/v1/people/{person_id}/trajectory")

    def passages(self, ref):
        return self._question(f"/api/v1/sites/{ref}/passages")

    def contacts(self, person_id):
        begin, end = window()
        answer = self.tracer.post("/api/v1/traces", {"case": CASE, "index": [{"person": person_id}], "from": begin,
                                                     "to": end, "linger_s": 600})
        if answer.status != 200:
            raise AssertionError(f"trace of {person_id}: {answer}")
        return answer.json

    def _question(self, path):
        begin, end = window()
        answer = self.tracer.get(f"{path}?case={CASE}&from={begin}&to={end}")
        if answer.status != 200:
            raise AssertionError(f"{path}: {answer}")
        return answer.json

    def answers(self, numbers):
        """Everything a tracer can be told about these people: to be equal after a rebuild."""
        found = {}
        ids = []
        for number in numbers:
            people = self.person(number)
            if len(people) != 1:
                raise AssertionError(f"person {number} is {len(people)} people: {people}")
            ids.append(people[0]["id"])
            found[number] = {"id": ids[-1], "trajectory": self.trajectory(ids[-1])}
        found["passages"] = {code.ref: self.passages(code.ref) for code in self.codes}
        found["contacts"] = {person_id: self.contacts(person_id) for person_id in ids[:20]}
        return found


_window = None


def window():
    """One window for the whole run, so that equal questions are asked before and after a restart."""
    global _window
    if _window is None:
        now = int(time.time())
        _window = (rfc3339(now - WINDOW_DAYS * 86400), rfc3339(now + 3600))
    return _window


def _usable(codes):
    """Each site's code for any direction, else what it has."""
    found = []
    for ref, by_direction in sorted(codes.items()):
        if "any" in by_direction:
            found.append(Code(ref, by_direction["any"], ("in", "out", "pass")))
        else:
            direction, code = sorted(by_direction.items())[0]
            found.append(Code(ref, code, (direction,)))
    return found


def files(folder):
    """Every regular file under `folder`, largest last."""
    found = [os.path.join(where, name) for where, _, names in os.walk(folder) for name in names]
    return sorted((path for path in found if os.path.isfile(path)), key=os.path.getsize)


def fingerprint(folder):
    """What every file holds, but for SQLite's shared memory and an empty WAL, which any reader may remake."""
    found = {}
    for path in files(folder):
        with open(path, "rb") as file:
            content = file.read()
        if not path.endswith("-shm") and (content or not path.endswith("-wal")):
            found[os.path.relpath(path, folder)] = hashlib.sha256(content).hexdigest()
    return found


def database(folder):
    """The one file directly in `folder` that begins as a SQLite database does."""
    found = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                if file.read(16) == b"SQLite format 3\0":
                    found.append(path)
    if len(found) != 1:
        raise AssertionError(f"expected one database in {folder}, found {found}")
    return found[0]
