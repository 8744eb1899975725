# SPDX-License-Identifier: Apache-2.0
"""The lengths that tools/tidy judges, and the ratchet: what was over a line when the rule came may shrink but not grow.

Pure but for read_ratchet and write_ratchet. `code` is a C++ text with comments and literals blanked.
"""

import ast
import os
import re
from collections import namedtuple

Finding = namedtuple("Finding", "path line sentence")

RATCHET = "tools/tidy.ratchet"
LINES_MAX = {"source": 500, "header": 250, "test": 800}
FUNCTION_LINES_MAX = 70
PUBLIC_FUNCTIONS_MAX = 12
OWN_INCLUDES_MAX = 15


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def is_cpp(path):
    return path.endswith((".cpp", ".hpp"))


def functions(code):
    """(name, first line, lines) of each function body at namespace or class level, found by its braces."""
    head_start, position, scopes = 0, 0, []
    marks = re.compile(r"[{};]|\b(?:public|private|protected)\s*:(?!:)|^[ \t]*#(?:[^\n\\]|\\.)*(?:\\\n[^\n]*)*", re.M)
    while True:
        mark = marks.search(code, position)
        if not mark:
            return
        position = mark.end()
        if mark.group() != "{":
            if mark.group() == "}" and scopes:
                scopes.pop()
            if code.count("(", head_start, mark.start()) == code.count(")", head_start, mark.start()):
                head_start = position
            continue
        head = code[head_start:mark.start()]
        kind = kind_of_block(head)
        if kind == "scope":
            scopes.append(kind)
            head_start = position
            continue
        end = closing(code, mark.start())
        if kind == "function":
            first = head_start + len(head) - len(head.lstrip())
            yield name_of(head), line_of(code, first), line_of(code, end) - line_of(code, first) + 1
            head_start = end + 1
        position = end + 1   # a function is done; an initialiser belongs to the head that goes on


def kind_of_block(head):
    """scope (namespace, class), function, or initialiser."""
    words = re.sub(r"\[\[.*?\]\]", " ", head).strip()
    words = re.sub(r"^(?:template\s*<[^;{}]*?>\s*)+(?=class|struct|union)", "", words)
    if re.match(r"(?:inline\s+)?namespace\b|(?:class|struct|union)\b(?!.*\)\s*$)|enum\b|extern\s*$", words):
        return "scope"
    if head.count("(") != head.count(")") or "(" not in head:
        return "initialiser"
    if re.search(r"\)\s*(?:noexcept(?:\([^)]*\))?\s*)?:(?!:)", head) and re.search(r"[\w>]\s*$", head):
        return "initialiser"   # one of a constructor's members
    if re.search(r"=\s*$|\breturn\s*$", head):
        return "initialiser"
    return "function"


def closing(code, opening):
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return len(code) - 1


def name_of(head):
    match = re.search(r"(~?\w+|operator\s*[^\s\w(]+)\s*\(", head)
    return re.sub(r"\s", "", match.group(1)) if match else "?"


def public_functions(code):
    """{class, or "" for the free ones: how many functions} that a header offers; roughly."""
    code = re.sub(r"^[ \t]*#[^\n]*", "", code, flags=re.M)
    marks = re.compile(r"[{};]|\b(public|private|protected)\s*:(?!:)")
    offered, scopes, position, head_start = {}, [("", True)], 0, 0
    for mark in iter(lambda: marks.search(code, position), None):
        position = mark.end()
        head = code[head_start:mark.start()]
        if mark.group() == "{":
            kind = kind_of_block(head)
            if kind == "scope" and not re.search(r"\benum\b", head):
                named = re.search(r"\b(?:class|struct|union)\s+(?:alignas\([^)]*\)\s*)?(\w+)", head)
                scopes.append((named.group(1), scopes[-1][1] and named.group()[0] != "c") if named else scopes[-1])
                head_start = position
                continue
            position = closing(code, mark.start()) + 1
            if kind != "function":
                continue
        elif mark.group() == "}":
            scopes[1:] = scopes[1:-1]
        elif mark.group(1):
            scopes[-1] = (scopes[-1][0], mark.group(1) == "public")
        if scopes[-1][1] and mark.group() in ";{" and is_offered(head):
            offered.setdefault(scopes[-1][0], {})[name_of(head)] = re.sub(r"\w+\s*\(", "(", " ".join(head.split()), count=1)
        head_start = position
    return {scope: len(by_name) if scope else count_free(list(by_name.values())) for scope, by_name in offered.items()}


def count_free(signatures):
    """Eight and more free functions with the very same signature are the rows of a table: one idea."""
    rows = {signature for signature in signatures if signatures.count(signature) >= 8}
    return len(rows) + sum(signature not in rows for signature in signatures)


def is_offered(head):
    words = head.strip()
    if "(" not in words or re.match(r"(?:using|typedef|friend|static_assert|extern|explicit|#)", words):
        return False
    if re.search(r"=\s*(?:default|delete)\s*$|operator\b|~", words) or "=" in words.split("(")[0]:
        return False
    return re.match(r"[\w:<>,&*\s\[\]]+[\s&*>]\w+\s*\(", words) is not None   # a type, then a name: no constructor


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def measures(path, text, code):
    """(kind, name, line, value, max) of everything in a file that has a length."""
    kind = "test" if path.startswith("tests/") else "header" if path.endswith(".hpp") else "source"
    if is_cpp(path) or path.endswith((".py", ".js", ".mjs")) or text.startswith("#!"):
        yield "lines", "-", 1, text.count("\n"), LINES_MAX[kind]
    if is_cpp(path):
        for name, line, length in functions(code):
            yield "function", name, line, length, FUNCTION_LINES_MAX
        own = len(re.findall(r'^[ \t]*#[ \t]*include[ \t]*"', text, re.M))
        if not path.startswith(("server/app/", "tests/")):
            yield "includes", "-", 1, own, OWN_INCLUDES_MAX
    if path.startswith("server/") and path.endswith(".hpp"):
        limit = 20 if path.startswith("server/storage/") else PUBLIC_FUNCTIONS_MAX   # ports, and what implements them
        for name, offered in public_functions(code).items():
            yield "public_functions", name or "-", 1, offered, limit
    if path.endswith(".py") or re.match(r"#!.*python", text):
        for name, line, length in python_functions(text):
            yield "function", name, line, length, FUNCTION_LINES_MAX


SENTENCES = {
    "lines": "{value} lines, at most {limit}: split it along what it knows",
    "function": "{name} has {value} lines, at most {limit}",
    "includes": "includes {value} headers of ours, at most {limit}",
    "public_functions": "{name} offers {value} functions, at most {limit}: two ideas in one header?",
}


def judge(over, listed):
    """`over`: {key: (value, line, limit)}; a key of the ratchet may shrink but not grow."""
    for key, (value, line, limit) in sorted(over.items()):
        path, kind, name = key
        sentence = SENTENCES[kind].format(name=name, value=value, limit=limit)
        if key not in listed:
            yield Finding(path, line, sentence)
        elif value > listed[key]:
            yield Finding(path, line, f"{sentence} (it was {listed[key]} in {RATCHET}, and may only shrink)")
    for key in sorted(listed):
        now = over.get(key, (0,))[0]
        if now < listed[key]:
            yield Finding(RATCHET, 1, f"{' '.join(key)} has shrunk below {listed[key]}: record it by tools/tidy --ratchet")


def read_ratchet(root):
    listed = {}
    try:
        with open(os.path.join(root, RATCHET), encoding="utf-8") as file:
            for line in file:
                if line.strip() and not line.startswith("#"):
                    path, kind, name, value = line.split()
                    listed[path, kind, name] = int(value)
    except FileNotFoundError:
        pass
    return listed


def write_ratchet(root, over):
    """The first time lists all that is over the line; later only lowers or drops what is listed."""
    path = os.path.join(root, RATCHET)
    listed = read_ratchet(root) if os.path.exists(path) else {key: value for key, (value, _, _) in over.items()}
    kept = {key: min(value, over[key][0]) for key, value in listed.items() if key in over}
    with open(path, "w", encoding="utf-8") as file:
        file.write("# What was over a line of tools/tidy when the rule arrived: file, measure, name, value. It may shrink, not grow.\n")
        for key, value in sorted(kept.items()):
            file.write(f"{' '.join(key)} {value}\n")
