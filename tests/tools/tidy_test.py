# SPDX-License-Identifier: Apache-2.0
"""Each rule of tools/tidy: a bad example is found, a good one passes."""

import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPDX = "// SPDX-License-Identifier: Apache-2.0\n"


def load(path):
    sys.dont_write_bytecode = True
    loader = importlib.machinery.SourceFileLoader(os.path.basename(path), path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


tidy = load(os.path.join(ROOT, "tools", "tidy"))
RATCHET = sys.modules["tidy_lengths"].RATCHET


def source(path, *lines):
    """A file that keeps every rule but perhaps the one that `lines` break."""
    opening = SPDX + ("// What it is for.\n#pragma once\n" if path.endswith(".hpp") else "")
    return {path: opening + "\n".join(lines) + "\n"}


class Rule(unittest.TestCase):
    def findings(self, files, ratchet=None):
        with tempfile.TemporaryDirectory() as root:
            if ratchet is not None:
                files = {**files, RATCHET: ratchet}
            for path, content in files.items():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "wb") as file:
                    file.write(content if isinstance(content, bytes) else content.encode())
            return [f"{finding.path}:{finding.line}: {finding.sentence}" for finding in tidy.check(root)[0]]

    def passes(self, files, ratchet=None):
        self.assertEqual(self.findings(files, ratchet), [])

    def finds(self, files, words, line=None, ratchet=None):
        found = self.findings(files, ratchet)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])
        if line:
            self.assertIn(f":{line}: ", found[0])


class Includes(Rule):
    ALLOWED = [("kit/a.cpp", "kit/b.hpp"), ("domain/a.cpp", "kit/b.hpp"), ("storage/a.hpp", "domain/b.hpp"),
               ("storage/sqlite/a.cpp", "storage/b.hpp"), ("storage/sqlite/a.cpp", "storage/sqlite/b.hpp"),
               ("service/a.cpp", "storage/b.hpp"), ("http/a.cpp", "kit/b.hpp"), ("api/a.cpp", "service/b.hpp"),
               ("api/a.cpp", "http/message.hpp"), ("app/a.cpp", "storage/sqlite/b.hpp"), ("app/a.cpp", "http/server.hpp"),
               ("main.cpp", "app/a.hpp")]
    BARRED = [("kit/a.cpp", "domain/b.hpp"), ("domain/a.cpp", "storage/b.hpp"), ("domain/a.cpp", "kit/log.hpp"),
              ("storage/a.hpp", "storage/sqlite/b.hpp"), ("storage/a.hpp", "service/b.hpp"),
              ("storage/sqlite/a.cpp", "service/b.hpp"), ("storage/sqlite/a.cpp", "http/message.hpp"),
              ("service/a.cpp", "storage/sqlite/b.hpp"), ("service/a.cpp", "http/message.hpp"),
              ("service/a.cpp", "api/b.hpp"), ("http/a.cpp", "domain/b.hpp"), ("http/a.cpp", "api/b.hpp"),
              ("api/a.cpp", "storage/b.hpp"), ("api/a.cpp", "http/server.hpp"), ("api/a.cpp", "app/b.hpp"),
              ("main.cpp", "service/a.hpp"), ("kit/a.cpp", "b.hpp")]

    def test_go_down_the_layers(self):
        for path, include in self.ALLOWED:
            with self.subTest(path=path, include=include):
                self.passes(source(f"server/{path}", f'#include "{include}"'))

    def test_never_go_up_or_across(self):
        for path, include in self.BARRED:
            with self.subTest(path=path, include=include):
                self.finds(source(f"server/{path}", f'#include "{include}"'), include)

    def test_domain_is_pure(self):
        for header in ("boost/json.hpp", "sqlite3.h", "openssl/evp.h", "thread", "mutex", "fstream", "ctime", "unistd.h"):
            with self.subTest(header=header):
                self.assertTrue(self.findings(source("server/domain/a.cpp", f"#include <{header}>")))
        self.passes(source("server/domain/a.cpp", "#include <vector>", "#include <unicode/unistr.h>"))

    def test_boost_stays_in_http_and_the_codec(self):
        for path in ("http/server.cpp", "http/tls.cpp", "api/codec.cpp", "api/json_reader.cpp"):
            self.passes(source(f"server/{path}", "#include <boost/json.hpp>"))
        for path in ("http/message.hpp", "http/server.hpp", "api/scans.cpp", "service/writer.cpp", "app/app.cpp"):
            self.finds(source(f"server/{path}", "#include <boost/json.hpp>"), "Boost only")

    def test_sqlite_stays_in_its_folder(self):
        self.passes(source("server/storage/sqlite/a.cpp", "#include <sqlite3.h>"))
        self.finds(source("server/service/a.cpp", "#include <sqlite3.h>"), "SQLite only")


class Coroutines(Rule):
    def test_stay_in_http(self):
        self.finds(source("server/api/a.cpp", "Task f() { co_return; }"), "coroutines stay")

    def hazard(self, *body):
        return source("server/http/server.cpp", "Task f() {", *body, "}")

    def test_await_with_a_named_value(self):
        self.passes(self.hazard("    Options options{1, 2};", "    co_await send(options);",
                                "    if (ready) {", "        auto got = co_await read(a[0], b);", "    }",
                                "    for (int i = 0; i < 3; ++i) {", "        co_await step(i);", "    }"))

    def test_never_build_a_value_by_braces_in_the_same_statement(self):
        for statement in ("co_await send(Options{1, 2});", "auto x = co_await send({.size = 1});",
                          "f(Options{1}, co_await read());", "if (co_await send(Options{1})) {", "co_await send({});"):
            with self.subTest(statement=statement):
                body = ["    " + statement] + (["    }"] if statement.endswith("{") else [])
                self.finds(self.hazard(*body), "brace-built", line=3)

    def test_never_build_a_lambda_in_the_same_statement(self):
        for statement in ("co_await run([x] { return x; });", "co_await run([] (int i) { go(i); });",
                          "run([&]() mutable { go(); }, co_await read());"):
            with self.subTest(statement=statement):
                self.finds(self.hazard("    " + statement), "a lambda")


class Bans(Rule):
    CASES = [("system(x);", "system"), ("std::system(x);", "system"), ("popen(x, y);", "popen"),
             ("execve(a, b, c);", "execve"), ("fork();", "fork"), ("posix_spawn(a, b);", "posix_spawn"),
             ("std::regex r;", "regex"), ("rand();", "rand"), ("std::mt19937 m;", "mt19937"),
             ("std::random_device d;", "random_device"), ("strcpy(a, b);", "strcpy"), ("sprintf(a, b);", "sprintf"),
             ("gets(a);", "gets"), ("std::thread t(f);", "thread"), ("std::jthread t(f);", "thread"),
             ("std::async(f);", "async"), ("sqlite3_exec(a, b);", "sqlite3_exec"), ("std::cout << x;", "only app"),
             ("printf(x);", "printf"), ("auto n = std::chrono::system_clock::now();", "time is an argument"),
             ("auto n = time(nullptr);", "time is an argument")]

    def test_are_found(self):
        for statement, words in self.CASES:
            with self.subTest(statement=statement):
                self.finds(source("server/api/a.cpp", "void f() {", "    " + statement, "}"), words, line=3)

    def test_do_not_see_comments_literals_or_members(self):
        self.passes(source("server/api/a.cpp", "// system(x), std::regex, rand()", 'auto s = "popen(x)";',
                           'auto r = R"(std::cout << rand())";', "void f() { x.system(1); files::system(2); }",
                           "auto n = std::thread::hardware_concurrency();", "int my_rand(int);"))

    def test_app_makes_threads_prints_and_reads_the_clock(self):
        self.passes(source("server/app/app.cpp", "void f() {", "    std::jthread t(g);", '    std::cout << "listening";',
                           "    auto n = std::chrono::system_clock::now();", "    posix_spawn(a, b);", "}"))

    def test_secrets_are_compared_in_constant_time(self):
        for layer in ("service", "api", "http"):
            for statement in ("if (memcmp(a, b, 16) == 0) return;", "return std::memcmp(a, b, n);", "if (strcmp(a, b) == 0) return;"):
                with self.subTest(layer=layer, statement=statement):
                    self.finds(source(f"server/{layer}/a.cpp", "void f() {", "    " + statement, "}"), "CRYPTO_memcmp", line=3)
        self.passes(source("server/service/a.cpp", "void f() { if (CRYPTO_memcmp(a, b, 16) != 0) return; }"))

    def test_sqlite_may_execute_in_its_folder(self):
        self.passes(source("server/storage/sqlite/a.cpp", "void f() { sqlite3_exec(a, b); }"))

    def test_sql_is_made_of_constants(self):
        for statement in ('execute("SELECT id FROM scan WHERE site = " + site);', 'const std::string sql = std::string("DELETE FROM a ") + which;',
                          'sql += table + " WHERE id = ?";', 'return base + "ORDER BY " + column;'):
            with self.subTest(statement=statement):
                self.finds(source("server/storage/sqlite/a.cpp", "void f() {", "    " + statement, "}"), "SQL that is joined", line=3)
        self.passes(source("server/storage/sqlite/a.cpp", 'static const std::string sql = std::string("SELECT ") + columns + " FROM a WHERE id = ?";',
                           'void f() { run("SELECT id FROM a WHERE id = ?", id); }', 'auto text = "the offset of " + name;'))

    def test_tests_may_be_seeded(self):
        self.passes(source("tests/domain/a_test.cpp", "std::mt19937 engine(7);"))

    def test_no_using_namespace_in_a_header(self):
        self.finds(source("server/kit/a.hpp", "using namespace std;"), "using namespace")
        self.passes(source("server/kit/a.cpp", "using namespace std;"))


class Text(Rule):
    def test_the_first_line_is_the_licence(self):
        for path in ("server/kit/a.cpp", "tests/a.py", "schema/a.sql", "tools/a.cmake", "CMakeLists.txt"):
            self.finds({path: "x\n"}, "SPDX")
        self.finds({"tools/a": "#!/bin/sh\necho\n"}, "SPDX")
        self.passes({"tools/a": "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"})

    def test_a_header_opens_with_what_it_is_for(self):
        self.finds({"server/kit/a.hpp": SPDX + "\n#pragma once\n"}, "opens with")

    def test_a_header_has_pragma_once(self):
        self.finds({"server/kit/a.hpp": SPDX + "// For a.\n"}, "#pragma once")

    def test_no_tab_space_or_carriage_return_at_the_end(self):
        self.finds(source("server/kit/a.cpp", "\tint a;"), "a tab")
        self.finds(source("server/kit/a.cpp", "int a; "), "space at the end")
        self.finds({"README.md": "one\r\n"}, "carriage return")
        self.finds({"README.md": "one"}, "no newline")

    def test_nothing_is_left_for_later(self):
        for word in ("TO" + "DO", "FIX" + "ME", "X" * 3):
            self.finds(source("server/kit/a.cpp", f"// {word}: later"), word, line=2)
        self.passes({"tools/a.sh": "# SPDX-License-Identifier: Apache-2.0\nmktemp -d name.XXXXXX\n"})

    def test_no_path_of_a_machine(self):
        for folder in ("home", "Users", "work", "root"):
            self.finds({"README.md": f"see /{folder}/someone/x\n"}, "absolute path")
        self.passes({"README.md": "/api/v1/work /usr/bin/env ~/work/x workplace/home/x\n"})

    def test_a_large_file_is_not_ours(self):
        self.finds({"schema/a.csv": "1\n" * (tidy.FILE_BYTES_MAX // 2 + 1)}, "bytes")

    def test_text_is_utf8(self):
        self.finds({"schema/a.csv": b"\xb6\xa8\xd6\xdd\n"}, "UTF-8")

    def test_generated_folders_are_not_read(self):
        self.passes({"build/release/a.cpp": "\t", "data/chayan.toml": "\t", "tests/__pycache__/a.py": "\t"})


class Names(Rule):
    def test_are_snake_case(self):
        for name in ("siteCode.cpp", "Site.hpp", "site-code.cpp", "SiteTest.py"):
            self.finds(source(f"tests/{name}") if not name.endswith(".py") else
                       {f"tests/{name}": "# SPDX-License-Identifier: Apache-2.0\n"}, "snake_case")
        self.passes({"README.zh-CN.md": "x\n", "schema/sqlite/0001_start.sql": "-- SPDX-License-Identifier: Apache-2.0\n"})

    def test_say_a_purpose(self):
        for name in ("util", "common", "helpers", "manager", "base", "info", "scan_manager", "string_utils", "store_impl"):
            self.finds(source(f"server/kit/{name}.cpp"), "purpose")


class NamedTests(Rule):
    """tests/README.md names a test for each requirement, and the test is there."""

    FILES = {"tests/a_test.py": SPDX.replace("//", "#") + "def test_one(self):\n    pass\n",
             "tests/service/a_test.cpp": SPDX + 'TEST_CASE("it holds, always") {}\n'}

    def listed(self, *lines):
        return {**self.FILES, "tests/README.md": "# Tests\n\n" + "\n".join(lines) + "\n"}

    def test_that_are_there_pass(self):
        self.passes(self.listed("- **S1** One thing.", "  - `tests/a_test.py`: test_one", "- **T2** Another.",
                                "  - `tests/service/a_test.cpp`: it holds, always", "  - not yet: the rest, which is not built.",
                                "- **S3** A third.", "  - not yet: it is not built."))

    def test_that_are_not_there_are_found(self):
        for named in ("`tests/a_test.py`: test_two", "`tests/a_test.py`: test_o", "`tests/service/a_test.cpp`: it holds", "`tests/b_test.py`: test_one"):
            with self.subTest(named):
                self.finds(self.listed("- **S1** One thing.", f"  - {named}"), "has no test named", line=4)

    def test_a_requirement_without_any_is_found(self):
        self.finds(self.listed("- **S1** One thing.", "- **S2** Another.", "  - `tests/a_test.py`: test_one"), "S1: name its test", line=3)
        self.finds(self.listed("- **S1** One thing.", "  - `tests/a_test.py`: test_one", "- **T2** Another."), "T2: name its test", line=5)


class Table(Rule):
    """server/README.md has one row for each requirement; what a row names is there, and what is missing is said."""

    FILES = {**NamedTests.FILES, "tests/browser/a_test.mjs": SPDX + "test('one taps', async () => {});\n"}
    EACH = [f"{letter}{number}" for letter, count in tidy.TABLE_NUMBERS.items() for number in range(1, count + 1)]

    def table(self, **cells):
        rows = [f"| {one} | a thing | {cells.get(one, '`a_test.py`: test_one')} |" for one in self.EACH if cells.get(one) != ""]
        return {**self.FILES, "server/README.md": "# The server\n\n" + "\n".join(rows) + "\n"}

    def test_that_is_whole_passes(self):
        self.passes(self.table(S1="`service/a_test.cpp`: it holds, always<br>`browser/a_test.mjs`: one taps<br>partly: the rest is by hand", T2="not met: it is not built",
                               R3="measured: `tools/bench a`, 3 ms", S4="by hand: with a phone"))
        self.passes({"server/README.md": "# The server\n"})

    def test_names_tests_that_are_there(self):
        for named in ("`a_test.py`: test_two", "`service/a_test.cpp`: it holds", "`browser/a_test.mjs`: two tap", "`b_test.py`: test_one"):
            with self.subTest(named):
                self.finds(self.table(S1=f"`a_test.py`: test_one<br>{named}"), "S1: tests/", line=3)

    def test_says_what_is_missing(self):
        for words in ("somehow", "test_one", "not met:", "`a_test.py`"):
            self.finds(self.table(S1=words), "S1: name a test, or say", line=3)

    def test_has_each_requirement_once(self):
        self.finds(self.table(S70=""), "S70: one row")
        twice = self.table()
        twice["server/README.md"] += "| T3 | again | `a_test.py`: test_one |\n"
        self.finds(twice, "T3: one row")
        unknown = self.table()
        unknown["server/README.md"] += "| S71 | more | `a_test.py`: test_one |\n"
        self.finds(unknown, "S71: one row")


class Lengths(Rule):
    def statements(self, count):
        return ["int a;"] * count

    def function(self, lines):
        return source("server/kit/a.cpp", "void long_one() {", *["    go();"] * (lines - 2), "}")

    def test_of_files(self):
        self.passes(source("server/kit/a.cpp", *self.statements(499)))
        self.finds(source("server/kit/a.cpp", *self.statements(500)), "501 lines, at most 500")
        self.passes(source("server/kit/a.hpp", *self.statements(247)))
        self.finds(source("server/kit/a.hpp", *self.statements(248)), "251 lines, at most 250")
        self.finds(source("tests/kit/a_test.cpp", *self.statements(800)), "801 lines, at most 800")

    def test_of_functions(self):
        self.passes(self.function(70))
        self.finds(self.function(71), "long_one has 71 lines, at most 70", line=2)

    def test_of_functions_behind_initialisers_and_in_classes(self):
        body = ["    go();"] * 70 + ["}"]
        self.finds(source("server/kit/a.cpp", "namespace n {", "A::A(int x) : a_{x}, b_{{1, 2}} {", *body, "}"), "A has 72")
        self.finds(source("server/kit/a.cpp", "class A {", "    std::vector<int> f(B b = {}) const {", *body, "};"), "f has 72")
        self.finds(source("server/kit/a.cpp", "template <class T>", "T largest(T a) {", *body), "largest has 73")

    def test_a_table_is_no_function(self):
        self.passes(source("server/kit/a.cpp", "const Row rows[] = {", *['    {"a", f(1)},'] * 100, "};"))

    def test_of_python_functions(self):
        text = "# SPDX-License-Identifier: Apache-2.0\ndef long_one():\n" + "    go()\n" * 70
        self.finds({"tests/a_test.py": text}, "long_one has 71 lines")

    def test_of_own_includes(self):
        lines = [f'#include "kit/a{number}.hpp"' for number in range(16)]
        self.passes(source("server/api/a.cpp", *lines[:15]))
        self.finds(source("server/api/a.cpp", *lines), "includes 16 headers")
        self.passes(source("server/app/app.cpp", *lines))

    def test_of_what_a_header_offers(self):
        def offering(count):
            return source("server/kit/a.hpp", "namespace n {", "class A {", "public:", "    explicit A(int x);", "    ~A();",
                          "    A& operator=(const A&) = delete;", *[f"    int f{i}(int x) const;" for i in range(count)],
                          "private:", "    int hidden();", "    int also_hidden();", "};", "}")
        self.passes(offering(12))
        self.finds(offering(13), "A offers 13 functions")

    def test_rows_of_a_table_are_one_idea(self):
        self.passes(source("server/api/a.hpp", *[f"void show_{i}(Parts& parts, Call& call);" for i in range(30)]))
        self.finds(source("server/api/a.hpp", *[f"void show_{i}(Row{i} row);" for i in range(30)]), "offers 30 functions")


class Ratchet(Rule):
    FILE = "server/kit/a.cpp"

    def long_file(self, lines):
        return source(self.FILE, *["int a;"] * (lines - 1))

    def test_what_was_listed_may_stay(self):
        self.passes(self.long_file(520), f"{self.FILE} lines - 520\n")

    def test_may_not_grow(self):
        self.finds(self.long_file(521), "may only shrink", ratchet=f"{self.FILE} lines - 520\n")

    def test_what_has_shrunk_is_recorded(self):
        for lines in (510, 400):
            self.finds(self.long_file(lines), "has shrunk below 520", ratchet=f"{self.FILE} lines - 520\n")

    def test_recording_lowers_and_drops_but_never_adds(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "tools"))
            with open(os.path.join(root, RATCHET), "w", encoding="utf-8") as file:
                file.write("a.cpp lines - 600\nb.cpp lines - 600\nc.cpp lines - 510\n")
            tidy.write_ratchet(root, {("a.cpp", "lines", "-"): (550, 1, 500), ("c.cpp", "lines", "-"): (700, 1, 500),
                                      ("new.cpp", "lines", "-"): (900, 1, 500)})
            self.assertEqual(tidy.read_ratchet(root), {("a.cpp", "lines", "-"): 550, ("c.cpp", "lines", "-"): 510})


class Program(unittest.TestCase):
    def run_on(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, content in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(content)
            return subprocess.run([sys.executable, os.path.join(ROOT, "tools", "tidy"), "--root", root],
                                  capture_output=True, text=True, encoding="utf-8")

    def test_prints_nothing_and_ends_with_0_when_clean(self):
        done = self.run_on(source("server/kit/a.cpp", "int a;"))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_prints_file_line_and_sentence_and_ends_with_1(self):
        done = self.run_on(source("server/kit/a.cpp", "int a = rand();"))
        self.assertEqual((done.returncode, done.stdout),
                         (1, "server/kit/a.cpp:2: rand: randomness comes from RAND_bytes\n"))


if __name__ == "__main__":
    unittest.main()
