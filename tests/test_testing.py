"""What `ftlint.testing` says of cases that do not hold and of rules that break the laws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ftlint.case import chat, user
from ftlint.example import Batch, Example, Lines
from ftlint.finding import Finding, Severity
from ftlint.rule import Case, DatasetRule, ExampleRule, bad, good
from ftlint.testing import FILLER, check_case, check_laws, content


def test_cases_become_files() -> None:
    record = chat(user("é"))
    line = '{"messages":[{"role":"user","content":"é"}]}'.encode()
    assert content(Case((record, b"x"), pad=False)) == line + b"\nx"
    assert content(Case((b"x", record), pad=False)) == b"x\n" + line + b"\n"
    assert content(Case((b"",), pad=False)) == b""
    padded = content(Case((record, b"x")))
    assert padded.startswith(line + b"\nx\n{") and padded.endswith(b"}\n")
    assert padded.count(b"\n") == len(FILLER) == 10


@dataclass(frozen=True)
class Last:
    """A summary that breaks every law."""

    word: str = ""
    depth: int = 0

    def merge(self, other: Last) -> Last:
        return Last(other.word, self.depth + 1)

    def __reduce__(self) -> Any:
        return (Last, (self.word.upper(), self.depth))


class Broken(DatasetRule[Last]):
    code, name, severity, message = "ACME009", "broken", Severity.NOTE, ""

    def summarize(self, batch: Batch) -> Last:
        return Last("a" * len(batch))

    def finish(self, summary: Last, dataset: object) -> Iterator[Finding]:
        raise RuntimeError(summary.word)


def test_broken_laws_are_told() -> None:
    batches = [Batch(Lines(0, 0, [b"x"])), Batch(Lines(0, 1, [b"x", b"y"]))]
    assert check_laws(Broken(), batches) == [
        "ACME009: the summary of no examples is not the identity of merge",
        "ACME009: a summary does not survive its round trip",
        "ACME009: merge is not associative",
    ]


def test_a_rule_that_crashes_fails_its_cases() -> None:
    assert check_case(Broken(), good(b"{}"), []) == ["ACME009 failed: RuntimeError: aaaaaaaaaa"]


@dataclass(frozen=True)
class Everywhere(ExampleRule):
    """Every line that has the word."""

    code, name, severity, message = "ACME008", "everywhere", Severity.NOTE, "{word}"
    reads = "line"
    word: str = "x"

    def check(self, example: Example) -> Iterator[Finding]:
        if self.word.encode() in example.line.raw:
            yield self.finding(example.at(None if example.fault else ""), word=self.word)


@pytest.mark.parametrize(
    ("case", "differences"),
    [
        (bad({"x": 1}, b"x", {"x": 1}, at=["1", "2 ?", "3"]), 0),
        (bad({"x": 1}, b"x", {"x": 1}, at=["", "2 ?", "3 "]), 0),
        (bad(b"x", {"y": 1}, at="?"), 0),
        (bad(b"x", {"y": 1}, at="1 ?", options={"word": '"y'}), 1),
        (bad(b"x", {"y": 1}, at="2", options={"word": '"y'}), 0),
        (bad({"x": 1}, at="-"), 1),
    ],
)
def test_places(case: Case, differences: int) -> None:
    assert len(check_case(Everywhere(), replace(case, pad=False), [])) == differences
