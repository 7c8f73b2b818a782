"""What an example declares that can be called: the functions under `tools` and `functions`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.example import Example
from ftlint.feature import CheapFeature
from ftlint.value import dataclass


class Declaration:
    """One declared function and where it stands."""

    __slots__ = ("pointer", "value")

    def __init__(self, pointer: str, value: dict[str, Any]) -> None:
        """Keep the object that has `name` and `parameters`."""
        self.pointer = pointer
        self.value = value

    @property
    def name(self) -> str | None:
        """Return the name if it is text, else None."""
        name = self.value.get("name")
        return name if isinstance(name, str) else None


@dataclass(frozen=True)
class Declarations(CheapFeature[tuple[Declaration, ...]]):
    """What an example declares, as far as it is an object; several rules ask.

    A flat tool (the name beside the type) counts as its own function, so that a wrong shape does
    not make its calls undeclared too.
    """

    def of(self, example: Example) -> tuple[Declaration, ...]:
        """Return the declarations under `tools`, then those under `functions`."""
        found = []
        at, record = example.job
        for index, item in _objects(record.get("tools")):
            function = item.get("function")
            if isinstance(function, dict):
                found.append(Declaration(f"{at}/tools/{index}/function", function))
            else:
                found.append(Declaration(f"{at}/tools/{index}", item))
        for index, item in _objects(record.get("functions")):
            found.append(Declaration(f"{at}/functions/{index}", item))
        return tuple(found)


DECLARATIONS = Declarations()


def declarations(example: Example) -> tuple[Declaration, ...]:
    """Return what is declared; most examples declare nothing."""
    _, record = example.job
    return example[DECLARATIONS] if "tools" in record or "functions" in record else ()


def declared(example: Example) -> dict[str, Declaration] | None:
    """Return the declarations by name; None when not all of them can be read.

    Whatever is wrong with them is told by the rules about declarations, and not also as calls of
    undeclared functions.
    """
    known: dict[str, Declaration] = {}
    _, record = example.job
    if record.get("functions") == []:
        return None
    for key in ("tools", "functions"):
        items = record.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            return None
    for declaration in declarations(example):
        if not declaration.name:
            return None
        known.setdefault(declaration.name, declaration)
    return known


def _objects(items: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, dict):
                yield index, item
