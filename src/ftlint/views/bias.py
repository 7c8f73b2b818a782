"""The bias section of a report for people: `measures.bias` as lines of plain words.

Every number stands with its interval and with the lines behind it; what was not read is said first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any

from ftlint.analyses.outcome import SHORT

SHOWN = 5
"""Associations, professions and gaps of a split that are shown; all stand in the JSON report."""
SURE = 0.05
"""The q-value up to which something is shown as found."""

MEANING = (
    "These are counts of examples, not judgements of people. A share says how often a group is "
    "named, not how it is spoken of. An association says that a group and a word stand in the same "
    "example more often than with other groups, not that one is said of the other, and not why. A "
    "gap compares prompts as they are: they may ask for different things. Words are found by "
    "lexicons: who is named by a name alone, or in another way, is not counted. No finding does "
    "not mean that the data is fair. Read the lines that are named before you change anything."
)


_JUDGED = ("associations", "professions", "outcomes")


def named(measures: Mapping[str, Any]) -> bool:
    """Return whether the examples name anybody, or could not be read."""
    bias = measures.get("bias", {})
    if any(bias.get(part) for part in _JUDGED):
        return True
    coverage = any(split["axes"] for split in bias.get("coverage", {}).values())
    return coverage or any(part["without_lexicon"] for part in bias.get("languages", {}).values())


def unread(measures: Mapping[str, Any]) -> str:
    """Return what to say where half of the examples or more are in languages without lexicons."""
    parts = measures.get("bias", {}).get("languages", {}).values()
    examples, read = (sum(part[key] for part in parts) for key in ("examples", "read"))
    if not examples or 2 * read > examples:
        return ""
    names: dict[str, int] = {}
    for part in parts:
        for each in part["without_lexicon"]:
            names[each["name"]] = names.get(each["name"], 0) + each["examples"]
    listed = ", ".join(sorted(names, key=lambda name: -names[name])[:3])
    return (
        f"{examples - read:,} of {examples:,} examples are in languages without identity "
        f"lexicons ({listed}): nothing is known of whom they name"
    )


def lines(measures: Mapping[str, Any], width: int = 100) -> Iterator[str]:
    """Yield the lines of the section, without line ends; nothing where nobody is named."""
    if not named(measures):
        return
    bias = measures["bias"]
    # A run of some of the rules has some of the parts.
    parts = ("languages", *_JUDGED)
    for split in dict.fromkeys(split for part in parts for split in bias.get(part, {})):
        languages, coverage = (bias.get(part, {}).get(split) for part in ("languages", "coverage"))
        yield f"Bias, {split}: {_read(languages)}" if languages else f"Bias, {split}"
        yield from _coverage(coverage) if coverage else ()
        yield from _associations(bias.get("associations", {}).get(split))
        yield from _professions(bias.get("professions", {}).get(split))
        yield from _outcomes(bias.get("outcomes", {}).get(split))
    yield from wrap(MEANING, width, initial_indent="  ", subsequent_indent="  ")


def _read(of: Mapping[str, Any]) -> str:
    are = _agrees(of["examples"], "example is", "examples are")
    words = f"{of['read']:,} of {of['examples']:,} {are} in languages with lexicons"
    others = [f"{each['name']} {each['examples']:,}" for each in of["without_lexicon"][:5]]
    return words + (f" (others: {', '.join(others)})" if others else "")


def _coverage(of: Mapping[str, Any]) -> Iterator[str]:
    for axis, each in of["axes"].items():
        groups = sorted(each["groups"].items(), key=lambda item: -item[1]["any"]["examples"])
        told = [f"{name} {_share(group['any'])}" for name, group in groups[:SHOWN]]
        left = f", and {len(groups) - SHOWN} more" if len(groups) > SHOWN else ""
        yield f"  {axis}: {', '.join(told)}{left}"
        for side in ("prompt", "answer"):
            told = [f"{n} {g[side]['share']:.1%}" for n, g in groups[:SHOWN] if side in g]
            if told:
                yield f"    in the {side}: {', '.join(told)}"


def _share(of: Mapping[str, Any]) -> str:
    low, high = of["interval"]
    return f"{of['share']:.1%} ({low:.1%} to {high:.1%})"


def _associations(of: Mapping[str, Any] | None) -> Iterator[str]:
    if of is None:
        return
    found = [each for each in of["strongest"] if each["q"] <= SURE and each["odds_ratio"] > 1]
    few = _few(of["too_few"])
    yield f"  associations: {of['tests']:,} pairs compared, {_some(found, of)} by chance{few}"
    for each in found[:SHOWN]:
        low, high = each["interval"]
        word = repr(each["word"]) if each["word"] else f"words for {each['attribute']}"
        yield (
            f"    {each['group']} and {word}: odds ratio {each['odds_ratio']:.1f} "
            f"({low:.1f} to {high:.1f}), {each['count']:,} of {each['examples']:,} examples, "
            f"nPMI {each['npmi']:.2f}, q {each['q']:.2g}{_rows(each['rows'])}"
        )


def _some(found: Sequence[Any], of: Mapping[str, Any]) -> str:
    if not found:
        return "none of them more often together than expected"
    # Only the surest stand in the figures: if all of these are found, there may be more.
    more = len(found) == len(of["strongest"]) < of["tests"]
    return f"{'at least ' * more}{len(found)} more often together than expected"


def _professions(of: Mapping[str, Any] | None) -> Iterator[str]:
    if of is None:
        return
    found = [each for each in of["professions"] if each["q"] <= SURE]
    few = f"; {of['too_few']:,} {_agrees(of['too_few'], 'occurs', 'occur')} too rarely"
    few = few if of["too_few"] else ""
    total = of["men"] + of["women"]
    judged = len(of["professions"])
    told = f"{len(found)} of {judged} differ from the others" if judged else "none can be judged"
    yield f"  professions: women stand for {of['women'] / total:.0%} of {total:,}; {told}{few}"
    for each in found[:SHOWN]:
        low, high = each["interval"]
        yield (
            f"    {each['profession']}: {each['share_women']:.0%} women ({low:.0%} to {high:.0%}) "
            f"of {each['men'] + each['women']:,}, q {each['q']:.2g}{_rows(each['rows'])}"
        )


def _outcomes(of: Mapping[str, Any] | None) -> Iterator[str]:
    if of is None:
        return
    found = [each for each in of["gaps"] if each["q"] <= SURE and not _label(each)]
    few = _few(of["too_few"])
    many = len(of["gaps"])
    some = f"{len(found)} of {many} comparisons differ" if many else "none can be compared"
    name = _agrees(of["prompts"], "prompt names", "prompts name")
    yield f"  outcomes: {of['prompts']:,} {name} somebody; {some}{few}"
    for each in found[:SHOWN]:
        others = each["other_groups"]
        against = others[0] if len(others) == 1 else "others"
        yield (
            f"    {each['group']} against {against}, {_gap(each)}, "
            f"q {each['q']:.2g}{_rows(each['rows'])}"
        )


def _label(each: Mapping[str, Any]) -> bool:
    """Return whether it is the length of labels, which are as long as they are."""
    shorter: float = min(each["value"], each["other"])
    return each["outcome"] == "length" and shorter < SHORT


def _gap(each: Mapping[str, Any]) -> str:
    """Return an outcome with its two values and the interval, in words of its own."""
    name, value, other, (low, high) = (each[k] for k in ("outcome", "value", "other", "interval"))
    if name == "length":
        times = f"{2**low:.2f} to {2**high:.2f} times"
        return f"length: {2**value:,.0f} and {2**other:,.0f} characters ({times})"
    if name == "sentiment":
        words = "good less bad words in a thousand"
        return f"{words}: {value:.1f} and {other:.1f} (difference {low:+.1f} to {high:+.1f})"
    return f"{name}: {value:.1%} and {other:.1%} (difference {low:+.1%} to {high:+.1%})"


def _agrees(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _few(groups: Sequence[Any]) -> str:
    if not groups:
        return ""
    return f"; {len(groups)} {_agrees(len(groups), 'group is', 'groups are')} named too rarely"


def _rows(rows: Sequence[Mapping[str, Any]]) -> str:
    numbers = ", ".join(str(row["line"]) for row in rows if row["line"])
    return f", lines {numbers}" if numbers else ""
