"""The verbs that end a case and begin it again, with what the end of a parent means for its children."""

from dataclasses import dataclass, replace

from mailcase.desk import cases, relations
from mailcase.desk.activities import Time, log
from mailcase.desk.call import Call, Verb
from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.desk.verbs_activities import take_time
from mailcase.domain import lifecycle
from mailcase.domain.activity import ActivityKind
from mailcase.domain.case import Status
from mailcase.domain.events_work import FamilyChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """What stands behind `#resolve`."""

    reason: str
    time: Time | None
    billable_minutes: int | None
    """Said without any time: what is charged of the time that was spent."""
    line: str
    """Words for the customer."""


def _resolve(outcome: Outcome, call: Call) -> Outcome:
    closure = read_closure(call)
    if closure.time is not None:
        outcome = log(outcome, ActivityKind.TASK, "time", closure.time, call.act)
    words = with_line(call.request.words, closure.line, outcome, call.act)
    charged = closure.billable_minutes
    done = cases.resolve(outcome, closure.reason, words, call.rulebook, call.act, billable_minutes=charged)
    return _told_to_parent(_with_family(done, call), call)


def read_closure(call: Call) -> Closure:
    """Read `[reason] [20m [billable 10m]] [words]`: the first word is a reason when it is the key of one."""
    first, _, rest = call.argument.partition(" ")
    keys = {reason.key for reason in call.rulebook.status_reasons if reason.status is Status.RESOLVED}
    key = first.lower().replace("-", "_")
    reason, rest = (key, rest) if key in keys else (lifecycle.DEFAULT_RESOLUTION, call.argument)
    time, charged, line = take_time(rest)
    return Closure(reason=reason, time=time, billable_minutes=charged, line=line.strip())


def with_line(words: NewActivity | None, line: str, outcome: Outcome, act: Act) -> NewActivity | None:
    """Return the words for the customer with those of the command's own line put first."""
    if not line:
        return words
    if words is None:
        return cases.outgoing(outcome.case, line, act)
    return cases.with_text(words, f"{line}\n\n{words.activity.text}")


def _cancel(outcome: Outcome, call: Call) -> Outcome:
    done = cases.cancel(outcome, call.argument, call.rulebook.status_reasons, call.act)
    return _told_to_parent(_with_family(done, call), call)


def _reopen(outcome: Outcome, call: Call) -> Outcome:
    return cases.reactivate(outcome, call.argument, call.rulebook.status_reasons, call.act)


def _with_family(outcome: Outcome, call: Call) -> Outcome:
    children = call.around.shelf.children(outcome.case)
    closing = call.rulebook.policy(outcome.case.mailbox).parent_closing
    return relations.close_family(outcome, children, closing, call.rulebook, call.act)


def _told_to_parent(outcome: Outcome, call: Call) -> Outcome:
    """Let the timeline of its parent tell that a child has ended."""
    case = outcome.case
    parent = call.around.shelf.case(case.parent_id) if case.parent_id is not None else None
    if parent is None or not parent.case.is_active:
        return outcome
    queue = call.rulebook.queue_of(case)
    is_secret = queue is not None and queue.is_private  # others may read the parent's timeline
    what = f"child {case.number} is {case.status}{'' if is_secret else f': {case.title}'}"
    told = parent.then(FamilyChanged(actor=call.act.actor, cause=call.act.cause, what=what))
    return replace(outcome, others=(*outcome.others, told))


ENDS: dict[str, Verb] = {"resolve": _resolve, "cancel": _cancel, "reopen": _reopen}
