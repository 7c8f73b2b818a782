"""What each peer says of the planted files: how it is asked, and which lines it names or drops."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contest
import peer
from faults import Place
from peer import Environment


@dataclass(frozen=True, slots=True)
class Files:
    """The planted files, and what is made of them for programs that read something else."""

    folder: Path
    train: Path
    validation: Path
    train_texts: Path
    validation_texts: Path
    tests: Path  # public test questions as texts; empty if there are none
    numbered: Path  # training records that hold the number of their line


Look = Callable[[Environment, Files, float], set[Place]]
"""The lines that one command names or drops. Raises: Unavailable."""


@dataclass(frozen=True, slots=True)
class Column:
    """One program of the table."""

    name: str
    peer: str
    looks: tuple[Look, ...]
    claims: frozenset[str]  # kinds that it says it finds


def parallelogram(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its only check."""
    with peer.scratch() as name:
        folder = Path(name)
        peer.run(env.command("parallelogram", "check", files.train, "--json"), folder, limit)
        issues = json.loads((folder / "stdout").read_bytes())["issues"]
    return {("train", issue["line"]) for issue in issues if issue["line"] is not None}


def preflight(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its check for trainers; ``scan`` names no lines, and ``validate`` wants an id."""
    told = files.folder / "preflight.json"
    asked = ("--framework", "trl", "--report-json", told)
    cleaned(env, limit, "preflight", files.train, *asked)
    return {("train", issue["line"]) for issue in json.loads(told.read_bytes())["issues"]}


def check_turns(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its check of conversations."""
    output = files.folder / "turns.jsonl"
    cleaned(env, limit, "check-turns", files.numbered, "--mode", "flag", "--out", output)
    return flagged(output, "_turn_issues")


def redact_pii(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its search for personal values."""
    output = files.folder / "pii.jsonl"
    cleaned(env, limit, "redact-pii", files.numbered, "--mode", "flag", "--out", output)
    return flagged(output, "_pii_detected")


def secrets(env: Environment, files: Files, limit: float) -> set[Place]:
    """What it drops for keys and tokens."""
    output = files.folder / "secrets.jsonl"
    asked = ("--preset", "security_scan", "--forbidden-action", "drop", "--out", output)
    cleaned(env, limit, "fix", files.numbered, *asked)
    return not_kept(files, output)


def dedup(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its search for records that say the same."""
    output = files.folder / "dedup.jsonl"
    cleaned(env, limit, "dedup", files.train, "--normalized", "--out", output)
    return dropped(files.train, output)


def near_dedup(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its MinHash."""
    output = files.folder / "near.jsonl"
    cleaned(env, limit, "dedup", files.train, "--near-dedup", "--out", output)
    return dropped(files.train, output)


def decontaminate(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its search for texts of validation and test sets."""
    output = files.folder / "contaminated.jsonl"
    known = {"validation": files.validation_texts, "tests": files.tests}
    given = [f"{name}={path}" for name, path in known.items() if path.stat().st_size]
    compared = [word for each in given for word in ("--benchmark-file", each)]
    asked = ("--mode", "flag", "--out", output, "--no-cache")
    cleaned(env, limit, "decontaminate", files.numbered, *compared, *asked)
    return flagged(output, "_contaminated")


def cleaned(env: Environment, limit: float, *command: object) -> None:
    """Run one command of cleanllm."""
    with peer.scratch() as name:
        peer.run(env.command("cleanllm", *command), Path(name), limit)


def cleanllm_fix(env: Environment, files: Files, limit: float) -> set[Place]:
    """What ``fix`` drops when it may drop whatever it can."""
    output = files.folder / "fixed.jsonl"
    reasons = "invalid_json empty_assistant placeholder repetitive_response bad_conversation"
    given = [word for reason in reasons.split() for word in ("--drop-on", reason)]
    cleaned(env, limit, "fix", files.numbered, "--out", output, *given)
    return not_kept(files, output)


def not_kept(files: Files, output: Path) -> set[Place]:
    """The lines whose numbers are not among the records that are left."""
    kept = {record.get("id") for record in records(output)}
    every = range(1, len(files.train.read_bytes().splitlines()) + 1)
    return {("train", number) for number in every if str(number) not in kept}


def mmqa(env: Environment, files: Files, limit: float) -> set[Place]:
    """Its search for duplicates, and for texts of validation and test sets."""
    methods = ("--methods", "exact,ngram,minhash", "--max-train-matches", "1000000")
    compared: tuple[object, ...] = ("--eval", f"validation={files.validation_texts}")
    if files.tests.stat().st_size:
        compared += ("--benchmark", f"tests={files.tests}")
    commands = (
        ("dedup", "--input", files.train_texts, "--near-dup"),
        ("contamination", "--train", files.train_texts, *compared, *methods),
    )
    told = []
    for command in commands:
        with peer.scratch() as name:
            peer.run(env.command("toolkit-mmqa", *command), Path(name), limit)
            told.append(json.loads(Path(name, "stdout").read_bytes())["predicate"]["details"])
    train = line_numbers(files.train_texts)
    groups = told[0]["exact_groups"] + told[0]["near_groups"]
    again = [each["index"] for group in groups for each in group[1:]]
    matches = [m["index"] for r in told[1]["contaminated_records"] for m in r["train_matches"]]
    return {("train", train[index]) for index in (*again, *matches)}


def data_juicer(env: Environment, files: Files, limit: float) -> set[Place]:
    """What its two deduplicators of documents drop."""
    with peer.scratch() as name:
        job = contest.Job(files.train_texts, Path(name), 0)
        operators: dict[str, object] = {"document_deduplicator": {}, **contest.MINHASH}
        peer.run(contest.data_juicer(env, job, operators), job.folder, limit)
        kept = line_numbers(job.folder / "left.jsonl")
    return {("train", n) for n in line_numbers(files.train_texts) if n not in set(kept)}


def datatrove(env: Environment, files: Files, limit: float) -> set[Place]:
    """What its MinHash pipeline drops."""
    with peer.scratch() as name:
        # It reads whatever stands in the folder of its file.
        file = Path(shutil.copy(files.train_texts, Path(name, "texts.jsonl")))
        peer.run(contest.datatrove(env, contest.Job(file, Path(name), 0)), Path(name), limit)
        left = [record for path in Path(name, "kept").iterdir() for record in records(path)]
    kept = {record["metadata"]["line"] for record in left}
    return {("train", n) for n in line_numbers(files.train_texts) if n not in kept}


def records(path: Path) -> list[dict[str, Any]]:
    """The objects of a file that a peer has written; lines that hold none are left out."""
    found = []
    for line in path.read_bytes().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return [record for record in found if isinstance(record, dict)]


def line_numbers(path: Path) -> list[int]:
    """The line that each text of a file is from."""
    return [record["line"] for record in records(path)]


def flagged(path: Path, key: str) -> set[Place]:
    """The lines of the records in which a peer has set a key."""
    return {("train", int(record["id"])) for record in records(path) if record.get(key)}


def dropped(given: Path, left: Path) -> set[Place]:
    """The lines whose records are not among those left; of equal ones the first are."""
    kept = Counter(written(record) for record in records(left))
    gone = set()
    for number, line in enumerate(given.read_bytes().splitlines(), 1):
        try:
            record = written(json.loads(line))
        except ValueError:
            record = ""
        if kept[record]:
            kept[record] -= 1
        else:
            gone.add(("train", number))
    return gone


def written(record: Any) -> str:
    """A record as a text that equals itself, also with NaN in it."""
    return json.dumps(record, sort_keys=True)


SHAPE = frozenset(
    {"line cut short", "line is a list", "no messages", "messages is text", "empty answer"}
    | {"no role", "unknown role", "no content", "content is a number", "no assistant"}
    | {"user speaks last", "assistant twice in a row", "system prompt late"}
)
REPEATED = frozenset({"exact duplicate", "spelt otherwise", "near duplicate"})
LEAKED = frozenset({"leaked to validation", "nearly leaked", "public test question"})
COLUMNS = (
    Column(
        "parallelogram",
        "parallelogram",
        (parallelogram,),
        SHAPE | {"exact duplicate", "too many tokens", "mojibake", "BOM inside"},
    ),
    Column(
        "cleanllm checks",
        "cleanllm",
        (preflight, check_turns, redact_pii, secrets, dedup, near_dedup, decontaminate),
        SHAPE | REPEATED | LEAKED | {"e-mail address", "payment card", "access key"},
    ),
    Column(
        "cleanllm fix",
        "cleanllm",
        (cleanllm_fix,),
        frozenset({"line cut short", "empty answer", "answer TODO", "repetition"})
        | {"user speaks last", "assistant twice in a row"},
    ),
    Column("toolkit-mmqa", "toolkit-mmqa", (mmqa,), REPEATED | LEAKED),
    Column("data-juicer", "data-juicer", (data_juicer,), REPEATED),
    Column("datatrove", "datatrove", (datatrove,), REPEATED),
)
"""What each says it finds is taken from its documentation and help texts."""
