"""FT8, privacy: what tells a person in what a model is taught, and where to reach them."""

from __future__ import annotations

from ftlint.case import assistant, chat, user
from ftlint.features.privacy import Spotted
from ftlint.finding import Severity
from ftlint.rule import bad, good
from ftlint.rules.sighted import Sighted
from ftlint.value import dataclass

_NAMES = ("mara.lindqvist", "t.okonkwo", "petra.vasile")


def _mail(number: int = 0, domain: str = "heron-and-sons.net") -> str:
    return f"{_NAMES[number]}@{domain}"


@dataclass(frozen=True)
class EmailAddress(Sighted):
    """Text holds the e-mail address of a person.

    Why: what is trained on can be said again to anybody who asks; addresses and the names in them
    are what models are known to give away, and data that holds them needs a reason by law.

    Ignore when: the address is public and is what answers are to give, or it was made up. The
    addresses of roles (`support@`, `info@`, `noreply@`) are passed over unless `role-addresses` is
    set, and so are reserved names (`example.com`, `.test`) and what people write for an example.

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
