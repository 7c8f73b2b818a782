"""Detoxify: the real package and its loader, offline, on weights that are pinned.

The loader asks the network for the model that a checkpoint names, whatever folder it is given, and
fills weights that are missing with random ones; both is seen to here.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from ftlint.calm import rouse
from ftlint.error import ModelError
from ftlint.scoring.backend import Deep
from ftlint.scoring.weights import MODELS, Files, FilesError, find
from ftlint.value import dataclass

__all__ = ["MODELS", "Detoxify"]

VERSION = 1
"""Of how texts are cut and scored; raise it when the same model scores a text otherwise."""
_VOCABULARY = (".json", ".txt", ".model")
KNOWN = 0.9
"""Share of the tokens of a model that its tokenizer must know."""
_ARGUMENTS = ("num_classes", "model_type", "model_name", "tokenizer_name")


@dataclass(frozen=True)
class Detoxify(Deep):
    """One of Detoxify's models, on this machine."""

    name = "detoxify"

    model: str = "unbiased"
    checkpoint: str = ""
    sha256: str = ""
    tokenizer: str = ""
    device: str = "auto"
    precision: str = "float32"

    def check(self) -> Files | None:
        """Return the files; None when nothing was fetched. Raises: ModelError."""
        return find(self.model, self.checkpoint, self.sha256, self.tokenizer)

    def unready(self) -> str | None:
        """Return what is missing: the package, or the weights."""
        if find_spec("detoxify") is None:
            return "not scored by Detoxify: it is not installed (pip install 'ftlint[toxicity]')"
        if self.check() is None:
            return f"not scored by Detoxify: no weights here (ftlint model fetch {self.fetched})"
        return None

    @property
    def fetched(self) -> str:
        """Return the name by which `ftlint model fetch` knows the model."""
        return f"detoxify-{self.model}"

    @property
    def key(self) -> str:
        """Return the hashes of weights and vocabulary, and how they are used."""
        files = self._files()
        own = sorted(path for path in files.folder.iterdir() if path.suffix in _VOCABULARY)
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest() for path in own]
        return f"detoxify {VERSION} {self.precision} {files.sha256} {' '.join(hashes)}"

    @property
    def facts(self) -> dict[str, Any]:
        """Return which weights these are."""
        return {"model": self.model, "sha256": self._files().sha256}

    def begin(self, texts: int, characters: int) -> Any:
        """Return the loaded model. Raises: ModelError."""
        from ftlint.scoring.inference import Inference

        return Inference(load(self._files(), self.device), self.precision)

    def _files(self) -> Files:
        files = self.check()
        if files is None:
            raise ModelError(self.unready() or "not scored by Detoxify: no weights")
        return files


def load(files: Files, device: str) -> Any:
    """Return `detoxify.Detoxify` with the weights of `files`. Raises: ModelError."""
    rouse()
    with _offline():
        import torch
        from detoxify import Detoxify as Real

        where = device
        if device == "auto":
            where = "cuda" if torch.cuda.is_available() else "cpu"
        elif device == "cuda" and not torch.cuda.is_available():
            raise FilesError("'device' is cuda, and there is none", "device")
        told = _checkpoint(files)
        state = told["state_dict"]
        # The loader looks there for the configuration, and nowhere else: no name of a model.
        told["config"]["arch"]["args"]["model_type"] = str(files.folder.absolute())
        copy = BytesIO()
        torch.save({"config": told["config"], "state_dict": state}, copy)
        copy.seek(0)
        try:
            real = Real(
                checkpoint=copy,
                device=where,
                huggingface_config_path=str(files.folder.absolute()),
            )
        except Exception as error:  # whatever transformers thinks of files that do not fit
            why = str(error).strip().partition("\n")[0][:200]
            raise ModelError(
                f"{files.folder}: Detoxify cannot be loaded with this folder: {why}"
            ) from error
    _complete(real.model, state, files)
    _bounded(real, files.folder)
    return real


def _checkpoint(files: Files) -> dict[str, Any]:
    """Return what the checkpoint holds, read without running any code of it."""
    import torch

    data = files.checkpoint.read_bytes()
    if hashlib.sha256(data).hexdigest() != files.sha256:
        raise FilesError(f"{files.checkpoint}: changed while it was read", "sha256")
    try:
        told = torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:
        raise ModelError(
            f"{files.checkpoint}: no checkpoint of tensors and plain values, or damaged"
        ) from error
    try:
        arguments = told["config"]["arch"]["args"]
        classes = told["config"]["dataset"]["args"]["classes"]
        good = set(arguments) == set(_ARGUMENTS) and all(isinstance(c, str) for c in classes)
        good = good and bool(told["state_dict"])
    except (KeyError, TypeError):
        good = False
    if not good:
        raise ModelError(f"{files.checkpoint}: no checkpoint of Detoxify: config or state_dict")
    return dict(told)


def _complete(model: Any, state: dict[str, Any], files: Files) -> None:
    """Refuse weights that the checkpoint does not have: they would be random ones."""
    import torch

    for name, tensor in model.state_dict().items():
        if name.endswith("position_ids"):
            continue
        if name not in state:
            text = f"{files.checkpoint}: {name} is missing; Detoxify would make it up"
            raise ModelError(text)
        if not torch.equal(tensor.cpu(), state[name].to(tensor.dtype)):
            raise ModelError(f"{files.checkpoint}: {name} was not loaded as it is stored")


def _bounded(real: Any, folder: Path) -> None:
    """Give the tokenizer the length that the model can read: some folders do not say it.

    Raises: ModelError when its vocabulary is not there, which nothing else notices.
    """
    config = real.model.config
    if len(real.tokenizer) < KNOWN * config.vocab_size:
        raise ModelError(
            f"{folder}: the tokenizer knows {len(real.tokenizer):,} of {config.vocab_size:,} "
            "tokens; its vocabulary is missing"
        )
    places = int(config.max_position_embeddings)
    if "roberta" in str(config.model_type):
        places -= int(config.pad_token_id) + 1  # their places begin behind the padding
    real.tokenizer.model_max_length = min(int(real.tokenizer.model_max_length), places)


@contextmanager
def _offline() -> Iterator[None]:
    """Keep the packages from the network and from talking."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_PROGRESS_BARS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import transformers

            transformers.logging.set_verbosity_error()
            transformers.logging.disable_progress_bar()
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def places(real: Any) -> int:
    """Return the tokens of a text that the model can read, without those at its ends."""
    return int(real.tokenizer.model_max_length - real.tokenizer.num_special_tokens_to_add())
