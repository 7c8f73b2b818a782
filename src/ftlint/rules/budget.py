"""FT2, budget: what a job would cost against what it may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ftlint.analysis import Analysis
from ftlint.case import assistant, chat, user
from ftlint.error import FtlintError
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import AnalysisRule, bad, good
from ftlint.source import Dataset
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.planning.plan import TrainingPlan

NO_BUDGET = "no budget is named (rules: {over-budget: {budget: 25usd}} in the configuration)"
_DEAR = {"budget": "0.01usd", "target": "openai:gpt-4.1-mini", "epochs": 3}
_ANSWER = assistant("The library opens at nine, and closes at six.")


@dataclass(frozen=True)
class OverBudget(AnalysisRule[Any]):
    """Training would cost more than it may.

    Why: the bill comes after the job, and a job cannot be returned: its price is known before, from
    the tokens, the epochs and the provider's list.

    Ignore when: the price in `rules/targets` is out of date (`ftlint targets` shows its day), or
    the provider grants a discount.

    Source: prices of the providers, dated, in `rules/targets`; `ftlint plan` shows the sum.
    """

    code = "FT212"
    name = "over-budget"
    severity = Severity.ERROR
    dated = True
    message = "{told}"
    good = (
        good(chat(user("When?"), _ANSWER), options={**_DEAR, "budget": "25usd"}),
        good(chat(user("When?"), _ANSWER), note="no budget is named"),
    )
    bad = (bad(*[chat(user(f"When, on day {n}?"), _ANSWER) for n in range(400)], at="-",
               options=_DEAR, pad=False),)  # fmt: skip

    budget: str = ""
    """What the job may cost: an amount and a currency, as in 25usd."""
    target: str = ""
    """Provider and model; set by a target with a model."""
    epochs: int = 0
    """Epochs that will be asked for; 0 is what the provider would choose."""

    def unready(self) -> str | None:
        """Return that there is no budget or no price, if so."""
        if not self.budget:
            return NO_BUDGET
        try:
            from ftlint.planning.plan import Budget, settle

            budget = Budget.parse(self.budget)
            _, model, _ = settle(self.target or None, None, self.epochs or None)
        except FtlintError as error:
            return str(error).removeprefix("--")
        price = model.training_price
        if price is None:
            return f"no price is known for training {model.name}"
        told = f"prices of {model.name} are in {price.currency}, not in {budget.currency}"
        return None if price.currency == budget.currency else told

    @property
    def analysis(self) -> Analysis[Any, Any]:
        """Return the counts of a plan."""
        from ftlint.planning.counting import Counting

        if not self.budget:
            return Counting()
        from ftlint.planning.plan import settle

        return Counting(settle(self.target, None, self.epochs or None)[2])

    def judge(self, result: Any, dataset: Dataset) -> Iterator[Finding]:
        """Yield at most one finding, about the training files."""
        plan = self._plan(result, dataset) if self.budget else None
        if plan is None:
            return
        from ftlint.planning.plan import Budget

        if told := Budget.parse(self.budget).excess(plan):
            train = [i for i, source in enumerate(dataset.sources) if source.split == "train"]
            yield self.finding(Where(train[0]) if len(train) == 1 else Where(), told=told)

    def _plan(self, result: Any, dataset: Dataset) -> TrainingPlan | None:
        from datetime import date

        from ftlint.planning.counting import Counted, split_of
        from ftlint.planning.plan import TrainingPlan, settle

        target, model, tokens = settle(self.target, None, self.epochs or None)
        seen = split_of(result, dataset.sources)
        if not seen["train"].tokens.examples:
            return None
        limit = model.training_context.value if model.training_context else None
        counted = Counted.of(seen["train"], seen["validation"], limit)
        return TrainingPlan(target, model, tokens, date.today(), counted, self.epochs or None)
