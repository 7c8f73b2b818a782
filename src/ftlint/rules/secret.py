"""FT8, secrets: what opens a door in what a model is taught.

The cases put their values together when they are read, so that no file holds what looks like a
live credential.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode

from ftlint.case import assistant, chat, system, user
from ftlint.finding import Severity
from ftlint.rule import Case, bad, good, later
from ftlint.rules.sighted import Sighted
from ftlint.value import dataclass

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET = LETTERS + LETTERS.lower() + "0123456789"


def made(seed: str, size: int, alphabet: str = ALPHABET) -> str:
    """Return text of `size` signs that looks as random as a key, the same for the same seed."""
    found, block = "", 0
    while len(found) < size:
        digest = hashlib.blake2b(f"{seed} {block}".encode()).digest()
        found += "".join(alphabet[byte % len(alphabet)] for byte in digest)
        block += 1
    return found[:size]


def pem(seed: str, label: str = "RSA", mark: str = "\n") -> str:
    """Return a private key in PEM whose body is made up; `mark` ends its lines."""
    body = b64encode(b"0\x82" + hashlib.shake_256(seed.encode()).digest(590)).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    name = f"{label} PRIVATE KEY".strip()
    return mark.join([f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"])


def _key_cases() -> tuple[Case, ...]:
    aws = "AKIA" + made("aws", 16, LETTERS + "234567")
    return (
        bad(
            chat(
                user("Why does it fail?"),
                assistant(f"You set OPENAI_API_KEY={'sk-' + 'proj-' + made('openai', 120)}."),
            ),
            at="/messages/1/content",
        ),
        bad(
            chat(system(f"Log in as {aws}."), user("Hi"), assistant("Hello!")),
            at="/messages/0/content",
        ),
        bad(
            chat(
                user("Push it."),
                assistant("I look up the token."),
                user("And?"),
                assistant(f"`git push https://{'ghp' + '_' + made('github', 36)}@forge.dev/a.git`"),
            ),
            at="/messages/3/content",
        ),
        bad(
            chat(user(f"{aws} or {'hf' + '_' + made('face', 34)}?"), assistant("The second.")),
            at=["/messages/0/content", "/messages/0/content"],
        ),
    )


@dataclass(frozen=True)
class ApiKey(Sighted):
    """Text holds a key or token that opens an account at a provider.

    Why: whoever gets the data has the key, and the model may say it to anybody. Providers scan
    what they are sent, and revoke keys that they find.

    Ignore when: the key has been revoked and is shown on purpose. Keys are known by their
    documented forms (OpenAI, Anthropic, AWS, GitHub, GitLab, Slack, Stripe, Google, Hugging Face,
    and 40 more, JSON Web Tokens among them); what people write in their place (`sk-xxxx`,
    `AKIA…EXAMPLE`, `YOUR_KEY`) is passed over. Keys without a form of their own are not found.

    Fix: writes `[API_KEY]`, the same for the same key of an example; unsafe. Revoke the key all
    the same: it has been where the data has been.

    Source: the documentation of the providers; the forms stand in `ftlint.privacy.form`.
    """

    code = "FT810"
    name = "api-key"
    severity = Severity.WARNING
    message = "{who} holds an API key or token ({about}, {length} characters)"
    kind = "api-key"
    good = (
        good(
            chat(
                user("How do I log in?"),
                assistant("Set `OPENAI_API_KEY=sk-proj-" + "x" * 48 + "` and start it."),
            ),
            note="what stands for a key",
        ),
        good(
            chat(user("Whose key is it?"), assistant("AKIA" + "IOSFODNN7" + "EXAMPLE is AWS's.")),
            note="the provider's own example",
        ),
        good(
            chat(user("A risk-free task?"), assistant("A desk-bound one, ask-me-anything-style."))
        ),
    )
    bad = later(_key_cases)


@dataclass(frozen=True)
class PrivateKey(Sighted):
    """Text holds a private key.

    Why: it proves who somebody is, or opens machines; in a dataset it is a copy nobody watches.

    Ignore when: the key was made for an example and opens nothing. A block (PEM) without a body,
    or with dots in place of it, is passed over.

    Fix: writes `[PRIVATE_KEY]`; unsafe. Replace the key wherever it is in use.

    Source: RFC 7468 (PEM), OpenSSH and OpenPGP, which write their keys in such blocks as well.
    """

    code = "FT811"
    name = "private-key"
    severity = Severity.WARNING
    message = "{who} holds a private key ({about}, {length} characters)"
    kind = "private-key"
    good = (
        good(
            chat(
                user("How does a key begin?"),
                assistant("With `-----BEGIN " + "PRIVATE KEY-----`, then `MIIE...` follows."),
            ),
            note="a block without a body",
        ),
        good(
            chat(
                user("And a public one?"),
                assistant("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----"),
            ),
        ),
    )
    bad = later(
        lambda: (
            bad(
                chat(user("Show the file."), assistant(f"Here it is:\n{pem('one')}\n")),
                at="/messages/1/content",
            ),
            bad(
                chat(
                    user("What is in the variable?"),
                    assistant("I look."),
                    user(f'KEY="{pem("two", "", chr(92) + "n")}"'),
                    assistant("Your key; hide it."),
                ),
                at="/messages/2/content",
                note="line ends as programs write them",
            ),
        )
    )


def _password_cases() -> tuple[Case, ...]:
    return (
        bad(
            chat(
                user("It cannot connect."),
                assistant(f"Use postgres://ledger:{made('postgres', 14)}@pg.heron-and-sons.net/a."),
            ),
            at="/messages/1/content",
        ),
        bad(
            chat(
                user(f"mongodb+srv://shop:{made('shop', 16)}@c0.heron-and-sons.net fails"),
                assistant("Is your address on the list?"),
            ),
            at="/messages/0/content",
        ),
    )


@dataclass(frozen=True)
class PasswordInAddress(Sighted):
    """Address of a service holds a password.

    Why: the model learns how to get in; such addresses come with logs and settings that were
    pasted into questions.

    Ignore when: the service is gone or the password was made up. A password needs eight signs,
    letters and digits among them; hosts of one's own machine and words such as `password`,
    `secret` or `${VARIABLE}` are passed over. Passwords elsewhere in a text are not looked for.

    Fix: writes `[PASSWORD]` and leaves the address; unsafe. Change the password.

    Source: RFC 3986, section 3.2.1, which deprecates passwords in addresses.
    """

    code = "FT812"
    name = "password-in-address"
    severity = Severity.WARNING
    message = "{who} holds the password {about} ({length} characters)"
    kind = "password"
    good = (
        good(
            chat(
                user("How do I connect?"),
                assistant("With postgres://user:password1@db.heron-and-sons.net/shop, say."),
            ),
            note="words in place of a password",
        ),
        good(chat(user("Where is it?"), assistant("At https://heron-and-sons.net:8443/a@b."))),
    )
    bad = later(_password_cases)
