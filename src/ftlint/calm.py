"""Calm: numpy without the threads that it would start for linear algebra.

OpenBLAS starts one for each core as numpy is imported, and they spin for some 25 ms of CPU time.
No rule of ours multiplies matrices that are worth one. Only the command line is calmed, with its
workers, and never a program that uses ftlint as a library.
"""

from __future__ import annotations

import os

THREADS = "OPENBLAS_NUM_THREADS"
"""What OpenBLAS reads when it is loaded."""
_ONE = "01"
"""One thread, written as nobody else does."""


def calm() -> None:
    """Let numpy be imported with one thread, unless the environment says how many."""
    os.environ.setdefault(THREADS, _ONE)


def rouse() -> None:
    """Let libraries start threads as always: other people's code may want them."""
    if os.environ.get(THREADS) == _ONE:
        del os.environ[THREADS]
