"""The GitHub Action and the GitLab template: their own steps, run as the services run them."""

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
from command import CLEAN, HUMAN
from test_changed import WRONG, alone, commit, git, put
from test_precommit import PUBLISHED, env

from ftlint.afterwards.suppression import NAME
from ftlint.reporters.markdown import MARKER

__all__ = ["alone", "env"]  # fixtures
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


SELECT = {"select": "FT107\nFT010"}


def test_a_pull_request_gets_what_it_added(runner: Runner, github: type[GitHub]) -> None:
    git(runner.work, "checkout", "--quiet", "-b", "topic")
    put(runner.work, WRONG[1] + CLEAN + WRONG[0])
    commit(runner.work)
    git(runner.work, "checkout", "--quiet", "main")
    put(runner.work, CLEAN + WRONG[0] + WRONG[2])
    runner.payload["pull_request"]["base"] = {"sha": git(runner.work, "rev-parse", "main")}
    commit(runner.work)  # after the event: the merge is with what main is now
    git(runner.work, "merge", "--quiet", "--no-edit", "topic")
    assert runner.run(**SELECT) == 1
    assert runner.found == [(1, "FT107")]
    assert runner.outputs["passed"] == "false" and runner.outputs["findings"] == "1"
    assert "::error file=train.jsonl,line=1," in runner.said
    assert runner.summary.startswith(MARKER) and "❌ ftlint failed" in runner.summary
    (comment,) = github.comments
    assert comment["body"] == runner.summary.removesuffix("\n")

    put(runner.work, CLEAN + WRONG[0])
    commit(runner.work)
    assert runner.run(**SELECT) == 0
    assert runner.outputs["passed"] == "true"
    assert len(github.comments) == 1 and "✅ ftlint passed" in comment["body"]


def test_a_shallow_checkout_is_deepened(
    runner: Runner, tmp_path: Path, github: type[GitHub]
) -> None:
    work = runner.work
    git(work, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(work, "checkout", "--quiet", "-b", "topic")
    put(work, CLEAN + WRONG[0] + WRONG[1])
    commit(work)
    git(work, "checkout", "--quiet", "main")
    git(work, "merge", "--quiet", "--no-ff", "--no-edit", "topic")
    runner.work = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", work.as_uri(), str(runner.work))
    runner.payload["pull_request"]["base"] = {"sha": git(work, "rev-parse", "HEAD^1")}
    assert runner.run(**SELECT) == 1
    assert runner.found == [(12, "FT107")]


def test_a_push_is_compared_with_what_was_there(runner: Runner, github: type[GitHub]) -> None:
    before = git(runner.work, "rev-parse", "HEAD")
    put(runner.work, CLEAN + WRONG[1])
    commit(runner.work)
    runner.payload = {"before": before}
    assert runner.run(**SELECT) == 1
    assert runner.found == [(11, "FT107")]
    assert runner.outputs["comment"] == "" and github.answers == []
    for absent in ("0" * 40, "", None):
        runner.payload = {"before": absent}
        runner.run(**SELECT)
        assert "--since" not in runner.said
    runner.payload = {"before": "1" * 40}
    runner.run(**SELECT)
    assert "::warning::1111111" in runner.said and runner.found == [(11, "FT107")]


def test_inputs_are_options(runner: Runner) -> None:
    put(runner.work, CLEAN + WRONG[0] + HUMAN)
    put(runner.work, CLEAN + WRONG[5], "held out.jsonl")
    inputs = {"since": "", "validation": "held out.jsonl", "max_findings": "1", "comment": "false"}
    assert runner.run(paths="train.jsonl", fail_on="never", **inputs, **SELECT) == 0
    assert runner.found == [(11, "FT107")]
    assert runner.outputs["findings"] == "3"
    assert runner.run(severity="FT107=note", **inputs, **SELECT) == 0
    assert runner.run(ignore="role-invalid", **inputs) == 0
    (runner.work / "other.yaml").write_text("fail-on: never\n")
    assert runner.run(config="other.yaml", paths="train.jsonl", **inputs) == 0
    assert runner.run(target="nobody", **inputs) == 2
    assert "::error title=ftlint could not run::ftlint: --target: " in runner.said


def test_nothing_in_an_input_is_run(runner: Runner) -> None:
    evil = "$(touch pwned)`touch pwned`\"; touch pwned; '\n--output=pwned\n-o=json=pwned"
    for name in ("paths", "select", "config", "baseline", "since", "severity", "fail_on"):
        assert runner.run(**{name: evil}, comment="false") == 2
    assert runner.run(name=evil, since="", comment="false", **SELECT) == 1
    assert not list(runner.work.glob("**/pwned*"))
    assert "\n## " in Path(runner.outputs["folder"], "ftlint.md").read_text("utf-8")


def test_sarif_for_code_scanning_lacks_what_is_suppressed(runner: Runner) -> None:
    put(runner.work, CLEAN + WRONG[0] + HUMAN)
    entry = {"rule": "FT107", "reason": "ours", "record": {"/messages/0/content": "Hi"}}
    (runner.work / NAME).write_bytes(orjson.dumps({"suppressions": [entry]}))
    assert runner.run(since="", comment="false", **SELECT) == 1
    (run,) = orjson.loads(Path(runner.outputs["sarif"]).read_bytes())["runs"]
    lines = [r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in run["results"]]
    assert lines == [11]
    report = orjson.loads(Path(runner.outputs["report"]).read_bytes())
    assert report["counts"]["suppressed"] == 1


# The comment.


def bodies(github: type[GitHub]) -> list[str]:
    return [str(each["body"]).split("\n")[0] for each in github.comments]


def test_the_comment_is_found_among_many(runner: Runner, github: type[GitHub]) -> None:
    chatter = [{"id": n, "body": f"nice {MARKER}"} for n in range(1, 206)]
    github.comments[:] = chatter
    github.comments.append({"id": 206, "body": f"{MARKER}\nold"})
    assert runner.run(since="", **SELECT) == 1
    assert [method for method, _ in github.answers] == ["GET", "GET", "GET", "PATCH"]
    assert "ftlint failed" in github.comments[-1]["body"] and len(github.comments) == 206


def test_a_comment_of_somebody_else_is_left_alone(runner: Runner, github: type[GitHub]) -> None:
    github.comments.append({"id": 1, "body": f"{MARKER}\nforged"})
    github.foreign.add(1)
    runner.run(since="", **SELECT)
    assert github.comments[0]["body"].endswith("forged")
    assert bodies(github) == [MARKER] * 2 and "comment created" in runner.said


def test_two_uses_have_two_comments(runner: Runner, github: type[GitHub]) -> None:
    for _ in range(2):
        runner.run(since="", **SELECT)
        runner.run(since="", name="eval set", **SELECT)
    assert bodies(github) == [MARKER, "<!-- ftlint report: eval-set -->"]
    assert "❌ ftlint (eval-set) failed" in github.comments[1]["body"]
    assert runner.outputs["category"] == "ftlint-eval-set"


def test_a_clean_pull_request_has_no_comment(runner: Runner, github: type[GitHub]) -> None:
    put(runner.work, CLEAN)
    assert runner.run(since="", **SELECT) == 0
    assert github.comments == [] and "comment not needed" in runner.said


@pytest.mark.parametrize("status", [403, 500])
def test_a_token_that_may_not_is_no_failure(
    runner: Runner, github: type[GitHub], status: int
) -> None:
    github.status = status
    put(runner.work, CLEAN)
    assert runner.run(since="", **SELECT) == 0
    assert f"::warning title=ftlint::no comment: GitHub answers {status}" in runner.said
    assert ("pull-requests: write" in runner.said) is (status == 403)


def test_without_a_network_there_is_a_warning(runner: Runner) -> None:
    runner.variables["GITHUB_API_URL"] = "http://127.0.0.1:9"
    assert runner.run(since="", **SELECT) == 1
    assert "::warning title=ftlint::no comment: " in runner.said


# The files themselves.


def test_the_action_is_careful() -> None:
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        if "uses" in step:
            assert re.fullmatch(r"(actions|github)/[\w/-]+@v\d+", step["uses"])
        else:
            assert step["shell"] == "bash"
    text = (ROOT / "action.yml").read_text("utf-8")
    used = set(re.findall(r"inputs\.([\w-]+)", text))
    assert used == set(ACTION["inputs"])
    assert all(each["description"] for each in ACTION["inputs"].values())


def test_ftlint_is_installed_from_the_action(tmp_path: Path, env: dict[str, str]) -> None:
    import shutil

    folder = tmp_path / "action"
    folder.mkdir()
    for name in (*PUBLISHED, "action"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copy(ROOT / name, folder)
    step = next(each for each in STEPS if each.get("name") == "Install ftlint")
    variables = {
        **env,
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTION_PATH": str(folder),
        "FTLINT_PYTHON": sys.executable,
        "FTLINT_VERSION": "",
    }
    done = subprocess.run(
        ["bash", "-c", step["run"]], env=variables, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ftlint, version")
    variables["FTLINT_VERSION"] = "1.0 --index-url=https://evil.test"
    done = subprocess.run(
        ["bash", "-c", step["run"]], env=variables, capture_output=True, text=True
    )
    assert done.returncode == 2 and "is no version" in done.stdout


TEMPLATE = list(yaml.safe_load_all((ROOT / "templates/ftlint.yml").read_text("utf-8")))


def examples(start: str, page: str = "ci.md") -> Any:
    page = (ROOT / "docs" / page).read_text("utf-8")
    (text,) = re.findall(rf"^```yaml\n(# {re.escape(start)}\n.*?)^```$", page, re.M | re.S)
    return yaml.safe_load(text)


def test_the_documented_workflows_use_what_there_is() -> None:
    workflow = examples(".github/workflows/dataset.yml")
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    (job,) = workflow["jobs"].values()
    assert job["steps"][1]["with"].keys() <= ACTION["inputs"].keys()
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    table = page.partition("| input |")[2].partition("Outputs:")[0]
    assert set(re.findall(r"`([a-z-]+)`(?=[,` |a-z-]*\|)", table)) >= ACTION["inputs"].keys()
    (included,) = examples(".gitlab-ci.yml")["include"]
    assert included["inputs"].keys() <= TEMPLATE[0]["spec"]["inputs"].keys()
    assert included["remote"].endswith("/templates/ftlint.yml")
    hooks_told = examples(".pre-commit-config.yaml", "guides/pre-commit.md")["repos"][0]["hooks"]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert [each["id"] for each in hooks_told] == [each["id"] for each in hooks]


def gitlab(folder: Path, **variables: str) -> tuple[int, str]:
    """Run the script of the template; return its status and what it wrote."""
    spec, jobs = TEMPLATE
    given = {name: each["default"] for name, each in spec["spec"]["inputs"].items()}
    own = {
        name: re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: given[match[1]], value)
        for name, value in jobs["ftlint"]["variables"].items()
    }
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    (script,) = jobs["ftlint"]["script"]
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, **own, **variables},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_gitlab_job_reports_what_a_merge_request_adds(runner: Runner) -> None:
    work = runner.work
    base = git(work, "rev-parse", "HEAD")
    put(work, WRONG[1] + CLEAN + WRONG[0])
    commit(work)
    status, said = gitlab(work, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert status == 1 and "train.jsonl:1:22 FT107" in said and ":12:" not in said
    report = json.loads((work / "gl-code-quality-report.json").read_text("utf-8"))
    assert {entry["location"]["lines"]["begin"] for entry in report} == {1}
    named = TEMPLATE[1]["ftlint"]["artifacts"]["reports"]
    assert all((work / path).is_file() for path in named.values())
    status, said = gitlab(work)
    assert status == 1 and ":12:22 FT107" in said
    status, said = gitlab(work, FTLINT_PATHS="a b.jsonl\n$(touch pwned)\n--output=pwned")
    assert status == 2 and "a b.jsonl: no such file" in said
    assert gitlab(work, FTLINT_FAIL_ON="never", CI_MERGE_REQUEST_TARGET_BRANCH_SHA="HEAD")[0] == 0
    assert not (work / "pwned").exists()
