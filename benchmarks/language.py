"""Judges language identification on labelled paragraphs, and answers in another language.

The first set has paragraphs of the Universal Declaration of Human Rights, the second one text a
language. Only the cap on characters and the threshold were chosen with the first. Replies are made
of real ones: an answer in another language is one whose question was exchanged for that of
another set. Exits with 1 when the accuracy on paragraphs is below what is aimed at.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ftlint.features.language import UNDETERMINED, language, supported
from ftlint.features.reply import differs, doubtful
from ftlint.statistics.interval import wilson
from ftlint.text.languagename import canonical

DATA = Path(__file__).parent / "../../shared/data"
TARGET = 0.97
DIALECTS = {"French (Welche)", "Swahili (Chimwiini)"}
SCRIPTS = {"vi-Hani": "Vietnamese in Han", "zlm-Arab": "Malay in Arabic", "tl-Tglg": "Tagalog"}
WRITTEN = {"hau": "ha", "cat": "ca", "zlm": "ms"}
CLOSE = {("ms", "id")}
"""Labels of which the set and the model disagree: standard Malay is called Indonesian."""
ISO = {"cmn": "zh", "nob": "no", "nno": "no", "hrv": "sh", "srp": "sh", "bos": "sh", "arb": "ar",
       "pes": "fa", "zlm": "ms", "swh": "sw", "ekk": "et", "lvs": "lv", "npi": "ne", "ory": "or",
       "azj": "az", "uzn": "uz", "khk": "mn", "plt": "mg", "als": "sq", "ydd": "yi", "ckb": "ckb",
       "fil": "tl", "zsm": "ms"}  # fmt: skip
REPLIES = ("gsm8k_train", "flan_cot", "gpteacher_roleplay", "huatuo_zh_medical", "oasst_zh_sft")


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    rows = list(paragraphs(options.data))
    print("| texts | n | right | accuracy (95 %) | undetermined |\n|---|---|---|---|---|")
    judged("udhr, languages of the model", [(c, t) for c, name, t in rows if name])
    standard = [(c, t) for c, name, t in rows if name not in DIALECTS]
    share = judged(f"udhr, without {' and '.join(sorted(DIALECTS))}", standard)
    judged("franc, languages of the model", list(fixtures(options.data, standard)))
    replies(options.data)
    return int(share < TARGET)


def paragraphs(data: Path) -> Iterator[tuple[str, str, str]]:
    """Yield code, name and text of those in a language and script that the model knows."""
    known = supported()
    for row in read(data / "truth/langid_udhr/articles_common.jsonl"):
        code = row["bcp47"].partition("-")[0]
        code = canonical(WRITTEN.get(code, code)) or code
        if code in known and row["bcp47"] not in SCRIPTS:
            yield code, row["name"], row["text"]


def fixtures(data: Path, rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield code and text of the second set, for the languages of the first."""
    there = {code for code, _ in rows}
    names = {row["lang"]: row["bcp47"].partition("-")[0]
             for row in read(data / "truth/langid_udhr/articles_common.jsonl")}  # fmt: skip
    for row in read(data / "truth/langid_franc/fixtures.jsonl"):
        code = ISO.get(row["iso6393"]) or names.get(row["iso6393"], "")
        code = canonical(WRITTEN.get(code, code)) or ""
        if code in there:
            yield code, row["text"]


def judged(title: str, rows: list[tuple[str, str]]) -> float:
    """Print the accuracy on labelled texts, and the confusions below; returns the accuracy."""
    begin = time.process_time()
    said = [language(text) for _, text in rows]
    took = time.process_time() - begin
    pairs = [(code, found) for (code, _), found in zip(rows, said, strict=True)]
    wrong = Counter(pair for pair in pairs if pair[0] != pair[1] and pair not in CLOSE)
    right, missed = len(rows) - wrong.total(), said.count(UNDETERMINED)
    low, high = wilson(right, len(rows))
    share = right / len(rows)
    print(f"| {title} | {len(rows)} | {right} | {share:.3f} ({low:.3f} to {high:.3f}) | {missed} |")
    named = ", ".join(f"{a} as {b} {n}" for (a, b), n in wrong.most_common(8))
    print(f"| ({1e6 * took / len(rows):.0f} µs a text where it is new; {named}) | | | | |")
    return share


def replies(data: Path) -> None:
    """Print how many exchanged and how many true answers are called answers in another language."""
    sets = {name: list(pairs(data / f"chat/{name}.jsonl")) for name in REPLIES}
    print("\n| question of | answer of | n | called another language |\n|---|---|---|---|")
    for asked in REPLIES:
        for told in REPLIES:
            turns = zip((q for q, _ in sets[asked]), (a for _, a in sets[told]), strict=False)
            cases = [[("user", q), ("assistant", a)] for q, a in turns]
            found = sum(any(differs(case, i) for i in doubtful(case)) for case in cases)
            print(f"| {asked} | {told} | {len(cases)} | {found} ({found / len(cases):.1%}) |")


def pairs(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the first question and its answer of each example."""
    for record in read(path):
        texts = {"user": "", "assistant": ""}
        for message in record["messages"]:
            if message["role"] in texts and not texts[message["role"]]:
                texts[message["role"]] = message["content"]
        if all(texts.values()):
            yield texts["user"], texts["assistant"]


def read(path: Path) -> Iterator[Any]:
    """Yield the records of a file."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    sys.exit(main())
