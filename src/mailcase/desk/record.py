"""Writing an outcome: case, activities, queue item, clocks, timeline, audit and mails to send, in one transaction.

Nothing else writes cases, but for the one field that a merge of contacts changes in all of theirs
(`desk.contact_merge`). Whoever calls it has read the case in the same transaction, or gets StaleWrite.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from mailcase.desk import assignment, entitlements, knowledge, letters, post, schedule, sla, trail, visits
from mailcase.desk.decoration import repeated
from mailcase.desk.desk import Desk
from mailcase.desk.duplicates import similar
from mailcase.desk.notices import notices
from mailcase.desk.occasion import Occasion
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.desk.shelf import begin
from mailcase.domain.activity import Activity, ActivityKind, AttachedFile, AuditRecord, TimelineEntry
from mailcase.domain.case import Case
from mailcase.domain.decision import Context
from mailcase.domain.email import Attachment
from mailcase.domain.events import Event
from mailcase.domain.outbox import OutboxMessage
from mailcase.domain.relations import CaseLink
from mailcase.domain.sla_clock import Clock, ClockEvent, Transition
from mailcase.store import activities, audit, cases, contacts, erasing, links, message_index, outbox, queues, timeline
from mailcase.store.message_index import KnownMessage
from mailcase.store.tx import Tx

UNAUDITED = frozenset({"id", "version", "modified_at"})
CONTENT = frozenset({"title", "description", "resolution", "custom"})
"""The audit log says that they changed, not what they held: it can never be deleted, a customer's words can."""
KEPT_BACK = "(not kept here)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An outcome as it was stored."""

    case: Case
    occasion: Occasion
    """For further mails about it, such as an agent's transcript."""


def record(tx: Tx, desk: Desk, outcome: Outcome, now: datetime) -> Recorded:
    """Store `outcome` and queue the mails that its events call for.

    Raises StaleWrite when the case was changed since it was read: decide again.
    """
    outcome = _with_newcomer(tx, outcome)
    for other in outcome.others:
        record(tx, desk, other, now)
    _relate(tx, outcome, now)
    clocks = sla.read_clocks(tx, outcome)
    outcome = _prepared(tx, desk, outcome, clocks, now)
    case = _store_case(tx, outcome, now)
    stored = {new.activity: _store_activity(tx, case, new) for new in outcome.activities}
    _store_item(tx, outcome, case)
    visits.keep(tx, desk, outcome, case, now)
    outcome = outcome.then(*entitlements.settle(tx, outcome, case, now))
    people = letters.read_people(tx, desk, case)
    language = letters.language_for(people, desk.mailbox_of(case))
    helpful = knowledge.suggested(tx, desk.library, outcome, language)
    outcome = knowledge.with_offer(outcome, helpful)
    knowledge.keep(tx, outcome, case)
    late: tuple[Transition, ...] = ()
    if not outcome.is_quiet:
        ticked = sla.run_clocks(tx, desk, outcome, clocks, people, now)
        clocks, outcome, late = ticked.clocks, outcome.then(*ticked.events), ticked.begun
        schedule.keep(tx, desk, outcome, case, clocks, now)
    timeline.append(tx, (_entry(case, event, stored, now) for event in outcome.events))
    audit.append(tx, _audit(outcome, case, now))
    occasion = Occasion(
        desk=desk,
        subject=replace(_subject(tx, desk, outcome, people, clocks), articles=helpful.for_agents),
        offered=helpful.for_customer,
        sent=knowledge.sent(desk.library, outcome, language),
        item=outcome.item,
        key=f"{case.id}.{case.version}",
        stored=stored,
        files={new.activity: new.attachments for new in outcome.activities},
        repeated=repeated(tx, (file for new in outcome.activities for file in new.attachments)),
        now=now,
    )
    if not outcome.is_quiet:
        _queue_notices(tx, outcome.events, occasion)
    return Recorded(case=_caught_up(tx, desk, case, late, now), occasion=occasion)


def _caught_up(tx: Tx, desk: Desk, case: Case, late: tuple[Transition, ...], now: datetime) -> Case:
    """Return the stored case with what the rules name for clocks that had passed a moment when they began.

    It is a change of its own, as it follows from a clock that the change before it began; a promise is broken only once
    from one start, so this comes to an end.
    """
    if not any(done.events.count(event) for done in late for event in (ClockEvent.WARNED, ClockEvent.BREACHED)):
        return case
    found = begin(tx, case)
    outcome = sla.act_on_late(desk, found, late, now)
    return case if outcome == found else record(tx, desk, outcome, now).case


def _queue_notices(tx: Tx, events: tuple[Event, ...], occasion: Occasion) -> None:
    """Queue the mails that the events call for; the place of its event makes the key of each mail its own."""
    for position, event in enumerate(events):
        for mail in notices(replace(occasion, key=f"{occasion.key}.{position}"), event):
            queue_mail(tx, mail, occasion.subject)
            if copy := post.copy_of(occasion.desk, mail):
                outbox.put(tx, copy)
            _address_activity(tx, event, occasion.stored, mail)


def _subject(tx: Tx, desk: Desk, outcome: Outcome, people: Context, clocks: tuple[Clock, ...]) -> letters.Subject:
    """Return what the mails draw on; a new case of a customer who has others is compared with those that are open."""
    subject = letters.read_subject(tx, desk, people, clocks)
    is_new = outcome.before is None and outcome.case.parent_id is None and not outcome.is_quiet
    return replace(subject, similar=similar(tx, subject.case)) if is_new and subject.earlier_cases else subject


def _prepared(tx: Tx, desk: Desk, outcome: Outcome, clocks: tuple[Clock, ...], now: datetime) -> Outcome:
    """Return the outcome with what the rules do to the case on the way: for its clocks, and to give it to somebody."""
    outcome = schedule.settled(sla.without_promise(desk, outcome))
    if outcome.is_quiet:
        return outcome
    outcome = schedule.wake(desk, outcome, now)
    outcome = sla.act_on_due(desk, outcome, clocks, now)
    outcome = assignment.on_arrival(tx, desk, outcome, now)
    return sla.act_on_kept(tx, desk, outcome, clocks, now)


def queue_mail(tx: Tx, mail: OutboxMessage, subject: letters.Subject | None = None) -> None:
    """Put a frozen mail into the outbox, and make its Message-ID known so that answers are recognised.

    `subject` is what it draws on: who answers it has seen the newest activity of that, and no later one.
    """
    outbox.put(tx, mail)
    if mail.case_id is None:
        return
    shown = next((activity.id for activity in subject.history), None) if subject else None
    known = KnownMessage(message_id=mail.message_id, case_id=mail.case_id, activity_id=mail.activity_id, shown_id=shown)
    message_index.add(tx, known)


def _address_activity(tx: Tx, event: Event, stored: Mapping[Activity, Activity], mail: OutboxMessage) -> None:
    """Note on an activity which mail it became, so that later mails refer to it."""
    activity = stored.get(event.activity) if event.activity else None
    if activity is not None and mail.activity_id == activity.id:
        addresses = tuple(recipient.address for recipient in mail.recipients)
        activities.update(tx, replace(activity, message_id=mail.message_id, recipients=addresses))


def _with_newcomer(tx: Tx, outcome: Outcome) -> Outcome:
    """Store the customer whom nobody knew, unless another case just did."""
    fresh = outcome.newcomer
    if fresh is None:
        return outcome
    known = contacts.by_address(tx, fresh.address)
    if known is None:
        first = outcome.events[0]
        known = contacts.insert(tx, fresh)
        act = Act(actor=first.actor, cause=first.cause, now=fresh.created_at)
        trail.keep(tx, act, "contact.create", known.id, name=["", fresh.name], address=["", fresh.address])
    return replace(outcome, case=replace(outcome.case, contact_id=known.id))


def _store_case(tx: Tx, outcome: Outcome, now: datetime) -> Case:
    case = replace(outcome.case, modified_at=now)
    return cases.update(tx, case) if outcome.before else cases.insert(tx, case)


def _relate(tx: Tx, outcome: Outcome, now: datetime) -> None:
    """Store what binds the case to others, and what became of its activities."""
    case = outcome.case
    for loser_id in outcome.absorbed:
        activities.move(tx, loser_id, case.id)
    for activity, before in zip(outcome.work, outcome.work_before, strict=True):
        if activity != before:
            activities.update(tx, activity)
    for activity_id in outcome.removed:
        erasing.erase_activity(tx, case.id, activity_id)
    actor = outcome.events[0].actor if outcome.events else "system"
    for other_id in outcome.links:
        one, two = sorted((case.id, other_id))
        links.add(tx, CaseLink(case_id=one, other_id=two, created_at=now, created_by=actor))
    for other_id in outcome.unlinks:
        links.remove(tx, case.id, other_id)


def _store_activity(tx: Tx, case: Case, new: NewActivity) -> Activity:
    files = [(_file(attachment), attachment.content) for attachment in new.attachments]
    stored = activities.insert(tx, replace(new.activity, case_id=case.id), files)
    if stored.message_id is not None and stored.kind is ActivityKind.EMAIL_IN:
        message_index.add(tx, KnownMessage(message_id=stored.message_id, case_id=case.id, activity_id=stored.id))
    return stored


def _file(attachment: Attachment) -> AttachedFile:
    return AttachedFile(
        name=attachment.name,
        content_type=attachment.content_type,
        size=attachment.size,
        sha256=attachment.sha256,
        is_inline=attachment.is_inline,
    )


def _store_item(tx: Tx, outcome: Outcome, case: Case) -> None:
    if outcome.item == outcome.item_before:
        return
    if outcome.item_before is not None and (outcome.item is None or outcome.item.id != outcome.item_before.id):
        queues.remove(tx, case.id)
    if outcome.item is not None:
        queues.put(tx, replace(outcome.item, case_id=case.id))


def _entry(case: Case, event: Event, stored: dict[Activity, Activity], now: datetime) -> TimelineEntry:
    activity = event.activity
    return TimelineEntry(
        case_id=case.id,
        at=now,
        event=event.name,
        actor=event.actor,
        cause=f"{event.cause}, rules {event.rules}" if event.rules else event.cause,
        summary=event.summary,
        activity_id=(stored[activity].id if activity in stored else activity.id or None) if activity else None,
    )


def _audit(outcome: Outcome, case: Case, now: datetime) -> Iterable[AuditRecord]:
    """Yield one record of the fields that changed, or of the new case as a whole."""
    changes = {
        field.name: _change(field.name, getattr(outcome.before, field.name, None), getattr(case, field.name))
        for field in fields(Case)
        if field.name not in UNAUDITED
        and (outcome.before is None or getattr(outcome.before, field.name) != getattr(case, field.name))
    }
    if outcome.before is not None and not changes:
        return
    first = outcome.events[0] if outcome.events else None
    yield AuditRecord(
        at=now,
        actor=first.actor if first else "system",
        action="case.update" if outcome.before else "case.create",
        object_type="case",
        object_id=case.id,
        changes=json.dumps(changes, ensure_ascii=False),
    )


def _change(name: str, before: object, after: object) -> list[object]:
    if name in CONTENT:
        return [KEPT_BACK if before else None, KEPT_BACK if after else None]
    return [_plain(before), _plain(after)]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
