"""The comparison with peers, without them: faults stand where they are said to, and are found."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from ftlint.case import assistant, chat, user

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import contest
import faults
import peer
import peers
import process
import texts
import witness
from catch import caught_by_rule, ours, prepared, seen_by
from contest import Entry
from faults import Place, Planted
from peer import Environment, Unavailable
from witness import Column, Files

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
CLEAN = [
    chat(
        user(f"There are {a} boats on the lake and {b} on the shore. How many are there?"),
        assistant(f"With {a} on the lake and {b} on the shore the boats are counted one by one."),
    )
    for a in NUMBERS
    for b in NUMBERS
]
TESTS = ["How many legs do two dozen spiders have together, if all of them are healthy?"]
MISSED = {
    # No rule looks for it in one example.
    "harmless request refused",
    # Not always: an insult after a long answer, a question whose language is not sure, an answer
    # that is cut off where others end without a full stop.
    *("toxic answer", "answer in German", "answer cut off"),
}
NOWHERE = Environment(Path(), "1", 0)


@pytest.fixture(scope="module")
def planted() -> Planted:
    return faults.plant(CLEAN * 2, TESTS, each=1)


def lines(planted: Planted, kind: str) -> list[bytes]:
    files = {"train": planted.train, "validation": planted.validation}
    (fault,) = planted.places[kind]
    return [files[name][line - 1] for name, line in sorted(fault)]


def test_faults_stand_where_they_are_said_to(planted: Planted) -> None:
    assert set(planted.places) == set(faults.KINDS)
    with pytest.raises(ValueError):
        json.loads(*lines(planted, "line cut short"))
    with pytest.raises(UnicodeDecodeError):
        lines(planted, "not UTF-8")[0].decode()
    assert "\ud83d" in json.loads(*lines(planted, "half a surrogate"))["messages"][0]["content"]
    assert b'"weight": NaN' in lines(planted, "NaN")[0]
    for kind in ("exact duplicate", "leaked to validation"):
        first, second = lines(planted, kind)
        assert first == second
    first, second = lines(planted, "near duplicate")
    assert first != second
    (question, answer), (same, other) = (
        faults.texts(json.loads(line)) for line in lines(planted, "conflicting answers")
    )
    assert question == same and answer != other
    assert TESTS[0] in lines(planted, "public test question")[0].decode()
    assert [name for name, _ in sorted(*planted.places["nearly leaked"])] == ["train", "validation"]


def test_what_is_not_planted_is_clean(planted: Planted) -> None:
    known = {faults.written(made) for each in CLEAN for made in (each, faults.looked_up(each))}
    files = {"train": planted.train, "validation": planted.validation}
    assert all(files[name][line - 1] in known for name, line in planted.clean)
    spoilt = {place for those in planted.places.values() for fault in those for place in fault}
    assert not spoilt & planted.clean
    assert len(spoilt) + len(planted.clean) == len(planted.train) + len(planted.validation)


def test_too_few_clean_examples() -> None:
    with pytest.raises(ValueError, match="284 clean examples are needed, and there are 100"):
        faults.plant(CLEAN, TESTS, each=2)


def test_ftlint_finds_all_but_what_is_stated(shared: Path, tmp_path: Path) -> None:
    clean = faults.clean_examples(shared / "data/chat", 300)
    questions = faults.test_questions(shared / "data/truth/benchmarks/gsm8k_test.jsonl")
    planted = faults.plant(clean, questions, each=3)
    named = ours(prepared(planted, questions, tmp_path))
    found = caught_by_rule(planted, named)
    assert {kind for kind, count in found.items() if count < 3} <= MISSED
    wrong = planted.clean & set(named)
    # "mankind" and "[Your Name]" stand in two answers, and a third lacks its full stop.
    assert len(wrong) <= 0.02 * len(planted.clean)


def test_the_comparison_runs_without_peers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    record = [faults.written(each) + b"\n" for each in CLEAN]
    (tmp_path / "data/boats.jsonl").write_bytes(b"".join(record * 2))
    given = ["--peers", "none", "--runs", "1", "--megabytes", "0.04", "--task", "near"]
    folders = ["--data", str(tmp_path / "data"), "--cache", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["peers.py", *given, *folders])
    assert peers.main() == 0
    out = capsys.readouterr().out
    (row,) = (line.split("|") for line in out.splitlines() if line.startswith("| ftlint | 0 |"))
    assert row[-4:-2] == [" 1.00 ", " 1.00 "] and int(row[-2]) >= found_again(tmp_path) > 0
    assert "data-juicer" not in out


def found_again(folder: Path) -> int:
    (corpus,) = folder.glob("corpus-*.jsonl")
    return len(corpus.read_bytes().splitlines()) - len(set(corpus.read_bytes().splitlines()))


def test_a_peer_that_stops_is_given_a_gentler_file(planted: Planted) -> None:
    def strict(_: Environment, files: Files, __: float) -> set[Place]:
        if b"\\ud83d" in files.train.read_bytes():
            raise Unavailable("stops")
        return {("train", number) for number in texts_of(files)}

    column = Column("x", "x", (strict,), frozenset())
    seen, notes = seen_by(column, NOWHERE, planted, TESTS, 1)
    assert notes == ["\nx (strict), given the file: stops"]
    assert seen is not None and seen >= set().union(*planted.places["exact duplicate"])


def texts_of(files: Files) -> list[int]:
    return witness.line_numbers(files.train_texts)


def test_a_peer_that_always_stops_has_no_column(planted: Planted) -> None:
    def broken(_: Environment, __: Files, ___: float) -> set[Place]:
        raise Unavailable("stops")

    seen, notes = seen_by(Column("x", "x", (broken,), frozenset()), NOWHERE, planted, TESTS, 1)
    assert seen is None and len(notes) == 3
    seen, notes = seen_by(Column("x", "x", (broken,), frozenset()), "not here", planted, [], 1)
    assert seen is None and notes == ["\nx: not here"]


def test_what_is_dropped(tmp_path: Path) -> None:
    given, left = tmp_path / "given", tmp_path / "left"
    given.write_bytes(b'{"a": 1, "b": NaN}\n{"a": 2}\nnone\n{"a": 2}\n{"a": 3}\n')
    left.write_bytes(b'{"b": NaN, "a": 1}\n{"a": 2}\n{"a": 3}\n')
    assert witness.dropped(given, left) == {("train", 3), ("train", 4)}


def test_texts_know_their_lines(tmp_path: Path) -> None:
    file, output = tmp_path / "in", tmp_path / "out"
    record = chat({"role": "system", "content": "S"}, user("Q"), assistant("A \ud83d"))
    file.write_bytes(b"[1]\n" + json.dumps(record).encode() + b"\nno\n{}\n")
    assert texts.write_texts(file, output) == 1
    assert json.loads(output.read_bytes()) == {"text": "Q\nA ?", "line": 2}


def test_a_process_is_stopped_at_its_limit(tmp_path: Path) -> None:
    env = process.environment(tmp_path)
    command = [sys.executable, "-c", "while True: pass"]
    done = process.attempt(command, tmp_path, env, limit=0.3)
    assert done.status < 0 and done.crashed
    with pytest.raises(Unavailable, match=r"stopped after 0 s"):
        peer.run(command, tmp_path, limit=0.3)
    with pytest.raises(Unavailable, match="crashes: ZeroDivisionError"):
        peer.run([sys.executable, "-c", "1 / 0"], tmp_path, limit=30)


def test_an_environment_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not install: none of it"):
        peer.called([sys.executable, "-c", "raise SystemExit('none of it')"])


def test_a_failure_is_a_row(tmp_path: Path) -> None:
    def command(_: Environment, __: object) -> list[str]:
        return [sys.executable, "-c", "raise ValueError('no')"]

    file = tmp_path / "x.jsonl"
    file.write_bytes(b"{}\n")
    entry = Entry("x", command, lambda _: 0)
    runs = peers.Runs(entry, file)
    peers.once(runs, NOWHERE, 30)
    assert runs.failure == "crashes: ValueError: no"


def test_a_report_that_cannot_be_read_is_a_row(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"{}\n")
    entry = Entry("x", lambda *_: [sys.executable, "-c", "print('{')"], contest.reported)
    runs = peers.Runs(entry, file)
    peers.once(runs, NOWHERE, 30)
    assert runs.failure.startswith("reports nothing that can be read: JSONDecodeError")
