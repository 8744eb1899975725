# SPDX-License-Identifier: Apache-2.0
"""The databases beside the contact index in `tools/bench trace`: SQLite with clustered indexes and PostgreSQL with B-trees that hold every column
asked for. Each is loaded once from the city's two files and kept for the next run. A question's time is until its last row is here."""

import contextlib
import csv
import glob
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time

from bench_table import progress
from bench_trace_sql import Dialect, Questions

_LONGEST = "SELECT max(ended - began) FROM"


class Sqlite:
    """A store of its own, read in this process. `name`; `bytes` of the file; `questions` in its dialect; LAYOUT says how it keeps them; a context."""

    name = "SQLite"
    _DIALECT = Dialect("min", "max", "visit_by_person", "visit_by_place")
    _TABLES = (("visit", "visit_by_person (person INTEGER, began INTEGER, place INTEGER, ended INTEGER, PRIMARY KEY (person, began, place, ended))",
                "visit_by_place (place INTEGER, began INTEGER, person INTEGER, ended INTEGER, PRIMARY KEY (place, began, person, ended))",
                "place, began, person, ended"),
               ("scan", "scan_by_person (person INTEGER, at INTEGER, direction INTEGER, site INTEGER, repeated INTEGER, "
                "PRIMARY KEY (person, at, direction, site))",
                "scan_by_site (site INTEGER, at INTEGER, person INTEGER, direction INTEGER, repeated INTEGER, PRIMARY KEY (site, at, person, direction))",
                "site, at, person, direction, repeated"))

    LAYOUT = str(_TABLES)

    def __init__(self, folder):
        self._path = os.path.join(folder, "trace.db")

    @classmethod
    def load(cls, folder, dumped):
        """Loads what `dumped` holds into an empty folder; what a note of it has to keep."""
        store = sqlite3.connect(os.path.join(folder, "trace.db"), isolation_level=None)
        with contextlib.closing(store):
            store.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA page_size = 8192; BEGIN")
            for name, by_person, other, columns in cls._TABLES:
                store.execute(f"CREATE TABLE {by_person} WITHOUT ROWID")
                store.execute(f"CREATE TABLE {other} WITHOUT ROWID")
                with open(os.path.join(dumped, f"{name}.csv"), encoding="ascii", newline="") as file:
                    store.executemany(f"INSERT INTO {by_person.split()[0]} VALUES ({', '.join('?' * (by_person.count('INTEGER')))})", csv.reader(file))
                store.execute(f"INSERT INTO {other.split()[0]} SELECT {columns} FROM {by_person.split()[0]} ORDER BY {columns}")
            store.execute("COMMIT")
            store.execute("ANALYZE")
            return {"longest_s": store.execute(f"{_LONGEST} visit_by_person").fetchone()[0]}

    def __enter__(self):
        with open(os.path.join(os.path.dirname(self._path), "note.json"), encoding="utf-8") as file:
            self.questions = Questions(self._DIALECT, json.load(file)["made"]["longest_s"])
        self.bytes = os.path.getsize(self._path)
        self._store = sqlite3.connect(f"file:{self._path}?immutable=1", uri=True)
        for setting in ("mmap_size = 34359738368", "cache_size = -1000000", "temp_store = MEMORY", "threads = 2"):
            self._store.execute(f"PRAGMA {setting}")
        return self

    def __exit__(self, *_):
        self._store.close()

    def ask(self, question):
        """(milliseconds, rows)."""
        began = time.perf_counter()
        rows = self._store.execute(question).fetchall()
        return (time.perf_counter() - began) * 1e3, rows


class Postgres:
    """As Sqlite: a cluster of its own that listens on a Unix socket, asked through psql."""

    _DIALECT = Dialect("least", "greatest", "visit", "visit")
    _TABLES = ("CREATE TABLE visit (person integer NOT NULL, began integer NOT NULL, place integer NOT NULL, ended integer NOT NULL)",
               "CREATE TABLE scan (person integer NOT NULL, at integer NOT NULL, direction integer NOT NULL, site integer NOT NULL, repeated integer NOT NULL)")
    _INDEXES = ("CREATE INDEX ON visit (place, began, person) INCLUDE (ended)", "CREATE INDEX ON visit (person, began) INCLUDE (place, ended)",
                "CREATE INDEX ON scan (site, at, person) INCLUDE (repeated)", "CREATE INDEX ON scan (person, at) INCLUDE (direction, site, repeated)",
                "CREATE VIEW scan_by_person AS SELECT * FROM scan", "CREATE VIEW scan_by_site AS SELECT * FROM scan",
                "VACUUM (ANALYZE) visit", "VACUUM (ANALYZE) scan", "CHECKPOINT")
    LAYOUT = str(_TABLES + _INDEXES)
    # Only read once it is loaded. Memory as its manual advises. What it expects of a range join is far off: it would compile for longer than the
    # question takes, and read whole tables. Parallel query is as it comes.
    _SETTINGS = {"listen_addresses": "", "fsync": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "16GB", "work_mem": "512MB",
                 "maintenance_work_mem": "1GB", "random_page_cost": "1.1", "jit": "off", "autovacuum": "off",
                 "enable_mergejoin": "off", "enable_hashjoin": "off"}

    def __init__(self, folder):
        self._data = os.path.join(folder, "cluster")
        self.name = f"PostgreSQL {self.version()}"

    @staticmethod
    def version():
        """The newest that is here, or None."""
        found = [int(path.split("/")[-3]) for path in glob.glob("/usr/lib/postgresql/*/bin/postgres")]
        return max(found) if found else None

    @classmethod
    def obstacle(cls, kept):
        """Why it cannot stand beside us, as a sentence; None when it can."""
        if cls.version() is None:
            return "PostgreSQL is not here: apt-get install --no-install-recommends postgresql-15"
        try:
            done = subprocess.run(["test", "-x", kept], cwd="/", stdin=subprocess.DEVNULL, **cls._user())
        except LookupError:
            return "PostgreSQL does not run as root, and there is no account postgres"
        return None if done.returncode == 0 else f"PostgreSQL does not run as root, and its own user may not enter {kept}"

    @classmethod
    def program(cls, name):
        return f"/usr/lib/postgresql/{cls.version()}/bin/{name}"

    @staticmethod
    def _user():
        """It refuses to run as root; its package made an account for it."""
        return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}

    @classmethod
    def _own(cls, path):
        if cls._user():
            shutil.chown(path, "postgres", "postgres")

    @classmethod
    def load(cls, folder, dumped):
        cluster = os.path.join(folder, "cluster")
        os.mkdir(cluster)
        cls._own(cluster)
        done = subprocess.run([cls.program("initdb"), "-D", cluster, "-U", "bench", "--auth=trust", "--no-locale", "-E", "UTF8", "--no-sync"], cwd="/",
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, **cls._user())
        if done.returncode != 0:
            raise RuntimeError(f"initdb: {done.stderr.strip()[-400:]}")
        store = cls(folder)
        with store.served():
            for number, table in enumerate(cls._TABLES):
                name = ("visit", "scan")[number]
                store.ask("BEGIN")   # a table of the same transaction is written without a log
                store.ask(table)
                store.command(f"\\copy {name} from '{os.path.join(dumped, name)}.csv' csv")
                store.ask("COMMIT")
            for statement in cls._INDEXES:
                store.ask(statement)
            return {"longest_s": int(store.ask(f"{_LONGEST} visit")[1][0][0]),
                    "bytes": sum(int(store.ask(f"SELECT pg_total_relation_size('{name}')")[1][0][0]) for name in ("visit", "scan"))}

    @contextlib.contextmanager
    def served(self):
        with contextlib.ExitStack() as stack:
            sockets = stack.enter_context(tempfile.TemporaryDirectory(prefix="pg-"))   # a socket's path is short
            self._own(sockets)
            log = stack.enter_context(open(os.path.join(os.path.dirname(self._data), "log"), "ab"))
            quarter = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 // 2**20
            settings = {**self._SETTINGS, "unix_socket_directories": sockets, "shared_buffers": f"{quarter}MB", "effective_cache_size": f"{2 * quarter}MB"}
            words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            server = stack.enter_context(subprocess.Popen([self.program("postgres"), "-D", self._data, *words], cwd="/", stdin=subprocess.DEVNULL,
                                                          stdout=log, stderr=log, **self._user()))
            stack.callback(self._end, server)
            self._await(server, sockets)
            words = ["-X", "-q", "-A", "-t", "-F", ",", "-v", "ON_ERROR_STOP=1", "-h", sockets, "-U", "bench", "postgres"]
            self._errors = stack.enter_context(tempfile.TemporaryFile("w+"))
            self._psql = stack.enter_context(subprocess.Popen([self.program("psql"), *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                                              stderr=self._errors, text=True, env={**os.environ, "LC_ALL": "C"}))
            stack.callback(self._psql.stdin.close)
            self.command("\\timing on")
            yield

    @staticmethod
    def _end(server):
        server.send_signal(2)   # "fast": whoever is connected is cut off
        server.wait()

    def _await(self, server, sockets):
        for _ in range(600):
            if server.poll() is not None:
                break
            done = subprocess.run([self.program("pg_isready"), "-q", "-h", sockets], stdin=subprocess.DEVNULL)
            if done.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL did not start; see {os.path.dirname(self._data)}/log")

    def __enter__(self):
        with open(os.path.join(os.path.dirname(self._data), "note.json"), encoding="utf-8") as file:
            made = json.load(file)["made"]
        self.questions, self.bytes = Questions(self._DIALECT, made["longest_s"]), made["bytes"]
        self._open = contextlib.ExitStack()
        self._open.enter_context(self.served())
        return self

    def __exit__(self, *_):
        self._open.close()

    def command(self, text):
        """Lines that psql prints."""
        self._psql.stdin.write(f"{text}\n\\echo END\n")
        self._psql.stdin.flush()
        lines = []
        for line in self._psql.stdout:
            if line == "END\n":
                return lines
            lines.append(line)
        self._errors.seek(0)
        raise RuntimeError(f"psql ended: {self._errors.read().strip()[-400:]}")

    def ask(self, question):
        """(milliseconds by psql's own clock, rows of texts)."""
        lines = self.command(question + ";")
        return float(lines[-1].split()[1]), [line.rstrip("\n").split(",") for line in lines[:-1]]


def opened(kind, kept, wanted, dump):
    """The store, loaded already; it is a context. `wanted`: what it has to hold, as JSON; `dump()`: the folder of the city's two files."""
    wanted = {**wanted, "layout": kind.LAYOUT}
    folder = os.path.join(kept, f"trace-{kind.__name__.lower()}-" + "-".join(map(str, wanted["city"])))
    note = os.path.join(folder, "note.json")
    if os.path.exists(note):
        with open(note, encoding="utf-8") as file:
            if json.load(file)["wanted"] == wanted:
                return kind(folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    dumped = dump()
    progress(f"loading {kind.__name__}")
    began = time.monotonic()
    made = kind.load(folder, dumped)
    made["load_s"] = time.monotonic() - began
    with open(note, "w", encoding="utf-8") as file:   # last: without it the store is not whole
        json.dump({"wanted": wanted, "made": made}, file)
    return kind(folder)
