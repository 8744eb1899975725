# SPDX-License-Identifier: Apache-2.0
"""SIGTERM under load: exit code 0, requests under way answered, connections closed in order, nothing lost."""

import asyncio
import os
import random
import signal
import socket
import ssl
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from faults.load import Load  # noqa: E402
from faults.world import World, database  # noqa: E402
from hostile import raw  # noqa: E402
from support.client import tls_context  # noqa: E402

SEED = int(os.environ.get("CHAYAN_SEED", "20200220"))
_DRAINS = int(os.environ.get("CHAYAN_DRAINS", "8"))
_PATIENCE_S = 60
_ENDED_AT_ONCE = 130  # the exit code of a second signal; a drain that ran to its end says 0
# A request can cross the server's close of an idle connection on the wire; nearly none does.
_CROSSED_SHARE_MAX = 0.02


class Drained(unittest.TestCase):
    def setUp(self):
        print(f"\ndrain_test: CHAYAN_SEED={SEED}", flush=True)
        self.world = World(site_count=6)
        self.addCleanup(self.world.close)

    def test_a_stop_under_load_answers_what_it_took_and_loses_nothing(self):
        world = self.world.start()
        load = Load(world, SEED)
        chance = random.Random(SEED)
        slowest = 0.0
        for cycle in range(_DRAINS):
            delay = chance.uniform(0.02, 0.5)
            context = f"seed {SEED}, stop {cycle} after {delay * 1000:.0f} ms"
            code, seconds = load.run(self._stopper(delay), ready=True)
            self.assertEqual(code, 0, f"{context}: {world.service.stderr()[-2000:]}")
            slowest = max(slowest, seconds)
            self.assertEqual(load.wrong, [], context)
            self.assertEqual(load.partial, 0, f"{context}: an answer was cut")
            wal = database(world.service.data) + "-wal"
            self.assertEqual(os.path.getsize(wal) if os.path.exists(wal) else 0, 0, f"{context}: a WAL was left")
            world.start()
        crossed_max = max(1, int(_DRAINS * 32 * _CROSSED_SHARE_MAX))
        self.assertLessEqual(load.resets, crossed_max, f"seed {SEED}: connections reset in {_DRAINS} stops")
        load.finish()
        people = sorted(set(load.people))
        self.assertEqual(load.differences(world.answers(people))[:10], [], f"seed {SEED}")
        print(f"drain_test: {_DRAINS} stops, {load.acknowledged_count()} scans, {load.lost_answers} requests crossed a close, "
              f"{load.resets} resets, slowest stop {slowest:.2f} s", flush=True)

    def _stopper(self, delay):
        async def act(connected):
            await asyncio.wait_for(connected.wait(), 120)
            await asyncio.sleep(delay)
            began = time.monotonic()
            code = await asyncio.to_thread(self.world.service.stop)
            return code, time.monotonic() - began
        return act

    def _connect(self):
        plain = socket.create_connection(("127.0.0.1", self.world.port), timeout=_PATIENCE_S)
        connection = tls_context().wrap_socket(plain, suppress_ragged_eofs=False)
        self.addCleanup(connection.close)
        return connection

    def _begin_request(self):
        """A request of which the last byte is still to come."""
        connection = self._connect()
        connection.sendall(b"POST /api/v1/registrations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                           b"Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"name\":\"x\"")
        time.sleep(0.3)  # the server has read it; nothing tells us when
        return connection

    def _await_refusal(self):
        """Until nobody listens any more, as soon as the signal has been seen."""
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.world.port), timeout=_PATIENCE_S).close()
            except ConnectionError:
                return
            time.sleep(0.02)
        self.fail("new connections are still taken while draining")

    def test_an_idle_connection_is_closed_with_close_notify(self):
        self.world.start()
        connections = [self._connect() for _ in range(3)]
        connections[1].sendall(_healthz())
        self.assertEqual(raw.read_until_closed(connections[1], 5, quiet_s=0.5).statuses, [200])
        os.kill(self.world.service.pid, signal.SIGTERM)
        for connection in connections:
            try:
                self.assertEqual(connection.recv(65536), b"")
            except (ssl.SSLEOFError, ConnectionResetError) as error:
                self.fail(f"closed without close_notify: {error!r}")
        self.assertEqual(self.world.service.wait(), 0)

    def test_a_request_under_way_is_finished_and_new_connections_are_refused(self):
        self.world.start()
        connection = self._begin_request()
        os.kill(self.world.service.pid, signal.SIGTERM)
        self._await_refusal()
        connection.sendall(b"}")
        answer = b""
        while True:
            part = connection.recv(65536)
            if not part:
                break
            answer += part
        self.assertRegex(answer, rb"^HTTP/1\.1 (400|422) ")
        self.assertRegex(answer.lower(), rb"\r\nconnection: close\r\n")
        self.assertEqual(self.world.service.wait(), 0)

    def test_a_client_that_never_finishes_cannot_hold_the_drain(self):
        self.world.start()
        self._begin_request()
        self.assertEqual(self.world.service.stop(), 0)

    def test_a_second_signal_ends_at_once(self):
        for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM)):
            self.world.start()
            self._begin_request()
            os.kill(self.world.service.pid, first)
            self._await_refusal()
            self.assertTrue(self.world.service.running(), "the drain did not wait for a request under way")
            self.assertEqual(self.world.service.end(second), _ENDED_AT_ONCE, f"{first!r}, then {second!r}")


def _healthz():
    return b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


if __name__ == "__main__":
    unittest.main()
