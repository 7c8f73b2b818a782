"""Rules: values whose fields are their options, with documentation and cases beside the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from ftlint.analysis import Analysis
from ftlint.column import Column
from ftlint.finding import Finding, Fix, Severity, Where
from ftlint.shape import Scope
from ftlint.summary import Nothing, Summary
from ftlint.value import dataclass
from ftlint.wording import cut, quotable

if TYPE_CHECKING:
    from ftlint.example import Batch, Example
    from ftlint.source import Dataset

S = TypeVar("S", bound=Summary)
R = TypeVar("R")

LONGEST = 300
"""Code points of a message, and of a text in the data of a finding."""

NO_MODEL = "no model is named (--target openai:gpt-4.1-mini)"
NO_TOKENIZER = "needs --tokenizer DIR"
NO_LANGUAGES = "no languages are named (languages: [en, de] in the configuration)"
NO_LIMIT = "no limit is known for the target; set the option limit"
"""Reasons of `Rule.unready`: rules with the same one are listed together."""


@dataclass(frozen=True, slots=True)
class Case:
    """A small dataset and the places where the rule must speak; documentation and test at once.

    `lines` are records (written as JSON) or raw bytes. `at` holds one place a finding, in report
    order: `"/messages/0/role"` on the first line, `"3 /messages/0"` on the third, `"3 ?"` for a
    line that cannot be decoded, `"-"` for the whole file or dataset, `"held 2 /messages"` on the
    second line of `held`. A good case has no `at`. `note` says why the case exists.
    """

    lines: tuple[Mapping[str, Any] | bytes, ...]
    at: tuple[str, ...] = ()
    note: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Options of the rule in this case."""
    file: str = "train.jsonl"
    pad: bool = True
    held: tuple[Mapping[str, Any] | bytes, ...] = ()
    """Lines of a validation file beside it; no file when there are none."""
    ignores: str = ""
    """Text of the `.ftlint-ignore.yaml` beside it; `"ignores 2"` is a place in its second line."""


def good(*lines: Mapping[str, Any] | bytes, note: str = "", **how: Any) -> Case:
    """Return a case on which every default rule is silent."""
    return Case(lines, (), note, **how)


def bad(
    *lines: Mapping[str, Any] | bytes, at: str | Sequence[str], note: str = "", **how: Any
) -> Case:
    """Return a case on which the rule speaks exactly at the places `at`."""
    return Case(lines, (at,) if isinstance(at, str) else tuple(at), note, **how)


class _Later:
    """A class attribute that is made when somebody reads it."""

    def __init__(self, make: Callable[[], tuple[Case, ...]]) -> None:
        self._make = cache(make)

    def __get__(self, rule: object, kind: type) -> tuple[Case, ...]:
        return self._make()


def later(make: Callable[[], tuple[Case, ...]]) -> tuple[Case, ...]:
    """Return cases for `good` or `bad` of a class that are too large to make at each start."""
    made: Any = _Later(make)
    return made  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Rule:
    """What every rule has. Subclass `ExampleRule` or `DatasetRule`, not this.

    The class docstring is the rule's documentation: its first line says what is found; the
    paragraphs after it begin with `Why:`, `Ignore when:`, `Provider says:`, `Fix:`, `Source:`.
    """

    code: ClassVar[str]
    """FT and three digits, or a plugin's own prefix; never used again."""
    name: ClassVar[str]
    """Kebab case; says the pattern, never the remedy."""
    severity: ClassVar[Severity]
    message: ClassVar[str]
    """A `str.format` template over the `data` of a finding; `{key!r}` shows a text as JSON, cut."""
    default: ClassVar[bool] = True
    """False: only when it is selected by code or name, or by the preset `strict`."""
    since: ClassVar[str] = "0.1.0"
    dated: ClassVar[bool] = False
    """Whether what is found depends on the day, and is not kept for the next one."""
    scope: ClassVar[Scope] = "any"
    """Records that it is about: `any`; `messages`, those with messages as chat has them, wherever
    they stand (preference pairs, prompts for a grader); or `chat` alone."""
    private: ClassVar[bool] = False
    """Whether reports must not show the text that is found; only where it stands."""
    veiled: ClassVar[bool] = False
    """Whether pages about the rule show dots in place of what is found in its cases."""
    good: ClassVar[tuple[Case, ...]] = ()
    bad: ClassVar[tuple[Case, ...]] = ()

    def finding(
        self,
        where: Where,
        *,
        related: Sequence[Where] = (),
        fix: Fix | None = None,
        hint: str = "",
        **data: Any,
    ) -> Finding:
        """Return a finding at `where`; `data` fills the message, `hint` follows it.

        However long the values are, neither the message nor a text in `data` passes `LONGEST`.
        """
        message = self.message.format_map(quotable(data) if "!r" in self.message else data)
        for key, value in data.items():
            if isinstance(value, str) and len(value) > LONGEST:
                data[key] = cut(value, LONGEST)
        return Finding(self.code, where, cut(message + hint, LONGEST), data, related, fix)

    def unready(self) -> str | None:
        """Return why the rule cannot run with its options; None if it can.

        It is then listed as not run, with this reason, and never counted as clean.
        """
        return None

    def analyses(self) -> tuple[Analysis[Any, Any], ...]:
        """Return analyses whose figures the report states beside the findings of the rule."""
        return ()

    def figures(self) -> tuple[Analysis[Any, Any], ...]:
        """Return analyses that nothing but the figures of a report needs."""
        return ()

    def columns(self) -> tuple[Column, ...]:
        """Return what the features of the rule tell of each example, for tables of examples."""
        return ()

    @property
    def text(self) -> str:
        """Return the rule's documentation."""
        return type(self).__doc__ or ""


class ExampleRule(Rule):
    """A rule that looks at one example at a time."""

    reads: ClassVar[Literal["line", "fault", "record"]] = "record"
    """`line`: every line. `fault`: lines without a record. `record`: decoded objects."""

    def candidates(self, batch: Batch) -> Sequence[Example] | None:
        """Return the only examples that can have a finding; None if only a check can tell.

        For rules that rule most lines out by their bytes. Nothing needs to be decoded for it.
        """
        return None

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield what is wrong with `example`."""
        raise NotImplementedError


class DatasetRule(Rule, Generic[S]):
    """A rule that needs all examples: a mergeable summary first, then a judgement of it."""

    compares: ClassVar[bool] = False
    """Whether it compares splits: of one it has nothing to say, and nothing is folded for it."""
    silences: ClassVar[tuple[str, ...]] = ()
    """Prefixes of codes: a finding about a whole source is the root cause of theirs there."""

    def summarize(self, batch: Batch) -> S:
        """Return the summary of one batch."""
        raise NotImplementedError

    def finish(self, summary: S, dataset: Dataset) -> Iterator[Finding]:
        """Yield what the summary of all examples shows."""
        raise NotImplementedError


class AnalysisRule(DatasetRule[Any], Generic[R]):
    """A dataset rule that judges an analysis, which other rules may share with it."""

    @property
    def analysis(self) -> Analysis[Any, R]:
        """Return the analysis; equal ones of other rules are the same one."""
        raise NotImplementedError

    def judge(self, result: R, dataset: Dataset) -> Iterator[Finding]:
        """Yield what the analysis of all examples shows."""
        raise NotImplementedError

    def analyses(self) -> tuple[Analysis[Any, Any], ...]:
        """Return the one analysis."""
        return (self.analysis,)

    def summarize(self, batch: Batch) -> Any:
        """Return the summary of the analysis."""
        return self.analysis.summarize(batch)

    def finish(self, summary: Any, dataset: Dataset) -> Iterator[Finding]:
        """Yield the findings of this rule when nobody shares its analysis."""
        yield from self.judge(self.analysis.conclude(summary, dataset), dataset)


class FileRule(DatasetRule[Nothing]):
    """A rule about files or the run as a whole: facts decide, and no example is looked at."""

    def summarize(self, batch: Batch) -> Nothing:
        """Return nothing."""
        return Nothing()
