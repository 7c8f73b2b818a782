"""FT1, what single targets take: records of a form, keys in all examples or none, how many.

All of these are off without a target that demands it; `rules/targets` says which one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Example
from ftlint.features.schema import errors, validator
from ftlint.finding import Finding, Severity, Where
from ftlint.pointer import join
from ftlint.rule import NO_LIMIT, DatasetRule, ExampleRule, bad, good
from ftlint.rules.file import filled
from ftlint.shape import REINFORCEMENT
from ftlint.source import Dataset
from ftlint.summary import Capped, Counts, Groups
from ftlint.value import dataclass
from ftlint.wording import cut, shown

_CHAT = chat(user("Hi"), assistant("Hello!"))
_NO_NAMES = {
    "schemas": {
        "chat": [
            {"properties": {"messages": {"items": {"properties": {"name": {
                "description": "names are not taken", "not": {}}}}}}}
        ]
    }
}  # fmt: skip
_SHORT = {"schemas": {"chat": [{"properties": {"messages": {"maxItems": 2}}}]}}
_MOST = 3
"""Findings an example: what else is wrong mostly follows from these."""


@dataclass(frozen=True)
class RecordRefused(ExampleRule):
    """Record is not of the form that the target takes.

    Why: the target refuses the file. What every record of the shape must have is told by the
    rules about the shape; this is what the one target, or model, demands besides.

    Ignore when: the target takes it by now.

    Source: documentation and validator of each target (`ftlint targets NAME` names them).
    """

    code = "FT186"
    name = "record-refused"
    severity = Severity.ERROR
    message = "{problem}"
    default = False
    good = (good(_CHAT, options=_NO_NAMES),)
    bad = (
        bad(
            chat(user("Hi", name="ann"), assistant("Hello!")),
            at="/messages/0/name",
            options=_NO_NAMES,
        ),
        bad(
            chat(user("Hi"), assistant("Hello!"), user("Bye"), assistant("Bye!")),
            at="/messages",
            options=_SHORT,
        ),
    )

    schemas: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """JSON Schemas (draft 2020-12) by shape; a `description` beside what fails is the message."""

    def __hash__(self) -> int:
        """Return a hash: schemas are mappings, which have none."""
        return hash(tuple(self.schemas))

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a place, the first few of them."""
        seen: set[str] = set()
        for schema in self.schemas.get(example.shape, ()):
            judge = validator(schema)
            try:
                found = errors(judge, example.value) if judge else []
            except ValueError:
                deep = "it is nested too deeply to be compared with what is taken"
                yield self.finding(example.at(), problem=deep)
                return
            for error in found:
                pointer = join(error.instance_path)
                if pointer not in seen and len(seen) < _MOST:
                    seen.add(pointer)
                    yield self.finding(example.at(pointer), problem=_problem(schema, error))


def _problem(schema: Any, error: Any) -> str:
    """Return what is wrong: the words of the schema beside what fails, or those of its keyword."""
    node, told = schema, ""
    for step in error.schema_path[:-1]:
        node = node[step]
        if isinstance(node, dict):
            told = str(node.get("description", "")) or (told if step == "not" else "")
    return told or _words(error)


def _words(error: Any) -> str:
    value, fault = error.instance, error.kind
    match fault.name:
        case "required":
            return f"{fault.property!r} is missing"
        case "additionalProperties":
            return f"unknown key {', '.join(map(shown, fault.unexpected))}"
        case "enum":
            return f"{shown(value)} is none of {', '.join(map(shown, fault.options))}"
        case "const":
            return f"{shown(value)} is not {shown(fault.expected_value)}"
        case "type":
            return f"{shown(value)} is not of type {' or '.join(fault.types)}"
        case "minItems" | "maxItems":
            least = "at least" if fault.name == "minItems" else "at most"
            return f"{len(value)} items; {least} {fault.limit} are taken"
        case "minLength":
            return "text is empty"
        case "falseSchema":
            return f"{shown(value)} is not taken here"
    return cut(str(error.message), 160)


@dataclass(frozen=True)
class MaxExamples(DatasetRule[Counts[int]]):
    """File has more examples than the target takes.

    Why: the target refuses the file.

    Ignore when: only a part of the file is sent, or a quota was raised.

    Source: documentation of each target (`ftlint targets NAME` names it).
    """

    code = "FT189"
    name = "max-examples"
    severity = Severity.ERROR
    message = "file has {examples} examples; a {split} file may have {limit}"
    default = False
    good = (good(_CHAT, options={"limit": 20}),)
    bad = (
        bad(_CHAT, _CHAT, _CHAT, at="-", pad=False, options={"limit": 2}),
        bad(
            *[chat(user(f"{n} + {n}?"), answer=str(2 * n)) for n in range(3)],
            at="-",
            pad=False,
            options={"limit": 9, "prompts": 2},
        ),
    )

    limit: int | None = None
    """Examples that a training file may have."""
    held: int | None = None
    """Examples that a validation file may have."""
    prompts: int | None = None
    """Prompts of reinforcement fine-tuning that a training file may have."""
    held_prompts: int | None = None
    """Prompts of reinforcement fine-tuning that a validation file may have."""

    def unready(self) -> str | None:
        """Return that there is nothing to compare with, if so."""
        known = (self.limit, self.held, self.prompts, self.held_prompts)
        return NO_LIMIT if known == (None,) * 4 else None

    def summarize(self, batch: Batch) -> Counts[int]:
        """Return the number of examples by source. Size: O(sources)."""
        return filled(batch)

    def finish(self, summary: Counts[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index, source in enumerate(dataset.sources):
            count, limit = summary.of.get(index, 0), self._limit(index, source.split, dataset)
            if limit is not None and count > limit:
                told = "training" if source.split == "train" else source.split
                yield self.finding(Where(index), examples=count, limit=limit, split=told)

    def _limit(self, index: int, split: str, dataset: Dataset) -> int | None:
        """Return what a file may have, by its split and by what its records are for."""
        usual = {"train": self.limit, "validation": self.held}.get(split)
        if dataset.shape(index) != REINFORCEMENT:
            return usual
        own = {"train": self.prompts, "validation": self.held_prompts}.get(split)
        return usual if own is None else own


@dataclass(frozen=True)
class UnevenKeys(DatasetRule[Groups[tuple[int, str, bool]]]):
    """Optional key stands in some examples only.

    Why: Nova wants an optional part of the record in all examples or in none, and refuses the
    file.

    Ignore when: the target takes it.

    Source: AWS's validator for Nova.
    """

    code = "FT191"
    name = "uneven-keys"
    severity = Severity.ERROR
    message = "no {key!r}, which {count} of {total} examples have"
    default = False
    good = (good(chat(user("Hi"), assistant("Hello!")), options={"keys": ["tools"]}),)
    bad = (
        bad(
            chat(user("Hi"), assistant("Hello!"), tools=[]),
            chat(user("Bye"), assistant("Bye!")),
            at="2 ",
            pad=False,
            options={"keys": ["tools"]},
        ),
    )

    keys: tuple[str, ...] = ()
    """Keys of a record that stand in all examples once they stand in one."""

    def summarize(self, batch: Batch) -> Groups[tuple[int, str, bool]]:
        """Return by source and key how many examples have it, and the first. Size: O(sources)."""
        found: dict[tuple[int, str, bool], Capped[Where]] = {}
        for example in batch.records:
            for key in self.keys:
                place = (batch.source, key, key in example.value)
                one = Capped(1, 1, (example.at(),))
                found[place] = found[place].merge(one) if place in found else one
        return Groups(found)

    def finish(self, summary: Groups[tuple[int, str, bool]], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file and key, at the first example that lacks it."""
        for (source, key, has), lacking in summary.of.items():
            having = summary.of.get((source, key, True))
            if not has and having:
                total = having.total + lacking.total
                yield self.finding(
                    lacking.first[0],
                    related=having.first,
                    key=key,
                    count=having.total,
                    total=total,
                )
