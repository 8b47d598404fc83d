"""Reading values out of a mail: the named groups of a rule's regexes become fields of the case, or its customer.

Captured text is a customer's: it never names a queue, an owner or a tag, and what is no value of its field is left out.
"""

import re
from dataclasses import replace
from typing import Any

from mailcase.domain.case import CaseType, Origin, Priority
from mailcase.domain.decision import NewCase
from mailcase.domain.email import Address, InboundEmail
from mailcase.domain.party import canonical_address
from mailcase.domain.vocabulary import Vocabulary
from mailcase.errors import Refused
from mailcase.rules import variables
from mailcase.rules.rulebook import Capture

MAX_CAPTURED = 500  # characters of one captured field
CUSTOMER = frozenset({"customer_address", "customer_name"})
"""Groups that say whom the case is for."""
_CHOICES = {"priority": Priority, "case_type": CaseType, "origin": Origin}
_PLAIN = frozenset({"title", "subject", "product"})
_RENAMED = {"type": "case_type"}
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
"""An address that every mail server takes (RFC 5321 section 4.1.2), which is less than it may hold by the book."""


def capture(
    captures: tuple[Capture, ...], email: InboundEmail, vocabulary: Vocabulary
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the captured fields, and the names of those that stayed empty or got what is no value of theirs."""
    found: dict[str, str] = {}
    for one in captures:
        match = one.pattern.search(_source(one.source, email))
        defaults = dict(one.defaults)
        for group in one.groups:
            value = _fitting(group, _one_line((match[group] if match else None) or ""), vocabulary)
            found[group] = found.get(group) or value or _one_line(defaults.get(group, ""))
    return {name: value for name, value in found.items() if value}, tuple(n for n, value in found.items() if not value)


def reply_address(email: InboundEmail) -> Address | None:
    """Return the one address that answers are wanted at, where that is not the sender's."""
    wanted = [one for one in email.reply_to if is_address(one.address)]
    sender = canonical_address(email.sender.address) if email.sender else ""
    return wanted[0] if len(wanted) == 1 and canonical_address(wanted[0].address) != sender else None


def is_address(text: str) -> bool:
    """Tell whether `text` is a mail address such as every server takes."""
    return bool(_ADDRESS.fullmatch(text))


def with_captured(fields: NewCase, captured: dict[str, str]) -> NewCase:
    """Return `fields` with captured values: a field of the case by its name, all others as fields of one's own."""
    known: dict[str, Any] = {"customer": _customer(fields.customer, captured)}
    custom = dict(fields.custom)
    for group, value in captured.items():
        name = _RENAMED.get(group, group)
        if name in _PLAIN:
            known[name] = value
        elif name in _CHOICES:
            choices = {choice.value: choice for choice in _CHOICES[name]}
            if value.lower() in choices:
                known[name] = choices[value.lower()]
        elif name not in CUSTOMER:
            custom[group] = value
    return replace(fields, custom=tuple(custom.items()), **known)


def _customer(named: Address | None, captured: dict[str, str]) -> Address | None:
    address, name = captured.get("customer_address"), captured.get("customer_name", "")
    if address:
        return Address(address=address, name=name)
    return replace(named, name=name or named.name) if named else None


def _fitting(group: str, text: str, vocabulary: Vocabulary) -> str:
    """Return captured text in the form in which it is kept; nothing when it is no value of its field."""
    if not text:
        return ""
    try:
        if group == "subject":
            return vocabulary.find_subject(text)
        if group == "customer_address":
            return text if is_address(text) else ""
        is_ours = _RENAMED.get(group, group) in _PLAIN | CUSTOMER | _CHOICES.keys()
        return text if is_ours else vocabulary.find_field(group).value(text)
    except Refused:
        return ""


def _source(source: str, email: InboundEmail) -> str:
    match source.partition(" "):
        case ("subject", _, _):
            text = email.subject
        case ("reply", _, _):
            text = email.reply.text
        case ("header", _, name):
            text = email.header(name) or ""
        case _:
            text = email.text
    return variables.clean(text)


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:MAX_CAPTURED]
