"""Measures what a run costs after one line was edited, where a deep model judges every text.

Scores are kept by text, so only the edited one is scored again. A light run, without the deep
model, is what is aimed at. The checkpoint is a tiny one, made by the tests: a real one is loaded
more slowly, once, and what it saves is larger by as much as it is slower. Needs ftlint[toxicity].
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import orjson
from changed import examples
from process import Usage, run

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import tinydetoxify  # the path is set above


def main() -> int:
    """Measure and print; returns 1 when texts that have not changed are scored again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = examples(int(options.megabytes * 1e6))
        (folder / "train.jsonl").write_bytes(b"".join(rows))
        light, _ = checked(folder)
        print(f"{len(rows):,} rows, without a deep model: {light.cpu:.2f} s of CPU")
        checkpoint, base = tinydetoxify.build(folder)
        digest = tinydetoxify.sha256(checkpoint)
        setting = {"checkpoint": checkpoint.name, "sha256": digest, "tokenizer": base.name}
        told = {"toxicity": {"backend": "detoxify", **setting}}
        (folder / "ftlint.yaml").write_text(json.dumps(told))
        tell("every text is new", light, *checked(folder))
        rows[len(rows) // 2] = edited()
        (folder / "train.jsonl").write_bytes(b"".join(rows))
        toxicity = tell("one line edited", light, *checked(folder))
    return int(toxicity["scored"] - toxicity["remembered"] > 2)


def edited() -> bytes:
    """Return a line whose two texts stand nowhere else."""
    asked = {"role": "user", "content": "Does parcel 7f3a21 leave the depot of Ghent today?"}
    said = {"role": "assistant", "content": "Parcel 7f3a21 left the depot of Ghent at noon."}
    return orjson.dumps({"messages": [asked, said]}) + b"\n"


def checked(folder: Path) -> tuple[Usage, dict[str, int]]:
    """Return what a run costs, and its figures about toxicity."""
    words = ["-m", "ftlint", "check", "train.jsonl", "--jobs", "1", "--format", "json"]
    usage = run(words, folder, (0, 1))
    return usage, json.loads((folder / "stdout").read_text("utf-8"))["measures"]["toxicity"]


def tell(title: str, light: Usage, usage: Usage, toxicity: dict[str, int]) -> dict[str, int]:
    """Print one run beside the light one, and return its figures."""
    print(f"{title}: {usage.cpu:.2f} s ({usage.cpu / light.cpu:.2f} of the light run)")
    print(f"  {json.dumps({k: v for k, v in toxicity.items() if isinstance(v, int)})}")
    return toxicity


if __name__ == "__main__":
    sys.exit(main())
