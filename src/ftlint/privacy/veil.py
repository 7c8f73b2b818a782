"""Veil: what reports show, with dots in place of personal data and secrets.

Every rule may quote a text, and any text may hold a value that another rule is about. A dot stands
for each character, so that columns and carets stay where they are. Nothing is imported for what
passes the gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ftlint.finding import Finding, Fix
from ftlint.privacy.gate import gate

SHORTEST = 6
"""Characters of the shortest value, an address such as `xy@a.de`, less one."""


def veiled_text(text: str) -> str:
    """Return `text` with dots for what is personal or secret."""
    if len(text) < SHORTEST or not gate(text.encode(errors="surrogatepass")):
        return text
    from ftlint.privacy.look import masked

    return masked(text)


def veiled_json(text: str) -> str:
    """Return a piece of JSON with dots, code point for code point."""
    if not gate(text.encode(errors="surrogatepass")):
        return text
    from ftlint.privacy.look import masked_json

    return masked_json(text)


def veiled_pointer(pointer: str) -> str:
    """Return a JSON pointer with dots in its keys; beside a slash no value would be known."""
    if len(pointer) < SHORTEST or not gate(pointer.encode(errors="surrogatepass")):
        return pointer
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")]
    veiled = [veiled_text(key).replace("~", "~0").replace("/", "~1") for key in keys]
    return "/".join(veiled)


def veiled_value(value: Any) -> Any:
    """Return a value with dots in all of its texts, also in those of keys."""
    if isinstance(value, str):
        return veiled_text(value)
    if isinstance(value, Mapping):
        return _veiled_mapping(value)
    if isinstance(value, list):
        return [veiled_value(each) for each in value]
    if type(value) is tuple:  # a named one keeps its fields
        return tuple([veiled_value(each) for each in value])
    return value


def _veiled_mapping(value: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return a mapping with dots; keys with equal dots are numbered, so that none is lost."""
    found: dict[Any, Any] = {}
    for key, each in value.items():
        name = shown = veiled_value(key)
        number = 1
        while name in found:
            number += 1
            name = f"{shown} ({number})"
        found[name] = veiled_value(each)
    return found


def veiled(finding: Finding) -> Finding:
    """Return a finding whose message, data and title of a fix hold nothing personal or secret."""
    message, data = veiled_text(finding.message), veiled_value(finding.data)
    fix = finding.fix
    if fix and (title := veiled_text(fix.title)) != fix.title:
        fix = Fix(title, fix.patch, fix.safety, fix.whole)
    if message == finding.message and data == finding.data and fix is finding.fix:
        return finding
    return replace(finding, message=message, data=data, fix=fix)
