"""What chat templates may not do: leave the sandbox, run for ever, fill the memory."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pytest
from records import batch
from trainer import HELLO, HI, folder, job, template_of, trained

from ftlint.case import chat, user
from ftlint.features.template import rendering, template_tokens
from ftlint.tokens import chattemplate
from ftlint.tokens.chattemplate import TokenizerError
from ftlint.tokens.renderer import PATIENCE, Limits, Renderer, Reply

__all__ = ["folder", "trained"]  # fixtures


ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"


def one(source: str, talk: dict[str, Any] | None = None, **given: Any) -> Reply:
    """Return what becomes of one example."""
    made = Renderer(template_of(source), Limits(**given))
    try:
        return made.render([job(talk or chat(HI, HELLO))])[0]
    finally:
        made.close()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ ().__class__.__base__.__subclasses__() }}", "'__class__'"),
        ("{{ messages.__init__.__globals__ }}", "'__init__'"),
        ("{{ raise_exception.__globals__.x }}", "'__globals__'"),
        ("{{ cycler.__init__.x }}", "'__init__'"),
        ("{{ messages.append(1) }}", "'append'"),
        ("{{ messages[0].update(role='x') }}", "'update'"),
        ("{{ dict.update(messages[0], role='x') }}", "update"),
        ("{% set x = namespace(__class__=1) %}", "'__class__'"),
        ("{% set x = namespace() %}{% set x._a = 1 %}", "'_a'"),
        ("{% include '/etc/passwd' %}", "no loader"),
        ("{{ lipsum.__globals__['os'].popen('id') }}", "'__globals__'"),
        ("{{ '{0.__class__.x}'.format(1) }}", "'__class__'"),
        ("{% for i in range(10**9) %}{% endfor %}", "Range too big"),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "RecursionError"),
        ("{{ messages[9].content }}", "no element 9"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{{ raise_exception('one\ntwo' ~ 'x' * 500) }}", "one two"),
    ],
)
def test_a_template_stays_in_its_sandbox(source: str, said: str) -> None:
    reply = one(source)
    assert reply.kind == "raises"
    assert said in reply.text
    assert "\n" not in reply.text and len(reply.text) <= 200


NESTED = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
DOUBLING = (
    "{% set n = namespace(x='x') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}"
)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (NESTED, "does not end within 0.5 s"),
        ("{{ 7 ** (messages | length + 9 ** 9) }}", "does not end within"),
        ("{% for i in range(99999) %}{{ 'x' * 100 }}{% endfor %}", "writes more than 100 000"),
        ("{{ messages[0].content * 10**9 }}", "needs too much memory"),
        ("{{ 'a' * 10**9 }}", "needs too much memory"),
        ("{{ '%1000000000d' % 1 }}", "needs too much memory"),
        ("{{ messages[0].role.center(10**10) }}", "needs too much memory"),
        (DOUBLING, ""),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the limit of memory is the system's")
def test_a_template_is_stopped(source: str, said: str) -> None:
    started = time.monotonic()
    reply = one(source, seconds=0.5)
    assert reply.kind == "stopped" and said in reply.text
    assert time.monotonic() - started < 20


def test_other_examples_go_on_after_one_that_is_stopped() -> None:
    source = (
        "{% if messages[0].content == 'loop' %}" + NESTED + "{% endif %}{{ messages[0].content }}"
    )
    made = Renderer(template_of(source), Limits(seconds=0.5))
    words = ["a", "loop", "b", "c", "loop", "loop", "d"]
    replies = made.render([job(chat(user(word), HELLO)) for word in words])
    kinds = [reply.text if reply.kind == "text" else reply.kind for reply in replies]
    assert kinds == ["a", "stopped", "b", "c", "stopped", "stopped", "d"]
    with pytest.raises(TokenizerError, match=f"stopped on {PATIENCE + 1} examples"):
        made.render([job(chat(user("loop"), HELLO))])
    made.close()


def test_a_template_that_is_given_up_is_not_waited_for_again() -> None:
    made = Renderer(template_of(ENDLESS), Limits(seconds=0.05))
    told = set()
    for _ in range(3):
        with pytest.raises(TokenizerError, match=f"stopped on {PATIENCE + 1} examples") as error:
            made.render([job(chat(HI, HELLO))] * 50)
        told.add(str(error.value))
    # Another attempt would have counted another stop.
    assert len(told) == 1
    made.close()


def test_large_texts_render() -> None:
    text = "wörd 😀 " * 1_000_000
    feature = rendering("", "{% for m in messages %}<{{ m.content | trim }}>{% endfor %}")
    (example,) = batch(chat(user(text), HELLO)).examples
    reply = example[feature]
    assert reply and reply.kind == "text"
    assert reply.text == f"<{text.strip()}><The Danube does.>"


@pytest.mark.parametrize("line", ["The Danube does.\n", "Wien 東京 ", "a"])
def test_huge_texts_are_counted_in_pieces(folder: Path, line: str) -> None:
    (folder / "chat_template.jinja").write_text("{{ messages[0].content }}")
    text = line * (2_500_000 // len(line))
    feature = template_tokens(str(folder))
    (example,) = batch(chat(user(text), HELLO)).examples
    tokenizer = chattemplate.vocabulary(str(folder), "", feature.rendering.digest)
    count = example[feature]
    assert count
    assert abs(count.total - len(tokenizer.encode(text, add_special_tokens=False))) <= 10


def test_a_lone_surrogate_is_not_counted(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("{{ '\\ud800' }}")
    (example,) = batch(chat(HI, HELLO)).examples
    assert example[template_tokens(str(folder))] is None


def test_the_working_folder_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jinja2.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert one("{{ messages[0].role }}") == Reply("text", "user")


def test_a_child_ends_with_its_renderer() -> None:
    made = Renderer(template_of("x"), Limits())
    child = made.start()
    del made
    assert child.returncode is not None
