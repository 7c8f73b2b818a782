"""Grows a large chat JSONL file from a folder of real ones, for the other benchmarks.

Every real example is written once as it is. After that, new examples are made of real messages
of the same file: conversations are cut and joined at user turns, questions meet other answers,
and longer texts are joined from the head of one and the tail of another, so that neither
whole lines nor whole messages repeat as often as the file has grown. Meaning gets lost, so the
result measures speed and memory, never the quality of findings.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import json
import random
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, repeat
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "../../shared/data/chat"
WINDOW = 50  # examples on each side that may lend texts: files are often sorted by language
SHORT = 20  # characters; a shorter text is a label or a phrase, taken whole
FEW = 3  # a text with fewer ends of sentences is cut at clauses, then at words
ATTEMPTS = 8  # tries to make an example that was not written before, each in a wider window
CUTS = (
    # Chinese full stop, exclamation and question mark; Devanagari danda.
    re.compile(r"\n+|[.!?]\s+|[\u3002\uff01\uff1f\u0964]\s*"),
    # Chinese comma, enumeration comma, semicolon, colon.
    re.compile(r"[,;:]\s+|[\uff0c\u3001\uff1b\uff1a]"),
    re.compile(r"\s+"),
)


class Style(NamedTuple):
    """How one line of JSON was written."""

    ascii: bool
    separators: tuple[str, str]


STYLES = tuple(Style(a, s) for a in (False, True) for s in ((", ", ": "), (",", ":")))


@dataclass(frozen=True, slots=True)
class Origin:
    """One real file, its decoded examples, and the style of each."""

    lines: list[bytes]
    examples: list[dict[str, Any]]
    styles: list[Style]
    size: int  # bytes


def main() -> None:
    """Write the corpus and print its size and SHA-256 as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="a folder of .jsonl files")
    parser.add_argument("--megabytes", type=float, default=120.0, help="1 MB is 10^6 bytes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    paths = sorted(p for p in options.data.glob("*.jsonl") if "preference" not in p.name)
    if not paths:
        parser.error(f"{options.data}: no supervised .jsonl file in this folder")
    origins = [read_origin(path) for path in paths]
    lines = grown(origins, random.Random(options.seed))
    print(json.dumps(write(lines, options.output, int(options.megabytes * 1e6))))


def write(lines: Iterator[bytes], output: Path, limit: int) -> dict[str, Any]:
    """Write lines until ``limit`` bytes are reached; returns rows, bytes, sha256, repeats."""
    rows = written = repeats = 0
    digest = hashlib.sha256()
    seen: set[bytes] = set()
    with output.open("wb") as file:
        for line in lines:
            file.write(line)
            digest.update(line)
            rows += 1
            written += len(line)
            key = hashlib.blake2b(line, digest_size=8).digest()
            repeats += key in seen
            seen.add(key)
            if written >= limit:
                break
    return {"rows": rows, "bytes": written, "sha256": digest.hexdigest(), "repeats": repeats}


def read_origin(path: Path) -> Origin:
    """The examples of one file and the JSON style of each."""
    lines = [line for line in path.read_bytes().splitlines() if line.strip()]
    examples = [json.loads(line) for line in lines]
    fits = [
        [style for style in STYLES if dumped(example, style) == line + b"\n"]
        for line, example in zip(lines, examples, strict=True)
    ]
    # A line of plain ASCII fits both ways of escaping: the rest of its file decides.
    votes = Counter(styles[0] for styles in fits if len(styles) == 1)
    usual = votes.most_common(1)[0][0] if votes else STYLES[0]
    styles = [fit[0] if len(fit) == 1 else usual for fit in fits]
    return Origin(lines, examples, styles, sum(map(len, lines)) + len(lines))


def dumped(example: dict[str, Any], style: Style) -> bytes:
    """One line of JSON, newline included."""
    text = json.dumps(example, ensure_ascii=style.ascii, separators=style.separators)
    return text.encode() + b"\n"


def grown(origins: list[Origin], rng: random.Random) -> Iterator[bytes]:
    """Endless lines; each origin keeps its share of the bytes."""
    streams = [lines_of(origin, rng) for origin in origins]
    heap = [(0.0, number, 0) for number in range(len(origins))]
    while True:
        _, number, written = heap[0]
        line = next(streams[number])
        written += len(line)
        heapq.heapreplace(heap, (written / origins[number].size, number, written))
        yield line


def lines_of(origin: Origin, rng: random.Random) -> Iterator[bytes]:
    """All real lines of one origin in a new order, then recombined ones without end."""
    order = list(range(len(origin.lines)))
    rng.shuffle(order)
    seen = set()
    for index in order:
        seen.add(hashlib.blake2b(origin.lines[index], digest_size=8).digest())
        yield origin.lines[index] + b"\n"
    while True:
        rng.shuffle(order)
        for index in order:
            for attempt in range(ATTEMPTS):
                made = recombined(origin, index, WINDOW << attempt, rng)
                line = dumped(made, origin.styles[index])
                key = hashlib.blake2b(line[:-1], digest_size=8).digest()
                if key not in seen:
                    break
            seen.add(key)
            yield line


def recombined(origin: Origin, index: int, window: int, rng: random.Random) -> dict[str, Any]:
    """A new example of the shape of one real example, with texts of its neighbours."""
    example = origin.examples[index]
    first, last = max(0, index - window), min(len(origin.examples) - 1, index + window)
    partner = origin.examples[rng.randint(first, last)]["messages"]
    lender = origin.examples[rng.randint(first, last)]["messages"]
    messages = example["messages"]
    plain = all(message.keys() == {"role", "content"} for message in messages)
    if plain and "tools" not in example:
        messages = joined(messages, partner, rng)
    else:
        messages = shortened(messages, rng)
    lent = chain(lender, repeat({}))
    renewal = [renewed(*pair, rng) for pair in zip(messages, lent, strict=False)]
    made = {**example, "messages": renewal}
    if "tools" in example:
        made["tools"] = reordered(example["tools"], rng)
    return made


def joined(
    head: list[dict[str, Any]], tail: list[dict[str, Any]], rng: random.Random
) -> list[dict[str, Any]]:
    """The beginning of one conversation and the end of another, joined at a user turn."""
    ends, starts = later_questions(head), later_questions(tail)
    if not ends or not starts:
        return head
    return head[: rng.choice(ends)] + tail[rng.choice(starts) :]


def shortened(messages: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Half of the time a conversation with tools is cut, where no tool call is left open."""
    if rng.random() < 0.5:
        return messages
    ends = [
        place
        for place in later_questions(messages)
        if messages[place - 1]["role"] == "assistant" and "tool_calls" not in messages[place - 1]
    ]
    return messages[: rng.choice([*ends, len(messages)])]


def later_questions(messages: list[dict[str, Any]]) -> list[int]:
    """Positions of the user messages after the first one."""
    return [place for place, message in enumerate(messages) if message["role"] == "user"][1:]


def renewed(message: dict[str, Any], other: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The message with a text that is partly or wholly that of another one of its role."""
    text, donor = message.get("content"), other.get("content")
    if (
        message["role"] not in ("user", "assistant")
        or message["role"] != other.get("role")
        or not isinstance(text, str)
        or not isinstance(donor, str)
    ):
        return message
    return {**message, "content": crossed(text, donor, rng)}


def crossed(text: str, donor: str, rng: random.Random) -> str:
    """The head of one text and the tail of another, or one of both where they are short.

    The tail starts at about the relative place where the head stops, so that lengths and the
    fixed parts of templated prompts survive. JSON is taken whole, to stay JSON.
    """
    if min(len(text), len(donor)) < SHORT or text[0] in "{[" or donor[0] in "{[":
        return rng.choice((text, donor))
    ends, starts = cuts(text), cuts(donor)
    if not ends or not starts:
        return rng.choice((text, donor))
    end = rng.choice(ends)
    place = min(bisect_left(starts, end * len(donor) // len(text)), len(starts) - 1)
    return text[:end] + donor[starts[place] :]


@cache
def cuts(text: str) -> list[int]:
    """Places where a text may be cut: ends of sentences, else of clauses, else of words."""
    places: list[int] = []
    for pattern in CUTS:
        places += [match.end() for match in pattern.finditer(text) if match.end() < len(text)]
        if len(places) >= FEW:
            break
    return sorted(places)


def reordered(tools: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """The same tool declarations in another order, with their parameters in another order."""
    made = []
    for tool in rng.sample(tools, len(tools)):
        parameters = tool.get("function", {}).get("parameters")
        if isinstance(parameters, dict) and isinstance(parameters.get("properties"), dict):
            items = list(parameters["properties"].items())
            shuffled = dict(rng.sample(items, len(items)))
            function = {**tool["function"], "parameters": {**parameters, "properties": shuffled}}
            tool = {**tool, "function": function}
        made.append(tool)
    return made


if __name__ == "__main__":
    main()
