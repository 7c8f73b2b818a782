"""Documentation of rules, generated from the rules: for `ftlint rule` and for `docs/rules/`."""

from __future__ import annotations

import codecs
import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from ftlint.error import UsageError
from ftlint.privacy.veil import veiled_text
from ftlint.rule import Case, DatasetRule, Rule
from ftlint.wording import cut

_DOTS = re.compile("•+")
FAMILIES = {
    "FT0": "File and JSON",
    "FT1": "Schema",
    "FT2": "Tokens, truncation, cost",
    "FT3": "Text quality",
    "FT4": "Duplicates, contradictions, leakage",
    "FT5": "Balance",
    "FT6": "Toxicity",
    "FT7": "Bias",
    "FT8": "Privacy and secrets",
}
NOT_OPTIONS = frozenset(
    {
        *("code", "name", "severity", "message", "default", "since", "good", "bad"),
        *("documentation", "origin", "backend"),
    }
)
_SHOWN = 400
"""Code points shown of a record."""
_DUMPED = 60
"""Code points shown of bytes that take more than twice as many."""


def page(rule: Rule, *, options: bool = True) -> str:
    """Return the page of one rule as Markdown; `options` of a run are no part of what it is."""
    lines = [*_page(rule), *(_options(rule) if options else ())]
    return "\n".join(lines).rstrip() + "\n"


def _page(rule: Rule) -> Iterator[str]:
    summary, *paragraphs = _paragraphs(rule)
    yield f"# {rule.name} ({rule.code})\n"
    yield f"{summary}\n"
    yield "| code | name | severity | default | reads | fix | since |"
    yield "|---|---|---|---|---|---|---|"
    reads = "the dataset" if isinstance(rule, DatasetRule) else "one example"
    fixes = "proposed" if any(text.startswith("Fix:") for text in paragraphs) else "none"
    default = "on" if rule.default else "off"
    yield (
        f"| {rule.code} | {rule.name} | {rule.severity} | {default} | {reads} | {fixes} "
        f"| {rule.since} |\n"
    )
    for paragraph in paragraphs:
        word, _, rest = paragraph.partition(": ")
        yield f"**{word}.** {_begun(rest)}\n"
    yield f"**Message.** `{rule.message}`\n"
    if rule.veiled:  # what reports do not show, pages do not show either
        yield "Dots stand for what is found.\n"
    elif rule.private:
        yield "Texts are in rot13, so that nobody meets these words by chance.\n"
    yield from _cases("Bad", _masks(rule), rule.bad)
    yield from _cases("Good", _masks(rule), rule.good)


def summary_of(rule: Rule) -> str:
    """Return what the rule finds, in one sentence."""
    return _paragraphs(rule)[0]


def _paragraphs(rule: Rule) -> list[str]:
    text = inspect.cleandoc(rule.text)
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _begun(text: str) -> str:
    """Return `text` with a capital, unless it begins with code or with a name such as `a-b`."""
    first = text.split(" ", 1)[0]
    return text if "-" in first else text[:1].upper() + text[1:]


def _masks(rule: Rule) -> Callable[[str], str]:
    """Return what hides the texts of cases that a page must not show."""
    if rule.veiled:
        return lambda text: _DOTS.sub("••••••", veiled_text(text))
    return (lambda text: codecs.encode(text, "rot13")) if rule.private else str


def _cases(title: str, hide: Callable[[str], str], cases: Sequence[Case]) -> Iterator[str]:
    yield f"## {title}\n"
    for case in cases:
        if case.note:
            yield f"{case.note[:1].upper()}{case.note[1:]}:\n"
        yield "```json"
        yield from (_shown(_hidden(line, hide)) for line in case.lines[:4])
        if len(case.lines) > 4:
            yield f"… {len(case.lines) - 4} more lines"
        if case.held:
            yield "```\n"
            yield "and in a validation file\n"
            yield "```json"
            yield from (_shown(_hidden(line, hide)) for line in case.held[:4])
        yield "```\n"
        if case.ignores:
            yield f"with `.ftlint-ignore.yaml`\n\n```yaml\n{case.ignores.rstrip()}\n```\n"
        if case.options:
            options = ", ".join(f"`{key}: {value}`" for key, value in case.options.items())
            yield f"With {options}.\n"
        if case.at:
            yield f"Reported at {', '.join(map(_place, case.at))}.\n"


def _hidden(value: Any, hide: Callable[[str], str], key: str = "") -> Any:
    """Return a value with its texts hidden, but for roles and types."""
    if isinstance(value, dict):
        return {name: _hidden(each, hide, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_hidden(each, hide, key) for each in value]
    if isinstance(value, str) and key not in ("role", "type"):
        return hide(value)
    return value


def _shown(line: Any) -> str:
    if not isinstance(line, bytes):
        return cut(json.dumps(line, ensure_ascii=False), _SHOWN)
    plain = line.decode(errors="backslashreplace")
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)
    return text if len(text) <= 2 * _DUMPED else cut(text, _DUMPED)


def _place(place: str) -> str:
    """Say a place of a case in words."""
    held = place.startswith("held ")
    if held:
        return f"{_place(place.removeprefix('held '))} of the validation file"
    if place.startswith("ignores "):
        return f"line {place.removeprefix('ignores ')} of `.ftlint-ignore.yaml`"
    if place == "-":
        return "the whole file"
    line, _, pointer = place.rpartition(" ")
    where = f"line {line}, " if line not in ("", "1") else ""
    if pointer == "?":
        return where + "its place in the line"
    return where + (f"`{pointer}`" if pointer else "the record")


def options_of(rule: Rule) -> list[tuple[str, Any, str]]:
    """Return name, default and meaning of each option of `rule`."""
    found = []
    meanings = _field_docs(type(rule))
    for field in dataclasses.fields(rule):
        if field.init and field.name not in NOT_OPTIONS:
            meaning = field.metadata.get("doc") or meanings.get(field.name, "")
            value = getattr(rule, field.name)
            found.append((field.name.replace("_", "-"), value, str(meaning)))
    return found


def _field_docs(cls: type) -> dict[str, str]:
    """Return the string that stands under each field of a class, as this project writes them.

    Fields of the classes that it is made from are among them.
    """
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        found |= _own_docs(base)
    return found


@cache
def _own_docs(cls: type) -> dict[str, str]:
    import ast
    import textwrap

    try:
        source = textwrap.dedent(inspect.getsource(cls))
    except (OSError, TypeError):
        return {}
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for node, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign) and isinstance(after, ast.Expr):
            value = after.value
            if isinstance(value, ast.Constant) and isinstance(node.target, ast.Name):
                found[node.target.id] = " ".join(str(value.value).split())
    return found


def _options(rule: Rule) -> Iterator[str]:
    options = options_of(rule)
    if not options:
        return
    yield "## Options\n"
    yield "| option | default | meaning |"
    yield "|---|---|---|"
    for name, value, meaning in options:
        text = json.dumps(value, ensure_ascii=False, default=str)
        if rule.private and isinstance(value, list | tuple | dict) and value:
            text = f"{len(value)} entries"
        shown = text if len(text) <= 80 else text[:79] + "…"
        yield f"| `{name}` | `{shown.replace('|', chr(92) + '|')}` | {meaning} |"


def pick(word: str | None, rules: Sequence[Rule]) -> list[Rule]:
    """Return the rule that `word` names, or those of a prefix; all for None. Raises: UsageError."""
    from ftlint.configuration.document import suggest

    if word is None:
        return list(rules)
    for each in rules:
        if word.upper() == each.code or word == each.name:
            return [each]
    family = [each for each in rules if word and each.code.startswith(word.upper())]
    if family:
        return family
    # All codes look alike: one that does not exist says nothing of the one that was meant.
    near = suggest(word, [] if word[-1:].isdigit() else [each.name for each in rules])
    raise UsageError(f"no rule is called {word!r}{near or '; ftlint rule lists them all'}")


def listing(rules: Sequence[Rule], *, markdown: bool = False) -> str:
    """Return one line a rule, by family."""
    lines: list[str] = []
    family = None
    for rule in rules:
        prefix = rule.code[:3]
        if prefix != family:
            family = prefix
            title = FAMILIES.get(prefix, rule.code.rstrip("0123456789"))
            lines += _head(prefix, title, markdown)
        summary = summary_of(rule)
        off = "" if rule.default else " (off by default)"
        if markdown:
            link = f"[{rule.name}]({rule.name}.md)"
            lines.append(f"| {rule.code} | {link} | {rule.severity} | {summary}{off} |")
        else:
            lines.append(f"  {rule.code}  {rule.severity!s:<8} {rule.name:<30} {summary}{off}")
    return "\n".join(lines).strip("\n")


def _head(prefix: str, title: str, markdown: bool) -> list[str]:
    if markdown:
        return [
            f"\n## {prefix} {title}\n",
            "| code | name | severity | what |",
            "|---|---|---|---|",
        ]
    return [f"\n{prefix} {title}"]


def as_json(rules: Sequence[Rule]) -> str:
    """Return the rules as a JSON list, for tools."""
    return json.dumps([_record(rule) for rule in rules], ensure_ascii=False, indent=2)


def _record(rule: Rule) -> dict[str, Any]:
    summary, *paragraphs = _paragraphs(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "default": rule.default,
        "since": rule.since,
        "summary": summary,
        "documentation": paragraphs,
        "message": rule.message,
        "options": {
            name: json.loads(json.dumps(value, default=str)) for name, value, _ in options_of(rule)
        },
    }


def pages(rules: Sequence[Rule]) -> dict[str, str]:
    """Return the files of `docs/rules/`: an index and a page a rule."""
    index = (
        "# Rules\n\nGenerated from the rules by `python -m ftlint.docs docs/rules`.\n"
        + listing(rules, markdown=True)
        + "\n"
    )
    return {"README.md": index} | {f"{rule.name}.md": page(rule) for rule in rules}


def main(folder: str) -> None:
    """Write the pages of all built-in rules to `folder`, and remove pages of rules that left."""
    from pathlib import Path

    from ftlint.configuration.catalogue import builtin

    files = pages(builtin())
    for old in Path(folder).glob("*.md"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (Path(folder) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import sys

    main(sys.argv[1])
