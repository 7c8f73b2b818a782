"""`ftlint test`: the good and bad cases of rule packs, run as a user of the pack would."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import discover
from ftlint.configuration.packs import check_unique, load_pack
from ftlint.error import PackError, UsageError
from ftlint.rule import Rule
from ftlint.testing import check_case


def test_packs(packs: Sequence[str], config: str | None) -> tuple[int, list[str]]:
    """Return the number of cases that fail, and lines to print. Raises: FtlintError."""
    settings = discover(Path.cwd(), config)
    folders = [Path(pack) for pack in packs] or [settings.beside(pack) for pack in settings.packs]
    if not folders:
        raise UsageError("no pack to test: name a folder, or set packs: in ftlint.yaml")
    rules = [rule for folder in folders for rule in _pack(folder)]
    built_in = builtin()
    check_unique([*built_in, *rules])
    others = [rule for rule in [*built_in, *rules] if rule.default]
    failures, cases, lines = 0, 0, []
    for rule in rules:
        for kind, group in (("good", rule.good), ("bad", rule.bad)):
            for number, case in enumerate(group, 1):
                cases += 1
                differences = check_case(rule, case, others)
                failures += bool(differences)
                lines += [
                    f"{rule.code} {rule.name}: {kind} case {number}: {difference}"
                    for difference in differences
                ]
    verdict = f"{failures} failed" if failures else "all as expected"
    plural = "s" if len(rules) > 1 else ""
    lines.append(f"{len(rules)} rule{plural}, {cases} cases: {verdict}")
    return failures, lines


def _pack(folder: Path) -> list[Rule]:
    rules = load_pack(folder, user=True)
    if not rules:
        raise PackError(f"{folder}: no rule in this folder (one .yaml file a rule)")
    return rules
