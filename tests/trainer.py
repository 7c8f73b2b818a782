"""A trainer's folder: a small vocabulary, chat templates and talks to render."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ftlint.case import assistant, user
from ftlint.tokens import chattemplate
from ftlint.tokens.chattemplate import ChatTemplate
from ftlint.tokens.renderer import Job

CHATML = """\
{%- if tools %}
<|im_start|>system
Tools: {{ tools | tojson }}<|im_end|>
{% endif %}
{% for message in messages %}
    {{- '<|im_start|>' + message.role + '\\n' }}
    {%- if message.content is string %}
        {{- message.content | trim }}
    {%- elif message.content %}
        {%- for part in message.content if part.type == 'text' %}
            {{- part.text }}
        {%- endfor %}
    {%- endif %}
    {%- for each in message.tool_calls or [] %}
        {{- '\\n<call>' + each.function | tojson(indent=2) + '</call>' }}
    {%- endfor %}
    {{- '<|im_end|>\\n' -}}
{% endfor %}
"""
HI, HELLO = user("Which river runs through Vienna?"), assistant("The Danube does.")
SENTENCES = [
    "Which river runs through Vienna?",
    "The Danube does, and it goes on to Budapest and Belgrade.",
    "How long should I boil an egg? Seven minutes give a firm white and a soft yolk.",
    "Die Donau fließt durch Wien. 東京は日本の首都です。",
]


def template_of(source: str) -> ChatTemplate:
    return chattemplate.read("", source)


def job(talk: dict[str, Any], characters: int = 100_000) -> Job:
    return Job(talk["messages"], talk.get("tools"), {}, characters)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small tokenizer of our own, without a template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        show_progress=False,
        special_tokens=["<s>", "</s>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(SENTENCES * 4, trainer)
    # What some models ship: a limit that belongs to inference.
    tokenizer.enable_truncation(8)
    folder = tmp_path_factory.mktemp("trained")
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": {"__type": "AddedToken", "content": "</s>", "lstrip": False},
        "pad_token": None,
        "add_bos_token": True,
        "additional_special_tokens": ["[INST]", "[/INST]"],
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def folder(trained: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder with a template."""
    copy = Path(shutil.copytree(trained, tmp_path / "tokenizer"))
    (copy / "chat_template.jinja").write_text(CHATML)
    return copy


def configure(folder: Path, **keys: Any) -> None:
    path = folder / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **keys}))
