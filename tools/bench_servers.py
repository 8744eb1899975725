# SPDX-License-Identifier: Apache-2.0
"""The servers that tools/bench measures, each in a temporary folder on a loopback port of its own: a Chayan with a small
invented town, and nginx with that Chayan's certificate and key. CPU and memory are read from /proc. Only what was started here is ended."""

import csv
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request

SITES = 50
START_S = 60
_TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def find_nginx():
    """The program, or None."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")


def _stat(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


def cpu_seconds(pids):
    """User and system time of all threads of these processes so far."""
    return sum(int(fields[11]) + int(fields[12]) for fields in map(_stat, pids)) / _TICKS


def resident_bytes(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            total += int(re.search(r"^VmRSS:\s*(\d+)", file.read(), re.M).group(1)) * 1024
    return total


class Server:
    """A child and where it listens. `pids` are those that answer."""

    name = ""

    def __init__(self, folder):
        self.folder = folder
        self.process = None
        self.port = 0

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}"

    @property
    def pids(self):
        return [self.process.pid]

    def end(self, how=signal.SIGTERM):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(START_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None

    def await_status(self, path, status):
        context = ssl._create_unverified_context()   # its certificate is its own
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}; see {self.folder}")
            try:
                with urllib.request.urlopen(self.url + path, context=context, timeout=5) as answer:
                    if answer.status == status:
                        return
            except (urllib.error.URLError, OSError):
                pass
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} did not answer {status} to {path} within {START_S} s")


class Chayan(Server):
    name = "chayan"

    def __init__(self, folder, program):
        super().__init__(folder)
        self.program = program
        self.data = os.path.join(folder, "data")
        self.codes = os.path.join(folder, "codes")

    def found(self):
        """Keys, divisions, sites; writes the file of poster codes."""
        self.set_limits()
        self._import("division", ["code", "name", "parent"], [["130682", "定州市", ""], ["130682001", "南城区街道", "130682"]])
        self._import("site", ["ref", "name", "category", "division", "longitude", "latitude"],
                     [[f"S{n}", f"检测点{n}", "shop", "130682001", f"{115 + n % 10 / 100:.2f}", f"{38.5 + n // 10 / 100:.2f}"]
                      for n in range(SITES)])
        self.note_codes()

    def set_limits(self):
        with open(os.path.join(self.folder, "chayan.toml"), "w", encoding="utf-8") as file:
            file.write("[limits]\nenabled = false\n")   # one address and few credentials send everything

    def add_operator(self, login, role, password):
        path = os.path.join(self.folder, f"password-{login}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(password + "\n")
        self._run("operator", "add", "--login", login, "--role", role, "--password-file", path)

    def note_codes(self):
        """Writes the file of poster codes of the sites that there are."""
        exported = self._run("site", "export").splitlines()
        codes = [row["code"] for row in csv.DictReader(exported) if row["direction"] == "any"]
        with open(self.codes, "w", encoding="ascii") as file:
            file.write("".join(code + "\n" for code in codes))

    def _run(self, *words):
        done = subprocess.run([self.program, *words[:2], "--data", self.data, *words[2:]], capture_output=True, text=True,
                              encoding="utf-8", stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"chayan {' '.join(words[:2])}: {done.stderr.strip()}")
        return done.stdout

    def _import(self, kind, header, rows):
        path = os.path.join(self.folder, kind + ".csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        self._run(kind, "import", path)

    def start(self):
        """Returns when it is ready for questions too."""
        self.launch()
        self.await_status("/readyz", 200)
        return self

    def launch(self):
        """Returns when it listens."""
        with open(os.path.join(self.folder, "chayan.log"), "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", self.data, "--port", "0", "--config", os.path.join(self.folder, "chayan.toml")],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        listening = re.match(r"listening https://\S+:(\d+)$", self.process.stdout.readline().strip())
        if not listening:
            raise RuntimeError(f"chayan did not start; see {self.folder}/chayan.log")
        self.port = int(listening.group(1))


class Nginx(Server):
    name = "nginx"

    def __init__(self, folder, program, keys):
        super().__init__(folder)
        self.program, self.keys = program, keys

    def start(self):
        os.makedirs(os.path.join(self.folder, "tmp"), exist_ok=True)
        self.port = free_port()
        path = os.path.join(self.folder, "nginx.conf")
        temporary = "".join(f"    {kind}_temp_path {self.folder}/tmp/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(path, "w", encoding="utf-8") as file:
            file.write(_NGINX.format(workers=os.cpu_count(), folder=self.folder, keys=self.keys, port=self.port, temporary=temporary,
                                     user="user root;" if os.geteuid() == 0 else ""))
        with open(os.path.join(self.folder, "nginx.log"), "ab") as log:
            self.process = subprocess.Popen([self.program, "-e", f"{self.folder}/nginx.log", "-p", self.folder, "-c", path],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)
        self.await_status("/", 204)
        return self

    @property
    def pids(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]


# The cheapest answer that nginx can give, with the same key exchange, suite and number of tickets as our server.
_NGINX = """daemon off;
{user}
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600;
{temporary}    server {{
        listen 127.0.0.1:{port} ssl reuseport;
        ssl_certificate {keys}/tls-certificate.pem;
        ssl_certificate_key {keys}/tls-key.pem;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_ecdh_curve X25519;
        ssl_conf_command NumTickets 1;
        location / {{ return 204; }}
    }}
}}
"""


class Load:
    """Runs the load driver and reads its figures."""

    def __init__(self, program):
        self.program = program

    def __call__(self, server, command, *words):
        """The driver's figures, with `cpu_us` of the server for each request."""
        before = cpu_seconds(server.pids)
        done = subprocess.run([self.program, command, "--url", server.url, "--json", *map(str, words)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        spent = cpu_seconds(server.pids) - before
        if done.returncode != 0:
            raise RuntimeError(f"load_driver {command} on {server.name}: {done.stdout.strip()} {done.stderr.strip()}")
        figures = json.loads(done.stdout)
        if figures["shed"]:
            raise RuntimeError(f"load_driver {command}: {server.name} shed {figures['shed']} of {figures['requests']} requests")
        figures["cpu_us"] = spent * 1e6 / figures["requests"]
        return figures

    def idle_bytes(self, server, path, status, count):
        """Memory of the server for each of `count` connections that have asked once and wait."""
        before = resident_bytes(server.pids)
        with subprocess.Popen([self.program, "hold", "--url", server.url, "--json", "--path", path, "--expect", str(status),
                               "--connections", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holding:
            if not holding.stdout.readline():
                raise RuntimeError(f"load_driver hold on {server.name} failed")
            held = resident_bytes(server.pids) - before
            holding.stdin.close()
        return held / count
