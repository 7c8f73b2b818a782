"""FT4, duplicates: examples that repeat an earlier one of their split.

One root cause, one finding: a copy is told as the most exact thing that it is, at the copy. What
stands in two splits is leakage, which other rules tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from ftlint.analyses.duplicates import Duplicates
from ftlint.case import assistant, chat, system, user
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.rule import AnalysisRule, bad, good
from ftlint.similarity.cluster import clusters
from ftlint.similarity.duplicate import DuplicateIndex, Way
from ftlint.similarity.neighbour import THRESHOLD
from ftlint.source import Dataset
from ftlint.value import dataclass

_LISBON = (user("Where is Lisbon?"), assistant("In Portugal, where the Tagus meets the sea."))
_LOUD = (user("where is LISBON"), assistant("In Portugal — where the Tagus meets the sea!"))
_SHORT = (user("Where is Lisbon?"), assistant("In Portugal."))
_RULES = "You answer questions about the cities of Europe in one sentence, and never make one up."


@dataclass(frozen=True)
class _Copies(AnalysisRule[DuplicateIndex]):
    """Tells copies at their places, but no more than so many of one cluster."""

    fix: ClassVar[Fix | None] = None
    depth: ClassVar[Way] = "near"
    listed: int = 50
    """Copies of one example that are told one by one; how many more there are stands there."""

    @property
    def analysis(self) -> Duplicates:
        """Return the analysis."""
        return Duplicates(self.depth)

    def tell(
        self,
        index: DuplicateIndex,
        at: int,
        first: int,
        more: int = 0,
        **data: Any,
    ) -> Finding:
        """Return the finding at a copy; `more` copies are not told."""
        here, there = index.where(at), index.where(first)
        line = index.dataset.line_number(there)
        path = "" if here.source == there.source else index.dataset.sources[there.source].path
        place = f"{path}:{line}" if path else f"line {line}"
        hint = f"; {more:,} more copies are not listed" if more else ""
        return self.finding(here, related=(there,), fix=self.fix, hint=hint, place=place, **data)

    def told(self, index: DuplicateIndex, copies: Iterable[tuple[int, int]]) -> Iterator[Finding]:
        """Yield the findings of copies, each with the first one."""
        groups: dict[int, list[int]] = {}
        for at, first in copies:
            groups.setdefault(first, []).append(at)
        for first, members in groups.items():
            some = members[: self.listed]
            for at in some:
                more = len(members) - len(some) if at == some[-1] else 0
                yield self.tell(index, at, first, more, copies=len(members))


class ExactDuplicate(_Copies):
    """Example repeats an earlier one of its split.

    Why: a copy is paid for again in each epoch and teaches nothing new. What is often repeated is
    learnt by rote and said again where it does not fit.

    Ignore when: examples are repeated to give them weight.

    Fix: drops the copy and keeps the first; unsafe.

    Source: Lee et al. 2022, "Deduplicating Training Data Makes Language Models Better". Records
    are compared, whatever the order of their keys and the spacing of their JSON.
    """

    code = "FT401"
    name = "exact-duplicate"
    severity = Severity.WARNING
    message = "the record of {place} again"
    fix = Fix("drop this copy", ({"op": "remove", "path": ""},), Safety.UNSAFE)
    depth = "exact"
    good = (
        good(
            chat(system(_RULES), *_LISBON),
            chat(system(_RULES), user("Where is Porto?"), assistant("In the north of Portugal.")),
            note="a system prompt that all share makes no copies",
        ),
    )
    bad = (
        bad(chat(*_SHORT), chat(*_SHORT), at="2"),
        bad(
            chat(*_SHORT),
            b'{"messages": [{"content": "Where is Lisbon?", "role": "user"}, '
            b'{"content": "In Portugal.", "role": "assistant"}]}\n',
            at="2",
            note="neither the order of keys nor spacing counts",
        ),
    )

    def judge(self, result: DuplicateIndex, dataset: Dataset) -> Iterator[Finding]:
        """Yield a finding a copy."""
        copies = ((at, first) for at, first in enumerate(result.records) if at != first)
        return self.told(result, copies)


class NormalisedDuplicate(_Copies):
    """Example says what an earlier one of its split says, spelt a little otherwise.

    Why: it is paid for again and teaches hardly more than a copy. Such examples are often made
    when two collections are joined that were cleaned in different ways.

    Ignore when: different spelling, casing or punctuation of questions is what is to be taught.

    Source: the normalisation is ours: Unicode NFKC, case, white space and sentence punctuation
    are folded; digits, symbols, diacritics and `# % & * - / @` count. Roles, texts and tool calls
    are compared, system prompts with them; ids of calls and declared tools are not.
    """

    code = "FT402"
    name = "normalised-duplicate"
    severity = Severity.WARNING
    message = "the messages of {place} again, but for case, spacing or punctuation"
    depth = "normalised"
    good = (
        good(
            chat(user("What is 3-5?"), assistant("-2")),
            chat(user("What is 3/5?"), assistant("0.6")),
            note="signs count",
        ),
        good(
            chat(user("?!"), assistant("What do you mean?")),
            chat(user("..."), assistant("What do you mean?")),
            note="punctuation counts where there is nothing else",
        ),
    )
    bad = (bad(chat(*_LISBON), chat(*_LOUD), at="2"),)

    def judge(self, result: DuplicateIndex, dataset: Dataset) -> Iterator[Finding]:
        """Yield a finding a copy that is no exact one."""
        records = result.records
        return self.told(
            result,
            (
                (at, first)
                for at, first in enumerate(result.conversations)
                if at != first and records[at] == at
            ),
        )


_STORY = (
    "A baker in {} had three ovens and two hands. Every night he wrote down how many loaves were "
    "left, and one night the list was longer than the street, so he gave bread to everybody "
    "who would listen to the list until the end."
)


@dataclass(frozen=True)
class NearDuplicate(_Copies):
    """Example has almost the same text as an earlier one of its split.

    Why: near copies weigh a few texts more than all others and are learnt by rote; a part of them
    that ends up in the validation set makes its loss look better than it is.

    Ignore when: the differences are the point: templates filled with other values, pairs that
    contrast.

    Source: Broder 1997, "On the resemblance and containment of documents"; Lee et al. 2022. The
    share of neighbouring pairs of words (of characters in Chinese, Japanese, Thai, Lao, Khmer and
    Burmese) that two normalised texts have in common, system prompts left out. Candidates come
    from MinHash and each is compared exactly; texts with fewer than four pairs are left to
    exact-duplicate and normalised-duplicate.
    """

    code = "FT403"
    name = "near-duplicate"
    severity = Severity.NOTE
    message = "{similarity:.0%} of the word pairs of this and of {place} are the same"
    good = (
        good(
            chat(user("Tell me a story."), assistant(_STORY.format("Porto"))),
            chat(user("And now?"), assistant("The baker sleeps, and the list goes on by itself.")),
        ),
    )
    bad = (
        bad(
            chat(user("Tell me a story."), assistant(_STORY.format("Porto"))),
            chat(user("Tell me a story."), assistant(_STORY.format("Lisbon"))),
            at="2",
        ),
        bad(
            chat(
                user("请介绍一下北京的历史和文化"),
                assistant("北京有三千多年的建城史，是著名古都。"),
            ),
            chat(
                user("请介绍一下北京的历史与文化"),
                assistant("北京有三千多年的建城史，是著名古都。"),
            ),
            at="2",
            note="characters take the place of words where none are written apart",
        ),
    )

    threshold: float = THRESHOLD
    """Share of pairs of words in common from which two examples are near duplicates."""

    def judge(self, result: DuplicateIndex, dataset: Dataset) -> Iterator[Finding]:
        """Yield a finding an example, with the earlier one that is most like it."""
        best: dict[int, tuple[float, int]] = {}
        pairs = result.within(self.threshold)
        for left, right, similarity in pairs:
            if similarity > best.get(right, (0.0, 0))[0]:
                best[right] = similarity, left
        for cluster in clusters(pairs.left, pairs.right):
            copies = [at for at in cluster if at in best]
            some = copies[: self.listed]
            for at in some:
                similarity, first = best[at]
                more = len(copies) - len(some) if at == some[-1] else 0
                yield self.tell(
                    result, at, first, more, similarity=similarity, cluster=len(cluster)
                )
