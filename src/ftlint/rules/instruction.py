"""FT2, instructions: what most examples begin with, and what it costs to send it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ftlint.case import assistant, chat, system, user
from ftlint.example import Batch, Example, Lines
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import DatasetRule, bad, good
from ftlint.rules.token import spaced, uncountable
from ftlint.sample import hashes, sparse
from ftlint.source import Dataset
from ftlint.summary import Groups
from ftlint.tokens.remembered import count
from ftlint.value import dataclass

HEADS = (64, 512)
"""Characters by which texts are grouped: those with the same head are compared further on."""
TEXT = 16_384
"""Characters that are compared."""
SAMPLE = 1024
"""Examples of a file that are looked at; up to here counts are exact."""
LONG = 65_536
"""Bytes of the longest line that is looked at."""
_WORDS = {"system": "system prompt", "user": "first user message"}

Chosen = tuple[int, int, bytes]
"""The hash of a line's number, the number, and the line."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some lines of one source, chosen by their numbers. Size: O(SAMPLE * LONG).

    A line is kept while its number, hashed to 32 bits, is below 2**32 >> `level`; the level is
    the lowest at which no more than `SAMPLE` are. So the sample is the same in any order.
    """

    lines: int = 0
    level: int = 0
    kept: tuple[Chosen, ...] = ()
    """In dataset order."""

    def merge(self, other: Sample) -> Sample:
        """Return the sample of both."""
        level = max(self.level, other.level)
        kept = _below(self.kept, level - self.level, level)
        kept += _below(other.kept, level - other.level, level)
        while len(kept) > SAMPLE:
            level += 1
            kept = _below(kept, 1, level)
        return Sample(self.lines + other.lines, level, kept)


def _below(kept: tuple[Chosen, ...], higher: int, level: int) -> tuple[Chosen, ...]:
    """Return what a level keeps that is so much `higher` than the one of what is known."""
    bound = 1 << 32 >> level
    return tuple([each for each in kept if each[0] < bound]) if higher else kept


@dataclass(frozen=True, slots=True)
class Opening:
    """The system prompt or the first user message of one example."""

    role: str
    text: str
    where: Where


_RULES = (
    "You sort messages of customers of a bank. Answer with one word: card, transfer, loan or "
    "other. Never explain your choice, and never answer the question itself, however short."
)
_QUESTIONS = ("My card is gone.", "Where is my money?", "Rates?", "I moved.", "Is it safe?")


@dataclass(frozen=True)
class RepeatedInstructions(DatasetRule[Groups[int]]):
    """Most examples begin with the same instructions.

    Why: they are paid for in each example and each epoch, and later in each call. A model that is
    trained on the answers alone learns to give them without being told: to save these tokens is
    why many people fine-tune.

    Ignore when: there are few examples, or the same prompt will be sent to the trained model,
    which does best on prompts like those that it was trained on.

    Source: OpenAI fine-tuning guide (crafting prompts: to leave instructions out may take more
    examples). Of more than 1024 examples of a file the share is estimated from about as many.
    """

    code = "FT207"
    name = "repeated-instructions"
    severity = Severity.NOTE
    message = (
        "{share:.0%} of {examples:,} examples begin with the same {tokens:,} tokens ({part}): "
        "{epoch:,} an epoch, and {tokens:,} in each call until they are taught instead of sent"
    )
    good = (
        good(
            *[chat(system("Be brief."), user(q), assistant(f"Ok: {q}")) for q in _QUESTIONS * 4],
            note="so few tokens are not worth it",
            pad=False,
        ),
    )
    bad = (
        bad(
            *[chat(system(_RULES), user(q), assistant(f"Ok: {q}")) for q in _QUESTIONS * 4],
            at="-",
            pad=False,
        ),
        bad(
            *[chat(user(f"{_RULES}\n\n{q}"), assistant(f"Ok: {q}")) for q in _QUESTIONS * 4],
            at="-",
            note="instructions at the beginning of the question",
            pad=False,
        ),
    )

    encoding: str = "o200k_base"
    """The vocabulary that the model reads; set by a target with a model."""
    tokenizer: str = ""
    """Folder of a Hugging Face tokenizer that counts instead, as `--tokenizer` names it."""
    share: float = 0.5
    """Share of the examples of a file that must begin alike."""
    min_examples: int = 20
    """Examples that a file must have."""
    min_tokens: int = 30
    """Tokens that must be the same."""

    def unready(self) -> str | None:
        """Return why tokens cannot be counted, if so. Raises: TokenizerError."""
        return uncountable(self.encoding, self.tokenizer)

    def summarize(self, batch: Batch) -> Groups[int]:
        """Return a sample of the lines of `batch`; they are decoded at the end, if at all."""
        lines = batch.lines
        if not len(lines):
            return Groups()
        first, raws = lines.ordinal, lines.raws
        keys = hashes(first, len(lines))
        level = sparse(keys, SAMPLE)
        bound = 1 << 32 >> level
        places = [at for at, key in enumerate(keys) if key < bound]
        kept = tuple(
            [(keys[at], first + at, raws[at] if len(raws[at]) <= LONG else b"") for at in places]
        )
        return Groups({batch.source: Sample(len(lines), level, kept)})

    def finish(self, summary: Groups[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding a training file: the opening that costs most."""
        for source, sample in summary.of.items():
            train = dataset.sources[source].split == "train"  # validation is not billed
            if train and sample.lines >= self.min_examples:
                yield from self._judge(source, sample, dataset)

    def _judge(self, source: int, sample: Sample, dataset: Dataset) -> Iterator[Finding]:
        shape = dataset.shape(source)
        lines = (Lines(source, ordinal, [raw], shape=shape) for _, ordinal, raw in sample.kept)
        looked = [e for e in (Batch(line).example(0) for line in lines) if not e.fault]
        many = sample.lines / max(len(sample.kept), 1)  # each stands for so many
        if len(looked) * many < self.min_examples:
            return
        dear = max(self._dear(looked), default=None, key=lambda each: each[0])
        if dear:
            yield self._told(source, len(looked), many, *dear[1:])

    def _dear(self, looked: list[Example]) -> Iterator[tuple[int, int, str, list[Opening]]]:
        """Yield what enough examples begin with: its cost, its tokens, the text, the openings."""
        for openings in _grouped(looked):
            if len(openings) >= self.share * len(looked):
                head = _common([opening.text for opening in openings])
                tokens = self._count(head)
                if tokens >= self.min_tokens:
                    yield len(openings) * tokens, tokens, head, openings

    def _count(self, text: str) -> int:
        if not self.tokenizer:
            return count(self.encoding, text)
        from ftlint.features.template import template_tokens

        return len(template_tokens(self.tokenizer).starts(text))

    def _told(
        self, source: int, looked: int, many: float, tokens: int, head: str, same: list[Opening]
    ) -> Finding:
        count = round(len(same) * many)
        whole = all(opening.text == head for opening in same) and len(head) < TEXT
        finding = self.finding(
            Where(source),
            related=[opening.where for opening in same[:3]],
            hint="" if many == 1 else f" (estimated from {looked:,} examples)",
            share=len(same) / looked,
            count=count,
            examples=round(looked * many),
            looked=looked,
            tokens=tokens,
            epoch=count * tokens,
            part=f"{'' if whole else 'beginning of the '}{_WORDS[same[0].role]}",
        )
        return spaced(finding)


def _openings(example: Example) -> tuple[Opening, ...]:
    """Return the system prompt and the first question of an example, as far as they are text."""
    found: list[Opening] = []
    for message in example.messages[:2]:
        role = message.role
        text = message.content if role in ("system", "developer", "user") else None
        if not isinstance(text, str):
            break
        where = example.at(message.place)
        found.append(Opening("user" if role == "user" else "system", text[:TEXT], where))
        if role == "user":
            break
    return tuple(found)


def _grouped(examples: list[Example]) -> Iterable[list[Opening]]:
    """Return the openings that begin alike, by role and by heads of several lengths."""
    groups: dict[tuple[str, int, str], list[Opening]] = {}
    for example in examples:
        for opening in {opening.role: opening for opening in _openings(example)}.values():
            for size in HEADS:
                groups.setdefault((opening.role, size, opening.text[:size]), []).append(opening)
                if len(opening.text) <= size:
                    break
    return groups.values()


def _common(texts: Sequence[str]) -> str:
    """Return the longest common beginning, found by halving."""
    first, last = min(texts), max(texts)  # what these two have in common, all have
    low, high = 0, min(len(first), len(last))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if first[:middle] == last[:middle] else (low, middle - 1)
    return first[:low]
