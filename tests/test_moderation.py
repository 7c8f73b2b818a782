"""The moderation endpoint: the real client against a local server that speaks it, badly."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import isnan
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import Outcome, inside

if not os.environ.get("FTLINT_NO_SKIP"):  # CI has them, and fails without
    pytest.importorskip("openai", reason="ftlint[openai] is not installed")

from ftlint.case import assistant, chat, user
from ftlint.error import ModelError
from ftlint.features.toxicity import LABELS
from ftlint.scoring import moderation
from ftlint.scoring.moderation import Moderation

NAMES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit"),
    *("self-harm", "sexual", "sexual/minors", "violence", "violence/graphic"),
)
TEXTS = [f"text {n}" for n in range(75)]


def result(text: str) -> dict[str, Any]:
    """Return what the endpoint says: words set scores, and `text 7` has 0.07."""
    number = int(text.split()[1]) / 100 if text.startswith("text ") else 0.01
    scores = dict.fromkeys(NAMES, 0.001) | {"harassment": number}
    for name in NAMES:
        if f"[{name}]" in text:
            scores[name] = 0.95
    flags = {name: score > 0.5 for name, score in scores.items()}
    return {"flagged": any(flags.values()), "categories": flags, "category_scores": scores}


Answer = tuple[int, bytes, dict[str, str]]


class Endpoint(BaseHTTPRequestHandler):
    faults: list[Callable[[list[str]], Answer | None]]
    """What goes wrong, call by call; None goes well."""
    answered: list[str]
    calls: list[list[str]]

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v1/moderations"
        assert sent["model"] == "omni-moderation-latest"
        texts = sent["input"]
        self.calls.append(texts)
        fault = self.faults.pop(0)(texts) if self.faults else None
        if fault is None:
            body = {"id": "m", "model": "omni", "results": [result(text) for text in texts]}
            fault = (200, json.dumps(body).encode(), {})
            self.answered.extend(texts)
        status, data, headers = fault
        if status == 0:
            self.connection.close()
            return
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, type[Endpoint]]]:
    told: dict[str, Any] = {"faults": [], "answered": [], "calls": []}
    handler = type("Handler", (Endpoint,), told)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("OPENAI_API_KEY", "a test, no key")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    yield f"http://127.0.0.1:{server.server_port}/v1", handler
    server.shutdown()
    server.server_close()
    thread.join()


def backend(url: str) -> Moderation:
    return Moderation(base_url=url, pause=0)


def ok(_: list[str]) -> None:
    return None


def error(status: int, **headers: str) -> Callable[[list[str]], Answer]:
    body = json.dumps({"error": {"message": f"no: {status}", "type": "x", "param": None}})
    return lambda _: (status, body.encode(), headers)


def body(data: bytes) -> Callable[[list[str]], Answer]:
    return lambda _: (200, data, {})


def short(texts: list[str]) -> Answer:
    return 200, json.dumps({"results": [result(text) for text in texts[1:]]}).encode(), {}


def empty(texts: list[str]) -> Answer:
    return 200, json.dumps({"results": [{"category_scores": {}} for _ in texts]}).encode(), {}


def gone(_: list[str]) -> Answer:
    return 0, b"", {}


FAULTS = {
    "rate limit": [error(429, **{"retry-after": "0"})],
    "rate limit without a time": [error(429)],
    "server": [error(500), error(503)],
    "closed": [gone, gone],
    "no json": [body(b"<html>busy</html>"), body(b"")],
    "another json": [body(b"[1, 2]"), body(b'{"results": 3}'), body(b'{"results": [null]}')],
    "too few results": [short],
    "no scores": [empty],
    "later": [ok, error(500), body(b"{"), ok],
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=list(FAULTS))
def test_nothing_is_lost_or_scored_twice(
    endpoint: tuple[str, type[Endpoint]], faults: list[Any]
) -> None:
    url, handler = endpoint
    handler.faults.extend(faults)
    scorer = backend(url).begin(len(TEXTS), 1)
    rows = scorer.score(TEXTS)
    assert [row and row[0] for row in rows] == [max(n / 100, 0.001) for n in range(75)]
    assert sorted(handler.answered) == sorted(TEXTS)  # each once
    assert scorer.told()["calls"] == len(handler.calls) == 3 + len(faults) - faults.count(ok)
    assert scorer.told()["repeated"] == len(faults) - faults.count(ok)
    assert max(map(len, handler.calls)) == moderation.BATCH


def test_a_timeout_is_no_answer(
    endpoint: tuple[str, type[Endpoint]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = endpoint
    hanging = threading.Event()

    def slow(_: list[str]) -> Answer:
        hanging.wait(20)
        return 0, b"", {}

    monkeypatch.setattr(moderation, "TIMEOUT", 0.3)
    handler.faults.append(slow)
    rows = backend(url).begin(1, 1).score(["text 5"])
    hanging.set()
    assert rows[0] is not None and rows[0][0] == 0.05 and len(handler.calls) == 2


def test_an_endpoint_that_stays_away_leaves_texts_without_scores(
    endpoint: tuple[str, type[Endpoint]],
) -> None:
    url, handler = endpoint
    handler.faults.extend([ok, *[error(500)] * moderation.TRIES, ok])
    rows = backend(url).begin(1, 1).score(TEXTS)
    lost = [n for n, row in enumerate(rows) if row is None]
    assert lost == list(range(32, 64)) and len(handler.answered) == 75 - 32


def test_one_text_that_is_refused_is_found(endpoint: tuple[str, type[Endpoint]]) -> None:
    url, handler = endpoint

    def picky(texts: list[str]) -> Answer | None:
        return error(400)(texts) if "text 13" in texts else None

    handler.faults.extend([picky] * 40)
    rows = backend(url).begin(1, 1).score(TEXTS)
    assert [n for n, row in enumerate(rows) if row is None] == [13]
    assert sorted(handler.answered) == sorted(set(TEXTS) - {"text 13"})


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_key_ends_the_run(endpoint: tuple[str, type[Endpoint]], status: int) -> None:
    url, handler = endpoint
    handler.faults.append(error(status))
    with pytest.raises(ModelError, match=f"no: {status}"):
        backend(url).begin(1, 1).score(["text 1"])
    assert len(handler.calls) == 1


def test_categories_become_labels(endpoint: tuple[str, type[Endpoint]]) -> None:
    scorer = backend(endpoint[0]).begin(1, 1)
    rows = scorer.score([f"[{name}]" for name in NAMES] + ["x" * 20_000 + "[hate]", "\ud800"])
    high = [
        {label for label, score in zip(LABELS, row or (), strict=True) if score > 0.5}
        for row in rows
    ]
    assert dict(zip(NAMES, high, strict=False)) == {
        "harassment": {"toxicity", "insult"},
        "harassment/threatening": {"toxicity", "threat"},
        "hate": {"toxicity", "identity_attack"},
        "hate/threatening": {"toxicity", "threat", "identity_attack"},
        "sexual": {"sexual_explicit"},
        "sexual/minors": {"sexual_explicit"},
        **{name: set() for name in ("illicit", "self-harm", "violence", "violence/graphic")},
    }
    assert high[-2] == {"toxicity", "identity_attack"} and scorer.told()["windowed"] == 1
    for row in rows:
        assert row and isnan(row[1]) and isnan(row[2])  # not judged, and so not zero


# Runs.

RECORDS = [
    chat(user("hello"), assistant("[harassment] go away")),
    chat(user("[hate/threatening]"), assistant("I'm sorry, but I can't help with that.")),
    *[chat(user(f"question {n}"), assistant(f"answer {n}")) for n in range(5)],
]


def checked(folder: Path, url: str, *options: str, **more: Any) -> Outcome:
    told = {"backend": "openai-moderation", "base-url": url, "pause": 0, **more}
    (folder / "ftlint.yaml").write_text(json.dumps({"toxicity": told}))
    (folder / "train.jsonl").write_bytes(b"".join(orjson.dumps(r) + b"\n" for r in RECORDS))
    how = ("--select", "FT6", "--format", "json", *options)
    return inside(folder, "check", "train.jsonl", *how)


def test_a_run_says_what_it_sends(endpoint: tuple[str, type[Endpoint]], tmp_path: Path) -> None:
    url, handler = endpoint
    run = checked(tmp_path, url)
    assert f"sends up to {2 * len(RECORDS)} texts" in run.err and url in run.err
    assert run.err.index("sends up to") == run.err.index("ftlint: ") + len("ftlint: ")
    assert [(f["line"], f["code"]) for f in run.report["findings"] if f["line"]] == [(1, "FT602")]
    told = run.report["measures"]["toxicity"]
    assert told["requests"] == {"refused": 1, "toxic": 0, "answered": 0}
    assert told["scored"] == 2 * len(RECORDS) and told["labels"]["obscene"] is None
    calls = len(handler.calls)
    again = checked(tmp_path, url)
    assert again.report["measures"]["toxicity"]["remembered"] == 2 * len(RECORDS)
    assert again.err == "" and len(handler.calls) == calls


def test_offline_forbids_it(
    endpoint: tuple[str, type[Endpoint]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    url, handler = endpoint
    run = checked(tmp_path, url, "--offline")
    reasons = {entry["reason"] for entry in run.report["run"]["not_run"]}
    assert reasons == {"not scored: --offline forbids to send texts to the moderation endpoint"}
    assert handler.calls == [] and "sends" not in run.err


def test_without_a_key_nothing_is_sent(
    endpoint: tuple[str, type[Endpoint]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    run = checked(tmp_path, endpoint[0])
    assert {e["reason"] for e in run.report["run"]["not_run"]} == {
        "not scored: OPENAI_API_KEY is not set"
    }
    assert endpoint[1].calls == []


def test_what_failed_stands_in_the_report(
    endpoint: tuple[str, type[Endpoint]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    url, handler = endpoint
    handler.faults.extend([error(500)] * moderation.TRIES)
    told = checked(tmp_path, url).report["measures"]["toxicity"]
    assert told["failed"] == told["not_scored"] == 2 * len(RECORDS) and told["scored"] == 0


def test_a_wrong_key_is_one_message(
    endpoint: tuple[str, type[Endpoint]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_NO_CACHE", "1")
    url, handler = endpoint
    handler.faults.append(error(401))
    run = checked(tmp_path, url)
    assert run.status == 2 and run.out == "" and "no: 401" in run.err
