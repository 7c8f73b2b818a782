"""Proof: one typed decode shows of most examples that whole groups of rules have nothing to say.

What is proven of a line is a set of bits, one a group of rules; a rule runs only on the examples
that lack its bit. Whatever the typed decode does not understand goes the slow way, so the report
is the same (a law tests that). msgspec is loaded for large inputs only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, compress, pairwise
from typing import TYPE_CHECKING, Any

from ftlint.shape import CHAT, UNKNOWN

if TYPE_CHECKING:
    from ftlint.example import Batch, Example, Plain

KEYS, SHAPE, ORDER, TOOLS, FIRST = 1, 2, 4, 8, 16

_GROUPS = {
    KEYS: "json-duplicate-key",
    SHAPE: """
        line-too-long missing-messages messages-shape unknown-top-level-key content-empty
        message-not-object role-missing role-invalid content-missing content-null content-type
        content-null-string part-type part-shape image-scheme unknown-message-key weight-value
        weight-role weight-all-zero developer-role refusal-type parallel-tool-calls-type
        image-data image-limit functions-deprecated functions-empty function-call-deprecated
        function-name-missing
    """,
    ORDER: """
        no-assistant last-not-assistant no-user consecutive-roles system-not-first
        duplicate-message several-systems
    """,
    FIRST: "first-not-user",
    TOOLS: """
        name-format tools-not-list tool-declaration-shape tool-declared-duplicate
        tool-schema-invalid tool-call-shape tool-arguments-type tool-arguments-json
        tool-arguments-double-encoded tool-arguments-not-object tool-arguments-schema
        tool-undeclared tools-absent tool-unanswered tool-orphan tool-id-mismatch
        tool-call-id-duplicate tool-call-id-mistral content-and-tool-calls
        tool-content-not-string
    """,
}
PROVES: dict[str, int] = {name: bit for bit, names in _GROUPS.items() for name in names.split()}
"""The bit under which each rule is silent, by name, with the options it comes with."""

PROVABLE = frozenset({"", CHAT, UNKNOWN})
"""Shapes of files in which a record of nothing but messages is a chat."""

WORTH_IT = 256 << 10
"""Bytes in a shard from which the import of msgspec pays for itself (measured: 24 ms)."""


def prove(batch: Batch) -> None:
    """Fill `batch.proven` with what is proven of each line."""
    lines = batch.lines
    if lines.length >= 0:
        return  # a line too long to be read whole
    types, proven = _types(), batch.proven
    decode, failure, unset = types.decode, types.failure, types.unset
    orders: dict[tuple[type, ...], tuple[int, tuple[str, ...]]] = {}
    plain: list[Plain | None] = [None] * len(batch)
    batch.plain = plain
    for index, raw in enumerate(lines.raws):
        try:
            record = decode(raw)
        except (failure, UnicodeDecodeError, RecursionError):
            continue
        messages = record.messages
        key = (*map(type, messages),)
        known = orders.get(key)
        if known is None:
            known = orders[key] = (_order(types, key), tuple([types.roles[each] for each in key]))
        order, roles = known
        if order & TOOLS and record.tools is unset:
            proven[index] = order | KEYS
            plain[index] = (roles, [message.content for message in messages])
        elif order:
            proven[index] = _with_more(types, record, order, batch.example(index))
    for index in _doubtful(lines.raws, plain):
        record, order = decode(lines.raws[index]), proven[index] & ~KEYS
        plain[index], proven[index] = None, 0
        proven[index] = _with_more(types, record, order, batch.example(index))


_NOTHING = frozenset({"", "null", "None"})
_TOGETHER = 256
"""Lines that are asked at once whether all of them hold plain texts alone."""
_MOST = 1 << 20
"""Bytes, at most, of lines in which quotation marks are counted at once."""


def _doubtful(raws: Sequence[bytes], plain: Sequence[Plain | None]) -> Iterator[int]:
    """Yield the lines that hold more than texts, or a text that says nothing."""
    many = "numpy" in sys.modules
    for start in range(0, len(raws), _TOGETHER):
        some, those = plain[start : start + _TOGETHER], raws[start : start + _TOGETHER]
        if many and _all_plain(those, some):
            continue
        for at, said in enumerate(some):
            if said and not _is_plain(those[at], said[1]):
                yield start + at


def _all_plain(raws: Sequence[bytes], plain: Sequence[Plain | None]) -> bool:
    """Return whether all these lines hold what `plain` says and no more; False says nothing.

    No line has fewer strings than its texts need, so none has more if all together have not.
    """
    from ftlint.text.quotearray import bounding

    told = [said[1] for said in plain if said]
    every = list(chain.from_iterable(told))
    try:
        if not _NOTHING.isdisjoint(map(str.strip, every)):
            return False
    except TypeError:  # one is null, or left out
        return False
    whole = b"".join(raws if len(told) == len(raws) else compress(raws, plain))
    return len(whole) <= _MOST and bounding(whole) == _STRINGS * len(every) + 2 * len(told)


_STRINGS = 8
"""Quotation marks that a message of one text needs, and a record two beside."""


def _is_plain(raw: bytes, texts: list[Any]) -> bool:
    """Return whether all texts of a line say something and no key is repeated or unknown."""
    for text in texts:
        if text.__class__ is not str:
            return False
        text = text.strip()
        if len(text) < 5 and text in _NOTHING:
            return False
    # No more strings than these texts need: no key is repeated, none is unknown.
    needed, quotes = _STRINGS * len(texts) + 2, raw.count(b'"')
    return quotes == needed or quotes - _escaped(raw) == needed


def _escaped(raw: bytes) -> int:
    """Return how many quotation marks stand within the strings of a line that is JSON."""
    if b"\\\\" in raw:  # an escaped backslash escapes nothing behind it
        raw = raw.replace(b"\\\\", b"")
    return raw.count(b'\\"')


def _with_more(types: _Types, record: Any, order: int, example: Example) -> int:
    """Return what is proven of a record with tools or weights, or one that text alone failed."""
    unset, weights = types.unset, []
    message: Any
    for message in record.messages:
        text = message.content
        if isinstance(message, types.assistant):
            calls = message.tool_calls is not unset and bytes(message.tool_calls) != b"null"
            if message.weight is not unset:
                weights.append(bytes(message.weight))
            elif calls or isinstance(text, str):
                weights.append(b"1")
            if calls and not isinstance(text, str):
                continue
        if not isinstance(text, str) or text.strip() in _NOTHING:
            return 0
    if any(weight not in (b"0", b"1") for weight in weights):
        return 0
    if weights and b"1" not in weights:
        return 0
    # What the typed decode left raw (tools, calls) may still be broken inside.
    return 0 if example.fault else SHAPE | (order & (ORDER | FIRST))


def _order(types: _Types, roles: tuple[type, ...]) -> int:
    """Return what the order of roles alone proves."""
    if not roles:
        return 0
    proven = SHAPE | (0 if types.tool in roles else TOOLS)
    turns = roles[1:] if roles[:1] == (types.system,) else roles
    proven |= FIRST if turns[:1] == (types.user,) else 0
    alternate = all(a is not b or a is types.tool for a, b in pairwise(turns))
    usual = types.user in turns and types.system not in turns and alternate
    return proven | ORDER if usual and turns[-1] is types.assistant else proven


class _Types:
    """The typed decode: what is decoded, and the types to tell roles apart by."""

    __slots__ = ("assistant", "decode", "failure", "roles", "system", "tool", "unset", "user")

    def __init__(self) -> None:
        """Define the types; msgspec is imported here."""
        import msgspec

        raw = msgspec.Raw | msgspec.UnsetType

        def message(role: str, *fields: tuple[str, Any] | tuple[str, Any, Any]) -> type[Any]:
            how = {"tag": role, "tag_field": "role", "forbid_unknown_fields": True, "gc": False}
            return msgspec.defstruct(role.title(), fields, **how)  # type: ignore[arg-type]

        self.unset: Any = msgspec.UNSET
        self.failure: type[Exception] = msgspec.DecodeError
        self.system = message("system", ("content", str))
        self.user = message("user", ("content", str))
        self.tool = message("tool", ("content", str), ("tool_call_id", raw, msgspec.UNSET))
        self.assistant = message(
            "assistant",
            ("content", str | None | msgspec.UnsetType, msgspec.UNSET),
            ("tool_calls", raw, msgspec.UNSET),
            ("weight", raw, msgspec.UNSET),
        )
        kinds = (self.system, self.user, self.tool, self.assistant)
        self.roles = dict(zip(kinds, ("system", "user", "tool", "assistant"), strict=True))
        each: Any = self.system | self.user | self.tool | self.assistant
        record = msgspec.defstruct(
            "Record",
            [
                ("messages", list[each]),
                ("tools", raw, msgspec.UNSET),
                ("parallel_tool_calls", bool | msgspec.UnsetType, msgspec.UNSET),
            ],
            forbid_unknown_fields=True,
            gc=False,
        )
        self.decode: Callable[[bytes], Any] = msgspec.json.Decoder(record).decode


_cache: list[_Types] = []


def _types() -> _Types:
    if not _cache:
        _cache.append(_Types())
    return _cache[0]
