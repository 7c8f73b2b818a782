"""Numbers: payment cards, IBANs and national identity numbers, each by its own arithmetic.

Digits alone say little: a number counts when its check digits, its length and its issuer agree,
and, where that may be chance, when it is written or named as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from ftlint.privacy.sighting import Sighting, listed

_CARD = re.compile(
    r"(?<![\w.,+@#/=-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?"
    r"|3\d{3}([ -])\d{6}\2\d{4,5}|\d{13,19})(?![\w@#=]|[.,/-]\d|[ -]\d{4}(?!\d))",
    re.ASCII,
)
_ONE = r"(?:\d{4}([ -]?)\d{4}\%d\d{4}\%d\d{4}|3\d{3}([ -]?)\d{6}\%d\d{5})"
_ROW = re.compile(
    r"(?<![\w.,+@#/=-])(?<!\d )" + _ONE % (1, 1, 2) + "(?: " + _ONE % (3, 3, 4) + ")+"
    r"(?![\w@#=]|[.,/-]\d|[ -]\d{4}(?!\d))",
    re.ASCII,
)
"""Cards with nothing but a space between them, such as one that is written twice. No row begins
within another, so that none is looked at twice."""
_EACH = re.compile(_ONE % (1, 1, 2), re.ASCII)
_CONTINUED = re.compile(r"\d[ -]")
"""What goes before a part of a longer row of numbers."""
_NAMED = re.compile(
    r"(?i:card|\bcc\b|visa|master|amex|american express|discover|diners|jcb|credit|debit|cvv|cvc"
    r"|expir|carte|tarjeta|cart[aã]o|carta|karte|kaart)|卡|カード|카드|карт"
)
_BEFORE, _AFTER = 60, 30
"""Code points around a number in which a word names it."""
# Issuers and lengths by ISO/IEC 7812, as their own documentation has them; first digits, lengths.
_ISSUERS = (
    ("Visa", range(4, 5), (13, 16, 19)),
    ("Mastercard", range(51, 56), (16,)),
    ("Mastercard", range(2221, 2721), (16,)),
    ("American Express", range(34, 35), (15,)),
    ("American Express", range(37, 38), (15,)),
    ("Discover", range(6011, 6012), (16, 19)),
    ("Discover", range(644, 660), (16, 19)),
    ("JCB", range(3528, 3590), (16, 19)),
    ("Diners Club", range(300, 306), (14, 16)),
    ("Diners Club", range(36, 37), (14, 16, 19)),
    ("Diners Club", range(38, 40), (14, 16, 19)),
    ("UnionPay", range(62, 63), (16, 17, 18, 19)),
)
_TESTS = listed(
    """
    4012888888881881 4222222222222 4917610000000000 4484070000000000 4035501000000008
    5555555555554444 5105105105105100 5200828282828210 5454545454545454 5431111111111111
    2223003122003222 2223000048410010 2223520043560014 5431111111111228 5500000000000004
    378282246310005 371449635398431 378734493671000 370000000000002 340000000000009
    6011111111111117 6011000990139424 6011981111111113 6011000000000004 6011601160116611
    30569309025904 38520000023237 36227206271667 3056930009020004 36006666333344
    3530111333300000 3566002020360505 3566111111111113 6200000000000005 6205500000000000004
    4539578763621486 4532015112830366 4556737586899855 4716461583322103 4485275742308327
    5425233430109903 2222420000001113 4263982640269299 4917484589897107 4001919257537193
    6250941006528599 4242424242424242 4111111111111111
    """
)
"""Numbers that providers publish for tests, and that courses use: nobody's card."""

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2} ?[A-Za-z0-9]{4}", re.ASCII)
# Code points by country, from the IBAN registry of SWIFT (release 99, 2024).
_LENGTHS = {
    country: size
    for size, countries in (
        (15, "NO"), (16, "BE"), (18, "DK FI FO GL NL SD"), (19, "MK SI"),
        (20, "AT BA EE KZ LT LU MN XK"), (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"), (23, "AE GI IL IQ OM SO TL"),
        (24, "AD CZ ES MD PK RO SA SE SK TN VG"), (25, "LY PT ST"), (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"), (28, "AL AZ BY CY DO GT HU LB NI PL SV"),
        (29, "BR EG PS QA UA"), (30, "JO KW MU YE"), (31, "MT SC"), (32, "LC"), (33, "RU"),
    )
    for country in countries.split()
}  # fmt: skip
_KNOWN = listed(
    """
    DE89370400440532013000 DE75512108001245126199 GB29NWBK60161331926819 GB82WEST12345698765432
    GB33BUKB20201555555555 FR1420041010050500013M02606 FR7630006000011234567890189
    NL91ABNA0417164300 NL02ABNA0123456789 BE68539007547034 BE71096123456769
    ES9121000418450200051332 ES7921000813610123456789 IT60X0542811101000000123456
    CH9300762011623852957 CH5604835012345678009 AT611904300234573201 AT483200000012345864
    IE29AIBK93115212345678 IE64IRCE92050112345678 PL61109010140000071219812874
    SE4550000000058398257466 SE7280000810340009783242 NO9386011117947 DK5000400440116243
    FI2112345600000785 PT50000201231234567890154 GR1601101250000000012300695
    CZ6508000000192000145399 LU280019400644750000 SA0380000000608010167519
    AE070331234567890123456 TR330006100519786457841326 IL620108000000099999999
    RO49AAAA1B31007593840000 HU42117730161111101800000000 HR1210010051863000160
    """
)
"""Accounts that the registry, banks and handbooks publish as examples."""

_SSN = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])", re.ASCII)
_SSN_NAMED = re.compile(r"(?i:\bssn\b|social[- ]security)")
_SSN_KNOWN = frozenset({"078-05-1120", "219-09-9999", "123-45-6789", "111-11-1111"})
"""Numbers that were printed in advertisements, and those that people write for an example."""
_RESIDENT = re.compile(r"(?<![A-Za-z0-9.])[1-8]\d{16}[\dXx](?![A-Za-z0-9])", re.ASCII)
_PROVINCES = listed(
    """
    11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65
    71 81 82
    """
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def luhn(digits: str) -> bool:
    """Return whether the last digit checks the others (ISO/IEC 7812-1)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[::-2]))) % 10 == 0


def made_up(digits: str) -> bool:
    """Return whether digits are a pattern that people type: a run, a row, few different ones."""
    return (
        len(set(digits)) < 4
        or any(row in digits for row in ("1234567", "2345678", "7654321", "98765432"))
        or any(digit * 7 in digits for digit in set(digits))
    )


def cards(text: str) -> Iterator[Sighting]:
    """Yield the numbers of payment cards; one that is not written in groups must be named."""
    for row in _ROW.finditer(text):
        found = [(match, _issued(match[0])) for match in _EACH.finditer(text, *row.span())]
        if all(issuer for _, issuer in found):  # else a row of other numbers
            yield from _written(text, found, row)
    for match in _CARD.finditer(text):
        if not _CONTINUED.match(text, match.start() - 2):
            yield from _written(text, [(match, _issued(match[0]))], match)


def _written(
    text: str, found: Sequence[tuple[re.Match[str], str]], near: re.Match[str]
) -> Iterator[Sighting]:
    """Yield those that have an issuer, and are grouped or named beside `near`."""
    for match, issuer in found:
        if issuer and (not match[0].isdigit() or _named(_NAMED, text, near)):
            yield Sighting(match.start(), match.end(), "card", issuer)


def _issued(number: str) -> str:
    """Return who may have issued a card; empty where it is nobody's, or not a card's number."""
    digits = re.sub("[ -]", "", number)
    # Stripe's test cards begin with 400000 to 400009.
    invented = digits in _TESTS or digits.startswith("40000") or made_up(digits)
    return "" if invented or not luhn(digits) else _issuer(digits)


def _issuer(digits: str) -> str:
    for name, heads, lengths in _ISSUERS:
        if len(digits) in lengths and int(digits[: len(str(heads[0]))]) in heads:
            return name
    return ""


def _named(words: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    """Return whether one of some words stands near."""
    near = text[max(0, match.start() - _BEFORE) : match.start()]
    return bool(words.search(near) or words.search(text[match.end() : match.end() + _AFTER]))


def ibans(text: str) -> Iterator[Sighting]:
    """Yield the numbers of bank accounts whose check digits are right (ISO 13616)."""
    for match in _IBAN.finditer(text):
        start, size = match.start(), _LENGTHS.get(match[0][:2].upper())
        if size is None:
            continue
        end = _taken(text, start, size)
        if not end or text[end : end + 1].isalnum():
            continue
        account = text[start:end].replace(" ", "").upper()
        moved = "".join(str(int(sign, 36)) for sign in account[4:] + account[:4])
        if int(moved) % 97 == 1 and account not in _KNOWN and not made_up(account[4:]):
            yield Sighting(start, end, "iban", account[:2])


def _taken(text: str, start: int, size: int) -> int:
    """Return where `size` letters and digits end, single spaces aside; 0 if others come first."""
    at, left = start, size
    while left:
        sign = text[at : at + 1]
        if sign.isascii() and sign.isalnum():
            left -= 1
        elif sign != " " or text[at - 1 : at] == " ":
            return 0
        at += 1
    return at


def identities(text: str) -> Iterator[Sighting]:
    """Yield the numbers that a state gives to a person: of the USA where named, of China."""
    for match in _SSN.finditer(text):
        typed = match[0] in _SSN_KNOWN or match[0].endswith("-45-6789")
        if not typed and _named(_SSN_NAMED, text, match):
            yield Sighting(match.start(), match.end(), "national-id", "US social security")
    for match in _RESIDENT.finditer(text):
        if _resident(match[0]):
            yield Sighting(match.start(), match.end(), "national-id", "Chinese resident")


def _resident(number: str) -> bool:
    """Return whether province, day of birth and check digit are right (GB 11643-1999)."""
    if number[:2] not in _PROVINCES:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return 1900 <= born.year <= 2100 and "10X98765432"[total % 11] == number[17].upper()
