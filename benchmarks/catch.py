"""Counts what each program finds of planted faults, and how many clean lines it blames.

A fault is caught where a program names one of its lines, or drops it from what it writes. Of
ftlint only the rules that are for the fault count; of the others whatever they say.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import contest
import faults
import peer
import process
from faults import KINDS, Place, Planted
from peer import Environment, Unavailable
from texts import write_texts

COUNT = 400
"""Examples of each real set that faults are planted in."""
TESTS = "../truth/benchmarks/gsm8k_test.jsonl"
"""Where public test questions are, from the folder of the chat sets."""
UNREADABLE = ("half a surrogate", "not UTF-8", "NaN", "line cut short", "line is a list")
"""Faults that a program may stop at; it is then run again on a file without them."""
STAND_IN = b'{"messages": [{"role": "user", "content": "What is %d minus 1?"}, '
STAND_IN += b'{"role": "assistant", "content": "%d minus 1 is %d."}]}'


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


def compare(environments: Mapping[str, Environment | str], options: argparse.Namespace) -> str:
    """The table of faults caught by ftlint and by the peers that are there."""
    clean = faults.clean_examples(options.chat, COUNT)
    questions = faults.test_questions(options.chat / TESTS)
    planted = faults.plant(clean, questions, options.each)
    with peer.scratch() as name:
        files = prepared(planted, questions, Path(name))
        named = ours(files)
    columns = [("ftlint", caught_by_rule(planted, named), blamed(planted, set(named)))]
    claims = [frozenset(KINDS)]
    notes: list[str] = []
    for column in COLUMNS:
        if column.peer not in environments:
            continue
        where = environments[column.peer]
        seen, failures = seen_by(column, where, planted, questions, options.limit)
        notes += failures
        if seen is not None:
            columns.append((column.name, caught(planted, seen), blamed(planted, seen)))
            claims.append(column.claims)
    return "\n".join([*table(planted, columns, claims), *notes])


def prepared(planted: Planted, questions: Sequence[str], folder: Path) -> Files:
    """Write the planted files in every form."""
    train, validation = planted.write(folder)
    texts = folder / "train.texts.jsonl", folder / "validation.texts.jsonl"
    for file, output in zip((train, validation), texts, strict=True):
        write_texts(file, output)
    tests, numbered = folder / "tests.jsonl", folder / "numbered.jsonl"
    tests.write_text("".join(json.dumps({"text": each}) + "\n" for each in questions))
    lines = (
        b'{"id": "%d", ' % n + line[1:] if line.startswith(b"{") else line
        for n, line in enumerate(planted.train, 1)
    )
    numbered.write_bytes(b"".join(line + b"\n" for line in lines))
    return Files(folder, train, validation, *texts, tests, numbered)


def seen_by(
    column: Column,
    where: Environment | str,
    planted: Planted,
    questions: Sequence[str],
    limit: float,
) -> tuple[set[Place] | None, list[str]]:
    """The lines that a peer names, None if it cannot run, and what went wrong."""
    if isinstance(where, str):
        return None, [f"\n{column.name}: {where}"]
    seen: set[Place] = set()
    notes: list[str] = []
    for look in column.looks:
        for spared in ((), UNREADABLE[:1], UNREADABLE):
            away = {at for kind in spared for fault in planted.places[kind] for at in fault}
            try:
                seen |= looked(look, where, without(planted, away), questions, limit) - away
                break
            except Unavailable as why:
                given = f"the file without {', '.join(spared)}" if spared else "the file"
                notes.append(f"\n{column.name} ({look.__name__}), given {given}: {why}")
        else:
            return None, notes
    return seen, notes


def looked(
    look: Look, where: Environment, planted: Planted, questions: Sequence[str], limit: float
) -> set[Place]:
    """The lines that one command of a peer names."""
    with peer.scratch() as name:
        files = prepared(planted, questions, Path(name))
        return peer.read(lambda given: look(where, given, limit), files)


def without(planted: Planted, places: set[Place]) -> Planted:
    """The same with clean examples at some places of the training file."""
    train = list(planted.train)
    for _, line in places:
        train[line - 1] = STAND_IN % (line, line, line - 1)
    return Planted(train, planted.validation, planted.places)


# What is caught


def ours(files: Files) -> dict[Place, set[str]]:
    """The codes that ftlint names at each line, in a default run with a target."""
    given = ["--train", str(files.train), "--validation", str(files.validation)]
    told = ["--target", contest.MODEL, "--format", "json", "--max-findings", "0", "--no-cache"]
    with peer.scratch() as name:
        process.run(["-m", "ftlint", "check", *given, *told], Path(name), allowed=(0, 1))
        report = json.loads(Path(name, "stdout").read_bytes())
    named: dict[Place, set[str]] = {}
    for finding in report["findings"]:
        if finding["line"] is not None:
            place = Path(finding["path"]).stem, finding["line"]
            named.setdefault(place, set()).add(finding["code"])
    return named


def caught_by_rule(planted: Planted, named: Mapping[Place, set[str]]) -> dict[str, int]:
    """Faults of each kind that a rule for this kind names."""
    return {
        kind: sum(
            any(code.startswith(KINDS[kind].codes) for at in fault for code in named.get(at, ()))
            for fault in those
        )
        for kind, those in planted.places.items()
    }


def caught(planted: Planted, named: set[Place]) -> dict[str, int]:
    """Faults of each kind of which a line is named."""
    return {kind: sum(bool(f & named) for f in those) for kind, those in planted.places.items()}


def blamed(planted: Planted, named: set[Place]) -> str:
    """How many clean training lines are named, and how many of these hold calls of tools.

    Not all programs read the validation file.
    """
    lines = [planted.train[line - 1] for name, line in planted.clean & named if name == "train"]
    tooled = sum(b'"tool_calls"' in line for line in lines)
    return f"{len(lines)}" + f", {tooled} with tools" * bool(tooled)


def table(
    planted: Planted,
    columns: Sequence[tuple[str, Mapping[str, int], str]],
    claims: Sequence[frozenset[str]],
) -> Iterator[str]:
    """Lines of the table; what a program does not claim to find and did not is a dash."""
    each = max(map(len, planted.places.values()))
    left = [planted.train[line - 1] for name, line in planted.clean if name == "train"]
    tools = sum(b'"tool_calls"' in line for line in left)
    yield f"\n## Planted faults caught, of {each} each\n"
    yield "–: not caught, and nothing that the program says it finds. (n): not claimed either, "
    yield f"but caught. {len(planted.train):,} training lines, of which {len(left):,} are clean; "
    yield f"{tools} of these have tools that are called.\n"
    yield f"| | {' | '.join(name for name, _, _ in columns)} |"
    yield "|---|" + "---|" * len(columns)
    for kind in planted.places:
        cells = [
            str(got[kind]) if kind in claim else f"({got[kind]})" if got[kind] else "–"
            for (_, got, _), claim in zip(columns, claims, strict=True)
        ]
        yield f"| {kind} | {' | '.join(cells)} |"
    totals = [f"{sum(got.values())} of {each * len(planted.places)}" for _, got, _ in columns]
    yield f"| **all** | {' | '.join(totals)} |"
    yield f"| **clean lines blamed** | {' | '.join(clean for _, _, clean in columns)} |"


# How each peer is asked


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
        (preflight, check_turns, redact_pii, dedup, near_dedup, decontaminate),
        SHAPE | REPEATED | LEAKED | {"e-mail address", "payment card"},
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
