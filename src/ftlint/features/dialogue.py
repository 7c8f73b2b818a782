"""Dialogues: of each example the roles, the instructions, the first question and the answers.

What rules about balance read, without an object for each message: examples that the proof has
decoded are cut by a plan that examples of the same roles share.
"""

from __future__ import annotations

from typing import NamedTuple

from ftlint.example import Batch, Example, Message
from ftlint.feature import Feature
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
        plans = dict[tuple[str, ...], _Plan]()
        column: list[Dialogue | None] = []
        # Without the call of the class, which would be a third of the work here.
        new, add = tuple.__new__, column.append
        for index, said in enumerate(batch.plain):
            if not said:
                add(_slow(batch.example(index)))
                continue
            roles, texts = said
            plan = plans.get(roles)
            if plan is None:
                plan = plans[roles] = _Plan.of(roles)
            system, question, answers, only = plan
            told = texts[0] if system else None
            asked = texts[question] if question is not None else None
            trained = [texts[only]] if only is not None else [texts[at] for at in answers]
            add(new(Dialogue, (roles, told, asked, trained, None)))
        return column


DIALOGUES = Dialogues()


class _Plan(NamedTuple):
    """Where a conversation with these roles has its parts."""

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
        return cls(roles[:1] == ("system",), question, answers, only)


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
