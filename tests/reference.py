"""The tokeniser that all others are compared with: tiktoken, without its download."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

import tiktoken
from tiktoken_ext import openai_public

from ftlint.tokens.encoding import rank_file

_ADDRESS = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"


class Tiktoken:
    """tiktoken as a backend of ftlint; what looks like a special token is text."""

    def __init__(self, name: str, folder: Path) -> None:
        """Load the encoding `name`; its rank file is put where tiktoken looks for a download."""
        path = folder / hashlib.sha1(_ADDRESS.format(name).encode()).hexdigest()
        if not path.exists():
            path.write_bytes(rank_file(name))
        # Checks the SHA-256 of the file, and would download another one if it were wrong.
        with patch.dict(os.environ, TIKTOKEN_CACHE_DIR=str(folder)):
            self.encoding = tiktoken.Encoding(**openai_public.ENCODING_CONSTRUCTORS[name]())

    def count(self, text: str) -> int:
        """Return the number of tokens of `text`."""
        return len(self.ids(text))

    def counts(self, texts: list[str]) -> list[int]:
        """Return the number of tokens of each text."""
        return [len(self.ids(text)) for text in texts]

    def ids(self, text: str) -> list[int]:
        """Return the tokens of `text`."""
        return self.encoding.encode(text, disallowed_special=())

    def decode(self, ids: Sequence[int]) -> bytes:
        """Return the bytes of tokens."""
        return self.encoding.decode_bytes(ids)
