"""A repository adopts ftlint with 500 old findings; from then on only new ones are told."""

from __future__ import annotations

import random
import re
import sys
import sysconfig
from pathlib import Path

import orjson
import pytest
import yaml
from command import CLEAN
from published import Repository, env, published

from ftlint.case import assistant, chat, user

__all__ = ["env", "published"]  # fixtures
ANIMALS = ("heron", "otter", "badger", "plover", "marten", "shrike", "dunlin", "weasel", "curlew")
VERBS = ("eat", "fear", "build", "see", "need", "hear", "carry", "avoid", "follow", "hide")


def row(number: int, *, wrong: bool) -> bytes:
    animal, verb = ANIMALS[number % 9], VERBS[number // 9 % 10]
    question = f"{number}: what does a {animal} {verb} in week {number % 53}?"
    asked = {"role": "human", "content": question} if wrong else user(question)
    answer = f"Of the {animal} {random.Random(number).getrandbits(64):x} is all I {verb}."
    return orjson.dumps(chat(asked, assistant(answer))) + b"\n"


OLD = [row(number, wrong=number % 2 == 0) for number in range(1000)]
NEW = [row(number, wrong=number in (1003, 1010, 1019)) for number in range(1000, 1020)]
FOUND = re.compile(r"train\.jsonl:(\d+):\d+ error FT107 ")


class Story(Repository):
    """A repository whose hooks show changed rows only."""

    def adopt(self, published: str) -> None:
        hooks = yaml.safe_load(published)
        hooks["repos"][0]["hooks"] = [{"id": "ftlint", "args": ["--changed"]}]
        (self.folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(hooks))
        config = {"extends": "minimal", "data": {"train": ["train.jsonl"]}}
        self.rows(OLD)
        self.put(ftlint_yaml=yaml.safe_dump(config))
        assert self.ftlint()[0] == 1
        status, _, said = self.ftlint("--update-baseline")
        assert (status, said) == (
            0,
            "ftlint: ftlint-baseline.json: 500 findings known from now on\n",
        )
        self.put(ftlint_yaml=yaml.safe_dump({**config, "baseline": "ftlint-baseline.json"}))
        self.commit()

    def rows(self, rows: list[bytes]) -> None:
        """Write and stage the dataset."""
        self.put(train_jsonl=b"".join(rows))

    def ftlint(self, *arguments: str) -> tuple[int, list[int], str]:
        """Return the status, the lines found and what was said."""
        done = self.run(sys.executable, "-m", "ftlint", "check", "--format", "json", *arguments)
        report = orjson.loads(done.stdout)
        return done.returncode, [each["line"] for each in report["findings"]], done.stderr

    def told(self) -> list[int]:
        """Return the lines that the hook finds in what is staged."""
        status, said = self.hooks()
        lines = [int(line) for line in FOUND.findall(said)]
        assert (status == 1) is bool(lines), said
        return lines


@pytest.fixture
def story(tmp_path: Path, env: dict[str, str], published: str) -> Story:
    source = str(Path(__file__).parents[1] / "src")
    paths = f"{source}:{sysconfig.get_path('purelib')}"
    folder = tmp_path / "data"
    folder.mkdir()
    made = Story(folder, {**env, "PYTHONPATH": paths})
    made.adopt(published)
    return made


def test_only_what_is_new_is_told(story: Story) -> None:
    story.git("branch", "--move", "main")
    assert story.ftlint()[:2] == (0, [])
    assert story.told() == []

    story.git("checkout", "--quiet", "-b", "topic")
    grown = OLD[:400] + NEW + OLD[400:]
    lines = [404, 411, 420]
    story.rows(grown)
    # What is not staged is no part of the commit: pre-commit sets it aside.
    (story.folder / "train.jsonl").write_bytes(b"".join([*grown, row(2000, wrong=True)]))
    assert story.told() == lines
    assert story.ftlint("--changed")[1] == [*lines, 1021]
    story.git("checkout", "--", "train.jsonl")
    assert story.ftlint() == story.ftlint("--changed") == (1, lines, "")
    assert story.ftlint("--changed", "--no-baseline")[1] == lines
    story.commit()
    assert story.ftlint("--since", "main")[1] == lines
    assert story.ftlint("--changed")[1] == story.told() == []

    moved = list(grown)
    random.Random(1).shuffle(moved)
    story.rows(moved)
    assert story.ftlint("--changed")[1] == story.told() == []
    assert len(story.ftlint("--since", "main")[1]) == 3
    story.commit()

    at = moved.index(OLD[100])
    edited = [*moved[:at], OLD[100].replace(b"100:", b"100;"), *moved[at + 1 :]]
    assert edited != moved
    story.rows(edited)
    assert story.ftlint("--changed")[1] == story.told() == [at + 1]
    (story.folder / "train.jsonl").unlink()
    story.put(all_jsonl=b"".join(edited))
    _, told, _ = story.ftlint("all.jsonl", "--changed")
    assert told == [at + 1]


def test_a_push_is_compared_with_where_it_goes(story: Story) -> None:
    story.git("branch", "--move", "main")
    story.rows([*OLD, *NEW, *CLEAN.splitlines(keepends=True)])
    story.commit()
    status, said = story.hooks("--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert status == 1
    assert [int(line) for line in FOUND.findall(said)] == [1004, 1011, 1020]


def test_a_commit_with_new_faults_is_refused(story: Story) -> None:
    story.run(sys.executable, "-m", "pre_commit", "install")
    path = story.folder / "train.jsonl"
    for options in (("--all",), ("train.jsonl",)):
        path.write_bytes(b"".join([*OLD[:3], NEW[3], *OLD[3:]]))
        done = story.run("git", "commit", *options, "--message", "faults")
        said = done.stdout + done.stderr
        assert (done.returncode, FOUND.findall(said)) == (1, ["4"]), said
        story.git("checkout", "HEAD", "--", "train.jsonl")
    path.write_bytes(b"".join([NEW[0], *OLD]))
    done = story.run("git", "commit", "--all", "--message", "good")
    assert done.returncode == 0, done.stderr
    # In a linked work tree git tells its hooks where the index is.
    story.git("worktree", "add", "--quiet", "../linked")
    linked = Repository.__new__(Repository)
    linked.folder, linked.env = story.folder.parent / "linked", story.env
    linked.put(train_jsonl=b"".join([*OLD, NEW[3]]))
    done = linked.run("git", "commit", "--message", "faults")
    assert (done.returncode, FOUND.findall(done.stdout + done.stderr)) == (1, ["1001"])
