"""Values that look live, put together when a test runs; no file may hold one."""

from __future__ import annotations

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
