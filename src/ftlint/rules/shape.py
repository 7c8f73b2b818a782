"""FT0, the shape of the records: one file, one shape, and the one that the method reads."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.case import assistant, chat, user
from ftlint.example import Batch
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import DatasetRule, bad, good
from ftlint.shape import CHAT, REINFORCEMENT, UNKNOWN, WORDS, shape_of
from ftlint.source import Dataset
from ftlint.summary import Capped, Groups

ShapeSummary = Groups[tuple[int, str]]
"""The first place and the number of examples of each shape, by source. Size: O(sources)."""

_CHAT = chat(user("Hi"), assistant("Hello!"))
_COMPLETION = {"prompt": "Hi", "completion": " Hello!"}


class MixedFormats(DatasetRule[ShapeSummary]):
    """Examples of more than one record shape stand in one file.

    Why: a job reads one shape; the target refuses the file, or drops the others silently.

    Ignore when: never; split the file by shape.

    Provider says: `Unexpected file format, expected either prompt/completion pairs or chat
    messages.`

    Source: users' reports; Together's file check.
    """

    code = "FT017"
    name = "mixed-formats"
    severity = Severity.ERROR
    message = "{found} here, {main} in {count} other example{s}"
    good = (good(_CHAT),)
    bad = (bad(_CHAT, _COMPLETION, at="2 "), bad(_CHAT, {"text": "Hello"}, at="2 "))

    def summarize(self, batch: Batch) -> ShapeSummary:
        """Return the shapes of a batch."""
        return shapes(batch)

    def finish(self, summary: ShapeSummary, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file and shape, at the first example of the rarer shapes."""
        for index in range(len(dataset.sources)):
            known = _known(summary, index)
            if len(known) < 2:
                continue
            main = _main(known)
            for shape, places in sorted(known.items()):
                if shape != main:
                    count = known[main].total
                    yield self.finding(
                        places.first[0],
                        related=known[main].first,
                        found=WORDS[shape],
                        main=WORDS[main],
                        count=count,
                        s="" if count == 1 else "s",
                        examples=places.total,
                    )


class MethodMismatch(DatasetRule[ShapeSummary]):
    """File is written for another training method or trainer.

    Why: a supervised chat job reads `messages`; every line of such a file is refused. What else
    is wrong with its records as chats is not reported.

    Ignore when: the file is not meant for supervised chat fine-tuning.

    Provider says: `Input file … is in the fine-tune-chat format, but the specified fine-tuning
    job is not using 'supervised' as the training method`.

    Source: users' reports.
    """

    code = "FT018"
    name = "method-mismatch"
    severity = Severity.ERROR
    message = "file holds {found}; supervised chat fine-tuning reads 'messages' with answers"
    silences = ("FT1", "FT4")
    good = (good(_CHAT),)
    bad = (
        bad(_COMPLETION, at="-", pad=False, note="reported once, not once a line"),
        bad({"conversations": [{"from": "human", "value": "Hi"}]}, at="-", pad=False),
        bad({"question": "Hi", "reply": "Hello!"}, at="-", pad=False, note="no known shape"),
        bad(chat(user("2 + 2?"), solution="4"), at="-", pad=False, note="a prompt for a grader"),
    )

    def summarize(self, batch: Batch) -> ShapeSummary:
        """Return the shapes of a batch."""
        return shapes(batch)

    def finish(self, summary: ShapeSummary, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index in range(len(dataset.sources)):
            places = _places(summary, index)
            known = _known(summary, index)
            if CHAT in known or not places:
                continue
            shape = _main(known or places)
            found = WORDS.get(shape, "records of no known shape")
            yield self.finding(Where(index), related=places[shape].first, found=found, shape=shape)


def shapes(batch: Batch) -> ShapeSummary:
    """Return the places of each shape in `batch`."""
    counts: dict[tuple[int, str], Capped[Where]] = {}
    if known := len(batch) - batch.proven.count(0):
        first = next(index for index, sure in enumerate(batch.proven) if sure)
        counts[batch.source, CHAT] = Capped(1, known, (batch.at(first),))
    for example in batch.unknown:
        if example.fault:
            continue
        key = (batch.source, shape_of(example.value))
        one = Capped(1, 1, (example.at(),))
        counts[key] = _earliest(counts[key], one) if key in counts else one
    return Groups(counts)


def _earliest(left: Capped[Where], right: Capped[Where]) -> Capped[Where]:
    """Return both; within a batch the proven examples were counted ahead of their turn."""
    first = min(*left.first, *right.first, key=lambda where: where.order)
    return Capped(1, left.total + right.total, (first,))


def _main(known: dict[str, Capped[Where]]) -> str:
    """Return the shape of most examples, the earlier one of two that are equally common."""
    return min(known, key=lambda shape: (-known[shape].total, known[shape].first[0].order))


def _places(summary: ShapeSummary, source: int) -> dict[str, Capped[Where]]:
    return {shape: places for (index, shape), places in summary.of.items() if index == source}


def _known(summary: ShapeSummary, source: int) -> dict[str, Capped[Where]]:
    """Return the known shapes; prompts among chats are chats without an answer."""
    known = _places(summary, source)
    known.pop(UNKNOWN, None)
    if CHAT in known and REINFORCEMENT in known:
        known[CHAT] = _earliest(known[CHAT], known.pop(REINFORCEMENT))
    return known
