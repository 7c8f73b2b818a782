"""Semantic duplicates: labelled paraphrases, what is left to others, and the sample."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from command import CLEAN, ftlint

from ftlint.analyses.semantic import Prompts, Semantics
from ftlint.case import assistant, chat, user
from ftlint.engine import Plan, run
from ftlint.error import PackError
from ftlint.example import Batch, Lines
from ftlint.report import Report
from ftlint.rules.semantic import SemanticDuplicate
from ftlint.similarity import embedding
from ftlint.source import Dataset, Source
from ftlint.summary import Groups
from ftlint.testing import check_laws

installed = pytest.mark.skipif(embedding.missing() is not None, reason=str(embedding.missing()))

PAIRS = (
    ("How can I unblock my PIN?", "I can't figure out how to unblock my PIN. Can you help?"),
    ("How can I change my password?", "What are the steps to change my password?"),
)
OTHERS = (
    "Which planet is the closest one to the sun?",
    "How long should I boil an egg for breakfast?",
    "Who painted the ceiling of the Sistine Chapel?",
    "Why do the leaves turn red every autumn?",
)


def write(path: Path, prompts: Sequence[str]) -> Path:
    lines = [
        json.dumps(chat(user(text), assistant(f"Answer {at}."))) for at, text in enumerate(prompts)
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def lint(*sources: Source, rule: SemanticDuplicate | None = None, **plan: object) -> Report:
    return run(Plan((rule or SemanticDuplicate(),), **plan), Dataset(sources))  # type: ignore[arg-type]


@installed
def test_paraphrases_are_found_and_nothing_else(tmp_path: Path) -> None:
    prompts = [*OTHERS[:2], PAIRS[0][0], PAIRS[1][1], *OTHERS[2:], PAIRS[0][1], PAIRS[1][0]]
    report = lint(Source(str(write(tmp_path / "x.jsonl", prompts))))
    found = [(f.place.line, [place.line for place in f.related]) for f in report.findings]
    assert found == [(7, [3]), (8, [4])]
    vectors = embedding.embed(prompts)
    for finding, (early, late) in zip(report.findings, [(2, 6), (3, 7)], strict=True):
        assert finding.data["cosine"] == pytest.approx(
            float(vectors[early] @ vectors[late]), abs=1e-4
        )
    assert report.measures["semantic"] == {
        "examples": 8,
        "looked": 8,
        "found": 2,
        "share": 0.25,
        "at_least": 0.25,
        "cosine": 0.9,
    }


@installed
def test_vectors_do_not_depend_on_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    texts = [*OTHERS, "x", "word " * 1000]
    together = embedding.embed(texts)
    assert together.shape == (6, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(texts, together, strict=True):
        assert (embedding.embed([text])[0] == vector).all()


@installed
@pytest.mark.parametrize("damage", [lambda raw: raw, lambda raw: raw[:-1], lambda raw: b""])
def test_vectors_are_kept_by_the_digest_of_their_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setenv("FTLINT_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(embedding, "KEPT", 5)
    first = embedding.embed(OTHERS)
    assert len(embedding._kept()) == len(OTHERS) == 4
    (entry,) = (tmp_path / "results").glob("vectors-*")
    assert not any(text.encode() in zlib.decompress(entry.read_bytes()[32:]) for text in OTHERS)
    entry.write_bytes(damage(entry.read_bytes()))
    texts = ["Quite another text.", *OTHERS[::-1], "And one more."]
    again = embedding.embed(texts)
    assert (again[1:5] == first[::-1]).all()
    assert len(embedding._kept()) == 5  # those of the last run before older ones
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    assert (embedding.embed(texts) == again).all()
    assert embedding.embed([]).shape == (0, 384)


@installed
def test_what_others_say_is_left_to_them(tmp_path: Path) -> None:
    prompts = [
        PAIRS[0][0],
        PAIRS[0][0].lower(),
        "What do 3 tickets for the 9 o'clock train cost?",
        "How much are 4 tickets for the 9 o'clock train?",
        "Hi there!",
        "Hello there!",
        "太阳系最大的行星是哪一颗？ 你知道吗？ 请 告诉 我 吧",
        "哪颗行星是太阳系中最大的？ 请 告诉 我 好 吗",
    ]
    assert lint(Source(str(write(tmp_path / "x.jsonl", prompts)))).findings == []


@installed
def test_rewritten_humaneval_is_seldom_close_enough(shared: Path) -> None:
    folder = shared / "data/truth/contamination_humaneval"
    read = [
        [json.loads(line)["text"] for line in (folder / name).read_text("utf-8").splitlines()]
        for name in ("test/HumanEval.jsonl", "rephrase/humaneval_python.jsonl")
    ]
    cosines = (embedding.embed(read[0][1::2]) * embedding.embed(read[1][1::2])).sum(axis=1)
    assert 0.03 < (cosines >= 0.9).mean() < 0.1  # what docs/contamination.md says
    assert 0.3 < (cosines >= 0.8).mean() < 0.45


def test_the_sample_is_that_of_the_least_hashes() -> None:
    raws = [
        json.dumps(chat(user(f"Tell me something of number {n}"), assistant("Ok"))).encode()
        for n in range(90)
    ]
    wanted = sorted(range(90), key=lambda n: crc32(b"%d" % n))[:7]
    for size in (1, 8, 90):
        analysis = Semantics(7, 0.9)
        total: Groups[int] = Groups()
        for first in range(0, 90, size):
            total = total.merge(
                analysis.summarize(Batch(Lines(0, first, raws[first : first + size])))
            )
        prompts: Prompts = total.of[0]
        assert [ordinal for _, ordinal, _, _ in prompts.kept] == wanted
        assert prompts.total == 90


@installed
def test_sizes_never_change_the_report_and_the_sample_is_told(tmp_path: Path) -> None:
    prompts = [
        text for at in range(12) for text in (f"{PAIRS[0][at % 2]}{'!' * at}", OTHERS[at % 4])
    ]
    source = Source(str(write(tmp_path / "x.jsonl", prompts)))
    rule = SemanticDuplicate(sample=10)
    wanted = [(f.place, f.message) for f in lint(source, rule=rule).findings]
    assert wanted and "of a sample of 10 of 24 examples, and at least" in wanted[0][1]
    for size in (1, 5):
        assert [
            (f.place, f.message) for f in lint(source, rule=rule, batch_size=size).findings
        ] == wanted


@installed
def test_only_training_files_are_compared(tmp_path: Path) -> None:
    path = str(write(tmp_path / "x.jsonl", PAIRS[0]))
    assert lint(Source(path, "validation")).findings == []
    assert len(lint(Source(path)).findings) == 1


def test_summaries_merge(tmp_path: Path) -> None:
    raws = write(tmp_path / "x", [*OTHERS, *PAIRS[0]]).read_bytes().splitlines()
    batches = [Batch(Lines(0, at, raws[at : at + 2])) for at in (0, 2, 4)]
    if embedding.missing() is None:
        assert check_laws(SemanticDuplicate(sample=3), batches) == []


def test_without_the_extra_it_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "NEEDED", ("numpy", "a_package_that_is_not_there"))
    assert SemanticDuplicate().unready() == (
        "a_package_that_is_not_there is not installed (pip install 'ftlint[semantic]')"
    )


def test_another_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"another")
    with pytest.raises(PackError, match=r"model.onnx: not the file that ftlint was tested with"):
        embedding._checked(tmp_path / "model.onnx")
    with pytest.raises(PackError, match="cannot be read: No such file"):
        embedding._checked(tmp_path / "tokenizer.json")


@pytest.mark.parametrize("options", [{"cosine": 0.0}, {"cosine": 1.1}, {"sample": 1}])
def test_wrong_options(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"cosine is|sample is"):
        SemanticDuplicate(**options)  # type: ignore[arg-type]


def test_it_is_off_by_default(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(CLEAN)
    done = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT4", "--format", "json")
    assert "FT430" not in done.report["run"]["rules"]
