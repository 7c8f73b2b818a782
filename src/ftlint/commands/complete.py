"""Completion of words in the shell: rules, targets, shapes, formats and files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ftlint.error import FtlintError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ftlint.rule import Rule

    Items = list[CompletionItem[str]]
    Completer = Callable[[click.Context, click.Parameter, str], Items]


def _item(value: str, **more: str | None) -> CompletionItem[str]:
    from click.shell_completion import CompletionItem  # only where something is completed

    return CompletionItem(value, **more)  # type: ignore[arg-type]


def _items(words: Iterable[str], word: str, before: str = "") -> Items:
    return [_item(before + each) for each in words if each.startswith(word)]


def files(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete names of files and folders, which the shell does."""
    return [_item(word, type="file")]


def folders(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete names of folders."""
    return [_item(word, type="dir")]


def rule_names(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the code or name of one rule: families first, then codes or names."""
    from ftlint.docs import summary_of

    rules = _rules(context)
    numbered = any(sign.isdigit() for sign in word)
    if not numbered and not word[:1].islower():
        return _families(rules, word.upper())
    found = []
    for rule in rules:
        if numbered and rule.code.startswith(word.upper()):
            found.append(_item(rule.code, help=f"{rule.name}: {summary_of(rule)}"))
        if rule.name.startswith(word):
            found.append(_item(rule.name, help=f"{rule.code}: {summary_of(rule)}"))
    return found


def selectors(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the last of several selectors: `FT1,role-in`."""
    before, comma, last = word.rpartition(",")
    chosen = rule_names(context, parameter, last)
    chosen += _items(("ALL", "DEFAULT"), last)
    for item in chosen:
        item.value = before + comma + item.value
    return chosen


def severities(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete `RULES=LEVEL`, the last of several."""
    before, comma, last = word.rpartition(",")
    name, equals, level = last.partition("=")
    if equals:
        levels = ("error", "warning", "note")
        return _items(levels, level, f"{before}{comma}{name}=")
    chosen = rule_names(context, parameter, last)
    for item in chosen:
        item.value = f"{before}{comma}{item.value}"
    return chosen


def target_names(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the names of targets, after a colon those of their models, or a file."""
    from ftlint.targets.target import model_names, names, read

    provider, colon, _ = word.partition(":")
    words = names()
    if colon and provider in words:
        words = [f"{provider}:{model}" for model in model_names(read(provider))]
    return _items(words, word) or ([] if colon else files(context, parameter, word))


def encoding_names(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the names of encodings."""
    from ftlint.targets.target import encodings

    return _items(encodings(), word)


def shape_names(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the record shapes that are read."""
    from ftlint.formats import FORMATS

    return _items(sorted(FORMATS), word)


def bridge_names(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the record shapes that can be converted."""
    from ftlint.bridges import BRIDGES

    return _items(sorted(BRIDGES), word)


def method_names(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the methods of training."""
    from ftlint.targets.method import METHODS

    return _items(METHODS, word)


def model_names(context: click.Context, parameter: click.Parameter, word: str) -> Items:
    """Complete the models whose weights can be fetched."""
    from ftlint.scoring.fetch import known

    return _items(known(), word)


def reports(formats: Iterable[str]) -> Completer:
    """Return what completes the FORMAT of `FORMAT=PATH`."""

    def complete(context: click.Context, parameter: click.Parameter, word: str) -> Items:
        return _items((f"{each}=" for each in formats), word)

    return complete


def _rules(context: click.Context) -> list[Rule]:
    """Return the rules of the configuration, and the built-in ones alone where that is broken."""
    from ftlint.configuration.catalogue import builtin
    from ftlint.configuration.config import discover
    from ftlint.session import all_rules

    try:
        return [*all_rules(discover(Path.cwd(), context.params.get("config")))]
    except FtlintError:
        return [*builtin()]


def _families(rules: Iterable[Rule], word: str) -> Items:
    """Return the beginnings of codes that stand for several rules."""
    from ftlint.docs import FAMILIES

    found = {rule.code[:3] if rule.code.startswith("FT") else rule.code[:-3] for rule in rules}
    return [_item(each, help=FAMILIES.get(each)) for each in sorted(found) if each.startswith(word)]
