"""The tutorial and the guides are true: what they tell to do is done, in order, in one folder.

`python tests/test_guides.py` writes the outputs they show anew. A block `sh` is not run, as it
installs something; a block whose first line is `# NAME.yaml` or such is a file of that name; a
line `[…]` in an output stands for any lines.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from command import environment, ftlint, pip
from guide_data import GUIDES, PREPARED, ROOT

from ftlint.case import assistant, chat, user

ELIDED = "[…]\n"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
NAMED = re.compile(r"# ([\w./-]+\.(?:ya?ml|toml|py|jsonl))\n")


# How a page is followed.


class Reader:
    """Somebody who follows a page in an empty folder."""

    def __init__(self, page: Path, folder: Path) -> None:
        """Make the folder as the page finds it."""
        self.folder = folder / "work"
        self.folder.mkdir()
        if page.stem in PREPARED:
            PREPARED[page.stem](self.folder)
        scripts = str(Path(sys.executable).parent)
        person = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", "me"), ("EMAIL", "me@example.org"))
        }
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            **person,
            "PATH": os.pathsep.join([scripts, os.environ["PATH"]]),
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "FTLINT_CACHE_DIR": str(folder / "cache"),
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "NO_COLOR": "1",
        }

    def run(self, command: str) -> str:
        """Return what a command shows. Raises: AssertionError when it could not do its work."""
        done = subprocess.run(
            ["bash", "-c", f"({command}\n) 2>&1"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, 1), f"{command}: {done.stdout}{done.stderr}"
        assert "Traceback" not in done.stdout
        return self.timeless(done.stdout)

    def timeless(self, shown: str) -> str:
        """Return an output without what differs from one reader to the next."""
        shown = shown.replace(f"{self.folder}{os.sep}", "").rstrip("\n")
        manifest = r"\d{8}-\d{6}-\w{8}\.json"
        shown = re.sub(manifest, "20261123-091500-k3v9q2xa.json", shown)
        return re.sub(r" +$", "", shown, flags=re.MULTILINE) + "\n" if shown else ""

    def follow(self, language: str, text: str) -> Iterator[tuple[str, str, str]]:
        """Do what a block says; yield command, output and what the page shows of it."""
        if named := NAMED.match(text):
            (self.folder / named[1]).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / named[1]).write_text(text, "utf-8")
        elif language == "bash":
            for line in text.splitlines():
                self.run(line)
        elif language == "console":
            for command, told in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
                yield command, self.run(command), told


def agrees(told: str, shown: str) -> bool:
    """Return whether an output is what a page shows, which may leave lines out."""
    parts = [re.escape(part) for part in told.split(ELIDED)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), shown) is not None


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_a_page_can_be_followed(page: Path, tmp_path: Path) -> None:
    reader = Reader(page, tmp_path)
    commands = 0
    for language, text in FENCE.findall(page.read_text("utf-8")):
        for command, shown, told in reader.follow(language, text):
            assert agrees(told, shown), f"python tests/test_guides.py\n$ {command}\n{shown}"
            commands += 1
    assert commands


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_links_lead_to_sections(page: Path) -> None:
    for link, anchor in re.findall(r"\]\(([\w./-]+\.md)#([\w-]+)\)", page.read_text("utf-8")):
        titles = re.findall(r"^#+ (.*)$", (page.parent / link).read_text("utf-8"), re.MULTILINE)
        named = [re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles]
        assert anchor in named, f"{link}#{anchor}"


def test_the_package_of_the_guide_is_found(tmp_path: Path) -> None:
    page = ROOT / "docs" / "guides" / "write-a-rule.md"
    reader = Reader(page, tmp_path)
    for language, text in FENCE.findall(page.read_text("utf-8")):
        if NAMED.match(text):
            list(reader.follow(language, text))
    python = environment(tmp_path / "venv", ROOT / "src")
    offline = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    pip(python, "install", *offline, reader.folder)
    (reader.folder / "ftlint.yaml").unlink()  # the pack of the guide, which is not asked about
    answer = " ".join(["word"] * 130)
    record = json.dumps(chat(user("Do you ship?"), assistant(answer)))
    (reader.folder / "chat.jsonl").write_text(record + "\n", "utf-8")
    done = ftlint(
        *(reader.folder, "check", "chat.jsonl", "--select", "SHOP", "--format", "json"),
        python=python,
        env={"PYTHONPATH": ""},
    )
    assert done.places == [("chat.jsonl", 1, "SHOP002")]


def test_the_reader_notices(tmp_path: Path) -> None:
    assert agrees("a\n[…]\nb\n", "a\nx\ny\nb\n") and agrees("a\n[…]\nb\n", "a\nb\n")
    assert cut("0\nold 2\n3\n", "[…]\nold 1\n[…]\n") == "[…]\nold 2\n[…]\n"
    assert not agrees("a\n[…]\nb\n", "a\nx\n") and not agrees("a\n", "a\nb\n")
    reader = Reader(tmp_path / "page.md", tmp_path)
    ((_, shown, told),) = reader.follow("console", "$ echo one; echo two\none\n")
    assert (shown, told) == ("one\ntwo\n", "one\n") and not agrees(told, shown)
    with pytest.raises(AssertionError, match="nowhere"):
        list(reader.follow("bash", "ftlint check nowhere\n"))


def cut(shown: str, told: str) -> str:
    """Return an output with as much left out as a page has left out of it so far."""
    if ELIDED not in told or agrees(told, shown):
        return told if agrees(told, shown) else shown
    lines, parts = shown.splitlines(keepends=True), []
    for part in told.split(ELIDED):
        kept = part.splitlines(keepends=True)
        longest = max(kept, key=len, default="")
        nearest = difflib.get_close_matches(longest, lines, 1, 0) if kept else []
        start = max(lines.index(nearest[0]) - kept.index(longest), 0) if nearest else 0
        parts.append("".join(lines[start : start + len(kept)]))
    return ELIDED.join(parts)


def fresh(page: Path) -> str:
    """Return a page with its outputs made anew, but for those that still agree."""
    text = page.read_text("utf-8")
    with TemporaryDirectory() as folder:
        reader = Reader(page, Path(folder))

        def anew(fence: re.Match[str]) -> str:
            language, block = fence[1], fence[2]
            steps = [*reader.follow(language, block)]
            lines = "".join(f"$ {command}\n{cut(shown, told)}" for command, shown, told in steps)
            return f"```{language}\n{lines or block}```"

        return FENCE.sub(anew, text)


if __name__ == "__main__":
    for path in GUIDES:
        path.write_text(fresh(path), "utf-8")
