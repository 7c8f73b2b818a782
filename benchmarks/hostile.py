"""Lints one long text or record after the other, and tells which take more than linear time.

    nice python benchmarks/hostile.py [--bytes N] [--factor F] [NAME…]

Each is made in two sizes, N bytes and four times as many. Beyond `--factor` (2) times the CPU time
a byte the larger one is quadratic, or on its way there; the exit status is 1, and `--profile` shows
where the time goes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

from campaign import called

TIMES = 4
LEAST = 0.5
"""CPU seconds below which nothing is called slow."""
ASK = {"role": "user", "content": "What does a heron eat?"}
SAY = {"role": "assistant", "content": "Fish, frogs and now and then a careless duckling."}
CALL = {"name": "look", "arguments": "{}"}
Record = dict[str, Any]


def chat(*messages: Record, **more: Any) -> Record:
    """Return a record of chat."""
    return {"messages": list(messages), **more}


def words(count: int, seed: int = 0) -> Iterator[str]:
    """Yield words that are made up."""
    rng = random.Random(seed)
    for _ in range(count):
        yield "".join(rng.choices("etaoinshrdlu", k=rng.randint(1, 9)))


REPEATED = {
    **{f"only {c!r}": c for c in "a A0 @.,;:!?-_*#`'\"\\/|<>()[]{}=+~^&%$\n\t\r\0"},
    "spaces": " ",
    "no-break spaces": "\u00a0",
    "zero-width": "\u200b",
    "families": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "flags": "\U0001f1e9\U0001f1ea",
    "right to left": "\u05d0\u05d1\u05d2 \u0627\u0644\u0639 ",
    "marks": "\u0301",
    "letters with marks": "e\u0301\u0323\u0302",
    "overrides": "\u202e\u202d",
    "han": "\u4e2d\u6587",
    "hangul": "\ud55c\uad6d\uc5b4 ",
    "devanagari": "\u0939\u093f\u0928\u094d\u0926\u0940 ",
    "thai": "\u0e44\u0e17\u0e22",
    "mojibake": "\u00e2\u20ac\u2122",
    "fullwidth": "\uff21\uff22\uff23",
    "ligatures": "\ufb01\ufdfa",
    "astral": "\U0001d400",
    "addresses": "a.b@c.example ",
    "almost addresses": "a@",
    "dots": "a.",
    "links": "http://a.b/c?d=e&f ",
    "numbers": "4111 1111 1111 1111 ",
    "digits in groups": "12-34-",
    "hex": "deadbeef",
    "base64": "QUJD/+",
    "fences": "```\na\n",
    "open fences": "```a\n",
    "list items": "1. a\n",
    "bullets": "- \n",
    "headings": "# a\n",
    "table rows": "| a | b |\n",
    "html": "<div><p>a</p>",
    "open tags": "<a ",
    "comments": "<!--",
    "json in text": '{"a":[',
    "closed json": '{"a":[1]} ',
    "special tokens": "<|im_start|>",
    "placeholders": "[NAME] {{x}} <x> ",
    "quotes": "\u201c\u2018",
    "one word": "very ",
    "two words": "he she ",
    "groups": "women and Muslims are not ",
    "refusals": "I'm sorry, but I cannot. ",
    "as an ai": "As an AI language model, ",
    "sentences": "It is so. ",
    "questions": "Why? ",
    "code": "def f(x): return x\n",
    "escapes": "\\n\\u00e9",
    "insults": "you are so stupid ",
    "terms with another word": "The chairman and his policeman ",
    "only terms": "chairman",
    "steps": "1 + 1 = 2, ",
    "keys": "sk-abcd",
    "colons": "a: ",
    "hyphens": "a-",
    "apostrophes": "it's ",
}
"""Texts that are one piece again and again."""


def random_words(size: int) -> str:
    """Return a text without repetition."""
    return " ".join(words(size // 6))


def random_text(size: int) -> str:
    """Return characters of all planes without order."""
    rng = random.Random(1)
    return "".join(chr(rng.choice((rng.randint(32, 0x2FF), 0x10000 + rng.randint(0, 0xFFFF))))
                   for _ in range(size // 3))  # fmt: skip


def tools(count: int) -> list[Record]:
    """Return declarations."""
    kind = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    return [
        {"type": "function", "function": {"name": f"f{i}", "parameters": kind}}
        for i in range(count)
    ]


def calls(count: int, name: str) -> list[Record]:
    """Return calls of a tool."""
    return [
        {"id": f"c{i}", "type": "function", "function": {"name": name, "arguments": '{"a": "b"}'}}
        for i in range(count)
    ]


def answers(count: int) -> list[Record]:
    """Return answers to them."""
    return [{"role": "tool", "tool_call_id": f"c{i}", "content": "b"} for i in range(count)]


def called_often(size: int) -> Record:
    """Return one message with many calls, all answered."""
    many = size // 180
    asked = {"role": "assistant", "tool_calls": calls(many, "f0")}
    return chat(ASK, asked, *answers(many), SAY, tools=tools(1))


def called_in_turn(size: int) -> Record:
    """Return many messages with a call each, all answered."""
    many = size // 250
    steps = [
        step
        for call, answer in zip(calls(many, "f0"), answers(many), strict=True)
        for step in ({"role": "assistant", "tool_calls": [call]}, answer)
    ]
    return chat(ASK, *steps, SAY, tools=tools(1))


def wide(size: int) -> Record:
    """Return a schema with very many members, and arguments for all of them."""
    many = size // 60
    kind = {f"k{i}": {"type": "string"} for i in range(many)}
    parameters = {"type": "object", "properties": kind, "required": list(kind)}
    declared = [{"type": "function", "function": {"name": "f0", "parameters": parameters}}]
    call = calls(1, "f0")
    call[0]["function"]["arguments"] = json.dumps(dict.fromkeys(kind, "x"))
    asked = {"role": "assistant", "tool_calls": call}
    return chat(ASK, asked, *answers(1), SAY, tools=declared)


def parts(size: int) -> Record:
    """Return a message of very many parts."""
    part = {"type": "text", "text": "a"}
    return chat({"role": "user", "content": [part] * (size // 30)}, SAY)


def deep(size: int) -> Record:
    """Return tools whose parameters are nested as deeply as lines may be, again and again."""
    kind: Any = {"type": "string"}
    for _ in range(200):
        kind = {"type": "object", "properties": {"a": kind}}
    one = {"type": "function", "function": {"name": "f", "parameters": kind}}
    return chat(ASK, SAY, tools=[one] * (size // 7500))


RECORDS: dict[str, Callable[[int], Record]] = {
    "random words": lambda n: chat(ASK, {**SAY, "content": random_words(n)}),
    "random characters": lambda n: chat(ASK, {**SAY, "content": random_text(n)}),
    "messages": lambda n: chat(*[ASK, SAY] * (n // 140)),
    "empty messages": lambda n: chat(*[{"role": "user", "content": ""}] * (n // 30)),
    "system messages": lambda n: chat(*[{"role": "system", "content": "a"}] * (n // 35), ASK, SAY),
    "objects": lambda n: {"messages": [{}] * (n // 4)},
    "numbers for messages": lambda n: {"messages": [1] * (n // 3)},
    "unknown roles": lambda n: chat(*[{"role": f"r{i}", "content": "a"} for i in range(n // 30)]),
    "unknown keys": lambda n: chat(ASK, SAY, **{f"key{i}": 1 for i in range(n // 12)}),
    "keys of a message": lambda n: chat({**ASK, **{f"key{i}": 1 for i in range(n // 12)}}, SAY),
    "tools": lambda n: chat(ASK, SAY, tools=tools(n // 160)),
    "equal tools": lambda n: chat(ASK, SAY, tools=tools(1) * (n // 160)),
    "calls": called_often,
    "calls in turn": called_in_turn,
    "calls of nothing": lambda n: chat(
        ASK, {"role": "assistant", "tool_calls": calls(n // 90, "g")}
    ),
    "answers to nothing": lambda n: chat(ASK, *answers(n // 60), SAY),
    "wide schema": wide,
    "deep tools": deep,
    "parts": parts,
    "long name": lambda n: chat({**ASK, "name": "a" * n}, SAY),
    "long role": lambda n: chat({**ASK, "role": "a" * n}, SAY),
    "long key": lambda n: chat(ASK, SAY, **{"a" * n: 1}),
    "images": lambda n: chat(
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "http://a.b/c.png"}}]
            * (n // 70),
        },
        SAY,
    ),
    "data url": lambda n: chat(
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{'A' * n}"}}
            ],
        },
        SAY,
    ),
    "turns of sharegpt": lambda n: {
        "conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]
        * (n // 70)
    },
    "history of alpaca": lambda n: {
        "instruction": "a",
        "output": "b",
        "history": [["a", "b"]] * (n // 12),
    },
    "arguments": lambda n: chat(
        ASK, {"role": "assistant", "function_call": {**CALL, "arguments": '{"a":"' + "b" * n}}
    ),
}
LINES: dict[str, Callable[[int], bytes]] = {
    "keys twice": lambda n: b"{" + b'"a":1,' * (n // 6) + b'"messages":[]}\n',
    "brackets": lambda n: b"[" * n + b"\n",
    "not JSON": lambda n: b"{" + b"x" * n + b"\n",
    "open string": lambda n: b'{"messages":[{"role":"user","content":"' + b"x" * n + b"\n",
    "escapes of a line": lambda n: b'{"messages":"' + b"\\u0061" * (n // 6) + b'"}\n',
    "lone surrogates": lambda n: b'{"messages":"' + b"\\ud800" * (n // 6) + b'"}\n',
    "bytes that are no UTF-8": lambda n: b'{"messages":"' + b"\xff" * n + b'"}\n',
    "long number": lambda n: b'{"messages":' + b"9" * n + b"}\n",
    "blank lines": lambda n: b"\n" * n,
    "lone returns": lambda n: b"{}\r" * (n // 3),
    "NULs": lambda n: bytes(n) + b"\n",
    "white space": lambda n: b" " * n + b'{"messages":[]}' + b" " * n + b"\n",
    "short lines": lambda n: b"{}\n" * (n // 3),
    "broken lines": lambda n: b"{\n" * (n // 2),
    "numbers for lines": lambda n: b"1\n" * (n // 2),
    "one line again": lambda n: (json.dumps(chat(ASK, SAY)).encode() + b"\n") * (n // 160),
}


def content(name: str, size: int) -> bytes:
    """Return the bytes of a file that `name` fills."""
    if name in LINES:
        return LINES[name](size)
    if name in RECORDS:
        return json.dumps(RECORDS[name](size)).encode() + b"\n"
    piece, _, role = name.partition(" of the ")
    text = REPEATED[piece] * (size // len(REPEATED[piece].encode()))
    asked, said = (ASK, {**SAY, "content": text})
    if role == "user":
        asked, said = ({**ASK, "content": text}, SAY)
    return json.dumps(chat(asked, said), ensure_ascii=False).encode() + b"\n"


def names() -> list[str]:
    """Return the names of all that can be made."""
    texts = [f"{name} of the {role}" for name in REPEATED for role in ("assistant", "user")]
    return [*texts, *RECORDS, *LINES]


def main() -> int:
    """Measure; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of names; all if there is none")
    parser.add_argument("--bytes", type=int, default=250_000)
    parser.add_argument("--factor", type=float, default=2.0)
    parser.add_argument("--select", default="DEFAULT")
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    slow = 0
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        os.environ["FTLINT_CACHE_DIR"] = str(Path(folder, "cache"))
        measured("one line again", 1000, options.select)  # what is loaded once
        options.start = min(measured("one line again", 1000, options.select)[0] for _ in range(3))
        for name in names():
            if not options.names or any(part in name for part in options.names):
                slow += judged(name, options)
    print(f"{slow} slow", flush=True)
    return int(bool(slow))


def judged(name: str, options: argparse.Namespace) -> bool:
    """Measure one in two sizes and print it; returns whether it is slow."""
    if options.profile:
        return profiled(name, options)
    small, little = measured(name, options.bytes, options.select)
    large, much = measured(name, TIMES * options.bytes, options.select)
    small, large = (max(used - options.start, 1e-3) for used in (small, large))
    growth = large / much / (small / little)
    slow: bool = large > LEAST and growth > options.factor
    told = f"{small / little * 1e9:8.0f} {large / much * 1e9:8.0f} ns/B  x{growth:.2f}"
    print(f"{told}  {name}{'  SLOW' if slow else ''}", flush=True)
    return slow


def measured(name: str, size: int, select: str) -> tuple[float, int]:
    """Return the CPU seconds of a check and the bytes it read; ends when it crashes."""
    data = content(name, size)
    Path("a.jsonl").write_bytes(data)
    begun = _cpu()
    run = ("check", "a.jsonl", "--no-cache", "--jobs", "1", "--select", select)
    status, said = called(*run, "--output", "report")
    used = _cpu() - begun
    if status not in (0, 1):
        print(f"{name}: {status} {said}", Path("report").read_text()[-500:], sep="\n", flush=True)
    return used, len(data)


def profiled(name: str, options: argparse.Namespace) -> bool:
    """Print where the time goes."""
    import cProfile
    import pstats

    profile = cProfile.Profile()
    profile.runcall(measured, name, TIMES * options.bytes, options.select)
    pstats.Stats(profile).sort_stats("tottime").print_stats(12)
    return False


def _cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


if __name__ == "__main__":
    sys.exit(main())
