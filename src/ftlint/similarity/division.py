"""Divisions: which clusters of examples are held out, so that both splits are alike.

Arithmetic on numbers that stand for examples; `ftlint.similarity.split` makes them from the data. A
cluster is never cut. Within each stratum (a label, or a range of lengths) clusters are taken in an
order that seed and contents decide, as long as each brings the stratum nearer to its share; what is
then missing or too much is passed on to the next stratum. Iterative stratification (Sechidis et al.
2011) with whole groups, in O(n log n).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from hashlib import blake2b

from ftlint.value import dataclass


@dataclass(frozen=True, slots=True)
class Cluster:
    """Examples that must stay together."""

    order: bytes
    """Place in the drawing: a hash of the seed and of the contents."""
    members: tuple[int, ...]
    strata: Counter[int]
    """How many of the members are in each stratum."""

    @property
    def main(self) -> int:
        """Return the stratum of most members, the smaller number among equals."""
        return min(self.strata, key=lambda stratum: (-self.strata[stratum], stratum))


def clustered(
    roots: Sequence[int], strata: Sequence[int], marks: Sequence[int], seed: int
) -> list[Cluster]:
    """Return the clusters in the order of the drawing.

    `roots` has a number a cluster, `marks` are 64-bit digests of the contents: the order of the
    examples, and what else is in the data, do not change which cluster comes before which.
    """
    members: dict[int, list[int]] = {}
    for index, root in enumerate(roots):
        members.setdefault(root, []).append(index)
    found = [
        Cluster(
            _drawn(seed, min([marks[index] for index in those])),
            tuple(those),
            Counter([strata[index] for index in those]),
        )
        for those in members.values()
    ]
    return sorted(found, key=lambda cluster: (cluster.order, cluster.members))


def _drawn(seed: int, mark: int) -> bytes:
    return blake2b(b"%d %d" % (seed, mark), digest_size=8).digest()


@dataclass(slots=True)
class Drawing:
    """The clusters held out so far; from every stratum something is left to train on."""

    left: Counter[int]
    """Examples of each stratum that are not held out."""
    held: set[int] = field(default_factory=set)
    """Members of the clusters that are held out."""

    def take(self, clusters: Sequence[Cluster], want: float) -> float:
        """Hold out those of `clusters` that come nearer to `want` examples; return what lacks."""
        for cluster in clusters:
            # Adding `size` to what lacks comes nearer to 0 if half of it still fits.
            if len(cluster.members) / 2 <= want and self._may(cluster):
                self.held.update(cluster.members)
                self.left.subtract(cluster.strata)
                want -= len(cluster.members)
        return want

    def _may(self, cluster: Cluster) -> bool:
        return cluster.members[0] not in self.held and all(
            self.left[stratum] > count for stratum, count in cluster.strata.items()
        )


def divide(clusters: Sequence[Cluster], share: float) -> frozenset[int]:
    """Return the examples to hold out: whole clusters, about `share` of each stratum."""
    left: Counter[int] = Counter()
    for cluster in clusters:
        left.update(cluster.strata)
    drawing, lack = Drawing(Counter(left)), 0.0
    for group in _by_stratum(clusters):
        lack += share * sum(len(cluster.members) for cluster in group)
        lack = drawing.take(group, lack)
    drawing.take(clusters, lack)  # what no stratum could give by itself
    return frozenset(drawing.held)


def _by_stratum(clusters: Sequence[Cluster]) -> Iterator[list[Cluster]]:
    """Yield the clusters of each stratum, the smallest stratum first: it has least choice."""
    groups: dict[int, list[Cluster]] = {}
    for cluster in clusters:
        groups.setdefault(cluster.main, []).append(cluster)
    sizes = {key: sum(len(c.members) for c in group) for key, group in groups.items()}
    for key in sorted(groups, key=lambda key: (sizes[key], key)):
        yield groups[key]
