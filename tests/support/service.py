# SPDX-License-Identifier: Apache-2.0
"""Starts and stops a Chayan of its own for a black-box test, in a temporary folder.

The program is named by the environment variable CHAYAN (else build/release/chayan). Signals go only to
processes started here. The folder is removed at the end unless CHAYAN_KEEP is set.
"""

import atexit
import calendar
import csv
import io
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from support.client import Answer, Client, tls_context  # noqa: F401  (tests import them from here)
from support.people import document, id_number, name, phone, registration  # noqa: F401

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.abspath(os.environ.get("CHAYAN", os.path.join(_ROOT, "build", "release", "chayan")))
START_TIMEOUT_S = 60
READY_TIMEOUT_S = 60
STOP_TIMEOUT_S = 60
COMMAND_TIMEOUT_S = 300

# For what asks more than anybody honest. A Service has it unless it is told otherwise; a TownTest has the limits of the product.
QUIET_LIMITS = "[limits]\nenabled = false\n"

DIVISIONS = [("130682", "定州市", ""), ("130682001", "南城区街道", "130682"), ("130682100", "留早镇", "130682"),
             ("130682001001", "回民街第一社区", "130682001"), ("130682100200", "东内堡村", "130682100")]

_LISTENING = re.compile(r"^listening https://(?P<address>\S+):(?P<port>\d+)\s*$")
_started = []


def run(*args, check=True, text_in=None, env=None, timeout=COMMAND_TIMEOUT_S):
    """Runs one chayan command to its end; with `check`, anything but exit code 0 is an AssertionError."""
    done = subprocess.run([PROGRAM, *map(str, args)], input=text_in, capture_output=True, text=True,
                          encoding="utf-8", env=_environment(env), timeout=timeout,
                          stdin=None if text_in is not None else subprocess.DEVNULL)
    if check and done.returncode != 0:
        raise AssertionError(f"chayan {' '.join(map(str, args))} ended with {done.returncode}\n"
                             f"stdout: {done.stdout}\nstderr: {done.stderr}")
    return done


def counts(text):
    """The counts that an import printed, by word: '2 new, 1 rejected' and 'new 2' and 'new: 2' alike."""
    if re.search(r"\bnew\s*[:=]?\s*\d", text):
        pairs = [(word, number) for word, number in re.findall(r"([a-z_]+)\s*[:=]?\s*(\d+)", text.lower())]
    else:
        pairs = [(word, number) for number, word in re.findall(r"(\d+)\s+(?:\w+\s+)?(new|changed|unchanged|matched|"
                                                               r"review|rejected|repeated)", text.lower())]
        pairs += [("review", number) for number in re.findall(r"(\d+)\s+(?:sent )?to review", text.lower())]
    return {word: int(number) for word, number in pairs}


def write_csv(path, header, rows, encoding="utf-8", newline="\n"):
    """`header` a list of names, `rows` lists in that order or dicts (what a dict lacks is empty)."""
    with open(path, "w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator=newline)
        writer.writerow(header)
        for row in rows:
            writer.writerow([row.get(column, "") for column in header] if isinstance(row, dict) else row)
    return path


def read_csv(text):
    """The rows of a CSV text as dicts."""
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def rfc3339(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def unix_second(text):
    """The second of an answer's time; every time in an answer ends in Z."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        raise AssertionError(f"{text!r} is no RFC 3339 time in whole seconds with Z")
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


class Service:
    """One data directory and at most one running server on it. `config` is the text of the settings file."""

    def __init__(self, config=QUIET_LIMITS):
        self.folder = tempfile.mkdtemp(prefix="chayan-")
        self.data = os.path.join(self.folder, "data")
        self.pid = None
        self.port = None
        self.stdout_lines = []
        self.stderr_path = os.path.join(self.folder, "stderr")
        self._config_path = os.path.join(self.folder, "chayan.toml")
        self._process = None
        self._arguments = ([], None, [])
        self._files = 0
        if config is not None:
            self.set_config(config)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.running():
            self.kill()
        if not os.environ.get("CHAYAN_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)

    def set_config(self, text):
        with open(self._config_path, "w", encoding="utf-8") as file:
            file.write(text)

    # --- the process ---

    def running(self):
        return self._process is not None and self._process.poll() is None

    def start(self, data_dir=None, extra_args=(), env=None, wrapper=(), fds=()):
        """Starts `serve` and returns when it listens. `.pid` is the server itself, also under a wrapper; `fds` are handed on."""
        if self.running():
            raise AssertionError("this service runs already")
        if data_dir is not None:
            self.data = data_dir
        self._arguments = (list(extra_args), env, list(wrapper))
        command = [*wrapper, PROGRAM, "serve", "--data", self.data, "--port", "0"]
        if os.path.exists(self._config_path):
            command += ["--config", self._config_path]
        with open(self.stderr_path, "ab") as stderr:
            self._process = subprocess.Popen([*command, *extra_args], stdin=subprocess.DEVNULL,
                                             stdout=subprocess.PIPE, stderr=stderr, env=_environment(env), pass_fds=fds)
        _started.append(self._process)
        self._await_listening()
        self.pid = _server_pid(self._process.pid)
        return self

    def wait_until_ready(self):
        """Returns when questions are answered; before that /readyz says 503."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        client = self.client()
        while client.get("/readyz").status != 200:
            if time.monotonic() > deadline:
                raise AssertionError("the server did not become ready")
            time.sleep(0.02)
        client.close()

    def _await_listening(self):
        lines = queue.Queue()
        threading.Thread(target=_drain, args=(self._process.stdout, lines, self.stdout_lines), daemon=True).start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                line = lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                self._process.kill()
                raise AssertionError(f"the server did not listen within {START_TIMEOUT_S} s: {self.stderr()}") from None
            if line is None:
                raise AssertionError(f"the server ended with {self._process.wait()} before it listened: {self.stderr()}")
            listening = _LISTENING.match(line)
            if listening:
                self.port = int(listening["port"])
                return

    def stop(self):
        """SIGTERM, then waits; returns the exit code."""
        return self.end(signal.SIGTERM)

    def peak_kb(self):
        """The most memory that the server has held."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

    def kill(self):
        """SIGKILL, then waits."""
        return self.end(signal.SIGKILL)

    def end(self, signal_number):
        if self.running():
            os.kill(self.pid or self._process.pid, signal_number)
        try:
            code = self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"the server did not end within {STOP_TIMEOUT_S} s of signal {signal_number}") from None
        self.pid = None
        return code

    def restart(self, hard=False):
        """Ends the server (`hard`: by SIGKILL) and starts it again with the same arguments, on a new port."""
        if self.running():
            self.kill() if hard else self.stop()
        extra_args, env, wrapper = self._arguments
        return self.start(None, extra_args, env, wrapper)

    def wait(self, timeout=STOP_TIMEOUT_S):
        """Waits for an end that the test caused in another way; returns the exit code."""
        code = self._process.wait(timeout)
        self.pid = None
        return code

    def stderr(self):
        """What every server on this folder has printed so far; empty before the first."""
        if not os.path.exists(self.stderr_path):
            return ""
        with open(self.stderr_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    # --- clients ---

    def client(self, bearer=None):
        return Client(self.port, bearer)

    def operator(self, login, role, scope=None):
        """Makes an operator by command (the server may run or not). With a running server: a Client of theirs."""
        self.add_operator(login, role, scope)
        return self.session(login) if self.running() else None

    def add_operator(self, login, role, scope=None, check=True):
        path = self.write(f"password-{login}", password(login) + "\n")
        scope_args = ["--scope", scope] if scope else []
        return run("operator", "add", "--data", self.data, "--login", login, "--role", role, *scope_args,
                   "--password-file", path, check=check)

    def session(self, login):
        client = self.client()
        answer = client.post("/api/v1/session", {"login": login, "password": password(login)})
        if answer.status != 200:
            raise AssertionError(f"{login} got no session: {answer}")
        client.bearer = answer.json["token"]
        return client

    def case(self, tracer, number="2020-001"):
        """Opens a case and returns its number."""
        answer = tracer.post("/api/v1/cases", {"number": number, "title": "测试", "purpose": "密接排查"})
        if answer.status != 201:
            raise AssertionError(f"case {number} was not opened: {answer}")
        return number

    def notice_version(self, code):
        """The version of the notice that a registration has to name."""
        answer = self.client().get(f"/api/v1/codes/{code}")
        if answer.status != 200:
            raise AssertionError(f"the code was not answered: {answer}")
        return answer.json["notice_version"]

    def resident(self, number, notice_version, **changes):
        """Registers the number-th invented person; returns a Client that carries the new credential."""
        client = self.client()
        answer = client.post("/api/v1/registrations", registration(number, notice_version=notice_version, **changes))
        if answer.status != 201:
            raise AssertionError(f"person {number} was not registered: {answer}")
        client.bearer = answer.json["credential"]
        return client

    # --- imports, with the server stopped ---

    def write(self, file_name, text, encoding="utf-8"):
        path = os.path.join(self.folder, file_name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    def import_csv(self, kind, header, rows, check=True, **how):
        """`kind` is division, site, person or scan. Returns the CompletedProcess; `.csv_path` names the file."""
        self._files += 1
        path = write_csv(os.path.join(self.folder, f"{kind}-{self._files}.csv"), header, rows, **how)
        done = run(kind, "import", "--data", self.data, path, check=check)
        done.csv_path = path
        return done

    def divisions(self, rows=None):
        return self.import_csv("division", ["code", "name", "parent"], DIVISIONS if rows is None else rows)

    def sites(self, rows):
        """`rows` are dicts with at least ref, name, category; the division defaults to 130682001."""
        rows = [{"division": "130682001", "name": f"检测点{row['ref']}", **row} for row in rows]
        header = ["ref", "name", "category", "division"]
        header += [column for column in SITE_COLUMNS if column not in header and any(column in row for row in rows)]
        done = self.import_csv("site", header, rows)
        if counts(done.stdout).get("rejected", 0):
            raise AssertionError(f"sites were rejected: {done.stdout} {done.stderr} {self.rejected(done)}")
        return done

    def rejected(self, done):
        """The rows that an import gave back, as dicts; empty when there is no such file."""
        path = done.csv_path + ".rejected.csv"
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def exported_sites(self):
        """The rows of `site export`, as dicts."""
        return read_csv(run("site", "export", "--data", self.data).stdout)

    def codes(self):
        """{ref: {direction: code}} of `site export`."""
        found = {}
        for row in self.exported_sites():
            found.setdefault(row["ref"], {})[row["direction"]] = row["code"]
        return found


SITE_COLUMNS = ["ref", "name", "category", "division", "place", "address", "longitude", "latitude", "presence",
                "dwell_min", "opens", "closes"]


def password(login):
    return f"Weishan-7391-{login}-qingfengdian"


def _environment(extra):
    return None if extra is None else {**os.environ, **extra}


def _drain(stream, lines, kept):
    """Reads stdout to its end, so that the server never blocks on a full pipe."""
    with stream:
        for raw in stream:
            line = raw.decode("utf-8", "replace")
            kept.append(line)
            lines.put(line)
    lines.put(None)


def _server_pid(pid):
    """The process among `pid` and its descendants that runs the program; `pid` where none shows it."""
    waiting = [pid]
    while waiting:
        candidate = waiting.pop(0)
        try:
            if os.path.samefile(f"/proc/{candidate}/exe", PROGRAM):
                return candidate
            with open(f"/proc/{candidate}/task/{candidate}/children", encoding="ascii") as file:
                waiting += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return pid


@atexit.register
def _kill_leftovers():
    for process in _started:
        if process.poll() is None:
            process.kill()
