# SPDX-License-Identifier: Apache-2.0
"""tools/load: against a real service, and against servers that lose scans, shed, or break off, which it has to tell."""

import contextlib
import http.server
import itertools
import json
import os
import re
import ssl
import subprocess
import tempfile
import threading
import unittest

from support.service import PROGRAM, Service, run

_LOAD = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "tools", "load")
CODE = "ABCDEFGH12345678"
CODES = (CODE, "ABCDEFGH12345679")   # with 50 people no second has the same scan twice
RATE, SECONDS = 60, 2


def load(url, *arguments):
    """What tools/load printed, and its figures."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "figures.json")
        done = subprocess.run([_LOAD, "--url", url, "--build", os.path.dirname(PROGRAM), "--people", "50", "--connections", "4", "--json", file,
                               *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8", timeout=60)
        figures = None
        if os.path.exists(file):
            with open(file, encoding="utf-8") as kept:
                figures = json.load(kept)
        return done, figures


def counts(done):
    """The table's numbers by name."""
    return {name.strip(): int(number.replace(",", "")) for name, number in re.findall(r"^(\w[\w ]*?)  +([\d,]+)   ", done.stdout, re.M)}


class _Service(http.server.BaseHTTPRequestHandler):
    """Takes registrations and scans as a Chayan does, as long as `server.disturb` has nothing else in mind."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_POST(self):   # noqa: N802  (http.server names it)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/v1/registrations":
            return self.answer(201, {"credential": f"c{next(self.server.numbers)}"})
        key = self.headers["Authorization"].encode() + body
        with self.server.lock:
            known = self.server.kept.get(key)
            disturbed = self.server.disturb(known is not None)
            if disturbed is None and known is None:
                self.server.kept[key] = f"s{next(self.server.numbers)}"
        if disturbed == "break":
            self.close_connection = True
            return None
        if disturbed is not None:
            return self.answer(*disturbed)
        return self.scan(200 if known else 201, self.server.kept[key], json.loads(body))

    def scan(self, status, scan_id, sent):
        self.answer(status, {"verdict": "ok", "scans": [{"id": scan_id, "site": "S1", "direction": sent["direction"], "at": sent["at"]}]})

    def answer(self, status, document):
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    """`disturb(is_known)`, under a lock for each scan: None, an answer to give instead, or "break"."""

    daemon_threads = True

    def __init__(self, disturb, keys):
        super().__init__(("127.0.0.1", 0), _Service)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(keys, "tls-certificate.pem"), os.path.join(keys, "tls-key.pem"))
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.disturb, self.kept, self.numbers, self.lock = disturb, {}, itertools.count(1), threading.Lock()

    def handle_error(self, *_):   # the driver closes connections as it likes
        pass


class Fakes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service()
        cls.addClassCleanup(cls.service.close)
        cls.service.divisions()   # makes keys and a certificate

    @contextlib.contextmanager
    def server(self, disturb):
        with _Server(disturb, os.path.join(self.service.data, "keys")) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield f"https://127.0.0.1:{server.server_address[1]}"
            finally:
                server.shutdown()
                thread.join()

    def scanned(self, disturb, *arguments):
        with self.server(disturb) as url:
            return load(url, "--site", *CODES, "--rate", RATE, "--seconds", SECONDS, *arguments)

    def test_an_acknowledged_scan_that_is_answered_404_afterwards_is_missing(self):
        lost = itertools.count()
        done, _ = self.scanned(lambda is_known: (404, {"code": "unknown"}) if is_known and next(lost) == 3 else None)
        self.assertEqual((done.returncode, counts(done)["acknowledged missing"]), (1, 1), done.stdout + done.stderr)
        self.assertIn("1 acknowledged scans are missing", done.stderr)

    def test_an_acknowledged_scan_with_another_id_afterwards_is_missing(self):
        lost = itertools.count()
        other = {"verdict": "ok", "scans": [{"id": "another", "site": "S1", "direction": "in", "at": "2026-02-02T00:00:00Z"}]}
        done, _ = self.scanned(lambda is_known: (200, other) if is_known and next(lost) < 2 else None)
        self.assertEqual((done.returncode, counts(done)["acknowledged missing"]), (1, 2), done.stdout + done.stderr)

    def test_half_answered_503_is_shed_and_no_failure(self):
        turn = itertools.count()
        done, figures = self.scanned(lambda is_known: (503, {"code": "busy"}) if next(turn) % 2 else None)
        said = counts(done)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual((said["offered"], said["shed"], said["accepted"]), (RATE * SECONDS, RATE * SECONDS / 2, RATE * SECONDS / 2))
        self.assertEqual(said["acknowledged missing"], 0)
        self.assertIn("latency, shed", done.stdout)
        asked = figures["verify"]["statuses"]
        self.assertGreater(asked["503"], 0)
        self.assertEqual(asked["200"], said["accepted"], "what was shed while it was asked for must be asked for again")

    def test_a_connection_that_ends_without_an_answer_is_broken(self):
        turn = itertools.count()
        done, _ = self.scanned(lambda is_known: "break" if not is_known and next(turn) == 5 else None)
        said = counts(done)
        self.assertEqual((done.returncode, said["broken"], said["acknowledged missing"]), (1, 1, 0), done.stdout + done.stderr)
        self.assertEqual(said["accepted"], RATE * SECONDS - 1)

    def test_another_answer_is_wrong(self):
        turn = itertools.count()
        done, _ = self.scanned(lambda is_known: (422, {"code": "at"}) if next(turn) == 5 else None)
        self.assertEqual((done.returncode, counts(done)["wrong"]), (1, 1), done.stdout + done.stderr)
        self.assertIn("422: 1", done.stdout)

    def test_without_a_rate_it_ends_when_the_time_is_over(self):
        with self.server(lambda is_known: None) as url:
            done, figures = load(url, "--site", CODE, "--seconds", 0.5, "--fresh")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreaterEqual(figures["scan"]["seconds"], 0.5)
        self.assertLess(figures["scan"]["seconds"], 5)
        self.assertEqual(figures["scan"]["handshakes"], figures["scan"]["requests"])


class Real(unittest.TestCase):
    def test_a_service_takes_all_that_falls_due_and_has_it_afterwards(self):
        with Service() as service:
            service.divisions()
            service.sites([{"ref": "S1", "category": "shop"}, {"ref": "S2", "category": "office"}])
            service.start()
            service.wait_until_ready()
            for way in (["--data", service.data], ["--site", service.codes()["S1"]["any"], "--resume"]):
                done, figures = load(f"https://127.0.0.1:{service.port}", *way, "--rate", RATE, "--seconds", SECONDS)
                said = counts(done)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertEqual((said["residents"], said["offered"], said["accepted"]), (50, RATE * SECONDS, RATE * SECONDS))
                self.assertEqual((said["shed"], said["broken"], said["wrong"], said["acknowledged missing"]), (0, 0, 0, 0))
                self.assertTrue("--site" in way or figures["scan"]["statuses"] == {"201": RATE * SECONDS}, "the same scan was made twice")
                self.assertGreater(figures["scan"]["seconds"], SECONDS - 0.1)
            self.assertGreater(figures["scan"]["resumed"], 0)
            self.assertEqual(service.stop(), 0)
            self.assertEqual(run("check", "--data", service.data).stdout, "ok\n")


class Usage(unittest.TestCase):
    def test_refuses_what_makes_no_sense(self):
        url = "https://127.0.0.1:1"
        for arguments in ([], ["--site", CODE, "--data", "."], ["--site", CODE, "--rate", 0], ["--site", CODE, "--keep", "--fresh"],
                          ["--site", CODE, "--seconds", 1, "--requests", 1], ["--site"], ["--site", CODE, "--nonsense"]):
            self.assertEqual(load(url, *arguments)[0].returncode, 2, arguments)
        self.assertEqual(load("http://127.0.0.1:1", "--site", CODE)[0].returncode, 2)

    def test_nobody_listening_is_a_failure_that_is_said(self):
        done, figures = load("https://127.0.0.1:1", "--site", CODE)
        self.assertEqual((done.returncode, done.stdout, figures), (1, "", None))
        self.assertIn("registering", done.stderr)


if __name__ == "__main__":
    unittest.main()
