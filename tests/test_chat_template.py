"""Chat templates: rendered as transformers does, counted, bounded; and folders that are wrong."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import CLEAN, ftlint, inside
from records import batch

from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.features.template import rendering, template_tokens
from ftlint.rule import NO_TOKENIZER
from ftlint.rules.template import ChatTemplateDropsText, ChatTemplateFails
from ftlint.tokens import chattemplate
from ftlint.tokens.chattemplate import ChatTemplate, Source, TokenizerError
from ftlint.tokens.renderer import PATIENCE, Job, Limits, Renderer, Reply, renderer

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
PAIRS = """\
{% if messages[0].role == 'system' %}
    {% set lead = '<<SYS>>' + messages[0].content + '<</SYS>> ' %}
    {% set rest = messages[1:] %}
{% else %}
    {% set lead = '' %}
    {% set rest = messages %}
{% endif %}
{% for message in rest %}
    {% if (message.role == 'user') != (loop.index0 % 2 == 0) %}
        {{ raise_exception('roles must alternate') }}
    {% endif %}
    {% if message.role == 'user' %}
        {{ bos_token + '[INST] ' + (lead if loop.first else '') + message.content + ' [/INST]' }}
    {% else %}
        {{ ' ' + message.content + ' ' + eos_token }}
    {% endif %}
{% endfor %}
"""
STEPS = """\
{{- bos_token }}{% set seen = namespace(turns=0, today=strftime_now('now')) %}
{%- for message in messages %}
    {%- if message.role == 'developer' %}{% continue %}{% endif %}
    {%- if message.role == 'user' %}
        {%- set seen.turns = seen.turns + 1 %}
        {%- if loop.last and not tools is none %}
            {{- '[TOOLS]' + tools | map(attribute='function') | list | tojson }}
        {%- endif %}
        {{- '[INST]' + message['content'] + '[/INST]' }}
    {%- elif message.role == 'assistant' %}
        {% generation %}{%- set inner = message.content or '' %}
        {{- '<think>' + message.reasoning_content + '</think>' if message.reasoning_content }}
        {{- inner }}{{ eos_token }}{% endgeneration %}
    {%- elif message.role == 'tool' %}
        {{- dict(content=message.content, id=message.tool_call_id) | tojson(sort_keys=true) }}
    {%- else %}
        {{- raise_exception('Unexpected role: ' + message.role) }}
    {%- endif %}
{%- endfor %}
{{- seen.turns }}
"""
ENDLESS = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
TEMPLATES = {"chatml": CHATML, "pairs": PAIRS, "steps": STEPS}

HI, HELLO = user("Which river runs through Vienna?"), assistant("The Danube does.")
LOOKUP = declare("lookup", {"type": "object", "properties": {"q": {"type": "string"}}})
TALKS: dict[str, dict[str, Any]] = {
    "plain": chat(HI, HELLO),
    "two turns": chat(HI, HELLO, user("  And Paris?\n"), assistant("The Seine. ")),
    "system": chat(system("Be brief."), HI, HELLO),
    "scripts": chat(user("Où? 東京 😀 \u202e <b>&amp;</b>"), assistant("naïve \u00a0 Ω {{ x }}")),
    "specials": chat(user("<|im_end|> [INST] <s></s>"), assistant("<|im_start|>system")),
    "parts": chat(user([{"type": "text", "text": "Hi"}]), HELLO),
    "null": chat(HI, {"role": "assistant", "content": None}),
    "no content": chat(HI, {"role": "assistant"}),
    "call": chat(
        HI, calling(call("c1", "lookup", '{"q": "é"}')), tool("c1"), HELLO, tools=[LOOKUP]
    ),
    "no tools": chat(HI, HELLO, tools=[]),
    "reasoning": chat(
        HI, assistant("7", reasoning="3 + 4"), user("?"), assistant("8", thinking="")
    ),
    "switch": chat(HI, HELLO, chat_template_kwargs={"eos_token": "!", "tools": None}),
    "two users": chat(HI, HI, HELLO),
    "developer": chat({"role": "developer", "content": "Be brief."}, HI, HELLO),
}
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


def one(source: str, talk: dict[str, Any] | None = None, **given: Any) -> Reply:
    """Return what becomes of one example."""
    made = Renderer(template_of(source), Limits(**given))
    try:
        return made.render([job(talk or chat(HI, HELLO))])[0]
    finally:
        made.close()


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


# What is rendered.


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TEMPLATES)
def test_as_transformers_does(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    transformers = pytest.importorskip("transformers")
    (folder / "chat_template.jinja").write_text(TEMPLATES[name], encoding="utf-8")
    reference = transformers.AutoTokenizer.from_pretrained(str(folder))
    feature = template_tokens(str(folder))
    examples = batch(*TALKS.values()).examples
    rendered = 0
    for talk, example in zip(TALKS.values(), examples, strict=True):
        further = {"tools": talk.get("tools"), **talk.get("chat_template_kwargs", {})}
        mine, count = example[feature.rendering], example[feature]
        assert mine
        try:
            text = reference.apply_chat_template(talk["messages"], tokenize=False, **further)
        except Exception as error:
            assert mine.kind == "raises"
            assert str(error) in mine.text
            assert count is None
            continue
        assert mine == Reply("text", text)
        ids = reference(text, add_special_tokens=False, truncation=False)["input_ids"]
        assert count and count.total == len(ids)
        rendered += 1
    assert rendered >= 7


def test_a_rendering_by_hand(folder: Path) -> None:
    feature = template_tokens(str(folder))
    (example,) = batch(chat(system(" Be brief. "), HI, HELLO)).examples
    text = (
        "<|im_start|>system\nBe brief.<|im_end|>\n"
        "<|im_start|>user\nWhich river runs through Vienna?<|im_end|>\n"
        "<|im_start|>assistant\nThe Danube does.<|im_end|>\n"
    )
    assert example[feature.rendering] == Reply("text", text)
    tokenizer = chattemplate.vocabulary(str(folder), "", feature.rendering.digest)
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    tally = example[feature]
    assert tally and tally.total == len(ids) > 8  # the truncation of the file does not count
    assert [tokenizer.id_to_token(i) for i in ids].count("<|im_start|>") == 3
    assert tokenizer.decode(ids, skip_special_tokens=False) == text


def test_what_is_not_a_conversation_is_not_rendered(folder: Path) -> None:
    feature = template_tokens(str(folder))
    others: list[Any] = [
        {"note": "a"},
        chat({"role": "human", "content": "Hi"}, HELLO),
        chat(HI, HELLO, tools="lookup"),
        chat(HI, HELLO, tools=["lookup"]),
        [1],
    ]
    examples = batch(*others, chat(HI, HELLO)).examples
    assert [example[feature] for example in examples[:-1]] == [None] * len(others)
    assert examples[-1][feature]


def test_the_template_for_tools_is_taken_where_there_are_tools(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    named = [{"name": "tool_use", "template": "T"}, {"name": "default", "template": "D"}]
    configure(folder, chat_template=named)
    feature = rendering(str(folder))
    talks = (chat(HI, HELLO), chat(HI, HELLO, tools=None), chat(HI, HELLO, tools=[LOOKUP]))
    examples = batch(*talks).examples
    assert [example[feature] for example in examples] == [Reply("text", t) for t in "DDT"]


def test_specials_are_variables(folder: Path) -> None:
    source = "{{ bos_token }}{{ eos_token }}{{ pad_token }}{{ image_token }}{{ unk_token }}"
    (folder / "chat_template.jinja").write_text(source)
    configure(folder, extra_special_tokens={"image_token": "<img>"})
    (folder / "special_tokens_map.json").write_text('{"unk_token": {"content": "<unk>"}}')
    (example,) = batch(chat(HI, HELLO)).examples
    assert example[rendering(str(folder))] == Reply("text", "<s></s><img><unk>")


@pytest.mark.parametrize("where", ["jinja", "config", "list", "processor", "further"])
def test_where_a_template_may_stand(trained: Path, tmp_path: Path, where: str) -> None:
    folder = Path(shutil.copytree(trained, tmp_path / "tokenizer"))
    if where in ("jinja", "further"):
        configure(folder, chat_template="an older one")
        (folder / "chat_template.jinja").write_text("{{ messages[0].content }}\n")
    if where == "further":
        (folder / "additional_chat_templates").mkdir()
        (folder / "additional_chat_templates/tool_use.jinja").write_text("x")
    if where == "config":
        configure(folder, chat_template="{{ messages[0].content }}")
    if where == "list":
        named = {"name": "default", "template": "{{ messages[0].content }}"}
        configure(folder, chat_template=[named])
    if where == "processor":
        source = {"chat_template": "{{ messages[0].content }}"}
        (folder / "chat_template.json").write_text(json.dumps(source))
    (example,) = batch(chat(HI, HELLO)).examples
    assert example[rendering(str(folder))] == Reply("text", HI["content"])
    assert len(chattemplate.read(str(folder)).sources) == (2 if where == "further" else 1)


# What templates may not do.


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


# The message that is to blame.


@pytest.mark.parametrize(
    ("talk", "culprit"),
    [
        (chat(HI, HELLO, HI, HI, HELLO, HI, HELLO), 3),
        (chat(HELLO, HI), 0),
        (chat(HI, HELLO, user("?"), HELLO, HELLO), 4),
        (chat(system("Be brief."), HI, HI), 2),
    ],
)
def test_the_culprit_is_found(talk: dict[str, Any], culprit: int) -> None:
    (example,) = batch(talk).examples
    source = PAIRS.replace("bos_token", "''").replace("eos_token", "''")
    (finding,) = ChatTemplateFails(template=source).check(example)
    assert finding.where.pointer == f"/messages/{culprit}"
    assert finding.message == "chat template raises: roles must alternate"


def test_a_template_that_always_raises_blames_no_message() -> None:
    (example,) = batch(chat(HI, HELLO)).examples
    (finding,) = ChatTemplateFails(template="{{ raise_exception('no') }}").check(example)
    assert finding.where.pointer == "/messages"


# What is dropped.


@pytest.mark.parametrize(
    ("source", "talk", "shares"),
    [
        (CHATML, chat(HI, assistant("\n a \n\n b\t\n")), []),
        ("{{ messages[1].content | replace('\n', ' ') }}", chat(HI, assistant("a b\nc\n")), []),
        ("{{ messages[0].content }}", chat(HI, HELLO), ["all"]),
        ("{{ messages[0].content }}", chat(HI, assistant("x", weight=0)), []),
        ("{{ messages[1].content[:3] }}", chat(HI, assistant("a\nb\nc\nd")), ["2 of 4 lines"]),
        ("{{ messages[1].content }}!", chat(HI, assistant("7"), HI, assistant("7")), ["all"]),
        ("{{ messages[1].content }}", chat(HI, assistant("a", refusal="No.")), ["all"]),
        ("{{ messages[0].content }}", chat(HI, assistant(" \n")), []),
        ("{% if 0 %}{% endif %}", chat(HI, HELLO), []),
    ],
)
def test_what_is_left_out(source: str, talk: dict[str, Any], shares: list[str]) -> None:
    (example,) = batch(talk).examples
    found = list(ChatTemplateDropsText(template=source).check(example))
    assert [finding.data["share"] for finding in found] == shares


def test_the_first_line_that_is_missing_is_shown() -> None:
    text = "Seven.\n  Or eight.\nNine."
    (example,) = batch(chat(HI, assistant(text))).examples
    (finding,) = ChatTemplateDropsText(template="Seven. Nine.").check(example)
    assert finding.where.span
    start, end = finding.where.span
    assert text[start:end] == "Or eight."


def test_many_lines_cost_linear_time() -> None:
    def cost(lines: int) -> float:
        text = "\n".join(f"line {i}" + " " * 50 for i in range(lines))
        (example,) = batch(chat(HI, assistant(text))).examples
        rule = ChatTemplateDropsText(template="{{ messages[1].content | replace('  ', '') }}")
        assert rule.rendering and example[rule.rendering]
        started = time.process_time()
        assert not list(rule.check(example))
        return time.process_time() - started

    cost(1000)
    assert cost(80_000) < 8 * cost(20_000) + 0.1


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


# The command line.


def test_the_command_line(folder: Path, tmp_path: Path) -> None:
    (folder / "chat_template.jinja").write_text(PAIRS)
    (tmp_path / "train.jsonl").write_bytes(CLEAN + orjson.dumps(chat(HI, HI, HELLO)) + b"\n")
    arguments = ("check", "train.jsonl", "--format", "json", "--jobs")
    runs = [ftlint(tmp_path, *arguments, n, "--tokenizer", folder) for n in (1, 2)]
    for run in runs:
        assert run.status == 1
        assert ("train.jsonl", 11, "FT210") in run.places
    without = inside(tmp_path, *arguments, 1)
    assert ("FT210", NO_TOKENIZER) in [
        (n["code"], n["reason"]) for n in without.report["run"]["not_run"]
    ]


def test_the_configuration(folder: Path, tmp_path: Path) -> None:
    (folder / "chat_template.jinja").write_text("{{ raise_exception('no') }}")
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    (other / "chat_template.jinja").write_text(CHATML)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.jsonl").write_bytes(CLEAN)
    options = "{tokenizer: tokenizer}"
    (tmp_path / "ftlint.yaml").write_text(f"rules: {{FT210: {options}, FT211: {options}}}\n")
    arguments = ("check", "train.jsonl", "--format", "json")
    from_data = tmp_path / "data"
    assert [code for _, _, code in inside(from_data, *arguments).places] == ["FT210"] * 10
    assert inside(from_data, *arguments, "--tokenizer", "../other").places == []


def test_a_wrong_folder_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    run = inside(tmp_path, "check", "train.jsonl", "--tokenizer", "nowhere")
    assert run.status == 2
    assert run.err.startswith("ftlint: nowhere: there is no such folder")
