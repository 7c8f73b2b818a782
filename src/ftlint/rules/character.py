"""FT3, characters: what a wrong encoding, a terminal or a web page left in texts of any role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Example, Text
from ftlint.features.lexicon import Terms, found_in, hits
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.value import dataclass

_HI = user("Hi")


def _garbled(text: str, *encodings: str) -> Iterator[str]:
    """Yield what `text` becomes when its UTF-8 is read in one of these encodings."""
    for encoding in encodings:
        try:
            yield text.encode().decode(encoding)
        except UnicodeDecodeError:
            continue


_OFTEN = (
    *"éèêëàâäáãåçñóòôöõøúùûüíìîïßæœ°£€§©®«»·×±²³½–—‘’“”„…•™\u00a0",
    *"аеиноргстлвкмпуяяАВДНПС",
    *"的一是不了在人有我他这，。、！？：",
    *"のはにをがとでてたし。、",
    *"이다는을에의가",
    *"النيمترو",
    "😀",
    "👍",
    "❤",
)
"""Characters that text in most languages has some of; their garbled forms are looked for."""


_PAIRS = ("пр", "ст", "но", "то", "на", "ен", "ов", "ни", "ра", "во", "ко", "ал", "ли", "по")
"""Pairs of Cyrillic letters: garbled into Cyrillic, one alone would look like an ordinary word."""


def _telltales() -> tuple[str, ...]:
    """Return what garbled text has some of, each two characters at least."""
    western = [wrong for each in _OFTEN for wrong in _garbled(each, "cp1252", "latin-1")]
    eastern = [wrong for each in _PAIRS for wrong in _garbled(each, "cp1251")]
    found = {wrong[:3] for wrong in western} | set(eastern) | {"锟斤拷", "烫烫烫", "ï»¿"}
    return tuple(sorted(each for each in found if len(each) > 1 and not set(each) & set("\n\r\t")))


class _Characters(ExampleRule):
    """A rule whose texts the common search finds by characters that they must have."""

    lexicon: ClassVar[Terms]

    def candidates(self, batch: Batch) -> Sequence[Example] | None:
        """Return the examples in which the common search found one of them."""
        return found_in(batch, self.lexicon)

    def texts(self, example: Example) -> list[Text]:
        """Return the texts of the example that have one of them."""
        return list({id(hit.text): hit.text for hit in hits(example, self.lexicon)}.values())

    def runs(self, example: Example, pattern: re.Pattern[str], title: str) -> Iterator[Finding]:
        """Yield a finding for each run that `pattern` finds, with the fix to leave all out."""
        for text in self.texts(example):
            fix: Fix | None = None  # the same for all, which may be as many as characters
            for match in pattern.finditer(text.value):
                fix = fix or replaced(text, title, pattern.sub("", text.value), Safety.UNSAFE)
                yield self.finding(
                    example.at(text.pointer, match.span()),
                    fix=fix,
                    role=text.role or "message",
                    character=f"U+{ord(match[0][0]):04X}",
                )


def replaced(text: Text, title: str, value: str, safety: Safety) -> Fix:
    """Return the proposal to write `value` instead of `text`."""
    return Fix(title, ({"op": "replace", "path": text.pointer, "value": value},), safety)


@dataclass(frozen=True)
class Mojibake(_Characters):
    """Text was decoded with the wrong encoding.

    Why: `Ã©` stands where `é` was meant. The model learns to write such strings, and sees other
    tokens in place of the words of a language.

    Ignore when: the text is about encodings.

    Fix: proposes the text as ftfy repairs it; look at it, since short texts are ambiguous.

    Source: ftfy 6 (Speer 2019), which judges the texts that hold one of the sequences that
    frequent letters turn into. Texts of all roles are read.
    """

    code = "FT320"
    name = "mojibake"
    severity = Severity.WARNING
    message = "{role} text was decoded wrongly: {wrong!r} stands for {right!r}"
    lexicon: ClassVar[Terms] = Terms(_telltales(), ignore_case=True, bounded=False)
    good = (
        good(chat(_HI, assistant("Voilà: naïve façade, Ångström, São Paulo, “quoted” – 5 €."))),
        good(chat(_HI, assistant("Привет! 你好。こんにちは。مرحبا 👍"))),
    )
    bad = (
        bad(chat(_HI, assistant("Le cafÃ© est fermÃ©, dÃ©solÃ©.")), at="/messages/1/content"),
        bad(chat(user("Itâ€™s late"), assistant("Good night!")), at="/messages/0/content"),
        bad(chat(_HI, assistant("ÐŸÑ€Ð¸Ð²ÐµÑ‚, ÐºÐ°Ðº Ð´ÐµÐ»Ð°?")), at="/messages/1/content"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding a text, with the repaired text as its fix."""
        for text in self.texts(example):
            repaired = _repaired(text.value)
            if repaired != text.value:
                span, wrong, right = _difference(text.value, repaired)
                yield self.finding(
                    example.at(text.pointer, span),
                    fix=replaced(text, "decode the text again", repaired, Safety.UNSAFE),
                    role=text.role or "message",
                    wrong=wrong,
                    right=right,
                )


def _repaired(text: str) -> str:
    # Loaded here: few datasets have a text that is worth it.
    import ftfy

    return "".join([ftfy.fix_encoding(line) for line in text.splitlines(keepends=True)])


def _difference(wrong: str, right: str) -> tuple[tuple[int, int], str, str]:
    """Return where the first difference is in `wrong`, and both texts around it."""
    start = next(
        (i for i, (a, b) in enumerate(zip(wrong, right, strict=False)) if a != b),
        min(len(wrong), len(right)),
    )
    rest = wrong[start:]
    space = re.search(r"\s", rest[2:])
    end = start + (space.start() + 2 if space else len(rest))
    word = wrong.rfind(" ", 0, start) + 1
    # A space that cannot break is a part of what went wrong.
    told, meant = (re.split(r"[ \t\r\n]", text[word:], maxsplit=1)[0] for text in (wrong, right))
    return (start, max(end, start + 1)), told, meant


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]+")
"""Control characters but for tab, line ends and U+0085, which is one."""


@dataclass(frozen=True)
class ControlCharacter(_Characters):
    r"""Text holds control characters.

    Why: they are left over from terminals (colours), old files and broken escapes (`\b` in a
    string that was meant to be a pattern); the model learns tokens that nobody can see or type.

    Ignore when: the texts show what a terminal prints.

    Fix: proposes to leave them out.

    Source: ISO 6429; The Unicode Standard, section 23.1. Texts of all roles are read.
    """

    code = "FT322"
    name = "control-character"
    severity = Severity.WARNING
    message = "{role} text holds the control character {character}"
    good = (
        good(chat(_HI, assistant("Columns\tof\ta table\r\nand a second line."))),
        good(chat(_HI, assistant("Write \\u001b[0m to reset the colour."))),
    )
    bad = (
        bad(chat(user("\x08I need the price."), assistant("It is 5.")), at="/messages/0/content"),
        bad(
            chat(_HI, assistant("\x1b[31mred\x1b[0m")),
            at=["/messages/1/content", "/messages/1/content"],
        ),
    )

    lexicon: ClassVar[Terms] = Terms(
        tuple([c for c in map(chr, (*range(0x20), *range(0x7F, 0xA0))) if _CONTROLS.match(c)]),
        ignore_case=True,
        bounded=False,
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a run of control characters."""
        yield from self.runs(example, _CONTROLS, "leave out the control characters")


_ZERO_WIDTH = "\u00ad\u200b\u2060\ufeff\u2061\u2062\u2063\u2064\u180e"
_INVISIBLE = re.compile(f"[{_ZERO_WIDTH}]+")


@dataclass(frozen=True)
class InvisibleCharacter(_Characters):
    """Text holds characters without width between its letters.

    Why: they come with text from web pages and machine translation, and some services hide
    watermarks in them; words that look the same have other tokens.

    Ignore when: they mark where lines of Thai or Khmer may break.

    Fix: proposes to leave them out.

    Source: The Unicode Standard, sections 23.2 and 23.3 (layout controls). Joiners (U+200C,
    U+200D) shape the letters of Persian and Hindi and make one emoji of several: they are never
    reported. Texts of all roles are read.
    """

    code = "FT323"
    name = "invisible-character"
    severity = Severity.NOTE
    message = "{role} text holds the invisible character {character}"
    lexicon: ClassVar[Terms] = Terms(tuple(_ZERO_WIDTH), ignore_case=True, bounded=False)
    good = (
        good(chat(_HI, assistant("می\u200cخواهم و क्\u200dष 👩\u200d💻"))),
        good(chat(_HI, assistant("A no-break\u00a0space has a width."))),
    )
    bad = (
        bad(chat(_HI, assistant("data/\u200bparameters")), at="/messages/1/content"),
        bad(chat(_HI, assistant("機能的に言\u200b\u200bえば")), at="/messages/1/content"),
        bad(chat(_HI, assistant("\ufeffHello!")), at="/messages/1/content"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a run of them."""
        yield from self.runs(example, _INVISIBLE, "leave out the invisible characters")


_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True)
class BidirectionalControl(_Characters):
    """Text of a left-to-right script holds controls of writing direction.

    Why: they make text look other than it is; code with them may do something else than what a
    reviewer sees, and the model learns to write them.

    Ignore when: parts in Arabic or Hebrew letters are meant to be embedded in it.

    Source: Boucher and Anderson 2021, "Trojan Source" (CVE-2021-42574); Unicode Standard Annex 9.
    In texts with Arabic, Hebrew, Syriac or Thaana letters only overrides (U+202D, U+202E) are
    reported. Texts of all roles are read.
    """

    code = "FT324"
    name = "bidirectional-control"
    severity = Severity.WARNING
    message = "{role} text holds the direction control {character}"
    lexicon: ClassVar[Terms] = Terms(tuple(_BIDI), ignore_case=True, bounded=False)
    good = (
        good(chat(_HI, assistant("שלום \u2067abc\u2069 עולם"))),
        good(chat(_HI, assistant("From left to right."))),
    )
    bad = (
        bad(chat(_HI, assistant("if access == \u202e'user'\u202c:")), at="/messages/1/content"),
        bad(chat(user("\u2066a\u2069"), assistant("b")), at="/messages/0/content"),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding a text, at its first control."""
        for text in self.texts(example):
            mixed = bool(re.search("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]", text.value))
            match = re.search("[\u202d\u202e]" if mixed else f"[{_BIDI}]", text.value)
            if match:
                yield self.finding(
                    example.at(text.pointer, match.span()),
                    role=text.role or "message",
                    character=f"U+{ord(match[0]):04X}",
                )
