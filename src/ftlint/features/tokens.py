"""Tokens: how many an example has, by the cookbook's formula, and a bound that needs no counting.

OpenAI documents 3 tokens a message, those of each string in it, 1 a name and 3 an example. How
tools are rendered is documented nowhere, so tool declarations, calls and most images are counted
apart as an estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import orjson

from ftlint.example import Batch, Example, Plain
from ftlint.feature import CheapFeature, Feature
from ftlint.limit import MAX_LINE
from ftlint.proof import KEYS
from ftlint.shape import CHAT
from ftlint.tokens.encoding import Encoding, load
from ftlint.value import dataclass

# OpenAI cookbook, "How to format inputs to chat completions models" (num_tokens_from_messages).
PER_MESSAGE, PER_NAME, PER_EXAMPLE = 3, 1, 3


class TokenCount:
    """The tokens of one example; `total` and what it is made of are exact, `estimated` is not.

    `prompt` is what stands before the text of the last answer and `answer` that text: content
    and refusal. `roles` sum up to `total` but for the tokens of the example itself.
    """

    __slots__ = (
        "answer",
        "estimated",
        "last",
        "prompt",
        "prompt_estimated",
        "roles",
        "total",
        "trained",
    )

    def __init__(self) -> None:
        """Count an example without messages."""
        self.total = PER_EXAMPLE
        self.estimated = 0
        """Of tool declarations, tool calls, and images of other than low detail."""
        self.trained = 0
        """Of the texts of assistant messages that are not masked."""
        self.roles: dict[str, int] = {}
        self.last = -1
        """Index of the last assistant message; -1 for none."""
        self.prompt = 0
        self.prompt_estimated = 0
        self.answer = 0

    @property
    def whole(self) -> int:
        """Return all tokens, estimates included: what a limit is compared with."""
        return self.total + self.estimated

    @property
    def whole_prompt(self) -> int:
        """Return all tokens before the text of the last answer, estimates included."""
        return self.prompt + self.prompt_estimated


class Totals(Sequence[int]):
    """The tokens of a batch: what its `TokenCount`s hold, without their details.

    As a sequence it is the tokens of each example.
    """

    __slots__ = ("estimated", "lengths", "roles", "trained")

    def __init__(self, size: int) -> None:
        """Prepare for a batch of `size` examples."""
        self.lengths = [0] * size
        """One an example, estimates included; 0 for one that is not counted."""
        self.trained = [0] * size
        self.estimated = 0
        self.roles: dict[str, int] = {}

    def __len__(self) -> int:
        """Return the number of examples."""
        return len(self.lengths)

    def __getitem__(self, index: Any) -> Any:
        """Return the tokens of an example."""
        return self.lengths[index]

    def add(self, index: int, tally: TokenCount | None) -> None:
        """Add one example."""
        if tally is not None:
            self.lengths[index] = tally.whole
            self.trained[index] = tally.trained
            self.estimated += tally.estimated
            for role, tokens in tally.roles.items():
                self.roles[role] = self.roles.get(role, 0) + tokens

    def add_plain(self, plain: Sequence[Plain | None], encoding: Encoding) -> None:
        """Add messages that have a role and a text and nothing else."""
        texts = list(chain.from_iterable([said[1] for said in plain if said]))
        counts, at = encoding.counts(texts), 0
        orders: dict[tuple[str, ...], _Order] = {}
        for index, said in enumerate(plain):
            if said:
                order = orders.get(said[0])
                if order is None:
                    order = orders[said[0]] = _Order(said[0], encoding)
                spoken = counts[at : at + order.many]
                at += order.many
                self.lengths[index] = order.overhead + sum(spoken)
                self.trained[index] = order.add(spoken)
        for order in orders.values():
            for role, tokens in order.total().items():
                self.roles[role] = self.roles.get(role, 0) + tokens


class _Order:
    """The roles of some examples, in order, and the tokens of those that have them."""

    __slots__ = ("answers", "heads", "many", "overhead", "said")

    def __init__(self, roles: tuple[str, ...], encoding: Encoding) -> None:
        """Count no example yet."""
        self.many = len(roles)
        self.heads = [(role, PER_MESSAGE + encoding.count(role)) for role in roles]
        self.overhead = PER_EXAMPLE + sum([head for _, head in self.heads])
        self.answers = [at for at, role in enumerate(roles) if role == "assistant"]
        self.said: list[list[int]] = []

    def add(self, spoken: list[int]) -> int:
        """Add the tokens of the texts of one example, and return those of its answers."""
        self.said.append(spoken)
        return sum(map(spoken.__getitem__, self.answers))

    def total(self) -> dict[str, int]:
        """Return the tokens of all examples by role."""
        found: dict[str, int] = {}
        for (role, head), column in zip(self.heads, zip(*self.said, strict=True), strict=True):
            found[role] = found.get(role, 0) + head * len(column) + sum(column)
        return found


class Meter(Feature[TokenCount | None]):
    """What counts the tokens of examples; None for one that it cannot count."""

    @property
    def told(self) -> dict[str, str | None]:
        """Return what is counted with, as figures name it."""
        raise NotImplementedError

    @property
    def name(self) -> str:
        """Return what is counted with."""
        return next(filter(None, self.told.values()), "")

    def totals(self, batch: Batch) -> Totals:
        """Return the tokens of a batch; they are added up once."""
        found = batch.column(Lengths(self))
        assert isinstance(found, Totals)
        return found

    def summed(self, batch: Batch) -> Totals:
        """Return the tokens of a batch, counted now."""
        totals = Totals(len(batch))
        for index, tally in enumerate(batch.column(self)):
            totals.add(index, tally)
        return totals


@dataclass(frozen=True)
class Lengths(Feature[int]):
    """The tokens of each example, as `Totals`; 0 for one that is not counted."""

    meter: Meter

    def compute(self, batch: Batch) -> Totals:
        """Return one number an example."""
        return self.meter.summed(batch)


@dataclass(frozen=True)
class Tokens(CheapFeature[TokenCount | None], Meter):
    """The tokens of an example in one encoding; None without a list of messages."""

    encoding: str = "o200k_base"
    image: int = 0
    """Tokens of an image: an estimate, since the size of most is not in the file."""
    low_image: int | None = None
    """Tokens of an image of low detail, where that is documented."""

    @property
    def told(self) -> dict[str, str | None]:
        """Return the encoding."""
        return {"encoding": self.encoding}

    def of(self, example: Example) -> TokenCount | None:
        """Return the tokens of one example."""
        guess = Guess(load(self.encoding).count, self.image, self.low_image)
        record: dict[str, Any] = example.value
        if example.shape != CHAT and (messages := example.as_chat):
            record = {"messages": messages, "tools": example.tools}
        return count_tokens(record, guess, example.line.length)

    def summed(self, batch: Batch) -> Totals:
        """Return the tokens of a batch; plain texts are counted together."""
        plain = batch.plain or [None] * len(batch)
        totals = Totals(len(batch))
        totals.add_plain(plain, load(self.encoding))
        for index, said in enumerate(plain):
            if not said:
                totals.add(index, batch.example(index)[self])
        return totals


USUAL = Tokens()


def at_most(raw: bytes, image: int) -> int:
    """Return a number of tokens that the example in this line does not exceed, undecoded.

    A token has at least one byte, no escape is shorter than what it stands for, and what JSON
    needs around an example, a message and a name is longer than their overhead. Only images
    cost more than they are long: at most `image` tokens each.
    """
    # The letters of "image" are U+0061 to U+006D, should one of them be escaped.
    if b"image" in raw or b"\\u006" in raw:
        return len(raw) + image * raw.count(b"{")
    return len(raw)


@dataclass(frozen=True)
class TokenBound(Feature[int]):
    """What `at_most` says of each line; nothing is decoded, and no example is made."""

    image: int = 0
    """Tokens of the dearest image."""

    def compute(self, batch: Batch) -> list[int]:
        """Return one bound a line."""
        raws = batch.lines.raws
        bounds = list(map(len, raws))
        # Keys are proven of lines of texts only, which hold no image.
        for index in [index for index, sure in enumerate(batch.proven) if not sure & KEYS]:
            bounds[index] = at_most(raws[index], self.image)
        return bounds


def longer_than(batch: Batch, bound: int, tokens: Tokens) -> list[Example]:
    """Return the records of `batch` that may have more than `bound` tokens, by their bytes."""
    bounds = batch.column(TokenBound(max(tokens.image, tokens.low_image or 0)))
    if max(bounds, default=0) <= bound:
        return []
    found = [batch.example(index) for index, most in enumerate(bounds) if most > bound]
    return [example for example in found if example.proven or not example.fault]


def count_tokens(record: dict[str, Any], guess: Guess, length: int) -> TokenCount | None:
    """Return the tokens of a record whose line has `length` bytes, with a `guess` of its own."""
    messages = record.get("messages")
    if not isinstance(messages, list):
        return None
    tally, count = TokenCount(), guess.count
    guessed = "tools" in record or "functions" in record
    if guessed:
        guess.json(record.get("tools"))
        guess.json(record.get("functions"))
    for index, message in enumerate(messages):
        if message.__class__ is not dict:
            continue
        role, text = message.get("role"), message.get("content")
        if len(message) == 2 and role.__class__ is str and text.__class__ is str:
            # Most messages; the rest of this module is for the others.
            spoken = count(text)
            if guessed and role == "assistant":
                guess.answer()
            _spoke(tally, index, role, PER_MESSAGE + count(role) + spoken, spoken)
        else:
            guessed = True
            _add(tally, index, message, guess)
    if guessed:
        _estimate(tally, guess, length)
    return tally


def _spoke(tally: TokenCount, index: int, role: str, exact: int, spoken: int) -> None:
    """Add a message of `exact` tokens, `spoken` of them in its text; it is trained on."""
    tally.total += exact
    tally.roles[role] = tally.roles.get(role, 0) + exact
    if role == "assistant":
        tally.last, tally.answer = index, spoken
        tally.prompt = tally.total - spoken
        tally.trained += spoken


def _add(tally: TokenCount, index: int, message: dict[str, Any], guess: Guess) -> None:
    count = guess.count
    exact, spoken, role = PER_MESSAGE, 0, message.get("role")
    if role == "assistant":
        guess.answer()
    for key, value in message.items():
        if value.__class__ is str:
            tokens = count(value)
            exact += tokens
            if key == "content" or key == "refusal":
                spoken += tokens
        elif key == "content":
            if value.__class__ is list:
                tokens, images = _parts(value, guess)
                exact += tokens + images
                spoken += tokens
        elif key == "tool_calls" or key == "function_call":
            guess.calls(value)
        if key == "name":
            exact += PER_NAME
    if message.get("weight", 1) == 0 and role == "assistant":
        tally.trained -= spoken
    _spoke(tally, index, role if isinstance(role, str) else "", exact, spoken)


def _parts(parts: list[Any], guess: Guess) -> tuple[int, int]:
    """Return the tokens of the texts and of the images whose tokens are documented."""
    spoken = images = 0
    for part in parts:
        if not isinstance(part, dict):
            continue
        for member in ("text", "refusal"):
            if isinstance(part.get(member), str):
                spoken += guess.count(part[member])
        if part.get("type") == "image_url":
            image = part.get("image_url")
            small = isinstance(image, dict) and image.get("detail") == "low"
            if small and guess.low_image is not None:
                images += guess.low_image
            else:
                guess.pictures += guess.image
    return spoken, images


class Guess:
    """The estimates of one example on the way: `before` are those ahead of the last answer."""

    __slots__ = ("before", "count", "image", "low_image", "pictures", "written")

    def __init__(
        self, count: Callable[[str], int], image: int = 0, low_image: int | None = None
    ) -> None:
        """Estimate with the tokens that `count` returns, and those of an image."""
        self.count = count
        self.image = image
        self.low_image = low_image
        self.written = 0
        self.pictures = 0
        self.before = (0, 0)

    def answer(self) -> None:
        """Take what was estimated so far for what stands before the answer that comes now."""
        self.before = (self.written, self.pictures)

    def json(self, value: Any) -> None:
        """Add a value as compact JSON; nothing for none."""
        if not value:
            return
        try:
            self.written += self.count(orjson.dumps(value).decode())
        except TypeError:  # orjson reads deeper than it writes: as much as the line has room for
            self.written += MAX_LINE

    def calls(self, value: Any) -> None:
        """Add the names and arguments of `tool_calls`, or of one `function_call`."""
        for call in value if isinstance(value, list) else [{"function": value}]:
            function = call.get("function") if isinstance(call, dict) else None
            if not isinstance(function, dict):
                continue
            for member in ("name", "arguments"):
                told = function.get(member)
                if isinstance(told, str):
                    self.written += self.count(told)
                else:
                    self.json(told)


def _estimate(tally: TokenCount, guess: Guess, length: int) -> None:
    # JSON written anew may be longer than it was (1e15): the bound of `at_most` is kept here.
    written = min(guess.written, max(length - tally.total, 0))
    tally.estimated = written + guess.pictures
    if tally.last >= 0:
        ahead, pictures = guess.before
        tally.prompt_estimated = min(ahead, written) + pictures
