"""Cards, accounts, identities and telephones: what is a number of somebody, and what is not."""

from __future__ import annotations

import random
import re
from collections import Counter

import pytest
import secrets_made as made
from hypothesis import given
from hypothesis import strategies as st
from secrets_made import kinds
from stdnum import iban as oracle_iban
from stdnum import luhn as oracle_luhn
from stdnum.cn import ric
from stdnum.us import ssn

from ftlint.privacy.look import masked, sightings
from ftlint.privacy.number import luhn
from ftlint.rules.account import account, checked


@given(st.text("0123456789", min_size=2, max_size=30))
def test_luhn(digits: str) -> None:
    assert luhn(digits) == oracle_luhn.is_valid(digits)


def test_a_card_has_an_issuer_a_length_and_a_check_digit() -> None:
    chance, found = random.Random(7), Counter[bool]()
    for _ in range(4000):
        head = chance.choice(["4", "51", "55", "2221", "37", "6011", "3528", "62", "1", "9"])
        size = chance.choice([13, 14, 15, 16, 19])
        digits = head + "".join(chance.choice("0123456789") for _ in range(size - len(head)))
        said = [kind for kind, _ in kinds(f"my card {digits} here")] == ["card"]
        found[said] += 1
        if said:
            assert oracle_luhn.is_valid(digits) and head not in ("1", "9")
        elif oracle_luhn.is_valid(digits) and head in ("4", "51", "55") and size == 16:
            assert re.search(r"1234567|(.)\1{6}", digits) or digits.startswith("40000"), digits
    assert found[True] > 100


@pytest.mark.parametrize("sign", [" ", "-", ""])
@pytest.mark.parametrize("times", [2, 3, 7])
def test_a_card_that_is_written_several_times(sign: str, times: int) -> None:
    one = made.GROUPED.replace(" ", sign)
    row = " ".join([one] * times)
    text = f"My card {row}, thanks"
    starts = [text.index(row) + at * (len(one) + 1) for at in range(times)]
    found = [(each.kind, each.start, each.end) for each in sightings(text)]
    assert found == [("card", start, start + len(one)) for start in starts]
    assert masked(text) == f"My card {' '.join(['•' * len(one)] * times)}, thanks"
    assert [kind for kind, _ in kinds(row)] == (["card"] * times if sign else [])


def test_cards_in_a_row_are_told_from_other_rows() -> None:
    other = checked("3714", 15)
    mixed = f"{made.GROUPED} {other[:4]} {other[4:10]} {other[10:]}"
    assert [kind for kind, _ in kinds(mixed)] == ["card", "card"]
    for row in (
        f"{made.GROUPED} 1234 5678 9012 3456",
        f"{made.GROUPED} {made.GROUPED} 4716",
        f"12 {made.GROUPED} {made.GROUPED}",
        f"{made.GROUPED} {made.GROUPED}@",
        " ".join(["4716"] * 400),
    ):
        assert kinds(row) == [], row


def test_an_iban_is_what_the_registry_allows() -> None:
    chance, valid = random.Random(8), 0
    for country in ("DE", "GB", "FR", "NL", "ES", "PL", "NO", "CH", "MT", "SA"):
        for _ in range(40):
            size = chance.choice([14, 18, 20, 22, 23, 24, 27])
            alphabet = "0123456789" if country in ("DE", "ES", "PL") else "0123456789ABCDXYZ"
            rest = "".join(chance.choice(alphabet) for _ in range(size - 4))
            number = account(country, rest)
            if chance.random() < 0.3:
                number = number[:-1] + chance.choice("0123456789")
            said = ("iban", number) in kinds(f"to {number}, please")
            # The oracle knows the form of each country's accounts as well, which is not asked here.
            right = len(number) == len(oracle_iban_example(country)) and checks(number)
            assert said == right, number
            valid += said
            if oracle_iban.is_valid(number, check_country=False):
                assert said
    assert valid > 20
    assert ("iban", made.IBAN) in kinds(made.IBAN)
    grouped = " ".join(made.IBAN[at : at + 4] for at in range(0, 22, 4))
    assert ("iban", grouped) in kinds(f"IBAN {grouped} BIC X")


def oracle_iban_example(country: str) -> str:
    """Return a number as long as those of a country, as the registry has it in the oracle."""
    structure = oracle_iban._ibandb.info(country + "00" + "0" * 40)[0][1]["bban"]
    return "0" * (4 + sum(int(size) for size in re.findall(r"(\d+)!?[nace]", structure)))


def checks(number: str) -> bool:
    from stdnum.iso7064 import mod_97_10

    return bool(mod_97_10.is_valid(number[4:] + number[:4]))


def test_identity_numbers_are_those_that_a_state_may_give() -> None:
    chance, found = random.Random(9), 0
    for _ in range(3000):
        number = (
            f"{chance.randint(0, 999):03}-{chance.randint(0, 99):02}-{chance.randint(0, 9999):04}"
        )
        said = ("national-id", number) in kinds(f"SSN: {number}")
        assert said == ssn.is_valid(number) or number.endswith("45-6789"), number
        assert not kinds(f"Part {number}"), "nobody calls it one"
        body = f"{chance.choice(['110102', '310104', '990101'])}{chance.randint(1890, 2030)}"
        body += f"{chance.randint(1, 13):02}{chance.randint(1, 31):02}{chance.randint(0, 999):03}"
        resident = body + chance.choice("0123456789X")
        if ("national-id", resident) in kinds(resident):
            assert ric.is_valid(resident)
            found += 1
        elif ric.is_valid(resident):
            assert not 1900 <= int(resident[6:10]) <= 2100
    assert found > 30


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "card 4111111111111111",
        "It has 4716275094186352 stars",  # not named as a card
        "card 1234 5678 9012 3456",
        f"card 12 {made.CARD}",
        f"card 0.{made.CARD}",
        f"card {made.CARD}41",
        f"https://shop.dev/card/{made.CARD}",
        "DE89 3704 0044 0532 0130 00",
        "SSN 078-05-1120",
        "SSN 000-12-3456",
        "call 555-0123 or (212) 555-0123 or +1 212 555 0123",
        "call 800-276-2273",
        "call 07700 900123",
        "call 01 99 00 12 34",
        "+1234567890 and +0000000000",
        "x = 5+4915112345678",
        "2026-11-23 415-263",
        "+3.1415926535 and +1.4142135623",
        "10.0.0.1 192.168.1.100 198.51.100.17",
        "1415926535897932384626433832795",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
    ],
)
def test_what_is_nobodys_number(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("before", "number"),
    [
        ("at ", "+49 30 40816-2937"),
        ("at ", "+14152637184"),
        ("at ", "(415) 263-7184"),
        ("at ", "415-263-7184"),
        ("at ", "415.263.7184 x42"),
        ("tél. ", "06 27 41 83 95"),
        ("mobile ", "07841 263957"),
        ("手机号码", "13947286051"),
        ("电话 ", "139 4728 6051"),
    ],
)
def test_phone_numbers(before: str, number: str) -> None:
    assert kinds(f"{before}{number}。") == [("phone", number)]
