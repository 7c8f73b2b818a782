"""The selection: which rules a run has, of all that presets, targets, file and command line ask.

Config -> Selection -> the engine's Plan. Of all that select or ignore a rule the most specific
counts: its code or name, then a longer prefix of its code, then a shorter one, then DEFAULT and
ALL. Between equals the command line beats the file, the file beats the preset, and within one of
them ignoring beats selecting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, get_args

from ftlint.configuration import document as documents
from ftlint.configuration.config import SELECTORS, Config, Level, Threshold
from ftlint.configuration.document import convert
from ftlint.configuration.option import configured, near
from ftlint.error import ConfigError, FtlintError, UsageError
from ftlint.finding import Severity
from ftlint.panel import NOBODY, Panel, united
from ftlint.pointer import join
from ftlint.rule import Rule
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.targets.target import Target


@dataclass(frozen=True)
class Preset:
    """A selection that comes with ftlint."""

    description: str
    select: tuple[str, ...]
    ignore: tuple[str, ...] = ()
    min_severity: Level = "note"
    """What `select` chooses must be at least so bad; what others select need not."""
    severity: Mapping[str, Level] = field(default_factory=dict)
    fail_on: Threshold = "error"


@dataclass(frozen=True)
class Selection:
    """The rules of a run, by code and with their options."""

    rules: tuple[Rule, ...]
    severities: Mapping[str, Severity]
    """By code, of those rules whose severity is configured."""
    fail_on: Severity | None
    """The lowest severity that fails; None never fails."""
    targets: tuple[str, ...] = ()
    """The targets that were named."""
    panel: Panel = NOBODY
    """Which of them asks for which rule, when there are several."""


def preset(name: str) -> Preset:
    """Return a preset that comes with ftlint. Raises: ConfigError."""
    from ftlint.configuration.packs import rules_folder

    path = rules_folder() / "presets" / f"{name}.yaml"
    return convert(documents.load(path, ConfigError), "", Preset)


PRESET, TARGET, FILE, COMMAND_LINE = range(4)
"""Layers of wishes."""
EXACT = 1000
"""How specific a code or name is: more than any prefix, which counts its length."""

Blame = Callable[[str], FtlintError]
"""From a message to the error that has the place of what is wrong."""

_PREFIX = re.compile(r"([A-Z]+)([0-9]*)")


def choose(
    config: Config,
    rules: Sequence[Rule],
    select: Sequence[str] | None = None,
    ignore: Sequence[str] = (),
    severity: Sequence[str] = (),
    target: str | Sequence[str] | None = None,
    encoding: str | None = None,
    method: str | None = None,
) -> Selection:
    """Return what is run of `rules`, which are all that there are.

    The last six are those of the command line: `select` replaces what the file and its preset
    select; `ignore` and `severity` (`FT3=error`) are added; `target`, one or several, replaces
    the file's, `encoding` that of their models, and `method` how they train.

    Raises: ConfigError, UsageError
    """
    asked = (target,) if isinstance(target, str) else tuple(target or ())
    aims = _targets(config, tuple(dict.fromkeys(asked)), encoding, method)
    wanted = [
        chosen(config, rules, aim, (select, ignore, severity), encoding)
        for aim in aims.values() or (None,)
    ]
    base, names = preset(config.extends), tuple(aims)
    fail_on = config.fail_on or base.fail_on
    failing = None if fail_on == "never" else Severity.parse(fail_on)
    if len(wanted) == 1:
        return Selection(*wanted[0], failing, names)
    every, panel = united(names, wanted)
    return Selection(every, {}, failing, names, panel)


def chosen(
    config: Config,
    rules: Sequence[Rule],
    aimed: Target | None,
    asked: tuple[Sequence[str] | None, Sequence[str], Sequence[str]] = (None, (), ()),
    encoding: str | None = None,
) -> tuple[tuple[Rule, ...], dict[str, Severity]]:
    """Return what is run for one target, with the severities that are not the rules' own."""
    wishes = _Wishes(rules)
    wishes.of_preset(preset(config.extends))
    if aimed is not None:
        if aimed.document:
            from ftlint.targets.proofread import wishes as proofread

            proofread(aimed.document, rules)
        as_preset = Preset(aimed.title, aimed.select, aimed.ignore, severity=aimed.severity)
        wishes.of_preset(as_preset, TARGET)
    wishes.of_file(config)
    wishes.of_command_line(*asked)
    given = configured(config, rules, aimed, encoding)
    kept = tuple(rule for rule in given if wishes.value(wishes.choices, rule) is True)
    levels = {r.code: level for r in kept if (level := wishes.value(wishes.levels, r))}
    return kept, levels


def _targets(
    config: Config, asked: tuple[str, ...], encoding: str | None, method: str | None
) -> dict[str, Target]:
    """Return the targets that count by their names. Raises: FtlintError."""
    if not asked and not config.target:
        return {}
    from ftlint.targets import target as targets

    found: dict[str, Target] = {}
    for index, name in enumerate(asked or config.target):
        try:
            target = targets.read(name, encoding, None if asked else config.root, method)
            if target not in found.values():  # an alias names the same one
                found[name] = target
        except UsageError as unknown:
            if asked:
                raise UsageError(f"--target: {unknown}") from None
            several = isinstance(config.document.data.get("target"), list)
            place = join(["target", index] if several else ["target"])
            raise config.document.error(place, str(unknown)) from None
    return found


@dataclass(frozen=True, slots=True)
class _Wish:
    """That the rules which `selector` matches be selected, be ignored, or be of a severity."""

    selector: str
    specific: int
    layer: int
    value: bool | Severity
    floor: Severity = Severity.NOTE

    @property
    def rank(self) -> tuple[int, int, bool]:
        return (self.specific, self.layer, self.value is False)

    def covers(self, rule: Rule) -> bool:
        # A rule that is off by default is ignored by its prefix, but not selected by it.
        vague = self.value is True and self.specific < EXACT and self.selector != "ALL"
        if rule.severity < self.floor or (vague and not rule.default):
            return False
        return matches(self.selector, rule)


class _Wishes:
    """What preset, target, file and command line ask for; a later layer beats an earlier one."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.choices: list[_Wish] = []
        self.levels: list[_Wish] = []

    def of_preset(self, base: Preset, layer: int = PRESET) -> None:
        floor = Severity.parse(base.min_severity)
        wishes: list[tuple[str, bool | Severity]] = [(word, True) for word in base.select]
        wishes += [(word, False) for word in base.ignore]
        wishes += [(word, Severity.parse(level)) for word, level in base.severity.items()]
        for word, value in wishes:
            # A preset may name rules that are not there, as in a test of a pack alone.
            if _specific(word, self.rules) is not None:
                wish = self.wish(word, layer, value, UsageError)
                kept = self.choices if isinstance(value, bool) else self.levels
                kept.append(replace(wish, floor=floor) if value is True else wish)

    def of_file(self, config: Config) -> None:
        def at(*parts: str | int) -> Blame:
            return lambda message: config.document.error(join(parts), message)

        for index, word in enumerate(config.select):
            self.choices.append(self.wish(word, FILE, True, at("select", index)))
        for index, word in enumerate(config.ignore):
            self.choices.append(self.wish(word, FILE, False, at("ignore", index)))
        for word, level in config.severity.items():
            value = Severity.parse(level)
            self.levels.append(self.wish(word, FILE, value, at("severity", word)))
        for glob, words in config.per_file_ignores.items():
            for index, word in enumerate(words):
                self.wish(word, FILE, False, at("per-file-ignores", glob, index))

    def of_command_line(
        self, select: Sequence[str] | None, ignore: Iterable[str], severity: Iterable[str]
    ) -> None:
        def at(option: str) -> Blame:
            return lambda message: UsageError(f"--{option}: {message}")

        if select is not None:
            self.choices = [wish for wish in self.choices if wish.value is False]
        self.choices += [self.wish(word, COMMAND_LINE, True, at("select")) for word in select or ()]
        self.choices += [self.wish(word, COMMAND_LINE, False, at("ignore")) for word in ignore]
        for text in severity:
            word, _, level = text.rpartition("=")
            if not word or level not in get_args(Level):
                levels = ", ".join(get_args(Level))
                raise UsageError(f"--severity: {text!r} is not RULE=LEVEL (levels: {levels})")
            self.levels.append(self.wish(word, COMMAND_LINE, Severity.parse(level), at("severity")))

    def wish(self, word: str, layer: int, value: bool | Severity, blame: Blame) -> _Wish:
        specific = _specific(word, self.rules)
        if specific is None:
            hint = near(word, self.rules) or f" ({SELECTORS})"
            raise blame(f"unknown selector {word!r}{hint}")
        return _Wish(word, specific, layer, value)

    def value(self, wishes: Sequence[_Wish], rule: Rule) -> Any:
        """Return what is asked for `rule`; the last of equals counts, as for any option."""
        covering = [wish for wish in reversed(wishes) if wish.covers(rule)]
        return max(covering, key=lambda wish: wish.rank).value if covering else None


def _specific(selector: str, rules: Iterable[Rule]) -> int | None:
    """Return how specific a selector is; None when it matches no rule that there is."""
    if selector in ("ALL", "DEFAULT"):
        return 0
    matched = [rule for rule in rules if matches(selector, rule)]
    if any(selector in (rule.code, rule.name) for rule in matched):
        return EXACT
    return len(selector) if matched else None


def known_selector(selector: str, rules: Iterable[Rule]) -> bool:
    """Return whether a selector matches a rule that there is."""
    return _specific(selector, rules) is not None


def matches(selector: str, rule: Rule) -> bool:
    """Return whether a code, prefix, name, ALL or DEFAULT means `rule`."""
    if selector in ("ALL", rule.code, rule.name):
        return True
    if selector == "DEFAULT":
        return rule.default
    # The letters must be all of the code's: FT does not stand for a plugin's FTX001.
    parts = _PREFIX.fullmatch(selector)
    return bool(parts and re.match(f"{parts[1]}(?=[0-9]){parts[2]}", rule.code))
