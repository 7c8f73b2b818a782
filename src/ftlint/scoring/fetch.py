"""Fetching: the one place where ftlint downloads anything, and only when it is called to.

Each file is written beside its place, hashed on the way, and renamed when it is whole and right.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from ftlint.console.output import write_atomically
from ftlint.error import ModelError
from ftlint.scoring.weights import MANIFEST, MODELS, Model, folder

PART = 1 << 20
WAIT = 60
"""Seconds without any data after which a download ends."""

Step = Callable[[str, int, int], None]
"""Told after each part: the name of the file, bytes so far, bytes in all (0: unknown)."""


def known() -> dict[str, Model]:
    """Return the models that can be fetched, by name."""
    return {f"detoxify-{name}": model for name, model in MODELS.items()}


def fetch(name: str, mirror: str, sha256: str, step: Step) -> Path:
    """Fetch the files of a model and return their folder. Raises: ModelError.

    `mirror` is the address of a folder that has all of them by name, instead of their origins.
    `sha256` is that of the checkpoint; without one, its name tells the first digits.
    """
    model, place = known()[name], folder() / name
    hashes: dict[str, str] = {}
    place.mkdir(parents=True, exist_ok=True)
    for file, url in model.urls().items():
        address = f"{mirror.rstrip('/')}/{file}" if mirror else url
        wanted = (sha256 or model.start) if file == model.name else model.files[file]
        hashes[file] = _fetched(address, place / file, wanted, step)
    _write(place, model.name, hashes)
    return place


def _write(place: Path, checkpoint: str, hashes: Mapping[str, str]) -> None:
    told = json.dumps({"checkpoint": checkpoint, "files": hashes}, indent=2) + "\n"
    write_atomically(str(place / MANIFEST), [told])


def _fetched(address: str, path: Path, wanted: str, step: Step) -> str:
    """Return the SHA-256 of the file, which is at `path` afterwards."""
    if path.is_file():
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if len(wanted) == 64 and found == wanted:
            return found
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        found = _download(address, draft, path.name, step)
        if not found.startswith(wanted):
            raise ModelError(f"{address}: has the SHA-256 {found}, not {wanted}…; not kept")
        os.replace(draft, path)
    except HTTPError as error:
        raise ModelError(f"{address}: the server answers {error.code} {error.reason}") from error
    except (OSError, URLError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise ModelError(f"{address}: cannot be fetched: {reason}") from error
    finally:
        draft.unlink(missing_ok=True)
    return found


def _download(address: str, draft: Path, name: str, step: Step) -> str:
    """Write the file and return its SHA-256."""
    digest, so_far = hashlib.sha256(), 0
    if not address.startswith(("https://", "http://")):
        raise ModelError(f"{address}: not an address of the web")
    request = Request(address, headers={"User-Agent": "ftlint"})
    with urlopen(request, timeout=WAIT) as answer, draft.open("wb") as file:
        total = int(answer.headers.get("Content-Length") or 0)
        while data := answer.read(PART):
            digest.update(data)
            file.write(data)
            so_far += len(data)
            step(name, so_far, total)
    if total and so_far != total:
        raise ModelError(f"{address}: ended after {so_far:,} of {total:,} bytes; not kept")
    return digest.hexdigest()
