"""numpy starts no threads in the processes of the command line, and those of others keep theirs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

COUNTED = """
import os
from ftlint.calm import calm, rouse
{}
import numpy
print(len(os.listdir("/proc/self/task")), os.environ.get("OPENBLAS_NUM_THREADS"))
"""


def threads(steps: str, **environment: str) -> list[str]:
    """The threads of a process after `steps` and the import of numpy, and what it was told."""
    kept = {name: value for name, value in os.environ.items() if "NUM_THREADS" not in name}
    command = [sys.executable, "-c", COUNTED.format(steps)]
    done = subprocess.run(command, env=kept | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="threads are counted in /proc")
def test_numpy_is_imported_without_threads() -> None:
    [usual, _] = threads("")
    if usual == "1":
        pytest.skip("this numpy starts no threads here")
    assert threads("calm()")[0] == "1"
    assert threads("calm(); calm()")[0] == "1"
    assert threads("calm(); rouse()") == [usual, "None"]
    assert threads("calm()", OPENBLAS_NUM_THREADS="2") == ["2", "2"]
    assert threads("calm(); rouse()", OPENBLAS_NUM_THREADS="1") == ["1", "1"]
