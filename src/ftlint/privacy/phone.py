"""Phone numbers: those with a country code, and those that a national form makes plain.

What only a guess would call one, ten digits in a row, is left out; so is what nobody has: the
numbers that plans of numbering keep for films, and those that cost the caller nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.privacy.number import made_up
from ftlint.privacy.sighting import Sighting, listed
from ftlint.text.expression import late

_ABROAD = re.compile(r"(?<![\w+./=:@-])\+[1-9](?:[ .-]?\(?\d\)?){7,14}(?![\w@]|[ .-]?\d)", re.ASCII)
_AMERICAN = re.compile(
    r"(?<![\w.+/=(@-])(?:\+?1[ .-])?(?:\(([2-9]\d\d)\) ?|([2-9]\d\d)[-.])([2-9]\d\d)[-.](\d{4})"
    r"(?: ?(?:x|ext\.?) ?\d{1,6})?(?![\w@]|[.-]\d)",
    re.ASCII,
)
_EUROPEAN = re.compile(
    r"(?<![\w.+/=(@-])(?:0[1-9](?:([ .])\d\d)(?:\1\d\d){3}|07\d{3} \d{6})(?![\w@]|[ .-]?\d)",
    re.ASCII,
)
_CHINESE = re.compile(r"(?<![\w.+/=@-])1[3-9]\d(?:([ -]?)\d{4})\1\d{4}(?![\w@]|[.-]\d)", re.ASCII)
_CALLED = late(
    r"电话|手机|号码|联系|致电|拨打|微信|手機|電話|(?i:phone|t[eé]l\b|t[eé]l[eé]f|\bfon\b|mobil|mobile"
    r"|call|appel|joindre|contact|portable|whatsapp|\bring|\btext|sms)"
)
_NEAR = 30
"""Code points before a number in which a word says that it is one to call."""
_TOLL_FREE = listed(
    """
    400 800 822 833 844 855 866 877 888 900
    """
)
_KEPT = late(
    r"\+?1?\d{3}555\d{4}\Z"  # North America: 555, for films and directories
    r"|(?:\+?44|0)(?:1632960|7700900|2079460|1134960|1144960|1154960|1164960|1174960|1184960"
    r"|1214960|1314960|1414960|1514960|1614960|1914980|2890180|2920180|8081570)\d{3}\Z"  # Ofcom
    r"|(?:\+?33|0)(?:19900|26191|35301|46571|53649|63998)\d{4}\Z"  # ARCEP
    r"|\+?61(?:4915[78]\d{4}|[2378]5550\d{4}|[2378]7010\d{4})\Z"  # ACMA
)
"""Numbers that plans of numbering keep for drama, in North America, Britain, France, Australia."""
_CODES = listed(
    """
    1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62
    63 64 65 66 81 82 84 86 90 91 92 93 94 95 98
    """
)
"""Country codes of one and two digits; those of three begin with none of them (ITU E.164)."""
_LONG = listed(
    """
    21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99
    """
)
_FEWEST, _MOST = 9, 15
"""Digits with the country code; E.164 has 15 at most."""
_UNBROKEN = 13
"""Digits without any sign between them; longer ones are the results of sums."""
_PARTS = 8
"""Signs between them: digits that all stand alone are a sum, or a list."""
_DECIMAL = re.compile(r"\+\d{1,3}\.\d+\Z")
"""One dot and nothing else is that of a fraction."""


def phones(text: str) -> Iterator[Sighting]:
    """Yield the phone numbers of subscribers; some may be found twice, in another form."""
    for match in _ABROAD.finditer(text):
        if _dialled(match[0]):
            yield _sighted(match, "with a country code")
    for match in _AMERICAN.finditer(text):
        area = match[1] or match[2]
        given = area not in _TOLL_FREE and "11" not in (area[1:], match[3][1:])
        if given and _private(area + match[3] + match[4]):
            yield _sighted(match, "North American form")
    for form, about in ((_EUROPEAN, "European form"), (_CHINESE, "Chinese mobile")):
        for match in form.finditer(text):
            near = text[max(0, match.start() - _NEAR) : match.start()]
            if _CALLED.search(near) and _private(_digits(match[0])):
                yield _sighted(match, about)


def _sighted(match: re.Match[str], about: str) -> Sighting:
    return Sighting(match.start(), match.end(), "phone", about)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _dialled(text: str) -> bool:
    """Return whether a plus sign and digits are the number of somebody."""
    digits = _digits(text)
    signs = len(text) - len(digits)
    most = _MOST if signs > 1 else _UNBROKEN
    fits = signs <= _PARTS and _FEWEST <= len(digits) <= most
    plain = not _DECIMAL.match(text) and _private(f"+{digits}")
    return fits and _coded(digits) and plain


def _coded(digits: str) -> bool:
    """Return whether digits begin with a country code and have the length of its numbers."""
    if digits.startswith("1"):
        return len(digits) == 11 and digits[1] in "23456789" and digits[1:4] not in _TOLL_FREE
    return digits[:1] == "7" or digits[:2] in _CODES or digits[:2] in _LONG


def _private(number: str) -> bool:
    """Return whether a number may be somebody's."""
    return not _KEPT.match(number) and not made_up(number.lstrip("+"))
