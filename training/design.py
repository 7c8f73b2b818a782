"""The design matrices of texts: exactly what the model reads of them, and the fit of its weights.

The score of a text is linear in four tables; words reach two of them (the word, its runs of
letters) through one matrix each, so that no matrix of texts by runs of letters is ever made.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ftlint.triage.identity import split
from ftlint.triage.model import CALM, RUNS
from ftlint.triage.reading import STOP, Lexicon, Names, Reader, grams, pair, reading

SIZES = {"words": 1 << 17, "runs": 1 << 18, "pairs": 1 << 19, "gaps": 1 << 16}
"""Cells of each table."""
SCALES = {"words": 1.0, "runs": 0.4, "pairs": 1.0, "gaps": 1.0}
"""How cheap a weight in each table is: runs of letters are many, and only help."""
LONGEST = 128
"""Words of a text that are trained on."""
RARE = 2
"""Cells that fewer texts or words meet than this stay empty."""

Floats = NDArray[np.float32]


@dataclass
class Design:
    """Texts as matrices: counts of words, pairs and gaps, and one over the root of the length."""

    words: Any
    pairs: Any
    gaps: Any
    root: Floats
    named: NDArray[np.bool_]
    """Whether a group is named."""


class Designer:
    """Reads texts; all designs of one designer number words alike."""

    def __init__(self) -> None:
        """Read the names of groups."""
        self.names = Names.of(split())
        self.lexicon = Lexicon(self.names)
        self._reader = Reader(self.lexicon)

    def design(self, texts: list[str]) -> Design:
        """Return the matrices of `texts`."""
        words, ends = self._reader.read(texts)
        counts = np.diff(ends, prepend=0)
        place = np.arange(len(words)) - np.repeat(ends - counts, counts)
        words, ends = words[place < LONGEST], np.cumsum(np.minimum(counts, LONGEST))
        keys, bits = self.lexicon.columns(0)
        seen = reading(words, ends, keys, bits, self.names.pairs)
        many = len(texts)
        content = (bits[seen.words] & STOP) == 0
        length = np.bincount(seen.text[content], minlength=many)
        text = np.repeat(np.arange(many), np.diff(ends, prepend=0))
        named = np.bincount(text[~seen.kept], minlength=many) > 0
        where, around = seen.gaps
        return Design(
            _counts(seen.text, seen.words, (many, len(keys))),
            _counts(seen.text, seen.pairs % SIZES["pairs"], (many, SIZES["pairs"])),
            _counts(seen.text[where], around % SIZES["gaps"], (many, SIZES["gaps"])),
            (1 / np.sqrt(length + CALM)).astype(np.float32),
            named,
        )

    def spelling(self) -> tuple[Any, Any]:
        """Return the matrices from words to the cells of their own, and of their runs."""
        keys, _ = self.lexicon.columns(0)
        many = np.arange(len(keys))
        own = pair(keys, 0, 8) % SIZES["words"]
        owner, runs = grams(self.lexicon.words, RUNS)
        return (
            _counts(many, own, (len(keys), SIZES["words"])),
            _counts(owner, runs % SIZES["runs"], (len(keys), SIZES["runs"])),
        )


def _counts(rows: Any, columns: Any, shape: tuple[int, int]) -> Any:
    matrix = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape)
    matrix.sum_duplicates()
    return matrix


def _pruned(matrix: Any, least: int) -> tuple[Any, NDArray[np.int64]]:
    columns = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]) >= least)
    return matrix[:, columns].tocsr(), columns


def fit(
    design: Design, spelling: tuple[Any, Any], label: Floats, weight: Floats, l2: float, steps: int
) -> tuple[float, dict[str, Floats]]:
    """Return the bias and the tables of the logistic regression with penalty `l2`."""
    words, used = _pruned(design.words, 1)
    parts = [
        _pruned(spelling[0][used], 1),
        _pruned(spelling[1][used], RARE),
        _pruned(design.pairs, RARE),
        _pruned(design.gaps, RARE),
    ]
    scales = [np.float32(SCALES[name]) for name in SIZES]
    matrices = [matrix * scale for (matrix, _), scale in zip(parts, scales, strict=True)]
    back = [matrix.T.tocsr() for matrix in (*matrices, words)]
    edges = np.cumsum([1, *[matrix.shape[1] for matrix in matrices]])
    total = float(weight.sum())

    def loss(x: Floats) -> tuple[float, Floats]:
        own, runs, pairs, gaps = (x[a:b] for a, b in pairwise(edges))
        sums = words @ (matrices[0] @ own + matrices[1] @ runs)
        odds = x[0] + design.root * (sums + matrices[2] @ pairs + matrices[3] @ gaps)
        cost = weight * (np.logaddexp(0, odds) - label * odds)
        left = (weight * (1 / (1 + np.exp(-odds)) - label) / total).astype(np.float32)
        rooted = design.root * left
        word = back[4] @ rooted
        slope = [back[0] @ word, back[1] @ word, back[2] @ rooted, back[3] @ rooted]
        gradient = np.concatenate(([left.sum()], *slope)).astype(np.float32)
        gradient[1:] += np.float32(l2) * x[1:]
        return float(cost.sum(dtype=float)) / total + l2 / 2 * float(x[1:] @ x[1:]), gradient

    x = minimised(loss, np.zeros(edges[-1], np.float32), steps)
    tables = {}
    for name, (_, columns), a, b, scale in zip(
        SIZES, parts, edges, edges[1:], scales, strict=False
    ):
        tables[name] = np.zeros(SIZES[name], np.float32)
        tables[name][columns] = x[a:b] * scale
    return float(x[0]), tables


def minimised(
    loss: Callable[[Floats], tuple[float, Floats]], x: Floats, steps: int, memory: int = 8
) -> Floats:
    """Return where `loss` is small: L-BFGS (Nocedal 1980) with halving of the step."""
    moves: list[Floats] = []
    turns: list[Floats] = []
    value, slope = loss(x)
    for _ in range(steps):
        way = _direction(slope, moves, turns)
        drop, size = float(slope @ way), 1.0
        for _ in range(20):
            there, found = x - np.float32(size) * way, None
            found = loss(there)
            if found[0] <= value - 1e-4 * size * drop:
                break
            size /= 2
        move, turn = there - x, found[1] - slope
        if float(move @ turn) > 1e-12:
            moves, turns = [*moves, move][-memory:], [*turns, turn][-memory:]
        done = abs(value - found[0]) < 1e-6 * abs(value)
        x, (value, slope) = there, found
        if done:
            break
    return x


def _direction(slope: Floats, moves: list[Floats], turns: list[Floats]) -> Floats:
    way, steps = slope.copy(), []
    for move, turn in zip(reversed(moves), reversed(turns), strict=True):
        steps.append(float(move @ way) / float(move @ turn))
        way -= np.float32(steps[-1]) * turn
    if moves:
        way *= np.float32(float(moves[-1] @ turns[-1]) / float(turns[-1] @ turns[-1]))
    else:
        way *= np.float32(1 / max(1e-12, float(np.linalg.norm(slope))))
    for move, turn, step in zip(moves, turns, reversed(steps), strict=True):
        way += np.float32(step - float(turn @ way) / float(move @ turn)) * move
    return way
