"""FT8, numbers of a person: cards, accounts, and those that a state gives.

The cases compute their check digits when they are read.
"""

from __future__ import annotations

import json

from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.finding import Severity
from ftlint.rule import Case, bad, good, later
from ftlint.rules.sighted import Sighted
from ftlint.value import dataclass


def checked(head: str, size: int) -> str:
    """Return a made-up number of a card that begins with `head`, with its check digit."""
    from ftlint.privacy.number import luhn

    body = (head + "2750941863520794")[: size - 1]
    return next(body + digit for digit in "0123456789" if luhn(body + digit))


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def account(country: str, rest: str) -> str:
    """Return a made-up IBAN of a country with its check digits."""
    digits = "".join(str(int(sign, 36)) for sign in f"{rest}{country}00")
    return f"{country}{98 - int(digits) % 97:02}{rest}"


def _card_cases() -> tuple[Case, ...]:
    amex = checked("37", 15)
    pay = call("call_1", "pay", json.dumps({"card": f"{amex[:4]} {amex[4:10]} {amex[10:]}"}))
    return (
        bad(
            chat(user("Book it."), assistant(f"I charge {_grouped(checked('4716', 16))} now.")),
            at="/messages/1/content",
        ),
        bad(
            chat(user(f"My credit card is {checked('5327', 16)}."), assistant("Thank you.")),
            at="/messages/0/content",
        ),
        bad(
            chat(
                user("Pay."),
                calling(pay),
                tool("call_1", "paid"),
                assistant("It is paid."),
                tools=[declare("pay", {"type": "object", "properties": {}})],
            ),
            at="/messages/1/tool_calls/0/function/arguments",
            note="what is written into a call is learnt as well",
        ),
    )


@dataclass(frozen=True)
class PaymentCard(Sighted):
    """Text holds the number of a payment card.

    Why: a number that a model can repeat is a number lost; whoever stores it falls under PCI DSS,
    and a dataset is storage.

    Ignore when: the number was made up. A number counts when issuer, length and check digit
    (Luhn) agree and it is written in groups or named as a card; the numbers that providers
    publish for tests are passed over, and so are parts of longer rows of digits.

    Fix: writes `[CARD]`; unsafe. It is left out where the number stands in JSON without quotes.

    Source: ISO/IEC 7812-1; PCI DSS 4.0, requirement 3.
    """

    code = "FT803"
    name = "payment-card"
    severity = Severity.WARNING
    message = "{who} holds the number of a payment card ({about})"
    kind = "card"
    good = (
        good(
            chat(user("A card for tests?"), assistant("Take 4242 4242 4242 4242, any date.")),
            note="published for tests",
        ),
        good(
            chat(user("What is 2 ** 53?"), assistant("It is 9007199254740992.")),
            note="digits alone are no card",
        ),
    )
    bad = later(_card_cases)


@dataclass(frozen=True)
class Iban(Sighted):
    """Text holds the number of a bank account.

    Why: it tells a person and where the money is; with a name, it is enough for a direct debit.

    Ignore when: it is the account that customers are to pay into, or was made up. Only numbers
    (IBAN) of the right length for their country and with right check digits are reported, and
    those that banks publish as examples are not.

    Fix: writes `[IBAN]`, the same for the same account of an example; unsafe.

    Source: ISO 13616; IBAN registry of SWIFT.
    """

    code = "FT804"
    name = "iban"
    severity = Severity.WARNING
    message = "{who} holds the number of a bank account (IBAN, {about})"
    kind = "iban"
    good = (
        good(
            chat(user("An IBAN?"), assistant("For example DE89 3704 0044 0532 0130 00.")),
            note="published as an example",
        ),
        good(chat(user("Mine is DE12 3456 7890 1234 5678 90."), assistant("That is none."))),
    )
    bad = later(
        lambda: (
            bad(
                chat(
                    user("Where to?"),
                    assistant(f"To {_grouped(account('DE', '502108005719380264'))}, please."),
                ),
                at="/messages/1/content",
            ),
            bad(
                chat(
                    system(f"Refund {account('NL', 'RABO0391675284')}."),
                    user("Hi"),
                    assistant("Hello!"),
                ),
                at="/messages/0/content",
            ),
        )
    )


def resident(head: str) -> str:
    """Return a made-up number of a Chinese resident with its check digit."""
    from ftlint.privacy.number import identities

    return next(head + sign for sign in "0123456789X" if any(identities(head + sign)))


@dataclass(frozen=True)
class NationalId(Sighted):
    """Text holds the identity number that a state gave to a person.

    Why: it is the key to a person's files for life and cannot be changed when it is known.

    Ignore when: the number was made up. Reported are numbers of social security of the USA where
    a word names them, and numbers of Chinese residents, whose province, day of birth and check
    digit must be right. Those of other countries are not looked for.

    Fix: writes `[ID]`, the same for the same number of an example; unsafe.

    Source: 42 U.S.C. 405 (c)(2), SSA on invalid numbers; GB 11643-1999.
    """

    code = "FT805"
    name = "national-id"
    severity = Severity.WARNING
    message = "{who} holds a national identity number ({about})"
    kind = "national-id"
    good = (
        good(
            chat(user("Is 078-05-1120 an SSN?"), assistant("It was printed on wallets, so no.")),
            note="a famous number that is nobody's",
        ),
        good(chat(user("Part 417-62-9035?"), assistant("It is on the shelf."))),
    )
    bad = later(
        lambda: (
            bad(
                chat(user(f"My SSN is {'509'}-{'41'}-{'3827'}."), assistant("Thank you.")),
                at="/messages/0/content",
            ),
            bad(
                chat(user("身份证号？"), assistant(f"{resident('37010219840917251')}。")),
                at="/messages/1/content",
            ),
        )
    )
