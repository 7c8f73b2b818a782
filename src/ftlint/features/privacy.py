"""Privacy: what personal data and secrets stand in each example, and where.

A gate over the bytes of each line (`ftlint.privacy.gate`, about 4 ns a byte) leaves few lines to
be decoded and read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftlint.example import Batch, Example, Message, Text
from ftlint.feature import Feature
from ftlint.pointer import join
from ftlint.privacy.gate import gate, gates
from ftlint.privacy.sighting import Kind, Sighting
from ftlint.value import dataclass

CALL = "tool call"
"""Stands for the role of what is written into the arguments of a call."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """One sighting, in the text where it stands."""

    text: Text
    sighting: Sighting

    @property
    def value(self) -> str:
        """Return what was found. It must not leave this process."""
        return self.text.value[self.sighting.start : self.sighting.end]


class Spottings(Sequence[Sequence[Spotted]]):
    """What was found in a batch. Nothing is kept of examples without a sighting."""

    __slots__ = ("_length", "found")

    def __init__(self, length: int, found: Mapping[int, Sequence[Spotted]]) -> None:
        """Keep the sightings by the index of their example."""
        self._length = length
        self.found = found

    def __len__(self) -> int:
        """Return the number of examples."""
        return self._length

    def __getitem__(self, index: Any) -> Any:
        """Return the sightings of one example, in reading order."""
        return self.found.get(index, ())

    def holding(self, kind: Kind) -> list[int]:
        """Return the examples in which something of this kind stands."""
        return [
            index
            for index, found in self.found.items()
            if any(each.sighting.kind == kind for each in found)
        ]


@dataclass(frozen=True)
class PrivateData(Feature[Sequence[Spotted]]):
    """Personal data and secrets in the texts of an example and the arguments of its calls."""

    def compute(self, batch: Batch) -> Spottings:
        """Return what stands in each example."""
        found: dict[int, Sequence[Spotted]] = {}
        for index, bits in sorted(gates(batch.lines.raws).items()):
            if spotted := _read(batch.example(index), bits):
                found[index] = spotted
        return Spottings(len(batch), found)


PRIVATE = PrivateData()


def _read(example: Example, bits: int) -> list[Spotted]:
    """Return what stands in one example; nothing where there is no record."""
    if not example.proven and example.fault:
        return []
    return [spotted for text in told(example) for spotted in _spotted(text, bits)]


def _spotted(text: Text, bits: int) -> Sequence[Spotted]:
    """Return what stands in one text; of a long example most texts stop at the gate."""
    bits &= gate(text.value.encode(errors="surrogatepass"))
    if not bits:
        return ()
    from ftlint.privacy.look import sightings  # compiled where there is something to look at

    return [Spotted(text, each) for each in sightings(text.value, bits)]


def told(example: Example) -> list[Text]:
    """Return all that a model would read or write: the texts, and the arguments of calls."""
    texts = list(example.texts)
    for message in example.messages if example.native else ():
        for place, call in _calls(message):
            arguments = call.get("arguments") if isinstance(call, dict) else None
            for inner, value in _leaves(arguments):
                pointer = f"{message.pointer}/{place}/arguments{inner}"
                texts.append(Text(pointer, CALL, message.trained, value))
    return texts


def _calls(message: Message) -> Iterator[tuple[str, Any]]:
    """Yield place and function of the calls of a message, be they in the deprecated form."""
    for number, call in enumerate(message.calls):
        if isinstance(call, dict):
            yield f"tool_calls/{number}/function", call.get("function")
    yield "function_call", message.value.get("function_call")


def _leaves(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of arguments, be they JSON in a text or a value, with their pointers."""
    waiting = [("", value)]
    while waiting:
        place, each = waiting.pop()
        if isinstance(each, str):
            yield place, each
        elif isinstance(each, dict):
            waiting += [(place + join([key]), inner) for key, inner in reversed(each.items())]
        elif isinstance(each, list):
            inside = list(enumerate(each))
            waiting += [(f"{place}/{at}", inner) for at, inner in reversed(inside)]
