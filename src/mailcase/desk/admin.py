"""Mail to the person who looks after the daemon: the digest of held mail, and alarms, each once a day at most.

Once a day means: the dedupe key in the outbox holds the cause and the date on the desk's calendar. Several daemons, or
one that starts ten times a day, thus write one mail.
"""

from dataclasses import dataclass
from datetime import datetime

from mailcase.desk import post
from mailcase.desk.desk import Admin, Desk
from mailcase.domain.inbox import InboxMessage, InboxState
from mailcase.mail import letter, letter_parts
from mailcase.mail.draft import AutoSubmitted
from mailcase.store import inbox, outbox
from mailcase.store.tx import Tx

ADMIN_TEMPLATES = "admin/"
"""What the names of templates for the admin begin with: no alarm tells of the fate of another."""
DIGEST, ALARM = "admin/held", "admin/alarm"
DIGEST_HOUR = 7  # of the desk's day: there when people come to work
MAX_LISTED = 50  # held mails named in the digest; it tells how many there are in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A trouble that the admin is told of."""

    cause: str
    """What makes it the same trouble as before, such as `mailbox support`."""
    trouble: str
    """One sentence."""
    remedy: str = ""
    host: str = ""


def queue_digest(tx: Tx, desk: Desk, now: datetime) -> bool:
    """Queue the digest of held mail if it is time, some mail is held, and today's is not written; return whether."""
    if desk.admin is None or desk.local(now).hour < DIGEST_HOUR:
        return False
    cover = _cover(desk, DIGEST, "", now)
    if _is_written(tx, cover, desk.admin):
        return False
    total = inbox.count_held(tx)
    if not total:
        return False
    newest = inbox.find(tx, state=InboxState.HELD, limit=MAX_LISTED)
    held = tuple(_held_mail(desk, message) for message in newest)
    return _queue(tx, desk, desk.admin, cover, _letter(desk, desk.admin, now, held=held, held_total=total))


def queue_alarm(tx: Tx, desk: Desk, alarm: Alarm, now: datetime) -> bool:
    """Queue a mail about a trouble, unless the same cause was told today; return whether it was queued."""
    if desk.admin is None:
        return False
    cover = _cover(desk, ALARM, alarm.cause, now)
    if _is_written(tx, cover, desk.admin):
        return False
    told = _letter(desk, desk.admin, now, host=alarm.host, trouble=alarm.trouble, remedy=alarm.remedy)
    return _queue(tx, desk, desk.admin, cover, told)


def _letter(desk: Desk, admin: Admin, now: datetime, **told: object) -> letter.AdminLetter:
    mailbox = desk.mailboxes[admin.mailbox]
    person = letter.Person(name=mailbox.display_name or desk.name, address=mailbox.address)
    fields = {"desk": desk.name, "mailbox": person, "now": desk.local(now)} | told
    return letter.AdminLetter(**fields)  # type: ignore[arg-type]  # the callers name fields


def _cover(desk: Desk, template: str, cause: str, now: datetime) -> post.Cover:
    key = f"{cause} {desk.local(now):%Y-%m-%d}".lstrip()
    return post.Cover(template=template, key=key, now=now, auto_submitted=AutoSubmitted.GENERATED)


def _is_written(tx: Tx, cover: post.Cover, admin: Admin) -> bool:
    return outbox.is_known(tx, post.dedupe_key(cover, admin.address))


def _queue(tx: Tx, desk: Desk, admin: Admin, cover: post.Cover, content: letter.AdminLetter) -> bool:
    rendered = desk.templates.render(cover.template, content, language=desk.language, mailbox=admin.mailbox)
    mail = post.to_admin(desk, desk.mailboxes[admin.mailbox], admin.address, rendered, cover)
    return outbox.put(tx, mail) is not None


def _held_mail(desk: Desk, message: InboxMessage) -> letter_parts.HeldMail:
    return letter_parts.HeldMail(
        id=message.id,
        mailbox=message.mailbox,
        received_at=desk.local(message.received_at),
        sender=message.sender,
        subject=message.subject,
        reason=message.reason,
        detail=message.detail,
    )
