"""Training plans: from counted examples and dated figures to epochs, steps and cost.

Everything here is arithmetic on what `ftlint.planning.counting` has counted and on the figures of
the target.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from ftlint.analyses.waste import Waste
from ftlint.console.foreign import nothing
from ftlint.error import UsageError
from ftlint.features.tokens import Meter, Tokens
from ftlint.planning.counting import Counted, count
from ftlint.rules.token import uncountable
from ftlint.source import Source
from ftlint.targets.model import Amount, Figure, Model, Range
from ftlint.targets.target import USUAL, Target, encoded, provider_limits, read
from ftlint.value import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """One training run that is worth trying."""

    epochs: int
    steps: int | None
    billed: int
    cost: float | None
    why: str


@dataclass(frozen=True)
class TrainingPlan:
    """What a training job on this data would be; what is not published is None."""

    target: Target
    model: Model
    tokens: Meter
    """What counted."""
    today: date
    counted: Counted
    asked: int | None = None
    """Epochs that the user wants."""

    @property
    def usual(self) -> int | None:
        """Return the epochs that the provider is thought to choose, by its own cookbook."""
        rule, examples = self.target.defaults, self.counted.examples
        if rule is None:
            return None
        epochs = rule.target_epochs.value
        if examples * epochs < rule.min_examples.value:
            return min(rule.max_epochs.value, rule.min_examples.value // examples)
        if examples * epochs > rule.max_examples.value:
            return max(rule.min_epochs.value, rule.max_examples.value // examples)
        return epochs

    @property
    def epochs(self) -> int | None:
        """Return the epochs that are planned."""
        return self.asked or self.usual

    def allowed(self, name: str) -> Range | None:
        """Return the range of a hyper-parameter."""
        return self.target.hyperparameters.get(name)

    @property
    def batch_size(self) -> int | None:
        """Return the batch size that the provider is thought to choose."""
        rule = self.target.defaults
        if rule is None or rule.batch_share is None:
            return None
        batch = max(1, round(rule.batch_share.value * self.counted.examples))
        return min(batch, rule.max_batch.value) if rule.max_batch else batch

    def steps(self, epochs: int | None) -> int | None:
        """Return the steps of so many epochs; the last batch of each may be smaller."""
        batch = self.batch_size
        return epochs * -(-self.counted.examples // batch) if batch and epochs else None

    def billed(self, epochs: int | None) -> int | None:
        """Return the tokens that are paid for: those of each epoch, cut at the limit."""
        return epochs * self.counted.kept if epochs else None

    @property
    def price(self) -> Amount | None:
        """Return the money for a million trained tokens."""
        return self.model.training_price

    def cost(self, tokens: int | None) -> float | None:
        """Return the money for so many billed tokens."""
        if tokens is None or self.price is None:
            return None
        return self.price.of(tokens)

    def cost_of(self, waste: Waste) -> float | None:
        """Return the money for wasted tokens over all epochs."""
        return self.cost(waste.tokens * self.epochs if self.epochs else None)

    def grid(self) -> tuple[Run, ...]:
        """Return three or four runs around the planned epochs, as far as they are allowed."""
        planned, span = self.epochs, self.allowed("epochs")
        if planned is None:
            return ()
        every = {-(-planned // 4), -(-planned // 2), planned, 2 * planned}
        every |= {planned + 2} if len(every) < 3 else set()
        low, high = (span.low, span.high) if span else (None, None)
        return tuple(
            self._run(epochs, planned)
            for epochs in sorted(every)
            if epochs == planned or (low or 1) <= epochs <= (high or epochs)
        )

    def _run(self, epochs: int, planned: int) -> Run:
        if epochs == planned:
            why = "as asked" if self.asked else "as the provider is thought to choose"
        elif epochs < planned:
            why = "if answers become less diverse than wanted"
        else:
            why = "if answers do not follow the data enough"
        billed = epochs * self.counted.kept
        return Run(epochs, self.steps(epochs), billed, self.cost(billed), why)

    def warnings(self) -> list[str]:
        """Return what is doubtful about the numbers themselves."""
        found = []
        if self.price is None:
            hourly = ": it is trained by the hour" if self.model.hour_price else ""
            found.append(f"no price is known for {self.model.name}{hourly}")
        if self.epochs is None:
            found.append(f"how {self.target.title} chooses epochs is not known; name --epochs N")
        for name, figure in self.figures():
            found += self._doubts(name, figure)
        if self.counted.estimated:
            many = whole(self.counted.estimated)
            found.append(f"{many} of the tokens are an estimate, for tools or images")
        if left := self.counted.left_out:
            rendered = "tokenizer" in self.tokens.told
            which = "that cannot be rendered and" if rendered else "without messages that"
            found.append(f"lines {which} are not counted: {whole(left)}")
        return found

    def figures(self) -> list[tuple[str, Figure]]:
        """Return the figures on which the plan rests, and what each is called."""
        rule = self.target.defaults
        named = {
            "the price": self.price,
            "the training limit": self.model.training_context,
            "the rule for epochs": rule.target_epochs if rule and not self.asked else None,
            "the rule for the batch size": rule.batch_share if rule else None,
        }
        return [(name, figure) for name, figure in named.items() if figure]

    def _doubts(self, name: str, figure: Figure) -> Iterator[str]:
        where = self.source(figure)
        if figure.stale(self.today):
            age = figure.age(self.today)
            yield f"{name} was read {age} days ago, on {figure.as_of}: check {where}"
        if figure.uncertain:
            note = f": {figure.note}" if figure.note else ""
            yield f"{name} is uncertain ({where}){note}"

    def source(self, figure: Figure) -> str:
        """Return where a figure was read."""
        known = self.target.sources.get(figure.source)
        return known.title if known else figure.source


def settle(
    name: str | None, encoding: str | None, epochs: int | None, tokenizer: str = ""
) -> tuple[Target, Model, Meter]:
    """Return target and model of a plan, and what counts tokens. Raises: FtlintError."""
    if not name:
        raise UsageError("no target is named; a plan needs one: --target openai:gpt-4.1-mini")
    if encoding:
        encoded(encoding)
    target = read(name, encoding)
    model = target.model
    if model is None and tokenizer and not target.models:
        # A trainer of any model: the tokenizer says which.
        context = target.limits.training_context
        model = Model(name=Path(tokenizer).name, training_context=context)
    if model is None:
        how = f"ftlint targets {target.name} lists them"
        if not target.models:
            how = "none is listed: --tokenizer DIR names one, or --encoding NAME beside any name"
        raise UsageError(f"no model is named; a plan needs --target {target.name}:MODEL ({how})")
    if model.methods and "sft" not in model.methods.value:
        able = ", ".join(model.methods.value)
        raise UsageError(f"{model.name} is not trained by sft, only by {able}; plans are for sft")
    _allow(target, epochs)
    return target, model, _meter(target, model, encoding, tokenizer)


def _allow(target: Target, epochs: int | None) -> None:
    """Check the epochs that are asked for. Raises: UsageError."""
    span = target.hyperparameters.get("epochs")
    if epochs and span and not (span.low or 1) <= epochs <= (span.high or epochs):
        allowed = f"{span.low:g} to {span.high:g}" if span.low and span.high else "fewer"
        raise UsageError(f"--epochs {epochs}: {target.title} takes {allowed}")


def _meter(target: Target, model: Model, encoding: str | None, tokenizer: str) -> Meter:
    """Return what counts tokens, as the rules on tokens count them. Raises: FtlintError."""
    chosen = encoding or (model.encoding.value if model.encoding else "")
    if reason := uncountable(chosen, tokenizer, model.name):
        raise UsageError(reason)
    if tokenizer:
        from ftlint.features.template import template_tokens

        return template_tokens(tokenizer)
    image = model.image or target.limits.image or provider_limits(USUAL).image
    return Tokens(
        chosen, image.value if image else 0, model.low_image.value if model.low_image else None
    )


def draw(
    sources: Sequence[Source],
    name: str | None,
    today: date,
    *,
    encoding: str | None = None,
    tokenizer: str = "",
    epochs: int | None = None,
    jobs: int = 0,
) -> TrainingPlan:
    """Return the plan of a job on `sources` for the target `name`. Raises: FtlintError."""
    target, model, tokens = settle(name, encoding, epochs, tokenizer)
    survey = count(sources, tokens, jobs)
    seen = survey.seen
    if not seen["train"].tokens.examples:
        train = [source for source in sources if source.split == "train"]
        raise nothing(train, "can be rendered" if tokenizer else "has messages to count")
    limit = model.training_context.value if model.training_context else None
    counted = Counted.of(seen["train"], seen["validation"], limit, survey.copies)
    return TrainingPlan(target, model, tokens, today, counted, epochs)


@dataclass(frozen=True, slots=True)
class Budget:
    """The money that a job may cost."""

    amount: float
    currency: str
    """ISO 4217."""

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Return the budget `25usd` or `25.50 EUR`. Raises: UsageError."""
        match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]{3})", text.strip(), re.ASCII)
        if match is None:
            raise UsageError(f"--budget {text!r}: write an amount and a currency, as in 25usd")
        return cls(float(match[1]), match[2].upper())

    def excess(self, plan: TrainingPlan) -> str:
        """Return by how much `plan` is too dear, and what would fit; empty if it fits.

        Raises: UsageError when that cannot be told.
        """
        price, cost = plan.price, plan.cost(plan.billed(plan.epochs))
        if price is None:
            raise UsageError(f"--budget: the cost is not known: {plan.warnings()[0]}")
        if price.currency != self.currency:
            raise UsageError(f"--budget: prices are in {price.currency}, not in {self.currency}")
        if cost is None:
            raise UsageError("--budget: the cost is not known without epochs; name --epochs N")
        if cost <= self.amount:
            return ""
        over, most = money(cost - self.amount), self._affordable(plan, cost)
        fit = f"{_epochs(most)} would fit (--epochs {most})" if most else "not even one would fit"
        return (
            f"over budget: {_epochs(plan.epochs or 0)} would cost {money(cost)} {self.currency}, "
            f"{over} more than {money(self.amount)}; {fit}"
        )

    def _affordable(self, plan: TrainingPlan, cost: float) -> int:
        """Return the most epochs that can be paid for; 0 when none that is allowed can."""
        most = int(self.amount * (plan.epochs or 0) / cost)
        more = plan.cost(plan.billed(most + 1))
        most += more is not None and more <= self.amount  # the quotient may be a hair too small
        span = plan.allowed("epochs")
        return most if most >= ((span and span.low) or 1) else 0


def _epochs(number: int) -> str:
    return "1 epoch" if number == 1 else f"{number} epochs"


def whole(number: int) -> str:
    """Return a number with its digits grouped."""
    return f"{number:,}".replace(",", " ")


def money(amount: float) -> str:
    """Return an amount with cents, and with more digits when it is less."""
    if amount == 0 or amount >= 0.01:
        return f"{amount:,.2f}".replace(",", " ")
    return f"{amount:.6f}".rstrip("0").rstrip(".")
