"""`ftlint augment`: twins byte for byte but for the words that change, counted, written apart."""

from __future__ import annotations

import gzip
import hashlib
import json
from itertools import count
from pathlib import Path
from typing import Any

import orjson
import pytest
from command import Outcome, inside
from hypothesis import given
from hypothesis import strategies as st

from ftlint.case import assistant, calling, chat, tool, user
from ftlint.twin.augment import fewest

ASKS = ("fix my bicycle", "bake a cake", "paint the fence", "read a map", "plant a tree")


def about(who: str, number: int) -> dict[str, Any]:
    """Return an example about somebody, of either gender, unlike its neighbours."""
    ask = ASKS[number % len(ASKS)]
    return chat(
        user(f"How do I ask {who} to {ask}, number {number}?"),
        assistant(f"Say what you need; {who} may help you to {ask} on day {number}."),
    )


def written(folder: Path, records: list[Any], name: str = "train.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records))
    return path


def augment(folder: Path, *arguments: object) -> Outcome:
    return inside(folder, "augment", "train.jsonl", "--output", "twins.jsonl", *arguments)


GENDER = ("--counterfactual", "gender")


def test_only_the_words_change(tmp_path: Path) -> None:
    line = (
        b'{ "id":7,"messages" :[{"content":"Is she\\u0020an h\\u00e9ir, \\"ma\'am\\"?\\/ '
        b'\\ud83d\\ude00 he","role":"user"},\t{"role":"assistant","content":'
        b'"She\\u2019s in the garden of the house."}], "x":[ ]}'
    )
    (tmp_path / "train.jsonl").write_bytes(line + b"\r\n")
    done = augment(tmp_path, *GENDER)
    assert done.status == 0, done.err
    expected = (
        line.replace(b"Is she", b"Is he").replace(b"ma'am", b"sir").replace(b' he"', b' she"')
    ).replace(b"She\\u2019s", b"He\\u2019s")
    assert (tmp_path / "twins.jsonl").read_bytes() == expected + b"\r\n"
    assert (tmp_path / "train.jsonl").read_bytes() == line + b"\r\n"


def test_the_manifest_tells_which_line_is_whose(tmp_path: Path) -> None:
    records = [about("my boss", 1), about("my sister", 2), about("my father", 3)]
    source = written(tmp_path, records)
    assert augment(tmp_path, *GENDER).status == 0
    manifest = json.loads((tmp_path / "twins.jsonl.manifest.json").read_text("utf-8"))
    twins = (tmp_path / "twins.jsonl").read_bytes()
    assert manifest["output"]["sha256"] == hashlib.sha256(twins).hexdigest()
    assert manifest["sources"][0]["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert manifest["twins"] == [
        {"line": 1, "source": 0, "of": 2, "words": 2},
        {"line": 2, "source": 0, "of": 3, "words": 2},
    ]
    assert manifest["examples"] == 3 and manifest["named"] == 2
    assert b"sister" not in (tmp_path / "twins.jsonl.manifest.json").read_bytes()


def test_twins_stand_after_their_originals(tmp_path: Path) -> None:
    records = [about("my boss", 1), about("my sister", 2), about("my father", 3)]
    source = written(tmp_path, records)
    assert augment(tmp_path, *GENDER, "--with-data").status == 0
    lines = (tmp_path / "twins.jsonl").read_bytes().splitlines()
    originals = source.read_bytes().splitlines()
    assert [lines[at] for at in (0, 1, 3)] == originals
    assert lines[2] == originals[1].replace(b"sister", b"brother")
    manifest = json.loads((tmp_path / "twins.jsonl.manifest.json").read_text("utf-8"))
    assert [(entry["line"], entry["of"]) for entry in manifest["twins"]] == [(3, 2), (5, 3)]


def test_other_languages_and_reasons_are_counted(tmp_path: Path) -> None:
    german = chat(
        user("Wie bitte ich meine Schwester darum, mein Fahrrad zu reparieren?"),
        assistant("Sag ihr freundlich, was du brauchst und bis wann es fertig sein soll."),
    )
    called = chat(
        user("Does she like the weather in Rome today?"),
        calling({"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}),
        tool("1", "sunny"),
        assistant("She does, as it is sunny there today."),
    )
    pregnant = chat(user("Is my sister pregnant, do you think?"), assistant("Only she can tell."))
    written(tmp_path, [german, called, pregnant, about("my sister", 4)])
    done = augment(tmp_path, *GENDER, "--format", "json")
    outcome = json.loads(done.out)
    assert outcome["foreign"] == {"de": 1}
    assert outcome["left"] == {"tools": 1, "bodily": 1}
    assert outcome["examples"] == 4 and outcome["twins"] == 1
    table = augment(tmp_path, *GENDER, "--force").out
    assert "1 example in another language than English, which is not supported: German 1" in table


def test_balance_writes_the_fewest(tmp_path: Path) -> None:
    men = [about("my brother", number) for number in range(30)]
    women = [about("my aunt", number) for number in range(30, 40)]
    source = written(tmp_path, [*men, *women])
    done = augment(tmp_path, *GENDER, "--balance", "0.1", "--format", "json")
    outcome = json.loads(done.out)
    assert outcome["skews"] == [
        {"pair": ["men", "women"], "before": [30, 10], "after": [30, 10 + outcome["twins"]]}
    ]
    assert outcome["twins"] == 15  # 30 to 25 is 5 in 55; 30 to 24 would be 6 in 54
    before, after = (_audited(tmp_path, *paths) for paths in ([source], [source, "twins.jsonl"]))
    assert before == {"men": 30, "women": 10} and after == {"men": 30, "women": 25}


def _audited(folder: Path, *paths: object) -> dict[str, int]:
    """Return in how many examples the audit finds each gender."""
    done = inside(folder, "check", *paths, "--select", "FT701", "--format", "json")
    groups = json.loads(done.out)["measures"]["bias"]["coverage"]["train"]["axes"]["gender"]
    return {name: group["any"]["examples"] for name, group in groups["groups"].items()}


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([0, 0.05, 0.1, 0.3, 0.9]))
def test_fewest_is_found_by_trying(more: int, less: int, bound: float) -> None:
    more, less = max(more, less), min(more, less)
    tried = (
        added for added in count() if more - less - added <= bound * (more + less + added) + 1e-9
    )
    assert fewest(more, less, bound) == next(tried)


def test_a_bound_that_cannot_be_had_is_said(tmp_path: Path) -> None:
    text = chat(user("Who was Einstein?"), assistant("He was a man of physics, and so on."))
    written(tmp_path, [text, about("my sister", 1)])
    done = augment(tmp_path, *GENDER, "--balance", "0")
    assert done.status == 0 and "there is no twin to write" in done.out
    written(tmp_path, [text, text])
    done = augment(tmp_path, *GENDER, "--balance", "0", "--force")
    assert "men and women stay apart by more than 0" in done.out


def test_nothing_is_written_where_nothing_can_be_swapped(tmp_path: Path) -> None:
    written(tmp_path, [chat(user("Where is Rome?"), assistant("In the middle of Italy."))])
    done = augment(tmp_path, *GENDER)
    assert done.status == 0 and not list(tmp_path.glob("twins*"))
    assert "twins.jsonl was not written: there is no twin to write, of 0 possible" in done.out
    told = json.loads(augment(tmp_path, *GENDER, "--format", "json").out)
    assert told["twins"] == 0 and told["written"] is False
    done = augment(tmp_path, *GENDER, "--with-data")
    assert done.status == 0 and "0 twins written" in done.out
    assert (tmp_path / "twins.jsonl").read_bytes() == (tmp_path / "train.jsonl").read_bytes()


def test_a_table_is_named_as_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text("question,answer\nIs she in?,She is\n", "utf-8")
    done = augment(tmp_path, *GENDER)
    assert done.status == 2 and "train.jsonl: is CSV" in done.err
    assert not list(tmp_path.glob("twins*"))


def test_compressed_and_from_standard_input(tmp_path: Path) -> None:
    written(tmp_path, [about("my sister", 1)])
    path = tmp_path / "train.jsonl"
    (tmp_path / "train.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    arguments = ("--counterfactual", "gender", "--output", "t.jsonl.gz", "-q")
    done = inside(tmp_path, "augment", "train.jsonl.gz", *arguments)
    assert (done.status, done.out) == (0, "")
    assert b"brother" in gzip.decompress((tmp_path / "t.jsonl.gz").read_bytes())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--output", "train.jsonl"), "is read as DATA"),
        (("--output", "there.jsonl"), "is there already; --force replaces it"),
        (("--output", "t.jsonl", "--balance", "1.5"), "--balance 1.5: write a number from 0"),
        (("--output", "t.jsonl", "--pair", "men"), "write two groups, as in christian:muslim"),
        (("--output", "t.jsonl", "--pair", "men:dogs"), "gender has no group 'dogs'"),
        (("--output", "no/t.jsonl"), "there is no folder no"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    written(tmp_path, [about("my sister", 1)])
    written(tmp_path, [], "there.jsonl")
    before = sorted(tmp_path.iterdir())
    done = inside(tmp_path, "augment", "train.jsonl", *GENDER, *arguments)
    assert done.status == 2 and said in done.err
    assert sorted(tmp_path.iterdir()) == before


def test_broken_lines_are_passed_over(tmp_path: Path) -> None:
    good = orjson.dumps(about("my sister", 1))
    (tmp_path / "train.jsonl").write_bytes(b'{"she": \n\xff she\n\n' + good)
    assert augment(tmp_path, *GENDER, "--with-data").status == 0
    lines = (tmp_path / "twins.jsonl").read_bytes().split(b"\n")
    assert lines[:4] == [b'{"she": ', b"\xff she", b"", good] and b"brother" in lines[4]
