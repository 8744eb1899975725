# SPDX-License-Identifier: Apache-2.0
"""The service of tools/town --story: a `chayan` on loopback that believes the clock it is given, and its operators.

Its wall clock is libfaketime's, of Debian's package of that name, preloaded into that child alone. A file says by how many seconds it differs from
the true one, and is read again each second; the monotonic clock stays true, so that timers and limits of time are those of any day.
"""

import glob
import os
import time

from support.service import PROGRAM, Service, password, rfc3339, run, unix_second

LIBRARIES = "/usr/lib/*/faketime/libfaketimeMT.so.1"
MOVED_S_MAX = 20
# Five weeks of scans have to be there at the end.
SETTINGS = "[retention]\nscan_days = 62\n"
# While it is played three guards scan a town's five weeks in minutes. What is kept is served with the usual limits.
PLAYED = "[limits]\nenabled = false\n" + SETTINGS
SERVE = """#!/bin/sh
# 用故事里的时间打开留下的数据；按今天的时间，这些扫码记录早该删除。
# Serves what the story left, by the story's clock: by today's, all of its scans are old enough to be erased.
cd "$(dirname "$0")" || exit 1
LD_PRELOAD={library} FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME="-$(($(date +%s) - {second}))" \\
    exec {program} serve --data data --config chayan.toml --port "${{1:-8443}}"
"""
GUARDS = ("guard-morning", "guard-afternoon", "guard-evening")
OPERATORS = {"admin": "admin", "manager": "manager", "tracer": "tracer", "desk": "tracer", **dict.fromkeys(GUARDS, "guard")}


class StoryError(Exception):
    """The story can't go on; its text says why."""


def find_library():
    """libfaketime, or None where it is not installed."""
    return next(iter(sorted(glob.glob(LIBRARIES))), None)


class StoryService:
    """Requires: `library` of find_library. `folder` holds data and settings; None: a temporary one that goes with close()."""

    def __init__(self, library, begin, folder=None):
        self._service = Service(PLAYED)
        self.folder = folder or self._service.folder
        self._service.data = os.path.join(self.folder, "data")
        self._ahead = os.path.join(self._service.folder, "clock")
        self._library = library
        self._env = {"LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": self._ahead, "FAKETIME_CACHE_DURATION": "0",
                     "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
        self._code = None
        self._pid = None
        self.clients = {}
        self._set_clock(begin)
        try:
            self.add_operators(["admin"])
            self._service.start(env=self._env)
            self._pid = self._service.pid
            self._service.wait_until_ready()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends the service; what it did is on disk."""
        for client in self.clients.values():
            client.close()
        if self._service.running():
            self._service.stop()
        self._service.close()
        for kind in ("faketime_shm_", "sem.faketime_sem_"):   # of one that ended in another way; a later process of that number would stumble
            if self._pid and os.path.exists(f"/dev/shm/{kind}{self._pid}"):
                os.unlink(f"/dev/shm/{kind}{self._pid}")

    def leave_notes(self, second):
        """Beside the data: its settings, a command that serves it from that second on, and the operators' passwords."""
        notes = {"chayan.toml": SETTINGS, "serve": SERVE.format(library=self._library, second=second, program=PROGRAM),
                 "passwords": "".join(f"{login} {password(login)}\n" for login in OPERATORS)}
        for of, text in notes.items():
            with open(os.path.join(self.folder, of), "w", encoding="utf-8") as file:
                file.write(text)
        os.chmod(os.path.join(self.folder, "serve"), 0o700)

    # --- the clock ---

    def _set_clock(self, second):
        with open(self._ahead + ".new", "w", encoding="ascii") as file:
            file.write(f"{round(second - time.time()):+d}\n")
        os.rename(self._ahead + ".new", self._ahead)

    def watch_clock(self, code):
        """Asks the poster of that code for the time from now on."""
        self._code = code

    def move_clock(self, second):
        """Returns when the service believes that it is that second, or a moment later. Every session has ended by then: whoever does something logs in anew."""
        for client in self.clients.values():
            client.bearer = None
        self._set_clock(second)
        deadline = time.monotonic() + MOVED_S_MAX
        while True:
            told = unix_second(self._service.client().get(f"/api/v1/codes/{self._code}").json["now"])
            if 0 <= told - second <= MOVED_S_MAX:
                return
            if time.monotonic() > deadline:
                raise StoryError(f"the service's clock says {rfc3339(told)} and not {rfc3339(second)}: does libfaketime work here?")
            time.sleep(0.02)

    # --- its operators ---

    def add_operators(self, logins, scope=None):
        path = self._service.write("password", "")
        for login in logins:
            self._service.write("password", password(login) + "\n")
            run("operator", "add", "--data", self._service.data, "--login", login, "--role", OPERATORS[login], *(["--scope", scope] if scope else []),
                "--password-file", path, env=self._env)

    def get(self, login, path, headers=None):
        return _asked("GET", path, self._client(login).get(path, headers))

    def post(self, login, path, body=None, csv=None):
        """What was answered; StoryError when it is no success. `csv`: a text instead of a body in JSON."""
        client = self._client(login)
        return _asked("POST", path, client.post(path, body) if csv is None else client.call("POST", path, csv, {"Content-Type": "text/csv"}))

    def _client(self, login):
        """Of an operator with a session."""
        client = self.clients.setdefault(login, self._service.client())
        if client.bearer is None:
            path = "/api/v1/session"
            client.bearer = _asked("POST", path, client.post(path, {"login": login, "password": password(login)}))["token"]
        return client

    def pages(self, login, path, what):
        """All items of a list that comes in pages."""
        items, cursor = [], None
        while True:
            page = self.get(login, path + (("&" if "?" in path else "?") + f"cursor={cursor}" if cursor else ""))
            items += page[what]
            cursor = page.get("next")
            if not cursor:
                return items


def _asked(method, path, answer):
    if answer.status not in (200, 201):
        raise StoryError(f"{method} {path.partition('?')[0]} was answered with {answer.status} {answer.code or ''} {answer.pointers or ''}")
    return answer.json
