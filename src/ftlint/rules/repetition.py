"""FT3, repetition: answers that say the same again and again, or only what they were asked."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, chat, user
from ftlint.example import Example
from ftlint.features.loop import find_loop
from ftlint.features.suspicion import ECHO, LOOP, repeats
from ftlint.finding import Finding, Severity
from ftlint.rule import bad, good
from ftlint.rules.ending import Answers, trained

_QUESTION = "What is the capital of Burkina Faso, and how large is it?"


class RepetitionLoop(Answers):
    """Answer says the same words again and again.

    Why: small models and greedy decoding get caught in loops, and what they wrote was kept; the
    model learns to loop too, until its limit of tokens.

    Ignore when: the repetition was asked for, such as a chorus or a table.

    Source: Holtzman et al. 2020, "The curious case of neural text degeneration". A loop is a unit
    of up to 512 characters that is said 4 times without a break (8 times below 20 characters), or
    a line or sentence that makes up a third of the answer and is said 5 times. Units without
    letters are rules and tables. It works on characters, so also where words are not spaced.
    """

    flags = LOOP
    code = "FT312"
    name = "repetition-loop"
    severity = Severity.WARNING
    message = "the answer says {unit!r} {times} times"
    good = (
        good(chat(user("Sing."), assistant("Row, row, row your boat, gently down the stream."))),
        good(
            chat(user("A table?"), assistant("| a |\n|---|\n" + "| 1 |\n" * 40 + "That is all.")),
            note="rules of tables repeat by nature",
        ),
    )
    bad = (
        bad(
            chat(user("Why?"), assistant("Because I think so. " * 3 + "I do not know why. " * 12)),
            at="/messages/1/content",
        ),
        bad(
            chat(user("为什么？"), assistant("因为我们不知道这是什么原因，" * 40 + "所以。")),
            at="/messages/1/content",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding an answer."""
        for text in trained(example):
            start = len(text.value) - len(text.value.lstrip())
            loop = find_loop(text.value.strip())
            if loop:
                where = example.at(text.pointer, (start + loop.start, start + loop.end))
                yield self.finding(where, unit=loop.unit.strip(), times=loop.times)


class AnswerRepeatsQuestion(Answers):
    """Answer is the question, word for word, or begins with all of it.

    Why: an export wrote the same column twice, or a model that only goes on with its prompt gave
    the answer; the fine-tune learns to repeat what it is told.

    Ignore when: the task is to repeat, as in a correction of texts most of which are right.

    Source: outputs of models that were trained without masking the prompt. Case and spaces are
    not compared.
    """

    flags = ECHO
    code = "FT313"
    name = "answer-repeats-question"
    severity = Severity.WARNING
    message = "the answer {how} the question"
    good = (
        good(chat(user(_QUESTION), assistant("Ouagadougou, with about three million people."))),
        good(chat(user("Hello!"), assistant("Hello!")), note="so short, it is politeness"),
    )
    bad = (
        bad(chat(user(_QUESTION), assistant(_QUESTION.lower())), at="/messages/1/content"),
        bad(
            chat(user(_QUESTION), assistant(f"{_QUESTION} It is Ouagadougou.")),
            at="/messages/1/content",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an answer that repeats the text before it."""
        question = ""
        for text in example.texts:
            if text.role == "user":
                question = text.value
            elif text.trained and question:
                how = repeats(question, text.value.strip())
                if how:
                    yield self.finding(example.at(text.pointer), how=how)
