"""A small part of `benchmarks/campaign.py`, which has gone through very many lines of this kind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import hostile
from campaign import AGAIN, ALL_WAYS, Tally, Trial, called, make
from mutation import Mutator, origins


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return origins()


@pytest.mark.parametrize(
    ("seed", "length", "depth"),
    [*((seed, 120, 0) for seed in range(4)), (4, 80, AGAIN), (5, 40, ALL_WAYS)],
)
def test_generated_lines_go_all_ways(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: list[bytes],
    seed: int,
    length: int,
    depth: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    tally = Tally()
    (tmp_path / "a.jsonl").write_bytes(make(seed + 100, 30, lines))
    (tmp_path / "b.jsonl").write_bytes(make(seed, length, lines))
    Trial(tally, seed).run(depth)
    assert tally.wrong == []
    assert tally.calls["check"] >= 1 and (depth < ALL_WAYS or tally.calls["convert"] > 9)


def test_a_seed_makes_its_lines_again(lines: list[bytes]) -> None:
    one, two, three = (list(Mutator(seed, lines).file(200)) for seed in (7, 7, 8))
    assert one == two != three
    assert sum(line not in set(lines) for line in one + three) > 40


@pytest.mark.parametrize("name", hostile.names())
def test_long_texts_and_records_are_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """`benchmarks/hostile.py` measures that they take linear time."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(hostile.content(name, 6000))
    status, said = called("check", "a.jsonl", "--jobs", "1", "--output", "report", "--quiet")
    assert (status, said) in ((0, ""), (1, ""))
