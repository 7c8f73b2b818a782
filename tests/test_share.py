"""Rules of the kind `share`: counts, conditions and the interval."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from kinds import HEAD, HI, LONG
from records import batch

from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Where
from ftlint.rules.kinds import Share
from ftlint.source import Dataset, Source
from ftlint.statistics.interval import wilson
from ftlint.testing import check_laws


class TestShare:
    def rule(self, **how: Any) -> Share:
        message = "{count} of {total} {share:.0%} over {limit} in {split}"
        return Share(**{"message": message, "limit": 0.5, **HEAD, **how})

    def report(self, rule: Share, **files: Any) -> list[Finding]:
        sources = tuple(Source(path, files[path][0]) for path in files)
        summary = rule.summarize(batch())
        ordinal = 0
        for index, (_, records) in enumerate(files.values()):
            for record in records:
                part = batch(record, rules=[rule], first=ordinal, source=index)
                summary = summary.merge(rule.summarize(part))
                ordinal += 1
        return list(rule.finish(summary, Dataset(sources)))

    def test_finding(self) -> None:
        records = [HI, LONG, HI, HI, HI, HI, HI, b"", {"messages": []}]
        rule = self.rule(feature="system-messages", below=1)
        (finding,) = self.report(rule, a=("train", records))
        assert finding.where == Where(0)
        assert finding.message == "6 of 7 86% over 0.5 in train"
        assert [where.ordinal for where in finding.related] == [0, 2, 3, 4, 5]
        assert finding.data == {
            "count": 6, "total": 7, "share": 6 / 7, "limit": 0.5, "split": "train",
            "interval": wilson(6, 7),
        }  # fmt: skip

    @pytest.mark.parametrize(("limit", "reported"), [(0.29, False), (0.28999, True)])
    def test_the_limit_itself_is_allowed(self, limit: float, reported: bool) -> None:
        rule = self.rule(terms=("x",), limit=limit)
        records = [chat(user("x"))] * 29 + [chat(user("y"))] * 71
        assert bool(self.report(rule, a=("train", records))) is reported

    @pytest.mark.parametrize(
        ("how", "count"),
        [
            ({"terms": ("cat",)}, 2),
            ({"terms": ("CAT",), "ignore_case": True}, 3),
            ({"terms": ("cat",), "match": "whole"}, 1),
            ({"terms": ("cat",), "roles": ("assistant",)}, 1),
            ({"pattern": r"c\wt"}, 2),
            ({"pattern": r"c\wt", "requires": ("T C",)}, 1),
            ({"pattern": "cat", "whole": True}, 1),
            ({"pattern": "c", "trained_only": True}, 1),
            ({"feature": "characters", "above": 3}, 2),
            ({"feature": "characters", "below": 1}, 1),
        ],
    )
    def test_conditions(self, how: Any, count: int) -> None:
        records = [
            chat(user("cat")),
            chat(user("a "), assistant("cat cat")),
            chat(user("Cats, CAT")),
            chat(user("")),
            {"other": 1},
        ]
        (finding,) = self.report(self.rule(limit=0.01, **how), a=("train", records))
        assert finding.data["count"] == count
        assert finding.data["total"] == (4 if "feature" in how else 5)

    def test_splits_are_judged_apart(self) -> None:
        rule = self.rule(terms=("x",), limit=0.4)
        yes, no = chat(user("x")), chat(user("y"))
        found = self.report(
            rule, a=("train", [yes, no]), b=("validation", [yes]), c=("train", [yes, no, no])
        )
        assert [(f.where, f.data["split"], f.data["count"], f.data["total"]) for f in found] == [
            (Where(1), "validation", 1, 1)
        ]
        found = self.report(replace(rule, limit=0.3), a=("train", [yes]), c=("train", [no]))
        assert [(f.where, f.message) for f in found] == [(Where(), "1 of 2 50% over 0.3 in train")]
        assert [where.source for where in found[0].related] == [0]

    def test_no_examples_are_no_share(self) -> None:
        assert self.report(self.rule(terms=("x",), limit=0.0), a=("train", [])) == []
        assert self.report(self.rule(terms=("x",), limit=0.0), a=("train", [b"x"])) == []

    def test_laws(self) -> None:
        rule = self.rule(terms=("x",), limit=0.1)
        parts = [
            batch(*[chat(user(t)) for t in texts], rules=[rule], first=first)
            for first, texts in ((0, "xyxxx"), (5, "y"), (6, "xxxx"))
        ]
        assert check_laws(rule, parts) == []


@pytest.mark.parametrize(
    ("count", "total"), [(0, 10), (1, 10), (5, 10), (10, 10), (3, 1000), (1, 1), (999, 1000)]
)
def test_interval_holds_the_shares_that_explain_the_count(count: int, total: int) -> None:
    # Independent of the closed formula: the ends solve |count - n p| = z sqrt(n p (1 - p)).
    def distance(p: float) -> float:
        return abs(count - total * p) - 1.959963984540054 * math.sqrt(total * p * (1 - p))

    def root(inside: float, outside: float) -> float:
        for _ in range(200):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if distance(middle) < 0 else (inside, middle)
        return outside

    low, high = wilson(count, total)
    share = count / total
    nudge = 1e-12 if count == 0 else -1e-12 if count == total else 0
    assert low == (0 if count == 0 else pytest.approx(root(share + nudge, 0)))
    assert high == (1 if count == total else pytest.approx(root(share + nudge, 1)))
    assert 0 <= low <= share <= high <= 1
