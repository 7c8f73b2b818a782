"""Files that are no lines of JSON: every command that finds nothing in one names its format."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import inside

from ftlint.case import assistant, chat, user

LINE = json.dumps(chat(user("Hi"), assistant("Hello!")))
TOLD = (
    (b"question,answer\nHi,Hello!\n", "CSV", "pandas.read_csv("),
    (b'"question","answer"\n"Hi, you","Hello!"\n"Bye","Bye!"\n', "CSV", "pandas.read_csv("),
    (b"question\tanswer\nHi\tHello!\n", "a table with tabs", r', sep="\t")'),
    (LINE.encode("utf-16"), "UTF-16 (little-endian)", "save it as UTF-8"),
    (b"PAR1" + bytes(64), "Parquet", "export it as JSONL"),
    (json.dumps(json.loads(LINE), indent=1).encode(), "pretty-printed JSON", "jq -c ."),
    (b"Hi\nHello!\nBye\nBye!\n", "text without a line of JSON", "write each record as"),
)
COMMANDS = {
    "plan": ("--target", "openai:gpt-4.1-mini"),
    "convert": ("--to", "sharegpt", "--output", "out.jsonl"),
    "split": ("--train", "out.jsonl", "--validation", "other.jsonl"),
    "augment": ("--counterfactual", "gender", "--output", "out.jsonl"),
    "compare": ("good.jsonl",),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("data", "what", "remedy"), TOLD, ids=range(len(TOLD)))
def test_format_and_remedy_are_named(
    tmp_path: Path, command: str, data: bytes, what: str, remedy: str
) -> None:
    (tmp_path / "data.txt").write_bytes(data)
    (tmp_path / "good.jsonl").write_text(LINE, "utf-8")
    done = inside(tmp_path, command, "data.txt", *COMMANDS[command])
    assert done.status == 2
    assert f"data.txt: is {what}, not one JSON record a line; " in done.err and remedy in done.err
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("data", [b"", b"\n \n", b"{\n", b'{"messages": []\n' * 3])
def test_without_a_record_it_is_an_error(tmp_path: Path, command: str, data: bytes) -> None:
    (tmp_path / "data.jsonl").write_bytes(data)
    (tmp_path / "good.jsonl").write_text(LINE, "utf-8")
    done = inside(tmp_path, command, "data.jsonl", *COMMANDS[command])
    assert done.status == 2 or (command == "augment" and "was not written" in done.out)
    assert not (tmp_path / "out.jsonl").exists()


def test_a_name_alone_says_little(tmp_path: Path) -> None:
    (tmp_path / "chat.csv").write_text(LINE, "utf-8")
    done = inside(tmp_path, "convert", "chat.csv", *COMMANDS["convert"])
    assert done.status == 0, done.err


def test_one_cause_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(LINE, "utf-8")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", "utf-8")
    done = inside(tmp_path, "convert", "good.jsonl", "table.csv", *COMMANDS["convert"])
    assert done.status == 2 and 'pandas.read_csv("table.csv").to_json("table.jsonl"' in done.err
    assert "line 1" not in done.err


@pytest.mark.parametrize("sides", [("good.jsonl", "none.jsonl"), ("none.jsonl", "good.jsonl")])
def test_a_version_without_examples_is_not_compared(tmp_path: Path, sides: tuple[str, ...]) -> None:
    (tmp_path / "good.jsonl").write_text(LINE, "utf-8")
    (tmp_path / "none.jsonl").write_bytes(b"")
    done = inside(tmp_path, "compare", *sides, "--fail-on-drift")
    assert done.status == 2 and "none.jsonl: holds no example" in done.err and not done.out
