"""FT4, leakage: validation examples that training has already told.

Each validation example is reported once, for the closest link there is: the rules share one
analysis (`ftlint.analyses.leakage`), in which its order is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ftlint.analyses.leakage import Kind, Leakage, Leaked
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.source import Dataset
from ftlint.value import dataclass

_TIDE = (
    "The moon pulls the water of the near side more than the earth, and the earth more than the "
    "water of the far side, so that two bulges of water stand while the earth turns below them. "
    "Most coasts pass both in a day."
)
_BAYS = (
    "No. In the Gulf of Mexico some coasts have one tide a day, the Mediterranean has hardly any, "
    "and in the Bay of Fundy they reach sixteen metres."
)
_ASKED = chat(user("Why are there two tides a day?"), assistant(_TIDE))
_OTHER = chat(user("How deep is the Baltic Sea?"), assistant("459 m at its deepest place."))


@dataclass(frozen=True)
class _Link(AnalysisRule[Leaked]):
    """Reports the held-out examples whose closest link to training is of some kinds."""

    kinds: ClassVar[tuple[Kind, ...]]

    @property
    def analysis(self) -> Leakage:
        """Return the links between the splits."""
        return Leakage()

    def judge(self, result: Leaked, dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding a held-out example, the training example beside it."""
        for leak in result.leaks:
            if leak.kind in self.kinds:
                here = result.found.where(leak.index)
                there = result.found.where(leak.trained[leak.kind])
                yield self.finding(
                    here,
                    related=[there],
                    kind=leak.kind,
                    kinds=list(leak.trained),
                    split=dataset.sources[here.source].split,
                    how="" if leak.kind != "normalised" else _NORMALISED,
                    place=_named(there, dataset),
                )


_NORMALISED = ", but for case, spacing and punctuation"


def _named(place: Where, dataset: Dataset) -> str:
    return f"line {dataset.line_number(place)} of {dataset.sources[place.source].path}"


class SplitLeakage(_Link):
    """Validation example is trained on as well.

    Why: the model has seen the very answer, so that the example measures memory. Loss and metrics
    look better than they are, and overfitting is not noticed.

    Ignore when: never.

    Source: Lee et al. 2022 (deduplicating training data: overlap of train and validation). Roles
    and texts are compared as they are, then without case, spacing and sentence punctuation.
    """

    code = "FT413"
    name = "split-leakage"
    severity = Severity.ERROR
    message = "{split} example is trained on: {place} has the same conversation{how}"
    kinds = ("exact", "normalised")
    good = (good(_ASKED, held=(_OTHER,)),)
    bad = (
        bad(_ASKED, held=(_OTHER, _ASKED), at="held 2"),
        bad(
            _ASKED,
            held=(chat(user("why are there two tides  a day"), assistant(_TIDE.upper())),),
            at="held 1",
        ),
    )


class NearLeakage(_Link):
    """Validation example is a near duplicate of a training one.

    Why: the model has seen all of it but a few words; the example measures memory for the most
    part, and metrics look better than they are.

    Ignore when: the examples are fillings of one template, and the fillings are what is asked for.

    Source: Lee et al. 2022. The Jaccard similarity of pairs of neighbouring words (characters of
    scripts without spaces) is at least 0.8, as of near-duplicate; system prompts do not count.
    """

    code = "FT414"
    name = "near-leakage"
    severity = Severity.WARNING
    message = "{split} example is nearly trained on: {place} is a near duplicate of it"
    kinds = ("near",)
    good = (good(_ASKED, held=(_OTHER,)),)
    bad = (
        bad(
            _ASKED,
            held=(chat(user("Why are there two tides each day?"), assistant(_TIDE)),),
            at="held 1",
        ),
    )


class PromptLeakage(_Link):
    """Prompt of a validation example is trained on, with another answer.

    Why: the model has learnt an answer to this very question; validation then tells whether it
    remembers that one, not whether it can answer new ones.

    Ignore when: the prompts are few and fixed, and only the answers are to be judged.

    Source: Lee et al. 2022. Tools, system prompt and all that was said before are compared,
    normalised.
    """

    code = "FT415"
    name = "prompt-leakage"
    severity = Severity.WARNING
    message = "prompt of this {split} example is trained on: {place} has it with another answer"
    kinds = ("prompt",)
    good = (good(_ASKED, held=(_OTHER,)),)
    bad = (
        bad(
            _ASKED,
            held=(chat(user("Why are there two tides a day?"), assistant("The moon does it.")),),
            at="held 1",
        ),
    )


class PrefixLeakage(_Link):
    """Validation conversation goes on where a training one ends, or the reverse.

    Why: what both have in common is trained on, answers included, and is then measured again.

    Ignore when: what they share is an opening that all conversations have.

    Source: ours. Beginnings of at least 64 characters count; below 400 they are taken for a stock
    phrase when more than 5 conversations go on from them.
    """

    code = "FT416"
    name = "prefix-leakage"
    severity = Severity.WARNING
    message = "{split} conversation and {place} are beginning and continuation of one another"
    kinds = ("prefix",)
    good = (
        good(
            chat(user("Hi"), assistant("Hello!")),
            held=(chat(user("Hi"), assistant("Hello!"), user("1 + 1?"), assistant("It is 2.")),),
            note="a greeting in common is nothing",
        ),
    )
    bad = (
        bad(
            _ASKED,
            held=(chat(*_ASKED["messages"], user("Everywhere?"), assistant(_BAYS)),),
            at="held 1",
        ),
        bad(
            chat(*_ASKED["messages"], user("Everywhere?"), assistant(_BAYS)),
            held=(_ASKED,),
            at="held 1",
        ),
    )


class AnswerLeakage(_Link):
    """Long answer of a validation example is trained on, with another prompt.

    Why: metrics that compare texts, and the validation loss, reward a model that recites it.

    Ignore when: the answer is a fixed text that is right for many prompts.

    Source: ours. Answers of at least 200 characters count; one that more than 5 conversations give
    is taken for a stock phrase.
    """

    code = "FT417"
    name = "answer-leakage"
    severity = Severity.NOTE
    message = "answer of this {split} example is trained on: {place} has it with another prompt"
    kinds = ("answer",)
    good = (good(_ASKED, held=(_OTHER,)),)
    bad = (
        bad(_ASKED, held=(chat(user("What makes the sea rise?"), assistant(_TIDE)),), at="held 1"),
    )
