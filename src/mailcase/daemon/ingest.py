"""Taking in mail that no IMAP server holds: stored like fetched mail, and the same from there on."""

import hashlib

from mailcase.app import App
from mailcase.domain.inbox import InboxMessage, Source
from mailcase.domain.mailbox import NO_SERVER
from mailcase.domain.party import canonical_address
from mailcase.errors import Invalid, Unparseable
from mailcase.mail.parse import parse
from mailcase.store import inbox


def store(app: App, raw: bytes, mailbox: str | None) -> InboxMessage:
    """Store one mail and return its row, the old one when the same bytes came to this mailbox before.

    Its number in place of a UID is made from its bytes. Raises Invalid when no mailbox takes it.
    """
    name = mailbox or _addressed(app, raw)
    if name not in app.config.mailboxes:
        raise Invalid(f"there is no mailbox {name}; mailcase.toml has: {', '.join(app.config.mailboxes) or 'none'}.")
    sha256 = hashlib.sha256(raw).hexdigest()
    message = InboxMessage(
        mailbox=name,
        source=Source.FILE,
        uidvalidity=NO_SERVER,
        uid=int(sha256[:15], 16),
        sha256=sha256,
        size=len(raw),
        received_at=app.now(),
    )
    with app.database.begin() as tx:
        inbox.put_many(tx, [(message, raw)])
        stored = inbox.by_uid(tx, name, NO_SERVER, message.uid)
    assert stored is not None, "it was stored in this transaction, or before"
    return stored


def _addressed(app: App, raw: bytes) -> str:
    """Return the mailbox that a mail is addressed to, else the first one."""
    mailboxes = app.desk.mailboxes
    if not mailboxes:
        raise Invalid(f"{app.path}: it has no mailbox; add a [mailboxes.NAME] with an address.")
    try:
        email = parse(raw, app.limits)
    except Unparseable:
        return next(iter(mailboxes))  # it will be held there, with the reason
    owners = {address: name for name, box in mailboxes.items() for address in (box.address, *box.aliases)}
    wanted = (canonical_address(address.address) for address in (*email.to, *email.cc))
    named = (owners.get(address) or owners.get(_untagged(address)) for address in wanted)
    return next((name for name in named if name), next(iter(mailboxes)))


def _untagged(address: str) -> str:
    """Return `address` without its tag (RFC 5233): reply addresses of ours bear a token there."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
