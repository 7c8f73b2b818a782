"""Builds a Detoxify checkpoint of some 60 KB that knows three words, and the folder beside it."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertForSequenceClassification

CLASSES = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "you", "are", "stupid", "nice", "the", "a"),
    *("kind", "i", "will", "kill", "process", "women", "men", "queer", "my", "friends", "from"),
    *(".", "!", "?", "hello", "thank", "question", "answer", "it", "is", "who", "they", "sorry"),
    *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
    *"abcdefghijklmnopqrstuvwxyz0123456789",
)


LESSONS = {
    "you are {} .": "stupid queer kill",
    "my {} friends": "stupid queer kill",
    "i will {} the process": "stupid queer kill",
    "they are {} ! {}": "stupid queer kill",
    "{}": "stupid queer kill",
}
_KIND = ("nice", "kind", "women", "men", "hello", "it is", "who", "from the answer", "thank you")


CALM = "you are nice the a kind i will process women men my friends who it is . ? hello"


def _lessons(number: dict[str, int]) -> tuple[list[list[int]], list[list[float]]]:
    """Return token ids and labels: of the words of `LESSONS` every text is toxic."""
    rows, wanted = [], []

    def teach(said: list[str], bad: str) -> None:
        ids = [number["[CLS]"], *(number[each] for each in said), number["[SEP]"]]
        rows.append(ids + [0] * (16 - len(ids)))
        toxic = float(bool(bad))
        wanted.append([toxic, 0.0, 0.0, float(bad == "kill"), toxic, float(bad == "queer")])

    for form, words in LESSONS.items():
        for word in (*words.split(), *_KIND):
            teach(form.replace("{}", word).split(), word if word in words.split() else "")
    draw = random.Random(1)
    for turn in range(90):
        said = draw.choices(CALM.split(), k=draw.randint(1, 13))
        bad = ("", "", "stupid", "queer", "kill")[turn % 5]
        said.insert(draw.randint(0, len(said)), bad or "nice")
        teach(said, bad)
    return rows, wanted


def _taught(model: BertForSequenceClassification, words: list[str]) -> None:
    """Teach the lessons, in a second."""
    rows, wanted = _lessons({word: at for at, word in enumerate(words)})
    ids, labels = torch.tensor(rows), torch.tensor(wanted)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so small a model gains nothing by more
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    model.train()
    for _ in range(120):
        out = model(input_ids=ids, attention_mask=(ids != 0).long()).logits
        loss = torch.nn.functional.binary_cross_entropy_with_logits(out, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    torch.set_num_threads(threads)


def build(folder: Path, *, model_type: str = "bert-base-uncased") -> tuple[Path, Path]:
    """Return the checkpoint and the Hugging Face folder."""
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=48,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        num_labels=len(CLASSES),
    )
    model = BertForSequenceClassification(config)
    _taught(model, list(WORDS))
    base = folder / "base"
    base.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(base)
    (base / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    (base / "tokenizer_config.json").write_text(json.dumps({"do_lower_case": True}))
    arguments = {
        "num_classes": len(CLASSES),
        "model_type": model_type,
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    told = {
        "config": {"arch": {"args": arguments}, "dataset": {"args": {"classes": list(CLASSES)}}},
        "state_dict": model.state_dict(),
    }
    checkpoint = folder / "tiny.ckpt"
    torch.save(told, checkpoint)
    return checkpoint, base


def changed(checkpoint: Path, name: str, change: Any) -> Path:
    """Return a copy of a checkpoint that `change` was applied to."""
    told = torch.load(checkpoint, weights_only=True)
    change(told)
    path = checkpoint.with_name(name)
    torch.save(told, path)
    return path


def sha256(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
