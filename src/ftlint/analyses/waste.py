"""What duplicates cost: the tokens of examples that are copies, and the money for them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from ftlint.analyses.duplicates import Duplicates, told
from ftlint.analyses.tokens import TokenTotals
from ftlint.analysis import Analysis, Derived
from ftlint.example import Batch
from ftlint.features.tokens import USUAL, Lengths, Meter
from ftlint.rule import Rule
from ftlint.similarity.duplicate import WAYS, DuplicateIndex, Way
from ftlint.source import Dataset
from ftlint.targets.model import MILLION, Amount
from ftlint.value import dataclass

_MOST = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class LengthColumn:
    """The tokens of each line. Size: 4 bytes a line."""

    parts: tuple[array[int], ...] = ()

    def merge(self, other: LengthColumn) -> LengthColumn:
        """Return the tokens of both."""
        return LengthColumn(self.parts + other.parts)


@dataclass(frozen=True)
class ExampleTokens(Analysis[LengthColumn, "array[int]"]):
    """How many tokens each line has, estimates included; 0 where nothing is counted."""

    tokens: Meter = USUAL

    def summarize(self, batch: Batch) -> LengthColumn:
        """Return the tokens of a batch, which others may have counted already."""
        if not len(batch):
            return LengthColumn()
        lengths = batch.column(Lengths(self.tokens))
        return LengthColumn((array("I", [min(length, _MOST) for length in lengths]),))

    def conclude(self, summary: LengthColumn, dataset: Dataset) -> array[int]:
        """Return one number a line, in dataset order."""
        lengths = array("I")
        for part in summary.parts:
            lengths.extend(part)
        return lengths


@dataclass(frozen=True, slots=True)
class Waste:
    """Examples that are paid for and teach little; `tokens` are billed in one epoch."""

    examples: int = 0
    tokens: int = 0
    clusters: int = 0
    """Groups that they make with the examples whose copies they are."""


@dataclass(frozen=True)
class Priced:
    """An index of duplicates and the tokens of each of its examples."""

    index: DuplicateIndex
    lengths: array[int]

    def wasted(self, way: Way, limit: int | None) -> Waste:
        """Return the trained copies of one kind, each cut at `limit` tokens.

        What no tokens are counted of is no example of a job.
        """
        index, lengths = self.index, self.lengths
        paid, heads = [], set()
        for at, head in zip(*index.copies[way], strict=True):
            if lengths[at] and index.split(at) == "train":
                paid.append(lengths[at])
                heads.add(head)
        kept = sum(paid) if limit is None else sum(min(length, limit) for length in paid)
        return Waste(len(paid), kept, len(heads))


@dataclass(frozen=True)
class DuplicateCost(Derived[Priced]):
    """The tokens in duplicates, and their price where the target has one."""

    measure = "duplicates"

    tokens: Meter = USUAL
    limit: int | None = None
    """Tokens at which each example is cut before it is billed."""
    price: Amount | None = None
    """Money for a million trained tokens."""
    depth: Way = "near"
    """The least exact copies."""

    @property
    def parts(self) -> tuple[Analysis[Any, Any], ...]:
        """Return the duplicates and the tokens."""
        return (Duplicates(self.depth), ExampleTokens(self.tokens))

    def combine(self, results: Sequence[Any], dataset: Dataset) -> Priced:
        """Return both side by side."""
        index, lengths = results
        return Priced(index, lengths)

    def figures(self, result: Priced, dataset: Dataset) -> dict[str, Any]:
        """Return the figures of `measures.duplicates` on copies, with their tokens and price."""
        price = self.price
        figures: dict[str, Any] = {
            "price": price
            and {
                "value": price.value,
                "currency": price.currency,
                "tokens": MILLION,
                "as_of": price.as_of,
            }
        }
        for way in result.index.copies:
            billed = result.wasted(way, self.limit).tokens
            figures[way] = {
                **told(result.index, way),
                "tokens": sum(result.lengths[at] for at in result.index.copies[way].numbers),
                "billed_tokens_an_epoch": billed,
                "cost_an_epoch": price and price.of(billed),
            }
        return figures


def duplicate_cost(rules: Iterable[Rule], price: Amount | None) -> tuple[DuplicateCost, ...]:
    """Return what tells the cost of duplicates, if `rules` look for them and count tokens."""
    every = [analysis for rule in rules for analysis in rule.analyses()]
    totals = next((each for each in every if isinstance(each, TokenTotals)), None)
    looked = {each.depth for each in every if isinstance(each, Duplicates)}
    if totals is None or not looked:
        return ()
    depth = max(looked, key=WAYS.index)
    return (DuplicateCost(totals.tokens, totals.limit, price, depth),)
