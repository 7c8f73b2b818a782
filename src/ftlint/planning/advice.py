"""Advice on a training plan: what may go wrong, by which numbers, and who says so.

None of it is certain, and it is worded so. The thresholds are those of the source that is named
beside them, or ours where that is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from math import sqrt

from ftlint.planning.plan import TrainingPlan, money, whole
from ftlint.similarity.neighbour import THRESHOLD
from ftlint.targets.effect import ending
from ftlint.value import dataclass

REPEATS = 4
"""Epochs up to which repeated data is nearly as good as new: `_REPEATED`, in pre-training."""
NARROW = 0.9
"""Share of examples with one system prompt from which data is narrow (ours)."""
SHORT = 20
"""Trained tokens of a median example up to which answers are short (ours)."""
MARGIN = 0.15
"""Half width of a 95 % interval of a share above which a validation split is small (ours)."""
SIMILAR = 0.01
"""Share of near duplicates from which they are worth a look (ours)."""
CLOSING = 90
"""Days before a model ends at which that is told, as the rule `model-closing` does."""

_GUIDE = "OpenAI fine-tuning guide"
_REPEATED = "Muennighoff et al. 2023, Scaling data-constrained language models"
_FORGOTTEN = (
    "Luo et al. 2023, An empirical study of catastrophic forgetting in large language models "
    "during continual fine-tuning"
)
_REHEARSED = "Scialom et al. 2022, Fine-tuned language models are continual learners"
_DEDUPLICATED = "Lee et al. 2022, Deduplicating training data makes language models better"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to consider, why, and the source."""

    name: str
    text: str
    reason: str
    source: str
    numbers: Mapping[str, float] = field(default_factory=dict)


def advise(plan: TrainingPlan) -> tuple[Advice, ...]:
    """Return the advice on `plan`, what stops a job first."""
    every = (_ends, _few, _cut, _overfitting, _narrow, _copies, _near, _validation)
    return tuple(advice for part in every for advice in part(plan))


def _ends(plan: TrainingPlan) -> Iterator[Advice]:
    last = ending(plan.target, plan.model)
    if last is None:
        return
    why, end = last
    left = (date.fromisoformat(end.value) - plan.today).days
    doubt = ", which is uncertain" if end.uncertain else ""
    numbers = {"days": left}
    if left <= 0:
        reason = f"{why} on {end.value}, {-left} days ago{doubt}"
        text = "choose another model: a job for this one would probably be refused"
        yield Advice("model-retired", text, reason, plan.source(end), numbers)
    elif left <= CLOSING:
        reason = f"{why} on {end.value}, in {left} days{doubt}"
        text = "consider a model that stays longer, or keep the data ready to train another one"
        yield Advice("model-closing", text, reason, plan.source(end), numbers)


def _few(plan: TrainingPlan) -> Iterator[Advice]:
    limits, examples = plan.target.limits, plan.counted.examples
    least, wanted = limits.min_examples, limits.recommended_examples
    if least and examples < least.value:
        reason = f"{examples} examples; {plan.target.title} takes no fewer than {least.value}"
        text = "add examples: the job would probably be refused"
        numbers = {"examples": examples, "least": least.value}
        yield Advice("too-few-examples", text, reason, plan.source(least), numbers)
    elif wanted and examples < wanted.value:
        reason = f"{examples} examples; at least {wanted.value} are recommended"
        text = "consider more examples before more epochs"
        numbers = {"examples": examples, "recommended": wanted.value}
        yield Advice("few-examples", text, reason, plan.source(wanted), numbers)


def _cut(plan: TrainingPlan) -> Iterator[Advice]:
    counted, figure = plan.counted, plan.model.training_context
    if figure is None or not counted.cut.examples:
        return
    reason = (
        f"{whole(counted.cut.examples)} of {whole(counted.examples)} examples are longer than "
        f"{whole(figure.value)} tokens; {whole(counted.lost)} tokens are cut from their ends, "
        "which are the answers"
    )
    text = "consider shortening or splitting them: ftlint check names each (token-overrun)"
    numbers = {"examples": counted.cut.examples, "lost": counted.lost}
    yield Advice("truncation", text, reason, plan.source(figure), numbers)


def _overfitting(plan: TrainingPlan) -> Iterator[Advice]:
    epochs, examples = plan.epochs, plan.counted.examples
    if epochs is None or epochs <= REPEATS:
        return
    reason = (
        f"each of {whole(examples)} examples is seen {epochs} times; in pre-training, data that is "
        f"repeated more than {REPEATS} times is worth less and less"
    )
    text = (
        "the model may learn the examples by heart and forget other skills: consider fewer "
        "epochs, more examples or a lower learning rate, and watch the validation loss"
    )
    source = (
        f"{_REPEATED}; {_GUIDE} (fewer epochs when answers become less diverse); "
        f"{_FORGOTTEN}; the lower rate is usual practice"
    )
    numbers = {"examples": examples, "epochs": epochs}
    yield Advice("overfitting", text, reason, source, numbers)


def _narrow(plan: TrainingPlan) -> Iterator[Advice]:
    counted = plan.counted
    median = counted.trained.p50
    if counted.same_system < NARROW or median > SHORT:
        return
    # Floored: one example with another prompt must not read as 100 %.
    percent = int(100 * counted.same_system)
    reason = (
        f"{percent} % of the examples have one system prompt, and half of them train on at "
        f"most {median} tokens"
    )
    text = (
        "narrow data may cost the model other skills: consider mixing in and holding out some "
        "general examples, fewer epochs or a lower learning rate"
    )
    source = (
        f"{_FORGOTTEN}; {_REHEARSED} (a small share of earlier tasks is mixed in); what counts as "
        "narrow is ours, the lower rate is usual practice"
    )
    numbers = {"same_system": round(counted.same_system, 4), "trained_p50": median}
    yield Advice("narrow-data", text, reason, source, numbers)


def _copies(plan: TrainingPlan) -> Iterator[Advice]:
    copies, examples = plan.counted.copies, plan.counted.examples
    exact, normalised = copies["exact"], copies["normalised"]
    many = exact.examples + normalised.examples
    if not many:
        return
    tokens = exact.tokens + normalised.tokens
    folded = f", {whole(normalised.examples)} of them but for case, spacing or punctuation"
    reason = (
        f"{whole(many)} of {whole(examples)} examples repeat an earlier one"
        f"{folded if normalised.examples else ''}: {whole(tokens)} tokens an epoch"
        f"{_paid(plan, tokens)}"
    )
    text = "consider leaving them out, unless they are meant to count more"
    source = f"{_DEDUPLICATED} (measured in pre-training: less is repeated word for word)"
    numbers = {"examples": many, "normalised": normalised.examples, "tokens": tokens}
    yield Advice("duplicates", text, reason, source, numbers)


def _near(plan: TrainingPlan) -> Iterator[Advice]:
    near, examples = plan.counted.copies["near"], plan.counted.examples
    if not near.examples or near.examples < SIMILAR * examples:
        return
    reason = (
        f"{whole(near.examples)} of {whole(examples)} examples share at least "
        f"{100 * THRESHOLD:g} % of their word pairs with an earlier one, in "
        f"{whole(near.clusters)} clusters: {whole(near.tokens)} tokens an epoch"
        f"{_paid(plan, near.tokens)}"
    )
    text = (
        "look at some (ftlint check --select near-duplicate): leave out what says nothing new, and "
        "keep templates whose values differ on purpose"
    )
    source = f"{_DEDUPLICATED} (near duplicates in pre-training); the share is ours"
    numbers = {"examples": near.examples, "clusters": near.clusters, "tokens": near.tokens}
    yield Advice("near-duplicates", text, reason, source, numbers)


def _paid(plan: TrainingPlan, tokens: int) -> str:
    """Return the money for so many tokens over all epochs, in words; empty if not known."""
    cost = plan.cost(plan.epochs and tokens * plan.epochs)
    if cost is None or plan.price is None:
        return ""
    return f", {money(cost)} {plan.price.currency} in all"


def _validation(plan: TrainingPlan) -> Iterator[Advice]:
    examples = plan.counted.validation_examples
    source = f"{_GUIDE} (train and test splits)"
    if not examples:
        text = "consider holding out some examples (--validation PATH): its tokens are not billed"
        reason = "no validation examples: overfitting would not show in the job's figures"
        yield Advice("no-validation", text, reason, source, {"examples": 0})
        return
    # A share of 0.5, the worst case, is within 1.96 standard errors in 95 % of samples.
    margin = 1.96 * 0.5 / sqrt(examples)
    if margin > MARGIN:
        points = min(50, round(100 * margin))
        reason = (
            f"{examples} validation examples: a share that is measured on them is uncertain by "
            f"up to {points} points"
        )
        text = "consider a larger validation split before small differences are trusted"
        numbers = {"examples": examples, "margin": round(margin, 4)}
        yield Advice(
            "small-validation", text, reason, f"{source}; normal interval of a share", numbers
        )
