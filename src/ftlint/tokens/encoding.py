"""Encodings: how a text becomes tokens, offline, with the same ids whatever counts them.

splintr-rs has the vocabularies inside its wheel. gigatoken (`ftlint[fast]`) is twice as fast on
text it has not seen but starts slowly, so it counts large inputs only. Neither is imported, and
no vocabulary is loaded, before the first text is counted.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from ftlint.storage import cache

FAST_FROM = 90_000_000
"""Bytes a process has to count from which gigatoken's start pays (`benchmarks/tokens.py`)."""
KEPT = 4_000_000
"""Characters of texts whose counts are remembered: system prompts, tool lists, phrases."""
LONGEST = 65_536
"""Characters of the longest text that is remembered."""


class Vocabulary:
    """What OpenAI publishes of an encoding: how many ranks, and the SHA-256 of its rank file."""

    __slots__ = ("ranks", "sha256", "split")

    def __init__(self, ranks: int, sha256: str, split: str) -> None:
        """Keep the facts; `split` is gigatoken's name of the pattern that cuts text to words."""
        self.ranks = ranks
        self.sha256 = sha256
        self.split = split


# tiktoken 0.14, tiktoken_ext/openai_public.py.
VOCABULARIES = {
    "cl100k_base": Vocabulary(
        100_256, "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7", "gpt4"
    ),
    "o200k_base": Vocabulary(
        199_998, "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d", "o200k"
    ),
}


class Backend(Protocol):
    """A library that knows one vocabulary. What looks like a special token is ordinary text.

    A lone surrogate may raise UnicodeEncodeError or TypeError; `Encoding` mends the text.
    """

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`."""
        ...

    def counts(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text, without a loop in Python."""
        ...

    def ids(self, text: str) -> list[int]:
        """Return the tokens of `text`."""
        ...

    def decode(self, ids: Sequence[int]) -> bytes:
        """Return the bytes of tokens, which may end within a character."""
        ...


class Encoding:
    """Texts to tokens; equal texts of usual length are counted once.

    Lone surrogates, which no record that was decoded can hold, count as U+FFFD.
    """

    __slots__ = ("_backend", "count", "name")

    def __init__(self, name: str, backend: Backend) -> None:
        """Count with `backend`, whose vocabulary is called `name`."""
        self.name = name
        self._backend = backend
        # Bound here: known texts are found without a call in Python.
        self.count: Callable[[str], int] = _Counts(backend.count).__getitem__

    def counts(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, all of them valid Unicode.

        Equal ones are counted once; nothing is remembered afterwards, which would cost a quarter
        of counting them.
        """
        different = dict.fromkeys(texts, 0)
        different.update(zip(different, self._backend.counts(list(different)), strict=True))
        return list(map(different.__getitem__, texts))

    def ids(self, text: str) -> list[int]:
        """Return the tokens of `text`."""
        try:
            return self._backend.ids(text)
        except (UnicodeEncodeError, TypeError):
            return self._backend.ids(_mended(text))

    def kept(self, text: str, tokens: int) -> int:
        """Return how many characters of `text` are whole in its first `tokens` tokens."""
        head = self._backend.decode(self.ids(text)[:tokens])
        # A text is valid, so only a character that was cut at the end is left out.
        return len(head.decode(errors="ignore"))


class _Counts(dict[str, int]):
    """Counts of texts; forgotten all at once when they hold too much. Size: O(KEPT)."""

    __slots__ = ("_count", "_held")

    def __init__(self, count: Callable[[str], int]) -> None:
        self._count = count
        self._held = 0

    def __missing__(self, text: str) -> int:
        try:
            tokens = self._count(text)
        except (UnicodeEncodeError, TypeError):
            return self._count(_mended(text))
        length = len(text)
        if length <= LONGEST:
            self._held += length + 64  # the entry itself
            if self._held > KEPT:
                self.clear()
                self._held = length + 64
            self[text] = tokens
        return tokens


def _mended(text: str) -> str:
    """Return `text` with each lone surrogate replaced, as tiktoken does."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Splintr:
    """splintr-rs: no other packages, vocabularies inside, ready in 50 ms."""

    __slots__ = ("_flat", "_tokenizer", "ids")

    def __init__(self, name: str) -> None:
        """Load the vocabulary `name`."""
        import splintr

        self._tokenizer = splintr.Tokenizer.from_pretrained(name)
        self._flat = self._tokenizer.encode_flat
        self.ids: Callable[[str], list[int]] = self._tokenizer.encode_ordinary

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`."""
        # Four bytes a token, a tenth faster than a list; but it obeys special tokens, all of
        # which begin like this (a test looks).
        if "<|" in text:
            return len(self.ids(text))
        return len(self._flat(text)) >> 2

    def counts(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""
        found = [size >> 2 for size in map(len, map(self._flat, texts))]
        if "<|" in "\n".join(texts):
            for index in [index for index, text in enumerate(texts) if "<|" in text]:
                found[index] = len(self.ids(texts[index]))
        return found

    def decode(self, ids: Sequence[int]) -> bytes:
        """Return the bytes of tokens."""
        return bytes(self._tokenizer.decode_bytes(ids))

    def tokens(self, ranks: int) -> list[bytes]:
        """Return the bytes of the first `ranks` tokens."""
        return [self._tokenizer.decode_token_bytes(rank) for rank in range(ranks)]


class Gigatoken:
    """gigatoken: faster on large inputs; it reads a rank file, which is written once."""

    __slots__ = ("_encode", "_tokenizer")

    def __init__(self, name: str) -> None:
        """Load the vocabulary `name`. Raises: ImportError, OSError, ValueError."""
        from gigatoken import Tokenizer

        split = VOCABULARIES[name].split
        with _RankFile(name) as path:
            # No special tokens: it would look for them in every text.
            self._tokenizer = Tokenizer.from_tiktoken(path, split, {})
        self._encode = self._tokenizer.backend.encode

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`."""
        return len(self._encode(text))

    def counts(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return list(map(len, map(self._encode, texts)))

    def ids(self, text: str) -> list[int]:
        """Return the tokens of `text`."""
        found: list[int] = self._encode(text).tolist()
        return found

    def decode(self, ids: Sequence[int]) -> bytes:
        """Return the bytes of tokens."""
        return self._tokenizer.decode(list(ids))


class _RankFile:
    """A rank file in tiktoken's format, for as long as it is read; in the cache if there is one."""

    __slots__ = ("_name", "_own")

    def __init__(self, name: str) -> None:
        self._name = name
        self._own = ""

    def __enter__(self) -> str:
        """Return the path. Raises: OSError, and ValueError if the vocabulary is another one."""
        entry, expected = f"{self._name}.tiktoken", VOCABULARIES[self._name].sha256
        known = cache.read(entry)
        if known is None or hashlib.sha256(known).hexdigest() != expected:
            known = rank_file(self._name)
            if hashlib.sha256(known).hexdigest() != expected:
                raise ValueError(f"splintr-rs has another {self._name} than tiktoken")
            cache.write(entry, known)
        place = cache.folder()
        if place is not None and cache.read(entry) == known:
            return str(place / entry)
        file, self._own = tempfile.mkstemp(prefix="ftlint-", suffix=".tiktoken")
        with open(file, "wb") as stream:
            stream.write(known)
        return self._own

    def __exit__(self, *_: object) -> None:
        """Remove the file if it is not the one in the cache."""
        if self._own:
            os.unlink(self._own)


def rank_file(name: str) -> bytes:
    """Return the vocabulary inside splintr-rs in tiktoken's format: a token and its rank a line."""
    tokens = Splintr(name).tokens(VOCABULARIES[name].ranks)
    return b"".join(b"%s %d\n" % (b64encode(token), rank) for rank, token in enumerate(tokens))


_input = {"bytes": 0}


def expect(size: int) -> None:
    """Say how many bytes this process will have to count; of compressed files, as stored."""
    _input["bytes"] = size


def load(name: str) -> Encoding:
    """Return the encoding `name`, one of `VOCABULARIES`, loaded once a process.

    What counts is chosen by the size of the input and by what is installed, never by the user:
    the tokens are the same (tests compare them).
    """
    return _load(name, _input["bytes"] >= FAST_FROM)


@lru_cache(maxsize=8)
def _load(name: str, large: bool) -> Encoding:
    if large:
        try:
            return Encoding(name, Gigatoken(name))
        except (ImportError, OSError, ValueError):
            pass  # not installed, or no place for its file: slower, and the same
    return Encoding(name, Splintr(name))
