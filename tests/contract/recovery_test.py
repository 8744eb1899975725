# SPDX-License-Identifier: Apache-2.0
"""Coming back, as an administrator does it: the recovery key on two sheets, the monthly proof, the nightly backup, an old backup with the newest
keys, and a rotation of the wrapping key that is killed while the service runs."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.posters import codes_of_pdf
from support.people import document, name, phone
from support.service import PROGRAM, QUIET_LIMITS, Service, rfc3339, run

_ENGLISH = {"LC_ALL": "en_GB.UTF-8"}
_GROUP = re.compile(r"\b[0-9a-hjkmnp-tv-z]{5}\b")


def talk(arguments, answers):
    """Runs a command on a terminal of its own; each answer is typed when its question stands there. (exit code, what was shown)."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(PROGRAM, [PROGRAM, *arguments], {**os.environ, **_ENGLISH})
    shown = b""
    for question, answer in answers:
        while question.encode() not in shown:
            shown += os.read(terminal, 1000)
        shown = shown[shown.index(question.encode()) + len(question):]
        time.sleep(0.2)   # it turns the echo off once it has asked
        os.write(terminal, answer.encode() + b"\n")
    said = shown
    try:
        while chunk := os.read(terminal, 1000):
            said += chunk
    except OSError:
        pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said.decode(errors="replace")


class Recovery(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.close)
        first = self.service.divisions()
        self.key = next(line.strip() for line in first.stderr.splitlines() if line.startswith("  "))
        self.key_file = self.service.write("key", self.key)
        self.data = self.service.data

    def path(self, name):
        return os.path.join(self.service.folder, name)

    def sheets(self):
        """The groups of both, as they are read off the PDFs that were printed."""
        folder = self.path("sheets")
        os.makedirs(folder)
        run("recovery", "sheets", "--data", self.data, "--recovery-key-file", self.key_file, "--out", folder)
        self.assertEqual(sorted(os.listdir(folder)), ["recovery-sheet-1.pdf", "recovery-sheet-2.pdf"])
        found = []
        for number in (1, 2):
            pdf = os.path.join(folder, f"recovery-sheet-{number}.pdf")
            self.assertEqual(os.stat(pdf).st_mode & 0o777, 0o600)
            codes = codes_of_pdf(pdf, 200)
            self.assertEqual([len(page) for page in codes], [1])
            text = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout
            self.assertIn(f"第 {number} 张，共 2 张", text)
            groups = codes[0][0].lower().split()
            self.assertEqual(sorted(groups), sorted(group for group in _GROUP.findall(text) if group in groups))
            found.append(groups)
        return found

    def prove(self, text, *more):
        done = run("recovery", "prove", "--data", self.data, "--recovery-key-file", self.service.write("typed", text), *more, check=False, env=_ENGLISH)
        self.assertNotIn(self.key, done.stdout + done.stderr)
        return done

    def doctor(self):
        return run("doctor", "--data", self.data, check=False, env=_ENGLISH).stdout

    def test_two_sheets_prove_and_restore_and_one_does_neither(self):
        one, two = self.sheets()
        self.assertIn("nobody has proved", self.doctor())
        run("backup", "--data", self.data, self.path("copy"))
        self.service.start()
        self.assertIsNone(json.loads(run("status", "--data", self.data).stdout)["recovery_proved"])
        both = " ".join(one) + "\n" + "-".join(two).upper() + "\n"
        self.assertEqual(self.prove(both).stdout, "ok\n")
        self.assertEqual(self.prove(both, self.path("copy")).stdout, "ok\n")
        self.assertIsNotNone(json.loads(run("status", "--data", self.data).stdout)["recovery_proved"])
        self.assertIn("made 0 days ago", self.doctor())
        self.service.stop()
        self.assertEqual(self.prove(self.key).stdout, "ok\n")
        for text, sentence in ((" ".join(one), "the other is needed too"), (" ".join(one) + "\n" + " ".join(one), "Both are the same sheet"),
                               ("0" * 52, "is not the recovery key of this installation"), ("1234", "52 letters and digits"),
                               (" ".join(one[:-1]) + "\n" + " ".join(two), "15 groups")):
            done = self.prove(text)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(sentence, done.stderr)
        none = self.prove(self.key, self.path("none"))
        self.assertEqual(none.returncode, 1)
        self.assertTrue(none.stderr.startswith(self.path("none") + ": "), none.stderr)
        wrong = list(two)
        wrong[6] = wrong[6][:2] + ("7" if wrong[6][2] != "7" else "8") + wrong[6][3:]
        done = self.prove(" ".join(one) + "\n" + " ".join(wrong))
        self.assertEqual(re.findall(r"^  (\d+):", done.stderr, re.M), ["7"], done.stderr)
        run("restore", "--data", self.path("fresh"), self.path("copy"), "--recovery-key-file", self.service.write("both", both))
        run("check", "--data", self.path("fresh"))

    def test_whoever_mistypes_a_group_is_asked_for_that_group_again(self):
        one, two = self.sheets()
        wrong = list(one)
        right = wrong[3]
        wrong[3] = ("7" if right[0] != "7" else "8") + right[1:]
        code, said = talk(["recovery", "prove", "--data", self.data],
                          [("its two sheets: ", " ".join(wrong)), ("group 4 was mistyped, again: ", right), ("The other sheet: ", "".join(two))])
        self.assertEqual((code, said.split()[-1]), (0, "ok"), said)
        self.assertNotIn(two[4], said)

    def test_sheets_are_printed_again_alike_and_to_a_printer(self):
        one, two = self.sheets()
        both = self.service.write("both", " ".join(one) + "\n" + " ".join(two))
        again = subprocess.run([PROGRAM, "recovery", "sheets", "--data", self.data, "--recovery-key-file", both, "--sheet", "2", "--out", "-"], capture_output=True, check=True).stdout
        with open(self.path("sheets/recovery-sheet-2.pdf"), "rb") as file:
            self.assertEqual(again, file.read())
        for arguments, sentence in ((["--out", "-"], "add --sheet 1"), (["--out", self.path("none")], "there is no such folder"), (["--out", self.path("sheets")], "holds none of that name")):
            done = run("recovery", "sheets", "--data", self.data, "--recovery-key-file", both, *arguments, check=False, env=_ENGLISH)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(sentence, done.stderr)
        self.assertEqual(run("recovery", "--data", self.data, check=False).returncode, 2)
        self.assertIn("prove", run("recovery", "proof", "--data", self.data, check=False).stderr)

    def test_the_running_service_makes_the_nightly_backup_and_an_older_one_opens_with_its_keys(self):
        folder = self.path("nightly")
        os.mkdir(folder, 0o700)
        run("backup", "--data", self.data, self.path("older"))
        self.service.set_config(QUIET_LIMITS + f'[backup]\nfolder = "{folder}"\nat = "00:00"\n')
        self.service.start()
        deadline = time.monotonic() + 60
        while len(os.listdir(folder)) != 2 or any(name.endswith(".partial") for name in os.listdir(folder)):
            self.assertLess(time.monotonic(), deadline, os.listdir(folder))
            time.sleep(0.05)
        keys = next(name for name in os.listdir(folder) if name.endswith(".keys"))
        self.assertRegex(keys, r"^chayan-\d{4}-\d\d-\d\d\.keys$")
        self.service.stop()
        self.assertIn('"event":"backup_made"', self.service.stderr())
        missing = run("restore", "--data", self.path("fresh"), "--recovery-key-file", self.key_file, self.path("nowhere"), check=False, env=_ENGLISH)
        self.assertEqual(missing.returncode, 1)
        os.remove(self.path("older.keys"))
        lacking = run("restore", "--data", self.path("fresh"), "--recovery-key-file", self.key_file, self.path("older"), check=False, env=_ENGLISH)
        self.assertIn("--keys-file", lacking.stderr)
        run("restore", "--data", self.path("fresh"), "--recovery-key-file", self.key_file, "--keys-file", os.path.join(folder, keys), self.path("older"))
        run("check", "--data", self.path("fresh"))

    def answers(self, data, second):
        """What a tracer is told of everyone, by day, and of whom the first met on the newer day."""
        self.service.start(data_dir=data)
        self.service.wait_until_ready()
        tracer = self.service.operator("tracer-" + os.path.basename(data), "tracer")
        case = self.service.case(tracer, "drill-" + os.path.basename(data))
        found = {"old": {}, "kept": {}}
        for number in range(8):
            person = tracer.post("/api/v1/people/search", {"case": case, "phone": phone(number)}).json["people"][0]["id"]
            for when, at in second.items():
                answer = tracer.get(f"/api/v1/people/{person}/trajectory?case={case}&from={rfc3339(at - 3600)}&to={rfc3339(at + 7200)}").json
                found[when][person] = (answer["visits"], answer["scans"])
        asked = {"case": case, "index": [{"person": next(iter(found["kept"]))}], "from": rfc3339(second["kept"] - 3600), "to": rfc3339(second["kept"] + 7200), "min_overlap_s": 1}
        traced = tracer.post("/api/v1/traces", asked).json
        found["contacts"] = (traced["contacts"], traced["count"])
        self.service.stop()
        return found

    def test_of_an_old_backup_the_days_that_are_destroyed_stay_closed_and_the_rest_is_answered_like_the_original(self):
        self.service.sites([{"ref": "A", "category": "shop"}])
        self.service.import_csv("person", ["ref", "name", "document_type", "document_number", "phone"],
                                [(f"R{number}", name(number), "id", document(number)["number"], phone(number)) for number in range(8)])
        noon = int(time.time()) // 86_400 * 86_400 + 4 * 3600   # in Dingzhou
        second = {"old": noon - 9 * 86_400, "kept": noon - 2 * 86_400}
        self.service.import_csv("scan", ["ref", "site", "at", "direction"],
                                [(f"R{number}", "A", rfc3339(at + 60 * number), "in") for at in second.values() for number in range(8)])
        run("backup", "--data", self.data, self.path("old"))
        before = self.answers(self.data, second)
        self.assertEqual({len(scans) for _, scans in before["old"].values()} | {len(scans) for _, scans in before["kept"].values()}, {1})
        self.assertGreater(before["contacts"][1], 0)
        key = os.path.join(self.data, "keys", "day", time.strftime("%Y-%m-%d", time.gmtime(second["old"])))
        with open(key + ".destroyed", "w", encoding="ascii"):
            os.chmod(key + ".destroyed", 0o600)   # as the end of a day leaves it
        os.remove(key + ".key")
        run("backup", "--data", self.data, self.path("new"))
        fresh = self.path("fresh")
        run("restore", "--data", fresh, "--recovery-key-file", self.key_file, "--keys-file", self.path("new.keys"), self.path("old"))
        run("check", "--data", fresh)
        after = self.answers(fresh, second)
        self.assertEqual(after["kept"], before["kept"])
        self.assertEqual(after["contacts"], before["contacts"])
        self.assertEqual(after["old"], {person: ([], []) for person in before["old"]})

    def test_a_nightly_backup_that_fails_says_why_in_the_log(self):
        self.service.set_config(QUIET_LIMITS + '[backup]\nfolder = "/nowhere/at/all"\nat = "00:00"\n')
        self.service.start()
        deadline = time.monotonic() + 60
        while "backup_failed" not in self.service.stderr():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.service.stop()
        self.assertIn("/nowhere/at/all/chayan-", self.service.stderr())
        self.assertIn("tried again in an hour", self.service.stderr())

    def test_the_wrapping_key_is_rotated_while_the_service_runs_and_whenever_it_is_killed(self):
        keys, stick = os.path.join(self.data, "keys"), self.path("stick")
        os.mkdir(stick)
        self.service.start()
        run("rotate", "--data", self.data, "--wrapping-key", os.path.join(stick, "first.key"))
        with open(os.path.join(keys, "master.key"), "rb") as file:
            self.assertTrue(file.read().startswith(b"chayan wrapped"))
        began = time.monotonic()
        run("rotate", "--data", self.data)
        self.assertLess(time.monotonic() - began, 1)
        self.assertFalse(os.path.exists(os.path.join(stick, "first.key")))
        self.assertEqual(len(os.listdir(stick)), 1)
        for after_ms in range(0, 24, 6):
            with subprocess.Popen([PROGRAM, "rotate", "--data", self.data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as rotating:
                time.sleep(after_ms / 1000)
                os.kill(self.service.pid, signal.SIGKILL)
                rotating.wait()
            self.service.kill()
            run("check", "--data", self.data)
            self.service.start()
            self.assertEqual(sorted(name for name in os.listdir(keys) if name.startswith("wrapping")), ["wrapping.key"])
        run("backup", "--data", self.data, self.path("copy"))
        self.service.stop()
        os.rename(stick, stick + "-away")
        away = run("check", "--data", self.data, check=False)
        self.assertEqual(away.returncode, 1)
        self.assertIn("mount its disk", away.stderr)
        os.rename(stick + "-away", stick)
        run("restore", "--data", self.path("fresh"), "--recovery-key-file", self.key_file, self.path("copy"))
        run("check", "--data", self.path("fresh"))
        taken = run("rotate", "--data", self.data, "--wrapping-key", self.key_file, check=False)
        self.assertEqual(taken.returncode, 1)
        self.assertIn("left as it is", taken.stderr)


if __name__ == "__main__":
    unittest.main()
