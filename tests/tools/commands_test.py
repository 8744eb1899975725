# SPDX-License-Identifier: Apache-2.0
"""The commands of a fresh clone: what CI calls, what tools/run refuses, which packages are asked for."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def bash(script, **more):
    return subprocess.run(["bash", "-c", script], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          encoding="utf-8", **more)


class Ci(unittest.TestCase):
    def test_calls_tools_test_and_nothing_else(self):
        lines = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
        self.assertEqual(lines, ['cd "$(dirname "$0")/.." && exec tools/test'])

    def test_commands_can_be_run(self):
        for path in (".ci/run", "tools/run", "tools/test", "tools/bench", "tools/tidy", "tools/tally", "tools/package/build"):
            self.assertTrue(os.access(os.path.join(ROOT, path), os.X_OK), path)


class Run(unittest.TestCase):
    def test_refuses_what_it_does_not_know(self):
        for arguments in ("--nonsense", "--data", "--port", "stray"):
            done = bash(f"tools/run {arguments}")
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("usage: tools/run", done.stderr)

    def test_builds_what_prints_posters_beside_the_service(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "cmake"), "w", encoding="utf-8") as file:   # ends tools/run where it would build
                file.write(f'#!/bin/sh\n[ "$1" = --build ] || exit 0\necho "$@" > {folder}/asked\nexit 3\n')
            os.chmod(os.path.join(folder, "cmake"), 0o755)
            self.assertEqual(bash("tools/run", env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}).returncode, 3)
            with open(os.path.join(folder, "asked"), encoding="utf-8") as file:
                asked = file.read().split()
        self.assertLessEqual({"chayan", "qrgen"}, set(asked[asked.index("--target"):]))

    def test_the_demonstration_has_a_folder_of_its_own(self):
        for arguments in ("--demo --data elsewhere", "--throw-away", "--demo --people", "--demo --people abc", "--demo --people 0"):
            done = bash(f"tools/run {arguments}")
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("usage: tools/run", done.stderr)

    def test_help(self):
        done = bash("tools/run --help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for option in ("--data", "--port", "--listen", "--config"):
            self.assertIn(option, done.stdout)


class Packages(unittest.TestCase):
    def names(self, sections):
        return bash(f"source tools/packages.sh; packages_of {sections}").stdout.split()

    def test_are_one_a_line_in_known_sections(self):
        sections = re.findall(r"^\[(.*)\]$", read("tools/packages"), re.M)
        self.assertEqual(sections, ["build", "run", "test", "package", "story", "deep", "bench"])
        for name in self.names(" ".join(sections)):
            self.assertRegex(name, r"^[a-z0-9][a-z0-9+.-]+$")

    def test_boost_is_named_by_its_version(self):
        boost = [name for name in self.names("build") if "boost" in name]
        self.assertTrue(boost)
        self.assertTrue(all("1.81" in name for name in boost), boost)

    def test_a_section_is_asked_for_alone(self):
        self.assertIn("cmake", self.names("build"))
        self.assertNotIn("cmake", self.names("test"))

    def install(self, programs, packages="[build]\nno-such-package-here\n"):
        """install_packages build with only these programs on the path (name → script); (exit code, out, err)."""
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "tools"))
            with open(os.path.join(folder, "tools", "packages"), "w", encoding="utf-8") as file:
                file.write(packages)
            for name, script in programs.items():
                path = os.path.join(folder, name)
                with open(path, "w", encoding="utf-8") as file:
                    file.write("#!/bin/bash\n" + script + "\n")
                os.chmod(path, 0o755)
            done = subprocess.run([shutil.which("bash"), "-euc", f". '{ROOT}/tools/packages.sh'; install_packages build"],
                                  cwd=folder, env={"PATH": folder}, capture_output=True, text=True, encoding="utf-8")
            return done.returncode, done.stdout, done.stderr

    def test_nothing_is_installed_when_all_is_there(self):
        code, out, _ = self.install({"dpkg-query": "echo -n 'install ok installed'", "id": "echo 0",
                                     "apt-get": "echo apt-get $*"})
        self.assertEqual((code, out), (0, ""))

    def test_root_updates_then_installs_what_is_missing(self):
        code, out, _ = self.install({"dpkg-query": "exit 1", "id": "echo 0", "apt-get": "echo apt-get $*",
                                     "env": 'shift; exec "$@"'})
        self.assertEqual(code, 0)
        self.assertRegex(out, r"apt-get update -q\napt-get install .*no-such-package-here")

    def test_others_go_through_sudo(self):
        code, out, _ = self.install({"dpkg-query": "exit 1", "id": "echo 1000", "sudo": "echo sudo $*"})
        self.assertEqual(code, 0)
        self.assertRegex(out, r"sudo apt-get update -q\nsudo env .* apt-get install .*no-such-package-here")

    def test_without_root_and_sudo_it_says_what_is_missing_in_both_languages(self):
        code, _, err = self.install({"dpkg-query": "exit 1", "id": "echo 1000"})
        self.assertEqual(code, 1)
        self.assertIn("缺少软件包：no-such-package-here", err)
        self.assertIn("Packages are missing: no-such-package-here", err)


if __name__ == "__main__":
    unittest.main()
