"""Measures benchmark-contamination: what is found, what is missed, false alarms, and speed.

`python benchmarks/contamination.py [SHARED]`; prints tables, exits with 1 when GSM8K's split
does not show exactly the three questions that are known to be shared.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ftlint.analyses.contamination import Contamination
from ftlint.contamination.benchmark import SHIPPED, matches, shipped
from ftlint.contamination.testset import lettered
from ftlint.example import Batch, Lines
from ftlint.features.turns import TURNS
from ftlint.proof import prove

DATA = Path(__file__).parent / "../../shared/data"
KNOWN = {"581", "602", "632"}
MADE_OF_TESTS = {"zeroeval_gsm", "mxeval_code"}
Shingles = set[tuple[str, ...]]


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=DATA)
    parser.add_argument("--speed", type=Path, help="also time a JSONL file")
    options = parser.parse_args()
    shared = gsm8k(options.data)
    print(f"GSM8K training questions: test items {sorted(shared)} share 13 words with them")
    sets(options.data)
    formats(options.data)
    rephrased(options.data)
    if options.speed:
        speed(options.speed)
    return int(shared != KNOWN)


def found(texts: Sequence[str], benchmark: str) -> list[set[str]]:
    """Return the items of `benchmark` that each text has an n-gram of."""
    index = shipped()
    items = ([index.item(match.item) for match in matches(text, index)] for text in texts)
    return [{item.name for item in those if item.benchmark == benchmark} for those in items]


def gsm8k(data: Path) -> set[str]:
    """Return the test questions that share an n-gram with a training question."""
    train = list(records(data / "truth/benchmarks/gsm8k_train.jsonl.gz"))
    return set().union(*found([record["question"] for record in train], "gsm8k"))


def sets(data: Path) -> None:
    """Print the examples that are flagged in each set of chats."""
    print("\n| set | examples | flagged | items |\n|---|---|---|---|")
    rest = clean = 0
    for path in sorted((data / "chat").glob("*.jsonl")):
        raws = path.read_bytes().splitlines()
        hits = Contamination(SHIPPED).summarize(Batch(Lines(0, 0, raws))).found
        items = {overlap.item for each in hits for overlap in each.overlaps}
        flagged = len({each.where.ordinal for each in hits})
        if flagged:
            print(f"| {path.stem} | {len(raws)} | {flagged} | {len(items)} |")
        if path.stem not in MADE_OF_TESTS:
            rest, clean = rest + len(raws), clean + flagged
    print(f"\nnot made of tests: {clean} of {rest} examples flagged")


def formats(data: Path) -> None:
    """Print the share of MMLU's items that is found when prompts write them in other ways."""
    rows = list(records(data / "truth/benchmarks/mmlu_test.jsonl.gz"))
    forms: dict[str, Callable[[str, list[str]], str]] = {
        "question and lettered choices": lettered,
        "(A) … (B) …, after an instruction": lambda q, c: (
            "Choose one.\n\n"
            + "\n".join(
                [q, *[f"({letter}) {each}" for letter, each in zip("ABCD", c, strict=True)]]
            )
        ),
        "1. … 2. …": lambda q, c: "\n".join([q, *[f"{i}. {each}" for i, each in enumerate(c, 1)]]),
        "question alone": lambda q, c: q,
        "question in lower case, without signs": lambda q, c: re.sub(r"[^\w\s]+", " ", q.lower()),
    }
    names = [f"{row['subject']}/{row['i']}" for row in rows]
    print("\n| MMLU written as | items found |\n|---|---|")
    for form, write in forms.items():
        texts = [write(row["row"][0], row["row"][1:5]) for row in rows]
        hits = found(texts, "mmlu")
        right = sum(name in those for name, those in zip(names, hits, strict=True))
        print(f"| {form} | {right / len(rows):.1%} |")


def rephrased(data: Path) -> None:
    """Print what is found of HumanEval as rewritten by a model, also by shorter n-grams."""
    folder = data / "truth/contamination_humaneval/rephrase"
    humaneval = [r["prompt"] for r in records(data / "truth/benchmarks/humaneval.jsonl")]
    code = [chat(r) for r in records(data / "chat/mxeval_code.jsonl")]
    code = [text for text, hit in zip(code, found(code, "humaneval"), strict=True) if not hit]
    rewritten = {
        name: [r["text"] for r in records(folder / f"humaneval_{name}.jsonl")]
        for name in ("python", "js")
    }
    shingled = [shingles(text) for text in humaneval]
    print("\n| HumanEval | examples | 13-grams | 20 % of an item's 3-grams |\n|---|---|---|---|")
    for name, texts in {**rewritten, "other code (mxeval)": code, "itself": humaneval}.items():
        exact = sum(map(bool, found(texts, "humaneval"))) / len(texts)
        close = sum(contained(text, shingled) >= 0.2 for text in texts) / len(texts)
        print(f"| {name} | {len(texts)} | {exact:.1%} | {close:.1%} |")


def shingles(text: str, n: int = 3) -> Shingles:
    """Return the runs of `n` words, made without ftlint."""
    words = re.findall(r"[^\W_]+", text.lower())
    return {tuple(words[at : at + n]) for at in range(len(words) - n + 1)}


def contained(text: str, items: Sequence[Shingles]) -> float:
    """Return the largest share of an item's shingles that `text` has."""
    those = shingles(text)
    return max(len(those & item) / max(len(item), 1) for item in items)


def speed(path: Path) -> None:
    """Print CPU nanoseconds a byte of the file, beyond decoding."""
    raws = path.read_bytes().splitlines()
    analysis, spent, hits = Contamination(SHIPPED), 0.0, 0
    analysis.benchmarks()
    for first in range(0, len(raws), 1024):
        batch = Batch(Lines(0, first, raws[first : first + 1024], odd_space=False))
        batch.plain = [None] * len(batch)
        prove(batch)
        batch.column(TURNS)
        begin = time.process_time()
        hits += len(analysis.summarize(batch).found)
        spent += time.process_time() - begin
        batch.close()
    size = sum(map(len, raws)) + len(raws)
    print(f"\n{path.name}: {spent / size * 1e9:.1f} ns/B, {hits} of {len(raws)} examples flagged")


def chat(record: dict[str, Any]) -> str:
    """Return the texts of the messages of a record."""
    return "\n".join(m["content"] for m in record["messages"] if isinstance(m["content"], str))


def records(path: Path) -> Iterator[Any]:
    """Yield the records of a file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    sys.exit(main())
