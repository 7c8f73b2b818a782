"""Detoxify: the real package and loader on a tiny checkpoint, offline, with sockets blocked.

These tests say that its scores are passed on as they are; they say nothing about its real weights.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import socket
from functools import partial
from itertools import pairwise
from math import isnan
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import Outcome, ftlint, inside, timeless

if not os.environ.get("FTLINT_NO_SKIP"):  # CI has them, and fails without
    pytest.importorskip("torch", reason="ftlint[toxicity] is not installed")
    pytest.importorskip("detoxify", reason="ftlint[toxicity] is not installed")

from tinydetoxify import CALM, build, changed, sha256

from ftlint.case import assistant, chat, user
from ftlint.configuration.config import load
from ftlint.configuration.selection import Selection
from ftlint.error import FtlintError, ModelError
from ftlint.features.toxicity import LABELS
from ftlint.scoring import inference
from ftlint.scoring.detoxify import Detoxify
from ftlint.scoring.setting import with_toxicity
from ftlint.session import Request, Session

NAMES = {"toxic": "toxicity", "severe_toxic": "severe_toxicity", "identity_hate": "identity_attack"}
REQUESTS = [
    chat(user("Who are you ?"), assistant("You are stupid .")),
    chat(user("Who are they ?"), assistant("my queer friends")),
    chat(user("hello"), assistant("thank you")),
    chat(user("you are stupid ."), assistant("it is kind")),
    *[chat(user(f"question {n} ?"), assistant(f"answer {n} from the men")) for n in range(8)],
]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def backend(weights: tuple[Path, Path], **options: Any) -> Detoxify:
    checkpoint, folder = weights
    told = {"checkpoint": str(checkpoint), "sha256": sha256(checkpoint), "tokenizer": str(folder)}
    return Detoxify(**(told | {"device": "cpu"} | options))


def some_texts() -> list[str]:
    draw = random.Random(3)
    words = CALM.split()
    calm = [" ".join(draw.choices(words, k=draw.randint(1, 30))) for _ in range(70)]
    return [f"{text} stupid" if n % 5 == 0 else text for n, text in enumerate(calm)]


@pytest.mark.usefixtures("offline")
def test_scores_are_those_of_predict(weights: tuple[Path, Path]) -> None:
    scorer = backend(weights).begin(1, 1)
    texts = [*some_texts(), "", "😀", "\ud800 stupid", "Größe"]
    ours = scorer.score(texts)
    real = scorer._real
    for text, row in zip(texts, ours, strict=True):
        single = real.predict([text.encode("utf-8", "replace").decode(), "x"])
        for label, score in zip(LABELS, row, strict=True):
            if label == "sexual_explicit":
                assert isnan(score)  # this checkpoint does not know it
            else:
                assert score == pytest.approx(single[label][0], abs=1e-5)
    assert min(row[0] for row in ours) < 0.2 and max(row[0] for row in ours) > 0.8
    assert scorer.score([]) == []
    assert len(scorer.score(["stupid"])) == 1


@pytest.mark.usefixtures("offline")
def test_long_texts_are_read_in_windows(weights: tuple[Path, Path]) -> None:
    scorer = backend(weights).begin(1, 1)
    calm = "the answer is nice . " * 60
    text = f"{calm} you are stupid . {calm}"
    (row,) = scorer.score([text])
    windows = scorer._windows(text)
    alone = scorer._real.predict(windows)
    assert row[0] == pytest.approx(max(alone["toxicity"]), abs=1e-5)
    assert row[4] == pytest.approx(max(alone["insult"]), abs=1e-5)
    assert scorer.told()["truncated"] == 0
    assert [window for window in windows if "stupid" in window]
    assert text.startswith(windows[0]) and text.endswith(windows[-1])
    assert all(a[-12:] in b for a, b in pairwise(windows))  # they overlap
    scorer.score(["nice " * 5000])
    assert scorer.told()["truncated"] == 1
    limit = scorer._real.tokenizer.model_max_length
    assert all(len(ids) <= limit for ids in scorer._ids(windows))
    assert limit == 48  # of the configuration: the folder does not say it


@pytest.mark.parametrize("precision", ["bfloat16", "int8"])
def test_a_faster_precision_is_checked_first(
    weights: tuple[Path, Path], precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = some_texts()
    exact = backend(weights).begin(1, 1).score(texts)
    scorer = backend(weights, precision=precision).begin(1, 1)
    rows = scorer.score(texts)
    told = scorer.told()
    assert told["precision"] == precision
    assert 0 < told["precision_difference"] <= inference.TOLERANCE
    assert all(abs(a[0] - b[0]) < 0.1 for a, b in zip(rows, exact, strict=True))

    monkeypatch.setattr(inference, "TOLERANCE", 0.0)
    refused = backend(weights, precision=precision).begin(1, 1)
    assert refused.score(texts) == exact
    assert refused.told()["precision"] == "float32"


# What is wrong with files.


def drop(name: str, told: dict[str, Any]) -> None:
    del told["state_dict"][name]


def forget(told: dict[str, Any]) -> None:
    del told["config"]


WRONG = [
    ("no-classifier", partial(drop, "classifier.weight"), "classifier.weight is missing"),
    ("no-layer", partial(drop, "bert.pooler.dense.bias"), "bert.pooler.dense.bias is missing"),
    ("no-config", forget, "no checkpoint of Detoxify"),
]


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(("name", "change", "said"), WRONG)
def test_checkpoints_that_lack_something(
    weights: tuple[Path, Path], name: str, change: Any, said: str
) -> None:
    path = changed(weights[0], f"{name}.ckpt", change)
    with pytest.raises(ModelError, match=said):
        backend((path, weights[1])).begin(1, 1)


class Trap:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("code of the checkpoint was run",))


@pytest.mark.usefixtures("offline")
def test_damaged_and_dangerous_checkpoints(weights: tuple[Path, Path], tmp_path: Path) -> None:
    cut = tmp_path / "cut.ckpt"
    cut.write_bytes(weights[0].read_bytes()[:9000])
    trap = tmp_path / "trap.ckpt"
    trap.write_bytes(pickle.dumps(Trap()))
    for path in (cut, trap):
        with pytest.raises(ModelError, match="or damaged"):
            backend((path, weights[1])).begin(1, 1)


@pytest.mark.usefixtures("offline")
def test_a_folder_without_vocabulary(weights: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((weights[1] / "config.json").read_bytes())
    with pytest.raises(ModelError, match="its vocabulary is missing"):
        backend((weights[0], tmp_path)).begin(1, 1)


def test_mistakes_in_the_configuration(weights: tuple[Path, Path], tmp_path: Path) -> None:
    checkpoint, folder = weights
    good = {"sha256": sha256(checkpoint), "tokenizer": str(folder), "checkpoint": str(checkpoint)}
    empty = tmp_path / "empty"
    empty.mkdir()
    wrong: list[tuple[dict[str, Any], str]] = [
        (good | {"sha256": "0" * 64}, "has the SHA-256"),
        (good | {"sha256": "abc"}, "64 hexadecimal digits"),
        ({k: v for k, v in good.items() if k != "sha256"}, "'sha256' is missing"),
        ({k: v for k, v in good.items() if k != "tokenizer"}, "'tokenizer' is missing"),
        ({k: v for k, v in good.items() if k != "checkpoint"}, "goes with 'checkpoint'"),
        (good | {"tokenizer": str(empty)}, "no config.json"),
        (good | {"checkpoint": str(tmp_path / "none.ckpt")}, "cannot be read"),
        (good | {"checkpoint": str(empty)}, "holds 0 files"),
        (good | {"model": "unbaised"}, "did you mean 'unbiased'"),
        (good | {"base-url": "http://x"}, "is for openai-moderation, not for detoxify"),
        (good | {"threshold": 2}, "above 0 and up to 1"),
        (good | {"precision": "int4"}, "must be float32, bfloat16 or int8"),
    ]
    for told, said in wrong:
        path = configured(tmp_path, **told)
        with pytest.raises(FtlintError, match=said) as found:
            config = load(path)
            with_toxicity(config, Selection((), {}, None), False)
        assert str(found.value).startswith(f"{path}:"), found.value
        assert f"{path}:1:1:" not in str(found.value)


# Runs.


def configured(folder: Path, **toxicity: Any) -> Path:
    path = folder / "ftlint.yaml"
    path.write_text(json.dumps({"toxicity": {"backend": "detoxify"} | toxicity}, indent=1))
    return path


def chosen(weights: tuple[Path, Path], **more: Any) -> dict[str, Any]:
    checkpoint, folder = weights
    told = {"checkpoint": str(checkpoint), "sha256": sha256(checkpoint), "device": "cpu"}
    return told | {"tokenizer": str(folder)} | more


def written(folder: Path, records: list[Any] = REQUESTS) -> None:
    (folder / "train.jsonl").write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in records))


def checked(folder: Path, *options: str) -> Outcome:
    return inside(folder, "check", "train.jsonl", "--select", "FT6", "--format", "json", *options)


@pytest.mark.usefixtures("offline")
def test_a_run_reports_what_detoxify_says(weights: tuple[Path, Path], tmp_path: Path) -> None:
    written(tmp_path)
    configured(tmp_path, **chosen(weights))
    run = checked(tmp_path)
    found = {(f["line"], f["code"]) for f in run.report["findings"] if f["line"]}
    assert (1, "FT602") in found and (2, "FT609") in found
    assert {line for line, _ in found} <= {1, 2}
    assert run.status == 1
    assert "stupid" not in run.out and "queer" not in run.out
    told = run.report["measures"]["toxicity"]
    different = {m["content"] for record in REQUESTS for m in record["messages"]}
    assert told["different"] == told["scored"] == len(different)
    assert told["sha256"] == sha256(weights[0]) and told["not_scored"] == 0
    assert told["labels"]["sexual_explicit"] is None and told["labels"]["toxicity"] >= 3
    assert told["roles"]["user"]["toxic"] == 1 and told["requests"]["answered"] == 1
    assert run.report["run"]["not_run"] == []

    shown = inside(tmp_path, "check", "train.jsonl", "--select", "FT6", "--show-content")
    assert "You are stupid" in shown.out
    assert f"detoxify has scored {len(different)} of {len(different)} different" in shown.out


@pytest.mark.usefixtures("offline")
def test_nothing_is_scored_twice(weights: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    written(folder, [*REQUESTS, chat(user("a nice one"), assistant("of its own"))])
    configured(folder, **chosen(weights))
    first, second = (checked(folder) for _ in range(2))
    told = [run.report["measures"]["toxicity"] for run in (first, second)]
    assert told[1]["remembered"] == told[1]["scored"] > told[0]["remembered"]
    assert first.report["findings"] == second.report["findings"]
    assert "device" not in told[1]  # nothing was loaded


@pytest.mark.usefixtures("offline")
def test_the_report_does_not_depend_on_shards_and_processes(
    weights: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    draw = random.Random(5)
    records = [chat(user(draw.choice(some_texts())), assistant(t)) for t in some_texts()]
    written(tmp_path, records)
    configured(tmp_path, **chosen(weights, **{"max-texts": 40}))
    usual = timeless(checked(tmp_path).out)
    assert json.loads(usual)["findings"]
    assert timeless(checked(tmp_path, "--jobs", "2").out) == usual
    from ftlint import source

    monkeypatch.setattr(source.Dataset, "shards", _small(source.Dataset.shards))
    assert timeless(checked(tmp_path).out) == usual


def _small(shards: Any) -> Any:
    def smaller(self: Any) -> Any:
        self.shard_size = 700
        return shards(self)

    return smaller


@pytest.mark.usefixtures("offline")
def test_a_budget_leaves_an_estimate(weights: tuple[Path, Path], tmp_path: Path) -> None:
    records = [chat(user(f"hello {n}"), assistant(t)) for n, t in enumerate(some_texts())]
    written(tmp_path, records)
    configured(tmp_path, **chosen(weights, **{"max-texts": 50}))
    told = checked(tmp_path).report["measures"]["toxicity"]
    assert told["scored"] == 50 and told["not_scored"] == told["different"] - 50 > 0
    found = told["estimate"]
    assert 0 < found["low"] <= found["share"] <= found["high"] < 1 and found["sampled"] >= 5
    configured(tmp_path, **chosen(weights, **{"max-texts": 0}))
    exact = checked(tmp_path).report["measures"]["toxicity"]
    assert exact["estimate"] is None and exact["remembered"] == 50
    assert found["low"] <= exact["toxic"] / exact["different"] <= found["high"]


@pytest.mark.usefixtures("offline")
def test_the_table_has_the_scores(weights: tuple[Path, Path], tmp_path: Path) -> None:
    written(tmp_path, [*REQUESTS, {"messages": []}])
    configured(tmp_path, **chosen(weights))
    config = str(tmp_path / "ftlint.yaml")
    request = Request(paths=(str(tmp_path / "train.jsonl"),), config=config, table=True)
    session = Session.open(request)
    frame = session.check(session.sources()).measures_frame()
    assert frame["toxicity_answer"][0] > 0.8 and frame["toxicity_user"][0] < 0.5
    assert frame["toxicity_user"][3] > 0.8
    shown = frame[["toxicity", "toxicity_user", "toxicity_answer"]]
    assert shown.round(4).equals(shown)
    assert frame["toxicity"].isna().tolist() == [False] * len(REQUESTS) + [True]
    assert frame["sexual_explicit"].isna().all() and not frame["threat"][:4].isna().any()


def test_without_weights_nothing_is_called_clean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_MODELS", str(tmp_path / "models"))
    written(tmp_path)
    configured(tmp_path)
    run = inside(tmp_path, "check", "train.jsonl")
    assert "not scored by Detoxify: no weights here (ftlint model fetch detoxify-unb" in run.out
    report = inside(tmp_path, "check", "train.jsonl", "--format", "json").report
    absent = {e["code"] for e in report["run"]["not_run"] if "Detoxify" in e["reason"]}
    assert {"FT601", "FT602", "FT605", "FT608", "FT610"} <= absent
    assert "toxicity" not in report["measures"]


def test_a_process_of_its_own(weights: tuple[Path, Path], tmp_path: Path) -> None:
    written(tmp_path)
    configured(tmp_path, **chosen(weights))
    run = ftlint(tmp_path, "check", "train.jsonl", "--select", "FT602", "--format", "concise")
    assert run.status == 1 and "FT602" in run.out and run.err == ""
