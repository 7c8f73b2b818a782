"""Examples: lazy views of one line each, and the batches in which features are computed.

The object layer costs more than the JSON (measured: a frozen value per message and a cycle left
to the garbage collector are four times slower), so these are plain slots, filled on first use;
`Batch.close()` breaks the cycle between a batch and its examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any, TypeVar

from ftlint.decode import Fault, decode
from ftlint.feature import CheapFeature, Feature
from ftlint.finding import Where
from ftlint.line import Line as Line
from ftlint.line import Lines as Lines
from ftlint.message import ROLES as ROLES
from ftlint.message import Message as Message
from ftlint.message import Text as Text
from ftlint.shape import CHAT, UNKNOWN, Scope, shape_of

if TYPE_CHECKING:
    from ftlint.formats.format import Format

T = TypeVar("T")


Plain = tuple[tuple[str, ...], list[str]]
"""The roles and the texts of a record that holds nothing but messages of one text each."""

_UNSET: Any = object()
_CHATS = frozenset({CHAT, UNKNOWN, ""})
"""Shapes that are read as chats: what has no known shape may have messages all the same."""


class Example:
    """One line: decoded, split into messages and measured only when somebody asks."""

    __slots__ = (
        "_conversation",
        "_decoded",
        "_messages",
        "_shape",
        "_texts",
        "_value",
        "batch",
        "index",
        "line",
    )

    def __init__(self, line: Line, batch: Batch, index: int) -> None:
        """Keep the line; `index` is the place in the batch."""
        self.line = line
        self.batch = batch
        self.index = index
        self._decoded = _UNSET
        self._value: dict[str, Any] | None = None
        self._shape: str | None = None
        self._messages: list[Message] | None = None
        self._conversation: list[Message] | None = None
        self._texts: list[Text] | None = None

    @property
    def decoded(self) -> dict[str, Any] | Fault:
        """Return the record, or why the line has none."""
        if self._decoded is _UNSET:
            self._decoded = decode(self.line)
        return self._decoded  # type: ignore[no-any-return]

    @property
    def fault(self) -> Fault | None:
        """Return why the line has no record, or None; what is proven has one."""
        if self.batch.proven[self.index]:
            return None
        decoded = self.decoded
        return decoded if isinstance(decoded, Fault) else None

    @property
    def value(self) -> dict[str, Any]:
        """Return the record; an empty one when the line has none."""
        if self._value is None:
            decoded = self.decoded
            self._value = {} if isinstance(decoded, Fault) else decoded
        return self._value

    @property
    def shape(self) -> str:
        """Return the shape of the record; of a line without one, that of its file."""
        if self._shape is None:
            file = self.batch.lines.shape
            if self._said and file in ("", CHAT):
                self._shape = CHAT
            else:
                self._shape = file if self.fault else shape_of(self.value, file)
        return self._shape

    @property
    def format(self) -> Format:
        """Return how records of this shape are read."""
        from ftlint.formats import format_of

        return format_of(self.shape)

    @property
    def messages(self) -> list[Message]:
        """Return all that is said in the record, as messages whose pointers lead into it.

        Of chats: the objects in `messages`; other items are left out, indices kept.
        """
        if self._messages is None:
            if self.shape in _CHATS:
                items = self.value.get("messages")
                listed = enumerate(items) if isinstance(items, list) else ()
                self._messages = [Message(i, item) for i, item in listed if isinstance(item, dict)]
            else:
                self._messages = self.format.messages(self.value)
        return self._messages

    @property
    def conversation(self) -> list[Message]:
        """Return what is learnt, from the first message to the answer, or nothing.

        Nothing, too, when a message has no valid role: rules about the order or presence of
        roles read this, so that one misspelt role is reported once and not also as "no
        assistant".
        """
        if self._conversation is None:
            messages = self.messages
            if self.shape in _CHATS:
                items = self.value.get("messages")
                whole = isinstance(items, list) and len(items) == len(messages)
            else:
                messages = self.format.conversation(messages)
                whole = True
            spoken = whole and all([message.role for message in messages])
            self._conversation = messages if spoken else []
        return self._conversation

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles of the conversation; of what is proven no message is made for it."""
        return self._said[0] if self._said else tuple([m.role or "" for m in self.conversation])

    def turn(self, number: int) -> str:
        """Return the pointer of one message of the conversation. Raises: IndexError."""
        return f"/messages/{number}" if self._said else self.conversation[number].pointer

    @property
    def _said(self) -> Plain | None:
        """Return roles and texts as a proof has decoded them, if so."""
        plain = self.batch.plain
        return plain[self.index] if plain else None

    @property
    def native(self) -> bool:
        """Return whether all messages are objects as chat has them, wherever they stand."""
        return self.shape in _CHATS or self.format.native(self.messages)

    @property
    def tools(self) -> Any:
        """Return what the record declares as tools, or None."""
        return self.value.get("tools") if self.shape in _CHATS else self.format.tools(self.value)

    @property
    def job(self) -> tuple[str, dict[str, Any]]:
        """Return pointer and value of the object that declares the tools."""
        if self.shape in _CHATS:
            return "", self.value
        return self.format.job(self.value)

    @property
    def as_chat(self) -> list[Any]:
        """Return what is learnt as messages of chat; of preferences, with the longer answer."""
        if self.shape in _CHATS:
            items = self.value.get("messages")
            return items if isinstance(items, list) else []
        return self.format.as_chat(self.messages)

    def message_at(self, index: int) -> Message:
        """Return the message with this index. Raises: StopIteration."""
        return next(message for message in self.messages if message.index == index)

    @property
    def proven(self) -> int:
        """Return the bits of `ftlint.proof` that hold; any means that the record is JSON."""
        return self.batch.proven[self.index]

    @property
    def texts(self) -> list[Text]:
        """Return the texts of all messages, in order; what a proof has decoded stays so."""
        if self._texts is None:
            if self._said:
                self._texts = [
                    Text(f"/messages/{at}/content", role, role == "assistant", value)
                    for at, (role, value) in enumerate(zip(*self._said, strict=True))
                ]
            else:
                self._texts = [text for message in self.messages for text in message.texts()]
        return self._texts

    def at(
        self, pointer: str | None = "", span: tuple[int, int] | None = None, *, key: bool = False
    ) -> Where:
        """Return the place of `pointer` in this example."""
        start = self.batch.lines.start_of(self.index)
        return Where(self.line.source, self.line.ordinal, pointer, span, key, start)

    def __getitem__(self, feature: Feature[T]) -> T:
        """Return the value of `feature` for this example."""
        if isinstance(feature, CheapFeature):
            return self.batch.cell(feature, self)  # type: ignore[no-any-return]
        return self.batch.column(feature)[self.index]


class Batch:
    """Some consecutive lines of one shard; features are computed for all of them at once."""

    __slots__ = (
        "_broken",
        "_cells",
        "_columns",
        "_examples",
        "_foreign",
        "_lacking",
        "_records",
        "_scopes",
        "_unknown",
        "_whole",
        "lines",
        "plain",
        "proven",
        "rules",
    )

    def __init__(self, lines: Lines, rules: Sequence[Any] = ()) -> None:
        """Keep the lines; `rules` are those of the run, for features shared between rules."""
        self.lines = lines
        self.rules = tuple(rules)
        self.proven = bytearray(len(lines))
        """For each line the groups of rules of which `ftlint.proof` has shown it clean."""
        self.plain: list[Plain | None] | None = None
        """What lines say that hold nothing but system, user and assistant texts, as
        `ftlint.proof` has decoded them, and None for the others; no list where nothing was
        proven."""
        self._examples: list[Example | None] = [None] * len(lines)
        self._whole: list[Example] | None = None
        self._unknown: list[Example] | None = None
        self._broken: list[Example] | None = None
        self._records: list[Example] | None = None
        self._lacking: dict[int, list[Example]] = {}
        self._foreign: list[Example] | None = None
        self._scopes: dict[tuple[Scope, int], Sequence[Example]] = {}
        self._columns: dict[Feature[Any], Sequence[Any]] = {}
        self._cells: dict[tuple[Feature[Any], int], Any] = {}

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.proven)

    @property
    def source(self) -> int:
        """Return the index of the source of all lines."""
        return self.lines.source

    def example(self, index: int) -> Example:
        """Return the example of line `index` of the batch, made on first use."""
        example = self._examples[index]
        if example is None:
            example = self._examples[index] = Example(self.lines[index], self, index)
        return example

    @property
    def examples(self) -> list[Example]:
        """Return one example a line, also for lines that are blank or broken."""
        if self._whole is None:
            self._whole = [self.example(index) for index in range(len(self))]
        return self._whole

    def lacking(self, bits: int) -> list[Example]:
        """Return the records of which not all of `bits` are proven."""
        found = self._lacking.get(bits)
        if found is None:
            lack = self.proven.translate(bytes([sure & bits != bits for sure in range(256)]))
            doubtful = map(self.example, compress(range(len(lack)), lack))
            found = [example for example in doubtful if example.proven or not example.fault]
            self._lacking[bits] = found
        return found

    def within(self, scope: Scope, examples: Sequence[Example]) -> Sequence[Example]:
        """Return those of `examples` that rules with this scope are about."""
        if scope == "any" or not self.foreign:
            return examples
        if scope == "messages":
            return [example for example in examples if example.native]
        return [example for example in examples if example.shape in _CHATS]

    @property
    def foreign(self) -> list[Example]:
        """Return the records of other shapes than chat."""
        if self._foreign is None:  # what is proven of a record is proven of a chat
            unknown = [example for example in self.unknown if not example.fault]
            self._foreign = [example for example in unknown if example.shape not in _CHATS]
        return self._foreign

    def scoped(self, scope: Scope, bits: int) -> Sequence[Example]:
        """Return what lacks `bits` of the records that rules with this scope are about."""
        found = self._scopes.get((scope, bits))
        if found is None:
            found = self.within(scope, self.lacking(bits) if bits else self.records)
            self._scopes[scope, bits] = found
        return found

    @property
    def unknown(self) -> list[Example]:
        """Return the examples of which nothing is proven: only these can be blank or broken."""
        if self._unknown is None:
            places = range(len(self)) if 0 in self.proven else ()
            self._unknown = [self.example(i) for i in places if not self.proven[i]]
        return self._unknown

    @property
    def broken(self) -> list[Example]:
        """Return the examples without a record."""
        if self._broken is None:
            self._broken = [example for example in self.unknown if example.fault]
        return self._broken

    @property
    def records(self) -> list[Example]:
        """Return the examples that could be decoded to an object."""
        if self._records is None:
            self._records = [e for e in self.examples if e.proven or not e.fault]
        return self._records

    @property
    def filled(self) -> int:
        """Return the number of lines that are not blank."""
        return len(self) - sum(not example.line.raw.strip() for example in self.unknown)

    def at(self, index: int) -> Where:
        """Return the place of line `index` of the batch."""
        return Where(self.source, self.lines.ordinal + index, start=self.lines.start_of(index))

    def column(self, feature: Feature[T]) -> Sequence[T]:
        """Return one value an example, computed on the first request."""
        column = self._columns.get(feature)  # looked up once: the hash of a feature costs
        if column is None:
            column = self._columns[feature] = feature.compute(self)
        return column

    def made(self, feature: Feature[T]) -> Sequence[T] | None:
        """Return the column if somebody has asked for it; for who needs but a part of it."""
        return self._columns.get(feature)

    def cell(self, feature: CheapFeature[T], example: Example) -> T:
        """Return the value for one example, computed on the first request."""
        key = (feature, example.index)
        if key not in self._cells:
            self._cells[key] = feature.of(example)
        return self._cells[key]  # type: ignore[no-any-return]

    def close(self) -> None:
        """Forget everything; the examples must not be used any more."""
        self._examples.clear()
        self.plain = None
        self._whole = self._unknown = self._broken = self._records = self._foreign = None
        self._lacking.clear()
        self._scopes.clear()
        self._columns.clear()
        self._cells.clear()
