"""FT1, fields: what each shape but chat says of its keys and values, see `ftlint.formats`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Example
from ftlint.features.flaw import FLAWS, flawed
from ftlint.finding import Finding, Severity
from ftlint.pointer import tokens
from ftlint.rule import ExampleRule, bad, good

if TYPE_CHECKING:
    from ftlint.formats.field import Flaw

_CHAT = chat(user("Hi"), assistant("Hello!"))
_ALPACA = {"instruction": "Name a river in Spain.", "input": "", "output": "The Ebro."}
_TALK = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello!"}]}
_PAIR = {
    "input": {"messages": [user("Name a river in Spain.")]},
    "preferred_output": [assistant("The Ebro.")],
    "non_preferred_output": [assistant("The Nile.")],
}
_GEMINI = {
    "contents": [
        {"role": "user", "parts": [{"text": "Hi"}]},
        {"role": "model", "parts": [{"text": "Hello!"}]},
    ]
}
_CONVERSE = {
    "schemaVersion": "bedrock-conversation-2024",
    "messages": [
        {"role": "user", "content": [{"text": "Hi"}]},
        {"role": "assistant", "content": [{"text": "Hello!"}]},
    ],
}
_CLAUDE = {
    "system": "Be kind.",
    "messages": [user("Hi"), assistant("Hello!")],
}


class FieldRule(ExampleRule):
    """A rule that reports flaws of some sorts."""

    sorts: ClassVar[tuple[str, ...]]

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the records of other shapes with such a flaw."""
        return flawed(batch, self.sorts)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a flaw."""
        for flaw in example[FLAWS]:
            if flaw.sort in self.sorts:
                where = example.at(flaw.pointer, key=flaw.key)
                yield self.finding(where, shape=example.shape, subject=_subject(flaw), **flaw.data)


def _subject(flaw: Flaw) -> str:
    """Return what the flaw is about: the nearest key, or the record."""
    names = [part for part in tokens(flaw.pointer) if not part.isdigit()]
    return repr(names[-1][:40]) if names else "record"


def _broken(flaw: Flaw) -> bool:
    """Return whether a flaw leaves turns out: the list is too short, or an item is no object."""
    place = tokens(flaw.pointer)
    short = flaw.sort == "length" and len(place) == 1
    return short or (flaw.sort == "type" and len(place) == 2 and place[1].isdigit())


class FieldMissing(FieldRule):
    """Record of another shape than chat lacks a key that its shape needs.

    Why: the trainer drops the record or stops at it; the target refuses the file.

    Ignore when: the trainer is told of other names for its columns.

    Source: the description of each shape in `ftlint.formats`, with its sources.
    """

    code = "FT167"
    name = "field-missing"
    severity = Severity.ERROR
    message = "{subject} has no {wanted}, which {shape} needs"
    sorts = ("missing",)
    good = (good(_ALPACA, pad=False), good(_PAIR, pad=False), good(_CHAT))
    bad = (
        bad(_PAIR, {key: _PAIR[key] for key in ("input", "preferred_output")}, at="2", pad=False),
        bad({**_PAIR, "input": {}}, at="/input", pad=False),
        bad({**_TALK, "conversations": [{"from": "human"}]}, at="/conversations/0", pad=False),
        bad(_ALPACA, {"instruction": "Hi", "response": "Hello!"}, at="2", pad=False),
    )


class FieldType(FieldRule):
    """Value in a record of another shape than chat has a wrong type or length.

    Why: the trainer drops the record or stops at it; the target refuses the file.

    Ignore when: never.

    Source: the description of each shape in `ftlint.formats`, with its sources.
    """

    code = "FT168"
    name = "field-type"
    severity = Severity.ERROR
    message = "{subject} of {shape} is {found}; it must be {allowed}"
    sorts = ("type", "length")
    good = (good(_GEMINI, pad=False), good(_PAIR, pad=False))
    bad = (
        bad({**_ALPACA, "output": 42}, at="/output", pad=False),
        bad({**_PAIR, "input": [user("Hi")]}, at="/input", pad=False, note="an object, not a list"),
        bad({**_PAIR, "preferred_output": []}, at="/preferred_output", pad=False),
        bad(
            {"contents": [{"role": "user", "parts": {"text": "Hi"}}, _GEMINI["contents"][1]]},
            at="/contents/0/parts",
            pad=False,
        ),
        bad({"text": 123}, at="/text", pad=False),
    )


class FieldUnknown(FieldRule):
    """Record of another shape than chat has a key that its shape does not know.

    Why: providers that read this shape refuse the file for one key too many.

    Ignore when: the trainer ignores further columns, as TRL does.

    Provider says: `Extra inputs are not permitted` (Amazon Nova); `Found extra column` (Together).

    Source: AWS's validator for Amazon Nova; Together's file check; OpenAI API specification.
    """

    code = "FT169"
    name = "field-unknown"
    severity = Severity.ERROR
    message = "{shape} knows no key {found} here"
    sorts = ("unknown",)
    good = (good(_CONVERSE, pad=False), good({**_ALPACA, "id": 7}, pad=False))
    bad = (
        bad({**_CONVERSE, "id": 7}, at="/id", pad=False),
        bad({**_PAIR, "source": "web"}, at="/source", pad=False),
        bad({"prompt": "Hi", "completion": " Hello!", "id": 7}, at="/id", pad=False),
        bad(
            {**_CLAUDE, "messages": [user("Hi", name="ann"), assistant("Hello!")]},
            at="/messages/0/name",
            pad=False,
        ),
    )


class FieldWord(FieldRule):
    """Word in a record is none of those that its shape, not chat, knows.

    Why: a turn of an unknown speaker is dropped, or the target refuses the file.

    Ignore when: the trainer is told of the name.

    Source: the description of each shape in `ftlint.formats`, with its sources.
    """

    code = "FT170"
    name = "field-word"
    severity = Severity.ERROR
    message = "{subject} of {shape} is {found}; it can be {allowed}"
    sorts = ("word",)
    good = (good(_TALK, pad=False), good(_GEMINI, pad=False))
    bad = (
        bad(
            {"conversations": [{"from": "Alice", "value": "Hi"}, {"from": "gpt", "value": "Yes?"}]},
            at="/conversations/0/from",
            pad=False,
        ),
        bad(
            {
                "contents": [
                    _GEMINI["contents"][0],
                    {"role": "assistant", "parts": [{"text": "Hello!"}]},
                ]
            },
            at="/contents/1/role",
            pad=False,
            note="the model's turns have the role model",
        ),
        bad({**_CONVERSE, "schemaVersion": "2024"}, at="/schemaVersion", pad=False),
    )


class FieldBlank(FieldRule):
    """Text in a record of another shape than chat is empty or blank.

    Why: an empty answer teaches the model to end at once, an empty question to answer without
    being asked; Amazon Nova refuses any empty text, and others drop the record.

    Ignore when: never; an empty prompt before a completion, and an empty input after an
    instruction, are not reported.

    Source: AWS's validator for Amazon Nova; OpenAI's former `prepare_data` (empty completions).
    """

    code = "FT171"
    name = "field-blank"
    severity = Severity.ERROR
    message = "{subject} of {shape} is {found}"
    sorts = ("blank",)
    good = (good(_ALPACA, pad=False), good({"prompt": "", "completion": "Once upon"}, pad=False))
    bad = (
        bad({**_ALPACA, "output": " "}, at="/output", pad=False),
        bad({"prompt": "Hi", "completion": ""}, at="/completion", pad=False),
        bad({"prompt": "Hi", "chosen": "Hello!", "rejected": ""}, at="/rejected", pad=False),
    )


class TurnsOutOfOrder(ExampleRule):
    """Turns of a conversation that must alternate do not, or the answer is missing.

    Why: Amazon Nova, Claude and Gemini refuse two turns of one side in a row; LLaMA-Factory drops
    the conversation without a word. One that ends with a question teaches nothing at its end.

    Ignore when: the trainer joins turns of one side.

    Source: AWS's validator for Amazon Nova; Bedrock documentation; LLaMA-Factory's loader.
    """

    code = "FT172"
    name = "turns-out-of-order"
    severity = Severity.ERROR
    message = "{fault}; turns of {shape} alternate, and the last one is the answer"
    good = (good(_TALK, pad=False), good(_CONVERSE, pad=False), good(_CHAT))
    bad = (
        bad(
            {**_CONVERSE, "messages": [_CONVERSE["messages"][0], *_CONVERSE["messages"]]},
            at="/messages/1",
            pad=False,
        ),
        bad({**_CLAUDE, "messages": _CLAUDE["messages"][::-1]}, at="/messages/0", pad=False),
        bad(
            {"conversations": [*_TALK["conversations"], {"from": "human", "value": "And you?"}]},
            at="/conversations/2",
            pad=False,
        ),
    )

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the records whose shape asks for turns in order."""
        return [example for example in batch.foreign if example.format.alternates]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding: where the order is broken first, or at the last turn."""
        from ftlint.formats.format import out_of_order

        turns = example.conversation if example.format.alternates else []
        if any(_broken(flaw) for flaw in example[FLAWS]):
            return  # a turn that cannot be read is told once
        if turns and (found := out_of_order(turns)):
            message, fault = found
            yield self.finding(example.at(message.pointer), fault=fault, shape=example.shape)
