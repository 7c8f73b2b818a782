"""Dialogues: of each example the roles, the instructions, the first question and the answers.

What rules about balance read, without an object for each message: examples that the proof has
decoded are cut by a plan that examples of the same roles share. Who reads all of a batch reads
`casts` and, of the other examples, `unproven`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ftlint.example import Batch, Example, Message, Plain
from ftlint.feature import Feature
from ftlint.features.cast import answers_in, casts
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

    def compute(self, batch: Batch) -> Cut:
        """Return one value an example; records that a proof has decoded are not decoded again."""
        slow = {index: _slow(batch.example(index)) for index in casts(batch).others}
        return Cut(batch.plain or [None] * len(batch), slow)


class Cut(Sequence[Dialogue | None]):
    """The dialogues; those of proven examples are made when somebody asks for them."""

    __slots__ = ("_plain", "_plans", "_slow")

    def __init__(self, plain: Sequence[Plain | None], slow: Mapping[int, Dialogue | None]) -> None:
        """Keep what is proven, and the dialogues of the other examples."""
        self._plain = plain
        self._slow = slow
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self._plain)

    def __getitem__(self, index: Any) -> Any:
        """Return the dialogue of one example."""
        said = self._plain[index]
        if not said:
            return self._slow[index]
        roles, texts = said
        plan = self._plans.get(roles)
        if plan is None:
            plan = self._plans[roles] = _Plan.of(roles)
        system, question, answers = plan
        return Dialogue(
            roles,
            texts[0] if system else None,
            texts[question] if question is not None else None,
            [texts[at] for at in answers],
        )

    @property
    def slow(self) -> list[tuple[int, Dialogue]]:
        """Return the indices and dialogues of examples that are not proven."""
        return [(index, dialogue) for index, dialogue in self._slow.items() if dialogue]


DIALOGUES = Dialogues()


def unproven(batch: Batch) -> list[tuple[int, Dialogue]]:
    """Return indices and dialogues of what `casts` leaves out, in order."""
    column = batch.column(DIALOGUES)
    assert isinstance(column, Cut)
    return column.slow


def trained(batch: Batch) -> tuple[list[int], list[int], list[str]]:
    """Return all answers that are trained on: example, number there, and text; in no order."""
    told = answers_in(batch)
    proven = slice(told.proven)
    rows, numbers, texts = told.rows[proven], told.numbers[proven], told.said[proven]
    for index, dialogue in unproven(batch):
        rows += [index] * len(dialogue.answers)
        numbers += range(len(dialogue.answers))
        texts += dialogue.answers
    return rows, numbers, texts


class Answered:
    """The examples of a batch with an answer that is trained on, side by side; in no order."""

    __slots__ = ("asked", "last", "rows", "unlearnt")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.rows: list[int] = []
        self.asked: list[str | None] = []
        """The first question of each."""
        self.last: list[str] = []
        """The last answer of each."""
        self.unlearnt = 0
        """Further examples, which have answers of which none is trained on."""


@dataclass(frozen=True)
class LastAnswers(Feature[Answered]):
    """The examples of the batch that are answered, the same for each."""

    def compute(self, batch: Batch) -> list[Answered]:
        """Return what is answered as often as there are lines."""
        found = Answered()
        for cast in casts(batch).alike:
            if answers := cast.answers:
                found.rows += cast.rows
                at = cast.question
                found.asked += [None] * len(cast.rows) if at is None else cast.texts[at]
                found.last += cast.texts[answers[-1]]
        for index, dialogue in unproven(batch):
            if dialogue.answers:
                found.rows.append(index)
                found.asked.append(dialogue.question)
                found.last.append(dialogue.answers[-1])
            elif "assistant" in dialogue.roles:
                found.unlearnt += 1
        return [found] * len(batch)


LAST = LastAnswers()


def answered(batch: Batch) -> Answered:
    """Return the examples of `batch` that are answered."""
    column = batch.column(LAST)
    return column[0] if column else Answered()


class _Plan(NamedTuple):
    """Where a conversation with these roles has its parts."""

    system: bool
    question: int | None
    answers: tuple[int, ...]

    @classmethod
    def of(cls, roles: tuple[str, ...]) -> _Plan:
        """Return the plan for the roles of an example of texts alone."""
        question = roles.index("user") if "user" in roles else None
        answers = tuple(at for at, role in enumerate(roles) if role == "assistant")
        return cls(roles[:1] == ("system",), question, answers)


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
