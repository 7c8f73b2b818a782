"""FT1, reinforcement: prompts that a grader judges, and what it reads beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ftlint.analyses.grading import GRADING, MANY, Fields, Grading
from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Example
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, DatasetRule, ExampleRule, bad, good
from ftlint.shape import REINFORCEMENT
from ftlint.source import Dataset
from ftlint.summary import Capped, Groups
from ftlint.targets.grader import lacks
from ftlint.value import dataclass

NO_GRADER = "needs --grader FILE"
_SUMS = [chat(user(f"{n} + {n}?"), reference_answer=str(2 * n)) for n in range(2, 14)]
_ONE = [chat(user(f"Is {n} odd?"), reference_answer="yes") for n in range(1, 24, 2)]


class PromptAnswered(ExampleRule):
    """Prompt for reinforcement fine-tuning does not end with the user's turn.

    Why: the model is to answer the last message, and the grader judges that; Azure refuses the
    file.

    Ignore when: never.

    Provider says: Microsoft's validator: the last message must have the role user.

    Source: Azure reinforcement fine-tuning guide; Microsoft Foundry fine-tuning validators.
    """

    code = "FT178"
    name = "prompt-answered"
    severity = Severity.ERROR
    message = "the last message of the prompt has the role {role!r}, not 'user'"
    good = (good(*_SUMS[:3], pad=False), good(chat(user("Hi"), assistant("Hello!"))))
    bad = (
        bad(
            *_SUMS[:3],
            chat(user("2 + 2?"), assistant("4"), reference_answer="4"),
            at="4 /messages/1",
            pad=False,
        ),
    )

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the prompts."""
        return [example for example in batch.foreign if example.shape == REINFORCEMENT]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding; a tool's answer may end a prompt as well."""
        last = example.conversation[-1:] if example.shape == REINFORCEMENT else []
        if last and last[0].role not in ("user", "tool", "function"):
            yield self.finding(example.at(last[0].pointer), role=last[0].role)


class GradingRule(AnalysisRule[Groups[int]]):
    """A rule about the fields that stand beside prompts."""

    @property
    def analysis(self) -> Grading:
        """Return the analysis of the fields."""
        return GRADING


@dataclass(frozen=True)
class ReferenceMissing(GradingRule):
    """Prompts have neither an answer to learn nor anything for a grader beside them.

    Why: supervised fine-tuning learns nothing from prompts alone. A grader reads fields of the
    record such as `{{item.reference_answer}}`; without any, it fails on every answer, or gives
    all of them the same reward. Azure refuses the file.

    Ignore when: the grader judges the answer alone, such as its form: `--grader` tells it.

    Source: Azure reinforcement fine-tuning guide; Microsoft Foundry fine-tuning validators (a
    published sample of 6,150 records has no such field).
    """

    code = "FT179"
    name = "reference-missing"
    severity = Severity.ERROR
    message = (
        "{records:,} prompts without an answer to learn, and without a field beside 'messages' "
        "that a grader could read"
    )
    good = (
        good(*_SUMS, pad=False),
        good(chat(user("Hi"), assistant("Hello!"))),
        good(
            *[chat(user(f"{n} + {n}?")) for n in range(11)],
            pad=False,
            options={"self_contained": True},
            note="a grader that reads the answer alone is named",
        ),
    )
    bad = (
        bad(*[chat(user(f"{n} + {n}?")) for n in range(3)], at="-", pad=False),
        bad(
            *[chat(user(f"{n} + {n}?"), reference_answer=None) for n in range(3)],
            at="-",
            pad=False,
        ),
    )

    self_contained: bool = False
    """Whether a grader is named that reads nothing but the answer."""

    def judge(self, result: Groups[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for source, found in result.of.items():
            if not found.columns.of and not self.self_contained:
                yield self.finding(Where(source), records=found.records)


class ReferenceInconsistent(GradingRule):
    """Field for the grader is missing in some prompts, though most have it.

    Why: the grader fails on the others, and the job stops or the reward is 0 whatever is said.

    Ignore when: the grader does not read the field, or has a default for it.

    Source: Microsoft Foundry fine-tuning validators.
    """

    code = "FT182"
    name = "reference-inconsistent"
    severity = Severity.WARNING
    message = "{count} of {records} prompts lack the field {field!r}, which the others have"
    good = (good(*_SUMS, pad=False),)
    bad = (bad(*_SUMS, chat(user("1 + 1?"), note="easy"), at="13", pad=False),)

    def judge(self, result: Groups[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file and field, at the first prompt without it."""
        for found in result.of.values():
            for name, column in sorted(found.columns.of.items()):
                count = found.records - column.count
                if 0 < count < column.count:
                    where = _first_without(found, name)
                    yield self.finding(where, count=count, records=found.records, field=name)


@dataclass(frozen=True)
class ReferenceConstant(GradingRule):
    """Only field for the grader has the same value in all prompts.

    Why: any answer that suits one prompt suits all, so that the model learns one answer instead
    of how to find it.

    Ignore when: the grader reads a rubric that is meant to be the same for all.

    Source: Microsoft Foundry fine-tuning guide (diverse references).
    """

    least: int = 10
    """Prompts from which on the rule speaks."""

    code = "FT181"
    name = "reference-constant"
    severity = Severity.WARNING
    message = "all {records} prompts have the same {fields}, and nothing else to judge by"
    good = (good(*_SUMS, pad=False), good(*_ONE[:9], pad=False, note="too few to tell"))
    bad = (bad(*_ONE, at="-", pad=False),)

    def judge(self, result: Groups[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding a file."""
        for source, found in result.of.items():
            columns = found.columns.of
            constant = found.records >= self.least and all(
                each.value != MANY and each.count == found.records for each in columns.values()
            )
            if columns and constant:
                fields = " and ".join(repr(name) for name in sorted(columns))
                yield self.finding(Where(source), records=found.records, fields=fields)


def _first_without(found: Fields, name: str) -> Where:
    """Return the first record that lacks a field."""
    places: list[Where] = [
        places.first[0] for names, places in found.sets.of.items() if name not in names
    ]
    return min(places, key=lambda where: where.order)


@dataclass(frozen=True)
class GraderFieldMissing(DatasetRule[Groups[tuple[int, str]]]):
    """Field that the grader reads is missing.

    Why: the grader fails on the record, and the job stops, or the reward is 0 whatever is said.

    Ignore when: never; the grader is the one named with --grader.

    Source: OpenAI graders guide; Azure reinforcement fine-tuning guide.
    """

    fields: tuple[str, ...] = ()
    """Fields that the grader reads, dotted; --grader FILE finds them in its JSON."""
    named: int = 100
    """Records of a file that are named, for each field."""

    code = "FT180"
    name = "grader-field-missing"
    severity = Severity.ERROR
    message = "the grader reads {template}, which {who}"
    silences = ("FT179",)
    good = (good(*_SUMS, pad=False, options={"fields": ("reference_answer",)}),)
    bad = (
        bad(
            *_SUMS[:2],
            chat(user("1 + 1?"), answer="2"),
            at="3",
            pad=False,
            options={"fields": ("reference_answer",)},
        ),
        bad(
            *[chat(user(f"{n} + {n}?")) for n in range(3)],
            at="-",
            pad=False,
            note="no record has it",
            options={"fields": ("reference_answer",)},
        ),
    )

    def unready(self) -> str | None:
        """Return that no grader is named, if so."""
        return None if self.fields else NO_GRADER

    def summarize(self, batch: Batch) -> Groups[tuple[int, str]]:
        """Return how many records there are, and which lack each field."""
        rows = [example for example in batch.foreign if example.shape == REINFORCEMENT]
        if not rows:
            return Groups()
        found: dict[tuple[int, str], Capped[Where]] = {(batch.source, ""): Capped(0, len(rows))}
        for name in self.fields:
            places = [example.at() for example in rows if lacks(example.value, name)]
            found[batch.source, name] = Capped.of(places, self.named)
        return Groups(found)

    def finish(self, summary: Groups[tuple[int, str]], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a record and field; one a file where all records lack it."""
        for (source, name), places in summary.of.items():
            if not name or not places.total:
                continue
            template = f"{{{{item.{name}}}}}"
            total = summary.of[source, ""].total
            if places.total == total:
                who = f"no record has ({total:,})"
                yield self.finding(Where(source), template=template, who=who, field=name)
            else:
                for where in places.first:
                    yield self.finding(where, template=template, who="is not here", field=name)
