"""Folders of tokenizers that are wrong, and rules as values of them."""

from __future__ import annotations

import os
import pickle
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from records import batch
from trainer import HELLO, HI, configure, folder, job, template_of, trained

from ftlint.case import chat
from ftlint.features.template import template_tokens
from ftlint.rule import NO_TOKENIZER
from ftlint.rules.template import ChatTemplateDropsText, ChatTemplateFails
from ftlint.tokens import chattemplate
from ftlint.tokens.chattemplate import ChatTemplate, Source, TokenizerError
from ftlint.tokens.renderer import Limits, Renderer, renderer

__all__ = ["folder", "trained"]  # fixtures


# Folders that are wrong.


def break_(path: Path, data: bytes | str) -> None:
    path.write_bytes(data.encode() if isinstance(data, str) else data)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("tokenizer_config.json", "{\n  'a': 1}", "/tokenizer_config.json:2:3: Expecting property"),
        ("tokenizer_config.json", "[]", "/tokenizer_config.json: not an object"),
        ("tokenizer_config.json", b"\xff", "/tokenizer_config.json: not UTF-8 (byte 0)"),
        ("tokenizer_config.json", "[" * 99_999, "/tokenizer_config.json: nested too deeply"),
        ("special_tokens_map.json", "{", "/special_tokens_map.json:1:2: Expecting"),
        ("chat_template.jinja", b"a\xe9", "/chat_template.jinja: not UTF-8 (byte 1)"),
        ("chat_template.jinja", "a\n\n{% if %}", "/chat_template.jinja:3: Expected an expression"),
        ("chat_template.jinja", "{{ a | nope }}", "/chat_template.jinja:1: No filter named 'nope'"),
        ("chat_template.jinja", "{% for %}", "/chat_template.jinja:1: "),
        ("chat_template.jinja", "{" + "{(" * 9999, "/chat_template.jinja"),
    ],
)
def test_broken_files(folder: Path, name: str, data: bytes | str, said: str) -> None:
    break_(folder / name, data)
    with pytest.raises(TokenizerError) as error:
        ChatTemplateFails(tokenizer=str(folder)).unready()
    assert str(error.value).startswith(f"{folder}{said}")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, ": there is no chat template, neither chat_template.jinja nor chat_template in"),
        (7, "/tokenizer_config.json: chat_template: neither a text nor named templates"),
        ([7], "/tokenizer_config.json: chat_template: an item is not a name with a template"),
        ([{"name": "rag", "template": ""}], "/tokenizer_config.json: chat_template 'rag': no temp"),
        ("a\n{% if %}", "/tokenizer_config.json: chat_template: line 2: Expected an expression"),
        ({"default": "{{"}, "/tokenizer_config.json: chat_template 'default': line 1: "),
    ],
)
def test_templates_that_are_none(trained: Path, tmp_path: Path, value: Any, said: str) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "tokenizer"))
    configure(folder, chat_template=value)
    with pytest.raises(TokenizerError) as error:
        ChatTemplateDropsText(tokenizer=str(folder)).unready()
    assert str(error.value).startswith(f"{folder}{said}")


def test_a_broken_vocabulary(folder: Path) -> None:
    (folder / "tokenizer.json").write_text('{"version": "1.0",')
    (example,) = batch(chat(HI, HELLO)).examples
    with pytest.raises(TokenizerError, match=r"tokenizer/tokenizer\.json: "):
        example[template_tokens(str(folder))]


def test_no_such_folder(folder: Path) -> None:
    with pytest.raises(TokenizerError, match="missing: there is no such folder"):
        chattemplate.read(str(folder / "missing"))
    with pytest.raises(TokenizerError, match=r"tokenizer\.json: not a folder"):
        chattemplate.read(str(folder / "tokenizer.json"))
    (folder / "tokenizer.json").unlink()
    with pytest.raises(TokenizerError, match=r"there is no tokenizer\.json"):
        chattemplate.digest(str(folder))


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is the system's")
@pytest.mark.parametrize("source", ["{% set a = 7 ** (7 ** 11) %}", "{{ 9 ** (9 ** 9) }}"])
def test_a_template_that_never_compiles(source: str) -> None:
    made = Renderer(template_of(source), Limits(seconds=0.5))
    # Folded while it is compiled or computed for each example: that is up to Jinja.
    try:
        assert made.render([job(chat(HI, HELLO))])[0].kind != "text"
    except TokenizerError as error:
        assert str(error).startswith("template: chat template cannot be compiled: it does not end")
    made.close()


# Features and rules as values.


def test_a_folder_that_changes_is_another_value(folder: Path) -> None:
    before = template_tokens(str(folder))
    assert before == template_tokens(str(folder))
    examples = batch(chat(HI, HELLO)).examples
    first = examples[0][before]
    (folder / "chat_template.jinja").write_text("{{ messages[0].content }}")
    after = template_tokens(str(folder))
    assert after != before and hash(after) != hash(before)
    assert examples[0][before] == first  # in the batch that has it
    assert examples[0][after] != first
    chattemplate.load.cache_clear()
    with pytest.raises(TokenizerError, match="has changed while it was in use"):
        batch(chat(HI, HELLO)).column(before)


def test_a_rule_takes_its_digest_along(folder: Path) -> None:
    rule = ChatTemplateFails(tokenizer=str(folder))
    assert rule.unready() is None
    copy = pickle.loads(pickle.dumps(rule))
    (folder / "chat_template.jinja").write_text("x")
    assert copy == rule
    assert copy.rendering == rule.rendering != ChatTemplateFails(tokenizer=str(folder)).rendering


@pytest.mark.parametrize("cls", [ChatTemplateFails, ChatTemplateDropsText])
def test_a_rule_without_a_tokenizer_is_not_ready(
    cls: Callable[..., ChatTemplateFails], monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = batch(chat(HI, HELLO)).examples
    assert cls().unready() == NO_TOKENIZER
    assert list(cls().check(example)) == []
    assert cls(template="x").unready() is None
    monkeypatch.setattr(chattemplate, "find_spec", lambda name: None)
    assert "pip install" in (cls(template="x").unready() or "")
    monkeypatch.setattr(chattemplate, "find_spec", lambda name: name == "jinja2" or None)
    assert chattemplate.missing() is None
    assert "ftlint[tokenizer]" in (chattemplate.missing(counting=True) or "")


def test_one_renderer_a_process() -> None:
    template = ChatTemplate("x", (Source("default", "x", "{{ messages[0].role }}"),))
    made = renderer(template)
    assert renderer(template) is made
    assert renderer(template, Limits(), os.getpid() + 1) is not made  # as after a fork
