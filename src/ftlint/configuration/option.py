"""Options of rules: of the target, then of the configuration, then of the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, get_type_hints

from ftlint.configuration.document import Document, convert_value, suggest
from ftlint.error import ConfigError
from ftlint.pointer import join, resolve
from ftlint.rule import Rule

if TYPE_CHECKING:
    from ftlint.configuration.config import Config
    from ftlint.targets.target import Target

FIXED = frozenset({*Rule.__annotations__, "documentation", "origin", "backend"})
"""Fields that identify or document a rule; they are no options."""


def configured(
    config: Config, rules: Sequence[Rule], target: Target | None, encoding: str | None
) -> list[Rule]:
    """Return `rules` by code with their options; `encoding` is that of the command line.

    Raises: ConfigError, UsageError
    """
    if target is not None:
        rules = _imposed(f"target {target.title}", target.rules, rules)
    rules = options_given(replace(config.document, data={"rules": config.rules}), rules)
    if config.languages:
        rules = [_spoken(rule, config.languages) for rule in rules]
    if config.lexicons:
        paths = _lexicons(config)
        rules = [_worded(rule, paths) for rule in rules]
    if encoding is not None:
        from ftlint.targets.target import encoded

        rules = _imposed("--encoding", encoded(encoding), rules)
    return sorted(rules, key=lambda rule: rule.code)


def _spoken(rule: Rule, languages: tuple[str, ...]) -> Rule:
    """Return `rule` with the languages of the dataset, unless it has some of its own."""
    if getattr(rule, "languages", None) != ():
        return rule
    return replace(rule, **{"languages": languages})  # a field of some rules only


def _lexicons(config: Config) -> tuple[str, ...]:
    """Return the paths of the user's lexicons, each read once. Raises: PackError, ConfigError."""
    from ftlint.bias.identity import read_file

    paths = []
    for index, name in enumerate(config.lexicons):
        if not (config.root / name).is_file():
            raise config.document.error(join(["lexicons", index]), f"{name!r}: no such file")
        paths.append(str(config.beside(name)))
        read_file(paths[-1])
    return tuple(paths)


def _worded(rule: Rule, paths: tuple[str, ...]) -> Rule:
    """Return `rule` with the lexicons of the configuration, unless it has some of its own."""
    if getattr(rule, "lexicons", None) != ():
        return rule
    return replace(rule, **{"lexicons": paths})  # a field of some rules only


def _imposed(
    origin: str, options: Mapping[str, Mapping[str, Any]], rules: Sequence[Rule]
) -> list[Rule]:
    """Return `rules` with those of the `options` that are for one of them."""
    there = {word for rule in rules for word in (rule.code, rule.name)}
    kept = {word: given for word, given in options.items() if word in there}
    return options_given(Document(origin, {"rules": kept}, raises=ConfigError), rules)


def options_given(document: Document, rules: Sequence[Rule]) -> list[Rule]:
    """Return `rules` with the options that stand under `/rules`. Raises: ConfigError."""
    made = {rule.code: rule for rule in rules}
    codes = {word: rule.code for rule in rules for word in (rule.code, rule.name)}
    seen: dict[str, str] = {}
    for word in document.data["rules"]:
        pointer = join(["rules", word])
        if word not in codes:
            hint = near(word, rules) or " (a code or a rule name)"
            raise document.error(pointer, f"unknown rule {word!r}{hint}")
        if first := seen.get(codes[word]):
            raise document.error(pointer, f"{word!r} is {first!r}, which has options already")
        seen[codes[word]] = word
        made[codes[word]] = _with_options(document, pointer, made[codes[word]])
    return list(made.values())


def _with_options(document: Document, pointer: str, rule: Rule) -> Rule:
    names = {
        each.name.replace("_", "-"): each.name
        for each in fields(rule)
        if each.init and each.name not in FIXED
    }
    hints, values = get_type_hints(type(rule)), {}
    for key in resolve(document.data, pointer):  # type: ignore[attr-defined]
        place = pointer + join([key])
        if key not in names:
            options = f" (options: {', '.join(sorted(names))})" if names else " (it has none)"
            hint = suggest(key, names) or options
            raise document.error(place, f"unknown option {key!r} for rule {rule.name!r}{hint}")
        values[names[key]] = convert_value(document, place, hints[names[key]])
    try:
        return replace(rule, **values)
    except ValueError as bad:
        raise document.error(pointer, f"rule {rule.name!r}: {bad}") from None


def near(word: str, rules: Iterable[Rule]) -> str:
    """Return a hint at the code or name that `word` may mean, or nothing."""
    # All codes look alike: one that does not exist says nothing of the one that was meant.
    if re.fullmatch("[A-Z]+[0-9]+", word):
        return ""
    return suggest(word, [word for rule in rules for word in (rule.code, rule.name)])
