"""Mails that are made up from a few words, as examples and warnings need them, and what the rules make of them."""

from datetime import timedelta
from email.utils import parseaddr

from mailcase.domain.case import Case, Origin, Status
from mailcase.domain.decision import Context
from mailcase.domain.email import Address, Attachment, Classification, InboundEmail, Kind, Reply
from mailcase.domain.entitlement import Entitlement
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.party import Contact, canonical_address
from mailcase.rules import schema
from mailcase.rules.judge import Judgement, judge
from mailcase.rules.rulebook import Rulebook


def judge_sample(mail: schema.ExampleMail, mailbox: Mailbox, book: Rulebook) -> Judgement:
    """Return what `book` says about such a mail to `mailbox`."""
    classification = Classification(kind=mail.kind, may_acknowledge=mail.kind is Kind.HUMAN, why=("example",))
    context = _context(mail, mailbox)
    return judge(_email(mail, mailbox), classification, context, book, received_at=mail.at, now=mail.at)


def _case(mail: schema.ExampleMail, mailbox: Mailbox) -> Case:
    then = mail.at - mail.resolved_ago
    if mail.replies_to == "resolved":
        return Case(
            id=1, title=mail.subject, contact_id=1, mailbox=mailbox.name, status=Status.RESOLVED,
            status_reason="problem_solved", created_at=then, modified_at=then, resolved_at=then,
        )  # fmt: skip
    return Case(id=1, title=mail.subject, contact_id=1, mailbox=mailbox.name, created_at=then, modified_at=then)


def _context(mail: schema.ExampleMail, mailbox: Mailbox) -> Context:
    address = canonical_address(parseaddr(mail.sender)[1])
    is_known = mail.known or mail.replies_to is not None or mail.entitled is not None
    return Context(
        mailbox=mailbox,
        contact=Contact(id=1, name="", address=address, is_provisional=False, created_at=mail.at) if is_known else None,
        entitlements=_entitlements(mail),
        is_authentic=mail.authentic,
        case=_case(mail, mailbox) if mail.replies_to else None,
    )


def _entitlements(mail: schema.ExampleMail) -> tuple[Standing, ...]:
    if mail.entitled is None:
        return ()
    bought = Entitlement(
        id=1, name="Example", contact_id=1, total=max(mail.entitled, 1), is_default=True, activated_at=mail.at,
        starts_at=mail.at - timedelta(days=1), ends_at=mail.at + timedelta(days=1),
    )  # fmt: skip
    return (Standing(entitlement=bought, taken=() if mail.entitled else ((Origin.EMAIL, 1),)),)


def _email(mail: schema.ExampleMail, mailbox: Mailbox) -> InboundEmail:
    def addresses(texts: list[str] | None) -> tuple[Address, ...]:
        pairs = (parseaddr(text) for text in texts or ())
        return tuple(Address(address=address, name=name) for name, address in pairs)

    files = (
        Attachment(
            name=name, content_type="application/octet-stream", content=b"", sha256="0" * 64, is_inline=False
        )
        for name in mail.attachments or ()
    )  # fmt: skip
    return InboundEmail(
        sha256="0" * 64,
        size=len(mail.text),
        headers=tuple((mail.headers or {}).items()),
        message_id="example@example.com",
        in_reply_to=("case@example.com",) if mail.replies_to else (),
        references=(),
        date=mail.at,
        subject=mail.subject,
        senders=addresses([mail.sender]),
        reply_to=addresses(mail.reply_to),
        to=addresses(mail.to if mail.to is not None else [mailbox.address]),
        cc=addresses(mail.cc),
        text=mail.text,
        html=None,
        reply=Reply(text=mail.text),
        attachments=tuple(files),
        reports=(),
        language=mail.language,
    )
