"""Feeds bytes to the whole lint, guided by coverage, until something crashes.

    pip install atheris
    python benchmarks/fuzz.py -max_total_time=60 [libFuzzer's options] [CORPUS]

Begins with the cases of all rules, and keeps in `benchmarks/.cache/fuzz` what it learns. A crash is
any exception, any rule that raised, a report that is not JSON, and a saved report that is shown
otherwise than the run itself; libFuzzer keeps its input in `crash-*` in the working folder.
`campaign.py` goes through every command instead, without coverage and far faster.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

# Not imported by name: it exists for some platforms only, and without types.
atheris = import_module("atheris")

with atheris.instrument_imports(include=["ftlint"]):
    import orjson

    from ftlint.configuration.catalogue import builtin
    from ftlint.engine import Plan, run
    from ftlint.error import SourceError
    from ftlint.reporters import REPORTERS, Options, load
    from ftlint.source import Dataset, Source
    from ftlint.storage.saved import parse
    from ftlint.testing import content

FOLDER = Path(__file__).resolve().parent / ".cache" / "fuzz"
LARGEST = 4096
"""Bytes of a case that is worth changing byte by byte."""
SHARD = 300
"""Bytes in a shard: small, so that lines are cut and summaries merged."""
SUFFIXES = ("", "", "", "", "", "", ".gz", ".zst")
"""Mostly plain files: few changed bytes survive a checksum."""


def main() -> None:
    """Fuzz; libFuzzer ends the process."""
    target = Target(FOLDER)
    atheris.Setup([*sys.argv, str(seeds(FOLDER / "corpus"))], target)
    atheris.Fuzz()


def seeds(folder: Path) -> Path:
    """Write the cases of all rules, each as plain input, and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for rule in builtin():
        for number, case in enumerate((*rule.good, *rule.bad)):
            data = b"\0" + content(case)
            if len(data) < LARGEST:
                (folder / f"{rule.name}-{number}").write_bytes(data)
    return folder


class Target:
    """Lints one input: its first byte chooses the plan, the rest is the file."""

    def __init__(self, folder: Path) -> None:
        """Keep where the file is to stand."""
        self.folder = folder
        self.rules = tuple(builtin())

    def __call__(self, data: bytes) -> None:
        """Lint `data`; raises whatever is wrong with ftlint."""
        choice = data[0] if data else 0
        path = self.folder / f"train.jsonl{SUFFIXES[choice % 8]}"
        path.write_bytes(data[1:])
        plan = Plan(self.rules, proof_from=0 if choice & 8 else 1 << 60)
        try:
            report = run(plan, Dataset((Source(str(path)),), SHARD if choice & 16 else 8 << 20))
        except SourceError:
            if path.suffix == ".jsonl":
                raise
            return
        assert not report.crashed, report.crashed
        options = Options(statistics=bool(choice & 32))
        shown = {name: "".join(load(name)(report, options)) for name in REPORTERS}
        orjson.loads(shown["json"])
        again = parse(shown["json"].encode(), report.rules)
        for name, text in shown.items():
            assert "".join(load(name)(again, options)) == text, name


if __name__ == "__main__":
    main()
