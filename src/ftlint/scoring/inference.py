"""Inference: texts through a loaded Detoxify, in batches of about one length.

A text that is longer than the model can read is cut into windows that overlap, and each label has
the highest score of any window.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from copy import deepcopy
from math import nan
from typing import Any

from ftlint.error import ModelError
from ftlint.features.toxicity import LABELS, Scores
from ftlint.scoring.detoxify import places

BATCH = {"cpu": 16, "cuda": 128}
"""Texts of a batch; on a processor larger ones gain nothing."""
TOKENS = {"cpu": 4096, "cuda": 65_536}
"""Tokens of a batch, padding included."""
MOST = 64
"""Windows of one text; what lies beyond is not read, and counted."""
OVERLAP = 8
"""One window begins so manieth part of a window before the last one ends."""
LONGEST = 200
"""Characters of a piece between white space; longer ones are cut."""
TOLERANCE = 0.05
"""Difference of a score from which a faster precision is not used."""
PROBES = 32
"""Texts that are scored in both precisions."""
_PIECE = re.compile(rf"\S{{1,{LONGEST}}}\s*|\s+")


class Inference:
    """A loaded model that scores texts."""

    def __init__(self, real: Any, precision: str) -> None:
        """Keep the loaded Detoxify; a faster precision is tried on the first texts."""
        self._real = real
        self._model = real.model.eval()
        self._device = "cuda" if str(real.device).startswith("cuda") else "cpu"
        self._room = places(real)
        known = {name: at for at, name in enumerate(real.class_names)}
        self._columns = [known.get(label, -1) for label in LABELS]
        self._wanted = precision
        self._told: dict[str, Any] = {
            "device": self._device,
            "precision": "float32",
            "windowed": 0,
            "truncated": 0,
        }
        if precision == "int8" and self._device == "cuda":
            raise ModelError("toxicity: 'precision' int8 is for processors; use bfloat16")

    def told(self) -> dict[str, Any]:
        """Return where and how it ran, and how many texts were long or not read to their end."""
        return dict(self._told)

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Return the scores of each text."""
        # Half of a surrogate pair is no text to a tokenizer.
        texts = [text.encode("utf-8", "replace").decode() for text in texts]
        if self._wanted != self._told["precision"]:
            self._hasten(texts)
        pieces: list[str] = []
        owners: list[int] = []
        for index, text in enumerate(texts):
            parts = self._windows(text)
            pieces += parts
            owners += [index] * len(parts)
        rows: list[Scores | None] = [None] * len(texts)
        for owner, row in zip(owners, self._scored(pieces), strict=True):
            known = rows[owner]
            rows[owner] = row if known is None else tuple(map(_higher, known, row))
        return rows

    def _scored(self, pieces: Sequence[str]) -> list[Scores]:
        """Return the scores of pieces that the model can read whole."""
        lengths = [len(ids) for ids in self._ids(pieces)] if pieces else []
        order = sorted(range(len(pieces)), key=lambda at: (lengths[at], pieces[at]))
        rows: dict[int, Scores] = {}
        for batch in self._batches(order, lengths):
            found = self._forward([pieces[at] for at in batch])
            rows.update(zip(batch, found, strict=True))
        return [rows[at] for at in range(len(pieces))]

    def _batches(self, order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
        batch: list[int] = []
        for at in order:
            full = len(batch) == BATCH[self._device]
            if batch and (full or lengths[at] * (len(batch) + 1) > TOKENS[self._device]):
                yield batch
                batch = []
            batch.append(at)
        if batch:
            yield batch

    def _forward(self, texts: list[str]) -> list[Scores]:
        """Return what `Detoxify.predict` says, in whatever precision."""
        import torch

        inputs = self._real.tokenizer(texts, return_tensors="pt", truncation=True, padding=True)
        with torch.inference_mode():
            out = self._model(**inputs.to(self._model.device))[0]
            found = torch.sigmoid(out.float()).cpu().tolist()
        return [tuple([row[at] if at >= 0 else nan for at in self._columns]) for row in found]

    def _ids(self, texts: Sequence[str]) -> Any:
        return self._real.tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]

    def _windows(self, text: str) -> list[str]:
        """Return the text, or pieces of it that the model can read whole."""
        # No token is shorter than a byte.
        if len(text.encode()) <= self._room:
            return [text]
        if len(self._ids([text])[0]) <= self._real.tokenizer.model_max_length:
            return [text]
        self._told["windowed"] += 1
        windows = list(self._cut(_PIECE.findall(text)))
        self._told["truncated"] += len(windows) > MOST
        return windows[:MOST]

    def _cut(self, pieces: list[str]) -> Iterator[str]:
        """Yield windows that overlap, as many pieces each as the model can read."""
        extra = self._real.tokenizer.num_special_tokens_to_add()
        # Where pieces meet there may be a token more than in them alone.
        sizes = [len(ids) - extra + 1 for ids in self._ids([f" {piece}" for piece in pieces])]
        start = 0
        while start < len(pieces):
            end, size = start, 0
            while end < len(pieces) and (end == start or size + sizes[end] <= self._room):
                size, end = size + sizes[end], end + 1
            yield "".join(pieces[start:end])
            if end == len(pieces):
                return
            start = max(start + 1, end - (end - start) // OVERLAP)

    def _hasten(self, texts: Sequence[str]) -> None:
        """Use the faster precision that was asked for, if it says the same as the slow one."""
        step = max(1, len(texts) // PROBES)
        probes = [window for text in texts[::step][:PROBES] for window in self._windows(text)[:1]]
        self._told.update(windowed=0, truncated=0)
        slow, exact = self._model, self._scored(probes)
        self._model = self._faster(slow)
        rows = zip(self._scored(probes), exact, strict=True)
        differences = [abs(a - b) for row in rows for a, b in zip(*row, strict=True) if a == a]
        most = max(differences, default=0.0)
        self._told["precision_difference"] = round(most, 6)
        if most > TOLERANCE:
            self._model, self._wanted = slow, "float32"
        else:
            self._told["precision"] = self._wanted

    def _faster(self, model: Any) -> Any:
        import torch

        if self._wanted == "bfloat16":
            return deepcopy(model).to(torch.bfloat16)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch.ao is to move to another package
            from torch.ao.quantization import quantize_dynamic

            return quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)


def _higher(left: float, right: float) -> float:
    return left if left != left or left >= right else right
