"""Measures the bias rules: known bias told, none where there is none, GenBiT's metrics, speed.

Prints Markdown; exits with 1 when a stated target is missed. `--genbit` names a Python with genbit
2.2, numpy, scipy and stopwordsiso (no stanza, no nltk: both are stood in for, on both sides alike).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from math import log
from pathlib import Path
from typing import Any

from bias_calibration import CHAT, null, planted

from ftlint.analyses.association import associated
from ftlint.analyses.genderword import WORD, single_words
from ftlint.analyses.naming import Naming, NamingTally
from ftlint.analyses.profession import professions
from ftlint.bias.cooccurrence import measure
from ftlint.example import Batch, Lines
from ftlint.features.gender import MEN, WOMEN
from ftlint.features.identity import finder, mentions
from ftlint.features.turns import TURNS
from ftlint.rules.bias import GenderedProfession, IdentityAssociation
from ftlint.rules.outcome import OutcomeGap
from ftlint.rules.representation import RepresentationSkew

DATA = Path(__file__).parent / "../../shared/data"


def main() -> int:
    """Print what was asked for; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--runs", type=int, default=200, help="of each calibration")
    parser.add_argument("--genbit", help="a Python that has genbit")
    parser.add_argument("--only", default="", help="winobias, bbq, templates, null, planted, speed")
    options = parser.parse_args()
    parts: dict[str, Callable[[], list[str]]] = {
        "winobias": lambda: winobias(options.data),
        "bbq": lambda: bbq(options.data),
        "templates": lambda: templates(options.data),
        "null": lambda: null(options.data, options.runs),
        "planted": lambda: planted(options.data, max(options.runs // 2, 1)),
        "genbit": lambda: genbit(options.data, options.genbit),
        "speed": lambda: speed(options.data),
    }
    chosen = options.only.split(",") if options.only else parts
    missed = [line for name in chosen for line in parts[name]()]
    for line in missed:
        print(f"MISSED: {line}")
    return 1 if missed else 0


def read(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def naming_of(texts: list[str]) -> Naming:
    """Return what single texts name, each of them an example with one prompt."""
    tally = NamingTally()
    found = finder("en").scan(texts)  # type: ignore[union-attr]
    for number in range(len(texts)):
        told = [each._replace(text=0) for each in found.get(number, ())]
        tally.read("en", told, [("user", texts[number])], (0, number, -1))
    return tally.naming().counted()


def winobias(data: Path) -> list[str]:
    """Tell the stereotyped half from the other by each occupation; a balanced mix is silent."""
    rows = read(data / "truth/bias_winobias/sentences.jsonl")
    halves = {
        half: professions(naming_of([row["text"] for row in rows if row["stereo"] == half]), 1)
        for half in ("pro", "anti")
    }
    stereo = _stereotypes(rows)
    signs: dict[str, list[bool]] = {}
    for half, sign in (("pro", 1), ("anti", -1)):
        for each in halves[half].judged:
            if each.name in stereo:
                lean = log((each.men + 0.5) / (each.women + 0.5))
                signs.setdefault(each.name, []).append(lean * stereo[each.name] * sign > 0)
    right = sum(all(told) for told in signs.values())
    rule = GenderedProfession()
    mixed = professions(naming_of([row["text"] for row in rows]), rule.min_examples)
    loud = sum(each.q <= rule.q and each.low >= rule.min_ratio for each in mixed.judged)
    print("## WinoBias\n\n| | |\n|---|---|")
    print(f"| occupations with the right sign in both halves | {right} of {len(signs)} |")
    print(
        f"| average bias ratio, pro / anti | {halves['pro'].ratio:.3f} / "
        f"{halves['anti'].ratio:.3f} |"
    )
    print(f"| professions reported on all sentences, which are balanced | {loud} |\n")
    return [f"signs {right} of {len(signs)}"] * (right < 0.9 * len(signs)) + ["mix"] * (loud > 0)


def _stereotypes(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Return 1 for each occupation that the marked sentences give to men, -1 for women."""
    import re

    votes: dict[str, int] = {}
    for row in rows:
        marked = [word.lower() for word in re.findall(r"\[([^\]]*)\]", row["marked"])]
        who = [word.removeprefix("the ").removeprefix("a ").removeprefix("an ") for word in marked]
        for word in who:
            for found in mentions(f"the {word} works"):
                if found.entry.attribute and found.entry.axis == "profession":
                    man = any(each in ("he", "him", "his") for each in who)
                    vote = (1 if man else -1) * (1 if row["stereo"] == "pro" else -1)
                    votes[found.entry.group] = votes.get(found.entry.group, 0) + vote
    return {name: 1 if vote > 0 else -1 for name, vote in votes.items() if vote}


def bbq(data: Path) -> list[str]:
    """Find the two groups that each context names."""
    wanted = {"Age": {"age"}, "Religion": {"religion"}}
    print(
        "## BBQ\n\n| set | contexts | with a group of the axis | with any group |\n"
        "|---|---|---|---|"
    )
    missed = []
    for path in sorted((data / "truth/bias_bbq").glob("*_sample.jsonl")):
        name = path.name.removesuffix("_sample.jsonl")
        rows = read(path)
        found = [
            {m.entry.axis for m in mentions(row["context"]) if not m.entry.attribute}
            for row in rows
        ]
        axis = sum(bool(each & wanted.get(name, each)) for each in found)
        print(
            f"| {name} | {len(rows)} | {axis / len(rows):.1%} | "
            f"{sum(map(bool, found)) / len(rows):.1%} |"
        )
        if axis < 0.95 * len(rows):
            missed.append(f"bbq {name} {axis} of {len(rows)}")
    print()
    return missed


def templates(data: Path) -> list[str]:
    """Raise nothing on the templates that insult nobody and name everybody."""
    rows = read(data / "toxicity/identity_templates.jsonl")
    texts = [row["text"] for row in rows if not row["label"]]
    rule = IdentityAssociation()
    found = associated(naming_of(texts), rule.min_examples)
    loud = found.significant(rule.q, rule.min_ratio, rule.min_count)
    named = sum(any(not m.entry.attribute for m in mentions(text)) for text in texts)
    print("## Identity templates that insult nobody\n\n| | |\n|---|---|")
    print(f"| templates, with a group found | {len(texts)}, {named / len(texts):.1%} |")
    print(f"| associations reported of {found.tests} pairs | {len(loud)} |\n")
    return [f"templates: {[(each.group, each.word) for each in loud]}"] * bool(loud)


DRIVE = """
import json, sys, types
for name in ("stanza", "nltk"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["nltk"].RegexpTokenizer = object
import re
from genbit import metrics_calculation as m
m.Lemmatizer = lambda code: types.SimpleNamespace(lemmatize_token=lambda token: token)
given = json.load(sys.stdin)
find = re.compile(r"[^\\W\\d_]+").findall
tokens = types.SimpleNamespace(tokenize_data=lambda data: [find(x) for x in data])
tool = m.MetricsCalculation("en", 30, 0.95, 80, tokens, False, False)
tool._female_gendered_words = set(given["female"]); tool._male_gendered_words = set(given["male"])
tool._multiword_expressions = {}; tool._stopwords = set(given["ignored"])
for text in given["texts"]:
    tool.analyze_text(text)
print(json.dumps(tool.get_statistics(True, False)))
"""


def genbit(data: Path, python: str | None) -> list[str]:
    """Agree with GenBiT on the same words, lists and settings."""
    if not python:
        print("## GenBiT\n\nnot run: --genbit names no Python\n")
        return []
    from ftlint.analyses.topic import function_words

    women, men = single_words(WOMEN), single_words(MEN)
    print(
        "## GenBiT 2.2 on the same words\n\n| set | metric | genbit | ftlint | apart |\n"
        "|---|---|---|---|---|"
    )
    missed = []
    sets = {
        "gpteacher_roleplay": [_said(row) for row in read(data / "chat/gpteacher_roleplay.jsonl")],
        "winobias, pro": [
            row["text"]
            for row in read(data / "truth/bias_winobias/sentences.jsonl")
            if row["stereo"] == "pro"
        ],
    }
    for name, texts in sets.items():
        words = [WORD.findall(text.lower()) for text in texts]
        ours = measure(words, women, men, function_words())
        given = {"texts": words, "female": [*women], "male": [*men], "ignored": [*function_words()]}
        theirs = _driven(python, given)
        more = theirs["additional_metrics"]
        for metric, mine, other in (
            ("genbit_score", ours.conditional_absolute, theirs["genbit_score"]),
            ("avg_bias_ratio", ours.ratio, more["avg_bias_ratio"]),
            ("avg_bias_ratio_absolute", ours.ratio_absolute, more["avg_bias_ratio_absolute"]),
            ("avg_bias_conditional", ours.conditional, more["avg_bias_conditional"]),
        ):
            apart = abs(mine - other) / max(abs(other), 1e-12)
            print(f"| {name} | {metric} | {other:.6f} | {mine:.6f} | {apart:.1e} |")
            missed += [f"genbit {name} {metric}"] * (apart > 0.01)
    print()
    return missed


def _driven(python: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what GenBiT says of the words in `given`."""
    run = subprocess.run(
        [python, "-c", DRIVE], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(run.stdout)
    return told


def _said(row: dict[str, Any]) -> str:
    return "\n".join(m["content"] for m in row["messages"] if isinstance(m.get("content"), str))


def speed(data: Path) -> list[str]:
    """Cost no more than 15 ns a byte for the search, and 60 s of CPU for 100 MB in all."""
    files = [data / "chat" / f"{name}.jsonl" for name in CHAT]
    rows = [line for path in files for line in path.read_bytes().splitlines()]
    size = sum(map(len, rows))
    times, found, spent = max(1, 24_000_000 // size), finder("en"), 0.0
    assert found is not None
    for first in range(0, len(rows), 1000):
        column = Batch(Lines(0, first, rows[first : first + 1000])).column(TURNS)
        texts = [text for said in column for _, text in said]
        began = time.process_time()
        for _ in range(times):
            found.scan(texts)
        spent += time.process_time() - began
    whole = size * times
    rules = (RepresentationSkew(), IdentityAssociation(), GenderedProfession(), OutcomeGap())
    cost = _cost(rows * times, rules) - _cost(rows * times, ())
    print(
        f"## Speed, {len(rows) * times:,} conversations of {whole / 1e6:.0f} MB\n\n| | |\n|---|---|"
    )
    print(f"| search | {spent / whole * 1e9:.1f} ns/B |")
    print(f"| the four rules, above decoding | {cost / whole * 1e8:.1f} s of CPU for 100 MB |\n")
    missed = [f"search {spent / whole * 1e9:.1f} ns/B"] * (spent / whole > 15e-9)
    return missed + [f"rules {cost / whole * 1e8:.0f} s"] * (cost / whole * 1e8 > 60)


def _cost(rows: list[bytes], rules: tuple[Any, ...]) -> float:
    """Return the CPU seconds of a run over `rows`; turns are read in any case."""
    from ftlint.proof import prove

    began = time.process_time()
    for first in range(0, len(rows), 1024):
        batch = Batch(Lines(0, first, rows[first : first + 1024], odd_space=True))
        prove(batch)
        batch.column(TURNS)
        analyses = {
            part
            for rule in rules
            for each in rule.analyses()
            for part in getattr(each, "parts", (each,))
        }
        for analysis in analyses:
            analysis.summarize(batch)
        batch.close()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
