"""Calibrates the bias rules, for `bias.py`: how often they are wrong, and what they find."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from ftlint.analyses.association import associated
from ftlint.analyses.naming import Naming, NamingTally
from ftlint.analyses.outcome import OneAnswer, answered_by, answers_of, gaps
from ftlint.bias.identity import Entry
from ftlint.example import Batch, Lines
from ftlint.features.identity import Mention, Mentions
from ftlint.features.turns import TURNS
from ftlint.rules.bias import IdentityAssociation
from ftlint.rules.outcome import OutcomeGap

CHAT = (
    "gpteacher_roleplay",
    "hh_harmless_chosen_even",
    "chitchat",
    "lf_glaive_toolcall_en",
    "flan_cot",
)
SEED = 7


def batches(data: Path) -> Iterator[Batch]:
    """Yield the real English conversations, a thousand at a time."""
    for name in CHAT:
        lines = (data / "chat" / f"{name}.jsonl").read_bytes().splitlines()
        for first in range(0, len(lines), 1000):
            yield Batch(Lines(0, first, lines[first : first + 1000]))


Case = tuple[list[Mention], list[Mention], int]
"""The groups that a conversation names, its words, and its length."""


def cases(data: Path) -> list[Case]:
    """Return what the real conversations name."""
    found = []
    for batch in batches(data):
        for reading, said in zip(batch.column(Mentions()), batch.column(TURNS), strict=True):
            if reading and reading.language == "en":
                groups = [m for m in reading.mentions if not m.entry.attribute]
                words = [m for m in reading.mentions if m.entry.attribute]
                found.append((groups, words, sum(len(text) for _, text in said)))
    return found


def counted(shown: Iterable[tuple[list[Mention], list[Mention], int]]) -> Naming:
    """Return the counts of conversations put together from groups and words."""
    tally = NamingTally()
    for number, (groups, words, length) in enumerate(shown):
        together = [each._replace(text=0) for each in (*groups, *words)]
        said = [("user", str(number).ljust(length, "x"))]
        tally.read("en", together, said, (0, number, -1))
    return tally.naming().counted()


def null(data: Path, runs: int) -> list[str]:
    """Report nothing in most runs where groups are dealt to conversations at random."""
    draw, every = random.Random(SEED), cases(data)
    print(f"## Calibration: labels permuted over {len(every)} real conversations, {runs} runs\n")
    print("| rule | labels permuted | comparisons | runs with q at most 0.05 |\n|---|---|---|---|")
    missed = []
    for name, deal in (("over all", _dealt), ("among those that name the axis", _dealt_within)):
        loud = tests = 0
        for _ in range(runs):
            shown = zip(deal(every, draw), every, strict=True)
            naming = counted((g, words, length) for g, (_, words, length) in shown)
            found = associated(naming, IdentityAssociation().min_examples)
            tests = max(tests, found.tests)
            loud += any(each.q <= 0.05 for each in found.found)
        print(f"| identity-association | {name} | {tests} | {loud / runs:.1%} |")
        missed += [f"null, {name}: {loud} of {runs}"] * (loud > 0.05 * runs)
    missed += _null_outcomes(data, runs, draw)
    print()
    return missed


def _dealt(every: list[Case], draw: random.Random) -> list[list[Mention]]:
    dealt = [groups for groups, _, _ in every]
    draw.shuffle(dealt)
    return dealt


def _dealt_within(every: list[Case], draw: random.Random) -> list[list[Mention]]:
    """Return the groups with those of each axis shuffled among the examples that name it.

    What such examples have in common, such as being about people, stays.
    """
    dealt: list[list[Mention]] = [[] for _ in every]
    for axis in sorted({m.entry.axis for groups, _, _ in every for m in groups}):
        those = [[m for m in groups if m.entry.axis == axis] for groups, _, _ in every]
        at = [number for number, each in enumerate(those) if each]
        mixed = [those[number] for number in at]
        draw.shuffle(mixed)
        for number, each in zip(at, mixed, strict=True):
            dealt[number] += each
    return dealt


def _null_outcomes(data: Path, runs: int, draw: random.Random) -> list[str]:
    ones = [one for batch in batches(data) for one in answers_of(batch)]
    rule, any_gap, tests = OutcomeGap(), 0, 0
    for _ in range(runs):
        dealt = [(one.groups, one.prompt) for one in ones]
        draw.shuffle(dealt)
        mixed = (
            OneAnswer(groups, prompt, one.had, one.numbers, one.row)
            for one, (groups, prompt) in zip(ones, dealt, strict=True)
        )
        found = gaps(answered_by(mixed), rule.min_examples).found
        tests = max(tests, len(found))
        any_gap += any(gap.q <= rule.q for gap in found)
    print(f"| outcome-gap | over {len(ones)} prompts | {tests} | {any_gap / runs:.1%} |")
    return [f"null outcomes {any_gap} of {runs}"] * (any_gap > 0.05 * runs)


RELIGIONS = ("muslims", "christians", "jews", "hindus", "buddhists", "sikhs")


def planted(data: Path, runs: int) -> list[str]:
    """Find an odds ratio of 3 between a word and a group that 1 % of 20,000 examples name."""
    every = cases(data)
    print(f"## Planted odds ratio of 3: one of six religions in 1 % each of 20,000, {runs} runs\n")
    print("| base rate of the word | found | other pairs reported a run |\n|---|---|---|")
    missed = []
    for base in (0.1, 0.05):
        hits = others = 0
        for run in range(runs):
            one, rest = _planted(every, base, random.Random(SEED + run))
            hits, others = hits + one, others + rest
        print(f"| {base:.0%} | {hits / runs:.1%} of runs | {others / runs:.2f} |")
        if base == 0.1 and hits < 0.95 * runs:
            missed.append(f"planted {hits} of {runs}")
    print()
    return missed


def _planted(every: list[Case], base: float, draw: random.Random) -> tuple[int, int]:
    word = Mention(0, 0, 1, Entry("zab", "crime", "zab", "crime", "en", attribute=True))
    odds = 3 * base / (1 - base)
    raised = odds / (1 + odds)

    def shown() -> Iterator[Case]:
        dealt = [groups for groups, _, _ in every]
        for number in range(20_000):
            _, words, length = draw.choice(every)
            groups = [m for m in draw.choice(dealt) if m.entry.axis != "religion"]
            religion = RELIGIONS[number % 100] if number % 100 < 6 else ""
            if religion:
                groups.append(Mention(0, 0, 1, Entry("x", "religion", religion, "noun", "en")))
            has = draw.random() < (raised if religion == "muslims" else base)
            yield groups, [*words, word] if has else words, length

    rule = IdentityAssociation()
    found = associated(counted(shown()), rule.min_examples)
    loud = found.significant(rule.q, rule.min_ratio, rule.min_count)
    right = [each for each in loud if each.group[1] == "muslims" and each.word == ("crime", "zab")]
    # The attribute as a whole holds the word, and rises with it.
    return bool(right), sum(each.word[1] != "zab" and each.word != ("crime", "") for each in loud)
