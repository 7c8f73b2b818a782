"""The hooks, run by the real pre-commit on real git repositories."""

from __future__ import annotations

import gzip
import os
import sys
import sysconfig
from pathlib import Path

import orjson
import pytest
from command import CLEAN, HUMAN, inside
from published import Repository, env, published

from ftlint.case import assistant, chat, user

__all__ = ["env", "published"]  # fixtures


@pytest.fixture
def data(tmp_path: Path, env: dict[str, str], published: str) -> Repository:
    """Return a repository with a good dataset, its configuration and the hooks."""
    repository = Repository(tmp_path, env)
    (tmp_path / ".pre-commit-config.yaml").write_text(published)
    repository.put(good_jsonl=CLEAN, ftlint_yaml="data: {train: ['*.jsonl']}\n")
    return repository


def verdicts(said: str) -> list[str]:
    """Return what pre-commit says of each hook: Passed, Failed or Skipped."""
    lines = [line for line in said.splitlines() if line.startswith("ftlint (")]
    return [line.rpartition(".")[2].rpartition(")")[2] for line in lines]


def test_a_good_dataset_passes(data: Repository) -> None:
    status, said = data.hooks()
    assert (status, verdicts(said)) == (0, ["Passed", "Passed"]), said


def test_a_bad_dataset_fails(data: Repository) -> None:
    data.put(bad_jsonl=CLEAN + HUMAN, bad_ndjson_gz=gzip.compress(CLEAN * 2 + HUMAN))
    status, said = data.hooks()
    assert (status, verdicts(said)) == (1, ["Failed", "Failed"])
    assert "bad.jsonl:11:22 error FT107 role-invalid at /messages/0/role" in said
    assert "bad.ndjson.gz:21:22 error FT107 role-invalid" in said
    assert "exit code: 1" in said


def test_the_dataset_hook_sees_what_did_not_change(data: Repository) -> None:
    data.put(bad_jsonl=CLEAN + HUMAN)
    data.commit()
    data.put(good_jsonl=CLEAN * 2)
    status, said = data.hooks()
    assert (status, verdicts(said)) == (1, ["Passed", "Failed"])
    assert "bad.jsonl:11:" in said
    data.put(ftlint_yaml="data: {train: [good.jsonl]}\n")
    status, said = data.hooks()
    assert (status, verdicts(said)) == (0, ["Passed", "Passed"])


def test_other_files_are_no_business_of_the_hooks(data: Repository) -> None:
    data.commit()
    data.put(notes_txt="x", data_json="{", jsonl="{")
    status, said = data.hooks()
    assert (status, verdicts(said)) == (0, ["Skipped", "Skipped"])


def test_the_dataset_hook_sees_what_is_accepted(data: Repository) -> None:
    data.put(bad_jsonl=CLEAN + HUMAN)
    data.commit()
    entry = "suppressions:\n- {rule: role-invalid, path: bad.jsonl, reason: ours}\n"
    (data.folder / ".ftlint-ignore.yaml").write_text(entry)
    data.git("add", "--all")
    status, said = data.hooks()
    assert (status, verdicts(said)) == (0, ["Skipped", "Passed"]), said
    data.commit()
    (data.folder / ".ftlint-ignore.yaml").write_text("suppressions: []\n")
    data.git("add", "--all")
    assert data.hooks()[0] == 1


def test_a_commit_is_refused(data: Repository) -> None:
    data.run(sys.executable, "-m", "pre_commit", "install")
    data.put(bad_jsonl=CLEAN + HUMAN)
    refused = data.run("git", "commit", "--message", "bad")
    assert refused.returncode == 1 and "FT107 role-invalid" in refused.stdout + refused.stderr
    data.put(bad_jsonl=CLEAN)
    accepted = data.run("git", "commit", "--message", "good")
    assert accepted.returncode == 0, accepted.stderr


def test_what_init_writes_works(tmp_path: Path, env: dict[str, str]) -> None:
    path = os.pathsep.join([sysconfig.get_path("scripts"), env["PATH"]])
    repository = Repository(tmp_path, {**env, "PATH": path})
    words = ("harbour", "candle", "orchard", "violin", "thunder", "pebble", "anchor", "lantern")
    records = [chat(user(f"Spell {word} backwards."), assistant(word[::-1])) for word in words]
    held_out = b"".join(orjson.dumps(record) + b"\n" for record in records)
    repository.put(train_jsonl=CLEAN, eval_jsonl=held_out)
    assert inside(tmp_path, "init", "--pre-commit").status == 0
    repository.git("add", "--all")
    status, said = repository.hooks()
    assert (status, verdicts(said)) == (0, ["Passed", "Passed"]), said
    repository.put(eval_jsonl=held_out + HUMAN)
    status, said = repository.hooks()
    assert (status, verdicts(said)) == (1, ["Failed", "Failed"])
    assert "eval.jsonl:9:" in said
