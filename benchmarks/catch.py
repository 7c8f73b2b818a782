"""Counts what each program finds of planted faults, and how many clean lines it blames.

A fault is caught where a program names one of its lines, or drops it from what it writes. Of
ftlint only the rules that are for the fault count; of the others whatever they say.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import contest
import faults
import peer
import process
from faults import KINDS, Place, Planted
from peer import Environment, Unavailable
from texts import write_texts
from witness import COLUMNS, Column, Files, Look

COUNT = 400
"""Examples of each real set that faults are planted in."""
TESTS = "../truth/benchmarks/gsm8k_test.jsonl"
"""Where public test questions are, from the folder of the chat sets."""
UNREADABLE = ("half a surrogate", "not UTF-8", "NaN", "line cut short", "line is a list")
"""Faults that a program may stop at; it is then run again on a file without them."""
STAND_IN = b'{"messages": [{"role": "user", "content": "What is %d minus 1?"}, '
STAND_IN += b'{"role": "assistant", "content": "%d minus 1 is %d."}]}'


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
