"""Measures the refusal recogniser against annotated answers: precision, recall and numbers.

The cues were written with three of four rows of the set in view; every fourth row (counted from
0: rows 3, 7, ...) was held out, and is what counts.
Refusals are answers with the final label 2_full_refusal or 3_partial_refusal; what is said
without partial refusals leaves those rows out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftlint.features.refusal import refuses

DATA = Path(__file__).parent / "../../shared/data/truth/xstest_refusals/mistral.jsonl"
COMPLIED, PARTIAL = "1_full_compliance", "3_partial_refusal"
ENOUGH = 0.9


@dataclass(frozen=True)
class Score:
    """How often the recogniser and the annotators agree."""

    examples: int
    refusals: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """Return the share of what was found that is a refusal."""
        return self.true / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Return the share of refusals that were found."""
        return self.true / self.refusals if self.refusals else 1.0


def rows(path: Path = DATA) -> list[dict[str, Any]]:
    """Return the annotated answers in the order of the file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def score(answers: Sequence[dict[str, Any]]) -> Score:
    """Return how the recogniser does on rows with `completion` and `label`."""
    said = [refuses(row["completion"]) for row in answers]
    are = [row["label"] != COMPLIED for row in answers]
    both = sum(a and b for a, b in zip(said, are, strict=True))
    return Score(len(answers), sum(are), sum(said), both)


def main() -> int:
    """Print the table; returns 1 if a held-out figure is below 0.9."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", default=DATA)
    every = rows(parser.parse_args().file)
    print("| rows | examples | refusals | precision | recall |")
    print("|---|---|---|---|---|")
    worst = 1.0
    seen = [row for number, row in enumerate(every) if number % 4 != 3]
    for part, some in (("developed on", seen), ("held out", every[3::4])):
        whole = [row for row in some if row["label"] != PARTIAL]
        for name, these in ((part, some), (f"{part}, without partial refusals", whole)):
            result = score(these)
            print(f"| {name} | {result.examples} | {result.refusals} ", end="")
            print(f"| {result.precision:.3f} | {result.recall:.3f} |")
            if part == "held out":
                worst = min(worst, result.precision, result.recall)
    return int(worst < ENOUGH)


if __name__ == "__main__":
    sys.exit(main())
