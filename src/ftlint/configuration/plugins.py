"""Plugins: rules of other packages, found by the entry point group `ftlint.rules`.

The name of an entry point is the plugin's code prefix, so a plugin is imported only when the
selection can reach its rules. Its value is a rule class, or a list or tuple of them. Scanning
the installed packages costs some milliseconds, so the list is cached until a folder on the path
changes; what reads their metadata costs 20 more, and is imported only where one names the group.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import orjson

from ftlint.calm import rouse
from ftlint.error import PluginError
from ftlint.finding import Severity
from ftlint.rule import DatasetRule, ExampleRule, Rule
from ftlint.storage import cache
from ftlint.value import dataclass

GROUP = "ftlint.rules"
REQUIRED = ("code", "name", "severity", "message")
"""What a rule class must say of itself."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point: its code prefix and `module:attribute`."""

    prefix: str
    value: str

    def load(self) -> list[Rule]:
        """Import the plugin and return its rules. Raises: PluginError."""
        module, _, attribute = self.value.partition(":")
        rouse()
        try:
            target: Any = import_module(module)
            for part in filter(None, attribute.split(".")):
                target = getattr(target, part)
            classes = target if isinstance(target, list | tuple) else (target,)
            if not classes:
                raise PluginError(
                    f"plugin {self.prefix} ({self.value}): its list of rules is empty"
                )
            return [self._rule(each) for each in classes]
        except PluginError:
            raise
        except (Exception, SystemExit) as error:  # a module may end the program, with status 0
            what = f"{type(error).__name__}: {error}"
            raise PluginError(
                f"plugin {self.prefix} ({self.value}) cannot be loaded: {what}; "
                f"mend or uninstall it, or leave it out with --ignore {self.prefix}"
            ) from error

    def _rule(self, each: Any) -> Rule:
        if not (isinstance(each, type) and issubclass(each, ExampleRule | DatasetRule)):
            raise PluginError(f"plugin {self.prefix} ({self.value}): {each!r} is not a rule class")
        if flaw := self._flaw(each):
            raise PluginError(f"plugin {self.prefix} ({self.value}): {each.__name__} {flaw}")
        return each()

    def _flaw(self, each: type[Rule]) -> str:
        """Return what a rule class says wrongly of itself, or nothing."""
        missing = [name for name in REQUIRED if not hasattr(each, name)]
        if missing:
            return f"has no {missing[0]} (a rule has {', '.join(REQUIRED)})"
        code = str(each.code)
        if not code.startswith(self.prefix) or code.startswith("FT"):
            return f"has the code {code!r}, which does not begin with {self.prefix!r} or is FT"
        if not re.fullmatch(r"[A-Z]{2,4}[0-9]{3}", code):
            return f"has the code {code!r}, which is not 2 to 4 capitals and 3 digits"
        if not isinstance(each.severity, Severity):
            return f"has the severity {each.severity!r}, which is none of ftlint.finding.Severity"
        return ""


def load(select: Iterable[str] | None, ignore: Iterable[str]) -> list[Rule]:
    """Return the rules of the plugins that the selection can reach. Raises: PluginError.

    `select` None means that the configuration chooses, which reaches every plugin.
    """
    chosen = None if select is None else list(select)
    left_out = set(ignore)
    return [
        rule
        for plugin in installed()
        if plugin.prefix not in left_out and (chosen is None or _reaches(chosen, plugin.prefix))
        for rule in plugin.load()
    ]


def _reaches(selectors: list[str], prefix: str) -> bool:
    """Return whether a selector can name a rule of the plugin; a rule's name always can."""
    return any(
        word in ("ALL", "DEFAULT")
        or not word.isupper()
        or word.startswith(prefix)
        or prefix.startswith(word)
        for word in selectors
    )


def installed() -> list[Plugin]:
    """Return the plugins that are installed, by prefix."""
    folders = [(path, os.stat(path).st_mtime_ns) for path in sys.path if os.path.isdir(path)]
    # As ASCII: a path may hold bytes that are no UTF-8.
    state = ascii(folders)
    known = _recall(state)
    if known is not None:
        return known
    plugins = _listed() if any(map(_offers, sys.path)) else []
    cache.write("plugins.json", orjson.dumps({"folders": state, "plugins": plugins}))
    return [Plugin(*entry) for entry in plugins]


def _listed() -> list[tuple[str, str]]:
    """Return prefix and value of each entry point of the group."""
    from importlib.metadata import entry_points

    return sorted({(entry.name, entry.value) for entry in entry_points(group=GROUP)})


def _offers(path: str) -> bool:
    """Return whether something that is installed in a folder may have entry points of the group.

    An archive always may: no folder can be read in it.
    """
    try:
        with os.scandir(path or ".") as entries:
            # Of an egg the metadata stand in the folder itself.
            names = [each.name for each in entries if each.name.lower().endswith(_METADATA)]
    except OSError:
        return os.path.isfile(path)
    return any(_names_group(os.path.join(path, name, "entry_points.txt")) for name in names)


_METADATA = (".dist-info", "egg-info")


def _names_group(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return GROUP.encode() in file.read()
    except OSError:
        return False


def _recall(state: str) -> list[Plugin] | None:
    try:
        known = orjson.loads(cache.read("plugins.json") or b"")
        return [Plugin(*entry) for entry in known["plugins"]] if known["folders"] == state else None
    except (ValueError, TypeError, KeyError):  # none, damaged, or of another version
        return None
