"""Neighbours: pairs of examples that are near duplicates by exact Jaccard similarity.

Small datasets are joined exactly. Of others, sketches name the candidates; their texts are read
again, a bounded number at a time, and compared.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from ftlint.similarity.cluster import Forest
from ftlint.similarity.shingle import Shingle, jaccard, shingled
from ftlint.similarity.spool import Spool

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ftlint.similarity.duplicate import DuplicateIndex

THRESHOLD = 0.8
"""Jaccard similarity from which examples are near duplicates, if nothing else is asked for."""
FEW, LIGHT = 500, 1 << 18
"""Lines and bytes of a dataset, and of a batch, that is not worth the import of numpy. Such a
dataset is joined exactly; the sketches of such a batch are made when they are needed."""
SHORTEST = 4
"""Shingles from which texts are compared: of fewer, one more or less is below 0.8 already."""
WAITING = 1 << 20
"""Candidates that are kept (16 MB) until they are compared together."""
PAIRS, SLACK = 16, 100_000
"""Pairs an example, and in all, that are compared although the two hang together already: so
many that all pairs of usual data are found, and that templates do not make it quadratic."""
MOST = 1 << 22
"""The same, however many examples there are: these pairs take 130 MB at most."""
STEP = 1 << 16
"""Candidates after which it is asked again which of them hang together."""
READ = 8 << 20
"""Bytes of lines that are read at once to be compared."""
HELD = 6 << 20
"""Shingles that are kept for later pairs (48 MB), beside those of the lines just read."""
ROUNDS = 4
"""Times that the number of a cluster is passed on from neighbour to neighbour."""
ROUNDING = 1e-9
"""What the division of two whole numbers may be off."""

Shingles = frozenset[Shingle]


class Pair(NamedTuple):
    """Two near duplicates by their numbers, the earlier one first."""

    left: int
    right: int
    jaccard: float


class Pairs(Sequence[Pair]):
    """Pairs in order. Size: 24 bytes each."""

    def __init__(self, pairs: Iterable[tuple[int, int, float]] = ()) -> None:
        """Keep pairs that are in order."""
        self.left, self.right, self.jaccard = array("q"), array("q"), array("d")
        for pair in pairs:
            self.append(*pair)

    def append(self, left: int, right: int, jaccard: float) -> None:
        """Keep one more."""
        self.left.append(left)
        self.right.append(right)
        self.jaccard.append(jaccard)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.left)

    def __getitem__(self, at: Any) -> Any:
        """Return one pair, or some."""
        if isinstance(at, slice):
            return [self[place] for place in range(*at.indices(len(self)))]
        return Pair(self.left[at], self.right[at], self.jaccard[at])

    def __iter__(self) -> Iterator[Pair]:
        """Yield the pairs."""
        return map(Pair, self.left, self.right, self.jaccard)

    def ranked(self) -> Pairs:
        """Return the same pairs in order; numpy is loaded."""
        import numpy as np

        order = np.lexsort((np.asarray(self.right), np.asarray(self.left)))
        made = Pairs()
        made.left.frombytes(np.asarray(self.left)[order].tobytes())
        made.right.frombytes(np.asarray(self.right)[order].tobytes())
        made.jaccard.frombytes(np.asarray(self.jaccard)[order].tobytes())
        return made


def near_pairs(
    index: DuplicateIndex, threshold: float, leaders: Sequence[int] | None = None
) -> Sequence[Pair]:
    """Return the pairs of near duplicates among the leaders of an index, in order.

    `leaders` has them in another order than that of the lines: it decides who is compared in a
    crowd.
    """
    light = len(index) <= FEW and sum(index.sizes) <= LIGHT
    return joined(index, threshold) if light else found(index, threshold, leaders)


def joined(index: DuplicateIndex, threshold: float) -> list[Pair]:
    """Return all near duplicates by prefix filtering (Bayardo, Ma, Srikant 2007).

    Two sets that are alike share one of their rarest shingles; only the rarest are looked up.
    """
    every = {at: shingled(text) for at, text in index.texts(index.leaders()).items()}
    known = {at: shingles for at, shingles in every.items() if len(shingles) >= SHORTEST}
    rarity = Counter(shingle for shingles in known.values() for shingle in shingles)
    posted: dict[Shingle, list[int]] = {}
    pairs: list[Pair] = []
    for at, shingles in known.items():
        rarest = sorted(shingles, key=lambda each: (rarity[each], each))
        prefix = rarest[: len(rarest) - ceil(threshold * len(rarest) - ROUNDING) + 1]
        for other in {other for shingle in prefix for other in posted.get(shingle, ())}:
            pairs += _pair(other, at, known, threshold)
        for shingle in prefix:
            posted.setdefault(shingle, []).append(at)
    return sorted(pairs)


def found(index: DuplicateIndex, threshold: float, order: Sequence[int] | None = None) -> Pairs:
    """Return the near duplicates among the candidates of their sketches."""
    import numpy as np

    from ftlint.similarity.lsh import candidates

    sketches, rows = _sketches(index)
    leaders = np.array(index.leaders() if order is None else order, np.int64)
    search = _Search(index, threshold, leaders)
    waiting: list[NDArray[np.int64]] = []
    for met in candidates(sketches, rows[leaders], threshold, search.wanted):
        pairs = np.stack((met.left, met.right), axis=1)
        if met.crowded:
            search.look(pairs, crowded=True)
            continue
        waiting.append(pairs)
        if sum(map(len, waiting)) >= WAITING:
            search.look(np.concatenate(waiting), crowded=False)
            waiting = []
    if waiting:
        search.look(np.concatenate(waiting), crowded=False)
    return search.pairs.ranked()


class _Search:
    """Compares candidates as they come, each pair once, and knows what hangs together so far."""

    def __init__(self, index: DuplicateIndex, threshold: float, leaders: NDArray[np.int64]) -> None:
        """Begin without pairs; candidates are places among `leaders`."""
        import numpy as np

        from ftlint.similarity.jaccard import Seen, Sets

        self.index = index
        self.threshold = threshold
        self.leaders = leaders
        self.pairs = Pairs()
        self._sizes = np.frombuffer(index.sizes, np.uint32)[leaders].astype(np.int64)
        self._seen = Seen()
        """The pairs that were compared, as one number each."""
        self._forest = Forest(len(leaders))
        self._known = Sets(len(leaders))
        self.most = min(PAIRS * len(leaders) + SLACK, MOST)
        """Pairs that are compared before everything is a crowd."""

    def wanted(
        self, left: NDArray[np.int64], right: NDArray[np.int64], crowded: bool
    ) -> NDArray[np.bool_]:
        """Return which pairs are to be compared: in crowds those that nothing joins yet.

        When many pairs were compared, everything is a crowd.
        """
        import numpy as np

        if not crowded and len(self._seen) <= self.most:
            return np.ones(len(left), bool)
        roots = self._forest.roots()
        return np.not_equal(roots[left], roots[right])

    def look(self, candidates: NDArray[np.int64], crowded: bool) -> None:
        """Compare pairs, those side by side that hang together: a line is read but a few times."""
        import numpy as np

        from ftlint.similarity.minhash import distinct

        many = len(self.leaders)
        keys = distinct(candidates[:, 0] * many + candidates[:, 1])
        labels = _labels(*np.divmod(keys, many), many)
        keys = keys[np.argsort(labels[keys // many], kind="stable")]
        for start in range(0, len(keys), STEP):
            some = keys[start : start + STEP]
            some = self._seen.fresh(np.sort(some[self.wanted(*np.divmod(some, many), crowded)]))
            left, right = np.divmod(some[np.argsort(labels[some // many], kind="stable")], many)
            for at, end in self._chunks(left, right):
                self._compare(left[at:end], right[at:end])

    def _compare(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
        import numpy as np

        from ftlint.similarity.minhash import distinct

        self._read(distinct(np.concatenate((left, right))))
        least = self.threshold - ROUNDING
        found = self._known.similarities(left, right, SHORTEST, least)
        for at in np.flatnonzero(found >= least).tolist():
            ends = int(left[at]), int(right[at])
            first, second = sorted(int(self.leaders[end]) for end in ends)
            self.pairs.append(first, second, float(found[at]))
            self._forest.join(*ends)

    def _read(self, members: NDArray[np.int64]) -> None:
        """Know the shingles of these examples; those of others are kept while there is room."""
        from ftlint.similarity.jaccard import Sets

        if len(self._known.words) > HELD:
            self._known = Sets(len(self.leaders))
        missing = self._known.missing(members)
        if len(missing):
            texts = self.index.texts(self.leaders[missing].tolist())
            self._known.add(missing, list(texts.values()))

    def _chunks(
        self, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> Iterator[tuple[int, int]]:
        """Yield ranges of pairs whose lines have about `READ` bytes together."""
        import numpy as np

        from ftlint.similarity.minhash import distinct

        loads = np.cumsum(self._sizes[left] + self._sizes[right]) // (READ // 8)
        cuts = [0, *(np.flatnonzero(loads[1:] != loads[:-1]) + 1).tolist(), len(left)]
        begun, size = 0, 0
        members = np.empty(0, np.int64)
        for at, end in pairwise(cuts):
            members = distinct(np.concatenate((members, left[at:end], right[at:end])))
            size = int(self._sizes[members].sum())
            if size >= READ or end == len(left):
                yield begun, end
                begun, members = end, members[:0]


def _labels(left: NDArray[np.int64], right: NDArray[np.int64], many: int) -> NDArray[np.int64]:
    """Return a number for each of `many`, mostly the same where pairs lead from one to the other.

    Smallest numbers are passed on a few times, which is enough to bring most of a cluster together.
    """
    import numpy as np

    labels = np.arange(many)
    for _ in range(ROUNDS):
        smallest = np.minimum(labels[left], labels[right])
        np.minimum.at(labels, left, smallest)
        np.minimum.at(labels, right, smallest)
    return labels


def _pair(left: int, right: int, known: Mapping[int, Shingles], threshold: float) -> Iterator[Pair]:
    """Yield the two as a pair if they are near duplicates."""
    sizes = len(known[left]), len(known[right])
    if SHORTEST <= min(sizes) >= threshold * max(sizes) - ROUNDING:
        similarity = jaccard(known[left], known[right])
        if similarity >= threshold - ROUNDING:
            yield Pair(left, right, similarity)


def sketched(texts: Sequence[str]) -> bytes:
    """Return the sketches of texts, one after the other."""
    from ftlint.similarity.minhash import sketches

    return sketches(texts).tobytes()


def _sketches(index: DuplicateIndex) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return all sketches, and which row is that of each example.

    Those of small batches are made now and stand at the end.
    """
    import numpy as np

    from ftlint.similarity.minhash import BINS

    every = index.sketches
    rows = np.empty(len(index), np.int64)
    row, late = 0, array("q")
    for start, lot in zip(index.begins, index.lots, strict=True):
        many = len(lot.sizes)
        if lot.sketched:
            rows[start : start + many] = np.arange(row, row + many)
            row += many
        else:
            late.extend(range(start, start + many))
    rows[late] = np.arange(row, row + len(late))
    for some in _loads(index, late):
        every = every.merge(Spool(sketched(list(index.texts(some).values()))))
    return every.array().reshape(-1, BINS), rows


def _loads(index: DuplicateIndex, numbers: Iterable[int]) -> Iterator[list[int]]:
    """Yield examples whose lines have about `READ` bytes together."""
    load: list[int] = []
    size = 0
    for at in numbers:
        load.append(at)
        size += index.sizes[at]
        if size >= READ:
            yield load
            load, size = [], 0
    if load:
        yield load
