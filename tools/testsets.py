"""Writes the index of public test sets that comes with ftlint, from their published files.

python tools/testsets.py FOLDER, with gsm8k_test.jsonl (question), humaneval.jsonl (task_id,
prompt) and mmlu_test.jsonl.gz (subject, row: question, four choices, letter). The same files
give the same bytes. `--check` compares instead of writing and exits with 1 on a difference.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from ftlint.contamination.benchmark import Benchmark, build
from ftlint.contamination.ngram import N, words
from ftlint.contamination.testset import lettered

OUTPUT = Path(__file__).parents[1] / "rules" / "benchmarks" / "index.bin"
STRIDES = {"mmlu": 4}
"""Every fourth n-gram of MMLU, of which there are 800 000; runs of 16 words are found."""
ORIGINS = {
    "gsm8k": "github.com/openai/grade-school-math @3101c7d507, test (MIT)",
    "humaneval": "github.com/openai/human-eval (MIT)",
    "mmlu": "MMLU test, as in github.com/facebookresearch/ResponsibleNLP (MIT)",
    "example": "ftlint itself: two questions for trying it out (MIT)",
}
EXAMPLE = (
    "A lighthouse keeper paints 14 steps each morning and 9 more each evening. If the tower has "
    "207 steps, on which day does she paint the last one?",
    "Which of these tides is the highest of the month?",
)
"""Made for the documentation, so that it need not quote the questions of others."""


def main() -> int:
    """Write or compare the index; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    data = index_of(options.folder)
    if options.check:
        return int(OUTPUT.read_bytes() != data)
    OUTPUT.write_bytes(data)
    print(f"{OUTPUT}: {len(data):,} bytes")
    return 0


def index_of(folder: Path) -> bytes:
    """Return the bytes of the index."""
    gsm8k = _records(folder / "gsm8k_test.jsonl")
    humaneval = _records(folder / "humaneval.jsonl")
    mmlu = _records(folder / "mmlu_test.jsonl.gz")
    subjects = Counter(record["subject"] for record in mmlu)
    groups = {
        "gsm8k": (("", len(gsm8k)),),
        "humaneval": (("HumanEval/", len(humaneval)),),
        "mmlu": tuple((f"{subject}/", count) for subject, count in subjects.items()),
        "example": (("", len(EXAMPLE)),),
    }
    texts = [
        *[[record["question"]] for record in gsm8k],
        *[[record["prompt"]] for record in humaneval],
        *[_asked(record["row"]) for record in mmlu],
        *[[text] for text in EXAMPLE],
    ]
    benchmarks = [Benchmark(name, ORIGINS[name], which) for name, which in groups.items()]
    index = build(benchmarks, texts, STRIDES)
    print(f"{len(index):,} n-grams of {len(texts):,} items", file=sys.stderr)
    return index.dump()


def _asked(row: list[str]) -> list[str]:
    """Return the question with its choices, and a short one alone: as a whole it is known."""
    whole = lettered(row[0], row[1:5])
    return [whole, row[0]] if len(words(row[0])) < N else [whole]


def _records(path: Path) -> list[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


if __name__ == "__main__":
    sys.exit(main())
