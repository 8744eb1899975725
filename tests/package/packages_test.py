# SPDX-License-Identifier: Apache-2.0
"""The Debian packages: what lies in them, what they need, and whether the unit allows all that the service does. S64, S67."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import PROGRAM, Service
from support.town import SITES

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
UNIT = os.path.join(ROOT, "tools", "package", "chayan.service")
DOCUMENTS = {"changelog.gz", "copyright"}
FILES = {
    "chayan": {"/usr/bin/chayan", "/lib/systemd/system/chayan.service", "/lib/systemd/system/chayan.socket", "/etc/chayan/chayan.toml", "/usr/share/man/man1/chayan.1.gz",
               "/usr/share/man/man5/chayan.toml.5.gz", "/usr/share/man/zh_CN/man1/chayan.1.gz", "/usr/share/bash-completion/completions/chayan",
               *(f"/usr/share/doc/chayan/{name}" for name in DOCUMENTS | {"README.md.gz", "README.zh-CN.md.gz", "NEWS.md.gz", "examples/chayan.rules.yml", "examples/chayan.dashboard.json"})},
    "chayan-qrgen": {"/usr/bin/qrgen", "/usr/share/man/man1/qrgen.1.gz", "/usr/share/bash-completion/completions/qrgen",
                     *(f"/usr/share/doc/chayan-qrgen/{name}" for name in DOCUMENTS)},
}


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def build_packages(folder):
    """{name: path of its .deb}; what lintian says is a failure."""
    done = subprocess.run([os.path.join(ROOT, "tools", "package", "build"), folder], stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        raise AssertionError(f"tools/package/build ended with {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return {output("dpkg-deb", "-f", os.path.join(folder, name), "Package").strip(): os.path.join(folder, name)
            for name in os.listdir(folder) if name.endswith(".deb")}


class Packages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="chayan-packages-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.packages = build_packages(cls.folder)

    def field(self, package, name):
        return output("dpkg-deb", "-f", self.packages[package], name).strip()

    def test_there_are_two_and_each_holds_its_files_and_no_other(self):
        self.assertEqual(set(self.packages), set(FILES))
        for package, files in FILES.items():
            with self.subTest(package):
                found = set()
                for line in output("dpkg-deb", "-c", self.packages[package]).splitlines():
                    mode, owner, _, _, _, path = line.split()
                    self.assertEqual(owner, "root/root", line)
                    self.assertRegex(mode, r"^drwxr-xr-x$|^-rw-r--r--$|^-rwxr-xr-x$", line)
                    self.assertEqual(mode == "-rwxr-xr-x", path.startswith("./usr/bin/") and not path.endswith("/"), line)
                    if not path.endswith("/"):
                        found.add(path[1:])
                self.assertEqual(found, files)

    def test_the_service_needs_no_more_than_it_uses(self):
        needed = self.field("chayan", "Depends")
        for name in ("libssl3", "libsqlite3-0", "libsodium23", "tzdata", "adduser"):
            self.assertIn(name, needed)
        for name in ("libcairo2", "libqrencode4", "libpango", "libsystemd0", "fonts-"):
            self.assertNotIn(name, needed)
        self.assertIn("fonts-noto-cjk", self.field("chayan-qrgen", "Depends"))
        self.assertEqual(self.field("chayan", "Recommends"), "chayan-qrgen")

    def test_what_it_is_made_of_is_listed(self):
        lists = [name for name in os.listdir(self.folder) if name.endswith(".components")]
        self.assertEqual(len(lists), 1)
        with open(os.path.join(self.folder, lists[0]), encoding="utf-8") as file:
            lines = [line.split() for line in file]
        self.assertEqual(lines, sorted(lines))
        named = {(kind, name) for kind, name, _ in lines}
        for name in re.findall(r"[a-z0-9][a-z0-9+.-]+(?= \()", self.field("chayan", "Depends")):
            self.assertIn(("debian", name), named)
        with open(os.path.join(ROOT, "server", "web", "pages", "package.json"), encoding="utf-8") as file:
            for name, version in json.load(file)["dependencies"].items():
                self.assertIn(["npm", name, version], lines)


def calls_of(sets):
    """Every call that systemd's sets allow, sets within sets too."""
    allowed, wanted = set(), list(sets)
    while wanted:
        name = wanted.pop()
        if not name.startswith("@"):
            allowed.add(name)
            continue
        lines = output("systemd-analyze", "syscall-filter", name).splitlines()
        wanted += [line.strip() for line in lines[1:] if line.strip() and not line.strip().startswith("#")]
    return allowed


class Sandbox(unittest.TestCase):
    def setUp(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not here")

    def test_little_is_left_to_whoever_breaks_in(self):
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", UNIT], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-400:])

    def test_systemd_finds_nothing_wrong_with_the_units(self):
        def complaints(change):
            with tempfile.TemporaryDirectory() as folder:
                for name in ("chayan.service", "chayan.socket"):   # the program lies elsewhere here
                    with open(os.path.join(ROOT, "tools", "package", name), encoding="utf-8") as source, open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                        file.write(change(source.read().replace("/usr/bin/chayan", PROGRAM)))
                done = subprocess.run(["systemd-analyze", "verify", "--man=no", *(os.path.join(folder, name) for name in os.listdir(folder))], capture_output=True, text=True)
                return [line for line in done.stderr.splitlines() if folder in line or line.startswith("chayan.")]
        self.assertEqual(complaints(lambda text: text), [])
        self.assertNotEqual(complaints(lambda text: text.replace("Backlog=", "Backlogg=")), [])

    def test_all_that_the_service_does_is_allowed(self):
        allowed = calls_of(["@system-service"]) - calls_of(["@privileged"]) | {"clock_adjtime"}
        service = Service()
        self.addCleanup(service.close)
        service.divisions()
        service.sites(SITES)
        service.add_operator("li-1", "guard,manager,admin,tracer")
        code = service.codes()["S1"]["any"]
        calls = os.path.join(service.folder, "calls")
        service.start(wrapper=["strace", "-f", "-qq", "-e", "signal=none", "-o", calls])
        resident = service.resident(1, service.notice_version(code))
        self.assertEqual(resident.post("/api/v1/scans", {"code": code, "direction": "in"}).status, 201)
        keeper = service.session("li-1")
        self.assertEqual(keeper.get("/api/v1/status").json["clock_synchronised"] is None, False)
        self.assertEqual(keeper.get("/api/v1/sites/S1/poster").status, 200)
        number = service.case(keeper)
        for form in ("xlsx", "csv"):
            answer = keeper.get(f"/api/v1/sites/S1/passages?case={number}&from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z&format={form}")
            self.assertIn(answer.status, (200, 400), answer)
        output(PROGRAM, "backup", "--data", service.data, os.path.join(service.folder, "backup"))
        output(PROGRAM, "reload", "--data", service.data)
        service.stop()
        with open(calls, encoding="utf-8", errors="replace") as file:
            made = set(re.findall(r"^\d+ +(\w+)\(", file.read(), re.M))
        self.assertGreater(len(made), 40)
        if os.geteuid() == 0:
            made.discard("fchown")   # SQLite gives its files the database's owner where it may, which is as root only
        self.assertEqual(made - allowed, set())


if __name__ == "__main__":
    unittest.main()
