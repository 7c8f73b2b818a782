"""FT7, representation: whether groups are named as often as they should be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import sqrt

from ftlint.analyses.naming import ANY, Naming
from ftlint.analyses.representation import Representation
from ftlint.analyses.split import Part
from ftlint.bias.identity import lexicon
from ftlint.configuration.document import suggest
from ftlint.features.gender import MEN, WOMEN
from ftlint.features.identity import covered
from ftlint.finding import Finding, Severity
from ftlint.rule import bad, good, later
from ftlint.rules.bias import Named, told
from ftlint.rules.token import spaced
from ftlint.statistics.contrast import adjusted, upper
from ftlint.statistics.interval import wilson
from ftlint.value import dataclass


@dataclass(frozen=True)
class RepresentationSkew(Named):
    """Groups are named far more or far less often than they should be.

    Why: what the data hardly names, the model hardly learns to speak of; whom it names nine times
    in ten becomes the person that is meant unless something else is said.

    Ignore when: the dataset is about one group. Without a `reference` only men and women are
    judged, by `max_share`; how often groups ought to be named nobody but you can say.

    Source: Zhao et al. 2018 (representation in training data and its effect); the limit is ours.
    """

    code = "FT701"
    name = "representation-skew"
    severity = Severity.NOTE
    message = (
        "{share:.0%} of the {split} examples that name {among} name {group} "
        "({count:,} of {total:,}, 95 % interval {low:.0%} to {high:.0%}); {expected}"
    )
    good = later(
        lambda: (good(*told("He sings", "She sings"), pad=False),)
    )  # fmt: skip
    bad = later(
        lambda: (
            bad(
                *told("He sings", "He dances", 120),
                at="-",
                note="one gender alone",
                pad=False,
            ),
            bad(
                *told("He sings", "She sings", 120),
                at="-",
                options={"reference": ("women=0.8",)},
                note="half are less than what was asked for",
                pad=False,
            ),
        )
    )

    reference: tuple[str, ...] = ()
    """Shares that groups should have of the examples that name a group of their axis, such as
    `women=0.5` or `religion/others=0.1`."""
    tolerance: float = 1.25
    """By what factor a share may miss its reference: 1.25 is the four-fifths rule."""
    max_share: float = 0.9
    """Share, in [0, 1], that one of men and women may have of the examples that name one alone."""
    min_examples: int = 100
    """Examples that must name a group of the axis."""

    def __post_init__(self) -> None:
        """Read the reference. Raises: ValueError."""
        object.__setattr__(self, "_expected", tuple(map(_reference, self.reference)))

    @property
    def analysis(self) -> Representation:
        """Return the counts."""
        return Representation(self.lexicons)

    def unready(self) -> str | None:
        """Return which group of the reference nobody knows. Raises: PackError."""
        super().unready()
        known = self._known() if self.reference else {}
        for group, _ in getattr(self, "_expected", ()):
            if group not in known:
                return f"reference names the unknown group {group!r}{suggest(group, known)}"
        return None

    def _known(self) -> dict[str, set[tuple[str, str]]]:
        """Return axis and group of each name that a reference may have."""
        found: dict[str, set[tuple[str, str]]] = {}
        for language in covered(self.lexicons):
            for axis, groups in lexicon(language, self.lexicons).groups().items():
                for group in groups:
                    for name in (group, f"{axis}/{group}"):
                        found.setdefault(name, set()).add((axis, group))
        return found

    def _judge(self, part: Part[Naming]) -> Iterator[Finding]:
        if not self.reference:
            yield from self._extreme(part)
            return
        tests, known = [], self._known()
        for group, share in getattr(self, "_expected", ()):
            for axis, named in sorted(known.get(group, ())):
                count = part.of.groups.of.get(("any", axis, named), 0)
                total = part.of.groups.of.get(("any", axis, ANY), 0)
                if total >= self.min_examples:
                    z = abs(count / total - share) / sqrt(share * (1 - share) / total)
                    tests.append((axis, named, count, total, share, 2 * upper(z)))
        q_values = adjusted([test[-1] for test in tests])
        for (axis, named, count, total, share, _), q in zip(tests, q_values, strict=True):
            low, high = wilson(count, total)
            if q <= 0.05 and not (low <= share * self.tolerance and high >= share / self.tolerance):
                expected = f"{share:.0%} expected, within a factor of {self.tolerance:g}"
                yield self._finding(part, (axis, named), count, total, expected, f"some {axis}")

    def _extreme(self, part: Part[Naming]) -> Iterator[Finding]:
        counts = {MEN: 0, WOMEN: 0}
        for ((axis, group), _), count in part.of.alone.of.items():
            if axis == "gender" and group in counts:
                counts[group] += count
        group, count = max(counts.items(), key=lambda item: item[1])
        total = sum(counts.values())
        if total >= self.min_examples and wilson(count, total)[0] > self.max_share:
            expected = f"at most {self.max_share:.0%}"
            among = "men or women alone"
            yield self._finding(part, ("gender", group), count, total, expected, among)

    def _finding(
        self, part: Part[Naming], group: tuple[str, str], count: int, total: int, *told: str
    ) -> Finding:
        low, high = wilson(count, total)
        finding = self.finding(
            part.where,
            related=part.of.places(*group),
            split=part.split,
            axis=group[0],
            group=group[1],
            count=count,
            total=total,
            share=count / total,
            low=low,
            high=high,
            expected=told[0],
            among=told[1],
        )
        return spaced(finding)


def _reference(word: str) -> tuple[str, float]:
    match = re.fullmatch(r"([^=]+)=(0?\.\d+|0|1|1\.0)", word.replace(" ", ""))
    if not match or not 0 < float(match[2]) < 1:
        raise ValueError(f"reference {word!r} is not a group and a share, such as women=0.5")
    return match[1], float(match[2])
