"""OpenAI's moderation endpoint: texts leave the machine, so it says so before the first call.

Each call has a batch of texts. A call that fails for a while is repeated; a batch that the endpoint
refuses is halved until the text is found that it does not take. No text is lost, or asked twice
once it has scores.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from math import isfinite, nan
from typing import Any

from ftlint.error import ModelError
from ftlint.features.toxicity import LABELS, Scores
from ftlint.scoring.backend import Deep
from ftlint.value import dataclass

ENDPOINT = "https://api.openai.com/v1"
KEY = "OPENAI_API_KEY"
BATCH = 32
"""Texts of a call."""
CHARACTERS = 30_000
"""Characters of a call: a tenth of what the smallest limit of tokens a minute may be is left."""
WINDOW = 8_000
"""Characters of a text that are judged together; a longer one is cut, the highest score kept."""
TRIES = 6
"""Calls for one batch before its texts are left without scores."""
LONGEST_PAUSE = 60.0
TIMEOUT = 60.0

CATEGORIES = {
    "toxicity": ("harassment", "harassment/threatening", "hate", "hate/threatening"),
    "threat": ("harassment/threatening", "hate/threatening"),
    "insult": ("harassment",),
    "identity_attack": ("hate", "hate/threatening"),
    "sexual_explicit": ("sexual", "sexual/minors"),
}
"""What each label is the highest score of. Self-harm, violence and illicit advice are no kind of
toxicity here; nothing tells severe from plain toxicity, or obscene from other words."""


@dataclass(frozen=True)
class Moderation(Deep):
    """The moderation endpoint of OpenAI, or one that speaks like it."""

    name = "openai-moderation"

    model: str = "omni-moderation-latest"
    base_url: str = ""
    per_minute: int = 0
    pause: float = 1.0
    offline: bool = False

    @property
    def address(self) -> str:
        """Return where texts are sent."""
        return self.base_url or os.environ.get("OPENAI_BASE_URL") or ENDPOINT

    def unready(self) -> str | None:
        """Return that nothing may be sent, or what is missing."""
        if self.offline:
            return "not scored: --offline forbids to send texts to the moderation endpoint"
        if find_spec("openai") is None:
            return "not scored: openai is not installed (pip install 'ftlint[openai]')"
        return None if os.environ.get(KEY) else f"not scored: {KEY} is not set"

    @property
    def key(self) -> str:
        """Return endpoint and model; a name that moves on is kept for a month."""
        month = time.strftime("%Y-%m", time.gmtime()) if "latest" in self.model else ""
        return f"openai-moderation 1 {WINDOW} {self.address} {self.model} {month}"

    @property
    def facts(self) -> dict[str, Any]:
        """Return which model was asked, and where."""
        return {"model": self.model, "endpoint": self.address}

    def begin(self, texts: int, characters: int) -> Connection:
        """Say what is about to be sent, and return the connection. Raises: ModelError."""
        if reason := self.unready():
            raise ModelError(reason)
        cost = "free of charge" if self.address == ENDPOINT else "at whatever price it has"
        sys.stderr.write(
            f"ftlint: sends up to {texts:,} texts (of {characters:,} characters in the dataset) to "
            f"{self.address}, {cost}, for moderation by {self.model}; --offline forbids it\n"
        )
        return Connection(self)


class Connection:
    """The client and what has become of its calls."""

    def __init__(self, settings: Moderation) -> None:
        """Make the client; its own repetitions are off, so that each call is counted."""
        from openai import OpenAI

        self._settings = settings
        self._client = OpenAI(
            api_key=os.environ[KEY], base_url=settings.address, max_retries=0, timeout=TIMEOUT
        )
        self._next = 0.0
        self._told = {"calls": 0, "repeated": 0, "windowed": 0}

    def told(self) -> dict[str, Any]:
        """Return how many calls there were, and how many repeated an earlier one."""
        return dict(self._told)

    def score(self, texts: Sequence[str]) -> list[Scores | None]:
        """Return the scores of each text; None where the endpoint gives none."""
        pieces: list[str] = []
        owners: list[int] = []
        for index, text in enumerate(texts):
            text = text.encode("utf-8", "replace").decode()
            parts = [text[at : at + WINDOW] for at in range(0, len(text), WINDOW)]
            self._told["windowed"] += len(parts) > 1
            pieces += parts
            owners += [index] * len(parts)
        found = self._all(pieces)
        rows: list[Scores | None] = [None] * len(texts)
        lost = {owner for owner, row in zip(owners, found, strict=True) if row is None}
        for owner, row in zip(owners, found, strict=True):
            if row is not None and owner not in lost:
                known = rows[owner]
                rows[owner] = row if known is None else tuple(map(max, known, row))
        return rows

    def _all(self, pieces: Sequence[str]) -> list[Scores | None]:
        rows: list[Scores | None] = []
        start = 0
        while start < len(pieces):
            end, size = start, 0
            while end < len(pieces) and end - start < BATCH:
                size += len(pieces[end])
                if end > start and size > CHARACTERS:
                    break
                end += 1
            rows += self._some(list(pieces[start:end]))
            start = end
        return rows

    def _some(self, pieces: list[str]) -> list[Scores | None]:
        """Return the scores of one batch, halved where the endpoint refuses it."""
        import openai

        try:
            rows = self._patiently(pieces)
        except (openai.BadRequestError, openai.UnprocessableEntityError) as refused:
            # One text may be at fault: the others are asked for without it.
            if len(pieces) == 1:
                return [None]
            if _fatal(refused):
                raise ModelError(f"{self._settings.address}: {_said(refused)}") from refused
            half = len(pieces) // 2
            return self._some(pieces[:half]) + self._some(pieces[half:])
        return list(rows) if rows else [None] * len(pieces)

    def _patiently(self, pieces: list[str]) -> list[Scores] | None:
        """Return the scores; None when the endpoint did not answer in any of the tries."""
        import openai

        for turn in range(TRIES):
            self._told["repeated"] += turn > 0
            try:
                return self._once(pieces)
            except (openai.BadRequestError, openai.UnprocessableEntityError):
                raise
            except openai.APIStatusError as error:
                if error.status_code < 500 and error.status_code not in (408, 409, 429):
                    raise ModelError(f"{self._settings.address}: {_said(error)}") from error
                self._rest(turn, error.response.headers.get("retry-after"))
            except (openai.APIError, ValueError):  # no answer, or one that is none
                self._rest(turn, None)
        return None

    def _once(self, pieces: list[str]) -> list[Scores]:
        """Return the scores of one call. Raises: ValueError for an answer that is none."""
        if self._settings.per_minute:
            now = time.monotonic()
            time.sleep(max(0.0, self._next - now))
            self._next = max(now, self._next) + 60 / self._settings.per_minute
        self._told["calls"] += 1
        raw = self._client.moderations.with_raw_response.create(
            model=self._settings.model, input=pieces
        )
        import orjson

        results = orjson.loads(raw.content)
        results = results.get("results") if isinstance(results, dict) else None
        if not isinstance(results, list) or len(results) != len(pieces):
            raise ValueError("the answer does not have one result a text")
        return [_scores(result) for result in results]

    def _rest(self, turn: int, asked: str | None) -> None:
        """Wait as long as the endpoint asks, else twice as long each time."""
        try:
            pause = float(asked or "")
        except ValueError:
            pause = self._settings.pause * 2**turn
        time.sleep(min(max(pause, 0.0), LONGEST_PAUSE))


def _scores(result: Any) -> Scores:
    """Return the labels of one result. Raises: ValueError."""
    given = result.get("category_scores") if isinstance(result, dict) else None
    if not isinstance(given, dict):
        raise ValueError("a result has no scores")
    known = {}
    for label, names in CATEGORIES.items():
        scores = [given.get(name) for name in names]
        numbers = [s for s in scores if isinstance(s, int | float) and isfinite(s)]
        if not numbers:
            raise ValueError(f"a result has no score for {names[0]}")
        known[label] = float(max(numbers))
    return tuple(known.get(label, nan) for label in LABELS)


def _fatal(error: Any) -> bool:
    """Return whether a refusal is about the call, not about a text."""
    return getattr(error, "param", None) == "model" or getattr(error, "code", None) in (
        "model_not_found",
        "invalid_api_key",
    )


def _said(error: Any) -> str:
    return str(getattr(error, "message", error))[:200]
