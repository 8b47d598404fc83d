"""How an outgoing mail names itself: its Message-ID, where answers and reports come back, and its place in a thread."""

import hashlib
from datetime import datetime

from mailcase.desk.desk import Desk
from mailcase.desk.letters import Subject
from mailcase.domain.activity import ActivityKind
from mailcase.domain.email import Address
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.token import Token
from mailcase.mail import return_path, thread

MAX_REFERENCES = 20


def message_id(desk: Desk, mailbox: Mailbox, token: Token, nonce: str) -> str:
    """Return the Message-ID of a mail about a case: an answer to it proves the case."""
    return thread.mint_message_id(token, desk.secrets[0], nonce, domain(mailbox))


def nonce(template: str, key: str, address: str, now: datetime) -> str:
    """Return what makes a Message-ID unique: the occasion, which never comes twice, folded into 16 characters."""
    said = f"{template}\0{key}\0{address}\0{now.isoformat()}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def domain(mailbox: Mailbox) -> str:
    """Return the domain of a mailbox's address."""
    return mailbox.address.rpartition("@")[2]


def reply_address(desk: Desk, mailbox: Mailbox, token: Token) -> Address | None:
    """Return an address with the token in it, where the server delivers such addresses."""
    if mailbox.name not in desk.subaddressed:
        return None
    name = mailbox.display_name or desk.name
    return Address(name=name, address=thread.mint_address(token, desk.secrets[0], mailbox.address))


def report_address(desk: Desk, mailbox: Mailbox, message_id: str) -> str:
    """Return where reports about a mail come back; where the mailbox wants that, an address of its own."""
    has_own = mailbox.name in desk.return_paths
    return return_path.mint(message_id, desk.secrets[0], mailbox.address) if has_own else mailbox.address


def last_from_customer(subject: Subject) -> str | None:
    """Return the Message-ID of the newest mail that came in, which a mail to the customer answers."""
    mails = (activity for activity in subject.history if activity.kind is ActivityKind.EMAIL_IN and activity.message_id)
    return next((activity.message_id for activity in mails), None)


def references(subject: Subject) -> tuple[str, ...]:
    """Return the mails of the case, oldest first: the first one holds the thread together, the last ones place it."""
    kinds = (ActivityKind.EMAIL_IN, ActivityKind.EMAIL_OUT)
    ids = [activity.message_id for activity in subject.history if activity.kind in kinds and activity.message_id]
    ids.reverse()
    kept = ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]]
    return tuple(dict.fromkeys(kept))
