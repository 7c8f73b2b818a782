"""Addresses: e-mail addresses, those of persons apart from those of roles and from made-up ones.

Reserved names (RFC 2606, RFC 6761) and the names that people write for an example are nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ftlint.privacy.sighting import Sighting, listed

_LOCAL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._%+'-]{0,62}[A-Za-z0-9_+-])?\Z")
_DOMAIN = re.compile(
    r"((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,6})([A-Za-z]{2,18})"
    r"(?![A-Za-z0-9_@(=\[-]|\.[A-Za-z0-9])"
)
_LONGEST = 64
"""Code points before an `@`, RFC 5321."""
_WIDEST = 255
"""Code points after it."""

# Own lists, MIT; the top-level domains are those of ISO 3166 and the common generic ones.
_COUNTRIES = listed(
    """
    ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs
    bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee
    eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gt gu gw gy hk hn
    hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kr kw ky kz la lb lc li
    lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc
    ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw
    sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn
    to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    """
)
_GENERIC = listed(
    """
    com org net edu gov mil int info biz name pro app dev tech online site store shop blog cloud
    email live life xyz club top vip news media agency company group team world today ltd llc
    inc bank law health care school academy education university foundation studio design art
    coop aero jobs mobi museum travel tel asia cat post solutions services support systems
    network
    """
)
_NOBODY = listed(
    """
    example exemple ejemplo beispiel esempio exemplo test testing sample demo domain yourdomain
    mydomain domainname somedomain anydomain otherdomain company yourcompany mycompany
    companyname ourcompany thecompany abccompany xyzcompany yourorganization organization
    yourschool school university website yourwebsite mywebsite yoursite mysite site email
    youremail mail yourmail provider yourprovider emailprovider server mailserver host hostname
    foo bar baz foobar abc xyz xxx xx xxxx xxxxx acme contoso fabrikam placeholder fake dummy
    invalid localhost local lan somewhere something business yourbusiness store yourstore app
    yourapp
    """
)
"""Labels of a domain that stand for any, in writing about addresses."""
_ANYBODY = listed(
    """
    user username yourname your-name your.name name firstname lastname firstname.lastname
    first.last email youremail your_email your.email your-email yourmail my_email myemail
    someone somebody anyone person recipient sender to from address emailaddress email.address
    example test tester testuser test.user user1 user2 foo bar baz abc xyz xxx xxxx me you
    john.doe johndoe john_doe jdoe j.doe jane.doe janedoe jane_doe doe customer client friend
    employee student placeholder fake dummy abc123 a b c x y
    """
)
"""Local parts that stand for anybody's."""
_ROLES = listed(
    """
    info contact support help helpdesk service services customerservice customer.service
    customersupport customer.support customercare care sales orders order billing invoice
    invoices accounts accounting payment payments noreply no-reply no_reply donotreply
    do-not-reply postmaster webmaster hostmaster abuse security privacy admin administrator root
    git office mail mailbox hello hi team press media marketing news newsletter pr jobs job
    careers career hr recruiting recruitment legal compliance feedback enquiries inquiries
    enquiry inquiry reservations reservation booking bookings returns refunds complaints editor
    editors editorial submissions webteam secretary reception frontdesk front.desk dpo gdpr
    unsubscribe subscribe notifications notification alerts alert system daemon mailer-daemon
    nobody www ftp kontakt kundenservice ventas soporte atencion ayuda contacto servicio
    assistance commercial bonjour contato suporte vendas info.us feedback.us donations
    membership members registrar admissions
    """
)
"""Local parts of a role, RFC 2142 and those that companies publish."""
_FREE = listed(
    """
    gmail googlemail yahoo ymail hotmail outlook live msn aol icloud me mac proton protonmail
    gmx web mail inbox yandex qq 163 126 139 sina sohu foxmail yeah naver daum hanmail orange
    wanadoo free laposte sfr libero virgilio tiscali t-online freenet arcor rediffmail zoho
    comcast verizon att sbcglobal bellsouth cox btinternet ntlworld telefonica uol bol terra
    seznam wp o2 onet interia abv bk list rambler ukr tutanota tuta fastmail hushmail hey
    """
)


def addresses(text: str) -> Iterator[Sighting]:
    """Yield the e-mail addresses of persons and roles, in order."""
    at = text.find("@")
    while at >= 0:
        sighting = _address(text, at)
        if sighting:
            yield sighting
        at = text.find("@", at + 1)


def _address(text: str, at: int) -> Sighting | None:
    """Return the address around the `@` at `at`, unless it is nobody's."""
    local = _local(text, at)
    domain = _DOMAIN.match(text, at + 1, at + 1 + _WIDEST) if local else None
    if not domain or not local:
        return None
    top = domain[2].lower()
    if top not in _COUNTRIES and top not in _GENERIC:
        return None
    who, labels = local.lower(), domain[1].lower().strip(".").split(".")
    if _NOBODY.intersection(labels) or _unfilled(who) or _in_address(text, at - len(local)):
        return None
    role = who.split("+")[0] in _ROLES
    about = "a role" if role else _domain(labels)
    return Sighting(at - len(local), domain.end(), "email", about, not role)


def _local(text: str, at: int) -> str:
    """Return what stands before the `@` and may be the name of a mailbox."""
    if not text[at - 1 : at].isascii() or not (
        text[at - 1 : at].isalnum() or text[at - 1] in "_+-"
    ):
        return ""
    head = text[max(0, at - _LONGEST) : at]
    start = len(head)
    while (
        start
        and head[start - 1].isascii()
        and (head[start - 1].isalnum() or head[start - 1] in "._%+'-")
    ):
        start -= 1
    found = head[start:].lstrip("._%+'-")
    return found if _LOCAL.match(found) else ""


def _unfilled(local: str) -> bool:
    """Return whether a local part stands for anybody's."""
    bare = local.split("+")[0]
    return bare in _ANYBODY or bare.rstrip("0123456789") in _ANYBODY or len(bare) == 1


def _in_address(text: str, start: int) -> bool:
    """Return whether what begins at `start` is a part of a URL, or of no address at all."""
    before = text[start - 1 : start]
    if before not in (":", "/"):
        return before == "@"
    word = text[max(0, start - 200) : start].split()
    return bool(word) and "://" in word[-1]


def _domain(labels: list[str]) -> str:
    return "free mail provider" if labels[-1] in _FREE else "own domain"
