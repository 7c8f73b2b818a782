"""Precision and recall of the rules that have labels, as one Markdown table.

Each row names a labelled set, the rules, and what counts as right. Labels were made by others,
or follow from how the set was made (`cut`: answers that end at a random token).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

Labelled = tuple[dict[str, Any], bool]
"""A record, and whether the rules are to speak on it."""

SHORTEST = 120
"""Characters of an answer that is cut."""


@dataclass(frozen=True, slots=True)
class Task:
    """One row: a set with labels, and the rules that are to find what is labelled."""

    name: str
    rules: tuple[str, ...]
    label: str
    load: Callable[[Path], Iterable[Labelled]]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one task."""

    right: int
    wrong: int
    missed: int
    examples: int

    @property
    def precision(self) -> float:
        """Return the share of what was found that is labelled."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """Return the share of what is labelled that was found."""
        return self.right / max(self.right + self.missed, 1)


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a file."""
    with path.open(encoding="utf-8", newline="\n") as lines:
        yield from map(json.loads, lines)


def answers(path: Path) -> Iterator[str]:
    """Yield what the assistant says in a file of chats."""
    for record in records(path):
        for message in record["messages"]:
            if message["role"] == "assistant" and isinstance(message.get("content"), str):
                yield message["content"].strip()


def chat(answer: str, question: str = "Go on, please.") -> dict[str, Any]:
    """Return a chat with this answer."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages}


def cut(name: str) -> Callable[[Path], Iterator[Labelled]]:
    """Return a loader: whole answers of a set, and the same ones cut at a random token.

    Only those are taken that the weights were not fitted on (odd CRC-32).
    """

    def load(data: Path) -> Iterator[Labelled]:
        from splintr import Tokenizer

        tokenizer, chance = Tokenizer.from_pretrained("o200k_base"), random.Random(1)
        for answer in answers(data / f"chat/{name}.jsonl"):
            if len(answer) < SHORTEST or not zlib.crc32(answer.encode()) & 1:
                continue
            yield chat(answer), False
            tokens = tokenizer.encode(answer)
            kept = tokens[: int(len(tokens) * chance.uniform(0.25, 0.95))]
            text = tokenizer.decode_bytes(kept).decode(errors="ignore").strip()
            yield chat(text), True

    return load


def says(name: str, phrase: str) -> Callable[[Path], Iterator[Labelled]]:
    """Return a loader: the label is whether an answer holds the phrase, in any case."""

    def load(data: Path) -> Iterator[Labelled]:
        for answer in answers(data / f"chat/{name}.jsonl"):
            yield chat(answer), phrase in answer.lower()

    return load


def voted(vote: str, above: float | None = None, below: float | None = None) -> Any:
    """Return a loader: what people voted on answers of OpenAssistant."""

    def load(data: Path) -> Iterator[Labelled]:
        for record in records(data / "truth/oasst_labels/messages_A.jsonl"):
            votes = record["labels"].get(vote)
            if record["role"] == "assistant" and votes:
                value = votes["value"]
                low = below is not None and value < below
                yield chat(record["text"]), low or (above is not None and value > above)

    return load


CUTS = ("truncated-answer",)
EITHER = ("truncated-answer", "unfinished-answer")
WARNINGS = ("FT30*", "FT31*", "FT32*")
SETS = (
    "gpteacher_roleplay", "flan_cot", "gsm8k_train", "lf_glaive_toolcall_en",
    "chatterbot_multilingual", "oasst_zh_sft", "huatuo_zh_medical", "kdconv_zh",
)  # fmt: skip
TASKS = (
    *(Task(name, CUTS, "cut at a random token", cut(name)) for name in SETS),
    *(Task(name, EITHER, "cut at a random token", cut(name)) for name in SETS),
    *(
        Task(name, ("assistant-boilerplate",), "answer holds 'as an AI'", says(name, "as an ai"))
        for name in ("lf_glaive_toolcall_en", "llmzoo_answers", "gpteacher_roleplay")
    ),
    Task("oasst_labels", WARNINGS, "quality below 0.4", voted("quality", below=0.4)),
    Task("oasst_labels", WARNINGS, "fails_task above 0.5", voted("fails_task", above=0.5)),
    Task("oasst_labels", WARNINGS, "spam above 0.5", voted("spam", above=0.5)),
)
"""Every row of the table; add yours here."""


def measure(task: Task, data: Path) -> Score:
    """Return how the rules of a task do on its examples."""
    labelled = list(task.load(data))
    found = spoken([record for record, _ in labelled], task.rules)
    hits = [(index in found, label) for index, (_, label) in enumerate(labelled)]
    count = {pair: hits.count(pair) for pair in ((True, True), (True, False), (False, True))}
    return Score(count[True, True], count[True, False], count[False, True], len(labelled))


def spoken(examples: list[dict[str, Any]], names: tuple[str, ...]) -> set[int]:
    """Return the indices of the examples on which the rules speak.

    A name that ends in `*` stands for the rules with that code that warn.
    """
    from ftlint.configuration.catalogue import builtin
    from ftlint.engine import Plan, run
    from ftlint.finding import Severity
    from ftlint.source import Dataset, Source

    def chosen(rule: Any) -> bool:
        starts = tuple(name[:-1] for name in names if name.endswith("*"))
        wide = bool(starts) and rule.code.startswith(starts) and rule.severity >= Severity.WARNING
        return rule.name in names or wide

    rules = tuple(rule for rule in builtin() if chosen(rule))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data.jsonl")
        path.write_text("\n".join(map(json.dumps, examples)) + "\n", encoding="utf-8")
        report = run(Plan(rules, cap=0), Dataset((Source(str(path)),)))
    return {finding.place.line - 1 for finding in report.findings if finding.place.line}


def main() -> int:
    """Print the table; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", default="", help="rows whose rule or set holds this text")
    options = parser.parse_args()
    print("| set | rules | right when | examples | labelled | precision | recall |")
    print("|---|---|---|---|---|---|---|")
    for task in TASKS:
        rules = ", ".join(task.rules)
        if options.only in f"{task.name} {rules}":
            score = measure(task, options.data)
            labelled = score.right + score.missed
            found = score.right + score.wrong
            precision = f"{score.precision:.3f} ({score.right}/{found})" if found else "–"
            recall = f"{score.recall:.3f} ({score.right}/{labelled})" if labelled else "–"
            print(
                f"| {task.name} | {rules} | {task.label} | {score.examples:,} | {labelled:,} "
                f"| {precision} | {recall} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
