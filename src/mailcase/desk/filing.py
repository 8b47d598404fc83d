"""A mail that is being filed, and what every way of filing it shares."""

from dataclasses import dataclass, replace

from mailcase.desk import answers
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import MAX_TITLE, Case
from mailcase.domain.decision import Context
from mailcase.domain.email import Classification, InboundEmail, Kind
from mailcase.domain.inbox import InboxMessage
from mailcase.store import queues
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that is being filed, with all that was found out about it."""

    message: InboxMessage
    email: InboundEmail
    classification: Classification
    context: Context
    house: frozenset[str]
    """Addresses of the desk and its agents (`desk.participants.of_house`)."""
    sibling: InboxMessage | None = None
    """The same mail, filed before for another mailbox: its case is linked, and its sender has an answer."""

    @property
    def act(self) -> Act:
        """The mail as the cause of what happens."""
        actor = self.context.agent.key if self.context.agent else "customer"
        return Act(actor=actor, cause=f"mail {self.message.id}", now=self.message.received_at, inbox_id=self.message.id)


def read_case(tx: Tx, case: Case, *, is_quiet: bool = False) -> Outcome:
    """Return the outcome that begins with `case` as it stands in this transaction."""
    return replace(Outcome.of(case, queues.by_case(tx, case.id)), is_quiet=is_quiet)


def received_mail(mail: Mail) -> NewActivity:
    """Return the activity that a received mail is."""
    email = mail.email
    sender = email.sender
    activity = Activity(
        kind=ActivityKind.EMAIL_IN,
        subject=email.subject[:MAX_TITLE],
        text=email.reply.text or email.text,
        sender=sender.address if sender else "",
        reply_to=answers.wanted(
            email,
            mail.house,
            is_human=mail.classification.kind is Kind.HUMAN,
            is_authentic=mail.context.is_authentic,
        ),
        recipients=tuple(address.address for address in (*email.to, *email.cc)),
        message_id=email.message_id,
        inbox_id=mail.message.id,
        created_at=mail.message.received_at,
        created_by=mail.act.actor,
        is_automatic=mail.classification.kind is not Kind.HUMAN,
        is_unverified=mail.context.hinted_case is not None,
    )
    return NewActivity(activity=activity, attachments=email.attachments)
