# SPDX-License-Identifier: Apache-2.0
"""What is packed beside the programs says what the programs do: man pages and completions name every command and option, settings are all
explained, and the scripts are whole."""

import os
import re
import subprocess
import sys
import tomllib
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from support.service import PROGRAM

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "tools", "package")
QRGEN = os.environ.get("QRGEN", os.path.join(os.path.dirname(PROGRAM), "qrgen"))
PAGES = ("chayan.1", "chayan.zh_CN.1", "chayan.toml.5", "qrgen.1")


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read()


def help_of(program, *words):
    return subprocess.run([program, *words, "--help"], check=True, capture_output=True, text=True, encoding="utf-8").stdout


def options_of(text):
    return set(re.findall(r"^ +(--[a-z-]+)", text, re.M)) | set(re.findall(r"^ +-\w,(--[a-z-]+)", text, re.M))


def commands_of(text):
    """The subcommands that a help lists."""
    _, _, listed = text.partition("Subcommands:")
    return re.findall(r"^  (\w+) ", listed, re.M)


def completed(script, words):
    """What bash offers for the last of these words."""
    source = f"source {os.path.join(FOLDER, script)}; COMP_WORDS=({' '.join(repr(word) for word in words)}); " \
             f"COMP_CWORD={len(words) - 1}; _{words[0]}; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    return set(subprocess.run(["bash", "-c", source], check=True, capture_output=True, text=True, cwd="/").stdout.split())


class ManPages(unittest.TestCase):
    def test_each_is_set_without_a_complaint(self):
        for page in PAGES:
            with self.subTest(page):
                done = subprocess.run(["groff", "-K", "utf-8", "-man", "-mandoc", "-T", "utf8", "-ww", "-z", os.path.join(FOLDER, page)],
                                      capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_page_of_the_service_names_every_command_and_option(self):
        page, commands = read("chayan.1"), commands_of(help_of(PROGRAM))
        self.assertGreater(len(commands), 8)
        for command in commands:
            self.assertRegex(page, rf"\.Cm .*\b{command}\b", command)
            self.assertRegex(read("chayan.zh_CN.1"), rf"\.It Cm .*\b{command}\b", command)
            nested = commands_of(help_of(PROGRAM, command))
            for words in [[command, each] for each in nested] or [[command]]:
                for option in options_of(help_of(PROGRAM, *words)) - {"--help"}:
                    self.assertIn(f"Fl {option[1:]}", page, words)

    def test_the_page_of_posters_names_every_option(self):
        options = options_of(help_of(QRGEN)) - {"--help"}
        self.assertGreater(len(options), 15)
        for option in options:
            self.assertIn(f"Fl {option[1:]}", read("qrgen.1"))

    def test_the_page_of_settings_explains_each_with_its_default(self):
        page = read("chayan.toml.5").replace("\\(dq", '"')
        text = subprocess.run([PROGRAM, "serve", "--print-config"], check=True, capture_output=True, text=True).stdout
        for line in filter(None, text.splitlines()):
            line = line.removesuffix("   # default")
            self.assertRegex(page, rf"(?m)^\.(Ss|It Li) {re.escape(line)}$")


class Completions(unittest.TestCase):
    def test_offer_every_command_and_option(self):
        commands = commands_of(help_of(PROGRAM))
        self.assertLessEqual(set(commands), completed("chayan.bash", ["chayan", ""]))
        self.assertEqual(completed("chayan.bash", ["chayan", "ser"]), {"serve"})
        for command in commands:
            nested = commands_of(help_of(PROGRAM, command))
            if nested:
                self.assertEqual(set(nested), completed("chayan.bash", ["chayan", command, ""]))
            for words in [[command, each] for each in nested] or [[command]]:
                self.assertEqual(options_of(help_of(PROGRAM, *words)), completed("chayan.bash", ["chayan", *words, "--"]), words)
        self.assertEqual(options_of(help_of(QRGEN)), completed("qrgen.bash", ["qrgen", "--"]))

    def test_offer_the_words_that_an_option_takes(self):
        self.assertEqual(completed("chayan.bash", ["chayan", "operator", "add", "--role", "t"]), {"tracer"})
        self.assertEqual(completed("qrgen.bash", ["qrgen", "--sheet", "a"]), {"a4", "a3", "a5x2", "a6x4"})
        self.assertIn("/etc", completed("chayan.bash", ["chayan", "check", "--data", "/et"]))


class Files(unittest.TestCase):
    def test_the_settings_that_come_along_are_the_defaults_and_their_examples_are_settings(self):
        def printed(*arguments):
            return subprocess.run([PROGRAM, "serve", "--print-config", *arguments], check=True, capture_output=True, text=True).stdout
        self.assertEqual(printed("--config", os.path.join(FOLDER, "chayan.toml")), printed())
        example = re.sub(r"^# (?=\w+ = )", "", read("chayan.toml"), flags=re.M)
        known = tomllib.loads(printed())
        for section, settings in tomllib.loads(example).items():
            self.assertTrue(settings)
            self.assertLessEqual(set(settings), set(known[section]))

    def test_scripts_are_whole(self):
        for script, shell in (("build", "bash"), ("chayan.bash", "bash"), ("qrgen.bash", "bash"), ("control/postinst", "sh"), ("control/prerm", "sh"), ("control/postrm", "sh")):
            done = subprocess.run([shell, "-n", os.path.join(FOLDER, script)], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), script)
        for script in ("build", "control/postinst", "control/prerm", "control/postrm"):
            self.assertTrue(os.access(os.path.join(FOLDER, script), os.X_OK), script)

    def test_the_unit_gives_the_program_words_that_it_knows(self):
        unit = read("chayan.service")
        for key, command in (("ExecStart", "serve"), ("ExecReload", "reload")):
            words = re.search(rf"^{key}=(.*)$", unit, re.M)[1].split()
            self.assertEqual(words[:2], ["/usr/bin/chayan", command])
            self.assertLessEqual({word for word in words if word.startswith("--")}, options_of(help_of(PROGRAM, command)))
        for line in ("LimitCORE=0", "NoNewPrivileges=yes", "UMask=0077", "Type=notify"):
            self.assertIn(f"\n{line}\n", unit)
        self.assertNotIn("IPAddressDeny=any", unit)

    def test_the_socket_is_installed_masked_and_purged_with_the_service(self):
        self.assertRegex(read("chayan.socket"), r"(?m)^ListenStream=443$")
        self.assertIn("${here}/chayan.socket", read("CMakeLists.txt"))
        self.assertNotIn("enable chayan.socket", read("control/postinst"))
        for script, words in (("prerm", ("stop",)), ("postrm", ("mask", "purge", "unmask"))):
            for word in words:
                self.assertRegex(read(f"control/{script}"), rf"\b{word} chayan\.socket chayan\.service\b")


if __name__ == "__main__":
    unittest.main()
