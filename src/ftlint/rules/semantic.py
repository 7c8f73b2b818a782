"""FT4, semantics: prompts that ask the same in other words."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.semantic import Paraphrases, Semantics
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity
from ftlint.rule import AnalysisRule, bad, good
from ftlint.rules.token import spaced
from ftlint.similarity import embedding
from ftlint.source import Dataset
from ftlint.value import dataclass


@dataclass(frozen=True)
class SemanticDuplicate(AnalysisRule[Paraphrases]):
    """Two prompts ask the same in other words.

    Why: many wordings of few questions make a dataset look larger than what it teaches.

    Ignore when: wordings are varied on purpose, as in intent classification.

    Source: Reimers and Gurevych 2019 (Sentence-BERT); the model is all-MiniLM-L6-v2, for English.
    A sample is compared, chosen by the numbers of the examples: 1024 take about 15 seconds.
    Prompts that share 80 % of their words are left to near-duplicate, and such with other
    numbers are other questions.
    """

    code = "FT430"
    name = "semantic-duplicate"
    severity = Severity.NOTE
    default = False
    message = "asks the same as line {line}, in other words (cosine {cosine:.2f})"
    good = (
        good(
            chat(user("How can I unblock my PIN after three wrong tries?"), assistant("Call us.")),
            chat(user("How can I unblock my PIN after five wrong tries?"), assistant("Visit us.")),
            note="few words differ: near-duplicate says so",
        ),
        good(
            chat(user("What do 3 tickets for the 9 o'clock train cost?"), assistant("27 euros.")),
            chat(user("How much are 4 tickets for the 9 o'clock train?"), assistant("36 euros.")),
            note="other numbers, another question",
        ),
    )
    bad = (
        bad(
            chat(
                user("I can't figure out how to unblock my PIN. Can you help?"), assistant("Yes.")
            ),
            chat(user("How can I unblock my PIN?"), assistant("In the app, under cards.")),
            at="2 /messages/0/content",
        ),
    )

    cosine: float = 0.9
    """Likeness from which two prompts count as one question, up to 1."""
    sample: int = 1024
    """Examples that are compared; the time grows with them."""

    def __post_init__(self) -> None:
        """Refuse what no comparison can have. Raises: ValueError."""
        if not 0 < self.cosine <= 1:
            raise ValueError(f"cosine is {self.cosine:g}, not above 0 and up to 1")
        if self.sample < 2:
            raise ValueError(f"sample is {self.sample}; a comparison needs 2")

    @property
    def analysis(self) -> Semantics:
        """Return the paraphrases of the sample."""
        return Semantics(self.sample, self.cosine)

    def unready(self) -> str | None:
        """Return what is not installed, if so."""
        return embedding.missing()

    def judge(self, result: Paraphrases, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding for each later prompt, with the earlier one as related."""
        share, low = result.bounds
        hint = ""
        if result.looked < result.examples:
            hint = (
                f"; so do {share:.1%} of a sample of {result.looked:,} of {result.examples:,} "
                f"examples, and at least {low:.1%} of all"
            )
        for pair in result.pairs:
            finding = self.finding(
                pair.second,
                related=[pair.first],
                hint=hint,
                line=dataset.line_number(pair.first),
                cosine=round(pair.cosine, 4),
                share=share,
                at_least=low,
                looked=result.looked,
                examples=result.examples,
            )
            yield spaced(finding)
