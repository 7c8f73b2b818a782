"""The step of the GitHub Action that keeps one comment on the pull request up to date.

The comment is known by the marker in its first line. It is written anew in place; a first one is
made only when there is something to say. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PAGE = 100
"""Comments that GitHub gives at once, at most."""
PAGES = 50
TIMEOUT = 30
"""Seconds."""


def call(method: str, path: str, body: dict[str, str] | None = None) -> Any:
    """Return what GitHub answers. Raises: HTTPError, URLError."""
    request = Request(
        os.environ["GITHUB_API_URL"].rstrip("/") + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {os.environ['FTLINT_TOKEN']}",
            "Content-Type": "application/json",
            "User-Agent": "ftlint",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urlopen(request, timeout=TIMEOUT) as answer:
        return json.load(answer)


def ours(repository: str, number: int, marker: str) -> list[int]:
    """Return the comments on a pull request that begin with the marker."""
    found = []
    for page in range(1, PAGES + 1):
        path = f"/repos/{repository}/issues/{number}/comments?per_page={PAGE}&page={page}"
        comments = call("GET", path)
        found += [each["id"] for each in comments if str(each["body"]).startswith(marker)]
        if len(comments) < PAGE:
            break
    return found


def update(repository: str, number: int, text: str) -> str:
    """Write the comment and return what was done. Raises: HTTPError, URLError."""
    body = {"body": text}
    for comment in ours(repository, number, text.splitlines()[0]):
        try:
            call("PATCH", f"/repos/{repository}/issues/comments/{comment}", body)
        except HTTPError as error:
            if error.code not in (403, 404):  # of somebody else, who may have copied the marker
                raise
        else:
            return "updated"
    if os.environ.get("FTLINT_FINDINGS", "0") == "0":
        return "not needed"
    call("POST", f"/repos/{repository}/issues/{number}/comments", body)
    return "created"


def main() -> None:
    """Write the comment; a token that may not is no reason to fail."""
    payload = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    number = int(payload["pull_request"]["number"])
    text = Path(os.environ["FTLINT_COMMENT"]).read_text("utf-8")
    try:
        print(f"comment {update(os.environ['GITHUB_REPOSITORY'], number, text)}")
    except HTTPError as error:
        hint = " (permissions: pull-requests: write)" if error.code in (401, 403, 404) else ""
        print(f"::warning title=ftlint::no comment: GitHub answers {error.code}{hint}")
    except (URLError, TimeoutError, ValueError) as error:
        print(f"::warning title=ftlint::no comment: {error}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
