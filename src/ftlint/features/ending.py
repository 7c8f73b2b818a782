"""The ending of a text: the signs that it was cut off, and what each of them is worth.

A missing full stop alone says little: labels, titles, lists and hasty writers have none. So signs
are weighed against how the same text is written otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from unicodedata import category

from ftlint.text.expression import late
from ftlint.text.wordlist import words

TAIL = 600
"""Characters at the end of a text that are looked at, but for fences and whole JSON."""
LEAST = 80
"""Characters of a text below which only marks such as a comma at its end are judged."""

# Log-odds of a cut, fitted by logistic regression on one half (by CRC-32) of about 20 000 answers
# of 15 published sets, and as many made by cutting theirs at a random token; rounded to halves.
# What was no clearer than 0.5 was left out. `unspaced` is lower than its fit: a whole answer in
# Chinese often lacks the last full stop when a person wrote it; `function-character` makes up for
# that where the last character asks for another.
BIAS = -1.0
WEIGHTS: dict[str, float] = {
    "joiner": 5.0,
    "function-character": 4.0,
    "sentences": 4.5,
    "comma": 4.0,
    "marker": 5.0,
    "fence": 3.5,
    "quote": 3.5,
    "stopped-lines": 3.0,
    "colon": 2.5,
    "bare-lines": 1.5,
    "sentence": 2.0,
    "json": 4.5,
    "long": 1.5,
    "opening": 1.5,
    "bracket": 1.0,
    "function-word": 1.0,
    "item": -1.5,
    "extended": -1.0,
    "symbol": -1.5,
    "short": -2.0,
    "signature": -2.0,
    "brief": -2.5,
    "unspaced": -4.5,
    "address": -4.5,
    "number": -2.0,
}
"""What each sign adds to the log-odds that the text was cut off."""

READS = {
    "joiner": "ends in a hyphen or an operator",
    "comma": "ends in a comma",
    "marker": "ends in an empty list item",
    "fence": "ends inside a code fence",
    "json": "ends inside JSON",
    "quote": "ends inside a quotation",
    "colon": "ends in a colon",
    "opening": "ends in an opening bracket",
    "bracket": "ends inside a bracket",
    "function-word": "ends in a word that asks for another",
    "function-character": "ends in a word that asks for another",
    "sentences": "ends without a full stop, unlike its sentences",
    "stopped-lines": "ends without a full stop, unlike its lines",
    "sentence": "ends inside a sentence",
    "bare-lines": "ends inside a line",
    "long": "ends inside a sentence",
}
"""How a message tells the signs; the first that is there says it."""

MARKS = ",，、;；،؛:：([{（［「『【《-–—/=+&<\\"
"""Last characters that are a sign in texts of any length."""
ENDS = frozenset(".!?…。！？．｡؟۔।॥։。៕᭞”’»›」』】〉》)）]}>*_`\"'~|%€$£¥°™©®^")
_OPENING, _CLOSING = "([{（［「『【《", ")]}）］」』】》"
_FINAL, _CLOSERS = frozenset(".!?…。！？．؟۔।։:："), "\"'”’»›」』)）*_"
_STOP = late(r'[.?!…][ "”)]|[。！？．؟۔।։]')
"""The end of a sentence within a line."""
_OPENED, _CLOSED = late(f"[{re.escape(_OPENING)}]"), late(f"[{re.escape(_CLOSING)}]")
_UNSPACED = "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
_WIDE = late(_UNSPACED)
_MARKER = late(r"[ \t>]*(?:\d{1,3}[.)、．]|[-*+•‣▪●]|#{1,6}|[A-Za-z][.)]|[（(]\d{1,3}[)）])[ \t*]*")
_NUMBER = late(r"[\d.,:/%\s+\-−*×÷=$€£<>()\\]*\d[\w°²³%]{0,4}")
_ADDRESS = late(r"[(<]?(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.\w+|[\w./\\-]+\.\w{1,5}")
_PARTED = ("\n", ". ", "。", "? ", "! ", '"', "“", "？", "！", "؟", "।", "```")
"""What a text of more than one sentence, or with a quotation, has one of."""
_RULE = late(r"[-–—=]{2}$|^\W+$")
_STATEMENT = re.compile(r"[)\]\w\"'];$")
_SIGNATURE = late(
    r"\b(?:sincerely|regards|yours|faithfully|love|wishes|respectfully|cheers|your\s\w+"
    r"|grüßen?|cordialement|atentamente|saludos|cordialmente|saluti|уважением)\b"
    r"|此致|敬礼|敬上|顺颂",
    re.IGNORECASE,
)
_SIGNED = ("sincerely", "regards", "your", "faithfully", "love", "wishes", "respectfully", "cheers",
           "cordialement", "atentamente", "saludos", "cordialmente", "saluti")  # fmt: skip
"""What a signature of plain letters has one of, found in a tenth of the time."""
_ENDLESS = ("zh", "ja", "ko")
"""Languages of which a word counts wherever it ends the text, whatever stands before it."""


def certainty(signs: Sequence[str]) -> float:
    """Return the log-odds that a text with these signs was cut off."""
    return BIAS + sum([WEIGHTS[sign] for sign in signs]) if signs else float("-inf")


def worth_judging(text: str) -> bool:
    """Return whether `text`, without space around it, may have signs; most have none."""
    last = text[-1:]
    if not text:
        return False
    if last in MARKS:
        return True
    if last not in ENDS and len(text) >= LEAST:
        # A short last line that ends in a number is a result, and a text of one sentence does
        # not show how its writer ends sentences.
        result = last.isdigit() and len(text) - text.rfind("\n") <= 25
        return not result and any(map(text.__contains__, _PARTED))
    return (last == "." and text[-2:-1].isdigit()) or ("```" in text and text.count("```") % 2 == 1)


def cues(text: str) -> list[str]:
    """Return the names of the signs at the end of `text`, which has no space around it."""
    tail = text[-TAIL:]
    lines = [line.strip() for line in tail.split("\n") if line.strip()]
    last = lines[-1] if lines else ""
    found = _marks(text, last)
    if not last or (not found and ended(last)):
        return []
    if "marker" in found or "json" in found:  # the style of what stands before says no more
        return found
    found += _in_line(last) + _style(text, tail, lines)
    return found if certainty(found) < 0 else found + _against(last, lines)


def ended(text: str) -> bool:
    """Return whether the last character is one on which finished texts end."""
    last = text[-1:]
    if last in MARKS:
        return False
    return last in ENDS or not (last.isascii() or last.isalnum() or category(last)[0] in "PM")


def _marks(text: str, last: str) -> list[str]:
    """Return the signs in the last characters, and of what is open from far before."""
    end, found = last[-1:], []
    if _MARKER.fullmatch(last) and "\n" in text:
        found.append("marker")
    elif end in ",，、；،؛" or (end == ";" and not _STATEMENT.search(last)):
        found.append("comma")
    elif end in ":：":
        found.append("colon")
    elif end in _OPENING:
        found.append("opening")
    elif end in "-–—/=+&<\\" and not _RULE.search(last):
        found.append("joiner")
    if text[0] in "{[" and end not in "]}" and _unclosed(text):
        found.append("json")
    if text.count("```") % 2:
        found.append("fence")
    return found


def _in_line(last: str) -> list[str]:
    """Return the signs in the words after the last full stop, and of what is open there."""
    marker = _MARKER.match(last)
    line = last[marker.end() :] if marker else last
    stops = [each.start() for each in _STOP.finditer(line)]
    stop = stops[-1] if stops else -1
    rest = line[stop + 1 :]
    wide = bool(_WIDE.search(line[-12:]))
    # Two characters of Chinese are about a word.
    size = 0.6 * len(rest) if wide else rest.count(" ", 1) + 1
    dangling = _dangling(rest, wide)
    signs = {
        "item": bool(marker),
        "sentence": stop >= 0,
        "short": size <= 4,
        "long": size > 12,
        "function-word": dangling and not wide,
        "function-character": dangling and wide,
        "bracket": _open(line),
        "quote": line.count('"') % 2 == 1 or line.count("“") > line.count("”"),
        "symbol": not line[-1:].isalnum(),
        "unspaced": wide,
    }
    if len(stops) > 1:
        signs["sentences"], signs["sentence"] = True, False
    return [sign for sign, there in signs.items() if there]


def _open(line: str) -> bool:
    """Return whether a bracket is left open."""
    return len(_OPENED.findall(line)) > len(_CLOSED.findall(line))


def _style(text: str, tail: str, lines: list[str]) -> list[str]:
    """Return how the text is written otherwise: how long, and whether its lines end in stops."""
    before = lines[1:-1] if len(text) > len(tail) else lines[:-1]
    full = [line for line in before if len(line) > 25]
    stopped = sum([line.rstrip(_CLOSERS)[-1:] in _FINAL for line in full])
    signs = {
        "stopped-lines": len(full) > 1 and stopped >= 0.7 * len(full),
        "bare-lines": bool(full) and stopped < 0.7 * len(full),
        "brief": len(text) < LEAST,
        "extended": len(text) >= 600,
    }
    return [sign for sign, there in signs.items() if there]


def _against(last: str, lines: list[str]) -> list[str]:
    """Return the signs that speak against a cut; looked for where it would be reported else."""
    tokens = last[-60:].split()
    signs = {
        "number": bool(_NUMBER.fullmatch(last[-60:])) or all(map(_is_number, tokens[-3:])),
        "address": bool(_ADDRESS.fullmatch(tokens[-1])),
        "signature": _signed("\n".join(lines[-3:])[-80:]),
    }
    return [sign for sign, there in signs.items() if there]


def _signed(end: str) -> bool:
    if end.isascii() and not any(map(end.lower().__contains__, _SIGNED)):
        return False
    return bool(_SIGNATURE.search(end))


def _is_number(token: str) -> bool:
    return token.strip(".,").isdigit()


@lru_cache(maxsize=1)
def _unfinished() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the words that seldom end a sentence: as words, and as ends of a text."""
    every = words("unfinished")
    spaced = frozenset[str]().union(*(every[each] for each in every if each not in _ENDLESS))
    return spaced, tuple(sorted(set[str]().union(*(every[each] for each in _ENDLESS))))


def _dangling(rest: str, wide: bool) -> bool:
    """Return whether the last word asks for another one; `wide` is one without spaces."""
    spaced, endings = _unfinished()
    if wide:
        return rest.endswith(endings)
    term = rest[rest.rfind(" ") + 1 :].lstrip("([\"'“‘*_")
    # Capitals are names and labels: "vitamin A", "the answer is AI".
    return term in spaced or ("가" <= term[-1:] <= "힣" and term.endswith(endings))


def _unclosed(text: str) -> bool:
    """Return whether what begins as JSON ends before all of it is closed."""
    if not re.match(r'[{\[]\s*(?:["{\[]|\d)', text) or '"' not in text:
        return False
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    return bare.count("{") + bare.count("[") > bare.count("}") + bare.count("]")
