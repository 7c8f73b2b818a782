"""FT1, weights: which assistant messages are trained on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.case import assistant, chat, user
from ftlint.decode import kind
from ftlint.example import Example
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.value import dataclass
from ftlint.wording import shown

_HI = user("Hi")
_NUMBERS: dict[Any, int] = {"0": 0, "1": 1, 0: 0, 1: 1}
"""What a wrong weight plainly means; equality makes true, false, 0.0 and 1.0 keys as well."""


@dataclass(frozen=True)
class WeightValue(ExampleRule):
    """Weight is not the integer 0 or 1.

    Why: a weight says whether a message is trained on, not how much; the target refuses the file,
    and validators that accept it ignore the value.

    Ignore when: the trainer takes fractional weights.

    Provider says: Together: `Weight must be an integer on line 1.`

    Fix: writes the integer that is plainly meant (true, 1.0, "1"); safe.

    Source: OpenAI API specification (integer, 0 or 1); Together's file check.
    """

    code = "FT118"
    scope = "messages"
    name = "weight-value"
    severity = Severity.ERROR
    message = "weight is {found}; it can be 0 or 1"
    good = (good(chat(_HI, assistant("Hm?", weight=0), _HI, assistant("Hello!", weight=1))),)
    bad = (
        bad(chat(_HI, assistant("Hello!", weight=0.5)), at="/messages/1/weight"),
        bad(chat(_HI, assistant("Hello!", weight="1")), at="/messages/1/weight"),
        bad(chat(_HI, assistant("Hello!", weight=True)), at="/messages/1/weight"),
    )

    roles: tuple[str, ...] = ("assistant",)
    """Roles whose weight is read; on others the target ignores or refuses it (weight-role)."""

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a weight on a message of one of the roles."""
        for message in example.messages:
            if "weight" not in message.value or message.role not in self.roles:
                continue
            weight = message.value["weight"]
            if type(weight) is int and weight in (0, 1):
                continue
            pointer = f"{message.pointer}/weight"
            meant = _NUMBERS.get(weight) if isinstance(weight, str | int | float) else None
            fix = None
            if meant is not None:
                patch = ({"op": "replace", "path": pointer, "value": meant},)
                fix = Fix(f"write {meant}", patch, Safety.SAFE)
            yield self.finding(example.at(pointer), fix=fix, found=_told(weight))


def _told(value: Any) -> str:
    """Return a short value as JSON, anything else by its type."""
    return kind(value) if isinstance(value, list | dict) else shown(value)


class WeightRole(ExampleRule):
    """Weight stands on a message that is not the assistant's.

    Why: only assistant messages are trained on; OpenAI refuses the key elsewhere, and others
    ignore it.

    Ignore when: the target is Together, which takes it on any message.

    Fix: removes the weight; safe, because it has no effect there.

    Source: OpenAI API specification; Together's file check.
    """

    code = "FT119"
    scope = "messages"
    name = "weight-role"
    severity = Severity.ERROR
    message = "weight on a {role} message; only assistant messages have one"
    good = (good(chat(_HI, assistant("Hello!", weight=1))),)
    bad = (bad(chat(user("Hi", weight=0), assistant("Hello!")), at="/messages/0/weight"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a message."""
        for message in example.messages:
            if "weight" in message.value and message.role not in (None, "assistant"):
                pointer = f"{message.pointer}/weight"
                fix = Fix("remove the weight", ({"op": "remove", "path": pointer},), Safety.SAFE)
                yield self.finding(example.at(pointer, key=True), fix=fix, role=message.role)


class WeightAllZero(ExampleRule):
    """Every assistant message of the example has weight 0.

    Why: nothing of the example is trained on, but it is paid for.

    Ignore when: never; without weights, all assistant messages are trained on.

    Source: OpenAI fine-tuning guide (multi-turn examples).
    """

    code = "FT120"
    scope = "chat"
    name = "weight-all-zero"
    severity = Severity.WARNING
    message = "every assistant message has weight 0: nothing is trained on"
    good = (good(chat(_HI, assistant("Hm?", weight=0), _HI, assistant("Hello!"))),)
    bad = (bad(chat(_HI, assistant("Hello!", weight=0)), at="/messages"),)

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding."""
        answers = [m.value.get("weight", 1) for m in example.conversation if m.role == "assistant"]
        if answers and all(type(weight) is int and weight == 0 for weight in answers):
            yield self.finding(example.at("/messages"))
