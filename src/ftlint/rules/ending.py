"""FT3, endings: answers that stop before they are finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Example, Text
from ftlint.features.ending import READS, certainty, cues, ended
from ftlint.features.suspicion import CERTAIN, CUT, FENCE, SURE, SUSPECTED, SUSPICION, suspects
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good

SHOWN = 30
"""Characters of the end of an answer that a finding marks."""
_STORY = "Rome was not built in a day. Its first walls were of turf. Its first streets were of mud."
_TEXT = f"{_STORY} The Romans learned to build roads from"
_LIST = "1. Wash the rice until the water is clear.\n2. Cook it for twelve minutes.\n3."


class Answers(ExampleRule):
    """A rule that looks at the answers that are trained on, where a first look found something."""

    flags = 0

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the examples that the first look left over."""
        return suspects(batch, self.flags)


def trained(example: Example) -> list[Text]:
    """Return the texts of an example that the target learns to say."""
    return [text for text in example.texts if text.trained]


class _Cut(Answers):
    """Weighs the signs at the end of each answer."""

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an answer whose log-odds lie between the limits."""
        answers = [text for text in example.texts if text.role == "assistant"]
        bare: int | None = None
        for number, signs in example[SUSPICION].signs.items():
            text, odds = answers[number], certainty(signs)
            if text.trained and self.span[0] <= odds < self.span[1]:
                bare = _bare(answers) if bare is None else bare
                if _careless(bare - _bare([text]), len(answers) - 1):
                    continue
                end = len(text.value.rstrip())
                start = max(end - SHOWN, len(text.value) - len(text.value.lstrip()))
                yield self.finding(
                    example.at(text.pointer, (start, end)),
                    how=next(READS[sign] for sign in READS if sign in signs),
                    odds=odds,
                    signs=signs,
                )

    span: ClassVar[tuple[float, float]]
    """Log-odds from which an answer is reported, and from which another rule does it."""


def _bare(answers: Sequence[Text]) -> int:
    """Return how many answers do not end as finished texts do."""
    return sum([not ended(answer.value.strip()) for answer in answers])


def _careless(bare: int, others: int) -> bool:
    """Return whether so many of the other answers lack a full stop that one more says nothing."""
    return others > 1 and bare > 0.3 * others


class TruncatedAnswer(_Cut):
    """Answer is cut off: it ends in the middle of something.

    Why: the program that wrote the data ran into its limit of tokens, or an export cut long
    texts. The model learns to stop in mid-sentence.

    Ignore when: the answer is to be continued by the user, as in code completion.

    Source: a weighted sum of signs: the last characters, what is left open, and how the text ends
    its other sentences and lines (features/ending.py has the weights and how they were fitted).
    Words that end no sentence are known for eleven languages. Chinese, Japanese and Thai need
    stronger signs than a missing full stop. Answers below 80 characters are judged by marks only,
    and a cut just behind a full stop is not seen.
    """

    flags = SURE
    span = (CERTAIN, float("inf"))
    code = "FT310"
    name = "truncated-answer"
    severity = Severity.WARNING
    message = "the answer {how} (log-odds {odds:g})"
    good = (
        good(chat(user("Tell me about Rome."), assistant(_STORY))),
        good(
            chat(user("Which label?"), assistant("card_arrival")),
            note="labels and titles need no full stop",
        ),
        good(
            chat(user("List three rivers."), assistant("- the Nile\n- the Amazon\n- the Rhine")),
            note="nor do lists whose other items have none",
        ),
    )
    bad = (
        bad(chat(user("Tell me about Rome."), assistant(_TEXT)), at="/messages/1/content"),
        bad(
            chat(user("How do I cook rice?"), assistant(_LIST)),
            at="/messages/1/content",
            note="the next item is missing",
        ),
        bad(
            chat(user("As JSON?"), assistant('{"city": "Rome", "hills": ["Aventine", "Caelian",')),
            at="/messages/1/content",
        ),
    )


class UnfinishedAnswer(_Cut):
    """Answer may be cut off: it does not end as its other sentences do.

    Why: see truncated-answer, which reports the sure cases. Here a full stop may also have been
    forgotten, so look at some before you drop them.

    Ignore when: the answers were written by people in a hurry.

    Source: the weighted sum of truncated-answer, between its limit and even odds.
    """

    flags = CUT
    span = (SUSPECTED, CERTAIN)
    code = "FT311"
    name = "unfinished-answer"
    severity = Severity.NOTE
    message = "the answer may be cut off: it {how} (log-odds {odds:g})"
    good = (
        good(chat(user("Tell me about Rome."), assistant(_STORY))),
        good(chat(user("A title, please."), assistant("The Long Road to Rome"))),
    )
    bad = (
        bad(
            chat(
                user("说说罗马。"),
                assistant(
                    "罗马不是一天建成的。它最早的城墙是用泥土筑成的。罗马人从伊特鲁里亚人那里学到了很多东西。"
                    "后来他们修建了通往各地的道路，也修建了水渠和桥梁。这些工程让城市变得越来越大。"
                    "到了今天，人们仍然可以在许多地方看到那时留下来的石头和拱门"
                ),
            ),
            at="/messages/1/content",
            note="whole or not, only a reader of Chinese can tell",
        ),
        bad(
            chat(
                user("Rome?"),
                assistant(
                    "Rome was not built in a day, as they say.\nIt grew from villages on hills."
                    "\nLater it had a forum and three markets"
                ),
            ),
            at="/messages/1/content",
        ),
    )


class CodeFenceUnbalanced(Answers):
    """Code fence is opened and never closed, or closed and never opened.

    Why: all that follows is shown as code, and programs that take the code out of an answer get
    prose with it or nothing; the model learns to forget the fence. Where the answer ends inside
    the code it is truncated-answer instead.

    Ignore when: the three backticks are talked about.

    Source: CommonMark 0.31, fenced code blocks.
    """

    flags = FENCE
    code = "FT314"
    name = "code-fence-unbalanced"
    severity = Severity.WARNING
    message = "{count} code fences: one of them has no other"
    good = (
        good(chat(user("Print 1."), assistant("```python\nprint(1)\n```\nThat is all."))),
        good(chat(user("Print 1."), assistant("Use `print(1)`."))),
    )
    bad = (
        bad(
            chat(user("Print 1."), assistant("```python\nprint(1)\n\nThis prints the number.")),
            at="/messages/1/content",
        ),
        bad(
            chat(user("Print 1."), assistant("print(1)\n```\nThis prints the number.")),
            at="/messages/1/content",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an answer, at its last fence."""
        for text in trained(example):
            count = text.value.count("```")
            if count % 2 and certainty(cues(text.value.strip())) < CERTAIN:
                last = text.value.rindex("```")
                yield self.finding(example.at(text.pointer, (last, last + 3)), count=count)
