"""The command `ftlint ignore`: one finding accepted, as an entry of `.ftlint-ignore.yaml`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftlint.commands.complete import files, rule_names
from ftlint.commands.manual import Manual
from ftlint.commands.options import config, option
from ftlint.error import UsageError

if TYPE_CHECKING:
    from ftlint.report import Located
    from ftlint.session import Session
    from ftlint.source import Source


EXAMPLES = (
    (
        'ftlint ignore train.jsonl:12 role-invalid --reason "The loader maps it."',
        "as the report names line and rule",
    ),
)
STATUSES = {0: "an entry was added", 2: "nothing was written"}


@click.command(cls=Manual, examples=EXAMPLES, statuses=STATUSES)
@click.argument("place", metavar="PATH:LINE", shell_complete=files)
@click.argument("rule", metavar="RULE", shell_complete=rule_names)
@option("--reason", required=True, metavar="TEXT", help="Why the finding is accepted.")
@option(
    "--expires",
    metavar="DATE",
    show_default="never",
    help="Last day on which that holds, in UTC: 2027-01-31.",
)
@config
def ignore(place: str, rule: str, reason: str, expires: str | None, config: str | None) -> None:
    """Accept what a rule finds in one line, with a reason.

    Adds an entry to the nearest .ftlint-ignore.yaml, or makes one. It holds until the line changes.
    """
    from ftlint.afterwards.suppression import NAME, Suppressions, find
    from ftlint.console.intake import spooled
    from ftlint.console.output import check_writable, write_atomically
    from ftlint.session import Request, Session

    path, line = _place(place)
    _check(reason, expires)
    session = Session.open(Request(select=(rule,), config=config, keep_all=True, figures=False))
    named = session.config.suppressions
    file = session.config.beside(named) if named else find(Path.cwd(), session.config.root)
    file = file or session.config.beside(NAME)
    check_writable(str(file))
    with spooled(_sources(session, path)) as sources:
        found = _at(session.check(sources).findings, path, line)
    if not found:
        raise UsageError(f"{place}: no finding of {rule}; ftlint check {path} shows where they are")
    text = added(file, _entry(found, os.path.relpath(path, file.parent), reason, expires))
    try:
        content = text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{path}: a name that is no UTF-8 cannot stand in {file.name}") from None
    Suppressions.parse(content, str(file), session.rules)
    write_atomically(str(file), [text])
    many = f"{len(found)} finding{'' if len(found) == 1 else 's'}"
    click.echo(f"{file}: {many} of {found[0].code} {found[0].name} at {place} accepted")


def _at(findings: Iterable[Located], path: str, line: int) -> list[Located]:
    """Return the findings in one line of the file at `path`, however it was named."""
    same = os.path.realpath(path)
    here = (finding for finding in findings if finding.place.line == line)
    return [finding for finding in here if os.path.realpath(finding.place.path) == same]


def _place(place: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.+?):([1-9]\d*)(?::\d+)?", place, re.DOTALL)
    if match is None:
        raise UsageError(f"{place}: is no PATH:LINE, such as train.jsonl:12")
    return match[1], int(match[2])


def _check(reason: str, expires: str | None) -> None:
    from datetime import date

    if not reason.strip():
        raise UsageError("--reason: it is empty; say why the finding is accepted")
    try:
        date.fromisoformat(expires or "2027-01-31")
    except ValueError:
        raise UsageError(f"--expires: {expires!r} is no date such as 2027-01-31") from None


def _sources(session: Session, path: str) -> list[Source]:
    """Return the whole dataset if the file is a part of it, since rules may need it; else it."""
    from ftlint.source import expand

    data = session.config.data
    if data.train or data.validation:
        sources = session.sources()
        if os.path.realpath(path) in {os.path.realpath(source.path) for source in sources}:
            return sources
    return expand([path])


def _entry(found: Sequence[Located], path: str, reason: str, expires: str | None) -> list[str]:
    """Return the lines of an entry, without their margin; JSON strings are YAML strings."""
    marks = sorted({finding.fingerprint for finding in found})
    lines = [f"- rule: {found[0].name}", f"  path: {_quoted(path.replace(os.sep, '/'))}"]
    lines.append(f"  fingerprint: {marks[0] if len(marks) == 1 else '[' + ', '.join(marks) + ']'}")
    lines.append(f"  reason: {_quoted(reason)}")
    return [*lines, *([f"  expires: {expires}"] if expires else [])]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def added(file: Path, entry: Sequence[str]) -> str:
    """Return the text of the file with an entry at its end; all else stays as it is.

    Raises: UsageError when there is no list to which lines could be added.
    """
    text = file.read_text("utf-8") if file.exists() else ""
    if text and not text.endswith("\n"):
        text += "\n"
    items = re.search(r"^suppressions:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*([ ]*)- ", text, re.M)
    if items is None and re.search("^[^#\n]", text, re.M):
        shown = "".join(f"\n  {line}" for line in entry)
        raise UsageError(f"{file}: its entries are not on lines of their own; add this one:{shown}")
    head, margin = ("", items[1]) if items else ("suppressions:\n", "  ")
    return text + head + "".join(f"{margin}{line}\n" for line in entry)
