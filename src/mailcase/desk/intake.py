"""One stored mail becomes part of a case, or is kept back with a reason. Start reading here.

    gather    who wrote it, and which case does it prove or claim to be of?         desk.context
    judge     what do the desk's policies and the admin's rules say?                rules.judge
    act       the decision as an Outcome: case, activities, events                  here, desk.cases, desk.commands
    record    rows, timeline, audit, clocks, and the mails to send                  desk.record

All of it happens in the one transaction that the caller opened; its commit files the mail.
"""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from mailcase.desk import (
    breaker,
    cases,
    context,
    copies,
    customers,
    flows,
    forwards,
    guidance,
    memory,
    participants,
    responder,
    returns,
    turned_away,
)
from mailcase.desk.appointments import take_answers
from mailcase.desk.desk import Desk
from mailcase.desk.filing import Mail, read_case, received_mail
from mailcase.desk.outcome import Act, Outcome
from mailcase.desk.quiet import quieten
from mailcase.desk.record import record
from mailcase.desk.update import apply_update
from mailcase.domain.case import MAX_TITLE
from mailcase.domain.decision import (
    AppendToCase,
    Hold,
    Ignore,
    OpenCase,
    ReactivateCase,
    RecordBounce,
    ReturnToAgent,
    RunCommands,
)
from mailcase.domain.email import Classification, InboundEmail, Kind
from mailcase.domain.events import CaseOpened, CaseRouted
from mailcase.domain.flow_moves import without_flow
from mailcase.domain.inbox import HoldReason, InboxMessage, InboxState
from mailcase.domain.party import canonical_address
from mailcase.domain.queue import QueueItem
from mailcase.errors import Invalid
from mailcase.rules.judge import Judgement, judge
from mailcase.store import inbox
from mailcase.store.tx import Tx


def file_mail(
    tx: Tx, desk: Desk, message: InboxMessage, email: InboundEmail, classification: Classification, now: datetime
) -> InboxMessage:
    """File one received mail and return its inbox row as it was settled.

    Raises StaleWrite when a case was changed meanwhile (decide again), Refused when no case can take the mail.
    """
    mailbox = desk.mailboxes.get(message.mailbox)
    if mailbox is None:
        raise Invalid(f"mail {message.id} is of the mailbox {message.mailbox}, which mailcase.toml no longer has.")
    found = breaker.measured(tx, desk, message, context.gather(tx, desk, mailbox, email, classification, now), email)
    found = responder.watched(tx, message, found, email, classification, now)
    mail = Mail(
        message=_dated(message),
        email=email,
        classification=classification,
        context=found,
        house=participants.of_house(desk),
    )
    judged = judge(email, classification, found, desk.rulebook, received_at=mail.message.received_at, now=now)
    done = replace(judged, decision=quieten(judged.decision)) if message.is_quiet else judged
    first, is_filed = copies.claim(tx, desk, mail, done.decision)
    if first is not None and not is_filed:
        return _settle_copy(tx, mail, first, now)
    mail = replace(mail, sibling=first)
    settled = replace(
        act_on(tx, desk, mail, done, now),
        rulebook=judged.trace.rulebook,
        received_at=message.received_at,
        settled_at=now,
    )
    if settled.case_id is not None and email.in_reply_to + email.references:
        context.learn(tx, desk, email, settled.case_id)
    if settled.reason == HoldReason.SENDER_FLOOD:
        breaker.tell(tx, desk, email, now)
    inbox.settle(tx, settled)
    memory.remember(tx, mail, judged, now)
    return settled


def _settle_copy(tx: Tx, mail: Mail, first: InboxMessage, now: datetime) -> InboxMessage:
    """Settle a mail that is filed already, as `first`."""
    settled = copies.settle(tx, _settled(mail, InboxState.SKIPPED), first, now)
    inbox.settle(tx, settled)
    return settled


def _dated(message: InboxMessage) -> InboxMessage:
    """Return `message` with the moment that its case begins at: older mail is filed as of when it came to the server."""
    return replace(message, received_at=message.internal_date or message.received_at) if message.is_quiet else message


def act_on(tx: Tx, desk: Desk, mail: Mail, judged: Judgement, now: datetime) -> InboxMessage:
    """Do what was decided, and return the inbox row as it then is."""
    case_id: int | None
    decision = judged.decision
    match decision:
        case OpenCase():
            case_id = _open(tx, desk, mail, decision, judged, now)
        case AppendToCase():
            case_id = _append(tx, desk, mail, decision)
        case ReactivateCase():
            case_id = _reactivate(tx, desk, mail, decision)
        case RunCommands():
            case_id = guidance.run(tx, desk, mail, decision)
        case ReturnToAgent():
            return _give_back(tx, desk, mail, decision, now)
        case RecordBounce():
            case_id = _record_bounce(tx, desk, mail, decision)
        case Hold():
            return _settled(mail, InboxState.HELD, reason=decision.reason, detail=decision.detail, rule=decision.rule)
        case Ignore():
            turned_away.answer(tx, desk, mail, decision, now)
            return _settled(
                mail, InboxState.SKIPPED, reason=decision.reason, detail=decision.detail, rule=decision.rule
            )
        case _:
            assert_never(decision)
    return replace(_settled(mail, InboxState.FILED, rule=getattr(decision, "rule", "")), case_id=case_id)


def _give_back(tx: Tx, desk: Desk, mail: Mail, decision: ReturnToAgent, now: datetime) -> InboxMessage:
    """Send a mail that cannot act back to the agent it claims to be of, as long as that is not too often."""
    turn = returns.next_turn(tx, desk, decision.agent, now)
    case_id = guidance.give_back(tx, desk, mail, decision, turn)
    if case_id is not None:
        return replace(_settled(mail, InboxState.FILED), case_id=case_id)
    if turn is not None:
        return _settled(mail, InboxState.SKIPPED, reason="returned", detail=decision.why, rule="agent")
    detail = returns.objection(desk, decision.agent, decision.why)
    return _settled(mail, InboxState.HELD, reason=HoldReason.COMMAND_REFUSED, detail=detail, rule="agent")


def _open(tx: Tx, desk: Desk, mail: Mail, decision: OpenCase, judged: Judgement, now: datetime) -> int:
    """Open a case for a mail, in the queue that the rule or the routing names."""
    assert judged.case is not None, "who opens a case has drafted it"
    contact = customers.of_new_case(tx, desk, mail, decision)
    fields, queue = decision.fields, judged.case.queue
    case = replace(judged.case, contact_id=contact.id, account_id=contact.account_id)
    if mail.sibling is not None and case.related_id is None:
        case = replace(case, related_id=mail.sibling.case_id)
    act, received = mail.act, received_mail(mail)
    original = forwards.writer(mail) if fields.customer is None else None
    template, objection = (
        (None, forwards.WHY) if original else customers.acknowledgement(tx, desk, mail, decision, contact, now)
    )
    opened = CaseOpened(
        actor=act.actor,
        cause=act.cause,
        rules=judged.trace.rulebook,
        activity=received.activity,
        rule=decision.rule,
        template=template,
        why_no_acknowledgement=objection,
        suggest=decision.suggest,
        articles=decision.articles,
        customer="" if contact.address == canonical_address(received.activity.sender) else contact.address,
    )
    outcome = Outcome(before=None, case=case, activities=(received,), events=(opened,), is_quiet=mail.message.is_quiet)
    if queue is not None:
        outcome = _in_queue(outcome, queue, decision, judged, act)
    outcome = _in_flow(outcome, desk, decision, act)
    if fields.note:
        outcome = cases.note(outcome, fields.note, replace(act, actor=f"rule {decision.rule}"))
    if original is None:
        return record(tx, desk, outcome, act.now).case.id
    outcome, draft = forwards.proposed(tx, outcome, mail, original)
    recorded = record(tx, desk, outcome, act.now)
    forwards.ask(tx, desk, mail, recorded, draft)
    return recorded.case.id


def _in_queue(outcome: Outcome, queue: str, decision: OpenCase, judged: Judgement, act: Act) -> Outcome:
    """Put a new case into its queue, with the skills that it asks for."""
    assert judged.route is not None, "who puts a case into a queue has routed it"
    rule = decision.rule if decision.fields.queue else judged.route.rule
    skills = decision.fields.skills or judged.route.skills
    routed = CaseRouted(actor="system", cause=act.cause, rules=judged.trace.rulebook, queue=queue, rule=rule)
    return outcome.with_item(QueueItem(case_id=0, queue=queue, entered_at=act.now, skills=skills), routed)


def _in_flow(outcome: Outcome, desk: Desk, decision: OpenCase, act: Act) -> Outcome:
    """Return the outcome of a new case with what tells of its flow; one that is only filed for the record has none."""
    if outcome.is_quiet:
        return outcome.then(case=without_flow(outcome.case))
    if not outcome.case.is_in_flow:
        return outcome
    return flows.told(outcome, desk.rulebook, act, rule=decision.rule if decision.fields.flow else "")


def _append(tx: Tx, desk: Desk, mail: Mail, decision: AppendToCase) -> int:
    """Add a mail to its case."""
    outcome = read_case(tx, decision.case, is_quiet=mail.message.is_quiet)
    if decision.is_quiet:
        kind = mail.classification.kind
        why = decision.why if kind is Kind.HUMAN else kind.replace("_", " ")
        outcome = cases.keep(outcome, received_mail(mail), why, mail.act)
    else:
        outcome = cases.receive(outcome, received_mail(mail), mail.act)
    outcome = take_answers(tx, outcome, mail)
    outcome = apply_update(outcome, decision.update, desk.rulebook, decision.rule, mail.act)
    if decision.note:
        outcome = cases.note(outcome, decision.note, replace(mail.act, actor=f"rule {decision.rule}"))
    return record(tx, desk, outcome, mail.act.now).case.id


def _reactivate(tx: Tx, desk: Desk, mail: Mail, decision: ReactivateCase) -> int:
    """Add a mail to its resolved case, and make that active again."""
    outcome = cases.reactivate(read_case(tx, decision.case), decision.why, desk.rulebook.status_reasons, mail.act)
    outcome = cases.receive(outcome, received_mail(mail), mail.act)
    outcome = apply_update(outcome, decision.update, desk.rulebook, decision.rule, mail.act)
    return record(tx, desk, outcome, mail.act.now).case.id


def _record_bounce(tx: Tx, desk: Desk, mail: Mail, decision: RecordBounce) -> int:
    """Keep a report on its case, and tell those who work on it when a mail is lost for good."""
    outcome = read_case(tx, decision.case, is_quiet=mail.message.is_quiet)
    outcome = cases.keep(outcome, received_mail(mail), "delivery report", mail.act)
    if decision.is_permanent and not mail.message.is_quiet:
        response = " ".join(decision.status) or "the report gives no reason"
        failures = ((recipient, response) for recipient in decision.recipients)
        outcome = cases.undelivered(outcome, decision.activity, failures, replace(mail.act, actor="system"))
    return record(tx, desk, outcome, mail.act.now).case.id


def _settled(mail: Mail, state: InboxState, *, reason: str = "", detail: str = "", rule: str = "") -> InboxMessage:
    """Return the inbox row of a mail that is done with, with what was found out about it."""
    email = mail.email
    return replace(
        mail.message,
        state=state,
        reason=reason,
        detail=detail,
        rule=rule,
        next_attempt_at=None,
        lease_until=None,
        message_id=email.message_id,
        sender=canonical_address(email.sender.address) if email.sender else "",
        subject=email.subject[:MAX_TITLE],
        kind=mail.classification.kind,
    )
