"""Outgoing mail as outbox rows: addressed, threaded, signed with reply tokens, and frozen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from mailcase.desk import answers, identity
from mailcase.desk.desk import Desk
from mailcase.desk.letters import Subject
from mailcase.domain.activity import Activity
from mailcase.domain.case import MAX_TITLE
from mailcase.domain.email import Address, Attachment, InboundEmail
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.outbox import Authorship, OutboxMessage, Recipient
from mailcase.domain.party import Agent
from mailcase.domain.token import Party, Token
from mailcase.mail.compose import compose
from mailcase.mail.draft import AutoSubmitted, Draft
from mailcase.mail.invitation import Invitation, write
from mailcase.mail.render import Rendered
from mailcase.store.outbox import CUSTOMER_TEMPLATES

COPY = "copy"
"""Template of a copy for the archive: it is the mail that it copies."""
LOOP_NAME = "mailcase"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What is said of a mail besides its content."""

    template: str
    key: str
    """Unique for the occasion: the same notice of the same occasion is queued once."""
    now: datetime
    auto_submitted: AutoSubmitted | None
    """None for a person's words."""
    in_reply_to: str | None = None
    """Message-ID of the agent's mail that a mail to an agent answers."""

    def nonce(self, address: str) -> str:
        """Return what makes the Message-ID of the mail to `address` unique."""
        return identity.nonce(self.template, self.key, address, self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """An appointment that a mail invites to, or calls off."""

    activity: Activity
    is_cancelled: bool = False

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.activity.duration_minutes or 0

    def start_in(self, zone: tzinfo) -> datetime:
        """Return when it begins, on the clock of `zone`."""
        assert self.activity.due_at is not None, "an appointment has a time"
        return self.activity.due_at.astimezone(zone)


def to_customer(
    desk: Desk,
    subject: Subject,
    rendered: Rendered,
    cover: Cover,
    *,
    activity: Activity | None = None,
    attachments: Sequence[Attachment] = (),
    meeting: Meeting | None = None,
) -> OutboxMessage:
    """Return a mail to the customer of a case, in the thread of their mails; a person's words go to all who take part.

    One in answer to a mail has the null return path (RFC 3834 section 3.3), so that its bounce bothers nobody.
    """
    contact, mailbox = subject.contact, subject.mailbox
    token = Token(case_id=subject.case.id, party=Party.CUSTOMER, party_id=str(contact.id))
    is_human, is_answer = cover.auto_submitted is None, cover.auto_submitted is AutoSubmitted.REPLIED
    to = contact.address if is_answer else answers.address(contact, subject.history)  # RFC 3834 section 4
    draft = Draft(
        desk=LOOP_NAME,
        sender=_sender(desk, mailbox, activity if is_human else None),
        to=(Address(name=contact.name if is_human else "", address=to),),
        cc=tuple(Address(address=address) for address in subject.case.cc) if is_human else (),
        reply_to=identity.reply_address(desk, mailbox, token),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=identity.message_id(desk, mailbox, token, cover.nonce(contact.address)),
        in_reply_to=identity.last_from_customer(subject),
        references=identity.references(subject),
        date=cover.now,
        auto_submitted=cover.auto_submitted,
        attachments=tuple(attachments),
    )
    draft = _inviting(draft, meeting) if meeting else draft
    activity_id = activity.id if activity else None
    back = "" if is_answer else identity.report_address(desk, mailbox, draft.message_id)
    return freeze(desk, draft, cover, mailbox, case_id=subject.case.id, activity_id=activity_id, envelope_from=back)


def _inviting(draft: Draft, meeting: Meeting) -> Draft:
    """Return `draft` with an invitation; its UID is our signed Message-ID, so that the answer proves its case."""
    activity = meeting.activity
    start = meeting.start_in(UTC)
    invitation = Invitation(
        uid=activity.message_id or draft.message_id,
        title=activity.text.split("\n", 1)[0][:MAX_TITLE],
        text=activity.text,
        start=start,
        end=start + timedelta(minutes=meeting.minutes),
        organizer=draft.reply_to or draft.sender,
        attendee=draft.to[0],
        stamp=draft.date,
        is_cancelled=meeting.is_cancelled,
    )
    return replace(draft, calendar=write(invitation), calendar_method=invitation.method)


def to_agent(
    desk: Desk, subject: Subject | None, mailbox: Mailbox, agent: Agent, rendered: Rendered, cover: Cover
) -> OutboxMessage:
    """Return a mail to an agent. One about a case carries the agent's own token: answering it works the case."""
    case_id = subject.case.id if subject else 0
    token = Token(case_id=case_id, party=Party.AGENT, party_id=agent.key)
    message_id = (
        identity.message_id(desk, mailbox, token, cover.nonce(agent.address))
        if subject
        else f"{cover.nonce(agent.address)}.notice@{identity.domain(mailbox)}"
    )
    draft = Draft(
        desk=LOOP_NAME,
        sender=Address(name=mailbox.display_name or desk.name, address=mailbox.address),
        to=(Address(name=agent.name, address=agent.address),),
        reply_to=identity.reply_address(desk, mailbox, token) if subject else None,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=message_id,
        in_reply_to=cover.in_reply_to,
        references=(cover.in_reply_to,) if cover.in_reply_to else (),
        date=cover.now,
        auto_submitted=cover.auto_submitted,
    )
    return freeze(
        desk,
        draft,
        cover,
        mailbox,
        case_id=subject.case.id if subject else None,
        activity_id=None,
        envelope_from=mailbox.address,
    )


def without_case(mailbox: Mailbox, email: InboundEmail, desk: Desk, rendered: Rendered, cover: Cover) -> OutboxMessage:
    """Return an automatic answer to a mail that opened no case; its null return path is that of RFC 3834 section 3.3."""
    assert email.sender is not None, "a mail without a sender is held before the rules see it"
    draft = Draft(
        desk=LOOP_NAME,
        sender=_sender(desk, mailbox, None),
        to=(Address(name="", address=email.sender.address),),
        reply_to=None,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=f"{cover.nonce(email.sender.address)}.notice@{identity.domain(mailbox)}",
        in_reply_to=email.message_id,
        references=(email.message_id,) if email.message_id else (),
        date=cover.now,
        auto_submitted=cover.auto_submitted,
    )
    return freeze(desk, draft, cover, mailbox, case_id=None, activity_id=None, envelope_from="")


def to_admin(desk: Desk, mailbox: Mailbox, address: str, rendered: Rendered, cover: Cover) -> OutboxMessage:
    """Return a mail to the person who looks after the daemon; its null return path keeps its bounce from the desk."""
    draft = Draft(
        desk=LOOP_NAME,
        sender=Address(name=mailbox.display_name or desk.name, address=mailbox.address),
        to=(Address(name="", address=address),),
        reply_to=None,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        message_id=f"{cover.nonce(address)}.admin@{identity.domain(mailbox)}",
        in_reply_to=None,
        references=(),
        date=cover.now,
        auto_submitted=cover.auto_submitted,
    )
    return freeze(desk, draft, cover, mailbox, case_id=None, activity_id=None, envelope_from="")


def copy_of(desk: Desk, mail: OutboxMessage) -> OutboxMessage | None:
    """Return the copy of a mail to a customer for the archive of its mailbox, if it has one: the same bytes.

    It is a mail of its own in the outbox, because what becomes of it says nothing about the customer's. No header names
    whom it goes to (RFC 5322 section 3.6.3), and nobody hears of its bounce.
    """
    archive = desk.mailboxes[mail.mailbox].bcc
    if not archive or not mail.template.startswith(CUSTOMER_TEMPLATES):
        return None
    return replace(
        mail,
        activity_id=None,
        authorship=Authorship.AUTOMATIC,
        template=COPY,
        dedupe_key=f"{COPY}:{mail.dedupe_key}",
        envelope_from="",
        recipients=tuple(Recipient(address=address) for address in archive),
    )


def dedupe_key(cover: Cover, address: str) -> str:
    """Return the key under which a mail about an occasion goes to an address once."""
    return f"{cover.template}:{cover.key}:{address}"


def _sender(desk: Desk, mailbox: Mailbox, activity: Activity | None) -> Address:
    """Return the mailbox under the name of the agent whose words go out, or under its own."""
    author = desk.rulebook.agents.get(activity.created_by) if activity else None
    return Address(name=author.name if author else mailbox.display_name or desk.name, address=mailbox.address)


def freeze(
    desk: Desk,
    draft: Draft,
    cover: Cover,
    mailbox: Mailbox,
    *,
    case_id: int | None,
    activity_id: int | None,
    envelope_from: str,
) -> OutboxMessage:
    """Return a draft as outbox row: composed, signed if its mailbox signs, and never changed again."""
    is_human = cover.auto_submitted is None
    raw, signer = compose(draft), desk.signers.get(mailbox.name)
    return OutboxMessage(
        case_id=case_id,
        activity_id=activity_id,
        mailbox=mailbox.name,
        authorship=Authorship.HUMAN if is_human else Authorship.AUTOMATIC,
        template=cover.template,
        dedupe_key=dedupe_key(cover, draft.to[0].address),
        message_id=draft.message_id,
        envelope_from=envelope_from,
        recipients=tuple(Recipient(address=recipient.address) for recipient in draft.recipients),
        subject=draft.subject,
        raw=signer.sign(raw) if signer else raw,
        created_at=cover.now,
        due_at=cover.now,
    )
