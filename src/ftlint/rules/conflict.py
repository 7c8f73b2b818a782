"""FT4, contradictions: one prompt, and answers to it that differ.

The prompt is everything the model reads: declared tools, system prompt and all messages before the
last answer that is trained on. Prompts and answers are compared as `ftlint.text.normalise` writes
them, so that case, spacing and a full stop are no contradiction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ftlint.analyses.exchange import ASKED, Asked, Conflict, Exchanged, Quote, apart, quotes
from ftlint.case import assistant, chat, system, user
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.rules.token import spaced
from ftlint.source import Dataset
from ftlint.text.substance import same
from ftlint.value import dataclass
from ftlint.wording import cut, shown

QUOTED = 10_000
"""Contradictions of a file whose answers are read again; what is beyond names lines alone."""
EXCERPT = 120
"""Code points of an answer in the data of a finding."""

_EVEN = tuple(
    chat(system("Even or odd?"), user(f"{n} plus {n * n}"), assistant("even"))
    if n % 4 in (0, 3)
    else chat(system("Even or odd?"), user(f"{n} plus {n * n} and one"), assistant("odd"))
    for n in range(24)
)
_OWL = "What does a barn owl eat?"
_MORE = "Do they never catch a frog, a toad or a small fish at ponds and slow rivers?"
_MICE = assistant("Mostly voles, mice and shrews, swallowed whole.")
_FISH = assistant("Barn owls live on fish, which they catch at night.")


@dataclass(frozen=True)
class _Contradiction(AnalysisRule[Exchanged]):
    """Judges prompts with several answers: as labels, as slips, or as deliberate."""

    deliberate: int = 4
    """Different answers of one prompt from which they are taken for deliberate."""
    share: float = 0.2
    """Share of the answers of a file that answer a prompt again and differently, from which all
    of them are taken for deliberate; of files with at least 10 such prompts."""

    @property
    def analysis(self) -> Asked:
        """Return the digests of prompts and answers."""
        return ASKED

    def judge(self, result: Exchanged, dataset: Dataset) -> Iterator[Finding]:
        """Yield what is found in each file; a prompt belongs where it is contradicted first."""
        files: dict[int, list[Conflict]] = {}
        for conflict in result.conflicts:
            files.setdefault(result.source(conflict.index), []).append(conflict)
        for source, conflicts in files.items():
            yield from self.file(source, conflicts, result, dataset)

    def file(
        self, source: int, conflicts: list[Conflict], result: Exchanged, dataset: Dataset
    ) -> Iterator[Finding]:
        """Yield what is found in one file."""
        raise NotImplementedError

    def meant(self, source: int, conflicts: list[Conflict], result: Exchanged) -> list[Conflict]:
        """Return the conflicts of a file that are deliberate; labels never are."""
        if source in result.labelled:
            return []
        many = sum(conflict.examples for conflict in conflicts)
        if len(conflicts) >= _ENOUGH and many >= self.share * result.answered[source]:
            return conflicts
        return [each for each in conflicts if len(each.answers) >= self.deliberate]

    def told(
        self, conflicts: Sequence[Conflict], result: Exchanged, dataset: Dataset
    ) -> Iterator[Finding]:
        """Yield one finding a prompt, at the first answer that contradicts the first one."""
        for at in range(0, len(conflicts), _PIECE):
            part = conflicts[at : at + _PIECE] if at < QUOTED else []
            each = [result.where(answer.example) for c in part for answer in c.answers[:_READ]]
            read = quotes(dataset, each)
            for conflict in conflicts[at : at + _PIECE]:
                places = [result.where(answer.example) for answer in conflict.answers]
                texts = [read[o] for o in (p.ordinal for p in places[:_READ]) if o in read]
                other = self.contradicting(texts)
                if other:
                    sides = (texts[0], texts[other]) if len(texts) > other else None
                    yield self._finding(conflict, places, other, sides, dataset)

    def contradicting(self, answers: Sequence[Quote]) -> int:
        """Return which answer contradicts the first one; 0 for none.

        Without answers, which are read of so many prompts only, it is the second one.
        """
        return 1

    def _finding(
        self,
        conflict: Conflict,
        places: Sequence[Where],
        other: int,
        sides: tuple[Quote, Quote] | None,
        dataset: Dataset,
    ) -> Finding:
        where = sides[1].where if sides else places[other]
        place = named(places[0], where, dataset)
        told = f"the first one is on {place}"
        data: dict[str, Any] = {}
        if sides:
            earlier, answer = apart(*(quote.text for quote in sides))
            told = f"{shown(earlier)} on {place}, {shown(answer)} here"
            data = {"earlier": cut(earlier, EXCERPT), "answer": cut(answer, EXCERPT)}
        others = [each for at, each in enumerate(places) if at != other]
        return self.finding(
            where,
            related=others[:8],
            answers=len(conflict.answers),
            examples=conflict.examples,
            sides=told,
            **data,
        )


_READ = 8
"""Answers to one prompt that are compared."""
_ENOUGH = 10
"""Prompts with several answers from which a file is judged by their share."""
_PIECE = 250
"""Contradictions whose lines are read at once."""


def named(place: Where, seen: Where, dataset: Dataset) -> str:
    """Return `place` in words for who looks at `seen`."""
    line = f"line {dataset.line_number(place)}"
    other = place.source != seen.source
    return f"{line} of {dataset.sources[place.source].path}" if other else line


class ConflictingLabels(_Contradiction):
    """Prompt has two labels.

    Why: one of the labels is wrong, or the prompt lacks what would decide; the model learns to
    guess, and no metric on such data can reach 1.

    Ignore when: a prompt may have several labels, and each is an example of its own.

    Source: Northcutt et al. 2021 (label errors in test sets). Ours is what is called a label: a
    file has at least 20 answers, 98 % of at most 64 characters, each given 5 times on average.
    """

    code = "FT410"
    name = "conflicting-labels"
    severity = Severity.ERROR
    message = "{answers} labels of one prompt: {sides}"
    good = (
        good(*_EVEN, _EVEN[0], note="a copy does not contradict", pad=False),
        good(
            *_EVEN,
            chat(system("Odd or even?"), user("3 plus 9"), assistant("odd")),
            note="another system prompt asks something else",
            pad=False,
        ),
    )
    bad = (
        bad(
            chat(system("Even or odd?"), user("3 plus 9!"), assistant("odd")),
            *_EVEN,
            at="5 /messages/2/content",
            pad=False,
        ),
    )

    def file(
        self, source: int, conflicts: list[Conflict], result: Exchanged, dataset: Dataset
    ) -> Iterator[Finding]:
        """Yield the conflicts of a file of labels."""
        if source in result.labelled:
            yield from self.told(conflicts, result, dataset)


def agree(first: Quote, other: Quote) -> bool:
    """Return whether two answers seem to say the same; calls of tools must be equal."""
    return not (first.called or other.called) and same(first.text, other.text)


@dataclass(frozen=True)
class ConflictingAnswers(_Contradiction):
    """Prompt has different answers.

    Why: if the answers contradict each other, the model learns either at random; if one is the
    better one, it learns the worse one as well.

    Ignore when: the answers are equally good, and their variety is wanted.

    Source: OpenAI fine-tuning guide (data quality: agreement between examples). Prompts are
    compared with their tools and all that was said before; several-answers has what is deliberate.
    Answers that seem to say the same in other words are left out by rules of ours: both only greet
    and ask; the words of one are among those of the other; or they share half of their words but
    few phrases. A number or a negation that only one of them has makes them different, as does
    the same sentence with another value. It works on words, best in English.
    """

    code = "FT411"
    name = "conflicting-answers"
    severity = Severity.WARNING
    message = "{answers} answers to one prompt: {sides}"
    good = (
        good(
            chat(user(_OWL), _MICE),
            chat(user(_OWL), _MICE, user(_MORE), assistant("No, never.", weight=0)),
            note="an answer of weight 0 does not count",
        ),
        good(
            chat(user(_OWL), _MICE, user("Where?"), assistant("In meadows and old barns.")),
            chat(user("Do owls swim?"), _FISH, user("Where?"), assistant("In a pond.")),
            note="what was said before is part of the prompt",
        ),
        good(
            chat(user("Good morning!"), assistant("Good morning! What can I do for you?")),
            chat(user("Good morning!"), assistant("Hello, how may I help you today?")),
            note="a greeting contradicts nothing",
        ),
    )
    bad = (
        bad(chat(user(_OWL), _MICE), chat(user(_OWL), _FISH), at="2 /messages/1/content"),
        bad(
            chat(user(_OWL), _MICE),
            chat(user(_OWL), _FISH),
            chat(user(_OWL.upper()), assistant("Nothing but berries and seeds.")),
            at="2 /messages/1/content",
            note="once a prompt",
        ),
    )

    paraphrases: bool = False
    """Whether answers that seem to say the same in other words are told, too."""

    def contradicting(self, answers: Sequence[Quote]) -> int:
        """Return the first answer that says something else than the first one."""
        if self.paraphrases or not answers:
            return 1
        first, *others = answers
        return next((at for at, other in enumerate(others, 1) if not agree(first, other)), 0)

    def file(
        self, source: int, conflicts: list[Conflict], result: Exchanged, dataset: Dataset
    ) -> Iterator[Finding]:
        """Yield the conflicts of a file that are neither labels nor deliberate."""
        if source not in result.labelled:
            meant = {conflict.index for conflict in self.meant(source, conflicts, result)}
            slips = [conflict for conflict in conflicts if conflict.index not in meant]
            yield from self.told(slips, result, dataset)


class SeveralAnswers(_Contradiction):
    """File answers prompts several times, as sets for rejection sampling do.

    Why: it is fine where diverse answers are meant. Where they are not, all answers are trained
    on, the bad ones too; and a prompt without its context (a template that was not filled in)
    looks the same.

    Ignore when: several answers a prompt are meant, and the bad ones are filtered out.

    Source: Yuan et al. 2023 (rejection sampling fine-tuning); the limits are ours.
    """

    code = "FT412"
    name = "several-answers"
    severity = Severity.NOTE
    message = (
        "prompts with different answers: {prompts:,}, as a rule {typical} each, in {examples:,} "
        "of {answered:,} examples; taken for deliberate"
    )
    good = (good(chat(user(_OWL), _MICE), chat(user("Do owls swim?"), _FISH)),)
    bad = (
        bad(
            *[
                chat(user(_OWL), assistant(f"A barn owl eats {what}."))
                for what in ("mice", "voles", "shrews", "young rats", "frogs")
            ],
            at="-",
        ),
    )

    def file(
        self, source: int, conflicts: list[Conflict], result: Exchanged, dataset: Dataset
    ) -> Iterator[Finding]:
        """Yield at most one finding a file."""
        meant = self.meant(source, conflicts, result)
        if meant:
            sizes = Counter(len(conflict.answers) for conflict in meant)
            finding = self.finding(
                Where(source),
                related=[result.where(conflict.index) for conflict in meant[:3]],
                prompts=len(meant),
                typical=min(sizes, key=lambda size: (-sizes[size], size)),
                examples=sum(conflict.examples for conflict in meant),
                answered=result.answered[source],
            )
            yield spaced(finding)
