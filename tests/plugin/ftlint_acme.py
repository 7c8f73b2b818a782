"""ACME's own rules for ftlint: what a plugin looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ftlint.case import assistant, chat, user
from ftlint.example import Example
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good


@dataclass(frozen=True)
class AnswerShouted(ExampleRule):
    """Answer is written in capitals alone.

    Why: the model learns to shout at customers.

    Ignore when: the answers are abbreviations, codes or headlines.

    Source: ACME's guide to tone.
    """

    code = "ACM001"
    name = "answer-shouted"
    severity = Severity.WARNING
    message = "{letters} letters, all of them capitals"
    good = (
        good(chat(user("ARE YOU THERE?"), assistant("Yes, how can I help?"))),
        good(chat(user("Who sells it?"), assistant("ACME")), note="short enough for a name"),
    )
    bad = (
        bad(chat(user(), assistant("CALL US TODAY!")), at="/messages/1/content"),
        bad(chat(user(), assistant("IBM")), at="/messages/1/content", options={"longest": 2}),
    )

    longest: int = 5
    """Letters that may be capitals alone."""

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding for each shouted text that is trained on."""
        for text in example.texts:
            letters = sum(map(str.isalpha, text.value))
            if text.trained and letters > self.longest and text.value.isupper():
                yield self.finding(example.at(text.pointer), letters=letters)


RULES = (AnswerShouted,)
