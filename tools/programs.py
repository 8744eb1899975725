# SPDX-License-Identifier: Apache-2.0
"""The programs of this tree that tools/load and tools/bench run: built when needed, or found where somebody built them."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def programs_of(names, built=None):
    """Paths by name. They are built first, unless `built` is the folder they lie in. RuntimeError with a sentence when that fails."""
    folder = os.path.abspath(built) if built else _build(names)
    paths = {name: os.path.join(folder, name) for name in names}
    missing = [path for path in paths.values() if not os.access(path, os.X_OK)]
    if missing:
        raise RuntimeError(f"not built: {' '.join(missing)}")
    return paths


def _build(names):
    # A tree that nobody configured yet lacks the tests' packages, perhaps.
    fresh = [] if os.path.exists(os.path.join(ROOT, "build", "release", "CMakeCache.txt")) else ["-DCHAYAN_TESTS=OFF"]
    for step in (["cmake", "--preset", "release", *fresh], ["cmake", "--build", "--preset", "release", "-j", "2", "--target", *names]):
        done = subprocess.run(step, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(step)} failed:\n{done.stdout[-4000:]}")
    return os.path.join(ROOT, "build", "release")
