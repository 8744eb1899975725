# SPDX-License-Identifier: Apache-2.0
"""A certificate that is replaced while the service runs: by a signal and by command; SECURITY R8. And whom the service tells how it is."""

import os
import pty
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import PROGRAM, Service, run

PAIR = ("tls-certificate.pem", "tls-key.pem")
_SWAPS, _CLIENTS = 20, 4
_PATIENCE_S = 20


def shown(port):
    """The certificate that a new connection is shown, as DER."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 10) as plain, context.wrap_socket(plain, server_hostname="localhost") as secure:
        return secure.getpeercert(binary_form=True)


def der(pem):
    return ssl.PEM_cert_to_DER_cert(pem)


class Replaced(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.pairs = [self.make(name) for name in ("a", "b")]
        self.service.start()

    def make(self, name):
        """{file: text} of a pair that fits."""
        certificate, key = (self.service.write(f"{name}-{file}", "") for file in PAIR)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                        f"/CN={name}.example.cn", "-keyout", key, "-out", certificate], check=True, capture_output=True)
        found = {}
        for file, path in zip(PAIR, (certificate, key)):
            with open(path, encoding="ascii") as text:
                found[file] = text.read()
        return found

    def lay(self, certificate, key):
        """As a careful script does: beside it, then renamed."""
        for file, text in zip(PAIR, (certificate[PAIR[0]], key[PAIR[1]])):
            path = os.path.join(self.service.data, "keys", file)
            with open(path + ".new", "w", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
                out.write(text)
            os.rename(path + ".new", path)

    def reload(self):
        return run("reload", "--data", self.service.data, check=False)

    def test_new_connections_are_shown_the_new_one_and_old_ones_go_on(self):
        first, second = self.pairs
        before = self.service.client()
        self.assertEqual(before.get("/healthz").status, 200)
        self.lay(first, first)
        done = self.reload()
        self.assertEqual((done.returncode, done.stdout), (0, "ok\n"), done)
        self.assertEqual(shown(self.service.port), der(first[PAIR[0]]))
        self.assertEqual(before.get("/healthz").status, 200)
        self.lay(second, second)
        os.kill(self.service.pid, signal.SIGHUP)
        deadline = time.monotonic() + _PATIENCE_S
        while shown(self.service.port) != der(second[PAIR[0]]):
            self.assertLess(time.monotonic(), deadline, "SIGHUP was not heard")
            time.sleep(0.01)
        self.assertEqual(before.get("/healthz").status, 200)
        self.assertEqual(self.service.stop(), 0)

    def test_a_pair_that_cannot_be_used_changes_nothing_and_says_why(self):
        first, second = self.pairs
        self.lay(first, first)
        self.assertEqual(self.reload().returncode, 0)
        garbage = dict.fromkeys(PAIR, "garbage\n")
        for certificate, key, why in ((second, first, "does not belong"), (garbage, second, "no usable certificate"), (second, garbage, "no usable private key")):
            with self.subTest(why):
                self.lay(certificate, key)
                done = self.reload()
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(why, done.stderr)
                self.assertEqual(shown(self.service.port), der(first[PAIR[0]]))
                self.assertIn("certificate_kept", self.service.stderr())
        self.lay(second, second)
        os.chmod(os.path.join(self.service.data, "keys", PAIR[1]), 0o644)
        self.assertIn("chmod 600", self.reload().stderr)
        self.assertEqual(shown(self.service.port), der(first[PAIR[0]]))

    def test_without_a_service_there_is_nothing_to_reload(self):
        self.service.stop()
        done = self.reload()
        self.assertEqual(done.returncode, 1)
        self.assertIn("No service runs", done.stderr)

    def test_whoever_connects_during_many_swaps_is_served_each_time(self):
        known = {der(pair[PAIR[0]]) for pair in self.pairs} | {shown(self.service.port)}
        failures, seen, over = [], set(), threading.Event()

        def connect():
            while not over.is_set():
                try:
                    seen.add(shown(self.service.port))
                except OSError as error:
                    failures.append(error)

        clients = [threading.Thread(target=connect) for _ in range(_CLIENTS)]
        for client in clients:
            client.start()
        for number in range(_SWAPS):
            pair = self.pairs[number % 2]
            self.lay(pair, pair)
            self.assertEqual(self.reload().returncode, 0)
        over.set()
        for client in clients:
            client.join()
        self.assertEqual(failures, [])
        self.assertLessEqual(seen, known)
        self.assertGreaterEqual(len(seen), 2)


class Supervised(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        path = os.path.join(self.service.folder, "notify")
        self.socket.bind(path)
        self.socket.settimeout(_PATIENCE_S)
        self.environment = {"NOTIFY_SOCKET": path}

    def heard(self):
        return self.socket.recv(4096).decode().partition("\n")[0]

    def test_it_says_that_it_is_ready_that_it_reads_anew_and_that_it_stops(self):
        self.service.start(env=self.environment)
        self.assertEqual(self.heard(), "READY=1")
        os.kill(self.service.pid, signal.SIGHUP)
        self.assertEqual([self.heard(), self.heard()], ["RELOADING=1", "READY=1"])
        self.assertEqual(self.service.stop(), 0)
        self.assertEqual(self.heard(), "STOPPING=1")

    def test_the_recovery_key_goes_into_a_file_and_not_into_its_log(self):
        self.service.start(env=self.environment)
        path = os.path.join(self.service.data, "keys", "RECOVERY-KEY.txt")
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        with open(path, encoding="ascii") as file:
            key = file.read()
        self.assertRegex(key, r"^[0-9a-z-]{16,}\n$")
        self.assertNotIn(key.strip(), self.service.stderr())
        self.assertIn(path, self.service.stderr())
        backup = os.path.join(self.service.folder, "backup")
        run("backup", "--data", self.service.data, backup)
        other = os.path.join(self.service.folder, "other")
        run("restore", "--data", other, "--recovery-key-file", path, backup)
        self.assertFalse(os.path.exists(os.path.join(other, "keys", "RECOVERY-KEY.txt")))

    def test_it_gives_signs_of_life_where_they_are_wanted(self):
        self.service.start(env={**self.environment, "WATCHDOG_USEC": "3000000"})
        self.assertEqual(self.heard(), "READY=1")
        self.assertEqual([self.heard(), self.heard()], ["WATCHDOG=1", "WATCHDOG=1"])


class OnATerminal(unittest.TestCase):
    def start(self, *wrapper):
        """(pid, terminal) of a service that listens."""
        service = Service()
        self.addCleanup(service.close)
        command = [*wrapper, PROGRAM, "serve", "--data", service.data, "--port", "0"]
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvp(command[0], command)
        said = b""
        while b"listening https://" not in said:
            said += os.read(terminal, 65536)
        return pid, terminal

    def test_it_goes_on_when_it_was_started_to_outlive_the_terminal(self):
        pid, terminal = self.start("sh", "-c", 'trap "" HUP; exec "$@"', "sh")   # as nohup does, which would take the output elsewhere
        os.close(terminal)
        time.sleep(0.3)
        os.kill(pid, signal.SIGHUP)
        time.sleep(0.3)
        self.assertEqual(os.waitpid(pid, os.WNOHANG), (0, 0))
        os.kill(pid, signal.SIGTERM)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)

    def test_it_ends_when_its_terminal_is_closed(self):
        pid, terminal = self.start()
        os.close(terminal)
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                break
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                self.fail("it went on without its terminal")
            time.sleep(0.02)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)


if __name__ == "__main__":
    unittest.main()
