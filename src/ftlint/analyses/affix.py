"""Affixes: what all prompts, and all completions, of a file begin and end with.

Base models know neither roles nor turns: only a fixed text tells them where a prompt ends and
where to stop. These are the figures behind OpenAI's former `prepare_data` (openai-python,
`_validators.py` of April 2024), folded over all records.
"""

from __future__ import annotations

from dataclasses import field

from ftlint.analysis import Analysis
from ftlint.example import Batch
from ftlint.features.digest import digest
from ftlint.finding import Where
from ftlint.source import Dataset
from ftlint.summary import Capped, Groups
from ftlint.value import dataclass

KEPT = 256
"""Characters of a common beginning or end that are told apart."""
KINDS = 1000
"""Different completions that are counted; with more, it is no classification."""
LONG = 10_000
"""Characters of prompt and completion from which `prepare_data` called an example long."""
SEPARATORS = (
    "\n\n###\n\n",
    "\n\n===\n\n",
    "\n\n---\n\n",
    "\n\n$$$\n\n",
    "\n\n@@@\n\n",
    "\n\n",
    "->",
)
"""Separators that `prepare_data` and its users write; they must not stand inside a prompt."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The longest common beginning and end of some texts, each of at most `KEPT` characters."""

    before: str
    after: str
    same: int
    """Digest of the one text, 0 when there are several."""

    @classmethod
    def of(cls, texts: list[str]) -> Ends:
        """Return the ends of `texts`, of which there is at least one."""
        same = digest(texts[0]) if len(set(texts)) == 1 else 0
        heads = [text[:KEPT] for text in texts]
        tails = [text[-KEPT:][::-1] for text in texts]
        return cls(common(heads), common(tails)[::-1], same)

    def merge(self, other: Ends) -> Ends:
        """Return the ends of both."""
        before = common([self.before, other.before])
        after = common([self.after[::-1], other.after[::-1]])[::-1]
        return Ends(before, after, self.same if self.same == other.same else 0)


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters by case."""

    upper: int = 0
    lower: int = 0

    def merge(self, other: Letters) -> Letters:
        """Return the letters of both."""
        return Letters(self.upper + other.upper, self.lower + other.lower)


@dataclass(frozen=True, slots=True)
class Affixes:
    """The prompts and completions of one source. Size: O(KEPT + KINDS)."""

    records: int
    unasked: int
    """Records without a prompt."""
    prompts: Ends
    completions: Ends
    kinds: frozenset[int] | None
    """Digests of the completions; None for more than `KINDS`."""
    letters: tuple[Letters, Letters]
    """Those of prompts and of completions."""
    joined: Capped[Where]
    """Completions that begin without white space."""
    long: Capped[Where]
    """Records of more than `LONG` characters."""
    inside: dict[str, int] = field(default_factory=dict)
    """Prompts in which a separator stands more than once, by separator."""

    def merge(self, other: Affixes) -> Affixes:
        """Return what is known of both."""
        kinds = None if self.kinds is None or other.kinds is None else self.kinds | other.kinds
        mine, theirs = self.letters, other.letters
        return Affixes(
            self.records + other.records,
            self.unasked + other.unasked,
            self.prompts.merge(other.prompts),
            self.completions.merge(other.completions),
            kinds if kinds is not None and len(kinds) <= KINDS else None,
            (mine[0].merge(theirs[0]), mine[1].merge(theirs[1])),
            self.joined.merge(other.joined),
            self.long.merge(other.long),
            {each: self.inside[each] + other.inside[each] for each in self.inside},
        )

    @property
    def open_ended(self) -> bool:
        """Return whether nothing is asked: the completions are texts to go on with."""
        return self.unasked == self.records

    @property
    def classifies(self) -> bool:
        """Return whether the completions are classes: each is there three times on average."""
        return self.kinds is not None and 3 * len(self.kinds) <= self.records


@dataclass(frozen=True)
class Affixing(Analysis[Groups[int], Groups[int]]):
    """The affixes of every source of prompts and completions that are texts."""

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return what a batch shows."""
        rows = []
        for example in batch.foreign:
            if example.shape == "completion":
                value = example.value
                told = value.get("completion", value.get("response"))
                if isinstance(value.get("prompt"), str) and isinstance(told, str):
                    rows.append((example.at(), value["prompt"], told))
        return Groups({batch.source: _affixes(rows)} if rows else {})

    def conclude(self, summary: Groups[int], dataset: Dataset) -> Groups[int]:
        """Return the summary."""
        return summary


AFFIXES = Affixing()


def _affixes(rows: list[tuple[Where, str, str]]) -> Affixes:
    prompts, told = [row[1] for row in rows], [row[2] for row in rows]
    kinds = frozenset(digest(text) for text in told)
    joined = [where for where, _, text in rows if text and not text[0].isspace()]
    long = [where for where, prompt, text in rows if len(prompt) + len(text) > LONG]
    return Affixes(
        len(rows),
        sum(not prompt.strip() for prompt in prompts),
        Ends.of(prompts),
        Ends.of(told),
        kinds if len(kinds) <= KINDS else None,
        (_letters(prompts), _letters(told)),
        Capped.of(joined, 1),
        Capped.of(long, 1),
        {each: sum(prompt.count(each) > 1 for prompt in prompts) for each in SEPARATORS},
    )


def _letters(texts: list[str]) -> Letters:
    text = "".join(texts)
    return Letters(sum(map(str.isupper, text)), sum(map(str.islower, text)))


def common(texts: list[str]) -> str:
    """Return the longest beginning that all texts share."""
    first, last = min(texts), max(texts)  # what these two have in common, all have
    same = zip(first, last, strict=False)
    return first[: next((at for at, (a, b) in enumerate(same) if a != b), len(first))]
