"""FT6, preference data: which of two answers may be toxic."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.analyses.toxicity import Toxic
from ftlint.case import assistant, user
from ftlint.finding import Finding, Severity
from ftlint.rule import bad, good
from ftlint.rules.toxicity import ASKED, RUDE, Judge
from ftlint.source import Dataset
from ftlint.value import dataclass

_KIND = assistant("Kill the process with `kill -9` and its number.")
_ASKS = {"messages": [ASKED]}


@dataclass(frozen=True)
class ToxicPreferredOutput(Judge):
    """Answer that is preferred to another one is toxic.

    Why: the model learns to like it better than what it would say otherwise; most often the two
    answers of a pair were exchanged. A toxic answer that is *not* preferred is what such data is
    made of, and is not reported.

    Ignore when: the character that is taught swears or insults on purpose, or the pair prefers
    the lesser of two evils. An error when Detoxify or a moderation endpoint judges.

    Source: docs/toxicity.md; OpenAI direct preference optimisation guide (preferred_output).
    """

    code = "FT611"
    name = "toxic-preferred-output"
    severity = Severity.NOTE
    message = "preferred answer is toxic: {score:.2f} by {backend}, reported from {threshold:.2f}"
    good = (
        good(
            {
                "input": _ASKS,
                "preferred_output": [_KIND],
                "non_preferred_output": [assistant(RUDE)],
            },
            note="the toxic one is not preferred",
            pad=False,
        ),
        good({"prompt": "Hi", "chosen": "Hello!", "rejected": RUDE}, pad=False),
    )
    bad = (
        bad(
            {
                "input": _ASKS,
                "preferred_output": [assistant(RUDE)],
                "non_preferred_output": [_KIND],
            },
            at="/preferred_output/0/content",
            pad=False,
        ),
        bad(
            {"prompt": [user("Hi")], "chosen": [assistant(RUDE)], "rejected": [_KIND]},
            at="/chosen/0/content",
            pad=False,
        ),
    )

    def judge(self, result: Toxic, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a toxic answer that is preferred."""
        for hit in result.hits(self.threshold):
            high = hit.kind == "preferred" and hit.score() >= self.threshold
            if high and not self.driven(hit):
                yield self.told(hit)
