# SPDX-License-Identifier: Apache-2.0
"""A socket that whoever starts the service has opened (systemd's protocol): a restart refuses nobody who comes meanwhile."""

import os
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.client import Client
from support.service import PROGRAM, Service


def held():
    """A socket as a supervisor opens it."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    return listening, listening.getsockname()[1]


def handing(listening, count=1, pid="$$"):
    """The words before a command that hand it the socket as descriptor 3."""
    return ["bash", "-c", f'exec 3<&{listening.fileno()}; LISTEN_PID={pid} LISTEN_FDS={count} LISTEN_FDNAMES=chayan.socket exec "$@"', "x"]


class Callers:
    """They ask all the time, each time by a new connection; `failed` has what went wrong."""

    def __init__(self, port):
        self.port, self.failed, self.answered, self.is_over = port, [], 0, False
        self.threads = [threading.Thread(target=self.call) for _ in range(4)]
        for thread in self.threads:
            thread.start()

    def call(self):
        while not self.is_over:
            try:
                client = Client(self.port)
                self.answered += client.get("/version").status == 200
                client.close()
            except OSError as error:
                self.failed.append(repr(error))
                time.sleep(0.01)

    def end(self):
        self.is_over = True
        for thread in self.threads:
            thread.join(60)


class Activation(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        self.socket, self.port = held()
        self.addCleanup(self.socket.close)

    def start(self):
        return self.service.start(wrapper=handing(self.socket), fds=(self.socket.fileno(),))

    def test_restarts_refuse_nobody_and_a_port_of_its_own_does(self):
        self.start()
        self.assertEqual(self.service.port, self.port)
        callers = Callers(self.port)
        for _ in range(3):
            self.assertEqual(self.service.stop(), 0)
            waiting = Client(self.port)
            answers = []
            early = threading.Thread(target=lambda: answers.append(waiting.get("/version").status))   # while nobody serves
            early.start()
            time.sleep(0.1)
            self.assertEqual(answers, [])
            self.start()
            early.join(30)
            self.assertEqual(answers, [200])
        deadline = time.monotonic() + 30
        while callers.answered < 20 and time.monotonic() < deadline:
            time.sleep(0.01)
        callers.end()
        self.assertEqual(callers.failed, [])
        self.assertGreaterEqual(callers.answered, 20)
        self.service.stop()
        self.service.start()   # without, the same callers see it
        callers = Callers(self.service.port)
        self.service.stop()
        time.sleep(0.2)
        callers.end()
        self.assertNotEqual(callers.failed, [])

    def test_settings_that_say_another_address_are_told(self):
        self.start()
        self.assertIn(f"127.0.0.1 port {self.port}. [server] listen and port are not used", self.service.stderr())

    def test_sockets_of_another_process_are_left_alone(self):
        self.service.start(wrapper=handing(self.socket, pid="1"), fds=(self.socket.fileno(),))
        self.assertNotEqual(self.service.port, self.port)

    def test_what_is_no_listening_socket_or_too_many_is_refused_with_a_sentence(self):
        with socket.socket() as idle:
            for handed, count, sentence in ((idle, 1, "no TCP socket that listens"), (self.socket, 65, "at most 64 sockets")):
                done = subprocess.run([*handing(handed, count), PROGRAM, "serve", "--data", self.service.data, "--port", "0"], pass_fds=(handed.fileno(),),
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1)
                self.assertIn(sentence, done.stderr)


if __name__ == "__main__":
    unittest.main()
