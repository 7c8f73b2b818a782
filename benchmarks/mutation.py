"""Lines as nobody writes them: records of every shape, with bytes, values and texts changed.

The same seed makes the same lines on every machine. Origins are the cases of all rules, the
examples of this repository and, where they are there, samples of the shared data.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ftlint.configuration.catalogue import builtin
from ftlint.testing import FILLER, content

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
SAMPLE = 60
"""Lines taken of each shared file."""
LONGEST = 20_000
"""Bytes of an origin: longer lines are as good as shorter ones, and slower."""
PIECES = (
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\r", b"\t", b"\0", b"\xff", b"\xc3"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\\ud800", b"\\u0000", b"\xe2\x80\xa8", b"\xf0\x9f\x98\x80"),
    *(b"null", b"NaN", b"1e999", b"-0", b"9" * 400, b'"role":', b'"content":', b'"weight":2'),
    *(b'"tool_calls":[{}]', b'"messages":[]', b"[" * 300, b'{"a":' * 300, b"<|im_start|>"),
)
"""Bytes that mean something to a decoder or to a rule."""
WORDS = ("user", "assistant", "system", "tool", "function", "text", "image_url", "{}", "f", "gpt")
KEYS = (
    *("role", "content", "messages", "tools", "tool_calls", "tool_call_id", "id", "type", "name"),
    *("function", "arguments", "parameters", "properties", "$ref", "weight", "text", "image_url"),
    *("url", "refusal", "prompt", "completion", "required", "chosen", "rejected", "label", "from"),
    *("value", "conversations", "instruction", "input", "output", "contents", "parts", "x", ""),
)
TEXTS = (
    *("", " ", "\n", "\0", "\u200d", "\u202e", "\ufeff", "\ud800", "@", "a@b.co", "http://", "```"),
    *("{", "[[", "<", "</s>", "<|endoftext|>", "\u0301" * 40, "\U0001f468\u200d\U0001f469" * 9),
    *("As an AI language model, I cannot", "I'm sorry, but", "Sure! Here", "TODO", "lorem ipsum"),
    *("\u05d0\u05d1 \u0627\u0628", "\u00e2\u20ac\u2122", "\uac00\u4e2d\u3042", "1/0", "0" * 60),
    *("(" * 50, "a" * 500, "ab " * 300, "1. a\n2. b\n", "| a | b |\n|---|---|\n", "\\u0000", "%s"),
)


def origins() -> list[bytes]:
    """Return lines to begin with, always the same in the same order."""
    lines: dict[bytes, None] = {}
    for rule in builtin():
        for case in (*rule.good, *rule.bad):
            lines.update(dict.fromkeys(content(case).splitlines()))
    for record in FILLER:
        lines[json.dumps(record).encode()] = None
    files = [*sorted((ROOT / "examples").glob("*.jsonl"))]
    if SHARED.is_dir():
        files += sorted(SHARED.glob("formats/**/*.jsonl")) + sorted(SHARED.glob("chat/*.jsonl"))
    for path in files:
        with path.open("rb") as file:
            lines.update(
                (line.rstrip(b"\n"), None) for line, _ in zip(file, range(SAMPLE), strict=False)
            )
    return [line for line in lines if 0 < len(line) <= LONGEST]


class Mutator:
    """Endless lines for one seed; lines that follow each other are mostly of one kind."""

    def __init__(self, seed: int, lines: list[bytes]) -> None:
        """Draw from `lines`."""
        self.rng = random.Random(seed)
        self.lines = lines
        self.kinds: dict[frozenset[str], list[bytes]] = {}
        for line in lines:
            self.kinds.setdefault(_keys(line), []).append(line)

    def file(self, length: int) -> Iterator[bytes]:
        """Yield the lines of a file, without their ends."""
        rng = self.rng
        kind = self.kinds[rng.choice(list(self.kinds))] if rng.random() < 0.5 else self.lines
        wild = rng.choice((0.1, 0.5, 0.9))
        for _ in range(length):
            line = rng.choice(kind if rng.random() < 0.8 else self.lines)
            if rng.random() < wild:
                line = self.changed(line)
            yield line.replace(b"\n", b" ")

    def changed(self, line: bytes) -> bytes:
        """Return a line that was changed one to four times."""
        for _ in range(self.rng.randint(1, 4)):
            line = self.rng.choice((self._bytes, self._record, self._record, self._record))(line)
        return line[: 4 * LONGEST]

    def _bytes(self, line: bytes) -> bytes:
        rng, at = self.rng, self.rng.randint(0, len(line))
        how = rng.randrange(5)
        if how == 0:
            return line[:at] + rng.choice(PIECES) + line[at:]
        if how == 1:
            return line[:at] + line[at + rng.randint(1, 20) :]
        if how == 2:
            return line[:at] + rng.randbytes(rng.randint(1, 4)) + line[at + rng.randint(0, 4) :]
        if how == 3:
            other = rng.choice(self.lines)
            return line[:at] + other[rng.randint(0, len(other)) :]
        part = line[at : at + rng.randint(1, 200)]
        return line[:at] + part * rng.randint(2, 5) + line[at + len(part) :]

    def _record(self, line: bytes) -> bytes:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            return self._bytes(line)
        record = self._placed(record)
        spaced = self.rng.choice(((", ", ": "), (",", ":"), (" , ", " : ")))
        plain = self.rng.random() < 0.7
        text = json.dumps(record, ensure_ascii=plain, separators=spaced)
        return text.encode(errors="surrogatepass")

    def _placed(self, record: Any) -> Any:
        """Return the record with one change somewhere in it."""
        rng, place = self.rng, record
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = rng.choice(keys)
            inner = place[key]
            if not isinstance(inner, dict | list) or not inner or rng.random() < 0.25:
                self._change(place, key)
                return record
            place = inner
        return self._value(2)

    def _change(self, place: Any, key: Any) -> None:
        rng, how = self.rng, self.rng.randrange(6)
        if how == 0:
            del place[key]
        elif how == 1 and isinstance(place, dict):
            place[rng.choice(KEYS)] = place.pop(key)
        elif how == 2 and isinstance(place, list):
            place.insert(rng.randint(0, len(place)), place[key])
        elif how == 3 and isinstance(place[key], str):
            text, at = place[key], rng.randint(0, len(place[key]))
            place[key] = text[:at] + rng.choice(TEXTS) * rng.choice((1, 1, 2, 9)) + text[at:]
        elif how == 4 and isinstance(place, dict):
            place[rng.choice(KEYS)] = self._value(2)
        else:
            place[key] = self._value(2)

    def _value(self, depth: int) -> Any:
        rng, how = self.rng, self.rng.randrange(10 if depth else 7)
        if how < 3:
            return rng.choice((None, True, False, 0, 1, -1, 1.5, 1 << 70, -0.0, 1e300))
        if how < 7:
            return rng.choice((*WORDS, *TEXTS))
        if how == 7:
            return [self._value(depth - 1) for _ in range(rng.randint(0, 3))]
        return {rng.choice(KEYS): self._value(depth - 1) for _ in range(rng.randint(0, 3))}


def _keys(line: bytes) -> frozenset[str]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(record) if isinstance(record, dict) else frozenset()
