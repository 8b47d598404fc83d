"""What can be done with a case: each verb takes an Outcome and returns the next, or raises Refused.

Mail commands, rules and the command line all come through here.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from mailcase.desk.activities import require_none_open
from mailcase.desk.flows import require_open_gates
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.domain import lifecycle
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Case, Status
from mailcase.domain.email import Attachment
from mailcase.domain.events import (
    AgentReplied,
    CaseAssigned,
    CaseCancelled,
    CasePicked,
    CaseReactivated,
    CaseResolved,
    CaseRouted,
    CustomerWrote,
    DeliveryDelayed,
    DeliveryFailed,
    FieldsChanged,
    MailKept,
    NoteAdded,
    StatusReasonChanged,
)
from mailcase.domain.lifecycle import StatusReasons
from mailcase.domain.party import Agent, Team, canonical_address
from mailcase.domain.queue import Queue, QueueItem
from mailcase.errors import Refused
from mailcase.rules.rulebook import Rulebook

ON_HOLD = "on_hold"


def keep(outcome: Outcome, mail: NewActivity, why: str, act: Act) -> Outcome:
    """Add a mail without telling anybody: an automatic answer, a report, or only thanks."""
    return outcome.then(MailKept(actor=act.actor, cause=act.cause, activity=mail.activity, why=why), activity=mail)


def receive(outcome: Outcome, mail: NewActivity, act: Act) -> Outcome:
    """Add a mail of the customer, for somebody to answer."""
    unanswered = outcome.case.unanswered_since or act.now
    case = replace(outcome.case, last_customer_mail_at=act.now, unanswered_since=unanswered)
    return outcome.then(
        CustomerWrote(actor=act.actor, cause=act.cause, activity=mail.activity), case=case, activity=mail
    )


def reply(outcome: Outcome, mail: NewActivity, act: Act) -> Outcome:
    """Send an agent's words to the customer. The first one answers the customer; an acknowledgement never does."""
    lifecycle.require_active(outcome.case)
    case = _answered(outcome.case, act)
    return outcome.then(
        AgentReplied(actor=act.actor, cause=act.cause, activity=mail.activity), case=case, activity=mail
    )


def delayed(outcome: Outcome, waiting: Iterable[tuple[str, str]], due_at: datetime, act: Act) -> Outcome:
    """Tell of recipients who have waited long for a mail of ours, `(address, response)` each; next tried at `due_at`."""
    events = (
        DeliveryDelayed(actor=act.actor, cause=act.cause, recipient=recipient, response=response, due_at=due_at)
        for recipient, response in waiting
    )
    return outcome.then(*events)


def undelivered(outcome: Outcome, mail: Activity | None, failures: Iterable[tuple[str, str]], act: Act) -> Outcome:
    """Tell of recipients who did not get a mail of ours, `(address, response)` each.

    When it was the last answer of an agent, the customer still waits: for the first response too, if it was that.
    """
    case = outcome.case
    failures = tuple(failures)
    is_answer = mail is not None and mail.kind is ActivityKind.EMAIL_OUT and not mail.is_automatic and case.is_active
    if mail is not None and len(mail.recipients) > 1:  # who is only copied does not wait for the answer
        is_answer = is_answer and any(canonical_address(address) == mail.recipients[0] for address, _ in failures)
    answered_at = mail.created_at if mail and is_answer else None
    if answered_at and case.last_update_at == answered_at:
        first = None if case.first_response_at == answered_at else case.first_response_at
        waiting = case.unanswered_since or case.last_customer_mail_at
        case = replace(case, first_response_at=first, unanswered_since=waiting)
    elif answered_at and case.first_response_at == answered_at:
        case = replace(case, first_response_at=later_answer(case, answered_at))
    events = (
        DeliveryFailed(
            actor=act.actor,
            cause=act.cause,
            recipient=recipient,
            response=response,
            activity_id=mail.id if mail else None,
            answered_at=answered_at,
        )
        for recipient, response in failures
    )
    return outcome.then(*events, case=case)


def later_answer(case: Case, answered_at: datetime) -> datetime | None:
    """Return when the customer was last answered, if that was after `answered_at` and is not known to have bounced."""
    last, waiting = case.last_update_at, case.unanswered_since
    stands = last is not None and last > answered_at and (waiting is None or waiting > last)
    return last if stands else None


def outgoing(case: Case, text: str, act: Act, attachments: tuple[Attachment, ...] = ()) -> NewActivity:
    """Return the mail that will carry an agent's words to the customer of `case`."""
    activity = Activity(
        kind=ActivityKind.EMAIL_OUT,
        subject=case.title,
        text=text,
        inbox_id=act.inbox_id,
        created_at=act.now,
        created_by=act.actor,
    )
    return NewActivity(activity=activity, attachments=attachments)


def with_text(mail: NewActivity, text: str) -> NewActivity:
    """Return `mail` with other words."""
    return replace(mail, activity=replace(mail.activity, text=text))


def note(outcome: Outcome, text: str, act: Act, attachments: tuple[Attachment, ...] = ()) -> Outcome:
    """Keep an internal note; allowed on a closed case too, as the history goes on."""
    activity = Activity(kind=ActivityKind.NOTE, text=text, created_at=act.now, created_by=act.actor)
    return outcome.then(
        NoteAdded(actor=act.actor, cause=act.cause, activity=activity),
        activity=NewActivity(activity=activity, attachments=attachments),
    )


def resolve(
    outcome: Outcome,
    reason: str,
    words: NewActivity | None,
    book: Rulebook,
    act: Act,
    *,
    billable_minutes: int | None = None,
    is_silent: bool = False,
) -> Outcome:
    """Resolve the case for `reason`; `words`, if any, is the mail that tells the customer the resolution.

    `billable_minutes` says what of the time spent is charged, if not what the activities say. Raises Refused while
    activities are open, or a gate of its flow is closed.
    """
    chosen = book.status_reasons.find(reason, Status.RESOLVED)
    text = words.activity.text if words else ""
    case = lifecycle.resolve(outcome.case, chosen, text, act.now)
    require_none_open(outcome)
    require_open_gates(
        outcome.then(case=_answered(outcome.case, act), activity=words) if words else outcome, book.flows
    )
    total = outcome.spent
    charged = total.billable_minutes if billable_minutes is None else billable_minutes
    case = replace(_answered(case, act), billable_minutes=charged)  # the closure mail tells the customer
    event = CaseResolved(
        actor=act.actor,
        cause=act.cause,
        reason=chosen.title,
        activity=words.activity if words else None,
        minutes=total.minutes,
        billable_minutes=charged,
        is_silent=is_silent,
    )
    return outcome.then(event, case=case, activity=words).with_item(None)


def cancel(outcome: Outcome, why: str, reasons: StatusReasons, act: Act) -> Outcome:
    """Cancel the case and keep `why` as a note. Raises Refused while activities are open."""
    case = lifecycle.cancel(outcome.case, reasons["cancelled"], act.now)
    require_none_open(outcome)
    noted = note(outcome, why, act)
    event = CaseCancelled(actor=act.actor, cause=act.cause, reason=why)
    return noted.then(event, case=case).with_item(None)


def reactivate(outcome: Outcome, why: str, reasons: StatusReasons, act: Act) -> Outcome:
    """Make a closed case active again and put it back into its queue."""
    case = lifecycle.reactivate(outcome.case, reasons, act.now)
    item = QueueItem(case_id=case.id, queue=case.queue, entered_at=act.now) if case.queue else None
    return outcome.then(CaseReactivated(actor=act.actor, cause=act.cause, why=why), case=case).with_item(item)


def change_status(outcome: Outcome, reason: str, reasons: StatusReasons, act: Act) -> Outcome:
    """Give an active case another status reason."""
    lifecycle.require_active(outcome.case)
    chosen = reasons.find(reason, outcome.case.status)
    event = StatusReasonChanged(actor=act.actor, cause=act.cause, before=outcome.case.status_reason, after=chosen.key)
    return outcome.then(event, case=lifecycle.change_reason(outcome.case, chosen, act.now))


def hold(outcome: Outcome, until: datetime | None, reasons: StatusReasons, act: Act) -> Outcome:
    """Put an active case aside until a moment (UTC), or until somebody takes it up again."""
    lifecycle.require_active(outcome.case)
    if outcome.case.status_reason != ON_HOLD:
        outcome = change_status(outcome, ON_HOLD, reasons, act)
    if until == outcome.case.follow_up_at:
        return outcome
    return change_fields(outcome, act, follow_up_at=until)


def assign(outcome: Outcome, owner: Agent | Team, act: Act) -> Outcome:
    """Make an agent or a team the owner."""
    lifecycle.require_active(outcome.case)
    if isinstance(owner, Agent) and not owner.is_active:
        raise Refused(f"{owner.name} is not active; the case was not assigned.")
    if isinstance(owner, Team) and not owner.members:
        raise Refused(f"{owner.name} has no active member; the case was not assigned.")
    if outcome.case.owner == owner.key:
        raise Refused(f"{outcome.case.number} is owned by {owner.name} already.")
    case = replace(outcome.case, owner=owner.key)
    return outcome.then(CaseAssigned(actor=act.actor, cause=act.cause, owner=owner.key), case=case)


def pick(outcome: Outcome, agent: Agent, act: Act) -> Outcome:
    """Take the queue item to work on it; one who comes second is told who has it."""
    lifecycle.require_active(outcome.case)
    if outcome.item is None:
        raise Refused(f"{outcome.case.number} is in no queue; use #assign me.")
    if outcome.item.worked_by is not None:
        raise Refused(f"{outcome.case.number} was picked by {outcome.item.worked_by} already.")
    item = replace(outcome.item, worked_by=agent.key, picked_at=act.now)
    case = replace(outcome.case, owner=outcome.case.owner or agent.key)
    return outcome.then(case=case).with_item(item, CasePicked(actor=act.actor, cause=act.cause, worked_by=agent.key))


def release(outcome: Outcome, act: Act, *, keeps_owner: bool = False) -> Outcome:
    """Give the queue item back, so that others can pick it; the case has no owner then, unless it is a team's."""
    lifecycle.require_active(outcome.case)
    if outcome.item is None or outcome.item.worked_by is None:
        raise Refused(f"{outcome.case.number} is picked by nobody.")
    item = replace(outcome.item, worked_by=None, picked_at=None)
    case = outcome.case if keeps_owner else replace(outcome.case, owner=None)
    return outcome.then(case=case).with_item(item, CasePicked(actor=act.actor, cause=act.cause, worked_by=None))


def route(outcome: Outcome, queue: Queue, act: Act, *, rule: str = "") -> Outcome:
    """Put the case into `queue`, to be picked there anew; an owner who does not belong to a private one is its owner no more."""
    lifecycle.require_active(outcome.case)
    if outcome.item is not None and outcome.item.queue == queue.name:
        raise Refused(f"{outcome.case.number} is in the queue {queue.name} already.")
    owner = outcome.case.owner if queue.takes_in(outcome.case.owner) else None
    case = replace(outcome.case, queue=queue.name, owner=owner)
    item = QueueItem(case_id=case.id, queue=queue.name, entered_at=act.now)
    lost = "" if owner else outcome.case.owner or ""
    event = CaseRouted(actor=act.actor, cause=act.cause, queue=queue.name, rule=rule, taken_from=lost)
    return outcome.then(case=case).with_item(item, event)


def change_fields(outcome: Outcome, act: Act, **fields: object) -> Outcome:
    """Set fields of an active case. Raises Refused when they have these values already."""
    changed = {name: value for name, value in fields.items() if getattr(outcome.case, name) != value}
    if not changed:
        raise Refused(
            f"{outcome.case.number} has {', '.join(f'{name} {_shown(fields[name])}' for name in fields)} already."
        )
    case: Case = replace(outcome.case, **changed)  # type: ignore[arg-type]  # the callers name fields
    changes = tuple((name, _shown(getattr(outcome.case, name)), _shown(value)) for name, value in changed.items())
    return outcome.then(FieldsChanged(actor=act.actor, cause=act.cause, changes=changes), case=case)


def _answered(case: Case, act: Act) -> Case:
    """Return `case` with the customer's mails answered; only the first answer is the first response."""
    first = case.first_response_at or act.now
    return replace(case, first_response_at=first, last_update_at=act.now, unanswered_since=None)


def _shown(value: object) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return ", ".join(f"{name}={text}" for name, text in value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return " ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
