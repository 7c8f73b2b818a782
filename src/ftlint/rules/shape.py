"""FT0, the shape of the records: one file, one shape, and one that the target reads."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.shape import SHAPES, Shapes, ShapeSummary, commonest, joined, of_source
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.shape import AUTO, CHAT, REINFORCEMENT, UNKNOWN
from ftlint.source import Dataset
from ftlint.summary import Capped
from ftlint.value import dataclass

_CHAT = chat(user("Hi"), assistant("Hello!"))
_COMPLETION = {"prompt": "Hi", "completion": " Hello!"}
_PAIR = {
    "input": {"messages": [user("Name a river in Spain.")]},
    "preferred_output": [assistant("The Ebro.")],
    "non_preferred_output": [assistant("The Nile.")],
}


class ShapeRule(AnalysisRule[ShapeSummary]):
    """A rule that judges the shapes of the records of every file."""

    @property
    def analysis(self) -> Shapes:
        """Return the analysis that counts the shapes."""
        return SHAPES


class MixedFormats(ShapeRule):
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

    def judge(self, result: ShapeSummary, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file and shape, at the first example of the rarer shapes."""
        for index in range(len(dataset.sources)):
            known = _known(result, index)
            if len(known) < 2:
                continue
            main = commonest(known)
            for shape, places in sorted(known.items()):
                if shape != main:
                    count = known[main].total
                    yield self.finding(
                        places.first[0],
                        related=known[main].first,
                        found=_words(shape),
                        main=_words(main),
                        count=count,
                        s="" if count == 1 else "s",
                        examples=places.total,
                    )


@dataclass(frozen=True)
class MethodMismatch(ShapeRule):
    """File holds records of a shape that the target does not read.

    Why: every line of such a file is refused. What else is wrong with its records is not
    reported.

    Ignore when: never; name the target that the file is meant for, or convert it (`ftlint
    convert`).

    Provider says: `Input file … is in the fine-tune-chat format, but the specified fine-tuning
    job is not using 'supervised' as the training method`.

    Source: users' reports; the shapes that each target reads are in its file.
    """

    shapes: tuple[str, ...] = ()
    """Shapes that are read; none means that nobody has said, and any is right."""
    reader: str = ""
    """Who reads them: the target."""

    code = "FT018"
    name = "method-mismatch"
    severity = Severity.ERROR
    message = "file holds {found}; {reader}"
    silences = ("FT1", "FT4")
    good = (
        good(_CHAT),
        good(_PAIR, pad=False, note="no target is named, so nobody has refused it"),
        good(_PAIR, pad=False, options={"shapes": ("chat", "preference")}),
    )
    bad = (
        bad(_COMPLETION, at="-", pad=False, options={"shapes": ("chat",), "reader": "Acme"}),
        bad(
            {"conversations": [{"from": "human", "value": "Hi"}]},
            at="-",
            pad=False,
            options={"shapes": ("chat", "preference")},
        ),
        bad(
            chat(user("2 + 2?"), solution="4"),
            at="-",
            pad=False,
            note="a prompt for a grader",
            options={"shapes": ("chat",)},
        ),
        bad(
            {"custom_id": "1", "body": chat(user("2 + 2?"))},
            at="-",
            pad=False,
            note="what was sent to the batch API",
        ),
    )

    def judge(self, result: ShapeSummary, dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding a file."""
        for index, source in enumerate(dataset.sources):
            known = _known(result, index)
            if not known:
                continue
            shape, wanted = commonest(known), source.format
            reader = f"it is to be read as {wanted}"
            if shape == "batch":
                reader = "no job trains on them: the answers are in another file"
            elif wanted in (AUTO, shape):
                if not self.shapes or not self.shapes_read.isdisjoint(known):
                    continue
                reader = f"{self.reader or 'the target'} reads {_or(self.shapes)}"
            first = known[shape].first
            yield self.finding(
                Where(index), related=first, found=_words(shape), shape=shape, reader=reader
            )

    @property
    def shapes_read(self) -> frozenset[str]:
        """Return the shapes that are read."""
        return frozenset(self.shapes)


class ShapeUnknown(ShapeRule):
    """Records fit no known shape.

    Why: no trainer and no provider reads them; every line is refused.

    Ignore when: your own trainer reads them; then no rule about messages can speak of them.

    Source: the shapes that ftlint knows (docs/formats.md).
    """

    code = "FT020"
    name = "shape-unknown"
    severity = Severity.ERROR
    message = "{which} fit no shape{has}; nearest is {nearest}, which needs {lacks}"
    silences = ("FT1", "FT4")
    good = (good(_CHAT), good(_PAIR, pad=False))
    bad = (
        bad({"question": "Hi", "reply": "Hello!"}, at="-", pad=False),
        bad({"instruction": "Hi", "answer": "Hello!"}, at="-", pad=False, note="nearly Alpaca"),
        bad({"Prompt": "Hi", "Completion": "Hello!"}, at="-", pad=False, note="case counts"),
    )

    def judge(self, result: ShapeSummary, dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding a file in which most records have no known shape."""
        for index in range(len(dataset.sources)):
            places = of_source(result, index)
            unknown = places.pop(UNKNOWN, None)
            known = sum(found.total for found in places.values())
            if unknown is None or unknown.total <= known:
                continue
            first, count = unknown.first, unknown.total
            keys = self._keys(dataset, first[0])
            from ftlint.formats import nearest

            format_, lacking = nearest(set(keys))
            shown = ", ".join(repr(key[:40]) for key in keys[:5])
            yield self.finding(
                Where(index),
                related=first,
                has=f" (the first has {shown})" if keys else "",
                nearest=format_.name,
                lacks=" and ".join(repr(key) for key in lacking),
                examples=count,
                which=f"{count:,} of {count + known:,} records" if known else "records",
            )

    def _keys(self, dataset: Dataset, where: Where) -> list[str]:
        """Return the keys of the record at `where`, read once more."""
        from ftlint.decode import decode

        for line in dataset.fetch([where]).values():
            value = decode(line)
            if isinstance(value, dict):
                return list(value)
        return []


def _or(words: tuple[str, ...]) -> str:
    """Return words with commas, and an `or` before the last."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _words(shape: str) -> str:
    """Return what records of a shape are called."""
    from ftlint.formats import FORMATS

    return FORMATS[shape].words


def _known(summary: ShapeSummary, source: int) -> dict[str, Capped[Where]]:
    """Return the known shapes; prompts among chats are chats without an answer."""
    known = of_source(summary, source)
    known.pop(UNKNOWN, None)
    if CHAT in known and REINFORCEMENT in known:
        known[CHAT] = joined(known[CHAT], known.pop(REINFORCEMENT))
    return known
