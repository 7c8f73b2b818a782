"""Homogeneity tests against brute force and known values; drift; comparisons of two versions."""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command import ftlint, inside
from hypothesis import given
from hypothesis import strategies as st
from records import batch, write

from ftlint.analyses.content import Change, Contents
from ftlint.analyses.profile import Profiling, profile
from ftlint.case import assistant, chat, system, user
from ftlint.example import Batch, Lines
from ftlint.features.digest import NONE
from ftlint.rules.drift import median
from ftlint.source import Dataset, Source
from ftlint.statistics.homogeneity import (
    chi_squared,
    discoveries,
    kolmogorov_smirnov,
    total_variation,
)

SCHEMA = Path(__file__).parents[1] / "src/ftlint/schemas/compare.json"
values = st.lists(st.integers(0, 12), min_size=1, max_size=40)


@given(values, values)
def test_the_distance_is_the_largest_difference_of_shares(
    left: list[int], right: list[int]
) -> None:
    brute = max(
        abs(sum(v <= x for v in left) / len(left) - sum(v <= x for v in right) / len(right))
        for x in range(13)
    )
    test = kolmogorov_smirnov(Counter(left), Counter(right))
    assert math.isclose(test.distance, brute, abs_tol=1e-12)
    assert 0 <= test.probability <= 1
    assert kolmogorov_smirnov(Counter(left), Counter(left)).distance == 0


@given(values, values)
def test_total_variation_is_half_the_absolute_differences(
    left: list[int], right: list[int]
) -> None:
    brute = sum(abs(left.count(k) / len(left) - right.count(k) / len(right)) for k in range(13)) / 2
    test = total_variation(Counter(left), Counter(right))
    assert math.isclose(test.distance, brute, abs_tol=1e-12)
    assert 0 <= test.probability <= 1


def test_probabilities_are_those_of_tables() -> None:
    # Critical values of chi-squared at 5 % (NIST/SEMATECH handbook, 1.3.6.7.4).
    for freedom, value in ((1, 3.841), (2, 5.991), (10, 18.307), (50, 67.505), (100, 124.342)):
        assert math.isclose(chi_squared(value, freedom), 0.05, abs_tol=5e-5)
    assert math.isclose(chi_squared(7.0, 2), math.exp(-3.5), rel_tol=1e-12)  # closed form
    assert math.isclose(chi_squared(9.0, 4), math.exp(-4.5) * 5.5, rel_tol=1e-12)
    assert chi_squared(0, 3) == 1 and chi_squared(1e4, 3) < 1e-300
    # Large samples: 1.358 is the 95 % quantile of Kolmogorov's distribution.
    n = 200_000
    shift = round(1.358 * math.sqrt(2 / n) * n)
    left, right = {0: n // 2, 1: n // 2}, {0: n // 2 + shift, 1: n // 2 - shift}
    assert math.isclose(kolmogorov_smirnov(left, right).probability, 0.05, abs_tol=5e-4)


def test_a_permutation_test_agrees() -> None:
    rng = random.Random(3)
    left = [rng.gauss(0, 10) for _ in range(60)]
    right = [rng.gauss(5, 10) for _ in range(80)]
    whole = [round(v * 1000) for v in left + right]
    seen = kolmogorov_smirnov(Counter(whole[:60]), Counter(whole[60:]))
    larger = 0
    for _ in range(2000):
        rng.shuffle(whole)
        other = kolmogorov_smirnov(Counter(whole[:60]), Counter(whole[60:]))
        larger += other.distance >= seen.distance - 1e-12
    assert abs(larger / 2000 - seen.probability) < 0.02


@given(st.dictionaries(st.integers(), st.floats(0, 1), max_size=8))
def test_discoveries_are_those_of_the_definition(tests: dict[int, float]) -> None:
    ranked = sorted(tests.values())
    bounds = [p for k, p in enumerate(ranked, 1) if p <= k * 0.1 / len(ranked)]
    brute = {key for key, p in tests.items() if bounds and p <= max(bounds)}
    found = discoveries(tests, 0.1)
    assert found == brute


def test_no_sample_no_test() -> None:
    with pytest.raises(ValueError, match="empty"):
        kolmogorov_smirnov({}, {1: 1})
    with pytest.raises(ValueError, match="empty"):
        total_variation({"a": 1}, {})
    assert total_variation({"a": 1}, {"a": 9}).probability == 1


@given(values)
def test_the_median_is_a_lower_one(sample: list[int]) -> None:
    assert median(Counter(sample)) == sorted(sample)[(len(sample) - 1) // 2]


def test_a_profile_counts() -> None:
    found = profile(
        batch(*[
            chat(system("abc"), user("de"), assistant("x")),
            chat(user("q"), assistant("long " * 30), user("q"), assistant(" x ")),
            {"messages": 4},
        ])
    )  # fmt: skip
    assert found.examples == 2
    assert found.prompts.of == {5: 1, 2: 1} and found.answers.of == {1: 1, 153: 1}
    assert found.turns.of == {1: 1, 2: 1}
    assert found.roles.of == {"system": 1, "user": 3, "assistant": 3}


def classes(lines: list[bytes]) -> dict[str, int]:
    data = Dataset((Source("train.jsonl"),))
    analysis = Profiling()
    result = analysis.conclude(analysis.summarize(Batch(Lines(0, 0, lines))), data)
    return result["train"].classes.of


def test_classes_are_those_of_labels() -> None:
    def of(answers: list[str]) -> dict[str, int]:
        return classes([json.dumps(chat(user("q"), assistant(a))).encode() for a in answers])

    assert of(["yes", "no"] * 20) == {"yes": 20, "no": 20}
    assert not of([f"answer {n}" for n in range(40)])
    assert not of(["yes", "no"] * 20 + ["long " * 30] * 10)


def test_the_shared_labels(shared: Path) -> None:
    lines = (shared / "data/chat/banking77_train.jsonl").read_bytes().splitlines()
    assert len(classes(lines)) == 77
    lines = (shared / "data/chat/anthropic_persona.jsonl").read_bytes().splitlines()
    assert sum(classes(lines).values()) == 2000


digests = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), max_size=12)


@given(digests, digests)
def test_changes_are_those_of_multisets(old: list[tuple[int, int]], new: list[Any]) -> None:
    def contents(items: list[tuple[int, int]]) -> Contents:
        # An example has one prompt: its digest follows from the example.
        whole = Contents()
        for example, _ in items:
            whole.examples.append(example)
            whole.prompts.append(example % 3)
        return whole

    change = Change.between(contents(old), contents(new))
    before = Counter(e for e, _ in old if e != NONE)
    after = Counter(e for e, _ in new if e != NONE)
    assert change.kept == sum((before & after).values())
    gone = Counter(e % 3 for e in (before - after).elements() if e % 3 != NONE)
    come = Counter(e % 3 for e in (after - before).elements() if e % 3 != NONE)
    assert change.answered == sum((gone & come).values())
    assert change.kept + change.answered + change.removed == before.total()
    assert change.kept + change.answered + change.added == after.total()


def talk(number: int, answer: str = "It is in the harbour.") -> dict[str, Any]:
    return chat(user(f"Where is boat {number}?"), assistant(f"{answer} Pier {number}."))


def compared(folder: Path, old: list[Any], new: list[Any], *more: str) -> dict[str, Any]:
    write(folder / "old.jsonl", old)
    write(folder / "new.jsonl", new)
    done = inside(folder, "compare", "old.jsonl", "new.jsonl", "--format", "json", *more)
    assert done.status == 0, done.err
    document: dict[str, Any] = json.loads(done.out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    return document


def test_what_changed(tmp_path: Path) -> None:
    old = [talk(n) for n in range(60)]
    new = [
        *[talk(n) for n in range(10, 60)],  # 10 removed
        *[talk(n, "Out at sea!") for n in range(3)],  # of which 3 are answered anew
        *[talk(n) for n in range(100, 105)],
        chat(user("Where?")),
    ]
    new[0] = {"messages": [dict(reversed(m.items())) for m in new[0]["messages"]]}  # order of keys
    found = compared(tmp_path, old, new)
    assert found["examples"] == {"kept": 50, "answer_changed": 3, "added": 6, "removed": 7}
    assert {f["code"]: (f["old"], f["new"]) for f in found["findings"]}["FT121"] == (0, 1)
    assert not found["drifted"]
    same = compared(tmp_path, old, list(reversed(old)))
    assert same["examples"] == {"kept": 60, "answer_changed": 0, "added": 0, "removed": 0}
    assert all(each["distance"] == 0 for each in same["distributions"])
    assert same["old"] | {"path": ""} == same["new"] | {"path": ""}


@pytest.mark.parametrize("old", [[talk(1)], [{}], [chat(user("😀"), assistant("🎉"))]])
def test_little_data_is_compared(tmp_path: Path, old: list[Any]) -> None:
    found = compared(tmp_path, old, [talk(n) for n in range(40)])
    assert found["distributions"] == [] and not found["drifted"]


def test_drift_fails_when_asked(tmp_path: Path) -> None:
    write(tmp_path / "old.jsonl", [talk(n) for n in range(60)])
    write(tmp_path / "new.jsonl", [talk(n, "It is in the harbour. " * 9) for n in range(60)])
    for more, status in ((), 0), (("--fail-on-drift",), 1):
        for form in ("table", "markdown"):
            done = inside(tmp_path, "compare", "old.jsonl", "new.jsonl", "--format", form, *more)
            assert done.status == status
            assert "answer lengths" in done.out and "drifted" in done.out
    assert ftlint(tmp_path, "compare", "old.jsonl", "gone.jsonl").status == 2
    assert ftlint(tmp_path, "compare", "old.jsonl").status == 2


def test_tokens_are_compared_where_a_model_is_named(tmp_path: Path) -> None:
    records = [talk(n) for n in range(20)]
    found = compared(tmp_path, records, records[:10], "--target", "openai:gpt-4.1-mini")
    assert found["old"]["tokens"]["total"] == 2 * found["new"]["tokens"]["total"] > 0
    assert compared(tmp_path, records, records)["old"]["tokens"] is None


def test_labels_cannot_forge_a_table(tmp_path: Path) -> None:
    old = [chat(user(f"q {n}"), assistant(["a|b\x1b[31m\n", "no"][n % 2])) for n in range(40)]
    write(tmp_path / "old.jsonl", old)
    write(tmp_path / "new.jsonl", old[:1] + old[1::2])
    done = inside(tmp_path, "compare", "old.jsonl", "new.jsonl", "--format", "markdown")
    assert "\x1b" not in done.out and "a|b" not in done.out


def test_splits_of_one_kind_are_silent(tmp_path: Path, lint: Callable[..., Any]) -> None:
    records = [talk(n) for n in range(400)]
    write(tmp_path / "a.jsonl", records[::2])
    write(tmp_path / "b.jsonl", records[1::4])
    done = inside(
        tmp_path, "check", "a.jsonl", "--validation", "b.jsonl", "--select", "FT533,FT54",
        "--format", "json",
    )  # fmt: skip
    assert done.report["findings"] == []
