"""FT5, drift: validation data that differs from the training data that it stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ftlint.analyses.language import Languages, LanguageShares
from ftlint.analyses.profile import Profile, Profiles, Profiling
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.source import Dataset
from ftlint.statistics.homogeneity import Test, discoveries, kolmogorov_smirnov, total_variation
from ftlint.text.languagename import name
from ftlint.value import dataclass

FEWEST = 30
"""Examples that a split has at least before it is compared."""
RATE = 0.01
"""Share of the differences found that may be by chance."""
_ASKED = ("Name a large river.", "What floats on water?", "Where do herons sleep?", "Who sings?")
_TOLD = ("The Rhine is one.", "Wood does, and ice.", "In trees near the shore.", "The blackbird.")
_SHORT = tuple(chat(user(_ASKED[n % 4]), assistant(f"{_TOLD[n % 4]} {n}")) for n in range(80))
_LONG = tuple(
    chat(user(_ASKED[n % 4]), assistant(f"{_TOLD[n % 4]} It is told in chapter {n}. " * 5))
    for n in range(80)
)


def where(split: str, dataset: Dataset) -> Where:
    """Return the one source of a split, or the whole dataset."""
    sources = [i for i, source in enumerate(dataset.sources) if source.split == split]
    return Where(sources[0]) if len(sources) == 1 else Where()


@dataclass(frozen=True)
class SplitDrift(AnalysisRule[Profiles]):
    """Validation examples differ from training examples in length, turns or labels.

    Why: what validation measures is then not what is trained; the loss says little, and the best
    checkpoint for one may be a poor one for the other.

    Ignore when: the splits are meant to differ, as in a test of longer conversations.

    Source: Kolmogorov-Smirnov test with Stephens' correction (1970); total variation distance
    with Pearson's chi-squared test, rare labels pooled (Cochran 1954); Benjamini and Hochberg
    1995 over all that is compared. Besides being no chance a difference must be large.
    """

    code = "FT545"
    name = "split-drift"
    severity = Severity.WARNING
    compares = True
    message = (
        "{what} of validation differ from those of training: {detail} (distance {distance:.2f}, "
        "at most {limit}; p = {probability:.1g})"
    )
    good = (good(*_SHORT[:40], held=_SHORT[40:], pad=False),)
    bad = (bad(*_SHORT[:40], held=_LONG[40:], at="held -", pad=False),)

    distance: float = 0.25
    """Largest distance of the distributions, in [0, 1], that is not reported."""
    fewest: int = FEWEST
    """Examples that each split has at least."""

    @property
    def analysis(self) -> Profiling:
        """Return the profile of each split."""
        return Profiling()

    def judge(self, result: Profiles, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding for each kind of figure that has drifted."""
        train, held = result.get("train"), result.get("validation")
        if not train or not held or min(train.examples, held.examples) < self.fewest:
            return
        tests = compared(train, held)
        real = discoveries({what: test.probability for what, test in tests.items()}, RATE)
        for what, test in tests.items():
            if what in real and test.distance > self.distance:
                yield self.finding(
                    where("validation", dataset),
                    what=what,
                    detail=detail(what, train, held),
                    distance=test.distance,
                    limit=self.distance,
                    probability=test.probability,
                )


def compared(left: Profile, right: Profile) -> dict[str, Test]:
    """Return a test of each kind of figure that two profiles have; both have examples."""
    tests = {
        what: kolmogorov_smirnov(lengths(left, what), lengths(right, what)) for what in LENGTHS
    }
    if left.classes.of and right.classes.of:
        tests["labels"] = total_variation(left.classes.of, right.classes.of)
    return tests


LENGTHS = ("prompt lengths", "answer lengths", "numbers of turns")


def lengths(profile: Profile, what: str) -> Mapping[int, int]:
    """Return how many examples have each length."""
    counts = (profile.prompts, profile.answers, profile.turns)
    return dict(zip(LENGTHS, counts, strict=True))[what].of


def detail(what: str, left: Profile, right: Profile) -> str:
    """Return what differs most, for a message: `median 12 and 340`."""
    if what == "labels":
        label, one, other = widest(left.classes.of, right.classes.of)
        return f"{label!r} {one:.1%} and {other:.1%}"
    one, other = (median(lengths(each, what)) for each in (left, right))
    unit = "" if what == "numbers of turns" else " characters"
    return f"median {one} and {other}{unit}"


def widest(left: Mapping[str, int], right: Mapping[str, int]) -> tuple[str, float, float]:
    """Return the category whose shares differ most, and both shares."""
    n, m = sum(left.values()) or 1, sum(right.values()) or 1
    shares = {k: (left.get(k, 0) / n, right.get(k, 0) / m) for k in left.keys() | right.keys()}
    most = max(sorted(shares), key=lambda key: abs(shares[key][0] - shares[key][1]))
    return most, *shares[most]


def median(counts: Mapping[int, int]) -> int:
    """Return the lower median of values by count."""
    middle, seen = (sum(counts.values()) + 1) // 2, 0
    for value, count in sorted(counts.items()):
        seen += count
        if seen >= middle:
            return value
    return 0


_DE = "Wie lange muss ein Sauerteigbrot im Ofen backen, damit die Kruste knusprig wird?"
_EN = "How long does a sourdough loaf have to bake until its crust is crisp?"


@dataclass(frozen=True)
class LanguageDrift(AnalysisRule[Languages]):
    """Validation examples have other shares of languages than training examples.

    Why: what validation measures is then not what is trained, language by language.

    Ignore when: one language alone is validated on purpose.

    Source: total variation distance with Pearson's chi-squared test, rare languages pooled
    (Cochran 1954); shares are those of a sample. Besides being no chance it must be large.
    """

    code = "FT546"
    name = "language-drift"
    severity = Severity.WARNING
    message = (
        "{language} is the language of {train:.1%} of the training examples and {held:.1%} of "
        "the validation examples (distance of all languages {distance:.2f}, at most {limit})"
    )
    good = (
        good(
            *[chat(user(f"{_EN} {n}"), assistant("Fifty minutes.")) for n in range(40)],
            held=[chat(user(f"{_EN} {n}!"), assistant("Fifty minutes.")) for n in range(30)],
            pad=False,
        ),
    )
    bad = (
        bad(
            *[chat(user(f"{_EN} {n}"), assistant("Fifty minutes.")) for n in range(40)],
            held=[chat(user(f"{_DE} {n}"), assistant("Fünfzig.")) for n in range(30)],
            at="held -",
            pad=False,
        ),
    )

    distance: float = 0.2
    """Largest distance of the shares, in [0, 1], that is not reported."""
    fewest: int = FEWEST
    """Examples with a language that each split has at least."""

    @property
    def analysis(self) -> LanguageShares:
        """Return the shares of each split."""
        return LanguageShares()

    def judge(self, result: Languages, dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding."""
        train, held = result.get("train"), result.get("validation")
        if not train or not held or min(train.determined, held.determined) < self.fewest:
            return
        left, right = dict(train.ranked), dict(held.ranked)
        test = total_variation(left, right)
        if test.probability <= RATE and test.distance > self.distance:
            code, one, other = widest(left, right)
            yield self.finding(
                where("validation", dataset),
                language=name(code),
                train=one,
                held=other,
                distance=test.distance,
                limit=self.distance,
                probability=test.probability,
            )
