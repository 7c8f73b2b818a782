"""Values that look live, put together when a test runs; no file may hold one."""

from __future__ import annotations

import json

from ftlint.privacy.look import sightings
from ftlint.rules.account import account, checked, resident
from ftlint.rules.secret import ALPHABET, LETTERS, made, pem

HEX = "0123456789abcdef"
URLSAFE = ALPHABET + "_-"
KEYS = {
    "openai project": "sk-" + "proj-" + made("a", 74) + "T3Blbk" + made("b", 74),
    "openai": "sk" + "-" + made("c", 20) + "T3Blbk" + "FJ" + made("d", 20),
    "anthropic": "sk-" + "ant-" + "api03-" + made("e", 93, URLSAFE),
    "openrouter": "sk-" + "or-v1-" + made("f", 64, HEX),
    "aws": "AKIA" + made("g", 16, LETTERS + "234567"),
    "aws session": "ASIA" + made("h", 16, LETTERS + "234567"),
    "aws secret": 'aws_secret_access_key = "' + made("i", 40, ALPHABET + "+/"),
    "github": "ghp" + "_" + made("j", 36),
    "github fine": "github" + "_pat_" + made("k", 22) + "_" + made("l", 59),
    "gitlab": "glpat" + "-" + made("m", 20, ALPHABET),
    "slack": "xoxb" + "-" + "254819734106" + "-" + "739182640517" + "-" + made("n", 24),
    "slack hook": "hooks.slack.com" + "/services/T" + made("o", 9, LETTERS) + "/B"
    + made("p", 9, LETTERS) + "/" + made("q", 24),
    "stripe": "sk" + "_live_" + made("r", 24),
    "google": "AI" + "za" + made("s", 35),
    "google secret": "GOCSPX" + "-" + made("t", 28),
    "google token": "ya29" + "." + made("u", 80, URLSAFE[:-1]),
    "hugging face": "hf" + "_" + made("v", 34),
    "npm": "npm" + "_" + made("w", 36),
    "pypi": "pypi-" + "AgEIcHlwaS5vcmc" + made("x", 120),
    "sendgrid": "SG" + "." + made("y", 22) + "." + made("z", 43),
    "mailgun": "key" + "-" + made("B", 32, HEX),
    "digitalocean": "dop" + "_v1_" + made("C", 64, HEX),
    "shopify": "shpat" + "_" + made("D", 32, HEX),
    "telegram": "5839201746" + ":AA" + made("E", 33),
    "databricks": "dapi" + made("F", 32, HEX),
    "groq": "gsk" + "_" + made("G", 52),
    "xai": "xai" + "-" + made("H", 80),
    "vault": "hvs" + "." + made("I", 90),
    "azure": "AccountKey" + "=" + made("J", 86) + "==",
    "azure shared": "SharedAccessKey" + "=" + made("K", 43) + "=",
    "openai user": "sk-" + "None-" + made("L", 48),
    "gitlab job": "glcbt" + "-64_" + made("M", 20),
    "slack configuration": "xoxe" + ".xoxp-1-" + made("N", 146),
    "bitbucket": "ATBB" + made("O", 32),
    "nvidia": "nvapi" + "-" + made("P", 64),
    "cerebras": "csk" + "-" + made("Q", 48, ALPHABET[26:]),
    "langsmith": "lsv2" + "_pt_" + made("R", 32, HEX) + "_" + made("S", 10, HEX),
    "langfuse": "sk-" + "lf-" + "-".join(made("T", size, HEX) for size in (8, 4, 4, 4, 12)),
    "pinecone": "pcsk" + "_" + made("U", 6) + "_" + made("V", 63),
    "tavily": "tvly" + "-dev-" + made("W", 32),
    "jina": "jina" + "_" + made("X", 60),
    "figma": "figd" + "_" + made("Y", 40),
    "supabase": "sbp" + "_" + made("Z", 40, HEX),
    "planetscale": "pscale" + "_tkn_" + made("aa", 43),
    "doppler": "dp" + ".pt." + made("ab", 43),
    "sentry": "sntryu" + "_" + made("ac", 64, HEX),
    "sentry organisation": "sntrys" + "_" + made("ad", 120),
    "rubygems": "rubygems" + "_" + made("ae", 48, HEX),
    "terraform": made("af", 14) + ".atlasv1" + "." + made("ag", 67),
    "grafana cloud": "glc" + "_" + made("ah", 90),
    "heroku": "HRKU" + "-AA" + made("ai", 58),
    "posthog": "phx" + "_" + made("aj", 43),
    "notion": "secret" + "_" + made("ak", 43),
    "brevo": "xkeysib" + "-" + made("al", 64, HEX) + "-" + made("am", 16),
    "bedrock": "ABSK" + made("an", 128),
    "age": "AGE-SECRET-KEY" + "-1" + made("ao", 58, LETTERS),
    "discord hook": "discord.com" + "/api/webhooks/" + made("ap", 18, "0123456789") + "/"
    + made("aq", 68),
}  # fmt: skip
CARD = checked("4716", 16)
GROUPED = " ".join(CARD[at : at + 4] for at in range(0, 16, 4))
IBAN = account("DE", "502108005719380264")
RESIDENT = resident("37010219840917251")
SSN = "509" + "-41-" + "3827"
EMAIL = "mara.lindqvist" + "@heron-and-sons.net"
PHONE = "(415) " + "263-7184"
PASSWORD = made("postgres", 14)
PEM = pem("one")
VALUES = {
    "FT801": EMAIL, "FT802": PHONE, "FT803": GROUPED, "FT804": IBAN, "FT805": SSN,
    "FT810": KEYS["github"], "FT811": PEM, "FT812": PASSWORD,
}  # fmt: skip
"""One value for each rule."""
SENTENCES = {
    "FT801": f"Write to {EMAIL} today.",
    "FT802": f"Call {PHONE} at nine.",
    "FT803": f"The card is {GROUPED}, I think.",
    "FT804": f"Pay to {IBAN} now.",
    "FT805": f"My SSN is {SSN}.",
    "FT810": f"The token is {KEYS['github']}.",
    "FT811": f"The key:\n{PEM}\nKeep it.",
    "FT812": f"Use postgres://ledger:{PASSWORD}@pg.heron-and-sons.net/a here.",
}


def kinds(text: str) -> list[tuple[str, str]]:
    """Return kind and value of what is found in `text`."""
    return [(each.kind, text[each.start : each.end]) for each in sightings(text)]


def no_value_in(content: str, what: str) -> None:
    shown = [*VALUES.values(), KEYS["aws"], CARD, PEM.split("\n")[3]]
    for value in shown:
        for form in (value, json.dumps(value)[1:-1]):
            assert form not in content, (what, form[:6])
