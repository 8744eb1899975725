# SPDX-License-Identifier: Apache-2.0
"""A program of tools/bench that measures one round for each line of its input, and prints what it found as a JSON object a line."""

import json
import os
import statistics
import subprocess


class Rounds:
    """One such program, running; a context. `figures` is what it has printed so far."""

    def __init__(self, program, words, log, last):
        """`last`: the "what" of a round's last line; `log`: a path for what it says on stderr."""
        self.figures = []
        self._last = last
        self._name = os.path.basename(program)
        self._errors = open(log, "w+", encoding="utf-8")
        self._process = subprocess.Popen([program, *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.communicate()   # the end of its input ends it
        self._errors.close()

    def read_until(self, what):
        found = None
        while found is None or found["what"] != what:
            found = self._read()
            self.figures.append(found)

    def _read(self):
        text = self._process.stdout.readline()
        if not text:
            self._errors.seek(0)
            raise RuntimeError(f"{self._name} ended: {self._errors.read()[-400:].strip()}")
        return json.loads(text)

    def round(self):
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.read_until(self._last)

    def ask(self, text):
        """What it prints for one line of its input; not kept."""
        self._process.stdin.write(text + "\n")
        self._process.stdin.flush()
        return self._read()

    def all_of(self, **wanted):
        """The figures with these values, in order."""
        return [one for one in self.figures if all(one.get(name) == value for name, value in wanted.items())]


def ratio(ours, theirs):
    """The median of each round's own; None when the reference was too short to be measured in every one."""
    ratios = [a / b for a, b in zip(ours, theirs) if b > 0]
    return statistics.median(ratios) if ratios else None
