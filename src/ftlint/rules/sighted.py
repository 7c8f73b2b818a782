"""Sighted: what rules about personal data and secrets share: one finding a value, and its fix.

A finding says what stands where, and never the value: neither its message nor its data hold any
of it, and reports show no text around it unless they are told to (`--show-content`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from ftlint.example import Batch, Example, Text
from ftlint.features.privacy import CALL, PRIVATE, Spotted, holding, told
from ftlint.finding import Finding, Fix, Safety
from ftlint.privacy.sighting import Kind
from ftlint.rule import ExampleRule
from ftlint.value import dataclass

PLACEHOLDERS: Mapping[Kind, str] = {
    "email": "EMAIL",
    "phone": "PHONE",
    "card": "CARD",
    "iban": "IBAN",
    "national-id": "ID",
    "api-key": "API_KEY",
    "private-key": "PRIVATE_KEY",
    "password": "PASSWORD",
}
"""What an unsafe fix writes, between brackets, by kind of value."""
_SIGNS = re.compile(r"[\s().-]+")


@dataclass(frozen=True)
class Sighted(ExampleRule):
    """A rule about one kind of value: one finding for each different value of an example."""

    private = True
    veiled = True
    kind: ClassVar[Kind]

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the examples in which such a value stands."""
        return [batch.example(index) for index in holding(batch, self.kind)]

    def covers(self, spotted: Spotted) -> bool:
        """Return whether the rule speaks of a value."""
        return spotted.sighting.kind == self.kind and spotted.sighting.personal

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield a finding a value, where it is learnt or else where it stands first."""
        values: dict[str, list[Spotted]] = {}
        for spotted in example[PRIVATE]:
            if self.covers(spotted):
                values.setdefault(_plain(self.kind, spotted.value), []).append(spotted)
        words = _words(example, PLACEHOLDERS[self.kind], len(values)) if values else iter(())
        for places, word in zip(values.values(), words, strict=False):
            yield self._told(example, places, word)

    def _told(self, example: Example, places: list[Spotted], word: str) -> Finding:
        first = next((each for each in places if each.text.trained), places[0])
        span = (first.sighting.start, first.sighting.end)
        roles = list(dict.fromkeys(each.text.role or "message" for each in places))
        return self.finding(
            example.at(first.text.pointer, span),
            fix=_redaction(places, word),
            hint=f"; it stands {len(places)} times in the example" if len(places) > 1 else "",
            who=_who(first.text),
            about=first.sighting.about,
            learnt=first.text.trained,
            roles=roles,
            times=len(places),
            length=span[1] - span[0],
        )


def _plain(kind: Kind, value: str) -> str:
    """Return what is the same for all ways to write one value."""
    return (
        value if kind in ("api-key", "private-key", "password") else _SIGNS.sub("", value).lower()
    )


def _who(text: Text) -> str:
    """Return whose text it is, in words."""
    if text.role == CALL:
        return "tool call that is learnt" if text.trained else CALL
    if text.trained:
        return "answer that is learnt" if text.role == "assistant" else "text that is learnt"
    return f"{text.role or 'message'} text"


def _words(example: Example, name: str, many: int) -> Iterator[str]:
    """Yield a placeholder for each of so many values; numbered, unless there is only one.

    Lines are fixed value by value, so those that stand there already are not given again.
    """
    form = re.compile(rf"\[{name}(?:_([0-9]{{1,6}}))?\]")
    used = {int(match[1] or 0) for text in told(example) for match in form.finditer(text.value)}
    if many == 1 and not used:
        yield f"[{name}]"
        return
    number = 1
    for _ in range(many):
        while number in used:
            number += 1
        yield f"[{name}_{number}]"
        number += 1


def _redaction(places: Sequence[Spotted], word: str) -> Fix | None:
    """Return the fix that writes `word` for a value; None where JSON in a text would break."""
    texts: dict[str, list[Spotted]] = {}
    for each in places:
        texts.setdefault(each.text.pointer, []).append(each)
    patch = []
    for pointer, those in texts.items():
        value = _without(those, word)
        if value is None:
            return None
        patch.append({"op": "replace", "path": pointer, "value": value})
    return Fix(f"write {word} instead", tuple(patch), Safety.UNSAFE)


def _without(places: Sequence[Spotted], word: str) -> str | None:
    """Return one text with `word` in place of a value, if it may be written."""
    text, pieces, done = places[0].text.value, list[str](), 0
    for each in places:
        pieces += [text[done : each.sighting.start], word]
        done = each.sighting.end
    new = "".join([*pieces, text[done:]])
    if any("\ud800" <= sign <= "\udfff" for sign in new) or (_json(text) and not _json(new)):
        return None
    return new


def _json(text: str) -> bool:
    """Return whether a text is a JSON object or array."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
