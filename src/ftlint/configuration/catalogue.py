"""The catalogue: every rule that a run can choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ftlint.configuration.packs import check_unique, load_pack, rules_folder
from ftlint.rule import Rule
from ftlint.rules import BUILTIN
from ftlint.targets.target import usual


def builtin() -> list[Rule]:
    """Return the rules that come with ftlint, by code. Raises: PackError."""
    limits = usual()  # no number of a provider stands in code
    rules = [rule(**_fields(limits.get(rule.name, {}))) for rule in BUILTIN]
    return sorted([*rules, *load_pack(rules_folder())], key=lambda rule: rule.code)


def _fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options under the names of the fields that they are."""
    return {key.replace("-", "_"): value for key, value in options.items()}


def catalogue(packs: Iterable[Path] = (), plugins: Sequence[Rule] = ()) -> list[Rule]:
    """Return all rules by code: built in, of user packs, of plugins. Raises: PackError."""
    rules = builtin()
    for pack in packs:
        rules += load_pack(pack, user=True)
    rules += plugins
    check_unique(rules)
    return sorted(rules, key=lambda rule: rule.code)
