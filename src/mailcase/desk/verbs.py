"""The verbs of the command table: each takes what an agent wrote and calls the verb of the desk that does it.

`RUN` maps the names of `domain.command_table.COMMANDS`. Those about activities and other cases have modules of their own.
"""

from mailcase.desk import cases, fields, participants, queues
from mailcase.desk.call import Call, Verb, find_queue
from mailcase.desk.outcome import Outcome
from mailcase.desk.rights import require, require_sight
from mailcase.desk.undo import take_back
from mailcase.desk.verbs_activities import ACTIVITIES
from mailcase.desk.verbs_articles import KNOWLEDGE
from mailcase.desk.verbs_customer import CUSTOMERS
from mailcase.desk.verbs_end import ENDS
from mailcase.desk.verbs_flow import FLOWS
from mailcase.desk.verbs_relations import NONE, RELATIONS
from mailcase.domain.events_mail import DraftSent
from mailcase.domain.permission import Right
from mailcase.domain.sla import NO_SLA
from mailcase.domain.when import parse_when
from mailcase.errors import Refused

FOLLOW_UP_HOUR = 9  # of a day without a time: when people come to work


def _note(outcome: Outcome, call: Call) -> Outcome:
    return cases.note(outcome, call.argument, call.act, call.request.files)


def _status(outcome: Outcome, call: Call) -> Outcome:
    return cases.change_status(outcome, call.argument, call.rulebook.status_reasons, call.act)


def _assign(outcome: Outcome, call: Call) -> Outcome:
    owner = call.find_owner(call.argument)
    require_sight(call.rulebook, owner, outcome.case)
    return cases.assign(outcome, owner, call.act)


def _pick(outcome: Outcome, call: Call) -> Outcome:
    return cases.pick(outcome, call.request.agent, call.act)


def _release(outcome: Outcome, call: Call) -> Outcome:
    is_of_team = outcome.case.owner in call.rulebook.teams
    return cases.release(outcome, call.act, keeps_owner=is_of_team)


def _queue(outcome: Outcome, call: Call) -> Outcome:
    """`#queue billing`, or `#queue -` to take the case out of its queue."""
    if call.argument.strip().lower() in NONE:
        return queues.leave(outcome, call.act)
    return cases.route(outcome, find_queue(call.argument, call.rulebook.queues), call.act)


def _priority(outcome: Outcome, call: Call) -> Outcome:
    return fields.set_priority(outcome, call.argument, call.act)


def _type(outcome: Outcome, call: Call) -> Outcome:
    return fields.set_type(outcome, call.argument, call.act)


def _subject(outcome: Outcome, call: Call) -> Outcome:
    return cases.change_fields(outcome, call.act, subject=call.rulebook.vocabulary.find_subject(call.argument))


def _set(outcome: Outcome, call: Call) -> Outcome:
    """`#set field value`: a value of `-` takes the field away."""
    word, _, text = call.argument.partition(" ")
    name = word.strip().lower().rstrip(":=")
    if name in ("title", "product"):
        return fields.set_words(outcome, name, "" if text.strip() == "-" else text, call.act)
    field = call.rulebook.vocabulary.find_field(name)
    return fields.set_field(outcome, field.name, None if text.strip() == "-" else field.value(text), call.act)


def _tag(outcome: Outcome, call: Call) -> Outcome:
    return fields.set_tags(outcome, call.argument, call.act)


def _escalate(outcome: Outcome, call: Call) -> Outcome:
    if outcome.case.is_escalated:
        raise Refused(f"{outcome.case.number} is escalated already.")
    return cases.change_fields(outcome, call.act, is_escalated=True, escalated_at=call.act.now)


def _hold(outcome: Outcome, call: Call) -> Outcome:
    """`#hold until friday 10:00`, or `#hold`."""
    until = (
        parse_when(call.argument, call.now, call.around.zone, hour=FOLLOW_UP_HOUR) if call.argument.strip() else None
    )
    return cases.hold(outcome, until, call.rulebook.status_reasons, call.act)


def _sla(outcome: Outcome, call: Call) -> Outcome:
    """`#sla gold`, `#sla none` or `#sla default`."""
    word, known = call.argument.strip().lower(), call.rulebook.slas
    if word not in (NO_SLA, "default", *known):
        raise Refused(f"there is no SLA {word!r}; there are: {', '.join((*known, NO_SLA, 'default'))}.")
    return cases.change_fields(outcome, call.act, sla=None if word == "default" else word)


def _exempt(outcome: Outcome, call: Call) -> Outcome:
    words = call.argument.strip().lower()
    if words not in ("", "no"):
        raise Refused(f"{words!r} means nothing here; write #exempt, or #exempt no.")
    return cases.change_fields(outcome, call.act, is_exempt=not words)


def _undo(outcome: Outcome, call: Call) -> Outcome:
    """`#undo` stands alone: what else the mail asks for would be mixed up with what is taken back."""
    if len(call.request.commands) > 1 or call.request.words is not None:
        raise Refused("#undo stands alone in its mail.")
    shelf = call.around.shelf
    kept = shelf.last_transcript(outcome.case)
    if kept is None:
        raise Refused(f"there is nothing on {outcome.case.number} to take back.")
    if kept.actor != call.act.actor:
        try:
            require(call.rulebook, call.request.agent, Right.UNDO_OTHERS, outcome.case)
        except Refused as refused:
            raise Refused(f"the last commands were {kept.actor}'s: {refused}") from refused
    return take_back(outcome, kept, shelf.activities(outcome.case), call.act)


def _send(outcome: Outcome, call: Call) -> Outcome:
    """What was held is among the commands and words already (`desk.drafts.released`); here it is only written down."""
    draft = call.request.draft
    if draft is None:
        return outcome
    return outcome.then(DraftSent(actor=call.act.actor, cause=call.act.cause, draft=draft.activity_id))


def _nothing(outcome: Outcome, _call: Call) -> Outcome:
    return outcome


RUN: dict[str, Verb] = {
    "note": _note,
    "status": _status,
    "assign": _assign,
    "pick": _pick,
    "release": _release,
    "queue": _queue,
    "priority": _priority,
    "type": _type,
    "subject": _subject,
    "set": _set,
    "tag": _tag,
    "escalate": _escalate,
    "hold": _hold,
    "sla": _sla,
    "exempt": _exempt,
    "show": _nothing,
    "help": _nothing,
    "dry": _nothing,
    "undo": _undo,
    "send": _send,
    "cc": participants.change,
    **ENDS,
    **FLOWS,
    **ACTIVITIES,
    **RELATIONS,
    **CUSTOMERS,
    **KNOWLEDGE,
}
