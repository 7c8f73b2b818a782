"""FT1, preferences: an input, and two outputs of which one is better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Example, Message
from ftlint.features.spoken import said
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.value import dataclass
from ftlint.wording import shown

_ASK = {"messages": [user("Name a river in Spain.")]}
_GOOD, _WORSE = assistant("The Ebro."), assistant("The Nile.")
_PAIR = {"input": _ASK, "preferred_output": [_GOOD], "non_preferred_output": [_WORSE]}
_RANKED = {"prompt": "Name a river in Spain.", "chosen": "The Ebro.", "rejected": "The Nile."}
_IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/ebro.jpg"}}

PAIRS = frozenset({"preference", "ranking"})
_CHAT = chat(user("Hi"), assistant("Hello!"))


class PairRule(ExampleRule):
    """A rule about records with a better and a worse answer."""

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the pairs."""
        return [example for example in batch.foreign if example.shape in PAIRS]


def sides(example: Example) -> tuple[list[Message], list[Message]]:
    """Return the messages of the better and of the worse answer; none of what is no pair."""
    if example.shape not in PAIRS:
        return [], []
    better = [message for message in example.messages if message.trained]
    return better, [message for message in example.messages if message.voice == "rejected"]


class IdenticalOutputs(PairRule):
    """Both outputs of a preference pair are the same.

    Why: there is nothing to prefer; the pair is paid for, and its gradient only noise.

    Ignore when: never; most often a judge found no difference, and the pair can be dropped.

    Provider says: Microsoft's validator warns of it; Together accepts it in silence.

    Source: Microsoft Foundry fine-tuning validators.
    """

    code = "FT174"
    name = "identical-outputs"
    severity = Severity.WARNING
    message = "the preferred and the other output are the same{how}"
    good = (good(_PAIR, pad=False), good(_RANKED, pad=False), good(_CHAT))
    bad = (
        bad({**_PAIR, "non_preferred_output": [_GOOD]}, at="/non_preferred_output/0", pad=False),
        bad({**_RANKED, "rejected": "The Ebro. "}, at="/rejected", pad=False, note="but for space"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding, at the output that is not preferred."""
        better, worse = ([said(each) for each in side] for side in sides(example))
        if not worse or not "".join(worse).strip():
            return
        same = better == worse
        if same or [text.split() for text in better] == [text.split() for text in worse]:
            where = example.at(sides(example)[1][0].pointer)
            yield self.finding(where, how="" if same else " but for white space")


class PreferenceInputAnswered(PairRule):
    """Input of a preference pair ends with an answer.

    Why: the outputs would be second answers in a row; Together refuses the file, and a model never
    sees such a prompt when it is used.

    Ignore when: the outputs continue the answer on purpose, and the trainer supports that.

    Provider says: Together: `the last message in the input must be from the user`.

    Source: Together's file check.
    """

    code = "FT175"
    name = "preference-input-answered"
    severity = Severity.ERROR
    message = "input ends with a message of the {role}; the outputs answer the user"
    good = (good(_PAIR, pad=False), good(_RANKED, pad=False))
    bad = (
        bad(
            {**_PAIR, "input": {"messages": [*_ASK["messages"], _GOOD]}},
            at="/input/messages/1",
            pad=False,
        ),
        bad(
            {**_PAIR, "input": {"messages": [{"role": "system", "content": "Be brief."}]}},
            at="/input/messages/0",
            pad=False,
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding, at the last message of the input."""
        pair = example.messages if example.shape in PAIRS else []
        asked = [message for message in pair if message.pointer.startswith("/input/")]
        if asked and asked[-1].role in ("assistant", "system", "developer"):
            yield self.finding(example.at(asked[-1].pointer), role=asked[-1].role)


@dataclass(frozen=True)
class PreferenceOutputShape(PairRule):
    """Output of a preference pair is not one message of the assistant.

    Why: OpenAI and Together take exactly one message an output, and it must be the assistant's;
    the file is refused.

    Ignore when: the target takes several; Azure takes assistant and tool messages.

    Source: OpenAI API specification (FineTunePreferenceRequestInput); Together's file check.
    """

    limit: int | None = None
    """Messages that an output may have; without a target as at OpenAI, none for any number."""

    code = "FT176"
    name = "preference-output-shape"
    severity = Severity.ERROR
    message = "{fault}"
    good = (good(_PAIR, pad=False), good(_RANKED, pad=False))
    bad = (
        bad(
            {**_PAIR, "preferred_output": [user("The Ebro.")]},
            at="/preferred_output/0/role",
            pad=False,
        ),
        bad({**_PAIR, "preferred_output": [_GOOD, _WORSE]}, at="/preferred_output", pad=False),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an output with a fault."""
        if example.shape != "preference":
            return
        for key in ("preferred_output", "non_preferred_output"):
            found = [each for each in example.messages if each.pointer.startswith(f"/{key}/")]
            if self.limit is not None and len(found) > self.limit:
                fault = f"output has {len(found)} messages; at most {self.limit}"
                yield self.finding(example.at(f"/{key}"), fault=fault)
            elif found and found[0].role not in (None, "assistant"):
                fault = f"output has the role {shown(found[0].role)}; it must be the assistant's"
                yield self.finding(example.at(f"{found[0].pointer}/role"), fault=fault)


class OutputEmpty(PairRule):
    """Output of a preference pair says nothing.

    Why: an empty preferred answer teaches silence; an empty other one makes any text look good.

    Ignore when: never.

    Source: OpenAI preference fine-tuning guide; mistral-common and Nova refuse empty texts.
    """

    code = "FT177"
    name = "output-empty"
    severity = Severity.ERROR
    message = "{side} output is empty"
    good = (good(_PAIR, pad=False),)
    bad = (
        bad({**_PAIR, "preferred_output": [assistant("")]}, at="/preferred_output/0", pad=False),
        bad(
            {**_PAIR, "non_preferred_output": [assistant(" ")]},
            at="/non_preferred_output/0",
            pad=False,
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an empty output; texts that are not messages are field-blank's."""
        for side, messages in zip(("preferred", "other"), sides(example), strict=True):
            native = [message for message in messages if message.native]
            texts = [message for message in native if isinstance(message.content, str)]
            if texts and not any(said(message).strip() for message in native):
                yield self.finding(example.at(texts[0].pointer), side=side)


class PreferenceImage(PairRule):
    """Preference pair holds something other than text.

    Why: OpenAI and Azure train preferences on text alone; the file is refused.

    Ignore when: the trainer takes images in pairs.

    Source: OpenAI preference fine-tuning guide (text only).
    """

    code = "FT173"
    name = "preference-image"
    severity = Severity.ERROR
    message = "part of the {role} message is {type!r}; preference pairs are text only"
    good = (good(_PAIR, pad=False), good(chat(user([_IMAGE]), assistant("A river."))))
    bad = (
        bad(
            {**_PAIR, "input": {"messages": [user([{"type": "text", "text": "Hi"}, _IMAGE])]}},
            at="/input/messages/0/content/1",
            pad=False,
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a part."""
        if example.shape != "preference":
            return
        for message in example.messages:
            content = message.content if message.role == "user" else None
            for index, part in enumerate(content if isinstance(content, list) else ()):
                type_ = part.get("type") if isinstance(part, dict) else "text"
                if isinstance(type_, str) and type_ != "text":
                    where = example.at(f"{message.place}/{index}")
                    yield self.finding(where, role=message.role, type=type_)
