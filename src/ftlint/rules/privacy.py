"""FT8, privacy: what tells a person in what a model is taught, and what it costs to leave it.

A finding says what stands where, and never the value: neither its message nor its data hold any
of it, and reports show no text around it unless they are told to (`--show-content`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from ftlint.case import assistant, call, calling, chat, declare, system, tool, user
from ftlint.example import Batch, Example, Text
from ftlint.features.privacy import CALL, PRIVATE, Spotted, told
from ftlint.finding import Finding, Fix, Safety, Severity
from ftlint.privacy.sighting import Kind
from ftlint.rule import Case, ExampleRule, bad, good, later
from ftlint.value import dataclass

PLACEHOLDERS: Mapping[Kind, str] = {
    "email": "EMAIL",
    "phone": "PHONE",
    "card": "CARD",
    "iban": "IBAN",
    "national-id": "ID",
    "api-key": "API_KEY",
    "private-key": "PRIVATE_KEY",
    "password": "PASSWORD",
}
"""What an unsafe fix writes, between brackets, by kind of value."""
_SIGNS = re.compile(r"[\s().-]+")


@dataclass(frozen=True)
class Sighted(ExampleRule):
    """A rule about one kind of value: one finding for each different value of an example."""

    private = True
    veiled = True
    kind: ClassVar[Kind]

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the examples in which such a value stands."""
        column = batch.column(PRIVATE)
        return [batch.example(index) for index in column.holding(self.kind)]  # type: ignore[attr-defined]

    def covers(self, spotted: Spotted) -> bool:
        """Return whether the rule speaks of a value."""
        return spotted.sighting.kind == self.kind and spotted.sighting.personal

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield a finding a value, where it is learnt or else where it stands first."""
        values: dict[str, list[Spotted]] = {}
        for spotted in example[PRIVATE]:
            if self.covers(spotted):
                values.setdefault(_plain(self.kind, spotted.value), []).append(spotted)
        words = _words(example, PLACEHOLDERS[self.kind], len(values)) if values else iter(())
        for places, word in zip(values.values(), words, strict=False):
            yield self._told(example, places, word)

    def _told(self, example: Example, places: list[Spotted], word: str) -> Finding:
        first = next((each for each in places if each.text.trained), places[0])
        span = (first.sighting.start, first.sighting.end)
        roles = list(dict.fromkeys(each.text.role or "message" for each in places))
        return self.finding(
            example.at(first.text.pointer, span),
            fix=_redaction(places, word),
            hint=f"; it stands {len(places)} times in the example" if len(places) > 1 else "",
            who=_who(first.text),
            about=first.sighting.about,
            learnt=first.text.trained,
            roles=roles,
            times=len(places),
            length=span[1] - span[0],
        )


def _plain(kind: Kind, value: str) -> str:
    """Return what is the same for all ways to write one value."""
    return (
        value if kind in ("api-key", "private-key", "password") else _SIGNS.sub("", value).lower()
    )


def _who(text: Text) -> str:
    """Return whose text it is, in words."""
    if text.role == CALL:
        return "tool call that is learnt" if text.trained else CALL
    if text.trained:
        return "answer that is learnt" if text.role == "assistant" else "text that is learnt"
    return f"{text.role or 'message'} text"


def _words(example: Example, name: str, many: int) -> Iterator[str]:
    """Yield a placeholder for each of so many values; numbered, unless there is only one.

    Lines are fixed value by value, so those that stand there already are not given again.
    """
    form = re.compile(rf"\[{name}(?:_([0-9]{{1,6}}))?\]")
    used = {int(match[1] or 0) for text in told(example) for match in form.finditer(text.value)}
    if many == 1 and not used:
        yield f"[{name}]"
        return
    number = 1
    for _ in range(many):
        while number in used:
            number += 1
        yield f"[{name}_{number}]"
        number += 1


def _redaction(places: Sequence[Spotted], word: str) -> Fix | None:
    """Return the fix that writes `word` for a value; None where JSON in a text would break."""
    texts: dict[str, list[Spotted]] = {}
    for each in places:
        texts.setdefault(each.text.pointer, []).append(each)
    patch = []
    for pointer, those in texts.items():
        value = _without(those, word)
        if value is None:
            return None
        patch.append({"op": "replace", "path": pointer, "value": value})
    return Fix(f"write {word} instead", tuple(patch), Safety.UNSAFE)


def _without(places: Sequence[Spotted], word: str) -> str | None:
    """Return one text with `word` in place of a value, if it may be written."""
    text, pieces, done = places[0].text.value, list[str](), 0
    for each in places:
        pieces += [text[done : each.sighting.start], word]
        done = each.sighting.end
    new = "".join([*pieces, text[done:]])
    if any("\ud800" <= sign <= "\udfff" for sign in new) or (_json(text) and not _json(new)):
        return None
    return new


def _json(text: str) -> bool:
    """Return whether a text is a JSON object or array."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_NAMES = ("mara.lindqvist", "t.okonkwo", "petra.vasile")


def _mail(number: int = 0, domain: str = "heron-and-sons.net") -> str:
    return f"{_NAMES[number]}@{domain}"


@dataclass(frozen=True)
class EmailAddress(Sighted):
    """Text holds the e-mail address of a person.

    Why: what is trained on can be said again to anybody who asks; addresses and the names in them
    are what models are known to give away, and data that holds them needs a reason by law.

    Ignore when: the address is public and is what answers are to give, or it was made up. The
    addresses of roles (`support@`, `info@`, `noreply@`) are passed over unless `roles` is set, and
    so are reserved names (`example.com`, `.test`) and what people write for an example.

    Fix: writes `[EMAIL]`, the same for the same address of an example; unsafe.

    Source: Carlini et al. 2021, "Extracting Training Data from Large Language Models"; RFC 2142
    (roles), RFC 2606 and RFC 6761 (reserved names). docs/privacy.md has the measured precision.
    """

    code = "FT801"
    name = "email-address"
    severity = Severity.NOTE
    message = "{who} holds an e-mail address ({about})"
    kind = "email"
    good = (
        good(
            chat(user("How do I reach you?"), assistant("Write to support@heron-and-sons.net.")),
            note="the address of a role is nobody's",
        ),
        good(
            chat(user("Give me a sample record."), assistant("Ada Quill, ada@example.com, 1999")),
            note="reserved for examples",
        ),
        good(chat(user("Clone it."), assistant("git clone git@forge.heron-and-sons.net:a/b.git"))),
    )
    bad = (
        bad(
            chat(user("Whom do I ask?"), assistant(f"Ask {_mail()} about it.")),
            at="/messages/1/content",
        ),
        bad(
            chat(user(f"I am {_mail(1)}, {_mail(2)} knows me."), assistant("Welcome!")),
            at=["/messages/0/content", "/messages/0/content"],
        ),
        bad(
            chat(user(f"Mail {_mail()}."), assistant(f"I have sent it to {_mail()}.")),
            at="/messages/1/content",
            note="one value is told once, where it is learnt",
        ),
        bad(
            chat(user("Ask sales."), assistant("I mail sales@heron-and-sons.net.")),
            at="/messages/1/content",
            options={"role_addresses": True},
        ),
    )

    role_addresses: bool = False
    """Whether addresses of roles are reported as well."""

    def covers(self, spotted: Spotted) -> bool:
        """Return whether the rule speaks of an address."""
        wanted = spotted.sighting.personal or self.role_addresses
        return spotted.sighting.kind == self.kind and wanted


@dataclass(frozen=True)
class PhoneNumber(Sighted):
    """Text holds the phone number of a subscriber.

    Why: the model may give it to strangers, who will call; numbers of people are personal data.

    Ignore when: it is the public number of a company or an office that answers are to give, or it
    was made up. Found are numbers with a country code, those in North American form, and those of
    Britain, France and China that a word names; free numbers and the ranges that are kept for
    films (`555`, `07700 900`) are passed over. Most other ways to write a number are not found.

    Fix: writes `[PHONE]`, the same for the same number of an example; unsafe.

    Source: ITU-T E.164; the ranges for drama of NANPA, Ofcom, ARCEP and ACMA.
    """

    code = "FT802"
    name = "phone-number"
    severity = Severity.NOTE
    message = "{who} holds a phone number ({about})"
    kind = "phone"
    good = (
        good(
            chat(user("Your number?"), assistant("It is (415) 555-0132 in the film.")),
            note="kept for films",
        ),
        good(chat(user("Call whom?"), assistant("Our free line, 800-276-2273, day and night."))),
        good(chat(user("Add them."), assistant("2026-11-23 - 415 - 263 = +1000000000 at most"))),
    )
    bad = (
        bad(
            chat(user("Call me."), assistant(f"I call {'(415) 263'}-{'7184'} at nine.")),
            at="/messages/1/content",
        ),
        bad(
            chat(user(f"I am at {'+49 30'} {'40816'}-{'2937'}."), assistant("Noted.")),
            at="/messages/0/content",
        ),
        bad(
            chat(user(f"我的手机号码是{'139'}{'4728'}{'6051'}"), assistant("好的。")),
            at="/messages/0/content",
        ),
    )


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
