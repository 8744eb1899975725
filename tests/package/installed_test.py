# SPDX-License-Identifier: Apache-2.0
"""The packages on a bare Debian 12: from `apt-get install ./chayan*.deb` to the first scan, and removed without a trace but the data.

Needs root, for a folder with a Debian of its own and what debootstrap fetches; the mirror is the one that apt uses here. Nothing outside the
folder is changed: mounts are in a namespace of their own, and the service listens on a free port of this machine alone.
"""

import hashlib
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from package.packages_test import UNIT, build_packages
from support.client import Client
from support.people import registration
from support.service import password

# What apt and its like keep of their own work. Whatever else stays behind is ours.
_OF_APT = re.compile(r"^/(var/lib/(apt|dpkg|systemd)|var/cache|var/log|run|tmp|proc|dev|sys|root|packages|etc/ld\.so\.cache"
                     r"|etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|etc/\.pwd\.lock)(/|$)")
_PATIENCE_S = 60
_DATA, _BACKUPS = "/var/lib/chayan", "/var/backups/chayan"


def mirror():
    done = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Release: bookworm"],
                          check=True, capture_output=True, text=True)
    return done.stdout.split()[0]


class Bare:
    """A Debian 12 in a folder."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="chayan-bare-")
        os.chmod(self.root, 0o755)

    def make(self):
        subprocess.run(["debootstrap", "--variant=minbase", "bookworm", self.root, mirror()], check=True, capture_output=True)
        shutil.rmtree(self.at("/etc/apt"))
        shutil.copytree("/etc/apt", self.at("/etc/apt"), symlinks=True)
        shutil.copy("/etc/hosts", self.at("/etc/hosts"))
        self.run("apt-get update")

    def at(self, path):
        return self.root + path

    def command(self, script):
        inside = shlex.quote(self.root)
        mounts = f"mount -t proc proc {inside}/proc && mount --rbind /dev {inside}/dev && mount -t tmpfs tmpfs {inside}/dev/shm"
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", f"{mounts} && exec chroot {inside} /bin/sh -c {shlex.quote(script)}"]

    def run(self, script):
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"}
        done = subprocess.run(self.command(script), env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8")
        if done.returncode != 0:
            raise AssertionError(f"{script} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def look(self):
        """{path: what it is} of all that is not apt's own."""
        found = {}
        for parent, folders, names in os.walk(self.root):
            for name in folders + names:
                path = os.path.join(parent, name)
                inside = path[len(self.root):]
                if _OF_APT.match(inside):
                    continue
                state = os.lstat(path)
                mark = ""
                if stat.S_ISLNK(state.st_mode):
                    mark = os.readlink(path)
                elif stat.S_ISREG(state.st_mode):
                    with open(path, "rb") as file:
                        mark = hashlib.sha256(file.read()).hexdigest()
                found[inside] = (state.st_mode, state.st_uid, state.st_gid, mark)
            folders[:] = [name for name in folders if not _OF_APT.match(os.path.join(parent, name)[len(self.root):])]
        return found

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)


class Started:
    """The service, as its unit starts it."""

    def __init__(self, bare):
        with open(UNIT, encoding="utf-8") as file:
            line = re.search(r"^ExecStart=(.*)$", file.read(), re.M)[1]
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(bare.at("/tmp/notify"))
        os.chmod(bare.at("/tmp/notify"), 0o666)
        self.notify.settimeout(_PATIENCE_S)
        self.errors = open(bare.at("/tmp/stderr"), "w+", encoding="utf-8")
        script = f"umask 077; exec setpriv --reuid chayan --regid chayan --clear-groups env NOTIFY_SOCKET=/tmp/notify {line} --port 0"
        self.process = subprocess.Popen(bare.command(script), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        line = self.process.stdout.readline()
        if not line:
            self.end()
            raise AssertionError(self.said())
        self.port = int(line.rsplit(":", 1)[1])

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def heard(self):
        return self.notify.recv(4096).decode()

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(_PATIENCE_S)
        self.process.stdout.close()
        self.errors.close()
        self.notify.close()
        return code


@unittest.skipUnless(os.geteuid() == 0 and shutil.which("debootstrap") and shutil.which("unshare"), "needs root and debootstrap")
class Installed(unittest.TestCase):
    def setUp(self):
        self.bare = Bare()
        self.addCleanup(self.bare.remove)
        self.bare.make()
        packages = build_packages(self.bare.at("/packages"))
        self.assertEqual(len(packages), 2)

    def install(self):
        self.bare.run("cd /packages && apt-get install -y --no-install-recommends ./chayan*.deb")

    def purge(self):
        """What dpkg said."""
        said = self.bare.run("apt-get purge -y chayan chayan-qrgen 2>&1")
        self.bare.run("apt-get autoremove --purge -y")
        return said

    def user_exists(self):
        with open(self.bare.at("/etc/passwd"), encoding="utf-8") as file:
            return any(line.startswith("chayan:") for line in file)

    def test_from_nothing_to_the_first_scan_and_back(self):
        before = self.bare.look()
        began = time.monotonic()
        self.install()
        self.check_what_was_installed()
        self.use()
        took = time.monotonic() - began
        said = self.purge()
        self.assertIn("stays", said)
        after = self.bare.look()
        of_data = {path for path in after if path.startswith((_DATA, _BACKUPS))}
        self.assertTrue(self.user_exists())   # whose the data is
        self.assertIn(_DATA + "/chayan.db", of_data)
        self.assertEqual({path: (before.get(path), after.get(path)) for path in set(before) | set(after)
                          if path not in of_data and before.get(path) != after.get(path)}, {})
        shutil.rmtree(self.bare.at(_DATA))
        self.install()
        self.purge()
        self.assertFalse(self.user_exists())
        self.assertEqual(self.bare.look(), before)
        print(f"installed_test: from apt-get install to the first scan and a poster in {took:.0f} s", flush=True)

    def check_what_was_installed(self):
        self.assertTrue(self.user_exists())
        for folder in (_DATA, _BACKUPS):
            state = os.stat(self.bare.at(folder))
            self.assertEqual((stat.S_IMODE(state.st_mode), os.listdir(self.bare.at(folder))), (0o700, []))
            self.assertNotEqual(state.st_uid, 0)
        self.assertTrue(os.path.islink(self.bare.at("/etc/systemd/system/multi-user.target.wants/chayan.service")))
        self.assertIn("listen = \"127.0.0.1\"", self.bare.run("chayan serve --print-config --config /etc/chayan/chayan.toml"))
        self.assertIn("chayan site export", self.bare.run("qrgen --help"))

    def use(self):
        started = Started(self.bare)
        self.addCleanup(lambda: started.process.poll() is None and started.end())
        self.assertEqual(started.heard(), "READY=1")
        said = started.said()
        token = re.search(r"/setup#(\S+)", said)
        self.assertTrue(token, said)
        key = self.bare.at(_DATA + "/keys/RECOVERY-KEY.txt")
        with open(key, encoding="ascii") as file:
            self.assertNotIn(file.read().strip(), said)
        with open(self.bare.at("/packages/password"), "w", encoding="utf-8") as file:
            file.write(password("li-1") + "\n")
        as_service = "setpriv --reuid chayan --regid chayan --clear-groups "
        self.bare.run(f"chown chayan /packages/password && {as_service} chayan operator add --data {_DATA} --login li-1 "
                      "--role admin,manager,guard,tracer --password-file /packages/password")
        client = Client(started.port)
        client.bearer = client.post("/api/v1/session", {"login": "li-1", "password": password("li-1")}).json["token"]
        csv = {"Content-Type": "text/csv"}
        self.assertEqual(client.post("/api/v1/divisions/import", "code,name,parent\n130682,定州市,\n", csv).status, 200)
        table = "ref,name,category,division\nS1,国大商场,shop,130682\n"
        self.assertEqual(client.post("/api/v1/sites/import", table, csv).status, 200)
        rows = self.bare.run(f"{as_service} chayan site export --data {_DATA} 2> /dev/null").splitlines()
        code = re.search(r"/s/([0-9A-Za-z]{16})", "\n".join(rows))[1]
        resident = Client(started.port)
        notice = resident.get(f"/api/v1/codes/{code}").json["notice_version"]
        resident.bearer = resident.post("/api/v1/registrations", registration(1, notice_version=notice)).json["credential"]
        self.assertEqual(resident.post("/api/v1/scans", {"code": code, "direction": "in"}).status, 201)
        poster = client.get("/api/v1/sites/S1/poster")
        self.assertEqual((poster.status, poster.raw[:5]), (200, b"%PDF-"))
        doctor = self.bare.run(f"{as_service} chayan doctor --data {_DATA} --config /etc/chayan/chayan.toml || true")
        self.assertIn("bad   恢复密钥", doctor)   # nobody has copied it yet
        for line in ("ok    权限", "ok    海报", "ok    磁盘"):
            self.assertIn(line, doctor)
        self.assertEqual(self.bare.run(f"{as_service} chayan reload --data {_DATA}"), "ok\n")
        self.assertEqual(self.bare.run(f"{as_service} chayan backup --data {_DATA} {_BACKUPS}/first"), "ok\n")
        self.assertEqual(started.end(), 0)
        self.assertIn("ok\n", self.bare.run(f"{as_service} chayan check --data {_DATA} 2> /dev/null"))
        shutil.rmtree(self.bare.at(_BACKUPS))


if __name__ == "__main__":
    unittest.main()
