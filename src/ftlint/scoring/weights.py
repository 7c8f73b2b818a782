"""Weights: where the files of a Detoxify model are, and whether they are what was asked for.

Nothing is downloaded here: `ftlint model fetch` does that, when somebody calls it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ftlint.error import ModelError
from ftlint.value import dataclass

RELEASES = "https://github.com/unitaryai/detoxify/releases/download/"
HUB = "https://huggingface.co/"
MANIFEST = "ftlint.json"
"""Beside fetched files: the SHA-256 of each, as it was fetched."""


class FilesError(ModelError):
    """Files of a model are missing or wrong; `key` is the key of the configuration to mend."""

    def __init__(self, message: str, key: str = "") -> None:
        """Keep the message and the key."""
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Model:
    """One of Detoxify's models and the model of transformers that it is built on."""

    checkpoint: str
    """Path of the checkpoint under `RELEASES`; its name ends with the start of its SHA-256, as
    torch.hub asks (detoxify 0.5.4, `MODEL_URLS`)."""
    base: str
    """Repository and commit at Hugging Face."""
    files: Mapping[str, str]
    """SHA-256 by name; nothing where only the commit pins the file."""

    @property
    def name(self) -> str:
        """Return the name of the checkpoint file."""
        return self.checkpoint.rpartition("/")[2]

    @property
    def start(self) -> str:
        """Return the first digits of the SHA-256 of the checkpoint."""
        return self.name.rpartition("-")[2].partition(".")[0]

    def urls(self) -> dict[str, str]:
        """Return the address of each file by its name."""
        repository, _, commit = self.base.partition("@")
        base = {name: f"{HUB}{repository}/resolve/{commit}/{name}" for name in self.files}
        return {self.name: RELEASES + self.checkpoint, **base}


MODELS = {
    "original": Model(
        "v0.1-alpha/toxic_original-c1212f89.ckpt",
        "google-bert/bert-base-uncased@86b5e0934494bd15c9632b12f734a8a67f723594",
        {
            "config.json": "",
            "tokenizer_config.json": "",
            "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
        },
    ),
    "unbiased": Model(
        "v0.3-alpha/toxic_debiased-c7548aa0.ckpt",
        "FacebookAI/roberta-base@e2da8e2f811d1448a5b465c236feacd80ffbac7b",
        {
            "config.json": "",
            "tokenizer_config.json": "",
            "vocab.json": "9e7f63c2d15d666b52e21d250d2e513b87c9b713cfa6987a82ed89e5e6e50655",
            "merges.txt": "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
        },
    ),
    "multilingual": Model(
        "v0.4-alpha/multilingual_debiased-0b549669.ckpt",
        "FacebookAI/xlm-roberta-base@e73636d4f797dec63c3081bb6ed5c7b0bb3f2089",
        {
            "config.json": "",
            "tokenizer_config.json": "",
            "sentencepiece.bpe.model": (
                "cfc8146abe2a0488e9e2a0c56de7952f7c11ab059eca145a0a727afce0db2865"
            ),
        },
    ),
}


def folder() -> Path:
    """Return the folder of fetched models: `FTLINT_MODELS`, or that of the user's data."""
    if chosen := os.environ.get("FTLINT_MODELS"):
        return Path(chosen)
    shared = os.environ.get("XDG_DATA_HOME", "")
    base = Path(shared) if os.path.isabs(shared) else Path.home() / ".local" / "share"
    return base / "ftlint" / "models"


@dataclass(frozen=True)
class Files:
    """The files of a model on this machine."""

    checkpoint: Path
    sha256: str
    folder: Path
    """With the configuration and the vocabulary."""


def find(model: str, checkpoint: str, sha256: str, tokenizer: str) -> Files | None:
    """Return the files of a model; None when nothing is named and nothing was fetched.

    Raises: FilesError
    """
    if checkpoint:
        return _named(model, Path(checkpoint), sha256, tokenizer)
    if tokenizer or sha256:
        key = "tokenizer" if tokenizer else "sha256"
        raise FilesError(f"{key!r} goes with 'checkpoint', which is not set", key)
    place = folder() / f"detoxify-{model}"
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
        hashes = {str(name): str(value) for name, value in manifest["files"].items()}
        name = str(manifest["checkpoint"])
        pinned = hashes[name]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FilesError(f"{place / MANIFEST}: damaged; fetch the model again") from error
    for each, wanted in hashes.items():
        _verify(place / each, wanted, f"it changed since it was fetched into {place}")
    return Files(place / name, pinned, place)


def _named(model: str, checkpoint: Path, sha256: str, tokenizer: str) -> Files:
    if checkpoint.is_dir():
        found = sorted(checkpoint.glob("*.ckpt"))
        if len(found) != 1:
            text = f"{checkpoint}: holds {len(found)} files *.ckpt; name the one"
            raise FilesError(text, "checkpoint")
        tokenizer, checkpoint = tokenizer or str(checkpoint), found[0]
    if not sha256:
        text = f"'sha256' is missing: pin the checkpoint that you trust (sha256sum {checkpoint})"
        raise FilesError(text, "checkpoint")
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise FilesError("'sha256' must be 64 hexadecimal digits", "sha256")
    if not tokenizer:
        base = MODELS[model].base.partition("@")[0]
        text = f"'tokenizer' is missing: the folder with config.json and vocabulary of {base}"
        raise FilesError(text, "checkpoint")
    if not Path(tokenizer, "config.json").is_file():
        raise FilesError(f"{tokenizer}: no config.json of a Hugging Face model there", "tokenizer")
    _verify(checkpoint, sha256, "'sha256' names another")
    return Files(checkpoint, sha256, Path(tokenizer))


def _verify(path: Path, wanted: str, why: str) -> None:
    """Refuse a file that is not the one that is pinned. Raises: FilesError."""
    try:
        facts = path.stat()
        found = _hash(str(path), facts.st_mtime_ns, facts.st_size)
    except OSError as error:
        raise FilesError(f"{path}: cannot be read: {error.strerror}", "checkpoint") from error
    if found != wanted:
        raise FilesError(f"{path}: has the SHA-256 {found}; {why}", "sha256")


@lru_cache(maxsize=64)
def _hash(path: str, changed: int, size: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
