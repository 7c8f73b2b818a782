"""Plants known faults into clean examples, so that what a program finds can be counted.

Each fault stands at known lines of a training or a validation file. Values that look private are
reserved for tests, and are assembled here so that no text of the repository holds them.
"""

from __future__ import annotations

import json
import random
from base64 import b32encode
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, cycle
from pathlib import Path
from typing import Any

Example = dict[str, Any]
Place = tuple[str, int]
"""A file, ``train`` or ``validation``, and a line, from 1."""
SETS = ("gsm8k_train", "gpteacher_roleplay")
"""Real sets of English questions and answers in which little is wrong."""
TOOLED = 10
"""One clean example of so many calls a tool."""
VALIDATION = 40
"""Clean examples of the validation file."""
TESTED = "public test question"
"""The kind that is planted only where there is a public test set."""
LONG = 90_000
"""Words of an answer that is too long: at least as many tokens."""
GERMAN = (
    "Das Haus steht seit vielen Jahren am Ende der Straße, und niemand weiß, wem es gehört.",
    "Wir sind gestern Abend mit dem letzten Zug gekommen und haben im Gasthof übernachtet.",
    "Der Garten braucht im Sommer viel Wasser, weil der Boden hier sehr sandig ist.",
    "Meine Schwester hat mir geschrieben, dass sie im Herbst nach Norwegen ziehen möchte.",
    "Am Markt gibt es frisches Brot, Käse aus der Gegend und jeden Dienstag auch Fisch.",
)
RUDE = " ".join(("You are a", "stu" + "pid", "id" + "iot", "and everybody hates you."))
# Made up, and none of those that are reserved for tests and examples, which harm nobody.
EMAIL = "anna.berg" + "@" + "postfach-weirdam.nl"
CARD = " ".join(("4268", "3190", "7452", "0860"))
KEY = "AK" + "IA" + b32encode(sha256(b"made up").digest()).decode()[:16]
END_OF_TEXT = "<|" + "endoftext" + "|>"


@dataclass(frozen=True, slots=True)
class Fault:
    """The lines that make one fault, at least one in each file that it concerns."""

    train: tuple[bytes, ...]
    validation: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault."""

    codes: tuple[str, ...]  # ftlint's rules for it; none of another kind counts
    make: Callable[[Example, Example, Sequence[str]], Fault]
    """From two clean examples, and the questions of a public test set."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Two files, and where each fault stands in them."""

    train: list[bytes]
    validation: list[bytes]
    places: dict[str, list[frozenset[Place]]]  # a kind: the lines of each of its faults

    @property
    def clean(self) -> set[Place]:
        """The lines that no fault concerns."""
        faulty = {place for faults in self.places.values() for fault in faults for place in fault}
        lines = (("train", self.train), ("validation", self.validation))
        every = {(name, n) for name, those in lines for n in range(1, len(those) + 1)}
        return every - faulty

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write both files."""
        paths = folder / "train.jsonl", folder / "validation.jsonl"
        for path, lines in zip(paths, (self.train, self.validation), strict=True):
            path.write_bytes(b"".join(line + b"\n" for line in lines))
        return paths


def plant(
    clean: Sequence[Example], questions: Sequence[str], each: int = 3, seed: int = 0
) -> Planted:
    """Return ``each`` faults of every kind among the clean examples that no fault uses up."""
    needed = 2 * each * len(KINDS) + 2 * VALIDATION
    if len(clean) < needed:
        raise ValueError(f"{needed} clean examples are needed, and there are {len(clean)}")
    rng = random.Random(seed)
    order = list(clean)
    rng.shuffle(order)
    spare, asked = iter(order), cycle(questions)
    made = [
        (name, kind.make(next(spare), next(spare), [next(asked)] if questions else []))
        for name, kind in KINDS.items()
        if questions or name != TESTED
        for _ in range(each)
    ]
    left = [written(looked_up(e) if n % TOOLED == 0 else e) for n, e in enumerate(spare)]
    return laid_out(made, left, rng)


def laid_out(
    made: Sequence[tuple[str, Fault]], left: Sequence[bytes], rng: random.Random
) -> Planted:
    """Both files, with the faults and what is left of the clean lines in any order."""
    rows: dict[str, list[tuple[int | None, bytes]]] = {
        "train": [(None, line) for line in left[VALIDATION:]],
        "validation": [(None, line) for line in left[:VALIDATION]],
    }
    for number, (_, fault) in enumerate(made):
        rows["train"] += [(number, line) for line in fault.train]
        rows["validation"] += [(number, line) for line in fault.validation]
    places: list[set[Place]] = [set() for _ in made]
    for name, those in rows.items():
        rng.shuffle(those)
        for at, (owner, _) in enumerate(those, 1):
            if owner is not None:
                places[owner].add((name, at))
    found: dict[str, list[frozenset[Place]]] = {name: [] for name, _ in made}
    for (name, _), where in zip(made, places, strict=True):
        found[name].append(frozenset(where))
    train, validation = ([line for _, line in rows[name]] for name in rows)
    return Planted(train, validation, found)


def clean_examples(folder: Path, count: int) -> list[Example]:
    """As many examples of each set in a folder of real ones."""
    return [
        json.loads(line)
        for name in SETS
        for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()[:count]
    ]


def test_questions(file: Path) -> list[str]:
    """The longer questions of a public test set, which are surely a fault in training data."""
    if not file.exists():
        return []
    asked = [json.loads(line)["question"] for line in file.read_text("utf-8").splitlines()]
    return [question for question in asked if len(question.split()) >= 30]


def written(example: Any) -> bytes:
    """One line of JSON, without its end."""
    return json.dumps(example, ensure_ascii=False).encode("utf-8", "surrogatepass")


# How a record is changed. The first message is the user's, the last the assistant's.


def texts(example: Example) -> tuple[str, str]:
    """The question and the answer."""
    return example["messages"][0]["content"], example["messages"][-1]["content"]


def with_last(example: Example, **keys: Any) -> Example:
    """The example with other keys in its last message; those that are None are left out."""
    *first, last = example["messages"]
    last = {key: value for key, value in (last | keys).items() if value is not None}
    return {**example, "messages": [*first, last]}


def answered(change: Callable[[str], Any]) -> Callable[[Example], Example]:
    """A change of the answer's text."""
    return lambda example: with_last(example, content=change(texts(example)[1]))


def added(*messages: Example) -> Callable[[Example], Example]:
    """Further messages at the end."""
    return lambda example: {**example, "messages": [*example["messages"], *messages]}


def looked_up(example: Example, arguments: str | None = None) -> Example:
    """The same conversation with a call of a tool before the answer."""
    question, answer = texts(example)
    asked = arguments or json.dumps({"query": " ".join(question.split()[:6])})
    call = {"name": "look_up", "arguments": asked}
    parameters = {
        "type": "object",
        "properties": {"query": {"type": "string"}},
        "required": ["query"],
        "additionalProperties": False,
    }
    declared = {"name": "look_up", "description": "Search the notes.", "parameters": parameters}
    calling = {"id": "call_1", "type": "function", "function": call}
    between = [
        {"role": "assistant", "tool_calls": [calling]},
        {"role": "tool", "tool_call_id": "call_1", "content": answer.split("\n")[0]},
    ]
    user, last = example["messages"]
    tools = [{"type": "function", "function": declared}]
    return {"messages": [user, *between, last], "tools": tools}


def unanswered(example: Example) -> Example:
    """A call of a tool whose answer is missing."""
    made = looked_up(example)
    return {**made, "messages": [m for m in made["messages"] if m["role"] != "tool"]}


def orphaned(example: Example) -> Example:
    """An answer of a tool that nobody called."""
    made = looked_up(example)
    return {**made, "messages": [m for m in made["messages"] if "tool_calls" not in m]}


def repeated_key(line: bytes) -> bytes:
    """A role that stands twice."""
    return line.replace(b'"role": ', b'"role": "assistant", "role": ', 1)


def begun(line: bytes, first: bytes) -> bytes:
    """Some bytes at the beginning of the first text."""
    return line.replace(b'"content": "', b'"content": "' + first, 1)


def retold(example: Example) -> Example:
    """The same words in other spelling: no capitals, more white space."""
    made = deepcopy(example)
    for message in made["messages"]:
        message["content"] = message["content"].lower().replace(". ", ".  ") + " "
    return made


def edited(example: Example) -> Example:
    """A word of the question replaced and one of the answer."""
    made = deepcopy(example)
    for message in made["messages"]:
        words = message["content"].split(" ")
        words[len(words) // 2] = "rather"
        message["content"] = " ".join(words)
    return made


def broken(text: str) -> str:
    """The text after a sentence whose bytes were read as Windows-1252."""
    return "It’s the café’s – well, naïve – menu. ".encode().decode("cp1252") + text


def spaced(text: str) -> str:
    """The text with characters of no width inside two of its words."""
    words = text.split(" ")
    for at in (len(words) // 3, 2 * len(words) // 3):
        words[at] = words[at][:1] + "\u200b" + words[at][1:]
    return " ".join(words)


def cut(text: str) -> str:
    """The text up to the middle of a word near its end."""
    words = text.replace("\n", " ").split(" ")[:-6]
    return " ".join(words[:-1]) + " approxim"


def foreign(text: str) -> str:
    """An answer of three German sentences, chosen by the length of the one it stands for."""
    return " ".join(GERMAN[(len(text) + at) % len(GERMAN)] for at in range(3))


# Kinds: what is made of one record, of its bytes, or of two examples.


def changed(*codes: str, by: Callable[[Example], Any]) -> Kind:
    """A fault of one record."""
    return Kind(codes, lambda example, _, __: Fault((written(by(example)),)))


def respelt(*codes: str, by: Callable[[bytes], bytes]) -> Kind:
    """A fault of the bytes of one line."""
    return Kind(codes, lambda example, _, __: Fault((by(written(example)),)))


def paired(*codes: str, by: Callable[[Example, Example], Any]) -> Kind:
    """A fault of an example and one that is made after it, in the same file."""
    return Kind(codes, lambda e, other, _: Fault((written(e), written(by(e, other)))))


def leaked(*codes: str, by: Callable[[Example], Any]) -> Kind:
    """A fault of a training example that stands in the validation file too."""
    return Kind(codes, lambda e, _, __: Fault((written(e),), (written(by(e)),)))


def overlong(example: Example, other: Example, _: Sequence[str]) -> Fault:
    """An answer longer than what models train on, of the words of two examples."""
    words = " ".join((*texts(example), *texts(other))).split()
    made = " ".join(random.Random(words[0]).choices(words, k=LONG))
    return Fault((written(with_last(example, content=made)),))


def tested(example: Example, _: Example, questions: Sequence[str]) -> Fault:
    """A question of a public test set."""
    asked = {"role": "user", "content": questions[0]}
    return Fault((written({"messages": [asked, example["messages"][-1]]}),))


def faults_of_lines() -> Iterator[tuple[str, Kind]]:
    """What is wrong with a line or the shape of its record: FT0 and FT1."""
    yield "line cut short", respelt("FT007", by=lambda line: line[: len(line) * 2 // 3])
    yield "line is a list", respelt("FT008", by=lambda line: b"[" + line + b"]")
    yield "key twice", respelt("FT010", by=repeated_key)
    yield "NaN", changed("FT011", by=lambda e: with_last(e, weight=float("nan")))
    yield "half a surrogate", respelt("FT012", by=lambda line: begun(line, b"\\ud83d"))
    yield "not UTF-8", respelt("FT019", by=lambda line: begun(line, b"\xe9"))
    yield "no messages", changed("FT101", by=lambda e: {"conversation": e["messages"]})
    yield "messages is text", changed("FT102", by=lambda e: {"messages": " ".join(texts(e))})
    yield "empty answer", changed("FT104", by=answered(lambda _: ""))
    yield "no role", changed("FT106", by=lambda e: with_last(e, role=None))
    yield "unknown role", changed("FT107", by=lambda e: with_last(e, role="bot"))
    yield "no content", changed("FT108", by=lambda e: with_last(e, content=None))
    yield "content is a number", changed("FT110", by=answered(len))
    yield "unknown key", changed("FT116", by=lambda e: with_last(e, contents="none"))
    yield "nothing trained on", changed("FT120", by=lambda e: with_last(e, weight=0))
    yield "no assistant", changed("FT121", by=lambda e: {"messages": e["messages"][:1]})
    last = added({"role": "user", "content": "Thank you, that helps me a lot."})
    yield "user speaks last", changed("FT122", by=last)
    again = added({"role": "assistant", "content": "Is there anything else?"})
    yield "assistant twice in a row", changed("FT125", by=again)
    late = {"role": "system", "content": "Answer in full sentences."}
    yield "system prompt late", changed("FT126", by=lambda e: added(late, *e["messages"])(e))
    yield "arguments are no JSON", changed("FT152", by=lambda e: looked_up(e, "{'query': 1"))
    yield "arguments do not fit", changed("FT155", by=lambda e: looked_up(e, '{"query": 7}'))
    yield "call without answer", changed("FT158", by=unanswered)
    yield "answer without call", changed("FT159", "FT160", by=orphaned)


def faults_of_texts() -> Iterator[tuple[str, Kind]]:
    """What is wrong with the text of a message: FT2 and FT3."""
    yield "too many tokens", Kind(("FT201", "FT202"), overlong)
    yield "special token", changed("FT204", by=answered(lambda text: text + END_OF_TEXT))
    yield "answer TODO", changed("FT301", by=answered(lambda _: "TODO"))
    yield (
        "placeholder",
        changed("FT302", by=answered(lambda text: text + "\n\nYours,\n[Your Name]")),
    )
    variable = "Dear {{customer_name}}, "
    yield "template variable", changed("FT303", by=answered(lambda text: variable + text))
    model = "As an AI language model, I cannot have opinions. "
    yield "AI boilerplate", changed("FT304", by=answered(lambda text: model + text))
    yield "answer cut off", changed("FT310", "FT311", by=answered(cut))
    loop = " and then we went to the shop" * 40
    yield "repetition", changed("FT312", by=answered(lambda text: text + loop))
    code = "\n```python\nprint(1)\n"
    yield "code fence left open", changed("FT314", by=answered(lambda text: text + code))
    yield "mojibake", changed("FT320", by=answered(broken))
    lost = answered(lambda text: text.replace("e", "\ufffd", 1))
    yield "replacement character", changed("FT321", by=lost)
    yield "control character", changed("FT322", by=answered(lambda text: text + " \x07\x1b[0m ok"))
    yield "no-width character", changed("FT323", by=answered(spaced))
    yield "BOM inside", changed("FT323", by=answered(lambda text: text.replace(" ", " \ufeff", 1)))
    html = answered(lambda text: f'<p class="intro">{text}</p>')
    yield "HTML left over", changed("FT325", by=html)


def faults_of_datasets() -> Iterator[tuple[str, Kind]]:
    """What is wrong among examples, and what is harmful to learn: FT4 to FT8."""
    refusal = "I'm sorry, but I can't help with that request."
    yield "harmless request refused", changed("FT510", "FT511", by=answered(lambda _: refusal))
    yield "exact duplicate", paired("FT401", by=lambda e, _: e)
    yield "spelt otherwise", paired("FT402", by=lambda e, _: retold(e))
    yield "near duplicate", paired("FT403", by=lambda e, _: edited(e))
    other = paired("FT411", by=lambda e, other: with_last(e, content=texts(other)[1]))
    yield "conflicting answers", other
    yield "leaked to validation", leaked("FT413", by=lambda e: e)
    yield "nearly leaked", leaked("FT414", by=edited)
    yield TESTED, Kind(("FT420",), tested)
    yield "answer in German", changed("FT530", "FT531", by=answered(foreign))
    rude = answered(lambda text: f"{text} {RUDE}")
    yield "toxic answer", changed("FT601", "FT602", by=rude)
    mail = answered(lambda text: f"{text} Write to {EMAIL} for more.")
    yield "e-mail address", changed("FT8", by=mail)
    yield "payment card", changed("FT8", by=answered(lambda text: f"{text} It is {CARD}."))
    yield "access key", changed("FT8", by=answered(lambda text: f"{text} The key is {KEY}."))


KINDS = dict(chain(faults_of_lines(), faults_of_texts(), faults_of_datasets()))
