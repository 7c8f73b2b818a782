"""Precision and recall of the rules of FT8 on labelled sentences, and what they say of real chats.

The labels are those of presidio-research, whose values are made up by a program (Faker): every
second sentence, beginning with the second, for the others were seen while the rules were written.
Found is a span that meets a labelled one of its kind; false is one that meets none.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from ftlint.configuration.catalogue import builtin
from ftlint.engine import Plan, run
from ftlint.privacy.look import sightings
from ftlint.source import Dataset, Source

LABELS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "national-id",
}


@dataclass
class Score:
    """How often each kind was labelled, found and said in vain."""

    labelled: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)


def held_out(shared: Path) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """Yield text, and kind and place of each label, of the sentences that are judged."""
    path = shared / "data" / "truth" / "pii_presidio" / "generated_large.jsonl"
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        if number % 2:
            record = json.loads(line)
            spans = [(each["type"], each["start"], each["end"]) for each in record["spans"]]
            yield record["text"], [(LABELS[k], a, b) for k, a, b in spans if k in LABELS]


def score(shared: Path) -> Score:
    """Return what was found of the labelled values."""
    total = Score()
    for text, labels in held_out(shared):
        seen = [(each.kind, each.start, each.end) for each in sightings(text)]
        for label in labels:
            total.labelled[label[0]] += 1
            total.found[label[0]] += any(_meet(label, each) for each in seen)
        for each in seen:
            total.false[each[0]] += not any(_meet(label, each) for label in labels)
    return total


def _meet(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def said(paths: list[Path]) -> tuple[int, Counter[str]]:
    """Return the number of examples, and how often each rule speaks."""
    rules = tuple(rule for rule in builtin() if rule.code.startswith("FT8"))
    report = run(Plan(rules, cap=0), Dataset(tuple(Source(str(path)) for path in paths)))
    return report.total_examples, Counter(report.counts)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    shared = parser.parse_args().shared
    found = score(shared)
    print("| kind | labelled | found | false |\n|---|---|---|---|")
    for kind in LABELS.values():
        print(f"| {kind} | {found.labelled[kind]} | {found.found[kind]} | {found.false[kind]} |")
    examples, counts = said(sorted((shared / "data" / "chat").glob("*.jsonl")))
    print(f"\nFindings in {examples:,} examples of chats: {dict(sorted(counts.items()))}")


if __name__ == "__main__":
    main()
