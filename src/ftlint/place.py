"""Places: many pointers into one line, each found with what the others have learned.

Reading a line anew for each of five hundred findings would take a minute for a long one. From the
`FEW`th pointer on, a container is read once and the places of all its items are kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from ftlint.pointer import Extent, Step, advance, index_of, item, items, members, tokens, trail

FEW = 4
"""Pointers from which it pays to keep the places of all items."""


class Places:
    """The places in one text. Size: O(items of the containers on the way to a place)."""

    __slots__ = ("_asked", "_known", "_lists", "_objects", "_reached", "text")

    def __init__(self, text: str) -> None:
        """Read nothing yet."""
        self.text = text
        self._asked = 0
        self._known: dict[str, list[Step]] = {}
        self._lists: dict[int, array[int]] = {}
        self._objects: dict[int, dict[str, Step]] = {}
        self._reached: dict[int, tuple[int, int]] = {}
        """Of each string the decoded code points that were counted last, and where they end."""

    def locate(self, pointer: str, *, key: bool = False) -> Extent | None:
        """Return what `ftlint.pointer.locate` does."""
        found = self._steps(pointer)
        if len(found) <= pointer.count("/"):  # one a token
            return None
        return found[-1].key if key else found[-1].extent

    def nearest(self, pointer: str) -> Extent:
        """Return the extent that `ftlint.pointer.nearest` does."""
        found = self._steps(pointer)
        return found[-1].extent if found else Extent(0, len(self.text))

    def inside(self, extent: Extent, span: tuple[int, int]) -> Extent:
        """Return what `ftlint.pointer.inside` does; spans that rise are counted on."""
        if not self.text.startswith('"', extent.start):
            return extent
        last, (count, at) = extent.end - 1, (0, extent.start + 1)
        start = max(span[0], 0)
        reached = self._reached.get(extent.start, (0, at))
        if reached[0] <= start:
            count, at = reached
        begin = advance(self.text, at, last, start - count)
        self._reached[extent.start] = start, begin
        return Extent(begin, advance(self.text, begin, last, span[1] - start))

    def _steps(self, pointer: str) -> list[Step]:
        found = self._known.get(pointer)
        if found is None:
            self._asked += 1
            parts = tokens(pointer)
            found = trail(self.text, parts) if self._asked < FEW else self._walked(parts)
            self._known[pointer] = found
        return found

    def _walked(self, parts: Sequence[str]) -> list[Step]:
        """Return the whole value and then what `parts` lead to, as far as it exists."""
        whole = self._known.get("")
        if whole is None:
            whole = self._known[""] = trail(self.text, ())
        found = list(whole)
        for part in parts if found else ():
            step = self._child(found[-1], part)
            if step is None:
                break
            found.append(step)
        return found

    def _child(self, step: Step, part: str) -> Step | None:
        opener, at = self.text[step.start : step.start + 1], step.start
        if opener == "{":
            if at not in self._objects:
                self._objects[at] = members(self.text, at)
            return self._objects[at].get(part)
        if opener != "[":
            return None
        if at not in self._lists:
            self._lists[at] = items(self.text, at)
        index, starts = index_of(part), self._lists[at]
        if not 0 <= index < len(starts):
            return None
        return item(self.text, starts[index])
