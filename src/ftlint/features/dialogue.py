"""Dialogues: of each example the roles, the instructions, the first question and the answers.

What rules about balance read, without an object for each message: examples that the proof has
decoded are cut by a plan that examples of the same roles share.
"""

from __future__ import annotations

from typing import NamedTuple

from ftlint.example import Batch, Example, Message
from ftlint.feature import Feature
from ftlint.proof import plain_roles
from ftlint.value import dataclass


class Dialogue(NamedTuple):
    """One example as rules about balance see it; texts of several parts are joined by lines."""

    roles: tuple[str, ...]
    """The roles of all messages, in order."""
    system: str | None
    """The first message, if its role is system or developer."""
    question: str | None
    """The first message of the user that has a text."""
    answers: list[str]
    """The texts of the assistant that are trained on; none for a message that only calls tools."""
    refused: int | None = None
    """The answer in which the member `refusal` says that it is one."""


@dataclass(frozen=True)
class Dialogues(Feature[Dialogue | None]):
    """The dialogue of each example; None without a list of messages with valid roles."""

    def compute(self, batch: Batch) -> list[Dialogue | None]:
        """Return one value an example; records that a proof has decoded are not decoded again."""
        if batch.plain is None:
            return [_slow(batch.example(index)) for index in range(len(batch))]
        names, plans = plain_roles(), dict[tuple[type, ...], _Plan]()
        column: list[Dialogue | None] = []
        # Without the call of the class, which would be a third of the work here.
        new, add = tuple.__new__, column.append
        for index, messages in enumerate(batch.plain):
            if not messages:
                add(_slow(batch.example(index)))
                continue
            kinds = tuple(map(type, messages))
            plan = plans.get(kinds)
            if plan is None:
                plan = plans[kinds] = _Plan.of(tuple([names[kind] for kind in kinds]))
            roles, system, question, answers, only = plan
            told = messages[0].content if system else None
            asked = messages[question].content if question is not None else None
            if only is None:
                texts = [messages[at].content for at in answers]
            else:
                texts = [messages[only].content]
            add(new(Dialogue, (roles, told, asked, texts, None)))
        return column


DIALOGUES = Dialogues()


class _Plan(NamedTuple):
    """Where a conversation with these roles has its parts."""

    roles: tuple[str, ...]
    system: bool
    question: int | None
    answers: tuple[int, ...]
    only: int | None
    """The one answer, if there is one."""

    @classmethod
    def of(cls, roles: tuple[str, ...]) -> _Plan:
        """Return the plan for the roles of an example of texts alone."""
        question = roles.index("user") if "user" in roles else None
        answers = tuple(at for at, role in enumerate(roles) if role == "assistant")
        only = answers[0] if len(answers) == 1 else None
        return cls(roles, roles[:1] == ("system",), question, answers, only)


def _slow(example: Example) -> Dialogue | None:
    if example.fault or not example.conversation:
        return None
    messages = example.conversation
    system = _text(messages[0]) if messages[0].role in ("system", "developer") else None
    questions = (_text(message) for message in messages if message.role == "user")
    trained = [(message, text) for message in messages if (text := _trained(message)) is not None]
    explicit = [at for at, (message, _) in enumerate(trained) if message.value.get("refusal")]
    return Dialogue(
        tuple(message.role or "" for message in messages),
        system,
        next((question for question in questions if question is not None), None),
        [text for _, text in trained],
        explicit[0] if explicit else None,
    )


def _text(message: Message) -> str | None:
    texts = message.texts()
    return "\n".join([text.value for text in texts]) if texts else None


def _trained(message: Message) -> str | None:
    return _text(message) if message.trained else None
