"""Calm: numpy, imported without the threads that it starts for linear algebra.

OpenBLAS starts one for each core as numpy is imported, and they spin for some 25 ms of CPU time.
No rule of ours multiplies matrices that are worth one. Only processes of ours are calmed: the
command line's and its workers', never a program that uses ftlint as a library.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

THREADS = "OPENBLAS_NUM_THREADS"
"""What OpenBLAS reads when it is loaded; torch and SciPy have libraries of their own."""


class _Loader(SourceFileLoader):
    """Loads numpy with one thread, and leaves the environment as it was."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the code of the module."""
        os.environ[THREADS] = "1"
        try:
            super().exec_module(module)
        finally:
            del os.environ[THREADS]


class _Finder:
    """Finds numpy, once."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how numpy is loaded; None for all else, which others find."""
        if name != "numpy":
            return None
        rouse()
        spec = PathFinder.find_spec(name)
        if spec and type(spec.loader) is SourceFileLoader and THREADS not in os.environ:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


_finder = _Finder()


def calm() -> None:
    """Let numpy be imported with one thread, unless it is there or the environment says more."""
    if "numpy" not in sys.modules and _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)


def rouse() -> None:
    """Let numpy be imported as always: other people's code may want its threads."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
