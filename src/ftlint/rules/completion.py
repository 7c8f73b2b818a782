"""FT0, prompts and completions: what base models need that know neither roles nor turns.

The checks of OpenAI's former `prepare_data`; those of single records are field-missing,
field-unknown and field-blank, its duplicates exact-duplicate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.analyses.affix import AFFIXES, LONG, SEPARATORS, Affixes, Affixing
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, Case, bad, good
from ftlint.source import Dataset
from ftlint.summary import Groups
from ftlint.value import dataclass

_CITIES = {
    "Paris": "France, on both banks of the Seine",
    "Lima": "Peru, near the coast",
    "Oslo": "Norway, where the fjord ends",
    "Accra": "Ghana, by the Gulf of Guinea",
    "Quito": "Ecuador, high in the Andes",
    "Hanoi": "Vietnam, along the Red River",
    "Cairo": "Egypt, at the head of the delta",
    "Bern": "Switzerland, in a bend of the Aare",
    "Kyiv": "Ukraine, over the Dnipro",
    "Doha": "Qatar, facing the Gulf",
    "Rabat": "Morocco, across from Sale",
    "Suva": "Fiji, on the rainy side",
}
_CHAT = chat(user("Hi"), assistant("Hello!"))


def _rows(prompt: str = "{}\n\n###\n\n", completion: str = " {} END") -> list[dict[str, Any]]:
    """Return records for the cities; `{}` stands for the city, and for what is said of it."""
    return [
        {"prompt": prompt.format(city), "completion": completion.format(told)}
        for city, told in _CITIES.items()
    ]


_GOOD: tuple[Case, ...] = (good(*_rows(), pad=False), good(_CHAT))


@dataclass(frozen=True)
class CompletionRule(AnalysisRule[Groups[int]]):
    """A rule about all prompts and completions of a file."""

    min_examples: int = 10
    """Records from which on the rule speaks."""

    @property
    def analysis(self) -> Affixing:
        """Return the analysis of their beginnings and ends."""
        return AFFIXES

    def judge(self, result: Groups[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding a file."""
        for source, found in result.of.items():
            if found.records >= self.min_examples:
                yield from self.told(Where(source), found)

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield what is found in the file at `where`."""
        raise NotImplementedError


@dataclass(frozen=True)
class FewCompletions(CompletionRule):
    """File has few prompts and completions.

    Why: a base model learns a task from some hundred examples at least; quality grew with each
    doubling.

    Ignore when: the examples are long, or the model has been trained on the task before.

    Source: OpenAI's former `prepare_data` (advice below 100 examples).
    """

    least: int = 100
    """Records from which on there are enough."""

    code = "FT021"
    name = "few-completions"
    severity = Severity.NOTE
    message = "{count} examples; a base model wants a couple of hundred, {limit} at least"
    good = (good(*_rows()[:5], pad=False, note="min-examples tells of these"), good(_CHAT))
    bad = (bad(*_rows(), at="-", pad=False),)

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        if found.records < self.least:
            yield self.finding(where, count=found.records, limit=self.least)


class PromptSeparatorMissing(CompletionRule):
    """Prompts do not end with a fixed separator, or are all the same.

    Why: a base model cannot tell where the prompt ends and goes on with it instead of answering.

    Ignore when: the trainer renders prompts with a chat template, or puts a separator itself.

    Source: OpenAI's former `prepare_data`.
    """

    code = "FT022"
    name = "prompt-separator-missing"
    severity = Severity.NOTE
    message = "{fault}"
    good = (*_GOOD, good(*_rows(prompt="{} ->"), pad=False))
    bad = (
        bad(*_rows(prompt="{}"), at="-", pad=False),
        bad(*_rows(prompt="Say something"), at="-", pad=False, note="all prompts are the same"),
    )

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        if found.open_ended:
            return
        if found.prompts.same:
            yield self.finding(where, fault="all prompts are the same: nothing is asked")
        elif not found.prompts.after:
            fault = r"prompts have no common end, such as '\n\n###\n\n', that separates them"
            yield self.finding(where, fault=fault)


class SeparatorInside(CompletionRule):
    """Separator of prompt and completion also stands inside prompts.

    Why: the model takes what stands before the first one for the whole prompt.

    Ignore when: the prompts are few-shot, and each ends with the separator on purpose.

    Source: OpenAI's former `prepare_data`.
    """

    code = "FT023"
    name = "separator-inside"
    severity = Severity.NOTE
    message = "separator {separator!r} stands inside {count} of {records} prompts as well"
    good = _GOOD
    bad = (bad(*_rows(prompt="A city\n\n###\n\n{}\n\n###\n\n"), at="-", pad=False),)

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        after = found.prompts.after
        separator = next((each for each in SEPARATORS if after.endswith(each)), "")
        count = found.inside.get(separator, 0)
        if separator and count and not found.prompts.same:
            yield self.finding(where, separator=separator, count=count, records=found.records)


@dataclass(frozen=True)
class PromptPrefixCommon(CompletionRule):
    """All prompts begin with the same words.

    Why: an instruction that never changes says nothing to a fine-tuned model and is paid for in
    every example and every call.

    Ignore when: the model is used with other instructions as well.

    Source: OpenAI's former `prepare_data` (more than 12 characters).
    """

    characters: int = 12
    """Characters that prompts may have in common."""

    code = "FT024"
    name = "prompt-prefix-common"
    severity = Severity.NOTE
    message = "all {records} prompts begin with {prefix!r} ({count} characters)"
    good = _GOOD
    bad = (bad(*_rows(prompt="Where is the city of {}\n\n###\n\n"), at="-", pad=False),)

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        prefix = found.prompts.before
        if len(prefix) > self.characters and not found.prompts.same:
            yield self.finding(where, records=found.records, prefix=prefix, count=len(prefix))


@dataclass(frozen=True)
class CompletionPrefixCommon(CompletionRule):
    """All completions begin with the same words.

    Why: the model learns to say them before every answer; they are paid for, and teach nothing.

    Ignore when: the opening is wanted.

    Source: OpenAI's former `prepare_data` (5 characters or more).
    """

    characters: int = 5
    """Characters in common from which on the rule speaks."""

    code = "FT025"
    name = "completion-prefix-common"
    severity = Severity.NOTE
    message = "all {records} completions begin with {prefix!r} ({count} characters)"
    good = _GOOD
    bad = (bad(*_rows(completion=" It lies in {} END"), at="-", pad=False),)

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        prefix = found.completions.before
        if len(prefix.lstrip()) >= self.characters and not found.completions.same:
            yield self.finding(where, records=found.records, prefix=prefix, count=len(prefix))


class CompletionStopMissing(CompletionRule):
    """Completions do not end with a fixed stop sequence, or are all the same.

    Why: a base model does not know when to stop, and goes on until its limit.

    Ignore when: the trainer ends each example with a token of its own, as TRL and Together do.

    Source: OpenAI's former `prepare_data`.
    """

    code = "FT026"
    name = "completion-stop-missing"
    severity = Severity.NOTE
    message = "{fault}"
    good = (
        *_GOOD,
        good(
            *[
                {"prompt": f"{n}\n\n###\n\n", "completion": " odd" if n % 2 else " even"}
                for n in range(2, 14)
            ],
            pad=False,
            note="classes need no stop",
        ),
    )
    bad = (
        bad(*_rows(completion=" {}"), at="-", pad=False),
        bad(*_rows(completion=" yes"), at="-", pad=False, note="all completions are the same"),
    )

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        if found.completions.same:
            yield self.finding(where, fault="all completions are the same: there is one answer")
        elif not (found.open_ended or found.classifies or found.completions.after):
            yield self.finding(where, fault="completions have no common end, such as ' END'")


class CompletionSpace(CompletionRule):
    """Completions do not begin with white space.

    Why: older tokenizers join a space to the word after it, so that a completion without one
    begins with rarer tokens.

    Ignore when: the model is not one of OpenAI's base models; with newer tokenizers it makes no
    difference, which is why the rule is off.

    Source: OpenAI's former `prepare_data`.
    """

    code = "FT027"
    name = "completion-space"
    severity = Severity.NOTE
    default = False
    message = "{count} of {records} completions do not begin with white space"
    good = _GOOD
    bad = (bad(*_rows(completion="{} END"), at="-", pad=False),)

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        if found.joined.total:
            first = found.joined.first
            yield self.finding(
                where, related=first, count=found.joined.total, records=found.records
            )


@dataclass(frozen=True)
class MostlyCapitals(CompletionRule):
    """Prompts or completions are written in capitals.

    Why: capitals cost more tokens, and a base model knows words in small letters better.

    Ignore when: the model is used with such texts.

    Source: OpenAI's former `prepare_data` (more than half as many capitals as small letters).
    """

    share: float = 0.5
    """Capitals for each small letter."""

    code = "FT028"
    name = "mostly-capitals"
    severity = Severity.NOTE
    message = "{column} have {upper:,} capitals and {lower:,} small letters"
    good = _GOOD
    bad = (
        bad(
            *[{**row, "completion": str(row["completion"]).upper()} for row in _rows()],
            at="-",
            pad=False,
        ),
    )

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield one finding a column."""
        for column, letters in zip(("prompts", "completions"), found.letters, strict=True):
            if letters.upper > self.share * letters.lower:
                yield self.finding(where, column=column, upper=letters.upper, lower=letters.lower)


class CompletionLong(CompletionRule):
    """Prompt and completion are very long together.

    Why: what goes beyond the context of a base model is cut off, and the end is the answer.

    Ignore when: the model's context is known to suffice.

    Source: OpenAI's former `prepare_data` (more than 10,000 characters).
    """

    code = "FT029"
    name = "completion-long"
    severity = Severity.NOTE
    message = "{count} of {records} examples have more than {limit:,} characters"
    good = _GOOD
    bad = (
        bad(
            *_rows(),
            {"prompt": "Sum up:" + " la" * 4000 + "\n\n###\n\n", "completion": " Song END"},
            at="-",
            pad=False,
        ),
    )

    def told(self, where: Where, found: Affixes) -> Iterator[Finding]:
        """Yield at most one finding."""
        if found.long.total and not found.open_ended:
            yield self.finding(
                where,
                related=found.long.first,
                count=found.long.total,
                records=found.records,
                limit=LONG,
            )
