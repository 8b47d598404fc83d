"""What can be changed about customers, as pure functions from contact to contact and from account to account."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from zoneinfo import available_timezones

from mailcase.domain.party import Account, Contact
from mailcase.errors import Refused

MAX_NAME = 200
"""Characters of a name."""
CLEAR = "-"
"""What people write to take a value away."""
_LANGUAGE = re.compile(r"[a-z]{2}")
_BOOKKEEPING = frozenset({"id", "created_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEdit:
    """New values for fields of a contact: None leaves a field as it is, `CLEAR` empties it."""

    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    is_confirmed: bool | None = None


def edited(contact: Contact, edit: ContactEdit) -> Contact:
    """Return the contact with the values of `edit`. Raises Refused for what is no language or time zone."""
    changed = contact
    if edit.name is not None:
        changed = replace(changed, name=read_name(edit.name))
    if edit.language is not None:
        changed = replace(changed, language=_language(edit.language))
    if edit.time_zone is not None:
        changed = replace(changed, time_zone=_time_zone(edit.time_zone))
    if edit.is_confirmed is not None:
        changed = replace(changed, is_provisional=not edit.is_confirmed)
    return changed


def absorbed(survivor: Contact, losers: Iterable[Contact]) -> Contact:
    """Return the survivor of a merge: what it lacks comes from the first of the others that has it.

    It is confirmed as soon as one of them is: then somebody knows who it is.
    """
    for loser in losers:
        survivor = replace(
            survivor,
            name=survivor.name or loser.name,
            account_id=survivor.account_id if survivor.account_id is not None else loser.account_id,
            language=survivor.language or loser.language,
            time_zone=survivor.time_zone or loser.time_zone,
            is_provisional=survivor.is_provisional and loser.is_provisional,
            created_at=min(survivor.created_at, loser.created_at),
        )
    return survivor


def differing(before: Contact | Account, after: Contact | Account) -> dict[str, list[object]]:
    """Return the fields that changed, `[before, after]` each, for the audit log."""
    names = (field.name for field in fields(after) if field.name not in _BOOKKEEPING)
    pairs = {name: [getattr(before, name), getattr(after, name)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def read_name(text: str) -> str:
    """Return a name as it is kept: one line, without blanks around it; `CLEAR` is none. Raises Refused."""
    name = " ".join(text.split())
    if name == CLEAR:
        return ""
    if len(name) > MAX_NAME:
        raise Refused(f"the name {name[:30]!r}… is longer than {MAX_NAME} characters; shorten it.")
    if not name.isprintable():
        raise Refused(f"the name {name!r} has characters that cannot be shown; take them out.")
    return name


def _language(text: str) -> str | None:
    word = text.strip().lower()
    if word == CLEAR:
        return None
    if not _LANGUAGE.fullmatch(word):
        raise Refused(f"{text!r} is no language; write its two letters of ISO 639-1, such as en or de.")
    return word


def _time_zone(text: str) -> str | None:
    zone = text.strip()
    if zone == CLEAR:
        return None
    if zone not in available_timezones():
        raise Refused(f"{zone!r} is no time zone; write it as Europe/Berlin.")
    return zone
