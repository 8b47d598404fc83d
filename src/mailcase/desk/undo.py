"""Taking back what the commands of a mail did: each field as it was, unless somebody has changed it since.

What went to the customer, what happened to other cases, and a merge cannot be taken back: then it is refused, with what
to do instead. Activities that were made stay on the timeline, as cancelled.
"""

from collections.abc import Iterator
from dataclasses import fields, replace

from pydantic import TypeAdapter

from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.activity import Activity, ActivityState
from mailcase.domain.article_use import Use
from mailcase.domain.case import Case
from mailcase.domain.events import AgentReplied, CaseReactivated, CaseResolved
from mailcase.domain.events_work import Undone
from mailcase.domain.queue import QueueItem
from mailcase.domain.transcript import Change, Snapshot, Transcript
from mailcase.errors import Refused

UNCHANGED = frozenset({"id", "version", "modified_at"})
_CHANGE = TypeAdapter(Change)


def transcript(outcome: Outcome, after: Snapshot, made: tuple[int, ...], act: Act) -> Transcript | None:
    """Return what is to be kept of commands that ran, or None when they changed nothing."""
    assert outcome.before is not None, "commands run on a stored case"
    changed = [one for one in zip(outcome.work_before, outcome.work, strict=True) if one[0] != one[1]]
    change = Change(
        before=Snapshot(case=outcome.before, item=outcome.item_before, work=tuple(before for before, _ in changed)),
        after=replace(after, work=tuple(now for _, now in changed)),
        made=made,
        linked=outcome.links,
        unlinked=outcome.unlinks,
    )
    final = next(_final(outcome), "")
    is_nothing = not (
        made or changed or outcome.links or outcome.unlinks or final or outcome.item != outcome.item_before
    )
    if is_nothing and not _differing(change.before.case, change.after.case):
        return None
    return Transcript(
        case_id=after.case.id,
        at=act.now,
        actor=act.actor,
        cause=act.cause,
        change=_CHANGE.dump_json(change).decode(),
        final=final,
    )


def _final(outcome: Outcome) -> Iterator[str]:
    """Yield why what happened cannot be taken back."""
    is_child = outcome.case.parent_id is not None
    for event in outcome.events:
        if isinstance(event, AgentReplied):
            yield "it wrote to the customer"
        if isinstance(event, CaseResolved) and not (is_child and event.activity is None):
            yield "it resolved the case and told the customer; #reopen makes it active again"
        if isinstance(event, CaseReactivated):
            yield "it reopened the case; #resolve or #cancel ends it again"
    if outcome.removed:
        yield "it deleted an activity for good"
    yield from _noted(outcome)
    if outcome.absorbed:
        yield "it merged cases, which is final"
    for other in outcome.others:
        if other.before is None:
            yield f"it opened {other.case.number}; cancel that instead"
        elif other.case != other.before:
            yield f"it changed {other.case.number} too"


def _noted(outcome: Outcome) -> Iterator[str]:
    """Yield the articles that were noted; what was sent is told of as a mail."""
    for one in outcome.articles:
        if one.use is not Use.SENT:
            yield f"it noted an article; #kb -{one.number} takes it away"


def take_back(outcome: Outcome, kept: Transcript, now: tuple[Activity, ...], act: Act) -> Outcome:
    """Return the case as it was before the transcript `kept`; `now` are its activities as they are stored.

    Raises Refused when it cannot be taken back, or something was changed since.
    """
    if kept.final:
        raise Refused(f"the commands of {kept.at:%Y-%m-%d %H:%M} UTC cannot be taken back: {kept.final}.")
    change = _CHANGE.validate_json(kept.change)
    names = _differing(change.before.case, change.after.case)
    _require_untouched(outcome.case, change.after.case, names)
    case = replace(outcome.case, **{name: getattr(change.before.case, name) for name in names})
    undone = Undone(actor=act.actor, cause=act.cause, what=_told(change, names), of=kept.id)
    restored = _with_work(outcome, change, now)
    if case.is_active and not outcome.case.is_active:
        restored = restored.then(CaseReactivated(actor=act.actor, cause=act.cause, why="taken back"))
    changed = replace(restored, links=change.unlinked, unlinks=change.linked).then(undone, case=case)
    return _with_item(changed, change)


def _differing(before: Case, after: Case) -> tuple[str, ...]:
    names = (field.name for field in fields(Case) if field.name not in UNCHANGED)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _require_untouched(case: Case, after: Case, names: tuple[str, ...]) -> None:
    changed = [name for name in names if getattr(case, name) != getattr(after, name)]
    if changed:
        raise Refused(f"{', '.join(changed)} was changed since; set it as it should be instead.")


def _with_work(outcome: Outcome, change: Change, now: tuple[Activity, ...]) -> Outcome:
    """Return `outcome` with the activities as they were, and those that are new cancelled, but for mail."""
    known = {activity.id: activity for activity in now}
    for after in change.after.work:
        if known.get(after.id) != after:
            raise Refused(f"activity {after.id} was changed since; end it as it should be instead.")
    made = [known[key] for key in change.made if key in known and known[key].inbox_id is None]
    cancelled = [replace(one, state=ActivityState.CANCELLED, remind_at=None) for one in made]
    touched = {one.id for one in (*change.after.work, *made)}
    others = [(old, new) for old, new in zip(outcome.work_before, outcome.work, strict=True) if old.id not in touched]
    pairs = [*others, *zip(change.after.work, change.before.work, strict=True), *zip(made, cancelled, strict=True)]
    return replace(outcome, work_before=tuple(old for old, _ in pairs), work=tuple(new for _, new in pairs))


def _with_item(outcome: Outcome, change: Change) -> Outcome:
    before, after, item = change.before.item, change.after.item, outcome.item
    if before == after:
        return outcome
    if _place(item) != _place(after):
        raise Refused("its place in the queues was changed since; put it where it should be instead.")
    keeps_row = before is not None and item is not None and before.id == item.id
    return outcome.with_item(before if before is None or keeps_row else replace(before, id=0))


def _place(item: QueueItem | None) -> tuple[str, str | None] | None:
    return None if item is None else (item.queue, item.worked_by)


def _told(change: Change, names: tuple[str, ...]) -> str:
    parts = [*names]
    if change.before.item != change.after.item:
        parts.append("place in the queues")
    if change.made:
        parts.append(f"{len(change.made)} new activities")
    if change.before.work:
        parts.append(f"{len(change.before.work)} changed activities")
    if change.linked or change.unlinked:
        parts.append("links")
    return ", ".join(parts)
