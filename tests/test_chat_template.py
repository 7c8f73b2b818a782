"""Chat templates: rendered as transformers does, counted, bounded; and folders that are wrong."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import CLEAN, ftlint, inside
from records import batch
from trainer import CHATML, HELLO, HI, configure, folder, trained

from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.features.template import rendering, template_tokens
from ftlint.rule import NO_TOKENIZER
from ftlint.rules.template import ChatTemplateDropsText, ChatTemplateFails
from ftlint.tokens import chattemplate
from ftlint.tokens.renderer import Reply

__all__ = ["folder", "trained"]  # fixtures


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
TEMPLATES = {"chatml": CHATML, "pairs": PAIRS, "steps": STEPS}
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
