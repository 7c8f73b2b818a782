"""Measures how fast Detoxify runs on this machine, with RANDOM weights of the size of BERT base.

Time does not depend on what weights say; scores do, and none is looked at here. The tokenizer is
made up too (letters and common words), so that texts have more tokens than they would have; the
table states tokens beside texts. Needs ftlint[toxicity].
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertForSequenceClassification

from ftlint.features.toxicity import LABELS
from ftlint.scoring.detoxify import Detoxify
from ftlint.scoring.weights import Files, _hash

DATA = Path(__file__).parent / "../../shared/data/chat"
WORDS = 30_000


def main() -> int:
    """Print a table; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--texts", type=int, default=64)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", nargs="*", default=["float32", "bfloat16", "int8"])
    options = parser.parse_args()
    texts = some(options.data, options.texts)
    with tempfile.TemporaryDirectory() as folder:
        files = built(Path(folder), texts)
        print(
            f"RANDOM weights of base size; {len(texts)} chat messages; {options.device}, ", end=""
        )
        print(f"{torch.get_num_threads()} threads, torch {torch.__version__}\n")
        print("| precision | seconds | CPU seconds | texts a CPU second | tokens a CPU second |")
        print("|---|---|---|---|---|")
        for precision in options.precision:
            measured(files, options.device, precision, texts)
        print()
        plain(files, options.device, texts)
    return 0


def some(folder: Path, many: int) -> list[str]:
    """Return messages spread over the shared chat data."""
    said: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::97]:
            messages = json.loads(line).get("messages") or []
            said += [m["content"] for m in messages if isinstance(m.get("content"), str)]
    said = [text for text in said if text.strip() and text.isascii()]
    return said[:: max(1, len(said) // many)][:many]


def built(folder: Path, texts: list[str]) -> Files:
    """Return a checkpoint of Detoxify and its folder."""
    common = Counter(word.lower() for text in texts for word in text.split() if word.isalpha())
    letters = [chr(code) for code in range(33, 127)]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]
    words += [f"##{letter}" for letter in letters]
    words += [word for word, _ in common.most_common(WORDS) if word not in words]
    config = BertConfig(vocab_size=len(words), num_labels=len(LABELS))
    model = BertForSequenceClassification(config)
    base = folder / "base"
    config.save_pretrained(base)
    (base / "vocab.txt").write_text("\n".join(words) + "\n")
    (base / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True}))
    arguments = {
        "num_classes": len(LABELS),
        "model_type": "bert-base-uncased",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    told = {
        "config": {"arch": {"args": arguments}, "dataset": {"args": {"classes": list(LABELS)}}},
        "state_dict": model.state_dict(),
    }
    path = folder / "random.ckpt"
    torch.save(told, path)
    return Files(path, _hash(str(path), 0, 0), base)


def measured(files: Files, device: str, precision: str, texts: list[str]) -> None:
    """Print one row."""
    backend = Detoxify(
        checkpoint=str(files.checkpoint),
        sha256=files.sha256,
        tokenizer=str(files.folder),
        device=device,
        precision=precision,
    )
    scorer: Any = backend.begin(len(texts), 0)
    scorer.score(texts[:8])  # warm, and the precision is chosen
    tokens = sum(len(ids) for text in texts for ids in scorer._ids(scorer._windows(text)))
    clock, cpu = time.perf_counter(), time.process_time()
    rows = scorer.score(texts)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    assert None not in rows
    used = scorer.told()["precision"]
    print(f"| {used} | {clock:.1f} | {cpu:.1f} | {len(texts) / cpu:.1f} | {tokens / cpu:,.0f} |")


def plain(files: Files, device: str, texts: list[str]) -> None:
    """Print the time of `Detoxify.predict`, text by text, on those that it reads whole."""
    from ftlint.scoring.detoxify import load

    real = load(files, device)
    short = [text for text in texts if len(text) < 500]
    clock, cpu = time.perf_counter(), time.process_time()
    for text in short:
        real.predict([text])
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"Detoxify.predict text by text: {len(short)} of them in {clock:.1f} s ({cpu:.1f} CPU s)")


if __name__ == "__main__":
    sys.exit(main())
