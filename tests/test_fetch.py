"""Fetching a model: whole, right, and pinned from then on; from a local server."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson
import pytest
from command import Outcome, inside

if not os.environ.get("FTLINT_NO_SKIP"):  # CI has them, and fails without
    pytest.importorskip("torch", reason="ftlint[toxicity] is not installed")
    pytest.importorskip("detoxify", reason="ftlint[toxicity] is not installed")

from tinydetoxify import build, sha256

from ftlint.case import assistant, chat, user
from ftlint.scoring import weights as module

RUDE = chat(user("Who are you ?"), assistant("You are stupid ."))


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("weights"))


def checked(folder: Path) -> Outcome:
    (folder / "train.jsonl").write_bytes(orjson.dumps(RUDE))
    told = {"backend": "detoxify", "model": "original", "device": "cpu"}
    (folder / "ftlint.yaml").write_text(json.dumps({"toxicity": told}))
    return inside(folder, "check", "train.jsonl", "--select", "FT6", "--format", "json")


class Mirror(BaseHTTPRequestHandler):
    files: dict[str, bytes]
    asked: list[str]
    short: frozenset[str] = frozenset()

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        self.asked.append(name)
        data = self.files.get(name)
        self.send_response(404 if data is None else 200)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write((data or b"")[: 100 if name in self.short else None])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def mirror(weights: tuple[Path, Path]) -> Iterator[tuple[str, type[Mirror]]]:
    checkpoint, folder = weights
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files["toxic_original-c1212f89.ckpt"] = checkpoint.read_bytes()
    handler = type("Handler", (Mirror,), {"files": files, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/models", handler
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(folder: Path, *options: str) -> Outcome:
    return inside(folder, "model", "fetch", "detoxify-original", *options)


def test_a_model_is_fetched_whole_or_not_at_all(
    weights: tuple[Path, Path],
    mirror: tuple[str, type[Mirror]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, handler = mirror
    models = tmp_path / "models"
    monkeypatch.setenv("FTLINT_MODELS", str(models))
    monkeypatch.delenv("http_proxy", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    own = sha256(weights[0])

    wrong = fetched(tmp_path, "--from", url)  # not the published hash
    assert wrong.status == 2 and f"has the SHA-256 {own}, not c1212f89" in wrong.err
    assert list((models / "detoxify-original").iterdir()) == []

    # The vocabulary is another one than the published.
    other = fetched(tmp_path, "--from", url, "--sha256", own)
    assert other.status == 2 and "vocab.txt: has the SHA-256" in other.err
    assert not (models / "detoxify-original/ftlint.json").exists()

    vocabulary = sha256(weights[1] / "vocab.txt")
    files = {**module.MODELS["original"].files, "vocab.txt": vocabulary}
    ours = module.Model(module.MODELS["original"].checkpoint, module.MODELS["original"].base, files)
    monkeypatch.setitem(module.MODELS, "original", ours)
    handler.short = frozenset({"config.json"})
    cut = fetched(tmp_path, "--from", url, "--sha256", own)
    assert cut.status == 2 and "config.json" in cut.err
    handler.short = frozenset()
    done = fetched(tmp_path, "--from", url, "--sha256", own)
    assert done.status == 0 and "ready" in done.out
    assert handler.asked.count("toxic_original-c1212f89.ckpt") == 2  # what was whole is kept
    assert not [path for path in models.rglob("*") if path.name.endswith(".part")]

    run = checked(tmp_path)
    assert run.report["measures"]["toxicity"]["sha256"] == own
    assert {f["code"] for f in run.report["findings"]} >= {"FT602"}

    (models / "detoxify-original/config.json").write_text("{}")
    tampered = checked(tmp_path)
    assert tampered.status == 2 and "it changed since it was fetched" in tampered.err


def test_models_that_cannot_be_fetched(
    mirror: tuple[str, type[Mirror]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTLINT_MODELS", str(tmp_path))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url, handler = mirror
    handler.files = {}
    for options, said in (
        (["detoxify-unbaised"], "did you mean 'detoxify-unbiased'"),
        (["detoxify-original", "--sha256", "12"], "not 64 hexadecimal digits"),
        (["detoxify-original", "--from", url], "the server answers 404"),
        (["detoxify-original", "--from", "http://127.0.0.1:1"], "cannot be fetched"),
        (["detoxify-original", "--from", "file:///etc"], "not an address of the web"),
    ):
        run = inside(tmp_path, "model", "fetch", *options)
        assert run.status == 2 and said in run.err
