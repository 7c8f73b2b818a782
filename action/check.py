"""The step of the GitHub Action that runs ftlint: inputs in the environment, reports in a folder.

It ends with 0 whatever ftlint found, so that the steps after it can comment and upload; the last
step fails with the status that is among its outputs. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

MARKER = "<!-- ftlint report -->"
"""How ftlint's Markdown begins."""
ZEROS = re.compile("0+")
SHA = re.compile("[0-9a-f]{40,64}")


def lines(name: str) -> list[str]:
    """Return the lines of an input, without empty ones."""
    return [line.strip() for line in os.environ.get(name, "").splitlines() if line.strip()]


def git(*arguments: str) -> tuple[int, str]:
    """Run git; return its status and what it printed."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout.strip()


def event() -> dict[str, Any]:
    """Return what has started the workflow."""
    try:
        content = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    except (KeyError, OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def base() -> str:
    """Return the commit with which rows are compared; empty for none."""
    since = os.environ.get("FTLINT_SINCE", "").strip()
    if since != "auto":
        return since
    payload = event()
    if "pull_request" in payload:
        return merged_into() or fetched(str(payload["pull_request"].get("base", {}).get("sha")))
    if "merge_group" in payload:
        return fetched(str(payload["merge_group"].get("base_sha")))
    before = str(payload.get("before") or "")
    return "" if ZEROS.fullmatch(before) else fetched(before)


def merged_into() -> str:
    """Return the first parent of the merge that GitHub made of a pull request, if that is HEAD.

    It is exactly what the branch is merged into, also when the base branch has moved on.
    """
    commit = os.environ.get("GITHUB_SHA", "")
    if not SHA.fullmatch(commit) or git("rev-parse", "HEAD")[1] != commit:
        return ""
    if git("rev-parse", "--is-shallow-repository")[1] == "true":
        git("fetch", "--quiet", "--no-tags", "--depth=2", "origin", commit)
    status, parents = git("rev-list", "--parents", "-n", "1", "HEAD")
    found = parents.split()[1:]
    return found[0] if not status and len(found) == 2 else ""


def fetched(commit: str) -> str:
    """Return a commit that is there, or that could be fetched; else nothing, with a warning."""
    if not SHA.fullmatch(commit):
        return ""
    for attempt in range(2):
        if git("cat-file", "-e", f"{commit}^{{commit}}")[0] == 0:
            return commit
        if not attempt:
            shallow = git("rev-parse", "--is-shallow-repository")[1] == "true"
            depth = ["--depth=1"] if shallow else []
            git("fetch", "--quiet", "--no-tags", *depth, "origin", commit)
    print(f"::warning::{commit} cannot be fetched, so that all findings are shown")
    return ""


def command(folder: Path) -> list[str]:
    """Return the command line: every input is one argument, whatever it holds."""
    words = ["check", "--format=github"]
    words += [f"-o{name}={folder / path}" for name, path in REPORTS.items()]
    for option in ("config", "target", "baseline", "fail-on", "max-findings"):
        value = os.environ.get(f"FTLINT_{option.upper().replace('-', '_')}", "").strip()
        words += [f"--{option}={value}"] if value else []
    for option in ("select", "ignore", "severity", "validation"):
        words += [f"--{option}={value}" for value in lines(f"FTLINT_{option.upper()}")]
    if since := base():
        words.append(f"--since={since}")
    return [*words, "--", *lines("FTLINT_PATHS")]


REPORTS = {"json": "ftlint.json", "sarif": "ftlint.sarif", "markdown": "ftlint.md"}


def unsuppressed(path: Path) -> None:
    """Take what is suppressed out of a SARIF file: code scanning would show it as open."""
    log = json.loads(path.read_text("utf-8"))
    for run in log["runs"]:
        run["results"] = [each for each in run["results"] if not each.get("suppressions")]
    path.write_text(json.dumps(log), "utf-8")


def outputs(**values: object) -> None:
    """Hand values to the steps that follow."""
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8") as file:
        for name, value in values.items():
            end = uuid4().hex  # nothing in a value can end it
            file.write(f"{name}<<{end}\n{value}\n{end}\n")


def main() -> None:
    """Run ftlint, and tell the steps that follow what came of it."""
    name = re.sub(r"[^\w.-]", "-", os.environ.get("FTLINT_NAME", "").strip())
    folder = Path(os.environ["RUNNER_TEMP"]) / f"ftlint-{name or 'report'}"
    folder.mkdir(exist_ok=True)
    for path in REPORTS.values():
        (folder / path).unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "ftlint", *command(folder)], stderr=subprocess.PIPE
    )
    said = done.stderr.decode(errors="replace").strip()
    print(said, file=sys.stderr)
    report = folder / REPORTS["json"]
    if not report.exists():
        told = said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::error title=ftlint could not run::{told}")
        return outputs(status=done.returncode or 2, passed="false")
    comment, sarif = folder / REPORTS["markdown"], folder / REPORTS["sarif"]
    text = comment.read_text("utf-8")
    if name:
        text = text.replace(MARKER, f"<!-- ftlint report: {name} -->", 1)
        text = re.sub(r"^(## \S+ ftlint)", rf"\1 ({name})", text, count=1, flags=re.MULTILINE)
        comment.write_text(text, "utf-8")
    with open(os.environ["GITHUB_STEP_SUMMARY"], "a", encoding="utf-8") as file:
        file.write(text + "\n")
    unsuppressed(sarif)
    content = json.loads(report.read_text("utf-8"))
    counts = content["counts"]
    outputs(
        status=done.returncode,
        passed=str(content["verdict"]["passed"]).lower(),
        findings=counts["error"] + counts["warning"] + counts["note"],
        report=report,
        sarif=sarif,
        comment=comment if "pull_request" in event() else "",
        category=f"ftlint-{name}" if name else "ftlint",
        folder=folder,
    )


if __name__ == "__main__":
    main()
