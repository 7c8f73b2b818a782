"""Privacy: what personal data and secrets stand in each example, and where.

A gate over the bytes of each line (`ftlint.privacy.gate`, about 3 ns a byte) leaves few lines to
be decoded and read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ftlint.example import Batch, Example, Message, Plain, Text
from ftlint.feature import Feature
from ftlint.features.sparse import Sparse
from ftlint.pointer import PointerError, join, resolve
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


@dataclass(frozen=True)
class PrivateData(Feature[Sequence[Spotted]]):
    """Personal data and secrets in the texts of an example and the arguments of its calls."""

    def compute(self, batch: Batch) -> Sparse[Sequence[Spotted], tuple[()]]:
        """Return what stands in each example."""
        found: dict[int, Sequence[Spotted]] = {}
        for index, bits in sorted(gates(batch.lines.raws).items()):
            said = batch.plain[index] if batch.plain else None
            if spotted := _heard(batch, index, said, bits) if said else _read(batch, index, bits):
                found[index] = spotted
        return Sparse(len(batch), found, ())


PRIVATE = PrivateData()


def holding(batch: Batch, kind: Kind) -> list[int]:
    """Return the examples of `batch` in which something of this kind stands."""
    column = batch.column(PRIVATE)
    assert isinstance(column, Sparse)
    return [
        index
        for index, found in column.found.items()
        if any(each.sighting.kind == kind for each in found)
    ]


def _heard(batch: Batch, index: int, said: Plain, bits: int) -> list[Spotted]:
    """Return what stands in an example that holds nothing but texts; few are decoded again."""
    found = [(at, each) for at, text in enumerate(said[1]) for each in _sighted(text, bits)]
    return [Spotted(batch.example(index).texts[at], each) for at, each in found]


def _read(batch: Batch, index: int, bits: int) -> list[Spotted]:
    """Return what stands in any other example; nothing where there is no record."""
    example = batch.example(index)
    if not example.proven and example.fault:
        return []
    return [Spotted(text, each) for text in told(example) for each in _sighted(text.value, bits)]


def _sighted(text: str, bits: int) -> Sequence[Sighting]:
    """Return what stands in one text; of a long example most texts stop at the gate."""
    bits &= gate(text.encode(errors="surrogatepass"))
    if not bits:
        return ()
    from ftlint.privacy.look import sightings  # compiled where there is something to look at

    return sightings(text, bits)


def told(example: Example) -> list[Text]:
    """Return all that a model would read or write: the texts, and the arguments of calls."""
    texts = list(example.texts)
    for message in example.messages if example.native else ():
        for place, call in _calls(message):
            arguments = call.get("arguments") if isinstance(call, dict) else None
            for inner, value in _leaves(arguments):
                pointer = f"{message.pointer}/{place}/arguments{inner}"
                texts.append(Text(pointer, CALL, message.trained, value))
    return texts if example.native else [*texts, *_others(example, texts)]


_BLOCKS = {
    "tool_use": "input",
    "toolUse": "input",
    "functionCall": "args",
    "tool_result": "content",
    "toolResult": "content",
    "functionResponse": "response",
}
"""Members of what calls and answers of tools are in the shapes of Claude, Converse and Gemini."""


def _others(example: Example, known: Sequence[Text]) -> Iterator[Text]:
    """Yield what blocks of other shapes give to tools and get from them, but for `known` texts."""
    seen = {text.pointer for text in known}
    for message in example.messages:
        try:
            told: Any = resolve(example.value, message.pointer)
        except PointerError:  # a message that the shape has put together
            continue
        for member in ("content", "parts") if isinstance(told, dict) else ():
            blocks = told.get(member)
            for at, block in enumerate(blocks if isinstance(blocks, list) else ()):
                for place, value, given in _inner(block):
                    pointer = f"{message.pointer}/{member}/{at}{place}"
                    role, trained = (CALL, message.trained) if given else ("tool", False)
                    if pointer not in seen:
                        yield Text(pointer, role, trained, value)


def _inner(block: Any) -> Iterator[tuple[str, str, bool]]:
    """Yield place and text of what stands in one block, and whether it is given to a tool."""
    kind = block.get("type") if isinstance(block, dict) else None
    for name, member in _BLOCKS.items() if isinstance(block, dict) else ():
        inner, place = (block, "") if kind == name else (block.get(name), f"/{name}")
        value = inner.get(member) if isinstance(inner, dict) else None
        for deeper, text in _leaves(value):
            yield f"{place}/{member}{deeper}", text, member in ("input", "args")


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
