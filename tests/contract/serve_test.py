# SPDX-License-Identifier: Apache-2.0
"""`serve`, its settings and lock; `operator add` beside it; `check`."""

import hashlib
import os
import signal
import stat
import sys
import time
import tomllib
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import QUIET_LIMITS, Service, password, rfc3339, run

IMPORT_HEADERS = {"division": "code,name,parent", "site": "ref,name,category,division",
                  "person": "ref,name,document_type,document_number", "scan": "ref,site,at,direction"}
IMPORT_CALLS = {"division": "/api/v1/divisions/import", "site": "/api/v1/sites/import",
                "person": "/api/v1/people/import", "scan": "/api/v1/scans/import"}


def digests(folder):
    """{path: SHA-256} of every file, without SQLite's shared memory, which any reader makes anew."""
    found = {}
    for parent, _, names in os.walk(folder):
        for file_name in names:
            path = os.path.join(parent, file_name)
            if file_name.endswith("-shm") or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                content = file.read()
            if content or not file_name.endswith("-wal"):
                found[os.path.relpath(path, folder)] = hashlib.sha256(content).hexdigest()
    return found


class ServeTest(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)


class Serving(ServeTest):
    def test_sets_up_an_empty_folder_and_prints_the_recovery_key_once_on_stderr(self):
        self.service.start()
        first = self.service.stderr()
        self.assertRegex(first.lower(), "recovery")
        self.service.restart()
        again = self.service.stderr()[len(first):]
        self.assertNotRegex(again.lower(), r"recovery key\W+[0-9a-z-]{16,}")

    def test_prints_one_listening_line_on_stdout(self):
        self.service.start()
        self.assertEqual(sum(line.startswith("listening https://") for line in self.service.stdout_lines), 1)

    def test_keys_are_for_the_owner_alone(self):
        self.service.start()
        keys = os.path.join(self.service.data, "keys")
        self.assertEqual(stat.S_IMODE(os.stat(keys).st_mode), 0o700)
        for parent, folders, files in os.walk(keys):
            for one in folders:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(parent, one)).st_mode), 0o700, one)
            for one in files:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(parent, one)).st_mode), 0o600, one)

    def test_keys_may_lie_elsewhere(self):
        elsewhere = os.path.join(self.service.folder, "key-disk")
        self.service.start(extra_args=["--keys", elsewhere])
        self.assertTrue(os.listdir(elsewhere))
        self.assertFalse(os.path.isdir(os.path.join(self.service.data, "keys"))
                         and os.listdir(os.path.join(self.service.data, "keys")))

    def test_term_and_int_end_it_with_0(self):
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal_number):
                self.service.start()
                self.assertEqual(self.service.end(signal_number), 0, self.service.stderr())

    def test_opens_as_many_files_as_it_may_and_says_when_that_is_few(self):
        for hard, few in ((1_000, True), (20_000, False)):
            with self.subTest(hard):
                before = self.service.stderr() if os.path.exists(self.service.stderr_path) else ""
                self.service.start(wrapper=["prlimit", f"--nofile=256:{hard}"])
                with open(f"/proc/{self.service.pid}/limits", encoding="ascii") as file:
                    limits = next(line.split() for line in file if line.startswith("Max open files"))
                self.assertEqual(limits[3:5], [str(hard), str(hard)])
                self.assertEqual("LimitNOFILE" in self.service.stderr()[len(before):], few)
                self.service.stop()

    def test_says_that_limits_on_rate_are_off_where_they_are(self):
        for config, told in (("", False), ("[limits]\nenabled = true\n", False), (QUIET_LIMITS, True)):
            with self.subTest(config):
                before = self.service.stderr() if os.path.exists(self.service.stderr_path) else ""
                self.service.set_config(config)
                self.service.start()
                self.assertEqual("[limits]" in self.service.stderr()[len(before):], told)
                self.service.stop()

    def test_makes_tomorrows_key_ahead(self):
        self.service.start()
        self.service.wait_until_ready()
        tomorrow = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600 + 86_400))
        path = os.path.join(self.service.data, "keys", "day", tomorrow + ".key")
        for _ in range(100):
            if os.path.exists(path):
                break
            time.sleep(0.1)
        self.assertTrue(os.path.exists(path), os.listdir(os.path.dirname(path)))

    def test_a_second_server_on_the_same_folder_is_refused(self):
        self.service.start()
        done = run("serve", "--data", self.service.data, "--port", "0", check=False, timeout=20)
        self.assertEqual(done.returncode, 1, done)
        self.assertNotIn("listening", done.stdout)
        self.assertTrue(self.service.running())

    def test_after_a_kill_it_starts_again_without_help(self):
        self.service.start()
        self.service.restart(hard=True)
        self.service.wait_until_ready()

    def test_answers_health_readiness_and_version_to_anyone(self):
        client = self.service.start().client()
        self.service.wait_until_ready()
        for path in ("/healthz", "/readyz", "/version"):
            self.assertEqual(client.get(path).status, 200, path)


class Settings(ServeTest):
    def printed(self, *args):
        return tomllib.loads(run("serve", "--print-config", *args).stdout)

    def test_print_config_shows_every_default_of_the_contract(self):
        settings = self.printed()
        self.assertLessEqual({"listen", "port", "hosts", "proxy_listen", "metrics_listen"}, set(settings["server"]))
        self.assertEqual(settings["scan"]["ahead_s_max"], 120)
        self.assertEqual(settings["scan"]["age_days_max"], 7)
        self.assertEqual(settings["retention"]["scan_days"], 28)
        self.assertIs(settings["access"]["require_otp"], False)
        self.assertIs(settings["limits"]["enabled"], True)
        self.assertEqual(settings["local"]["time_zone"], "Asia/Shanghai")

    def test_print_config_shows_what_a_file_changes_and_can_be_read_back(self):
        path = self.service.write("own.toml", "[scan]\nage_days_max = 3\n")
        self.assertEqual(self.printed("--config", path)["scan"]["age_days_max"], 3)
        whole = self.service.write("whole.toml", run("serve", "--print-config", "--config", path).stdout)
        self.assertEqual(self.printed("--config", whole), self.printed("--config", path))

    def test_an_unknown_key_is_an_error_that_names_file_and_key(self):
        for text, key in (("[scan]\nahead_max = 5\n", "ahead_max"), ("[teapot]\nx = 1\n", "teapot"),
                          ("colour = 1\n", "colour")):
            with self.subTest(key):
                path = self.service.write("odd.toml", text)
                done = run("serve", "--data", self.service.data, "--port", "0", "--config", path, check=False, timeout=20)
                self.assertIn(done.returncode, (1, 2), done)
                self.assertIn(key, done.stderr)
                self.assertIn("odd.toml", done.stderr)

    def test_a_value_of_the_wrong_type_or_out_of_range_is_an_error(self):
        for text in ('[scan]\nage_days_max = "seven"\n', "[scan]\nage_days_max = -1\n", "[scan\n",
                     '[local]\ntime_zone = "Mars/Base"\n', "[server]\nport = 70000\n"):
            with self.subTest(text):
                path = self.service.write("odd.toml", text)
                done = run("serve", "--data", self.service.data, "--port", "0", "--config", path, check=False, timeout=20)
                self.assertIn(done.returncode, (1, 2), done)
                self.assertIn("odd.toml", done.stderr)

    def test_a_setting_takes_effect(self):
        self.service.set_config(QUIET_LIMITS + "[scan]\nahead_s_max = 10\n")
        self.service.divisions()
        self.service.sites([{"ref": "S1", "category": "shop"}])
        code = self.service.codes()["S1"]["any"]
        self.service.start()
        resident = self.service.resident(1, self.service.notice_version(code))
        body = {"code": code, "direction": "in", "at": rfc3339(int(time.time()) + 60)}
        self.assertEqual(resident.post("/api/v1/scans", body).status, 422)


class BesideTheServer(ServeTest):
    def test_imports_refuse_and_name_the_call_that_does_the_same(self):
        self.service.start()
        for kind, call in IMPORT_CALLS.items():
            with self.subTest(kind):
                path = self.service.write("one.csv", IMPORT_HEADERS[kind] + "\n")
                done = run(kind, "import", "--data", self.service.data, path, check=False)
                self.assertEqual(done.returncode, 1, done)
                self.assertIn(call, done.stderr)

    def test_an_operator_can_be_added_while_the_server_runs(self):
        self.service.start()
        client = self.service.operator("late-1", "tracer")
        self.assertEqual(self.service.case(client, "2020-009"), "2020-009")

    def test_an_operator_can_be_added_before_the_server_runs(self):
        self.service.add_operator("early-1", "tracer,guard")
        self.service.start()
        self.assertTrue(self.service.session("early-1").bearer)


class OperatorAdd(ServeTest):
    def test_refuses_a_login_twice(self):
        self.service.add_operator("twice", "guard")
        self.assertEqual(self.service.add_operator("twice", "guard", check=False).returncode, 1)

    def test_refuses_an_unknown_role_or_scope(self):
        self.assertIn(self.service.add_operator("odd", "emperor", check=False).returncode, (1, 2))
        self.assertIn(self.service.add_operator("odd", "guard", scope="13068x", check=False).returncode, (1, 2))
        self.service.divisions()
        self.assertIn(self.service.add_operator("odd", "guard", scope="999999", check=False).returncode, (1, 2))

    def test_takes_a_scope_that_was_imported(self):
        self.service.divisions()
        self.service.add_operator("scoped", "guard", scope="130682001")

    def test_refuses_a_short_password_and_never_repeats_it(self):
        path = self.service.write("short", "geheim7\n")
        done = run("operator", "add", "--data", self.service.data, "--login", "short", "--role", "guard",
                   "--password-file", path, check=False)
        self.assertEqual(done.returncode, 1, done)
        self.assertNotIn("geheim7", done.stdout + done.stderr)

    def test_the_password_is_the_first_line_of_the_file(self):
        path = self.service.write("lines", password("lines") + "\r\nanother line\n")
        run("operator", "add", "--data", self.service.data, "--login", "lines", "--role", "guard",
            "--password-file", path)
        self.service.start()
        self.assertTrue(self.service.session("lines").bearer)


class Check(ServeTest):
    def fill(self):
        self.service.divisions()
        self.service.sites([{"ref": "S1", "category": "shop"}])
        code = self.service.codes()["S1"]["any"]
        self.service.start()
        resident = self.service.resident(1, self.service.notice_version(code))
        for minute in range(5):
            body = {"code": code, "direction": "in", "at": rfc3339(int(time.time()) - 600 + 120 * minute)}
            self.assertEqual(resident.post("/api/v1/scans", body).status, 201)

    def test_ends_with_0_after_work_and_changes_nothing(self):
        self.fill()
        self.service.stop()
        before = digests(self.service.data)
        done = run("check", "--data", self.service.data, check=False)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(digests(self.service.data), before)

    def test_ends_with_0_after_a_kill_and_changes_nothing(self):
        self.fill()
        self.service.kill()
        before = digests(self.service.data)
        done = run("check", "--data", self.service.data, check=False)
        self.assertEqual(done.returncode, 0, done)
        self.assertEqual(digests(self.service.data), before)

    def test_warns_while_the_keys_lie_on_the_disk_of_the_data(self):
        self.fill()
        self.service.stop()
        done = run("check", "--data", self.service.data)
        self.assertRegex((done.stdout + done.stderr).lower(), r"warn.*key|key.*warn|keys lie")

    def test_of_a_folder_that_is_not_there_fails_and_makes_none(self):
        missing = os.path.join(self.service.folder, "missing")
        self.assertEqual(run("check", "--data", missing, check=False).returncode, 1)
        self.assertFalse(os.path.exists(missing))


if __name__ == "__main__":
    unittest.main()
