"""The GitHub Action and the GitLab template: their own steps, run as the services run them."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from command import CLEAN, HUMAN
from pull_request import GitHub, Runner, github, runner
from worktree import WRONG, alone, commit, git, put

from ftlint.afterwards.suppression import NAME
from ftlint.reporters.markdown import MARKER

__all__ = ["alone", "github", "runner"]  # fixtures


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
