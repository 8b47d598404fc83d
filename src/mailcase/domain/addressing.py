"""Mail addresses and mail domains as people type them, and what they say about whom they belong to."""

import re

from mailcase.domain.party import canonical_address
from mailcase.errors import Refused

MAX_ADDRESS = 254  # octets of a path without its angle brackets (RFC 5321 section 4.5.3.1.3)
TAG = "+"
"""Begins the part of an address that its owner makes up (RFC 5233, and nearly every provider)."""
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")

PUBLIC_PROVIDERS = frozenset(
    [
        "163.com",
        "126.com",
        "aim.com",
        "aol.com",
        "arcor.de",
        "att.net",
        "bigpond.com",
        "bluewin.ch",
        "bt.com",
        "btinternet.com",
        "charter.net",
        "comcast.net",
        "cox.net",
        "duck.com",
        "earthlink.net",
        "email.de",
        "fastmail.com",
        "fastmail.fm",
        "free.fr",
        "freenet.de",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hey.com",
        "home.nl",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.de",
        "hotmail.es",
        "hotmail.fr",
        "hotmail.it",
        "hushmail.com",
        "icloud.com",
        "inbox.lv",
        "inbox.ru",
        "interia.pl",
        "kpnmail.nl",
        "laposte.net",
        "libero.it",
        "list.ru",
        "live.co.uk",
        "live.com",
        "live.de",
        "live.fr",
        "live.nl",
        "mac.com",
        "mail.com",
        "mail.de",
        "mail.ru",
        "mailbox.org",
        "mailfence.com",
        "me.com",
        "msn.com",
        "naver.com",
        "ntlworld.com",
        "o2.pl",
        "onet.pl",
        "orange.es",
        "orange.fr",
        "outlook.at",
        "outlook.com",
        "outlook.de",
        "outlook.es",
        "outlook.fr",
        "pm.me",
        "posteo.de",
        "posteo.net",
        "proton.me",
        "protonmail.ch",
        "protonmail.com",
        "qq.com",
        "rambler.ru",
        "rediffmail.com",
        "rocketmail.com",
        "rogers.com",
        "runbox.com",
        "sbcglobal.net",
        "seznam.cz",
        "sfr.fr",
        "shaw.ca",
        "sina.com",
        "sky.com",
        "sympatico.ca",
        "t-online.de",
        "telefonica.net",
        "telenet.be",
        "terra.com.br",
        "tiscali.it",
        "tuta.com",
        "tuta.io",
        "tutanota.com",
        "tutanota.de",
        "ukr.net",
        "uol.com.br",
        "verizon.net",
        "virgilio.it",
        "virginmedia.com",
        "wanadoo.fr",
        "web.de",
        "wp.pl",
        "xs4all.nl",
        "yahoo.ca",
        "yahoo.co.in",
        "yahoo.co.jp",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.com.au",
        "yahoo.com.br",
        "yahoo.de",
        "yahoo.es",
        "yahoo.fr",
        "yahoo.it",
        "yandex.com",
        "yandex.ru",
        "yeah.net",
        "ymail.com",
        "ziggo.nl",
        "zoho.com",
    ]
)
"""Domains at which anybody can have an address: belonging to one says nothing about a company."""


def read_address(text: str) -> str:
    """Return the address that somebody typed, in canonical form. Raises Refused for what is no mail address."""
    address = canonical_address(text.strip().removeprefix("<").removesuffix(">"))
    local, _, domain = address.rpartition("@")
    is_clean = address.isprintable() and not any(letter.isspace() or letter in '<>,;"' for letter in address)
    if not (local and domain and is_clean) or "@" in local or domain.startswith(".") or domain.endswith("."):
        raise Refused(f"{text.strip()!r} is no mail address; write it as jane@example.com.")
    if len(address.encode()) > MAX_ADDRESS:
        raise Refused(f"{address[:40]}… is longer than the {MAX_ADDRESS} bytes that an address may have.")
    return address


def read_domain(text: str, *, may_be_public: bool = False) -> str:
    """Return the mail domain that somebody typed, in lower case and IDNA form.

    Raises Refused for what is no domain, and for that of a public provider unless it `may_be_public`.
    """
    domain = canonical_address(f"x@{text.strip().removeprefix('@').removesuffix('.')}").removeprefix("x@")
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(f"{text.strip()!r} is no mail domain; write it as example.com.")
    if domain in PUBLIC_PROVIDERS and not may_be_public:
        raise Refused(
            f"{domain} is a public mail provider: everybody with an address there would belong to the account. "
            "Name the contacts one by one, or say --force if the domain really is this customer's own."
        )
    return domain


def domain_of(address: str) -> str:
    """Return the domain of a canonical address."""
    return address.rpartition("@")[2]


def untagged(address: str) -> str | None:
    """Return a canonical address without its plus-tag (`jane+shop@x` is `jane@x`), or None when it has no tag."""
    local, _, domain = address.rpartition("@")
    name, plus, _ = local.partition(TAG)
    return f"{name}@{domain}" if plus and name else None
