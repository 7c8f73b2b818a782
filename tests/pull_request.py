"""A pull request: a GitHub that answers on this machine, and a runner of the action."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import orjson
import pytest
import yaml
from command import CLEAN
from worktree import WRONG, commit, git, put

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]
OUR_STEPS = ("Check the dataset", "Comment on the pull request", "Verdict")
EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


class GitHub(BaseHTTPRequestHandler):
    """As much of GitHub's API as comments need."""

    comments: list[dict[str, Any]]
    answers: list[tuple[str, str]]
    foreign: set[int]
    status = 200

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _asked(self) -> tuple[str, dict[str, list[str]], dict[str, str]]:
        url = urlparse(self.path)
        self.answers.append((self.command, url.path))
        assert self.headers["Authorization"] == "Bearer tok"
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        return url.path, parse_qs(url.query), json.loads(body or b"{}")

    def do_GET(self) -> None:
        path, query, _ = self._asked()
        assert path == "/api/v3/repos/me/data/issues/7/comments"
        first = (int(query["page"][0]) - 1) * int(query["per_page"][0])
        self._answer(self.status, self.comments[first : first + int(query["per_page"][0])])

    def do_POST(self) -> None:
        _, _, body = self._asked()
        if self.status == 200:
            self.comments.append({"id": len(self.comments) + 1, **body})
        self._answer(201 if self.status == 200 else self.status, self.comments[-1])

    def do_PATCH(self) -> None:
        path, _, body = self._asked()
        number = int(path.rpartition("/")[2])
        if number in self.foreign:
            return self._answer(403, {})
        self.comments[number - 1].update(body)
        self._answer(200, self.comments[number - 1])

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def github() -> Iterator[type[GitHub]]:
    class Server(GitHub):
        pass

    Server.comments, Server.answers, Server.foreign = [], [], set()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        Server.url = f"http://127.0.0.1:{server.server_port}/api/v3"  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Server
        server.shutdown()
        thread.join()


class Runner:
    """Runs the shell steps of the action as a runner does."""

    def __init__(self, work: Path, temp: Path, api: str) -> None:
        self.work, self.temp, self.outputs = work, temp, dict[str, str]()
        self.said = ""
        python = temp / "ftlint-env" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        self.payload: dict[str, Any] = {"pull_request": {"number": 7}}
        self.variables = {
            **os.environ,
            "RUNNER_TEMP": str(temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": api,
            "GITHUB_REPOSITORY": "me/data",
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_SHA": git(work, "rev-parse", "HEAD"),
            **{f"GITHUB_{name}": str(temp / name) for name in ("EVENT_PATH", "STEP_SUMMARY")},
        }

    def run(self, **inputs: str) -> int:
        """Run all shell steps; return the status of the last one."""
        (self.temp / "EVENT_PATH").write_text(json.dumps(self.payload))
        self.variables["GITHUB_SHA"] = git(self.work, "rev-parse", "HEAD")
        given = {name: each.get("default", "") for name, each in ACTION["inputs"].items()}
        given |= {"token": "tok", **{name.replace("_", "-"): v for name, v in inputs.items()}}
        assert given.keys() == ACTION["inputs"].keys()
        self.outputs.clear()
        status = 0
        for step in STEPS:
            if step.get("name") in OUR_STEPS and self._wanted(step.get("if", ""), given):
                status = self._step(step, given)
        return status

    def _value(self, expression: str, given: Mapping[str, str]) -> str:
        match expression.split("."):
            case ["inputs", name]:
                return given[name]
            case ["steps", "check", "outputs", name]:
                return self.outputs.get(name, "")
        raise AssertionError(expression)

    def _wanted(self, condition: str, given: Mapping[str, str]) -> bool:
        for clause in filter(None, EXPRESSION.sub(r"\1", condition).split(" && ")):
            left, sign, right = re.split(" (==|!=) ", clause)
            if (self._value(left, given) == right.strip("'")) is not (sign == "=="):
                return False
        return True

    def _step(self, step: Mapping[str, Any], given: Mapping[str, str]) -> int:
        own = {
            name: EXPRESSION.sub(lambda match: self._value(match[1], given), value)
            for name, value in step["env"].items()
        }
        output = self.temp / "GITHUB_OUTPUT"
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.work,
            env={**self.variables, **own, "GITHUB_OUTPUT": str(output)},
            capture_output=True,
            text=True,
        )
        assert "Traceback" not in done.stderr, done.stderr
        self.said += done.stdout + done.stderr
        for name, _, value in re.findall(
            r"^(\w+)<<(.*)\n((?s:.*?))\n\2\n", output.read_text(), re.M
        ):
            self.outputs[name] = value
        return done.returncode

    @property
    def found(self) -> list[tuple[int, str]]:
        report = orjson.loads(Path(self.outputs["report"]).read_bytes())
        return [(each["line"], each["code"]) for each in report["findings"]]

    @property
    def summary(self) -> str:
        return (self.temp / "STEP_SUMMARY").read_text("utf-8")


@pytest.fixture
def runner(tmp_path: Path, github: Any) -> Runner:
    work, temp = tmp_path / "work", tmp_path / "temp"
    work.mkdir()
    temp.mkdir()
    git(work, "init", "--quiet", "--initial-branch=main")
    put(work, CLEAN + WRONG[0])
    (work / "ftlint.yaml").write_text("data: {train: [train.jsonl]}\n")
    commit(work)
    return Runner(work, temp, github.url)
