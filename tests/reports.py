"""Reports of every kind, by small rules of their own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ftlint
from ftlint.engine import Plan, run
from ftlint.example import Batch, Example
from ftlint.finding import Finding, Fix, Safety, Severity, Where
from ftlint.report import NotRun, Report
from ftlint.reporters import Options, load
from ftlint.rule import DatasetRule, ExampleRule, Rule
from ftlint.source import Dataset, Source
from ftlint.summary import Nothing

SNAPSHOTS = Path(__file__).parent / "snapshots"
SCHEMA = json.loads(
    (Path(ftlint.__file__).parent / "schemas" / "report.json").read_text(encoding="utf-8")
)


# Rules of every kind: with a fix, with a span, about lines that cannot be decoded, with related
# places, about a file, about the dataset, and one that raises.


@dataclass(frozen=True)
class ContentEmpty(ExampleRule):
    """An assistant message says nothing.

    Why: it teaches the model to stay silent.
    """

    code = "TT101"
    name = "content-empty"
    severity = Severity.ERROR
    message = "the {role} message is empty"

    def check(self, example: Example) -> Iterator[Finding]:
        for message in example.messages:
            if message.content == "":
                patch = ({"op": "remove", "path": message.pointer},)
                fix = Fix("remove the message", patch, Safety.UNSAFE)
                where = example.at(f"{message.pointer}/content")
                yield self.finding(where, fix=fix, role=message.role)


@dataclass(frozen=True)
class Apology(ExampleRule):
    """An answer begins with an apology."""

    code = "TT201"
    name = "apology"
    severity = Severity.WARNING
    message = "{word!r} in an answer"
    words: tuple[str, ...] = ("sorry", "对不起", "\u202eyrros", "pardon\tme", "\x9bsorry")

    def check(self, example: Example) -> Iterator[Finding]:
        for text in example.texts:
            for word in self.words:
                start = text.value.find(word)
                if start >= 0:
                    span = (start, start + len(word))
                    yield self.finding(example.at(text.pointer, span), word=word)


@dataclass(frozen=True)
class LineBroken(ExampleRule):
    """A line is not JSON."""

    code = "TT001"
    name = "line-broken"
    severity = Severity.ERROR
    message = "{reason}"
    reads = "line"

    def check(self, example: Example) -> Iterator[Finding]:
        if fault := example.fault:
            yield self.finding(example.at(None, fault.span), reason=fault.message)


@dataclass(frozen=True, slots=True)
class Seen:
    """Where each record was seen."""

    of: dict[bytes, tuple[Where, ...]] = field(default_factory=dict)

    def merge(self, other: Seen) -> Seen:
        keys = [*self.of, *(key for key in other.of if key not in self.of)]
        return Seen({key: self.of.get(key, ()) + other.of.get(key, ()) for key in keys})


@dataclass(frozen=True)
class Repeated(DatasetRule[Seen]):
    """An example stands in the dataset more than once."""

    code = "TT401"
    name = "repeated"
    severity = Severity.WARNING
    message = "{times} times the same example"

    def summarize(self, batch: Batch) -> Seen:
        seen = Seen()
        for example in batch.records:
            seen = seen.merge(Seen({example.line.raw: (example.at(),)}))
        return seen

    def finish(self, summary: Seen, dataset: Dataset) -> Iterator[Finding]:
        for first, *others in summary.of.values():
            if others:
                yield self.finding(first, related=others, times=len(others) + 1)


@dataclass(frozen=True)
class FewExamples(DatasetRule[Nothing]):
    """A file is too short to train on."""

    code = "TT002"
    name = "few-examples"
    severity = Severity.ERROR
    message = "{lines} lines; at least {limit} are needed"
    limit: int = 10

    def summarize(self, batch: Batch) -> Nothing:
        return Nothing()

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        for index, facts in enumerate(dataset.facts):
            if facts.lines < self.limit:
                yield self.finding(Where(index), lines=facts.lines, limit=self.limit)


@dataclass(frozen=True)
class OneSplit(DatasetRule[Nothing]):
    """Nothing is held out for validation."""

    code = "TT501"
    name = "one-split"
    severity = Severity.NOTE
    message = "all {files} files belong to one split"

    def summarize(self, batch: Batch) -> Nothing:
        return Nothing()

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        yield self.finding(Where(), files=len(dataset.sources), shares={"train": 1.0})


@dataclass(frozen=True)
class Broken(ExampleRule):
    """Raises on the second line."""

    code = "TT999"
    name = "broken"
    severity = Severity.NOTE
    message = ""

    def check(self, example: Example) -> Iterator[Finding]:
        if example.line.ordinal == 1:
            raise ZeroDivisionError("division by zero")
        yield from ()


def chat(answer: str, question: str = "How late is it?") -> str:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": messages}, ensure_ascii=False)


BAD = [
    chat("Half past nine."),
    chat(""),
    chat("I am sorry, I have no clock. " + "A clock would help. " * 9),
    chat("今天天气很好。" * 4 + "对不起,我不知道" + "。今天天气很好" * 8, "现在几点了?"),
    chat("So \u202eyrros\u202c, no. pardon\tme \x9bsorry"),
    chat("Half past nine."),
    '{"messages": [\x1b[31m',
    *[chat("", f"Question {n}") for n in range(6)],
    chat("Half past nine."),
    *[chat("Half past nine.")] * 4,
]
RULES = (ContentEmpty(), Apology(), LineBroken(), Repeated(), FewExamples(), OneSplit())
LEFT_OUT = (
    NotRun("TT601", "needs detoxify: pip install 'ftlint[toxicity]'"),
    NotRun("TT602", "needs detoxify: pip install 'ftlint[toxicity]'"),
)


def lint(
    files: Mapping[str, list[str]], *rules: Rule, cap: int = 1000, not_run: tuple[NotRun, ...] = ()
) -> Report:
    """Return the report of a real run over `files`, written to the current folder."""
    for name, lines in files.items():
        data = "".join(line + "\n" for line in lines).encode(errors="surrogatepass")
        Path(name).write_bytes(data)
    dataset = Dataset(tuple(Source(name) for name in files))
    return replace(run(Plan(rules, cap, not_run=not_run), dataset), duration=0.25)


def text(report: Report, name: str, **options: Any) -> str:
    return "".join(load(name)(report, Options(**options)))


def matches(name: str, shown: str) -> None:
    """Compare with the snapshot `name`, or write it."""
    ours = rf'("(?:semanticV|v)ersion": ?)"{re.escape(ftlint.__version__)}"'  # not a rule's since
    path, data = SNAPSHOTS / name, re.sub(ours, r'\1"VERSION"', shown).encode()
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_bytes(data)
    assert data.decode() == path.read_bytes().decode()


REPORTS: dict[str, Any] = {
    "bad": lambda: lint({"train.jsonl": BAD, "more.jsonl": BAD[2:4]}, *RULES, not_run=LEFT_OUT),
    "capped": lambda: lint({"train.jsonl": [chat("")] * 1207}, ContentEmpty(), OneSplit(), cap=5),
    "clean": lambda: lint({"train.jsonl": BAD[:1] * 2000}, ContentEmpty(), not_run=LEFT_OUT),
    "crashed": lambda: lint({"train.jsonl": BAD[:2]}, Broken(), OneSplit()),
}
