"""Files for CI: the action itself, the workflows of the documentation, the GitLab template."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from command import CLEAN
from published import PUBLISHED, env
from pull_request import ACTION, ROOT, STEPS, Runner, github, runner
from worktree import WRONG, alone, commit, git, put

__all__ = ["alone", "env", "github", "runner"]  # fixtures


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
