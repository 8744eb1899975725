# SPDX-License-Identifier: Apache-2.0
"""Nothing readable at rest: no planted name, document, phone or plate, nor its plain or encoded forms, nor its unkeyed
hashes, in any file of the data directory or in what the server printed; while it runs, after a kill, after a stop.
"""

import base64
import hashlib
import os
import re
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults.world import CASE, World, files  # noqa: E402
from support.people import document, name, phone, registration  # noqa: E402
from support.service import password  # noqa: E402

_BY_REGISTRATION, _BY_IMPORT, _BY_GATE = range(0, 400), range(400, 700), range(700, 1000)
_GATE_SLICE = 100
_PREFIX_BYTES = 6
_ZEROS = re.compile(rb"\0{64,}")


def plate(number):
    return f"冀F{10000 + number * 7}"


def _aligned_base64(value):
    """What of a value's base64 does not depend on what stands before or behind it, for each alignment."""
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + value)
        begin = (0, 2, 3)[shift]
        whole = (len(value) + shift) * 8 // 6
        core = text[begin:whole]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


def forms(text):
    """Every form in which a careless program would leave `text` behind, as (what, bytes)."""
    plain = text.encode("utf-8")
    yield "text", plain
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        if text.encode(encoding) != plain:
            yield encoding, text.encode(encoding)
    escaped = text.encode("ascii", "backslashreplace")
    if escaped != plain:
        yield "escaped", escaped
    for what, value in (("", plain), ("SHA-256 ", hashlib.sha256(plain).digest()), ("MD5 ", hashlib.md5(plain).digest()),
                        ("SHA-1 ", hashlib.sha1(plain).digest())):
        if what:
            yield what + "raw", value
        yield what + "hex", value.hex().encode()
        yield what + "HEX", value.hex().upper().encode()
        for core in _aligned_base64(value):
            yield what + "base64", core


class Finder:
    """Looks for very many patterns at once, by their first bytes."""

    def __init__(self):
        self._by_prefix = {}
        self.count = 0

    def plant(self, label, text):
        for what, pattern in forms(text):
            if len(pattern) >= _PREFIX_BYTES:
                self._by_prefix.setdefault(pattern[:_PREFIX_BYTES], set()).add((pattern, f"{label}, {what}"))
                self.count += 1

    def find(self, data):
        """Labels of what lies in `data`."""
        data = _ZEROS.sub(b"\0" * 8, data)
        prefixes = self._by_prefix
        found = []
        for at in range(len(data) - _PREFIX_BYTES + 1):
            here = data[at:at + _PREFIX_BYTES]
            if here in prefixes:
                found += [label for pattern, label in prefixes[here] if data.startswith(pattern, at)]
        return found


class Secrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(site_count=6)
        cls.finder = Finder()
        for number in range(1000):
            cls.finder.plant(f"name {number}", name(number))
            cls.finder.plant(f"document {number}", document(number)["number"])
            cls.finder.plant(f"phone {number}", phone(number))
            if number < 200:
                cls.finder.plant(f"plate {number}", plate(number))
        for login in ("tracer", "guard"):
            cls.finder.plant(f"password of {login}", password(login))

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def _import(self):
        rows = [{"ref": f"r{number}", "name": name(number), "document_type": "id",
                 "document_number": document(number)["number"], "phone": phone(number)} for number in _BY_IMPORT]
        self.world.service.import_csv("person", list(rows[0]), rows)

    def _register_and_scan(self):
        code = self.world.codes[0]
        for number in _BY_REGISTRATION:
            resident = self.world.service.resident(number, self.world.notice_version)
            self.finder.plant(f"credential {number}", resident.bearer)
            if number < 200:
                answer = resident.post("/api/v1/scans", {"code": code.code, "direction": code.directions[0],
                                                         "plate": plate(number), "temperature": 36.5})
                self.assertEqual(answer.status, 201, repr(answer))
            resident.close()

    def _gate(self):
        guard = self.world.session("guard")
        self.finder.plant("token of guard", guard.bearer)
        for begin in range(_BY_GATE.start, _BY_GATE.stop, _GATE_SLICE):
            scans = []
            for number in range(begin, begin + _GATE_SLICE):
                by_document = {"document": document(number), "name": name(number)}
                by_phone = {"phone": phone(number), "name": name(number)}
                scans.append({"subject": by_document if number % 2 else by_phone, "site": self.world.codes[1].ref,
                              "direction": "in"})
            answer = guard.post("/api/v1/gate/scans", {"scans": scans})
            self.assertEqual(answer.status, 200, repr(answer))
            statuses = {result["status"] for result in answer.json["results"]}
            self.assertEqual(statuses, {201}, repr(answer))

    def _ask(self):
        """Look-ups too leave traces: each names a document, a phone or a name in its body."""
        begin = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 86400))
        for number in range(0, 1000, 50):
            searched = {"document": document(number)}
            if number >= _BY_GATE.start and number % 2 == 0:
                searched = {"phone": phone(number), "name": name(number)}
            answer = self.world.tracer.post("/api/v1/people/search", {"case": CASE, **searched})
            self.assertEqual(answer.status, 200, f"{number}: {answer}")
            self.assertEqual(len(answer.json["people"]), 1, f"person {number} was not stored, so nothing is proven: {answer}")
        wrong = self.world.tracer.get(f"/api/v1/people/nobody-{name(1).encode().hex()}/trajectory?case={CASE}&from={begin}")
        self.assertGreaterEqual(wrong.status, 400)

    def _provoke_errors(self):
        """Errors must not repeat what was sent, neither to the client nor to the log."""
        for number in range(20):
            body = registration(number, notice_version=self.world.notice_version)
            for broken in ({**body, "birth_date": "1980-02-30"}, {**body, "extra": 1}, {**body, "phone": body["phone"] + "9"},
                           {**body, "document": {"type": "id", "number": body["document"]["number"][:-1] + "?"}}):
                with self.world.service.client() as client:
                    answer = client.post("/api/v1/registrations", broken)
                    self.assertIn(answer.status, (400, 422), repr(answer))
                    self.assertEqual(self.finder.find(answer.raw), [], "an error repeats what was sent")
                    self.finder.plant(f"wrong phone {number}", phone(number) + "9")

    def _assert_hidden(self, when):
        read = 0
        for path in files(self.world.service.data):
            with open(path, "rb") as file:
                data = file.read()
            read += len(_ZEROS.sub(b"", data))
            self.assertEqual(self.finder.find(data)[:5], [], f"{when}: in {os.path.basename(path)}")
        printed = "".join(self.world.service.stdout_lines) + self.world.service.stderr()
        self.assertEqual(self.finder.find(printed.encode())[:5], [], f"{when}: in what the server printed")
        self.assertGreater(read, 50_000, f"{when}: hardly anything was stored")
        print(f"secrets_test: {when}: nothing of {self.finder.count} forms in {read} bytes", flush=True)

    def test_nothing_planted_can_be_read_from_the_data_directory_or_the_logs(self):
        self.assertEqual(self._control(), [], "the finder is blind")
        self._import()
        self._assert_hidden("after an import")
        self.world.start()
        self._register_and_scan()
        self._gate()
        self._provoke_errors()
        self._assert_hidden("while it runs")
        self._ask()
        self.world.service.kill()
        self._assert_hidden("after a kill, with the WAL")
        self.world.start()
        self.world.service.stop()
        self._assert_hidden("after a stop")

    def _control(self):
        """Forms that the finder does not see when they do lie in a file."""
        unseen = []
        for text in (name(3), document(3)["number"], phone(3)):
            digest = hashlib.sha256(text.encode()).digest()
            for hidden in (text.encode(), text.encode().hex().encode(), base64.b64encode(b"\0x" + text.encode() + b"y"),
                           digest, base64.b64encode(b"x" + digest), hashlib.md5(text.encode()).hexdigest().encode()):
                if not self.finder.find(os.urandom(5) + hidden + os.urandom(5)):
                    unseen.append(hidden)
        return unseen


if __name__ == "__main__":
    unittest.main()
