"""Taking in mail that no IMAP server holds: stored like fetched mail, and the same from there on."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from mailcase.app import App
from mailcase.domain.inbox import InboxMessage, Source
from mailcase.domain.mailbox import NO_SERVER
from mailcase.domain.party import canonical_address
from mailcase.errors import Invalid, Unparseable
from mailcase.mail.parse import recipients
from mailcase.store import inbox


def store(app: App, raw: bytes, mailbox: str | None, source: Source = Source.FILE) -> InboxMessage:
    """Store one mail and return its row, the old one when the same bytes came to this mailbox before.

    Raises Invalid when no mailbox takes it.
    """
    name = mailbox or _addressed(app, raw)
    if name not in app.config.mailboxes:
        raise Invalid(f"there is no mailbox {name}; mailcase.toml has: {', '.join(app.config.mailboxes) or 'none'}.")
    return store_for(app, raw, [name], source)[0]


def store_for(app: App, raw: bytes, mailboxes: Sequence[str], source: Source) -> list[InboxMessage]:
    """Store one mail for each of `mailboxes`, or for none when that fails, and return its rows.

    Its number in place of a UID is made from its bytes, so one that is handed over twice is stored once. Raises
    Unavailable when the database is.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    message = InboxMessage(
        mailbox="",
        source=source,
        uidvalidity=NO_SERVER,
        uid=int(sha256[:15], 16),
        sha256=sha256,
        size=len(raw),
        received_at=app.now(),
    )
    with app.database.begin() as tx:
        for name in mailboxes:  # in this order they are filed: the first is where the case will be
            inbox.put_many(tx, [(replace(message, mailbox=name), raw)])
        found = [inbox.by_uid(tx, name, NO_SERVER, message.uid) for name in mailboxes]
    return [row for row in found if row is not None]  # each was stored in this transaction, or before


def owner_of(app: App, address: str) -> str | None:
    """Return the mailbox that mail to `address` is for, with or without a tag (RFC 5233); None when it is nobody's."""
    owners = {own: name for name, mailbox in app.desk.mailboxes.items() for own in (mailbox.address, *mailbox.aliases)}
    wanted = canonical_address(address)
    return owners.get(wanted) or owners.get(_untagged(wanted))


def _addressed(app: App, raw: bytes) -> str:
    """Return the mailbox that a mail is addressed to, else the first one."""
    mailboxes = app.desk.mailboxes
    if not mailboxes:
        raise Invalid(f"{app.path}: it has no mailbox; add a [mailboxes.NAME] with an address.")
    try:
        addressed = recipients(raw, app.limits)
    except Unparseable:
        return next(iter(mailboxes))  # it will be held there, with the reason
    named = (owner_of(app, address.address) for address in addressed)
    return next((name for name in named if name), next(iter(mailboxes)))


def _untagged(address: str) -> str:
    """Return `address` without its tag (RFC 5233): reply addresses of ours bear a token there."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
